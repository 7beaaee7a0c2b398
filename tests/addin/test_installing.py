"""The add-in goes into Excel's own list of add-ins, beside other people's, and leaves nothing behind."""

import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canbao_addin.cli.main import run
from canbao_addin.install import installing
from canbao_addin.install.building import addin_content
from canbao_addin.install.installing import (
    UserPlaces,
    excel_status,
    install_excel,
    read_conf,
    remove_excel,
    user_places,
)
from canbao_addin.install.registry import user_registry
from canbao_addin.texts import CannotRunError, Texts
from canbao_generator.xlam import AddinContent
from support.registry import OFFICE, FakeRegistry

OTHERS = ['/R "C:\\Program Files\\Solver\\SOLVER.XLAM"', '"D:\\工具\\汇总 工具.xlam"']


@pytest.fixture
def places(tmp_path: Path) -> UserPlaces:
    home = tmp_path / "张 三"
    python = tmp_path / "参保 程序" / "pythonw.exe"
    python.parent.mkdir()
    python.touch()
    return UserPlaces(home / "AppData" / "canbao" / "addin", home / ".canbao" / "canbao.conf", python)


def test_install_then_remove_leaves_nothing(places: UserPlaces) -> None:
    registry = FakeRegistry(("14.0", "16.0"))
    before = {key: dict(values) for key, values in registry.keys.items()}
    assert install_excel(places, registry) == ("14.0", "16.0")
    for version in ("14.0", "16.0"):
        trusted = registry.values(rf"{OFFICE}\{version}\Excel\Security\Trusted Locations\canbao")
        assert trusted["Path"] == f"{places.addin}\\"
        assert registry.openings(version) == {"OPEN": f'"{places.xlam}"'}
    assert read_conf(places.conf) == places.interpreter
    status = excel_status(places, registry)
    assert (status.path, status.current, status.versions, status.complete) == (
        places.xlam, True, ("14.0", "16.0"), True,
    )  # fmt: skip
    assert remove_excel(places, registry)
    assert registry.keys == before
    assert not places.addin.exists()
    assert not places.conf.parent.exists()
    assert not remove_excel(places, registry)
    assert excel_status(places, registry).path is None


def test_other_addins_stay_and_keep_their_order(places: UserPlaces) -> None:
    registry = FakeRegistry()
    options = rf"{OFFICE}\16.0\Excel\Options"
    registry.write(options, "OPEN", OTHERS[0])
    registry.write(options, "OPEN1", OTHERS[1])
    install_excel(places, registry)
    install_excel(places, registry)  # again, and nothing doubles
    assert registry.openings() == {"OPEN": OTHERS[0], "OPEN1": OTHERS[1], "OPEN2": f'"{places.xlam}"'}
    remove_excel(places, registry)
    assert registry.openings() == {"OPEN": OTHERS[0], "OPEN1": OTHERS[1]}
    assert registry.values(options)["Font"] == "宋体,11"


def test_removal_from_the_middle_closes_the_gap(places: UserPlaces) -> None:
    registry = FakeRegistry()
    options = rf"{OFFICE}\16.0\Excel\Options"
    install_excel(places, registry)
    for number, other in enumerate(OTHERS, 1):
        registry.write(options, f"OPEN{number}", other)
    remove_excel(places, registry)
    assert registry.openings() == {"OPEN": OTHERS[0], "OPEN1": OTHERS[1]}


@given(st.lists(st.sampled_from(["a", "b", "c"]), max_size=14), st.integers(0, 14))
def test_numbering_has_no_gaps(others: list[str], place: int) -> None:
    xlam = Path("C:/canbao.xlam")
    opened = [f'"{name}"' for name in others]
    opened.insert(place, f'/R "{xlam}"'.upper())
    registry = FakeRegistry()
    installing._write_openings(registry, "16.0", opened)
    assert installing._is_opened(registry, "16.0", xlam)
    assert installing._openings(registry, "16.0") == opened
    kept = installing._openings(registry, "16.0", besides=xlam)
    installing._write_openings(registry, "16.0", kept)
    names = ["OPEN", *(f"OPEN{number}" for number in range(1, len(others)))][: len(others)]
    assert registry.openings() == dict(zip(names, [f'"{name}"' for name in others], strict=True))


