"""A headless LibreOffice as an xlwings app, for the tests of the buttons and of the engine."""

import contextlib
import os
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import xlwings as xw

from canbao_addin.hosts.libreoffice import connect
from support.libreoffice import write_profile
from support.programs import find_program

_START_SECONDS = 60
_END_SECONDS = 10


@contextlib.contextmanager
def open_office(folder: Path | None = None, *, window: bool = False) -> Iterator[xw.App]:
    """Start an office with its own profile in `folder` (a temporary one if None); it and all it started end with it.

    With `window` it is not headless and needs a display.
    """
    with contextlib.ExitStack() as stack:
        home = stack.enter_context(tempfile.TemporaryDirectory(prefix="canbao-office-", dir=folder))
        pipe = f"canbao{os.getpid()}{Path(home).name.replace('-', '')}"
        stack.enter_context(_running(Path(home), pipe, window=window))
        app = connect(f"pipe,name={pipe}", hidden=not window, timeout_seconds=_START_SECONDS)
        try:
            yield app
        finally:
            app.engine.impl.apps.detach(app.impl)  # what is ended here is nobody's active app any more


@contextlib.contextmanager
def _running(home: Path, pipe: str, *, window: bool) -> Iterator[None]:
    soffice = find_program("soffice", "libreoffice-calc")
    profile = home / "profile"
    write_profile(profile)
    command = [
        soffice,
        f"-env:UserInstallation={profile.as_uri()}",
        *([] if window else ["--headless"]),
        *("--norestore", "--nodefault", "--nofirststartwizard", f"--accept=pipe,name={pipe};urp;"),
    ]
    environment = {**os.environ, "LC_ALL": "C.UTF-8", "HOME": str(home)}
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        yield
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(timeout=_END_SECONDS)
