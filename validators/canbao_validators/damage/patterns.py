"""A formula as the bytes of its text in any row: the texts of a column are compared with it by vector."""

from __future__ import annotations

import html
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Self

import numpy as np

from canbao_validators.damage.formulas import relative_form, row_pieces

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from canbao_validators.reading.slabs import Slab

_NONE: dict[str, str] = {}
_QUOTES = {'"': "&quot;"}
_ALL_QUOTES = {'"': "&quot;", "'": "&apos;"}
_ENCODINGS = (("utf-8", "strict"), ("ascii", "xmlcharrefreplace"))  # the latter is how Python's own library writes
_MOST_BYTES = 1 << 22  # of texts laid side by side at a time
_ZERO = ord("0")


@dataclass(frozen=True, slots=True)
class TextSpans:
    """Texts of one column in a slab: where they begin, how long they are, in which rows, of how many digits."""

    starts: NDArray[np.int64]
    lengths: NDArray[np.int64]
    rows: NDArray[np.int64]
    digits: NDArray[np.int64]

    def take(self, places: NDArray[np.int64]) -> TextSpans:
        """Return some of them."""
        return TextSpans(self.starts[places], self.lengths[places], self.rows[places], self.digits[places])


@dataclass(frozen=True, slots=True)
class Pattern:
    """``form`` is the formula in relative form; joined by a row's number, ``pieces`` are its text there, as stored."""

    form: str
    pieces: tuple[bytes, ...]

    @classmethod
    def learn(cls, stored: bytes, row: int, column: int) -> Self:
        """Return the pattern of one formula; of one that is escaped in an unusual way it fits that text alone."""
        text = html.unescape(stored.decode()).strip()
        form, pieces = relative_form(text, row, column), row_pieces(text, row)
        number = str(row).encode()
        for entities, (encoding, errors) in product((_NONE, _QUOTES, _ALL_QUOTES), _ENCODINGS):
            parts = [_escape(piece, entities).encode(encoding, errors) for piece in pieces]
            if number.join(parts) == stored:
                return cls(form, tuple(parts))
        return cls(form, (stored,))

    def fits(self, slab: Slab, texts: TextSpans) -> NDArray[np.bool_]:
        """Tell which texts are this formula in their own row."""
        hits = np.zeros(len(texts.starts), dtype=np.bool_)
        size, holes = sum(map(len, self.pieces)), len(self.pieces) - 1
        for digits in np.unique(texts.digits).tolist():
            length = size + holes * digits
            places = np.flatnonzero((texts.digits == digits) & (texts.lengths == length))
            step = max(1, _MOST_BYTES // max(1, length))
            for start in range(0, len(places), step):
                part = places[start : start + step]
                hits[part] = self._compare(slab, texts.starts[part], texts.rows[part], digits, length)
        return hits

    def _compare(
        self, slab: Slab, starts: NDArray[np.int64], rows: NDArray[np.int64], digits: int, length: int
    ) -> NDArray[np.bool_]:
        if length == 0:
            return np.ones(len(starts), dtype=np.bool_)
        number = b"\0" * digits
        mask = number.join(b"\xff" * len(piece) for piece in self.pieces)
        wanted = np.frombuffer(number.join(self.pieces), dtype=np.uint8)
        found = slab.windows(length)[starts].view(np.uint8).reshape(-1, length)
        fits: NDArray[np.bool_] = (found == wanted)[:, np.frombuffer(mask, dtype=np.bool_)].all(axis=1)
        powers = 10 ** np.arange(digits - 1, -1, -1)
        own = (rows[:, None] // powers % 10 + _ZERO).astype(np.uint8)
        place = 0
        for piece in self.pieces[:-1]:
            place += len(piece)
            fits &= (found[:, place : place + digits] == own).all(axis=1)
            place += digits
        return fits


def _escape(text: str, entities: Mapping[str, str]) -> str:
    """Return a text as an XML element has it; ``xml.sax.saxutils``, which does the same, loads half a web browser."""
    escaped = html.escape(text, quote=False)
    for character, entity in entities.items():
        escaped = escaped.replace(character, entity)
    return escaped
