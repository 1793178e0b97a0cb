"""A book that a true refresh wrote: the cells say what the scores are."""

from __future__ import annotations

import datetime as dt
import math

import pandas as pd
import pytest

from tierbook.excel import functions
from tierbook.excel.scored import session
from tierbook.frames import score_frames
from tierbook.jobs import Request, refresh
from tierbook.publish import template_book

AS_OF = dt.date(2026, 8, 31)
LANGUAGES = ["zh-CN", "zh-TW", "en"]


def day(back: int) -> dt.date:
    return AS_OF - dt.timedelta(days=back)


CUSTOMERS = [
    {"customer_id": "0012", "name": "零零客户", "kind": "零售"},
    {"customer_id": "1001", "name": "上海样品", "kind": "企业", "size": "大型"},
    {"customer_id": "1002", "name": "潜在一家", "kind": "渠道"},
]
ORDERS = [
    {"order_id": f"o{n}", "customer_id": who, "date": day(back), "amount": amount}
    for n, (who, back, amount) in enumerate(
        [("1001", 10 + 20 * n, 1000.5 + n) for n in range(12)]
        + [("0012", 400, 80.25), ("0012", 95, 60), ("A-7", 30, 500), ("A-7", 60, 250.75), ("123456789012345678", 5, 42)]
    )
]
FEEDBACK = [
    {"feedback_id": "f1", "customer_id": "1001", "date": day(20), "kind": "满意度", "score": 5},
    {"feedback_id": "f2", "customer_id": "A-7", "date": day(40), "kind": "NPS", "score": 9},
]


@pytest.fixture(scope="module", params=LANGUAGES)
def refreshed(request, general, tmp_path_factory):
    """(the language, what the frames say, while the functions answer from a refreshed book in it)."""
    language = request.param
    path = tmp_path_factory.mktemp("published") / "book.xlsx"
    facts = {"customers": CUSTOMERS, "orders": ORDERS, "feedback": FEEDBACK}
    path.write_bytes(template_book(general, language, facts=facts))
    patch = pytest.MonkeyPatch()
    patch.setenv("TIERBOOK_HOME", str(path.parent / "home"))
    refresh(Request(as_of=AS_OF, book=path, model="general"))
    frames = {table: pd.DataFrame(rows) for table, rows in facts.items()}
    session.use(path)
    yield language, score_frames(**frames, as_of=AS_OF, language=language)
    session.use(None)
    patch.undo()


def shown(value):
    """What a cell shows of a value in a frame."""
    if pd.isna(value):
        return ""
    return value if isinstance(value, str | dt.datetime) else float(value)


def assert_same(grid, expected):
    for (cell,), value in zip(grid, expected, strict=True):
        wanted = shown(value)
        same = math.isclose(cell, wanted, abs_tol=1e-9) if isinstance(wanted, float) else cell == wanted
        assert same, (cell, wanted)


def ids_of(results):
    return [[customer] for customer in results.index]


def test_the_functions_answer_with_the_scores(refreshed):
    _, results = refreshed
    ids = ids_of(results)
    assert len(ids) == 5
    assert_same(functions.CUST_TIER(ids), results["tier"])
    assert_same(functions.CUST_SCORE(ids), results["score"])
    assert_same(functions.CUST_RFM(ids), results["rfm"])
    assert_same(functions.CUST_SEGMENT(ids), results["segment"])
    assert_same(functions.CUST_STAGE(ids), results["stage"])
    assert_same(functions.CUST_TAGS(ids), results["tags"])


def test_every_scale_scorecard_and_indicator_answers_to_every_word(refreshed, general):
    _, results = refreshed
    ids = ids_of(results)
    for scale in general.scales:
        for word in (scale.key, *scale.name.all()):
            assert_same(functions.CUST_TIER(ids, word), results[f"tier_{scale.key}"])
    for card in general.scorecards:
        for word in (card.key, *card.name.all()):
            assert_same(functions.CUST_SCORE(ids, word), results[f"score_{card.key}"])
    for indicator in general.indicators:
        for word in (indicator.key, *indicator.name.all(), *indicator.aliases):
            assert_same(functions.CUST_METRIC(ids, word), results[indicator.key])


