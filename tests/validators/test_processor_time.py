"""How long a processor has worked for a process: it does not grow while the process waits."""

import os
import subprocess
import sys
import time

from canbao_validators.processor_time import processor_seconds

WORKS = (
    "import time\nend = time.process_time() + 0.4\nwhile time.process_time() < end: pass\nprint(1, flush=True)\ninput()"
)


def test_work_counts_and_waiting_does_not() -> None:
    with subprocess.Popen([sys.executable, "-c", WORKS], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout
        process.stdout.readline()
        worked = processor_seconds(process.pid)
        assert worked is not None
        assert worked >= 0.4
        time.sleep(0.3)
        later = processor_seconds(process.pid)
        assert later is not None
        assert later - worked < 0.2
        process.communicate(b"\n")


def test_of_a_process_that_is_gone_nothing_is_said() -> None:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    assert processor_seconds(process.pid) is None
    assert processor_seconds(os.getpid())
