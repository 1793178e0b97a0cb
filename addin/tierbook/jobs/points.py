"""Points of members by a scored run and what people wrote in a book."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import LedgerError, ModelError
from ..labels import Language, text
from ..loyalty import Redemption, Statement, program_of
from ..loyalty import purchases as bought_in
from ..loyalty import statement as account_for
from ..loyalty.program import PARAMS
from .intake import DEFAULT_MODEL, Run, named_model
from .kept_points import Points, accepted_in, entries_in
from .ledger import ledger_of, scope_of
from .request import Note, Request

if TYPE_CHECKING:
    from ..engine import Engine
    from ..loyalty import Grade
    from ..model.types import Model
    from ..publish.some_sheets import Builder

NAMED = 3
"""So many refused rows are told in words; the sheet has all."""


@dataclass(frozen=True)
class Written:
    """What people wrote in a book: grades (None: no sheet yet), rows of 兑换; which sheets are missing, by mark."""

    grades: Sequence[Grade] | None
    redemptions: Sequence[Redemption]
    missing: Sequence[str]
    where: str


def points_of(run: Run, request: Request, book: Path, accepted: Collection[tuple[str, str]]) -> Points:
    """The points of a run's customers by what a book's people wrote.

    Raises:
        ModelError: 会员等级 says something nobody can follow.
    """
    from ..publish.loyalty_inputs import BUILDERS, shipped_grades
    from ..publish.sheet_members import add_members_sheet

    language = run.language
    inputs = written_in(book, language, merged_in(run.engine))
    program = program_of(with_points(run.model), inputs.grades or shipped_grades(language), where=inputs.where)
    orders = bought_in(run.engine, run.as_of)
    request.progress("loyalty.making", {"orders": len(orders)})
    known = {customer for (customer,) in run.engine.rows("SELECT customer_id FROM customers")}
    statement = account_for(orders, inputs.redemptions, program, run.as_of, known=known, accepted=accepted)
    builders: dict[str, Builder] = {"members": partial(add_members_sheet, statement=statement, program=program)}
    builders |= {mark: BUILDERS[mark] for mark in inputs.missing}
    notes = [*refused_note(statement, language), *added_note(inputs.missing, language)]
    return Points(statement, program, builders, notes)


def points_again(run: Run, request: Request, book: Path, ours: Mapping[str, str]) -> tuple[Points | None, list[Note]]:
    """The points of a book that shows them already, for a run of the whole book; None where it does not.

    What is wrong with them is told and leaves 会员积分 as it is: the rest of the book does not wait for it.

    Args:
        ours: marks of our sheets in the book.
    """
    if "members" not in ours:
        return None, []
    try:
        with ledger_of(request) as ledger:
            accepted = accepted_in(entries_in(ledger, scope_of(request, book))) if ledger else set()
        points = points_of(run, request, book, accepted)
    except (LedgerError, ModelError) as problem:
        return None, [("loyalty.left", {"reason": problem})]
    return points, list(points.notes)


def written_in(book: Path, language: Language, merged: Mapping[str, str]) -> Written:
    """What the people's sheets say, wherever they were moved and whatever they are called now.

    A sheet that bears the name and was never ours counts as theirs too.
    """
    from ..publish.loyalty_inputs import GRADES, REDEMPTIONS, missing_inputs, written_grades, written_redemptions
    from ..publish.readback import our_names
    from ..workbook import read_rows, sheet_names

    present = set(sheet_names(book))
    named = {mark: text(f"sheets.{mark}", language) for mark in (GRADES, REDEMPTIONS)}
    ours = our_names(book, language)
    places = {mark: ours.get(mark, name) for mark, name in named.items() if ours.get(mark, name) in present}
    where = places.get(GRADES, named[GRADES])
    return Written(
        grades=written_grades(read_rows(book, where), where) if GRADES in places else None,
        redemptions=written_redemptions(read_rows(book, places[REDEMPTIONS]), merged) if REDEMPTIONS in places else (),
        missing=missing_inputs(places),
        where=where,
    )


def merged_in(engine: Engine) -> dict[str, str]:
    """Id -> the id under which that customer counts, of those merged into another."""
    return dict(engine.rows("SELECT customer_id, kept_id FROM merged_ids")) if engine.has("merged_ids") else {}


def with_points(model: Model) -> Model:
    """The model with the parameters of points, from the shipped one where it was made before there were any."""
    given = {key: named_model(DEFAULT_MODEL).params[key] for key in PARAMS if key not in model.params}
    return replace(model, params={**model.params, **given}) if given else model


def refused_note(statement: Statement, language: Language) -> list[Note]:
    from ..publish.sheet_members import refused_words

    if not statement.refused:
        return []
    rows = [
        text("loyalty.refused_row", language, row=one.row, reason=refused_words(one, language))
        for one in statement.refused[:NAMED]
    ]
    told = text("loyalty.between", language).join(rows) + (" …" if len(statement.refused) > NAMED else "")
    return [("loyalty.refused", {"count": len(statement.refused), "rows": told})]


def added_note(missing: Sequence[str], language: Language) -> list[Note]:
    if not missing:
        return []
    names = text("screen.between", language).join(text(f"sheets.{mark}", language) for mark in missing)
    return [("loyalty.sheets_added", {"sheets": names})]
