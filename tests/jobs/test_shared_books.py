"""Books that people have open, save while we work, or want back as they were; told small and fast."""

from __future__ import annotations

import datetime as dt
import io
import json
import shutil
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
import xlsxwriter

from tierbook import jobs
from tierbook.cli import main
from tierbook.errors import WorkbookChanged, WorkbookError, WorkbookInUse
from tierbook.workbook import copies_of, pending_of, replace_sheets, sheet_names

AS_OF = dt.date(2026, 6, 30)
ORDERS = "订单号,客户编号,下单日期,金额\n1,A1,2026-01-05,100\n2,A2,2026-02-01,50.5\n3,A1,2026-03-01,20\n"
SHEET = "我的备注"


@pytest.fixture(scope="module")
def scored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small book, new and refreshed once, and the orders beside it."""
    folder = tmp_path_factory.mktemp("made")
    (folder / "orders.csv").write_text(ORDERS, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TIERBOOK_HOME", str(folder / "home"))
        jobs.new(folder / "客户.xlsx", "zh-CN")
        refresh(folder / "客户.xlsx")
    return folder


@pytest.fixture
def book(scored: Path, tmp_path: Path) -> Path:
    shutil.copy(scored / "orders.csv", tmp_path)
    return Path(shutil.copy(scored / "客户.xlsx", tmp_path))


def refresh(book: Path, *, days: int = 0, progress: jobs.Progress = jobs.silent) -> jobs.BookReport:
    files = {"orders": book.parent / "orders.csv"}
    request = jobs.Request(as_of=AS_OF + dt.timedelta(days), book=book, files=files, progress=progress)
    return jobs.refresh(request)


def excel_opens(book: Path) -> Path:
    owner, name = book.with_name(f"~${book.name}"), "王经理"
    owner.write_bytes(bytes(55) + len(name).to_bytes(2, "little") + name.encode("utf-16-le").ljust(108, b"\0"))
    return owner


def with_note(book: bytes, text: str) -> bytes:
    """The book after a person wrote into a sheet of theirs and saved."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as donor:
        donor.add_worksheet(SHEET).write_string(0, 0, text)
    return replace_sheets(book, out.getvalue(), [SHEET])


def saving_during(book: Path, stage: str, texts: list[str]) -> jobs.Progress:
    """Progress in whose course somebody saves the book, once for each text, when a stage begins."""

    def tell(key: str, _values: Mapping[str, object]) -> None:
        if key == stage and texts:
            book.write_bytes(with_note(book.read_bytes(), texts.pop(0)))

    return tell


def names(book: Path) -> list[str]:
    return sorted(path.name for path in book.parent.iterdir())


# --- held


def test_the_result_for_a_held_book_waits_beside_it(book: Path) -> None:
    excel_opens(book)
    before = book.read_bytes()
    with pytest.raises(WorkbookInUse) as told:
        refresh(book, days=40)
    (pending,) = pending_of(book)
    assert str(told.value) == (
        f"{book}：王经理 正在打开这个文件，没有写入；请其关闭后再试（如果其实没人打开，请删除旁边的 ~$客户.xlsx）；"
        f"做好的结果放在同一文件夹的 {pending.name} 里，可以先打开看；下次刷新会按文件的最新内容重做，成功后收走它"
    )
    assert told.value.exit_code == 6
    assert book.read_bytes() == before
    assert set(sheet_names(pending)) == set(sheet_names(book))


def test_a_list_of_tasks_alone_leaves_a_whole_result_waiting(book: Path) -> None:
    files = {"orders": book.parent / "orders.csv"}
    request = jobs.Request(as_of=AS_OF + dt.timedelta(41), book=book, files=files)
    owner = excel_opens(book)
    with pytest.raises(WorkbookInUse):
        refresh(book, days=40)
    (pending,) = pending_of(book)
    whole = pending.read_bytes()
    with pytest.raises(WorkbookInUse):
        jobs.followups(request)
    assert [path.read_bytes() for path in pending_of(book)] == [whole]
    owner.unlink()
    assert jobs.followups(request).changed
    assert pending_of(book) == [pending]
    refresh(book, days=42)
    assert not pending_of(book)


