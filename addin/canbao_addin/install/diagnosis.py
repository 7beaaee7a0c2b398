"""What on this PC keeps an installed add-in from working: policies, disabled items, another owner of .xlsx.

Everything is read from the registry, and nothing of it was seen in a real Office; the sources are Microsoft's
administrative templates (office16.admx, excel16.admx) and support pages.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from canbao_addin.install.building import XLAM

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from canbao_addin.install.registry import Registry

_OFFICE, _POLICIES = r"Software\Microsoft\Office", r"Software\Policies\Microsoft\Office"
_SECURITY, _LOCATIONS = r"Excel\Security", r"Excel\Security\Trusted Locations"
# key below the version, value, from which number on it forbids the add-in, sentence
_FORBIDDING = (
    (_LOCATIONS, "AllLocationsDisabled", 1, "status_no_locations"),
    (_SECURITY, "AllLocationsDisabled", 1, "status_no_locations"),
    (_SECURITY, "VBAWarnings", 3, "status_no_macros"),
    (_SECURITY, "RequireAddinSig", 1, "status_signed_only"),
    (_SECURITY, "blockcontentexecutionfrominternet", 1, "status_internet_blocked"),
    ("Common", "VbaOff", 1, "status_vba_off"),
)
_VBA = (
    r"Software\Microsoft\VBA",
    r"Software\WOW6432Node\Microsoft\VBA",
    r"Software\Microsoft\Office\ClickToRun\REGISTRY\MACHINE\Software\Microsoft\VBA",
)
_CHOICE = r"Software\Microsoft\Windows\CurrentVersion\Explorer\FileExts\.xlsx\UserChoice"
_CLASS = r"Software\Classes\.xlsx"
_WPS = ("ket.", "et.", "wps.")  # how the names of WPS's kinds of files begin
_SITES = ("DisableInternetFilesInPV", "DisableAttachmentsInPV", "DisableUnsafeLocationsInPV")
_RUNNING = {"excel": "status_running", "et": "status_wps_running"}


@dataclass(frozen=True)
class Obstacle:
    """A sentence of the catalogue and what fills it; ``who``: the sentence that names whose setting it is."""

    key: str
    params: Mapping[str, str] = field(default_factory=dict)
    who: str = ""


def find_obstacles(
    user: Registry, machine: Registry, versions: Sequence[str], running: Iterable[str] = ()
) -> list[Obstacle]:
    """Return what stands in the way, each once: for the user, for the machine, and what runs now.

    ``versions`` of Excel; ``running``: ``excel``, ``et`` as far as they have a window or a process.
    """
    found = [Obstacle(_RUNNING[name]) for name in running]
    for version in versions:
        for hive, registry in (("HKCU", user), ("HKLM", machine)):
            found += _forbidden(registry, hive, version)
        found += _disabled(user, version)
        found += _protected_view(user, version)
    found += _vba(machine, versions)
    found += _owner(user, machine)
    return list({(one.key, *one.params.items()): one for one in found}.values())


def _forbidden(registry: Registry, hive: str, version: str) -> Iterator[Obstacle]:
    """Yield settings that forbid the add-in: an administrator's policies, and what somebody chose in Excel itself."""
    for root, policy in ((_POLICIES, True), (_OFFICE, False)):
        for key, name, least, sentence in _FORBIDDING:
            value = _value(registry, rf"{root}\{version}\{key}", name)
            if isinstance(value, int) and value >= least:
                where = rf"{hive}\{root}\{version}\{key}\{name} = {value}"
                yield Obstacle(sentence, {"where": where}, "status_policy" if policy else "status_own")


def _disabled(user: Registry, version: str) -> Iterator[Obstacle]:
    """Yield our add-in among the items that Excel has switched off after a crash: bytes with a path in them."""
    values = user.values(rf"{_OFFICE}\{version}\Excel\Resiliency\DisabledItems").values()
    needle = XLAM.encode("utf-16-le")
    if any(isinstance(value, bytes) and needle in value.lower() for value in values):
        yield Obstacle("status_disabled", {"version": version})


def _protected_view(user: Registry, version: str) -> Iterator[Obstacle]:
    """Yield that files from elsewhere open in Protected View, unless it was switched off for all kinds of them."""
    key = rf"{_OFFICE}\{version}\{_SECURITY}\ProtectedView"
    if not all(_value(user, key, name) == 1 for name in _SITES):
        yield Obstacle("status_protected_view")


def _vba(machine: Registry, versions: Sequence[str]) -> Iterator[Obstacle]:
    """Yield that no library of VBA is registered, where there is an Excel."""
    if versions and not any(name.casefold().startswith("vbe") for key in _VBA for name in machine.values(key)):
        yield Obstacle("status_no_vba")


def _owner(user: Registry, machine: Registry) -> Iterator[Obstacle]:
    """Yield that a double click opens WPS."""
    chosen = _value(user, _CHOICE, "ProgId") or _value(user, _CLASS, "") or _value(machine, _CLASS, "")
    if isinstance(chosen, str) and chosen.casefold().startswith(_WPS):
        yield Obstacle("status_wps", {"name": chosen})


def _value(registry: Registry, key: str, name: str) -> object:
    """Return a value by a name in any case, None where there is none."""
    return next((value for own, value in registry.values(key).items() if own.casefold() == name.casefold()), None)
