"""Undo brings back the state before tierbook's last change, and nothing that it does not know."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tierbook.errors import WorkbookChanged, WorkbookError, WorkbookInUse
from tierbook.workbook import copies_of, save_book, undo_last
from tierbook.workbook.saving.backups import backup_folder

pytestmark = pytest.mark.usefixtures("tierbook_home")


@pytest.fixture
def state(book_of) -> Callable[[object], bytes]:
    return lambda value: book_of({"人": [[value]]})


@pytest.fixture
def book(tmp_path: Path, state) -> Path:
    """A book that was refreshed twice."""
    book = tmp_path / "客户.xlsx"
    book.write_bytes(state("原"))
    for value in ("一", "二"):
        save_book(book, state(value), expected_digest=None)
    return book


def refused(book: Path, error: type[WorkbookError] = WorkbookError, *, force: bool = False) -> str:
    before = book.read_bytes()
    with pytest.raises(error) as told:
        undo_last(book, force=force)
    assert type(told.value) is error
    assert book.read_bytes() == before
    return str(told.value)


def test_the_state_before_the_last_refresh_comes_back(book: Path, state) -> None:
    undone = undo_last(book)
    assert book.read_bytes() == state("一") == undone.restored.read_bytes()
    assert undone.kept is not None
    assert undone.kept.read_bytes() == state("二")


def test_an_undo_can_be_undone(book: Path, state) -> None:
    for value in ("一", "二", "一", "二"):
        undo_last(book)
        assert book.read_bytes() == state(value)


def test_after_an_undo_a_refresh_can_be_undone_again(book: Path, state) -> None:
    undo_last(book)
    save_book(book, state("三"), expected_digest=None)
    undo_last(book)
    assert book.read_bytes() == state("一")


def test_a_book_somebody_saved_since_is_left_alone(book: Path, state) -> None:
    book.write_bytes(state("人写的"))
    assert refused(book, WorkbookChanged) == (
        f"{book}：上次刷新之后有人保存过这个文件，撤销会丢掉其改动，所以没有动它；"
        "确实要撤销请加 --force（现在的内容会先留一份备份）"
    )


def test_with_force_what_somebody_wrote_is_kept_as_a_copy(book: Path, state) -> None:
    book.write_bytes(state("人写的"))
    undone = undo_last(book, force=True)
    assert book.read_bytes() == state("一")
    assert undone.kept is not None
    assert undone.kept.read_bytes() == state("人写的")
    undo_last(book)
    assert book.read_bytes() == state("人写的")


def test_a_book_tierbook_never_changed_has_nothing_to_undo(tmp_path: Path, state, tierbook_home: Path) -> None:
    book = tmp_path / "客户.xlsx"
    book.write_bytes(state("原"))
    assert "没有可撤销的刷新" in refused(book)
    assert "没有可撤销的刷新" in refused(book, force=True)
    assert copies_of(book) == []
    assert not tierbook_home.exists()


def test_a_new_book_has_nothing_to_undo(tmp_path: Path, state) -> None:
    save_book(tmp_path / "新.xlsx", state("新"), expected_digest=None)
    assert "没有可撤销的刷新" in refused(tmp_path / "新.xlsx")


def test_a_missing_book_is_told(book: Path) -> None:
    book.unlink()
    with pytest.raises(WorkbookError, match="没有这个文件"):
        undo_last(book)


def test_a_held_book_is_not_undone(book: Path) -> None:
    book.with_name(f"~${book.name}").write_bytes(b"")
    assert "有人正在打开" in refused(book, WorkbookInUse)


def test_a_copy_that_is_gone_is_told(book: Path) -> None:
    copies_of(book)[-1].path.unlink()
    assert "刷新前的备份已经不在了" in refused(book)


def test_a_damaged_copy_is_not_brought_back(book: Path, state) -> None:
    copy = copies_of(book)[-1].path
    copy.write_bytes(state("坏"))
    assert f"备份 {copy} 已损坏" in refused(book)


@pytest.mark.parametrize("content", ["", "{", "[]", '{"changes": [{"written": 1}]}', '{"changes": 5}', "\udce9"])
def test_a_damaged_journal_is_an_empty_one(book: Path, state, content: str) -> None:
    journal = backup_folder(book) / "journal.json"
    journal.write_text(content, encoding="utf-8", errors="surrogateescape")
    assert "没有可撤销的刷新" in refused(book)
    save_book(book, state("三"), expected_digest=None)
    undo_last(book)
    assert book.read_bytes() == state("二")


@pytest.mark.parametrize("name", ["../../客户.xlsx", "/etc/passwd", "journal.json", "lock", ""])
def test_a_journal_that_points_elsewhere_is_not_believed(book: Path, name: str) -> None:
    journal = backup_folder(book) / "journal.json"
    body = json.loads(journal.read_text())
    body["changes"][-1]["copy"] = name
    journal.write_text(json.dumps(body))
    assert "刷新前的备份已经不在了" in refused(book)


def test_a_run_killed_before_its_rename_is_no_change(book: Path, state) -> None:
    journal = backup_folder(book) / "journal.json"
    body = json.loads(journal.read_text())
    intent = {"written": "f" * 64, "before": hashlib.sha256(state("二")).hexdigest(), "copy": "x.xlsx"}
    journal.write_text(json.dumps({"changes": [*body["changes"], intent]}))
    undo_last(book)
    assert book.read_bytes() == state("一")


def test_the_copies_are_listed_oldest_first(book: Path, state) -> None:
    listed = copies_of(book)
    assert [copy.path.read_bytes() for copy in listed] == [state("原"), state("一")]
    assert [copy.size for copy in listed] == [len(state("原")), len(state("一"))]
    assert listed[0].moment < listed[1].moment


def test_a_book_that_moved_has_its_own_past(book: Path, tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    moved = Path(shutil.copy(book, tmp_path / "b"))
    assert "没有可撤销的刷新" in refused(moved)
