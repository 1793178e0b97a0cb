"""Verbs about the rules: preview what a change would do, and put the rules that stand in the book into force."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from ..engine import Engine
from ..errors import ModelError, SeveralErrors, UsageError
from ..labels import Language
from ..model.version import fingerprint
from ..model.versions import Version, in_force
from .book import rewrite
from .in_force import Decision, model_of, read_versions
from .intake import Run, candidate, language_for, start_run
from .request import Request
from .standings import GROUPED, Regrouped, Shift, Standing, changes, shifts_of, standings
from .writing import BookReport

if TYPE_CHECKING:
    from ..model.types import Model

MODEL = "_tierbook_model"
"""The sheet in which a refreshed book holds the rules of its last refresh."""
FAMILIES = ("tier", "segment", "custom_segment")
"""Groups that are looked at again where they hold a large share of the customers."""


@dataclass(frozen=True)
class RuleMove:
    """A customer who would change tier. `rank_change` > 0 would rise; `revenue` is that of the last 12 months."""

    customer_id: str
    name: str
    owner: str
    before: str
    after: str
    score_before: float
    score_after: float
    revenue: Decimal
    rank_change: int


@dataclass(frozen=True)
class Preview:
    """What the rules that stand in a book now would change; nothing was written.

    Args:
        against: what the comparison is with: the same facts by the rules of the last refresh ("rules"), or the
            results of the last refresh, where the book does not know its rules ("results").
        same_rules: the rules are those of the last refresh; always False for "results".
        before, after: names of the tiers, the highest first.
        matrix: customers by tier before and tier after, everyone who is in both.
        moves: who changes tier, the largest steps first.
        revenue, revenue_moved: money of 12 months of everyone, and of those who move, in currency units.
        large: (family, name, share of the customers) of every group above the share that asks for another look.
        version: label of the rules in force that the comparison is with; "" where the book keeps no versions.
        shifts: groups beside the tiers that customers would join or leave, those with the most of them first.
        regrouped: who would change class, segment or stage, whether or not the tier changes too.
    """

    book: Path
    as_of: dt.date
    language: Language
    against: Literal["rules", "results"]
    same_rules: bool
    before: Sequence[str]
    after: Sequence[str]
    matrix: Mapping[tuple[str, str], int]
    moves: Sequence[RuleMove]
    revenue: Decimal
    revenue_moved: Decimal
    large: Sequence[tuple[str, str, float]] = field(default_factory=tuple)
    large_line: float = 1.0
    version: str = ""
    shifts: Sequence[Shift] = field(default_factory=tuple)
    regrouped: Sequence[Regrouped] = field(default_factory=tuple)

    @property
    def customers(self) -> int:
        """How many customers were compared."""
        return sum(self.matrix.values())

    @property
    def rose(self) -> int:
        return sum(move.rank_change > 0 for move in self.moves)

    @property
    def fell(self) -> int:
        return sum(move.rank_change < 0 for move in self.moves)

    def counted(self, side: int) -> Mapping[str, int]:
        """Customers in each tier before (0) or after (1)."""
        found: Counter[str] = Counter()
        for tiers, customers in self.matrix.items():
            found[tiers[side]] += customers
        return found


def preview(request: Request) -> Preview:
    """Score the same facts by the rules in force and by those that stand in the 模型 sheets now (or are asked for).

    `request.as_of` holds for both, so that only the rules differ: `last_day` gives the day of the last refresh.

    Raises:
        UsageError: the book was never refreshed, so there is nothing to compare with.
        ModelError: a 模型 sheet says something invalid; sheet and cell are named.
    """
    book = request.book
    if book is None:
        raise UsageError("jobs.no_book")
    language = language_for(request)
    request.progress("jobs.reading_model", {})
    now, version = candidate(request, language), in_force(read_versions(book), request.as_of)
    last = model_of(version) if version else last_rules(book, language)
    same = last is not None and fingerprint(last) == fingerprint(now)
    before = results_before(book) if last is None else {} if same else scored_by(last, request)
    with Engine(memory_limit=request.memory_limit or None) as engine:
        run = start_run(request, engine, model=now)
        held = Before(
            standings(run) if same else before,
            tier_names(last, language) if last else None,
            version.label if version else "",
        )
        return compared(book, run, held, same_rules=same)


@dataclass(frozen=True)
class Before:
    """Where every customer stood; `tiers` of the rules then, highest first, None where they are not known."""

    standings: Mapping[str, Standing]
    tiers: Sequence[str] | None
    version: str = ""


def last_rules(book: Path, language: Language) -> Model | None:
    """The rules of a book's last refresh; None where the book does not hold them in a form this version reads."""
    from ..model.stored import model_from_stored
    from ..publish import read_stamp
    from ..workbook import read_sheets, sheet_names

    stamp = read_stamp(book)
    if stamp is None or MODEL not in sheet_names(book):
        return None
    try:
        return model_from_stored(read_sheets(book, [MODEL])[MODEL], stamp.language)
    except (ModelError, SeveralErrors):
        return None


