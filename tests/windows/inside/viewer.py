"""Runs on the Windows of the tests as the program that owns .xlsx: writes down what it was asked to open.

python viewer.py <list of what was opened> <file>
"""

import sys
from pathlib import Path

with Path(sys.argv[1]).open("a", encoding="utf-8") as opened:
    opened.write(f"{sys.argv[2]}\n")
