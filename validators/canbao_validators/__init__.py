"""Workbook to frames to findings: reading, row rules, set checks, merge."""
