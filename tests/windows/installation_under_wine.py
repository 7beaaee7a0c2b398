"""The installer's life on one computer, under Wine: refused, installed, used, upgraded, moved, uninstalled.

Not part of the suite: `make installer-test` runs it. The tests follow one another on the same Windows.
"""

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path, PureWindowsPath

import pytest

from installer.signing import Signer
from installer.stage import SCANNERS
from support.installation import AMD64, FOLDER, I386, REFUSED, canbao, here, install, machine_of, python
from support.programs import find_program
from support.wine import Windows, chinese_windows

pytestmark = pytest.mark.office  # a virtual screen
ELSEWHERE = PureWindowsPath(r"C:\办公 软件\参保 二")
OFFICE = r"HKCU\Software\Microsoft\Office\16.0\Excel"
PROGRAMS = r"HKCU\Software\Microsoft\Windows\CurrentVersion\Uninstall"
UNINSTALL = rf"{PROGRAMS}\canbao"
MENU = Path("AppData/Roaming/Microsoft/Windows/Start Menu/Programs/参保")


@pytest.fixture(scope="module")
def windows(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Windows]:
    with chinese_windows(tmp_path_factory.mktemp("wine")) as windows:
        # An Excel that has run for this user, with another add-in; another program that was installed.
        windows.run("reg", "add", rf"{OFFICE}\Options", "/v", "OPEN", "/d", r"C:\other\other.xlam", "/f")
        windows.run("reg", "add", rf"{OFFICE}\Security\Trusted Locations\Location0", "/v", "Path", "/d", r"C:\o", "/f")
        windows.run("reg", "add", rf"{OFFICE}\Add-in Manager", "/f")
        windows.run("reg", "add", rf"{PROGRAMS}\other", "/v", "DisplayName", "/d", "other", "/f")
        windows.run(
            "reg", "add", r"HKCU\Software\Classes", "/f"
        )  # every Windows has it, and a new one of Wine's has not
        yield windows


@pytest.fixture(scope="module")
def before(windows: Windows) -> tuple[set[Path], dict[str, set[str]]]:
    return windows.files(), windows.registry()


def query(windows: Windows, key: str) -> str:
    return python(
        windows,
        "import winreg, itertools\n"
        f"key = winreg.OpenKey(winreg.HKEY_CURRENT_USER, {key.removeprefix('HKCU')[1:]!r})\n"
        "for index in range(winreg.QueryInfoKey(key)[1]): print(*winreg.EnumValue(key, index)[:2], sep='=')",
    ).stdout


def test_an_old_windows_is_refused(windows: Windows, setup: Path, before: tuple[set[Path], dict[str, set[str]]]):
    windows.set_version("win7")
    assert install(windows, setup, FOLDER).returncode == REFUSED
    windows.set_version("win10")
    assert windows.files() == before[0]


def test_a_folder_with_other_files_is_refused(windows: Windows, setup: Path):
    folder = here(windows, FOLDER)
    folder.mkdir(parents=True)
    (folder / "工资表.xlsx").write_bytes(b"theirs")
    assert install(windows, setup, FOLDER).returncode == REFUSED
    assert [path.name for path in folder.iterdir()] == ["工资表.xlsx"]
    (folder / "工资表.xlsx").unlink()
    folder.rmdir()
    folder.parent.rmdir()


def test_it_installs_into_a_path_with_blanks_and_chinese(windows: Windows, setup: Path):
    done = install(windows, setup, FOLDER)
    assert done.returncode == 0, done.stdout
    names = {path.name for path in here(windows, FOLDER).iterdir()}
    assert names == {"python", "manual", "licenses", "canbao.cmd", "prompt.cmd", "uninstall.exe"}
    assert {path.name for path in (windows.home / MENU).iterdir()} == {"参保命令行.lnk", "用户手册.lnk", "卸载参保.lnk"}
    site = here(windows, FOLDER) / "python" / "Lib" / "site-packages"
    assert not (site / "xlwings" / "pro").exists()
    assert not (here(windows, FOLDER) / "licenses" / "xlwings-0.37.8" / "LICENSE_PRO.txt").exists()
    entry = query(windows, UNINSTALL)
    assert f"InstallLocation={FOLDER}" in entry
    assert "DisplayName=参保" in entry


