"""A broken roster spec gives sentences with file, line and the nearest word: one table, each row one edit."""

import pickle
import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

import pytest

from canbao_addin.cli.main import run
from canbao_rulebook.policy import list_policies, load_policy
from canbao_rulebook.policy.issues import describe_issue, load_policy_messages
from canbao_rulebook.rulebook import forget_rulebooks, load_rulebook
from canbao_rulebook.specs import RosterError, files, list_specs
from canbao_templates import list_names, read_text
from support.kept import keep_nothing

ENGLISH = re.compile(r"[Ii]nput|should|permitted|Extra|pydantic|jinja|expected token|unexpected")
R1, PERSON, PAY, RESULTS = (
    "rosters/R1.yaml",
    "rosters/parts/person.yaml",
    "rosters/parts/pay.yaml",
    "rosters/parts/results.yaml",
)

Edit = Callable[[str, str], str]


class Case(NamedTuple):
    """Replace ``old`` by ``new`` in a file: ``key`` is said of the line of ``mark``, or where ``new`` stands."""

    file: str
    old: str
    new: str
    key: str
    words: tuple[str, ...]
    mark: str | None = None


ADDRESS = "LEN([@家庭住址])<4)"
CASES = [
    # the file
    Case(R1, "paper: A3", "\tpaper: A3", "P01.tab", ("制表符",)),
    Case(R1, "signatures: [填表人, 审核人, 乡镇分管领导]", "signatures: [填表人, 审核人", "P01.syntax", ("YAML",), ""),
    Case(PERSON, "columns:", "columns: [", "P01.syntax", ("YAML",), ""),
    Case(R1, "paper: A3", "paper: A3\npaper: A4", "P03.key", ("两次",), "paper: A4"),
    Case(R1, "code: R1", "code: R2", "P10.code", ("R1", "R2")),
    Case(R1, "from: 2020", "from: 2022", "P10.year", ("2022", "2021")),
    Case(R1, "paper: A3\n", "", "P04.missing", ("paper",), ""),
    # keys and values
    Case(R1, "freeze: [姓名", "frieze: [姓名", "P02.key", ("frieze", "是不是“freeze”")),
    Case(R1, "pays: true", "pay: true", "P02.key", ("是不是“pays”",)),
    Case(R1, "hint: 不少于4个字", "hunt: 不少于4个字", "P02.key", ("hunt", "是不是“hint”")),
    Case(PERSON, "rules:", "ruls:", "P02.key", ("是不是“rules”",)),
    Case(R1, "    band: intent\n    columns:", "    band: intent\n    colums:", "P02.key",
         ("是不是“columns”",), "colums"),
    Case(PERSON, "header: 姓名, type: text", "header: 姓名, type: txt", "P04.choice", ("txt", "是不是“text”")),
    Case(R1, "units: [township, village]", "units: [township, vilage]", "P04.choice", ("是不是“village”",)),
    Case(R1, "capacity_share: 1.0", "capacity_share: 全部", "P04.number", ("全部",)),
    Case(R1, "cash: true", "cash: 现金", "P04.flag", ("现金",)),
    Case(R1, "header: 家庭住址, ", "", "P04.missing", ("header",), "field: address"),
    Case(R1, "hint: 不少于4个字", "hint: 4", "P04.text", ("4",)),
    # parts
    Case(R1, "household, person, contact", "houshold, person, contact", "P10.part", ("houshold", "是不是“household”")),
    Case(R1, "contact, identity", "identity", "P10.unused", ("contact",), "  contact:"),
    Case("rosters/parts/identity.yaml", "{rules_of: unknown}", "{rules_of: unknwon}", "P10.part", ("是不是“unknown”",)),
    # what depends on the policy
    Case(PAY, "if: policy.writeoff,", "if: policy.writeof,", "P10.term", ("writeof", "是不是“writeoff”")),
    Case(PAY, "if: closed,", "if: clsed,", "P10.term", ("clsed", "是不是“closed”")),
    Case(PAY, "hint: '如 {{ example_date }}'", "hint: '如 {{ exampel_date }}'", "P10.term", ("是不是“example_date”",)),
    Case(PAY, "hint: '如 {{ example_date }}'", "hint: '如 {{ example_date }'", "P10.template", ("{{ example_date }",)),
    Case(PAY, "if: policy.writeoff,", "if: policy.writeoff and,", "P10.template", ("policy.writeoff and",)),
    Case(PAY, "hint: '如 {{ example_date }}'", "hint: '{% if newborn %}如{% endif %}'", "P10.statement", ("if:",)),
    Case(RESULTS, "rebate: '", "benefit_of_all: '", "P03.key", ("两次",), "benefit_of_all: 待遇起"),
    Case(PAY, "newborn_article: '", "kinds: '", "P10.twice", ("kinds",)),
    Case(RESULTS, "benefit_of_all: 待遇起", "benefit_of_all: '{{ benefit }}'", "P10.circle", ("benefit",),
         "  benefit:\n"),
    # formulas
    Case(R1, ADDRESS, "LEN([@家庭地址])<4)", "P10.formula", ("家庭地址", "是否想写“家庭住址”")),
    Case(R1, ADDRESS, "LENN([@家庭住址])<4)", "P10.formula", ("LENN", "是否想写“LEN”")),
    Case(R1, ADDRESS, "[@家庭住址]<4)", "P10.formula", ("公式第",)),
    Case(R1, ADDRESS, "LEN([@家庭住址])<成年年岭)", "P10.formula", ("是否想写“成年年龄”",)),
    Case(R1, ADDRESS, "LEN([@家庭住址])<4", "P10.formula", ("公式第",)),
    Case(PERSON, "header: 年龄, type: integer", "header: 年龄, type: text", "P10.result", ("年龄", "文本", "数字")),
    Case(PERSON, "formula: 'CLEAN_ID([@证件号码])'", "formula: 'IF([@※证号有效],\"\",[@证件号码])'", "P10.circle",
         ("成圈：※证号、※证号有效。",)),
    Case(R1, "required_when: 'IS_TEXT([@身份属性1])'", "required_when: 'IS_TEXT([@身份属性9])'", "P10.formula",
         ("身份属性9",)),
    # what is mentioned
    Case(R1, "message: V41.address", "message: V41.adress", "P10.message", ("V41.adress", "是不是“V41.address”")),
    Case(R1, "required_message: V01.evidence", "required_message: V01.evidense", "P10.message", ("V01.evidence",)),
    Case(R1, "column: 家庭住址, when", "column: 家庭地址, when", "P10.column", ("家庭地址", "是不是“家庭住址”")),
    Case(PAY, "show: {limit: ※出生限期}, source: '{{ newborn_article }}'}\n  - {if: newborn, message: V24.limit",
         "show: {limit: ※出生期限}, source: '{{ newborn_article }}'}\n  - {if: newborn, message: V24.limit",
         "P10.column", ("※出生期限",), "※出生期限"),
    Case(R1, "list: 参保意愿名单", "list: 参保意原名单", "P10.list", ("参保意原名单", "是不是“参保意愿名单”")),
    Case(R1, "freeze: [姓名", "freeze: [名字", "P10.column", ("名字",)),
    Case(R1, "    band: contact", "    band: contct", "P10.band", ("家庭住址", "是不是“contact”"),
         "{field: address"),
    Case(R1, "paper: A3", "paper: A3\nplace: vilage", "P10.field", ("是不是“village”",), "place: vilage"),
    Case(R1, "field: phone, header: 联系电话", "field: address, header: 联系电话", "P10.double", ("address", R1)),
    Case(R1, "field: phone, header: 联系电话", "field: phone, header: 家庭住址", "P10.double", ("家庭住址",)),
    Case(R1, "field: phone, header: 联系电话", "field: name, header: 联系电话", "P10.double", ("name", PERSON)),
    Case(R1, "role: enrolment", "role: exemption", "P10.promised", ("exemption", "evidence_no, reason")),
]  # fmt: skip


