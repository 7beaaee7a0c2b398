"""Texts of a policy on 封面 and 填表说明."""

from canbao_generator.pages import primary_notice, render_page
from canbao_rulebook.policy import load_policy
from canbao_rulebook.rulebook import load_rulebook
from canbao_rulebook.units import TOWNSHIP

ODD = "甲\n乙: [{“x”}] # 丙"


def test_a_text_is_never_read_as_yaml() -> None:
    guide = render_page("guide", load_policy("huining-2021"), unknown=[ODD], clerks="{a: b}")
    assert guide["sections"][1]["lines"][1] == f"· {ODD}"
    assert guide["colours"][0]["text"] == "{a: b}填写。表头蓝色"
    policy = load_policy("huining-2021")
    notice = primary_notice(policy).model_copy(update={"title": ODD})
    cover = render_page("cover", policy, notice=notice, book=load_rulebook(policy).of_kind(TOWNSHIP))
    assert cover["notice"] == f"《{ODD}》（会政办发〔2020〕115号）"
