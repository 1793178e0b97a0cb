"""Books that hold only some of our sheets: these are as in a whole book, and nothing else answers with an older day."""

from __future__ import annotations

import datetime as dt
import io
import shutil
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import pytest

from tierbook import jobs
from tierbook.cli import main
from tierbook.errors import UsageError, WorkbookError
from tierbook.excel.scored.reading import read
from tierbook.history import open_ledger
from tierbook.publish import Stamp, read_kept, read_stamp
from tierbook.publish.chosen import Chosen, chosen_of, left_out
from tierbook.workbook import read_rows, sheet_names
from tierbook.workbook.calling import sheets_calling
from tierbook.workbook.package.opc import Package
from tierbook.workbook.package.sheet_list import named, sheets

FIRST = dt.date(2026, 10, 31)
NEXT, LATER = FIRST + dt.timedelta(days=1), FIRST + dt.timedelta(days=2)
HIDDEN_AS_EVER = ["_tierbook_tasks", "_tierbook_queue", "_tierbook_done", "_tierbook_model", "_tierbook_versions"]


CUSTOMERS = "客户编号,客户名称,区域,负责人\nA1,一号店,华东,张伟\nA2,二号店,华东,李娜\nB1,三号店,华北,张伟\n"
ORDERS = "订单号,客户编号,下单日期,金额\n1,A1,2026-02-05,100\n2,A2,2026-06-01,50.5\n3,B1,2026-10-01,900\n"


def files_in(folder: Path) -> dict[str, Path]:
    """The facts of three customers, as files in a folder."""
    told = {"customers": CUSTOMERS, "orders": ORDERS}
    for table, lines in told.items():
        (folder / f"{table}.csv").write_text(lines, encoding="utf-8")
    return {table: folder / f"{table}.csv" for table in told}


def refreshed(book: Path, day: dt.date, *chosen: str) -> dict[str, str]:
    """Refresh a book; gives what was told of its choice, in words."""
    report = jobs.refresh(jobs.Request(as_of=day, book=book, sheets=chosen, files=files_in(book.parent)))
    return {
        key: str(values.get("sheets") or values.get("sheet"))
        for key, values in report.notes
        if key.startswith("chosen.")
    }


def part(book: Path, name: str) -> bytes:
    """The bytes of a sheet."""
    package = Package(book.read_bytes())
    sheet = named(sheets(package), name)
    assert sheet is not None
    return package.read(sheet.part)


@dataclass(frozen=True)
class Pair:
    """The same company a day later: a book with every sheet, and one with two of them, twice refreshed."""

    before: Path
    whole: Path
    lean: Path
    told: dict[str, str]
    again: bytes


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    folder = tmp_path_factory.mktemp("lean")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TIERBOOK_HOME", str(folder / "home"))
        first = folder / "first.xlsx"
        jobs.new(first, "zh-CN")
        refreshed(first, FIRST)
        whole, lean = (Path(shutil.copy(first, folder / f"{name}.xlsx")) for name in ("whole", "lean"))
        refreshed(whole, NEXT)
        told = refreshed(lean, NEXT, "分层", "tasks")
        again = lean.read_bytes()
        refreshed(lean, NEXT, "tiers", "任務")
    return Pair(first, whole, lean, told, again)


def test_what_was_chosen_is_as_in_a_whole_book(pair: Pair) -> None:
    for name in ("分层", "任务", *HIDDEN_AS_EVER):
        assert read_rows(pair.lean, name) == read_rows(pair.whole, name)
    assert read_kept(pair.lean, "zh-CN", LATER).previous == read_kept(pair.whole, "zh-CN", LATER).previous


def test_a_second_refresh_of_the_day_leaves_the_file_as_it_is(pair: Pair) -> None:
    assert pair.lean.read_bytes() == pair.again


def test_what_was_not_chosen_keeps_its_bytes_and_is_named_with_its_day(pair: Pair) -> None:
    for name in ("看板", "变动", "客户细分画像", "数据检查", "疑似重复", "复盘"):
        if name in sheet_names(pair.before):
            assert part(pair.lean, name) == part(pair.before, name)
    assert "看板（2026-10-31）" in pair.told["chosen.sheets_left"]
    assert "分层" not in pair.told["chosen.sheets_left"]
    assert "客户画像" not in pair.told["chosen.sheets_left"]
    assert pair.told["chosen.card_empty"] == "客户画像"


