"""`canbao addin status` names what keeps an installed add-in from working; `install` waits until Excel is closed."""

from pathlib import Path

import pytest

from canbao_addin.cli.main import run
from canbao_addin.install.building import addin_content, build_xlam
from canbao_addin.install.diagnosis import Obstacle, find_obstacles
from canbao_addin.install.installing import UserPlaces
from canbao_addin.install.registry import Value, machine_registry
from canbao_addin.install.running import name_program, running_programs
from canbao_addin.texts import CannotRunError, Texts
from support.addin import CONF, FakeWindows, ModelExcel
from support.registry import OFFICE, FakeRegistry

POLICIES = r"Software\Policies\Microsoft\Office\16.0"
EXCEL = rf"{OFFICE}\16.0\Excel"
LOCATIONS = r"Excel\Security\Trusted Locations"
CHOICE = r"Software\Microsoft\Windows\CurrentVersion\Explorer\FileExts\.xlsx\UserChoice"
SITES = ("DisableInternetFilesInPV", "DisableAttachmentsInPV", "DisableUnsafeLocationsInPV")
DISABLED = b"\x00\x00\x04\x00" + r"C:\Users\张 三\AppData\Local\canbao\addin\Canbao.xlam".encode("utf-16-le")


@pytest.fixture
def user() -> FakeRegistry:
    """A user in whose way nothing stands."""
    registry = FakeRegistry()
    for name in SITES:
        registry.write(rf"{EXCEL}\Security\ProtectedView", name, 1)
    return registry


@pytest.fixture
def machine() -> FakeRegistry:
    registry = FakeRegistry(())
    registry.write(r"Software\Microsoft\VBA", "Vbe71DllPath", r"C:\VBE7.DLL")
    return registry


def found(user: FakeRegistry, machine: FakeRegistry, *running: str) -> list[Obstacle]:
    return find_obstacles(user, machine, ("16.0",), running)


def test_where_nothing_is_in_the_way_nothing_is_said(user: FakeRegistry, machine: FakeRegistry) -> None:
    assert found(user, machine) == []


SETTINGS: list[tuple[str, str, Value, str, str]] = [
    (rf"{POLICIES}\{LOCATIONS}", "AllLocationsDisabled", 1, "status_no_locations", "status_policy"),
    (rf"{POLICIES}\Excel\Security", "allLocationsDisabled", 1, "status_no_locations", "status_policy"),
    (rf"{POLICIES}\Excel\Security", "VBAWarnings", 4, "status_no_macros", "status_policy"),
    (rf"{POLICIES}\Excel\Security", "vbawarnings", 3, "status_no_macros", "status_policy"),
    (rf"{POLICIES}\Excel\Security", "RequireAddinSig", 1, "status_signed_only", "status_policy"),
    (rf"{POLICIES}\Excel\Security", "blockcontentexecutionfrominternet", 1, "status_internet_blocked", "status_policy"),
    (rf"{POLICIES}\Common", "VbaOff", 1, "status_vba_off", "status_policy"),
    (rf"{EXCEL}\Security", "RequireAddinSig", 1, "status_signed_only", "status_own"),
    (rf"{OFFICE}\16.0\{LOCATIONS}", "AllLocationsDisabled", 1, "status_no_locations", "status_own"),
]  # fmt: skip


@pytest.mark.parametrize("hive", ["HKCU", "HKLM"])
@pytest.mark.parametrize(("key", "name", "value", "sentence", "who"), SETTINGS)
def test_settings_are_named_with_their_key(
    hive: str, key: str, name: str, value: Value, sentence: str, who: str, user: FakeRegistry, machine: FakeRegistry
) -> None:
    (user if hive == "HKCU" else machine).write(key, name, value)
    (obstacle,) = found(user, machine)
    assert (obstacle.key, obstacle.who) == (sentence, who)
    assert obstacle.params["where"].casefold() == rf"{hive}\{key}\{name} = {value}".casefold()
    for lang in ("zh", "en"):
        told = Texts(lang).say(obstacle.key, **obstacle.params, who=Texts(lang).say(obstacle.who))
        assert obstacle.params["where"] in told


@pytest.mark.parametrize(
    ("name", "value"), [("VBAWarnings", 1), ("VBAWarnings", 2), ("RequireAddinSig", 0), ("AllLocationsDisabled", 0)]
)
def test_settings_that_forbid_nothing_are_not_named(
    name: str, value: int, user: FakeRegistry, machine: FakeRegistry
) -> None:
    machine.write(rf"{POLICIES}\Excel\Security", name, value)
    assert found(user, machine) == []


def test_an_item_that_excel_switched_off(user: FakeRegistry, machine: FakeRegistry) -> None:
    user.write(rf"{EXCEL}\Resiliency\DisabledItems", "A1B2", "other.xlam".encode("utf-16-le"))
    assert found(user, machine) == []
    user.write(rf"{EXCEL}\Resiliency\DisabledItems", "C3D4", DISABLED)
    assert found(user, machine) == [Obstacle("status_disabled", {"version": "16.0"})]


