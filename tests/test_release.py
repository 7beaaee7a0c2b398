"""A release says what changed for whom, or is none: fragments, changelog, version and tag."""

import subprocess
import tomllib
from pathlib import Path

import pytest

from canbao_rulebook.yaml_text import parse_yaml
from release import CannotReleaseError, fragment_paths, main, release

ROOT = Path(__file__).parents[1]
DAY = "2022-01-05"
VOIDED = "Policy years: shangcai-2020\nSheets: R6 代征登记表\n\nVoided receipts no longer count as used (V32).\n"
CHANGELOG = "# Changelog\n\n## 0.1.0 – 2021-09-01\n\n### Added\n\n- Everything.\n"


def git(root: Path, *words: str) -> str:
    who = ["-c", "user.name=t", "-c", "user.email=t@example.org"]
    return subprocess.run(["git", *who, *words], cwd=root, check=True, capture_output=True, text=True).stdout


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("GIT_AUTHOR", "GIT_COMMITTER"):
        monkeypatch.setenv(f"{name}_NAME", "t")
        monkeypatch.setenv(f"{name}_EMAIL", "t@example.org")
    root = tmp_path / "canbao"
    (root / "changes").mkdir(parents=True)
    (root / "pyproject.toml").write_text('[project]\nversion = "0.1.0"\n', encoding="utf-8")
    (root / "CHANGELOG.md").write_text(CHANGELOG, encoding="utf-8")
    (root / "changes" / "README.md").write_text("How.\n", encoding="utf-8")
    (root / "changes" / "voided.fixed.md").write_text(VOIDED, encoding="utf-8")
    git(root, "init", "--quiet")
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", "All")
    return root


def test_hooks_before_a_commit_call_programs_that_are_there() -> None:
    (local,) = parse_yaml((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"]
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    tools = {"ruff": "ruff", "mypy": "mypy", "lint-imports": "import-linter"}
    assert local["repo"] == "local"
    for hook in local["hooks"]:
        folder, _, program = hook["entry"].split()[0].rpartition("/")
        assert folder == ".venv/bin"
        assert program == "python" or tools[program] in settings["project"]["optional-dependencies"]["dev"]
    assert {hook["id"] for hook in local["hooks"]} >= {"ruff", "ruff-format", "mypy", "import-linter"}


def test_every_fragment_of_this_repository_is_one() -> None:
    assert main(["--check"]) == 0
    assert (ROOT / "changes" / "README.md").is_file()


def test_a_release_moves_fragments_into_the_changelog_and_tags_it(repository: Path) -> None:
    release(repository, "0.2.0", DAY)
    item = "- Voided receipts no longer count as used (V32). (policy years: shangcai-2020; sheets: R6 代征登记表)"
    assert (repository / "CHANGELOG.md").read_text(encoding="utf-8") == CHANGELOG.replace(
        "## 0.1.0", f"## 0.2.0 – {DAY}\n\n### Fixed\n\n{item}\n\n## 0.1.0"
    )
    assert (repository / "pyproject.toml").read_text(encoding="utf-8") == '[project]\nversion = "0.2.0"\n'
    assert fragment_paths(repository) == []
    assert git(repository, "describe").strip() == "v0.2.0"
    assert git(repository, "status", "--porcelain") == ""


def test_an_entry_that_is_written_already_gets_its_day(repository: Path) -> None:
    (repository / "CHANGELOG.md").write_text(CHANGELOG.replace("2021-09-01", "unreleased"), encoding="utf-8")
    git(repository, "commit", "--quiet", "--all", "--message", "Entry")
    release(repository, "0.1.0", DAY)
    text = (repository / "CHANGELOG.md").read_text(encoding="utf-8")
    assert text.startswith(f"# Changelog\n\n## 0.1.0 – {DAY}\n\n### Fixed\n")
    assert text.endswith("### Added\n\n- Everything.\n")


def refused(repository: Path, version: str, why: str) -> None:
    before = git(repository, "log", "--oneline"), (repository / "CHANGELOG.md").read_bytes()
    with pytest.raises(CannotReleaseError, match=why):
        release(repository, version, DAY)
    assert (git(repository, "log", "--oneline"), (repository / "CHANGELOG.md").read_bytes()) == before
    assert git(repository, "tag") == ""


def test_no_release_without_an_entry(repository: Path) -> None:
    git(repository, "rm", "--quiet", "changes/voided.fixed.md")
    git(repository, "commit", "--quiet", "--message", "No fragment")
    refused(repository, "0.2.0", "no entry for 0.2.0")


@pytest.mark.parametrize("version", ["0.0.9", "1.0", "v1.0.0"])
def test_no_release_of_what_is_no_later_version(repository: Path, version: str) -> None:
    refused(repository, version, "not before 0.1.0")


def test_no_release_of_a_dirty_tree(repository: Path) -> None:
    (repository / "pyproject.toml").write_text('[project]\nversion = "0.1.0"\n# mine\n', encoding="utf-8")
    refused(repository, "0.2.0", "not committed")


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        ("voided.md", VOIDED, "where kind is one of"),
        ("voided.mended.md", VOIDED, "where kind is one of"),
        ("voided.fixed.md", VOIDED.replace("Policy years: shangcai-2020\n", ""), "Policy years"),
        ("voided.fixed.md", VOIDED.replace("Sheets: R6 代征登记表", "Sheets: "), "Sheets"),
    ],
)
def test_a_fragment_names_policy_years_and_sheets(repository: Path, name: str, text: str, why: str) -> None:
    git(repository, "rm", "--quiet", "changes/voided.fixed.md")
    (repository / "changes" / name).write_text(text, encoding="utf-8")
    git(repository, "add", "--all")
    git(repository, "commit", "--quiet", "--message", "Fragment")
    refused(repository, "0.2.0", why)
