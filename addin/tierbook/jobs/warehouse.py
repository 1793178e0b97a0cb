"""Verbs for facts that outgrow one machine: clean them into Parquet, score them on Spark where they lie."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ..cleaning import Account, Cleaned
from ..engine import Engine, quoted, size_of
from ..errors import ScoringError, UsageError
from ..labels import DEFAULT, Language
from ..schema import TABLES
from ..scoring import score
from ..warehouse import Opened, Policy, SparkEngine, fingerprint_of, open_facts, shown_columns, write_parquet
from ..warehouse.spark import LOCAL
from .analyst import Summary, summary_of, write_relation
from .checks import cleaned_run
from .intake import language_for, model_for, step_told
from .request import Request

MEGABYTE = 2**20


@dataclass(frozen=True)
class CleanReport:
    """The Parquet files written, and where every delivered row went."""

    files: Sequence[Path]
    accounts: Cleaned
    language: Language = DEFAULT


@dataclass(frozen=True)
class Cluster:
    """Where Spark runs. `places`: table -> Parquet address or catalog table; `conf`: Spark's own settings."""

    places: Mapping[str, str]
    master: str = LOCAL
    conf: Mapping[str, str] = field(default_factory=dict)


def clean_to_folder(request: Request, folder: Path, *, dry_run: bool = False) -> CleanReport:
    """Clean the facts and write each delivered table, the customers and the findings as Parquet.

    The columns are the canonical ones in display units, what Spark and any warehouse take, and `source_row`, the row's
    place where it was delivered. Scoring them gives the same results as scoring the facts themselves.

    Raises:
        UsageError: the folder that shall hold the folder does not exist, or a file bears its name.
    """
    if not folder.absolute().parent.is_dir() or (folder.exists() and not folder.is_dir()):
        raise UsageError("jobs.no_such_folder", path=folder.absolute().parent)
    files = []
    with Engine(memory_limit=request.memory_limit or None) as engine:
        run = cleaned_run(request, engine)
        if not dry_run:
            folder.mkdir(exist_ok=True)
        for key, table in TABLES.items():
            if key != "customers" and key not in run.sources:
                continue
            shown, order = f"shown_{key}", "customer_id" if key == "customers" else "source_row"
            columns = f"source_row, {shown_columns(table, str(run.model.param('currency')))}"
            engine.execute(f"CREATE TEMP VIEW {shown} AS SELECT {columns} FROM {quoted(key)}")
            files.append((folder / f"{key}.parquet", shown, order))
        files.append((folder / "findings.parquet", "findings", "table_key, source_row, check_key, column_key"))
        for path, relation, order in () if dry_run else files:
            request.progress("jobs.writing", {"what": path.name})
            write_relation(engine, relation, path, order)
        return CleanReport([path for path, *_ in files], run.cleaned, run.language)


def score_on_spark(request: Request, cluster: Cluster, out: str = "") -> Summary:
    """Score cleaned facts by the very same steps on Spark; one row per customer to a folder of Parquet.

    Args:
        out: address of that folder; one that Spark wrote before is replaced whole. Empty: write nothing.
    Raises:
        ScoringError: neither orders nor customers were named.
        UsageError: the memory limit is not one, or a book was named: its sheets are no warehouse.
        WarehouseError: Spark or Java is not here, or the facts are not cleaned ones.
    """
    if request.book is not None:
        raise UsageError("warehouse.no_books")
    if not {"orders", "customers"} & set(cluster.places):
        raise ScoringError("jobs.no_facts")
    language = language_for(request)
    request.progress("jobs.reading_model", {})
    model = model_for(request, language)
    policy = Policy(str(model.param("returns")), str(model.param("currency")))
    conf = {**_memory(request.memory_limit), **cluster.conf}
    request.progress("warehouse.starting", {"master": cluster.master})

    with SparkEngine(cluster.master, conf=conf, tell=step_told(request)) as engine:
        request.progress("warehouse.opening", {"tables": "、".join(cluster.places)})
        opened = open_facts(engine, cluster.places, request.as_of, policy)
        request.progress("jobs.scoring", {"as_of": request.as_of.isoformat()})
        scored = score(engine, model, request.as_of, language, results_only=True)
        if out:
            request.progress("jobs.writing", {"what": out})
            write_parquet(engine, "results", out, "customer_id")
        return summary_of(
            engine, model, scored, accounts_of(opened),
            as_of=request.as_of, language=language, data_fingerprint=fingerprint_of(opened),
        )  # fmt: skip


def accounts_of(opened: Mapping[str, Opened]) -> Cleaned:
    return Cleaned(
        {
            table: Account(table, found.delivered, found.kept, set_aside=found.set_aside, notices={})
            for table, found in opened.items()
        }
    )


def _memory(limit: str) -> dict[str, str]:
    """The driver's memory in Java's words.

    Raises:
        UsageError: not a size.
    """
    if not limit:
        return {}
    size = size_of(limit)
    if not size:
        raise UsageError("warehouse.bad_memory", word=limit)
    return {"spark.driver.memory": f"{max(1, size // MEGABYTE)}m"}
