"""An import as the form 导入名单 of the register asks for it, and what is listed below the form."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from canbao_addin.actions.files import require_files
from canbao_addin.actions.import_texts import describe_tables
from canbao_addin.actions.importing import (
    find_agency,
    find_category,
    read_mapping,
    read_sheet_words,
    require_agency,
)
from canbao_addin.actions.register import find_place
from canbao_addin.texts import CannotRunError
from canbao_county.desk import IMPORTS, YES, load_form
from canbao_county.lists.request import make_request
from canbao_rulebook.list_kinds import load_list_kinds
from canbao_rulebook.messages import render_line

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from canbao_addin.actions.importing import Imported
    from canbao_addin.texts import Texts
    from canbao_county.lists.request import ListRequest
    from canbao_rulebook.policy import Policy

_BETWEEN_NAMES, _BETWEEN_PAIRS = re.compile("[、,，;；]"), re.compile("[;；]")
SHOWN = 200  # lines below the form


def form_file(form: Mapping[str, str], register: Path) -> Path:
    """Return the file that the form names. Raises CannotRunError when it is not there."""
    path = find_place(form["file"], register)
    require_files([path])
    return path


def form_request(policy: Policy, form: Mapping[str, str]) -> ListRequest:
    """Return what the form asks for. Raises CannotRunError for words that are none of its drop-down lists."""
    kinds = {kind.name: code for code, kind in load_list_kinds().items()} | {code: code for code in load_list_kinds()}
    if form["kind"] not in kinds:
        raise CannotRunError("import_kind_unknown", label=load_form(IMPORTS).labels["kind"], name=form["kind"])
    kind = kinds[form["kind"]]
    agency, category = form.get("agency", ""), form.get("category", "")
    require_agency(policy, kind, agency)
    if category and "category" not in load_list_kinds()[kind].by_field:
        raise CannotRunError("list_no_category", kind=load_list_kinds()[kind].phrase)
    return make_request(
        policy,
        kind,
        agency=find_agency(policy, agency) if agency else "",
        category=find_category(policy, category) if category else "",
        sheets=_split(_BETWEEN_NAMES, form.get("sheets", "")),
        given=read_mapping(kind, _split(_BETWEEN_PAIRS, form.get("mapping", ""))),
        sheet_words=read_sheet_words(policy, _split(_BETWEEN_PAIRS, form.get("words", ""))),
        split=form.get("split", "") == YES,
    )


def preview_lines(done: Imported, texts: Texts) -> list[str]:
    """Return what is listed below the form: headers, first rows, what was found."""
    lines = list(describe_tables(done, texts, rows=True))
    lines += [render_line(finding, texts.lang) for finding in done.findings]
    return lines if len(lines) <= SHOWN else [*lines[: SHOWN - 1], f"…… +{len(lines) - SHOWN + 1}"]


def _split(between: re.Pattern[str], text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in between.split(text) if part.strip())
