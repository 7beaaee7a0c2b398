"""Whatever ``policy check`` accepts, generate, check of a filled workbook and merge can do: policies changed at random.

CANBAO_FUZZ=600 looks for so many seconds, with other policies each time.
"""

import copy
import json
import os
import random
import tempfile
import time
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings

from canbao_addin.cli.main import run
from canbao_rulebook.findings import Severity
from canbao_rulebook.policy import Policy, PolicyError, check_policy, parse_policy
from canbao_rulebook.rulebook import load_rulebook
from canbao_rulebook.units import AGENCY, SCHOOL, TOWNSHIP, VILLAGE
from support.cli import fill
from support.counties import REGIONS, named, number
from support.mutated_policies import POLICIES, add_own, mutated_policies
from support.times import most_different, times

SECONDS = float(os.environ.get("CANBAO_FUZZ", "0"))
SEED = random.SystemRandom().randrange(2**32) if SECONDS else 20211231


def accepted(content: bytes) -> Policy | None:
    """The policy year of a file that check does not refuse."""
    try:
        policy = parse_policy(content)
    except PolicyError:
        return None
    refused = any(issue.severity is Severity.ERROR for issue in check_policy(policy))
    return None if refused else policy


def use(content: bytes, name: str, folder: Path) -> None:
    """Generate, fill two rows of every roster, check and merge. Fails where a command breaks off."""
    policy, issued = folder / "p.yaml", folder / "in"
    policy.write_bytes(content)
    units = folder / "units.csv"
    units.write_text("乡镇,村,组,目标任务数\n甲镇,一村,一组,100\n", encoding="utf-8")
    assert run(["generate", str(policy), "--units", str(units), "--out", str(issued), "--rows", "5"]) == 0
    book = load_rulebook(parse_policy(content))
    for path in sorted(issued.glob("甲镇*.xlsx")):
        rosters = book.of_kind(TOWNSHIP).rosters.values()
        people = [{"村(社区)": "一村", "姓名": named(serial), "证件号码": number(name, serial)} for serial in (1, 2)]
        fill(
            path,
            {
                roster.sheet: [
                    {header: value for header, value in row.items() if header in roster.by_header} for row in people
                ]
                for roster in rosters
            },
        )
        assert run(["check", str(path), "--policy", str(policy)]) in {0, 1}
    assert run(["merge", str(issued), "--policy", str(policy), "--out", str(folder / "merged")]) in {0, 1}


@pytest.mark.parametrize("name", most_different(sorted(REGIONS)))
def test_a_policy_with_words_of_its_own_is_used(name, tmp_path):
    data = copy.deepcopy(POLICIES[name])
    for what in ("channel", "list", "group", "agency"):
        add_own(data, what)
    content = json.dumps(data, ensure_ascii=False, default=str).encode()
    assert accepted(content) is not None
    use(content, name, tmp_path)


OPTIONAL = ["late_entry", "reconciliation", "targets", "publicity", "refunds", "writeoff", "export", "eligibility"]


@pytest.mark.parametrize("name", most_different(sorted(REGIONS)))
def test_a_policy_without_the_blocks_that_do_not_apply_is_used(name, tmp_path):
    data = {key: value for key, value in POLICIES[name].items() if key not in {*OPTIONAL, "unknown"}}
    data["unknown"] = [gap for gap in POLICIES[name]["unknown"] if gap["path"].partition(".")[0] not in OPTIONAL]
    data["publicity"] = "none"
    content = json.dumps(data, ensure_ascii=False, default=str).encode()
    assert accepted(content) is not None
    use(content, name, tmp_path)


USED = times(2, 12)  # accepted policies that a normal run takes the whole way; a long one takes all
_seen: list[str] = []


@given(mutated_policies())
def _look(changed: tuple[str, bytes]) -> None:
    name, content = changed
    policy = accepted(content)
    if policy is None:
        return
    book = load_rulebook(policy)
    for kind in (TOWNSHIP, VILLAGE, SCHOOL, AGENCY):
        book.of_kind(kind)
    _seen.append(name)
    if book.of_kind(TOWNSHIP).rosters and (SECONDS or len(_seen) <= USED):
        with tempfile.TemporaryDirectory() as folder:
            use(content, name, Path(folder))


def test_what_check_accepts_the_commands_can_do():
    """Rosters for every kind of unit; then generate, a filled workbook, check and merge."""
    look = settings(
        max_examples=120,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
    )(_look)
    until = time.monotonic() + SECONDS
    seed(SEED)(look)()
    for more in count(SEED + 1):
        if time.monotonic() >= until:
            break
        seed(more)(look)()
    assert len(_seen) >= USED  # else the changes are too wild to say anything
