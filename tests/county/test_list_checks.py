"""What lists say about the merge, and what they do not: each check with persons it accuses and persons it leaves."""

from datetime import date

import pytest

from canbao_county.lists.checks import find_lapsed, review_lists
from canbao_county.lists.stored import Lists
from canbao_rulebook.functions.dates import to_serial
from canbao_rulebook.messages import render
from canbao_rulebook.policy import load_policy
from support.lists import make_list, make_lists
from support.merged import FILES, ONE, OTHER, THREE, TWO, gather, person, review

DATED = to_serial(date(2020, 10, 3))
LISTED = {"证件号码": ONE, "姓名": "田守义"}


def paid(yuan=280, day=DATED, **more):
    return person(received=yuan * 100, pay_date=float(day), **more)


def codes(people, lists, policy="huining-2021"):
    return sorted(finding.code for finding in review(people, lists, policy).findings)


def places(people, lists, policy="huining-2021"):
    return [(finding.code, finding.file, finding.cell) for finding in review(people, lists, policy).findings]


@pytest.mark.parametrize(
    ("row", "found"),
    [
        (person(), ["V12"]),
        (person(row_subsidy_kind="先缴后返", row_category="建档立卡贫困人口"), ["V12", "V14"]),
        (person(cert=TWO), []),
        (person(forbidden=True), []),
        (person(status="参加职工医保"), []),
        (person(enrolment=False), []),
    ],
)
def test_the_employee_list(row, found):
    assert codes([row], {"employee": [LISTED]}) == found


@pytest.mark.parametrize(("ended", "found"), [("2020-06-30", []), ("2020-09-01", ["V12"]), (None, ["V12"])])
def test_an_insurance_that_had_ended(ended, found):
    row = LISTED | {"停保日期": date.fromisoformat(ended) if ended else None}
    assert codes([person()], {"employee": [row]}) == found


@pytest.mark.parametrize(("word", "severity"), [("农村低保", "提醒"), ("低保户", "提醒"), ("孤儿", "错误")])
def test_who_stands_on_the_list_under_an_unknown_word_is_not_accused(word, severity):
    rows = [LISTED | {"身份类别": word}, {"证件号码": TWO, "姓名": "赵彩琴", "身份类别": "农村二类低保"}]
    told = review([person(claims=["Q2"])], {"owner CIV": rows}).findings
    assert [finding.severity for finding in told if finding.code == "V15" and finding.cell] == [severity]
    assert all(f"“{word}”" in render(finding).message for finding in told if finding.code == "V15")


@pytest.mark.parametrize("kind", ["school", "elsewhere"])
def test_lists_of_those_insured_at_school_and_elsewhere(kind):
    assert codes([person()], {kind: [LISTED]}) == ["V12"]
    assert codes([person(cert=TWO)], {kind: [LISTED]}) == []


@pytest.mark.parametrize("kind", ["soldiers", "prisoners"])
@pytest.mark.parametrize(
    ("status", "release", "found"),
    [
        ("", None, ["V13"]),
        ("参军", None, []),
        ("服刑", None, []),
        ("", date(2020, 8, 1), []),
        ("", date(2023, 9, 1), ["V13"]),
    ],
)
def test_soldiers_and_prisoners(kind, status, release, found):
    stated = {"soldiers": "参军", "prisoners": "服刑"}[kind]
    if status and status != stated:
        found = ["V13"]
    assert codes([person(status=status)], {kind: [LISTED | {"预计复员(刑满)日期": release}]}) == found


def test_what_the_notice_does_not_say_is_not_checked():
    result = review([person()], {"soldiers": [LISTED], "employee": [LISTED]}, "dongxing-2022")
    assert [finding.code for finding in result.findings] == ["V12"]
    assert ("V13", "soldiers", "policy") in {(entry.check, entry.kind, entry.why) for entry in result.not_made}


@pytest.mark.parametrize(
    ("row", "died", "found"),
    [
        (person(), date(2020, 8, 1), ["V12"]), (paid(), date(2020, 8, 1), ["V12"]),
        (paid(), date(2020, 11, 1), ["V12"]),
        (person(), None, ["V12"]), (person(enrolment=False), None, []),
    ],
)  # fmt: skip
def test_the_dead(row, died, found):
    assert codes([row], {"deaths": [LISTED | {"死亡日期": died}]}) == found


def owner(cert=ONE, word="建档立卡", **more):
    return {"证件号码": cert, "姓名": "田守义", "身份类别": word, **more}


@pytest.mark.parametrize(
    ("lists", "found"),
    [
        ({"owner PAO": [owner()]}, []),
        ({"owner PAO": [owner(TWO, **{"乡镇(街道)": "丙镇"})]}, ["V15"]),
        ({"owner CIV": [owner(TWO, "孤儿", **{"乡镇(街道)": "丙镇"})]}, []),  # not theirs to say
        ({}, []),
        ({"owner PAO": [owner(取消日期=date(2020, 1, 1))]}, ["V15"]),
        ({"owner PAO": [owner(取消日期=date(2021, 1, 1))]}, []),
    ],
)
def test_claims_against_the_owners_list(lists, found):
    assert codes([person(claims=["Q1"], category="建档立卡贫困人口")], lists) == found


