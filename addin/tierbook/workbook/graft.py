"""Replace the sheets tierbook owns in a book, or add them at its end; everything else keeps its bytes.

A sheet is written by XlsxWriter in a donor book and moved over with all that hangs on it: tables, charts,
pictures, comments, links, conditional formats, drop-downs, print titles. In the book it keeps its tab, its
place and the name VBA code knows it by, so formulas, buttons and charts of people go on pointing at it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ..errors import WorkbookError
from .check import refuse_broken
from .donor_sheet import Identity, adapted_sheet, identity_of, refuse_unknown_donor, shared_strings
from .names import carry_names
from .opc import Package, Relationship
from .sheet_list import (
    WORKSHEET_TYPE,
    Sheet,
    add_sheet,
    calculate_on_opening,
    forget_calculation_order,
    has_formula,
    hide_like,
    named,
    sheets,
    worksheets,
)
from .styles import StyleMap, merge_styles
from .tables import TABLE_TYPE, TableIds, tables_on
from .zip_records import key_of

_OURS = {"drawing", "vmlDrawing", "comments", "table", "hyperlink", "image"}
_SETTINGS = {"printerSettings", "namedSheetView"}
"""What may hang on an owned sheet and goes with its old version: what donors bring anew, and settings that
Excel leaves there by itself (a reader's own filter would otherwise stop every refresh)."""


@dataclass(frozen=True)
class Move:
    """A donor's sheet, the book's sheet it takes the place of (None: it comes at the end), and its name there."""

    theirs: Sheet
    mine: Sheet | None
    name: str


def replace_sheets(book: bytes, donor: bytes, names: Sequence[str]) -> bytes:
    """Put sheets of a donor into a book, in the place of the sheets of the same name or at the end.

    Every other part of the book keeps its bytes, compressed ones too. The same donor twice gives the same
    bytes, and a book that holds exactly these sheets already comes back as it is.

    Args:
        book: the bytes of an .xlsx or .xlsm.
        donor: a book written by XlsxWriter.
        names: sheets of the donor, in the order in which new ones are added.

    Raises:
        WorkbookError: the book cannot be opened, or the edit could lose something people made; the error
            says what and where.
    """
    target, source = Package(book), Package(donor)
    refuse_unknown_donor(source)
    moves = _moves(target, source, names)
    before = [sheet.name for sheet in sheets(target)]
    had_formulas = any(move.mine and has_formula(target, move.mine.part) for move in moves)
    graft(target, source, moves, merge_styles(target, source))
    settle_calculation(target, moves, had_formulas=had_formulas)
    made = target.to_bytes()
    if made is not book:
        refuse_broken(made, before, names)
    return made


def graft(target: Package, source: Package, moves: Sequence[Move], styles: StyleMap) -> None:
    """Put a donor's sheets into a book whose formats were merged already.

    Raises:
        WorkbookError: a table or a name would be lost, or a sheet of the donor has an unexpected form.
    """
    _Graft(target, source, moves, styles).run()


def _moves(target: Package, source: Package, names: Sequence[str]) -> list[Move]:
    ours, theirs = sheets(target), sheets(source)
    moves = []
    for name in dict.fromkeys(names):
        sheet, old = named(theirs, name), named(ours, name)
        if sheet is None or sheet.kind != "worksheet":
            raise WorkbookError("workbook.donor_lacks", sheet=name)
        if old is not None:
            _refuse_loss(target, old)
        moves.append(Move(sheet, old, old.name if old else sheet.name))
    return moves


def _refuse_loss(target: Package, old: Sheet) -> None:
    """Refuse to replace a sheet that carries what no donor brings back."""
    if old.kind != "worksheet":
        raise WorkbookError("workbook.not_a_worksheet", sheet=old.name)
    for link in target.relationships(old.part):
        if link.kind not in _OURS | _SETTINGS:
            raise WorkbookError("workbook.not_ours", sheet=old.name, what=_word_for(link.kind))


def _word_for(kind: str) -> WorkbookError | str:
    """What people call a kind of part; an error only because those are worded in the reader's language."""
    words = {
        "pivotTable": "pivot_table",
        "threadedComment": "threaded_comment",
        "slicer": "slicer",
        "timeline": "slicer",
        "oleObject": "embedded_file",
        "package": "embedded_file",
        "ctrlProp": "form_control",
        "control": "form_control",
    }
    return WorkbookError(f"workbook.{words[kind]}") if kind in words else kind


class _Graft:
    """One donor's sheets on their way into a book."""

    def __init__(self, target: Package, source: Package, moves: Sequence[Move], styles: StyleMap) -> None:
        self._target = target
        self._source = source
        self._moves = moves
        self._styles = styles
        self._strings = shared_strings(source)
        self._copied: dict[str, str] = {}

    def run(self) -> None:
        old = [move.mine for move in self._moves if move.mine]
        identities = {sheet.part: identity_of(self._target, sheet.part) for sheet in old}
        self._tables = TableIds(self._target, old)
        _clear(self._target, [sheet.part for sheet in old])
        for move in self._moves:
            part = self._place_for(move)
            self._put_sheet(move.theirs, part, identities.get(part, Identity()))
        self._tables.refuse_lost()
        self._carry_names()

    def _place_for(self, move: Move) -> str:
        if move.mine is None:
            return add_sheet(self._target, move.name, move.theirs.state)
        hide_like(self._target, move.mine, move.theirs.state)
        return move.mine.part

    def _put_sheet(self, theirs: Sheet, part: str, identity: Identity) -> None:
        content = adapted_sheet(self._source, theirs.part, self._styles, self._strings, identity)
        links = self._copied_links(theirs.part)
        self._target.put(part, content, WORKSHEET_TYPE)
        if links:
            self._target.put_relationships(part, links)

    def _copied_links(self, part: str) -> list[Relationship]:
        """A part's relationships, their targets copied into the book first."""
        links = self._source.relationships(part)
        return [replace(link, part=self._copy(link.part)) if link.part else link for link in links]

    def _copy(self, part: str) -> str:
        """Copy a part, and what it points to, under free names; a part two sheets share is copied once."""
        key = key_of(part)
        if key not in self._copied:
            links = self._copied_links(part)
            name = self._target.fresh_name(part)
            content_type = self._source.content_type(part) or ""
            self._target.put(name, self._content(part, content_type), content_type)
            if links:
                self._target.put_relationships(name, links)
            self._copied[key] = name
        return self._copied[key]

    def _content(self, part: str, content_type: str) -> bytes:
        if content_type == TABLE_TYPE:
            return self._tables.adapted(self._source.tree(part), self._styles)
        return self._source.read(part)

    def _carry_names(self) -> None:
        now = sheets(self._target)
        positions = {}
        for move in self._moves:
            placed = named(now, move.name)
            if placed is not None:
                positions[move.theirs.position] = placed.position
        table_names = {name for sheet in worksheets(self._target) for name in tables_on(self._target, sheet.part)}
        carry_names(self._target, self._source, positions, table_names)


def _clear(target: Package, parts: Sequence[str]) -> None:
    """Take out what only these sheets use. The sheets themselves stay, to be overwritten."""
    theirs: dict[str, str] = {}
    for part in parts:
        theirs |= target.reachable(part)
        target.drop_relationships(part)
    still_used = target.reachable("")
    for key, part in theirs.items():
        if key not in still_used:
            target.drop(part)


def settle_calculation(target: Package, moves: Sequence[Move], *, had_formulas: bool) -> None:
    """Where something changed: formulas must be calculated anew, and the order of calculation may be stale."""
    if not target.edited():
        return
    now = worksheets(target)
    new = [sheet for move in moves if (sheet := named(now, move.name))]
    if had_formulas or any(has_formula(target, sheet.part) for sheet in new):
        forget_calculation_order(target)
    if any(has_formula(target, sheet.part) for sheet in now):
        calculate_on_opening(target)
