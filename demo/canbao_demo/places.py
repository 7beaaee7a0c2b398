"""Invented townships, villages and groups; none is a place in the county."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from canbao_rulebook.vocabulary import load_lists

if TYPE_CHECKING:
    from random import Random

    from canbao_rulebook.policy import Policy

_HEADS, _TAILS = "青云金柳松凤清石玉龙泉麦梨双长安竹榆枣雁", "禾溪岭湾坪阳泉桥川坡原谷塘林滩岗店台岸峰"
_REAL = {"金川", "安阳", "长安", "双桥", "青川", "青阳", "清川", "凤阳", "龙川", "玉泉", "龙泉", "石川", "龙岗", "长阳"}
_KINDS = ("镇", "镇", "镇", "乡")
_VILLAGES = [
    "上河",
    "下河",
    "东沟",
    "西沟",
    "前川",
    "后川",
    "新庄",
    "老庄",
    "大湾",
    "小湾",
    "红土",
    "白杨",
    "柳树",
    "水泉",
    "阳坡",
    "阴坡",
    "梁家",
    "杜家",
    "马家",
    "雷家",
    "石沟",
    "沙河",
    "北坪",
    "南坪",
]
_MIN_VILLAGES, _MAX_VILLAGES = 4, 8


@dataclass(slots=True)
class Place:
    """One township while it is being filled."""

    name: str
    villages: tuple[str, ...]
    groups: dict[str, tuple[str, ...]]
    households: dict[str, int] = field(default_factory=dict)

    def next_household(self, village: str) -> str:
        """Return a household number that is new in the village."""
        number = self.households.get(village, 0) + 1
        self.households[village] = number
        return f"{self.villages.index(village) + 1:02d}{number:05d}"


def plan_places(rng: Random, count: int) -> list[Place]:
    """Return ``count`` townships in the order of their names' code points, which is that of their files."""
    pool = [head + tail for head in _HEADS for tail in _TAILS if head != tail and head + tail not in _REAL]
    if count > len(pool):
        raise ValueError(f"乡镇最多{len(pool)}个")
    rng.shuffle(pool)
    names = ["青禾", *(name for name in pool if name != "青禾")][:count]
    return [
        _place(rng, name)
        for name in sorted(name + rng.choice(_KINDS) if name != "青禾" else "青禾镇" for name in names)
    ]


def named_places(rng: Random, policy: Policy) -> list[Place]:
    """Return the townships that a policy names, with invented villages; none where it names none."""
    return [_place(rng, township.name) for township in policy.org.townships]


def _place(rng: Random, name: str) -> Place:
    villages = tuple(f"{word}村" for word in rng.sample(_VILLAGES, rng.randint(_MIN_VILLAGES, _MAX_VILLAGES)))
    words: list[str] = load_lists()["groups"]
    groups = {village: tuple(words[: rng.randint(3, 8)]) for village in villages}
    return Place(name, villages, groups)
