"""The programs that only tests need: LibreOffice, a screen, the Open XML validator, a C compiler and so on.

Whatever in the tests needs one asks `find_program` for it. That is how a test gets its mark `office` (support.marks),
and what `make check` runs needs none of them.
"""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

from canbao_addin.hosts.libreoffice.bridge import load_uno

NODE_PROGRAMS = Path(__file__).parents[2] / ".tools" / "node_modules" / ".bin"
HIDDEN = frozenset({
    "cc", "convert", "desktop-file-validate", "gcc", "import", "libreoffice", "node", "npm", "pdftoppm", "setpriv",
    "soffice", "unopkg", "xdotool", "Xvfb",
})  # fmt: skip


class MissingProgramError(RuntimeError):
    """A program is not installed; the message says what installs it."""


def find_program(name: str, package: str) -> str:
    """Return the path of a program. Raises MissingProgramError with the Debian package that holds it."""
    found = shutil.which(name)
    if not found:
        raise MissingProgramError(f"{name} is missing. Run `make system`, or install the Debian package {package}.")
    return found


def find_validator() -> str:
    """Return the path of the Open XML SDK's validator. Raises MissingProgramError."""
    found = shutil.which("ooxml-validator", path=os.pathsep.join([str(NODE_PROGRAMS), os.environ["PATH"]]))
    if not found:
        raise MissingProgramError("The Open XML validator is missing. Run `make test` once.")
    return found


# What leads to one of the programs.
GATES: frozenset[Callable[..., object]] = frozenset({find_program, find_validator, load_uno})


def path_without_them(folder: Path) -> str:
    """Return a PATH with every program of the present one but HIDDEN: links to the others in a folder."""
    for place in os.environ["PATH"].split(os.pathsep):
        for program in Path(place).iterdir() if Path(place).is_dir() else ():
            link = folder / program.name
            if program.name not in HIDDEN and not link.is_symlink():
                link.symlink_to(program)
    return str(folder)
