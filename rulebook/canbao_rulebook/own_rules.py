"""The rules that a county adds to rosters in its policy file: formulas with a message and a severity (V43)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from canbao_rulebook.policy.words import RuleSeverity
from canbao_rulebook.roster import OwnWords
from canbao_rulebook.specs import Origin, RuleSpec

if TYPE_CHECKING:
    from canbao_rulebook.policy.model import Policy

_MESSAGES = {
    RuleSeverity.ERROR: "V43.error",
    RuleSeverity.WARNING: "V43.warning",
    RuleSeverity.INFO: "V43.info",
}


def own_rule_specs(code: str, policy: Policy) -> list[RuleSpec]:
    """Return the county's own rules for a roster, in the order of the policy file."""
    return [
        RuleSpec(
            message=_MESSAGES[rule.severity],
            column=rule.column,
            when=rule.when,
            source=policy.article(rule.ref),
            own=OwnWords(rule.says, rule.fix),
            origin=own_rule_origin(policy, number),
        )
        for number, rule in enumerate(policy.own_rules)
        if rule.roster == code
    ]


def own_rule_origin(policy: Policy, number: int) -> Origin:
    """Return where the policy file says the rule of a number, from 0."""
    return Origin(policy.path, f"own_rules[{number}]", policy.lines)
