"""Hyperlinks, which LibreOffice keeps as fields in a cell's text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from canbao_addin.hosts.libreoffice.errors import OfficeError

if TYPE_CHECKING:
    from canbao_addin.hosts.libreoffice.ranges import Range


def read_hyperlink(cells: Range) -> str:
    """The address behind the first cell. Raises OfficeError when there is none."""
    fields = cells(1, 1).api.getCellByPosition(0, 0).getTextFields()
    for index in range(fields.Count):
        url = getattr(fields.getByIndex(index), "URL", "")
        if url:
            return str(url)
    raise OfficeError("The cell doesn't seem to contain a hyperlink!")


def add_hyperlink(cells: Range, address: str, text: str) -> None:
    """Make the first cell a link that shows ``text``."""
    cell = cells(1, 1).api.getCellByPosition(0, 0)
    field = cells.book.api.createInstance("com.sun.star.text.TextField.URL")
    field.URL, field.Representation = address, text
    cell.setString("")
    cell.insertTextContent(cell.createTextCursor(), field, False)
