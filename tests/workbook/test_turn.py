"""Two tierbooks and one book: one works, the other waits or says who is at work; litter goes."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tierbook.errors import WorkbookError, WorkbookInUse
from tierbook.workbook import alone_with, save_book
from tierbook.workbook.saving.backups import backup_folder
from tierbook.workbook.saving.disk import write_draft

pytestmark = pytest.mark.usefixtures("tierbook_home")

OTHER_RUN = """
import sys
from pathlib import Path
from tierbook.workbook import alone_with
with alone_with(Path(sys.argv[1])):
    print("at work", flush=True)
    sys.stdin.readline()
"""


@pytest.fixture
def book(tmp_path: Path, book_of) -> Path:
    book = tmp_path / "客户.xlsx"
    book.write_bytes(book_of({"人": [["旧"]]}))
    return book


@pytest.fixture
def other_run(book: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that is at work on the book until it is told a line."""
    command = [sys.executable, "-c", OTHER_RUN, str(book)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout is not None
        assert run.stdout.readline() == "at work\n"
        yield run
        run.kill()


def finish(run: subprocess.Popen[str]) -> None:
    assert run.stdin is not None
    run.stdin.write("done\n")
    run.stdin.flush()


def test_a_run_that_takes_too_long_is_named(book: Path, other_run) -> None:
    before = book.read_bytes()
    with pytest.raises(WorkbookInUse) as told, alone_with(book, wait=0.05):
        pytest.fail("there was somebody at work")
    assert f"另一个 tierbook（进程 {other_run.pid}，" in str(told.value)
    assert told.value.exit_code == 6
    assert book.read_bytes() == before


def test_a_run_waits_for_the_other_one(book: Path, other_run) -> None:
    heard = []

    def waiting(process: str) -> None:
        heard.append(process)
        finish(other_run)

    with alone_with(book, waiting=waiting):
        assert heard == [str(other_run.pid)]
        assert other_run.wait(10) == 0


def test_a_killed_run_holds_nobody_up(book: Path, other_run) -> None:
    other_run.kill()
    other_run.wait()
    with alone_with(book, wait=0):
        pass


def test_other_books_are_free(book: Path, other_run) -> None:
    with alone_with(book.with_name("别的.xlsx"), wait=0):
        pass


def test_a_turn_may_be_nested_and_is_still_one(book: Path, book_of) -> None:
    refusals = []

    def another_thread() -> None:
        try:
            with alone_with(book, wait=0):
                pass
        except WorkbookInUse as refusal:
            refusals.append(refusal)

    with alone_with(book):
        save_book(book, book_of({"人": [["新"]]}), expected_digest=None)
        thread = threading.Thread(target=another_thread)
        thread.start()
        thread.join()
    assert len(refusals) == 1


def test_a_link_and_its_file_are_one_book(book: Path, other_run) -> None:
    link = book.with_name("link.xlsx")
    link.symlink_to(book)
    with pytest.raises(WorkbookInUse), alone_with(link, wait=0):
        pytest.fail("there was somebody at work")


def test_drafts_of_killed_runs_are_swept(book: Path) -> None:
    beside, kept = write_draft(book, b"half"), backup_folder(book)
    with alone_with(book):
        copy = write_draft(kept / "20260101-000000-000000-12345678.xlsx", b"half")
        journal = write_draft(kept / "journal.json", b"half")
    assert not beside.exists()
    assert copy.exists()
    with alone_with(book):
        pass
    assert not copy.exists()
    assert not journal.exists()
    assert list(book.parent.glob(".*")) == []


def test_drafts_of_other_machines_and_books_are_not_ours(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("platform.node", lambda: "another")
        theirs = write_draft(book, b"half")
    others = write_draft(book.with_name("客户2.xlsx"), b"half")
    own = book.with_name(".客户.xlsx")
    own.write_bytes(b"a person's")
    with alone_with(book):
        pass
    assert theirs.exists()
    assert others.exists()
    assert own.exists()


def test_no_folder_of_our_own_no_turn(book: Path, tierbook_home: Path) -> None:
    tierbook_home.write_text("a file where the folder should be")
    with pytest.raises(WorkbookError) as told, alone_with(book):
        pytest.fail("nothing could be kept")
    assert str(told.value).startswith(f"{book}：不能在 {backup_folder(book)} 里留备份（Not a directory）")