def test_why_sums_to_the_score_and_names_every_indicator_of_the_main_card(refreshed, general):
    language, results = refreshed
    names = [general.indicator(line.indicator).name.of(language) for line in general.main_card.lines]
    for customer in results.index:
        _head, *rows, total = functions.CUST_WHY([[customer]])
        assert all(row[0].startswith(name) for row, name in zip(rows, names, strict=True))
        assert total[2] == shown(results.loc[customer, "score"])
        points = [row[2] for row in rows if row[2] != ""]
        if points:
            assert sum(points) == pytest.approx(total[2], abs=1e-6)
            assert sum(row[3] for row in rows if row[3] != "") == pytest.approx(100)


def test_other_separators_keep_every_tag(refreshed):
    language, results = refreshed
    for customer, tags in results["tags"].items():
        between = ", " if language == "en" else "、"
        expected = "" if pd.isna(tags) else tags.replace(between, "|")
        assert functions.CUST_TAGS([[customer]], "|") == [[expected]]


def test_long_ids_are_found_as_text_only(refreshed):
    assert functions.CUST_TIER([["123456789012345678"]])[0][0] not in ("", "#N/A")
    assert functions.CUST_TIER([[123456789012345678.0]]) == [["#NUM!"]]


def test_the_stamp_is_that_of_the_run(refreshed, general):
    _, results = refreshed
    stamp = functions.CUST_STAMP()
    for said in ("2026-08-31", "general", general.version, results.attrs["model_fingerprint"]):
        assert said in stamp


def test_a_tier_tag_stage_or_class_is_known_by_its_word_in_every_language(refreshed, general):
    language, results = refreshed
    ids = ids_of(results)
    for scale in general.scales:
        for tier in scale.tiers:
            members = {functions.CUST_COUNT(word) for word in tier.name.all() if len(_meanings(general, word)) == 1}
            shown_as = tier.name.of(language)
            assert members <= {float((results[f"tier_{scale.key}"] == shown_as).sum())}
    between = ", " if language == "en" else "、"
    for rule in general.tags:
        if rule.enabled and not rule.value_of:
            held = [rule.name.of(language) in str(tags).split(between) for tags in results["tags"]]
            for word in (rule.key, *rule.name.all()):
                assert functions.CUST_HAS_TAG(ids, word) == [[one] for one in held]
                assert functions.CUST_COUNT(None, word) == float(sum(held))
    for one in general.rfm.classes:
        counts = {functions.CUST_COUNT(None, None, word) for word in (one.key, *one.name.all())}
        assert counts == {float((results["segment"] == one.name.of(language)).sum())}


def _meanings(general, word):
    return {tier.name.zh for scale in general.scales for tier in scale.tiers if word in tier.name.all()}


def test_a_pasted_table_with_headers_in_any_language_scores_as_the_book(refreshed, general):
    _, results = refreshed
    keys = sorted({line.indicator for card in general.scorecards for line in card.lines})
    rows = [[shown(results.loc[customer, key]) for key in keys] for customer in results.index]
    for language in LANGUAGES:
        head = [general.indicator(key).name.of(language) for key in keys]
        _, *found = functions.CUST_SCORE_TABLE([head, *rows])
        assert_same([[row[0]] for row in found], results["score"])
        assert_same([[row[1]] for row in found], results["tier"])


def test_titles_are_in_the_books_language(refreshed):
    language, _ = refreshed
    heads = {
        "zh-CN": ["层级", "客户数", "占比"],
        "zh-TW": ["層級", "客戶數", "占比"],
        "en": ["Tier", "Customers", "Share"],
    }
    assert functions.CUST_SUMMARY()[0][:3] == heads[language]
    assert functions.CUST_LIST()[0][3] == heads[language][0]
    assert functions.CUST_PROFILE([["1001"]])[7][0] == heads[language][0]


def test_nearest_ids_are_told_in_the_books_language(refreshed):
    language, _ = refreshed
    told = {
        "zh-CN": "没有编号为 1009 的客户，相近的有：1001、1002",
        "zh-TW": "沒有編號為 1009 的客戶，相近的有：1001、1002",
        "en": "there is no customer 1009; near it: 1001, 1002",
    }
    assert functions.CUST_WHY([["1009"]]) == [[told[language]]]
