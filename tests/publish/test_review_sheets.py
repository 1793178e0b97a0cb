"""The sheets of a review: in three languages, whatever is known, and never with a formula of somebody else's."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import openpyxl
import pytest

from tierbook.engine import Engine
from tierbook.labels import LANGUAGES, text
from tierbook.publish.book import Book
from tierbook.publish.records import Report
from tierbook.publish.review import Review, quarter_of, review_of
from tierbook.publish.review_sheets import MADE_BY, review_builders

from .conftest import AS_OF, make_report

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning")  # openpyxl on data bars
Made = tuple[Any, bytes, Report, Review]


def made(report: Report) -> Made:
    """(workbook read back, its bytes, the report, the review)."""
    review = review_of(report, quarter_of(AS_OF))
    book = Book(report.language, title="复盘")
    for build in review_builders(review).values():
        build(book, report)
    data = book.to_bytes()
    return openpyxl.load_workbook(io.BytesIO(data)), data, report, review


def busy(report: Report) -> Report:
    """Half of the customers were called in May, the others wait; the play has a name like a formula."""
    ids = [row[0] for row in report.engine.rows("SELECT customer_id FROM results ORDER BY customer_id")]
    day, like = dt.date(2026, 5, 4), report.tasks[0]
    tasks = [
        replace(like, task_id=f"T{place}", customer_id=who, play="=1+1", created=day, due=day,
                status="done" if place % 2 else "open", closed=day if place % 2 else None)
        for place, who in enumerate(ids)
    ]  # fmt: skip
    return replace(report, tasks=tasks)


@pytest.fixture(scope="module")
def reviews(general: Any) -> Callable[[str], Made]:
    """The review of one company in each language, made once."""
    found: dict[str, Made] = {}

    def of(language: str) -> Made:
        if language not in found:
            with Engine() as engine:
                report = make_report(engine, general, 60, language)
                found[language] = made(busy(report))
        return found[language]

    return of


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sheet_is_there_with_its_words_filled_in(reviews, language):
    book, _, _, _ = reviews(language)
    assert book.sheetnames == [text(f"sheets.{mark}", language) for mark in ("review", *MADE_BY)]
    for sheet in book:
        said = [str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value is not None]
        assert len(said) > (2 if sheet.title == text("sheets.review_causes", language) else 10), sheet.title
        assert not [word for word in said if "{" in word or "None" in word or "nan" in word], sheet.title


def test_no_cell_is_a_formula_and_the_same_facts_give_the_same_bytes(reviews, general):
    book, data, _, _ = reviews("zh-CN")
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        sheets = [parts.read(name) for name in parts.namelist() if name.startswith("xl/worksheets/sheet")]
    assert not any(b"<f>" in sheet for sheet in sheets)
    assert any(cell.value == "=1+1" for row in book["复盘-行动"].iter_rows() for cell in row)
    with Engine() as engine:
        report = make_report(engine, general, 60, "zh-CN")
        assert made(busy(report))[1] == data


def test_figures_on_the_page_are_those_of_the_targets(reviews):
    book, _, _, review = reviews("zh-CN")
    sheet = book["复盘-要点"]
    head = next(row for row in sheet.iter_rows(values_only=True) if "留存率" in row)
    everybody = next(row for row in sheet.iter_rows(values_only=True) if row[0] == "全部客户")
    told = {one.figure: one.value for one in review.targets if one.by == "all"}
    for figure, title in (("retention", "留存率"), ("repurchase", "复购率"), ("conversion", "新客转化率")):
        assert everybody[head.index(title)] == pytest.approx(told[figure]) if told[figure] is not None else True
    assert told["repurchase"] is not None


def test_trends_tell_every_month_and_draw_a_line_per_tier(reviews):
    book, data, report, review = reviews("zh-CN")
    sheet = book["复盘-趋势"]
    rows = [row for row in sheet.iter_rows(values_only=True) if row[0] in report.tier_names]
    assert len(rows) == len(review.months) * len(report.tier_names)
    assert len(sheet._charts) == 6
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        charts = [parts.read(name).decode() for name in parts.namelist() if name.startswith("xl/charts/chart")]
    assert all(chart.count("<c:ser>") == len(report.tier_names) for chart in charts)


def test_the_definitions_name_every_tier_stage_tag_and_parameter(reviews, general):
    book, _, _, _ = reviews("zh-CN")
    rows = {(row[0], row[1]): row for row in book["复盘-口径"].iter_rows(min_row=5, values_only=True)}
    for family, named in (("层级", general.scale("four").tiers), ("生命周期", general.stages), ("标签", general.tags)):
        for one in named:
            assert (family, one.name.zh) in rows
    assert {row[4].split(" · ")[0] for (family, _), row in rows.items() if family == "参数"} == set(general.params)
    assert "潜力评分" in rows["层级", "潜力"][2]


def test_a_company_that_only_began_has_a_review_too(general):
    with Engine() as engine:
        report = make_report(engine, general, 3, tasks=(), moves=())
        engine.execute("DELETE FROM orders")
        book, _, _, review = made(report)
    assert not review.shortfalls
    assert not review.outcomes
    said = [cell.value for row in book["复盘-行动"].iter_rows() for cell in row if cell.value]
    assert any("还没有完成满 30 天的任务" in word for word in said)
    assert any("没有找到有把握的新标签" in word for word in said)
