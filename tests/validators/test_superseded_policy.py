"""A workbook that was issued with an older policy file is read where the file names that one under ``supersedes``."""

from pathlib import Path

import pytest

from canbao_generator.unit_workbook import generate_unit
from canbao_rulebook.policy import Policy, load_policy, parse_policy
from canbao_rulebook.rulebook import load_rulebook
from canbao_rulebook.units import Unit
from canbao_templates import read_text
from canbao_validators.checking import check_workbook
from canbao_validators.library import Library

UNIT = Unit("河畔镇", ("北坪村",), (("北坪村", ("一组",)),), target=5)


@pytest.fixture(scope="module")
def older() -> Policy:
    """The year as it was before an alias was taken out."""
    text = read_text("policies/huining-2021.yaml")
    return parse_policy(text.replace("aliases: [建档立卡]", "aliases: [建档立卡, 旧称]", 1).encode())


@pytest.fixture(scope="module")
def issued(older: Policy, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("issued") / "河畔镇.xlsx"
    generate_unit(load_rulebook(older), UNIT, path, rows=5)
    return path


@pytest.mark.parametrize("is_named", [True, False])
def test_only_named_digests_are_accepted(older: Policy, issued: Path, is_named: bool) -> None:
    now = load_policy("huining-2021")
    named = (*now.supersedes, older.sha256) if is_named else now.supersedes
    changed = now.model_copy(update={"supersedes": named})
    filled = check_workbook(issued, Library(find={now.meta.id: changed}.get, books={}))
    assert filled.accepted is is_named
    codes = [finding.code for finding in filled.findings if finding.severity.name == "ERROR"]
    assert codes == ([] if is_named else ["V39"])