def test_a_list_of_one_category_says_nothing_of_others():
    row = person(claims=["F4"], category="孤儿")
    result = review([row], {"owner CIV F3": [owner(TWO, "特困供养人员", **{"乡镇(街道)": "丙镇"})]})
    assert not result.findings
    assert ("V15", "县民政局：孤儿") in {(entry.check, entry.detail) for entry in result.not_made}


def test_two_owners_have_to_be_asked_both():
    row = person(claims=["D1"], category="确实无力缴纳的困难群众")
    civ = {"owner CIV": [owner(TWO, "确实无力缴纳的困难群众")]}
    pao = {"owner PAO": [owner(THREE, "确实无力缴纳的困难群众")]}
    assert codes([row], civ, "shangcai-2020") == []
    assert codes([row], civ | pao, "shangcai-2020") == ["V15"]
    assert codes([row], civ | {"owner PAO": [owner(ONE, "确实无力缴纳的困难群众")]}, "shangcai-2020") == []


def test_a_damaged_number_on_the_list_makes_unsure():
    row = person(claims=["Q1"], category="建档立卡贫困人口")
    lost = make_list("owner PAO", [owner(TWO, **{"乡镇(街道)": "丙镇"})], "huining-2021", lost=("田守义",))
    found = review([row], Lists((lost,))).findings
    assert [(finding.code, finding.severity.value) for finding in found] == [("V15", "提醒")]


@pytest.mark.parametrize(
    ("people", "found"),
    [
        ([person(cert=TWO)], ["V16"]),
        ([person()], ["V16"]),
        ([person(claims=["Q1"], category="建档立卡贫困人口")], []),
        ([person(enrolment=False)], []),
        ([person(forbidden=True)], []),
        ([person(), person(row=6, claims=["Q1"], category="建档立卡贫困人口")], []),
    ],
)
def test_everybody_on_the_owners_list_is_due(people, found):
    assert codes(people, {"owner PAO": [owner()]}) == found


def test_who_is_explained_by_another_list_is_not_due():
    assert codes([person(cert=TWO)], {"owner PAO": [owner()], "employee": [LISTED]}) == []
    assert codes([person(cert=TWO)], {"owner PAO": [owner()], "deaths": [LISTED]}) == []


def test_findings_go_to_the_township_that_the_list_names():
    people = [person(cert=THREE), person(cert=OTHER, unit="乙镇", file="乙镇.xlsx")]
    rows = [owner(ONE, **{"乡镇(街道)": "乙 镇"}), owner(TWO, **{"乡镇(街道)": "丙镇"})]
    result = review(people, {"owner PAO": rows})
    assert [(finding.code, finding.file) for finding in result.findings] == [("V16", "乙镇.xlsx")]
    assert ("V16", "unit", "丙镇") in {(entry.check, entry.why, entry.detail) for entry in result.not_made}


def test_confidential_categories_stay_with_the_list():
    rows = [owner(ONE, "艾滋病患者", **{"乡镇(街道)": "甲镇"}), owner(TWO, "艾滋病患者", **{"乡镇(街道)": "甲镇"})]
    people = [person(cert=ONE), person(cert=THREE, claims=["F2"], category="特困人员")]
    found = review(
        people, {"owner CIV": [*rows, owner(THREE, "艾滋病患者", **{"乡镇(街道)": "甲镇"})]}, "shangcai-2020"
    ).findings
    outside = [finding for finding in found if finding.file != "owner-CIV.xlsx"]
    assert {finding.code for finding in found} == {"V15", "V16"}
    assert not any("艾滋" in render(finding).message for finding in outside)


def arrived(amount=280.0, cert=ONE, **more):
    return {"证件号码": cert, "姓名": "田守义", "入库金额": amount, **more}


def at_mib(amount=280.0, cert=ONE, **more):
    return {"证件号码": cert, "姓名": "田守义", "到账金额": amount, **more}


@pytest.mark.parametrize(
    ("row", "lists", "found"),
    [
        (paid(), {"tax": [arrived()], "mib": [at_mib()]}, []),
        (paid(), {"tax": [arrived(140.0), arrived(140.0)]}, []),
        (paid(), {"tax": [arrived(280.01)]}, ["V33"]),
        (paid(), {"tax": [arrived(cert=TWO)]}, ["V33", "V33"]),  # two differences that would net to nothing
        (paid(), {"tax": [arrived(缴费日期=date(2020, 10, 2), cert=TWO)]}, ["V33"]),  # a payment of the day after
        (person(), {"tax": [arrived()]}, ["V33"]),
        (person(gov_direct=28000), {"tax": [arrived()], "mib": [at_mib()]}, []),
        (person(gov_direct=28000), {"tax": [arrived(0.0)], "mib": [at_mib()]}, []),
        (person(enrolment=False), {"tax": [arrived()]}, ["V33"]),
        (paid(), {"tax": [arrived()], "mib": [at_mib(None)]}, []),
        (paid(), {"tax": [arrived()], "mib": [at_mib(是否登记="否")]}, ["V33"]),
        (paid(), {"tax": [arrived()], "mib": [at_mib(), at_mib(cert=TWO)]}, ["V33"]),
        (paid(), {"tax": [arrived()], "mib": [at_mib(560.0)]}, ["V33"]),
        (paid(), {"mib": [at_mib()]}, []),
        (paid(), {"mib": [at_mib(200.0)]}, ["V33"]),
        (paid(), {"mib": [at_mib(cert=TWO)]}, ["V33"]),
        (paid(gov_direct=2000), {"mib": [at_mib(300.0)]}, []),
        (paid(), {"tax": [arrived(), arrived(-280.0)]}, ["V33"]),  # paid back
    ],
)
def test_arrivals_person_by_person(row, lists, found):
    assert codes([row], lists) == found


