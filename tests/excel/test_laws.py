"""What holds for every function, whatever stands in the cells."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tierbook.excel import answers, functions
from tierbook.excel.gateway import TB_SNAPSHOT
from tierbook.excel.scored import reading, session
from tierbook.excel.signatures import signatures
from tierbook.typed import CELL_ERRORS, id_text

PER_CUSTOMER = [each for each in signatures() if each.per_customer]
NEEDED = {"CUST_HAS_TAG": ["低频"], "CUST_METRIC": ["amount_12m"]}
KNOWN = ["0012", "1", "1001", "1002", "A-7", "gone"]
blank = st.sampled_from([None, "", " ", "\u3000", float("nan")])
cell = st.one_of(
    st.sampled_from([*KNOWN, 1.0, 1001.0, 1002.0, "１００１", " A-7 ", dt.datetime(1902, 9, 27)]),
    blank, st.sampled_from(sorted(CELL_ERRORS)), st.booleans(),
    st.floats(allow_nan=False), st.text(st.characters(exclude_categories=["Cs"]), max_size=6), st.datetimes(),
)  # fmt: skip
option = st.one_of(
    st.none(),
    st.sampled_from(["abc", "ABC", "simple", "低频", "amount_12m", "|", "zz", 5.0, 46234.0, 46265.0, 1.0]),
    cell,
)
blocks = st.tuples(st.integers(1, 4), st.integers(1, 4)).flatmap(
    lambda size: st.lists(st.lists(cell, min_size=size[1], max_size=size[1]), min_size=size[0], max_size=size[0])
)
quick = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module", autouse=True)
def book(scored):
    session.use(scored)
    yield
    session.use(None)


def options_of(signature, drawn):
    most = len(signature.arguments) - 1
    return (NEEDED.get(signature.name) or drawn)[:most]


@pytest.mark.parametrize("signature", PER_CUSTOMER, ids=lambda each: each.name)
@given(cells=blocks, drawn=st.lists(option, max_size=2))
@quick
def test_shape_in_is_shape_out_and_a_blank_stays_blank(signature, cells, drawn):
    found = getattr(functions, signature.name)(cells, *options_of(signature, drawn) or NEEDED.get(signature.name, []))
    assert [len(row) for row in found] == [len(row) for row in cells]
    for row_in, row_out in zip(cells, found, strict=True):
        for asked, answer in zip(row_in, row_out, strict=True):
            assert id_text(asked) != "" or answer == ""
            assert isinstance(answer, str | float | bool | dt.datetime)


@pytest.mark.parametrize("signature", PER_CUSTOMER, ids=lambda each: each.name)
@given(cells=blocks, drawn=st.lists(option, max_size=2))
@quick
def test_a_block_says_what_its_cells_say_one_by_one(signature, cells, drawn):
    ask = getattr(functions, signature.name)
    options = options_of(signature, drawn) or NEEDED.get(signature.name, [])
    assert ask(cells, *options) == [[ask([[one]], *options)[0][0] for one in row] for row in cells]


@pytest.mark.parametrize("signature", PER_CUSTOMER, ids=lambda each: each.name)
@given(drawn=st.lists(option, max_size=2), strangers=st.lists(st.text(max_size=6), max_size=3))
@example(drawn=[None, 46234.0], strangers=[])
@quick
def test_a_snapshot_is_every_single_answer(signature, drawn, strangers):
    ask = getattr(functions, signature.name)
    options = options_of(signature, drawn)
    found = TB_SNAPSHOT(signature.name, *options)
    if found[0][0] in CELL_ERRORS:
        shown = {ask([[customer]], *options)[0][0] for customer in KNOWN}
        assert shown == {found[0][0]}
        return
    assert [customer for customer, _ in found] == KNOWN
    for customer, answer in found:
        assert ask([[customer]], *options)[0][0] == answer
    for stranger in strangers:
        if id_text(stranger) not in [*KNOWN, "", *CELL_ERRORS]:
            assert ask([[stranger]], *options)[0][0] == "#N/A"


@pytest.fixture
def handed_over(sheets_of, scored):
    """The key of the same book, handed over as Value2 has it."""
    for name, rows in sheets_of().items():
        session.shelf.hand_over("k|1", name, [tuple(_from_excel(one) for one in row) for row in rows])
    yield "k|1"
    session.use(scored)


MORE = {"CUST_TIER": ["abc"], "CUST_SCORE": [None, 46234.0], "CUST_TAGS": ["|"], "CUST_HAS_TAG": ["Low frequency"],
        "CUST_METRIC": ["last_order_date"], "CUST_LIST": ["C"], "CUST_SUMMARY": ["region"],
        "CUST_TASKS": [None, 46270.0],
        "CUST_SCORE_TABLE": [[["amount_12m", "recency_days"], [1.0, 2.0]]]}  # fmt: skip


@pytest.mark.parametrize("signature", signatures(), ids=lambda each: each.name)
def test_a_book_handed_over_answers_as_the_one_read_from_the_file(signature, handed_over):
    ids = [[customer] for customer in KNOWN] if signature.per_customer else [["1001"]]
    first = [ids] if signature.arguments and signature.arguments[0].name == "customer_id" else []
    ask = getattr(functions, signature.name)
    from_file = ask(*first, *MORE.get(signature.name, []))
    assert session.use_key(handed_over)
    assert ask(*first, *MORE.get(signature.name, [])) == from_file


def _from_excel(one):
    if isinstance(one, dt.datetime):
        return (one - dt.datetime(1899, 12, 30)) / dt.timedelta(days=1)
    return float(one) if isinstance(one, int) else one


@given(owner=option, tag=option, top=option, tier=option, segment=option)
@quick
def test_lists_never_break_and_count_what_they_list(owner, tag, top, tier, segment):
    table = functions.CUST_LIST(tier, tag, segment, owner, top)
    number = functions.CUST_COUNT(tier, tag, segment, owner)
    if len(table) == 1 and len(table[0]) == 1:
        assert table[0][0] in CELL_ERRORS
        return
    assert len(table) - 1 <= number
    assert {len(row) for row in table} == {7}
    scores = [row[4] for row in table[1:] if row[4] != ""]
    assert scores == sorted(scores, reverse=True)


@given(drawn=option, second=option)
@quick
def test_tables_are_never_jagged(drawn, second):
    tables = [
        functions.CUST_TASKS(drawn, second), functions.CUST_MOVES(drawn), functions.CUST_SUMMARY(drawn),
        functions.CUST_WHY([[drawn]], second), functions.CUST_PROFILE([[drawn]]),
    ]  # fmt: skip
    for table in tables:
        assert len({len(row) for row in table}) == 1


@given(order=st.permutations(range(1, 6)))
@quick
def test_the_order_of_customers_never_changes_a_summary(order, sheets_of):
    def summary(places):
        sheets = sheets_of()
        rows = sheets["_tierbook_results"]
        sheets["_tierbook_results"] = [rows[0], *(rows[place] for place in places)]
        return answers.summary(reading.book_of(sheets, "test"), "region")

    assert summary(order) == summary(range(1, 6))
