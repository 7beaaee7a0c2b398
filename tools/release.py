"""Make a release: fragments of changes/ go into CHANGELOG.md, the version into pyproject.toml; a commit and a tag.

``python tools/release.py 0.2.0`` does it, ``--check`` only says what is wrong with the fragments (exit status 1).
"""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
KINDS = ("added", "changed", "fixed", "removed")
_VERSION = re.compile(r'^version = "(.*)"$', re.MULTILINE)
_FRAGMENT = re.compile(r"Policy years: (?P<years>\S.*)\nSheets: (?P<sheets>\S.*)\n\n(?P<text>\S[\s\S]*)\Z")
_UNRELEASED = " – unreleased"


class CannotReleaseError(Exception):
    """Why there is no release, in one sentence."""


@dataclass(frozen=True)
class Fragment:
    """One change: its kind, the policy years and sheets that it touches, and what somebody notices."""

    kind: str
    years: str
    sheets: str
    text: str

    def as_item(self) -> str:
        """Return the item of the changelog."""
        lines = "\n  ".join(self.text.strip().splitlines())
        return f"- {lines} (policy years: {self.years}; sheets: {self.sheets})"


def fragment_paths(root: Path) -> list[Path]:
    """Return the files of changes/ but its README, by name."""
    return sorted(path for path in (root / "changes").glob("*") if path.name != "README.md")


def read_fragment(path: Path) -> Fragment:
    """Read a fragment. Raises CannotReleaseError with the name of a file that is none."""
    kind = path.name.split(".")[-2] if path.suffix == ".md" and path.name.count(".") > 1 else ""
    if kind not in KINDS:
        raise CannotReleaseError(f"{path.name}: name it <what>.<kind>.md, where kind is one of {', '.join(KINDS)}.")
    found = _FRAGMENT.match(path.read_text(encoding="utf-8"))
    if not found:
        raise CannotReleaseError(
            f"{path.name}: begin with the lines “Policy years: …” and “Sheets: …”, then a blank one."
        )
    return Fragment(kind, **found.groupdict())


def join_changelog(changelog: str, fragments: list[Fragment], version: str, day: str) -> str:
    """Return the changelog with the section of a version. Raises CannotReleaseError when nothing is told of it."""
    heading = f"## {version}"
    before, mark, after = changelog.partition(f"{heading}{_UNRELEASED}\n")
    if not mark and not fragments:
        raise CannotReleaseError(f"CHANGELOG.md has no entry for {version} and changes/ has no fragment.")
    items = [
        f"### {kind.capitalize()}\n\n" + "\n".join(each.as_item() for each in fragments if each.kind == kind) + "\n"
        for kind in KINDS
        if any(each.kind == kind for each in fragments)
    ]
    section = "\n".join([f"{heading} – {day}\n", *items])
    if mark:
        return f"{before}{section}{after}"
    head, first, rest = changelog.partition("\n## ")
    return f"{head.rstrip()}\n\n{section}{first}{rest}"


def release(root: Path, version: str, day: str) -> None:
    """Write changelog and version, commit and tag. Raises CannotReleaseError with nothing changed."""
    settings, changelog = root / "pyproject.toml", root / "CHANGELOG.md"
    present = _VERSION.findall(settings.read_text(encoding="utf-8"))[0]
    if not re.fullmatch(r"\d+\.\d+\.\d+", version) or _parts(version) < _parts(present):
        raise CannotReleaseError(f"Write make release VERSION=1.2.3, with a version not before {present}: “{version}”.")
    if _git(root, "status", "--porcelain"):
        raise CannotReleaseError("There are changes that are not committed.")
    if _git(root, "tag", "--list", f"v{version}"):
        raise CannotReleaseError(f"The tag v{version} exists.")
    paths = fragment_paths(root)
    joined = join_changelog(
        changelog.read_text(encoding="utf-8"), [read_fragment(path) for path in paths], version, day
    )
    changelog.write_text(joined, encoding="utf-8")
    settings.write_text(_VERSION.sub(f'version = "{version}"', settings.read_text(encoding="utf-8"), count=1), "utf-8")
    for path in paths:
        path.unlink()
    _git(root, "commit", "--quiet", "--all", "--message", f"Release {version}")
    _git(root, "tag", "--annotate", f"v{version}", "--message", f"canbao {version}")


def _parts(version: str) -> list[int]:
    return [int(part) for part in version.split(".")]


def _git(root: Path, *words: str) -> str:
    return subprocess.run(["git", *words], cwd=root, check=True, capture_output=True, text=True).stdout.strip()


def main(arguments: list[str]) -> int:
    """Release, or check the fragments."""
    try:
        if arguments == ["--check"]:
            for path in fragment_paths(ROOT):
                read_fragment(path)
        else:
            release(ROOT, " ".join(arguments), f"{datetime.now(UTC):%Y-%m-%d}")
    except CannotReleaseError as trouble:
        print(trouble, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
