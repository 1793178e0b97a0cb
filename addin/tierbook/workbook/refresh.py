"""Bring tierbook's sheets in a book up to date, whatever people did to the book since.

Sheets of ours are found by their marks, wherever people moved them and whatever they call them. Where people
write beside our rows, the table is updated by id; other sheets are replaced whole. What a replacement cannot
carry over stays in the book as a dated copy. Everything else keeps its bytes.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from ..errors import WorkbookError
from .keyed import Keyed, can_update, update_keyed
from .ours.changes import OwnedSheet, why_copied
from .ours.check import refuse_broken
from .ours.dated_copy import keep_copy
from .ours.donor_sheet import refuse_unknown_donor
from .ours.drawings import Carried, peoples_objects
from .ours.graft import Move, graft, settle_calculation
from .ours.ownership import ADDITION, PREFIX, find_owned, free_name, owned_in, put_mark, titles_for
from .ours.remembered import forget, remember, remembered
from .ours.styles import StyleMap, merge_styles
from .ours.tables import pairs_of, tables_on
from .package.made_parts import MadeParts
from .package.opc import Package
from .package.sheet_list import Sheet, has_formula, named, sheets

__all__ = ["Keyed", "OwnedSheet", "Refreshed", "find_owned", "refresh_book", "titles_for"]


@dataclass(frozen=True)
class Refreshed:
    """A book brought up to date, and what a person should read about it.

    `data` is the very object that was given where nothing changed.
    """

    data: bytes = field(repr=False)
    notices: Sequence[WorkbookError] = ()


def refresh_book(
    book: bytes,
    donor: bytes | MadeParts,
    owned: Sequence[OwnedSheet],
    *,
    day: dt.date,
    copied: Mapping[str, WorkbookError] | None = None,
) -> Refreshed:
    """Bring the sheets of a donor into a book: in the place of those that bear their marks, or at the end.

    The same donor twice gives the same bytes.

    Args:
        book: the bytes of an .xlsx or .xlsm.
        donor: a book written by XlsxWriter, as a file or in parts.
        owned: sheets of the donor, in the order in which new ones are added.
        day: the day copies and archived rows are dated with.
        copied: marks of sheets that stay as a dated copy in any case, and why.

    Raises:
        WorkbookError: the book cannot be opened, or the edit would lose something people made.
    """
    replaced: dict[str, WorkbookError] = dict(copied or {})
    while True:
        refresh = _Refresh(book, donor, owned, day, replaced)
        try:
            refresh.run()
            return Refreshed(refresh.to_bytes(), tuple(refresh.notices))
        except _CannotUpdate as one:
            replaced[one.mark] = one.reason


class _CannotUpdate(Exception):
    """A table turned out not to be one that can be updated by id."""

    def __init__(self, mark: str, reason: WorkbookError) -> None:
        super().__init__(mark)
        self.mark, self.reason = mark, reason


class _Refresh:
    """One go. `replaced`: marks of sheets that cannot be updated by id, and why."""

    def __init__(
        self,
        book: bytes,
        donor: bytes | MadeParts,
        owned: Sequence[OwnedSheet],
        day: dt.date,
        replaced: Mapping[str, WorkbookError],
    ) -> None:
        self._book = book
        self._target, self._source = Package(book), Package(donor)
        self._owned = owned
        self._day = day
        self._replaced = replaced
        self._before = [sheet.name for sheet in sheets(self._target)]
        self._found = owned_in(self._target, {one.mark: one.name for one in owned})
        self._had_formulas = any(has_formula(self._target, sheet.part) for sheet in self._found.values())
        self.notices: list[WorkbookError] = []
        self._moves: list[Move] = []

    def run(self) -> None:
        refuse_unknown_donor(self._source)
        donors = sheets(self._source)
        self._theirs = {one.mark: _donors(one, donors) for one in self._owned}
        updated = [one for one in self._owned if self._can_update(one)]
        whole = [one for one in self._owned if one not in updated]
        for one in whole:
            self._keep_changes(one)
        self._moves = self._planned(whole)
        styles = merge_styles(self._target, self._source)
        born_anew = graft(self._target, self._source, self._moves, styles)
        self.notices += [WorkbookError("workbook.named_anew", wanted=old, name=new) for old, new in born_anew.items()]
        for one in updated:
            self._update(one, styles)
        self._mark()

    def to_bytes(self) -> bytes:
        grafted = [move.name for move in self._moves]
        written = [*grafted, *(sheet.name for sheet in self._found.values())]
        settle_calculation(self._target, written, had_formulas=self._had_formulas)
        made = self._target.to_bytes()
        if made is not self._book:
            refuse_broken(made, self._before, grafted)
        return made

    def _can_update(self, one: OwnedSheet) -> bool:
        if one.keyed is None or one.mark not in self._found or one.mark in self._replaced:
            return False
        return can_update(self._target, self._found[one.mark], one.keyed)

    def _update(self, one: OwnedSheet, styles: StyleMap) -> None:
        if one.keyed is None:
            return
        try:
            mine, theirs = self._found[one.mark], self._theirs[one.mark]
            update_keyed(self._target, mine, self._source, theirs, one.keyed, styles, day=self._day)
        except WorkbookError as reason:
            if reason.key != "workbook.array_in_table":
                raise
            raise _CannotUpdate(one.mark, reason) from reason

    def _keep_changes(self, one: OwnedSheet) -> None:
        """Keep a copy of a sheet that carries what its replacement would lose."""
        mine = self._found.get(one.mark)
        if mine is None:
            return
        theirs = self._theirs[one.mark]
        why = why_copied(self._target, mine, self._source, theirs, one, self._replaced.get(one.mark))
        if why is None:
            return
        old, new = tables_on(self._target, mine.part), tables_on(self._source, theirs.part)
        copy = keep_copy(self._target, mine, self._day, set(pairs_of(old, new).values()))
        self.notices.append(WorkbookError("workbook.copy_kept", sheet=mine.name, copy=copy, why=why))
        forget(self._target, one.mark)

    def _planned(self, whole: Sequence[OwnedSheet]) -> list[Move]:
        tabs = sheets(self._target)
        moves, taken = [], [tab.name for tab in tabs]
        for one in whole:
            mine = tabs[self._found[one.mark].position] if one.mark in self._found else None
            name = mine.name if mine else free_name(one.name, taken, ADDITION)
            taken.append(name)
            moves.append(Move(self._theirs[one.mark], mine, name, self._carried(one, mine)))
        return moves

    def _carried(self, one: OwnedSheet, mine: Sheet | None) -> Carried:
        """What people put on a sheet. What stood there before anything was remembered is ours."""
        told = remembered(self._target, one.mark)
        if mine is None or told is None:
            return Carried()
        carried = peoples_objects(self._target, mine.part, told.places)
        brings_notes = self._source.related(self._theirs[one.mark].part, "comments") is not None
        return replace(carried, notes=()) if brings_notes else carried

    def _mark(self) -> None:
        tabs = sheets(self._target)
        grafted = {move.theirs: move.name for move in self._moves}
        for one in self._owned:
            name = grafted.get(self._theirs[one.mark]) or self._found[one.mark].name
            put_mark(self._target, one.mark, name)
            sheet = named(tabs, name)
            if sheet and one.keyed is None and not one.typed and not name.startswith(PREFIX):
                remember(self._target, one.mark, sheet.part)
            else:
                forget(self._target, one.mark)


def _donors(one: OwnedSheet, donors: Sequence[Sheet]) -> Sheet:
    sheet = named(donors, one.name)
    if sheet is None or sheet.kind != "worksheet":
        raise WorkbookError("workbook.donor_lacks", sheet=one.name)
    return sheet
