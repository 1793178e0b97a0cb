"""What a refresh hands to the sheets, and what the sheets hand back to the next refresh."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

from ..labels import Language

if TYPE_CHECKING:
    from ..cleaning import Cleaned
    from ..engine import Engine
    from ..followup import Queued, Task
    from ..followup.merging import Conflict
    from ..model.types import Model, Scale
    from ..model.versions import Version
    from ..scoring import Scored
    from ..scoring.causes import Cause
    from ..scoring.portraits import Portrait


@dataclass(frozen=True)
class Stamp:
    """What a refreshed book was made from. Equal stamps mean equal results."""

    as_of: dt.date
    model: str
    model_version: str
    model_fingerprint: str
    data_fingerprint: str
    language: Language
    tierbook_version: str
    applied_by: str = ""
    applied_on: dt.date | None = None
    """Who put these rules into force and when, where somebody did so by a decision of their own."""
    chosen: str = ""
    """Marks of the sheets a book was asked to hold, see `chosen.Chosen.words`; "": all."""
    left: Mapping[str, dt.date] = field(default_factory=dict)
    """Mark -> day that is still shown, of the sheets that were not chosen."""
    lacking: str = ""
    """Changes with the parameters of the shipped model that these rules do not have; "": they have all."""


class MoveLike(Protocol):
    """A customer whose tier changed. `rank_change` > 0 rose by so many tiers."""

    @property
    def customer_id(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def before(self) -> str: ...
    @property
    def after(self) -> str: ...
    @property
    def score_before(self) -> float: ...
    @property
    def score_after(self) -> float: ...
    @property
    def rank_change(self) -> int: ...


@dataclass(frozen=True)
class AuditRow:
    """One checked field of the audit sample; `document` and `remark` are what a person wrote (empty: nothing yet)."""

    customer_id: str
    record: str
    field: str
    system: object
    document: object
    remark: str


@dataclass(frozen=True)
class HeldCard:
    """The 客户画像 page a book holds: its layout and the customer we put on it, and the word that stands there now."""

    layout: str
    wrote: str
    holds: str


@dataclass(frozen=True)
class Kept:
    """What a book held before a refresh: people's entries and the last results.

    `previous` maps customer id to (tier, score); `points` customer id to {indicator: millionths of a point}; both
    are the results that changes are told against, those of the day `since`, as are `totals` (what was known of each
    customer, see `scoring.totals`) and `rules_before`, the fingerprint of the rules then. `task_rows` maps
    rows of 任务 (from 1) to their task where the id cell does not tell it, `pair_rows` rows of 疑似重复 to their pair.
    `versions` are all rules the book has been scored by. `remembered` are finished tasks that left the list, `queued`
    is what waited, `conflicts` what people wrote differently about one task, `restored` tasks whose rows they deleted;
    `rewritten` names the fields of people's that must be written on a sheet of tasks (by mark), because they were
    filled in elsewhere. `person_sheets` are the sheets of one person's tasks, mark -> name (`persons_filled`: they
    hold any), `person_rows` as `task_rows`. `published` are the tasks as they were last put into the book.
    """

    stamp: Stamp | None = None
    tasks: Sequence[Task] = ()
    task_rows: Mapping[int, str] = field(default_factory=dict)
    pair_rows: Mapping[int, str] = field(default_factory=dict)
    since: dt.date | None = None
    previous: Mapping[str, tuple[str, float]] = field(default_factory=dict)
    points: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    totals: Mapping[str, str] = field(default_factory=dict)
    rules_before: str = ""
    audit: Sequence[AuditRow] = ()
    card: HeldCard | None = None
    versions: Sequence[Version] = ()
    remembered: Sequence[Task] = ()
    queued: Sequence[Queued] = ()
    conflicts: Sequence[Conflict] = ()
    restored: Sequence[Task] = ()
    rewritten: Mapping[str, frozenset[str]] = field(default_factory=dict)
    person_sheets: Mapping[str, str] = field(default_factory=dict)
    person_rows: Mapping[str, Mapping[int, str]] = field(default_factory=dict)
    persons_filled: bool = False
    published: Sequence[Task] = ()


@dataclass(frozen=True)
class PastMove:
    """A customer whose tier changed within a stretch of time, as the history tells it (a `MoveLike`).

    Tiers are names in the run's language. `drivers` are the indicators whose points changed most, in millionths of a
    point, the largest change first; `causes` what changed in the facts.
    """

    customer_id: str
    name: str
    before: str
    after: str
    score_before: float
    score_after: float
    rank_change: int
    since: dt.date | None = None
    drivers: Sequence[tuple[str, int]] = ()
    causes: Sequence[Cause] = ()
    owner: str = ""


@dataclass(frozen=True)
class PastEvent:
    """A task got another status; `before` is empty where it was made."""

    task_id: str
    customer_id: str
    play: str
    owner: str
    day: dt.date
    before: str
    after: str
    result: str = ""


@dataclass(frozen=True)
class PastOutcome:
    """A finished task, and the first order of its customer after it."""

    task_id: str
    customer_id: str
    play: str
    channel: str
    owner: str
    created: dt.date
    due: dt.date
    closed: dt.date
    status: str
    ordered: dt.date | None = None


@dataclass(frozen=True)
class Past:
    """What the history tells the sheets; all of it is empty where nobody keeps one.

    `moves` by "run" (since the last one), "week" and "quarter"; `since` the day each of these is told against;
    `matrix` of each: (tier before, tier now) -> customers, "" before is new, "" now is gone.
    """

    moves: Mapping[str, Sequence[PastMove]] = field(default_factory=dict)
    since: Mapping[str, dt.date] = field(default_factory=dict)
    matrix: Mapping[str, Mapping[tuple[str, str], int]] = field(default_factory=dict)
    task_events: Sequence[PastEvent] = ()
    outcomes: Sequence[PastOutcome] = ()
    ledger: bool = False
    """A ledger was asked, whatever it knew."""
    stood: Mapping[dt.date, str] = field(default_factory=dict)
    """Last day of a period that is over -> relation with where customers stood by the last run in it."""


@dataclass(frozen=True)
class Report:
    """Everything the owned sheets are made from. Relations lie in `engine`."""

    engine: Engine
    model: Model
    stamp: Stamp
    cleaned: Cleaned
    scored: Scored
    tasks: Sequence[Task]
    moves: Sequence[MoveLike]
    language: Language
    kept: Kept = field(default_factory=Kept)
    past: Past = field(default_factory=Past)
    queued: Sequence[Queued] = ()
    remembered: Sequence[Task] = ()

    @property
    def scale(self) -> Scale:
        return self.model.scale(self.model.main_scale)

    @cached_property
    def tier_names(self) -> list[str]:
        """Names of the main scale's tiers, highest first."""
        return [tier.name.of(self.language) for tier in reversed(self.scale.tiers)]

    @cached_property
    def columns(self) -> frozenset[str]:
        """Columns of `results`."""
        return frozenset(self.engine.columns("results"))

    def portraits(self, customer_id: str = "") -> Iterator[tuple[str, Portrait]]:
        """Every customer, or one, with its portrait, by id."""
        from ..scoring.portraits import portraits

        return portraits(self._with_portraits, self.model, customer_id)

    def group_portraits(self, column: str) -> dict[str, Portrait]:
        """The portrait of each group by a text column of `results`."""
        from ..scoring.portraits import group_portraits

        return group_portraits(self._with_portraits, self.model, column)

    @cached_property
    def _with_portraits(self) -> Engine:
        """The engine, with what portraits are read from."""
        from ..scoring.portraits import prepare

        prepare(self.engine, self.model, self.stamp.as_of)
        return self.engine

    def indicator_title(self, key: str) -> str:
        return self.model.indicator(key).name.of(self.language)