def test_protected_view_and_a_missing_vba(user: FakeRegistry, machine: FakeRegistry) -> None:
    user.write(rf"{EXCEL}\Security\ProtectedView", SITES[0], 0)
    machine.remove_value(r"Software\Microsoft\VBA", "Vbe71DllPath")
    assert {one.key for one in found(user, machine)} == {"status_protected_view", "status_no_vba"}
    assert find_obstacles(FakeRegistry(()), FakeRegistry(()), ()) == []  # no Excel, nothing to look for


OWNERS: list[tuple[str, str, str, str, bool]] = [
    ("user", CHOICE, "ProgId", "KET.Sheet.12", True),
    ("user", r"Software\Classes\.xlsx", "", "ET.Xlsx.6", True),
    ("machine", r"Software\Classes\.xlsx", "", "WPS.Sheet.12", True),
    ("machine", r"Software\Classes\.xlsx", "", "Excel.Sheet.12", False),
]  # fmt: skip


@pytest.mark.parametrize(("hive", "key", "name", "value", "is_wps"), OWNERS)
def test_who_opens_a_double_click(
    hive: str, key: str, name: str, value: str, is_wps: bool, user: FakeRegistry, machine: FakeRegistry
) -> None:
    (user if hive == "user" else machine).write(key, name, value)
    assert found(user, machine) == ([Obstacle("status_wps", {"name": value})] if is_wps else [])


def test_programs_that_run(user: FakeRegistry, machine: FakeRegistry) -> None:
    assert [one.key for one in found(user, machine, "et", "excel")] == ["status_wps_running", "status_running"]
    assert running_programs() == ()
    with pytest.raises(CannotRunError):
        machine_registry()


WINDOWS = {
    ("XLMAIN", "EXCEL.EXE"): "excel",
    ("XLMAIN", ""): "excel",  # another user's program does not say what it is called
    ("XLMAIN", "et.exe"): "et",  # WPS gives its windows Excel's class
    ("XLMAIN", "WPS.exe"): "et",
    ("Qt5QWindowIcon", "wps.exe"): "et",
    ("Net UI Tool Window", "EXCEL.EXE"): "excel",
    ("Notepad", "notepad.exe"): "",
    ("Notepad", ""): "",
}


@pytest.mark.parametrize(("window", "program"), WINDOWS)
def test_whose_a_window_is(window: str, program: str) -> None:
    assert name_program(window, program) == WINDOWS[window, program]


@pytest.fixture
def windows(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, user: FakeRegistry, machine: FakeRegistry) -> list[str]:
    places = UserPlaces(tmp_path / "addin", tmp_path / ".canbao" / "canbao.conf", tmp_path / "pythonw.exe")
    running: list[str] = []
    commands = "canbao_addin.cli.addin_commands"
    monkeypatch.setattr(f"{commands}.user_places", lambda: places)
    monkeypatch.setattr(f"{commands}.user_registry", lambda: user)
    monkeypatch.setattr(f"{commands}.machine_registry", lambda: machine)
    monkeypatch.setattr(f"{commands}.running_programs", lambda: tuple(running))
    return running


def test_nothing_is_installed_or_removed_under_a_running_excel(
    windows: list[str], user: FakeRegistry, capsys: pytest.CaptureFixture[str]
) -> None:
    windows.append("excel")
    assert run(["addin", "install", "--host", "excel"]) == 2
    assert capsys.readouterr().err == Texts().say("excel_running") + "\n"
    assert user.openings() == {}
    windows[:] = ["et"]
    assert run(["addin", "install", "--host", "excel"]) == 0
    assert capsys.readouterr().out.endswith(Texts().say("status_wps_running") + "\n")
    installed = user.openings()
    assert installed
    windows[:] = ["excel"]
    assert run(["addin", "remove", "--host", "excel"]) == 2
    assert capsys.readouterr().err == Texts().say("excel_running") + "\n"
    assert user.openings() == installed


def test_status_says_all_of_it(
    windows: list[str], user: FakeRegistry, machine: FakeRegistry, capsys: pytest.CaptureFixture[str]
) -> None:
    machine.write(rf"{POLICIES}\Excel\Security", "VBAWarnings", 4)
    user.write(rf"{EXCEL}\Resiliency\DisabledItems", "C3D4", DISABLED)
    windows.append("et")
    assert run(["addin", "status", "--host", "excel"]) == 0
    told = capsys.readouterr().out
    assert told.startswith(Texts().say("addin_absent"))
    assert rf"HKLM\{POLICIES}\Excel\Security\VBAWarnings = 4" in told
    assert "单位的策略不许运行没有签名的宏" in told
    assert "禁用项目" in told
    assert "WPS 现在开着" in told


def test_a_blocked_start_names_the_other_door(tmp_path: Path) -> None:
    """Security software lets Excel start nothing: the call fails before there is an exit status."""
    program = r"C:\python\pythonw.exe"
    files = {CONF: f'"INTERPRETER_WIN","{program}"\r\n', program: ""}
    ((_, told),) = ModelExcel(build_xlam(tmp_path), FakeWindows(files, blocks=True)).press("CanbaoButtons.OnCheck")
    assert told == addin_content().sentences["blocked"]
    assert "安全软件" in told
    assert "右键" in told
