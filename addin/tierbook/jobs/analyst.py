"""Verbs without a workbook to write: score to a file, explain one customer, check the facts."""

from __future__ import annotations

import codecs
import datetime as dt
import shutil
import tempfile
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path

from ..cleaning import Cleaned
from ..engine import Engine, Runner, quoted, text_literal
from ..errors import ScoringError, UsageError
from ..labels import Language
from ..model.types import Model
from ..scoring import Notice, Scored, WhyLine, why
from .intake import Run, start_run
from .pairs import kept_id
from .request import Note, Request

FORMULA_LEADS = "=+-@\t\r"
"""A text cell of a CSV that begins so would run as a formula when a spreadsheet opens the file."""


@dataclass(frozen=True)
class Summary:
    """What a run says at its end. Money in currency units; tiers as (name, customers, share of revenue 0..1).

    `rules`: what a person must know of the rules it was scored by.
    """

    as_of: str
    model: str
    language: Language
    customers: int
    buyers: int
    revenue: Decimal
    tiers: Sequence[tuple[str, int, float]]
    stages: Sequence[tuple[str, int]]
    accounts: Cleaned
    notices: Sequence[Notice]
    latest_order: str
    data_fingerprint: str
    rules: Sequence[Note] = ()


def summarise(run: Run) -> Summary:
    """The totals of a run."""
    found = summary_of(
        run.engine, run.model, run.scored, run.cleaned,
        as_of=run.as_of, language=run.language, data_fingerprint=run.data_fingerprint,
    )  # fmt: skip
    return replace(found, model=f"{run.model.key} {run.rules.label}", rules=run.rules.notes)


def summary_of(
    engine: Runner,
    model: Model,
    scored: Scored,
    cleaned: Cleaned,
    *,
    as_of: dt.date,
    language: Language,
    data_fingerprint: str,
) -> Summary:
    """Read the totals a person wants to see off the results, in one look: they may be a view over everything."""
    groups = engine.rows(
        "SELECT tier, COALESCE(stage, '-') AS stage, COUNT(*) AS n, COALESCE(SUM(amount_all), 0) AS revenue, "
        "MAX(last_order_date) AS latest FROM results GROUP BY ALL"
    )
    customers, stages, spent = Counter[str](), Counter[str](), defaultdict[str, Decimal](Decimal)
    for tier, stage, count, money, _ in groups:
        customers[tier] += count
        stages[stage] += count
        spent[tier] += money
    revenue = sum(spent.values(), Decimal(0))
    scale = model.scale(model.main_scale)
    names = [tier.name.of(language) for tier in reversed(scale.tiers)]
    latest = max((day for *_, day in groups if day), default=None)
    return Summary(
        as_of=as_of.isoformat(),
        model=f"{model.key} {model.version}",
        language=language,
        customers=scored.customers,
        buyers=scored.buyers,
        revenue=revenue,
        tiers=[(name, customers[name], float(spent[name] / revenue) if revenue else 0.0) for name in names],
        stages=sorted(stages.items(), key=lambda each: (-each[1], each[0])),
        accounts=cleaned,
        notices=scored.notices,
        latest_order=latest.isoformat() if latest else "",
        data_fingerprint=data_fingerprint,
    )


def score_to_file(request: Request, out: Path | None, *, findings: Path | None = None) -> Summary:
    """Score the facts and write one row per customer to a Parquet or CSV file (None: write nothing).

    Raises:
        UsageError: the file's name ends neither in .parquet nor in .csv, or its folder does not exist.
    """
    for path in (out, findings):
        check_target(path)
    with Engine(memory_limit=request.memory_limit or None) as engine:
        run = start_run(request, engine, results_only=True)
        for path, relation, order in ((out, "results", "customer_id"), (findings, "findings", "table_key, source_row")):
            if path is not None:
                request.progress("jobs.writing", {"what": path.name})
                write_relation(engine, relation, path, order)
        return summarise(run)


