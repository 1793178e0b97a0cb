"""What stands on a sheet of ours that a replacement would lose."""

from __future__ import annotations

from dataclasses import dataclass

from ...errors import WorkbookError
from ..cells.sheet_bytes import parted
from ..keyed import Keyed
from ..package.opc import Package
from ..package.sheet_list import Sheet, named, sheets
from ..package.xml_parts import MAIN
from .foreign import foreign_kind, word_for
from .meaning import meaning_of
from .ownership import PREFIX, bears_mark
from .remembered import remembered
from .tables import pairs_of, tables_on


@dataclass(frozen=True)
class OwnedSheet:
    """A sheet of ours.

    Attributes:
        mark: stable key in plain letters, such as "tiers"; the sheet bears it in the book.
        name: name of the donor's sheet.
        keyed: how its table is updated by id; None where the whole sheet is replaced.
        typed: people fill this sheet, so what stands on it is never held against what we wrote.
    """

    mark: str
    name: str
    keyed: Keyed | None = None
    typed: bool = False


def why_copied(
    target: Package, mine: Sheet, donor: Package, theirs: Sheet, one: OwnedSheet, forced: WorkbookError | None = None
) -> WorkbookError | None:
    """Why a sheet must be kept as a copy before it is replaced; None where nothing would be lost.

    Args:
        mine: the sheet in the book.
        theirs: the donor's sheet that takes its place.
        forced: a reason known already.

    Raises:
        WorkbookError: the tab is not a worksheet.
    """
    if mine.kind != "worksheet":
        raise WorkbookError("workbook.not_a_worksheet", sheet=mine.name)
    if forced is not None or mine.name.startswith(PREFIX):
        return forced
    what = foreign_kind(target, mine.part)
    if what is None:
        return _changed(target, mine, one) or _left_behind(target, mine, donor, theirs, one)
    return WorkbookError("workbook.because_of", what=word_for(what))


def _changed(target: Package, mine: Sheet, one: OwnedSheet) -> WorkbookError | None:
    """Whether cells differ from what was written, or the table that should be updated is gone."""
    told = remembered(target, one.mark)
    if told is not None and told.meaning != meaning_of(target, mine.part):
        return WorkbookError("workbook.because_changed")
    if one.keyed is not None and told is None and _was_refreshed(target, one.mark):
        return WorkbookError("workbook.because_table_gone")
    return None


def _left_behind(target: Package, mine: Sheet, donor: Package, theirs: Sheet, one: OwnedSheet) -> WorkbookError | None:
    """What of an unchanged sheet would not come over: tables, notes beside ours, pictures behind the cells."""
    old, new = tables_on(target, mine.part), tables_on(donor, theirs.part)
    what = None
    if len(pairs_of(old, new)) < len(old):
        what = "workbook.a_table"
    elif remembered(target, one.mark) is not None and _meets_other_notes(target, mine, donor, theirs):
        what = "workbook.notes"
    elif _has_pictures_behind(target, mine) and not _has_pictures_behind(donor, theirs):
        what = "workbook.background"
    return WorkbookError("workbook.because_of", what=WorkbookError(what)) if what else None


def _was_refreshed(target: Package, mark: str) -> bool:
    """Whether the sheet held our rows once; a blank one from the template did not."""
    return bears_mark(target, mark) or named(sheets(target), PREFIX) is not None


def _meets_other_notes(target: Package, mine: Sheet, donor: Package, theirs: Sheet) -> bool:
    """Whether the new sheet brings notes of its own and the old one has others."""
    old, new = target.related(mine.part, "comments"), donor.related(theirs.part, "comments")
    if old is None or new is None:
        return False
    return bool(_notes_in(target, old) - _notes_in(donor, new))


def _notes_in(package: Package, part: str) -> set[tuple[str, str]]:
    return {
        (note.get("ref", ""), "".join(text.text or "" for text in note.iter(MAIN + "t")))
        for note in package.tree(part).iter(MAIN + "comment")
    }


def _has_pictures_behind(package: Package, sheet: Sheet) -> bool:
    """Whether a sheet has a background or pictures in its header or footer."""
    frame = parted(package.read(sheet.part), sheet.part).frame
    return any(frame.find(MAIN + name) is not None for name in ("picture", "legacyDrawingHF", "drawingHF"))
