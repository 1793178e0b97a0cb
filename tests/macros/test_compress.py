"""The compression of VBA source, against an independent reader and a law."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tierbook.errors import MacroError
from tierbook.macros.compress import compress, decompress

WORDS = st.sampled_from(["    ", "End Function\r\n", "If ", "CUST_TIER", "\r\n", "' ", "x", "Dim ", "é"])
TEXTS = st.lists(WORDS, max_size=3000).map(lambda words: "".join(words).encode())


@settings(max_examples=60, deadline=None)
@given(TEXTS)
def test_what_is_compressed_comes_back(plain: bytes) -> None:
    assert decompress(compress(plain)) == plain


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=3000))
def test_any_bytes_come_back(plain: bytes) -> None:
    assert decompress(compress(plain)) == plain


@settings(max_examples=30, deadline=None)
@given(TEXTS)
def test_an_independent_reader_reads_it(plain: bytes) -> None:
    olevba = pytest.importorskip("oletools.olevba", reason="oletools is not installed")
    assert bytes(olevba.decompress_stream(bytearray(compress(plain)))) == plain


def test_the_example_of_the_specification_is_read() -> None:
    """[MS-OVBA] 3.2.2: "#aaabcdefaaaaghijaaaaaklaaamnopqaaaaaaaaaaaarstuvwxyzaaa"."""
    container = bytes.fromhex(
        "01 2f b0 00 23 61 61 61 62 63 64 65 82 66 00 70 61 67 68 69 6a 01 38 08 61 6b 6c 00 30 6d 6e 6f 70 06 71"
        "02 70 04 10 72 73 74 75 76 10 77 78 79 7a 00 3c"
    )
    assert decompress(container) == b"#aaabcdefaaaaghijaaaaaklaaamnopqaaaaaaaaaaaarstuvwxyzaaa"


def test_the_example_of_the_specification_is_written() -> None:
    """[MS-OVBA] 3.2.3, maximum compression: seventy-three times the same letter are one reference."""
    assert compress(b"a" * 73) == bytes.fromhex("01 03 b0 02 61 45 00")


def test_noise_of_a_whole_chunk_stays_as_it_is() -> None:
    noise = random.Random(1).randbytes(4096)
    container = compress(noise)
    assert container[1:3] == bytes.fromhex("ff3f")
    assert decompress(container) == noise


def test_noise_that_would_be_padded_is_refused() -> None:
    with pytest.raises(MacroError) as refused:
        compress(random.Random(1).randbytes(4000))
    assert refused.value.words("en") == "This content cannot be compressed the VBA way."


def test_damage_is_refused() -> None:
    with pytest.raises(MacroError) as refused:
        decompress(b"\x01\x03\xb0\x02a\x45\xff")
    assert refused.value.words("en") == "This is not complete compressed VBA data."
    with pytest.raises(MacroError):
        decompress(b"no container")
