"""What is to be done, and who rose or fell."""

from __future__ import annotations

import datetime as dt
from typing import Any

from ...errors import TierbookError
from ...labels import text
from ...typed import NO_BOOK, WRONG, folded
from ..scored.book import OPEN, Grid, Records, ScoredBook
from .arguments import Refused, day, word
from .customers import state_on
from .words import title_of

TASKS = ("due", "priority", "customer_id", "name", "action", "reason", "channel", "owner", "status")
MOVES = ("tier_before", "tier_after", "tier_change", "score_before", "score_after", "score_change", "driver")
MILLION = 1_000_000
"""Points are compared in whole millionths, as the refresh does."""


def tasks(book: ScoredBook, owner: Any, due_by: Any) -> Grid:
    """A head, then the tasks still to do in the order of the 任务 sheet, the most urgent first."""
    if book.is_missing or book.tasks is None:
        return [[NO_BOOK]]
    try:
        wanted, last = folded(word(owner)), day(due_by)
        places = [place for place, status in enumerate(book.tasks["status"]) if status in OPEN]
        places = _of_owner(book, places, wanted)
    except Refused as refused:
        return [[refused.shown]]
    if last is not None:
        places = [place for place in places if _is_due(book.tasks["due"][place], last)]
    rows = [[_task_cell(book, key, place) for key in TASKS] for place in places]
    return [[_task_title(book, key) for key in TASKS], *rows]


def _of_owner(book: ScoredBook, places: list[int], wanted: str) -> list[int]:
    """The tasks of one owner.

    Raises:
        Refused: #VALUE! for somebody who owns neither tasks nor customers.
    """
    if not wanted:
        return places
    owners = [folded(str(each)) for each in (book.tasks or {})["owner"]]
    if wanted not in owners and wanted not in {folded(str(each)) for each in book.columns.get("owner", ())}:
        raise Refused(WRONG)
    return [place for place in places if owners[place] == wanted]


def _is_due(due: Any, last: dt.date) -> bool:
    return isinstance(due, dt.datetime) and due.date() <= last


def _task_cell(book: ScoredBook, key: str, place: int) -> Any:
    value = (book.tasks or {}).get(key, ())[place]
    return text(f"publish.status_{value}", book.language) if key == "status" else value


def _task_title(book: ScoredBook, key: str) -> str:
    return title_of(book, key) if key in ("customer_id", "name", "owner") else text(f"publish.{key}", book.language)


# -- moves -------------------------------------------------------------------------------------------------------


def moves(book: ScoredBook, since: Any) -> Grid:
    """A head, then who changed tier since an earlier day: the largest steps first, as the 变动 sheet has them."""
    if book.is_missing:
        return [[NO_BOOK]]
    try:
        given = day(since)
        before = book.before if given is None else state_on(book, since)
    except Refused as refused:
        return [[refused.shown]]
    if before is None:
        return [[text("publish.moves_none_yet", book.language)]]
    head = [*(title_of(book, key) for key in ("customer_id", "name", "owner")),
            *(text(f"publish.{key}", book.language) for key in MOVES)]  # fmt: skip
    found = [] if before is book.results else _moved(book, before)
    return [head, *found]


def _moved(book: ScoredBook, before: Records) -> list[list[Any]]:
    """A customer who was not there, or whose earlier tier the rules no longer have, has not moved."""
    rank = _ranks(book)
    columns = book.columns
    rows = []
    for place, customer in enumerate(columns["customer_id"]):
        at = before.places.get(customer)
        now = columns["tier"][place]
        if at is None or (then := before.columns["tier"][at]) == now or then not in rank or now not in rank:
            continue
        was, is_now = before.columns["score"][at] or 0.0, columns["score"][place] or 0.0
        driver = _driver(book, before, at, customer)
        who = [customer, *(columns[key][place] if key in columns else "" for key in ("name", "owner"))]
        rows.append([*who, then, now, float(rank[now] - rank[then]), was, is_now, is_now - was, driver])
    return sorted(rows, key=lambda row: (-abs(row[5]), row[5], row[0]))


def _ranks(book: ScoredBook) -> dict[str, int]:
    """The main scale's tiers, lowest first; where the rules at hand are not the book's, by the best score of each."""
    best: dict[str, float] = {}
    for tier, score in zip(book.columns["tier"], book.columns["score"], strict=True):
        best[tier] = max(best.get(tier, 0.0), score or 0.0)
    try:
        tiers = [tier.name.of(book.language) for tier in book.model.scale(book.stamp["main_scale"]).tiers]
    except (TierbookError, KeyError, StopIteration):
        tiers = []
    ranked = tiers if set(best) <= set(tiers) else sorted(best, key=lambda tier: best[tier])
    return {tier: rank for rank, tier in enumerate(ranked)}


def _driver(book: ScoredBook, before: Records, at: int, customer: str) -> str:
    """The indicator whose points changed most, with the change: `近12个月金额 -12.0`; blank without earlier points."""
    changes = []
    for line in book.why:
        then = before.columns.get(line.indicator)
        was = then[at] if then is not None else ""
        changes.append(_millionths(line.points.get(customer)) - _millionths(was))
    known = any(line.indicator in before.columns for line in book.why)
    most = max(range(len(changes)), key=lambda place: (abs(changes[place]), -place), default=None)
    if not known or most is None or not changes[most]:
        return ""
    return f"{book.why[most].name} {changes[most] / MILLION:+.1f}"


def _millionths(points: Any) -> int:
    return round((points or 0.0) * MILLION)
