"""The four shipped policy years say what the notices say."""

from datetime import date
from decimal import Decimal

import pytest

from canbao_rulebook.findings import Severity
from canbao_rulebook.policy import check_policy, list_policies, load_policy
from canbao_rulebook.policy.issues import describe_issue
from canbao_rulebook.policy.words import EnrolPlace, HouseholdRule, Op

IDS = ["dongxing-2022", "huining-2021", "putuo-2022", "shangcai-2020"]


def test_all_four_are_shipped():
    assert list_policies() == IDS


@pytest.mark.parametrize(
    ("policy_id", "premium_fen", "code", "former", "reference"),
    [
        ("huining-2021", 28000, "620422", ("622423",), date(2020, 12, 31)),
        ("shangcai-2020", 25000, "411722", ("412825",), date(2019, 12, 31)),
        ("putuo-2022", None, "330903", ("332722",), date(2021, 12, 31)),
        ("dongxing-2022", 32000, "511011", ("512421", "511021"), date(2021, 12, 31)),
    ],
)
def test_premium_county_and_reference_date(policy_id, premium_fen, code, former, reference):
    policy = load_policy(policy_id)
    assert policy.meta.id == policy_id
    assert policy.premium_fen() == premium_fen
    assert (policy.meta.gb2260, policy.meta.gb2260_former, policy.meta.reference_date) == (code, former, reference)


AMOUNTS_FEN = {
    "huining-2021": {
        **dict.fromkeys(["F1", "F2", "F3", "F4", "F5"], 28000),
        **dict.fromkeys(["Q1", "Q2", "Q3", "Q4", "Q5"], 20000),
        **dict.fromkeys(["N1", "N2", "N3"], 0),
    },
    "shangcai-2020": {
        **dict.fromkeys(["F1", "F2", "F3", "F4", "F5"], 25000),
        **dict.fromkeys(["P1", "P2", "P9", "D1"], None),
        "N1": 0,
    },
    "putuo-2022": {"X1": None, "V1": None},
    "dongxing-2022": dict.fromkeys(["S1", "S2", "S3", "S9"], None),
}


@pytest.mark.parametrize("policy_id", IDS)
def test_every_category_amount(policy_id):
    policy = load_policy(policy_id)
    amounts = {entry.code: policy.amount_fen(entry) for entry in policy.subsidy.categories}
    assert amounts == AMOUNTS_FEN[policy_id]


@pytest.mark.parametrize(
    ("policy_id", "population", "window"),
    [
        ("huining-2021", "RESIDENT", ("MAIN", date(2020, 9, 1), date(2020, 12, 10))),
        ("huining-2021", "OUTSIDER", ("MAIN", date(2020, 9, 1), date(2020, 12, 10))),
        ("huining-2021", "NEWBORN", None),
        ("shangcai-2020", "RESIDENT", ("MAIN", date(2019, 9, 19), date(2019, 10, 31))),
        ("shangcai-2020", "PUPIL", ("MAIN", date(2019, 9, 19), date(2019, 10, 31))),
        ("shangcai-2020", "COLLEGE", None),
        ("putuo-2022", "STUDENT", ("STUDENT", date(2021, 10, 1), date(2021, 10, 31))),
        ("putuo-2022", "RESIDENT", ("RESIDENT", date(2021, 11, 1), date(2021, 12, 15))),
        ("dongxing-2022", "SPECIAL", ("MAIN", date(2021, 9, 1), date(2022, 3, 31))),
    ],
)
def test_payment_window(policy_id, population, window):
    found = load_policy(policy_id).window("pay", population)
    assert (found and (found.id, found.start, found.end)) == window


def test_window_for_all_populations():
    survey = load_policy("huining-2021").window("survey", "OUTSIDER")
    assert survey is not None
    assert (survey.id, survey.start, survey.end) == ("SURVEY", None, date(2020, 9, 30))


