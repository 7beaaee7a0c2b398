"""Policy years: read one with ``load_policy``, judge it with ``check_policy``."""

from canbao_rulebook.policy_check import check_policy
from canbao_rulebook.policy_frame import ALL_POPULATIONS, Township, Window
from canbao_rulebook.policy_issues import PolicyError, PolicyIssue, render_issue
from canbao_rulebook.policy_load import list_policies, load_policy, parse_policy
from canbao_rulebook.policy_model import Policy
from canbao_rulebook.policy_people import Category
from canbao_rulebook.policy_types import PREMIUM
from canbao_rulebook.policy_words import SubsidyKind, WindowKind

__all__ = [
    "ALL_POPULATIONS",
    "PREMIUM",
    "Category",
    "Policy",
    "PolicyError",
    "PolicyIssue",
    "SubsidyKind",
    "Township",
    "Window",
    "WindowKind",
    "check_policy",
    "list_policies",
    "load_policy",
    "parse_policy",
    "render_issue",
]
