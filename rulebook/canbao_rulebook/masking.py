"""Document and account numbers as others may see them: on boards and door lists, on the screen, in logs.

Of an identity number of 18 characters the first six and the last four (rosters.md R13). Of any other number at most
two at either end, and never more than a third: passports, permits and birth certificates are short.
"""

from __future__ import annotations

import re

CARD = "^[0-9]{17}[0-9Xx]$"
CARD_ENDS = (6, 4)
# Of numbers with at least so many characters, so many are shown in front and behind; the longest first.
ENDS = ((12, 2, 2), (9, 2, 1), (6, 1, 1), (5, 1, 0), (0, 0, 0))
_CARD = re.compile(CARD)
_DATE = r"(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"
_CELL = "[A-Z]{1,3}[0-9]{1,6}"
_END = "(?![0-9A-Za-z]|[.][0-9])"
# In a sentence: what may be a number of a document, and is no amount, no count, no date and no cell.
_IN_TEXT = re.compile(
    rf"(?<![0-9A-Za-z.])(?!{_DATE}{_END})(?!{_CELL}{_END})"
    rf"(?:[0-9]{{17}}[0-9Xx]|[A-Za-z]{{1,3}}[0-9]{{7,}}|[0-9]{{8,}}|(?=[0-9]*[A-Z])(?=(?:[A-Z]*[0-9]){{5}})[0-9A-Z]{{7,}}){_END}"
)


def mask_text(number: str) -> str:
    """Return a number with stars in the place of what others may not see."""
    front, behind = CARD_ENDS if _CARD.fullmatch(number) else _ends(len(number))
    hidden = len(number) - front - behind
    return number[:front] + "*" * hidden + number[front + hidden :]


def _ends(length: int) -> tuple[int, int]:
    return next((front, behind) for least, front, behind in ENDS if length >= least)


def mask_numbers(text: str) -> str:
    """Return a sentence in which every document and account number is masked."""
    return _IN_TEXT.sub(lambda match: mask_text(match[0]), text)
