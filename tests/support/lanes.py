"""One sheet read in both lanes of the reader: what it holds, and whether the fast lane took it."""

from pathlib import Path
from typing import Any

from canbao_validators.reading import fast_lane, slow_lane
from canbao_validators.reading.inflate import UnsureError
from canbao_validators.reading.package import Package, open_package
from canbao_validators.reading.raw import RawSheet
from canbao_validators.reading.strings import SharedStrings
from support.raw_workbooks import workbook_parts, write_parts

PART = "xl/worksheets/sheet1.xml"
STRINGS = (
    "<si><t>张三</t></si><si><r><t>重</t></r><r><rPr/><t> 阳</t></r><rPh sb='0' eb='1'><t>x</t></rPh></si>"
    '<si><t xml:space="preserve"> 前后 </t></si><si><t>a_x000D_b&amp;</t></si>'
)


def content(sheet: RawSheet) -> Any:
    """Everything a sheet holds, in a form that compares."""
    columns = {
        index: list(
            zip(
                column.rows.tolist(),
                column.kinds.tolist(),
                column.numbers.tolist(),
                column.texts.to_list(),
                column.formulas.tolist(),
                strict=True,
            )
        )
        for index, column in sorted(sheet.columns.items())
    }
    return columns, sheet.merged, sheet.max_row, sheet.faults


def read_sheet_slow(package: Package, part: str, shared: SharedStrings, *, date1904: bool = False) -> Any:
    sheet = RawSheet("表")
    with package.open(part) as stream:
        slow_lane.read_sheet(stream, sheet, shared.texts, date1904=date1904)
    return content(sheet)


def read_sheet_fast(
    package: Package, part: str, shared: SharedStrings, *, date1904: bool = False, slab_bytes: int = 1 << 24
) -> Any:
    """What the fast lane reads, None when it leaves the part to the slow lane."""
    sheet = RawSheet("表")
    try:
        fast_lane.read_sheet(package, part, sheet, shared, date1904=date1904, slab_bytes=slab_bytes)
    except UnsureError:
        return None
    return content(sheet)


def compare(path: Path, part: str = PART, **more: Any) -> tuple[Any, bool]:
    """Read one part in both lanes; return what was read and whether the fast lane took it."""
    with open_package(path) as package:
        shared = SharedStrings(package, "xl/sharedStrings.xml")
        fast = read_sheet_fast(package, part, shared, **more)
        more.pop("slab_bytes", None)
        slow = read_sheet_slow(package, part, shared, **more)
    assert fast is None or fast == slow
    return slow, fast is not None


def read_rows(tmp_path: Path, rows: str, strings: str = STRINGS, tail: str = "", **more: Any) -> tuple[Any, bool]:
    """Read a sheet of these rows."""
    return compare(write_parts(tmp_path / "a.xlsx", workbook_parts(rows, strings, tail=tail)), **more)
