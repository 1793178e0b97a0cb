"""A donor's sheet on its way into a book: rows cut anywhere, formats renumbered, texts carried inside."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable, Iterator

import pytest

from tierbook.workbook.ours.donor_sheet import Identity, _CellsOf, adapted_sheet, shared_strings
from tierbook.workbook.ours.styles import StyleMap
from tierbook.workbook.package.opc import Package


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


def test_few_formats_and_titles_among_many_cells_are_rewritten_like_cell_by_cell() -> None:
    cells = _CellsOf("sheet", StyleMap([0, 41, 42], []), [b"<t>Id</t>", b"<t>Day</t>"])
    titles = b'<row r="1"><c r="A1" s="2" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row>'
    for text in (
        b"plain",
        b'a" s="1',
        b'b t="s"><v>0</v>'.replace(b"<", b"&lt;"),
        b'<c r="A1" s="1'.replace(b"<", b"&lt;"),
    ):
        rows = (
            b'<row r="2"><c r="A2" t="inlineStr"><is><t>%b</t></is></c><c r="XFD1048576" s="1"><v>5</v></c></row>'
            % text
        )
        assert cells.adapted(titles + rows + rows) == cells._rewritten_all(titles + rows + rows)
    assert b'<c r="XFD1048576" s="41"><v>5</v>' in cells.adapted(titles + rows)


def test_a_sheet_ten_times_as_long_takes_no_more_memory(
    donor_of: Callable[..., bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    donor = Package(donor_of())
    part = "xl/worksheets/sheet1.xml"
    head, _, rest = donor.read(part).partition(b"<sheetData>")
    tail = rest.partition(b"</sheetData>")[2]
    rows = b"".join(b'<row r="%d"><c r="A%d" s="1"><v>%d</v></c></row>' % (row, row, row) for row in range(1, 2_000))
    styles, strings = StyleMap(list(range(20)), list(range(20))), shared_strings(donor)

    def peak(times: int) -> int:
        pieces = [head + b"<sheetData>", *[rows] * times, b"</sheetData>" + tail]
        monkeypatch.setattr(donor, "chunks", lambda _: iter(pieces))
        tracemalloc.start()
        try:
            made = adapted_sheet(donor, part, styles, strings, Identity())
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
            assert made.size > times * len(rows)

    assert peak(20) < 2 * peak(2)
