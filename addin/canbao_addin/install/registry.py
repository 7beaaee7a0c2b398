"""The Windows registry, as far as the installation needs it: the user's part, and to look only, the machine's."""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import Protocol

from canbao_addin.texts import CannotRunError

Value = str | int | bytes


class Registry(Protocol):
    """Keys under one hive, as a rule HKEY_CURRENT_USER; a key that is not there has no subkeys and no values."""

    def subkeys(self, key: str) -> list[str]:
        """Return the names of the keys right under ``key``."""

    def values(self, key: str) -> dict[str, Value]:
        """Return the texts, numbers and bytes of ``key`` by name."""

    def write(self, key: str, name: str, value: Value) -> None:
        """Set a value; the keys on the way are made."""

    def remove_value(self, key: str, name: str) -> None:
        """Remove a value if it is there."""

    def remove_key(self, key: str) -> None:
        """Remove a key that has no subkeys, with its values, if it is there."""


def user_registry() -> Registry:
    """Return the registry of the user who is signed in. Raises CannotRunError when this is not Windows."""
    if sys.platform == "win32":
        return WindowsRegistry()
    raise CannotRunError("excel_only_windows")


def machine_registry() -> Registry:
    """Return the registry of this PC, to read only. Raises CannotRunError when this is not Windows."""
    if sys.platform == "win32":
        return WindowsRegistry(winreg.HKEY_LOCAL_MACHINE)
    raise CannotRunError("excel_only_windows")


if sys.platform == "win32":
    import winreg

    class WindowsRegistry:
        """One hive of the registry: by default that of the user who is signed in."""

        def __init__(self, hive: int = winreg.HKEY_CURRENT_USER) -> None:
            self._hive = hive

        def subkeys(self, key: str) -> list[str]:
            """Return the names of the keys right under ``key``."""
            with suppress(FileNotFoundError), winreg.OpenKey(self._hive, key) as handle:
                return [winreg.EnumKey(handle, index) for index in range(winreg.QueryInfoKey(handle)[0])]
            return []

        def values(self, key: str) -> dict[str, Value]:
            """Return the texts, numbers and bytes of ``key`` by name."""
            with suppress(FileNotFoundError), winreg.OpenKey(self._hive, key) as handle:
                found = [winreg.EnumValue(handle, index) for index in range(winreg.QueryInfoKey(handle)[1])]
                return {name: value for name, value, _ in found if isinstance(value, str | int | bytes)}
            return {}

        def write(self, key: str, name: str, value: Value) -> None:
            """Set a value; the keys on the way are made."""
            kinds = {str: winreg.REG_SZ, int: winreg.REG_DWORD, bytes: winreg.REG_BINARY}
            kind = kinds[type(value)]
            with winreg.CreateKey(self._hive, key) as handle:
                winreg.SetValueEx(handle, name, 0, kind, value)

        def remove_value(self, key: str, name: str) -> None:
            """Remove a value if it is there."""
            with suppress(FileNotFoundError), winreg.OpenKey(self._hive, key, 0, winreg.KEY_SET_VALUE) as handle:
                winreg.DeleteValue(handle, name)

        def remove_key(self, key: str) -> None:
            """Remove a key that has no subkeys, with its values, if it is there."""
            with suppress(FileNotFoundError):
                winreg.DeleteKey(self._hive, key)
