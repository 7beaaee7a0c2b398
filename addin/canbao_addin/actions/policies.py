"""Policy years by id or path."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from canbao_addin.actions.issuing import issue
from canbao_addin.home import own_policies
from canbao_addin.texts import CannotRunError
from canbao_rulebook.findings import Severity
from canbao_rulebook.judging import judge_policy
from canbao_rulebook.phrases import enumerate_words
from canbao_rulebook.policy import PolicyError, list_policies, load_policy
from canbao_rulebook.rulebook import load_rulebook
from canbao_validators.library import Library

if TYPE_CHECKING:
    from collections.abc import Mapping

    from canbao_rulebook.policy import Policy, PolicyIssue
    from canbao_rulebook.rulebook import Rulebook


def is_book(path: Path) -> bool:
    """Whether a policy year lies in a workbook rather than in a file of text, by its name."""
    return path.suffix.casefold() == ".xlsx"


def locate_issues(policy: Policy, issues: list[PolicyIssue]) -> list[PolicyIssue]:
    """Return issues with the places that people know: of a workbook its cells, of a file its lines."""
    if not is_book(Path(policy.path)):
        return issues
    from canbao_addin.actions.policy_books import read_book  # noqa: PLC0415 - most commands read none

    return read_book(Path(policy.path)).localise(issues)


def open_policy(name: str) -> Policy:
    """Return a policy year by path, or by id: of a file in the user's own folder, else of one that is shipped.

    A workbook of ``canbao policy workbook`` is taken, too. Raises PolicyError with every problem of the file.
    """
    if is_book(Path(name)):
        from canbao_addin.actions.policy_books import open_book_policy  # noqa: PLC0415 - as above

        return open_book_policy(Path(name))
    return load_policy(name, own_policies())


def year_before(policy: Policy) -> Policy | None:
    """Return the same county's policy year before this one, if a file of one's own or a shipped one holds it."""
    year = policy.meta.policy_year - 1
    name = f"{policy.meta.id.rpartition('-')[0]}-{year}"
    before = _find({}, name)
    return before if before and before.meta.policy_year == year else None


def check_usable(policy: Policy) -> None:
    """Raise PolicyError with the errors of a policy year: nothing is issued by a file that contradicts itself (V40)."""
    wrong = [issue for issue in judge_policy(policy) if issue.severity is Severity.ERROR]
    if wrong:
        raise PolicyError(locate_issues(policy, wrong), policy.path)


def open_library(*policies: Policy) -> Library:
    """Return a library that knows the given policy years, those in the user's own folder and those that are shipped."""
    return Library(partial(_find, {policy.meta.id: policy for policy in policies}), {}, issue)


def _find(given: Mapping[str, Policy], policy_id: str) -> Policy | None:
    if policy_id in given:
        return given[policy_id]
    if policy_id not in {*own_policies(), *list_policies()}:
        return None
    try:
        policy = open_policy(policy_id)
    except PolicyError:
        return None
    return policy if policy.meta.id == policy_id else None


def open_book(policy: Policy) -> Rulebook:
    """Return the compiled rosters of a policy year. Raises CannotRunError when none of them has a template yet."""
    book = load_rulebook(policy)
    if not book.rosters:
        raise CannotRunError("no_rosters", policy=policy.meta.id, missing=enumerate_words(policy.rosters))
    return book
