"""The JSON that `--json` asks for."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from canbao_addin.actions.results import JSON_BEGINS, keep_text
from canbao_addin.texts import CannotRunError
from canbao_generator.atomic import atomic_write


def write_json(target: str, content: object) -> None:
    """Write JSON to a file, whole or not at all; ``-`` is standard output. Raises CannotRunError."""
    text = json.dumps(content, ensure_ascii=False, indent=1) + "\n"
    if target == "-":
        sys.stdout.write(text)
        return
    try:
        keep_text(Path(target), JSON_BEGINS)
        with atomic_write(Path(target)) as stream:
            stream.write(text.encode())
    except OSError as trouble:
        raise CannotRunError("cannot_write", path=target, why=trouble) from trouble
