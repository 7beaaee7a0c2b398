"""A copy of the templates package that a test changes as data alone, and the command line run with it."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import canbao_templates

PACKAGE = "canbao_templates"


@dataclass(frozen=True)
class OtherTemplates:
    """The folder that holds the copied package."""

    folder: Path

    @classmethod
    def copy_to(cls, folder: Path) -> Self:
        """Copy what is shipped."""
        shutil.copytree(Path(canbao_templates.__file__).parent, folder / PACKAGE)
        return cls(folder)

    def path(self, relative: str) -> Path:
        """Return a file of the copied package."""
        return self.folder / PACKAGE / relative

    def edit(self, relative: str, old: str, new: str) -> Self:
        """Replace a text that stands once in a file."""
        text = self.path(relative).read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old} stands {text.count(old)} times in {relative}"
        self.path(relative).write_text(text.replace(old, new), encoding="utf-8")
        return self

    def run(self, *words: object) -> "subprocess.CompletedProcess[str]":
        """Run canbao in a process of its own, which finds this package before the installed one."""
        paths = [str(self.folder), *filter(None, [os.environ.get("PYTHONPATH")])]
        start = "import sys; from canbao_addin.cli.main import main; main(sys.argv[1:])"
        return subprocess.run(
            [sys.executable, "-c", start, *map(str, words)],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(paths), "PYTHONUTF8": "1"},
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
            timeout=300,
        )

    def generate(self, policy: str, units: Path, out: Path, rows: int = 5) -> Path:
        """Generate the workbooks of a policy year into a folder."""
        done = self.run("generate", policy, "--units", units, "--out", out, "--rows", rows)
        assert done.returncode == 0, done.stderr
        return out
