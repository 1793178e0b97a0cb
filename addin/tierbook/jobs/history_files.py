"""One run of the ledger as a Parquet file: written beside, synced, renamed, and never touched again."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ..engine import Engine, text_literal

if TYPE_CHECKING:
    from ..history import Ledger, RunKept

COLUMNS = {
    "customer_id": "VARCHAR", "as_of": "DATE", "tier": "VARCHAR", "score": "DOUBLE", "segment": "VARCHAR",
    "stage": "VARCHAR", "owner": "VARCHAR", "model_version": "VARCHAR", "data_fingerprint": "VARCHAR",
}  # fmt: skip
"""Tier, segment and stage are keys; the score is in points."""
POINT = 1_000_000


def write_run(ledger: Ledger, scope: str, run: RunKept, path: Path) -> None:
    """Where everybody stood by a run, one row per customer, with the totals known then."""
    facts = ledger.facts(scope, run.as_of)
    keys = sorted({key for told in facts.values() for key in told})
    rows: list[Sequence[object]] = [
        (one.customer_id, run.as_of, one.tier, None if one.score is None else one.score / POINT, one.segment, one.stage,
         one.owner, run.model_version, run.data_fingerprint, *(facts.get(one.customer_id, {}).get(key) for key in keys))
        for one in ledger.standings(scope, run.as_of).values()
    ]  # fmt: skip
    beside = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with Engine() as engine:
            engine.put("run", COLUMNS | dict.fromkeys(keys, "BIGINT"), rows)
            engine.execute(
                f"COPY (SELECT * FROM run ORDER BY customer_id) TO {text_literal(str(beside))} (FORMAT parquet)"
            )
        with beside.open("r+b") as stream:
            os.fsync(stream.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make a rename in a folder last, where the system can."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