@pytest.fixture(autouse=True)
def specs_as_they_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have every roster compiled of the text that a test lets its file have."""
    keep_nothing(monkeypatch)


@pytest.fixture
def edit(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Case], str]]:
    """Let one file have another text, and return it."""
    forget_rulebooks()

    def replace(case: Case) -> str:
        text = read_text(case.file)
        assert case.old in text, case.old
        edited = text.replace(case.old, case.new, 1)
        monkeypatch.setattr(files, "read_text", lambda name: edited if name == case.file else read_text(name))
        return edited

    yield replace
    forget_rulebooks()


def line_of(text: str, mark: str) -> int:
    return text[: text.index(mark)].count("\n") + 1


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.key}-{case.new.strip()[:24]}")
def test_what_is_wrong_is_said_with_file_line_and_word(case: Case, edit: Callable[[Case], str]) -> None:
    text = edit(case)
    with pytest.raises(RosterError) as caught:
        load_rulebook(load_policy("huining-2021"))
    start = load_policy_messages()[case.key]["zh"].partition("{")[0]
    texts = ["。".join(describe_issue(problem.issue)) for problem in caught.value.problems]
    told = zip(caught.value.problems, texts, strict=True)
    said = [one for one, text in told if text.startswith(start) and all(word in text for word in case.words)]
    assert said, str(caught.value)
    assert said[0].issue.code == case.key.partition(".")[0]
    assert said[0].file == case.file
    if case.mark != "":
        assert said[0].issue.line == line_of(text, case.mark or case.new)
    assert not ENGLISH.search(str(caught.value))


def test_everything_that_is_wrong_is_said_at_once(edit: Callable[[Case], str]) -> None:
    edit(Case(R1, "list: 参保意愿名单", "list: 参保意原名单\n", "", ()))
    edited = (
        read_text(R1)
        .replace("list: 参保意愿名单", "list: 参保意原名单")
        .replace("message: V41.address", "message: V41.adress")
    )
    edited = edited.replace("LEFT([@※证号],6),县代码", "LEFT([@※证号],6),县代号")
    forget_rulebooks()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(files, "read_text", lambda name: edited if name == R1 else read_text(name))
        with pytest.raises(RosterError) as caught:
            load_rulebook(load_policy("huining-2021"))
    assert sorted({word for word in ("参保意原名单", "V41.adress", "县代号") if word in str(caught.value)}) == [
        "V41.adress", "县代号", "参保意原名单",
    ]  # fmt: skip


def test_a_command_says_it_in_a_sentence(
    edit: Callable[[Case], str], capsys: pytest.CaptureFixture[str], tmp_path: object
) -> None:
    edit(CASES[8])
    assert run(["generate", "huining-2021", "--out", str(tmp_path)]) == 2
    said = capsys.readouterr().err
    assert "【P02】" in said
    assert "rosters/R1.yaml第" in said
    assert "意外" not in said


def test_a_child_process_hands_it_over(edit: Callable[[Case], str]) -> None:
    edit(CASES[7])
    with pytest.raises(RosterError) as caught:
        load_rulebook(load_policy("huining-2021"))
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)


def test_no_spec_has_statements() -> None:
    """What depends on the policy is chosen by a condition; no bracket is closed by one."""
    names = [*(f"rosters/{name}.yaml" for name in list_names("rosters", ".yaml"))]
    names += [f"rosters/parts/{name}.yaml" for name in list_names("rosters/parts", ".yaml")]
    assert len(names) > len(list_specs())
    assert [name for name in names if "{%" in read_text(name)] == []


# ---- a later year


def rename(file: str, old: str, new: str) -> str:
    """A file in which a column has another header."""
    text = read_text(file)
    for written in ("header: {}", "column: {}", "[@{}]"):
        text = text.replace(written.format(old), written.format(new))
    return text


def test_a_spec_of_a_later_year_leaves_earlier_years_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    parts = "rosters/parts/household"
    later = {
        "rosters/R1-2022.yaml": rename(R1, "家庭住址", "住址").replace("from: 2020", "from: 2022"),
        f"{parts}-2022.yaml": rename(f"{parts}.yaml", "户编号", "户号"),
    }

    def names(folder: str, suffix: str) -> list[str]:
        more = [
            name.removeprefix(f"{folder}/").removesuffix(suffix) for name in later if name.rpartition("/")[0] == folder
        ]
        return sorted([*list_names(folder, suffix), *more])

    monkeypatch.setattr(files, "read_text", lambda name: later.get(name) or read_text(name))
    monkeypatch.setattr(files, "list_names", names)
    forget_rulebooks()
    policy = load_policy("huining-2021")
    before = load_rulebook(policy)
    next_year = policy.model_copy(update={"meta": policy.meta.model_copy(update={"policy_year": 2022})})
    after = load_rulebook(next_year)
    monkeypatch.undo()
    forget_rulebooks()
    old, new = (set(book.rosters["R1"].by_header) for book in (before, after))
    assert {"家庭住址", "户编号"} <= old
    assert old - new == {"家庭住址", "户编号"}
    assert new - old == {"住址", "户号"}
    assert before.edition("R1") == load_rulebook(policy).edition("R1"), "2021 replays its own"
    assert "户号" in after.rosters["R3"].by_header, "a part of a later year holds for all its rosters"


def test_no_spec_before_the_first_year() -> None:
    policy = load_policy("huining-2021")
    early = policy.model_copy(update={"meta": policy.meta.model_copy(update={"policy_year": 2019})})
    with pytest.raises(RosterError, match="2020 年度起，没有 2019 年度的"):
        load_rulebook(early)


FAMILIES = {
    "cert_no": "identifier", "account": "identifier", "deposit_id": "identifier", "receipt_no": "identifier",
    "slip_no": "identifier", "student_no": "identifier", "residence_permit": "identifier", "phone": "phone",
    "name": "name", "agent": "name", "handler": "name", "owner_cadre": "name",
}  # fmt: skip
AS_WRITTEN = {"class_name": "plain", "other_identities": "choice"}


@pytest.mark.parametrize("policy", list_policies())
def test_what_people_type_is_cleaned_as_its_kind_of_column_wants(policy: str) -> None:
    """Words of a list are found whatever their clothes; names and numbers that are names have their own way."""
    for roster in load_rulebook(load_policy(policy)).rosters.values():
        for column in roster.columns:
            family = next((way for end, way in FAMILIES.items() if column.field.endswith(end)), "plain")
            wanted = AS_WRITTEN.get(column.field, "choice" if column.list_name else family)
            if column.is_input and not column.type.is_number:
                assert column.normaliser == wanted, (roster.code, column.header)
