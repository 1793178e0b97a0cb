"""Every worksheet function through xlwings' own pipeline: what a cell shows for what a cell holds."""

from __future__ import annotations

import datetime as dt

import pytest

from tierbook.excel.signatures import signatures

DATE_OF_1001 = dt.datetime(1902, 9, 27)
"""What Excel hands over for the number 1001 in a cell formatted as a date."""

ANSWERS = {
    "CUST_TIER": "VIP",
    "CUST_SCORE": 81.25,
    "CUST_RFM": "5-4-5",
    "CUST_SEGMENT": "重要价值客户",
    "CUST_STAGE": "忠诚",
    "CUST_TAGS": "高频、高客单价、华东",
    "CUST_HAS_TAG": False,
    "CUST_METRIC": 98765.43,
    "CUST_CLV": 54321.5,
    "CUST_CHURN": 0.0625,
    "CUST_GAP": "已在最高层级 VIP",
    "CUST_NEXT": "预约季度拜访",
    "CUST_OWNER": "王浩然",
}
"""Each function that takes a block, and its answer for customer 1001."""
SECOND = {
    "CUST_TIER": "低价值",
    "CUST_SCORE": 10.0,
    "CUST_RFM": "1-1-1",
    "CUST_SEGMENT": "一般挽留客户",
    "CUST_STAGE": "流失",
    "CUST_TAGS": "低频",
    "CUST_HAS_TAG": True,
    "CUST_METRIC": 80.0,
    "CUST_CLV": 3.5,
    "CUST_CHURN": 0.96875,
    "CUST_GAP": "再消费 800 元 → 一般",
    "CUST_NEXT": "",
    "CUST_OWNER": "李雅婷",
}
"""The same for customer A-7."""
MORE = {"CUST_METRIC": ["amount_12m"], "CUST_HAS_TAG": ["低频"]}
"""Arguments a function must have besides the ids."""
OPTIONAL = ["CUST_TIER", "CUST_SCORE", "CUST_TAGS"]

each_function = pytest.mark.parametrize("function", ANSWERS)


@each_function
@pytest.mark.parametrize("cell", [1001.0, "1001", " 1001 ", "１００１", "1001.0", "1001\u3000", DATE_OF_1001], ids=repr)
def test_a_cell_answers_however_its_id_is_written(excel, function, cell):
    assert excel.cell(function, [[cell]], *MORE.get(function, [])) == ANSWERS[function]


@each_function
@pytest.mark.parametrize("typed", [1001.0, "1001", DATE_OF_1001], ids=repr)
def test_an_id_typed_into_the_formula_answers_too(excel, function, typed):
    assert excel.cell(function, typed, *MORE.get(function, [])) == ANSWERS[function]


@each_function
def test_a_column_comes_back_as_a_column(excel, function):
    column = [[1001.0], [None], ["A-7"], ["nobody"], ["１００１"]]
    expected = [[ANSWERS[function]], [""], [SECOND[function]], ["#N/A"], [ANSWERS[function]]]
    assert excel.cell(function, column, *MORE.get(function, [])) == expected


@each_function
def test_a_row_comes_back_as_a_row(excel, function):
    answer = excel.cell(function, [[1001.0, "A-7", None]], *MORE.get(function, []))
    assert answer == [ANSWERS[function], SECOND[function], ""]


@each_function
def test_a_block_comes_back_as_a_block(excel, function):
    answer = excel.cell(function, [["A-7", 1001.0], [None, "x"]], *MORE.get(function, []))
    assert answer == [[SECOND[function], ANSWERS[function]], ["", "#N/A"]]


@each_function
@pytest.mark.parametrize("blank", [None, "", "   ", "\u3000"], ids=repr)
def test_blank_in_is_blank_out(excel, function, blank):
    assert excel.cell(function, [[blank]], *MORE.get(function, [])) == ""


@each_function
@pytest.mark.parametrize("unknown", [9999.0, "nobody", "12", 12.0, "00", 1001.5, -1001.0, "1001 1"], ids=repr)
def test_an_unknown_customer_is_not_available(excel, function, unknown):
    assert excel.cell(function, [[unknown]], *MORE.get(function, [])) == "#N/A"