SPECIAL = {"证件号码": ONE, "姓名": "田守义", "身份类别": "重度残疾人员"}


@pytest.mark.parametrize(
    ("row", "lists", "found"),
    [
        (paid(320), {"owner DPF": [SPECIAL]}, ["V16", "V34"]),
        (paid(320, claims=["S3"], category="重度残疾人员"), {}, ["V34"]),
        (paid(320), {}, []),
        (person(claims=["S3"], category="重度残疾人员"), {}, []),
        (person(claims=["S3"]), {"tax": [arrived(320.0, 缴费渠道="微信")]}, ["V33", "V34"]),
        (person(claims=["S3"]), {"tax": [arrived(320.0)]}, ["V33", "V34"]),
        (person(claims=["S3"]), {"tax": [arrived(320.0, 缴费渠道="财政代缴")]}, ["V33"]),
        (person(roster="R15"), {"tax": [arrived(320.0, 缴费渠道="支付宝")]}, ["V33", "V34"]),
    ],
)
def test_special_persons_and_closed_channels(row, lists, found):
    assert codes([row], lists, "dongxing-2022") == found


def test_no_channel_is_closed_where_the_notice_closes_none():
    result = review([paid(claims=["F3"], category="特困供养人员")], {"tax": [arrived()]})
    assert not {entry.check for entry in result.not_made} & {"V34"}
    assert "V34" not in {finding.code for finding in result.findings}


@pytest.mark.parametrize(
    ("people", "more", "found"),
    [
        ([person(cert=TWO)], {}, ["V38"]),
        ([person()], {}, []),
        ([person(enrolment=False)], {}, []),
        ([person(cert=TWO)], {"elsewhere": [LISTED]}, []),
        ([person(cert=TWO)], {"deaths": [LISTED]}, []),
        ([person(cert=TWO)], {"population": [LISTED]}, ["V38"]),  # said once
    ],
)
def test_who_was_insured_last_year(people, more, found):
    assert codes(people, {"last_year": [LISTED | {"险种": "城乡居民基本医疗保险"}], **more}) == found


def test_who_was_insured_otherwise_last_year_has_not_lapsed():
    assert codes([person(cert=TWO)], {"last_year": [LISTED | {"险种": "职工基本医疗保险"}]}) == []


def test_the_lapsed_as_a_table():
    people = gather([person(cert=TWO)])
    policy = load_policy("huining-2021")
    rows = [LISTED | {"乡镇(街道)": "甲镇"}, LISTED | {"证件号码": THREE}, LISTED | {"证件号码": TWO}]
    table = find_lapsed(people, make_lists({"last_year": rows}, "huining-2021"), policy, FILES)
    assert table is not None
    assert table.select("cert_no", "unit").rows() == [(ONE, "甲镇"), (THREE, "")]
    assert find_lapsed(people, Lists(), policy, FILES) is None


@pytest.mark.parametrize("policy", ["huining-2021", "shangcai-2020", "putuo-2022", "dongxing-2022"])
def test_without_lists_nothing_is_found_and_everything_missing_is_named(policy):
    result = review([paid()], {}, policy)
    assert not result.findings
    assert {"tax", "mib", "last_year", "deaths"} <= {entry.kind for entry in result.not_made}
    assert review([], {}, policy).findings == []


def test_every_list_against_nobody():
    rows = {"employee": [LISTED], "deaths": [LISTED], "tax": [arrived()], "mib": [at_mib()], "last_year": [LISTED]}
    assert set(codes([], rows)) == {"V33"}


def test_a_special_category_that_is_confidential_is_not_named() -> None:
    policy = load_policy("dongxing-2022")
    first, *others = policy.subsidy.categories
    secret = first.model_copy(update={"confidential": True})
    subsidy = policy.subsidy.model_copy(update={"categories": (secret, *others)})
    hidden = policy.model_copy(update={"subsidy": subsidy})
    lists = make_lists({"owner CIV": [LISTED | {"身份类别": first.name}]}, "dongxing-2022")
    found = review_lists(gather([paid(320)]), lists, hidden, FILES).findings
    assert "V34" in {finding.code for finding in found}
    assert not any(first.name in render(finding).message for finding in found if finding.file in FILES.values())
