"""`tierbook review --backtest`: on a book, on files alone, in words and as JSON; and what it leaves alone."""

from __future__ import annotations

import datetime as dt
import json
import shutil
import tomllib
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from tierbook import jobs, templates
from tierbook.cli import main
from tierbook.demo import build
from tierbook.errors import ScoringError, UsageError
from tierbook.jobs.backtest import BacktestReport, backtest
from tierbook.jobs.intake import named_model
from tierbook.labels import LANGUAGES, Language, text
from tierbook.publish import template_book
from tierbook.workbook import read_rows, sheet_names

AS_OF = dt.date(2026, 10, 31)
POOR = ("weight.general.orders_12m=0", "weight.general.recency_days=0", "weight.general.aov=60")
"""Weights that look at the mean order above all, so that better ones are easily found."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Language], Path]:
    """The demo company, not yet refreshed."""
    held: dict[str, Path] = {}

    def of(language: Language) -> Path:
        if language not in held:
            recipe = tomllib.loads((templates.folder() / "recipes" / "demo.toml").read_text(encoding="utf-8"))
            book = tmp_path_factory.mktemp("made") / f"{language}.xlsx"
            book.write_bytes(template_book(named_model("general"), language, facts=build(recipe, language)))
            held[language] = book
        return held[language]

    return of


@pytest.fixture
def book(made: Callable[[Language], Path], tmp_path: Path) -> Path:
    return Path(shutil.copy(made("zh-CN"), tmp_path / "客户.xlsx"))


@pytest.fixture(scope="module")
def poor(made: Callable[[Language], Path], tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, BacktestReport]:
    """The book after a backtest of poor weights, to be read only, and its report."""
    book = Path(shutil.copy(made("zh-CN"), tmp_path_factory.mktemp("poor") / "客户.xlsx"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TIERBOOK_HOME", str(tmp_path_factory.mktemp("home")))
        return book, backtest(asked(book, *POOR))


def asked(book: Path | None, *changes: str, **more: Any) -> jobs.Request:
    return jobs.Request(as_of=AS_OF, book=book, settings=("backtest_redraws=100", *changes), **more)


def told(report: BacktestReport) -> Any:
    assert report.found is not None
    return report.found


def sheet_text(book: Path, name: str) -> str:
    return "\n".join(str(value) for row in read_rows(book, name) for value in row if value not in (None, ""))


def test_a_backtest_writes_one_sheet_and_changes_no_rule(
    poor: tuple[Path, BacktestReport], made: Callable[[Language], Path]
) -> None:
    book, report = poor
    assert report.sheets == ["回测"]
    assert sheet_names(book)[-1] == "回测"
    assert report.receipt is not None
    assert {part.sheet for part in report.receipt.changed} == {""}
    with zipfile.ZipFile(made("zh-CN")) as before, zipfile.ZipFile(book) as after:
        sheets = [name for name in before.namelist() if name.startswith("xl/worksheets/")]
        assert len(sheets) > 20
        assert all(after.read(name) == before.read(name) for name in sheets)


def test_the_sheet_says_what_was_found(poor: tuple[Path, BacktestReport]) -> None:
    book, report = poor
    found, words = told(report), sheet_text(book, "回测")
    assert f"那天已知客户 {found.customers} 位，其中 {found.buyers} 位之后下过单" in words
    assert f"之后 90 天没有下单的有 {found.left} 位" in words
    rows = read_rows(book, "回测")
    at = next(place for place, row in enumerate(rows) if row and row[0] == "层级")
    for line, tier in zip(rows[at + 1 :], found.tiers, strict=False):
        assert (line[1], line[3], line[8], line[9]) == (tier.customers, tier.buyers, tier.active, tier.left)
        assert line[4] == pytest.approx(tier.revenue / 100)
    assert report.suggestion is not None
    assert " ".join(f"--set {one}" for one in report.suggestion.settings) in words


def test_suggested_weights_stand_in_the_order_of_the_model_sheet_so_that_they_can_be_copied(
    poor: tuple[Path, BacktestReport],
) -> None:
    book, report = poor
    assert report.suggestion is not None
    rows = read_rows(book, "回测")
    at = next(place for place, row in enumerate(rows) if row and row[0] == "指标")
    block = [(row[0], row[2]) for row in rows[at + 1 : at + 1 + len(report.suggestion.weights)]]
    listed = [row[1] for row in read_rows(book, "模型-指标权重")[4:]]
    assert [name for name, _ in block] == listed[: len(block)]
    assert [weight for _, weight in block] == [one.suggested for one in report.suggestion.weights]


@pytest.mark.whole
def test_who_would_move_is_who_a_preview_by_these_weights_moves(book: Path) -> None:
    report = backtest(asked(book, *POOR), dry_run=True)
    assert report.suggestion is not None
    assert report.preview is not None
    assert report.preview.moves
    jobs.refresh(asked(book, *POOR))
    by_preview = jobs.preview(asked(book, *POOR, *report.suggestion.settings))
    assert {one.customer_id: (one.before, one.after) for one in report.preview.moves} == {
        one.customer_id: (one.before, one.after) for one in by_preview.moves
    }


@pytest.mark.whole
def test_the_same_backtest_again_leaves_the_file_as_it_is_and_a_refresh_leaves_the_sheet(book: Path) -> None:
    backtest(asked(book))
    before = book.read_bytes()
    assert not backtest(asked(book)).changed
    assert book.read_bytes() == before
    was = read_rows(book, "回测")
    jobs.refresh(asked(book))
    assert read_rows(book, "回测") == was


def test_a_dry_run_writes_nothing(book: Path) -> None:
    before = book.read_bytes()
    report = backtest(asked(book), dry_run=True)
    assert told(report).customers
    assert book.read_bytes() == before


@pytest.mark.whole
def test_another_past_day_is_scored_as_of_itself(book: Path) -> None:
    early = told(backtest(asked(book), at=dt.date(2026, 3, 1), days=30, dry_run=True))
    assert (early.asked.at, early.asked.end) == (dt.date(2026, 3, 1), dt.date(2026, 3, 31))
    assert early.customers < told(backtest(asked(book), dry_run=True)).customers


@pytest.mark.whole
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_its_sheet(made: Callable[[Language], Path], tmp_path: Path, language: Language) -> None:
    book = Path(shutil.copy(made(language), tmp_path / "book.xlsx"))
    backtest(asked(book, *POOR))
    name = text("sheets.backtest", language)
    words = sheet_text(book, name)
    for key in ("tiers_heading", "rankings_heading", "deciles_heading", "weights_heading", "reading_heading"):
        assert text(f"backtest.{key}", language) in words
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        opened = load_workbook(book)
    assert len(opened[name]._charts) == 2
    assert "{" not in words


def test_days_that_are_not_over_are_refused_with_the_way_out(book: Path) -> None:
    with pytest.raises(UsageError) as refused:
        backtest(asked(book), at=dt.date(2026, 9, 1))
    assert str(refused.value) == (
        "2026-09-01 之后的 90 天要到 2026-11-30 才结束，而基准日是 2026-10-31：只过了 60 天。"
        "请把 --at 提前、用 --days 缩短，或用 --as-of 指定更晚的基准日"
    )


def test_a_day_before_the_first_customer_and_one_after_the_last_order_are_refused(tmp_path: Path) -> None:
    orders = tmp_path / "orders.csv"
    orders.write_text("customer_id,date,amount\nA,2026-01-05,10\nB,2026-02-05,20\n", encoding="utf-8")
    request = asked(None, files={"orders": orders})
    with pytest.raises(ScoringError, match="2025-06-01 那天还没有任何客户"):
        backtest(request, at=dt.date(2025, 6, 1))
    with pytest.raises(ScoringError, match="2026-03-01 之后没有任何订单（最后一笔在 2026-02-05）"):
        backtest(request, at=dt.date(2026, 3, 1))


def test_a_handful_of_customers_is_told_to_be_too_few(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    orders = tmp_path / "orders.csv"
    rows = [f"C{n},2026-0{month}-05,{100 + n}" for n in range(8) for month in (3, 6, 9) if n < 5 or month == 3]
    orders.write_text("customer_id,date,amount\n" + "\n".join(rows), encoding="utf-8")
    code = main(["review", "--backtest", "--orders", str(orders), "--as-of", "2026-10-31", "--lang", "en", "-q"])
    out = capsys.readouterr().out
    assert code == 0
    assert "only 5 customers ordered after it (at least 20 are needed" in out
    assert "3 left and 5 stayed (at least 20 of each are needed): too few" in out
    assert "Too few customers to suggest weights" in out


def test_json_has_every_number_and_words_for_nothing_said(
    book: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(["review", str(book), "--backtest", "--as-of", "2026-10-31", "--dry-run", "--json"])
    body = json.loads(capsys.readouterr().out)
    assert code == 0
    assert (body["at"], body["end"], body["days"]) == ("2026-08-02", "2026-10-31", 90)
    assert [tier["tier"] for tier in body["tiers"]] == ["VIP", "潜力", "一般", "低价值"]
    assert sum(tier["revenue"] for tier in body["tiers"]) == pytest.approx(body["revenue"])
    assert body["rankings"][0]["key"] == "score"
    assert len(body["rankings"][0]["gain"]) == len(body["deciles"]) + 1


def test_a_day_without_backtest_and_a_review_without_a_book_are_refused(
    book: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["review", str(book), "--at", "2026-08-02"]) == 2
    assert "请加 --backtest" in capsys.readouterr().err
    assert main(["review"]) == 2
    assert "请指定工作簿" in capsys.readouterr().err


def test_a_model_without_parameters_for_it_is_tested_by_the_shipped_ones(tmp_path: Path) -> None:
    """A model people wrote before backtests existed."""
    from dataclasses import replace

    from tierbook.jobs.backtest import settings_of

    model = named_model("general")
    bare = replace(model, params={key: one for key, one in model.params.items() if not key.startswith("backtest_")})
    assert settings_of(bare, None) == settings_of(model, None)
    assert settings_of(bare, 30).days == 30
    with pytest.raises(UsageError):
        settings_of(bare, 0)
