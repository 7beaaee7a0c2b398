"""The synthetic county: the same every time, no finding in clean data, every planted mistake found and nothing else."""

import random
from collections import Counter
from itertools import chain

import pytest

from canbao_county.merge.decisions import decide_findings
from canbao_county.merge.same_person import check_names
from canbao_demo import Planted, SyntheticCounty, match_planted, plan_county, read_rows, rows_to_frame
from canbao_demo.facts import read_facts
from canbao_demo.idnumbers import Numbers
from canbao_demo.life import Life
from canbao_demo.model import ROSTERS
from canbao_demo.places import plan_places
from canbao_rulebook.findings import Finding, Place
from canbao_rulebook.messages import load_catalogue, render
from canbao_rulebook.policy import list_policies, load_policy
from canbao_rulebook.rulebook import Rulebook, load_rulebook
from canbao_rulebook.yaml_text import parse_yaml
from canbao_templates import read_text
from canbao_validators.judging_rows import judge_frames
from canbao_validators.settlement.facts import gather_facts, select_facts
from canbao_validators.settlement.places import place_persons
from canbao_validators.settlement.settle import settle
from canbao_validators.settlement.terms import Terms
from canbao_validators.workbook import FilledWorkbook
from support.english import chinese_in, chinese_left

# Keys of rows.yaml and values.yaml that no row of a filled roster can raise, and why.
NOT_PLANTED = {
    "V42.written": "what a button has written into a cell",
    "V43.error": "a county's own rules: no shipped policy year has one",
    "V43.warning": "as above",
    "V43.info": "as above",
    "V36.below": "computed at the merge, not planted",
    "V40.amount": "every amount of this policy year is known",
    "V40.parameter": "about the policy, not about a row",
    "V41.not_date": "the same cell already has V41.date… from reading",
    "V41.not_number": "the same cell already has V41.amount… from reading",
    "V41.not_text": "numbers are read as text or get V41.text_expected",
    "V41.error_value": "a row holds values; an error cell is the workbook's",
    "V41.bare_year": "the same cell already has V41.date_readings from reading",
    "V41.number_range": "a row holds values that a clerk types; tests/validators/test_hostile_values.py",
    "V41.formula": "a row holds values; a formula is the workbook's",
    "V41.too_long": "Excel lets nobody type it; tests/validators/test_unwritable_cells.py",
    "V41.unreadable": "Excel lets nobody type it; tests/validators/test_unwritable_cells.py",
    "V41.no_result": "a row holds values; an unsaved formula is the workbook's",
    "V42.date_1904": "about the whole workbook",
    **dict.fromkeys(
        (
            "V01.ended_year",
            "V02.family_account",
            "V17.top_up",
            "V17.roster_sum",
            "V23.no_benefit",
            "V23.waiting",
            "V41.ended_year",
            "V41.no_family",
            "V41.own_account",
            "V41.stay_months",
        ),
        "law that no shipped policy year knows; tests/test_settlement_cases.py and the counties of tests/data",
    ),
}


@pytest.fixture(scope="module")
def book() -> Rulebook:
    return load_rulebook(load_policy("huining-2021"))


@pytest.fixture(scope="module")
def county(book) -> SyntheticCounty:
    return plan_county(book, people=1_600, townships=4)


@pytest.fixture(scope="module")
def checked(book, county) -> list[FilledWorkbook]:
    return check(book, county)


def check(book: Rulebook, county: SyntheticCounty) -> list[FilledWorkbook]:
    """Check every township as check_workbook does once the file is read."""
    lists = {
        name: [str(item) for item in named.value if item]
        for name, named in book.names.items()
        if isinstance(named.value, tuple)
    }
    filled = []
    for unit in county.units:
        workbook = FilledWorkbook(f"{unit.name}.xlsx", book=book, unit=unit)
        for code, rows in county.rows[unit.name].items():
            part = read_rows(book.rosters[code], rows, lists=lists)
            workbook.frames[code] = part.frame
            workbook.findings += part.findings
        judge_frames(workbook)
        filled.append(workbook)
    return filled


