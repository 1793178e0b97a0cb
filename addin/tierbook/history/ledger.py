"""The ledger: one run in, one transaction; any day out.

```
with open_ledger(home() / "ledger.sqlite") as ledger:
    ledger.keep(night)
    ledger.standings("客户-3f2a", day)
```
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from . import entries as books
from . import keeping, kept_tasks, reading, states
from .place import engine_of, prepare, shown, transaction
from .records import (
    Change,
    CustomerHistory,
    Entry,
    KpiKept,
    ModelKept,
    MoveKept,
    Night,
    Receipt,
    RunKept,
    Standing,
    TaskEvent,
    TaskKept,
)
from .words import all_words, scope_number

if TYPE_CHECKING:
    import sqlalchemy as sa

Clock = Callable[[], dt.datetime]
DEFAULT_NAME = "ledger.sqlite"


def utc_now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def open_ledger(place: str | Path, *, clock: Clock = utc_now) -> Ledger:
    """The ledger at a path (SQLite; made where there is none) or a postgresql:// URL.

    Raises:
        LedgerError: on a file share, made by a newer tierbook, damaged, not ours, or not to be opened.
        UsageError: an address of another kind, or PostgreSQL without its driver.
    """
    engine = engine_of(str(place))
    try:
        prepare(engine)
    except BaseException:
        engine.dispose()
        raise
    return Ledger(engine, clock)


class Ledger:
    """An open ledger. A scope nobody kept anything under answers with nothing."""

    def __init__(self, engine: sa.Engine, clock: Clock = utc_now) -> None:
        self._engine = engine
        self._clock = clock

    def __enter__(self) -> Ledger:
        return self

    def __exit__(self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        self._engine.dispose()

    @property
    def place(self) -> str:
        """Where it lies, for people: a password in the URL is not shown."""
        return shown(self._engine)

    def keep(self, night: Night) -> Receipt:
        """Write one run, whole or not at all. A run that tells nothing new is not written again.

        Tasks are those of today: a run of an earlier day than the last one kept says nothing of them.
        """
        with transaction(self._engine, writes=True) as connection:
            return keeping.keep(connection, night, self._moment())

    def scopes(self) -> list[str]:
        """Every name a history is kept under."""
        with transaction(self._engine) as connection:
            return reading.scopes(connection)

    def runs(self, scope: str) -> list[RunKept]:
        """Every run, by day; those of one day in the order they were kept."""
        with transaction(self._engine) as connection:
            number = scope_number(connection, scope)
            return [] if number is None else reading.runs(connection, scope, number)

    def last_run(self, scope: str, day: dt.date | None = None) -> RunKept | None:
        """The last run of a day or before it; without a day the last of all."""
        kept = [run for run in self.runs(scope) if day is None or run.as_of <= day]
        return kept[-1] if kept else None

    def standings(self, scope: str, day: dt.date) -> dict[str, Standing]:
        """Customer -> where it stood by the last run up to a day, in the order of ids; nobody before the first run.

        Scores are rounded to hundredths of a point, as they are kept night for night.
        """
        with transaction(self._engine) as connection:
            number = scope_number(connection, scope)
            return {} if number is None else reading.standings(connection, number, day)

    def facts(self, scope: str, day: dt.date) -> dict[str, dict[str, int]]:
        """Customer -> its totals by the last run up to a day, by key; what was not known is absent."""
        return self._measures(scope, day, keeping.FACTS)

    def points(self, scope: str, day: dt.date) -> dict[str, dict[str, int]]:
        """Customer -> millionths of a point by indicator, rounded to hundredths; kept for a quarter and some."""
        return self._measures(scope, day, keeping.POINTS)

    def _measures(self, scope: str, day: dt.date, kind: str) -> dict[str, dict[str, int]]:
        with transaction(self._engine) as connection:
            number = scope_number(connection, scope)
            return {} if number is None else reading.measures(connection, number, day, kind)

    def changes(self, scope: str, since: dt.date, until: dt.date) -> list[Change]:
        """Customers whose tier, segment, stage or owner differ between the last runs up to two days, by id."""
        with transaction(self._engine) as connection:
            number = scope_number(connection, scope)
            if number is None:
                return []
            before = reading.standings(connection, number, since)
            after = reading.standings(connection, number, until)
        return reading.changes(before, after)

    def moves(self, scope: str, since: dt.date, until: dt.date) -> list[tuple[dt.date, MoveKept]]:
        """Moves that runs after one day up to another told of; of several runs on a day those of the last."""
        with transaction(self._engine) as connection:
            number = scope_number(connection, scope)
            return [] if number is None else reading.moves(connection, number, since, until)

    def kpi_series(
        self, scope: str, *, by: str = "", period: str = "", since: dt.date | None = None, as_of: dt.date | None = None
    ) -> list[KpiKept]:
        """The last word on each group and period, oldest period first.

        Args:
            as_of: as the ledger knew it at the end of that day.
            since: periods that end on that day or later.
        """
        with transaction(self._engine) as connection:
            number = scope_number(connection, scope)
            if number is None:
                return []
            found = reading.kpis(connection, number, as_of)
        return [
            one for one in found
            if by in ("", one.by) and period in ("", one.period) and (since is None or one.end >= since)
        ]  # fmt: skip

    def tasks(self, scope: str) -> list[TaskKept]:
        """Every task there ever was as it was last seen, by id."""
        last = {event.task.task_id: event.task for event in self.task_events(scope)}
        return [last[task_id] for task_id in sorted(last)]

    def task_events(
        self, scope: str, since: dt.date | None = None, until: dt.date | None = None, *, task_id: str = ""
    ) -> list[TaskEvent]:
        """States that runs after one day up to another found tasks in, in the order they were found."""
        with transaction(self._engine) as connection:
            number = scope_number(connection, scope)
            if number is None:
                return []
            begin = states.first_of(since + dt.timedelta(days=1)) - 1 if since else 0
            end = states.first_of(until + dt.timedelta(days=1)) - 1 if until else None
            found = kept_tasks.events(connection, number, all_words(connection), since=begin, until=end)
        return [event for event in found if task_id in ("", event.task.task_id)]

    def customer(self, scope: str, customer_id: str) -> CustomerHistory | None:
        """Everything known of one customer; None for one the ledger never saw."""
        with transaction(self._engine) as connection:
            number = scope_number(connection, scope)
            return None if number is None else reading.customer(connection, number, customer_id)

    def nearest(self, scope: str, customer_id: str) -> list[str]:
        """Known ids that look like one."""
        with transaction(self._engine) as connection:
            number = scope_number(connection, scope)
            return [] if number is None else reading.nearest(connection, number, customer_id)

    def models(self, scope: str) -> list[ModelKept]:
        """The rules that scored the runs, in the order they came."""
        with transaction(self._engine) as connection:
            number = scope_number(connection, scope)
            return [] if number is None else reading.models(connection, number)

    def entries(self, scope: str, book: str, *, customer_id: str = "") -> list[Entry]:
        """Lines of an append-only book in the order they were added."""
        with transaction(self._engine) as connection:
            number = scope_number(connection, scope)
            return [] if number is None else books.entries(connection, number, book, customer_id)

    def add_entries(self, scope: str, book: str, lines: Sequence[Entry]) -> list[Entry]:
        """Add lines whose ids the book does not have; returns those. A line once added never changes."""
        with transaction(self._engine, writes=True) as connection:
            return books.add(connection, scope, book, lines, self._moment())

    def counts(self) -> Mapping[str, int]:
        """Rows by table, for whoever watches the ledger grow."""
        with transaction(self._engine) as connection:
            return reading.counts(connection)

    def _moment(self) -> str:
        return self._clock().astimezone(dt.UTC).isoformat(timespec="seconds")
