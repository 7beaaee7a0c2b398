"""The VBA project, read back by other people's readers: olefile, oletools and pyOpenVBA."""

import io
import re

import olefile
import pytest
from hypothesis import given
from hypothesis import strategies as st
from oletools.olevba import VBA_Parser, decompress_stream
from pyopenvba.cfb import CFB

from canbao_generator.vba import Module, ModuleKind, VbaProject, build_project
from canbao_generator.vba.cfb import build_cfb
from canbao_generator.vba.compression import CHUNK, IncompressibleError, compress
from canbao_generator.vba.project import encrypt

GUID = "{6B0E3D52-9C41-4F77-8D1A-5A2C7E90B6D4}"
SOURCE = "Option Explicit\n\nPublic Sub Press(control As IRibbonControl)\n    Debug.Print 1\nEnd Sub\n"
CHINESE = "Public Function 周岁(day)\n    周岁 = day\nEnd Function\n"


def project(*modules: Module, codepage: int = 936) -> bytes:
    document = Module("ThisWorkbook", ModuleKind.WORKBOOK), Module("Sheet1", ModuleKind.SHEET)
    return build_project(VbaProject("Canbao", GUID, (*document, *modules), codepage))


@given(st.binary(max_size=3 * CHUNK))
def test_any_bytes_come_back(data: bytes) -> None:
    try:
        packed = compress(data)
    except IncompressibleError:
        assert len(data) % CHUNK > CHUNK * 8 // 9 - 8  # only noise in a last chunk that is nearly full
        return
    assert bytes(decompress_stream(bytearray(packed))) == data


@given(st.text(alphabet="Sub End(0)\r\n\"'=参保", max_size=20_000))
def test_text_gets_smaller_and_comes_back(text: str) -> None:
    data = text.encode("cp936")
    packed = compress(data)
    assert bytes(decompress_stream(bytearray(packed))) == data
    assert len(packed) <= max(64, len(data))


@pytest.mark.parametrize("size", [1, 2, 3, CHUNK - 1, CHUNK, CHUNK + 1, 10 * CHUNK])
def test_runs_at_the_borders_of_chunks(size: int) -> None:
    data = b"a" * size
    assert bytes(decompress_stream(bytearray(compress(data)))) == data


def test_a_whole_chunk_of_noise_stands_raw() -> None:
    noise = bytes((index * index * 7 + index // 251) % 256 for index in range(CHUNK))
    packed = compress(noise)
    assert bytes(decompress_stream(bytearray(packed))) == noise


def read_strictly(data: bytes) -> olefile.OleFileIO:
    return olefile.OleFileIO(io.BytesIO(data), raise_defects=olefile.DEFECT_POTENTIAL)


@given(st.dictionaries(st.from_regex(r"[A-Za-z_]\w{0,20}", fullmatch=True), st.binary(max_size=9000), max_size=12))
def test_streams_of_every_size_come_back(streams: dict[str, bytes]) -> None:
    by_name = {name.upper(): (name, data) for name, data in streams.items()}  # names differ by more than case
    tree = dict(by_name.values())
    container = olefile.OleFileIO(
        io.BytesIO(build_cfb({"VBA": dict(tree), **tree})), raise_defects=olefile.DEFECT_POTENTIAL
    )
    for name, data in tree.items():
        assert container.openstream(name).read() == data
        assert container.openstream(["VBA", name]).read() == data
    assert len(container.listdir()) == 2 * len(tree)


def test_a_container_with_several_allocation_sectors() -> None:
    big = bytes(range(256)) * 4000
    data = build_cfb({"big": big, "small": b"x"})
    assert read_strictly(data).openstream("big").read() == big
    assert CFB.from_bytes(data).get_stream("small") == b"x"
    with pytest.raises(ValueError, match="more sectors"):
        build_cfb({"too big": bytes(8_000_000)})


def test_olevba_extracts_exactly_our_sources() -> None:
    data = project(Module("Buttons", ModuleKind.STANDARD, SOURCE), Module("Functions", ModuleKind.STANDARD, CHINESE))
    parser = VBA_Parser("vbaProject.bin", data=data)
    found = {name: text for _, _, name, text in parser.extract_macros()}
    assert body(found["Buttons.bas"]) == SOURCE.splitlines()
    assert body(found["Functions.bas"]) == CHINESE.splitlines()
    assert found["ThisWorkbook.cls"].splitlines()[0] == 'Attribute VB_Name = "ThisWorkbook"'
    assert not parser.detect_vba_stomping()


def body(text: str) -> list[str]:
    return [line for line in text.splitlines() if not line.startswith("Attribute ")]


def test_the_project_stream_and_its_references() -> None:
    data = project(Module("Buttons", ModuleKind.STANDARD, SOURCE))
    container = olefile.OleFileIO(io.BytesIO(data))
    text = container.openstream("PROJECT").read().decode("cp936")
    assert text.splitlines()[:4] == [f'ID="{GUID}"', "Document=ThisWorkbook/&H00000000", "Document=Sheet1/&H00000000",
                                     "Module=Buttons"]  # fmt: skip
    assert container.openstream("VBA/_VBA_PROJECT").read() == bytes.fromhex("cc61ffff000000")
    directory = bytes(decompress_stream(bytearray(container.openstream("VBA/dir").read())))
    assert re.findall(rb"\*\\G\{[^}]+\}[^#]*#[^#]*#[^#]*#[^#]*#([^\0]+)", directory) == [
        b"OLE Automation", b"Microsoft Office 16.0 Object Library",
    ]  # fmt: skip


@pytest.mark.parametrize("plain", [b"\0\0\0\0", b"\0", b"\xff"])
def test_what_the_project_stream_hides_can_be_read_back(plain: bytes) -> None:
    assert decrypt(bytes.fromhex(encrypt(GUID, plain))) == plain


def decrypt(data: bytes) -> bytes:
    """[MS-OVBA] 2.4.3.3, written from the specification on its own."""
    seed, version, key = data[0], data[0] ^ data[1], data[0] ^ data[2]
    assert version == 2
    assert key == sum(GUID.encode()) & 0xFF
    unencrypted, previous, before = key, data[2], data[1]
    plain = bytearray()
    for byte in data[3:]:
        value = byte ^ ((before + unencrypted) & 0xFF)
        before, previous, unencrypted = previous, byte, value
        plain.append(value)
    ignored = (seed & 6) // 2
    size = int.from_bytes(plain[ignored : ignored + 4], "little")
    assert len(plain) == ignored + 4 + size
    return bytes(plain[ignored + 4 :])


def test_names_and_characters_that_vba_cannot_have() -> None:
    with pytest.raises(ValueError, match="not a name"):
        project(Module("参保", ModuleKind.STANDARD, SOURCE))
    with pytest.raises(ValueError, match="same name"):
        project(Module("One", ModuleKind.STANDARD), Module("one", ModuleKind.STANDARD))
    with pytest.raises(UnicodeEncodeError):
        project(Module("Functions", ModuleKind.STANDARD, CHINESE), codepage=1252)
