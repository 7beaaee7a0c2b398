"""docs/json.md as what it promises: the keys of each command's JSON, nested."""

import json
import re
from pathlib import Path
from typing import Any

PAGE = Path(__file__).parents[2] / "docs" / "json.md"


def stated(command: str) -> dict[str, Any]:
    """The keys of a command: None for a value, a list of one for the entries of a list."""
    [shape] = re.findall(rf"^\| `{command}` \| `(.*)` \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    text = re.sub(r"(\w+)(?=[,}])", r'"\1": null', re.sub(r"(\w+):", r'"\1":', shape))
    found: dict[str, Any] = json.loads(text)
    return found


def differences(found: Any, wanted: Any, where: str = "") -> list[str]:
    """Where a JSON has other keys than the page says; a list must have an entry."""
    if isinstance(wanted, list):
        if not found:
            return [f"{where}: empty"]
        return [one for place, entry in enumerate(found) for one in differences(entry, wanted[0], f"{where}[{place}]")]
    if isinstance(wanted, dict):
        if found is None:
            return []
        apart = [f"{where}.{key}" for key in sorted(found.keys() ^ wanted.keys())]
        for key in sorted(found.keys() & wanted.keys()):
            apart += differences(found[key], wanted[key], f"{where}.{key}")
        return apart
    return []
