"""The add-in's files, built from the data that is shipped."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

import xlwings

from canbao_addin import udf
from canbao_addin.texts import CannotRunError
from canbao_generator.oxt import write_oxt
from canbao_generator.version import software_version
from canbao_generator.xlam import AddinContent, write_xlam
from canbao_rulebook.ribbon import load_ribbon
from canbao_rulebook.yaml_text import read_data

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

XLAM, OXT = "canbao.xlam", "canbao.oxt"


def addin_content() -> AddinContent:
    """Return what the Excel add-in of this version consists of."""
    return AddinContent(
        ribbon=load_ribbon(),
        version=software_version(),
        xlwings_version=xlwings.__version__,
        sentences=read_data("ribbon/sentences.yaml"),
        functions=udf.FUNCTIONS,
        functions_module=udf.__name__,
    )


def build_xlam(folder: Path) -> Path:
    """Write the Excel add-in into ``folder``, which is made when it is missing. Raises CannotRunError."""
    return _build(folder / XLAM, lambda target: write_xlam(addin_content(), target))


def build_oxt(folder: Path) -> Path:
    """Write the LibreOffice extension into ``folder``, which is made when it is missing. Raises CannotRunError."""
    handler = files("canbao_addin").joinpath("oxt", "handler.py").read_bytes()
    return _build(folder / OXT, lambda target: write_oxt(target, handler, software_version()))


def _build(target: Path, write: Callable[[Path], None]) -> Path:
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        write(target)
    except OSError as trouble:
        raise CannotRunError("cannot_write", path=target, why=trouble) from trouble
    return target