def test_a_certificate_signs_the_setup_its_uninstaller_and_our_library(
    windows: Windows, setup: Path, signer: Signer, tmp_path: Path
):
    folder = here(windows, FOLDER)
    (scanner,) = folder.glob(SCANNERS.replace("scanner-*", "scanner-*amd64"))
    for program in (setup, folder / "uninstall.exe", scanner):
        said = verify(program, signer)
        assert "Signature verification: ok" in said
        assert "Subject: /CN=canbao test/O=nobody" in said
    altered = tmp_path / setup.name
    content = bytearray(setup.read_bytes())
    content[len(content) // 2] ^= 1
    altered.write_bytes(content)
    assert "Signature verification: ok" not in verify(altered, signer)


def verify(program: Path, signer: Signer) -> str:
    words = [
        find_program("osslsigncode", "osslsigncode"),
        "verify",
        "-CAfile",
        str(signer.certificate.with_suffix(".pem")),
    ]
    return subprocess.run([*words, str(program)], check=False, capture_output=True, text=True).stdout


def test_the_addin_is_in_excel(windows: Windows):
    addin = windows.home / "AppData" / "Local" / "canbao" / "addin"
    assert [path.name for path in addin.iterdir()] == ["canbao.xlam"]
    assert "canbao\\addin\\" in query(windows, rf"{OFFICE}\Security\Trusted Locations\canbao")
    options = query(windows, rf"{OFFICE}\Options")
    assert r"OPEN=C:\other\other.xlam" in options
    assert re.search(r'OPEN1=".*\\canbao\\addin\\canbao.xlam"', options)
    status = canbao(windows, "addin", "status")
    assert status.returncode == 0
    assert str(FOLDER / "python" / "pythonw.exe") in status.stdout.replace("\n", "")


def test_the_command_line_speaks_chinese(windows: Windows):
    listed = windows.run("cmd", "/c", FOLDER / "canbao.cmd", "policy", "list")
    assert listed.returncode == 0, listed.stdout
    assert "huining-2021  会宁县 2021" in listed.stdout
    assert canbao(windows, "--help").returncode == 0
    prompt = windows.run("cmd", "/c", FOLDER / "prompt.cmd")
    assert "policy" in prompt.stdout


def test_modules_of_the_addin_load(windows: Windows):
    code = (
        "import xlwings, win32com.client, canbao_addin.buttons, canbao_addin.hosts.excel, canbao_addin.udf\n"
        "from polars._cpu_check import get_runtime_repr\n"
        "print(xlwings.__version__, [engine.name for engine in xlwings.engines], get_runtime_repr())"
    )
    assert python(windows, code).stdout.strip() == "0.37.8 ['excel'] rtcompat"


def test_windows_says_how_much_memory_is_free(windows: Windows):
    said = python(windows, "from canbao_validators.memory import free_memory; print(free_memory())")
    assert 10**7 < int(said.stdout) < 10**14, said.stderr


def test_functions_have_a_library_for_either_excel(windows: Windows):
    """Excel of 32 bits loads its own; Python, which has 64, runs beside it."""
    folder = here(windows, FOLDER) / "python"
    machines = {path.name.partition("-")[0]: machine_of(path) for path in folder.glob("xlwings*.dll")}
    assert machines == {"xlwings32": I386, "xlwings64": AMD64}
    assert machine_of(folder / "pythonw.exe") == AMD64


def test_the_demo_runs_to_its_end(windows: Windows):
    done = canbao(windows, "demo", "--people", "300", "--townships", "2", "--out", r"C:\演示 文件夹")
    assert done.returncode == 0, done.stdout
    assert "没有埋下却报出的 0 处" in done.stdout
    assert (windows.drive / "演示 文件夹" / "4-县级汇总.xlsx").stat().st_size


def test_nothing_happens_while_it_runs(windows: Windows, setup: Path):
    running = windows.start(FOLDER / "python" / "python.exe", "-c", "print('here', flush=True); input()")
    assert running.stdout is not None
    assert running.stdout.readline().strip() == "here"
    files = windows.files()
    assert install(windows, setup).returncode == REFUSED
    assert install(windows, setup, ELSEWHERE).returncode == REFUSED
    # With _? the uninstaller stays where it is, so that its exit status can be had.
    assert windows.run(FOLDER / "uninstall.exe", "/S", *f"_?={FOLDER}".split(" ")).returncode == REFUSED
    assert windows.files() == files
    running.communicate("\n", timeout=60)


def test_nothing_happens_while_excel_has_the_addin_open(windows: Windows, setup: Path):
    xlam = r"os.path.join(os.environ['LOCALAPPDATA'], 'canbao', 'addin', 'canbao.xlam')"
    hold = f"import os, win32file; held = win32file.CreateFile({xlam}, 0x80000000, 1, None, 3, 0, None)"
    # A copy of Python, so that nothing but the add-in is in use.
    copy = windows.drive / "python copy"
    shutil.copytree(here(windows, FOLDER) / "python", copy)
    running = windows.start(r"C:\python copy\python.exe", "-c", f"{hold}; print('here', flush=True); input()")
    assert running.stdout is not None
    assert running.stdout.readline().strip() == "here"
    files = windows.files()
    assert install(windows, setup).returncode == REFUSED
    assert windows.files() == files
    running.communicate("\n", timeout=60)
    shutil.rmtree(copy)


def test_an_upgrade_that_fails_leaves_the_older_version(windows: Windows, setup: Path):
    folder = here(windows, FOLDER)
    shutil.rmtree(folder / "licenses")
    (folder / "licenses").write_bytes(b"in the way of the folder")
    own = folder / "python" / "own.py"
    own.write_text("")
    assert install(windows, setup).returncode == REFUSED
    assert own.exists()
    assert not (folder / "python.old").exists()
    assert canbao(windows, "policy", "list").returncode == 0
    (folder / "licenses").unlink()


def test_an_upgrade_replaces_what_was_there(windows: Windows, setup: Path):
    folder = here(windows, FOLDER)
    stale, theirs = folder / "python" / "Lib" / "site-packages" / "gone.py", folder / "自己的.txt"
    stale.write_text("old")
    theirs.write_text("mine")
    assert install(windows, setup).returncode == 0
    assert not stale.exists()
    assert not (folder / "python.old").exists()
    assert theirs.read_text() == "mine"
    assert f"InstallLocation={FOLDER}\n" in query(windows, UNINSTALL)
    assert not (folder / "installing").exists()
    assert canbao(windows, "policy", "list").returncode == 0
    theirs.unlink()


def test_another_folder_moves_it(windows: Windows, setup: Path):
    assert install(windows, setup, ELSEWHERE).returncode == 0
    assert not here(windows, FOLDER).exists()
    assert (
        f"InstallLocation={ELSEWHERE}"
        in python(
            windows,
            "import winreg\n"
            f"key = winreg.OpenKey(winreg.HKEY_CURRENT_USER, {UNINSTALL[5:]!r})\n"
            "print('InstallLocation=' + winreg.QueryValueEx(key, 'InstallLocation')[0])",
            folder=ELSEWHERE,
        ).stdout
    )


def test_uninstalling_leaves_nothing(windows: Windows, before: tuple[set[Path], dict[str, set[str]]]):
    assert list((windows.home / ".canbao" / "cache").iterdir()), "what is kept for the next start"
    done = windows.run(ELSEWHERE / "uninstall.exe", "/S")
    assert done.returncode == 0
    windows.settle()
    theirs = {Path("演示 文件夹"), here(windows, ELSEWHERE).parent.relative_to(windows.drive)}
    left = {path for path in windows.files() if not any(one == path or one in path.parents for one in theirs)}
    assert left - before[0] == set()
    assert before[0] - left == set()
    assert list(here(windows, ELSEWHERE).parent.iterdir()) == []
    assert windows.registry() == before[1]