@each_function
@pytest.mark.parametrize("error", ["#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!"])
def test_an_error_in_is_the_same_error_out(excel, function, error):
    column = [[excel.error(error)], [1001.0]]
    assert excel.cell(function, column, *MORE.get(function, [])) == [[error], [ANSWERS[function]]]


@each_function
def test_a_number_of_more_than_15_digits_is_out_of_range(excel, function):
    column = [[1e15], [1.23456789012346e17], [-1e15]]
    assert excel.cell(function, column, *MORE.get(function, [])) == [["#NUM!"], ["#NUM!"], ["#NUM!"]]
    assert excel.cell(function, 999_999_999_999_999.0, *MORE.get(function, [])) == "#N/A"


@each_function
def test_true_is_no_customer_even_where_customer_1_exists(excel, function):
    assert excel.cell(function, [[True], [False]], *MORE.get(function, [])) == [["#VALUE!"], ["#VALUE!"]]
    assert excel.cell(function, 1.0, *MORE.get(function, [])) not in ("#N/A", "#VALUE!")


def test_leading_zeros_belong_to_the_id(excel):
    assert excel.cell("CUST_TIER", [["0012"], [" 0012"], ["００１２"]]) == [["潜力"]] * 3
    assert excel.cell("CUST_TIER", [["12"], [12.0], ["012"]]) == [["#N/A"]] * 3


@pytest.mark.parametrize("function", OPTIONAL)
@pytest.mark.parametrize("left_out", ["omitted", "empty cell", "empty text"])
def test_an_argument_left_out_means_the_main_one(excel, function, left_out):
    argument = {"omitted": excel.OMITTED, "empty cell": [[None]], "empty text": ""}[left_out]
    assert excel.cell(function, 1001.0, argument) == ANSWERS[function]


@pytest.mark.parametrize(
    "word", ["abc", "ABC", " abc ", "ＡＢＣ", "ABC 分层", "abc 分層", "abc  CLASSES", "ABC classes"]
)
def test_a_scale_answers_to_its_key_and_to_its_name_in_every_language(excel, word):
    assert excel.cell("CUST_TIER", [[1001.0], ["A-7"]], word) == [["A"], ["C"]]
    assert excel.cell("CUST_TIER", [[1001.0], ["A-7"]], [[word]]) == [["A"], ["C"]]


@pytest.mark.parametrize("word", ["simple", "简单评分", "簡單評分", "Simple"])
def test_a_scorecard_answers_to_its_key_and_to_its_name_in_every_language(excel, word):
    assert excel.cell("CUST_SCORE", 1001.0, word) == 92.123456


@pytest.mark.parametrize("word", ["recency_days", "最近购买间隔", "最近購買間隔", "days since last order"])
def test_an_indicator_answers_to_its_key_and_to_its_name_in_every_language(excel, word):
    assert excel.cell("CUST_METRIC", [["0012"], [1002.0]], word) == [[20.0], [""]]


def test_a_date_indicator_is_a_date(excel):
    answer = excel.cell("CUST_METRIC", [[1001.0], [1002.0]], "last_order_date")
    assert answer[0][0]["date"].startswith("2026-08-19T00:00:00")
    assert answer[1][0] == ""


@pytest.mark.parametrize("function", ["CUST_TIER", "CUST_SCORE", "CUST_METRIC"])
@pytest.mark.parametrize("wrong", ["no such word", 5.0, True, [["four"], ["abc"]], dt.datetime(2026, 8, 31)], ids=repr)
def test_a_wrong_argument_is_a_value_error_and_blanks_stay_blank(excel, function, wrong):
    assert excel.cell(function, [[1001.0], [None]], wrong) == [["#VALUE!"], [""]]


@pytest.mark.parametrize("function", ["CUST_TIER", "CUST_SCORE", "CUST_METRIC", "CUST_TAGS"])
def test_an_error_as_argument_is_handed_on(excel, function):
    assert excel.cell(function, [[1001.0], [None]], [[excel.error("#REF!")]]) == [["#REF!"], [""]]


