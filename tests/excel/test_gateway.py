"""What a client's code asks: hand a workbook's tables over, choose the book that answers, take snapshots."""

from __future__ import annotations

import datetime as dt

import pytest

KEY = "C:\\客户\\分层.xlsx|2026-08-31 0123456789ab"
DAY_0 = dt.datetime(1899, 12, 30)


@pytest.fixture(scope="module")
def client(new_excel):
    """An Excel of its own: the books it hands over would answer other tests."""
    asked = new_excel()
    yield asked
    asked.close()


@pytest.fixture(autouse=True)
def book_of_record(client):
    yield
    client.gateway("TB_USE", "")


def as_handed_over(cell):
    """A cell as VBA's Value2 has it: every number a double, a date its day number."""
    if isinstance(cell, dt.datetime):
        return (cell - DAY_0) / dt.timedelta(days=1)
    return float(cell) if isinstance(cell, int) and not isinstance(cell, bool) else cell


def squared(rows):
    width = max(map(len, rows))
    return [[*map(as_handed_over, row), *[None] * (width - len(row))] for row in rows]


@pytest.fixture
def hand_over(client, sheets_of):
    def given(key, **changes):
        for name, rows in sheets_of(**changes).items():
            assert client.gateway("TB_HAND_OVER", key, name, client.array(squared(rows))) is True

    return given


@pytest.fixture
def results(sheets_of):
    return sheets_of()["_tierbook_results"]


def snapshot(client, *asked):
    return client.gateway("TB_SNAPSHOT", *asked)


def test_a_book_is_held_once_its_stamp_is_handed_over(client, sheets_of):
    key = KEY + " held"
    assert client.gateway("TB_HOLDS", key) is False
    for name, rows in sheets_of().items():
        assert client.gateway("TB_HOLDS", key) is False
        client.gateway("TB_HAND_OVER", key, name, client.array(squared(rows)))
    assert client.gateway("TB_HOLDS", key) is True


def test_the_chosen_book_answers_until_the_book_of_record_does_again(client, hand_over, results):
    results[3][7] = "潜力"
    hand_over(KEY, results=results)
    assert client.cell("CUST_TIER", 1001.0) == "VIP"
    known_by = client.gateway("TB_USE", KEY)
    assert known_by.startswith(KEY)
    assert client.cell("CUST_TIER", 1001.0) == "潜力"
    assert client.gateway("TB_USE", KEY) == known_by
    of_record = client.gateway("TB_USE", "")
    assert of_record
    assert of_record != known_by
    assert client.cell("CUST_TIER", 1001.0) == "VIP"
    assert client.gateway("TB_USE") == client.gateway("TB_USE", None) == of_record


def test_a_book_handed_over_anew_is_known_by_something_new(client, hand_over):
    hand_over(KEY)
    first = client.gateway("TB_USE", KEY)
    hand_over(KEY)
    assert client.gateway("TB_USE", KEY) != first


def test_a_book_nobody_handed_over_answers_nothing_rather_than_another_books_answers(client):
    assert client.gateway("TB_USE", "C:\\other.xlsx|1") == ""
    assert client.cell("CUST_TIER", [[1001.0], [None]]) == [["#REF!"], [""]]
    assert snapshot(client, "CUST_TIER") == "#REF!"
    expected = "还没有读到工作簿 C:\\other.xlsx 的结果：请重新计算一次（Ctrl+Alt+F9）"
    assert client.cell("CUST_STAMP") == expected


def test_a_book_of_another_stamp_takes_the_place_of_the_older_one(client, hand_over):
    hand_over("C:\\a.xlsx|1")
    hand_over("C:\\a.xlsx|2")
    assert [client.gateway("TB_HOLDS", f"C:\\a.xlsx|{stamp}") for stamp in (1, 2)] == [False, True]


def test_only_the_last_few_books_are_kept(client, hand_over):
    for number in range(6):
        hand_over(f"C:\\{number}.xlsx|1")
        client.gateway("TB_USE", "C:\\0.xlsx|1")
    held = [number for number in range(6) if client.gateway("TB_HOLDS", f"C:\\{number}.xlsx|1")]
    assert held == [0, 3, 4, 5], "the one asked longest ago goes first"


def test_a_damaged_book_is_held_with_its_reason_so_that_nobody_hands_it_over_forever(client, hand_over):
    hand_over("C:\\odd.xlsx|1", why=[["who"], ["knows"]])
    assert client.gateway("TB_HOLDS", "C:\\odd.xlsx|1") is True
    client.gateway("TB_USE", "C:\\odd.xlsx|1")
    assert client.cell("CUST_TIER", 1001.0) == "#REF!"
    assert client.cell("CUST_STAMP") == "工作簿 C:\\odd.xlsx 里的评分结果已损坏：请重新刷新一次"
    hand_over("C:\\odd.xlsx|2", stamp={"format": "7"})
    client.gateway("TB_USE", "C:\\odd.xlsx|2")
    assert "的结果格式是 7" in client.cell("CUST_STAMP")
    client.gateway("TB_HAND_OVER", "C:\\odd.xlsx|3", "_tierbook", "format")
    client.gateway("TB_USE", "C:\\odd.xlsx|3")
    assert "还没有评分结果" in client.cell("CUST_STAMP")


