"""The functions that answer with a table or one value, through xlwings' own pipeline."""

from __future__ import annotations

import datetime as dt

import pytest

DATE_OF_1001 = dt.datetime(1902, 9, 27)
DATE_OF_2 = dt.datetime(1900, 1, 1)
"""What Excel hands over for the number 2 in a cell formatted as a date."""
LIST_HEAD = ["客户编号", "客户名称", "负责人", "层级", "得分", "客户细分", "阶段"]
VIP_ROW = ["1001", "上海样品", "王浩然", "VIP", 81.25, "重要价值客户", "忠诚"]
EVERYBODY = ["1001", "0012", "1", "A-7", "1002"]
ERRORS = ["#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!"]


def ids(table):
    return [row[0] for row in table[1:]]


def left_out(excel):
    return [excel.OMITTED, [[None]], "", "   ", [[""]]]


# -- one customer ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("function", ["CUST_WHY", "CUST_PROFILE"])
@pytest.mark.parametrize("cell", [1001.0, "1001", " 1001 ", "１００１", DATE_OF_1001], ids=repr)
def test_a_table_on_one_customer_answers_however_the_id_is_written(excel, function, cell):
    expected = excel.cell(function, "1001")
    assert len(expected) > 5
    assert excel.cell(function, cell) == excel.cell(function, [[cell]]) == expected


@pytest.mark.parametrize("function", ["CUST_WHY", "CUST_PROFILE"])
@pytest.mark.parametrize("blank", [None, "", "  "], ids=repr)
def test_no_customer_gives_no_table(excel, function, blank):
    assert excel.cell(function, [[blank]]) == ""


@pytest.mark.parametrize("function", ["CUST_WHY", "CUST_PROFILE"])
@pytest.mark.parametrize("error", ERRORS)
def test_an_error_instead_of_an_id_is_handed_on(excel, function, error):
    assert excel.cell(function, [[excel.error(error)]]) == error
    assert excel.cell(function, excel.error(error)) == error


@pytest.mark.parametrize(
    ("cells", "shown"),
    [("nobody", "#N/A"), ([[1e15]], "#NUM!"), ([[1001.0], ["A-7"]], "#VALUE!"), ([[1.0, 2.0]], "#VALUE!"),
     ([[True]], "#VALUE!")],
    ids=repr,
)  # fmt: skip
def test_a_portrait_is_of_one_known_customer(excel, cells, shown):
    assert excel.cell("CUST_PROFILE", cells) == shown


def test_a_portrait_is_a_card_of_two_columns(excel):
    card = excel.cell("CUST_PROFILE", "0012")
    assert {len(row) for row in card} == {2}
    assert card[:4] == [["客户编号", "0012"], ["客户名称", "零零客户"], ["负责人", "李雅婷"], ["客户类型", "零售"]]
    told = dict(map(tuple, card))
    assert told["层级"] == "潜力"
    assert told["终身价值"] == 2400.25
    assert told["流失风险"] == 0.25
    assert told["距上一层级"] == "再消费 12,400 元 → VIP"
    assert told["下一步"] == ""
    assert dict(map(tuple, excel.cell("CUST_PROFILE", 1.0)))["下一步"] == "电话回访"


# -- why, in words -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cells", "shown"),
    [
        ("10O1", "没有编号为 10O1 的客户，相近的有：1001"),
        (12.0, "没有编号为 12 的客户，相近的有：0012、1、1002"),
        ("a 7", "没有编号为 a 7 的客户，相近的有：A-7"),
        ("上海", "没有编号为 上海 的客户，相近的有：1001"),
        ("完全不同", "没有编号为 完全不同 的客户"),
        ([[1e15]], "编号超过 15 位数字，Excel 已丢失末尾几位：请把编号列设为文本再输入"),
        ([[True]], "这个单元格里不是客户编号"),
        ([[1001.0], ["A-7"]], "一次只能解释一位客户：请选一个单元格"),
        ([[1.0, 2.0]], "一次只能解释一位客户：请选一个单元格"),
    ],
    ids=repr,
)
def test_why_says_in_words_what_others_show_as_an_error(excel, cells, shown):
    assert excel.cell("CUST_WHY", cells) == shown


