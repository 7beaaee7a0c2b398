"""The LibreOffice extension canbao.oxt: toolbar and menu 参保 with the buttons of the ribbon, and who answers them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, StrictUndefined

from canbao_generator.atomic import atomic_write
from canbao_generator.package import PackageWriter, deflate
from canbao_rulebook.ribbon import load_ribbon
from canbao_rulebook.yaml_text import read_data
from canbao_templates import read_text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

IDENTIFIER = "canbao.addin"
IMPLEMENTATION = f"{IDENTIFIER}.Handler"
PROTOCOL = "vnd.canbao:"
TOOLBAR = f"{IDENTIFIER}.toolbar"
SPREADSHEETS = "com.sun.star.sheet.SpreadsheetDocument"
HANDLER, TEXTS, SETTINGS = "handler.py", "texts.json", "settings.json"
_TEMPLATES = {
    "META-INF/manifest.xml": "manifest.xml.j2",
    "description.xml": "description.xml.j2",
    "Addons.xcu": "addons.xcu.j2",
    "ProtocolHandler.xcu": "handlers.xcu.j2",
    "CalcWindowState.xcu": "window.xcu.j2",
}


def write_oxt(target: Path, handler: bytes, version: str) -> None:
    """Write the extension; the same arguments give the same bytes. Raises OSError.

    ``handler`` is the source of the Python component that answers the buttons. Until an installation adds the settings
    that tell it where canbao is, it only says that canbao is to be installed.
    """
    parts = {**_render_parts(version), HANDLER: handler, **_read_icons()}
    with atomic_write(target) as stream:
        package = PackageWriter(stream)
        for name, content in parts.items():
            package.add(name, [deflate(content)])
        package.close()


def _render_parts(version: str) -> dict[str, bytes]:
    """Return the XML parts and the handler's catalogue by their names in the package."""
    texts = read_data("ribbon/oxt/texts.yaml")
    name = texts.pop("name")
    environment = Environment(autoescape=True, undefined=StrictUndefined, keep_trailing_newline=True)
    values = {
        "ribbon": load_ribbon(),
        "name": name,
        "version": version,
        "identifier": IDENTIFIER,
        "implementation": IMPLEMENTATION,
        "protocol": PROTOCOL,
        "toolbar": TOOLBAR,
        "spreadsheets": SPREADSHEETS,
        "handler": HANDLER,
    }
    parts = {
        name: environment.from_string(read_text(f"ribbon/oxt/{template}")).render(values).encode()
        for name, template in _TEMPLATES.items()
    }
    tips = {button.id: button.screentip for button in load_ribbon().buttons}
    return {**parts, TEXTS: _to_json({"texts": texts, "tips": tips})}


def _read_icons() -> dict[str, bytes]:
    return {
        f"icons/{button.id}.svg": read_text(f"ribbon/oxt/icons/{button.id}.svg").encode()
        for button in load_ribbon().buttons
    }


def _to_json(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1).encode()
