"""Policy files made of the four by changes at random places: values, keys, lists, codes, and words of one's own."""

import copy
import json
from datetime import date
from typing import Any

from hypothesis import strategies as st

from canbao_rulebook.policy import list_policies
from canbao_rulebook.yaml_text import parse_yaml
from canbao_templates import read_text

Place = tuple[str | int, ...]
POLICIES: dict[str, Any] = {name: parse_yaml(read_text(f"policies/{name}.yaml")) for name in list_policies()}
VALUES = [
    None, "", "A", "甲", "O'B", '甲"乙', "甲: 乙", "甲 #乙", "{{ x }}", "{% if %}", "甲/乙", "甲\n乙", "长" * 300,
    "=1+1", "\x07", "a b", "ALL", "premium", "0.00", "0.01", "280.00", "9999999999.99", "1", "0", "R1", "R19",
    0, 1, 7, 999999, -1, True, False, [], {}, date(2019, 10, 1), date(2020, 12, 31), date(2021, 6, 1), date(2099, 1, 1),
    "township", "direct", "rebate", "manual", "none", "special_channel", "NONE", "FULL", "V22", "first_by_precedence",
    "gt", "R6.should_enrol", "agent_cash", "wechat", "day", "month", "allowed", "forbidden", "county_and_township",
]  # fmt: skip
ROSTERS = ["R1", "R2", "R3", "R4", "R6", "R7", "R8", "R10", "R10C", "R11", "R15", "R17", "R19", "R22"]
KINDS = ["set", "set", "null", "drop", "empty", "rename", "twice", "own", "own", "rosters"]
CHANNELS = {
    "own_app": {"label": "本县APP", "receipt": "online"},
    "market": {"label": "集市收费点", "receipt": "agent_cash"},
    "salary": {"label": "单位代扣", "deducts": True},
}
LISTS = {
    "volunteers": ["本人", "邻居"],
    "cert_types": ["居民身份证", "本县居住登记证"],
    "grades": ["大班", "大一", "初一"],
}
GOAL = {"id": "OWN", "metric": "enrolment_rate", "group": "G_OWN", "scope": "township", "op": "ge", "value": "0.9"}
CATEGORY = {
    "code": "OWN", "name": "果农", "tier": "QUOTA", "kind": "rebate", "amount": "0.50", "payer": "village",
    "identity_owner": "village", "precedence": 777, "target_group": "G_OWN",
}  # fmt: skip


def add_own(data: Any, what: str) -> None:
    """Add words of the county's own, as a good file would. KeyError and the like where the block is not there."""
    match what:
        case "channel":
            data["collection"]["channels"] += list(CHANNELS)
            data["collection"]["own_channels"] = copy.deepcopy(CHANNELS)
        case "list":
            data["lists"] = copy.deepcopy(LISTS)
        case "group":
            data["subsidy"]["categories"].append(dict(CATEGORY))
            data["targets"]["groups"] = {"G_OWN": "种粮大户"}
            data["targets"]["thresholds"].append(dict(GOAL))
        case _:
            data["org"]["agencies"]["OWN"] = {"name": "县果业局", "role": "identity_owner"}
            data["subsidy"]["categories"][0]["identity_owner"] = "OWN"


def _places(value: Any, place: Place = ()) -> list[Place]:
    own = [place] if place else []
    below = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return own + [found for key, child in below for found in _places(child, (*place, key))]


def _rename(value: Any, old: str, new: str) -> Any:
    if isinstance(value, dict):
        return {new if key == old else key: _rename(child, old, new) for key, child in value.items()}
    if isinstance(value, list):
        return [_rename(child, old, new) for child in value]
    return new if value == old else value


def _change(draw: st.DrawFn, data: Any, kind: str) -> Any:
    """Return the data with one change of a kind at a drawn place."""
    places = _places(data)
    place = places[draw(st.integers(0, len(places) - 1))]
    parent = data
    for step in place[:-1]:
        parent = parent[step]
    key, value = place[-1], parent[place[-1]]
    if kind == "rename" and isinstance(value, str):
        return _rename(data, value, draw(st.sampled_from(["NEW", "新词", "X-1", "x'y", "甲 乙"])))
    if kind == "drop":
        del parent[key]
    elif kind == "twice" and isinstance(parent, list):
        parent.append(copy.deepcopy(value))
    elif kind == "empty" and isinstance(value, dict | list):
        parent[key] = type(value)()
    else:
        parent[key] = None if kind == "null" else copy.deepcopy(draw(st.sampled_from(VALUES)))
    return data


@st.composite
def mutated_policies(draw: st.DrawFn) -> tuple[str, bytes]:
    """Draw the name of a shipped policy and the bytes of a file that was changed in one to three places."""
    name = draw(st.sampled_from(sorted(POLICIES)))
    data = copy.deepcopy(POLICIES[name])
    for kind in draw(st.lists(st.sampled_from(KINDS), min_size=1, max_size=3)):
        try:
            if kind == "own":
                add_own(data, draw(st.sampled_from(["channel", "list", "group", "agency"])))
            elif kind == "rosters":
                data["rosters"] = draw(st.lists(st.sampled_from(ROSTERS), unique=True, max_size=6))
            else:
                data = _change(draw, data, kind)
        except (KeyError, IndexError, AttributeError, TypeError):
            break  # an earlier change took away what this one needs
    return name, json.dumps(data, ensure_ascii=False, default=str).encode()
