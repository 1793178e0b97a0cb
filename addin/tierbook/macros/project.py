"""A VBA project: source only, so that Excel compiles it when it opens the book.

Source: [MS-OVBA] 2.2 (storages and streams) and 2.3. Nothing here depends on the day or the machine.
"""

from __future__ import annotations

import struct
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from .compound import compound_file
from .compress import compress
from .source import Kind, Module, refuse_unfit

CODE_PAGE = 1252
"""Sources are ASCII, so that any code page reads them alike."""
ONLY_SOURCE = bytes.fromhex("cc61ffff000100")
"""`_VBA_PROJECT` without a cache of compiled code: version 0xFFFF, which every host compiles anew. 2.3.4.1"""
_SPACE = uuid.UUID("6c6f5e0a-5d3e-5b0f-9d0c-7469657262ff")
_LINE: dict[Kind, str] = {"standard": "Module={}", "class": "Class={}"}
_DOCUMENT = "Document={}/&H00000000"
_WIN64, _ENGLISH = 3, 0x0409
_EDITOR = "&H00000001={3832D640-CF90-11CF-8E43-00A0C911005A};VBE;&H00000000"


@dataclass(frozen=True)
class Reference:
    """A type library the project names. VBA and Excel themselves need no mention."""

    name: str
    library: str


REFERENCES = (
    Reference(
        "stdole",
        r"*\G{00020430-0000-0000-C000-000000000046}#2.0#0#C:\Windows\System32\stdole2.tlb#OLE Automation",
    ),
    Reference(
        "Office",
        r"*\G{2DF8D04C-5BFA-101B-BDE5-00AA0044DE52}#2.0#0#C:\Program Files\Common Files\Microsoft Shared"
        r"\OFFICE16\MSO.DLL#Microsoft Office 16.0 Object Library",
    ),
)


def vba_project(modules: Sequence[Module], name: str = "VBAProject") -> bytes:
    """The bytes of vbaProject.bin; equal arguments give equal bytes on every machine.

    Args:
        modules: in the order the editor lists them; the one of kind `workbook` and one `sheet` for each sheet
            must bear the code names of the book they go into.
        name: of the project.

    Raises:
        MacroError, SeveralErrors: names that clash or text that VBA cannot take.
    """
    refuse_unfit(modules, name)
    storage = {one.name: compress(one.source().encode("ascii")) for one in modules}
    storage["_VBA_PROJECT"] = ONLY_SOURCE
    storage["dir"] = compress(_dir(modules, name))
    return compound_file({"VBA": storage, "PROJECT": _project(modules, name), "PROJECTwm": _names(modules)})


def _dir(modules: Sequence[Module], name: str) -> bytes:
    """What the project consists of. 2.3.4.2"""
    return b"".join([
        _information(name),
        *map(_reference, REFERENCES),
        _record(0x0F, struct.pack("<H", len(modules))),
        _record(0x13, b"\xff\xff"),
        *map(_module, modules),
        _record(0x10, b""),
    ])  # fmt: skip


def _information(name: str) -> bytes:
    """2.3.4.2.1"""
    return b"".join([
        _record(0x01, struct.pack("<I", _WIN64)),
        _record(0x02, struct.pack("<I", _ENGLISH)),
        _record(0x14, struct.pack("<I", _ENGLISH)),
        _record(0x03, struct.pack("<H", CODE_PAGE)),
        _record(0x04, name.encode("ascii")),
        _twice(0x05, 0x40, ""),
        _twice(0x06, 0x3D, ""),
        _record(0x07, bytes(4)),
        _record(0x08, bytes(4)),
        struct.pack("<HIIH", 0x09, 4, 1, 1),  # the version: its length does not count its second half
        _twice(0x0C, 0x3C, ""),
    ])  # fmt: skip


def _reference(one: Reference) -> bytes:
    """A registered library. 2.3.4.2.2.5"""
    library = one.library.encode("ascii")
    return _twice(0x16, 0x3E, one.name) + _record(0x0D, struct.pack("<I", len(library)) + library + bytes(6))


def _module(one: Module) -> bytes:
    """2.3.4.2.3.2"""
    return b"".join([
        _twice(0x19, 0x47, one.name),
        _twice(0x1A, 0x32, one.name),
        _twice(0x1C, 0x48, ""),
        _record(0x31, bytes(4)),  # the source begins at once, no compiled code before it
        _record(0x1E, bytes(4)),
        _record(0x2C, b"\xff\xff"),
        _record(0x21 if one.kind == "standard" else 0x22, b""),
        _record(0x2B, b""),
    ])  # fmt: skip


def _record(number: int, content: bytes) -> bytes:
    return struct.pack("<HI", number, len(content)) + content


def _twice(number: int, wide: int, text: str) -> bytes:
    """A text in the code page, then in UTF-16."""
    return _record(number, text.encode("ascii")) + _record(wide, text.encode("utf-16-le"))


def _project(modules: Sequence[Module], name: str) -> bytes:
    """The PROJECT stream: readable lines about the modules, open to everybody. 2.3.1"""
    number = "{" + str(uuid.uuid5(_SPACE, "\n".join([name, *(one.name for one in modules)]))).upper() + "}"
    lines = [
        f'ID="{number}"',
        *(_LINE.get(one.kind, _DOCUMENT).format(one.name) for one in modules),
        f'Name="{name}"',
        'HelpContextID="0"',
        'VersionCompatible32="393222000"',
        f'CMG="{veiled(number, bytes(4), seed=0x5C)}"',
        f'DPB="{veiled(number, bytes(1), seed=0x3A)}"',
        f'GC="{veiled(number, bytes([0xFF]), seed=0x18)}"',
        "",
        "[Host Extender Info]",
        _EDITOR,
        "",
        "[Workspace]",
        *(f"{one.name}=0, 0, 0, 0, C" for one in modules),
    ]
    return "".join(line + "\r\n" for line in lines).encode("ascii")


def veiled(project_id: str, data: bytes, *, seed: int) -> str:
    """Protection, password and visibility as the PROJECT stream spells them.

    Here: nobody protected it (CMG), it has no password (DPB), it is visible (GC).

    Source: [MS-OVBA] 2.4.3.2, with a fixed seed instead of a random one.
    """
    version, key = 2, sum(project_id.encode("ascii")) & 0xFF
    out = [seed, seed ^ version, seed ^ key]
    plain, last, last_but_one = key, seed ^ key, seed ^ version
    ignored = bytes([7] * ((seed & 6) // 2))
    for byte in ignored + struct.pack("<I", len(data)) + data:
        covered = byte ^ ((last_but_one + plain) & 0xFF)
        out.append(covered)
        plain, last_but_one, last = byte, last, covered
    return bytes(out).hex().upper()


def _names(modules: Sequence[Module]) -> bytes:
    """The PROJECTwm stream: each name in the code page and in UTF-16. 2.3.3"""
    pairs = (one.name.encode("ascii") + b"\0" + one.name.encode("utf-16-le") + b"\0\0" for one in modules)
    return b"".join(pairs) + b"\0\0"
