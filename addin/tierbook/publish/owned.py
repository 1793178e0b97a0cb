"""The sheets a refresh replaces, as a donor book for `workbook.refresh_book`."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from ..labels import Language, text
from .book import Book
from .chosen import Chosen
from .marks import HIDDEN_MARKS, owned_list
from .person_sheets import is_each, person_builders
from .records import Kept, MoveLike, Past, Report, Stamp
from .sheet_audit import add_audit_sheet, needs_new_sample
from .sheet_check import add_check_sheet
from .sheet_customer_card import add_customer_card_sheet, needs_new_card
from .sheet_dashboard import add_dashboard_sheet
from .sheet_duplicates import add_duplicates_sheet
from .sheet_hidden import HIDDEN_BUILDERS, add_emptied_sheet, add_short_results_sheet
from .sheet_keys import OWNED
from .sheet_moves import add_moves_sheet
from .sheet_portraits import add_portraits_sheet
from .sheet_review import add_review_sheet
from .sheet_tasks import add_tasks_sheet
from .sheet_tiers import add_tiers_sheet

if TYPE_CHECKING:
    from ..cleaning import Cleaned
    from ..engine import Engine
    from ..followup import Queued, Task
    from ..model.types import Model
    from ..scoring import Scored
    from ..workbook import MadeParts, OwnedSheet
    from .some_sheets import Builder

BUILDERS = {
    "tiers": add_tiers_sheet,
    "tasks": add_tasks_sheet,
    "moves": add_moves_sheet,
    "dashboard": add_dashboard_sheet,
    "portraits": add_portraits_sheet,
    "customer_card": add_customer_card_sheet,
    "data_check": add_check_sheet,
    "duplicates": add_duplicates_sheet,
    "audit": add_audit_sheet,
    "review": add_review_sheet,
}


def owned_sheets(
    engine: Engine,
    model: Model,
    stamp: Stamp,
    cleaned: Cleaned,
    scored: Scored,
    tasks: Sequence[Task],
    moves: Sequence[MoveLike],
    language: Language,
    extras: Kept | None = None,
    titles: Mapping[str, str] | None = None,
    *,
    queued: Sequence[Queued] = (),
    remembered: Sequence[Task] = (),
    past: Past | None = None,
    persons: Mapping[str, str] | None = None,
    more: Mapping[str, Builder] | None = None,
    only: Collection[str] = (),
    chosen: Chosen | None = None,
    there: Collection[str] = (),
) -> tuple[MadeParts, list[OwnedSheet]]:
    """A donor book with every sheet of ours, and what to know of each to bring it into a book.

    抽样核对 is left out (and so stays as it is) where somebody has written into it already, 客户画像 where somebody
    looks at a customer there.

    Args:
        engine: holds the relations of cleaning and scoring.
        extras: what the book held before, from `read_kept`; None for a book never refreshed.
        titles: mark -> name the sheet has in the book or will have, from `workbook.titles_for`; None: the names
            sheets are born with.
        queued, remembered: as in `followup.TaskPlan`.
        past: what a history tells; None where nobody keeps one.
        persons: mark -> name of the sheets of one person's tasks, from `person_titles`.
        more: mark -> what makes a sheet that this book was asked to have.
        only: marks of the sheets to make; none: all.
        chosen: the sheets the book is to hold, where these are not all.
        there: marks of the sheets of ours that the book has; of those not chosen, what nothing may answer from any
            more is emptied.
    """
    report = Report(
        engine, model, stamp, cleaned, scored, tasks, moves, language, extras or Kept(),
        queued=queued, remembered=remembered, past=past or Past(),
    )  # fmt: skip
    book = Book(language, title=text("publish.book_title", language), titles=titles)
    written = [key for key in OWNED if _is_asked(key, only, chosen) and not _stays(key, report)]
    people = person_builders(report, persons or {}, filled=is_each(model)) if _is_asked("tasks", only, chosen) else {}
    builders = {
        **{key: BUILDERS[key] for key in written},
        **people,
        **(more or {}),
        **hidden_builders(only, chosen, there),
    }
    for build in builders.values():
        build(book, report)
    return book.to_donor(), owned_list(report, dict(zip(builders, book.names, strict=True)))


def _is_asked(mark: str, only: Collection[str], chosen: Chosen | None) -> bool:
    return (not only or mark in only) and (chosen is None or mark in chosen.sheets)


def _stays(mark: str, report: Report) -> bool:
    if mark == "audit":
        return not needs_new_sample(report.kept.audit)
    return mark == "customer_card" and not needs_new_card(report)


def hidden_builders(only: Collection[str], chosen: Chosen | None, there: Collection[str]) -> dict[str, Builder]:
    """Mark -> what makes each hidden sheet, in the order in which they come into a book."""
    made: dict[str, Builder] = dict(HIDDEN_BUILDERS)
    if chosen is not None:
        emptied = chosen.emptied(there)
        made = {mark: build for mark, build in made.items() if mark in chosen.hidden | emptied}
        made |= {mark: add_emptied_sheet(HIDDEN_MARKS[mark]) for mark in sorted(emptied)}
        if not chosen.whole_results:
            made["results"] = add_short_results_sheet
    return {mark: build for mark, build in made.items() if not only or mark in only}
