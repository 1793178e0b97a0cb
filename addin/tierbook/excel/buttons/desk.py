"""The running Excel as a button finds it, and as it must find it again when the button is done.

Reached through xlwings, which is imported late. Whatever Excel tells only through its own object model (read-only,
saved, the address of an online book) is asked there, and taken as unknown where another program lacks it.
"""

from __future__ import annotations

import contextlib
import logging
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ...errors import UsageError, WorkbookError
from ...jobs.intake import language_of_sheets
from ...labels import Language, text

log = logging.getLogger("tierbook.buttons")

TITLE = "tierbook"
QUIET = "manual"
"""Calculation mode while whole ranges are written."""


def running() -> Any:
    """The Excel whose button was pressed, else the active one.

    Raises:
        UsageError: no Excel is running.
    """
    import xlwings as xw

    try:
        return xw.Book.caller().app
    except Exception:  # not called from Excel: xlwings raises different things on different systems
        app = xw.apps.active
    if app is None:
        raise UsageError("buttons.no_excel")
    return app


class Desk:
    """One running Excel and its active book.

    Raises:
        UsageError: no book is open.
    """

    def __init__(self, app: Any) -> None:
        self.app = app
        if not len(app.books):
            raise UsageError("buttons.no_book_open")
        self.book = app.books.active
        self.language: Language = language_of_sheets(sheet.name for sheet in self.book.sheets)
        self._stay = ""

    # --- as it was

    @contextlib.contextmanager
    def kept(self) -> Iterator[None]:
        """Puts calculation mode, active sheet, selection, screen updating and status bar back, whatever happens."""
        app = self.app
        calculation, updating, bar = app.calculation, app.screen_updating, app.status_bar
        sheet, address = self._place()
        try:
            yield
        finally:
            self._tried(lambda: self._go_to(self._stay or sheet, "" if self._stay else address))
            self._tried(lambda: setattr(app, "calculation", calculation))
            self._tried(lambda: setattr(app, "screen_updating", updating))
            self._tried(lambda: setattr(app, "status_bar", bar))

    def _place(self) -> tuple[str, str]:
        """Active sheet and selection; blank where a chart or a picture is selected."""
        sheet = address = ""
        with contextlib.suppress(Exception):
            sheet = self.book.sheets.active.name
            address = self.app.selection.address
        return sheet, address

    def _go_to(self, sheet: str, address: str) -> None:
        if sheet:
            self.book.sheets[sheet].activate()
        if address:
            self.book.sheets[sheet].range(address).select()

    def _tried(self, step: Callable[[], object]) -> None:
        """One step of putting things back; when it fails, the others still run."""
        try:
            step()
        except Exception:  # no book may be open any more: then there is no calculation mode to set
            log.exception("could not put Excel back as it was")

    def stay_on(self, sheet: str) -> None:
        """When the button is done, show this sheet instead of the one before."""
        self._stay = sheet

    # --- talking

    def tell(self, key: str, values: Mapping[str, object]) -> None:
        """Progress of a job in the status bar."""
        shown = {name: f"{value:,}" if isinstance(value, int) else value for name, value in values.items()}
        self.app.status_bar = f"{TITLE}：{text(key, self.language, **shown)} …"

    def say(self, words: str, *, wrong: bool = False) -> None:
        self.app.alert(words, TITLE, "ok", "critical" if wrong else "info")

    def ask(self, words: str, buttons: str = "yes_no") -> str:
        """The button pressed: yes, no or cancel."""
        return str(self.app.alert(words, TITLE, buttons, "info"))

    # --- the book's file

    def told(self, name: str, default: Any) -> Any:
        """A property of the workbook that only its own program knows."""
        try:
            return getattr(self.book.api, name)
        except Exception:  # another program, another error
            return default

    def path(self) -> Path:
        """Where the book's file lies.

        Raises:
            WorkbookError: it was never saved, lies online only, or is open read-only; each with its cure.
        """
        path = self.place()
        if self.told("ReadOnly", False):
            raise WorkbookError("buttons.read_only", book=self.book.name)
        return path

    def place(self) -> Path:
        """As `path`, where it is only read."""
        full = str(self.told("FullName", "") or self.book.fullname)
        if "://" in full:
            raise WorkbookError("buttons.online", book=self.book.name)
        if not Path(full).is_absolute():
            raise WorkbookError("buttons.unsaved", book=self.book.name)
        return Path(full)

    @contextlib.contextmanager
    def closed(self) -> Iterator[Path]:
        """Saves the book where it has changes, closes it, and opens it again, whatever happens in between.

        Raises:
            WorkbookError: as `path` says, or the book cannot be saved; it is then open as before.
        """
        path = self.path()
        self.app.screen_updating = False
        if not self.told("Saved", False):
            try:
                self.book.save()
            except Exception as problem:
                raise WorkbookError("buttons.cannot_save", book=self.book.name, problem=_short(problem)) from problem
        self.book.close()
        try:
            yield path
        finally:
            self._open_again(path)

    def _open_again(self, path: Path) -> None:
        try:
            self.book = self.app.books.open(str(path), update_links=False)
        except Exception as problem:
            raise WorkbookError("buttons.cannot_reopen", path=path, problem=_short(problem)) from problem

    def copy_into(self, folder: Path) -> Path:
        """A copy of the book as it is now, with what nobody has saved yet; the open book stays as it is."""
        copy = folder / str(self.book.name)
        try:
            self.book.api.SaveCopyAs(str(copy))
        except AttributeError:  # a program without that call: its book must be saved first
            path = self.path()
            self.book.save()
            shutil.copyfile(path, copy)
        return copy

    # --- cells

    def rows(self, sheet: str) -> list[list[Any]]:
        """All cells of a sheet, read in one go."""
        found: list[list[Any]] = self.book.sheets[sheet].used_range.options(ndim=2).value
        return found

    def tables(self) -> dict[str, list[list[Any]]]:
        """The hidden sheets of the last refresh."""
        names = [sheet.name for sheet in self.book.sheets if sheet.name.startswith("_tierbook")]
        return {name: self.rows(name) for name in names}

    def selected(self) -> tuple[str, int, int, Any]:
        """Sheet, row and column (from 1) of the first selected cell, and its value.

        Raises:
            UsageError: no cell is selected.
        """
        cells = self.app.selection
        if cells is None:
            raise UsageError("buttons.select_a_cell")
        first = cells[0, 0]
        return first.sheet.name, first.row, first.column, first.value

    def block(self, sheet: str, first: tuple[int, int], last: tuple[int, int]) -> list[list[Any]]:
        found: list[list[Any]] = self.book.sheets[sheet].range(first, last).options(ndim=2).value
        return found


def _short(problem: Exception) -> str:
    """The first line of what another program says."""
    return (str(problem) or type(problem).__name__).splitlines()[0][:200]


def header_place(rows: Sequence[Sequence[Any]], titles: Sequence[str]) -> tuple[int, int] | None:
    """Row and column (from 0) of the last header cell that bears one of these titles."""
    wanted = {title.casefold() for title in titles}
    for row in range(len(rows) - 1, -1, -1):
        for column, cell in enumerate(rows[row]):
            if isinstance(cell, str) and cell.strip().casefold() in wanted:
                return row, column
    return None
