"""Deflating and inflating: the same content whichever library packs, in pieces, and never trusted."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tierbook.workbook.package import deflate
from tierbook.workbook.package.deflate import CHUNK, Damaged, Packed, crc32, inflated, packed
from tierbook.workbook.package.zip_records import Records, zipped

CELLS = b"".join(b'<c r="A%d" s="4"><v>%d</v></c>' % (row, row * 7919 % 1000) for row in range(200_000))


@pytest.fixture(params=["igzip", "zlib"], autouse=True)
def _packer(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "zlib":
        monkeypatch.setattr(deflate, "_fast", None)
    else:
        pytest.importorskip("isal", reason="isal is not installed")


def both_ways(content: bytes) -> Iterator[bytes]:
    yield b"".join(inflated(memoryview(packed([content]).data)))
    yield zlib.decompress(packed([content]).data, -15)
    deflater = zlib.compressobj(9, zlib.DEFLATED, -15)
    yield b"".join(inflated(memoryview(deflater.compress(content) + deflater.flush())))


@given(st.lists(st.binary(max_size=50)))
def test_content_in_pieces_comes_back_whole(pieces: list[bytes]) -> None:
    found = packed(pieces)
    content = b"".join(pieces)
    assert b"".join(found.chunks()) == content
    assert (found.size, found.crc) == (len(content), zlib.crc32(content))


@pytest.mark.parametrize("content", [b"", b"x", bytes(CHUNK), bytes(3 * CHUNK), bytes(3 * CHUNK + 1), CELLS])
def test_what_one_library_packs_the_other_opens(content: bytes) -> None:
    assert all(found == content for found in both_ways(content))


def test_a_long_sheet_comes_out_in_pieces_of_a_megabyte() -> None:
    sizes = [len(piece) for piece in packed([CELLS]).chunks()]
    assert sum(sizes) == len(CELLS)
    assert max(sizes) <= CHUNK


def test_how_content_was_cut_does_not_change_what_it_is() -> None:
    whole, cut = packed([CELLS]), packed([CELLS[:777], CELLS[777:]])
    assert (whole.size, whole.crc) == (cut.size, cut.crc)
    assert b"".join(cut.chunks()) == CELLS


def test_bytes_that_are_no_stream_are_refused() -> None:
    with pytest.raises(Damaged):
        b"".join(inflated(memoryview(b"\xff" * 40)))


def test_a_stream_cut_short_gives_less() -> None:
    data = packed([CELLS]).data
    assert len(b"".join(inflated(memoryview(data[: len(data) // 2])))) < len(CELLS)


@given(st.binary(), st.integers(min_value=0, max_value=2**32 - 1))
def test_checksums_are_those_of_zips(data: bytes, start: int) -> None:
    assert crc32(data, start) == zlib.crc32(data, start)


def test_a_zip_made_twice_is_the_same_and_knows_its_content() -> None:
    book = zipped([("a.xml", [CELLS[:10], CELLS[10:]]), ("中文.xml", [])])
    assert book == zipped([("a.xml", [CELLS[:10], CELLS[10:]]), ("中文.xml", [])])
    records = Records(book)
    assert records.names() == ["a.xml", "中文.xml"]
    assert records.holds("a.xml", packed([CELLS]))
    assert records.holds("a.xml", CELLS)
    other = packed([CELLS[::-1]])
    assert not records.holds("a.xml", Packed(other.data, other.size, packed([CELLS]).crc))
    assert not records.holds("missing.xml", CELLS)