def test_why_with_a_word_left_out_explains_the_score(excel):
    for omitted in left_out(excel):
        assert excel.cell("CUST_WHY", "0012", omitted)[0] == ["指标", "数值", "得分", "满分"]


@pytest.mark.parametrize(
    ("word", "says"),
    [
        ("ABC", {"是什么": "分层方式，用于 CUST_TIER", "这位客户": "B", "分数线": "A ≥ 80 · B ≥ 50 · C ≥ 0"}),
        ("简单评分", {"是什么": "评分卡，用于 CUST_SCORE", "键": "simple", "这位客户": 40.0}),
        ("days since last order", {"是什么": "指标，用于 CUST_METRIC", "键": "recency_days", "这位客户": 20.0}),
        ("中频", {"是什么": "标签，用于 CUST_HAS_TAG", "这位客户": "是"}),
        ("High frequency", {"名称": "高频", "是什么": "标签，用于 CUST_HAS_TAG", "这位客户": "否"}),
        ("vip", {"名称": "VIP", "是什么": "层级", "这位客户": "否"}),
        ("活跃", {"是什么": "生命周期阶段", "这位客户": "是"}),
        ("一般价值客户", {"是什么": "RFM 细分", "这位客户": "是"}),
        ("CLV", {"名称": "终身价值", "这位客户": 2400.25}),
        ("流失风险", {"名称": "流失风险", "这位客户": 0.25}),
        ("gap", {"名称": "距上一层级", "这位客户": "再消费 12,400 元 → VIP"}),
    ],
)  # fmt: skip
def test_why_with_a_word_says_what_the_word_is_and_what_it_says_of_the_customer(excel, word, says):
    for typed in (word, [[word]]):
        told = dict(map(tuple, excel.cell("CUST_WHY", "0012", typed)))
        assert told.items() >= says.items()
    if word != "ABC":
        return
    nobody = dict(map(tuple, excel.cell("CUST_WHY", [[None]], word)))
    assert nobody == {key: value for key, value in told.items() if key != "这位客户"}


def test_why_names_the_nearest_words(excel):
    assert excel.cell("CUST_WHY", "0012", "recency_day").endswith("相近的有：recency_days")
    assert excel.cell("CUST_WHY", "0012", "满意渡") == "规则里没有“满意渡”，相近的有：满意度"
    assert excel.cell("CUST_WHY", "0012", "qqqqqq") == "规则里没有“qqqqqq”"
    assert excel.cell("CUST_WHY", "0012", [["a"], ["b"]]) == "第二个参数只能是一个词"
    assert excel.cell("CUST_WHY", "0012", [[excel.error("#DIV/0!")]]) == "#DIV/0!"


# -- lists and counts --------------------------------------------------------------------------------------------


def test_a_list_without_conditions_is_everybody_by_score(excel):
    table = excel.cell("CUST_LIST")
    assert table[0] == LIST_HEAD
    assert table[1] == VIP_ROW
    assert ids(table) == EVERYBODY
    for omitted in left_out(excel):
        assert excel.cell("CUST_LIST", *[omitted] * 5) == table
        assert excel.cell("CUST_COUNT", *[omitted] * 4) == 5.0


@pytest.mark.parametrize(
    ("place", "word", "found"),
    [
        (0, "VIP", ["1001"]), (0, "潜力", ["0012"]), (0, "Potential", ["0012"]), (0, "ｖｉｐ", ["1001"]),
        (0, "A", ["1001"]), (0, "c", ["1", "A-7", "1002"]), (0, "low", ["A-7", "1002"]),
        (1, "低频", ["1", "A-7"]), (1, "Low frequency", ["1", "A-7"]), (1, "高客单价", ["1001"]), (1, "高增购潜力", []),
        (2, "重要价值客户", ["1001"]), (2, "一般挽留客户", ["1", "A-7"]), (2, "重要發展客戶", []),
        (3, "王浩然", ["1001", "1"]), (3, " 李雅婷 ", ["0012", "A-7"]),
    ],
)  # fmt: skip
def test_a_condition_holds_in_any_language_and_spelling(excel, place, word, found):
    for typed in (word, [[word]]):
        conditions = [excel.OMITTED] * place + [typed]
        table = excel.cell("CUST_LIST", *conditions)
        shown = table[1:] if isinstance(table[0], list) else []
        assert [row[0] for row in shown] == found
        assert excel.cell("CUST_COUNT", *conditions) == float(len(found))


