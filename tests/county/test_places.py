"""Names of places: blanks and words for their kind do not count, near names are proposed, the sheet agrees."""

import polars as pl
import pytest

from canbao_addin.actions.units import load_units
from canbao_county.lists.places import find_village, fold_place, index_places, near_places
from canbao_county.lists.prefill import _Finder
from canbao_rulebook.evaluate import compute_columns, flag_rules, rule_id
from canbao_rulebook.functions.places import match_place
from canbao_rulebook.functions.registry import REGISTRY, Argument
from canbao_rulebook.names import unit_names
from canbao_rulebook.policy import load_policy
from canbao_rulebook.rulebook import load_rulebook
from canbao_rulebook.units import AGENCY, Unit
from canbao_validators.normalise.choices import normalise_place
from support.every_message import load_cases
from support.frames import raw_frame

VILLAGES = ("一村", "二村", "城关社区", "重阳", "河东村", "河东社区")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("一村", "一村"), ("一 村", "一村"), ("一", "一村"), ("城关", "城关社区"), ("城　关", "城关社区"),
        ("重 阳", "重阳"),
        ("重阳村", "重阳"), ("河东", None), ("河东村", "河东村"), ("三村", None), ("", None),
    ],
)  # fmt: skip
def test_the_sheet_and_python_agree_on_each_name(typed: str, meant: str | None) -> None:
    read = normalise_place(typed, VILLAGES).value
    assert (read if read in VILLAGES else None) == meant
    assert find_village(typed, VILLAGES) == meant
    book = load_rulebook(load_policy("huining-2021"))
    roster = book.rosters["R1"]
    names = {**book.names, **unit_names(Unit("甲镇", VILLAGES))}
    row = {**load_cases()["base"]["R1"], "村(社区)": typed or None}
    frame = compute_columns(roster, raw_frame(roster, [row]), names)
    flags = flag_rules(roster, frame, names)
    said = next(flags[rule_id(rule)][0] for rule in roster.rules if rule.message == "V06.village")
    assert bool(said) == (meant is None and typed != "")


@pytest.mark.parametrize(("typed", "known"), [("重阳街道", True), ("重 阳", True), ("芦岗乡", True), ("卢岗", False)])
def test_departments_write_townships_with_or_without_their_kind(typed: str, known: bool) -> None:
    book = load_rulebook(load_policy("shangcai-2020")).of_kind(AGENCY)
    roster = book.rosters["R8"]
    names = {**book.names, **unit_names(Unit("县民政局", ("重阳", "芦岗"), body=AGENCY))}
    row = {**load_cases()["base"]["R8"], "乡镇(街道)": typed}
    flags = flag_rules(roster, compute_columns(roster, raw_frame(roster, [row]), names), names)
    said = next(flags[rule_id(rule)][0] for rule in roster.rules if rule.message == "V06.place")
    assert said is not known
    assert (match_place(typed.replace(" ", ""), ("重阳", "芦岗")) is not None) is known


def test_a_name_is_never_proposed_for_itself() -> None:
    assert near_places("重 阳", ["重阳"]) == ()
    assert near_places("重洋镇", ["重阳", "芦岗"]) == ("重阳",)
    assert fold_place("重 阳街道办事处") == fold_place("重阳镇")
    assert index_places(["甲镇", "甲乡", "乙镇"]) == {"乙": "乙镇"}


def test_the_same_village_in_two_townships_is_two_villages() -> None:
    finder = _Finder([Unit("甲镇", ("一村",)), Unit("乙乡", ("一村", "新 村")), Unit("县民政局", body=AGENCY)])
    assert finder.find("甲镇", "一 村") == (0, "一村")
    assert finder.find("乙", "一") == (1, "一村")
    assert finder.find("丙镇", "一村") == (None, "一村")


def test_blanks_in_a_list_of_units_are_no_part_of_the_names(tmp_path) -> None:
    path = tmp_path / "乡镇.csv"
    path.write_text("乡镇,村\n重 阳,一 村\n重阳 ,二村\n芦　岗,一村\n", encoding="utf-8")
    units = load_units(path, load_policy("shangcai-2020"))
    assert [(unit.name, unit.villages) for unit in units] == [("重阳", ("一村", "二村")), ("芦岗", ("一村",))]
    assert units[0].account == "94100301003453889010036"


def test_polars_and_python_read_every_name_the_same() -> None:
    words = [*VILLAGES, "一", "二村村", "河东", "河东镇", "城关", "重阳社区", "x"]
    frame = pl.DataFrame({"text": words})
    argument = Argument(pl.col("text"))
    known = Argument(pl.lit(""), items=VILLAGES)
    found = frame.select(known=REGISTRY["IS_PLACE"].polars([argument, known]))["known"].to_list()
    assert found == [match_place(word, VILLAGES) is not None for word in words]
