"""A published run as the ledger keeps it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Protocol

from .. import __version__
from ..engine import quoted
from ..history import Ledger, MoveKept, Night, Standing, TaskKept
from ..history.records import KpiKept, ModelKept
from ..model.dump import dump_toml
from ..model.version import fingerprint
from ..scoring import causes
from ..scoring.kpis import Asked, By, all_kpis
from ..scoring.periods import PeriodKind
from ..scoring.totals import TOTALS, put_totals
from .intake import Run

if TYPE_CHECKING:
    from ..followup import Task, TaskPlan
    from ..publish.records import MoveLike
    from .kept_points import Points
    from .writing import BookReport

KPI_BY: tuple[By, ...] = ("all", "tier", "segment", "stage")
EACH_NIGHT: Mapping[PeriodKind, int] = {"week": 2, "month": 2}
"""Periods whose figures a night tells: the one it lies in, and the one before, which late facts still change."""
FIRST_NIGHT: Mapping[PeriodKind, int] = {"week": 26, "month": 13}
"""Periods told where the ledger knows none yet."""
POINT = 1_000_000
DRIVERS = 3
"""Indicators kept with a move, those whose points changed most."""


class PublishedRun(Protocol):
    """A run and what was published of it: `publishing.Published`."""

    @property
    def run(self) -> Run: ...
    @property
    def plan(self) -> TaskPlan: ...
    @property
    def moves(self) -> Sequence[MoveLike]: ...
    @property
    def report(self) -> BookReport: ...
    @property
    def points(self) -> Points | None: ...


def night_of(ledger: Ledger, scope: str, published: PublishedRun) -> Night:
    """Everything a published run leaves."""
    run = published.run
    standings = standings_of(run)
    ids = [one.customer_id for one in standings]
    return Night(
        scope=scope,
        as_of=run.as_of,
        model_version=run.rules.label,
        model_fingerprint=fingerprint(run.model),
        data_fingerprint=run.data_fingerprint,
        tierbook_version=__version__,
        standings=standings,
        facts=facts_of(run, ids),
        points=points_of(run, ids),
        moves=[_move_kept(run, move) for move in published.moves],
        kpis=kpis_of(run, FIRST_NIGHT if ledger.last_run(scope) is None else EACH_NIGHT),
        tasks=[task_kept(task) for task in published.plan.tasks],
        model=_model_kept(run),
    )


def standings_of(run: Run) -> list[Standing]:
    """Where everybody stands by keys, in the order of ids."""
    tier, score = quoted(f"tier_{run.model.main_scale}"), quoted(f"score_{run.model.main}")
    rows = run.engine.rows(
        f"""SELECT customer_id, {tier}, {score}, segment, stage, owner
FROM customers JOIN tiers USING (customer_id) JOIN scores USING (customer_id) JOIN stages USING (customer_id)
LEFT JOIN rfm USING (customer_id) ORDER BY customer_id"""
    )
    return [
        Standing(customer, tier or "", score, segment or "", stage or "", owner or "")
        for customer, tier, score, segment, stage, owner in rows
    ]


def facts_of(run: Run, ids: Sequence[str]) -> dict[str, Sequence[int | None]]:
    """What is known of each customer in whole numbers (`scoring.totals`), in the order of ids."""
    put_totals(run.engine, run.as_of)
    return _columns_of(run, "totals", TOTALS, ids)


def points_of(run: Run, ids: Sequence[str]) -> dict[str, Sequence[int | None]]:
    """Millionths of a point of each indicator of the main scorecard in the order of ids."""
    if not run.engine.has("why_points"):
        return {}
    return _columns_of(run, "why_points", [line.indicator for line in run.model.main_card.lines], ids)


def _columns_of(run: Run, relation: str, keys: Sequence[str], ids: Sequence[str]) -> dict[str, Sequence[int | None]]:
    """The columns of a relation with a row per customer, in the order of ids; None for one it does not know."""
    listed = ", ".join(quoted(key) for key in keys)
    rows = run.engine.rows(f"SELECT customer_id, {listed} FROM {relation} ORDER BY customer_id")
    if [row[0] for row in rows] != ids:
        found = {row[0]: row for row in rows}
        rows = [found.get(one, (one, *[None] * len(keys))) for one in ids]
    columns = list(zip(*rows, strict=True)) or [()] * (1 + len(keys))
    return dict(zip(keys, columns[1:], strict=True))


def kpis_of(run: Run, periods: Mapping[PeriodKind, int]) -> list[KpiKept]:
    """The key figures of so many weeks and months, by every grouping."""
    asked = [Asked(by, period, periods[period]) for period in periods for by in KPI_BY]
    told = all_kpis(run.engine, run.model, run.as_of, asked)
    kept = []
    for series, one in zip(told, asked, strict=True):
        for kpi in series:
            told_apart = ("by", "group", "start", "end")
            values = {key: value for key, value in asdict(kpi).items() if key not in told_apart and value is not None}
            words = json.dumps(values, ensure_ascii=False, separators=(",", ":"))
            kept.append(KpiKept(kpi.by, kpi.group, one.period, kpi.start, kpi.end, words))
    return kept


def task_kept(task: Task) -> TaskKept:
    return TaskKept(**{key: getattr(task, key) for key in TaskKept.__dataclass_fields__})


def tier_keys(run: Run) -> dict[str, str]:
    """Name of a tier in any language -> its key."""
    tiers = run.model.scale(run.model.main_scale).tiers
    return {word: tier.key for tier in tiers for word in (tier.key, *tier.name.all())}


def _move_kept(run: Run, move: MoveLike) -> MoveKept:
    keys = tier_keys(run)
    return MoveKept(
        customer_id=move.customer_id,
        before=keys.get(move.before, move.before),
        after=keys.get(move.after, move.after),
        score_before=round(move.score_before * POINT),
        score_after=round((move.score_after or 0) * POINT),
        driver=causes.drivers_as_text(getattr(move, "drivers", ())[:DRIVERS]),
        causes=causes.as_text(getattr(move, "causes", ())),
    )


def _model_kept(run: Run) -> ModelKept:
    version, mark = run.rules.version, fingerprint(run.model)
    if version is not None and version.fingerprint == mark:
        return ModelKept(mark, version.label, version.toml, version.since, version.applied_by, version.applied_on)
    return ModelKept(mark, run.rules.label, dump_toml(run.model))
