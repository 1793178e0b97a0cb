"""What one run tells the ledger, and what the ledger tells afterwards."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a customer stands: keys of tier, segment and stage, the owner's name; "" is none.

    `score` is that of the main scorecard in millionths of a point, None where nobody can say.
    """

    customer_id: str
    tier: str
    score: int | None = None
    segment: str = ""
    stage: str = ""
    owner: str = ""


@dataclass(frozen=True)
class MoveKept:
    """A tier change that a run told of. `driver` and `causes` are JSON text of whoever worked them out."""

    customer_id: str
    before: str
    after: str
    score_before: int | None = None
    score_after: int | None = None
    driver: str = ""
    causes: str = ""


@dataclass(frozen=True)
class KpiKept:
    """The measures of one group in one period, as JSON text. `group` is a key; "" is everybody.

    A later night that knows more of the same period tells it again; both stay.
    """

    by: str
    group: str
    period: str
    start: dt.date
    end: dt.date
    values: str


@dataclass(frozen=True)
class TaskKept:
    """A follow-up task as one run left it. `play` to `created` never change; the rest is what happens to it."""

    task_id: str
    customer_id: str
    play: str = ""
    reason: str = ""
    action: str = ""
    channel: str = ""
    created: dt.date | None = None
    due: dt.date | None = None
    owner: str = ""
    priority: int = 0
    status: str = "open"
    result: str = ""
    next_step: str = ""
    closed: dt.date | None = None
    escalated: str = ""


@dataclass(frozen=True)
class TaskEvent:
    """One state a task was found in: on the day of the run that found it, `kept_at` (UTC) by the clock."""

    task: TaskKept
    day: dt.date
    kept_at: str
    is_new: bool = False


@dataclass(frozen=True)
class ModelKept:
    """Rules that scored a run, as TOML. Equal fingerprints are equal rules; the first text under one stands."""

    fingerprint: str
    label: str
    toml: str
    since: dt.date | None = None
    applied_by: str = ""
    applied_on: dt.date | None = None


@dataclass(frozen=True)
class Night:
    """Everything one run leaves in the ledger.

    Args:
        scope: the name under which a book's history is kept.
        facts, points: key -> whole numbers in the order of `standings`, None where unknown: totals of each customer
            known so far (orders, amount in cents ...), and the points of each indicator in millionths, of which
            hundredths of a point are kept (so of the scores).
        tasks: all tasks there are; only what differs from the ledger's last word on them is written.
    """

    scope: str
    as_of: dt.date
    model_fingerprint: str
    data_fingerprint: str
    standings: Sequence[Standing]
    model_version: str = ""
    tierbook_version: str = ""
    facts: Mapping[str, Sequence[int | None]] = field(default_factory=dict)
    points: Mapping[str, Sequence[int | None]] = field(default_factory=dict)
    moves: Sequence[MoveKept] = ()
    kpis: Sequence[KpiKept] = ()
    tasks: Sequence[TaskKept] = ()
    model: ModelKept | None = None


@dataclass(frozen=True)
class RunKept:
    """One run as the ledger knows it. `moment` sorts the runs of a scope: by day, on a day as they were kept."""

    scope: str
    moment: int
    as_of: dt.date
    model_version: str
    model_fingerprint: str
    data_fingerprint: str
    tierbook_version: str
    kept_at: str
    customers: int


@dataclass(frozen=True)
class Receipt:
    """What `keep` did. `is_new` False: the ledger knew this run already, and nothing was written."""

    run: RunKept
    is_new: bool
    stood: int = 0
    """Customers whose tier, segment, stage or owner changed."""
    tasks: int = 0
    """Tasks that are new or changed."""


@dataclass(frozen=True)
class Change:
    """A customer on two days; None where it was not scored on that day."""

    customer_id: str
    before: Standing | None
    after: Standing | None


@dataclass(frozen=True)
class Stay:
    """A stretch of a customer's history: how it stood from the run of `day` on. None: no longer among the scored."""

    day: dt.date
    standing: Standing | None
    move: MoveKept | None = None
    """The tier change that began it, where a run told of one."""


@dataclass(frozen=True)
class CustomerHistory:
    """Everything the ledger knows of one customer, oldest first."""

    customer_id: str
    stays: Sequence[Stay] = ()
    events: Sequence[TaskEvent] = ()
    entries: Mapping[str, Sequence[Entry]] = field(default_factory=dict)


@dataclass(frozen=True)
class Entry:
    """A line of an append-only book ("points", "messages"). `data` is JSON text of whoever keeps the book."""

    entry_id: str
    day: dt.date
    customer_id: str
    data: str
