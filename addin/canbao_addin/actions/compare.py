"""Two county submissions beside each other, each read by its own policy year."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from canbao_addin.actions.made_by import COMPARE
from canbao_addin.actions.policies import open_book, open_policy
from canbao_addin.actions.results import require_target, result_file
from canbao_addin.actions.submissions import read_own
from canbao_addin.home import own_policies
from canbao_addin.texts import CannotRunError
from canbao_county.year.compare import Comparison, compare_persons
from canbao_county.year.comparison_sheets import comparison_sheets
from canbao_county.year.persons import read_persons
from canbao_county.year.submitted import stated_year
from canbao_generator.tables import write_tables
from canbao_rulebook.policy import PolicyError, list_policies
from canbao_validators.reading.unreadable import UnreadableFile

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    import polars as pl

    from canbao_rulebook.policy import Policy
    from canbao_rulebook.rulebook import Rulebook
    from canbao_rulebook.tables import TableSheet
    from canbao_validators.apart import Reading
    from canbao_validators.reading.raw import RawWorkbook


@dataclass(frozen=True)
class Compared:
    """What differs between two submissions: the ids of their policy years, the sheets by what they tell of."""

    found: Comparison
    years: tuple[str, str]
    sheets: Mapping[str, TableSheet]


def compare_files(earlier: Path, later: Path, target: Path, policies: Sequence[str], reading: Reading) -> Compared:
    """Write the comparison of two submissions. Raises CannotRunError.

    ``policies`` are looked at first for the policy years that the submissions name, then one's own and those shipped.
    """
    require_target(target, COMPARE, [earlier, later])
    raw = [read_own(path, reading) for path in (earlier, later)]
    books = [book_of(one, path, policies) for one, path in zip(raw, (earlier, later), strict=True)]
    (old, old_headers), (new, headers) = (
        _persons(one, book, path) for one, book, path in zip(raw, books, (earlier, later), strict=True)
    )
    found = compare_persons(old, new)
    begin = f"{books[1].policy.meta.county}{_years(books)}"
    sheets = comparison_sheets(found, raw[0], raw[1], old_headers | headers, begin)
    with result_file(target, COMPARE) as plain:
        write_tables(plain, list(sheets.values()), command=COMPARE, title=begin)
    return Compared(found, (books[0].policy.meta.id, books[1].policy.meta.id), sheets)


def _years(books: Sequence[Rulebook]) -> str:
    return " → ".join(dict.fromkeys(str(book.policy.meta.policy_year) for book in books))


def _persons(raw: RawWorkbook, book: Rulebook, path: Path) -> tuple[pl.DataFrame, dict[str, str]]:
    try:
        return read_persons(raw, book)
    except UnreadableFile as trouble:
        raise CannotRunError("cannot_read", path=path, why=trouble) from trouble


def book_of(raw: RawWorkbook, path: Path, policies: Sequence[str] = ()) -> Rulebook:
    """Return the policy year that a submission belongs to, by the county and the year in its titles.

    Raises CannotRunError for a workbook that is no submission, or when nobody knows the year.
    """
    stated = stated_year(raw)
    if stated is None:
        raise CannotRunError("not_a_submission", path=path)
    given = [open_policy(name) for name in policies]
    for policy in (*given, *_known()):
        if (policy.meta.county, policy.meta.policy_year) == stated:
            return open_book(policy)
    raise CannotRunError("submission_year", path=path, county=stated[0], year=stated[1])


def _known() -> Iterator[Policy]:
    for name in (*own_policies(), *list_policies()):
        try:
            yield open_policy(name)
        except PolicyError:
            continue
