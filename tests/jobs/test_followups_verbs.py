"""A day of reps: they answer tasks in two sheets and on the command line, and the next run takes everything in."""

from __future__ import annotations

import datetime as dt
import shutil
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from tierbook import jobs
from tierbook.cli import main
from tierbook.errors import UsageError
from tierbook.followup import Task
from tierbook.publish import read_kept
from tierbook.workbook import read_rows, sheet_names

MONDAY, TUESDAY = dt.date(2026, 11, 2), dt.date(2026, 11, 3)
EACH = ("task_sheets=each",)


@contextmanager
def person(book: Path) -> Iterator[Workbook]:
    """The book as somebody edits it in another program and saves it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # openpyxl drops what it does not know, and says so
        opened = load_workbook(book)
    yield opened
    opened.save(book)
    opened.close()


def put(sheet: Any, task_id: str, **values: object) -> None:
    """Write into a task's row by the titles of its columns; a title nobody has is a new column."""
    head = {cell.value: cell.column for cell in sheet[4] if cell.value}
    row = next(cells[0].row for cells in sheet.iter_rows(min_row=5) if cells[0].value == task_id)
    for title, value in values.items():
        sheet.cell(row, head[title], value)


def tasks_in(book: Path) -> dict[str, Task]:
    return {task.task_id: task for task in read_kept(book, "zh-CN").tasks}


def visits(book: Path, customer: str) -> object:
    head, *rows = read_rows(book, "_tierbook_results")
    return next(row[head.index("visits_12m")] for row in rows if str(row[0]) == customer)


@dataclass(frozen=True)
class Day:
    """The book after the night, what the night said, and the tasks the story is about by their part in it."""

    book: Path
    notes: dict[str, dict[str, Any]]
    tasks: dict[str, Task]
    sheet: str
    visits_before: object
    again: jobs.BookReport


