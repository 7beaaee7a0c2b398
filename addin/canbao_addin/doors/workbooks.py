"""What the doors do with one workbook. It is never written itself; the result lies beside it under another name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from canbao_addin.actions.checking import check_cells, check_file, read_cells
from canbao_addin.actions.compute import compute_workbook, describe_computed
from canbao_addin.actions.made_by import COMPUTE, REPAIR, SUBMIT
from canbao_addin.actions.marking import write_marked
from canbao_addin.actions.paper import paper_path
from canbao_addin.actions.repair import describe_repaired, repair_workbook
from canbao_addin.actions.results import require_target, result_file
from canbao_addin.actions.submit import describe_submission, prepare_submission, submission_name, write_submission
from canbao_addin.doors.desk import Outcome
from canbao_addin.texts import CannotRunError
from canbao_rulebook.findings import count_severities

if TYPE_CHECKING:
    from pathlib import Path

    from canbao_addin.doors.desk import Desk


def check(path: Path, desk: Desk) -> Outcome:
    """Write a marked copy of the workbook; nothing where nothing is wrong. Raises CannotRunError."""
    target = desk.beside(path, "door_result_check")
    done = write_marked(path, target, desk.texts)
    figures = {"rows": sum(done.filled.rows.values()), "code": done.filled.check_code}
    if not done.filled.findings:
        stale = [desk.say("door_stale", path=target.name)] if target.is_file() else []
        return Outcome("\n".join([desk.say("door_clean", file=path.name, **figures), *stale]))
    counts = desk.say("counts", **count_severities(done.filled.findings))
    return Outcome(desk.say("door_checked", counts=counts, path=target, **figures), (target,))


def compute(path: Path, desk: Desk) -> Outcome:
    """Compute the workbook into a new file. Raises CannotRunError."""
    target = desk.beside(path, "door_result_compute")
    require_target(target, COMPUTE, [path])
    filled = check_file(path, None)
    with result_file(target, COMPUTE) as plain:
        done = compute_workbook(filled, plain)
    return Outcome("\n".join(describe_computed(done, filled, target, desk.texts)), (target,))


def repair(path: Path, desk: Desk) -> Outcome:
    """Rebuild the workbook around its data in a new file. Raises CannotRunError."""
    target = desk.beside(path, "door_result_repair")
    require_target(target, REPAIR, [path])
    raw = read_cells(path)
    done = repair_workbook(check_cells(raw, None), path, target, raw=raw)
    return Outcome("\n".join(describe_repaired(done, path, target, desk.texts)), (target,))


def submit(path: Path, desk: Desk) -> Outcome:
    """Write the file to hand in, after the person has seen its totals; with errors a marked copy.

    Raises CannotRunError.
    """
    filled = check_file(path, None)
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
    return Outcome(desk.say("submitted_file", file=target, **figures), (target,))
