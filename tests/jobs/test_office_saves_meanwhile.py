"""A person in a real LibreOffice opens, edits and saves a book around our refreshes: nothing they saved is lost."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from tierbook import jobs
from tierbook.errors import WorkbookInUse
from tierbook.workbook import pending_of

SOFFICE = shutil.which("soffice")
SYSTEM_PYTHON = Path("/usr/bin/python3")
AS_OF = dt.date(2026, 6, 30)
ORDERS = "订单号,客户编号,下单日期,金额\n1,A1,2026-01-05,100\n2,A2,2026-02-01,50.5\n3,A1,2026-03-01,20\n"


def missing() -> str:
    """What this machine lacks for a person with LibreOffice."""
    if SOFFICE is None:
        return "LibreOffice is not installed"
    if not SYSTEM_PYTHON.exists():
        return "there is no system Python"
    knows = subprocess.run([SYSTEM_PYTHON, "-c", "import uno"], capture_output=True, check=False).returncode == 0
    return "" if knows else "the system Python does not know UNO (Debian: python3-uno)"


LACK = missing()
pytestmark = [
    pytest.mark.office,
    pytest.mark.slow,
    pytest.mark.skipif(bool(LACK) and os.environ.get("TIERBOOK_CI") != "1", reason=LACK),
]

Person = Callable[[str], str]


@pytest.fixture(scope="module")
def person() -> Iterator[Person]:
    """Tells the person what to do; gives what they saw."""
    assert not LACK, LACK
    program = Path(__file__).with_name("office_person.py")
    with subprocess.Popen(
        [SYSTEM_PYTHON, program, str(SOFFICE)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    ) as office:
        assert office.stdin is not None
        assert office.stdout is not None
        assert office.stdout.readline() == "ok\n"

        def do(line: str) -> str:
            assert office.stdin is not None
            assert office.stdout is not None
            office.stdin.write(line + "\n")
            office.stdin.flush()
            verdict, _, answer = office.stdout.readline().strip().partition(" ")
            assert verdict == "ok", f"{line}: {answer}"
            return answer

        yield do
        office.stdin.write("quit\n")
        office.stdin.flush()


@pytest.fixture
def book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TIERBOOK_HOME", str(tmp_path / "home"))
    (tmp_path / "orders.csv").write_text(ORDERS, encoding="utf-8")
    jobs.new(tmp_path / "客户.xlsx", "zh-CN")
    refresh(tmp_path / "客户.xlsx")
    return tmp_path / "客户.xlsx"


def refresh(book: Path, *, days: int = 0, progress: jobs.Progress = jobs.silent) -> jobs.BookReport:
    files = {"orders": book.parent / "orders.csv"}
    request = jobs.Request(as_of=AS_OF + dt.timedelta(days), book=book, files=files, progress=progress)
    return jobs.refresh(request)


def test_a_book_open_in_libreoffice_is_not_touched_and_its_edit_survives(book: Path, person: Person) -> None:
    before = book.read_bytes()
    assert person(f"open {book}") == ""
    person("type 经理批注")
    with pytest.raises(WorkbookInUse, match=r"\.~lock\.客户\.xlsx#"):
        refresh(book, days=40)
    assert book.read_bytes() == before
    (pending,) = pending_of(book)
    assert person("store") == ""
    person("close")
    assert refresh(book, days=40).changed
    assert person(f"read {book}") == "经理批注"
    assert not pending.exists()
    assert sorted(path.name for path in book.parent.iterdir()) == ["home", "orders.csv", "客户.xlsx"]


def test_what_libreoffice_saves_while_we_work_is_kept(book: Path, person: Person) -> None:
    done: list[str] = []

    def tell(key: str, _values: Mapping[str, object]) -> None:
        if key == "jobs.publishing" and not done:
            done.append(key)
            for line in (f"open {book}", "type 正忙时写的", "store", "close"):
                person(line)

    assert refresh(book, days=40, progress=tell).changed
    assert done
    assert person(f"read {book}") == "正忙时写的"


@pytest.mark.whole
def test_a_book_saved_and_still_open_is_left_to_its_holder(book: Path, person: Person) -> None:
    def tell(key: str, _values: Mapping[str, object]) -> None:
        if key == "jobs.publishing":
            for line in (f"open {book}", "type 还开着", "store"):
                person(line)

    with pytest.raises(WorkbookInUse):
        refresh(book, days=40, progress=tell)
    assert len(pending_of(book)) == 1
    person("type 又改了")
    person("store")
    person("close")
    assert refresh(book, days=41).changed
    assert person(f"read {book}") == "又改了"
    assert pending_of(book) == []
