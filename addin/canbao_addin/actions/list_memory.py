"""What people said of headers and sheets at earlier imports, kept in the folder of lists by sender and form."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from canbao_addin.texts import CannotRunError
from canbao_generator.atomic import atomic_write

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from canbao_county.lists.listed import ListTable
    from canbao_county.lists.request import ListRequest

MEMORY_FILE = ".canbao-import.json"  # a leading dot: no list of the folder


@dataclass
class ListMemory:
    """What was said of the tables of each sender: ``forms`` are fields by header, by form; ``sheets`` words by name."""

    forms: dict[str, dict[str, dict[str, str]]] = field(default_factory=dict)
    sheets: dict[str, dict[str, str]] = field(default_factory=dict)


def load_memory(folder: Path | None) -> ListMemory:
    """Return what is remembered in a folder of lists. Raises CannotRunError when the file is none of ours."""
    path = folder / MEMORY_FILE if folder else None
    if path is None or not path.exists():
        return ListMemory()
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return ListMemory({**found["forms"]}, {**found["sheets"]})
    except (OSError, ValueError, KeyError, TypeError) as trouble:
        raise CannotRunError("list_memory", path=path) from trouble


def recall(memory: ListMemory, request: ListRequest) -> ListRequest:
    """Return the request with what was said before of its sender's tables; what is said now counts more."""
    sender = _sender(request)
    words = {**memory.sheets.get(sender, {}), **request.sheet_words}
    return replace(request, remembered=memory.forms.get(sender, {}), sheet_words=words)


def remember(memory: ListMemory, request: ListRequest, tables: Iterable[ListTable], folder: Path) -> None:
    """Keep what was said at an import that went through. Raises CannotRunError."""
    if not request.given and not request.sheet_words:
        return
    sender = _sender(request)
    forms = memory.forms.setdefault(sender, {})
    for table in tables if request.given else ():
        forms[table.fit.form] = {**forms.get(table.fit.form, {}), **request.given}
    memory.sheets[sender] = {**memory.sheets.get(sender, {}), **request.sheet_words}
    text = json.dumps({"forms": memory.forms, "sheets": memory.sheets}, ensure_ascii=False, indent=1, sort_keys=True)
    try:
        with atomic_write(folder / MEMORY_FILE) as stream:
            stream.write(f"{text}\n".encode())
    except OSError as trouble:
        raise CannotRunError("cannot_write", path=folder / MEMORY_FILE, why=trouble) from trouble


def _sender(request: ListRequest) -> str:
    return "-".join(part for part in (request.kind_code, request.agency) if part)
