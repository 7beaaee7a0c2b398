"""The spreadsheet programs that the buttons run in."""
