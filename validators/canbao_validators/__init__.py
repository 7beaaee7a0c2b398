"""One workbook: reading, row rules, checks over its rows, the settlement of its persons."""
