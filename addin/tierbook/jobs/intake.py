"""The way every scoring run begins: model and facts in, clean them, score them."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from .. import labels, schema
from ..cleaning import Cleaned, clean
from ..engine import Engine
from ..errors import ScoringError, SourceError, UsageError
from ..followup.outcomes import Outcome, put_outcomes
from ..followup.outcomes import fingerprint_of as of_outcomes
from ..labels import Language
from ..model.settings import with_settings
from ..scoring import Scored, score
from ..scoring.steady import STANDING, is_steady, put_standing
from ..sources import Source, load_book_sheet, load_file, parse_mapping
from .finished import finished_in
from .in_force import ModelSheets, Rules, rules_in_force
from .model_files import named_model as named_model  # noqa: PLC0414 - every job finds it here
from .model_files import shipped_models
from .overrides import put_by_hand, written_in
from .pairs import decided_in, fingerprint_of_pairs
from .request import Request
from .stood import stood_before

if TYPE_CHECKING:
    from ..model.sheets import Grid
    from ..model.types import Model

DEFAULT_MODEL = "general"


@dataclass(frozen=True)
class Run:
    """One scored set of facts. The relations live in `engine` until it is closed."""

    engine: Engine
    model: Model
    sources: Mapping[str, Source]
    cleaned: Cleaned
    scored: Scored
    as_of: dt.date
    language: Language
    data_fingerprint: str
    rules: Rules


def start_run(
    request: Request,
    engine: Engine,
    *,
    results_only: bool = False,
    model: Model | Rules | None = None,
    sources: Mapping[str, Source] | None = None,
    cleaned_first: Callable[[Engine], None] | None = None,
    finished: Sequence[Outcome] | None = None,
    beside: Sequence[Path] = (),
) -> Run:
    """Read, clean and score everything the request names.

    Args:
        model: the rules to score by; None: those the request means (`rules_for`).
        results_only: nobody will ask for more than `results` and `findings`.
        sources: what an earlier run in this engine read, to be cleaned and scored as of another day.
        cleaned_first: what is done with the cleaned facts before they are scored.
        finished: finished tasks, which count as interactions; None: those of the request's book.
        beside: other books in which people decide by hand on these customers; the request's book has the first word.
    Raises:
        SourceError, ModelError, WorkbookError, ScoringError, UsageError: as their rooms say.
    """
    language = language_for(request)
    if model is None:
        request.progress("jobs.reading_model", {})
        model = rules_for(request, language)
    rules = model if isinstance(model, Rules) else Rules(model)
    model = rules.model
    if sources is None:
        sources = load_sources(request, engine, language)
    books = [request.book, *(book for book in beside if book != request.book)]
    by_hand, pairs = written_in(books, model, language), decided_in(books, language)
    outcomes = finished_in(request.book, language, request.as_of) if finished is None else finished
    request.progress("jobs.cleaning", {"rows": sum(source.rows for source in sources.values())})
    engine.expect(sum(source.rows for source in sources.values()), step_told(request))
    with engine.at_once():
        cleaned = clean(engine, sources, model, request.as_of, pairs)
        refuse_only_future(cleaned, engine, request.as_of)
        put_outcomes(engine, outcomes)
        if cleaned_first is not None:
            cleaned_first(engine)
        cleaned = put_by_hand(engine, by_hand, model, request.as_of, cleaned)
        engine.drop(STANDING)
        if request.book is not None and is_steady(model):
            put_standing(engine, stood_before(request.book, model, request.as_of))
        request.progress("jobs.scoring", {"as_of": request.as_of.isoformat()})
        scored = score(engine, model, request.as_of, language, results_only=results_only)
    told = fingerprint_of(sources, by_hand.fingerprint + fingerprint_of_pairs(pairs) + of_outcomes(outcomes))
    return Run(engine, model, sources, cleaned, scored, request.as_of, language, told, rules)


def step_told(request: Request) -> Callable[[str], None]:
    """Progress by the relation that is being made, for the engine to tell in runs of minutes."""
    return lambda name: request.progress("warehouse.step", {"name": name})


def refuse_only_future(cleaned: Cleaned, engine: Engine, as_of: dt.date) -> None:
    """Say it plainly where nobody is left because every order lies after the as-of date.

    Raises:
        ScoringError: no customer, and orders were set aside as future ones.
    """
    account = cleaned.accounts.get("orders")
    late = account.set_aside.get("future", 0) if account else 0
    if late and not engine.value("SELECT COUNT(*) AS customers FROM customers"):
        raise ScoringError("jobs.only_future", as_of=as_of.isoformat(), count=late)


def language_for(request: Request) -> Language:
    """The language asked for, else the book's own, else the default."""
    if request.language is not None:
        return request.language
    if request.book is not None:
        return book_language(request.book)
    return labels.DEFAULT


def book_language(book: Path) -> Language:
    """The language in which most of a book's known sheets are named."""
    from ..workbook import sheet_names

    return language_of_sheets(sheet_names(book))


def language_of_sheets(names: Iterable[str]) -> Language:
    """The language in which most of these names name a known sheet; the default where none does."""
    present = set(names)
    known = {language: len(present & set(sheet_titles(language).values())) for language in labels.LANGUAGES}
    return max(labels.LANGUAGES, key=lambda language: known[language])


SHEET_KEYS = (
    "guide", "customers", "orders", "interactions", "feedback", "renewals", "referrals", "people",
    "model_scorecard", "model_tiers", "model_tags", "model_segments", "model_playbook", "model_params",
    "tiers", "tasks", "moves", "dashboard", "portraits", "customer_card", "overrides", "data_check", "duplicates",
    "audit", "review",
)  # fmt: skip
MODEL_SHEETS = tuple(key for key in SHEET_KEYS if key.startswith("model_"))


