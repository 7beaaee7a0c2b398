"""政策参数: the policy's values with their articles, read-only; formulas read the named cells of a hidden column."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from canbao_generator import looks
from canbao_generator.marks import ACCOUNT_TOKEN, GROUP_COUNT, INSURER_TOKEN, TOWNSHIP_TOKEN, VILLAGE_COUNT
from canbao_generator.pages import set_up_page
from canbao_generator.protection import protect_sheet
from canbao_rulebook.amount_words import show_amounts, show_cap
from canbao_rulebook.formula.nodes import Type
from canbao_rulebook.functions.dates import from_serial
from canbao_rulebook.kinds import UNKNOWN_TEXT
from canbao_rulebook.meta import PARAMETER_SHEET
from canbao_rulebook.money import format_yuan, to_fen, to_yuan
from canbao_rulebook.names import cite_named, unit_names
from canbao_rulebook.policy.situations import depends_on_person
from canbao_rulebook.vocabulary import load_lists

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

    from canbao_generator.protection import Lock
    from canbao_generator.styles import Look, StyleBook
    from canbao_rulebook.formula.scope import NamedValue
    from canbao_rulebook.policy.people import Category
    from canbao_rulebook.rulebook import Rulebook

SHEET = PARAMETER_SHEET
_FIRST = 5
_VALUE_COLUMN, _NAME_COLUMN = "G", "F"
_WIDTHS = {"A": 38, "B": 14, "C": 12, "D": 16, "E": 36, _NAME_COLUMN: 16, _VALUE_COLUMN: 16}
_ROW_HEIGHT, _LINE_WIDTH = 20, 19  # points; full-width characters that fit into the first column
_AMOUNT_WIDTH = 10  # full-width characters that fit into the second column
_STAND_INS: dict[str, str | int] = {
    "本乡镇": TOWNSHIP_TOKEN,
    "本校保险公司": INSURER_TOKEN,
    "本户账号": ACCOUNT_TOKEN,
    "村条数": VILLAGE_COUNT,
    "村组条数": GROUP_COUNT,
}
_CATEGORY_HEADERS = ("资助身份（含别名）", "标准（元/人）", "方式", "认定部门", "依据")


def fill_parameters(sheet: Worksheet, book: Rulebook, styles: StyleBook, lock: Lock) -> dict[str, str]:
    """Write the sheet and return the defined names of its cells."""
    for letter, width in _WIDTHS.items():
        sheet.column_dimensions[letter].width = width
        sheet.column_dimensions[letter].hidden = letter in {_NAME_COLUMN, _VALUE_COLUMN}
    meta = book.policy.meta
    sheet["A1"] = f"{meta.county}{meta.policy_year}年度政策参数"
    sheet["A2"] = "由政策文件生成，只读。“待定”是通知没有规定的，由县里确定。"
    styles.apply(sheet["A1"], looks.TITLE)
    styles.apply(sheet["A2"], looks.SUBTITLE)
    _header(sheet, _FIRST - 1, ("参数", "取值", "依据", "", ""), styles)
    sheet.merge_cells(start_row=_FIRST - 1, end_row=_FIRST - 1, start_column=3, end_column=5)
    scalars = [named for named in book.names.values() if not named.is_list]
    names = {named.name: _scalar(sheet, row, named, book, styles) for row, named in enumerate(scalars, start=_FIRST)}
    _categories(sheet, _FIRST + len(scalars) + 1, book, styles)
    sheet.freeze_panes = f"A{_FIRST}"
    set_up_page(sheet, landscape=False)
    protect_sheet(sheet, lock)
    return names


def _header(sheet: Worksheet, row: int, titles: tuple[str, ...], styles: StyleBook) -> None:
    for column, title in enumerate(titles, start=1):
        styles.apply(sheet.cell(row, column, title), looks.HEADER)
    sheet.row_dimensions[row].height = 24


def _scalar(sheet: Worksheet, row: int, named: NamedValue, book: Rulebook, styles: StyleBook) -> str:
    """Write one value: for people in column B, for formulas in a hidden one; return the latter's reference."""
    is_unit = named.name in unit_names(None)
    texts = (
        named.label or named.name,
        _STAND_INS[named.name] if is_unit else display(named),
        cite_named(named, book.policy),
    )
    for column, look in enumerate((looks.WRAPPED, looks.CENTRED, *[looks.WRAPPED] * 3), start=1):
        styles.apply(sheet.cell(row, column, texts[column - 1] if column <= len(texts) else None), look)
    sheet.merge_cells(start_row=row, end_row=row, start_column=3, end_column=5)
    sheet.row_dimensions[row].height = _ROW_HEIGHT
    styles.apply(sheet.cell(row, 6, named.name), looks.HIDDEN)
    exact: Any = sheet.cell(row, 7)
    exact.value = _STAND_INS[named.name] if is_unit else named.value
    if named.value is None:
        exact.value = "=NA()"
    styles.apply(exact, looks.HIDDEN)
    return f"{SHEET}!${_VALUE_COLUMN}${row}"


