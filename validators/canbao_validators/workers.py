"""A few child processes that outlive the files they read: one that a file ends is replaced, only that file is lost."""

from __future__ import annotations

import os
import pickle
import signal
import sys
import threading
import time
from collections import deque
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib import import_module
from multiprocessing import Pipe, get_context, parent_process
from types import ModuleType
from typing import TYPE_CHECKING, Any, Self, TypeVar

from canbao_validators.memory import collect_seldom, give_back
from canbao_validators.processor_time import processor_seconds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from multiprocessing.connection import Connection

T = TypeVar("T")

_launching = threading.Lock()  # of two threads the second would find, and put back, what stands in for the program
_PAUSE = 0.5  # seconds between looks at what takes too long
_WORTH_GIVING_BACK = 1.0  # seconds of work between two times that a child gives memory back
_PATIENCE = 4  # times as long a task may take that waits for a busy machine
_ABORT = getattr(signal, "SIGKILL", signal.SIGTERM)


class TooSlowError(Exception):
    """The task was ended because its time was up."""


class CrashedError(Exception):
    """The task ended its process."""


@dataclass(frozen=True, slots=True)
class Named:
    """A function by its module and name: who only sends it to a child does not load what it needs."""

    module: str
    name: str

    def __call__(self, *arguments: Any) -> Any:
        """Call the function."""
        return getattr(import_module(self.module), self.name)(*arguments)


def prepare(prepared: object) -> object:
    """Return what a child holds of what it was given."""
    return prepared() if isinstance(prepared, Named) else prepared


@dataclass(frozen=True, slots=True)
class Task:
    """Work for a child: ``function(prepared, *arguments)``, both of which can be pickled, within ``seconds``.

    These are seconds of a processor where the system tells of them (Linux, Windows): on a busy machine a task takes
    longer, up to four times. Elsewhere they are seconds of the clock.
    """

    function: Callable[..., Any]
    arguments: tuple[Any, ...]
    seconds: float = float("inf")


class Workers:
    """Some children that hold ``prepared``, or what it gives where it is a function by name.

    Use as a context manager: leaving it ends them, whatever they still do.
    """

    def __init__(self, count: int, prepared: object = None, *, sparing: bool = False) -> None:
        self.sparing = sparing  # fewer than there could be, because memory is short
        packed = pickle.dumps(prepared, pickle.HIGHEST_PROTOCOL)
        self._children = [_Child(packed) for _ in range(count)]

    def __len__(self) -> int:
        return len(self._children)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for child in self._children:
            child.end()

    def run(self, tasks: Iterable[Task]) -> Iterator[Future[Any]]:
        """Yield the outcome of each task in order, done: its ``result()`` returns, or raises what the task raised.

        It raises TooSlowError or CrashedError for a task that did not come to an end.
        """
        waiting = deque(enumerate(tasks))
        idle, running = list(self._children), dict[int, _Child]()
        outcomes: dict[int, Future[Any]] = {}
        turn = 0
        while waiting or running or outcomes:
            while waiting and idle:
                number, task = waiting.popleft()
                running[number] = idle.pop()
                running[number].start(task)
            wait([child.future for child in running.values()], _PAUSE, FIRST_COMPLETED)
            for number, child in list(running.items()):
                if child.has_ended():
                    outcomes[number] = child.outcome()
                    idle.append(running.pop(number))
            while turn in outcomes:
                yield outcomes.pop(turn)
                turn += 1

    def renew(self) -> None:
        """Start all children anew, none of which may be at work: what they hold of large files is given back."""
        for child in self._children:
            child.renew()

    def map(self, function: Callable[[Any], T], tasks: Iterable[Any]) -> Iterator[T]:
        """Yield ``function(task)`` of each task in order; a task whose process somebody ended is done again, here."""
        tasks = list(tasks)
        for task, outcome in zip(tasks, self.run(Task(_apply, (function, task)) for task in tasks), strict=True):
            try:
                result = outcome.result()
            except CrashedError:
                result = function(task)
            yield result


