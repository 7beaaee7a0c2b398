"""Where in a sentence a document or account number stands, however it was typed.

Full-width and foreign digits, blanks, hyphens and invisible characters inside, letters beside it, two numbers run
together: all are found. Amounts, counts, dates, times, cells, check codes and document references are none.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from canbao_rulebook.look_alikes import plain

if TYPE_CHECKING:
    from collections.abc import Iterator

_GAP, _MARK, _TAKEN = (
    "\x1f",
    "\x1e",
    "\x1d",
)  # stand for what may part a number, for what hardly does, for what was found
_GAP_KINDS = frozenset({"Zs", "Zl", "Zp", "Cc", "Cf", "Mn", "Me", "Pd"})
_MARKS = "._/·,，、'|:：*~\\"
_FEWEST = 5  # digits without which nothing is looked for
_LEAST = 8  # digits that make a number; with letters before them one less
_LONGEST_AMOUNT = 12
_ROW_LETTERS, _ROW_DIGITS = 2, 6

_ANY_DIGIT = re.compile(r"\d")
_CHECK_CODE = re.compile(r"(?<![0-9A-Za-z])[0-9A-HJKMNP-TV-Z]{4}(?:-[0-9A-HJKMNP-TV-Z]{4}){2}(?![0-9A-Za-z])")
_CODE_BEFORE = re.compile(r"(?:校验码|code|修复前|修复后|before|after)\W{0,3}$")
_CHAIN = re.compile(f"[0-9A-Za-z]+(?:{_GAP}{{1,6}}[0-9A-Za-z]+)*")
_GROUP = re.compile("[0-9A-Za-z]+")
_AMOUNT = re.compile(r"\.[0-9]{2}(?![0-9A-Za-z])")
_HOUR = re.compile(f"[0-9]{{1,2}}{_MARK}[0-9]{{2}}")
_ROWS = re.compile(f"(?:(?<!字)第|[Rr]ows){_GAP}*$")
_LETTERS = re.compile("[A-Z]$|^(?:[dsp]e?|e[a-z]?|g)$")  # before a gap and seven digits: those of passports
_PART = re.compile("[0-9]*[Xx][0-9]*")  # the last character of a citizen number, and what a document adds to it
_LEADING, _TRAILING = re.compile("[A-Za-z]+[0-9]+"), re.compile("[0-9]+[A-Za-z]+")
_CELL = re.compile("[A-Z]{1,3}[1-9][0-9]{0,5}")
_PERMIT = re.compile("[A-Za-z]{1,3}[0-9]{8,}")
_LONG_RUN = re.compile("[0-9]{7,}")
_MIXED = re.compile("(?=(?:[A-Z]*[0-9]){5})[0-9A-Z]{7,}")


def _parted(*pieces: str) -> str:
    return f"[{_GAP}{_MARK}.]{{0,3}}".join(pieces)


_D = "[0-9]"
_CITIZEN = re.compile(  # 18 characters with a date in their middle, parted in any way
    "(?<![0-9])"
    + _parted(
        "[1-9]", *[_D] * 5, f"(?:{_parted('1', '[89]')}|{_parted('2', '0')})", _D, _D,
        f"(?:{_parted('0', '[1-9]')}|{_parted('1', '[0-2]')})",
        f"(?:{_parted('0', '[1-9]')}|{_parted('[12]', _D)}|{_parted('3', '[01]')})", _D, _D, _D, "[0-9Xx]",
    )
    + "(?![0-9])"
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Group:
    """Letters and digits without anything between them."""

    text: str
    start: int

    @property
    def end(self) -> int:
        return self.start + len(self.text)

    @property
    def digits(self) -> int:
        return sum(map(str.isdigit, self.text))


def find_numbers(text: str) -> Iterator[tuple[list[int], bool]]:
    """Yield, for every number in a text, the places of its characters, and whether it is a citizen's by its date."""
    if len(_ANY_DIGIT.findall(text)) < _FEWEST:
        return
    seen = "".join(map(_seen, text))
    for code in _CHECK_CODE.finditer(text):
        parted = any(map(str.isalpha, code[0][5:])) or _CODE_BEFORE.search(text[: code.start()])
        seen = _take(seen, range(*code.span())) if parted else seen
    for citizen in _CITIZEN.finditer(seen):
        places = _places(seen, *citizen.span())
        yield places, True
        seen = _take(seen, places)
    for chain in _CHAIN.finditer(seen):
        for block in _blocks(seen, chain):
            yield from ((places, False) for places in _judge(seen, block))


@lru_cache(maxsize=4096)
def _seen(character: str) -> str:
    """Return a character as the search sees it: one ASCII digit or letter, a gap, a mark, or itself."""
    found = plain(character)
    if found.isascii() and found.isalnum():
        return found
    if unicodedata.category(character) in _GAP_KINDS or character == "−":
        return _GAP
    return character if found == "." else _MARK if character in _MARKS else found


def _places(seen: str, start: int, end: int) -> list[int]:
    return [place for place in range(start, end) if seen[place].isalnum()]


def _take(seen: str, places: range | list[int]) -> str:
    taken = list(seen)
    for place in places:
        taken[place] = _TAKEN
    return "".join(taken)


