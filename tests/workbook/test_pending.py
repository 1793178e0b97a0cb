"""A result that may not go into its book waits beside it: one, recognisable, and never a person's file."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from tierbook.errors import WorkbookError
from tierbook.workbook import leave_pending, open_book, pending_of, take_pending_away

pytestmark = pytest.mark.usefixtures("tierbook_home")


@pytest.fixture
def results(book_of) -> list[bytes]:
    return [book_of({"分层": [[number]]}) for number in range(3)]


@pytest.fixture
def book(tmp_path: Path, book_of) -> Path:
    folder = tmp_path / "共享"
    folder.mkdir()
    book = folder / "客户.xlsx"
    book.write_bytes(book_of({"人": [["旧"]]}))
    return book


def names(book: Path) -> list[str]:
    return sorted(path.name for path in book.parent.iterdir())


def test_a_result_waits_as_a_workbook_named_after_its_book_and_content(book: Path, results: list[bytes]) -> None:
    pending = leave_pending(book, results[0])
    assert pending.name == f"客户.pending-{hashlib.sha256(results[0]).hexdigest()[:8]}.xlsx"
    assert open_book(pending).data == results[0]
    assert names(book) == [pending.name, "客户.xlsx"]


def test_never_more_than_one_waits(book: Path, results: list[bytes]) -> None:
    for result in [*results, results[2]]:
        pending = leave_pending(book, result)
        assert pending_of(book) == [pending]
        assert len(names(book)) == 2


def test_it_has_the_permissions_of_the_book(book: Path, results: list[bytes]) -> None:
    book.chmod(0o640)
    assert leave_pending(book, results[0]).stat().st_mode == book.stat().st_mode


def test_it_is_taken_away(book: Path, results: list[bytes]) -> None:
    leave_pending(book, results[0])
    assert take_pending_away(book) == []
    assert names(book) == ["客户.xlsx"]
    assert take_pending_away(book) == []


def test_one_that_somebody_changed_is_theirs(book: Path, results: list[bytes]) -> None:
    pending = leave_pending(book, results[0])
    pending.write_bytes(results[1])
    assert pending_of(book) == []
    other = leave_pending(book, results[2])
    assert take_pending_away(book) == [pending]
    assert not other.exists()
    assert pending.read_bytes() == results[1]


def test_one_that_somebody_looks_at_stays_until_they_are_done(book: Path, results: list[bytes]) -> None:
    pending = leave_pending(book, results[0])
    owner = pending.with_name(f"~${pending.name}")
    owner.write_bytes(b"")
    assert take_pending_away(book) == [pending]
    owner.unlink()
    assert take_pending_away(book) == []


def test_files_of_other_books_are_not_taken(book: Path, results: list[bytes]) -> None:
    other = leave_pending(book.with_name("客户2.xlsx"), results[0])
    for name in (
        "客户.pending.xlsx",
        "客户.pending-12345678.xlsx",
        "客户.pending-1234.xlsx",
        "客户x.pending-12345678.xlsx",
    ):
        book.with_name(name).write_bytes(results[0])
    before = names(book)
    assert take_pending_away(book) == [book.with_name("客户.pending-12345678.xlsx")]
    assert names(book) == before
    assert other.exists()


def test_a_folder_that_refuses_it_is_told(tmp_path: Path, results: list[bytes]) -> None:
    with pytest.raises(WorkbookError) as told:
        leave_pending(tmp_path / "无" / "客户.xlsx", results[0])
    assert "没有文件夹" in str(told.value)
    assert take_pending_away(tmp_path / "无" / "客户.xlsx") == []


def test_a_full_disk_leaves_the_earlier_one(book: Path, results: list[bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    pending = leave_pending(book, results[0])

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(WorkbookError, match="No space left"):
        leave_pending(book, results[1])
    assert names(book) == [pending.name, "客户.xlsx"]
