"""What can go wrong between xlwings and LibreOffice, each as one sentence."""

from __future__ import annotations

import xlwings as xw


class OfficeMissingError(ImportError):
    """LibreOffice's Python bridge is not on this machine, or belongs to another version of Python."""


class OfficeError(xw.XlwingsError):
    """LibreOffice refused; the message says what and why."""


class ProtectedError(OfficeError):
    """Excel would refuse this on a protected sheet or in a workbook with a protected structure."""