def test_conditions_hold_together(excel):
    assert ids(excel.cell("CUST_LIST", "低价值", "低频", "一般挽留客户", "李雅婷", 3.0)) == ["A-7"]
    assert excel.cell("CUST_COUNT", "低价值", "低频", "一般挽留客户", "王浩然") == 0.0
    assert excel.cell("CUST_LIST", "低价值", "低频", "一般挽留客户", "王浩然") == LIST_HEAD


@pytest.mark.parametrize("place", range(4))
@pytest.mark.parametrize("wrong", ["no such word", 5.0, True, [["VIP"], ["A"]], dt.datetime(2026, 8, 31)], ids=repr)
def test_a_condition_that_is_no_word_of_the_book_is_a_value_error(excel, place, wrong):
    conditions = [excel.OMITTED] * place + [wrong]
    assert excel.cell("CUST_LIST", *conditions) == "#VALUE!"
    assert excel.cell("CUST_COUNT", *conditions) == "#VALUE!"


@pytest.mark.parametrize("place", range(4))
def test_an_error_as_condition_is_handed_on(excel, place):
    conditions = [excel.OMITTED] * place + [[[excel.error("#DIV/0!")]]]
    assert excel.cell("CUST_LIST", *conditions) == "#DIV/0!"
    assert excel.cell("CUST_COUNT", *conditions) == "#DIV/0!"


@pytest.mark.parametrize("top", [2.0, [[2.0]], "2", DATE_OF_2], ids=repr)
def test_top_keeps_the_first_few(excel, top):
    assert ids(excel.cell("CUST_LIST", *[excel.OMITTED] * 4, top)) == EVERYBODY[:2]


@pytest.mark.parametrize(
    ("top", "shown"),
    [(0.0, "#NUM!"), (-1.0, "#NUM!"), (1.5, "#NUM!"), (0.999, "#NUM!"), ("x", "#VALUE!"), (True, "#VALUE!"),
     ([[1.0], [2.0]], "#VALUE!")],
    ids=repr,
)  # fmt: skip
def test_top_is_a_whole_number_from_one(excel, top, shown):
    assert excel.cell("CUST_LIST", *[excel.OMITTED] * 4, top) == shown


def test_top_may_exceed_what_there_is(excel):
    assert ids(excel.cell("CUST_LIST", *[excel.OMITTED] * 4, 1e9)) == EVERYBODY
    assert excel.cell("CUST_LIST", *[excel.OMITTED] * 4, excel.error("#N/A")) == "#N/A"


# -- tasks and moves ---------------------------------------------------------------------------------------------


TASKS_HEAD = ["到期日期", "优先级", "客户编号", "客户名称", "动作", "原因", "渠道", "负责人", "状态"]


def test_tasks_are_those_still_to_do_in_the_order_of_their_sheet(excel):
    for omitted in left_out(excel):
        head, first, *rest = excel.cell("CUST_TASKS", omitted, omitted)
        assert head == TASKS_HEAD
        assert first[0]["date"].startswith("2026-09-02T00:00:00")
        assert first[1:] == [1.0, "1", "一号客户", "电话回访", "已有 120 天没有下单", "电话", "王浩然", "待办"]
        assert [row[4] for row in rest] == ["预约季度拜访", "发送优惠券"]
        assert rest[0][8] == "进行中"


@pytest.mark.parametrize("owner", ["王浩然", [["王浩然"]], " 王浩然 "], ids=repr)
def test_tasks_of_one_owner(excel, owner):
    assert len(excel.cell("CUST_TASKS", owner)) == 4


def test_an_owner_without_tasks_has_an_empty_list_and_a_stranger_is_a_value_error(excel):
    assert excel.cell("CUST_TASKS", "李雅婷") == TASKS_HEAD
    for wrong in ("谁", 5.0, [["王浩然"], ["李雅婷"]], dt.datetime(2026, 8, 31)):
        assert excel.cell("CUST_TASKS", wrong) == "#VALUE!"
    assert excel.cell("CUST_TASKS", [[excel.error("#NULL!")]]) == "#NULL!"