def findings_of(workbooks: list[FilledWorkbook]) -> list[Finding]:
    return [finding for workbook in workbooks for finding in workbook.findings]


def test_everything_planted_is_found_and_nothing_else(county, checked):
    result = match_planted(county.planted, findings_of(checked))
    assert [(entry.unit, entry.cell, entry.key, entry.note) for entry in result.missing] == []
    assert [
        (found.file, found.sheet, found.cell, found.code, render(found).message) for found in result.unexpected
    ] == []
    assert result.complete


def test_every_finding_is_said_in_english(county, checked):
    typed = chinese_in(rows.values() for sheets in county.rows.values() for rows in chain(*sheets.values()))
    typed |= chinese_in((unit.name, unit.villages, unit.groups) for unit in county.units)
    found = {(one.key, *map(str, one.params.values())): one for one in findings_of(checked)}
    assert len({key for key, *_ in found}) > 100
    for one in found.values():
        said = chinese_in(render(one, "en").message)
        assert chinese_left(one, {"䶮", *(said & typed)}) == "", one  # 䶮: a suggestion


def test_the_merge_finds_what_no_township_sees(book, county, checked):
    facts = gather_facts([select_facts(workbook, book.policy) for workbook in checked])
    terms = Terms(book.policy)
    places = place_persons(facts, terms)
    findings = decide_findings(places, settle(facts, places, terms), terms) + check_names(facts)
    result = match_planted(county.county_planted, findings)
    assert result.complete, (result.missing, result.unexpected)
    assert {entry.code for entry in result.found} == {"V09", "V10", "V18"}


def test_clean_data_has_no_finding(book):
    county = plan_county(book, people=2_000, townships=3, seed=7, mistakes=False)
    findings = findings_of(check(book, county))
    assert [(found.sheet, found.cell, found.code, render(found).message) for found in findings] == []
    assert county.people == 2_000
    assert county.planted == county.county_planted == county.bad_files == []


def _of_other_rosters() -> set[str]:
    """Messages that only rosters of other counties raise, or rows of departments."""
    rules: dict[bool, set[str]] = {True: set(), False: set()}
    for policy in list_policies():
        for code, roster in load_rulebook(load_policy(policy)).rosters.items():
            rules[code in ROSTERS] |= {rule.message for rule in roster.rules}
    return rules[False] - rules[True] | {"V09.paid_for", "V19.paid_for", "V34.self_payment"}


def test_every_key_is_planted(county):
    planted = {entry.key for entry in (*county.planted, *county.county_planted)}
    ledgers = parse_yaml(read_text("messages/rows.yaml")).keys() | parse_yaml(read_text("messages/values.yaml")).keys()
    raised = {key for key in ledgers - _of_other_rosters() if not key.startswith("V39")}
    assert raised - planted == NOT_PLANTED.keys() & raised
    assert {key for key in planted if key.startswith("V39")} == {"V39.total_row", "V39.repeated_header"}


def test_the_same_seed_gives_the_same_county(book):
    first, second = (plan_county(book, people=300, townships=2, seed=5) for _ in range(2))
    assert first == second
    assert plan_county(book, people=300, townships=2, seed=6).rows != first.rows


def test_numbers_are_unique_but_where_it_is_the_mistake(book):
    county = plan_county(book, people=3_000, townships=5, seed=3, mistakes=False)
    for code in ("R1", "R2"):
        numbers = Counter(row["证件号码"] for rows in county.rows.values() for row in rows[code])
        assert max(numbers.values()) == 1
    receipts = Counter(row["凭证号码"] for rows in county.rows.values() for row in rows["R1"] if "凭证号码" in row)
    assert max(receipts.values()) == 1


def test_sequence_codes_are_the_synthetic_ones(book):
    numbers = Numbers(random.Random(1), read_facts(book).codes)
    birth = read_facts(book).reference.replace(year=1990)
    drawn = {numbers.citizen(birth, sex) for sex in ("男", "女") for _ in range(20)}
    assert len(drawn) == 40
    assert {int(number[14:17]) for number in drawn} == set(range(950, 990))


