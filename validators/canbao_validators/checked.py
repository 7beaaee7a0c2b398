"""What was found in one file, as processes hand it on that hold none of its rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from canbao_rulebook.findings import Finding
    from canbao_rulebook.units import Unit
    from canbao_validators.answers import Answers
    from canbao_validators.reading.unreadable import UnreadableFile


@dataclass
class CheckedFile:
    """What was found in one file, without its rows.

    ``reason`` is the finding for which it was refused; ``rows`` are counts by roster. ``answers`` are the texts of
    情况说明, for what is found later in the same rows. ``stated_policy`` is the policy year that the file names,
    whether anybody knows it or not.
    """

    file: str
    policy_id: str | None = None
    unit: Unit | None = None
    rows: dict[str, int] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    check_code: str = ""
    stated_code: str = ""
    reason: Finding | None = None
    answers: Answers = field(default_factory=dict)
    stated_policy: str = ""

    @property
    def accepted(self) -> bool:
        """Whether the workbook can be used at all."""
        return self.policy_id is not None and self.reason is None


def refuse_file(name: str, trouble: UnreadableFile) -> CheckedFile:
    """Return a file that cannot be used, and why."""
    finding = trouble.as_finding().at(file=name)
    return CheckedFile(name, findings=[finding], reason=finding)
