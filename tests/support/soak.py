"""Merge a folder many times with the same children; print the memory in kB early on and at the end.

The workbooks are those of a policy year with one roster, so that two hundred merges take a minute.
"""

import os
import resource
import sys
from pathlib import Path

from canbao_addin.actions.policies import open_book, open_library, open_policy
from canbao_county.merge.intake import merge_files
from canbao_county.merge.merging import combine
from canbao_county.submission import county_sheets
from canbao_generator.tables import write_tables
from canbao_validators.apart import Reading, start_workers
from canbao_validators.inbox import find_files

EARLY = 20


def resident(pid: int) -> int:
    """Resident memory in kB."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * resource.getpagesize() // 1024


def main() -> None:
    folder, target, times = Path(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4])
    policy = open_policy(sys.argv[1])
    book, library = open_book(policy), open_library(policy)
    library.books[policy.meta.id] = book
    children = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children")
    early = late = 0
    with start_workers(library, 1) as workers:
        for number in range(1, times + 1):
            parts = merge_files(find_files(folder), book, workers, target.parent, Reading())
            write_tables(target, county_sheets(combine(book, parts), "zh"), command="merge", render=workers.map)
            late = sum(resident(pid) for pid in (os.getpid(), *map(int, children.read_text().split())))
            early = late if number == EARLY else early
    print(early, late)


if __name__ == "__main__":
    main()