def test_hidden_sheets_nobody_brings_up_to_date_tell_of_nobody(pair: Pair) -> None:
    for name in ("_tierbook_why", "_tierbook_gap", "_tierbook_portraits", "_tierbook_totals"):
        assert read_rows(pair.lean, name) == [["customer_id"]]
    assert read_rows(pair.lean, "_tierbook_results")[0] == ["customer_id", "tier", "score"]
    assert pair.lean.stat().st_size < pair.whole.stat().st_size


def test_functions_say_what_the_book_lacks_instead_of_an_older_day(pair: Pair, tmp_path: Path) -> None:
    with pytest.raises(WorkbookError, match="只保留了部分工作表"):
        read(pair.lean)
    with pytest.raises(UsageError, match="只保留了部分工作表"):
        jobs.export(pair.lean, tmp_path / "list.csv")


def test_with_functions_they_answer_as_from_a_whole_book(pair: Pair, tmp_path: Path) -> None:
    book = Path(shutil.copy(pair.before, tmp_path / "lean.xlsx"))
    assert "chosen.card_empty" not in refreshed(book, NEXT, "分层", "函数")
    ours, whole = read(book), read(pair.whole)
    assert ours.results == whole.results
    assert ours.why == whole.why
    assert ours.gap == whole.gap


def test_the_day_a_sheet_still_shows_is_remembered_until_it_is_chosen_again(pair: Pair, tmp_path: Path) -> None:
    book = Path(shutil.copy(pair.lean, tmp_path / "lean.xlsx"))
    told = refreshed(book, LATER, "任务", "看板")
    assert "分层（2026-11-01）、变动（2026-10-31）" in told["chosen.sheets_left"]
    stamp = read_stamp(book)
    assert stamp is not None
    assert (stamp.chosen, stamp.left["moves"], "dashboard" in stamp.left) == ("tasks dashboard", FIRST, False)


def test_the_ledger_explains_the_moves_of_a_book_that_does_not_remember_points(tmp_path: Path) -> None:
    book, place = tmp_path / "客户.xlsx", str(tmp_path / "ledger.sqlite")
    jobs.new(book, "zh-CN")
    files, later = files_in(tmp_path), FIRST + dt.timedelta(days=300)
    for day in (FIRST, later):
        jobs.refresh(jobs.Request(as_of=day, book=book, sheets=("分层",), files=files, ledger=place, scope="它"))
    with open_ledger(place) as ledger:
        moves = [move for _, move in ledger.moves("它", FIRST, later)]
    assert moves
    assert all("recency_days" in move.driver for move in moves)


def test_sheets_that_were_never_filled_are_not_called_old() -> None:
    found, chosen = {"tiers": "分层", "moves": "变动"}, Chosen(frozenset({"tiers"}))
    assert left_out(found, chosen, None) == {}
    stamp = Stamp(FIRST, "general", "1", "", "", "zh-CN", "", chosen="tiers")
    assert left_out(found, chosen, stamp) == {}


def test_formulas_that_call_functions_are_found_wherever_people_typed_them() -> None:
    book = openpyxl.Workbook()
    book.active.title = "讲解"
    book.active["A1"].value = "写 CUST_TIER(A2) 就行"
    book.create_sheet("我的")["B2"].value = '=IF(A1="","",CUST_TIER(A1))'
    stream = io.BytesIO()
    book.save(stream)
    assert sheets_calling(stream.getvalue(), "CUST_") == ["我的"]


def test_sheets_are_named_in_any_language_or_by_key() -> None:
    assert chosen_of(["Tiers", "任務", "看板"]) == Chosen(frozenset({"tiers", "tasks", "dashboard"}))
    assert chosen_of(["tiers", "函數"]) == Chosen(frozenset({"tiers"}), functions=True)
    assert chosen_of([" "]) is None


def test_a_word_that_names_no_sheet_is_refused_with_those_there_are(
    pair: Pair, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["refresh", str(pair.whole), "--sheets", "分层，订单"]) == 2
    told = capsys.readouterr().err
    assert "没有名叫“订单”的表可选；可以写：分层、任务、变动、看板、" in told
    assert told.strip().endswith("会员积分、函数")
