"""The sheets a refresh replaces: they hold what the relations hold, and nothing runs that should not."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tierbook.labels import LANGUAGES, text
from tierbook.publish import owned_sheets, read_kept, read_previous, read_stamp, template_book
from tierbook.publish.records import AuditRow, Kept, Past, Report
from tierbook.publish.sheet_check import EXAMPLES
from tierbook.publish.sheet_keys import OWNED
from tierbook.publish.sheet_moves import hint, periods_shown
from tierbook.scoring.causes import Cause
from tierbook.workbook import replace_sheets

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning")  # solid data bars

HIDDEN = [
    *("_tierbook", "_tierbook_results", "_tierbook_why", "_tierbook_before"),
    *("_tierbook_gap", "_tierbook_tasks", "_tierbook_model", "_tierbook_portraits"),
    *("_tierbook_merged", "_tierbook_pairs", "_tierbook_versions", "_tierbook_standing"),
    *("_tierbook_queue", "_tierbook_done", "_tierbook_totals"),
]
Make = Callable[..., Report]


def donor(report: Report) -> tuple[bytes, list[str]]:
    """The donor's bytes and the names of its sheets."""
    data, owned = owned_sheets(report.engine, report.model, report.stamp, report.cleaned, report.scored, report.tasks,
                               report.moves, report.language, report.kept, past=report.past)  # fmt: skip
    return bytes(data), [one.name for one in owned]


def opened(data: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(data))


def table(book: openpyxl.Workbook, name: str) -> list[dict[str, Any]]:
    """Rows of a named table, by header."""
    for sheet in book.worksheets:
        if name in sheet.tables:
            head, *rows = sheet[sheet.tables[name].ref]
            return [dict(zip((c.value for c in head), (c.value for c in row), strict=True)) for row in rows]
    raise AssertionError(f"no table {name}")


@pytest.fixture(scope="module")
def refreshed(sixty: Report) -> openpyxl.Workbook:
    return opened(donor(sixty)[0])


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_all_sheets(company: Make, language: Any) -> None:
    data, names = donor(company(30, language))
    assert names == [text(f"sheets.{key}", language) for key in OWNED] + HIDDEN
    book = opened(data)
    assert book.sheetnames == names
    assert [book[name].sheet_state for name in HIDDEN] == ["veryHidden"] * len(HIDDEN)


def test_sheets_where_people_write_are_updated_by_id(company: Make) -> None:
    report = replace(company(6), kept=Kept(task_rows={9: "T9"}))
    owned = owned_sheets(report.engine, report.model, report.stamp, report.cleaned, report.scored, report.tasks,
                         report.moves, report.language, report.kept)[1]  # fmt: skip
    keyed = {one.mark: one.keyed for one in owned if one.keyed}
    assert {mark: (by.table, by.key, by.archive) for mark, by in keyed.items()} == {
        "tiers": ("Tiers", "客户编号", "分层归档"),
        "tasks": ("Tasks", "任务编号", "任务归档"),
        "duplicates": ("Duplicates", "编号对", "疑似重复归档"),
    }
    book = opened(donor(report)[0])
    tasks = keyed["tasks"]
    assert {cell.value for cell in book["任务"][4]} - tasks.ours == {"状态", "结果", "下一步"}
    assert {cell.value for cell in book["分层"][4]} == keyed["tiers"].ours
    assert (tasks.key_of_row, keyed["tiers"].key_of_row) == ({9: "T9"}, {})


def test_equal_results_give_equal_bytes(company: Make) -> None:
    report = company(20)
    assert donor(report) == donor(report)


def test_the_tier_sheet_holds_every_customer_best_first(sixty: Report, refreshed: openpyxl.Workbook) -> None:
    rows = table(refreshed, "Tiers")
    told = sixty.engine.rows(
        "SELECT customer_id, tier, score, amount_12m FROM results ORDER BY score DESC, customer_id"
    )
    assert [(row["客户编号"], row["层级"], row["得分"], row["近12个月金额"]) for row in rows] == [
        (one, tier, pytest.approx(score, abs=1e-9), pytest.approx(float(amount))) for one, tier, score, amount in told
    ]


def test_a_name_that_looks_like_a_formula_stays_text_everywhere(refreshed: openpyxl.Workbook) -> None:
    found = [
        (sheet.title, cell.data_type)
        for sheet in refreshed.worksheets
        for row in sheet.iter_rows()
        for cell in row
        if isinstance(cell.value, str) and cell.value.startswith("=HYPERLINK")
    ]
    assert {kind for _, kind in found} == {"s"}
    assert {"分层", "任务", "变动", "数据检查", "_tierbook_results"} <= {sheet for sheet, _ in found}


