"""A donor's sheet on its way into a book: rows cut anywhere, formats renumbered, texts carried inside."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tierbook.workbook.donor_sheet import Identity, _CellsOf, adapted_sheet, shared_strings
from tierbook.workbook.opc import Package
from tierbook.workbook.styles import StyleMap


def test_a_sheet_is_adapted_the_same_however_its_rows_are_cut(
    donor_of: Callable[..., bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    donor = Package(donor_of([("a", 1), ("b&c", 2)] * 40))
    part = "xl/worksheets/sheet1.xml"
    styles = StyleMap([index + 7 for index in range(20)], [index + 3 for index in range(20)])

    def adapted() -> bytes:
        return b"".join(adapted_sheet(donor, part, styles, shared_strings(donor), Identity()).chunks())

    whole, data = adapted(), donor.read(part)
    for size in (1, 7, 100):

        def cut(_: str, size: int = size) -> Iterator[bytes]:
            return (data[at : at + size] for at in range(0, len(data), size))

        monkeypatch.setattr(donor, "chunks", cut)
        assert adapted() == whole
    assert b's="9"' in whole


def test_rows_whose_cells_all_have_formats_are_rewritten_like_others() -> None:
    """The quick way and the careful way agree, also where a text looks like a cell."""
    cells = _CellsOf("sheet", StyleMap([0, 41, 42], []), [])
    styled = b'<row r="1"><c r="A1" s="1" t="inlineStr"><is><t>r="A1" s="1"</t></is></c><c r="B1" s="2"/></row>'
    expected = styled.replace(b'<c r="A1" s="1"', b'<c r="A1" s="41"').replace(b'<c r="B1" s="2"', b'<c r="B1" s="42"')
    assert cells.adapted(styled) == expected
    bare = b'<row r="2"><c r="A2"><v>1</v></c></row>'
    assert cells.adapted(styled + bare) == expected + bare
