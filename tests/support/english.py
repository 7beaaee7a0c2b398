"""What an English sentence may say in Chinese: words of the sheets and what somebody typed, nothing else."""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any

from canbao_county.desk import IMPORTS, SETTINGS, load_form
from canbao_rulebook.findings import Finding
from canbao_rulebook.list_kinds import load_list_kinds
from canbao_rulebook.messages import load_catalogue, render
from canbao_rulebook.names import policy_names
from canbao_rulebook.policy import list_policies, load_policy
from canbao_rulebook.ribbon import load_ribbon
from canbao_rulebook.rulebook import load_rulebook
from canbao_rulebook.table_specs import load_tables
from canbao_rulebook.vocabulary import load_lists
from canbao_rulebook.yaml_text import parse_yaml
from canbao_templates import read_text

CHINESE = re.compile(r"[\u3001-\u301f\u3400-\u9fff\uff01-\uff1f]+")
_QUOTES = str.maketrans("", "", "“”「」")  # around words of the sheets in either language


_SHEET_LISTS = ("approvals", "rulings", "channels", "arrivals", "posting_results")
_PAGES = (
    "封面",
    "汇总",
    "检查结果",
    "对比结果",
    "名单核对",
    "填表说明",
    "模板参数",
    "打印稿",
    "资助决定",
    "导入说明",
    "单元格",
    "乡镇",
    "村",
    "组",
    "身份证",
)


@cache
def sheet_words() -> frozenset[str]:
    """Sheets, headers, entries of drop-down lists, names of lists, categories and offices."""
    words = {kind.name for kind in load_list_kinds().values()}
    words |= {entry.header for kind in load_list_kinds().values() for entry in kind.fields}
    words |= set(load_lists()["subsidy_kinds"].values()) | {*_texts(load_ribbon().model_dump())}
    words |= {*_texts(parse_yaml(read_text("bands.yaml")))}  # titles above the columns, stages
    for form in map(load_form, (SETTINGS, IMPORTS)):  # of the register
        words |= {form.sheet, *form.labels.values()}
    words |= {word for name in _SHEET_LISTS for word in _texts(load_lists()[name])}
    for table in load_tables().values():
        words |= {table.sheet.name, *(column.header for column in table.columns.values())}
    for policy in map(load_policy, list_policies()):
        words |= {
            str(word) for named in policy_names(policy, confidential=True).values() for word in _texts(named.value)
        }
        words |= {agency.name for agency in policy.org.agencies.values()} | {policy.meta.county}
        words |= set(policy.targets.groups.values()) | set(load_lists()["target_groups"].values())
        for roster in load_rulebook(policy).rosters.values():
            words |= {roster.sheet, *(column.header for column in roster.columns)}
    return frozenset(word for word in (*words, *_PAGES) if CHINESE.search(word))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from (*_texts(key), *_texts(inner))
    elif isinstance(value, Iterable):
        for inner in value:
            yield from _texts(inner)


def chinese_in(values: Any) -> set[str]:
    """Every unbroken piece of Chinese in texts, however deep they lie."""
    return {piece for text in _texts(values) for piece in CHINESE.findall(text.translate(_QUOTES))}


def chinese_left(finding: Finding, typed: Any = ()) -> str:
    """What is Chinese in the English sentences of a finding and neither a sheet's word nor ``typed``; "" is right."""
    told, place = render(finding, "en"), finding.place
    known = {*_texts(typed), finding.value, place.sheet, place.header, place.file}
    left = left_of(f"{told.message} {told.fix}", known)
    return " ".join(piece for piece in left.split() if piece not in finding.value)


def left_of(sentence: str, known: Iterable[str] = ()) -> str:
    """What is Chinese in a sentence and not known."""
    text = sentence.translate(_QUOTES)
    words = {word.translate(_QUOTES) for word in (*sheet_words(), *known)}
    for word in sorted((word for word in words if word in text), key=len, reverse=True):
        if CHINESE.search(word):
            text = text.replace(word, "")
    return " ".join(CHINESE.findall(text))


def english_templates() -> dict[str, str]:
    """Both English sentences of every message, without what fills them."""
    return {key: f"{message.text['en']} {message.fix['en']}" for key, message in load_catalogue().items()}
