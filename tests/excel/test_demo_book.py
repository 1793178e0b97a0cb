"""The demo company's book, refreshed twice: for every customer the functions say what the sheets say."""

from __future__ import annotations

import datetime as dt
import math

import pytest

from tierbook import jobs, workbook
from tierbook.excel import functions, gateway
from tierbook.excel.scored import session
from tierbook.jobs import Request

SECOND_DAY = dt.date(2026, 11, 20)


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """The path; the tiers and scores of the first refresh, by id."""
    folder = tmp_path_factory.mktemp("demo")
    patch = pytest.MonkeyPatch()
    patch.setenv("TIERBOOK_HOME", str(folder / "home"))
    path = jobs.demo(folder, "zh-CN").book
    first = {row["customer_id"]: row for row in hidden(path, "_tierbook_results")}
    jobs.refresh(Request(as_of=SECOND_DAY, book=path))
    session.use(path)
    yield path, first
    session.use(None)
    patch.undo()


def hidden(path, sheet):
    head, *rows = workbook.read_rows(path, sheet)
    return [dict(zip(head, row, strict=True)) for row in rows]


def shown(path, sheet, key):
    """The rows of a sheet people see, by the titles above them."""
    rows = workbook.read_rows(path, sheet)
    header = next(place for place, row in enumerate(rows) if key in row)
    head = rows[header]
    return [dict(zip(head, row, strict=False)) for row in rows[header + 1 :] if row[head.index(key)] is not None]


@pytest.fixture(scope="module")
def results(demo):
    return hidden(demo[0], "_tierbook_results")


@pytest.fixture(scope="module")
def ids(results):
    return [[row["customer_id"]] for row in results]


def same(found, wanted):
    wanted = "" if wanted is None else wanted
    if isinstance(found, float) and isinstance(wanted, int | float):
        return math.isclose(found, wanted, abs_tol=1e-9)
    return found == wanted


def assert_column(grid, wanted):
    assert len(grid) == len(wanted) > 300
    assert [(row[0], one) for row, one in zip(grid, wanted, strict=True) if not same(row[0], one)] == []


def assert_table(table, rows):
    """Every cell of a spilled table stands on the sheet under the same title, row by row."""
    head, *body = table
    assert len(body) == len(rows) > 10
    differ = [
        (title, cell, row[title])
        for cells, row in zip(body, rows, strict=True)
        for title, cell in zip(head, cells, strict=True)
        if not same(cell, row[title])
    ]
    assert differ == []


def test_every_customer_has_the_tier_score_and_words_of_the_tier_sheet(demo, results, ids):
    on_sheet = {row["客户编号"]: row for row in shown(demo[0], "分层", "客户编号")}
    rows = [on_sheet[customer] for (customer,) in ids]
    for function, title in (
        (functions.CUST_TIER, "层级"), (functions.CUST_SCORE, "得分"), (functions.CUST_SEGMENT, "客户细分"),
        (functions.CUST_STAGE, "阶段"), (functions.CUST_RFM, "RFM"), (functions.CUST_TAGS, "标签"),
        (functions.CUST_OWNER, "负责人"),
    ):  # fmt: skip
        assert_column(function(ids), [row[title] for row in rows])


def test_every_scale_card_and_indicator_of_every_customer(results, ids):
    for key in results[0]:
        wanted = [row[key] for row in results]
        if key.startswith("tier_"):
            assert_column(functions.CUST_TIER(ids, key.removeprefix("tier_")), wanted)
        elif key.startswith("score_"):
            assert_column(functions.CUST_SCORE(ids, key.removeprefix("score_")), wanted)
    indicators = [key for key in results[0] if functions.CUST_METRIC(ids[:1], key) != [["#VALUE!"]]]
    assert len(indicators) > 50
    for key in indicators:
        assert_column(functions.CUST_METRIC(ids, key), [row[key] for row in results])


def test_every_tag_of_every_customer(results, ids):
    held = [set((row["tags"] or "").split("、")) - {""} for row in results]
    for tag in sorted(set().union(*held)):
        assert_column(functions.CUST_HAS_TAG(ids, tag), [tag in tags for tags in held])


def test_the_first_refresh_answers_for_its_own_day(demo, ids):
    first = demo[1]
    wanted = [first[customer]["tier"] if customer in first else "#N/A" for (customer,) in ids]
    assert_column(functions.CUST_TIER(ids, None, dt.datetime(2026, 10, 31)), wanted)
    scores = [first[customer]["score"] if customer in first else "#N/A" for (customer,) in ids]
    assert_column(functions.CUST_SCORE(ids, None, "2026-11-19"), scores)


def test_the_list_is_the_tier_sheet(demo):
    assert_table(functions.CUST_LIST(), shown(demo[0], "分层", "客户编号"))


def test_moves_are_those_of_their_sheet(demo):
    assert_table(functions.CUST_MOVES(), shown(demo[0], "变动", "客户编号"))


def test_tasks_are_those_of_their_sheet_that_are_still_to_do(demo):
    rows = shown(demo[0], "任务", "任务编号")
    assert_table(functions.CUST_TASKS(), [row for row in rows if row["状态"] in ("待办", "进行中")])
    first = {}
    for row in rows:
        first.setdefault(row["客户编号"], row["动作"])
    customers = [[customer] for customer in first]
    assert [row[0] for row in functions.CUST_NEXT(customers)] == list(first.values())


