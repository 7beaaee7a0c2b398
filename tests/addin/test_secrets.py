"""What must not be seen: results under a password to open, categories that nobody below the county may read."""

import zipfile
from html import unescape
from pathlib import Path

import msoffcrypto
import openpyxl
import pytest
import yaml

from canbao_addin.cli.main import run
from canbao_rulebook.yaml_text import parse_yaml
from canbao_templates import read_text
from support.cli import check_json, fill, write_units

SHEET = "应保及应资对象"
PASSWORD = "县里知道"
PERSON = {
    "村(社区)": "一村", "组": "一组", "户编号": "1", "户主姓名": "田守义", "户主证件号码": "620422194803079511",
    "与户主关系": "户主", "姓名": "田守义", "证件类型": "居民身份证", "证件号码": "620422194803079511",
    "家庭住址": "一村一组12号", "联系电话": "13909431234", "参保类型": "续保", "人员群体": "普通居民",
    "参保意愿": "同意参保",
}  # fmt: skip
SECRET = {
    "code": "F9", "name": "隐形类别甲", "aliases": ["隐形别名乙"], "tier": "FULL", "kind": "direct",
    "amount": "premium", "payer": "CIV", "identity_owner": "CIV", "precedence": 99, "confidential": True,
    "ref": "L1 四",
}  # fmt: skip


def generate(tmp_path: Path, policy: str) -> Path:
    units = write_units(tmp_path / "units.csv", [["甲镇", "一村", "一组", ""]])
    assert run(["generate", policy, "--units", str(units), "--out", str(tmp_path / "in"), "--rows", "10"]) == 0
    return tmp_path / "in" / "甲镇.xlsx"


def opened(path: Path, target: Path) -> Path:
    """The file as it opens with the password; it does not open without."""
    with path.open("rb") as stream:
        office = msoffcrypto.OfficeFile(stream)
        assert office.is_encrypted()
        office.load_key(password=PASSWORD, verify_password=True)
        with target.open("wb") as plain:
            office.decrypt(plain)
    return target


def test_submission_and_county_results_open_with_a_password_only(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    township = generate(tmp_path, "huining-2021")
    fill(township, {SHEET: [PERSON]})
    secret = tmp_path / "打开密码.txt"
    secret.write_text(f"{PASSWORD}\n", encoding="utf-8")
    handed_in = tmp_path / "上报" / "甲镇_上报.xlsx"
    handed_in.parent.mkdir()
    assert run(["submit", str(township), "--out", str(handed_in), "--encrypt", str(secret)]) == 0
    assert not zipfile.is_zipfile(handed_in)
    plain = opened(handed_in, tmp_path / "明文.xlsx")
    status, result = check_json(tmp_path, plain)
    assert (status, result["files"][0]["rows"]["R1"]) == (0, 1)

    county, returns = tmp_path / "县.xlsx", tmp_path / "退回"
    words = ["merge", str(handed_in.parent), "--policy", "huining-2021", "--out", str(county)]
    assert run(words) == 1
    assert "打开密码" in capsys.readouterr().out
    words += ["--password-file", str(secret), "--encrypt", str(secret), "--returns", str(returns)]
    run(words)
    sheet = openpyxl.load_workbook(opened(county, tmp_path / "县明文.xlsx"))[SHEET]
    assert [cell.value for cell in sheet[3] if cell.value == PERSON["姓名"]]
    assert openpyxl.load_workbook(opened(returns / "退回清单_甲镇.xlsx", tmp_path / "退明文.xlsx")).sheetnames


def texts_of(path: Path) -> str:
    """All parts of a workbook as one text."""
    with zipfile.ZipFile(path) as package:
        return unescape("".join(package.read(name).decode("utf-8", "replace") for name in package.namelist()))


@pytest.fixture
def policy(tmp_path: Path) -> Path:
    """Huining's policy year with one more category, which is confidential."""
    content = parse_yaml(read_text("policies/huining-2021.yaml"))
    content["meta"]["id"] = "secret-2021"
    content["subsidy"]["categories"].append(SECRET)
    path = tmp_path / "secret-2021.yaml"
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    return path


def test_a_confidential_category_is_named_nowhere_below_the_county(policy: Path, tmp_path: Path) -> None:
    township = generate(tmp_path, str(policy))
    fill(township, {SHEET: [PERSON]})
    computed, repaired, returns = tmp_path / "算.xlsx", tmp_path / "修.xlsx", tmp_path / "退回"
    assert run(["compute", str(township), "--policy", str(policy), "--out", str(computed)]) == 0
    assert run(["repair", str(township), "--policy", str(policy), "--out", str(repaired)]) == 0
    words = ["--policy", str(policy), "--out", str(tmp_path / "县.xlsx"), "--returns", str(returns)]
    run(["merge", str(township.parent), *words])
    for path in (township, computed, repaired, *returns.iterdir()):
        text = texts_of(path)
        assert SECRET["name"] not in text
        assert "隐形别名乙" not in text
    assert "建档立卡贫困人口" in texts_of(township)


def test_a_township_cannot_claim_a_confidential_category(policy: Path, tmp_path: Path) -> None:
    township = generate(tmp_path, str(policy))
    fill(township, {SHEET: [PERSON | {"身份属性1": SECRET["name"], "佐证材料": "民政1号"}]})
    out = tmp_path / "c.json"
    assert run(["check", str(township), "--policy", str(policy), "--json", str(out)]) == 1
    assert "V15" in out.read_text(encoding="utf-8")
