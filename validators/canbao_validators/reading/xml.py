"""Expat with the guards on: no document types, no entities, damage told as UnreadableFile."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING
from xml.parsers import expat

from canbao_validators.reading.unreadable import UnreadableFile

if TYPE_CHECKING:
    from typing import IO

CHUNK_BYTES = 1 << 18
BUFFER_BYTES = 1 << 16
MAIN = (
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://purl.oclc.org/ooxml/spreadsheetml/main",  # ISO 29500 strict
)
_ESCAPE = re.compile("_x([0-9A-Fa-f]{4})_")


def make_parser(encoding: str | None = None) -> expat.XMLParserType:
    """Return a parser that expands namespaces (``"uri local"``) and refuses a document type declaration.

    ``encoding`` counts instead of the one that the file states.
    """
    parser = expat.ParserCreate(encoding, namespace_separator=" ")
    parser.buffer_size = BUFFER_BYTES
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse_doctype
    return parser


def feed(parser: expat.XMLParserType, stream: IO[bytes]) -> None:
    """Parse a stream to its end. Raises UnreadableFile when it is not well-formed."""
    try:
        while chunk := stream.read(CHUNK_BYTES):
            parser.Parse(chunk, False)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise UnreadableFile("V39.damaged") from error


def main_tags(*names: str) -> dict[str, str]:
    """Return a lookup from expanded element names of both spreadsheet namespaces to their local names."""
    return {f"{namespace} {name}": name for namespace in MAIN for name in names}


@lru_cache(maxsize=256)  # asked for every element, of which there are some dozen kinds
def local_name(expanded: str) -> str:
    """Return the name without its namespace."""
    return expanded.rpartition(" ")[2]


def unescape(text: str) -> str:
    """Return text with ``_x000D_``-style escapes decoded; half a surrogate pair becomes U+FFFD."""
    if "_x" not in text:
        return text
    decoded = _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)
    return decoded.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _refuse_doctype(*_: object) -> None:
    raise UnreadableFile("V39.suspect", what="DOCTYPE")
