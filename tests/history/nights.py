"""Nights made by hand: few words, whole numbers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from tierbook.history import Night, Standing, TaskKept

DAY = dt.date(2026, 10, 1)
SCOPE = "客户-3f2a9c1e"
POINT = 1_000_000


def day(offset: int) -> dt.date:
    return DAY + dt.timedelta(days=offset)


def night(
    offset: int,
    tiers: Mapping[str, tuple[str, int]],
    *,
    tasks: Sequence[TaskKept] = (),
    data: str = "",
    scope: str = SCOPE,
    **more: object,
) -> Night:
    """A night of customers with tier and points; facts and points of indicators follow from the points."""
    standings = [Standing(one, tier, points * POINT, "main", "active", "张伟") for one, (tier, points) in tiers.items()]
    return Night(
        scope, day(offset), "rules", data or f"data of {offset}", standings,
        facts={"orders": [points // 7 for _, points in tiers.values()]},
        points={"recency_days": [points * 30_000 or None for _, points in tiers.values()]},
        tasks=tasks, **more,
    )  # fmt: skip


def task(number: int, status: str = "open", *, customer: str = "1001", **more: object) -> TaskKept:
    told: dict[str, object] = {"play": "wake", "reason": "最近消费 95 天", "action": "致电", "channel": "phone",
                               "created": DAY, "due": day(3), "owner": "张伟", "priority": 2}  # fmt: skip
    return TaskKept(f"T{number}", customer, status=status, **(told | more))
