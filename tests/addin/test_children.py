"""Each command gives the same, reading files in child processes as for people and in its own as for most tests."""

import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from canbao_addin.cli.main import run
from support.counties import R1, issue, named, number, paid, resident
from support.here import reading_here
from support.times import some

POLICY = "huining-2021"
OUT, REGISTER = "{out}/结果.xlsx", "上报登记"
COMMANDS = {
    "check": ["check", "{folder}/甲镇.xlsx", "{folder}/乙镇.xlsx", "--json", "{out}/check.json"],
    "compute": ["compute", "{folder}/甲镇.xlsx", "--out", OUT],
    "submit": ["submit", "{folder}/甲镇.xlsx", "--out", OUT],
    "repair": ["repair", "{folder}/乙镇.xlsx", "--out", OUT],
    "explain": ["explain", "{folder}/甲镇.xlsx", "--cert", number(POLICY, 1)],
    "returns": ["returns", "{folder}/乙镇.xlsx", "{returned}"],
    "import": ["import", "{csv}", "--policy", POLICY, "--kind", "owner", "--agency", "CIV", "--out", "{out}/名单"],
    "merge": [
        "merge", "{folder}", "--policy", POLICY, "--lists", "{lists}", "--out", OUT, "--json", "{out}/merge.json",
        "--returns", "{out}/退回",
    ],
    "reconcile": [
        "reconcile", "{folder}", "--policy", POLICY, "--lists", "{lists}", "--out", OUT, "--json", "{out}/r.json",
    ],
    "report": [
        "report", "{folder}", "--policy", POLICY, "--lists", "{lists}", "--as-of", "2020-11-20", "--only", "R12,R19",
        "--out", "{out}/报表", "--json", "{out}/report.json",
    ],
    "export": ["export", "{folder}", "--policy", POLICY, "--format", "national", "--out", "{out}/e.csv"],
}  # fmt: skip

# each way in which a command has files read; the others in a soak
IN_EACH_RUN = ("check", "submit", "returns", "import", "merge")


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A folder of two townships, an owner's list of one person, and the return list of the township with an error."""
    home = tmp_path_factory.mktemp("children")
    filled = {
        "甲镇": {R1: [resident(1, 身份属性1="孤儿", 佐证材料="孤儿证"), resident(2, **paid(date(2020, 10, 1)))]},
        "乙镇": {R1: [resident(3, 姓名=None, **paid(date(2020, 10, 2))), resident(4)]},
    }
    folder = issue(home, POLICY, [["甲镇", "一村", "", 10], ["乙镇", "一村", "", 10]], filled)
    csv = home / "民政.csv"
    csv.write_text(f"证件号码,姓名,身份类别,乡镇\n{number(POLICY, 1)},{named(1)},孤儿,甲镇\n", encoding="utf-8")
    places = {"folder": str(folder), "csv": str(csv), "lists": str(home / "名单"), "out": str(home)}
    assert run([word.format_map({**places, "out": str(home)}) for word in COMMANDS["import"]]) == 0
    words = ["merge", str(folder), "--policy", POLICY, "--out", str(home / "县.xlsx"), "--returns", str(home / "退回")]
    assert run(words) == 1
    (returned,) = (home / "退回").glob("*乙镇*.xlsx")
    return places | {"returned": str(returned)}


def outcome(words: list[str], out: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, dict[str, bytes]]:
    """Exit status, what was said, and every file that was written; the register of submissions has the time in it."""
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir()
    status = run(words)
    said = capsys.readouterr()
    made = [path for path in out.rglob("*") if path.is_file()]
    files = {str(path): b"" if path.name.startswith(REGISTER) else path.read_bytes() for path in made}
    return status, said.out + said.err, files


@pytest.mark.children
@pytest.mark.parametrize("command", some(*IN_EACH_RUN, soak=sorted(COMMANDS.keys() - set(IN_EACH_RUN))))
def test_children_change_nothing(
    command: str, places: dict[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "结果"
    words = [word.format_map({**places, "out": str(out)}) for word in COMMANDS[command]]
    with reading_here():
        here = outcome(words, out, capsys)
    assert here[0] in {0, 1}
    assert here[1]
    assert outcome(words, out, capsys) == here


@pytest.mark.children
def test_only_the_child_of_a_check_loads_what_checks(places: dict[str, str]) -> None:
    file = str(Path(places["folder"]) / "乙镇.xlsx")
    ends = "print(sorted({'polars', 'numpy', 'pydantic', 'openpyxl'} & set(sys.modules)))"
    code = f"import sys; from canbao_addin.cli.main import run; run({['check', file]!r}); {ends}"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "V01" in done.stdout
    assert done.stdout.splitlines()[-1] == "[]"
