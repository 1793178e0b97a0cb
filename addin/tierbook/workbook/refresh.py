"""Bring tierbook's sheets in a book up to date, whatever people did to the book since.

Sheets of ours are found by their marks, wherever people moved them and whatever they call them. Where people
write beside our rows, the table is updated by id; other sheets are replaced whole. What a replacement cannot
carry over stays in the book as a dated copy. Everything else keeps its bytes.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ..errors import WorkbookError
from . import keyed as by_id
from .check import refuse_broken
from .donor_sheet import refuse_unknown_donor
from .graft import Move, graft, settle_calculation
from .keyed import Keyed
from .opc import Package
from .ownership import find_owned, free_name, owned_in, put_mark, titles_for
from .sheet_list import Sheet, named, sheets
from .styles import merge_styles

__all__ = ["Keyed", "OwnedSheet", "Refreshed", "find_owned", "refresh_book", "titles_for"]


@dataclass(frozen=True)
class OwnedSheet:
    """A sheet of ours.

    Attributes:
        mark: stable key in plain letters, such as "tiers"; the sheet bears it in the book.
        name: name of the donor's sheet.
        keyed: how its table is updated by id; None where the whole sheet is replaced.
    """

    mark: str
    name: str
    keyed: Keyed | None = None


@dataclass(frozen=True)
class Refreshed:
    """A book brought up to date, and what a person should read about it.

    `data` is the very object that was given where nothing changed.
    """

    data: bytes = field(repr=False)
    notices: Sequence[WorkbookError] = ()


def refresh_book(book: bytes, donor: bytes, owned: Sequence[OwnedSheet], *, day: dt.date) -> Refreshed:
    """Bring the sheets of a donor into a book: in the place of those that bear their marks, or at the end.

    The same donor twice gives the same bytes.

    Args:
        book: the bytes of an .xlsx or .xlsm.
        donor: a book written by XlsxWriter.
        owned: sheets of the donor, in the order in which new ones are added.
        day: the day copies and archived rows are dated with.

    Raises:
        WorkbookError: the book cannot be opened, or the edit would lose something people made.
    """
    refresh = _Refresh(book, donor, owned, day)
    refresh.run()
    return Refreshed(refresh.to_bytes(), tuple(refresh.notices))


class _Refresh:
    def __init__(self, book: bytes, donor: bytes, owned: Sequence[OwnedSheet], day: dt.date) -> None:
        self._book = book
        self._target, self._source = Package(book), Package(donor)
        self._owned = owned
        self._day = day
        self._before = [sheet.name for sheet in sheets(self._target)]
        self.notices: list[WorkbookError] = []

    def run(self) -> None:
        refuse_unknown_donor(self._source)
        found = owned_in(self._target, {one.mark: one.name for one in self._owned})
        updates = [one for one in self._owned if self._can_update(one, found)]
        self._moves = self._planned([one for one in self._owned if one not in updates], found)
        styles = merge_styles(self._target, self._source)
        graft(self._target, self._source, self._moves, styles)
        for one in updates:
            if one.keyed is not None:
                theirs, mine = self._donors(one), found[one.mark]
                by_id.update_keyed(  # type: ignore[attr-defined]
                    self._target, mine, self._source, theirs, one.keyed, styles, day=self._day
                )
        for mark, name in self._names(found).items():
            put_mark(self._target, mark, name)

    def to_bytes(self) -> bytes:
        settle_calculation(self._target, self._moves, had_formulas=True)
        made = self._target.to_bytes()
        if made is not self._book:
            refuse_broken(made, self._before, [move.name for move in self._moves])
        return made

    def _can_update(self, one: OwnedSheet, found: Mapping[str, Sheet]) -> bool:
        if one.keyed is None or one.mark not in found or not hasattr(by_id, "can_update"):
            return False
        return bool(by_id.can_update(self._target, found[one.mark], one.keyed))

    def _planned(self, owned: Sequence[OwnedSheet], found: Mapping[str, Sheet]) -> list[Move]:
        moves, taken = [], list(self._before)
        for one in owned:
            mine = found.get(one.mark)
            name = mine.name if mine else free_name(one.name, taken, "(tierbook)")
            taken.append(name)
            moves.append(Move(self._donors(one), mine, name))
        return moves

    def _donors(self, one: OwnedSheet) -> Sheet:
        sheet = named(sheets(self._source), one.name)
        if sheet is None or sheet.kind != "worksheet":
            raise WorkbookError("workbook.donor_lacks", sheet=one.name)
        return sheet

    def _names(self, found: Mapping[str, Sheet]) -> dict[str, str]:
        placed = {move.theirs.name: move.name for move in self._moves}
        return {one.mark: placed.get(one.name) or found[one.mark].name for one in self._owned}