def test_dates_that_come_as_day_numbers_are_dates_again(client, hand_over):
    hand_over(KEY)
    client.gateway("TB_USE", KEY)
    assert client.cell("CUST_METRIC", 1001.0, "last_order_date")["date"].startswith("2026-08-19T00:00:00")
    assert client.cell("CUST_METRIC", 1001.0, "recency_days") == 12.0
    assert client.cell("CUST_TASKS")[1][0]["date"].startswith("2026-09-02T00:00:00")
    assert len(client.cell("CUST_TASKS", client.OMITTED, "2026-09-05")) == 3
    assert client.cell("CUST_WHY", 1001.0, "last_order_date")[-1][1]["date"].startswith("2026-08-19")


ASKED = [
    ("CUST_TIER",), ("CUST_TIER", "abc"), ("CUST_TIER", None, 46234.0), ("CUST_SCORE", "simple"), ("CUST_RFM",),
    ("CUST_SEGMENT",), ("CUST_STAGE",), ("CUST_TAGS",), ("CUST_TAGS", "|"), ("CUST_HAS_TAG", "低频"),
    ("CUST_METRIC", "last_order_date"), ("CUST_METRIC", "Days since last order"), ("CUST_CLV",), ("CUST_CHURN",),
    ("CUST_GAP",), ("CUST_NEXT",), ("CUST_OWNER",),
]  # fmt: skip


@pytest.mark.parametrize("handed_over", [True, False], ids=["handed over", "from a file"])
@pytest.mark.parametrize("asked", ASKED, ids=repr)
def test_a_snapshot_says_what_each_cell_would_say(client, asked, handed_over, hand_over):
    if handed_over:
        hand_over(KEY)
        client.gateway("TB_USE", KEY)
    function, *options = asked
    answers = snapshot(client, function, *options)
    assert [customer for customer, _ in answers] == ["0012", "1", "1001", "1002", "A-7", "gone"]
    for customer, answer in answers:
        assert client.cell(function, customer, *options) == answer


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        (("CUST_TIER", "no such scale"), "#VALUE!"),
        (("CUST_METRIC",), "#VALUE!"),
        (("CUST_HAS_TAG", "no such tag"), "#VALUE!"),
        (("CUST_TIER", None, 45000.0), "#NUM!"),
        (("CUST_RFM", "too much"), "#VALUE!"),
        (("CUST_TIER", None, None), None),
        (("CUST_LIST",), "#VALUE!"),
        (("CUST_STAMP",), "#VALUE!"),
        (("CUST_WHY",), "#VALUE!"),
        (("CUST_NOTHING",), "#VALUE!"),
        (("session",), "#VALUE!"),
        (("__import__",), "#VALUE!"),
    ],
    ids=repr,
)
def test_one_error_stands_for_everybody(client, asked, shown):
    found = snapshot(client, *asked)
    assert found == shown if shown else len(found) == 6


def test_a_snapshot_is_sorted_as_vba_compares(client, hand_over, results):
    ids = ["z", "Z", "a-1", "é", "中", "\uff21", "\U0001f600", "10", "9"]
    rows = [results[0], *([each, *results[1][1:]] for each in ids)]
    hand_over(KEY, results=rows, why=[["customer_id"], [None], [None], [None]], gap=(), before=(), tasks=())
    client.gateway("TB_USE", KEY)
    found = [customer for customer, _ in snapshot(client, "CUST_TIER")]
    assert found == sorted(ids, key=lambda each: each.encode("utf-16-be"))
    assert found.index("\U0001f600") < found.index("\uff21"), "by UTF-16 units, not by letters"


def test_a_book_without_customers_knows_nobody(client, hand_over, results):
    hand_over(KEY, results=results[:1], why=[["customer_id"], [None], [None], [None]], gap=(), before=())
    client.gateway("TB_USE", KEY)
    assert snapshot(client, "CUST_TIER") == "#N/A"
    assert client.cell("CUST_LIST")[0] == "客户编号"
    assert client.cell("CUST_COUNT") == 0.0
    assert client.cell("CUST_SUMMARY")[1] == ["VIP", 0.0, "", 0.0, ""]
    assert client.cell("CUST_MOVES").startswith("这是第一次刷新")