def test_the_gap_of_every_customer_names_the_tier_above_its_own(demo, results, ids):
    told = {row["customer_id"]: row for row in hidden(demo[0], "_tierbook_gap")}
    assert_column(functions.CUST_GAP(ids), [told[customer]["text"] for (customer,) in ids])
    above = {"低价值": "一般", "一般": "潜力", "潜力": "VIP", "VIP": None}
    assert [told[row["customer_id"]]["next_tier"] for row in results] == [above[row["tier"]] for row in results]
    for (customer,), (words,) in zip(ids, functions.CUST_GAP(ids), strict=True):
        assert (told[customer]["next_tier"] or "VIP") in words
        assert functions.CUST_WHY([[customer]], "gap")[-1][1] == words


def test_the_value_and_the_churn_risk_of_every_customer(results, ids):
    assert_column(functions.CUST_CLV(ids), [row["clv"] for row in results])
    assert_column(functions.CUST_CHURN(ids), [row["churn_risk"] for row in results])
    risks = [risk for (risk,) in functions.CUST_CHURN(ids) if risk != ""]
    assert len(risks) > 200
    assert all(0 <= risk <= 1 for risk in risks)
    card = dict(map(tuple, functions.CUST_PROFILE(ids[:1])))
    assert same(card["终身价值"], results[0]["clv"])


def test_a_portrait_tells_needs_behaviour_and_pain_points(demo, ids):
    told = {row["customer_id"]: row for row in hidden(demo[0], "_tierbook_portraits")}
    lines = {
        "常买品类": "needs",
        "推荐品类": "next",
        "推荐理由": "next_why",
        "投诉": "complaints",
        "购买节奏": "rhythm",
    }
    assert sum(bool(row["next"]) for row in told.values()) > 100
    for (customer,) in ids[:30]:
        card = dict(map(tuple, functions.CUST_PROFILE([[customer]])))
        for title, line in lines.items():
            assert card[title] == (told[customer][line] or ""), (customer, line)


def test_a_refresh_of_this_version_leaves_nothing_to_ask_for():
    assert "再刷新一次" not in functions.CUST_STAMP()


def test_a_summary_adds_up(results):
    for by, key in (("tier", "tier"), ("区域", "region"), ("stage", "stage"), ("ABC分层", "tier_abc")):
        _, *rows = functions.CUST_SUMMARY(by)
        for group, customers, share, money, mean in rows:
            members = [row for row in results if (row[key] or "（空）") == group]
            assert customers == len(members)
            assert share == pytest.approx(len(members) / len(results))
            assert money == pytest.approx(sum(row["amount_12m"] for row in members))
            assert mean == pytest.approx(sum(row["score"] for row in members) / len(members))
        assert sum(row[1] for row in rows) == len(results)


@pytest.mark.parametrize("card", ["general", "simple", "software", "potential"])
def test_the_books_own_customers_pasted_as_a_table_score_what_they_score(general, results, card):
    """Every customer twice, once in the book and once in the table, leaves every rank where it was."""
    keys = sorted({line.indicator for card in general.scorecards for line in card.lines})
    table = [["客户编号", *keys], *([row["customer_id"], *(row[key] for key in keys)] for row in results)]
    _, *found = functions.CUST_SCORE_TABLE(table, card)
    assert_column([[row[0]] for row in found], [row[f"score_{card}"] for row in results])
    assert_column([[row[2]] for row in found], [row[f"coverage_{card}"] for row in results])
    if card == "general":
        assert_column([[row[1]] for row in found], [row["tier"] for row in results])


def test_handed_over_by_a_client_the_book_answers_as_from_its_file(demo, ids):
    path = demo[0]
    calls = [
        (functions.CUST_TIER, ids, "abc"), (functions.CUST_TIER, ids, None, "2026-11-01"), (functions.CUST_SCORE, ids),
        (functions.CUST_TAGS, ids, "|"), (functions.CUST_HAS_TAG, ids, "East China"), (functions.CUST_GAP, ids),
        (functions.CUST_METRIC, ids, "last_order_date"), (functions.CUST_METRIC, ids, "margin"),
        (functions.CUST_NEXT, ids), (functions.CUST_LIST, "VIP"), (functions.CUST_TASKS,), (functions.CUST_MOVES,),
        (functions.CUST_SUMMARY, "region"), (functions.CUST_WHY, ids[:1]), (functions.CUST_PROFILE, ids[:1]),
        (functions.CUST_STAMP,),
        (functions.CUST_SCORE_TABLE, [["客单价", "R值"], [5000.0, 20.0], ["", 300.0]]),
    ]  # fmt: skip
    from_file = [call(*arguments) for call, *arguments in calls]
    names = [name for name in workbook.sheet_names(path) if name.startswith("_tierbook")]
    for name in sorted(names, reverse=True):  # the stamp's own sheet last
        rows = [tuple(map(as_value2, row)) for row in workbook.read_rows(path, name)]
        gateway.TB_HAND_OVER(f"{path}|1", name, rows)
    try:
        assert gateway.TB_USE(f"{path}|1")
        assert [call(*arguments) for call, *arguments in calls] == from_file
    finally:
        session.use(path)


def as_value2(cell):
    """A cell as VBA reads it: a date its day number, every number a double."""
    if isinstance(cell, dt.datetime):
        return (cell - dt.datetime(1899, 12, 30)) / dt.timedelta(days=1)
    return float(cell) if isinstance(cell, int) and not isinstance(cell, bool) else cell
