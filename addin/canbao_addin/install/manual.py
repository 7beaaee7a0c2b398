"""The manual as a page for the browser, made from its Markdown on this PC; nothing is fetched."""

from __future__ import annotations

import shutil
from pathlib import Path

from markdown_it import MarkdownIt

from canbao_addin.home import MANUAL
from canbao_addin.texts import CannotRunError
from canbao_templates import read_text

NAME = "用户手册"
_PACKAGE = Path(__file__).resolve().parents[1]
_PLACES = (_PACKAGE / "manual", _PACKAGE.parents[1] / "docs")  # in an installation; in a checkout


def write_manual(folder: Path = MANUAL) -> Path:
    """Write the manual and its pictures into a folder and return the page. Raises CannotRunError."""
    source = next((place for place in _PLACES if (place / f"{NAME}.md").is_file()), None)
    if source is None:
        raise CannotRunError("manual_missing")
    text = (source / f"{NAME}.md").read_text(encoding="utf-8")
    page = folder / f"{NAME}.html"
    try:
        shutil.copytree(source / "images", folder / "images", dirs_exist_ok=True)
        page.write_text(render_manual(text), encoding="utf-8")
    except OSError as trouble:
        raise CannotRunError("cannot_write", path=page, why=trouble) from trouble
    return page


def render_manual(text: str) -> str:
    """Return Markdown as a whole page."""
    body = MarkdownIt("commonmark").enable("table").render(text)
    return read_text("pages/manual.html").replace("[[body]]", body)
