"""The block ``export`` of a policy file: which columns a file for another system has, and what stands in them."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from canbao_rulebook.policy.issues import suggest
from canbao_rulebook.vocabulary import load_lists

if TYPE_CHECKING:
    from canbao_rulebook.policy.model import Policy
    from canbao_rulebook.policy.report import Report

# What a column may hold: a person's own fields, those of the row, and those of the policy.
EXPORT_FIELDS = (
    "name", "cert_type", "cert_no", "sex", "birth", "ethnic", "relation", "person_type", "phone", "township", "village",
    "group", "head_name", "category", "subsidy_kind", "premium", "gov_direct", "self_due", "self_paid", "rebate_due",
    "pay_date", "channel", "receipt_no", "mib_serial", "benefit_start", "benefit_end", "policy_year", "region",
    "county",
)  # fmt: skip


def code_lists() -> dict[str, dict[str, str]]:
    """Return the code lists that a column may name: codes of the other system by our words."""
    codes: dict[str, dict[str, str]] = load_lists()["export_codes"]
    return codes


def check_exports(policy: Policy, report: Report) -> None:
    """Report columns that hold nothing known, code lists that do not exist, and names given twice."""
    for name, count in Counter(mapping.name for mapping in policy.export).items():
        if count > 1:
            report.add("P06.unique", "export", value=name, first="export")
    for i, mapping in enumerate(policy.export):
        for k, column in enumerate(mapping.columns):
            path = f"export[{i}].columns[{k}]"
            if (column.field is None) == (column.value is None):
                report.add("P04.export_value", path, value=column.header)
            elif column.field is not None and column.field not in EXPORT_FIELDS:
                hint = suggest(column.field, EXPORT_FIELDS)
                report.add("P04.measure", f"{path}.field", value=column.field, hint=hint)
            if column.codes_from is not None and column.codes_from not in code_lists():
                hint = suggest(column.codes_from, code_lists())
                report.add("P04.measure", f"{path}.codes_from", value=column.codes_from, hint=hint)
