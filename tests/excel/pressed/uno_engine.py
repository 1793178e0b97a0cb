"""A small xlwings engine over UNO: the buttons talk to a LibreOffice as they talk to Excel. Only for tests.

It imitates what the buttons use of Excel, with Excel's manners where they matter: a text assigned to a cell that is
not formatted as text is read as if typed (=1+1 becomes a formula, 007 a number), a calculation mode can only be set
while a book is open, a date comes as a datetime, an error as none. Screen updating, status bar and message boxes are
remembered, not shown.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import uno  # type: ignore[import-not-found]
from com.sun.star.beans import PropertyValue  # type: ignore[import-not-found]
from uno_cells import Range
from xlwings import base_classes


def property_value(name: str, value: Any) -> Any:
    return PropertyValue(Name=name, Value=value)


class Engine:
    name, type = "office", "desktop"

    def __init__(self, desktop: Any) -> None:
        self.apps = Apps(App(self, desktop))

    @staticmethod
    def prepare_xl_data_element(value: Any, _options: Any) -> Any:
        return "" if value is None else value

    @staticmethod
    def clean_value_data(data: Any, datetime_builder: Any, empty_as: Any, number_builder: Any, _errors: Any) -> Any:
        def clean(cell: Any) -> Any:
            if cell in ("", None):
                return empty_as
            if isinstance(cell, dt.datetime):
                parts = {part: getattr(cell, part) for part in ("year", "month", "day", "hour", "minute", "second")}
                return datetime_builder(**parts, microsecond=0, tzinfo=None)
            return number_builder(cell) if number_builder and isinstance(cell, float) else cell

        return [[clean(cell) for cell in row] for row in data]


class Apps(base_classes.Apps):
    def __init__(self, app: App) -> None:
        self._app = app

    def keys(self) -> list[int]:
        return [self._app.pid]

    def __iter__(self) -> Iterator[App]:
        return iter([self._app])

    def __len__(self) -> int:
        return 1

    def __getitem__(self, _pid: int) -> App:
        return self._app


class App(base_classes.App):
    """One LibreOffice. `alerts`: the messages shown; `answers`: what the person will press; `bars`: status texts."""

    pid = 1
    books: Any = None  # an attribute where the base class has a property
    engine: Any = None
    display_alerts: Any = True

    def __init__(self, engine: Engine, desktop: Any) -> None:
        self.engine = engine
        self.desktop = desktop
        self.books = Books(self)
        self.alerts: list[dict[str, Any]] = []
        self.answers: list[str] = []
        self.bars: list[Any] = []
        self._updating: bool = True
        self._bar: Any = False

    @property
    def api(self) -> Any:
        return Named(UserName="王经理")

    @property
    def selection(self) -> Range | None:
        book = self.books.active
        chosen = book.document.getCurrentController().getSelection()
        if not hasattr(chosen, "getRangeAddress"):
            return None
        return Range(book.sheets.active, chosen)

    @property
    def screen_updating(self) -> bool:
        return self._updating

    @screen_updating.setter
    def screen_updating(self, value: bool) -> None:
        self._updating = value

    @property
    def status_bar(self) -> Any:
        return self._bar

    @status_bar.setter
    def status_bar(self, value: Any) -> None:
        self._bar = value
        self.bars.append(value)

    @property
    def calculation(self) -> str:
        return "automatic" if self.books.active.document.isAutomaticCalculationEnabled() else "manual"

    @calculation.setter
    def calculation(self, value: str) -> None:
        self.books.active.document.enableAutomaticCalculation(value == "automatic")

    def activate(self, steal_focus: bool = False) -> None:
        """There is one window only, and nobody looks at it."""

    def alert(self, prompt: str, title: str, buttons: str, mode: str, callback: Any) -> str:
        self.alerts.append({"prompt": prompt, "title": title, "buttons": buttons, "mode": mode})
        return "ok" if buttons == "ok" else self.answers.pop(0)


class Named:
    """Values under the names Excel's own object model has for them."""

    def __init__(self, **values: Any) -> None:
        self.__dict__.update(values)


class Books(base_classes.Books):
    def __init__(self, app: App) -> None:
        self.app = app
        self.held: list[Book] = []

    @property
    def active(self) -> Book:
        return self.held[-1]

    def __call__(self, name_or_index: Any) -> Book:
        if isinstance(name_or_index, int):
            return self.held[name_or_index - 1]
        for book in self.held:
            if book.name == name_or_index:
                return book
        raise KeyError(name_or_index)

    def __len__(self) -> int:
        return len(self.held)

    def __iter__(self) -> Iterator[Book]:
        return iter(list(self.held))

    def open(self, fullname: str, *_more: Any, **_options: Any) -> Book:
        url = uno.systemPathToFileUrl(str(fullname))
        document = self.app.desktop.loadComponentFromURL(url, "_blank", 0, (property_value("MacroExecutionMode", 0),))
        if document is None:
            raise OSError(f"LibreOffice does not open {fullname}")
        book = Book(self.app, document)
        self.held.append(book)
        return book