@pytest.mark.parametrize(
    "due_by", [dt.datetime(2026, 9, 5), [[dt.datetime(2026, 9, 5)]], 46270.0, 46270.9, "2026-09-05", "2026/9/5",
               "2026年9月5日"], ids=repr)  # fmt: skip
def test_tasks_due_by_a_day_include_that_day(excel, due_by):
    table = excel.cell("CUST_TASKS", excel.OMITTED, due_by)
    assert [row[4] for row in table[1:]] == ["电话回访", "发送优惠券"]


WRONG_DAYS = [(0.0, "#NUM!"), (-1.0, "#NUM!"), (2958466.0, "#NUM!"), ("soon", "#VALUE!"), (True, "#VALUE!"),
              ([[46270.0], [46271.0]], "#VALUE!")]  # fmt: skip


@pytest.mark.parametrize(("day", "shown"), WRONG_DAYS, ids=repr)
def test_what_is_no_day_is_told(excel, day, shown):
    assert excel.cell("CUST_TASKS", excel.OMITTED, day) == shown
    assert excel.cell("CUST_MOVES", day) == shown
    assert excel.cell("CUST_TIER", [[1001.0], [None]], excel.OMITTED, day) == [[shown], [""]]
    assert excel.cell("CUST_SCORE", [[1001.0], [None]], excel.OMITTED, day) == [[shown], [""]]


@pytest.mark.parametrize("function", ["CUST_TIER", "CUST_SCORE"])
def test_an_error_instead_of_a_day_is_handed_on(excel, function):
    assert excel.cell(function, [[1001.0], [None]], excel.OMITTED, [[excel.error("#REF!")]]) == [["#REF!"], [""]]
    assert excel.cell("CUST_MOVES", excel.error("#REF!")) == "#REF!"


MOVES = [
    ["客户编号", "客户名称", "负责人", "原层级", "现层级", "变动", "原得分", "现得分", "得分变化", "主要原因（分）"],
    ["A-7", "字母客户", "李雅婷", "VIP", "低价值", -3.0, 90.0, 10.0, -80.0, "近12个月金额 -40.0"],
    ["0012", "零零客户", "李雅婷", "一般", "潜力", 1.0, 40.0, 55.5, 15.5, "满意度 +13.0"],
    ["1001", "上海样品", "王浩然", "潜力", "VIP", 1.0, 70.0, 81.25, 11.25, "近12个月金额 +10.0"],
]


def test_moves_name_who_rose_and_fell_and_what_did_it(excel):
    for omitted in left_out(excel):
        assert excel.cell("CUST_MOVES", omitted) == MOVES


@pytest.mark.parametrize("since", [dt.datetime(2026, 7, 31), 46234.0, "2026-08-15", dt.datetime(2026, 8, 30)], ids=repr)
def test_moves_since_a_day_are_told_against_the_newest_state_by_then(excel, since):
    assert excel.cell("CUST_MOVES", since) == MOVES


def test_moves_since_the_last_refresh_are_none_and_before_history_nobody_knows(excel):
    assert excel.cell("CUST_MOVES", dt.datetime(2026, 8, 31)) == MOVES[0]
    assert excel.cell("CUST_MOVES", dt.datetime(2026, 7, 30)) == "#NUM!"


# -- as of an earlier day ----------------------------------------------------------------------------------------

COLUMN = [["0012"], [1001.0], [1002.0], ["gone"], [None]]


@pytest.mark.parametrize("as_of", [dt.datetime(2026, 8, 31), dt.datetime(2030, 1, 1), 46265.0, "2026-08-31"], ids=repr)
def test_from_the_last_refresh_on_the_answers_are_its_own(excel, as_of):
    now = [["潜力"], ["VIP"], ["低价值"], ["#N/A"], [""]]
    assert excel.cell("CUST_TIER", COLUMN, excel.OMITTED, as_of) == now
    assert excel.cell("CUST_TIER", COLUMN, "abc", as_of) == [["B"], ["A"], ["C"], ["#N/A"], [""]]


