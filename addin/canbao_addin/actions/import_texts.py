"""What an import says of the tables it read: their columns by field, the first persons, what speaks against them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from canbao_county.lists.rare_values import show_time
from canbao_rulebook.list_kinds import FieldType
from canbao_rulebook.masking import mask_text
from canbao_rulebook.phrases import COMMA, Phrases, enumerate_words
from canbao_validators.normalise.display import format_number, format_serial

if TYPE_CHECKING:
    from collections.abc import Iterator

    from canbao_addin.actions.importing import Held, Imported
    from canbao_addin.texts import Texts
    from canbao_county.lists.listed import ListTable
    from canbao_county.lists.request import ListRequest

_SHOWN_ROWS = 3


def describe_tables(done: Imported, texts: Texts, *, rows: bool) -> Iterator[str]:
    """Yield a line on each thing that was understood; with ``rows`` the first persons, masked."""
    for file in done.files:
        for table in file.tables:
            yield from _describe(table, texts, rows=rows)


def say_doubts(held: Held, request: ListRequest, texts: Texts) -> dict[str, object]:
    """Return why a list was not replaced, for its sentence."""
    unread = texts.say("list_unread", count=held.unread) if held.unread else ""
    return {"name": request.kind.name, "persons": held.persons, "removed": held.removed, "unread": unread}


def import_figures(preview: Imported, request: ListRequest, texts: Texts) -> dict[str, object]:
    """Return what a question about a preview says of it: rows, changes, and why the list may be another one."""
    doubts = say_doubts(preview.held, request, texts) if preview.held else {}
    return {
        "name": request.kind.phrase,
        "rows": sum(file.frame.height for file in preview.files),
        "compared": texts.say("import_compared", **preview.count_changes()) if preview.difference else "",
        "doubts": texts.say("import_doubts", **doubts) if doubts else "",
    }


def _describe(table: ListTable, texts: Texts, *, rows: bool) -> Iterator[str]:
    fields = table.kind.by_field
    yield texts.say("list_sheet", file=table.file, sheet=table.fit.sheet, row=table.fit.row, rows=table.frame.height)
    if table.fit.remembered:
        yield texts.say("list_remembered")
    mapped = [f"{header}→{fields[name].header}" for header, name in table.fit.mapping.items()]
    yield texts.say("list_mapping", mapping=enumerate_words(mapped))
    if table.fit.ignored:
        yield texts.say("list_ignored", headers=enumerate_words(table.fit.ignored))
    for tidied in table.tidied:
        yield texts.say("list_tidied", header=tidied.header, what=tidied.what, count=tidied.count)
    if table.left_out:
        yield texts.say("list_left_out", count=len(table.left_out), row=table.left_out[0].row)
    if rows:
        for row in table.frame.head(_SHOWN_ROWS).iter_rows(named=True):
            values = [_show(table, name, row[name]) for name in table.fit.places]
            yield texts.say("list_row", row=row["row"], values=Phrases(values, COMMA))


def _show(table: ListTable, name: str, value: str | float | None) -> str:
    """Return a value for the screen; of numbers that are names, and of names, a part."""
    kind = table.kind[name].type
    if isinstance(value, str):
        shown = {FieldType.ID: mask_text, FieldType.NAME: mask_name}.get(kind, str)(value)
    elif value is None:
        shown = ""
    else:
        shown = {FieldType.DATE: format_serial, FieldType.TIME: show_time}.get(kind, format_number)(value)
    return f"{table.kind[name].header} {shown or '—'}"


def mask_name(value: str) -> str:
    """Return a name of which only the first character can be read."""
    return value[:1] + "*" * (len(value) - 1)
