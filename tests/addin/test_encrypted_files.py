"""Workbooks with a password to open: every command that reads one takes --password-file, and no copy stays behind."""

import json
import tempfile

import openpyxl
import pytest

from canbao_addin.actions.policies import open_library
from canbao_addin.cli.main import run
from canbao_rulebook.messages import render, render_all
from canbao_validators.checking import check_workbook
from canbao_validators.reading.sheets import read_workbook
from support.cli import fill, write_units
from support.corpus import FOLDER
from support.encrypting import encrypt

SHEET = "应保及应资对象"
CERT = "620422194803079511"
PERSON = {
    "村(社区)": "一村", "户编号": "1", "户主姓名": "田守义", "户主证件号码": CERT, "与户主关系": "户主",
    "姓名": "田守义", "证件类型": "居民身份证", "证件号码": CERT, "家庭住址": "一村一组12号",
    "联系电话": "13909431234", "参保类型": "续保", "人员群体": "普通居民", "参保意愿": "同意参保",
}  # fmt: skip
RIGHT = "开门 Open-1"


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    folder = tmp_path_factory.mktemp("plain")
    units = write_units(folder / "units.csv", [["甲镇", "一村", "", ""]])
    lock = write_passwords(folder / "lock.txt", "锁")
    words = ["--units", str(units), "--out", str(folder), "--rows", "8", "--password-file", str(lock)]
    assert run(["generate", "huining-2021", *words]) == 0
    fill(folder / "甲镇.xlsx", {SHEET: [PERSON]})
    return folder / "甲镇.xlsx"


@pytest.fixture(scope="module")
def encrypted(plain, tmp_path_factory):
    path = tmp_path_factory.mktemp("encrypted") / plain.name
    path.write_bytes(encrypt(plain.read_bytes(), RIGHT))
    return path


@pytest.fixture
def passwords(tmp_path):
    return write_passwords(tmp_path / "passwords.txt", "错的", "", RIGHT)


def write_passwords(path, *lines):
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def commands(file, out):
    """Every command that reads a workbook, with what it needs besides."""
    return {
        "check": [str(file)],
        "merge": [str(file.parent), "--policy", "huining-2021", "--out", str(out)],
        "compute": [str(file), "--out", str(out)],
        "submit": [str(file), "--out", str(out)],
        "repair": [str(file), "--out", str(out)],
        "explain": [str(file), "--cert", CERT],
        "returns": [str(file), str(out.with_name("退回清单.xlsx"))],
    }


def write_return_list(path):
    book = openpyxl.Workbook()
    book.active.title = "退回清单"
    book.active.append(["甲镇退回清单"])
    book.active.append(["级别", "编号", "文件", "工作表", "单元格", "列", "内容", "问题", "怎么改", "依据"])
    book.save(path)


def test_the_same_findings_and_check_code_as_without_a_password(plain, encrypted):
    library = open_library()
    before, after = check_workbook(plain, library), check_workbook(encrypted, library, passwords=["错的", RIGHT])
    assert after.encrypted
    assert not before.encrypted
    assert after.check_code == before.check_code
    assert render_all(after.findings) == render_all(before.findings)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ([], "文件设了打开密码，程序看不到内容"),
        (["错的", "也错"], "文件设了打开密码，密码文件里的 2 个密码都打不开它"),
    ],
)
def test_without_the_right_password_it_is_said(encrypted, given, message):
    filled = check_workbook(encrypted, open_library(), passwords=given)
    assert [render(found).message for found in filled.findings] == [message]


def test_both_lanes_read_what_was_decrypted(plain, encrypted):
    for fast_from in (0, 1 << 40):
        before, after = (read_workbook(path, [RIGHT], fast_from=fast_from) for path in (plain, encrypted))
        assert before.sheets.keys() == after.sheets.keys()
        for name, sheet in before.sheets.items():
            assert sheet.max_row == after.sheets[name].max_row
            for index, column in sheet.columns.items():
                assert column.texts.equals(after.sheets[name].columns[index].texts)


@pytest.mark.parametrize("command", ["check", "merge", "compute", "submit", "repair", "explain", "returns"])
def test_a_command_opens_the_file_and_leaves_no_copy(command, encrypted, passwords, tmp_path, monkeypatch, capsys):
    out, scratch = tmp_path / "out" / "甲镇.xlsx", tmp_path / "scratch"
    scratch.mkdir()
    out.parent.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    write_return_list(out.with_name("退回清单.xlsx"))
    words = commands(encrypted, out)[command]
    before = encrypted.read_bytes()
    without = run([command, *words])
    said = capsys.readouterr()
    assert without in {1, 2}
    assert "打开密码" in said.out + said.err
    assert run([command, *words, "--password-file", str(passwords)]) in {0, 1}
    said = capsys.readouterr()
    assert "打开密码" not in said.out + said.err
    assert encrypted.read_bytes() == before
    assert list(scratch.iterdir()) == []
    assert [path.name for path in encrypted.parent.iterdir()] == [encrypted.name]


def test_the_password_to_open_does_not_become_the_lock(plain, encrypted, passwords, tmp_path):
    issued, kept, new = (tmp_path / f"{name}.xlsx" for name in ("issued", "kept", "new"))
    file = ["--password-file", str(passwords)]
    assert run(["compute", str(plain), "--out", str(issued)]) == 0
    assert run(["compute", str(encrypted), "--out", str(kept), *file]) == 0
    assert run(["compute", str(plain), "--out", str(new), *file]) == 0
    locks = [openpyxl.load_workbook(path)[SHEET].protection.hashValue for path in (issued, kept, new)]
    assert locks[0] == locks[1] != locks[2]


def test_an_old_workbook_leaves_no_copy_either(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    raw = read_workbook(FOLDER / "apache+poi__test-data__spreadsheet__xor-encryption-abc.xls", ["abc"])
    assert [cell.number for cell in (raw.sheets["Sheet1"].cell(row, 1) for row in (1, 2, 3))] == [1.0, 2.0, 3.0]
    assert list(tmp_path.iterdir()) == []


def test_a_merge_says_which_file_stays_shut(plain, encrypted, tmp_path):
    folder, report = tmp_path / "in", tmp_path / "merge.json"
    folder.mkdir()
    (folder / "甲镇.xlsx").write_bytes(plain.read_bytes())
    (folder / "乙镇.xlsx").write_bytes(encrypted.read_bytes())
    words = ["--policy", "huining-2021", "--out", str(tmp_path / "county.xlsx"), "--json", str(report)]
    assert run(["merge", str(folder), *words]) == 1
    files = {entry["file"]: entry for entry in json.loads(report.read_text(encoding="utf-8"))["files"]}
    assert files["甲镇.xlsx"]["status"] == "merged"
    assert files["乙镇.xlsx"]["status"] == "refused"
    assert "打开密码" in files["乙镇.xlsx"]["reason"]