def check_target(path: Path | None) -> None:
    if path is None:
        return
    if path.suffix.lower() not in {".parquet", ".csv"}:
        raise UsageError("jobs.unknown_output", path=path.name)
    if not path.absolute().parent.is_dir():
        raise UsageError("jobs.no_such_folder", path=path.absolute().parent)


def write_relation(engine: Engine, relation: str, path: Path, order: str) -> None:
    """Write a relation beside its target and move it there whole, so that a crash leaves no half file.

    A CSV begins with a byte order mark, without which a spreadsheet would misread Chinese text.
    """
    with tempfile.TemporaryDirectory(dir=path.absolute().parent, prefix=f".{path.stem}-") as folder:
        part = Path(folder) / path.name
        target, rows = text_literal(str(part)), f"FROM {quoted(relation)} ORDER BY {order}"
        if path.suffix.lower() == ".parquet":
            engine.execute(f"COPY (SELECT * {rows}) TO {target} (FORMAT parquet)")
        else:
            bare = Path(folder) / "bare"
            select = f"SELECT {_harmless(engine, relation)} {rows}"
            engine.execute(f"COPY ({select}) TO {text_literal(str(bare))} (FORMAT csv, HEADER true)")
            with part.open("wb") as whole, bare.open("rb") as content:
                whole.write(codecs.BOM_UTF8)
                shutil.copyfileobj(content, whole)
        part.replace(path)


def _harmless(engine: Engine, relation: str) -> str:
    """Columns of a CSV: text that a spreadsheet would take for a formula gets a leading apostrophe."""
    leads = ", ".join(text_literal(lead) for lead in FORMULA_LEADS)
    return ", ".join(
        f"CASE WHEN LEFT({quoted(column)}, 1) IN ({leads}) THEN '''' || {quoted(column)} ELSE {quoted(column)} END"
        f" AS {quoted(column)}"
        if kind == "VARCHAR"
        else quoted(column)
        for column, kind in engine.columns(relation).items()
    )


@dataclass(frozen=True)
class Explanation:
    """Why a customer is where it is, and its portrait: title -> words. `lines` sum to `score`."""

    customer_id: str
    name: str
    tier: str
    score: float
    coverage: float
    segment: str
    stage: str
    tags: str
    lines: Sequence[WhyLine]
    portrait: Mapping[str, str] = field(default_factory=dict)


def explain(request: Request, customer_id: str) -> Explanation:
    """Score the facts and tell how one customer's score came about.

    Raises:
        ScoringError: nobody has this id; the nearest ids are named.
    """
    with Engine(memory_limit=request.memory_limit or None) as engine:
        run = start_run(request, engine)
        wanted = kept_id(engine, customer_id.strip())
        found = engine.rows(
            "SELECT customer_id, name, tier, score, coverage, segment, stage, tags FROM results WHERE customer_id = ?",
            [wanted],
        )
        if not found:
            near = engine.rows(
                "SELECT customer_id FROM results ORDER BY levenshtein(customer_id, ?), customer_id LIMIT 3", [wanted]
            )
            raise ScoringError(
                "jobs.unknown_customer", customer_id=wanted, nearest="、".join(str(row[0]) for row in near)
            )
        _, name, tier, score, coverage, segment, stage, tags = found[0]
        lines = why(engine, run.model, wanted, run.language)
        return Explanation(
            wanted, name or "", tier, score, coverage, segment or "", stage or "", tags or "", lines,
            portrait_of(run, wanted),
        )  # fmt: skip


def portrait_of(run: Run, customer_id: str) -> dict[str, str]:
    """Title -> words of one customer's portrait; lines with nothing to say are left out."""
    from ..scoring.portrait_texts import title_of, told
    from ..scoring.portraits import portraits, prepare

    prepare(run.engine, run.model, run.as_of)
    (_, portrait), *_ = portraits(run.engine, run.model, customer_id)
    words = told(portrait, run.model, run.language)
    return {title_of(line, run.language): said for line, said in words.items() if said}