def test_switched_off_in_excels_dialog_then_installed_again(places: UserPlaces) -> None:
    """Excel then moves the add-in from OPEN to its list of known add-ins."""
    registry = FakeRegistry()
    install_excel(places, registry)
    registry.remove_value(rf"{OFFICE}\16.0\Excel\Options", "OPEN")
    manager = rf"{OFFICE}\16.0\Excel\Add-in Manager"
    registry.write(manager, str(places.xlam).upper(), "")
    assert not excel_status(places, registry).complete
    install_excel(places, registry)
    assert registry.values(manager) == {}
    assert excel_status(places, registry).complete


def test_an_excel_that_never_ran_gets_the_addin_all_the_same(places: UserPlaces) -> None:
    registry = FakeRegistry(())
    registry.write(rf"{OFFICE}\12.0\Excel\Options", "Font", "")  # Excel 2007 is too old
    registry.write(rf"{OFFICE}\15.0\Word\Options", "Font", "")
    assert install_excel(places, registry) == ("16.0",)
    assert excel_status(places, registry).complete
    remove_excel(places, registry)
    assert registry.openings() == {}


def test_another_version_is_not_current(places: UserPlaces, monkeypatch: pytest.MonkeyPatch) -> None:
    registry = FakeRegistry()
    install_excel(places, registry)
    newer = AddinContent(**{**vars(addin_content()), "version": "99"})
    monkeypatch.setattr("canbao_addin.install.building.addin_content", lambda: newer)
    assert not excel_status(places, registry).current
    install_excel(places, registry)
    assert excel_status(places, registry).current


def test_a_missing_python_is_not_complete(places: UserPlaces) -> None:
    registry = FakeRegistry()
    install_excel(places, registry)
    places.interpreter.unlink()
    assert not excel_status(places, registry).complete
    places.conf.write_bytes(b"\xff\xfe\x00")
    assert excel_status(places, registry).interpreter is None


def test_what_cannot_be_written_is_one_sentence(places: UserPlaces) -> None:
    places.addin.parent.mkdir(parents=True)
    places.addin.write_text("a file where a folder is due")
    with pytest.raises(CannotRunError) as trouble:
        install_excel(places, FakeRegistry())
    assert str(places.xlam) in Texts().say(trouble.value.key, **trouble.value.params)


def test_something_else_in_the_folders_stays(places: UserPlaces) -> None:
    registry = FakeRegistry()
    install_excel(places, registry)
    log = places.conf.with_name("canbao.log")
    log.touch()
    remove_excel(places, registry)
    assert log.exists()
    assert not places.conf.exists()


@pytest.fixture
def on_windows(monkeypatch: pytest.MonkeyPatch, places: UserPlaces) -> FakeRegistry:
    registry = FakeRegistry()
    monkeypatch.setattr("canbao_addin.cli.addin_commands.user_places", lambda: places)
    monkeypatch.setattr("canbao_addin.cli.addin_commands.user_registry", lambda: registry)
    monkeypatch.setattr("canbao_addin.cli.addin_commands.machine_registry", lambda: FakeRegistry(()))
    return registry


@pytest.mark.usefixtures("on_windows")
def test_the_commands_for_excel(places: UserPlaces, capsys: pytest.CaptureFixture[str]) -> None:
    said = {}
    for step, words in enumerate((["status"], ["install"], ["status"], ["remove"], ["remove"])):
        assert run(["addin", *words, "--host", "excel"]) == 0
        said[step] = capsys.readouterr().out
    assert said[4] == Texts().say("addin_absent") + "\n"
    assert said[0].startswith(said[4])
    assert str(places.xlam) in said[1]
    assert str(places.interpreter) in said[2]
    assert Texts().say("addin_complete") in said[2]
    assert said[3] == Texts().say("addin_removed") + "\n"


@pytest.mark.skipif(sys.platform == "win32", reason="there it works")
@pytest.mark.parametrize("command", ["install", "remove", "status"])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_other_systems_get_one_plain_sentence(command: str, lang: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["addin", command, "--host", "excel", "--lang", lang]) == 2
    assert capsys.readouterr().err == Texts(lang).say("excel_only_windows") + "\n"
    for ask in (user_places, user_registry):
        with pytest.raises(CannotRunError):
            ask()


def test_build_makes_both_files(tmp_path: Path) -> None:
    folder = tmp_path / "新 文件夹"
    assert run(["addin", "build", "--out", str(folder)]) == 0
    assert sorted(path.name for path in folder.iterdir()) == ["canbao.oxt", "canbao.xlam"]
    first = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert run(["addin", "build", "--out", str(folder)]) == 0
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == first


def test_build_into_a_file_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").touch()
    assert run(["addin", "build", "--out", str(tmp_path / "file")]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1