def test_only_the_audit_sheet_and_the_customer_card_calculate(refreshed: openpyxl.Workbook) -> None:
    formulas = {
        sheet.title for sheet in refreshed.worksheets for row in sheet.iter_rows() for c in row if c.data_type == "f"
    }
    assert formulas == {"抽样核对", "客户画像"}


def test_headers_stand_in_row_4_below_title_and_help(refreshed: openpyxl.Workbook) -> None:
    for key in ("tiers", "tasks", "moves", "data_check", "audit", "review"):
        sheet = refreshed[text(f"sheets.{key}", "zh-CN")]
        assert sheet["A1"].value.endswith("· 2026-08-31")
        assert sheet["A2"].value
        assert any(one.ref.split(":")[0] == "A4" for one in sheet.tables.values())
        assert sheet.freeze_panes.rstrip("5").isalpha()
        assert sheet.print_title_rows is None or sheet.print_title_rows == "$4:$4"


def test_the_tier_sheet_shows_who_rose_and_fell(company: Make) -> None:
    previous = {"C00000": ("低价值", 10.0), "C00001": ("VIP", 99.0)}
    report = company(10, kept=Kept(previous=previous))
    rows = {row["客户编号"]: row for row in table(opened(donor(report)[0]), "Tiers")}
    order = ["低价值", "一般", "潜力", "VIP"]
    for one, (tier, score) in previous.items():
        assert rows[one]["变动"] == order.index(rows[one]["层级"]) - order.index(tier)
        assert rows[one]["得分变化"] == pytest.approx(rows[one]["得分"] - score)
    assert rows["C00002"]["变动"] is None


def test_people_can_pick_a_status_and_finished_tasks_come_last(refreshed: openpyxl.Workbook) -> None:
    sheet = refreshed["任务"]
    rule = next(one for one in sheet.data_validations.dataValidation if one.type == "list")
    assert rule.formula1 == '"待办,进行中,完成,放弃"'
    finished = [row["状态"] in {"完成", "放弃"} for row in table(refreshed, "Tasks")]
    assert finished == sorted(finished)
    assert any(finished)


def test_what_people_wrote_is_read_back(company: Make, tmp_path: Path) -> None:
    report = company(12)
    path = tmp_path / "book.xlsx"
    path.write_bytes(donor(report)[0])
    assert sorted(read_kept(path, "zh-CN").tasks, key=lambda task: task.task_id) == list(report.tasks)
    assert read_stamp(path) == report.stamp
    kept = read_kept(path, "zh-CN")
    assert kept.stamp == report.stamp
    assert kept.previous == read_previous(path)
    assert kept.previous == {
        one: (tier, pytest.approx(score))
        for one, tier, score in report.engine.rows("SELECT customer_id, tier, score FROM results")
    }
    points = dict(report.engine.rows("SELECT customer_id, amount_12m FROM why_points"))
    assert {one: told["amount_12m"] for one, told in kept.points.items()} == points
    assert all("csat" not in told for told in kept.points.values())


@pytest.mark.parametrize(
    ("typed", "meant"), [("完成", "done"), ("Done", "done"), ("進行中", "doing"), ("以后再说", "open")]
)
def test_a_status_is_understood_in_any_language(company: Make, tmp_path: Path, typed: str, meant: str) -> None:
    book = opened(donor(company(6))[0])
    sheet = book["任务"]
    column = next(cell.column for cell in sheet[4] if cell.value == "状态")
    sheet.cell(5, column).value = typed
    path = tmp_path / "book.xlsx"
    book.save(path)
    task = next(task for task in read_kept(path, "zh-CN").tasks if task.task_id == sheet["A5"].value)
    assert task.status == meant


