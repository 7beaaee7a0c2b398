"""``python -m bench.again WORKBOOK``: checks a workbook twice in one process; the first time counts as starting."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from canbao_addin.actions.policies import open_library
from canbao_validators.checking import check_workbook


def main() -> None:
    """Check twice; the last line of the output is JSON: the CPU seconds before the second time."""
    library, path = open_library(), Path(sys.argv[1])
    check_workbook(path, library)
    startup = time.process_time()
    filled = check_workbook(path, library)
    print(json.dumps({"startup": startup, "rows": sum(filled.rows.values())}))


if __name__ == "__main__":
    main()