def test_huining_rules():
    policy = load_policy("huining-2021")
    first = policy.targets.thresholds[0]
    assert (first.id, first.op, first.value) == ("RATE_ALL", Op.GT, Decimal("0.97"))
    assert (policy.late_entry.newborn.limit, policy.late_entry.newborn.unit) == (90, "day")
    assert (policy.late_entry.newly_identified.limit, policy.late_entry.newly_identified.unit) == (1, "month")
    assert policy.late_entry.newly_identified.categories == ("Q1",)
    assert (policy.benefit.default.start, policy.benefit.default.end) == (date(2021, 1, 1), date(2021, 12, 31))
    assert policy.benefit.newborn_q4.start == "enrolment_date"
    assert policy.eligibility.household.rule is HouseholdRule.ALL_MEMBERS_MUST_ENROL
    assert policy.collection.agent.cutoff_time == "17:00"
    assert policy.legal["L1"].doc_no == "会政办发〔2020〕115号"


def test_shangcai_figures():
    policy = load_policy("shangcai-2020")
    units = policy.org.townships
    assert (len(units), sum(unit.target for unit in units)) == (26, 1510380)
    assert (units[0].name, units[0].target, units[0].account) == ("重阳", 33440, "94100301003453889010036")
    assert (units[4].name, units[4].account) == ("邵店", "94100301003453889010048")
    accounts = sorted(int(unit.account) for unit in (*units, *policy.org.extra_accounts))
    assert accounts == list(range(94100301003453889010034, 94100301003453889010061))
    assert policy.targets.thresholds[0].op is Op.GE
    assert policy.targets.thresholds[0].value == Decimal("0.95")
    agent = policy.collection.agent
    assert (agent.max_hold_days, agent.max_hold_amount, agent.deposit_multiple_of) == (3, Decimal(20000), "premium")
    assert agent.commission_per_success.amount == Decimal("0.50")
    assert policy.collection.deposit_accounts.lock_from == date(2019, 10, 11)
    assert sum(award.count * award.amount for award in policy.targets.awards) == 230000
    assert sum(penalty.deduct for penalty in policy.targets.penalties) == 100000
    assert {entry.code for entry in policy.subsidy.categories if entry.confidential} == {"F3", "P2"}


def test_putuo_and_dongxing_rules():
    putuo, dongxing = load_policy("putuo-2022"), load_policy("dongxing-2022")
    assert putuo.premium_fen("STUDENT") is None
    assert len(putuo.org.schools) == 9
    assert putuo.writeoff.date == date(2022, 1, 1)
    assert [entry.code for entry in putuo.subsidy.categories if entry.stackable] == ["V1"]
    assert [(stage.by, stage.value) for stage in dongxing.targets.stages] == [
        (date(2021, 12, 31), Decimal("0.90")),
        (date(2022, 3, 31), Decimal("1.00")),
    ]
    assert next(entry for entry in dongxing.populations if entry.code == "SPECIAL").place is EnrolPlace.MIC


@pytest.mark.parametrize("policy_id", IDS)
def test_shipped_files_hold_no_error_and_tell_every_unknown(policy_id):
    policy = load_policy(policy_id)
    issues = check_policy(policy)
    assert [issue for issue in issues if issue.severity is Severity.ERROR] == []
    told = [issue for issue in issues if issue.code == "V40"]
    assert all(issue.severity is Severity.INFO and issue.line for issue in told)
    assert len(told) == len(policy.unknown)
    for entry in policy.unknown:
        assert any(entry.path in said and entry.reason in said for said, _ in map(describe_issue, told))


def test_only_shangcai_warns_and_names_both_totals():
    warned = {
        policy_id: [issue for issue in check_policy(load_policy(policy_id)) if issue.severity is Severity.WARNING]
        for policy_id in IDS
    }
    (warning,) = warned.pop("shangcai-2020")
    assert (warning.code, warning.path) == ("V37", "targets.headcount_total_stated")
    assert "1510380" in describe_issue(warning)[0]
    assert "1510379" in describe_issue(warning)[0]
    assert not any(warned.values())


def test_every_block_with_figures_cites_an_article():
    for policy_id in IDS:
        policy = load_policy(policy_id)
        cited = [
            *policy.calendar.windows,
            *policy.calendar.milestones,
            *policy.subsidy.categories,
            *policy.targets.thresholds,
            *policy.targets.awards,
            *policy.targets.penalties,
            policy.premium.standard,
        ]
        assert all(block.ref and block.ref.startswith("L") for block in cited), policy_id
