"""A sentence that names somebody who has no name yet."""

from canbao_rulebook.findings import Place
from canbao_rulebook.messages import build_finding, render


def test_a_row_without_a_name_is_said_to_have_none() -> None:
    found = build_finding("V07.duplicate", Place("表", 5), value="1", other_row=9, other_name="")
    assert render(found).message == "证件号码“1”与第9行（没有姓名）重复"
    assert render(found, "en").message.endswith("in row 9 (no name)")