def display(named: NamedValue) -> str:
    """Return a scalar as people read it; 待定 when the notice does not say."""
    value = named.value
    if value is None or isinstance(value, tuple):
        return UNKNOWN_TEXT
    if isinstance(value, float) and named.type is Type.DATE:
        return from_serial(value).isoformat()
    if isinstance(value, float) and named.type is Type.MONEY:
        return f"{format_yuan(to_fen(value))} 元"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _categories(sheet: Worksheet, row: int, book: Rulebook, styles: StyleBook) -> None:
    """Write the subsidised identities, best first (就高不就低)."""
    styles.apply(sheet.cell(row, 1, "资助身份（由高到低，就高不就低）"), looks.HEADING)
    _header(sheet, row + 1, _CATEGORY_HEADERS, styles)
    for at, category in enumerate(book.categories, start=row + 2):
        _category(sheet, at, category, book, styles)
    below = row + 3 + len(book.categories)
    if book.top_ups:
        styles.apply(sheet.cell(below, 1, "叠加资助（在上面的资助之上另加一种）"), looks.HEADING)
        _header(sheet, below + 1, _CATEGORY_HEADERS, styles)
    for at, category in enumerate(book.top_ups, start=below + 2):
        _category(sheet, at, category, book, styles)


def _category(sheet: Worksheet, at: int, category: Category, book: Rulebook, styles: StyleBook) -> None:
    """Write one row: the category, its amount and cap, how it is paid and who decides, its article."""
    aliases = f"（{'、'.join(category.aliases)}）" if category.aliases else ""
    called = "，".join(filter(None, (f"{category.name}{aliases}", show_cap(category))))
    owner = book.policy.org.agencies.get(category.identity_owner or "")
    cells = (
        (called, looks.WRAPPED),
        _amount(book, category),
        (load_lists()["subsidy_kinds"][category.kind], looks.CENTRED),
        (owner.name if owner else "—", looks.CENTRED),
        (book.policy.article(category.ref) or "—", looks.WRAPPED),
    )
    amount = str(cells[1][0])
    lines = max(-(-len(called) // _LINE_WIDTH), -(-len(amount) // _AMOUNT_WIDTH))
    sheet.row_dimensions[at].height = _ROW_HEIGHT + 14 * (lines - 1)
    for column, (value, look) in enumerate(cells, start=1):
        styles.apply(sheet.cell(at, column, value), look)


def _amount(book: Rulebook, category: Category) -> tuple[str | float, Look]:
    """What a category pays: one amount, or in words one for each tier and year."""
    policy = book.policy
    if depends_on_person(policy):
        return show_amounts(policy, category), looks.WRAPPED
    fen = policy.amount_fen(category)
    return (UNKNOWN_TEXT if fen is None else to_yuan(fen)), looks.paid(looks.CELL)
