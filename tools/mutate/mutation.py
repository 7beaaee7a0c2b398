"""One small wrong change of one file, as data."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import unified_diff
from hashlib import sha256


@dataclass(frozen=True)
class Edit:
    """Characters ``start`` to ``end`` of a text become ``new``; ``kind`` says in a few words what was done."""

    start: int
    end: int
    new: str
    kind: str


@dataclass(frozen=True)
class Mutation:
    """An edit of a file, whose path is relative to the repository."""

    area: str
    path: str
    edit: Edit
    text: str

    @property
    def line(self) -> int:
        """The line where it begins, from 1."""
        return self.text.count("\n", 0, self.edit.start) + 1

    @property
    def mutated(self) -> str:
        """The whole text of the file, changed."""
        return self.text[: self.edit.start] + self.edit.new + self.text[self.edit.end :]

    @property
    def diff(self) -> str:
        """The changed lines, without context."""
        lines = unified_diff(self.text.splitlines(), self.mutated.splitlines(), n=0, lineterm="")
        return "\n".join(line for line in lines if not line.startswith(("---", "+++", "@@")))

    @property
    def ident(self) -> str:
        """A name that stays when other lines of the file move: by the changed lines and how often they came before."""
        before = self.text[: self.edit.start]
        first, last = before.rfind("\n") + 1, self.text.find("\n", self.edit.end)
        lines = self.text[first : last if last >= 0 else len(self.text)]
        seen = before.count(lines)
        said = "\0".join((self.path, lines, str(self.edit.start - first), self.edit.new, str(seen)))
        return sha256(said.encode()).hexdigest()[:10]
