"""The customers' way, stage by stage: how many stand there, who came and went, and where it hurts."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from ...engine import date_literal, text_literal
from ...labels import text
from ...scoring.loyalty import ANSWER
from ...scoring.portable import MILLION
from ..records import Report
from .causes import NOTABLE, REACHING, topic_name
from .quarter import NOW, Quarter
from .records import JourneyStep, Told

WAY = ("prospect", "new", "active", "loyal", "at_risk", "lost", "returned")
"""The order of the stages along the way; a stage of somebody's own stands at the end."""
GONE = "-"
"""Stands for no stage: nobody then, or nobody now."""
SADDER = 0.3
"""Points of satisfaction below the mean of all that hurt."""
MORE = 1.5
"""Times the mean of all that is more than usual."""


@dataclass(frozen=True)
class _Felt:
    """What the customers of a stage said and heard in the quarter."""

    customers: int
    contacted: float | None
    csat: float | None
    complaints: float | None
    late: float | None


def journey_of(report: Report, quarter: Quarter) -> list[JourneyStep]:
    """One line per stage of the model, along the way."""
    felt, topics, moved = _felt(report, quarter), _topics(report, quarter), _moved(report)
    all_of_them = felt[""]
    rules = sorted((rule for rule in report.model.stages if rule.enabled),
                   key=lambda rule: WAY.index(rule.key) if rule.key in WAY else len(WAY))  # fmt: skip
    steps = []
    for rule in rules:
        name = rule.name.of(report.language)
        here = felt.get(name, _Felt(0, None, None, None, None))
        came = None if moved is None else sum(n for (was, now), n in moved.items() if now == name and was != name)
        went = Counter({now: n for (was, now), n in (moved or {}).items() if was == name and now not in {name, GONE}})
        steps.append(
            JourneyStep(
                rule.key, name, here.customers, here.customers / (all_of_them.customers or 1), came,
                None if moved is None else sum(went.values()), _where_to(report, went), here.contacted, here.csat,
                here.complaints, topic_name(report, topics[name]) if name in topics else "",
                pains_of(report, here, all_of_them), _open_tasks(report, name),
            )
        )  # fmt: skip
    return steps


def _where_to(report: Report, went: Counter[str]) -> str:
    """`流失风险 12、活跃 3`: the two most frequent next stages."""
    found = sorted(went.items(), key=lambda one: (-one[1], one[0]))[:2]
    return text("review.between", report.language).join(f"{name} {count}" for name, count in found)


def pains_of(report: Report, here: _Felt, everybody: _Felt) -> list[Told]:
    """Where the stage fares clearly worse than all customers together."""
    if here.customers < report.model.whole("review_min_customers"):
        return []
    found: list[Told] = []
    if here.csat is not None and everybody.csat is not None and here.csat <= everybody.csat - SADDER:
        found.append(("review.pain_csat", {"here": f"{here.csat:.1f}", "all": f"{everybody.csat:.1f}"}))
    if here.complaints and everybody.complaints and here.complaints >= MORE * everybody.complaints:
        found.append(
            ("review.pain_complaints", {"here": f"{here.complaints:.0f}", "all": f"{everybody.complaints:.0f}"})
        )
    if (
        here.contacted is not None
        and everybody.contacted is not None
        and (here.contacted <= everybody.contacted - NOTABLE)
    ):
        found.append(("review.pain_contact", {"here": f"{here.contacted:.0%}", "all": f"{everybody.contacted:.0%}"}))
    if here.late and everybody.late and here.late >= MORE * everybody.late:
        found.append(("review.pain_late", {"here": f"{here.late:.0%}", "all": f"{everybody.late:.0%}"}))
    return found


def _felt(report: Report, quarter: Quarter) -> dict[str, _Felt]:
    """By stage, and under "" of all customers."""
    inside = f"date BETWEEN {date_literal(quarter.span.start)} AND {date_literal(quarter.span.end)}"
    late = "COUNT(CASE WHEN overdue_amount > 0 THEN 1 END)" if "overdue_amount" in report.columns else "0"
    channels = ", ".join(text_literal(one) for one in REACHING)
    rows = report.engine.rows(
        f"""SELECT COALESCE(stage, '-') AS stage, COUNT(*) AS customers, COUNT(spoken.customer_id) AS contacted,
          COALESCE(SUM(said.csat_sum), 0) AS csat_sum, COALESCE(SUM(said.csats), 0) AS csats,
          COALESCE(SUM(said.complaints), 0) AS complaints, {late} AS late
        FROM results
        LEFT JOIN (SELECT DISTINCT customer_id FROM interactions WHERE channel IN ({channels}) AND {inside}) AS spoken
          ON spoken.customer_id = results.customer_id
        LEFT JOIN (SELECT customer_id, SUM(CASE WHEN kind = 'csat' THEN {ANSWER} END) AS csat_sum,
          COUNT(CASE WHEN kind = 'csat' THEN {ANSWER} END) AS csats,
          COUNT(CASE WHEN kind = 'complaint' THEN 1 END) AS complaints
          FROM feedback WHERE {inside} GROUP BY customer_id) AS said ON said.customer_id = results.customer_id
        GROUP BY 1"""
    )
    counted = {row[0]: [int(value) for value in row[1:]] for row in rows}
    counted[""] = [sum(column) for column in zip(*counted.values(), strict=True)] or [0] * 6
    return {name: _of(*told) for name, told in counted.items()}


def _of(customers: int, contacted: int, csat_sum: int, csats: int, complaints: int, late: int) -> _Felt:
    people = customers or 1
    return _Felt(customers, contacted / people if customers else None, csat_sum / (csats * MILLION) if csats else None,
                 100 * complaints / people if customers else None, late / people if customers else None)  # fmt: skip


def _topics(report: Report, quarter: Quarter) -> dict[str, str]:
    """Stage -> what its customers asked about most in the quarter."""
    inside = f"date BETWEEN {date_literal(quarter.span.start)} AND {date_literal(quarter.span.end)}"
    rows = report.engine.rows(
        f"""SELECT stage, topic, COUNT(*) AS asked FROM interactions
        JOIN results ON results.customer_id = interactions.customer_id
        WHERE topic IS NOT NULL AND {inside} GROUP BY stage, topic ORDER BY stage, asked DESC, topic"""
    )
    found: dict[str, str] = {}
    for stage, topic, _ in rows:
        found.setdefault(stage, topic)
    return found


def _moved(report: Report) -> dict[tuple[str, str], int] | None:
    """(stage when the quarter began, stage now) -> customers; None where nobody knows."""
    if not report.engine.has(NOW):
        return None
    rows = report.engine.rows(
        f"SELECT was.stage, results.stage, COUNT(*) AS n FROM results FULL JOIN {NOW} AS was "
        "ON was.customer_id = results.customer_id GROUP BY 1, 2"
    )
    return {(was or GONE, now or GONE): int(count) for was, now, count in rows}


def _open_tasks(report: Report, stage: str) -> int:
    waiting = {task.customer_id for task in report.tasks if not task.is_closed}
    here = {
        row[0] for row in report.engine.rows(f"SELECT customer_id FROM results WHERE stage = {text_literal(stage)}")
    }
    return len(waiting & here)
