"""What stands in each cell of an export, field by field, and what stops it; the rows are given without a merge."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import polars as pl
import pytest

from canbao_addin.actions import export
from canbao_rulebook.functions.dates import to_serial
from canbao_rulebook.messages import render
from canbao_rulebook.policy import load_policy
from canbao_rulebook.policy.exports import EXPORT_FIELDS
from canbao_rulebook.policy.funds import ExportColumn, ExportMapping

ROW: dict[str, Any] = {
    "sheet": "应保及应资对象", "row": 5, "enrolled": True, "name": "田守义", "cert_type": "居民身份证",
    "cert": "620422194803079511",
    "sex": "男", "birth": float(to_serial(date(1948, 3, 7))), "ethnic": "汉族", "relation": "户主",
    "population_tag": "普通居民",
    "school": "", "grade": "", "age": 72, "phone": "13909431234", "township": "甲镇", "place_or_class": "一村",
    "group": "一组", "head_name": "田守义", "category": "", "subsidy_kind": "不资助", "premium": 28000,
    "gov_direct": 0, "self_due": 28000, "received": 28000, "rebate_due": 0,
    "pay_date": float(to_serial(date(2020, 10, 3))), "channel": "微信", "receipt_no": "W1", "mib_serial": "M1",
    "benefit_start": float(to_serial(date(2021, 1, 1))),
    "benefit_end": float(to_serial(date(2021, 12, 31))),
}  # fmt: skip
TYPES = {"birth": pl.Float64, "pay_date": pl.Float64, "benefit_start": pl.Float64, "benefit_end": pl.Float64}
Write = Callable[..., tuple[list[str], export.Exported]]


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Write an export of such rows; return its lines below the headers, and what it came to."""

    def make(columns: list[ExportColumn], *rows: dict[str, Any], policy: str = "huining-2021") -> Any:
        frame = pl.DataFrame([ROW | row for row in rows], schema_overrides=TYPES)
        monkeypatch.setattr(export, "part_rows", lambda *_: frame)
        merge = SimpleNamespace(
            book=SimpleNamespace(policy=load_policy(policy)), parts=[SimpleNamespace(file="甲镇.xlsx")]
        )
        target = tmp_path / "out.csv"
        target.unlink(missing_ok=True)
        mapping = ExportMapping(name="x", columns=tuple(columns))
        done = export.write_export(cast("Any", merge), mapping, target, "utf-8-sig")
        return target.read_text("utf-8-sig").splitlines()[1:] if target.exists() else [], done

    return make


def of(field: str, **more: Any) -> ExportColumn:
    return ExportColumn(header=field, field=field, **more)


SAID = {
    "name": "田守义", "cert_type": "居民身份证", "cert_no": "620422194803079511", "sex": "男", "birth": "1948-03-07",
    "ethnic": "汉族", "relation": "户主", "person_type": "成年", "phone": "13909431234", "township": "甲镇",
    "village": "一村",
    "group": "一组", "head_name": "田守义", "category": "", "subsidy_kind": "不资助",
    "premium": "280.00",
    "gov_direct": "0.00",
    "self_due": "280.00", "self_paid": "280.00", "rebate_due": "0.00", "pay_date": "2020-10-03", "channel": "微信",
    "receipt_no": "W1", "mib_serial": "M1",
    "benefit_start": "2021-01-01", "benefit_end": "2021-12-31",
    "policy_year": "2021", "region": "620422", "county": "会宁县",
}  # fmt: skip


def test_every_field_that_a_mapping_may_name_has_its_value(write: Write) -> None:
    assert set(SAID) == set(EXPORT_FIELDS)
    lines, done = write([of(field) for field in SAID], {})
    assert lines == [",".join(SAID.values())]
    assert (done.rows, done.quoted, done.findings) == (1, 0, [])


