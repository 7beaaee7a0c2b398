"""Two policy years beside each other, for a meeting: what changed, the templates, sample persons; a sheet to sign."""

from __future__ import annotations

from typing import TYPE_CHECKING

from canbao_rulebook.book_diff import TemplateChange, compare_books
from canbao_rulebook.kinds import UNKNOWN_TEXT
from canbao_rulebook.money import format_yuan
from canbao_rulebook.policy.diff import ChangeKind, PolicyChange, compare_policies
from canbao_rulebook.table_specs import load_table
from canbao_validators.settlement.samples import Sample, settle_samples

if TYPE_CHECKING:
    from canbao_rulebook.policy import Policy
    from canbao_rulebook.rulebook import Rulebook
    from canbao_rulebook.tables import TableSheet

_KINDS = {ChangeKind.CHANGED: "修改", ChangeKind.ADDED: "新增", ChangeKind.REMOVED: "删去"}
_NOBODY = "—"
Pair = tuple[Sample | None, Sample | None]


def diff_sheets(before: Rulebook, after: Rulebook) -> list[TableSheet]:
    """Return the sheets: changes of the policy, of the templates, and sample persons before and after."""
    begin = f"{after.policy.meta.county}{before.policy.meta.id} → {after.policy.meta.id} "
    changes = compare_policies(before.policy, after.policy)
    return [
        load_table("policy_changes").make([_change_row(change) for change in changes], begin=begin),
        load_table("template_changes").make([_template_row(one) for one in compare_books(before, after)], begin=begin),
        load_table("sample_persons").make(
            [_sample_row(*pair) for pair in pair_samples(before.policy, after.policy)], begin=begin
        ),
    ]


def say_change(change: PolicyChange) -> str:
    """Return a change in one line, with its articles."""
    kind = _KINDS[change.kind]
    if change.kind is ChangeKind.CHANGED:
        cited = " → ".join(dict.fromkeys(filter(None, (change.article_before, change.article_after))))
        text = f"{change.name} {change.before} → {change.after}"
    else:
        cited = change.article_after or change.article_before
        said = change.after or change.before
        text = f"{kind}{change.name}" + (f"（{said}）" if said else "")
    return f"{text}〔{cited}〕" if cited else text


def change_cells(change: PolicyChange) -> tuple[str, str, str]:
    """Return what changed and how it was before and after, for the cells of a table."""
    kind = "" if change.kind is ChangeKind.CHANGED else _KINDS[change.kind]
    return f"{kind}{change.name}", change.before or _NOBODY, change.after or _NOBODY


def say_template_change(change: TemplateChange) -> str:
    """Return a change of the templates in one line."""
    if change.kind is not ChangeKind.CHANGED:
        return f"{change.sheet}：{_KINDS[change.kind]}{change.what}“{change.name}”"
    where = f"〔{change.where}〕" if change.where else ""
    return f"{change.sheet}：{change.name} {change.before or _NOBODY} → {change.after or _NOBODY}{where}"


def pair_samples(before: Policy, after: Policy) -> list[Pair]:
    """Return the sample persons of both years side by side; a category that only one year has stands alone."""
    old, new = ({one.who: one for one in settle_samples(policy)} for policy in (before, after))
    return [(old.get(who), new.get(who)) for who in dict.fromkeys((*old, *new))]


def say_sample(old: Sample | None, new: Sample | None) -> str:
    """Return what a sample person pays and gets before and after."""
    who = (old or new or _NO_SAMPLE).who
    parts = [
        f"{name} {_money(old, field)} → {_money(new, field)}"
        for name, field in (("缴", "own"), ("政府代缴", "government"), ("返还", "rebate"), ("净负担", "burden"))
    ]
    return f"{who}：{'，'.join(parts)}；待遇 {_benefit(old)} → {_benefit(new)}"


_NO_SAMPLE = Sample("", None, None, None, None, "")


def _money(sample: Sample | None, field: str) -> str:
    if sample is None:
        return _NOBODY
    fen: int | None = getattr(sample, field)
    return UNKNOWN_TEXT if fen is None else format_yuan(fen)


def _benefit(sample: Sample | None) -> str:
    return _NOBODY if sample is None else sample.benefit


def _change_row(change: PolicyChange) -> dict[str, object]:
    return {
        "kind": _KINDS[change.kind],
        "name": change.name,
        "before": change.before,
        "article_before": change.article_before,
        "after": change.after,
        "article_after": change.article_after,
    }


def _template_row(change: TemplateChange) -> dict[str, object]:
    return {
        "kind": _KINDS[change.kind],
        "sheet": change.sheet,
        "what": change.what,
        "name": change.name,
        "before": change.before,
        "after": change.after,
        "where": change.where,
    }


def _sample_row(old: Sample | None, new: Sample | None) -> dict[str, object]:
    row: dict[str, object] = {"who": (old or new or _NO_SAMPLE).who}
    for field in ("own", "government", "rebate", "burden"):
        row[f"{field}_before"], row[f"{field}_after"] = _money(old, field), _money(new, field)
    return row | {"benefit_before": _benefit(old), "benefit_after": _benefit(new)}