def sheet_titles(language: Language) -> dict[str, str]:
    """Sheet key -> visible name of the template's sheets."""
    return {key: labels.text(f"sheets.{key}", language) for key in SHEET_KEYS}


def rules_for(request: Request, language: Language) -> Rules:
    """The rules asked for by name or path, else those in force in the book on the day; then `--set` on top.

    Raises:
        ModelError: a version that is not there or cannot be read; of a book that has none yet, whatever its 模型
            sheets say wrong.
        UsageError: a version of no book is asked for.
    """
    if request.model or request.book is None:
        if request.model_version:
            raise UsageError("jobs.version_of_no_book")
        return Rules(model_for(request, language))
    return rules_in_force(request, model_sheets(request.book, language)) or Rules(model_for(request, language))


def candidate(request: Request, language: Language) -> Model:
    """The rules somebody thinks of putting into force: asked for by name or version, else those in the 模型 sheets."""
    if request.model_version:
        return rules_for(request, language).model
    return model_for(request, language)


def model_sheets(book: Path, language: Language) -> ModelSheets:
    titles = sheet_titles(language)
    return ModelSheets(book, {key: titles[key] for key in MODEL_SHEETS}, language, lambda: book_model(book, language))


def model_for(request: Request, language: Language) -> Model:
    """The model asked for: by name or path, else the book's 模型 sheets, else `general`; then `--set` on top.

    What stands in the sheets need not be in force: see `rules_for`.
    """
    if request.model or request.book is None:
        model = named_model(request.model or DEFAULT_MODEL, request.as_of, request.book)
    else:
        model = book_model(request.book, language) or named_model(DEFAULT_MODEL)
    return with_settings(model, request.settings) if request.settings else model


def book_model(book: Path, language: Language) -> Model | None:
    """The model a book's 模型 sheets describe, or None where the book has none of them.

    Raises:
        ModelError: a 模型 sheet says something invalid; sheet and cell are named.
    """
    from ..model.sheets import from_grids

    grids = model_grids(book, language)
    return from_grids(grids, base_of(book, grids), language) if grids else None


def model_grids(book: Path, language: Language) -> dict[str, Grid]:
    """The 模型 sheets a book has, as they stand."""
    from ..model.sheets import Grid
    from ..workbook import read_sheets, sheet_names

    titles = sheet_titles(language)
    present = set(sheet_names(book))
    there = [key for key in MODEL_SHEETS if titles[key] in present]
    rows = read_sheets(book, [titles[key] for key in there])
    return {key: Grid(titles[key], rows[titles[key]]) for key in there}


def base_of(book: Path, grids: Mapping[str, Grid]) -> Model:
    """The model the 模型 sheets were written from: what they do not say (indicators, other languages) it says.

    It is the one `tierbook model import` put into the book, else the shipped one they name, else `general`.
    """
    from ..model.sheets import model_key
    from ..model.stored import BASE, model_from_stored
    from ..workbook import read_sheets, sheet_names

    key = model_key(grids)
    if BASE in sheet_names(book):
        held = model_from_stored(read_sheets(book, [BASE])[BASE], labels.DEFAULT)
        if held.key == key or not key:
            return held
    return named_model(key if key in shipped_models() else DEFAULT_MODEL)


def load_sources(request: Request, engine: Engine, language: Language) -> dict[str, Source]:
    """Every table somebody delivered: from its file, else from the book's sheet of that name.

    Raises:
        ScoringError: neither orders nor customers were delivered.
    """
    mapping = parse_mapping(request.mapping)
    titles = sheet_titles(language)
    found: dict[str, Source] = {}
    for table in schema.TABLES:
        renamed = {**mapping.get("*", {}), **mapping.get(table, {})}
        if table in request.files:
            path = request.files[table]
            request.progress("jobs.reading", {"what": path.name})
            found[table] = load_file(engine, table, path, mapping=renamed, sheet=request.sheet or None)
        elif request.book is not None:
            request.progress("jobs.reading", {"what": titles[table]})
            source = load_book_sheet(engine, table, request.book, titles[table])
            if source is not None:
                found[table] = source
    if not {"orders", "customers"} & set(found):
        raise ScoringError("jobs.no_facts")
    if rates := _rates(request, engine, mapping, language):
        found[schema.RATES.key] = rates
    return found


def _rates(
    request: Request, engine: Engine, mapping: Mapping[str, Mapping[str, str]], language: Language
) -> Source | None:
    """Exchange rates from their file, else from a sheet named so; a sheet of people's own that holds none is theirs."""
    key, name = schema.RATES.key, schema.RATES.name.of(language)
    renamed = {**mapping.get("*", {}), **mapping.get(key, {})}
    if key in request.files:
        request.progress("jobs.reading", {"what": request.files[key].name})
        return load_file(engine, key, request.files[key], mapping=renamed, sheet=request.sheet or None)
    if request.book is None:
        return None
    from ..workbook import sheet_names

    if name not in sheet_names(request.book):
        return None
    try:
        return load_book_sheet(engine, key, request.book, name)
    except SourceError:
        return None


def fingerprint_of(sources: Mapping[str, Source], by_hand: str = "") -> str:
    """12 hex letters that change when any delivered table, or a decision by hand, changes."""
    told = "".join(f"{table}:{sources[table].fingerprint};" for table in sorted(sources))
    told += f"overrides:{by_hand};" if by_hand else ""
    return hashlib.blake2b(told.encode(), digest_size=6).hexdigest()
