"""What history says of a company's size and a contact's title, where the customer's row leaves them blank.

Notes of calls and visits say it in words. Orders say a size where nearly all known companies of the same kind that
buy for as much have one size; else nothing is filled. Every value filled so stands in `filled` with its evidence.
"""

from __future__ import annotations

import datetime as dt

from ..engine import Engine, date_literal, quoted, text_literal
from ..model.types import Model
from ..schema import SIZES
from .choices import choice_of, words_of
from .filled import SAYS

TITLES = (
    "董事长", "副总经理", "总经理", "总裁", "副总裁", "总监", "采购经理", "采购主管", "采购总监", "销售经理",
    "项目经理", "技术总监", "财务总监", "财务经理", "行政主管", "行政经理", "人事经理", "部门经理", "区域经理",
    "运营总监", "市场总监", "店长", "厂长", "主任", "院长", "校长", "经理", "主管", "老板", "法人", "负责人",
    "采购员", "会计", "工程师", "助理", "董事長", "副總經理", "總經理", "總裁", "副總裁", "總監", "採購經理",
    "採購主管", "經理", "店長", "廠長", "C[EFTO]O", "purchasing manager", "general manager",
    "director", "manager", "owner",
)  # fmt: skip
"""Titles, as patterns, that count where they stand beside the contact's name; a longer one wins over one in it."""
_SAYS, _VALUE = r"\s*(?:[:=是为為]|改为|改為)\s*", r"([^\s,，。;；、:：()（）]{%s})"
LABELLED = {
    "title": r"(?i)(?:职位|职务|職位|職務|職稱|职称|title|position)" + _SAYS + _VALUE % "2,16",
    "size": r"(?i)(?:规模|規模|company size|size)" + _SAYS + _VALUE % "1,8",
}
"""Words before a value that a note states, and the value."""


def fill_from_history(engine: Engine, model: Model, as_of: dt.date) -> None:
    """Fill blank titles and sizes of delivered customers in `known_customers`.

    Model parameters read, where the model has them: fill_history (on, off), fill_known, fill_sure.
    """
    if "fill_history" not in model.params or model.param("fill_history") != "on":
        return
    there = engine.columns("known_customers")
    blank = [key for key in ("title", "size") if key in there and _has_blanks(engine, key)]
    if blank and engine.value("SELECT count(*) FROM (SELECT 1 FROM interactions WHERE note IS NOT NULL LIMIT 1)"):
        for key in blank:
            _from_notes(engine, key, named="contact" in there)
    if "size" in blank:
        _size_from_orders(engine, model, as_of, kinds="kind" in there)


def _has_blanks(engine: Engine, key: str) -> bool:
    found = engine.value(f"SELECT count(*) FROM known_customers WHERE source_row IS NOT NULL AND {quoted(key)} IS NULL")
    return bool(found)


def _from_notes(engine: Engine, key: str, *, named: bool) -> None:
    """The latest note that states the value: 职位：采购经理, 规模为大型; or a title beside the contact's own name."""
    stated = f"regexp_extract(note, {text_literal(LABELLED[key])}, 1)"
    value = f"NULLIF({stated}, '')"
    looks = f"regexp_matches(note, {text_literal(LABELLED[key])})"
    if key == "size":
        value = choice_of(value, words_of(SIZES))
    elif named:
        titles = "(" + "|".join(sorted(TITLES, key=lambda title: (-len(title), title))) + ")"
        beside = f"regexp_extract(note, {text_literal(titles)})"
        close = f"(contains(note, {beside} || contact) OR contains(note, contact || {beside}))"
        value = f"COALESCE({value}, CASE WHEN {beside} <> '' AND length(contact) > 1 AND {close} THEN {beside} END)"
        looks = f"({looks} OR regexp_matches(note, {text_literal(titles)}))"
    contact = "k.contact" if named else "NULL"
    said = (
        f"SELECT k.customer_id, i.note, i.date, i.source_row, {contact} AS contact FROM interactions AS i "
        f"JOIN known_customers AS k ON k.customer_id = i.customer_id "
        f"WHERE k.source_row IS NOT NULL AND k.{quoted(key)} IS NULL AND {looks}"
    )
    _fill(
        engine,
        key,
        f"SELECT customer_id, {text_literal(key)}, first(value ORDER BY date DESC, source_row DESC), 'interactions', "
        f"first(left(note, 60) ORDER BY date DESC, source_row DESC) FROM (SELECT *, {value} AS value FROM ({said})) "
        "WHERE value IS NOT NULL GROUP BY customer_id",
    )


def _size_from_orders(engine: Engine, model: Model, as_of: dt.date, *, kinds: bool) -> None:
    """The size that nearly all known companies of the same kind have whose orders of a year come to as much.

    As much: between the same powers of two of the currency. Private customers have no size.
    """
    known, sure = model.whole("fill_known"), round(100 * float(str(model.param("fill_sure"))))
    kind = "COALESCE(k.kind, '')" if kinds else "''"
    since = date_literal(as_of - dt.timedelta(days=365))
    engine.execute(
        "CREATE OR REPLACE TEMP TABLE sized AS SELECT k.customer_id, k.size, "
        f"{kind} AS kind, length(bin(b.amount // 100)) AS band FROM known_customers AS k JOIN "
        f"(SELECT customer_id, CAST(sum(amount) AS BIGINT) AS amount FROM orders WHERE date > {since} "
        "GROUP BY customer_id HAVING sum(amount) >= 100) AS b ON b.customer_id = k.customer_id "
        f"WHERE k.source_row IS NOT NULL AND {kind} <> 'retail'"
    )
    _fill(
        engine,
        "size",
        "SELECT s.customer_id, 'size', likely.size, 'orders', CAST(n AS VARCHAR) || '/' || CAST(alike AS VARCHAR) "
        "FROM sized AS s JOIN (SELECT kind, band, size, n, alike FROM (SELECT kind, band, size, count(*) AS n, "
        "CAST(sum(count(*)) OVER (PARTITION BY kind, band) AS BIGINT) AS alike FROM sized WHERE size IS NOT NULL "
        f"GROUP BY kind, band, size) WHERE alike >= {known} AND 100 * n >= {sure} * alike AND 2 * n > alike) AS likely "
        "ON likely.kind = s.kind AND likely.band = s.band WHERE s.size IS NULL",
    )


def _fill(engine: Engine, key: str, select: str) -> None:
    """Put the values of `select` (as `filled_singly`) there and into the blanks of `known_customers`."""
    columns = ", ".join(SAYS)
    if engine.execute(f"CREATE OR REPLACE TEMP TABLE said AS SELECT * FROM ({select}) AS t({columns})"):
        engine.execute("INSERT INTO filled_singly SELECT * FROM said")
        engine.execute(
            f"UPDATE known_customers SET {quoted(key)} = said.value FROM said "
            f"WHERE said.customer_id = known_customers.customer_id AND known_customers.{quoted(key)} IS NULL"
        )
