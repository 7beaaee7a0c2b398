"""Document and account numbers as others may see them: on boards and door lists, on the screen, in logs.

Of an identity number of 18 characters the first six and the last four (rules.md C30). Of any other number at most
two at either end, and never more than a third: passports, permits and birth certificates are short.
Sentences are searched by ``number_spans``; what a sentence quotes from a cell of numbers is masked as a whole.
"""

from __future__ import annotations

import re

from canbao_rulebook.number_spans import find_numbers

CARD = "^[0-9]{17}[0-9Xx]$"
CARD_ENDS = (6, 4)
# Of numbers with at least so many characters, so many are shown in front and behind; the longest first.
ENDS = ((12, 2, 2), (9, 2, 1), (6, 1, 1), (5, 1, 0), (0, 0, 0))
_CARD = re.compile(CARD)
_ANY_DIGIT = re.compile(r"\d")
_COLUMNS = re.compile(r"cert_no|account|phone|证件号|身份证|账号|电话|手机")


def mask_text(number: str) -> str:
    """Return a number with stars in the place of what others may not see."""
    front, behind = _ends(number)
    hidden = len(number) - front - behind
    return number[:front] + "*" * hidden + number[front + hidden :]


def _ends(number: str) -> tuple[int, int]:
    return CARD_ENDS if _CARD.fullmatch(number) else _ends_by_length(len(number))


def _ends_by_length(length: int) -> tuple[int, int]:
    return next((front, behind) for least, front, behind in ENDS if length >= least)


def mask_numbers(text: str, quoted: str = "") -> str:
    """Return a sentence in which every document and account number is masked.

    ``quoted`` is what the sentence quotes of a cell that holds such a number, whatever it looks like.
    """
    if quoted and _ANY_DIGIT.search(quoted):
        text = text.replace(f"“{quoted}”", f"“{mask_text(quoted)}”")
    masked = list(text)
    for places, citizen in find_numbers(text):
        front, behind = CARD_ENDS if citizen else _ends_by_length(len(places))  # 18 digits may be two short numbers
        for place in places[front : len(places) - behind]:
            masked[place] = "*"
    return "".join(masked)


def quoted_number(column: str, value: str) -> str:
    """Return the value of a cell where its column (field or header) holds numbers that are names, else ""."""
    return value if _COLUMNS.search(column) else ""
