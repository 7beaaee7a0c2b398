"""What the command line prints and writes: sentences, findings, progress, JSON."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from canbao_addin.texts import Texts
from canbao_rulebook.findings import Finding, Severity, count_unanswered, count_warnings, has_errors
from canbao_rulebook.masking import mask_numbers, quoted_number
from canbao_rulebook.messages import line_of, render

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from canbao_rulebook.findings import RenderedFinding

_STYLES = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.INFO: "dim"}
_PAPER = 160  # columns of a table that goes to a file or a log
_SHOWN = 200  # findings printed for one file; the rest stands in the JSON and in the return list


class Output:
    """Where a command speaks. Results go to standard output, progress and trouble to standard error."""

    def __init__(self, lang: str) -> None:
        self.texts = Texts(lang)
        self.lang = lang
        self._out = Console(highlight=False, soft_wrap=True, width=None if sys.stdout.isatty() else _PAPER)
        self._err = Console(stderr=True, highlight=False, soft_wrap=True)

    def say(self, key: str, **params: object) -> None:
        """Print a sentence of the catalogue."""
        self.line(self.texts.say(key, **params))

    def line(self, text: str, style: str = "") -> None:
        """Print a line with ID and account numbers masked."""
        self._out.print(mask_numbers(text), style=style or None, markup=False)

    def table(self, rows: object) -> None:
        """Print a rich table."""
        self._out.print(rows)

    def trouble(self, key: str, **params: object) -> None:
        """Print the one line that says why the work could not be done."""
        self._err.print(mask_numbers(self.texts.say(key, **params)), style="red", markup=False)

    def trouble_line(self, text: str) -> None:
        """Print a line of trouble that the catalogue of policies worded."""
        self._err.print(mask_numbers(text), style="red", markup=False)

    def findings(self, findings: Sequence[Finding]) -> None:
        """Print findings, the gravest first, as clerks read them."""
        self.rendered([render(finding, self.lang) for finding in findings[:_SHOWN]], len(findings))

    def rendered(self, findings: Sequence[RenderedFinding], total: int = 0) -> None:
        """Print findings that are words already; ``total`` is how many there are where not all are given."""
        for finding in findings[:_SHOWN]:
            quoted = quoted_number(finding.field, finding.value)
            line = mask_numbers(line_of(finding, self.lang), quoted)
            self.line(f"{self.severity(finding.severity)} {line}", _STYLES[finding.severity])
        left = max(total, len(findings)) - _SHOWN
        if left > 0:
            self.line(f"…… +{left}")

    def severity(self, severity: Severity) -> str:
        """Return what a severity is called."""
        return self.texts.say(f"severity_{severity}")

    def answers(self, findings: Sequence[Finding]) -> None:
        """Print how many 提醒 there are and how many nobody has answered; nothing where there are none."""
        if warnings := count_warnings(findings):
            self.say("answers_open", warnings=warnings, unanswered=count_unanswered(findings))

    @contextmanager
    def progress(self, title: str, total: int) -> Iterator[Callable[[str], None]]:
        """Show a bar with the name of what is being worked on and the time left."""
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            TextColumn("{task.fields[name]}"),
        )
        with Progress(*columns, console=self._err, transient=True) as bar:
            task = bar.add_task(title, total=total, name="")
            begun = False

            def step(name: str) -> None:
                nonlocal begun
                bar.update(task, advance=1 if begun else 0, name=mask_numbers(name))
                begun = True

            yield step


def status_of(findings: Sequence[Finding | RenderedFinding]) -> int:
    """Return the exit status that findings mean."""
    return 1 if has_errors(list(findings)) else 0
