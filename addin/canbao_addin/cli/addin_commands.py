"""The commands that build the add-in's files and put them into Excel and LibreOffice."""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from canbao_addin.cli.help import Group
from canbao_addin.cli.options import FILE, with_lang
from canbao_addin.cli.output import Output
from canbao_addin.install import installing_libreoffice
from canbao_addin.install.building import build_oxt, build_xlam
from canbao_addin.install.diagnosis import find_obstacles
from canbao_addin.install.installing import (
    ExcelStatus,
    excel_status,
    excel_versions,
    install_excel,
    remove_excel,
    user_places,
)
from canbao_addin.install.registry import machine_registry, user_registry
from canbao_addin.install.running import running_programs
from canbao_addin.texts import CannotRunError
from canbao_generator.version import software_version
from canbao_rulebook.phrases import enumerate_words

EXCEL, LIBREOFFICE = "excel", "libreoffice"
_with_host = click.option(
    "--host",
    type=click.Choice([EXCEL, LIBREOFFICE]),
    default=EXCEL if sys.platform == "win32" else LIBREOFFICE,
    show_default=True,
)


@click.group(cls=Group)
@with_lang
def addin(lang: str) -> None:
    """Build, install, remove and look at the add-in with the buttons."""


@addin.command()
@click.option("--out", "folder", required=True, type=FILE)
@with_lang
def build(folder: Path, lang: str) -> int:
    """Build Excel's add-in canbao.xlam and LibreOffice's extension canbao.oxt."""
    output = Output(lang)
    for path in (build_xlam(folder), build_oxt(folder)):
        output.say("addin_built", path=path)
    return 0


@addin.command()
@_with_host
@with_lang
def install(host: str, lang: str) -> int:
    """Install the add-in in your own Excel or LibreOffice, without an administrator."""
    output = Output(lang)
    if host == EXCEL:
        places = user_places()
        running = _require_closed()
        versions = install_excel(places, user_registry())
        output.say("excel_installed", path=places.xlam, versions=enumerate_words(versions))
        if "et" in running:
            output.say("status_wps_running")
    else:
        with TemporaryDirectory(prefix="canbao-") as folder:
            installing_libreoffice.install(build_oxt(Path(folder)))
        output.say("libreoffice_installed", version=software_version())
    return 0


@addin.command()
@_with_host
@with_lang
def remove(host: str, lang: str) -> int:
    """Remove the add-in."""
    if host == EXCEL:
        places = user_places()
        _require_closed()
        removed = remove_excel(places, user_registry())
    else:
        removed = installing_libreoffice.remove()
    Output(lang).say("addin_removed" if removed else "addin_absent")
    return 0


@addin.command()
@_with_host
@with_lang
def status(host: str, lang: str) -> int:
    """Tell whether the add-in is installed, and in this version."""
    output = Output(lang)
    if host == EXCEL:
        _say_excel_status(output)
    else:
        version = installing_libreoffice.status()
        if version is None:
            output.say("addin_absent")
        else:
            output.say("libreoffice_found", version=version)
            output.say("addin_complete" if version == software_version() else "addin_stale")
    return 0


def _require_closed() -> tuple[str, ...]:
    """Return what runs; raise CannotRunError when it is Excel, which writes its own list of add-ins when it closes."""
    running = running_programs()
    if "excel" in running:
        raise CannotRunError("excel_running")
    return running


def _say_excel_status(output: Output) -> None:
    registry = user_registry()
    found = excel_status(user_places(), registry)
    _say_whether_installed(output, found)
    for obstacle in find_obstacles(registry, machine_registry(), excel_versions(registry), running_programs()):
        who = {"who": output.texts.say(obstacle.who)} if obstacle.who else {}
        output.say(obstacle.key, **obstacle.params, **who)


def _say_whether_installed(output: Output, found: ExcelStatus) -> None:
    if found.path is None:
        output.say("addin_absent")
        return
    output.say("excel_found", path=found.path, versions=enumerate_words(found.versions or "—"))
    output.say("excel_interpreter", path=found.interpreter or "—")
    output.say("addin_complete" if found.complete else "addin_stale")
