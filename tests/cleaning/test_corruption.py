"""Files and cells spoiled at random: cleaning never breaks, and no row is ever lost without a word."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tierbook.cleaning import clean
from tierbook.cleaning.quality import quality
from tierbook.engine import Engine
from tierbook.errors import TierbookError
from tierbook.schema import TABLES
from tierbook.sources import load_file

FOLDER = Path(__file__).parent / "messy"
AS_OF = dt.date(2026, 8, 31)
TABLE_WORDS = {word: key for key, table in TABLES.items() for word in (key, table.name.zh)}
FILES = sorted(path for path in FOLDER.iterdir() if path.suffix in (".csv", ".txt", ".xlsx"))

odd_text = st.one_of(
    st.none(),
    st.text(max_size=12),
    st.sampled_from(
        ["", " ", "0", "-", "NaN", "1e308", "9" * 40, "2026-02-30", "２０２６年１月５日", "￥", "朝阳区", "C18", "\x00",
         "做服装的工厂", "\ufeff", "\u202e1001", "'; DROP TABLE orders; --", '"', "=1+1", "🙂", "a" * 3000, "1.2.3"]
    ),
)  # fmt: skip
keys = {
    "orders": ("order_id", "line_no", "customer_id", "date", "amount", "quantity", "status", "currency", "product"),
    "customers": (
        "customer_id", "name", "kind", "industry", "industry_code", "size", "region", "province", "city", "address",
        "contact", "title", "phone", "email", "credit_code", "since", "birthday", "followers",
    ),
    "interactions": ("interaction_id", "customer_id", "date", "channel", "kind", "topic", "note"),
    "feedback": ("feedback_id", "customer_id", "date", "kind", "score", "text", "status"),
    "referrals": ("referrer_id", "referred_id", "date"),
    "renewals": ("contract_id", "customer_id", "due_date", "renewed"),
    "people": ("name", "capacity", "email", "boss"),
}  # fmt: skip
good = {
    "customer_id": "A1", "referrer_id": "A1", "referred_id": "A2", "date": "2026-01-05", "due_date": "2026-01-05",
    "amount": "100", "name": "甲公司", "province": "广东", "city": "深圳", "industry": "软件", "phone": "13800000001",
}  # fmt: skip


@st.composite
def spoiled_tables(draw):
    """Some tables; each row is good but for the cells that are drawn anew."""
    tables = {}
    for table in draw(st.lists(st.sampled_from(sorted(keys)), min_size=1, max_size=3, unique=True)):
        rows = []
        for _ in range(draw(st.integers(1, 8))):
            spoiled = draw(st.dictionaries(st.sampled_from(keys[table]), odd_text, max_size=5))
            rows.append({key: spoiled.get(key, good.get(key)) for key in keys[table]})
        tables[table] = rows
    return tables


@pytest.fixture(scope="module")
def shared_engine():
    with Engine(threads=1) as engine:
        yield engine


def judged(engine, sources, model):
    """Clean and count: every delivered row is kept, set aside or merged, once."""
    accounts = clean(engine, sources, model, AS_OF).accounts
    for table, account in accounts.items():
        gone = sum(account.set_aside.values()) + sum(account.merged.values())
        assert account.delivered == account.kept + gone
        rows = engine.rows(
            "SELECT source_row, count(*) FROM findings WHERE table_key = ? AND severity <> 'notice' GROUP BY 1",
            [table],
        )
        assert sum(n for _, n in rows) == len(rows) == gone
        here = {row for (row,) in engine.rows(f"SELECT source_row FROM {table} WHERE source_row IS NOT NULL")}
        assert len(here) == account.kept
        assert here.isdisjoint({row for row, _ in rows})
    quality(engine, accounts)


@settings(max_examples=30, deadline=None)
@given(tables=spoiled_tables())
def test_any_cell_may_hold_anything(shared_engine, general, delivered, tables):
    sources = {table: delivered(shared_engine, table, rows) for table, rows in tables.items()}
    judged(shared_engine, sources, general)


@st.composite
def spoiled_bytes(draw):
    """A messy file with some bytes changed, cut out, doubled or put in."""
    path = draw(st.sampled_from(FILES))
    data = bytearray(path.read_bytes())
    for _ in range(draw(st.integers(1, 6))):
        place = draw(st.integers(0, len(data) - 1)) if data else 0
        how = draw(st.sampled_from(["change", "cut", "double", "put", "end"]))
        length = draw(st.integers(1, 40))
        if how == "change":
            data[place : place + 1] = bytes([draw(st.integers(0, 255))])
        elif how == "cut":
            del data[place : place + length]
        elif how == "double":
            data[place:place] = data[place : place + length]
        elif how == "put":
            data[place:place] = draw(st.binary(max_size=6))
        else:
            del data[place:]
    return path, bytes(data)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(spoiled=spoiled_bytes())
def test_a_file_with_spoiled_bytes_is_refused_in_words_or_accounted_for(shared_engine, general, tmp_path, spoiled):
    path, data = spoiled
    table = TABLE_WORDS[path.name.split("_")[0]]
    copy = tmp_path / path.name
    copy.write_bytes(data)
    try:
        source = load_file(shared_engine, table, copy)
    except TierbookError as refusal:
        assert str(refusal)
        return
    judged(shared_engine, {table: source}, general)
