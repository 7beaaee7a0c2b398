"""What is wrong with a roster spec: the file, the line, and the nearest word, said as of policy files."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from canbao_rulebook.policy.issues import PolicyError, PolicyIssue, build_issue, render_issue, suggest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from canbao_rulebook.phrases import Phrase


@dataclass(frozen=True, slots=True)
class Origin:
    """Where something is written: a file and a path in it, such as ``columns[3]``; ``lines`` are those of all paths."""

    file: str = ""
    path: str = ""
    lines: Mapping[str, int] = field(default_factory=dict, repr=False, compare=False)

    def at(self, key: str | int) -> Origin:
        """Return the place of a key or an entry below."""
        path = f"{self.path}[{key}]" if isinstance(key, int) else f"{self.path}.{key}".removeprefix(".")
        return Origin(self.file, path, self.lines)

    @property
    def line(self) -> int | None:
        """The 1-based line, that of the entry above where the path has none of its own."""
        path = self.path
        while path and path not in self.lines:
            path = path[: max(path.rfind("."), path.rfind("["), 0)]
        return self.lines.get(path)


NOWHERE = Origin()


@dataclass(frozen=True, slots=True)
class Problem:
    """One issue and the file that it lies in."""

    file: str
    issue: PolicyIssue


class RosterError(PolicyError):
    """Roster specs that cannot be used, with everything that was found in them."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__([problem.issue for problem in problems], problems[0].file)
        self.problems = list(problems)

    def in_words(self, lang: str = "zh") -> str:
        """Return every problem as a line, each with its own file."""
        return "\n".join(render_issue(problem.issue, problem.file, lang) for problem in self.problems)

    def __str__(self) -> str:
        """Return what was found, for whoever meets it outside of a command."""
        return self.in_words()

    def __reduce__(self) -> tuple[type[RosterError], tuple[list[Problem]]]:
        """A child process hands it over as its problems."""
        return RosterError, (self.problems,)


def tell(key: str, origin: Origin, /, **params: object) -> Problem:
    """Return a problem at a place."""
    return Problem(origin.file, build_issue(key, path=origin.path, line=origin.line, **params))


def near(word: str, known: Iterable[str]) -> Phrase:
    """Return "did you mean" with the nearest of the known words."""
    return suggest(word, known)
