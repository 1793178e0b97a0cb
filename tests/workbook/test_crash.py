"""A writer killed anywhere leaves the whole old book or the whole new one; the next run leaves no litter."""

from __future__ import annotations

import itertools
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tierbook.errors import WorkbookError
from tierbook.workbook import copies_of, save_book, undo_last
from tierbook.workbook.saving import backups
from tierbook.workbook.saving.backups import backup_folder

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are forked and killed here"),
]

THOROUGH = os.environ.get("TIERBOOK_CI") == "1"
CHILD = Path(__file__).with_name("crash_child.py")
OURS = {"lock", "holder", "journal.json"}


@pytest.fixture
def book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """In memory where that can be had: thousands of flushes to a disk that is busy take minutes."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else tmp_path) as place:
        monkeypatch.setenv("TIERBOOK_HOME", str(Path(place) / "home"))
        monkeypatch.setattr(backups, "KEPT", 3)
        folder = Path(place) / "共享"
        folder.mkdir()
        yield folder / "客户.xlsx"


@pytest.fixture
def die(book: Path) -> Iterator[Callable[..., bool]]:
    """Save a book in a process that is killed at a point; gives whether it was (else it was done before)."""
    new = book.parent.parent / "new.bin"
    with subprocess.Popen(
        [sys.executable, str(CHILD)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:

        def run(content: bytes, how: str, point: float) -> bool:
            assert child.stdin is not None
            assert child.stdout is not None
            new.write_bytes(content)
            request = {"book": str(book), "new": str(new), "how": how, "point": point}
            child.stdin.write(json.dumps(request) + "\n")
            child.stdin.flush()
            answer = child.stdout.readline().strip()
            assert answer in {"killed", "done"}, f"{how} {point}: {answer}"
            return answer == "killed"

        yield run


class Story:
    """One book's life of saves, kills and next runs; what must hold after each is checked."""

    def __init__(self, book: Path, contents: Iterator[bytes]) -> None:
        self.book = book
        self._contents = contents
        self.now = next(contents)
        book.write_bytes(self.now)
        self.seen = {"old": 0, "new": 0}

    def survive(self, kill: Callable[[bytes], bool], where: str) -> bool:
        """A kill, then the next run and an undo (or, every second time, an undo at once)."""
        old, new = self.now, next(self._contents)
        killed = kill(new)
        found = self.book.read_bytes()
        assert found in (old, new), where
        self.seen["new" if found == new else "old"] += 1
        if found == new:
            assert self._undone(where) == old
            assert self._undone(where) == new
        following = next(self._contents)
        save_book(self.book, following, expected_digest=None)
        self._no_litter(where)
        assert self._undone(where) == found
        self.now = found
        return killed

    def _undone(self, where: str) -> bytes:
        try:
            undo_last(self.book)
        except WorkbookError as refusal:
            pytest.fail(f"{where}: {refusal}")
        return self.book.read_bytes()

    def _no_litter(self, where: str) -> None:
        assert [path.name for path in self.book.parent.iterdir()] == [self.book.name], where
        folder = backup_folder(self.book)
        known = OURS | {copy.path.name for copy in copies_of(self.book)}
        assert {path.name for path in folder.iterdir()} - known == set(), where


@pytest.fixture
def contents(book_of) -> Iterator[bytes]:
    return (book_of({"人": [[number]]}) for number in itertools.count())


def test_a_writer_killed_at_any_line_leaves_a_whole_book(book: Path, contents: Iterator[bytes], die) -> None:
    story = Story(book, contents)
    point, step = 1, 1 if THOROUGH else 3
    while story.survive(lambda new: die(new, "line", point), f"line {point}"):  # noqa: B023 - called at once
        point += step
    assert point > 150, "the saving code was not traced"
    assert story.seen["old"] > 40
    assert story.seen["new"] > 3


def test_a_writer_killed_in_the_middle_of_a_file_leaves_a_whole_book(
    book: Path, contents: Iterator[bytes], die
) -> None:
    story = Story(book, contents)
    killed = [story.survive(lambda new: die(new, "half", k), f"file {k}") for k in range(1, 7)]  # noqa: B023
    assert sum(killed) >= 3, "draft, copy and journal are written"
    assert not killed[-1]


def test_a_writer_killed_at_any_moment_leaves_a_whole_book(book: Path, book_of, changed, die) -> None:
    """The book is large enough for a kill to fall into the writing of its bytes."""
    chance = random.Random(7)
    weight = chance.randbytes(1 << 19)

    def contents() -> Iterator[bytes]:
        for number in itertools.count():
            small = book_of({"人": [[number]]})
            yield changed(
                small, lambda _name, content: content, {"xl/media/weight.bin": weight + bytes([number % 256])}
            )

    states = contents()
    story = Story(book, states)
    start = time.perf_counter()
    assert not die(next(states), "line", 1 << 30)
    whole = time.perf_counter() - start
    story.now = book.read_bytes()
    points = 200 if THOROUGH else 24
    for number in range(points):
        moment = whole * 1.2 * (number + chance.random()) / points
        story.survive(lambda new: die(new, "after", moment), f"after {moment:.4f} s")  # noqa: B023
    assert story.seen["old"] > 0
