"""PDF files of books and of ranges."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from canbao_addin.hosts.libreoffice.bridge import file_url, load_uno, properties, uno_exception
from canbao_addin.hosts.libreoffice.errors import OfficeError

_FILTER = "calc_pdf_Export"


def write_pdf(document: Any, path: str, selection: Any = None) -> None:
    """Print a document, or the cell range ``selection`` of it. Raises OfficeError when the file cannot be written."""
    target = Path(path).absolute()
    if not target.parent.is_dir():
        raise OfficeError(f"There is no folder {target.parent}.")
    options = properties(FilterName=_FILTER)
    if selection is not None:
        chosen = load_uno().Any("[]com.sun.star.beans.PropertyValue", properties(Selection=selection))
        options = properties(FilterName=_FILTER, FilterData=chosen)
    try:
        document.storeToURL(file_url(str(target)), options)
    except uno_exception() as error:
        raise OfficeError(f"LibreOffice cannot write {target}: it is open elsewhere, or the disk is full.") from error
