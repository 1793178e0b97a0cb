"""Damaged and hostile books: a refusal with a reason or a result, never anything else, and never much memory."""

from __future__ import annotations

import datetime as dt
import io
import random
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tierbook.errors import WorkbookError
from tierbook.workbook import open_book, refresh_book

DAY = dt.date(2026, 11, 20)
ROWS = [(f"K{n:02}", f"客户{n}", 100.0 * n) for n in range(6)]
_XML = b'<?xml version="1.0"?>'
_DOCTYPE = _XML + b"<!DOCTYPE x "
_ATTRIBUTES = b" ".join(b'a%d="1"' % n for n in range(200_000))
_ALL_CELLS = b'<mergeCell ref="A1:XFD1048576"/>'
_LAUGHS = b"".join(b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10) for n in range(1, 10))

Attack = Callable[[str, bytes], bytes]


def everywhere(new: bytes) -> Attack:
    return lambda name, data: new if name == "xl/workbook.xml" else data


def in_sheet(old: bytes, new: bytes) -> Attack:
    return lambda name, data: data.replace(old, new, 1) if name == "xl/worksheets/sheet5.xml" else data


ATTACKS: dict[str, tuple[Attack, str]] = {
    "billion laughs": (
        everywhere(_DOCTYPE + b'[<!ENTITY l0 "ha">' + _LAUGHS + b"]><x>&l9;</x>"), "workbook.doctype"),
    "a file of the machine": (
        everywhere(_DOCTYPE + b'[<!ENTITY f SYSTEM "file:///etc/passwd">]><x>&f;</x>'), "workbook.doctype"),
    "an address in the network": (everywhere(_DOCTYPE + b'SYSTEM "http://127.0.0.1:9/x"><x/>'), "workbook.doctype"),
    "elements within elements": (everywhere(_XML + b"<a>" * 200_000 + b"</a>" * 200_000), "workbook.part_damaged"),
    "very many attributes": (
        everywhere(_XML + b"<a " + _ATTRIBUTES + b"/>"), "workbook.not_a_workbook"),
    "strict": (
        lambda name, data: data.replace(b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
                                        b"http://purl.oclc.org/ooxml/spreadsheetml/main"), "workbook.strict"),
    "not XML": (everywhere(b"\x00\x01\x02"), "workbook.part_damaged"),
    "another encoding than it says": (everywhere(_XML + "<工作簿/>".encode("gbk")), "workbook.part_damaged"),
    "a table of four billion columns": (
        lambda name, data: data.replace(b'ref="A1:C7"', b'ref="A1:ZZZZZZ9999999999"'), "ok"),
    "a merge of all cells, many times": (
        in_sheet(b"</sheetData>", b"</sheetData><mergeCells>" + _ALL_CELLS * 99 + b"</mergeCells>"), "ok"),
}  # fmt: skip


@pytest.fixture
def endings(tmp_path: Path, night) -> Callable[[dict[str, bytes]], dict[str, tuple[str, float, bool]]]:
    """How books end in a child with little memory: label or "ok", seconds of CPU, whether the file is as it was."""

    def run(books: dict[str, bytes]) -> dict[str, tuple[str, float, bool]]:
        folder = tmp_path / "books"
        folder.mkdir()
        for number, book in enumerate(books.values()):
            (folder / f"{number:05}").write_bytes(book)
        (tmp_path / "donor").write_bytes(night(ROWS))
        child = [
            sys.executable,
            str(Path(__file__).with_name("hostile_child.py")),
            str(folder),
            str(tmp_path / "donor"),
        ]
        done = subprocess.run(child, capture_output=True, text=True, timeout=300, check=True)
        found = [line.rsplit(" ", 2) for line in done.stdout.splitlines()]
        assert len(found) == len(books), done.stdout[-500:]
        return {name: (line[0].split(" ", 1)[1], float(line[1]), line[2] == "True")
                for name, line in zip(books, found, strict=True)}  # fmt: skip

    return run


def attacked(book: bytes, attack: Attack) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            target.writestr(name, attack(name, source.read(name)))
    return out.getvalue()


def test_each_attack_ends_as_it_should_within_little_memory(sink: bytes, endings) -> None:
    found = endings({name: attacked(sink, attack) for name, (attack, _) in ATTACKS.items()})
    assert {name: ending for name, (ending, _, _) in found.items()} == {name: end for name, (_, end) in ATTACKS.items()}
    assert all(untouched for _, _, untouched in found.values())


