"""The streams of a VBA project: [MS-OVBA] 2.2 and 2.3."""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass
from enum import Enum

from canbao_generator.vba.cfb import build_cfb
from canbao_generator.vba.compression import compress

_NO_CACHE = struct.pack("<HHBH", 0x61CC, 0xFFFF, 0, 0)  # 2.3.4.1 _VBA_PROJECT: no performance cache
_LCID = 0x409  # 2.3.4.2.1.3: the only value there is
_WIN64 = 3  # 2.3.4.2.1.1 SysKind
_NO_COOKIE = struct.pack("<H", 0xFFFF)  # 2.3.4.2.3.1
_SEED = 0x41  # 2.4.3.2: any byte; one and the same keeps the bytes the same
_VERSION = (1, 0)
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,30}")
# 2.3.4.2.2.5: the two type libraries that every Excel project refers to.
_STDOLE = r"*\G{00020430-0000-0000-C000-000000000046}#2.0#0#C:\Windows\System32\stdole2.tlb#OLE Automation"
_OFFICE = (
    r"*\G{2DF8D04C-5BFA-101B-BDE5-00AA0044DE52}#2.0#0"
    r"#C:\Program Files\Common Files\Microsoft Shared\OFFICE16\MSO.DLL#Microsoft Office 16.0 Object Library"
)
_REFERENCES = (("stdole", _STDOLE), ("Office", _OFFICE))


class ModuleKind(Enum):
    """What a module is; the value is the class that a module of a document stands for (2.3.4.3, VB_Base)."""

    STANDARD = ""
    WORKBOOK = "0{00020819-0000-0000-C000-000000000046}"
    SHEET = "0{00020820-0000-0000-C000-000000000046}"


@dataclass(frozen=True)
class Module:
    """One module: an ASCII name of at most 31 characters and its source without the Attribute lines."""

    name: str
    kind: ModuleKind
    source: str = ""


@dataclass(frozen=True)
class VbaProject:
    """A project. ``codepage`` is the Windows code page that holds every character of the sources."""

    name: str
    guid: str
    modules: tuple[Module, ...]
    codepage: int = 1252


def build_project(project: VbaProject) -> bytes:
    """Return ``vbaProject.bin``. Raises ValueError for a bad name, UnicodeEncodeError for what the code page lacks."""
    names = [project.name, *(module.name for module in project.modules)]
    for name in names:
        if not _NAME.fullmatch(name):
            raise ValueError(f"not a name for a VBA project or module: {name!r}")
    if len({name.casefold() for name in names[1:]}) < len(project.modules):
        raise ValueError("two modules of the same name")
    encoding = f"cp{project.codepage}"
    streams = {module.name: compress(_source(module).encode(encoding)) for module in project.modules}
    streams["dir"] = compress(_dir(project))
    streams["_VBA_PROJECT"] = _NO_CACHE
    return build_cfb(
        {"VBA": dict(streams), "PROJECT": _project_text(project).encode(encoding), "PROJECTwm": _names(project)}
    )


def _source(module: Module) -> str:
    """Return the source with its Attribute lines (2.3.4.3) and lines that end as Windows has them."""
    attributes = [("VB_Name", f'"{module.name}"')]
    if module.kind is not ModuleKind.STANDARD:
        attributes += [
            ("VB_Base", f'"{module.kind.value}"'),
            ("VB_GlobalNameSpace", "False"),
            ("VB_Creatable", "False"),
            ("VB_PredeclaredId", "True"),
            ("VB_Exposed", "True"),
            ("VB_TemplateDerived", "False"),
            ("VB_Customizable", "True"),
        ]
    head = [f"Attribute {name} = {value}" for name, value in attributes]
    return "\r\n".join([*head, *module.source.splitlines()]) + "\r\n"


def _record(kind: int, data: bytes) -> bytes:
    return struct.pack("<HI", kind, len(data)) + data


def _text(kind: int, unicode_kind: int, text: str, encoding: str) -> bytes:
    """Return a text twice, in the code page and in UTF-16, as most records have it."""
    return _record(kind, text.encode(encoding)) + _record(unicode_kind, text.encode("utf-16-le"))


