"""The folder that is packed: Python with its packages, the command line, the manual and the licences."""

from __future__ import annotations

import io
import shutil
import tarfile
import zipfile
from pathlib import Path, PurePosixPath

from canbao_addin.install.manual import write_manual
from installer.settings import HERE, ROOT, InstallerError, packing

SITE = Path("Lib", "site-packages")
# `import site` runs the .pth file through which pywin32's modules and libraries are found.
SEARCH_PATH = ("python311.zip", ".", str(SITE).replace("/", "\\"), "import site")
SCANNERS = "python/Lib/site-packages/canbao_validators/reading/scanner-*.dll"  # below what is staged
_LICENCE_WORDS = ("licen", "copying", "notice", "authors")


def stage(target: Path, files: dict[str, Path], canbao: Path) -> None:
    """Lay out the installation in the empty folder ``target`` from the checked files and canbao's wheel.

    Raises InstallerError when a package has no licence text or a pattern of packing.toml meets nothing.
    """
    python = target / "python"
    _lay_python(files[packing().python], python)
    wheels = [path for name, path in files.items() if name != packing().python]
    for wheel in [*wheels, canbao]:
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(python / SITE)  # noqa: S202 - the files of the lock, and our own
    _place_data(python)
    _drop_other_scanners(python / SITE)
    _collect_licences(python, target / "licenses")
    _omit(python / SITE)
    shutil.copy(ROOT / "LICENSE", target / "licenses" / "canbao.txt")
    for name in ("canbao.cmd", "prompt.cmd"):
        text = (HERE / name).read_text(encoding="ascii")
        (target / name).write_text(text, encoding="ascii", newline="\r\n")
    (target / "manual").mkdir()
    write_manual(target / "manual")


def _lay_python(source: Path, python: Path) -> None:
    """Unpack the embeddable Python, which lies as a zip inside the source distribution."""
    with tarfile.open(source) as outer:
        (name,) = (name for name in outer.getnames() if PurePosixPath(name).match(packing().archive))
        inner = outer.extractfile(name)
        assert inner is not None
        content = inner.read()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        archive.extractall(python)  # noqa: S202 - the file of the lock
    unpacked = python / packing().folder
    for path in unpacked.iterdir():
        path.rename(python / path.name)
    unpacked.rmdir()
    (python / "python311._pth").write_text("\n".join(SEARCH_PATH) + "\n", encoding="ascii", newline="\r\n")


def _place_data(python: Path) -> None:
    """Put what wheels keep in ``*.data/data`` beside python.exe: xlwings' libraries for worksheet functions."""
    for data in list((python / SITE).glob("*.data")):
        if (data / "data").is_dir():
            shutil.copytree(data / "data", python, dirs_exist_ok=True)
        shutil.rmtree(data)


def _drop_other_scanners(site: Path) -> None:
    """Remove the scanner that was built for the machine that builds the installer."""
    for scanner in site.glob("canbao_validators/reading/scanner-*"):
        if scanner.suffix != ".dll":
            scanner.unlink()


def _collect_licences(python: Path, target: Path) -> None:
    """Copy the licence texts of Python and of every package, a folder for each."""
    target.mkdir()
    shutil.copy(python / "LICENSE.txt", target / "Python.txt")
    for info in sorted((python / SITE).glob("*.dist-info")):
        texts = [path for path in info.rglob("*") if path.is_file() and _is_licence(path)]
        if not texts:
            raise InstallerError(f"{info.name} has no licence text; add one to tools/installer before it is packed")
        for path in texts:
            inside = path.relative_to(info)
            parts = inside.parts[1:] if inside.parts[0] == "licenses" else inside.parts
            copy = target / info.name.removesuffix(".dist-info") / Path(*parts)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, copy)


def _is_licence(path: Path) -> bool:
    return any(word in path.name.lower() for word in _LICENCE_WORDS) and path.name != "LICENSE_PRO.txt"


def _omit(site: Path) -> None:
    """Remove what packing.toml leaves out; a pattern that meets nothing is out of date."""
    for pattern in packing().omit:
        found = list(site.glob(pattern))
        if not found:
            raise InstallerError(f"packing.toml leaves out {pattern}, and no package has that any more")
        for path in found:
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