def last_day(book: Path) -> dt.date | None:
    """The day of a book's last refresh; None for one never refreshed."""
    from ..publish import read_stamp

    stamp = read_stamp(book)
    return stamp.as_of if stamp else None


def results_before(book: Path) -> dict[str, Standing]:
    """Tiers and scores of a book's last refresh.

    Raises:
        UsageError: there are none.
    """
    from ..publish import read_previous

    found = read_previous(book)
    if not found:
        raise UsageError("jobs.never_refreshed", book=book.name)
    return {customer: Standing(tier, score) for customer, (tier, score) in found.items()}


def scored_by(model: Model, request: Request) -> dict[str, Standing]:
    """Where these rules put every customer, with the request's facts and day."""
    with Engine(memory_limit=request.memory_limit or None) as engine:
        return standings(start_run(request, engine, model=model))


def tier_names(model: Model, language: Language) -> list[str]:
    """The tiers of the main scale, the highest first."""
    return [tier.name.of(language) for tier in reversed(model.scale(model.main_scale).tiers)]


def compared(book: Path, run: Run, held: Before, *, same_rules: bool) -> Preview:
    before, after = held.standings, tier_names(run.model, run.language)
    known = {one.tier for one in before.values()}
    names = held.tiers or [*(tier for tier in after if tier in known), *sorted(known - set(after))]
    matrix: Counter[tuple[str, str]] = Counter()
    moves: list[RuleMove] = []
    regrouped: list[Regrouped] = []
    everyone = Decimal(0)
    now = before if same_rules else standings(run)
    rows = run.engine.rows("SELECT customer_id, name, owner, COALESCE(amount_12m, 0) AS revenue FROM results")
    for customer, name, owner, revenue in rows:
        if customer not in before:
            continue
        everyone += revenue
        old, new = before[customer], now[customer]
        matrix[old.tier, new.tier] += 1
        who = (customer, name or "", owner or "")
        if old.tier != new.tier:
            rank = rank_change(old.tier, new.tier, names, after)
            moves.append(RuleMove(*who, old.tier, new.tier, old.score, new.score, revenue, rank))
        regrouped += [Regrouped(*who, *change, revenue) for change in changes(old, new)]
    moves.sort(key=lambda move: (-abs(move.rank_change), move.rank_change, -move.revenue, move.customer_id))
    regrouped.sort(key=lambda one: (GROUPED.index(one.family), one.before, one.after, -one.revenue, one.customer_id))
    return Preview(
        book=book,
        as_of=run.as_of,
        language=run.language,
        against="results" if held.tiers is None else "rules",
        same_rules=same_rules,
        before=names,
        after=after,
        matrix=matrix,
        moves=moves,
        revenue=everyone,
        revenue_moved=sum((move.revenue for move in moves), Decimal(0)),
        large=large_groups(run),
        large_line=large_line(run.model),
        version=held.version,
        shifts=shifts_of(before, now),
        regrouped=regrouped,
    )


def rank_change(before: str, now: str, names: Sequence[str], after: Sequence[str]) -> int:
    """How many tiers a customer rises; where the scale has other tiers than before, only tiers in both tell it."""
    scale = after if before in after else names
    if before not in scale or now not in scale:
        return 0
    return scale.index(before) - scale.index(now)


def large_line(model: Model) -> float:
    """The share of all customers above which a group is looked at again."""
    return float(str(model.param("big_share"))) if "big_share" in model.params else 1.0


def large_groups(run: Run) -> list[tuple[str, str, float]]:
    line, everyone = large_line(run.model), max(run.scored.customers, 1)
    found = []
    for family in FAMILIES:
        rows = run.engine.rows(
            f"SELECT {family} AS value, COUNT(*) AS n FROM results WHERE {family} IS NOT NULL AND {family} <> '' "
            "GROUP BY ALL ORDER BY n DESC, value"
        )
        found += [(family, str(name), count / everyone) for name, count in rows if count / everyone > line]
    return found


def apply(request: Request, *, by: str, on: dt.date, note: str = "", dry_run: bool = False) -> BookReport:
    """Put the rules that stand in a book's 模型 sheets (or are asked for) into force, and refresh it by them.

    The book keeps them as a new version, with who did so, on which day and why; they hold from the request's day on.

    Raises:
        UsageError: nobody says who does it.
        WorkbookError, WorkbookInUse, ModelError: as for `refresh`; the book is untouched.
    """
    if not by.strip():
        raise UsageError("jobs.who_applies")
    return rewrite(request, dry_run=dry_run, decided=Decision(by.strip(), on, note.strip()))


def versions(book: Path) -> list[Version]:
    """Every version of the rules a book has been scored by, the first one first."""
    return read_versions(book)
