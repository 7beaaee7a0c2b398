"""Finds the workbook that a button was pressed in, when Excel has started this Python.

The add-in tells Excel's window and the workbook's name in the environment. xlwings' own way, a word ``--wb=NAME`` on a
command line that a shell reads, breaks at some names and lets a name add commands of its own.
"""

from __future__ import annotations

import os
from importlib import import_module

import xlwings as xw

WINDOW, WORKBOOK = "CANBAO_WINDOW", "CANBAO_WORKBOOK"


def adopt() -> None:
    """Make that workbook the one which ``xlwings.Book.caller()`` returns.

    Raises KeyError when Excel has not started this Python, and what xlwings raises when the workbook is gone; the
    add-in then says that the program could not start.
    """
    windows = import_module("xlwings._xlwindows")  # imports pywin32, so on Windows only
    app = xw.App(impl=windows.App(xl=int(os.environ[WINDOW])))
    app.books[os.environ[WORKBOOK]].set_mock_caller()
