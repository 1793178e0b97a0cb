"""Customers: contacts in one form, duplicates merged, regions found, and everyone seen only in facts added."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ..engine import Engine, quoted, text_literal
from ..schema import CUSTOMERS
from .contacts import KEYS, odd_contacts, plain_form
from .facts import canonical, record_guessed_dates
from .filled import complete
from .findings import Doubt, judged, record_merged, record_noticed, record_reasons
from .lunar_days import KEY as LUNAR
from .lunar_days import lunar_days
from .merges import Policy, unite
from .reading import Delivered, SourceLike, id_doubts, optional_doubts, parse
from .repeats import repeat_rows

FACT_IDS = {
    "orders": ("customer_id",), "interactions": ("customer_id",), "feedback": ("customer_id",),
    "renewals": ("customer_id",), "referrals": ("referrer_id", "referred_id"),
}  # fmt: skip


def clean_customers(engine: Engine, source: SourceLike | None, policy: Policy) -> int:
    """Make `customers` (one row per customer, source_row NULL for ids met only in facts) and record findings.

    `fact_ids` must hold the ids of every fact table (see `gather_ids`). Ids that are one customer are merged as the
    policy says (see `merges.unite`, which makes `merged_ids`).

    Returns:
        how many delivered customers are kept.
    """
    if source is None:
        engine.put("kept_customers", {"source_row": "BIGINT", "customer_id": "VARCHAR"}, ())
        _make_known(engine, "SELECT CAST(NULL AS BIGINT) AS source_row, customer_id FROM fact_ids GROUP BY customer_id")
        unite(engine, "known_customers", {}, policy)
        _make_customers(engine, None)
        return 0
    delivered = parse(engine, "customers", source)
    keys = [column.key for column in CUSTOMERS.columns if delivered.has(column.key)]
    odd, keys = _read(engine, delivered, keys)
    select = _merge_duplicates(engine, delivered, keys)
    kept = engine.execute(f"CREATE OR REPLACE TEMP TABLE kept_customers AS {select}")
    _record_orphans(engine)
    _make_known(engine, _with_orphans(keys))
    kept -= unite(engine, "known_customers", odd, policy)
    _record_shared_contacts(engine, delivered, odd)
    _make_customers(engine, delivered, complete(engine, delivered, "known_customers", keys))
    return kept


def _read(engine: Engine, delivered: Delivered, keys: list[str]) -> tuple[dict[str, str], list[str]]:
    """Make the relation of values with each row's reason, and record what is doubtful about single rows.

    Returns:
        kinds of contact that were delivered -> relation of the readings of their odd texts, '' where there are none;
        and `keys`, with the lunar birthday where 生日 tells some.
    """
    odd = {}
    for key in KEYS:
        if delivered.has(key):
            target = f"odd_{key}"
            odd[key] = target if odd_contacts(engine, delivered.parsed, key, target) else ""
    joined = {key: target for key, target in odd.items() if target}
    given = {key: _contact(key, joined.get(key, "")) for key in odd}
    birthdays = lunar_days(engine, delivered)
    if birthdays.found:
        given[LUNAR] = f"{birthdays.value} AS {LUNAR}"
        keys = [*keys, *([] if LUNAR in keys else [LUNAR])]
    values = ", ".join(given.get(key, quoted(key)) for key in keys)
    doubts, notices = id_doubts(delivered, "customer_id"), optional_doubts(delivered, ("customer_id",))
    notices += [
        Doubt(f"bad_{key}", key, f"{target}.sure = 0", f"CAST({quoted(key + '__raw')} AS VARCHAR)")
        for key, target in joined.items()
    ]
    notices = birthdays.notices(notices)
    joins = "".join(f" LEFT JOIN {target} ON {target}.text = p.{quoted(key)}" for key, target in joined.items())
    joins += birthdays.joins
    engine.drop(delivered.read)
    engine.execute(
        f"CREATE TEMP TABLE {quoted(delivered.read)} AS SELECT source_row, {values}, {judged(doubts, notices)} "
        f"FROM {delivered.parsed} AS p{joins}"
    )
    record_reasons(engine, "customers", delivered.read, doubts)
    record_noticed(engine, "customers", delivered.parsed, delivered.read, notices)
    record_guessed_dates(engine, delivered)
    return odd, keys


def _contact(key: str, odd: str) -> str:
    """The kept form of a phone, mail address or credit code; a text nobody can read stays as it is."""
    plain = plain_form(key)
    return f"{f'CASE WHEN {odd}.text IS NULL THEN {plain} ELSE {odd}.shown END' if odd else plain} AS {quoted(key)}"


def _with_orphans(keys: list[str]) -> str:
    others = [quoted(key) for key in keys if key != "customer_id"]
    return (
        f"SELECT {', '.join(['source_row', 'customer_id', *others])} FROM kept_customers UNION ALL "
        f"SELECT {', '.join(['NULL', 'customer_id', *('NULL' for _ in others)])} FROM fact_ids "
        "WHERE customer_id NOT IN (SELECT customer_id FROM kept_customers) GROUP BY customer_id"
    )


def _make_known(engine: Engine, select: str) -> None:
    """Everybody who was delivered or is met in facts: source_row, customer_id and the delivered columns."""
    engine.drop("known_customers")
    engine.execute(f"CREATE TEMP TABLE known_customers AS {select}")


def _make_customers(engine: Engine, delivered: Delivered | None, keys: Iterable[str] = ()) -> None:
    """The canonical relation over `known_customers`, whose columns are `keys`."""
    given = {key: quoted(key) for key in ("customer_id", *keys)}
    engine.drop("customers")
    engine.execute(
        f"CREATE TEMP VIEW customers AS SELECT CAST(source_row AS BIGINT) AS source_row, "
        f"{canonical(delivered, given, 'customers')} FROM known_customers"
    )


def make_fact_ids(engine: Engine) -> None:
    """Make `fact_ids`, empty: table_key, column_key, customer_id, source_row of its first row, n rows."""
    engine.execute(
        "CREATE OR REPLACE TEMP TABLE fact_ids "
        "(table_key VARCHAR, column_key VARCHAR, customer_id VARCHAR, source_row BIGINT, n BIGINT)"
    )


def gather_ids(engine: Engine, table: str, *, first_rows: bool) -> None:
    """Add the customers in a cleaned fact table to `fact_ids`.

    Args:
        first_rows: find each customer's first row too (for the notice about who is not in the customers table).
    """
    relation = "orders_ids" if table == "orders" else table
    first = "min(source_row)" if first_rows else "CAST(NULL AS BIGINT)"
    for column in FACT_IDS[table]:
        engine.execute(
            f"INSERT INTO fact_ids SELECT {text_literal(table)}, {text_literal(column)}, CAST(k AS VARCHAR), "
            f"first_row, n FROM (SELECT {quoted(column)} AS k, {first} AS first_row, count(*) AS n "
            f"FROM {quoted(relation)} GROUP BY k)"
        )


def rows_with_ids(engine: Engine) -> dict[str, int]:
    """Table -> its rows, of the tables gathered into `fact_ids` that have any."""
    found = engine.rows("SELECT table_key, column_key, CAST(sum(n) AS BIGINT) FROM fact_ids GROUP BY ALL")
    return {table: rows for table, column, rows in found if column == FACT_IDS[table][0]}


def _merge_duplicates(engine: Engine, delivered: Delivered, keys: list[str]) -> str:
    """SQL for one row per customer id. Of several, the fullest is kept (the first of equals), its blanks are
    filled from the next fullest, and the others are merged into it."""
    read = quoted(delivered.read)
    columns = ", ".join(map(quoted, keys))
    plain = f"SELECT source_row, {columns} FROM {read} WHERE reason IS NULL"
    if not repeat_rows(
        engine, delivered.read, ("customer_id",), "reason IS NULL", delivered.rows, "repeated_customers"
    ):
        return plain
    fullness = " + ".join(f"CASE WHEN {quoted(key)} IS NULL THEN 0 ELSE 1 END" for key in keys)
    engine.execute(
        "CREATE OR REPLACE TEMP TABLE ranked_customers AS SELECT *, row_number() OVER (PARTITION BY customer_id "
        f"ORDER BY {fullness} DESC, source_row) AS place FROM {read} WHERE reason IS NULL AND customer_id IN "
        f"(SELECT customer_id FROM {read} WHERE source_row IN (SELECT source_row FROM repeated_customers))"
    )
    engine.execute(
        "CREATE OR REPLACE TEMP TABLE merged_away AS "
        "SELECT source_row, customer_id FROM ranked_customers WHERE place > 1"
    )
    record_merged(engine, "customers", "merged_away", "duplicate_customer", "customer_id", "customer_id")
    merged = ", ".join(
        f"first({quoted(key)} ORDER BY place) FILTER (WHERE {quoted(key)} IS NOT NULL) AS {quoted(key)}"
        for key in keys
        if key != "customer_id"
    )
    ordered = "customer_id" + (f", {merged}" if merged else "")
    others = ", ".join(quoted(key) for key in keys if key != "customer_id")
    return (
        f"SELECT source_row, customer_id{', ' + others if others else ''} FROM ({plain}) "
        "WHERE customer_id NOT IN (SELECT customer_id FROM ranked_customers) "
        f"UNION ALL SELECT first(source_row ORDER BY place), {ordered} FROM ranked_customers GROUP BY customer_id"
    )


def _record_orphans(engine: Engine) -> None:
    """One notice for each customer and table whose facts name a customer that was not delivered."""
    engine.execute(
        "INSERT INTO findings SELECT 'unknown_customer', 'notice', table_key, source_row, column_key, customer_id "
        "FROM fact_ids WHERE customer_id NOT IN (SELECT customer_id FROM kept_customers)"
    )


def _record_shared_contacts(engine: Engine, delivered: Delivered, odd: Mapping[str, str]) -> None:
    """A phone number, mail address or credit code that several customers give who are not merged."""
    if not engine.value("SELECT count(*) FROM shared_contacts"):
        return
    lives = "COALESCE(m.kept_id, s.customer_id)"
    apart = (
        "SELECT kind, customer_id FROM (SELECT kind, s.customer_id, m.kept_id, "
        f"min({lives}) OVER same <> max({lives}) OVER same AS told FROM shared_contacts AS s "
        "LEFT JOIN merged_ids AS m USING (customer_id) WINDOW same AS (PARTITION BY kind, key)) "
        "WHERE told AND kept_id IS NULL"
    )
    for key in odd:
        raw = f"SELECT source_row, CAST({quoted(key + '__raw')} AS VARCHAR) AS value FROM {delivered.parsed}"
        engine.execute(
            f"INSERT INTO findings SELECT 'same_contact', 'notice', 'customers', source_row, {text_literal(key)}, "
            f"COALESCE(raw.value, {quoted(key)}) FROM kept_customers LEFT JOIN ({raw}) AS raw USING (source_row) "
            f"WHERE customer_id IN (SELECT customer_id FROM ({apart}) WHERE kind = {text_literal(key)})"
        )