@pytest.fixture(scope="module")
def day(forty: Path, tmp_path_factory: pytest.TempPathFactory) -> Day:
    """One rep's morning: done, both sheets filled in differently, a word nobody knows, a row deleted."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TIERBOOK_HOME", str(tmp_path_factory.mktemp("home")))
        book = Path(shutil.copy(forty, tmp_path_factory.mktemp("day") / "客户.xlsx"))
        jobs.followups(jobs.Request(as_of=MONDAY, book=book, settings=EACH))
        sheet = max((name for name in sheet_names(book) if name.startswith("任务-")),
                    key=lambda name: len(read_rows(book, name)))  # fmt: skip
        ids = [str(row[0]) for row in read_rows(book, sheet)[4:]]
        known = tasks_in(book)
        roles = dict(zip(("done", "both", "odd", "gone"), (known[one] for one in ids), strict=False))
        before = visits(book, roles["done"].customer_id)
        with person(book) as opened:
            mine, everybodys = opened[sheet], opened["任务"]
            put(mine, roles["done"].task_id, 状态="完成", 结果="已下单 20 件")
            put(mine, roles["both"].task_id, 状态="进行中", 结果="没接电话")
            put(everybodys, roles["both"].task_id, 状态="完成", 结果="经理已拜访")
            put(mine, roles["odd"].task_id, 状态="等回电")
            for each in (mine, everybodys):
                row = next(
                    cells[0].row for cells in each.iter_rows(min_row=5) if cells[0].value == roles["gone"].task_id
                )
                for column in range(1, each.max_column + 1):
                    each.cell(row, column).value = None
        request = jobs.Request(as_of=TUESDAY, book=book, settings=EACH)
        report = jobs.refresh(request)
        return Day(
            book, {key: dict(values) for key, values in report.notes}, roles, sheet, before, jobs.refresh(request)
        )


def test_what_a_rep_did_on_a_sheet_of_their_own_stands_on_the_list_of_all(day: Day) -> None:
    now = tasks_in(day.book)[day.tasks["done"].task_id]
    assert (now.status, now.result, now.closed) == ("done", "已下单 20 件", TUESDAY)
    head = read_rows(day.book, "任务")[3]
    row = next(row for row in read_rows(day.book, "任务")[4:] if row[0] == now.task_id)
    assert [row[head.index(title)] for title in ("状态", "结果")] == ["完成", "已下单 20 件"]


def test_a_finished_task_counts_as_a_visit_from_the_next_run_on(day: Day) -> None:
    assert visits(day.book, day.tasks["done"].customer_id) == int(str(day.visits_before or 0)) + 1
    assert "已下单 20 件" not in {cell for row in read_rows(day.book, "互动") for cell in row}


def test_what_two_people_wrote_differently_is_kept_and_told(day: Day) -> None:
    now = tasks_in(day.book)[day.tasks["both"].task_id]
    assert now.status == "done"
    assert now.result == "经理已拜访；没接电话"
    told = day.notes["followup.conflict"]
    assert (told["task"], told["field"], told["kept"]) == (now.task_id, "结果", "经理已拜访；没接电话")
    assert told["said"] == f"任务: 经理已拜访 | {day.sheet}: 没接电话"


def test_a_status_word_nobody_knows_is_not_lost(day: Day) -> None:
    now = tasks_in(day.book)[day.tasks["odd"].task_id]
    assert (now.status, now.result) == ("open", "等回电")


def test_an_unfinished_task_whose_rows_were_deleted_is_back(day: Day) -> None:
    assert tasks_in(day.book)[day.tasks["gone"].task_id].status == "open"
    assert day.notes["followup.restored"]["customers"] == day.tasks["gone"].customer_id


def test_the_same_run_again_leaves_the_book_as_it_is(day: Day) -> None:
    assert not day.again.changed
    assert "followup.conflict" not in dict(day.again.notes)


def test_sheets_of_people_are_emptied_when_nobody_wants_them_any_more(day: Day, tmp_path: Path) -> None:
    book = Path(shutil.copy(day.book, tmp_path / "客户.xlsx"))
    before = tasks_in(book)
    jobs.followups(jobs.Request(as_of=TUESDAY, book=book))
    assert tasks_in(book) == before
    assert day.sheet in sheet_names(book)
    assert not [row for row in read_rows(book, day.sheet)[4:] if row[0]]
    assert "任务归档" not in sheet_names(book)


# --- one task from the command line


def recorded(book: Path, task: str, **said: str) -> jobs.RecordReport:
    return jobs.record(jobs.Request(as_of=TUESDAY, book=book), entry=jobs.Entry(task, **said))


@pytest.fixture
def book(forty: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(forty, tmp_path / "客户.xlsx"))


def test_one_task_is_recorded_by_its_number_or_by_its_customer(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first = read_rows(book, "任务")[4]
    assert (
        main(["record", str(book), str(first[0]), "--status", "Done", "--result", "已签单", "--as-of", "2026-11-03"])
        == 0
    )
    now = tasks_in(book)[str(first[0])]
    assert (now.status, now.result, now.closed) == ("done", "已签单", TUESDAY)
    capsys.readouterr()
    recorded(book, str(first[0]), status="进行中", result="客户又改主意")
    again = tasks_in(book)[str(first[0])]
    assert (again.status, again.result, again.closed) == ("doing", "已签单；客户又改主意", None)
    shown = next(row for row in read_rows(book, "任务")[4:] if row[0] == first[0])
    assert {"进行中", "已签单；客户又改主意"} <= set(shown)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("T0",), "没有任务编号是 T0 的任务"),
        (("--status", "完成"), "请写明是哪个任务"),
        (("{first}", "--status", "搞定了"), "看不懂状态“搞定了”，请用：待办、进行中、完成、放弃"),
        (("{first}",), "没有要记的内容"),
    ],
)
def test_an_entry_that_cannot_be_understood_changes_nothing(
    forty: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], message: str
) -> None:
    first, before = str(read_rows(forty, "任务")[4][0]), forty.read_bytes()
    words = [one.format(first=first) for one in arguments]
    assert main(["record", str(forty), *words]) == UsageError.exit_code
    assert message in capsys.readouterr().err
    assert forty.read_bytes() == before


def test_a_customer_with_several_tasks_needs_the_number(book: Path) -> None:
    found = [task for task in tasks_in(book).values() if not task.is_closed]
    twice = next((one.customer_id for one in found if sum(two.customer_id == one.customer_id for two in found) > 1), "")
    once = next(one for one in found if sum(two.customer_id == one.customer_id for two in found) == 1)
    recorded(book, once.customer_id, next_step="寄样品")
    assert tasks_in(book)[once.task_id].next_step == "寄样品"
    if twice:
        with pytest.raises(UsageError, match="有几个未完成任务"):
            recorded(book, twice, status="完成")
