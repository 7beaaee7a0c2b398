"""The buttons of the ribbon, written once over xlwings for every spreadsheet program."""

from canbao_addin.buttons.pressing import press, run

__all__ = ["press", "run"]
