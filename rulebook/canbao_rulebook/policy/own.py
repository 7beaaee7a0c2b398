"""Blocks of a policy file: what a county adds of its own."""

from canbao_rulebook.policy import words as w
from canbao_rulebook.policy.part import Part
from canbao_rulebook.policy.types import Formula, Sentence, ShortSentence, Text


class OwnRule(Part):
    """A county's own rule about rows of a roster: there is a problem at ``column`` where the formula ``when`` holds.

    ``says`` is what is wrong, in the words that the sheet and the findings show, ``fix`` how to mend it.
    """

    roster: Text
    column: Text
    when: Formula
    severity: w.RuleSeverity
    says: ShortSentence
    fix: Sentence
    ref: Text | None = None
