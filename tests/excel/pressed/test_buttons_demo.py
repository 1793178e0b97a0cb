"""The buttons pressed for real, in a LibreOffice that has the book open; what they leave is what the jobs say.

LibreOffice writes a book in its own way when it saves. So the answer to compare with is made by the same job on a
copy of the file as LibreOffice saved it.
"""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from tierbook import jobs
from tierbook.workbook import read_rows

pytestmark = [pytest.mark.office, pytest.mark.slow]

Do = Callable[..., Any]
DAY = dt.date(2026, 10, 31)
WEIGHTS, TIERS, TASKS = "模型-指标权重", "分层", "任务"


def values(rows: Sequence[Sequence[object]]) -> list[list[object]]:
    """Cells as any reader of sheets gives them: blank is blank, a number is a number, blank ends do not count."""
    told = []
    for row in rows:
        cells = [_value(cell) for cell in row]
        while cells and cells[-1] == "":
            cells.pop()
        told.append(cells)
    while told and not told[-1]:
        told.pop()
    return told


def _value(cell: object) -> object:
    if cell is None or isinstance(cell, bool):
        return "" if cell is None else float(cell)
    if isinstance(cell, int | float):
        return float(cell)
    if isinstance(cell, dt.datetime | dt.date):
        return cell.isoformat()[:10]
    words = str(cell)
    return words[:10] if words[10:] == "T00:00:00" else words


def saved_copy(do: Do, book: Path, folder: Path) -> Path:
    """The open book saved, and a copy of its file, on which a job runs by itself."""
    do("save")
    return Path(shutil.copy(book, folder / book.name))


def words(seen: dict[str, Any]) -> str:
    """The last message."""
    told: str = seen["alerts"][-1]["prompt"]
    return told