@pytest.mark.parametrize("word", ["name", "coverage", "tier", "rfm"])
def test_metric_gives_indicators_only(excel, word):
    assert excel.cell("CUST_METRIC", 1001.0, word) == "#VALUE!"


@pytest.mark.parametrize("left_out", ["omitted", "empty cell"])
def test_metric_needs_its_indicator(excel, left_out):
    argument = {"omitted": excel.OMITTED, "empty cell": [[None]]}[left_out]
    assert excel.cell("CUST_METRIC", 1001.0, argument) == "#VALUE!"


@pytest.mark.parametrize(
    ("separator", "joined"),
    [
        (", ", "高频, 高客单价, 华东"),
        ("\n", "高频\n高客单价\n华东"),
        (" ", "高频 高客单价 华东"),
        (0.0, "高频0高客单价0华东"),
    ],
)
def test_tags_are_joined_by_any_separator(excel, separator, joined):
    assert excel.cell("CUST_TAGS", [[1001.0], [1002.0], ["x"], [None]], separator) == [[joined], [""], ["#N/A"], [""]]


def test_a_range_is_no_separator(excel):
    assert excel.cell("CUST_TAGS", 1001.0, [[","], [";"]]) == "#VALUE!"


def test_a_customer_without_orders_has_a_tier_but_no_score_rfm_or_segment(excel):
    functions = ["CUST_TIER", "CUST_STAGE", "CUST_SCORE", "CUST_RFM", "CUST_SEGMENT", "CUST_TAGS"]
    assert [excel.cell(function, 1002.0) for function in functions] == ["低价值", "潜在", "", "", "", ""]


def test_why_is_a_table_whose_total_is_the_score(excel):
    assert excel.cell("CUST_WHY", [["0012"]]) == [
        ["指标", "数值", "得分", "满分"],
        ["最近购买间隔（天）", 20.0, 20.0, 30.0],
        ["近12个月金额（元）", 1200.5, 12.5, 30.0],
        ["复购率", 0.5, 10.0, 20.0],
        ["满意度（分）", 8.0, 13.0, 20.0],
        ["合计", "", 55.5, 100.0],
    ]


@pytest.mark.parametrize("typed", [1001.0, "1001", "１００１", DATE_OF_1001], ids=repr)
def test_why_shares_the_weight_of_an_indicator_that_did_not_count(excel, typed):
    table = excel.cell("CUST_WHY", typed)
    assert table[4] == ["满意度（分）", "", "", ""]
    assert [row[3] for row in table[1:4]] == [37.5, 37.5, 25.0]
    assert table[5] == ["合计", "", 81.25, 100.0]


@pytest.mark.parametrize("customer", ["0012", 1.0, 1001.0, "A-7"])
def test_points_and_full_marks_sum_to_their_totals(excel, customer):
    *rows, total = excel.cell("CUST_WHY", customer)[1:]
    assert sum(row[2] for row in rows if row[2] != "") == pytest.approx(total[2], abs=1e-6)
    assert sum(row[3] for row in rows if row[3] != "") == pytest.approx(total[3], abs=1e-9)
    assert total[2] == excel.cell("CUST_SCORE", customer)


def test_why_of_a_customer_without_data_keeps_its_rows(excel):
    table = excel.cell("CUST_WHY", 1002.0)
    assert len(table) == 6
    assert table[-1] == ["合计", "", "", ""]


def test_why_hands_an_error_on(excel):
    assert excel.cell("CUST_WHY", [[excel.error("#DIV/0!")]]) == "#DIV/0!"


def test_every_function_that_takes_a_block_is_asked_here():
    assert list(ANSWERS) == list(SECOND) == [each.name for each in signatures() if each.per_customer]


def test_the_stamp_says_day_rules_and_data(excel):
    expected = "截至 2026-08-31 · 模型 general 1.0（0123456789ab） · 数据 ba9876543210 · tierbook 0.1.0"
    assert excel.cell("CUST_STAMP") == expected
