"""Cell errors: the numbers by which Excel hands them out, their texts, and how LibreOffice shows them."""

from __future__ import annotations

ERROR_TEXTS = {
    -2146826288: "#NULL!",
    -2146826281: "#DIV/0!",
    -2146826273: "#VALUE!",
    -2146826265: "#REF!",
    -2146826259: "#NAME?",
    -2146826252: "#NUM!",
    -2146826246: "#N/A",
}
ERROR_NUMBERS = {text: number for number, text in ERROR_TEXTS.items()}
_OTHERS = {"Err:503": "#NUM!", "Err:523": "#NUM!", "Err:521": "#NULL!"}  # what its own xlsx export makes of them


def error_number(shown: str) -> int:
    """Excel's number for an error as LibreOffice shows it; what Excel has no word for is a #VALUE!."""
    return ERROR_NUMBERS.get(_OTHERS.get(shown, shown), ERROR_NUMBERS["#VALUE!"])
