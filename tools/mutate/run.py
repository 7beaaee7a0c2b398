"""A mutation at a time in a copy of the tree: its area's tests run until one fails. Results are kept line by line."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any

from mutate.plan import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from mutate.mutation import Mutation
    from mutate.plan import Area

NOTICED, SURVIVED, TOO_LONG = "noticed", "survived", "too long"
PACKAGES = (
    "xlsx_templates",
    "rulebook",
    "generator",
    "validators",
    "county",
    "province",
    "demo",
    "addin",
    "tools",
    "tests",
)
# Of processor time, which does not hang on what else the machine does; and of the clock, for what waits for ever.
PROCESSOR_SECONDS, CLOCK_SECONDS = 80, 1800
_LIMITED = f"""
import resource, runpy
resource.setrlimit(resource.RLIMIT_CPU, ({PROCESSOR_SECONDS}, {PROCESSOR_SECONDS + 10}))
runpy.run_module("pytest", run_name="__main__", alter_sys=True)
"""


@dataclass(frozen=True)
class Tree:
    """A copy of the repository in which files may be changed."""

    root: Path

    @classmethod
    def copied(cls, folder: Path) -> Tree:
        """Copy what git knows, and what is new."""
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT, capture_output=True, check=True,
        )  # fmt: skip
        for name in listed.stdout.decode().split("\0"):
            source = ROOT / name
            if name and source.is_file():
                target = folder / name
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(source, target)
        if (ROOT / ".tools").exists():
            (folder / ".tools").symlink_to((ROOT / ".tools").resolve())
        return cls(folder)

    def test(self, tests: Sequence[str]) -> tuple[str, str]:
        """Run tests until one fails; return how it ended and the first test that failed."""
        words = [sys.executable, "-c", _LIMITED, "-q", "-x", "--tb=line", "-p", "no:randomly", *tests]
        paths = os.pathsep.join(str(self.root / name) for name in PACKAGES)
        environment = {**os.environ, "PYTHONPATH": paths, "PYTHONHASHSEED": "0"}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        with tempfile.TemporaryDirectory(prefix="mutate-") as scratch:
            words += ["--basetemp", f"{scratch}/pytest"]
            environment["TMPDIR"] = scratch
            process = subprocess.Popen(
                words, cwd=self.root, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                start_new_session=True,
            )  # fmt: skip
            try:
                said, _ = process.communicate(timeout=CLOCK_SECONDS)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, 9)
                process.communicate()
                return TOO_LONG, ""
        if process.returncode == 0:
            return SURVIVED, ""
        if process.returncode == -signal.SIGXCPU:
            return TOO_LONG, ""
        failed = [line for line in said.splitlines() if line.startswith(("FAILED", "ERROR"))]
        return NOTICED, failed[0].partition(" - ")[0] if failed else said.strip()[-200:]

    def try_out(self, mutation: Mutation, tests: Sequence[str]) -> dict[str, Any]:
        """Return the result of one mutation; the file is afterwards as it was."""
        path, began = self.root / mutation.path, time.monotonic()
        kept = path.stat()
        path.write_text(mutation.mutated, encoding="utf-8")
        os.utime(path, (kept.st_atime, time.time() + 7))  # another second than any compiled module knows
        try:
            status, test = self.test(tests)
        finally:
            path.write_text(mutation.text, encoding="utf-8")
            os.utime(path, (kept.st_atime, kept.st_mtime))
        return {
            "id": mutation.ident, "area": mutation.area, "path": mutation.path, "line": mutation.line,
            "kind": mutation.edit.kind, "diff": mutation.diff, "status": status, "test": test,
            "seconds": round(time.monotonic() - began, 1),
        }  # fmt: skip


def run_all(
    chosen: Iterable[Mutation], areas: Mapping[str, Area], known: Path, workers: int
) -> Iterator[dict[str, Any]]:
    """Yield results as they come, and write them to ``known``; those that it has already are not run again."""
    done = read_results(known)
    waiting = [one for one in chosen if one.ident not in done]
    with tempfile.TemporaryDirectory(prefix="mutate-") as scratch:
        trees: SimpleQueue[Tree] = SimpleQueue()
        for number in range(workers):
            trees.put(Tree.copied(Path(scratch) / str(number)))

        def one(mutation: Mutation) -> dict[str, Any]:
            tree = trees.get()
            try:
                return tree.try_out(mutation, nearest_first(mutation.path, areas[mutation.area].tests))
            finally:
                trees.put(tree)

        with ThreadPoolExecutor(workers) as pool, known.open("a", encoding="utf-8") as stream:
            for result in pool.map(one, waiting):
                stream.write(json.dumps(result, ensure_ascii=False) + "\n")
                stream.flush()
                yield result


def nearest_first(path: str, tests: Sequence[str]) -> list[str]:
    """Return tests in their order, those before that import the changed module themselves."""
    module = path.partition("/")[2].removesuffix(".py").replace("/", ".")
    names = re.compile(rf"^(from|import) {re.escape(module)}\b", re.MULTILINE)
    return sorted(
        tests, key=lambda test: not names.search((ROOT / test.partition("::")[0]).read_text(encoding="utf-8"))
    )


def failing_anyway(results: Iterable[Mapping[str, Any]]) -> str:
    """Return the first of the tests that noticed something which fails on unchanged code, too; "" if there is none."""
    named = {one["test"].partition(" ")[2] for one in results if one["status"] == NOTICED}
    tests = sorted(name for name in named if "::" in name)
    with tempfile.TemporaryDirectory(prefix="mutate-") as scratch:
        status, test = Tree.copied(Path(scratch)).test(tests) if tests else (SURVIVED, "")
    return "" if status == SURVIVED else test or status


def read_results(known: Path) -> dict[str, dict[str, Any]]:
    """Return results by the names of their mutations; of two the later one."""
    if not known.exists():
        return {}
    lines = (json.loads(line) for line in known.read_text(encoding="utf-8").splitlines())
    return {one["id"]: one for one in lines}
