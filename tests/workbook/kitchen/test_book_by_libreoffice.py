"""A book LibreOffice wrote: its own ways with types, relationships and names, and nothing of it is lost either."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tierbook.workbook import find_owned, refresh_book
from tierbook.workbook.package.opc import Package
from tierbook.workbook.package.zip_records import Records

SOFFICE = shutil.which("soffice")
DAY = dt.date(2026, 11, 20)
ROWS = [(f"K{n:02}", f"客户{n}", 100.0 * n) for n in range(12)]
SHARED = {"[content_types].xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml"}

pytestmark = [
    pytest.mark.office,
    pytest.mark.slow,
    pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed"),
]


def saved_by_libreoffice(book: bytes, folder: Path) -> bytes:
    """The book opened and saved as .xlsx, with a profile of its own."""
    source = folder / "in" / "book.xlsm"
    source.parent.mkdir(parents=True)
    source.write_bytes(book)
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = [str(SOFFICE), profile, "--headless", "--convert-to", "xlsx", "--outdir", str(folder), str(source)]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=180, check=False, env={**os.environ, "HOME": str(folder)}
    )
    assert done.returncode == 0, done.stderr
    return (folder / "book.xlsx").read_bytes()


@pytest.fixture(scope="module")
def theirs(sink: bytes, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return saved_by_libreoffice(sink, tmp_path_factory.mktemp("office"))


def records(book: bytes) -> dict[str, bytes]:
    found = Records(book)
    return {key: book[record.start : record.end] for key, record in found._by_key.items()}


def loose_ends(book: bytes) -> list[str]:
    """Parts without a type and links to nothing: LibreOffice leaves some of its own."""
    package = Package(book)
    parts = list(package.reachable("").values())
    links = [link.part for part in ["", *parts] for link in package.relationships(part) if link.part]
    return sorted([part for part in parts if not package.content_type(part)] + [p for p in links if not package.has(p)])


def test_two_nights_in_it_keep_every_other_part(theirs: bytes, night, whole, tasks) -> None:
    once = refresh_book(theirs, night(ROWS, tasks=True), [*whole, tasks], day=DAY).data
    twice = refresh_book(once, night(ROWS[:2:-1], tasks=True), [*whole, tasks], day=DAY + dt.timedelta(days=1)).data
    before = records(theirs)
    for after in (records(once), records(twice)):
        assert {part for part in before.keys() - SHARED if after.get(part) != before[part]} == set()
    assert loose_ends(twice) == loose_ends(theirs)


def test_our_sheets_are_known_again_after_it_saved_the_book(sink: bytes, night, whole, tasks, tmp_path: Path) -> None:
    first = refresh_book(sink, night(ROWS, tasks=True), [*whole, tasks], day=DAY).data
    saved = saved_by_libreoffice(first, tmp_path)
    marks = {one.mark: one.name for one in [*whole, tasks]}
    assert find_owned(saved, marks) == marks
    second = refresh_book(saved, night(ROWS[::-1], tasks=True), [*whole, tasks], day=DAY + dt.timedelta(days=1))
    assert find_owned(second.data, marks) == marks
    assert [notice for notice in second.notices if notice.key == "workbook.copy_kept"] == []
    before, after = records(saved), records(second.data)
    sheets = [f"xl/worksheets/sheet{n}.xml" for n in range(1, 6)]
    assert {part for part in sheets if after[part] != before[part]} == set()