@pytest.mark.parametrize(
    ("field", "form", "said"),
    [
        ("birth", None, "1948-03-07"),
        ("birth", "date", "1948-03-07"),
        ("birth", "compact_date", "19480307"),
        ("birth", "month", "194803"),
        ("premium", "fen", "28000"),
        ("premium", "yuan", "280.00"),
        ("premium", None, "280.00"),
    ],
)
def test_days_and_money_have_the_form_that_is_asked_for(write: Write, field: str, form: Any, said: str) -> None:
    assert write([of(field, format=form)], {})[0] == [said]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"population_tag": "新生儿"}, "新生儿"),
        ({"population_tag": "学龄前儿童"}, "学龄前儿童"),
        ({"population_tag": "中小学生", "age": 30}, "中小学生"),
        ({"population_tag": "大中专学生", "age": 17}, "大中专学生"),
        ({"population_tag": "", "age": 17}, "未成年"),
        ({"population_tag": "", "age": 18}, "成年"),
        ({"population_tag": "", "age": None}, "成年"),
        ({"population_tag": "", "age": 15, "school": "中学", "grade": "初一"}, "中小学生"),
        ({"population_tag": "", "age": 20, "school": "学院", "grade": "大二"}, "大中专学生"),
        ({"population_tag": "", "age": 20, "school": "", "grade": "大二"}, "成年"),
    ],
)
def test_of_what_kind_a_person_is(write: Write, row: dict[str, Any], said: str) -> None:
    assert write([of("person_type")], row)[0] == [said]


@pytest.mark.parametrize("field", ["premium", "gov_direct", "self_due", "self_paid", "rebate_due", "benefit_start"])
def test_what_the_policy_does_not_know_stops_the_export(write: Write, field: str) -> None:
    own = {"self_paid": "received"}.get(field, field)
    lines, done = write([of(field)], {}, {own: None, "row": 8}, {own: None, "row": 9})
    assert (lines, done.rows) == ([], 0)
    (found,) = done.findings
    assert (found.key, found.place.row) == ("V40.export", 8)
    assert "2" in render(found).message


@pytest.mark.parametrize("field", ["birth", "pay_date"])
def test_a_day_that_nobody_wrote_is_blank(write: Write, field: str) -> None:
    assert write([of(field), of("name")], {field: None}, {field: float("nan")})[0] == [",田守义"] * 2


def test_words_that_a_spreadsheet_takes_for_formulas_are_quoted_and_counted(write: Write) -> None:
    rows = [{"name": name} for name in ("=1", "+1", "-1", "@x", "1=", "田")]
    lines, done = write([of("name")], *rows)
    assert (lines, done.quoted) == (["'=1", "'+1", "'-1", "'@x", "1=", "田"], 4)


def test_a_word_without_a_code_is_told_once_a_column_and_word(write: Write) -> None:
    columns = [of("sex", codes={"男": "1"}), of("ethnic", codes={"汉族": "01"})]
    assert write(columns, {}, {"sex": ""})[0] == ["1,01", ",01"]
    lines, done = write(columns, {"sex": "他"}, {"sex": "他", "row": 6}, {"sex": "它"}, {"ethnic": "他"})
    assert lines == []
    assert [(found.key, found.value) for found in done.findings] == [
        ("V41.export_code", "他"), ("V41.export_code", "它"), ("V41.export_code", "他"),
    ]  # fmt: skip


def test_a_fixed_value_stands_in_every_line_and_who_is_not_enrolled_in_none(write: Write) -> None:
    lines, done = write(
        [ExportColumn(header="险种", value="390"), of("name")], {}, {"enrolled": False}, {"name": "李四"}
    )
    assert (lines, done.rows) == (["390,田守义", "390,李四"], 2)


def test_a_confidential_category_is_not_named(write: Write) -> None:
    policy = load_policy("shangcai-2020")
    secret = min(policy.subsidy.confidential_names)
    assert write([of("category")], {"category": secret}, policy="shangcai-2020")[0] == ["政府资助"]
    assert write([of("category")], {"category": "特困人员"}, policy="shangcai-2020")[0] == ["特困人员"]
