"""What messages are written from: a refreshed book's results and tasks, the contacts of customers and people."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from .. import schema
from ..engine import Engine
from ..errors import UsageError
from ..labels import Language, text
from ..sources import Source, load_book_sheet, load_file, parse_mapping
from ..typed import holds_results
from .intake import sheet_titles
from .pairs import decided_pairs
from .request import Request

if TYPE_CHECKING:
    from pathlib import Path

    from ..messages.compose import Scene
    from ..messages.digest import Moved, News
    from ..messages.records import Contact, Person
    from ..model.types import Model
    from ..publish import Kept

QUEUE = "_tierbook_queue"
Rows = Sequence[Sequence[Any]]


def book_name(request: Request) -> str:
    return request.book.stem if request.book else ""


def read_scene(request: Request, company: str = "", facts: Path | None = None) -> tuple[Scene, News]:
    """The scene of a refreshed book for the request's day, and what moved and waits.

    The book is read in its own language; letters are written in the request's where it names one.

    Args:
        facts: the book with customers and people, where it is another one.

    Raises:
        UsageError: the book was never refreshed.
        SourceError, WorkbookError: book or files cannot be read.
    """
    from ..messages.compose import Scene
    from ..messages.digest import News
    from ..model.stored import model_from_stored
    from ..model.words import Vocabulary
    from ..publish import read_kept, read_stamp
    from ..publish.sheet_hidden import MODEL, RESULTS, WHY
    from ..publish.sheet_portrait_rows import PORTRAITS
    from ..workbook import read_sheets, sheet_names

    if request.book is None:
        raise UsageError("jobs.no_book")
    stamp = read_stamp(request.book)
    held = set(sheet_names(request.book))
    if stamp is None or not {RESULTS, MODEL} <= held:
        raise UsageError("jobs.never_refreshed", book=request.book.name)
    language = request.language or stamp.language
    kept = read_kept(request.book, stamp.language, stamp.as_of)
    sheets = read_sheets(request.book, sorted({RESULTS, WHY, MODEL, PORTRAITS, QUEUE} & held))
    if not holds_results({"chosen": stamp.chosen}):
        raise UsageError("chosen.book_without", book=request.book.name)
    model = model_from_stored(sheets[MODEL], stamp.language)
    results = {str(row["customer_id"]): row for row in _records(sheets[RESULTS])}
    people, contacts = _contacts(request, facts or request.book, model, stamp.language)
    names = {name: tier.key for tier in model.scale(model.main_scale).tiers for name in tier.name.all()}
    scene = Scene(
        day=request.as_of,
        as_of=stamp.as_of,
        language=language,
        model=model,
        vocabulary=Vocabulary.of(model),
        tasks=kept.tasks,
        contacts=contacts,
        people=people,
        results=results,
        tier_keys=names,
        company=company,
        is_first=kept.since is None,
        recommended={
            str(row["customer_id"]): str(row["next"]) for row in _records(sheets.get(PORTRAITS, ())) if row.get("next")
        },
    )
    waiting = _waiting(sheets.get(QUEUE, ()))
    return scene, News(moves=_moves(scene, kept, sheets.get(WHY, ())), waiting=waiting)


def refreshed_for(request: Request) -> dt.date | None:
    """The day of the book's last refresh."""
    from ..publish import read_stamp

    stamp = read_stamp(request.book) if request.book else None
    return stamp.as_of if stamp else None


def _records(rows: Rows) -> Iterator[Mapping[str, Any]]:
    """Rows below a header as key -> value."""
    if not rows:
        return
    keys = [str(key) for key in rows[0]]
    for row in rows[1:]:
        if row and row[0] is not None:
            yield dict(zip(keys, row, strict=False))


