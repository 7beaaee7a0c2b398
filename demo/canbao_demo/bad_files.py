"""Files that people hand in instead of a workbook."""

from __future__ import annotations

from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from canbao_demo.model import BadFile

_ANCIENT = b"\x09\x04\x06\x00\x00\x00\x10\x00\x00\x00" + b"\x0a\x00\x00\x00"  # a sheet of Excel 4 without cells
_SAVED = (2020, 12, 11, 8, 0, 0)
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_OWN_TABLE = (("序号", "姓名", "身份证号", "金额"), ("1", "王建国", "620422198409179731", "280"))


def make_bad_files() -> list[BadFile]:
    """Return files that must be refused, each with the reason; the same bytes every time."""
    stranger = _stranger()
    return [
        BadFile("城郊乡名单.xlsx", "姓名,证件号码\n王建国,无\n".encode("gb18030"), "V39.csv", "文本文件改名为 .xlsx"),
        BadFile("白杨乡（拷贝）.xlsx", stranger[: len(stranger) // 2], "V39.damaged", "拷贝到一半的文件"),
        BadFile("黄坪乡1995.xls", _ANCIENT, "V39.old_xls", "Excel 4 的旧格式"),
        BadFile("自制表.xlsx", stranger, "V39.no_meta", "不是下发的模板"),
        BadFile("红沟乡.xlsx", b"", "V39.empty", "空文件"),
    ]


def _stranger() -> bytes:
    """A small workbook that somebody made on their own."""
    rows = "".join(_row(cells) for cells in _OWN_TABLE)
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPES}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPES}.worksheet+xml"/></Types>',
        "_rels/.rels": _relation("officeDocument", "xl/workbook.xml"),
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
        '<sheet name="名单" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": _relation("worksheet", "worksheets/sheet1.xml"),
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{_MAIN}"><sheetData>{rows}</sheetData></worksheet>',
    }
    stream = BytesIO()
    with ZipFile(stream, "w", ZIP_DEFLATED) as target:
        for name, text in parts.items():
            target.writestr(ZipInfo(name, _SAVED), _HEAD + text, ZIP_DEFLATED)
    return stream.getvalue()


def _row(texts: tuple[str, ...]) -> str:
    cells = "".join(f'<c t="inlineStr"><is><t>{text}</t></is></c>' for text in texts)
    return f"<row>{cells}</row>"


def _relation(kind: str, target: str) -> str:
    return (
        f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/{kind}" Target="{target}"/></Relationships>'
    )
