"""Runs on the Windows of the tests, in the packed Python: starts a program as Explorer does, and answers its boxes.

    python person.py <answers> <command line>

Each box is read and answered by the next of the answers, ``ok``, ``yes``, ``no``, ``cancel`` with a comma between; the
last one answers all further boxes. ``type:<text>`` types into the first field and presses OK, ``pick:<text>`` takes it
from a list, ``next`` goes on in a wizard, ``stop`` cancels a box with a bar, which is only looked at otherwise. Printed
as JSON: the exit status of the program, and of each box its title, its texts and the answer. A program that stays open
is ended.
"""

from __future__ import annotations

import ctypes
import json
import subprocess
import sys
import time
from ctypes import wintypes

user32 = ctypes.windll.user32  # type: ignore[attr-defined]
user32.SendMessageW.argtypes = (wintypes.HWND, wintypes.UINT, ctypes.c_void_p, ctypes.c_void_p)
user32.PostMessageW.argtypes = (wintypes.HWND, wintypes.UINT, ctypes.c_void_p, ctypes.c_void_p)
VISIT = ctypes.WINFUNCTYPE(wintypes.BOOL, wintypes.HWND, ctypes.c_void_p)  # type: ignore[attr-defined]
SET_TEXT, GET_TEXT, COMMAND = 0x000C, 0x000D, 0x0111
FIND_EXACTLY, CHOOSE, FROM_THE_FIRST = 0x01A2, 0x0186, -1
BUTTONS = {"ok": 1, "cancel": 2, "retry": 4, "yes": 6, "no": 7}
BUTTON_OF = {"stop": "cancel", "next": "ok"}
SECONDS, SETTLED = 480, 0.4


def text_of(window: int, most: int = 8000) -> str:
    """The text of a window or a field, of another program, too."""
    buffer = ctypes.create_unicode_buffer(most)
    user32.SendMessageW(window, GET_TEXT, most, ctypes.addressof(buffer))
    return buffer.value


def kind_of(window: int) -> str:
    """The class of a window."""
    buffer = ctypes.create_unicode_buffer(200)
    user32.GetClassNameW(window, buffer, 200)
    return buffer.value


def dialogs() -> list[int]:
    """The dialogs that are to be seen and may be pressed."""
    found: list[int] = []

    @VISIT
    def visit(window: int, _: object) -> bool:
        if user32.IsWindowVisible(window) and user32.IsWindowEnabled(window) and kind_of(window) == "#32770":
            found.append(window)
        return True

    user32.EnumWindows(visit, None)
    return found


def parts(window: int) -> list[int]:
    """The controls of a window, and theirs."""
    found: list[int] = []

    @VISIT
    def visit(control: int, _: object) -> bool:
        found.append(control)
        return True

    user32.EnumChildWindows(window, visit, None)
    return found


def is_bar(box: int) -> bool:
    """Whether a box shows how far something is."""
    return any(kind_of(control).startswith("msctls_progress") for control in parts(box))


def read(box: int, word: str) -> dict[str, object]:
    """What a box says, and how it is answered."""
    texts = [text_of(control) for control in parts(box) if kind_of(control).casefold() in {"static", "richedit20w"}]
    return {"title": text_of(box), "text": "\n".join(filter(None, texts)), "answer": word}


def press(box: int, word: str) -> None:
    """Press what the word says."""
    if word.startswith("type:"):
        text = ctypes.create_unicode_buffer(word.removeprefix("type:"))
        for field in [control for control in parts(box) if kind_of(control).casefold() == "edit"][:1]:
            user32.SendMessageW(field, SET_TEXT, 0, ctypes.addressof(text))
    if word.startswith("pick:"):
        text = ctypes.create_unicode_buffer(word.removeprefix("pick:"))
        for listed in [control for control in parts(box) if kind_of(control).casefold() == "listbox"][:1]:
            place = user32.SendMessageW(listed, FIND_EXACTLY, FROM_THE_FIRST, ctypes.addressof(text))
            user32.SendMessageW(listed, CHOOSE, place, 0)
    pressed = BUTTONS.get(word, BUTTONS["ok"])
    if pressed == BUTTONS["ok"] and not user32.GetDlgItem(box, pressed):
        pressed = BUTTONS["cancel"]  # a lone button has this number
    user32.PostMessageW(box, COMMAND, pressed, user32.GetDlgItem(box, pressed))


class Person:
    """Answers boxes in turn."""

    def __init__(self, words: list[str]) -> None:
        self.words = words
        self.boxes: list[dict[str, object]] = []
        self._seen: set[int] = set()

    def look(self) -> None:
        """Answer what is new on the screen."""
        there = dialogs()
        self._seen &= set(there)
        for box in there:
            if box not in self._seen and box in dialogs():
                self._meet(box)

    def _meet(self, box: int) -> None:
        time.sleep(SETTLED)  # its texts come after it
        if is_bar(box) and self.words[0] not in {"stop", "next"}:
            self._seen.add(box)
            self.boxes.append(read(box, ""))
            return
        word = self.words.pop(0) if len(self.words) > 1 else self.words[0]
        self.boxes.append(read(box, word))
        press(box, BUTTON_OF.get(word, word))
        if word != "next":  # a wizard shows its next page in the same window
            self._seen.add(box)


def main() -> None:
    """Start the program and stay until it has ended."""
    person = Person(sys.argv[1].split(","))
    program = subprocess.Popen(sys.argv[2])  # a whole command line, as Explorer has it
    deadline = time.monotonic() + SECONDS
    while program.poll() is None and time.monotonic() < deadline:
        person.look()
        time.sleep(0.1)
    if program.poll() is None:
        person.boxes += [read(box, "stays open") for box in dialogs()]
        program.kill()
    said = {"status": program.wait(), "boxes": person.boxes}
    sys.stdout.buffer.write(json.dumps(said).encode("ascii") + b"\n")


main()
