"""Opens workbooks in a headless LibreOffice and measures; run by the system's Python, which has `uno`.

One argument, a JSON object: soffice, profile (file URL), pipe (name), paths, sheet. Prints a JSON list, for each path:
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

START_SECONDS = 60
CALCULATIONS, ENTRIES = 4, 5
HEADER_ROW, FIRST_ROW = 3, 4  # from 0
TYPED_INTO, TYPED = "证件号码", "62042219820205603X"
TICKS = os.sysconf("SC_CLK_TCK")


def main() -> None:
    request = json.loads(sys.argv[1])
    command = [request["soffice"], f"-env:UserInstallation={request['profile']}", "--headless", "--norestore"]
    office = subprocess.Popen(
        [*command, "--nodefault", f"--accept=pipe,name={request['pipe']};urp;"], stdout=subprocess.DEVNULL
    )
    try:
        desktop = connect(request["pipe"])
        print(json.dumps([measure(desktop, office.pid, path, request["sheet"]) for path in request["paths"]]))
    finally:
        office.kill()


def connect(pipe: str) -> Any:
    resolver = uno.getComponentContext().ServiceManager.createInstance("com.sun.star.bridge.UnoUrlResolver")
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            context = resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
        except NoConnectException:
            if time.monotonic() > deadline:
                sys.exit(f"LibreOffice did not start in {START_SECONDS} s.")
            time.sleep(0.1)
        else:
            return context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)


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
    document.close(True)
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