@pytest.mark.parametrize("as_of", [dt.datetime(2026, 7, 31), dt.datetime(2026, 8, 30), 46234.0, [["2026-08-01"]]])
def test_on_an_earlier_day_the_answers_are_those_kept_of_it(excel, as_of):
    then = [["一般"], ["潜力"], ["#N/A"], ["一般"], [""]]
    for scale in (excel.OMITTED, "four", "四级分层"):
        assert excel.cell("CUST_TIER", COLUMN, scale, as_of) == then
    for card in (excel.OMITTED, "general"):
        assert excel.cell("CUST_SCORE", COLUMN, card, as_of) == [[40.0], [70.0], ["#N/A"], [33.0], [""]]


def test_other_scales_are_not_kept_and_nothing_is_known_before_that_day(excel):
    assert excel.cell("CUST_TIER", COLUMN[:1], "abc", dt.datetime(2026, 8, 1)) == "#NUM!"
    assert excel.cell("CUST_SCORE", COLUMN[:1], "simple", dt.datetime(2026, 8, 1)) == "#NUM!"
    assert excel.cell("CUST_TIER", COLUMN, excel.OMITTED, dt.datetime(2026, 7, 30)) == [["#NUM!"]] * 4 + [[""]]


# -- tags --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("tag", ["低频", "Low frequency", "低頻", "frequency_low", [["低频"]], "  低频 "], ids=repr)
def test_has_tag_understands_a_tag_in_any_language(excel, tag):
    column = [[1.0], [1001.0], [1002.0], ["x"], [None]]
    assert excel.cell("CUST_HAS_TAG", column, tag) == [[True], [False], [False], ["#N/A"], [""]]


def test_a_tag_of_the_rules_that_nobody_has_is_false_for_everybody(excel):
    assert excel.cell("CUST_HAS_TAG", [[1.0], [None]], "高增购潜力") == [[False], [""]]
    assert excel.cell("CUST_HAS_TAG", [[1.0], [None]], "Northwest China") == [[False], [""]]


@pytest.mark.parametrize("wrong", ["频", "no such tag", 5.0, True, [["低频"], ["高频"]], [[None]], ""], ids=repr)
def test_what_is_no_tag_is_a_value_error(excel, wrong):
    assert excel.cell("CUST_HAS_TAG", [[1.0], [None]], wrong) == [["#VALUE!"], [""]]


def test_an_error_as_tag_is_handed_on(excel):
    assert excel.cell("CUST_HAS_TAG", 1.0, [[excel.error("#N/A")]]) == "#N/A"


# -- totals ------------------------------------------------------------------------------------------------------

SUMMARY = [
    ["层级", "客户数", "占比", "近12个月金额", "平均得分"],
    ["VIP", 1.0, 0.2, 98765.43, 81.25],
    ["潜力", 1.0, 0.2, 1200.5, 55.5],
    ["一般", 1.0, 0.2, 300.0, 30.0],
    ["低价值", 2.0, 0.4, 80.0, 10.0],
]


SEGMENTS = [("一般挽留客户", 2.0), ("一般价值客户", 1.0), ("重要价值客户", 1.0), ("（空）", 1.0)]


def test_a_summary_is_by_tier_from_the_top_down(excel):
    for omitted in left_out(excel):
        assert excel.cell("CUST_SUMMARY", omitted) == SUMMARY
    for word in ("tier", "层级", "層級", "Tier", [["tier"]], "four", "四级分层"):
        assert excel.cell("CUST_SUMMARY", word)[1:] == SUMMARY[1:]


@pytest.mark.parametrize(
    ("by", "title", "groups"),
    [
        ("abc", "ABC分层", [("A", 1.0), ("B", 1.0), ("C", 3.0)]),
        ("segment", "客户细分", SEGMENTS),
        ("客户细分", "客户细分", SEGMENTS),
        ("stage", "阶段", [("忠诚", 1.0), ("活跃", 1.0), ("流失", 1.0), ("流失风险", 1.0), ("潜在", 1.0)]),
        ("负责人", "负责人", [("李雅婷", 2.0), ("王浩然", 2.0), ("（空）", 1.0)]),
        ("Region", "区域", [("华东", 3.0), ("华南", 1.0), ("（空）", 1.0)]),
        ("行业", "行业", [("制造业", 1.0), ("批发业", 1.0), ("（空）", 3.0)]),
        ("企业规模", "企业规模", [("大型", 1.0), ("（空）", 4.0)]),
        ("kind", "客户类型", [("零售", 3.0), ("企业", 1.0), ("渠道", 1.0)]),
        ("标签", "标签", [("低频", 2.0), ("中频", 1.0), ("华东", 1.0), ("华南", 1.0), ("高客单价", 1.0), ("高频", 1.0),
                        ("（空）", 1.0)]),
    ],
)  # fmt: skip
def test_a_summary_is_by_any_column_of_words(excel, by, title, groups):
    head, *rows = excel.cell("CUST_SUMMARY", by)
    assert head[0] == title
    assert [(row[0], row[1]) for row in rows] == groups
    assert sum(row[1] for row in rows) >= 5.0


