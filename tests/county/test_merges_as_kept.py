"""What a merge of a small demo county says, a policy year each: its JSON, the county workbook, the return lists.

Nobody makes a merge quicker and changes what it says: who means to change it reads the difference here, and has the
files of tests/data/merges written anew: support/golden.py.
"""

import json
from pathlib import Path

import pytest

from canbao_addin.cli.main import run
from canbao_demo import has_ledgers, plan_county, plan_rolls
from canbao_rulebook.policy import list_policies, load_policy
from canbao_rulebook.rulebook import load_rulebook
from support.golden import CHECK_CODE, differences, shown_workbook
from support.hosts import fill_county

PEOPLE, SEED = 20, 20261130


@pytest.mark.parametrize("policy", list_policies())
def test_a_merge_says_what_it_said(policy: str, tmp_path: Path) -> None:
    book = load_rulebook(load_policy(policy))
    plan = plan_county if has_ledgers(book) else plan_rolls
    fill_county(book, plan(book, people=PEOPLE, townships=2, seed=SEED), tmp_path / "in")
    out = tmp_path / "out"
    out.mkdir()
    words = ["--out", str(out / "县.xlsx"), "--returns", str(out / "退回"), "--json", str(out / "merge.json")]
    assert run(["merge", str(tmp_path / "in"), "--policy", policy, *words]) == 1
    said = json.loads((out / "merge.json").read_text(encoding="utf-8"))
    books = sorted(path for path in out.rglob("*.xlsx") if not path.name.startswith("上报登记"))  # has the time in it
    assert len(books) >= 3
    lines = [
        *CHECK_CODE.sub("□", json.dumps(said, ensure_ascii=False, indent=0)).splitlines(),
        *(line for path in books for line in shown_workbook(path, path.relative_to(out).as_posix())),
    ]
    assert differences(lines, f"merges/{policy}.txt") == []
