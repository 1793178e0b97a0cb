"""Lists of customers: who meets the conditions, how many, what they come to."""

from __future__ import annotations

from math import fsum
from typing import Any

from ...errors import TierbookError
from ...labels import text
from ...typed import NO_BOOK, WRONG, folded
from ..scored.book import Grid, ScoredBook
from .arguments import Refused, whole, word
from .words import SCALE, scale_columns, shown_tag, shown_value, tag_separator, text_column, title_of

LISTED = ("customer_id", "name", "owner", "tier", "score", "segment", "stage")
MONEY = "amount_12m"


def listed(book: ScoredBook, tier: Any, tag: Any, segment: Any, owner: Any, top: Any) -> Grid:
    """The customers that meet every condition: a head, then the highest score first."""
    if book.is_missing:
        return [[NO_BOOK]]
    try:
        most = whole(top)
        places = _meeting(book, tier, tag, segment, owner)
    except Refused as refused:
        return [[refused.shown]]
    keys = [key for key in LISTED if key in book.columns]
    rows = [[book.columns[key][place] for key in keys] for place in _by_score(book, places)[:most]]
    return [[title_of(book, key) for key in keys], *rows]


def counted(book: ScoredBook, tier: Any, tag: Any, segment: Any, owner: Any) -> Any:
    """How many customers meet every condition."""
    if book.is_missing:
        return NO_BOOK
    try:
        return float(len(_meeting(book, tier, tag, segment, owner)))
    except Refused as refused:
        return refused.shown


def _meeting(book: ScoredBook, tier: Any, tag: Any, segment: Any, owner: Any) -> list[int]:
    """The places of the customers that meet every condition; a blank condition holds for all.

    Raises:
        Refused: #VALUE! for a word the book and its rules do not have.
    """
    places = list(range(len(book.columns["customer_id"])))
    for argument, columns in ((tier, scale_columns(book)), (segment, ["segment", "custom_segment"])):
        typed = word(argument)
        if typed:
            column, shown = shown_value(book, columns, typed)
            values = book.columns.get(column)
            if values is None:
                raise Refused(WRONG)
            places = [place for place in places if values[place] == shown]
    return _of_owner(book, _with_tag(book, places, word(tag)), word(owner))


def _with_tag(book: ScoredBook, places: list[int], typed: str) -> list[int]:
    if not typed:
        return places
    shown = shown_tag(book, typed)
    if not shown:
        raise Refused(WRONG)
    between = tag_separator(book)
    return [place for place in places if shown in str(book.columns["tags"][place]).split(between)]


def _of_owner(book: ScoredBook, places: list[int], typed: str) -> list[int]:
    if not typed:
        return places
    owners = [folded(str(each)) for each in book.columns.get("owner", ())]
    if folded(typed) not in owners:
        raise Refused(WRONG)
    return [place for place in places if owners[place] == folded(typed)]


def _by_score(book: ScoredBook, places: list[int]) -> list[int]:
    """The highest score first, then by id; who has no score comes last."""
    scores, ids = book.columns["score"], book.columns["customer_id"]
    return sorted(places, key=lambda place: (scores[place] == "", -(scores[place] or 0.0), ids[place]))


# -- totals by group ---------------------------------------------------------------------------------------------


def summary(book: ScoredBook, by: Any) -> Grid:
    """Customers, their share, their revenue of 12 months and their mean score, a row per group.

    Tiers come from the top down, other groups with the most customers first; who has no value comes last.
    """
    if book.is_missing:
        return [[NO_BOOK]]
    try:
        typed = word(by)
    except Refused as refused:
        return [[refused.shown]]
    column = text_column(book, typed) if typed else "tier"
    if not column:
        return [[WRONG]]
    groups = _groups(book, column)
    everyone = len(book.columns["customer_id"])
    titles = [text(f"publish.{key}", book.language) for key in ("customers", "share", "amount_12m", "mean_score")]
    rows = [[shown or text("excel.no_value", book.language), *_totals(book, groups.get(shown, []), everyone)]
            for shown in _in_order(book, column, groups)]  # fmt: skip
    return [[title_of(book, column), *titles], *rows]


def _groups(book: ScoredBook, column: str) -> dict[str, list[int]]:
    """Shown value -> places; a customer with several tags is in several groups."""
    found: dict[str, list[int]] = {}
    between = tag_separator(book)
    for place, value in enumerate(book.columns[column]):
        for each in value.split(between) if column == "tags" else [value]:
            found.setdefault(each, []).append(place)
    return found


def _in_order(book: ScoredBook, column: str, groups: dict[str, list[int]]) -> list[str]:
    known = [shown for shown in groups if shown]
    known.sort(key=lambda shown: (-len(groups[shown]), shown))
    if column == "tier" or column.startswith(SCALE):
        tiers = _tier_names(book, column)
        known = [*tiers, *(shown for shown in known if shown not in tiers)]
    return [*known, *([""] if "" in groups else [])]


def _tier_names(book: ScoredBook, column: str) -> list[str]:
    """The tiers of a scale from the top down; none where the rules are not at hand."""
    key = book.stamp.get("main_scale", "") if column == "tier" else column.removeprefix(SCALE)
    try:
        return [tier.name.of(book.language) for tier in reversed(book.model.scale(key).tiers)]
    except (TierbookError, StopIteration, KeyError):
        return []


def _totals(book: ScoredBook, places: list[int], everyone: int) -> list[Any]:
    """Sums do not depend on the order of customers: they are rounded once, at the end."""
    scores = [book.columns["score"][place] for place in places]
    known = [score for score in scores if score != ""]
    money = [book.columns[MONEY][place] for place in places] if MONEY in book.columns else []
    return [
        float(len(places)),
        len(places) / everyone if everyone else "",
        fsum(amount for amount in money if amount != ""),
        fsum(known) / len(known) if known else "",
    ]
