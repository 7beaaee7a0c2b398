"""A county's data set as a merge writes it, and the key that its counties share."""

from datetime import date
from pathlib import Path

import pytest

from canbao_addin.cli.main import run
from canbao_province.codes import write_key
from support import counties as c
from support.provinces import KEY
from support.reports import HN

R3 = "异地参保和无法参保对象"


@pytest.fixture(scope="session")
def key_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("key") / "密钥.txt"
    path.write_text(write_key(KEY), encoding="ascii")
    return path


@pytest.fixture(scope="session")
def submission(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of seven persons one stands in two townships, one has left, one has no number."""
    folder = tmp_path_factory.mktemp("submission")
    paid = c.paid(date(2020, 10, 3))
    poor = {"身份属性1": "建档立卡贫困人口", "佐证材料": "扶贫1"}
    own = ("村(社区)", "户编号", "户主姓名", "户主证件号码", "与户主关系", "姓名", "证件类型", "证件号码")
    gone = {name: c.resident(6)[name] for name in own} | {
        "类别": "无法参保",
        "原因": "户籍迁出",
        "证明材料": "其他",
        "证明编号": "迁1",
    }
    first = [c.resident(1, **paid), c.resident(2, **poor, **paid), c.resident(3), c.resident(4, **paid, 证件号码="")]
    second = [c.resident(1, "二村", **c.paid(date(2020, 11, 20))), c.resident(5, "二村", **paid)]
    filled = {"甲镇": {c.R1: first, R3: [gone]}, "乙镇": {c.R1: second}}
    units = [["甲镇", "一村", "", ""], ["乙镇", "二村", "", ""]]
    issued = c.issue(folder, HN, units, filled)
    words = ["--policy", HN, "--out", str(folder / "县.xlsx"), "--parquet", str(folder / "县.parquet")]
    assert run(["merge", str(issued), *words]) in {0, 1}
    return folder / "县.parquet"
