"""A workbook as issued is the same whether it was stamped for its unit or for stand-ins whose names were put back."""

from itertools import pairwise

import pytest

from canbao_addin.actions import issuing
from canbao_addin.actions.stand_ins import StandIns
from canbao_rulebook.names import unit_names
from canbao_rulebook.units import AGENCY, SCHOOL, TOWNSHIP, Unit
from canbao_validators.damage.structure import Structure
from canbao_validators.workbook import FilledWorkbook
from support.decks import shared_book

HN, SC, PT = "huining-2021", "shangcai-2020", "putuo-2022"
TWO = ("一村", "二村")
PARENT = Unit("甲镇", ("一村", "二村", "三村"), target=900)
UNITS = {
    "township": (HN, [
        Unit("甲镇", TWO, (("一村", ("一组", "2组")),), 20),
        Unit("乙镇", ("A1村", "B2村"), (("A1村", ("R1C1", "x")),), 20),
    ]),
    "the same name twice": (HN, [
        Unit("甲镇", ("甲镇", "甲镇"), (("甲镇", ("甲镇",)),)), Unit("乙镇", TWO, (("一村", ("一组",)),)),
    ]),
    "no villages": (HN, [Unit("甲镇"), Unit("县城(街道)", target=5)]),
    "villages": (HN, [Unit(name, (name,), ((name, ("一组", "二组")),), parent=PARENT) for name in PARENT.villages]),
    "numbers": (HN, [Unit("1", ("2", "3.0"), (("2", ("007",)),)), Unit("甲镇", TWO, (("一村", ("一组",)),))]),
    "account": (SC, [Unit(f"{name}镇", TWO, account=f"9410030100345388901004{name}") for name in "12"]),
    "marks": (HN, [Unit("<甲>&镇", ('"一"村', "_x0041_")), Unit("乙镇", (" 一村", "二\n村"))]),
    "school": (PT, [
        Unit("一中", ("1班",), body=SCHOOL, insurer="人保"), Unit("二中", ("2班",), body=SCHOOL, insurer=""),
    ]),
    "agency": (SC, [Unit("民政局", TWO, body=AGENCY), Unit("残联", ("三镇", "四镇"), body=AGENCY)]),
}  # fmt: skip


def workbook(policy: str, unit: Unit) -> FilledWorkbook:
    """A workbook that was read, without rows."""
    book = shared_book(policy).of_kind(unit.kind)
    return FilledWorkbook("a.xlsx", book, unit, limits=dict.fromkeys(book.rosters, 40), sealed=True)


@pytest.fixture(autouse=True)
def nothing_issued(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forget what other tests had issued."""
    monkeypatch.setattr(issuing, "_structures", {})


def directly(filled: FilledWorkbook) -> Structure:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(StandIns, "of", lambda _: None)
        return issuing.issue(filled)


@pytest.mark.parametrize("case", UNITS)
def test_the_structure_is_that_of_the_unit(case: str) -> None:
    policy, units = UNITS[case]
    found = [issuing.issue(workbook(policy, unit)) for unit in units]
    expected = [directly(workbook(policy, unit)) for unit in units]
    assert found == expected
    assert all(one != other for one, other in pairwise(expected))


def test_units_of_one_shape_are_stamped_once() -> None:
    for unit in UNITS["villages"][1]:
        issuing.issue(workbook(HN, unit))
    assert len(issuing._structures) == 1
    issuing.issue(workbook(HN, Unit("一村", ("一村",), (("一村", ("一组",)),), parent=PARENT)))
    assert len(issuing._structures) == 2


def test_only_the_last_structures_are_kept() -> None:
    for count in range(issuing._MOST_KEPT + 2):
        issuing.issue(workbook(HN, Unit("甲镇", tuple(f"{number}村" for number in range(count)))))
    assert len(issuing._structures) == issuing._MOST_KEPT


def test_no_stand_in_is_a_name_that_people_have() -> None:
    unit = Unit("甲镇", tuple(f"{number}村" for number in range(2_500)))
    stand_ins = StandIns.of(unit)
    assert stand_ins is not None
    assert len(stand_ins.names) == 2_502
    assert set(unit_names(stand_ins.unit)["村名单"].value or ()) <= stand_ins.names.keys()
    assert StandIns.of(Unit("\ue001\uf001")) is None
    assert StandIns.of(Unit("甲镇", body=TOWNSHIP)) is not None
