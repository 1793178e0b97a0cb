"""Facts made fit: raw relations become canonical ones, and every doubt becomes a finding.

No row is lost: of every delivered table, delivered = kept + set aside + merged (`findings.Account`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..engine import Engine
from ..model.types import Model
from ..schema import DELIVERABLE, RATES, TABLES
from .customers import FACT_IDS, clean_customers, gather_ids, make_fact_ids, rows_with_ids
from .facts import clean_facts, make_empty
from .filled import begin
from .findings import Account, accounts, create
from .history import fill_from_history
from .merges import PairDecision, follow, policy_of
from .orders import clean_orders, record_shape
from .reading import SourceLike

__all__ = ["Account", "Cleaned", "PairDecision", "clean"]


@dataclass(frozen=True)
class Cleaned:
    """Where every delivered row went, by table (only tables that were delivered)."""

    accounts: Mapping[str, Account]


def clean(
    engine: Engine,
    sources: Mapping[str, SourceLike],
    model: Model,
    as_of: dt.date,
    decisions: Sequence[PairDecision] = (),
) -> Cleaned:
    """Make the seven canonical relations and `findings`; tables nobody delivered are there and empty.

    Reads `raw_<table>` relations as `sources` names them. Bad rows never raise: they become findings.
    Orders in other currencies are turned into money by the table `rates` where it was delivered.
    Model parameters read: returns, identical_lines, currency, rate.<CODE>, duplicates, names_alike, fill_*.

    Args:
        decisions: what people said of ids that may be one customer. `merged_ids` tells whose facts count for whom.
    """
    create(engine)
    begin(engine)
    make_fact_ids(engine)
    kept: dict[str, int] = {}
    if RATES.key in sources:
        clean_facts(engine, RATES.key, sources[RATES.key], as_of)
        kept[RATES.key] = engine.value("SELECT count(*) FROM rates")
    else:
        make_empty(engine, RATES.key)
    for table in TABLES:
        if table == "customers":
            continue
        if table not in sources:
            _make_undelivered(engine, table)
            continue
        if table == "orders":
            clean_orders(engine, sources[table], model, as_of)
        else:
            clean_facts(engine, table, sources[table], as_of)
        if table in FACT_IDS:
            gather_ids(engine, table, first_rows="customers" in sources)
            kept[table] = 0
        else:
            kept[table] = engine.value(f"SELECT count(*) FROM {table}")
    kept |= rows_with_ids(engine)
    kept["customers"] = clean_customers(engine, sources.get("customers"), policy_of(model, decisions))
    if engine.value("SELECT count(*) FROM merged_ids"):
        for table in sources.keys() & FACT_IDS.keys():
            kept[table] -= follow(engine, table, FACT_IDS[table])
    fill_from_history(engine, model, as_of)
    delivered = {table: sources[table].rows for table in DELIVERABLE if table in sources}
    return Cleaned(accounts(engine, delivered, kept))


def _make_undelivered(engine: Engine, table: str) -> None:
    if table == "orders":
        make_empty(engine, table, ", is_return BIGINT")
        record_shape(engine, one_line_each=True)
    else:
        make_empty(engine, table)
