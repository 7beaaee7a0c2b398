"""Who lives in the county: invented people by household, as whole columns."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from canbao_rulebook.functions.dates import to_serial

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from bench.county import Township

SEED = 20201231
SET_ASIDE = 4  # kinds of households that are left plain, for planted mistakes: two of one person, two of two
_SIZES = (1, 2, 2, 3, 3, 3, 4, 4, 4, 5, 5, 6, 7)
_SPACING = 5_000  # people for whom one set of those households is set aside
_LOCAL, ELSEWHERE = "620422", ("621102", "620826", "411722", "610327")
OPENS = to_serial(date(2020, 9, 1))
WINDOW = 100  # days
_NEWEST = 2018  # the last year of birth
CASH, _CHANNELS = "干部上门收缴", ("干部上门收缴", "银行柜台", "手机APP", "微信", "支付宝")
_CHANNEL_SHARES = (0.7, 0.1, 0.05, 0.1, 0.05)
_IDENTITIES = ("", "建档立卡贫困人口", "农村二类低保对象", "农村三类低保对象", "农村一类保障对象", "特困供养人员")
_IDENTITY_SHARES = (0.79, 0.11, 0.04, 0.03, 0.02, 0.01)
_CARD_SHARE = 0.4  # of the households without an identity, those whose accounts are known
_SURNAMES = "王李张刘陈杨赵马周吴孙朱高郭何罗宋梁韩冯董田任姜姚魏杜雷白安牛武柳景苟火党窦漆尚慕司南路常石康"
_FIRST = {True: "明志文国海永平学建德小金宝成旺天云林森俊宏凯彦军世", False: "秀玉桂芳兰丽晓雪月彩红霞琴娟淑爱春梅英亚"}
_SECOND = "华荣贵福祥瑞泽安宁康乐和顺义仁礼信诚杰伟强刚健勇勤俭良善美慧敏静雅洁清莉莲凤珍艳萍"
_CADRES = ("王志明", "李建平", "张海龙", "刘文斌", "陈国栋", "杨振军")


def members(township: Township, rng: np.random.Generator) -> pl.DataFrame:
    """Return everybody of one township who is registered there, household by household."""
    wanted = township.rows["R1"] + township.rows["R3"]
    sets = max(1, wanted // _SPACING)
    plain = np.array([1, 1, 2, 2] * sets)
    sizes = np.concatenate([plain, rng.choice(_SIZES, wanted)])
    sizes = sizes[: int(np.searchsorted(np.cumsum(sizes), wanted)) + 1]
    household = np.repeat(np.arange(len(sizes)), sizes)[:wanted]
    starts = np.concatenate([[0], np.cumsum(sizes)])[household]
    place = np.arange(wanted) - starts
    identity = rng.choice(len(_IDENTITIES), len(sizes), p=_IDENTITY_SHARES)
    identity[: len(plain)] = 0
    is_plain = household < len(plain)
    exempt = np.zeros(wanted, dtype=np.bool_)
    may_be = np.flatnonzero((place > 0) & ~is_plain)
    exempt[rng.choice(may_be, township.rows["R3"], replace=False)] = True
    villages = np.arange(len(sizes)) * len(township.unit.villages) // len(sizes)
    groups = township.unit.groups
    rolls = rng.integers(0, len(groups[0][1]), len(sizes))
    years = _years(place, household, len(sizes), rng)
    return pl.DataFrame(
        {
            "unit": [township.unit.name] * wanted,
            "village": pick(township.unit.villages, villages[household]),
            "group": pick(groups[0][1], rolls[household]),
            "household": household,
            "place": place,
            "household_no": pl.Series(household + 1).cast(pl.String).str.zfill(5),
            "birth": _births(years, rng),
            "male": _sexes(place, rng),
            "prefix": [_LOCAL] * wanted,
            "identity_1": pick(_IDENTITIES, identity[household]),
            "exempt": exempt,
            "has_card": ((rng.random(len(sizes)) < _CARD_SHARE) & (np.arange(len(sizes)) >= len(plain)))[household],
            "spare": np.where(is_plain, household % SET_ASIDE, -1),
            "channel": pick(_CHANNELS, rng.choice(len(_CHANNELS), len(sizes), p=_CHANNEL_SHARES)[household]),
            "pay_date": (OPENS + rng.integers(0, WINDOW, len(sizes)))[household].astype(np.float64),
            "cadre": pick(_CADRES, rng.integers(0, len(_CADRES), len(sizes))[household]),
        }
    )


def _years(
    place: NDArray[np.int64], household: NDArray[np.int64], households: int, rng: np.random.Generator
) -> NDArray[np.int64]:
    """Return years of birth: head, spouse, two children, then the parents of the head."""
    heads = rng.integers(1946, 1995, households)[household]
    child = np.minimum(heads + rng.integers(21, 40, len(place)), _NEWEST - rng.integers(0, 12, len(place)))
    parent = heads - rng.integers(21, 30, len(place))
    return np.select(
        [place == 0, place == 1, place < 4], [heads, heads + rng.integers(-3, 4, len(place)), child], parent
    )


def _births(years: NDArray[np.int64], rng: np.random.Generator) -> pl.Series:
    days = pl.DataFrame(
        {"year": years, "month": rng.integers(1, 13, len(years)), "day": rng.integers(1, 29, len(years))}
    )
    return days.select(pl.date("year", "month", "day").alias("birth"))["birth"]


def _sexes(place: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.bool_]:
    """Heads are men and their spouses women; of the others, each as it comes."""
    return np.where(place == 0, True, np.where(place == 1, False, rng.random(len(place)) < 0.5))


def outsiders(townships: Sequence[Township], rng: np.random.Generator) -> pl.DataFrame:
    count = sum(township.rows["R2"] for township in townships)
    return pl.DataFrame(
        {
            "birth": _births(rng.integers(1950, 2000, count), rng),
            "male": rng.random(count) < 0.5,
            "prefix": pick(ELSEWHERE, rng.integers(0, len(ELSEWHERE), count)),
        }
    )


def full_names(people: pl.DataFrame, rng: np.random.Generator) -> pl.Series:
    """Return names; nobody shares both name and birth date with anybody."""
    male = people["male"].to_numpy()
    count = people.height
    weights = 1 / (np.arange(len(_SURNAMES)) + 4)
    surname = rng.choice(len(_SURNAMES), count, p=weights / weights.sum())
    first, second = rng.integers(0, len(_FIRST[False]), count), rng.integers(0, len(_SECOND), count)
    while True:
        given = pl.select(
            pl.when(pl.Series(male)).then(pick(_FIRST[True], first)).otherwise(pick(_FIRST[False], first))
        ).to_series()
        names = pick(_SURNAMES, surname) + given + pick(_SECOND, second)
        marked = pl.DataFrame({"name": names, "birth": people["birth"]})
        same = np.flatnonzero((~pl.select(pl.struct(marked).is_first_distinct()).to_series()).to_numpy())
        if len(same) == 0:
            return names
        first[same] = rng.integers(0, len(_FIRST[False]), len(same))
        second[same] = rng.integers(0, len(_SECOND), len(same))


def phones(count: int, rng: np.random.Generator) -> pl.Series:
    return "139" + pl.Series(rng.integers(0, 10**8, count)).cast(pl.String).str.zfill(8)


def pick(words: Sequence[str], places: NDArray[np.int64]) -> pl.Series:
    return pl.Series(list(words), dtype=pl.String).gather(places)
