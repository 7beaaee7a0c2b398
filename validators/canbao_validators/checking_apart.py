"""Check files in child processes, which load what checks: the process that sends them only hands on what they find."""

from __future__ import annotations

from typing import TYPE_CHECKING

from canbao_validators.apart import read_files, start_workers
from canbao_validators.checked import CheckedFile, refuse_file
from canbao_validators.reading.unreadable import UnreadableFile
from canbao_validators.workers import Named

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from canbao_validators.apart import Reading
    from canbao_validators.inbox import InputFile
    from canbao_validators.library import Library

_CHECKING = "canbao_validators.checking"


def check_apart(
    files: Sequence[InputFile],
    library: Library | Named,
    reading: Reading,
    progress: Callable[[str], None] = lambda _: None,
) -> list[CheckedFile]:
    """Check files in child processes. Never raises for what stands in a file.

    ``library`` may be what makes it, by name: then the children make it, and this process loads no policy year.
    """
    results: list[CheckedFile] = []
    with start_workers(library, len(files), (file.path for file in files)) as workers:
        tasks = [(file.path, (file.name, reading)) for file in files]
        one, several = Named(_CHECKING, "check_sent"), Named(_CHECKING, "check_all_sent")
        checks = read_files(workers, one, tasks, together=several)
        for file in files:
            progress(file.name)
            done = next(checks)
            results.append(refuse_file(file.name, done) if isinstance(done, UnreadableFile) else done)
    return results
