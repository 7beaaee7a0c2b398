"""Policy years: read one with ``load_policy``, judge it with ``check_policy``."""

from canbao_rulebook.policy.check import check_policy
from canbao_rulebook.policy.frame import ALL_POPULATIONS, Township, Window
from canbao_rulebook.policy.gaps import gap_lines
from canbao_rulebook.policy.issues import PolicyError, PolicyIssue, render_issue
from canbao_rulebook.policy.load import SUFFIXES, list_policies, load_policy, parse_policy
from canbao_rulebook.policy.model import Policy
from canbao_rulebook.policy.people import Category
from canbao_rulebook.policy.types import PREMIUM
from canbao_rulebook.policy.words import SubsidyKind, WindowKind

__all__ = [
    "ALL_POPULATIONS",
    "PREMIUM",
    "SUFFIXES",
    "Category",
    "Policy",
    "PolicyError",
    "PolicyIssue",
    "SubsidyKind",
    "Township",
    "Window",
    "WindowKind",
    "check_policy",
    "gap_lines",
    "list_policies",
    "load_policy",
    "parse_policy",
    "render_issue",
]