def _blocks(seen: str, chain: re.Match[str]) -> Iterator[list[_Group]]:
    """Yield the groups of a chain that may be one number: it begins with letters or a digit, and ends with a letter."""
    block: list[_Group] = []
    for found in _GROUP.finditer(seen, *chain.span()):
        group = _Group(found[0], found.start())
        amount = group.text.isdigit() and _is_amount(seen, group)
        if (group.text.isdigit() and not amount) or (block and _PART.fullmatch(group.text)):
            block.append(group)
        elif _TRAILING.fullmatch(group.text) or (block and not amount and group.text[0] in "0123456789Xx"):
            yield [*block, group]
            block = []
        else:
            yield block
            block = [] if amount else [group]
            if group.digits and not _LEADING.fullmatch(group.text):
                yield block
                block = []
    yield block


def _is_amount(seen: str, group: _Group) -> bool:
    """Tell whether digits are the yuan or the fen of an amount with two decimals."""
    fen = (
        len(group.text) == len("00")
        and group.start > 1
        and seen[group.start - 1] == "."
        and seen[group.start - 2].isdigit()
    )
    return fen or (len(group.text) <= _LONGEST_AMOUNT and _AMOUNT.match(seen, group.end) is not None)


def _judge(seen: str, block: list[_Group]) -> Iterator[list[int]]:
    """Yield the places of a block's number, if it is one."""
    lettered = len(block) > 1 and block[0].text.isalpha() and _LETTERS.search(block[0].text) is not None
    groups = [group for group in block if group.digits or group.text in {"X", "x"}]
    if len(groups) == 1:
        chosen = groups if _is_number(seen, groups[0], lettered=lettered) else []
    else:
        chosen = _parts_of_number(seen, groups, lettered=lettered)
    if chosen:
        start = block[0].start if lettered and chosen[0] is groups[0] else chosen[0].start
        yield _places(seen, start, chosen[-1].end)


def _parts_of_number(seen: str, groups: list[_Group], *, lettered: bool) -> list[_Group]:
    """Return which of several groups are one number together, or the one among dates that is one by itself."""
    if not groups:
        return []
    named = groups[0].text[0].isalpha() and not _CELL.fullmatch(groups[0].text)  # a document's letters
    rest = groups if named else _without_dates(seen, groups)
    fewest = _LEAST - (lettered or groups[0].text[0].isalpha())
    if sum(group.digits for group in rest) < fewest:
        return []
    if len(groups) == 2 and _ROWS.search(seen[: groups[0].start]) and max(group.digits for group in groups) < _LEAST:
        return []  # from row to row
    alone = len(rest) == 1 and _is_number(seen, rest[0], lettered=False)
    return rest if alone else groups


def _is_number(seen: str, group: _Group, *, lettered: bool) -> bool:
    """Tell whether a group by itself is a number of a document or an account."""
    text = group.text
    if text.isdigit():
        return len(text) >= _LEAST - lettered and not _is_moment(text)
    if _CELL.fullmatch(text):
        letters = len(text) - group.digits
        after_sheet = group.start > 0 and seen[group.start - 1] in "」!$”"
        return group.digits == _ROW_DIGITS and (letters > _ROW_LETTERS or not after_sheet)
    permit = _PERMIT.fullmatch(text) is not None  # H20201003 is no day
    runs = [run for run in _LONG_RUN.findall(text) if permit or not _is_moment(run)]
    return bool(runs) or (_MIXED.fullmatch(text) is not None and not _LONG_RUN.search(text))


def _without_dates(seen: str, groups: list[_Group]) -> list[_Group]:
    """Return the groups without whole dates, the hours after them, and spans of years."""
    rest: list[_Group] = []
    place, dated = 0, False
    while place < len(groups):
        count = _count_dated(groups[place : place + 3])
        hour = dated and not count and _HOUR.match(seen, groups[place].start) is not None
        dated = bool(count)
        if not count and not hour:
            rest.append(groups[place])
        place += count or 1
    return rest


def _count_dated(groups: list[_Group]) -> int:
    """Return how many of the next three groups are a date or two years."""
    texts = [group.text for group in groups]
    if len(texts) == 3 and len(texts[0]) == 4 and _is_day(*texts) and _tight(groups):
        return 3
    if _is_moment(texts[0]):
        return 1
    return 2 if len(texts) > 1 and all(map(_is_year, texts[:2])) else 0


def _tight(groups: list[_Group]) -> bool:
    return all(right.start - left.end == 1 for left, right in pairwise(groups))


def _is_year(text: str) -> bool:
    return len(text) == 4 and text[:2] in {"19", "20"}


def _is_day(year: str, month: str, day: str) -> bool:
    """Tell whether digits are meant for a day, were it the 31st of September."""
    if not f"{year}{month}{day}".isdigit():
        return False
    return _is_year(year) and len(month) <= 2 and len(day) <= 2 and 1 <= int(month) <= 12 and 1 <= int(day) <= 31


def _is_moment(digits: str) -> bool:
    """Tell whether digits are a day like 20201003, alone or with the time after it."""
    if len(digits) not in {8, 14} or not _is_day(digits[:4], digits[4:6], digits[6:8]):
        return False
    hour, minute, second = (int(digits[at : at + 2] or 0) for at in (8, 10, 12))
    return hour < 24 and minute < 60 and second < 60
