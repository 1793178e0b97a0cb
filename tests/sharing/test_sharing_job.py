"""The verb share: what it writes, what it says, and what it refuses."""

from __future__ import annotations

import datetime as dt
import hashlib
import json

import pytest

from tierbook import jobs
from tierbook.cli import main
from tierbook.errors import UsageError, WorkbookError, WorkbookInUse
from tierbook.sharing.copy import is_copy
from tierbook.workbook import sheet_names


@pytest.fixture
def book(asked, tmp_path, monkeypatch):
    monkeypatch.setenv("TIERBOOK_HOME", str(tmp_path / "home"))
    asks = [asked.Ask("CUST_TIER"), asked.Ask("CUST_WHY")]
    return asked.small_book(tmp_path / "客户.xlsx", asked.asking(["1001", "1"], asks))


@pytest.mark.parametrize("to", ["lambda", "classic"])
def test_the_copy_lies_beside_the_book_which_stays_as_it_is(book, to):
    before = hashlib.sha256(book.read_bytes()).hexdigest()
    report = jobs.share(book, to)
    assert report.out == book.with_name(f"客户-{to}.xlsx")
    assert hashlib.sha256(book.read_bytes()).hexdigest() == before
    assert is_copy(report.out)
    assert not is_copy(book)
    assert (report.customers, report.formulas, report.look_up, report.macros) == (7, 2, "分层查询", "none")
    assert report.frozen == ("报表!E2", "报表!E3")
    assert {"分层查询", "_tierbook_answers", "_tierbook_words"} <= set(sheet_names(report.out))


def test_a_second_copy_takes_the_place_of_the_first(book):
    assert jobs.share(book, "lambda").changed
    assert not jobs.share(book, "lambda").changed


@pytest.mark.parametrize("dry_run", [True, False])
def test_a_copy_is_not_refreshed(book, dry_run):
    copy = jobs.share(book, "lambda").out
    before = copy.read_bytes()
    with pytest.raises(WorkbookError) as refused:
        jobs.refresh(jobs.Request(as_of=dt.date(2026, 8, 31), book=copy), dry_run=dry_run)
    assert refused.value.words("en") == (
        f"{copy} is a share copy and is not refreshed: refresh the book it was made from and run tierbook share again"
    )
    assert copy.read_bytes() == before


def test_a_dry_run_writes_nothing(book):
    report = jobs.share(book, "classic", dry_run=True)
    assert report.formulas == 2
    assert not report.out.exists()


def test_a_file_that_is_no_copy_is_not_replaced(book, tmp_path):
    with pytest.raises(UsageError) as refused:
        jobs.share(book, "lambda", out=book)
    assert refused.value.key == "share.same_file"
    other = tmp_path / "别的.xlsx"
    other.write_bytes(book.read_bytes())
    with pytest.raises(UsageError) as refused:
        jobs.share(book, "lambda", out=other)
    assert refused.value.key == "share.exists_already"
    with pytest.raises(UsageError) as refused:
        jobs.share(book, "lambda", out=tmp_path / "副本.xls")
    assert refused.value.key == "share.wrong_extension"
    with pytest.raises(UsageError):
        jobs.share(book, "lambda", out=tmp_path / "nowhere" / "副本.xlsx")


def test_a_copy_is_not_shared_again(book):
    copy = jobs.share(book, "lambda").out
    with pytest.raises(WorkbookError) as refused:
        jobs.share(copy, "classic")
    assert refused.value.key == "share.is_a_copy"


def test_a_book_never_refreshed_has_nothing_to_share(asked, tmp_path):
    import xlsxwriter

    path = tmp_path / "new.xlsx"
    with xlsxwriter.Workbook(path) as made:
        made.add_worksheet("数据")
    with pytest.raises(WorkbookError) as refused:
        jobs.share(path, "lambda")
    assert refused.value.key == "share.not_scored"
    other = asked.small_book(tmp_path / "later.xlsx", asked.asking([], []), stamp={"format": "2"})
    with pytest.raises(WorkbookError) as refused:
        jobs.share(other, "lambda")
    assert refused.value.key == "share.other_format"


def test_a_book_that_is_open_or_encrypted_is_refused_in_words(book, tmp_path):
    owner = book.with_name(f"~${book.name}")
    owner.write_bytes(b"\x05Wang ".ljust(165))
    with pytest.raises(WorkbookInUse):
        jobs.share(book, "lambda")
    owner.unlink()
    locked = tmp_path / "locked.xlsx"
    locked.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"))
    with pytest.raises(WorkbookError) as refused:
        jobs.share(locked, "lambda")
    assert refused.value.values["reason"].key == "workbook.encrypted"


def test_a_book_that_has_a_sheet_of_that_name_keeps_it(asked, tmp_path):
    def people(book):
        asked.asking(["1001"], [asked.Ask("CUST_TIER")])(book)
        book.add_worksheet("分层查询").write_string("A1", "我的")

    book = asked.small_book(tmp_path / "own.xlsx", people)
    report = jobs.share(book, "lambda")
    assert report.look_up == ""
    assert asked.shown(report.out, 1, 1) == [["VIP"]]


def test_the_command_line_tells_what_became_of_the_book(book, capsys):
    assert main(["share", str(book), "--to", "classic", "--lang", "en", "-q"]) == 0
    said = capsys.readouterr().out
    assert "客户-classic.xlsx: answers for 7 customers without the add-in" in said
    assert "2 formulas of the book go on calculating in the copy" in said
    assert "2 formulas cannot be calculated this way; their values stay: 报表!E2、报表!E3" in said
    assert main(["share", str(book), "--to", "lambda", "--json", "--dry-run"]) == 0
    assert json.loads(capsys.readouterr().out)["to"] == "lambda"
    assert main(["share", str(book.with_name("none.xlsx")), "--to", "lambda", "--lang", "en"]) == 5
    with pytest.raises(SystemExit):
        main(["share", str(book), "--to", "pdf"])


def test_a_book_saved_while_it_is_shared_is_told(book, monkeypatch):
    from tierbook.sharing import copy

    def slowly(path):
        found = read_answers(path)
        path.write_bytes(path.read_bytes() + b"\0")
        return found

    read_answers = copy.read_answers
    monkeypatch.setattr(copy, "read_answers", slowly)
    with pytest.raises(WorkbookInUse) as refused:
        jobs.share(book, "lambda")
    assert refused.value.key == "share.changed_meanwhile"
