"""展开/收起阶段: hide the columns of a stage, or show them again; Excel does not fold outlines of a protected sheet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from canbao_addin.buttons.reading import last_cell
from canbao_addin.buttons.session import Outcome
from canbao_addin.texts import CannotRunError
from canbao_rulebook.bands import find_stages
from canbao_rulebook.phrases import enumerate_words
from canbao_rulebook.roster import UNIT_ROW

if TYPE_CHECKING:
    import xlwings as xw

    from canbao_addin.buttons.session import Session
    from canbao_rulebook.bands import StageColumns


def fold_stage(session: Session) -> Outcome:
    """Fold the stage of the selected cell, or unfold it; elsewhere unfold them all. Raises CannotRunError."""
    selected = session.book.app.selection
    sheet = session.book.sheets.active
    stages = _stages(sheet)
    if not stages:
        raise CannotRunError("fold_none", sheet=sheet.name)
    column = selected.column if selected is not None and selected.sheet.name == sheet.name else 0
    here = next((stage for stage in stages if stage.first <= column <= stage.last), None)
    folded = [stage for stage in stages if _is_folded(sheet, stage)]
    if here and here not in folded:
        _hide(sheet, here, hidden=True)
        return Outcome(session.say("folded", stage=here.title), quiet=True)
    shown = [here] if here else folded
    if not shown:
        raise CannotRunError("fold_select", stages=enumerate_words(stage.title for stage in stages))
    for stage in shown:
        _hide(sheet, stage, hidden=False)
    return Outcome(session.say("unfolded", stages=enumerate_words(stage.title for stage in shown)), quiet=True)


def _stages(sheet: xw.Sheet) -> list[StageColumns]:
    _, last = last_cell(sheet)
    titles = sheet.range((UNIT_ROW, 1), (UNIT_ROW, last)).options(ndim=1, err_to_str=True).value
    return find_stages(None if title is None else str(title) for title in titles)


def _columns(sheet: xw.Sheet, stage: StageColumns) -> xw.main.RangeColumns:
    return sheet.range((1, stage.first + 1), (1, stage.last)).columns


def _is_folded(sheet: xw.Sheet, stage: StageColumns) -> bool:
    return _columns(sheet, stage).hidden is True


def _hide(sheet: xw.Sheet, stage: StageColumns, *, hidden: bool) -> None:
    try:
        _columns(sheet, stage).hidden = hidden
    except Exception as trouble:  # every program has errors of its own for what a protected sheet refuses
        raise CannotRunError("fold_refused", sheet=sheet.name) from trouble
