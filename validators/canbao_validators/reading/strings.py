"""The shared strings of a workbook: the plain ones by vector, the others, or all where nothing is sure, by expat."""

from __future__ import annotations

import io
from functools import cached_property
from typing import IO, TYPE_CHECKING, cast

import polars as pl

from canbao_validators.reading.inflate import UnsureError, inflate_part, is_utf8
from canbao_validators.reading.unreadable import UnreadableFile
from canbao_validators.reading.xml import MAIN, feed, main_tags, make_parser, unescape

if TYPE_CHECKING:
    from collections.abc import Sequence

    from canbao_validators.reading.package import Package

MAX_FAST_BYTES = 1 << 28
MAX_STRANGE = 50_000
_MOST_LISTED = 20_000
_TAGS = main_tags("si", "t", "rPh")
_PLAIN = ("<si><t>", '<si><t xml:space="preserve">')
_PLAIN_END = "</t>"
_END = b"</si>"
_MARKS = ("<", "&", "\r", "_x")  # what may stand for something else
_NO_XML = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x{fffe}\x{ffff}]"


class SharedStrings:
    """The strings of the part named ``part``; none when the workbook has no such part."""

    def __init__(self, package: Package, part: str, fast_from: int = 0) -> None:
        self._package = package
        self._part = part
        self._fast_from = fast_from

    @cached_property
    def series(self) -> pl.Series:
        """The strings in their order. Raises UnreadableFile when the part is damaged."""
        if self._part not in self._package:
            return pl.Series([], dtype=pl.String)
        entry = self._package.entry(self._part)
        if self._fast_from <= entry.file_size <= MAX_FAST_BYTES:
            try:
                return read_fast(b"".join(inflate_part(self._package.source, entry)))
            except UnsureError:
                pass
        with self._package.open(self._part) as stream:
            return pl.Series(read_slow(stream), dtype=pl.String)

    @cached_property
    def texts(self) -> Sequence[str]:
        """The same for who asks for them one by one; so many that a list costs more than all that is asked stay."""
        return self.series.to_list() if len(self.series) <= _MOST_LISTED else cast("Sequence[str]", self.series)


def read_fast(content: bytes) -> pl.Series:
    """Return the strings of a part. Raises UnsureError when its form is unusual."""
    start, end = content.find(b"<si>"), content.rfind(_END) + len(_END)
    if start < 0 or end < start or any(content.find(mark, start, end) >= 0 for mark in (b"<!", b"<?")):
        raise UnsureError
    _check_frame(content[:start] + b"<here/>" + content[end:])
    pieces = content[start : end - len(_END)].split(_END)
    try:
        texts = pl.Series(pieces, dtype=pl.Binary).cast(pl.String)
    except pl.exceptions.PolarsError as error:
        raise UnsureError from error
    if texts.str.contains(_NO_XML).any():
        raise UnsureError
    plain = _inner(texts)
    strange = plain.is_null().arg_true()
    if len(strange) > MAX_STRANGE:
        raise UnsureError
    if len(strange):
        plain = plain.scatter(strange, _read_strange([pieces[place] for place in strange]))
    return plain


def _inner(texts: pl.Series) -> pl.Series:
    """Return what stands in plain strings, null for others."""
    text, inner = pl.col("text"), pl.col("inner")
    unwrapped = pl.when(text.str.ends_with(_PLAIN_END)).then(
        pl.coalesce(pl.when(text.str.starts_with(form)).then(text.str.strip_prefix(form)) for form in _PLAIN)
    )
    special = pl.any_horizontal(inner.str.contains(mark, literal=True) for mark in _MARKS)
    frame = pl.DataFrame({"text": texts}).select(inner=unwrapped.str.strip_suffix(_PLAIN_END))
    return frame.select(inner=pl.when(~special).then(inner))["inner"]


def _read_strange(pieces: list[bytes]) -> list[str]:
    """Read strings of other forms, each without its end tag."""
    body = b"".join(piece + _END for piece in pieces)
    try:
        found = read_slow(io.BytesIO(b'<sst xmlns="%b">%b</sst>' % (MAIN[0].encode(), body)))
    except UnreadableFile as error:
        raise UnsureError from error
    if len(found) != len(pieces) or not all(piece.startswith(b"<si>") for piece in pieces):
        raise UnsureError
    return found


def _check_frame(frame: bytes) -> None:
    """Make sure that the strings, now ``<here/>``, are all that the root element holds, and that the part is UTF-8."""
    names: list[str] = []
    parser = make_parser()
    parser.StartElementHandler = lambda name, _attributes: names.append(name)
    try:
        feed(parser, io.BytesIO(frame))
    except UnreadableFile as error:
        raise UnsureError from error
    if names not in [[f"{namespace} sst", f"{namespace} here"] for namespace in MAIN] or not is_utf8(frame):
        raise UnsureError


def read_slow(stream: IO[bytes]) -> list[str]:
    """Return the shared strings: runs of rich text joined, phonetic readings left out, escapes decoded."""
    strings: list[str] = []
    runs: list[str] = []
    parts: list[str] = []
    phonetic = False

    def start(tag: str, _attributes: dict[str, str]) -> None:
        nonlocal phonetic
        parts.clear()
        if _TAGS.get(tag) == "rPh":
            phonetic = True

    def end(tag: str) -> None:
        nonlocal phonetic
        match _TAGS.get(tag):
            case "t" if not phonetic:
                runs.append("".join(parts))
                parts.clear()
            case "si":
                strings.append(unescape("".join(runs)))
                runs.clear()
            case "rPh":
                phonetic = False

    parser = make_parser()
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = parts.append
    feed(parser, stream)
    return strings
