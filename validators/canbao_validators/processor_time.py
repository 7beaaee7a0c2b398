"""How long a processor has worked for a process, where the system tells: on a busy machine a clock says too much."""

from __future__ import annotations

import os
import sys
from pathlib import Path

_USER, _SYSTEM = 11, 12  # places of a process's times in /proc/<pid>/stat, counted after its name

if sys.platform == "win32":
    import ctypes
    from ctypes import wintypes

    _QUERY_LIMITED_INFORMATION = 0x1000
    _TICKS = 10_000_000  # of a FILETIME in a second

    def processor_seconds(process: int) -> float | None:
        """Return the seconds that a processor has worked for a process, None where the system does not say."""
        kernel = ctypes.WinDLL("kernel32", use_last_error=True)
        kernel.OpenProcess.restype = wintypes.HANDLE
        kernel.GetProcessTimes.argtypes = (wintypes.HANDLE, *(ctypes.POINTER(wintypes.FILETIME),) * 4)
        kernel.CloseHandle.argtypes = (wintypes.HANDLE,)
        handle = kernel.OpenProcess(_QUERY_LIMITED_INFORMATION, False, process)
        if not handle:
            return None
        begun, ended, system, user = (wintypes.FILETIME() for _ in range(4))
        try:
            told = kernel.GetProcessTimes(handle, begun, ended, system, user)
        finally:
            kernel.CloseHandle(handle)
        ticks = sum((time.dwHighDateTime << 32) + time.dwLowDateTime for time in (system, user))
        return ticks / _TICKS if told else None

else:

    def processor_seconds(process: int) -> float | None:
        """Return the seconds that a processor has worked for a process, None where the system does not say."""
        try:
            fields = Path(f"/proc/{process}/stat").read_bytes().rpartition(b")")[2].split()
            return (int(fields[_USER]) + int(fields[_SYSTEM])) / os.sysconf("SC_CLK_TCK")
        except (OSError, ValueError, IndexError):
            return None
