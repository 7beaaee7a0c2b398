"""``python -m bench.reading WORKBOOK``: reads a workbook three times; the first time counts as starting."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from canbao_validators.damage.watching import StructureWatch
from canbao_validators.reading.scanner import find_scanner
from canbao_validators.reading.sheets import read_workbook

TIMES = 2  # that count


def main() -> None:
    """Read as a check does; the last line of the output is JSON: the CPU seconds before the times that count."""
    path = Path(sys.argv[1])
    read_workbook(path, watch=StructureWatch())
    startup = time.process_time()
    for _ in range(TIMES):
        read_workbook(path, watch=StructureWatch())
    print(json.dumps({"startup": startup, "scanner": int(find_scanner() is not None)}))


if __name__ == "__main__":
    main()
