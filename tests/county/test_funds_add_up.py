"""Payment lists against the settlement, in small counties of every situation: paid + held back = due, nobody twice."""

from collections import Counter
from dataclasses import replace
from datetime import date

import polars as pl
import pytest

from canbao_county.merge.merging import Merge
from canbao_county.reports.funds import make_fund_lists
from canbao_county.reports.model import Context, ReportFile
from canbao_rulebook.vocabulary import load_lists
from canbao_validators.settlement.terms import Terms
from canbao_validators.settlement.withhold import withhold
from support.decks import shared_policy
from support.settled_counties import KNOWN_REBATES, NO_SUMS, POLICIES, holding, merged_counties, planted
from support.times import some, times

SOME = times(8, 15)
DAY = date(2022, 12, 31)
WAITING, OVERVIEW, DIFFERENCE = "暂不拨付", "拨付汇总", "暂定与最终差异"


def files_of(merge: Merge) -> dict[str, ReportFile]:
    """The workbooks of FUNDS by name."""
    return {file.name: file for file in make_fund_lists(Context(merge, DAY))}


def sheet(file: ReportFile, name: str) -> pl.DataFrame:
    """The frame of a sheet."""
    return next(one.frame for one in file.sheets if one.name == name)


def lists_of(files: dict[str, ReportFile]) -> dict[str, ReportFile]:
    """The workbooks that are paid by."""
    return {name: file for name, file in files.items() if name not in {OVERVIEW, DIFFERENCE}}


def paid_rows(file: ReportFile) -> pl.DataFrame:
    """The payment list of a workbook."""
    return sheet(file, next(one.name for one in file.sheets if one.name.endswith("清单")))


def total(frame: pl.DataFrame, name: str) -> int:
    """The sum of a column of fen, unknown ones left out."""
    return int(frame[name].sum())


@pytest.mark.parametrize("policy", some("huining-2021", "putuo-2022", soak=["dongxing-2022", "shangcai-2020"]))
def test_lists_hold_everybody_once_and_add_up(policy: str) -> None:
    for _, merge in merged_counties(policy)[:SOME]:
        files = files_of(merge)
        people, lists = merge.people, lists_of(files)
        paid, waiting = Counter[str](), Counter[str]()
        for file in lists.values():
            own, held = paid_rows(file), sheet(file, WAITING)
            paid.update(f"{key} {name}" for key, name in own.select("cert", "name").iter_rows())
            waiting.update(f"{key} {name}" for key, name in held.select("cert", "name").iter_rows())
            assert min(own["payable"], default=1) > 0
            assert sheet(file, "合计")["fen"][-1] == own["payable"].sum()
            assert "" not in held["why"].to_list() + held["what"].to_list()
        expected = people.filter(pl.col("payable") > 0)
        assert paid == Counter(f"{key} {name}" for key, name in expected.select("cert", "name").iter_rows())
        held_people = people.filter((pl.col("withheld_by") != "") | pl.col("due").is_null())
        assert waiting == Counter(f"{key} {name}" for key, name in held_people.select("cert", "name").iter_rows())
        assert not {key for key in paid if not key.startswith(" ")} & set(waiting)
        payable = sum(total(paid_rows(file), "payable") for file in lists.values())
        withheld = sum(total(sheet(file, WAITING), "due") for file in lists.values())
        assert payable == people["payable"].sum()
        assert payable + withheld == people["due"].sum()
        overview = sheet(files[OVERVIEW], "汇总").rows()
        for row in overview:
            assert row[2] + row[4] == row[6], row
        assert overview[-1][1:] == tuple(sum(row[column] for row in overview[:-1]) for column in range(1, 7))


@pytest.mark.parametrize("policy", sorted(set(POLICIES) - NO_SUMS))
def test_what_holds_a_payment_back_moves_the_person_to_the_second_sheet(policy: str) -> None:
    """Each code of ``withheld_by`` planted at a payable row, one at a time."""
    words = load_lists()["withheld_words"]
    seen: set[str] = set()
    for county, merge in merged_counties(policy, tidy=True)[:SOME]:
        terms = Terms(shared_policy(policy), county.rulings)
        settled = merge.people.drop("withheld_by", "withheld", "payable")
        for row in merge.people.filter(pl.col("payable") > 0).unique("subsidy_kind").iter_rows(named=True):
            for code in sorted(holding(terms, rebate=row["rebate_due"] > 0)):
                after = withhold(settled, [*merge.findings, planted(code, row)], terms)
                lists = lists_of(files_of(replace(merge, people=after)))
                paid = [key for file in lists.values() for key in paid_rows(file)["cert"]]
                held = pl.concat([sheet(file, WAITING).select("cert", "due", "why") for file in lists.values()])
                own = held.filter(pl.col("cert") == row["cert"])
                assert row["cert"] not in paid
                assert (own["due"].to_list(), words[code] in own["why"][0]) == ([row["due"]], True), code
                assert after["payable"].sum() == merge.people["payable"].sum() - row["payable"]
                seen.add(code)
    assert seen == holding(Terms(shared_policy(policy)), rebate=policy in KNOWN_REBATES)


def test_every_reason_that_holds_back_has_its_words_and_its_way_out() -> None:
    lists = load_lists()
    codes = {entry.code for policy in POLICIES for entry in shared_policy(policy).subsidy.withheld_by}
    assert codes | {"名单", "未参保"} <= set(lists["withheld_words"])
    assert set(lists["withheld_remedies"]) == set(lists["withheld_words"]) | {"待定"}
