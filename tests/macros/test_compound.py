"""Compound files, as an independent strict reader sees them."""

from __future__ import annotations

import io
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tierbook.errors import MacroError
from tierbook.macros.compound import Tree, compound_file

olefile = pytest.importorskip("olefile", reason="olefile is not installed")

LETTERS = "abcXYZ019_ 客户"
NAMES = st.text(LETTERS, min_size=1, max_size=31)
SIZES = st.sampled_from([0, 1, 63, 64, 65, 511, 512, 513, 4095, 4096, 4097, 9000])
CONTENTS = st.tuples(SIZES, st.integers(0, 255)).map(lambda one: bytes([one[1]]) * one[0])


def opened(data: bytes) -> Any:
    return olefile.OleFileIO(io.BytesIO(data), raise_defects=olefile.DEFECT_INCORRECT)


def streams_of(tree: Tree, above: tuple[str, ...] = ()) -> dict[tuple[str, ...], bytes]:
    found: dict[tuple[str, ...], bytes] = {}
    for name, content in tree.items():
        found |= {(*above, name): content} if isinstance(content, bytes) else streams_of(content, (*above, name))
    return found


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(NAMES, CONTENTS, max_size=40).filter(lambda one: len({name.upper() for name in one}) == len(one)),
    st.dictionaries(NAMES, CONTENTS, max_size=4).filter(lambda one: len({name.upper() for name in one}) == len(one)),
)
def test_every_stream_comes_back(first: dict[str, bytes], second: dict[str, bytes]) -> None:
    tree: Tree = {"A storage": first, "inner": {"deep": second}}
    with opened(compound_file(tree)) as file:
        assert not file.parsing_issues
        found = {tuple(path): file.openstream(path).read() for path in file.listdir()}
    assert found == streams_of(tree)


@pytest.mark.parametrize("count", range(1, 40))
def test_names_stand_in_a_red_black_tree(count: int) -> None:
    tree: Tree = {"Stream" + "x" * (number % 5) + str(number): b"" for number in range(count)}
    with opened(compound_file(tree)) as file:
        entries = [entry for entry in file.direntries if entry is not None]
    top = entries[0].sid_child
    assert entries[top].color == 1, "the top is black"
    assert len(black_ways(entries, top, 1)) == 1, "every way down meets equally many black entries"
    names = in_order(entries, top)
    assert names == sorted(names, key=lambda name: (len(name), name.upper()))
    assert len(names) == count


def black_ways(entries: list[Any], number: int, above: int) -> set[int]:
    if number == 0xFFFFFFFF:
        return {0}
    entry = entries[number]
    assert entry.color == 1 or above == 1, "no red entry under a red one"
    below = black_ways(entries, entry.sid_left, entry.color) | black_ways(entries, entry.sid_right, entry.color)
    return {ways + entry.color for ways in below}


def in_order(entries: list[Any], number: int) -> list[str]:
    if number == 0xFFFFFFFF:
        return []
    entry = entries[number]
    return [*in_order(entries, entry.sid_left), entry.name, *in_order(entries, entry.sid_right)]


def test_a_file_needs_as_many_fat_sectors_as_its_own_fat_adds() -> None:
    for sectors in (120, 124, 125, 126, 127, 128, 252, 253, 254):
        data = compound_file({"long": b"x" * 512 * sectors})
        with opened(data) as file:
            assert file.openstream("long").read() == b"x" * 512 * sectors
            assert not file.parsing_issues


def test_names_that_cannot_be_told_apart_are_refused() -> None:
    with pytest.raises(MacroError) as refused:
        compound_file({"Sheet1": b"", "SHEET1": b""})
    assert refused.value.words("en") == (
        'A compound file cannot hold the name "SHEET1": 1-31 letters, none of / \\ : !, none twice.'
    )


@pytest.mark.parametrize("name", ["", "x" * 32, "a/b", "a!b"])
def test_names_no_compound_file_takes_are_refused(name: str) -> None:
    with pytest.raises(MacroError):
        compound_file({name: b""})


def test_what_needs_more_than_the_header_names_is_refused() -> None:
    most = 109 * 128 - 109 - 1
    assert compound_file({"long": b"x" * 512 * most})
    with pytest.raises(MacroError) as refused:
        compound_file({"long": b"x" * 512 * (most + 1)})
    assert refused.value.words("en") == "The VBA project is too large: at most 7.1 MB."
