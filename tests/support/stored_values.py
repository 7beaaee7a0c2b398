"""The stored values of formulas, as a reader sees them that does not calculate."""

from pathlib import Path
from typing import Any

import openpyxl


def formula_values(path: Path, sheet: str) -> dict[str, Any]:
    """Return the value that the file has for each formula of a sheet, by cell."""
    formulas, values = (openpyxl.load_workbook(path, data_only=known)[sheet] for known in (False, True))
    return {
        cell.coordinate: values[cell.coordinate].value
        for row in formulas.iter_rows()
        for cell in row
        if cell.data_type == "f"
    }