def test_the_next_refresh_works_anew_on_what_was_saved_and_takes_the_waiting_result_away(book: Path) -> None:
    owner = excel_opens(book)
    with pytest.raises(WorkbookInUse):
        refresh(book, days=40)
    (pending,) = pending_of(book)
    stale = pending.read_bytes()
    book.write_bytes(with_note(book.read_bytes(), "请保留"))
    owner.unlink()
    assert refresh(book, days=40).changed
    assert SHEET in sheet_names(book)
    assert book.read_bytes() != stale
    assert names(book) == ["orders.csv", "客户.xlsx"]


@pytest.mark.whole
def test_a_held_book_leaves_one_result_however_often_it_is_tried(book: Path) -> None:
    excel_opens(book)
    for days in (40, 41, 42):
        with pytest.raises(WorkbookInUse):
            refresh(book, days=days)
        assert len(pending_of(book)) == 1


def test_a_result_that_equals_the_book_leaves_nothing_waiting(book: Path) -> None:
    excel_opens(book)
    with pytest.raises(WorkbookInUse):
        refresh(book, days=40)
    assert not refresh(book).changed
    assert pending_of(book) == []


def test_a_waiting_result_somebody_changed_stays_and_is_told(book: Path) -> None:
    owner = excel_opens(book)
    with pytest.raises(WorkbookInUse):
        refresh(book, days=40)
    (pending,) = pending_of(book)
    theirs = with_note(pending.read_bytes(), "我在这里改了")
    pending.write_bytes(theirs)
    owner.unlink()
    report = refresh(book, days=40)
    assert ("workbook.pending_stays", {"pending": pending.name}) in report.notes
    assert pending.read_bytes() == theirs


def test_a_folder_that_takes_no_waiting_result_is_told_with_the_refusal(
    book: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> Path:
        raise OSError(28, "No space left on device")

    excel_opens(book)
    monkeypatch.setattr("tierbook.workbook.saving.pending.write_draft", full)
    with pytest.raises(WorkbookInUse) as told:
        refresh(book, days=40)
    assert "王经理 正在打开" in str(told.value)
    assert "做好的结果在旁边也放不下（写不进去（No space left on device）" in str(told.value)
    assert told.value.exit_code == 6


# --- saved meanwhile


@pytest.mark.parametrize("stage", ["jobs.reading", "jobs.publishing", "jobs.saving"])
def test_what_somebody_saves_meanwhile_is_kept_and_the_work_done_on_it(book: Path, stage: str) -> None:
    report = refresh(book, days=40, progress=saving_during(book, stage, ["改了一次"]))
    assert report.changed
    assert SHEET in sheet_names(book)
    assert report.backup is not None
    assert SHEET in sheet_names(report.backup)
    assert report.summary is not None
    assert report.summary.customers == 2


@pytest.mark.whole
def test_somebody_who_saves_again_and_again_is_not_overwritten(book: Path) -> None:
    with pytest.raises(WorkbookChanged) as told:
        refresh(book, days=40, progress=saving_during(book, "jobs.saving", ["一", "二"]))
    (pending,) = pending_of(book)
    assert f"读取之后有人保存过这个文件，没有写入；请再运行一次；做好的结果放在同一文件夹的 {pending.name}" in str(
        told.value
    )
    assert book.read_bytes() == with_note(book.read_bytes(), "二")


def test_of_two_refreshes_at_once_one_waits_and_works_on_what_the_other_left(book: Path) -> None:
    reports: list[jobs.BookReport] = []
    waits = threading.Event()

    def second_tells(key: str, _values: Mapping[str, object]) -> None:
        if key == "jobs.waiting":
            waits.set()

    second = threading.Thread(target=lambda: reports.append(refresh(book, days=41, progress=second_tells)))

    def first_tells(key: str, _values: Mapping[str, object]) -> None:
        if key == "jobs.saving":
            second.start()
            assert waits.wait(60)

    first = refresh(book, days=40, progress=first_tells)
    second.join()
    assert first.changed
    assert reports[0].changed
    assert reports[0].backup is not None
    assert [copy.path for copy in copies_of(book)] == [first.backup, reports[0].backup]
    assert pending_of(book) == []


# --- refused before any work


@pytest.mark.parametrize("run", [jobs.refresh, jobs.followups])
@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda data: data[: len(data) // 2], "文件不完整"),
        (lambda data: b"", "文件是空的"),
        (lambda data: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "打开密码"),
        (lambda data: data[:3000] + bytes(64) + data[3064:], "文件损坏"),
    ],
    ids=["cut short", "empty", "encrypted", "damaged"],
)
def test_a_book_that_cannot_be_opened_is_refused_before_any_work(
    book: Path,
    monkeypatch: pytest.MonkeyPatch,
    run: Callable[..., jobs.BookReport],
    spoil: Callable[[bytes], bytes],
    words: str,
) -> None:
    def work(*_: object, **__: object) -> None:
        pytest.fail("work began")

    book.write_bytes(spoil(book.read_bytes()))
    before = book.read_bytes()
    monkeypatch.setattr("tierbook.jobs.book.Engine", work)
    with pytest.raises(WorkbookError, match=words):
        run(jobs.Request(as_of=AS_OF, book=book, progress=work))
    assert book.read_bytes() == before
    assert copies_of(book) == []


