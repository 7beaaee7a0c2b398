"""校验 and 下一处: check the open workbook as it stands, and go from one problem to the next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from canbao_addin.buttons.problems import Told, list_problems, read_position, show_problems, write_position
from canbao_addin.buttons.session import Outcome
from canbao_addin.buttons.tidying import tidy_book
from canbao_addin.texts import CannotRunError
from canbao_rulebook.check_column import glance_text
from canbao_rulebook.findings import count_unanswered, count_warnings
from canbao_rulebook.messages import render
from canbao_rulebook.meta import RESULT_SHEET

if TYPE_CHECKING:
    from canbao_addin.buttons.session import Session
    from canbao_validators.workbook import FilledWorkbook


def check_book(session: Session) -> Outcome:
    """List what is wrong on 检查结果, mark the cells and take away the marks of what was mended."""
    filled, written = tidy_book(session, session.check())
    filled.findings += written
    listed = list_findings(session, filled)
    if not filled.findings:
        return Outcome(session.say("checked_clean", rows=sum(filled.rows.values()), code=filled.check_code))
    said = session.say("checked_found", counts=session.counts(filled.findings))
    text = "\n".join([said, *_answers_open(session, filled)])
    total = len(filled.findings)
    return Outcome(text if listed == total else f"{text}\n{session.say('checked_more', shown=listed, total=total)}")


def _answers_open(session: Session, filled: FilledWorkbook) -> list[str]:
    """Return a line on how many 提醒 nobody has answered, none where there is no 提醒."""
    warnings, unanswered = count_warnings(filled.findings), count_unanswered(filled.findings)
    return [session.say("answers_open", warnings=warnings, unanswered=unanswered)] if warnings else []


def list_findings(session: Session, filled: FilledWorkbook) -> int:
    """Write the findings of a check into the workbook, show 检查结果, and return how many are listed."""
    summary = session.say(
        "result_summary",
        when=session.now(),
        counts=session.counts(filled.findings),
        rows=sum(filled.rows.values()),
        code=filled.check_code,
    )
    position = session.say("result_position")
    told = [
        Told(render(one, session.texts.lang), glance_text(one.place.header, one.key, one.severity))
        for one in filled.findings
    ]
    with session.changing() as changes:
        listed = show_problems(session.book, changes, told, filled, summary, position)
    session.book.sheets[RESULT_SHEET].activate()
    return listed


def go_to_next(session: Session) -> Outcome:
    """Select the cell of the next listed problem; after the last one, begin again."""
    problems = list_problems(session.book)
    if not problems:
        raise CannotRunError("no_problems")
    number = read_position(session.book)
    if number >= len(problems):
        write_position(session.book, session.say("result_position"))
        return Outcome(session.say("last_problem"), quiet=True)
    problem = problems[number]
    write_position(session.book, session.say("at_problem", number=problem.number, total=len(problems)))
    sheet = session.book.sheets[problem.sheet]
    if sheet.visible:  # a hidden sheet cannot be shown; the text says what stands there
        sheet.activate()
        sheet.range(problem.cell).select()
    text = session.say("at_problem_text", number=problem.number, total=len(problems), text=problem.text)
    return Outcome(text, quiet=True)