def containers(sink: bytes) -> Iterator[tuple[str, bytes, str]]:
    """Other containers and damaged zips: name, bytes, expected ending."""
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    yield "encrypted", ole + bytes(600) + "EncryptedPackage".encode("utf-16-le") + bytes(9000), "workbook.encrypted"
    yield "legacy", ole + bytes(9000), "workbook.legacy_xls"
    yield "empty", b"", "workbook.empty"
    yield "a picture", b"\x89PNG\r\n\x1a\n" + bytes(900), "workbook.not_a_workbook"
    end = sink.rindex(b"PK\5\6")
    yield "zip64", sink[: end + 8] + b"\xff" * 12 + sink[end + 20 :], "workbook.unusual_zip"
    out = io.BytesIO(sink)
    with zipfile.ZipFile(out, "a") as target:
        target.writestr("_xmlsignatures/sig1.xml", "<s/>")
    yield "signed", out.getvalue(), "workbook.signed"
    out = io.BytesIO(sink)
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as target:
        target.writestr("xl/media/bomb.bin", bytes(100 << 20))
    yield "bomb", out.getvalue(), "workbook.bomb"


def test_other_containers_and_bombs_are_told_apart(sink: bytes, endings) -> None:
    cases = list(containers(sink))
    found = endings({name: book for name, book, _ in cases})
    assert {name: ending for name, (ending, _, _) in found.items()} == {name: ending for name, _, ending in cases}


def test_a_book_cut_anywhere_is_refused(sink: bytes, endings) -> None:
    found = endings({str(end): sink[:end] for end in range(1, len(sink), len(sink) // 150)})
    assert {ending for ending, _, _ in found.values()} <= {
        "workbook.cut_short", "workbook.not_a_workbook", "workbook.part_damaged"}  # fmt: skip


def test_a_book_with_bits_flipped_ends_in_a_refusal_or_a_result(sink: bytes, endings) -> None:
    dice = random.Random(7)
    books = {}
    for number in range(300):
        book = bytearray(sink)
        for _ in range(dice.choice([1, 1, 4])):
            book[dice.randrange(len(book))] ^= 1 << dice.randrange(8)
        books[str(number)] = bytes(book)
    endings_ = [ending for ending, _, _ in endings(books).values()]
    assert [ending for ending in endings_ if ending != "ok" and not re.fullmatch(r"workbook\.\w+", ending)] == []


VALUES = ("", "-1", "viel", "99999999999", "1e9", "A0", "ZZZZ9", "A1:XFD1048576", "#REF!", "你", "rId1", "'")
HOT = r"(xl/(workbook|styles|worksheets/sheet\d|tables/table\d)\.xml|.*\.rels|\[Content_Types\]\.xml)"


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 10**6), st.sampled_from([None, *VALUES])),
                min_size=1, max_size=3))  # fmt: skip
@pytest.mark.slow
def test_whatever_stands_in_an_attribute_a_refresh_ends_in_a_refusal_or_a_result(
    the_refreshed: Callable[[], bytes], night, whole, tasks, changes: list[tuple[int, int, str | None]]
) -> None:
    """Attributes of a book refreshed before, our sheets and theirs, get other values or go (None)."""
    with zipfile.ZipFile(io.BytesIO(the_refreshed())) as source:
        parts = {name: source.read(name).decode("utf-8", "surrogateescape") for name in source.namelist()}
    hot = [name for name in parts if re.fullmatch(HOT, name)]
    for which, place, value in changes:
        name = hot[which % len(hot)]
        found = list(re.finditer(r' ([\w:]+)="[^"]*"', parts[name]))
        if found:
            one = found[place % len(found)]
            new = "" if value is None else f' {one[1]}="{value}"'
            parts[name] = parts[name][: one.start()] + new + parts[name][one.end() :]
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as target:
        for name, text in parts.items():
            target.writestr(name, text.encode("utf-8", "surrogateescape"))
    try:
        made = refresh_book(out.getvalue(), night(ROWS[::-1], tasks=True), [*whole, tasks], day=DAY).data
    except WorkbookError as refusal:
        assert refusal.words("en")
    else:
        assert zipfile.is_zipfile(io.BytesIO(made))


@pytest.fixture(scope="session")
def the_refreshed(sink: bytes, night, whole, tasks) -> Callable[[], bytes]:
    """The kitchen sink after its first night, for tests whose arguments are printed when they fail."""
    book = refresh_book(sink, night(ROWS, tasks=True), [*whole, tasks], day=DAY).data
    return lambda: book


def test_opening_names_the_reason_and_the_file(tmp_path: Path) -> None:
    path = tmp_path / "坏.xlsx"
    path.write_bytes(b"PK\3\4" + bytes(40))
    with pytest.raises(WorkbookError) as refused:
        open_book(path)
    assert str(refused.value) == f"{path}：文件不完整，多半没有下载或复制完；请重新取一份，或用备份"
