"""What the doors do with one workbook. It is never written itself; the result lies beside it under another name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from canbao_addin.actions.accepted import require_accepted
from canbao_addin.actions.checking import check_cells, check_file, read_cells
from canbao_addin.actions.compute import compute_workbook, describe_computed
from canbao_addin.actions.explain import person_explanation
from canbao_addin.actions.made_by import COMPUTE, REPAIR, SUBMIT
from canbao_addin.actions.marking import write_marked, write_returned
from canbao_addin.actions.paper import paper_path
from canbao_addin.actions.repair import describe_repaired, repair_workbook
from canbao_addin.actions.results import require_target, result_file
from canbao_addin.actions.returns import read_returns
from canbao_addin.actions.submit import describe_submission, prepare_submission, submission_name, write_submission
from canbao_addin.doors.desk import Outcome
from canbao_addin.texts import CannotRunError
from canbao_county.explain import explain_in_words
from canbao_rulebook.findings import count_severities

if TYPE_CHECKING:
    from pathlib import Path

    from canbao_addin.doors.desk import Desk
    from canbao_validators.workbook import FilledWorkbook


def check(path: Path, desk: Desk) -> Outcome:
    """Write a marked copy of the workbook; nothing where nothing is wrong. Raises CannotRunError."""
    target = desk.beside(path, "door_result_check")
    done = desk.unlocked(path, lambda words: write_marked(path, target, desk.texts, passwords=words))
    figures = {"rows": sum(done.filled.rows.values()), "code": done.filled.check_code}
    if not done.filled.findings:
        stale = [desk.say("door_stale", path=target.name)] if target.is_file() else []
        return Outcome("\n".join([desk.say("door_clean", file=path.name, **figures), *stale]))
    counts = desk.say("counts", **count_severities(done.filled.findings))
    text = desk.say("door_checked", counts=counts, path=target, **figures)
    return Outcome(_with_warning(text, done.filled, desk), (target,))


def compute(path: Path, desk: Desk) -> Outcome:
    """Compute the workbook into a new file. Raises CannotRunError."""
    target = desk.beside(path, "door_result_compute")
    require_target(target, COMPUTE, [path])
    filled = _checked(path, desk)
    with result_file(target, COMPUTE) as plain:
        done = compute_workbook(filled, plain)
    return Outcome(
        _with_warning("\n".join(describe_computed(done, filled, target, desk.texts)), filled, desk), (target,)
    )


def repair(path: Path, desk: Desk) -> Outcome:
    """Rebuild the workbook around its data in a new file. Raises CannotRunError."""
    target = desk.beside(path, "door_result_repair")
    require_target(target, REPAIR, [path])
    raw = desk.unlocked(path, lambda words: read_cells(path, words))
    filled = check_cells(raw, None)
    done = repair_workbook(filled, path, target, raw=raw, passwords=tuple(desk.passwords))
    return Outcome(_with_warning("\n".join(describe_repaired(done, path, target, desk.texts)), filled, desk), (target,))


def returns(path: Path, desk: Desk) -> Outcome:
    """Mark in a copy what the level above has returned, once its list is chosen. Raises CannotRunError."""
    chosen = desk.dialogs.choose_file(desk.say("choose_returns"), path.parent, (".xlsx",))
    if chosen is None:
        return Outcome()
    returned = desk.unlocked(chosen, lambda words: read_returns(chosen, words))
    target = desk.beside(path, "door_result_returns")
    done = desk.unlocked(path, lambda words: write_returned(path, target, chosen.name, returned, desk.texts, words))
    if not done.listed:
        return Outcome(desk.say("returns_empty", path=chosen))
    text = desk.say("door_returned", total=done.listed, changed=done.changed, path=target)
    return Outcome(_with_warning(text, done.filled, desk), (target,))


def explain(path: Path, desk: Desk) -> Outcome:
    """Say of the person whose number is typed why the amounts are what they are. Raises CannotRunError."""
    filled = _checked(path, desk)
    number = desk.ask(desk.say("door_whom", file=path.name))
    if number is None:
        return Outcome()
    return Outcome(explain_in_words(person_explanation(filled, number), desk.texts.lang))


def submit(path: Path, desk: Desk) -> Outcome:
    """Write the file to hand in, after the person has seen its totals; with errors a marked copy.

    Raises CannotRunError.
    """
    filled = _checked(path, desk)
    try:
        submission = prepare_submission(filled)
    except CannotRunError as trouble:
        if trouble.key != "submit_has_errors":
            raise
        copy = check(path, desk)
        counts = desk.say("counts", **count_severities(filled.findings))
        why = desk.say("submit_errors", counts=counts)
        return Outcome(desk.say("door_errors_copy", why=why, path=copy.results[0]), copy.results, trouble=True)
    assert filled.unit is not None
    target = path.with_name(f"{submission_name(filled, desk.texts)}.xlsx")
    require_target(target, SUBMIT, [path])
    totals = describe_submission(submission, target, desk.texts)
    if not desk.confirm(desk.say("submit_confirm", unit=filled.unit.name, totals=totals)):
        return Outcome()
    code = write_submission(submission, target, lang=desk.texts.lang)
    figures = {"paper": paper_path(target).name, "code": code, "totals": totals}
    return Outcome(_with_warning(desk.say("submitted_file", file=target, **figures), filled, desk), (target,))


def _checked(path: Path, desk: Desk) -> FilledWorkbook:
    """Return a workbook that was not refused, with its findings. Raises CannotRunError."""

    def work(passwords: tuple[str, ...]) -> FilledWorkbook:
        filled = check_file(path, None, passwords)
        require_accepted(filled)
        return filled

    return desk.unlocked(path, work)


def _with_warning(text: str, filled: FilledWorkbook, desk: Desk) -> str:
    """Return a message; of a workbook that needs a password it warns that the result needs none."""
    return f"{text}\n{desk.say('door_without_password')}" if filled.encrypted else text
