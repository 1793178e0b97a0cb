"""What an edit did to a book, part by part, told from the two zip directories without inflating anything."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..package.opc import Package
from ..package.sheet_list import sheets
from ..package.zip_records import key_of


@dataclass(frozen=True)
class Part:
    """A part of a workbook's package. `sheet` is the tab it is, empty where it is none."""

    name: str
    sheet: str


@dataclass(frozen=True)
class Receipt:
    """The parts an edit changed, added and removed, in the order of the package, and the number it kept."""

    changed: Sequence[Part]
    added: Sequence[Part]
    removed: Sequence[Part]
    kept: int


def receipt_of(before: bytes, after: bytes) -> Receipt:
    """Compare two states of a book by the length and checksum of each part's content.

    Raises:
        WorkbookError: one of them is not a workbook we can open.
    """
    old, new = _directory(before), _directory(after)
    tabs_before, tabs_after = _tabs(before), _tabs(after)
    both = [key for key in old if key in new]
    changed = [key for key in both if old[key][1:] != new[key][1:]]
    return Receipt(
        changed=[Part(new[key][0], tabs_after.get(key, "")) for key in changed],
        added=[Part(entry[0], tabs_after.get(key, "")) for key, entry in new.items() if key not in old],
        removed=[Part(entry[0], tabs_before.get(key, "")) for key, entry in old.items() if key not in new],
        kept=len(both) - len(changed),
    )


def _directory(book: bytes) -> Mapping[str, tuple[str, int, int]]:
    """Key -> name, length and checksum of each part."""
    with zipfile.ZipFile(io.BytesIO(book)) as package:
        return {
            key_of(entry.filename): (entry.filename, entry.file_size, entry.CRC)
            for entry in package.infolist()
            if not entry.is_dir()
        }


def _tabs(book: bytes) -> Mapping[str, str]:
    return {key_of(sheet.part): sheet.name for sheet in sheets(Package(book)) if sheet.part}