@pytest.mark.parametrize("wrong", ["no such word", "score", "最近订单日", 5.0, [["tier"], ["stage"]], True], ids=repr)
def test_a_summary_by_what_holds_no_words_is_a_value_error(excel, wrong):
    assert excel.cell("CUST_SUMMARY", wrong) == "#VALUE!"


def test_an_error_instead_of_a_column_is_handed_on(excel):
    assert excel.cell("CUST_SUMMARY", excel.error("#NAME?")) == "#NAME?"


# -- a pasted table ----------------------------------------------------------------------------------------------

HEAD = ["得分", "层级", "覆盖率"]


def test_a_pasted_table_is_scored_row_by_row(excel):
    table = [
        ["客户编号", "recency_days", "近12个月金额", "Repurchase rate"],
        ["x", 5.0, 90000.0, 0.9],
        ["y", 400.0, 0.0, 0.0],
        [None, None, None, None],
        ["z", "5", "90,000", "90%"],
    ]
    head, best, worst, blank, as_text = excel.cell("CUST_SCORE_TABLE", table)
    assert head == HEAD
    assert best[0] > worst[0]
    assert best[2] == worst[2]
    assert 0 < best[2] < 1
    assert blank == ["", "", ""]
    assert as_text == best


def test_a_row_that_cannot_be_scored_says_so_and_the_others_are_scored(excel):
    rows = [[7.0], ["many"], [excel.error("#DIV/0!")], [1e300], [dt.datetime(2026, 8, 31)], [7.0]]
    head, good, *odd, again = excel.cell("CUST_SCORE_TABLE", [["最近购买间隔"], *rows])
    assert head == HEAD
    assert [row[0] for row in odd] == ["#VALUE!", "#DIV/0!", "#NUM!", "#VALUE!"]
    assert good == again
    assert good[1] in {"VIP", "潜力", "一般", "低价值"}


@pytest.mark.parametrize(
    "table",
    [
        [["no such word", "recency_days"], [1.0, 2.0]],
        [["recency_days", "最近购买间隔"], [1.0, 2.0]],
        [["客户编号", "客户名称"], ["a", "b"]],
        [["last_order_date"], [46000.0]],
        [[None, None], [1.0, 2.0]],
        [[1001.0, "recency_days"], [1.0, 2.0]],
        "recency_day",
    ],
    ids=repr,
)
def test_a_header_that_is_no_indicator_is_a_value_error(excel, table):
    assert excel.cell("CUST_SCORE_TABLE", table) == "#VALUE!"


def test_a_table_without_rows_has_only_its_head(excel):
    assert excel.cell("CUST_SCORE_TABLE", [["recency_days"]]) == HEAD
    assert excel.cell("CUST_SCORE_TABLE", [[None]]) == "#VALUE!"
    assert excel.cell("CUST_SCORE_TABLE", [[excel.error("#REF!")]]) == "#REF!"


def test_a_pasted_table_may_be_scored_by_another_card(excel):
    table = [["recency_days", "amount_12m"], [5.0, 90000.0]]
    main = excel.cell("CUST_SCORE_TABLE", table)
    for omitted in left_out(excel):
        assert excel.cell("CUST_SCORE_TABLE", table, omitted) == main
    for word in ("simple", "简单评分", [["簡單評分"]]):
        assert excel.cell("CUST_SCORE_TABLE", table, word) != main
        assert excel.cell("CUST_SCORE_TABLE", table, word)[0] == HEAD
    for wrong in ("no such card", 5.0, [["simple"], ["general"]]):
        assert excel.cell("CUST_SCORE_TABLE", table, wrong) == "#VALUE!"
    assert excel.cell("CUST_SCORE_TABLE", table, excel.error("#N/A")) == "#N/A"