def test_a_book_of_an_older_refresh_says_that_one_more_would_tell_more(client, hand_over, results):
    hand_over(KEY, results=[row[:-6] for row in results], gap=(), tasks=(), before=())
    client.gateway("TB_USE", KEY)
    for function in ("CUST_CLV", "CUST_CHURN", "CUST_GAP", "CUST_NEXT"):
        assert client.cell(function, [[1001.0], [None]]) == [["#REF!"], [""]]
        assert snapshot(client, function) == "#REF!"
    assert client.cell("CUST_TASKS") == "#REF!"
    assert client.cell("CUST_TIER", 1001.0) == "VIP"
    advice = "这本工作簿由较早的版本刷新，缺少终身价值、流失风险、升级差距或任务：请再刷新一次"
    assert client.cell("CUST_STAMP").endswith(advice)
    assert client.cell("CUST_WHY", 1001.0, "clv") == [["名称", "终身价值"], ["提示", advice]]
    assert "终身价值" not in dict(map(tuple, client.cell("CUST_PROFILE", 1001.0)))


def test_without_its_rules_a_book_is_asked_what_the_shipped_ones_say_but_scores_nothing_by_them(client, hand_over):
    hand_over(KEY, model=())
    client.gateway("TB_USE", KEY)
    assert client.cell("CUST_HAS_TAG", 1.0, "Low frequency") is True
    assert client.cell("CUST_MOVES")[1][0] == "A-7"
    assert client.cell("CUST_SCORE_TABLE", [["recency_days"], [1.0]]) == "#REF!"
    hand_over(KEY, model=(), stamp={"model": "my own"})
    client.gateway("TB_USE", KEY)
    assert client.cell("CUST_HAS_TAG", 1.0, "低频") is True
    assert client.cell("CUST_HAS_TAG", 1.0, "Low frequency") == "#VALUE!"
    assert client.cell("CUST_SUMMARY")[1][0] == "低价值"
    assert [row[:6] for row in client.cell("CUST_MOVES")[1:]] == [
        ["A-7", "字母客户", "李雅婷", "VIP", "低价值", -3.0],
        ["0012", "零零客户", "李雅婷", "一般", "潜力", 1.0],
        ["1001", "上海样品", "王浩然", "潜力", "VIP", 1.0],
    ]
    assert client.cell("CUST_SCORE_TABLE", [["recency_days"], [1.0]]) == "#REF!"
    assert dict(map(tuple, client.cell("CUST_WHY", 1001.0, "recency_days"))) == {
        "是什么": "指标，用于 CUST_METRIC",
        "键": "recency_days",
        "这位客户": 12.0,
    }


def test_a_used_range_may_reach_beyond_its_table(client, sheets_of):
    for name, rows in sheets_of().items():
        wide = [[*row, None, None] for row in squared(rows)]
        beyond = [*wide, [None] * len(wide[0]), [None] * len(wide[0])]
        client.gateway("TB_HAND_OVER", KEY, name, client.array(beyond))
    client.gateway("TB_USE", KEY)
    assert client.cell("CUST_TIER", [[1001.0], [None], [""], ["x"]]) == [["VIP"], [""], [""], ["#N/A"]]
    assert client.cell("CUST_COUNT") == 5.0
    assert len(client.cell("CUST_TASKS")) == 4
    assert len(client.cell("CUST_MOVES")) == 4
    assert len(client.cell("CUST_WHY", 1001.0)) == 6
    assert [customer for customer, _ in snapshot(client, "CUST_GAP")] == ["0012", "1", "1001", "1002", "A-7", "gone"]


@pytest.mark.parametrize("lost", ["customer_id", "tier", "score"])
def test_a_book_without_a_column_that_every_answer_needs_is_damaged(client, hand_over, results, lost):
    place = results[0].index(lost)
    hand_over(KEY, results=[[*row[:place], *row[place + 1 :]] for row in results])
    client.gateway("TB_USE", KEY)
    assert client.cell("CUST_LIST") == "#REF!"
    assert "已损坏" in client.cell("CUST_STAMP")


@pytest.mark.parametrize(
    "name", ["_tierbook", "_tierbook_results", "_tierbook_why", "_tierbook_gap", "_tierbook_tasks"]
)
@pytest.mark.parametrize("cells", [None, "", 5.0, [[None]], [["customer_id"]], [[1.0, 2.0], [3.0, 4.0]]], ids=repr)
def test_whatever_a_hidden_sheet_holds_the_functions_answer(client, sheets_of, name, cells):
    sheets = sheets_of()
    for sheet, rows in sheets.items():
        given = cells if sheet == name else squared(rows)
        client.gateway("TB_HAND_OVER", KEY, sheet, client.array(given) if isinstance(given, list) else given)
    client.gateway("TB_USE", KEY)
    assert client.gateway("TB_HOLDS", KEY) is True
    assert "Error" not in str([client.cell("CUST_TIER", 1001.0), client.cell("CUST_GAP", 1001.0)])
    assert isinstance(client.cell("CUST_STAMP"), str)
    assert isinstance(client.cell("CUST_TASKS"), list | str)
