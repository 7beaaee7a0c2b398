"""Two policy years beside each other, for a meeting: what changed, the templates, sample persons; a sheet to sign."""

from __future__ import annotations

from typing import TYPE_CHECKING

from canbao_rulebook.book_diff import TemplateChange, compare_books
from canbao_rulebook.kinds import UNKNOWN_TEXT
from canbao_rulebook.money import format_yuan
from canbao_rulebook.phrases import COMMA, LANGUAGES, SEMICOLON, SHEET_LANG, Phrase, Phrases, either, say
from canbao_rulebook.policy.diff import ChangeKind, PolicyChange, compare_policies
from canbao_rulebook.table_specs import load_table
from canbao_validators.settlement.samples import NEWBORN, ORDINARY, Sample, settle_samples

if TYPE_CHECKING:
    from canbao_rulebook.phrases import Text
    from canbao_rulebook.policy import Policy
    from canbao_rulebook.rulebook import Rulebook
    from canbao_rulebook.tables import TableSheet

_KINDS = {ChangeKind.CHANGED: "修改", ChangeKind.ADDED: "新增", ChangeKind.REMOVED: "删去"}
_CHANGED = dict.fromkeys(LANGUAGES, "{name} {before} → {after}")
_ALONE = {
    ChangeKind.ADDED: {"zh": "新增{name}", "en": "new: {name}"},
    ChangeKind.REMOVED: {"zh": "删去{name}", "en": "gone: {name}"},
}
_NOBODY = "—"
_SAID, _NAMED = {"zh": "（{said}）", "en": " ({said})"}, {"zh": "{what}“{name}”", "en": "{what} “{name}”"}
_COLON, _UNKNOWN, _BENEFIT = either("：", ": "), either(UNKNOWN_TEXT, "unknown"), either("待遇", "covered")
FIGURES = {  # of a sample person
    "own": either("缴", "pays"),
    "government": either("政府代缴", "government pays"),
    "rebate": either("返还", "gets back"),
    "burden": either("净负担", "bears"),
}
_PEOPLE = {ORDINARY: either(ORDINARY, "ordinary resident"), NEWBORN: either(NEWBORN, "newborn")}
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


def say_change(change: PolicyChange) -> Text:
    """Return a change in one line, with its articles."""
    if change.kind is ChangeKind.CHANGED:
        cited = " → ".join(dict.fromkeys(filter(None, (change.article_before, change.article_after))))
        text = Phrase(_CHANGED, {"name": change.name, "before": change.before, "after": change.after})
    else:
        cited = change.article_after or change.article_before
        said = change.after or change.before
        told = Phrase(_SAID, {"said": said}) if said else ""
        text = Phrase(_ALONE[change.kind], {"name": Phrases((change.name, told))})
    return Phrases((text, f"〔{cited}〕" if cited else ""))


def change_cells(change: PolicyChange) -> tuple[str, str, str]:
    """Return what changed and how it was before and after, for the cells of a table."""
    kind = "" if change.kind is ChangeKind.CHANGED else _KINDS[change.kind]
    before, after = (str(say(text, SHEET_LANG)) or _NOBODY for text in (change.before, change.after))
    return f"{kind}{say(change.name, SHEET_LANG)}", before, after


def say_template_change(change: TemplateChange) -> Text:
    """Return a change of the templates in one line."""
    if change.kind is not ChangeKind.CHANGED:
        named = Phrase(_NAMED, {"what": change.what, "name": change.name})
        return Phrases((change.sheet, _COLON, Phrase(_ALONE[change.kind], {"name": named})))
    before, after = change.before or _NOBODY, change.after or _NOBODY
    text = Phrase(_CHANGED, {"name": change.name, "before": before, "after": after})
    return Phrases((change.sheet, _COLON, text, Phrases(("〔", change.where, "〕")) if change.where else ""))


def pair_samples(before: Policy, after: Policy) -> list[Pair]:
    """Return the sample persons of both years side by side; a category that only one year has stands alone."""
    old, new = ({one.who: one for one in settle_samples(policy)} for policy in (before, after))
    return [(old.get(who), new.get(who)) for who in dict.fromkeys((*old, *new))]


def say_sample(old: Sample | None, new: Sample | None) -> Text:
    """Return what a sample person pays and gets before and after."""
    who = (old or new or _NO_SAMPLE).who
    figures = [
        Phrase(_CHANGED, {"name": name, "before": _money(old, field), "after": _money(new, field)})
        for field, name in FIGURES.items()
    ]
    benefit = Phrase(_CHANGED, {"name": _BENEFIT, "before": _benefit(old), "after": _benefit(new)})
    told = Phrases((Phrases(tuple(figures), COMMA), benefit), SEMICOLON)
    return Phrases((_PEOPLE.get(who, who), _COLON, told))


_NO_SAMPLE = Sample("", None, None, None, None, "")


def _money(sample: Sample | None, field: str) -> Text:
    if sample is None:
        return _NOBODY
    fen: int | None = getattr(sample, field)
    return _UNKNOWN if fen is None else format_yuan(fen)


def _benefit(sample: Sample | None) -> Text:
    return _NOBODY if sample is None else sample.benefit


def _change_row(change: PolicyChange) -> dict[str, object]:
    return {
        "kind": _KINDS[change.kind],
        "name": say(change.name, SHEET_LANG),
        "before": say(change.before, SHEET_LANG),
        "article_before": change.article_before,
        "after": say(change.after, SHEET_LANG),
        "article_after": change.article_after,
    }


def _template_row(change: TemplateChange) -> dict[str, object]:
    return {
        "kind": _KINDS[change.kind],
        "sheet": change.sheet,
        **{field: say(getattr(change, field), SHEET_LANG) for field in ("what", "name", "before", "after", "where")},
    }


def _sample_row(old: Sample | None, new: Sample | None) -> dict[str, object]:
    row: dict[str, object] = {"who": (old or new or _NO_SAMPLE).who}
    for field in FIGURES:
        row[f"{field}_before"], row[f"{field}_after"] = (say(_money(one, field), SHEET_LANG) for one in (old, new))
    return row | {"benefit_before": say(_benefit(old), SHEET_LANG), "benefit_after": say(_benefit(new), SHEET_LANG)}
