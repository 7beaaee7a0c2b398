"""Rulebook to workbooks: township templates, county submission, return lists."""

import os

# openpyxl writes other bytes where lxml happens to be installed, and hides what the system says when it cannot write.
os.environ.setdefault("OPENPYXL_LXML", "False")