def test_a_template_has_no_stamp_no_tasks_and_no_past(general: Any, tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    path.write_bytes(template_book(general, "zh-CN"))
    assert [field for field, held in vars(read_kept(path, "zh-CN")).items() if held] == []


def test_the_hidden_results_are_the_results(company: Make) -> None:
    report = company(15)
    sheet = opened(donor(report)[0])["_tierbook_results"]
    keys, told = report.engine.table("SELECT * FROM results ORDER BY customer_id")
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows[0] == keys
    assert {"clv", "clv_low", "clv_high", "churn_risk", "p_alive"} <= set(keys)
    assert len(rows) == len(told) + 1
    for row, expected in zip(rows[1:], told, strict=True):
        assert [v if isinstance(v, str) or v is None else pytest.approx(float(v)) for v in expected] == row


def test_the_hidden_points_stand_below_names_weights_and_units(company: Make) -> None:
    report = company(5)
    sheet = opened(donor(report)[0])["_tierbook_why"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    lines = report.model.main_card.lines
    assert rows[0] == ["customer_id", *(line.indicator for line in lines)]
    assert rows[1][1] == report.model.indicator(lines[0].indicator).name.zh
    assert rows[2][1:] == [float(line.weight) for line in lines]
    at = rows[0].index("orders_12m")
    assert [row[at] for row in rows[4:]] == [3.0] * 5
    assert [row[rows[0].index("csat")] for row in rows[4:]] == [None] * 5


def test_moves_name_the_indicator_that_did_it_and_what_changed_in_the_data(company: Make) -> None:
    moves = company(9).moves
    drivers = [("gone", 9), ("amount_12m", -2_340_000), ("orders_12m", 1)]
    told = replace(moves[0], drivers=drivers, causes=[Cause("late_return", 1, -500_00), Cause("interaction", 3)])
    past = Past(moves={"week": [moves[1]], "run": [told, *moves[2:]]})
    rows = table(opened(donor(company(9, past=past))[0]), "Moves")
    assert [row["期间"] for row in rows] == ["上次刷新以来"] * 8 + ["近一周"]
    assert rows[0]["主要原因（分）"] == "近12个月金额 -2.3"
    assert rows[0]["数据里的变化"] == "补到的旧退货 1 笔（-500）；新互动 3 次"
    assert rows[0]["负责人"] in {"李雷", "韩梅梅", "王小明"}
    assert rows[1]["主要原因（分）"] is None


def test_the_matrix_above_the_moves_tells_how_everybody_went(company: Make) -> None:
    """Rows before, columns now: 2 fell from 潜力 to 一般, 1 rose, 40 stayed, 3 are new, 1 is gone."""
    counts = {("潜力", "一般"): 2, ("一般", "VIP"): 1, ("VIP", "VIP"): 40, ("", "低价值"): 3, ("VIP", ""): 1}
    report = company(9)
    past = Past(moves={"run": report.moves}, since={"run": dt.date(2026, 8, 24)}, matrix={"run": counts})
    sheet = opened(donor(company(9, past=past))[0])["变动"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(max_row=12)]
    assert rows[3][0] == "上次刷新以来 · 2026-08-24 → 2026-08-31"
    assert rows[4][3:8] == ["VIP", "潜力", "一般", "低价值", "合计"]
    assert [[row[0], *row[3:8]] for row in rows[5:10]] == [
        ["VIP", 40, 0, 0, 0, 40], ["潜力", 0, 0, 2, 0, 2], ["一般", 1, 0, 0, 0, 1], ["低价值", 0, 0, 0, 0, 0],
        ["新增", 0, 0, 0, 3, 3],
    ]  # fmt: skip
    assert rows[5][10] == "▲ 上升 1 位　▼ 下降 2 位　＝ 不变 40 位"
    assert rows[6][10] == "新增 3 位，合并或移出 1 位"


def test_the_moves_say_how_to_see_more_and_which_periods_are_one(company: Make) -> None:
    """A ledger is asked for only where there is none; what begins on the same day is told once."""
    days = [dt.date(2026, 8, 30), dt.date(2026, 8, 24), dt.date(2026, 5, 31)]

    def told(*since: dt.date, ledger: bool = True) -> str:
        found = dict(zip(("run", "week", "quarter"), since, strict=False))
        report = company(3, past=Past(moves=dict.fromkeys(found, ()), since=found, ledger=ledger))
        return hint(report, periods_shown(report)).replace(text("moves.hint", "zh-CN"), "").strip()

    assert told(days[0], ledger=False) == text("moves.hint_ledger", "zh-CN")
    assert told(*days) == ""
    assert told(days[0]) == "近一周、近一季与“上次刷新以来”从同一天（2026-08-30）算起，不再重列。"
    assert told(days[1], days[1], days[2]) == "近一周与“上次刷新以来”从同一天（2026-08-24）算起，不再重列。"
    assert told(*days[:2]) == "近一季与“近一周”从同一天（2026-08-24）算起，不再重列。"


def test_every_set_aside_row_is_accounted_for(refreshed: openpyxl.Workbook) -> None:
    account = table(refreshed, "DataAccounts")[0]
    assert (account["交来"], account["采用"], account["搁置"]) == (107, 100, 7)
    assert account["核对"].endswith("✓")
    assert sum(row["行数"] for row in table(refreshed, "DataChecks") if row["处理"] == "搁置") == 7
    assert [row["行号"] for row in table(refreshed, "DataFindings") if row["处理"] == "搁置"] == list(range(2, 9))


def test_examples_are_limited_but_counts_are_not(company: Make) -> None:
    report = company(3)
    report.engine.execute(
        "INSERT INTO findings SELECT 'zero_amount', 'notice', 'orders', r.i, 'amount', '0' FROM range(2, 1002) AS r(i)"
    )
    rows = table(opened(donor(report)[0]), "DataFindings")
    found = [row["行号"] for row in rows if row["检查项"] == text("cleaning.zero_amount")]
    assert found == list(range(2, 2 + EXAMPLES))


def test_a_sample_people_wrote_into_is_left_alone(company: Make) -> None:
    untouched = AuditRow("C00000", "", "电话", "138", None, "")
    written = AuditRow("C00000", "", "电话", "138", "139", "")
    assert "抽样核对" in donor(company(5, kept=Kept(audit=[untouched])))[1]
    assert "抽样核对" not in donor(company(5, kept=Kept(audit=[untouched, written])))[1]


def test_the_review_tells_large_and_silent_groups(refreshed: openpyxl.Workbook) -> None:
    rows = table(refreshed, "Review")
    assert sum(row["客户数"] for row in rows if row["类别"] == "层级") == 60
    assert sum(row["客户数"] for row in rows if row["名称"] and row["名称"].startswith("R = ")) == 60
    tag = next(row for row in rows if row["名称"] == "高频")
    assert (tag["客户数"], tag["占比"]) == (20, pytest.approx(1 / 3))
    assert tag["结论"] == text("publish.review_large")
    assert next(row for row in rows if row["名称"] == "低频")["结论"] == text("publish.review_silent")


def test_migration_counts_everybody_once(company: Make) -> None:
    report = company(20, kept=Kept(previous={f"C{n:05d}": ("一般", 50.0) for n in range(15, 25)}))
    rows = {row["原层级"]: row for row in table(opened(donor(report)[0]), "Migration")}
    assert rows["一般"]["客户数"] == 10
    assert rows["一般"]["已不在册"] == 5
    assert rows["新增客户"]["客户数"] == 15


@pytest.mark.parametrize("count", [0, 1])
def test_a_company_with_nobody_or_one_customer_has_all_sheets_too(company: Make, count: int) -> None:
    book = opened(donor(company(count))[0])
    assert len(book.sheetnames) == len(OWNED) + len(HIDDEN)
    assert [row["客户编号"] for row in table(book, "Tiers")] == (["C00000"] if count else [None])


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_sheets_go_into_the_template_and_again_without_a_change(
    company: Make, general: Any, language: Any, tmp_path: Path
) -> None:
    report = company(25, language)
    data, names = donor(report)
    once = replace_sheets(template_book(general, language), data, names)
    assert replace_sheets(once, data, names) == once
    book = opened(once)
    assert len(table(book, "Tiers")) == 25
    path = tmp_path / "book.xlsx"
    path.write_bytes(once)
    assert read_stamp(path) == report.stamp
    assert isinstance(read_kept(path, language).tasks[0].due, dt.date)


def test_tasks_people_typed_themselves_are_kept_wherever_the_header_stands(company: Make, tmp_path: Path) -> None:
    book = opened(donor(company(6))[0])
    sheet = book["任务"]
    head = {cell.value: cell.column for cell in sheet[4]}
    last = sheet.max_row + 1
    for title, value in {"客户编号": "C00001", "动作": "送样品", "状态": "等回信", "结果": "已寄出"}.items():
        sheet.cell(last, head[title]).value = value
    sheet.insert_rows(1)
    sheet.cell(1, 1).value = "给大家的话：周五前填完"
    path = tmp_path / "book.xlsx"
    book.save(path)
    kept = read_kept(path, "zh-CN")
    assert len(kept.tasks) == 7
    [typed] = [task for task in kept.tasks if task.action == "送样品"]
    assert (typed.customer_id, typed.status, typed.result) == ("C00001", "open", "等回信；已寄出")
    assert typed.created == typed.due == dt.date(2026, 8, 31)
    assert typed.task_id
    assert kept.task_rows == {last + 1: typed.task_id}


@pytest.mark.parametrize("levels", [2, 3, 5, 6, 10])
def test_the_value_matrix_fits_its_panel_for_any_number_of_levels(company: Make, levels: int) -> None:
    report = company(30)
    model = replace(report.model, rfm=replace(report.model.rfm, levels=levels))
    sheet = opened(donor(replace(report, model=model))[0])["看板"]
    top = next(row for row in range(1, 99) if sheet.cell(row, 1).value == "客户价值矩阵（R × F）")
    told = {cell.value for row in sheet.iter_rows(min_row=top + 1, max_row=top + 13, max_col=12) for cell in row}
    assert {f"R{n}" for n in range(1, 20)} & told == {f"R{n}" for n in range(1, levels + 1)}
    assert {f"F{n}" for n in range(1, 20)} & told == {f"F{n}" for n in range(1, levels + 1)}


@pytest.mark.parametrize("name", ["software", "simple"])
def test_the_other_shipped_models_have_all_sheets_too(company: Make, general: Any, name: str) -> None:
    report = company(10, model=replace(general, main=name))
    book = opened(donor(report)[0])
    assert len(book.sheetnames) == len(OWNED) + len(HIDDEN)
    lines = report.model.scorecard(name).lines
    assert [cell.value for cell in book["_tierbook_why"][1]] == ["customer_id", *(line.indicator for line in lines)]
