"""Blocks of a policy file: what a county adds of its own."""

from canbao_rulebook.policy import words as w
from canbao_rulebook.policy.part import Part
from canbao_rulebook.policy.types import Flag, Formula, Header, OwnCode, Sentence, SheetName, ShortSentence, Text, Word


class OwnRoster(Part):
    """A roster of a county's own: persons, with columns of its own. Nobody counts by it, and no money hangs on it.

    ``code`` is Z and a number, by which own columns and rules name it; ``name`` is what its sheet is called.
    """

    code: OwnCode
    name: SheetName
    note: Sentence | None = None
    ref: Text | None = None


class OwnColumn(Part):
    """A county's own column of a roster, which people fill in; ``choices`` are all that may stand in it, if any are.

    It stands before 备注, is kept by the merge, and rules of one's own may read it. It decides about no money.
    ``carried``: whether next year's templates begin with what it held; where it does not say, texts are.
    """

    known_by = ("roster", "header")
    roster: Text
    header: Header
    type: w.OwnColumnType = w.OwnColumnType.TEXT
    choices: tuple[Word, ...] = ()
    required: Flag = False
    hint: Sentence | None = None
    carried: Flag | None = None
    ref: Text | None = None

    @property
    def is_carried(self) -> bool:
        """Whether it is carried: a word about a person holds for the next year, a count, sum or day for its own."""
        return self.type is w.OwnColumnType.TEXT if self.carried is None else self.carried


class OwnRule(Part):
    """A county's own rule about rows of a roster: there is a problem at ``column`` where the formula ``when`` holds.

    ``says`` is what is wrong, in the words that the sheet and the findings show, ``fix`` how to mend it.
    """

    known_by = ("roster", "says")
    roster: Text
    column: Text
    when: Formula
    severity: w.RuleSeverity
    says: ShortSentence
    fix: Sentence
    ref: Text | None = None


def own_list_name(number: int) -> str:
    """Return the defined name of what may stand in a column of one's own, by its number from 1."""
    return f"自列名单{number}"