def _dir(project: VbaProject) -> bytes:
    """Return the ``dir`` stream before compression: 2.3.4.2."""
    encoding = f"cp{project.codepage}"
    parts = [_information(project, encoding)]
    for name, library in _REFERENCES:
        libid = library.encode(encoding)
        parts += [
            _text(0x16, 0x3E, name, encoding),  # 2.3.4.2.2.2 REFERENCENAME
            _record(0x0D, struct.pack("<I", len(libid)) + libid + bytes(6)),  # 2.3.4.2.2.5 REFERENCEREGISTERED
        ]
    parts += [_record(0x0F, struct.pack("<H", len(project.modules))), _record(0x13, _NO_COOKIE)]  # 2.3.4.2.3
    parts += [_module_records(module, encoding) for module in project.modules]
    return b"".join(parts) + _record(0x10, b"")


def _information(project: VbaProject, encoding: str) -> bytes:
    """Return the PROJECTINFORMATION records: 2.3.4.2.1."""
    return b"".join(
        [
            _record(0x01, struct.pack("<I", _WIN64)),
            _record(0x02, struct.pack("<I", _LCID)),
            _record(0x14, struct.pack("<I", _LCID)),
            _record(0x03, struct.pack("<H", project.codepage)),
            _record(0x04, project.name.encode(encoding)),
            _text(0x05, 0x40, "", encoding),  # description
            _text(0x06, 0x3D, "", encoding),  # help file
            _record(0x07, bytes(4)),  # help context
            _record(0x08, bytes(4)),  # library flags
            struct.pack("<HIIH", 0x09, 4, *_VERSION),  # its size does not count the minor number: 2.3.4.2.1.10
            _text(0x0C, 0x3C, "", encoding),  # constants
        ]
    )


def _module_records(module: Module, encoding: str) -> bytes:
    """Return the MODULE records: 2.3.4.2.3.2."""
    procedural = module.kind is ModuleKind.STANDARD
    return b"".join(
        [
            _text(0x19, 0x47, module.name, encoding),
            _text(0x1A, 0x32, module.name, encoding),  # its stream
            _text(0x1C, 0x48, "", encoding),  # description
            _record(0x31, bytes(4)),  # the source begins with the stream: no cache before it
            _record(0x1E, bytes(4)),  # help context
            _record(0x2C, _NO_COOKIE),
            _record(0x21 if procedural else 0x22, b""),
            _record(0x2B, b""),
        ]
    )


def _project_text(project: VbaProject) -> str:
    """Return the PROJECT stream: 2.3.1."""
    lines = [f'ID="{project.guid}"']
    for module in project.modules:
        standard = module.kind is ModuleKind.STANDARD
        lines.append(f"Module={module.name}" if standard else f"Document={module.name}/&H00000000")
    lines += [
        f'Name="{project.name}"',
        'HelpContextID="0"',
        'VersionCompatible32="393222000"',
        f'CMG="{encrypt(project.guid, bytes(4))}"',  # 2.3.1.15: not protected
        f'DPB="{encrypt(project.guid, bytes(1))}"',  # 2.3.1.16: no password
        f'GC="{encrypt(project.guid, bytes([0xFF]))}"',  # 2.3.1.17: visible
        "",
        "[Host Extender Info]",
        "&H00000001={3832D640-CF90-11CF-8E43-00A0C911005A};VBE;&H00000000",
        "",
        "[Workspace]",
        *(f"{module.name}=0, 0, 0, 0, C" for module in project.modules),
    ]
    return "\r\n".join(lines) + "\r\n"


def encrypt(guid: str, data: bytes) -> str:
    """Return data as the PROJECT stream hides it, in hexadecimal: 2.4.3.2. It is no secret."""
    key = sum(guid.encode("ascii")) & 0xFF
    out = [_SEED, _SEED ^ 2, _SEED ^ key]
    plain = key
    for byte in bytes([7] * ((_SEED & 6) // 2)) + struct.pack("<I", len(data)) + data:
        out.append(byte ^ ((out[-2] + plain) & 0xFF))
        plain = byte
    return bytes(out).hex().upper()


def _names(project: VbaProject) -> bytes:
    """Return the PROJECTwm stream, module names in the code page and in UTF-16: 2.3.3."""
    encoding = f"cp{project.codepage}"
    pairs = (
        module.name.encode(encoding) + b"\0" + module.name.encode("utf-16-le") + b"\0\0" for module in project.modules
    )
    return b"".join(pairs) + b"\0\0"
