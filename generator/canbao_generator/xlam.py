"""The Excel add-in canbao.xlam: a workbook without visible sheets that carries the ribbon and the VBA project."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from canbao_generator.atomic import atomic_write
from canbao_generator.package import PackageWriter, deflate
from canbao_generator.ribbon_source import (
    BUTTONS_MODULE,
    CUSTOM_UI_2006,
    CUSTOM_UI_2009,
    buttons_source,
    custom_ui,
    functions_source,
    python_source,
)
from canbao_generator.vba import Module, ModuleKind, VbaProject, build_project
from canbao_generator.xml import row_xml, value_cell

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from canbao_rulebook.ribbon import Ribbon

ADDIN = "application/vnd.ms-excel.addin.macroEnabled.main+xml"
WORKBOOK = "application/vnd.ms-excel.sheet.macroEnabled.main+xml"  # the twin that LibreOffice opens in the tests
PYTHON_MODULE, FUNCTIONS_MODULE, CHINESE_MODULE = "CanbaoPython", "CanbaoFunctions", "CanbaoChineseFunctions"
CODEPAGE = 936  # Simplified Chinese Windows: the names of the Chinese functions; everything else is ASCII
_PROJECT, _GUID = "Canbao", "{6B0E3D52-9C41-4F77-8D1A-5A2C7E90B6D4}"

_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_CORE = "http://schemas.openxmlformats.org/package/2006/metadata/core-properties"
_STYLES = (
    f'{_HEAD}<styleSheet xmlns="{_MAIN}"><fonts count="1"><font/></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    '</fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="1"><xf/></cellXfs></styleSheet>'
)


@dataclass(frozen=True)
class AddinContent:
    """Everything that an add-in is made from.

    ``sentences`` are the messages of the VBA by name, the title first. ``functions`` are the worksheet functions of the
    Python module ``functions_module``. ``xlwings_version`` names the library that starts their server.
    """

    ribbon: Ribbon
    version: str
    xlwings_version: str
    sentences: Mapping[str, str]
    functions: Sequence[Callable[..., object]] = ()
    functions_module: str = ""


def write_xlam(content: AddinContent, target: Path) -> None:
    """Write the add-in; the same content gives the same bytes. Raises OSError."""
    write_addin_package(content, ADDIN, vba_modules(content), target)


def write_addin_package(content: AddinContent, content_type: str, modules: Sequence[Module], target: Path) -> None:
    """Write the package with these modules, as the main part of ``content_type``. Raises OSError."""
    project = VbaProject(_PROJECT, _GUID, tuple(modules), CODEPAGE)
    parts = {
        "[Content_Types].xml": _content_types(content_type),
        "_rels/.rels": _package_relations(),
        "docProps/core.xml": _properties(content.version),
        "xl/workbook.xml": _workbook(),
        "xl/_rels/workbook.xml.rels": _relations(
            (f"{_OFFICE}/worksheet", "worksheets/sheet1.xml"),
            (f"{_OFFICE}/styles", "styles.xml"),
            ("http://schemas.microsoft.com/office/2006/relationships/vbaProject", "vbaProject.bin"),
        ),
        "xl/styles.xml": _STYLES,
        "xl/worksheets/sheet1.xml": _sheet(content.sentences),
        "customUI/customUI.xml": custom_ui(content.ribbon, CUSTOM_UI_2006),
        "customUI/customUI14.xml": custom_ui(content.ribbon, CUSTOM_UI_2009),
    }
    with atomic_write(target) as stream:
        writer = PackageWriter(stream)
        for name, text in parts.items():
            writer.add(name, [deflate(text.encode())])
        writer.add("xl/vbaProject.bin", [deflate(build_project(project))])
        writer.close()


def vba_modules(content: AddinContent) -> list[Module]:
    """Return the modules of the project.

    Functions with names that are not ASCII stand in a module of their own: Windows of another code page cannot read
    them, and a module that does not compile leaves the others working.
    """
    plain = [function for function in content.functions if function.__name__.isascii()]
    chinese = [function for function in content.functions if not function.__name__.isascii()]
    sources = {
        PYTHON_MODULE: python_source(content.xlwings_version, len(content.sentences)),
        BUTTONS_MODULE: buttons_source(content.ribbon),
        FUNCTIONS_MODULE: functions_source(plain, content.functions_module) if plain else "",
        CHINESE_MODULE: functions_source(chinese, content.functions_module) if chinese else "",
    }
    return [
        Module("ThisWorkbook", ModuleKind.WORKBOOK),
        Module("Sheet1", ModuleKind.SHEET),
        *(Module(name, ModuleKind.STANDARD, source) for name, source in sources.items() if source),
    ]


def _content_types(main: str) -> str:
    package = "application/vnd.openxmlformats-package"
    return (
        f'{_HEAD}<Types xmlns="{_TYPES}">'
        f'<Default Extension="rels" ContentType="{package}.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        '<Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{main}"/>'
        '<Override PartName="/xl/worksheets/sheet1.xml" '
        'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>'
        '<Override PartName="/xl/styles.xml" '
        'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/>'
        f'<Override PartName="/docProps/core.xml" ContentType="{package}.core-properties+xml"/>'
        "</Types>"
    )


def _package_relations() -> str:
    return _relations(
        (f"{_OFFICE}/officeDocument", "xl/workbook.xml"),
        ("http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties", "docProps/core.xml"),
        ("http://schemas.microsoft.com/office/2006/relationships/ui/extensibility", "customUI/customUI.xml"),
        ("http://schemas.microsoft.com/office/2007/relationships/ui/extensibility", "customUI/customUI14.xml"),
    )


def _relations(*relations: tuple[str, str]) -> str:
    items = "".join(
        f'<Relationship Id="rId{number}" Type="{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(relations, 1)
    )
    return f'{_HEAD}<Relationships xmlns="{_RELATIONS}">{items}</Relationships>'


def _properties(version: str) -> str:
    """Return the properties of the file: the title is what Excel's list of add-ins shows."""
    return (
        f'{_HEAD}<cp:coreProperties xmlns:cp="{_CORE}" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<dc:title>参保</dc:title><dc:description>canbao {version}</dc:description></cp:coreProperties>"
    )


def _workbook() -> str:
    return (
        f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><workbookPr codeName="ThisWorkbook"/>'
        '<sheets><sheet name="canbao" sheetId="1" r:id="rId1"/></sheets></workbook>'
    )


def _sheet(sentences: Mapping[str, str]) -> str:
    rows = "".join(
        row_xml(row, (value_cell(f"A{row}", 0, name), value_cell(f"B{row}", 0, text)))
        for row, (name, text) in enumerate(sentences.items(), 1)
    )
    return f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetPr codeName="Sheet1"/><sheetData>{rows}</sheetData></worksheet>'
