"""A county handed in twice: what its persons were, and what they are now."""

from pathlib import Path
from typing import Any

from canbao_addin.cli.main import run
from support.case_books import BOOKS, fill_units
from support.cli import write_units

KNOWN = BOOKS["settlement-huining"]
POLICY = "huining-2021"
PAID = {"缴": "微信"}
TIAN, THIRD = {"谁": "老田", "佐证材料": "民政1", **PAID}, {"村(社区)": "三村"}
EARLIER: dict[str, Any] = {
    "甲镇": {"R1": [{**TIAN, "身份属性1": "五保户"}, {"谁": "小赵", **PAID}, {"谁": "阿王"}]},
    "乙镇": {"R1": [{"谁": "阿孙", **THIRD}, {"谁": "小郑", **THIRD}]},
}
LATER: dict[str, Any] = {
    "甲镇": {"R1": [{**TIAN, "身份属性1": "孤儿"}, {"谁": "小赵", **PAID}]},
    "乙镇": {"R1": [{"谁": "阿王", **THIRD}, {"谁": "小郑", **THIRD}, {"谁": "十月", **THIRD}]},
}


def merge_both(home: Path) -> tuple[Path, Path]:
    """Return the two submissions in a folder; beside each its data set, and in ``blank`` the issued workbooks."""
    units = write_units(home / "units.csv", [[*row, ""] for row in KNOWN["units"]])
    assert run(["generate", POLICY, "--units", str(units), "--out", str(home / "blank"), "--rows", "12"]) == 0
    for name, case in (("earlier", EARLIER), ("later", LATER)):
        folder = fill_units(KNOWN, case, home / "blank", home / name)
        words = ["--policy", POLICY, "--units", str(units), "--parquet", str(home / f"{name}.parquet")]
        assert run(["merge", str(folder), *words, "--out", str(home / f"{name}.xlsx")]) in {0, 1}
    return home / "earlier.xlsx", home / "later.xlsx"