class _Child:
    """One process and the task it works on."""

    future: Future[Any]

    def __init__(self, packed: bytes) -> None:
        self._packed = packed
        self._seconds = float("inf")
        self._begun: float | None = None
        self._before: float | None = None
        self._late = False
        self._launch()

    def _launch(self) -> None:
        receiver, sender = Pipe(duplex=False)
        with receiver, _without_program(), _deaf_to_interrupts():  # also what multiprocessing starts beside it
            self._pool = ProcessPoolExecutor(
                1, mp_context=get_context("spawn"), initializer=_prepare, initargs=(receiver,)
            )
            self._pid = self._pool.submit(os.getpid)
        # Arguments of a process are written by its parent, which waits for ever when the process dies before it has
        # read what is larger than a pipe holds; our own pipe breaks instead.
        threading.Thread(target=_feed, args=(sender, self._packed), daemon=True).start()

    def start(self, task: Task) -> None:
        self._seconds, self._begun, self._late = task.seconds, None, False
        try:
            self.future = self._pool.submit(_call, task.function, task.arguments)
        except BrokenProcessPool:  # somebody ended the process while it had nothing to do
            self._launch()
            self.future = self._pool.submit(_call, task.function, task.arguments)

    def has_ended(self) -> bool:
        """Tell whether the task is done; end it when its time is up, which begins when the process is ready."""
        if self._begun is None and self._pid.done():
            self._begun, self._before = time.monotonic(), self._worked()
        if self._begun is not None and not self._late and self._is_over(time.monotonic() - self._begun):
            self._late = not self.future.done()
            self._kill()
        return self.future.done()

    def _is_over(self, waited: float) -> bool:
        """Tell whether the task has had its seconds: of the processor if that is known, of the clock else."""
        if waited <= self._seconds:
            return False
        now = self._worked()
        known = now is not None and self._before is not None and waited <= _PATIENCE * self._seconds
        return not known or (now or 0.0) - (self._before or 0.0) > self._seconds

    def _worked(self) -> float | None:
        """Return the seconds that a processor has worked for the child, None where the system does not say."""
        return None if self._pid.exception() is not None else processor_seconds(self._pid.result())

    def outcome(self) -> Future[Any]:
        """Return the future of the task; the process is replaced when it is gone."""
        if not isinstance(self.future.exception(), BrokenProcessPool):
            return self.future
        self._pool.shutdown(wait=False)
        self._launch()
        ended: Future[Any] = Future()
        ended.set_exception(TooSlowError() if self._late else CrashedError())
        return ended

    def _kill(self) -> None:
        if self._pid.done() and self._pid.exception() is None:
            with suppress(OSError):
                os.kill(self._pid.result(), _ABORT)

    def renew(self) -> None:
        """Replace the process by a new one."""
        self.end()
        self._launch()

    def end(self) -> None:
        """End the process and wait until it is gone: it writes nothing after that."""
        self._kill()
        self._pool.shutdown(wait=True, cancel_futures=True)


@contextmanager
def _without_program() -> Iterator[None]:
    """Start a child that does not import once more the program that starts it: its tasks stand in modules."""
    with _launching:
        program = sys.modules["__main__"]
        sys.modules["__main__"] = ModuleType("__main__")
        try:
            yield
        finally:
            sys.modules["__main__"] = program


@contextmanager
def _deaf_to_interrupts() -> Iterator[None]:
    """Start a child that neither Ctrl-C nor a closed window reaches: the parent ends it, and it says nothing."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    numbers = [getattr(signal, name) for name in ("SIGINT", "SIGHUP") if hasattr(signal, name)]
    known = [number for number in numbers if signal.getsignal(number) is not None]  # None: the host's, not Python's
    before = {number: signal.signal(number, signal.SIG_IGN) for number in known}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _feed(sender: Connection, packed: bytes) -> None:
    """Send a child what it is prepared with; one that has ended takes nothing, which its next task shows."""
    with sender, suppress(OSError):
        sender.send_bytes(packed)


_held: list[object] = []  # of a child: what it was prepared with
_given_back = 0.0  # of a child: the seconds it had worked when it last gave memory back


def _prepare(receiver: Connection) -> None:
    """Make a child ready: it ends with its parent, leaves no image of its memory, and shows nothing of a crash."""
    with receiver:
        prepared = pickle.loads(receiver.recv_bytes())  # noqa: S301 - of our own making
    _held.append(prepare(prepared))
    collect_seldom()
    parent = parent_process()
    if parent is not None:
        threading.Thread(target=_follow, args=(parent,), daemon=True).start()
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    if sys.platform != "win32":
        import resource  # noqa: PLC0415 - not on Windows

        resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))


def _follow(parent: Any) -> None:
    parent.join()
    os._exit(1)


def _call(function: Callable[..., T], arguments: tuple[Any, ...]) -> T:
    try:
        return function(_held[0], *arguments)
    except Exception as trouble:
        _require_portable(trouble)
        raise
    finally:
        _give_back_now_and_then()


def _give_back_now_and_then() -> None:
    """Give memory back after a second's work: looking for it takes a twentieth of one, longer than many a task."""
    global _given_back  # noqa: PLW0603 - of a child, which works on one task at a time
    worked = time.process_time()
    if worked - _given_back >= _WORTH_GIVING_BACK:
        give_back()
        _given_back = time.process_time()


def _require_portable(trouble: Exception) -> None:
    """Raise RuntimeError for an error that another process cannot be told of as it is."""
    try:
        pickle.loads(pickle.dumps(trouble))  # noqa: S301 - of our own making
    except Exception:  # noqa: BLE001 - whatever hinders it
        raise RuntimeError(f"{type(trouble).__name__}: {trouble}") from None


def _apply(_prepared: object, function: Callable[[Any], T], task: Any) -> T:
    return function(task)