@pytest.fixture(scope="module")
def open_demo(do: Do, demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The demo book, open all the while; every test says itself what it starts from."""
    book = Path(shutil.copy(demo, tmp_path_factory.mktemp("open")))
    do("open", path=str(book))
    yield book
    do("close")


def other_weights(do: Do, money: int, orders: int) -> None:
    """Weights of 近12个月金额 and 近12个月订单数, typed into 模型-指标权重; the desk as somebody leaves it then."""
    do("type", sheet=WEIGHTS, cell="C5", value=money)
    do("type", sheet=WEIGHTS, cell="C6", value=orders)
    do("select", sheet=WEIGHTS, cell="C6")
    do("mode", calculation="manual")


def test_preview_shows_who_would_move_and_changes_no_result_and_no_file(
    do: Do, open_demo: Path, tmp_path: Path
) -> None:
    other_weights(do, 5, 27)
    tiers, on_disk = do("read", sheet=TIERS), open_demo.read_bytes()
    seen = do("press", verb="preview", today=DAY)
    assert (seen["sheet"], seen["calculation"], seen["updating"], seen["bar"]) == ("预览", "manual", True, False)
    assert any(bar and "评分" in bar for bar in seen["bars"])
    assert open_demo.read_bytes() == on_disk
    assert do("read", sheet=TIERS) == tiers
    found = jobs.preview(jobs.Request(as_of=DAY, book=saved_copy(do, open_demo, tmp_path)))
    assert found.moves
    assert found.against == "rules"
    shown = do("read", sheet="预览")[-len(found.moves) :]
    assert [[row[0], row[1], row[3], row[4], row[9]] for row in shown] == [
        [move.customer_id, move.name, move.before, move.after, float(move.revenue)] for move in found.moves
    ]
    assert f"共 {len(found.moves)} 位变动" in words(seen)


def test_apply_leaves_the_cells_of_the_job_and_undo_brings_the_old_ones_back(
    do: Do, open_demo: Path, tmp_path: Path
) -> None:
    other_weights(do, 27, 5)
    tiers = values(do("read", sheet=TIERS))
    copy = saved_copy(do, open_demo, tmp_path)
    seen = do("press", verb="apply", today=DAY)
    assert (seen["sheet"], seen["selection"]) == (WEIGHTS, "$C$6")
    assert (seen["calculation"], seen["updating"], seen["bar"]) == ("manual", True, False)
    jobs.apply(jobs.Request(as_of=DAY, book=copy), by="王经理", on=DAY)
    applied = values(do("read", sheet=TIERS))
    assert applied == values(read_rows(copy, TIERS))
    assert applied != tiers
    for hidden in ("_tierbook", "_tierbook_results", "_tierbook_why"):
        assert values(do("read", sheet=hidden)) == values(read_rows(copy, hidden))
    assert "新规则已启用" in words(seen)
    assert "王经理" in words(seen)
    do("press", verb="undo", answers=["yes"])
    assert values(do("read", sheet=TIERS)) == tiers


def test_followups_of_a_later_day_are_the_job_s_own_list(do: Do, open_demo: Path, tmp_path: Path) -> None:
    tiers, later = do("read", sheet=TIERS), DAY + dt.timedelta(40)
    copy = saved_copy(do, open_demo, tmp_path)
    seen = do("press", verb="followups", today=later)
    report = jobs.followups(jobs.Request(as_of=later, book=copy))
    assert report.new_tasks > 0
    assert f"新增 {report.new_tasks:,}" in words(seen)
    assert values(do("read", sheet=TASKS)) == values(read_rows(copy, TASKS))
    assert do("read", sheet=TIERS) == tiers


def test_record_counts_what_was_typed_and_names_the_cell_of_what_is_unclear(do: Do, open_demo: Path) -> None:
    before = do("read", sheet=TASKS)
    head = before[3]
    status, result = (chr(ord("A") + head.index(title)) for title in ("状态", "结果"))
    do("type", sheet=TASKS, cell=f"{status}5", value="完成")
    do("type", sheet=TASKS, cell=f"{status}6", value="搞定了")
    seen = do("press", verb="record", today=DAY + dt.timedelta(40))
    assert "完成 1" in words(seen)
    assert f"{TASKS}!{status}6" in words(seen)
    assert "看不懂状态“搞定了”" in words(seen)
    assert f"{TASKS}!{result}5" in words(seen)
    after = {row[0]: row[head.index("状态")] for row in do("read", sheet=TASKS)[4:]}
    assert sorted(after) == sorted(row[0] for row in before[4:])
    assert (after[before[4][0]], after[before[5][0]]) == ("完成", "搞定了")
    hidden = do("read", sheet="_tierbook_tasks")
    listed = {row[0]: row[hidden[0].index("status")] for row in hidden[1:]}
    assert (listed[before[4][0]], listed[before[5][0]]) == ("done", "open")


def test_explain_tells_the_customer_of_the_selected_row(do: Do, open_demo: Path) -> None:
    do("select", sheet=TIERS, cell="B6")
    cells = do("read", sheet=TIERS)
    row = dict(zip(cells[3], cells[5], strict=True))
    seen = do("press", verb="explain")
    assert words(seen).startswith(f"{row['客户编号']}  {row['客户名称']}\n{row['层级']} · {row['得分']:.2f} 分")
    assert f"合计：{row['得分']:.2f}" in words(seen)
    assert (seen["sheet"], seen["selection"]) == (TIERS, "$B$6")


def test_export_asks_whether_only_the_selected_group_is_wanted(do: Do, open_demo: Path) -> None:
    do("select", sheet=TIERS, cell="D6")
    tiers = [row[3] for row in do("read", sheet=TIERS)[4:]]
    seen = do("press", verb="export", answers=["yes"])
    (out,) = open_demo.parent.glob("客户名单-*.xlsx")
    listed = [row[3] for row in values(read_rows(out, "客户"))[4:]]
    assert listed == [tier for tier in tiers if tier == tiers[1]]
    assert str(out) in words(seen)


def test_check_brings_only_its_own_sheet_up_to_date(do: Do, open_demo: Path, tmp_path: Path) -> None:
    do("select", sheet=TIERS, cell="D6")
    do("mode", calculation="manual")
    tiers, copy = do("read", sheet=TIERS), saved_copy(do, open_demo, tmp_path)
    seen = do("press", verb="check", today=DAY + dt.timedelta(50))
    jobs.check(jobs.Request(as_of=DAY + dt.timedelta(50), book=copy))
    assert values(do("read", sheet="数据检查")) == values(read_rows(copy, "数据检查"))
    assert do("read", sheet=TIERS) == tiers
    assert (seen["sheet"], seen["selection"], seen["calculation"]) == (TIERS, "$D$6", "manual")