# --- the command line


def say(*words: object) -> int:
    return main([str(word) for word in words])


def later(book: Path, *more: str) -> int:
    return say("refresh", book, "--orders", book.parent / "orders.csv", "--as-of", "2026-08-09", "-q", *more)


def test_undo_brings_the_book_back_and_says_where_the_other_state_is(
    book: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = book.read_bytes()
    assert later(book) == 0
    refreshed = book.read_bytes()
    assert say("undo", book) == 0
    assert book.read_bytes() == before
    kept = copies_of(book)[-1].path
    assert kept.read_bytes() == refreshed
    told = capsys.readouterr().out
    assert f"已恢复到上次刷新前的内容：{book}" in told
    assert str(kept) in told
    assert say("undo", book, "--json") == 0
    assert book.read_bytes() == refreshed
    assert json.loads(capsys.readouterr().out)["restored"] == str(kept)


def test_undo_does_not_take_a_persons_work_without_being_told_to(
    book: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = book.read_bytes()
    later(book)
    book.write_bytes(theirs := with_note(book.read_bytes(), "人写的"))
    assert say("undo", book) == 6
    assert "--force" in capsys.readouterr().err
    assert book.read_bytes() == theirs
    assert say("undo", book, "--force") == 0
    assert book.read_bytes() == before
    assert copies_of(book)[-1].path.read_bytes() == theirs


def test_the_dated_copies_are_listed(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert say("undo", "--list", book) == 0
    assert "没有备份" in capsys.readouterr().out
    later(book)
    capsys.readouterr()
    assert say("undo", "--list", book) == 0
    (copy,) = copies_of(book)
    assert str(copy.path) in capsys.readouterr().out
    assert say("undo", "--list", book, "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["copies"] == [{"path": str(copy.path), "moment": copy.moment.isoformat(), "bytes": copy.size}]


def test_undo_without_a_refresh_is_refused(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert say("undo", book) == 5
    assert "没有可撤销的刷新" in capsys.readouterr().err


def test_a_dry_run_prints_the_receipt_and_writes_nothing(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = book.read_bytes()
    excel_opens(book)
    listed = names(book)
    assert later(book, "--dry-run") == 0
    told = capsys.readouterr().out
    assert "预演：没有写文件" in told
    assert "改动清单：改了" in told
    assert later(book, "--dry-run", "--json") == 0
    receipt = json.loads(capsys.readouterr().out)["receipt"]
    assert "分层" in [part["sheet"] for part in receipt["changed"]]
    assert receipt["kept"] > 0
    assert book.read_bytes() == before
    assert names(book) == listed
    assert copies_of(book) == []


def test_a_refresh_prints_its_receipt_and_an_idle_one_says_the_file_is_untouched(
    book: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert later(book) == 0
    assert "改动清单：改了" in capsys.readouterr().out
    at = book.stat().st_mtime_ns
    assert later(book) == 0
    told = capsys.readouterr().out
    assert "内容没有变化，文件未改动" in told
    assert "改动清单" not in told
    assert book.stat().st_mtime_ns == at


def test_a_held_book_ends_with_code_six(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    excel_opens(book)
    assert later(book, "--lang", "en") == 6
    told = capsys.readouterr().err
    assert "王经理 has the file open" in told
    assert pending_of(book)[0].name in told
