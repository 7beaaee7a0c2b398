"""Opens a workbook in a headless LibreOffice and measures; run by the system's Python, which has `uno`.

One argument, a JSON object: soffice, profile (file URL), pipe (name), path, sheet. Prints a JSON object:
load, calculate, entry (CPU seconds; the least of some), memory (MB more than before it was loaded).
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import uno
from com.sun.star.beans import PropertyValue
from com.sun.star.connection import NoConnectException
from com.sun.star.lang import DisposedException

START_SECONDS = 60
CALCULATIONS, ENTRIES = 4, 5
HEADER_ROW, FIRST_ROW = 3, 4  # from 0
TYPED_INTO, TYPED = "证件号码", "62042219820205603X"
TICKS = os.sysconf("SC_CLK_TCK")


def main() -> None:
    request = json.loads(sys.argv[1])
    office, desktop = start(request)
    try:
        print(json.dumps(measure(desktop, office.pid, request["path"], request["sheet"])))
    finally:
        office.kill()


def start(request: dict[str, Any]) -> tuple[subprocess.Popen[bytes], Any]:
    """Start the office and return it with its desktop. With a new profile it ends, and wants to be started again."""
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
    pipe = f"pipe,name={request['pipe']};urp;"
    command = [request["soffice"], f"-env:UserInstallation={request['profile']}", "--headless", "--norestore"]
    command += ["--nologo", "--nodefault", f"--accept={pipe}"]
    office = launch(command)
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        try:
            context = resolver.resolve(f"uno:{pipe}StarOffice.ComponentContext")
        except (NoConnectException, DisposedException):
            if office.poll() is not None:
                office = launch(command)
            time.sleep(0.1)
        else:
            return office, context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
    office.kill()
    sys.exit(f"LibreOffice did not start in {START_SECONDS} s.")


def launch(command: list[str]) -> subprocess.Popen[bytes]:
    """Start a program that keeps none of our streams open."""
    none = subprocess.DEVNULL
    return subprocess.Popen(command, stdin=none, stdout=none, stderr=none)


def measure(desktop: Any, pid: int, path: str, sheet: str) -> dict[str, float]:
    hidden = PropertyValue()
    hidden.Name, hidden.Value = "Hidden", True
    memory, start = resident(pid), seconds(pid)
    document = desktop.loadComponentFromURL(uno.systemPathToFileUrl(path), "_blank", 0, (hidden,))
    found = {"load": seconds(pid) - start, "memory": resident(pid) - memory}
    document.calculateAll()  # the first time, LibreOffice also makes the formulas ready
    found["calculate"] = min(timed(pid, document.calculateAll) for _ in range(CALCULATIONS))
    cells = document.Sheets.getByName(sheet)
    column = next(place for place in range(200) if cells.getCellByPosition(place, HEADER_ROW).String == TYPED_INTO)
    found["entry"] = min(
        timed(pid, lambda row=row: enter(document, cells.getCellByPosition(column, row)))
        for row in range(FIRST_ROW, FIRST_ROW + ENTRIES)
    )
    return found


def enter(document: Any, cell: Any) -> None:
    cell.String = TYPED
    document.calculate()


def timed(pid: int, work: Any) -> float:
    start = seconds(pid)
    work()
    return seconds(pid) - start


def seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def resident(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS"))


if __name__ == "__main__":
    main()
