"""A copy of a refreshed book whose worksheet functions answer without the add-in.

Everything but what the functions need keeps its bytes; the original is not touched.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from ..errors import WorkbookError, WorkbookInUse
from ..labels import Language
from ..workbook import digest_of, open_book, read_file, read_sheets, replace_sheets
from ..workbook.ours.check import refuse_broken
from ..workbook.ours.names import put_book_name
from ..workbook.ours.ownership import PREFIX, SHARED, bears_mark, is_share_copy
from ..workbook.ours.tables import tables_on
from ..workbook.package.opc import Package
from ..workbook.package.sheet_list import (
    WORKSHEET_TYPE,
    calculate_on_opening,
    forget_calculation_order,
    named,
    sheets,
    worksheets,
)
from ..workbook.package.xml_parts import MAIN, children
from ..workbook.saving.locks import refuse_in_use
from .answers import Answers, read_answers
from .cells import rewritten
from .dynamic import dynamic_mark
from .extra import WORDS, Extra
from .frames import rewrite_frames
from .known import Known, Rows
from .links import drop_addin_links
from .look_up import ASK_ROW, asked_first, indicator_names, look_up_name
from .macros import NotClean, without_macros
from .names import named_functions
from .plain import Plain
from .rewriting import Rewriting, To
from .sheets import donor_of


@dataclass(frozen=True)
class Shared:
    """A copy, and what a person should know of it.

    Args:
        look_up: name of the sheet to ask from; "" where the book has one of that name already.
        formulas: cells that calculate without the add-in now.
        frozen: cells of which only the value is left, such as 报表!B2.
        macros: "none" in the original, "dropped" from the copy, or "kept".
    """

    data: bytes = field(repr=False)
    extension: str
    language: Language
    customers: int
    look_up: str
    formulas: int
    frozen: Sequence[str]
    macros: str


def is_copy(path: Path) -> bool:
    """Whether a file is a copy made here.

    Raises:
        WorkbookError: it cannot be opened.
    """
    return is_share_copy(open_book(path).data)


def share(path: Path, to: To) -> Shared:
    """Make a copy of a book, in memory.

    Args:
        to: lambda for Excel 365, the web and 2024; classic for Excel 2010 and later, and WPS.

    Raises:
        WorkbookError: the book cannot be opened, was never refreshed, or is such a copy itself.
        WorkbookInUse: somebody has it open, so it may hold what is not saved yet; or it was saved meanwhile.
    """
    _refuse_in_use(path)
    opened = open_book(path)
    if bears_mark(Package(opened.data), SHARED):
        raise WorkbookError("share.is_a_copy", path=path)
    answers = read_answers(path)
    made = _Copy(path, opened.data, answers, to).make()
    if digest_of(read_file(path)) != opened.digest:
        raise WorkbookInUse("share.changed_meanwhile", path=path)
    return made


def _refuse_in_use(path: Path) -> None:
    try:
        refuse_in_use(path)
    except WorkbookInUse:
        raise
    except WorkbookError:  # a book that may only be read can be shared
        return


class _Copy:
    def __init__(self, path: Path, data: bytes, answers: Answers, to: To) -> None:
        self._path = path
        self._answers = answers
        self._to = to
        self._extra = Extra(answers)
        self._before = [sheet.name for sheet in sheets(Package(data))]
        self._data, self._macros = _plain_book(data)
        self._look_up = look_up_name(answers.language)
        if named(sheets(Package(self._data)), self._look_up) is not None:
            self._look_up = ""

    def make(self) -> Shared:
        donor, names = donor_of(self._answers, self._extra, self._look_up, explain=self._to == "lambda")
        self._package = Package(replace_sheets(self._data, donor, names))
        rewriting = self._rewriting()
        for sheet in worksheets(self._package):
            self._rewrite(sheet.name, sheet.part, rewriting)
        rewrite_frames(self._package, rewriting)
        for name, formula in self._functions().items():
            put_book_name(self._package, name, formula, hidden=name.startswith("_"))
        put_book_name(self._package, f"{PREFIX}.{SHARED}", f"{WORDS}!$A$1", hidden=True)
        drop_addin_links(self._package)
        forget_calculation_order(self._package)
        calculate_on_opening(self._package)
        data = self._package.to_bytes()
        refuse_broken(data, self._before, names)
        return Shared(
            data, ".xlsm" if self._macros == "kept" else ".xlsx", self._answers.language,
            len(self._answers.results.ids), self._look_up, rewriting.rewritten, tuple(rewriting.frozen), self._macros,
        )  # fmt: skip

    def _functions(self) -> Mapping[str, str]:
        return named_functions(self._answers, self._extra) if self._to == "lambda" else {}

    def _rewriting(self) -> Rewriting:
        known = Known(self._answers, self._rows, self._columns())
        return Rewriting(known, Plain(self._answers, self._extra), frozenset(self._functions()), self._look_up)

    def _rewrite(self, sheet: str, part: str, rewriting: Rewriting) -> None:
        data = self._package.read(part)
        made = rewritten(data, part, sheet, rewriting.made, lambda: self._mark)
        if made is not data:
            self._package.put(part, made, WORKSHEET_TYPE)

    @cached_property
    def _mark(self) -> int:
        """The number cells of spilling formulas bear."""
        return dynamic_mark(self._package)

    def _rows(self, sheet: str) -> Rows:
        """The values of a sheet; of the one to ask from those that are typed into it."""
        if sheet.casefold() == self._look_up.casefold():
            return _asked(self._answers)
        try:
            return read_sheets(self._path, [sheet]).get(sheet, [])
        except WorkbookError:
            return []

    def _columns(self) -> Mapping[str, Mapping[str, int]]:
        """Lower-case table name -> column title in lower case -> column index."""
        from ..workbook.keyed.layout import box_of

        found: dict[str, Mapping[str, int]] = {}
        for sheet in worksheets(self._package):
            for name, root in tables_on(self._package, sheet.part).items():
                first = box_of(root.get("ref", "A1"))[0]
                titles = [one.get("name", "") for one in children(root.find(MAIN + "tableColumns"))]
                found[name] = {title.casefold(): first + place for place, title in enumerate(titles)}
        return found


def _asked(answers: Answers) -> Rows:
    """What stands on the look-up sheet when it is made: the id, and the indicator below the answers."""
    names = indicator_names(answers)
    row: list[object] = [names[0] if names else None, asked_first(answers)]
    return [row if place != ASK_ROW else [None, asked_first(answers)] for place in range(200)]


def _plain_book(data: bytes) -> tuple[bytes, str]:
    """The book without its macros where that can be done cleanly, and what became of them."""
    from ..workbook.package.file_kinds import PLAIN

    package = Package(data)
    if package.content_type(package.main) == PLAIN:
        return data, "none"
    try:
        return without_macros(data), "dropped"
    except NotClean:
        return data, "kept"