class Book(base_classes.Book):
    app: Any = None

    def __init__(self, app: App, document: Any) -> None:
        self.app = app
        self.document = document

    @property
    def api(self) -> Any:
        return Workbook(self)

    @property
    def fullname(self) -> str:
        url = self.document.getURL()
        return uno.fileUrlToSystemPath(url) if url.startswith("file:") else self.document.getTitle()

    @property
    def name(self) -> str:
        return Path(self.fullname).name

    @property
    def sheets(self) -> Sheets:
        return Sheets(self)

    def activate(self) -> None:
        self.document.getCurrentController().getFrame().activate()

    def save(self, path: Any = None, password: Any = None) -> None:
        self.document.store()

    def close(self) -> None:
        self.document.close(True)
        self.app.books.held.remove(self)


class Workbook:
    """What Excel's own object model says of a workbook."""

    def __init__(self, book: Book) -> None:
        self._book = book

    @property
    def FullName(self) -> str:
        return self._book.fullname

    @property
    def ReadOnly(self) -> bool:
        return bool(self._book.document.isReadonly())

    @property
    def Saved(self) -> bool:
        return not self._book.document.isModified()

    def SaveCopyAs(self, path: str) -> None:
        options = (property_value("FilterName", "Calc MS Excel 2007 XML"),)
        self._book.document.storeToURL(uno.systemPathToFileUrl(path), options)


class Sheets(base_classes.Sheets):
    def __init__(self, book: Book) -> None:
        self.book = book
        self._sheets = book.document.Sheets

    @property
    def active(self) -> Sheet:
        return Sheet(self.book, self.book.document.getCurrentController().getActiveSheet())

    def __call__(self, name_or_index: Any) -> Sheet:
        if isinstance(name_or_index, int):
            return Sheet(self.book, self._sheets.getByIndex(name_or_index - 1))
        if not self._sheets.hasByName(name_or_index):
            raise KeyError(name_or_index)
        return Sheet(self.book, self._sheets.getByName(name_or_index))

    def __len__(self) -> int:
        return int(self._sheets.getCount())

    def __iter__(self) -> Iterator[Sheet]:
        return (self(place + 1) for place in range(len(self)))

    def add(self, before: Any = None, after: Any = None, name: Any = None) -> Sheet:
        place = before.index - 1 if before else after.index if after else len(self)
        self._sheets.insertNewByName(name, place)
        made = self(name)
        made.activate()
        return made


class Sheet(base_classes.Sheet):
    book: Any = None

    def __init__(self, book: Book, sheet: Any) -> None:
        self.book = book
        self.sheet = sheet

    @property
    def name(self) -> str:
        return str(self.sheet.getName())

    @property
    def index(self) -> int:
        return int(self.sheet.getRangeAddress().Sheet) + 1

    @property
    def used_range(self) -> Range:
        cursor = self.sheet.createCursor()
        cursor.gotoEndOfUsedArea(False)
        end = cursor.getRangeAddress()
        return Range(self, self.sheet.getCellRangeByPosition(0, 0, end.EndColumn, end.EndRow))

    def activate(self) -> None:
        self.book.document.getCurrentController().setActiveSheet(self.sheet)

    @property
    def show_gridlines(self) -> bool:
        return bool(self.book.document.getCurrentController().ShowGrid)

    @show_gridlines.setter
    def show_gridlines(self, value: bool) -> None:
        self.activate()
        self.book.document.getCurrentController().ShowGrid = value

    def clear(self) -> None:
        self.sheet.clearContents(1023)

    def range(self, arg1: Any, arg2: Any = None) -> Range:
        if isinstance(arg1, str):
            return Range(self, self.sheet.getCellRangeByName(arg1.replace("$", "")))
        first = (arg1.row, arg1.column) if isinstance(arg1, Range) else arg1
        row, column, rows, columns = first if len(first) == 4 else (*first, 1, 1)
        if arg2 is not None:
            last = (arg2.row, arg2.column) if isinstance(arg2, Range) else arg2
            rows, columns = last[0] - row + 1, last[1] - column + 1
        if min(row, column) < 1:
            raise IndexError("ranges count from 1")
        cells = self.sheet.getCellRangeByPosition(column - 1, row - 1, column + columns - 2, row + rows - 2)
        return Range(self, cells)
