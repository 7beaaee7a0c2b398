"""docs/formula-language.md: every function, the weaker faces, and the words that a wrong formula earns."""

import re
from pathlib import Path

import pytest
from tools import formula_functions

from canbao_rulebook.formula.checker import compile_formula
from canbao_rulebook.formula.errors import FormulaError
from canbao_rulebook.formula.nodes import Type
from canbao_rulebook.formula.scope import ColumnInfo, NamedValue, Scope
from canbao_rulebook.functions import REGISTRY

PAGE = (Path(__file__).parents[1] / "docs" / "formula-language.md").read_text(encoding="utf-8")
REFUSED = re.findall(r"^\| `(.+)` \| (公式第.+) \|$", PAGE, re.MULTILINE)
SCOPE = Scope(
    {
        "姓名": ColumnInfo("姓名", "name", Type.TEXT),
        "实缴金额": ColumnInfo("实缴金额", "self_paid", Type.MONEY),
        "缴费日期": ColumnInfo("缴费日期", "pay_date", Type.DATE),
    },
    {
        "缴费标准": NamedValue("缴费标准", Type.MONEY, 280.0),
        "村名单": NamedValue("村名单", Type.TEXT, ("一村",)),
    },
)


def test_the_table_of_functions_is_up_to_date() -> None:
    assert formula_functions.render_page(PAGE) == PAGE, "run: python tools/formula_functions.py"


def test_the_weaker_faces_are_listed() -> None:
    section = PAGE.partition("## 较弱的函数")[2].partition("## ")[0]
    listed = set(re.findall(r"^\| `([A-Z_]+)` \|", section, re.MULTILINE))
    assert listed == {name for name, function in REGISTRY.items() if function.weaker}


def test_there_are_refused_formulas() -> None:
    assert len(REFUSED) > 10


@pytest.mark.parametrize(("formula", "words"), REFUSED)
def test_a_refused_formula_is_refused_with_these_words(formula: str, words: str) -> None:
    with pytest.raises(FormulaError) as refusal:
        compile_formula(formula, SCOPE)
    assert str(refusal.value) == f"{words}　公式：{formula}"


@pytest.mark.parametrize("formula", [formula for formula, _ in REFUSED])
def test_a_refusal_is_said_in_english_too(formula: str) -> None:
    with pytest.raises(FormulaError) as refusal:
        compile_formula(formula, SCOPE)
    words = refusal.value.phrase.say("en").removesuffix(formula)
    assert words.startswith(f"character {refusal.value.position + 1} of the formula: ")
    quoted = refusal.value.suggestion + "".join(str(word) for word in refusal.value.params.values())
    assert [letter for letter in words if ord(letter) > 0x2000 and letter not in quoted + "[@姓名]"] == []


def test_the_example_compiles() -> None:
    assert compile_formula("AND([@实缴金额]>0,[@实缴金额]<>缴费标准)", SCOPE).type is Type.BOOL
