"""The manual and what it refers to as pages for the browser, made from Markdown on this PC; nothing is fetched."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from markdown_it import MarkdownIt

from canbao_addin.home import MANUAL
from canbao_addin.texts import CannotRunError
from canbao_templates import read_text

NAME = "用户手册"
_PAGES = (NAME, "error-codes", "policy-files", "formula-language")
_PACKAGE = Path(__file__).resolve().parents[1]
_PLACES = (_PACKAGE / "manual", _PACKAGE.parents[1] / "docs")  # in an installation; in a checkout


def write_manual(folder: Path = MANUAL) -> Path:
    """Write the manual, its pictures and what it refers to into a folder; return its page. Raises CannotRunError."""
    source = next((place for place in _PLACES if (place / f"{NAME}.md").is_file()), None)
    if source is None:
        raise CannotRunError("manual_missing")
    page = folder / f"{NAME}.html"
    try:
        shutil.copytree(source / "images", folder / "images", dirs_exist_ok=True)
        for name in _PAGES:
            text = (source / f"{name}.md").read_text(encoding="utf-8")
            (folder / f"{name}.html").write_text(render_page(text, name), encoding="utf-8")
    except OSError as trouble:
        raise CannotRunError("cannot_write", path=page, why=trouble) from trouble
    return page


def render_page(text: str, title: str) -> str:
    """Return Markdown as a whole page, its links to other pages as links to theirs."""
    body = MarkdownIt("commonmark").enable("table").render(re.sub(r"(\]\([\w-]+)\.md\b", r"\1.html", text))
    return read_text("pages/manual.html").replace("[[title]]", title).replace("[[body]]", body)