def test_a_county_has_everybody(book, county):
    rows = [row for rows in county.rows.values() for code in ("R1", "R2", "R3") for row in rows[code]]
    identities = {row.get(f"身份属性{number}") for row in rows for number in (1, 2, 3)}
    assert {category.name for category in book.policy.subsidy.categories} <= identities
    assert {"参军", "职工医保", "学校参保(大中专)"} <= {row.get("原因") for row in rows}
    assert {"出生医学证明", "居民身份证"} <= {row.get("证件类型") for row in rows}
    assert {"新生儿", "中小学生", "外出务工"} <= {row.get("人员群体") for row in rows}
    assert any("·" in str(row.get("姓名")) for row in rows)


def test_units_have_room_and_places_of_their_own(county):
    assert [unit.name for unit in county.units] == sorted(unit.name for unit in county.units)
    assert "青禾镇" in [unit.name for unit in county.units]
    for unit in county.units:
        rows = county.rows[unit.name]
        assert 4 <= len(unit.villages) <= 8
        assert unit.target is not None
        assert len(rows["R1"]) + len(rows["R2"]) <= unit.target
    assert len(county.typed_subsidies) == 2
    assert all(bool(county.rows[unit.name]["R4"]) == (unit.name in county.typed_subsidies) for unit in county.units)


@pytest.mark.parametrize(("people", "townships"), [(300, 1), (40, 1), (60, 3), (5, 2)])
def test_a_small_county_gets_the_mistakes_that_fit(book, people, townships):
    county = plan_county(book, people=people, townships=townships)
    assert people <= county.people <= people + 10 * townships
    assert len(county.units) == townships


def test_one_large_township(book):
    county = plan_county(book, people=30_000, townships=1, mistakes=False)
    assert county.people == 30_000
    assert county.units[0].target is not None
    assert county.units[0].target >= len(county.rows[county.units[0].name]["R1"])


def test_frames_have_the_rows_values_and_kinds(book):
    place = plan_places(random.Random(1), 1)[0]
    row = Life(random.Random(1), read_facts(book)).outsider(place)
    row["联系电话"] = 13900000001
    frame = rows_to_frame(book.rosters["R2"], [row, row])
    assert frame["row"].to_list() == [5, 6]
    assert frame["cert_no"][0] == row["证件号码"]
    assert frame["phone"][0] == ""
    assert frame["phone.kind"][0] == 1
    assert frame["phone.raw"][0] == "13900000001"
    assert read_rows(book.rosters["R2"], [row]).frame["phone"][0] == "13900000001"
    assert frame["self_paid"][0] == 280
    assert frame["birth.kind"][0] == 0


def planted(cell: str, code: str) -> Planted:
    return Planted("青禾镇", "应保及应资对象", "R1", 0, "证件号码", cell, code, f"{code}.x", "")


def finding(cell: str, code: str, file: str = "青禾镇.xlsx") -> Finding:
    place = {"file": file, "sheet": "应保及应资对象", "row": 5, "cell": cell, "field": "cert_no", "header": "证件号码"}
    severity = load_catalogue()["V02.length"].severity
    return Finding(f"{code}.said", severity, Place(**place))


def test_matching_counts_every_finding_once():
    wanted = [planted("D5", "V02"), planted("D5", "V02"), planted("D6", "V07")]
    reported = [finding("D5", "V02"), finding("D6", "V07"), finding("D6", "V08"), finding("D5", "V02", "云岗乡.xlsx")]
    result = match_planted(wanted, reported)
    assert [entry.cell for entry in result.found] == ["D5", "D6"]
    assert [entry.cell for entry in result.missing] == ["D5"]
    assert {(entry.file, entry.cell, entry.code) for entry in result.unexpected} == {
        ("青禾镇.xlsx", "D6", "V08"),
        ("云岗乡.xlsx", "D5", "V02"),
    }
    assert not result.complete
