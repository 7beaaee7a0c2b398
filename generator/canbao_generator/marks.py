"""Places in the master that differ from one township's workbook to the next: tokens in texts, stand-ins for numbers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from canbao_generator.xml import escape

if TYPE_CHECKING:
    from collections.abc import Mapping

# Words that stand in no policy, and row numbers so near to the end of a sheet that no workbook has them.
UNIT_TOKEN, CODE_TOKEN, AREA_TOKEN = "[[canbao-unit]]", "[[canbao-code]]", "[[canbao-area]]"
OWNER_TOKEN, PHONE_TOKEN, TOWNSHIP_TOKEN = "[[canbao-owner]]", "[[canbao-phone]]", "[[canbao-township]]"
INSURER_TOKEN, ACCOUNT_TOKEN = "[[canbao-insurer]]", "[[canbao-account]]"
COMMAND_MARK, CHECKED_TOKEN = "[[canbao-command]]", "[[canbao-checked]]"
ROSTER_LAST = 1_048_100  # plus the position of the roster
VILLAGE_LAST, GROUP_LAST, VILLAGE_COUNT, GROUP_COUNT = 1_048_201, 1_048_202, 1_048_203, 1_048_204


def print_token(code: str) -> str:
    """Return the token of the area that a roster prints."""
    return f"[[canbao-print-{code}]]"


_STAND_IN = re.compile(rb"1048[12]\d\d")


def replace_marks(part: bytes, texts: Mapping[str, str], numbers: Mapping[int, int]) -> bytes:
    """Return a part of the master with its tokens and stand-ins replaced."""
    for token, text in texts.items():
        part = part.replace(token.encode(), escape(text).encode())
    return _STAND_IN.sub(lambda match: b"%d" % numbers.get(int(match[0]), int(match[0])), part)
