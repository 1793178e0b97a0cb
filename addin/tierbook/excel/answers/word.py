"""What a word of the rules is, and what it says of one customer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ...errors import TierbookError
from ...labels import text
from ...typed import folded
from ..scored.book import Grid, ScoredBook
from .customers import indicator_values
from .near import nearest
from .words import CARD, SCALE, scale_columns, shown_tag, shown_value, tag_separator

if TYPE_CHECKING:
    from ...model.types import Model

ADDED = {"clv": "clv", "churn": "churn_risk", "gap": "text"}
"""Answers an older refresh did not write: word -> its column."""


def explained(book: ScoredBook, typed: str, place: int | None) -> Grid:
    """Rows of a title and what is to say; one sentence with the nearest words where nothing is called so."""
    for explain in (_added, _indicator, _card, _scale, _tag, _tier):
        rows = explain(book, typed, place)
        if rows:
            return [[text(f"excel.word_{title}", book.language), value] for title, value in rows]
    near = nearest(typed, _every_word(book))
    if not near:
        return [[text("excel.word_unknown", book.language, word=typed)]]
    between = tag_separator(book)
    return [[text("excel.word_unknown_near", book.language, word=typed, near=between.join(near))]]


Rows = list[tuple[str, Any]]


def _indicator(book: ScoredBook, typed: str, place: int | None) -> Rows:
    key = book.names.get("indicator", {}).get(folded(typed))
    if key is None:
        return []
    rows: Rows = [("is", text("excel.is_indicator", book.language)), ("key", key)]
    model = _model(book)
    indicator = next((one for one in model.indicators if one.key == key), None) if model else None
    if indicator is not None:
        rows = [("name", indicator.name.of(book.language)), *rows]
        rows += [("about", indicator.about.of(book.language)), ("unit", indicator.unit.of(book.language))]
    return rows + _of_customer(place, indicator_values(book, key) if key in book.columns else ())


def _card(book: ScoredBook, typed: str, place: int | None) -> Rows:
    key = book.names.get("card", {}).get(folded(typed))
    if key is None:
        return []
    rows: Rows = [("is", text("excel.is_card", book.language)), ("key", key)]
    model = _model(book)
    card = next((each for each in model.scorecards if each.key == key), None) if model else None
    if model is not None and card is not None:
        names = [model.indicator(line.indicator).name.of(book.language) for line in card.lines]
        rows = [("name", card.name.of(book.language)), *rows, ("counts", tag_separator(book).join(names))]
    return rows + _of_customer(place, book.columns.get(CARD + key, ()))


def _scale(book: ScoredBook, typed: str, place: int | None) -> Rows:
    key = book.names.get("scale", {}).get(folded(typed))
    if key is None:
        return []
    rows: Rows = [("is", text("excel.is_scale", book.language)), ("key", key)]
    model = _model(book)
    scale = next((each for each in model.scales if each.key == key), None) if model else None
    if scale is not None:
        floors = [f"{tier.name.of(book.language)} ≥ {tier.floor.normalize():f}" for tier in reversed(scale.tiers)]
        rows = [("name", scale.name.of(book.language)), *rows, ("tiers", " · ".join(floors))]
    return rows + _of_customer(place, book.columns.get(SCALE + key, ()))


def _tier(book: ScoredBook, typed: str, place: int | None) -> Rows:
    """A tier, class, segment or stage: which list it is of, and whether the customer is in it."""
    lists = [*scale_columns(book), "segment", "custom_segment", "stage"]
    column, shown = shown_value(book, lists, typed)
    if not column:
        return []
    kind = "tier" if column.startswith("tier") else column
    rows: Rows = [("name", shown), ("is", text(f"excel.is_{kind}", book.language))]
    return rows + _yes_no(book, place, [value == shown for value in book.columns[column]])


def _tag(book: ScoredBook, typed: str, place: int | None) -> Rows:
    shown = shown_tag(book, typed)
    if not shown:
        return []
    rows: Rows = [("name", shown), ("is", text("excel.is_tag", book.language))]
    model = _model(book)
    rule = next((each for each in model.tags if shown in each.name.all() and each.when), None) if model else None
    if rule is not None:
        from ...model.rule_text import in_language

        rows.append(("when", in_language(rule.when, book.vocabulary.for_use("tags"), book.language)))
    between = tag_separator(book)
    return rows + _yes_no(book, place, [shown in str(tags).split(between) for tags in book.columns.get("tags", ())])


def _added(book: ScoredBook, typed: str, place: int | None) -> Rows:
    """CLV, churn risk and the gap, which only newer refreshes write."""
    named = (each for each in ADDED if folded(typed) in {each, folded(text(f"excel.is_{each}", book.language))})
    found = next(named, None)
    if found is None:
        return []
    values: Any = book.columns.get(ADDED[found])
    if found == "gap":
        values = book.gap.columns.get("text", ()) if book.gap else None
        held = book.gap.places.get(book.columns["customer_id"][place]) if book.gap and place is not None else None
        place = held if values else place
    title = text(f"excel.is_{found}", book.language)
    if values is None:
        return [("name", title), ("note", text("excel.refresh_once_more", book.language))]
    return [("name", title), ("about", text(f"excel.about_{found}", book.language)), *_of_customer(place, values)]


def _of_customer(place: int | None, values: Any) -> Rows:
    return [] if place is None or not len(values) else [("value", values[place])]


def _yes_no(book: ScoredBook, place: int | None, held: list[bool]) -> Rows:
    if place is None or not held:
        return []
    return [("value", text("publish.yes" if held[place] else "publish.no", book.language))]


def _model(book: ScoredBook) -> Model | None:
    try:
        return book.model
    except TierbookError:
        return None


def _every_word(book: ScoredBook) -> Iterator[str]:
    """Every word an argument may be, as people write it."""
    for family in ("scale", "card", "indicator"):
        lead = f"name.{family}."
        for key, value in book.stamp.items():
            if key.startswith(lead):
                yield from value.split("|")
                yield key.removeprefix(lead)
    yield from book.tags.values()
    model = _model(book)
    if model is not None:
        for names in (model.tags, model.stages, model.segments, model.rfm.classes):
            for each in names:
                yield from each.name.all()
        for scale in model.scales:
            for tier in scale.tiers:
                yield from tier.name.all()
