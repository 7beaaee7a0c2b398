"""The four policy files have the figures of their notices, rule by rule: data/notice_figures.yaml.

`make coverage-proof` changes each of them and sees this fail.
"""

from pathlib import Path
from typing import Any

import pytest

from canbao_rulebook.names import policy_names
from canbao_rulebook.policy import load_policy
from canbao_rulebook.yaml_text import parse_yaml
from canbao_templates import read_text

FIGURES = parse_yaml((Path(__file__).parents[1] / "data" / "notice_figures.yaml").read_text(encoding="utf-8"))
RULES = [pytest.param(policy, rule, id=rule) for policy, rules in FIGURES.items() for rule in rules]
NAMES = ("id", "code", "name", "tier", "rank_from_last")


def look_up(policy: Any, path: str) -> Any:
    """What stands at a path of keys; an entry of a list is called by its id, code or name."""
    found = policy
    for key in path.split("."):
        if isinstance(found, list):
            (found,) = [one for one in found if key in {str(one.get(name)) for name in NAMES}]
        else:
            found = found[key]
    return found


@pytest.mark.parametrize(("policy", "rule"), RULES)
def test_the_figures_of_the_notice(policy: str, rule: str) -> None:
    content = parse_yaml(read_text(f"policies/{policy}.yaml"))
    expected = FIGURES[policy][rule]
    assert {path: look_up(content, path) for path in expected} == expected


# The words of the drop-downs, in the order of the notice: PT-31, PT-12, DX-11 and DX-12, SC-22, HN-41.
COUNTER, SELF_SERVICE, ALIPAY, WECHAT = "银行柜台", "自助终端", "支付宝", "微信"
BANKS = (COUNTER, "银行APP", "扫码缴费", "网上银行", SELF_SERVICE, "银行代扣")
E_TAX = ("电子税务局", "天府e税APP", "四川税务微信公众号", "政务服务中心")
CHANNELS = {
    ("putuo-2022", "缴费方式名单"): ("银行批量扣款", COUNTER, ALIPAY, WECHAT, SELF_SERVICE),
    ("putuo-2022", "学生缴费方式名单"): ("普陀农商银行APP", ALIPAY, WECHAT, COUNTER, SELF_SERVICE),
    ("dongxing-2022", "缴费方式名单"): (*BANKS, ALIPAY, WECHAT, *E_TAX),
    ("dongxing-2022", "学生缴费方式名单"): (*BANKS, ALIPAY, WECHAT, *E_TAX),
    ("shangcai-2020", "缴费方式名单"): ("干部上门收缴",),
    ("huining-2021", "缴费方式名单"): ("干部上门收缴", COUNTER, "手机APP", WECHAT, ALIPAY),
    ("huining-2021", "新生儿缴费方式"): (COUNTER,),
}


@pytest.mark.parametrize(("policy", "name"), CHANNELS)
def test_drop_downs_of_channels_have_the_words_of_the_notice(policy: str, name: str) -> None:
    assert policy_names(load_policy(policy))[name].value == CHANNELS[policy, name]