def _contacts(
    request: Request, book: Path, model: Model, language: Language
) -> tuple[dict[str, Person], dict[str, Contact]]:
    """People by name and contacts by customer, in the form that cleaning gives them."""
    from ..cleaning import clean
    from ..cleaning.readings import BETWEEN
    from ..messages.records import Contact, Person

    with Engine(memory_limit=request.memory_limit or None) as engine:
        sources = dict(_sources(request, book, engine, language))
        pairs = decided_pairs(book, language)
        clean(engine, sources, model, request.as_of, pairs)
        people = {
            name: Person(name, email or "", boss or "", a_day or 0)
            for name, email, boss, a_day in engine.rows(
                "SELECT name, email, boss, tasks_per_day FROM people ORDER BY source_row DESC"
            )
        }
        opt_out = "opt_out" if "opt_out" in engine.columns("customers") else "NULL"
        contacts = {
            customer_id: Contact(
                customer_id, name or customer_id, person or "", _parts(email, BETWEEN), _parts(phone, BETWEEN),
                opt_out=bool(no),
            )
            for customer_id, name, person, email, phone, no in engine.rows(
                f"SELECT customer_id, name, contact, email, phone, {opt_out} FROM customers ORDER BY customer_id"
            )
        }  # fmt: skip
    return people, contacts


def _parts(cell: str | None, between: str) -> list[str]:
    return [part for part in (cell or "").split(between) if part]


def _sources(request: Request, book: Path, engine: Engine, language: Language) -> Iterator[tuple[str, Source]]:
    """Customers and people from their files, else from the sheets of the book that holds facts."""
    mapping, titles = parse_mapping(request.mapping), sheet_titles(language)
    for table in (schema.CUSTOMERS.key, schema.PEOPLE.key):
        renamed = {**mapping.get("*", {}), **mapping.get(table, {})}
        if table in request.files:
            yield table, load_file(engine, table, request.files[table], mapping=renamed, sheet=request.sheet or None)
        elif (source := load_book_sheet(engine, table, book, titles[table])) is not None:
            yield table, source


def _moves(scene: Scene, kept: Kept, why: Rows) -> list[Moved]:
    """Who rose or fell against the last refresh of an earlier day: the largest steps first, falls before rises."""
    from ..messages.digest import Moved
    from ..publish.held import points_of

    ranks = {name: rank for rank, tier in enumerate(scene.model.scale(scene.model.main_scale).tiers)
             for name in tier.name.all()}  # fmt: skip
    points = points_of(why)
    found = []
    for customer_id, row in scene.results.items():
        before, after = kept.previous.get(customer_id, ("", 0.0))[0], str(row.get("tier") or "")
        if before not in ranks or after not in ranks or ranks[before] == ranks[after]:
            continue
        change = ranks[after] - ranks[before]
        reason = _driver(scene, kept.points.get(customer_id, {}), points.get(customer_id, {}), rose=change > 0)
        moved = Moved(str(row.get("name") or customer_id), customer_id, str(row.get("owner") or ""), before, after,
                      rose=change > 0, why=reason)  # fmt: skip
        found.append((-abs(change), change, customer_id, moved))
    return [moved for *_, moved in sorted(found, key=lambda one: one[:3])]


def _driver(scene: Scene, before: Mapping[str, int], now: Mapping[str, int], *, rose: bool) -> str:
    """The indicator whose points changed most in the direction of the move; "" where none did."""
    changes = {key: now.get(key, 0) - before.get(key, 0) for key in {*before, *now}} if before else {}
    if not changes:
        return ""
    key = (max if rose else min)(sorted(changes), key=lambda each: changes[each])
    if (changes[key] > 0) is not rose or not changes[key]:
        return ""
    names = {indicator.key: indicator.name.of(scene.language) for indicator in scene.model.indicators}
    return text("messages.move_why", scene.language, indicator=names.get(key, key),
                points=f"{changes[key] / 1_000_000:+.1f}")  # fmt: skip


def _waiting(rows: Rows) -> dict[str, int]:
    """Owner -> tasks that wait until the day has room."""
    found: dict[str, int] = {}
    for row in _records(rows):
        owner = str(row.get("owner") or "")
        found[owner] = found.get(owner, 0) + 1
    return found
