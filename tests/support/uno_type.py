"""Types into cells of a workbook in a headless LibreOffice; run by the system's Python, which has `uno`.

One argument, a JSON object: soffice, profile (file URL), pipe (name), path, entries [[sheet, cell, text], …].
Prints a JSON list: for each entry, whether the cell changed.
"""

import json
import subprocess
import sys
import time
from typing import Any

import uno
from com.sun.star.beans import PropertyValue
from com.sun.star.connection import NoConnectException

START_SECONDS = 60


def main() -> None:
    request = json.loads(sys.argv[1])
    office = subprocess.Popen(
        [
            request["soffice"],
            f"-env:UserInstallation={request['profile']}",
            "--headless",
            "--norestore",
            "--nodefault",
            f"--accept=pipe,name={request['pipe']};urp;",
        ],
        stdout=subprocess.DEVNULL,
    )
    try:
        context = connect(request["pipe"])
        print(json.dumps(type_all(context, request["path"], request["entries"])))
    finally:
        office.kill()


def connect(pipe: str) -> Any:
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            return resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
        except NoConnectException:
            if time.monotonic() > deadline:
                sys.exit(f"LibreOffice did not start in {START_SECONDS} s.")
            time.sleep(0.1)


def type_all(context: Any, path: str, entries: list[list[str]]) -> list[bool]:
    services = context.ServiceManager
    desktop = services.createInstanceWithContext("com.sun.star.frame.Desktop", context)
    dispatcher = services.createInstanceWithContext("com.sun.star.frame.DispatchHelper", context)
    document = load(desktop, path)
    accepted = []
    for sheet_name, address, text in entries:
        if not document.Sheets.hasByName(sheet_name):
            sys.exit(f"The workbook has no sheet {sheet_name}.")
        sheet = document.Sheets.getByName(sheet_name)
        cell = sheet.getCellRangeByName(address)
        before = cell.Formula
        document.CurrentController.setActiveSheet(sheet)
        document.CurrentController.select(cell)
        frame = document.CurrentController.Frame
        dispatcher.executeDispatch(frame, ".uno:EnterString", "", 0, (named("StringName", text),))
        accepted.append(cell.Formula != before)
        if accepted[-1]:
            cell.Formula = before
        else:  # a refusal leaves its message box behind, and a second one in the same window crashes LibreOffice 7.4
            document.close(True)
            document = load(desktop, path)
    return accepted


def load(desktop: Any, path: str) -> Any:
    # Hidden: a visible window blinks its cursor, which headless crashes on.
    document = desktop.loadComponentFromURL(uno.systemPathToFileUrl(path), "_blank", 0, (named("Hidden", True),))
    if document is None:
        sys.exit("LibreOffice could not open the workbook.")
    return document


def named(name: str, value: str | bool) -> Any:
    argument = PropertyValue()
    argument.Name, argument.Value = name, value
    return argument


if __name__ == "__main__":
    main()
