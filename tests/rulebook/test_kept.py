"""What is kept on disk between runs is what would be worked out, and never in the way."""

import os
import pickle
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from canbao_rulebook import kept
from canbao_rulebook.policy import PolicyError
from support.cli import write_units

FOLDER = "packages"
DATA = Path(__file__).parents[1] / "data"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return where this test keeps things; a package of its own decides what they are."""
    package = tmp_path / FOLDER / "some_rules"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("RULE = 1\n")
    monkeypatch.syspath_prepend(package.parent)
    monkeypatch.setattr(kept, "_folder", lambda: tmp_path / "kept")
    kept._state_of.cache_clear()
    yield tmp_path / "kept"
    kept._state_of.cache_clear()


def _keep(key: object, made: object) -> object:
    return kept.keep(("some_rules",), (key,), lambda: made)


def _file(folder: Path) -> Path:
    (file,) = folder.iterdir()
    return file


def test_the_first_one_counts_while_nothing_changes(folder: Path) -> None:
    assert _keep("a", {"amount": 280}) == {"amount": 280}
    assert _keep("a", "another") == {"amount": 280}
    assert _keep("b", "another") == "another", "another key"
    assert len(list(folder.iterdir())) == 2


@pytest.mark.parametrize("change", ["content", "size", "new", "gone"])
def test_another_program_makes_it_anew(folder: Path, change: str) -> None:
    package = folder.parent / FOLDER / "some_rules"
    (package / "more.yaml").write_text("x")
    _keep("a", 1)
    match change:
        case "content":
            (package / "__init__.py").write_text("RULE = 2\n")
        case "size":
            (package / "more.yaml").write_text("xx")
        case "new":
            (package / "data").mkdir()
            (package / "data" / "R1.yaml").write_text("")
        case "gone":
            (package / "more.yaml").unlink()
    kept._state_of.cache_clear()  # as in the next run
    assert _keep("a", 2) == 2


def test_a_broken_file_is_written_anew(folder: Path) -> None:
    _keep("a", 1)
    whole = _file(folder).read_bytes()
    for broken in (b"", whole[:-2], b"\x80\x05cno_module\nno_name\n.", b"PK\x03\x04 a workbook"):
        _file(folder).write_bytes(broken)
        assert _keep("a", 2) == 2
        assert pickle.loads(_file(folder).read_bytes()) == 2


def test_no_room_no_right_no_folder_is_no_trouble(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder.write_text("a file where the folder should be")
    assert _keep("a", 1) == 1
    folder.unlink()
    monkeypatch.setattr(os, "replace", _fails)
    assert _keep("a", 2) == 2
    assert not list(folder.iterdir()), "no half file is left"


def _fails(*_: object) -> None:
    raise OSError(28, "No space left on device")


@pytest.mark.usefixtures("folder")
def test_what_cannot_be_made_raises_and_is_not_kept() -> None:
    def fail() -> None:
        raise PolicyError([])

    with pytest.raises(PolicyError):
        kept.keep(("some_rules",), ("a",), fail)
    assert _keep("a", 1) == 1


def test_the_file_of_somebody_else_is_not_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _keep("a", 1)
    monkeypatch.setattr(os, "getuid", lambda: _file(folder).stat().st_uid + 1, raising=False)
    assert _keep("a", 2) == 2


def test_the_oldest_go(folder: Path) -> None:
    for number in range(kept._MOST + 3):
        _keep(number, number)
        os.utime(max(folder.iterdir(), key=lambda path: path.stat().st_mtime), (number, number))
    assert len(list(folder.iterdir())) == kept._MOST
    assert _keep(kept._MOST + 2, "anew") == kept._MOST + 2
    assert _keep(0, "anew") == "anew"


@pytest.mark.parametrize("policy", ["huining-2021", str(DATA / "orchard-county.yaml")])
def test_a_kept_rulebook_is_the_compiled_one(policy: str, tmp_path: Path) -> None:
    """Two runs, of which the second finds what the first kept; a third keeps nothing."""
    code = f"""
import dataclasses
from canbao_rulebook.policy import load_policy
from canbao_rulebook.rulebook import load_rulebook
book = load_rulebook(load_policy({policy!r}))
kinds = [book.of_kind(kind) for kind in ("township", "village", "school", "agency")]
print(book.rosters, book.names, book.policy, book.policy.lines)
print([own.edition(code) for own in kinds for code in own.rosters])
"""
    folder = tmp_path / "kept"
    said = [_run(code, str(folder)), _run(code, str(folder)), _run(code, kept.OFF)]
    assert len(said[0]) > 100_000
    assert said[0] == said[1] == said[2]
    assert len(list(folder.glob("*.pickle"))) > 5


def test_what_is_made_of_it_has_the_same_bytes(tmp_path: Path) -> None:
    """Workbooks issued with nothing kept, while it is kept, and out of what was kept."""
    units = write_units(tmp_path / "units.csv", [["甲镇", "一村", "一组", "900"]])
    secret = tmp_path / "password.txt"
    secret.write_text("county-2021\n")
    made = []
    for name, kept_in in (("off", kept.OFF), ("first", str(tmp_path / "kept")), ("second", str(tmp_path / "kept"))):
        given = ["huining-2021", "--units", str(units), "--out", str(tmp_path / name), "--password-file", str(secret)]
        _run(f"from canbao_addin.cli.main import run; run({['generate', *given]!r})", kept_in)
        made.append({path.name: path.read_bytes() for path in (tmp_path / name).glob("*.xlsx")})
    assert made[0] == made[1] == made[2]
    assert len(made[0]) == 2


def _run(code: str, kept_in: str) -> str:
    environment = {**os.environ, kept.VARIABLE: kept_in, "PYTHONHASHSEED": "0"}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    return done.stdout


def test_what_is_in_use_stays(folder: Path) -> None:
    """Read a moment ago, it is not the oldest any more; halves go with the rest, a stranger's files stay."""
    _keep("read", 1)
    for path in folder.iterdir():
        os.utime(path, (0, 0))
    (folder / f"{'0' * 64}left.part").write_bytes(b"of a program that was switched off")
    os.utime(folder / f"{'0' * 64}left.part", (1, 1))
    (folder / "somebody.pickle").write_bytes(b"")
    os.utime(folder / "somebody.pickle", (0, 0))
    assert _keep("read", 2) == 1
    for number in range(kept._MOST - 1):
        _keep(number, number)
    assert _keep("read", 2) == 1
    assert not list(folder.glob("*.part"))
    assert (folder / "somebody.pickle").exists()


def test_files_of_a_clock_that_was_ahead_go_first(folder: Path) -> None:
    for number in range(kept._MOST):
        _keep(number, number)
    for path in folder.iterdir():
        os.utime(path, (4_000_000_000, 4_000_000_000))
    _keep("new", 1)
    _keep("newer", 1)
    assert _keep("new", 2) == 1


def test_of_packages_in_an_archive_nothing_is_kept(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = folder.parent / "program.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("packed_rules/__init__.py", "")
    monkeypatch.syspath_prepend(archive)
    assert [kept.keep(("packed_rules",), (), lambda made=made: made) for made in (1, 2)] == [1, 2]
    assert not folder.exists()


def test_a_user_without_a_home_is_no_trouble(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", fail)
    home = kept._home()
    assert not list((home / "policies").glob("*"))
    with pytest.raises(NotADirectoryError):
        home.mkdir(parents=True)
