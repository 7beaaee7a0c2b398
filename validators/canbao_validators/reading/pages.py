"""Pages that this process has read before, and what stands around rows: both are the same in many workbooks of a year.

The same bytes say the same as long as the shared strings that they name do.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING, Generic, TypeVar, overload

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

T = TypeVar("T")

MOST_BYTES = 1_000_000  # of a page: what is larger is nobody's page
_MOST_PAGES = 256  # a dozen policy years with those who fill rosters, and rosters of several lengths


@dataclass(frozen=True, slots=True)
class _Page(Generic[T]):
    """What was read of a page, and the shared strings that it named, by their places."""

    read: T
    strings: Mapping[int, str]

    def holds_with(self, shared: Sequence[str]) -> bool:
        """Tell whether the strings of a workbook are the same at these places."""
        return all(place < len(shared) and shared[place] == text for place, text in self.strings.items())


class PageMemory(Generic[T]):
    """What one reader made of pages. Who takes it must not change it: the next workbook gets the same."""

    def __init__(self) -> None:
        self._pages: OrderedDict[bytes, _Page[T]] = OrderedDict()

    def read(self, content: bytes, shared: Sequence[str], reader: Callable[[Sequence[str]], T], more: str = "") -> T:
        """Return what ``reader(shared)`` makes of a page; ``more`` is what else it hangs on.

        Raises what the reader raises, and keeps nothing then, nor of what is larger than MOST_BYTES.
        """
        if len(content) > MOST_BYTES:
            return reader(shared)
        key = blake2b(content, digest_size=16, person=more.encode()).digest()
        page = self._pages.get(key)
        if page is None or not page.holds_with(shared):
            noted = _NotedStrings(shared)
            page = self._pages[key] = _Page(reader(noted), noted.named)
        self._pages.move_to_end(key)
        while len(self._pages) > _MOST_PAGES:
            self._pages.popitem(last=False)
        return page.read


class _NotedStrings(Sequence[str]):
    """Shared strings that note which of them were asked for."""

    def __init__(self, shared: Sequence[str]) -> None:
        self._shared = shared
        self.named: dict[int, str] = {}

    @overload
    def __getitem__(self, place: int) -> str: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[str]: ...

    def __getitem__(self, place: int | slice) -> str | Sequence[str]:
        if isinstance(place, slice):
            raise TypeError("strings are asked for one by one")
        text = self.named[place] = self._shared[place]
        return text

    def __len__(self) -> int:
        return len(self._shared)
