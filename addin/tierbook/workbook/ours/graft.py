"""Replace the sheets tierbook owns in a book, or add them at its end; everything else keeps its bytes.

A sheet is written by XlsxWriter in a donor book and moved over with all that hangs on it: tables, charts,
pictures, comments, links, conditional formats, drop-downs, print titles. In the book it keeps its tab, its
place and the name VBA code knows it by, so formulas, buttons and charts of people go on pointing at it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from ...errors import WorkbookError
from ..cells.sheet_bytes import parted
from ..package.made_parts import MadeParts
from ..package.opc import Package, Relationship
from ..package.sheet_list import (
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
from ..package.zip_records import key_of
from .charts import CHART_TYPE, explicit_chart
from .check import refuse_broken
from .donor_sheet import Identity, adapted_sheet, identity_of, refuse_unknown_donor, shared_strings
from .drawings import DRAWING_TYPE, Carried, marked, put_objects
from .foreign import foreign_kind, word_for
from .names import book_names, carry_names, names_in_the_way
from .renaming import Renaming
from .styles import StyleMap, merge_styles
from .tables import TABLE_TYPE, TableIds, name_of, tables_on


@dataclass(frozen=True)
class Move:
    """A donor's sheet on its way into the book.

    Attributes:
        mine: the book's sheet it takes the place of; None: it comes at the end.
        name: its name in the book.
        carried: what people put on `mine` and goes over to the new one.
    """

    theirs: Sheet
    mine: Sheet | None
    name: str
    carried: Carried = field(default_factory=Carried)


def replace_sheets(book: bytes, donor: bytes | MadeParts, names: Sequence[str]) -> bytes:
    """Put sheets of a donor into a book, in the place of the sheets of the same name or at the end.

    Every other part of the book keeps its bytes, compressed ones too. The same donor twice gives the same
    bytes, and a book that holds exactly these sheets already comes back as it is.

    Args:
        book: the bytes of an .xlsx or .xlsm.
        donor: a book written by XlsxWriter, as a file or in parts.
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
    settle_calculation(target, [move.name for move in moves], had_formulas=had_formulas)
    made = target.to_bytes()
    if made is not book:
        refuse_broken(made, before, names)
    return made


def graft(target: Package, source: Package, moves: Sequence[Move], styles: StyleMap) -> dict[str, str]:
    """Put a donor's sheets into a book whose formats were merged already.

    Tables and names of the donor that people gave to something else come under another name, and the donor's
    formulas follow.

    Returns:
        Name in the donor -> name in the book, of tables and names that come under another one for the first time.

    Raises:
        WorkbookError: a table would be lost, or a sheet of the donor has an unexpected form.
    """
    return _Graft(target, source, moves, styles).run()


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
    foreign = foreign_kind(target, old.part)
    if foreign:
        raise WorkbookError("workbook.not_ours", sheet=old.name, what=word_for(foreign))


class _Graft:
    """One donor's sheets on their way into a book."""

    def __init__(self, target: Package, source: Package, moves: Sequence[Move], styles: StyleMap) -> None:
        self._target = target
        self._source = source
        self._moves = moves
        self._styles = styles
        self._strings = shared_strings(source)
        self._copied: dict[str, str] = {}

    def run(self) -> dict[str, str]:
        old = [move.mine for move in self._moves if move.mine]
        identities = {sheet.part: identity_of(self._target, sheet.part) for sheet in old}
        born_anew = self._prepare_names()
        carried = [part for move in self._moves for part in move.carried.parts()]
        _clear(self._target, [sheet.part for sheet in old], carried)
        self._places: dict[int, str] = {}
        for move in self._moves:
            part = self._places[move.theirs.position] = self._place_for(move)
            self._put_sheet(move.theirs, part, identities.get(part, Identity()))
            put_objects(self._target, part, move.carried)
        self._tables.refuse_lost()
        self._carry_names()
        return born_anew

    def _prepare_names(self) -> dict[str, str]:
        """Find out what of the donor must bear another name in the book."""
        grafted = {move.theirs.name: move.name for move in self._moves}
        mine = [(move.mine.part if move.mine else None, tables_on(self._source, move.theirs.part))
                for move in self._moves]  # fmt: skip
        self._tables = TableIds(self._target, mine, book_names(self._target))
        tables = {name for sheet in worksheets(self._target) for name in tables_on(self._target, sheet.part)}
        tables |= {self._tables.renamed.get(name_of(root), name).casefold()
                   for _, new in mine for name, root in new.items()}  # fmt: skip
        names = names_in_the_way(self._target, self._source, grafted, tables)
        sheets_renamed = {old: new for old, new in grafted.items() if old != new}
        self._renaming = Renaming(sheets_renamed, {**self._tables.renamed, **names})
        new = {old: name for old, name in names.items() if name.casefold() not in book_names(self._target)}
        return {**self._tables.born_anew, **new}

    def _place_for(self, move: Move) -> str:
        if move.mine is None:
            return add_sheet(self._target, move.name, move.theirs.state)
        hide_like(self._target, move.mine, move.theirs.state)
        return move.mine.part

    def _put_sheet(self, theirs: Sheet, part: str, identity: Identity) -> None:
        content = adapted_sheet(self._source, theirs.part, self._styles, self._strings, identity)
        links = self._copied_links(theirs.part)
        self._target.put(part, content, WORKSHEET_TYPE)
        if self._renaming:
            sheet = parted(self._target.read(part), part)
            self._renaming.frame(sheet.frame)
            sheet.cells = self._renaming.part(sheet.cells)
            self._target.put(part, sheet.to_bytes(), WORKSHEET_TYPE)
        if links:
            self._target.put_relationships(part, links)

    def _copied_links(self, part: str) -> list[Relationship]:
        """A part's relationships, their targets copied into the book first."""
        links = self._renaming.links(self._source.relationships(part))
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
            table = self._source.tree(part)
            if self._renaming:
                self._renaming.frame(table)
            return self._tables.adapted(table, self._styles)
        data = explicit_chart(self._source, part) if content_type == CHART_TYPE else self._source.read(part)
        if content_type == DRAWING_TYPE:
            data = marked(data)
        return self._renaming.part(data) if self._renaming and part.endswith(".xml") else data

    def _carry_names(self) -> None:
        by_part = {sheet.part: sheet.position for sheet in sheets(self._target)}
        positions = {theirs: by_part[part] for theirs, part in self._places.items()}
        carry_names(self._target, self._source, positions, self._renaming)


def _clear(target: Package, parts: Sequence[str], carried: Sequence[str]) -> None:
    """Take out what only these sheets use. The sheets themselves stay, to be overwritten, and what is carried over."""
    theirs: dict[str, str] = {}
    for part in parts:
        theirs |= target.reachable(part)
        target.drop_relationships(part)
    still_used = target.reachable("")
    for part in carried:
        still_used |= {key_of(part): part, **target.reachable(part)}
    for key, part in theirs.items():
        if key not in still_used:
            target.drop(part)


def settle_calculation(target: Package, names: Sequence[str], *, had_formulas: bool) -> None:
    """Where something changed: formulas must be calculated anew, and the order of calculation may be stale.

    Args:
        names: the sheets that were written.
        had_formulas: whether one of them had a formula before.
    """
    if not target.edited():
        return
    now = worksheets(target)
    new = [sheet for name in names if (sheet := named(now, name))]
    if had_formulas or any(has_formula(target, sheet.part) for sheet in new):
        forget_calculation_order(target)
    if any(has_formula(target, sheet.part) for sheet in now):
        calculate_on_opening(target)
