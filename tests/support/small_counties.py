"""Small counties for property tests, dealt from decks: a few persons in several units, held against a few lists."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from hypothesis import strategies as st

from canbao_county.merge.merging import Merge, combine
from canbao_county.merge.parts import Part, summarise
from canbao_rulebook.units import AGENCY, SCHOOL, TOWNSHIP
from canbao_validators.settlement.terms import Ruling, Rulings
from support.decks import PREMIUM, TOWNSHIPS, WINDOW, Card, Row, decks, judge_rows, persons, shared_book, shared_policy
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

    def written(self) -> list[Part]:
        """The same workbooks judged as wholes, each roster in the light of the unit's others."""
        parts = []
        for unit in self.units:
            rows: dict[str, list[Row]] = {}
            for card in unit.cards:
                rows.setdefault(card.roster, []).append(dict(card.values))
            parts.append(summarise(judge_rows(self.policy, unit.kind, unit.name, rows)))
        return parts

    def merge(self, arrange: Callable[[list[Part]], list[Part]] = lambda parts: parts) -> Merge:
        """The county's settlement; ``arrange`` may put the workbooks into another order, or add some."""
        lists = make_lists(self.lists, self.policy) if self.lists else None
        return combine(shared_book(self.policy), arrange(self.parts()), lists=lists, rulings=self.rulings)


@cache
def _by_person(policy: str, kind: str, *, tidy: bool) -> dict[int, tuple[Card, ...]]:
    found: dict[int, list[Card]] = {}
    for card in decks(policy)[kind].cards:
        if card.tidy or not tidy:
            found.setdefault(card.person, []).append(card)
    return {person: tuple(cards) for person, cards in found.items()}


def sweep(policy: str, each: int = 2) -> Iterator[County]:
    """Counties that between them hold every card of the townships' deck, so many of each person at a time."""
    known = _by_person(policy, TOWNSHIP, tidy=False).values()
    for nth in range(0, max(map(len, known)), each):
        dealt = [[cards[at] for cards in known if at < len(cards)] for at in range(nth, nth + each)]
        units = [Holding(name, TOWNSHIP, tuple(cards)) for name, cards in zip(TOWNSHIPS, dealt, strict=False) if cards]
        yield County(policy, tuple(units), {}, Rulings())


@st.composite
def counties(draw: st.DrawFn, policy: str, *, tidy: bool = False) -> County:
    """A county of up to three townships, a school and a department, and of persons who stand in several of them.

    ``tidy``: townships with rows without a fault, claims on their owners' lists: money is paid out.
    """
    last = len(persons(policy)) - 1
    cast = draw(st.lists(st.integers(0, last), min_size=5, max_size=5, unique=True))
    names = [(name, TOWNSHIP) for name in TOWNSHIPS[: draw(st.integers(1, 3))]]
    names += [(name, kind) for name, kind in (("县民政局", AGENCY), ("甲中学", SCHOOL)) if kind in decks(policy)]
    units = []
    for name, kind in names[:2] if tidy else names:
        known = _by_person(policy, kind, tidy=tidy)
        cards = [draw(st.sampled_from(known[person])) for person in cast if draw(st.integers(0, 2))]
        if cards:
            units.append(Holding(name, kind, tuple(sorted(cards, key=lambda card: (card.roster, card.row)))))
    return County(policy, tuple(units), draw(_lists(policy, cast, units, tidy=tidy)), draw(_rulings(policy, units)))


@st.composite
def _lists(
    draw: st.DrawFn, policy: str, cast: Sequence[int], units: Iterable[Holding], *, tidy: bool
) -> dict[str, list[Row]]:
    """What departments, tax office and bureau sent: each list is there or not, each person stands on it or not."""
    found: dict[str, list[Row]] = {}
    people = [persons(policy)[person] for person in cast]
    known = shared_policy(policy)
    for agency in known.org.agencies:
        owned = {entry.name for entry in known.subsidy.categories if agency in (entry.identity_owner or "").split("|")}
        claims = [(card.key, word) for unit in units for card in unit.cards for word in card.claims if word in owned]
        if owned and (tidy or draw(st.integers(0, 2))):
            names = {person["证件号码"]: person["姓名"] for person in people}
            confirmed = [claim for claim in sorted(set(claims)) if tidy or draw(st.integers(0, 4))]
            found[f"owner {agency}"] = [
                {"证件号码": key, "姓名": names[key] if tidy or draw(st.integers(0, 4)) else STRANGER, "身份类别": word}
                for key, word in confirmed
            ]
    if tidy:
        return found
    money = {
        "tax": {"入库金额": PREMIUM[policy], "缴费日期": WINDOW[policy][1]},
        "mib": {"到账金额": PREMIUM[policy], "到账日期": WINDOW[policy][1]},
        "posting": {"金额": PREMIUM[policy], "医保流水号": "L1", "是否入库": "是"},
    }
    for kind, more in money.items():
        if draw(st.integers(0, 3)) == 0:
            stand = [person for person in people if draw(st.integers(0, 3))]
            found[kind] = [{"证件号码": one["证件号码"], "姓名": one["姓名"], **more} for one in stand]
    for kind in AWAY:
        if draw(st.integers(0, 6)) == 0:
            day = {"死亡日期": WINDOW[policy][0]} if kind == "deaths" else {}
            stand = [person for person in people if not draw(st.integers(0, 3))]
            found[kind] = [{"证件号码": one["证件号码"], "姓名": one["姓名"], **day} for one in stand]
    return found


@st.composite
def _rulings(draw: st.DrawFn, policy: str, units: Sequence[Holding]) -> Rulings:
    """What the county decided about some rows and some claims."""
    rosters = shared_book(policy).rosters
    rows, approvals = {}, {}
    for unit in units:
        for card in unit.cards:
            word = draw(st.sampled_from([None, None, None, None, None, None, True, False]))
            if word is not None:
                rows[card.key, unit.name, rosters[card.roster].sheet] = Ruling(word, "")
            for claim in card.claims:
                word = draw(st.sampled_from([None, None, None, None, True, False]))
                if word is not None:
                    approvals[card.key, claim] = word
    return Rulings(rows, approvals)
