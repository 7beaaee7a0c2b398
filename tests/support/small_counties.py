"""Small counties for property tests, dealt from decks: a few persons in several units, held against a few lists."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from hypothesis import strategies as st

from canbao_rulebook.units import AGENCY, SCHOOL, TOWNSHIP
from canbao_validators.merge.merging import Merge, combine
from canbao_validators.merge.parts import Part
from canbao_validators.settlement.terms import Ruling, Rulings
from support.decks import LAST_CHANCE, PREMIUM, TOWNSHIPS, WINDOW, Card, Row, decks, persons, shared_book, shared_policy
from support.lists import make_lists

STRANGER = "无名氏"
AWAY = ("employee", "school", "elsewhere", "soldiers", "prisoners", "deaths")


@dataclass(frozen=True)
class Holding:
    """A unit and the rows that it handed in."""

    name: str
    kind: str
    cards: tuple[Card, ...]


@dataclass(frozen=True)
class County:
    """What everybody handed in, what others sent, and what the county decided."""

    policy: str
    units: tuple[Holding, ...]
    lists: Mapping[str, Sequence[Row]]
    rulings: Rulings

    def parts(self) -> list[Part]:
        """The workbooks in the order of their files."""
        return [decks(self.policy)[unit.kind].deal(unit.name, unit.cards) for unit in self.units]

    def merge(self, arrange: Callable[[list[Part]], list[Part]] = lambda parts: parts) -> Merge:
        """The county's settlement; ``arrange`` may put the workbooks into another order, or add some."""
        lists = make_lists(self.lists, self.policy) if self.lists else None
        return combine(shared_book(self.policy), arrange(self.parts()), lists=lists, rulings=self.rulings)


@cache
def _by_person(policy: str, kind: str) -> dict[int, tuple[Card, ...]]:
    found: dict[int, list[Card]] = {}
    for card in decks(policy)[kind].cards:
        found.setdefault(card.person, []).append(card)
    return {person: tuple(cards) for person, cards in found.items()}


@st.composite
def counties(draw: st.DrawFn, policy: str) -> County:
    """A county of up to three townships, a school and a department, and of persons who stand in several of them."""
    last = len(persons(policy)) - 1
    cast = draw(st.lists(st.integers(0, last), min_size=1, max_size=5, unique=True))
    names = [(name, TOWNSHIP) for name in TOWNSHIPS[: draw(st.integers(1, 3))]]
    names += [(name, kind) for name, kind in (("县民政局", AGENCY), ("甲中学", SCHOOL)) if kind in decks(policy)]
    units = []
    for name, kind in names:
        known = [card for person in cast for card in _by_person(policy, kind)[person]]
        cards = draw(st.lists(st.sampled_from(known), max_size=5, unique=True))
        if cards:
            units.append(Holding(name, kind, tuple(sorted(cards, key=lambda card: (card.roster, card.row)))))
    return County(policy, tuple(units), draw(_lists(policy, cast, units)), draw(_rulings(policy, units)))


@st.composite
def _lists(draw: st.DrawFn, policy: str, cast: Sequence[int], units: Iterable[Holding]) -> dict[str, list[Row]]:
    """What departments, tax office and bureau sent: each list is there or not, each person stands on it or not."""
    found: dict[str, list[Row]] = {}
    people = [persons(policy)[person] for person in cast]
    known = shared_policy(policy)
    for agency in known.org.agencies:
        owned = [entry for entry in known.subsidy.categories if agency in (entry.identity_owner or "").split("|")]
        if owned and draw(st.booleans()):
            words = st.sampled_from([None, None, *(entry.name for entry in owned)])
            rows = [(person, draw(words), draw(st.sampled_from(["", "", "", STRANGER]))) for person in people]
            found[f"owner {agency}"] = [
                {"证件号码": person["证件号码"], "姓名": other or person["姓名"], "身份类别": word}
                for person, word, other in rows
                if word
            ]
    money = {
        "tax": {"入库金额": PREMIUM[policy], "缴费日期": WINDOW[policy][1]},
        "mib": {"到账金额": PREMIUM[policy], "到账日期": WINDOW[policy][1]},
        "posting": {"金额": PREMIUM[policy], "医保流水号": "L1", "是否入库": "是"},
    }
    away = {kind: {"死亡日期": WINDOW[policy][0]} if kind == "deaths" else {} for kind in AWAY}
    for kind, more in (money | away).items():
        if draw(st.sampled_from([False, False, kind in money])) or (kind in away and draw(st.integers(0, 9)) == 0):
            stand = [person for person in people if draw(st.booleans())]
            found[kind] = [{"证件号码": one["证件号码"], "姓名": one["姓名"], **more} for one in stand]
    return found


@st.composite
def _rulings(draw: st.DrawFn, policy: str, units: Sequence[Holding]) -> Rulings:
    """What the county decided about some rows and some claims."""
    rosters = shared_book(policy).rosters
    rows, approvals = {}, {}
    for unit in units:
        for card in unit.cards:
            word = draw(st.sampled_from([None, None, None, None, True, False]))
            if word is not None:
                rows[card.key, unit.name, rosters[card.roster].sheet] = Ruling(word, "")
            claim: Any = card.values.get("身份属性1")
            word = draw(st.sampled_from([None, None, None, True, False])) if claim else None
            if word is not None:
                approvals[card.key, str(claim)] = word
    return Rulings(rows, approvals)


__all__ = ["LAST_CHANCE", "County", "Holding", "counties"]
