"""The receipt of an edit: which parts changed, came, went, and how many stayed."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence

from tierbook.workbook import Part, receipt_of, replace_sheets


def tabs(parts: Sequence[Part]) -> list[str]:
    return [part.sheet for part in parts if part.sheet]


def test_the_same_bytes_have_an_empty_receipt(foreign: bytes) -> None:
    receipt = receipt_of(foreign, foreign)
    assert (receipt.changed, receipt.added, receipt.removed) == ([], [], [])
    assert receipt.kept > 20


def test_a_refresh_names_the_sheets_it_changed_and_added(foreign: bytes, donor: bytes) -> None:
    receipt = receipt_of(foreign, replace_sheets(foreign, donor, ["分层", "_tierbook"]))
    assert tabs(receipt.changed) == ["分层"]
    assert tabs(receipt.added) == ["_tierbook"]
    assert "xl/workbook.xml" in [part.name for part in receipt.changed]
    assert receipt.removed == []


def test_every_part_is_counted_once(foreign: bytes, donor: bytes, changed) -> None:
    made = changed(
        foreign, lambda name, content: None if name == "xl/notes/mine.xml" else content, {"xl/x.xml": b"<x/>"}
    )
    receipt = receipt_of(foreign, made)
    assert [part.name for part in receipt.added] == ["xl/x.xml"]
    assert [part.name for part in receipt.removed] == ["xl/notes/mine.xml"]
    assert receipt.changed == []
    assert receipt.kept == receipt_of(foreign, foreign).kept - 1


def test_a_part_packed_anew_with_the_same_content_is_kept(foreign: bytes) -> None:
    unpacked = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(foreign)) as source, zipfile.ZipFile(unpacked, "w", zipfile.ZIP_STORED) as target:
        for name in source.namelist():
            target.writestr(name, source.read(name))
    assert receipt_of(foreign, unpacked.getvalue()) == receipt_of(foreign, foreign)


def test_a_removed_sheet_is_named_as_it_was(book_of) -> None:
    receipt = receipt_of(book_of({"甲": [], "乙": [[1]]}), book_of({"甲": []}))
    assert tabs(receipt.removed) == ["乙"]
