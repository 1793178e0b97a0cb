"""A copy with LAMBDA names answers as the add-in does, cell by cell.

IronCalc calculates them: it knows LAMBDA, LET, REDUCE, XLOOKUP and names that call names. It takes single values only
(a block of ids gives one value there), and it reads names without their prefixes as well, so test_sharing_stored.py
asserts what the file says.
"""

from __future__ import annotations

import datetime as dt

import pytest

from tierbook.sharing import share
from tierbook.workbook import read_sheets


def copied(book, to="lambda"):
    made = share(book, to)
    target = book.with_name(f"{book.stem}-{to}{made.extension}")
    target.write_bytes(made.data)
    return target


def asks_of_the_demo(asked):
    id_, ask = asked.ID, asked.Ask
    return [
        *asked.SIMPLE, ask("CUST_TIER", (id_, "abc")), ask("CUST_SCORE", (id_, "简单评分")),
        ask("CUST_METRIC", (id_, "recency_days")), ask("CUST_METRIC", (id_, "last_order_date")),
        ask("CUST_METRIC", (id_, "客单价（元）")), ask("CUST_TAGS", (id_, "; ")), ask("CUST_HAS_TAG", (id_, "高频")),
        ask("CUST_STAMP", ()),
    ]  # fmt: skip


@pytest.mark.slow
def test_every_customer_of_the_demo_has_the_answers_of_the_addin(asked, demo, with_sheet, tmp_path):
    ids = [row[0] for row in read_sheets(demo, ["_tierbook_results"])["_tierbook_results"][1:]]
    asks = asks_of_the_demo(asked)
    book = with_sheet(demo, tmp_path / "demo.xlsx", asked.asking(ids, asks))
    expected = asked.wanted(book, ids, asks)
    found = asked.by_ironcalc(copied(book), len(ids), len(asks))
    assert len(ids) > 300
    assert not asked.differences(found, expected, ids, asks)


def test_ids_are_read_as_the_addin_reads_them(asked, tmp_path):
    asks = [*asked.SIMPLE, asked.Ask("CUST_HAS_TAG", (asked.ID, "高频")), asked.Ask("CUST_TAGS", (asked.ID, " / "))]
    book = asked.small_book(tmp_path / "odd.xlsx", asked.asking(asked.ODD, asks))
    found = asked.by_ironcalc(copied(book), len(asked.ODD), len(asks))
    assert not asked.differences(found, asked.wanted(book, asked.ODD, asks), asked.ODD, asks)


def test_ids_that_differ_in_capitals_only_are_two_customers(asked, tmp_path):
    twins = [asked.RESULTS[0], ["C-1", *asked.RESULTS[1][1:]], ["c-1", *asked.RESULTS[3][1:]]]
    ids = ["C-1", "c-1", " c-1 ", "C-2", None]
    asks = [asked.Ask("CUST_TIER"), asked.Ask("CUST_TAGS"), asked.Ask("CUST_CLV")]
    book = asked.small_book(tmp_path / "twins.xlsx", asked.asking(ids, asks), results=twins)
    found = asked.by_ironcalc(copied(book), len(ids), len(asks))
    assert not asked.differences(found, asked.wanted(book, ids, asks), ids, asks)


WORDS = ["four", "ABC 分层", "ａｂｃ 分层", " abc  classes ", None, "nope", "多少?", "多少*", "多少x", "满意度",
         "最近购买间隔（天）", "CSAT", "How ~ many", "高频", "高频、高客单价", 5]  # fmt: skip


@pytest.mark.parametrize("function", ["CUST_TIER", "CUST_SCORE", "CUST_METRIC", "CUST_HAS_TAG"])
@pytest.mark.parametrize("customer", ["1001", "1002", "nobody", None])
def test_words_from_cells_mean_what_they_mean_to_the_addin(asked, tmp_path, function, customer):
    asks = [asked.Ask(function, (asked.ID, asked.WORD))]
    ids = [customer] * len(WORDS)
    book = asked.small_book(tmp_path / "words.xlsx", asked.asking(ids, asks, WORDS))
    found = asked.by_ironcalc(copied(book), len(ids), 1)
    expected = asked.wanted(book, ids, asks, WORDS)
    assert not [(word, *off) for word, off in zip(WORDS, zip(found, expected, strict=True), strict=True)
                if not asked.same(off[0][0], off[1][0])]  # fmt: skip


DAYS = [None, dt.date(2026, 8, 31), dt.date(2026, 9, 1), dt.date(2026, 8, 30), dt.date(2026, 8, 1),
        dt.date(2026, 7, 31), 0.5, 46265, 46264.9, 3_000_000]  # fmt: skip


@pytest.mark.parametrize("customer", ["1001", "A-7", "1002", "9999", None])
@pytest.mark.parametrize("word", [None, "abc", "four", "general"])
def test_a_day_chooses_the_state_known_then(asked, tmp_path, customer, word):
    asks = [asked.Ask(name, (asked.ID, word, asked.DAY)) for name in ("CUST_TIER", "CUST_SCORE")]
    ids = [customer] * len(DAYS)
    book = asked.small_book(tmp_path / "days.xlsx", asked.asking(ids, asks, days=DAYS))
    found = asked.by_ironcalc(copied(book), len(ids), len(asks))
    assert not asked.differences(found, asked.wanted(book, ids, asks, days=DAYS), ids, asks)


def test_an_older_refresh_answers_what_it_wrote_and_says_so(asked, tmp_path):
    older = [row[:17] for row in asked.RESULTS]
    asks = [asked.Ask("CUST_CLV"), asked.Ask("CUST_TIER"), asked.Ask("CUST_STAMP", ())]
    book = asked.small_book(tmp_path / "older.xlsx", asked.asking(["1001", None], asks), results=older)
    found = asked.by_ironcalc(copied(book), 2, 3)
    expected = asked.wanted(book, ["1001", None], asks)
    assert found[0][0] == "#REF!"
    assert found == expected


def test_names_work_inside_larger_formulas(asked, tmp_path):
    def people(book):
        asked.asking(["1001", "nobody"], [])(book)
        sheet = book.get_worksheet_by_name(asked.SHEET)
        for row in (2, 3):
            sheet.write_formula(row - 1, 3, f'=IF(CUST_TIER(A{row})="VIP","赠礼","")', None, "?")
            sheet.write_formula(row - 1, 4, f'=IFERROR(CUST_TIER(A{row}),"新客户")', None, "?")
            sheet.write_formula(row - 1, 5, f"=ROUND(CUST_SCORE(A{row})*2,0)+1", None, 0)

    found = asked.by_ironcalc(copied(asked.small_book(tmp_path / "larger.xlsx", people)), 2, 3)
    assert found == [["赠礼", "VIP", 164], ["#N/A", "新客户", "#N/A"]]
