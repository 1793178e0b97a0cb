"""LibreOffice with our VBA in a book, and Python behind xlwings' own converters.

Runs under the Python that has LibreOffice's `uno`, with xlwings on its path: one request a line on stdin, one answer
a line on stdout, both JSON. What a cell calls goes: cell -> our VBA -> the test's CustLink -> a UNO service in this
process -> XLPython.CallUDF of xlwings with its converters (see com_stand_in.py) -> tierbook.
"""

from __future__ import annotations

import datetime as dt
import functools
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

import com_stand_in  # noqa: E402 - after its folder is on the path

com_stand_in.install()

import uno  # noqa: E402 - uno hooks `import`, xlwings must be there first
import unohelper  # noqa: E402
from com.sun.star.beans import PropertyValue  # noqa: E402
from com.sun.star.lang import XServiceInfo, XSingleComponentFactory  # noqa: E402
from com.sun.star.script import XInvocation  # noqa: E402
from xlwings.com_server import XLPython  # noqa: E402

SERVICE = "tierbook.test.Python"
CONTENTS = 1 | 2 | 4 | 16
"""Values, times, texts and formulas: com.sun.star.sheet.CellFlags."""
EPOCH = dt.datetime(1899, 12, 30)
TRIPS: list[list[Any]] = []
"""Module and function of every round trip, and how many cells it carried there and back."""


class Python(unohelper.Base, XInvocation):
    """What CustLink talks to: an object with CallUDF, as xlwings' COM server."""

    def getIntrospection(self) -> None:
        return None

    def hasMethod(self, name: str) -> bool:
        return name == "CallUDF"

    def hasProperty(self, name: str) -> bool:
        return False

    def getValue(self, name: str) -> None:
        return None

    def setValue(self, name: str, value: object) -> None:
        pass

    def invoke(self, name: str, words: tuple[Any, ...], places: Any, outs: Any) -> tuple[Any, tuple[()], tuple[()]]:
        module, function, arguments = words[:3]
        answer = XLPython().CallUDF(module, function, tuple(map(_received, arguments)))
        TRIPS.append([module, function, sum(map(_size, arguments)), _size(answer)])
        return _sent(answer), (), ()


class Factory(unohelper.Base, XSingleComponentFactory, XServiceInfo):
    def createInstanceWithContext(self, context: Any) -> Python:
        return Python()

    def createInstanceWithArgumentsAndContext(self, arguments: Any, context: Any) -> Python:
        return Python()

    def getImplementationName(self) -> str:
        return SERVICE

    def supportsService(self, name: str) -> bool:
        return name == SERVICE

    def getSupportedServiceNames(self) -> tuple[str]:
        return (SERVICE,)


def _received(value: Any) -> Any:
    """As pywin32 hands it over: numbers are floats, an error is its status code."""
    if hasattr(value, "CellRange"):  # a range itself, as xlwings' own wrappers hand it over
        rows = value.CellRange.getDataArray()
        return com_stand_in.ComRange([list(row) for row in rows])
    if isinstance(value, tuple):
        return tuple(_received(part) for part in value)
    if isinstance(value, int) and not isinstance(value, bool) and value not in com_stand_in.ERROR_CODES.values():
        return float(value)
    return value


def _sent(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return tuple(_sent(part) for part in value)
    if isinstance(value, dt.datetime):
        return (value.replace(tzinfo=None) - EPOCH) / dt.timedelta(days=1)
    return value


def _size(value: Any) -> int:
    return sum(map(_size, value)) if isinstance(value, list | tuple) else 1


class Office:
    """One LibreOffice with a profile of its own."""

    def __init__(self, folder: Path) -> None:
        pipe = f"tierbook{os.getpid()}"
        self.process = subprocess.Popen(
            ["soffice", "--headless", "--norestore", "--nologo", f"-env:UserInstallation={(folder / 'p').as_uri()}",
             f"--accept=pipe,name={pipe};urp;"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        local = uno.getComponentContext()
        resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
        context = _until_there(resolver, f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
        context.ServiceManager.insert(Factory())
        self.desktop = context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
        self.books: dict[str, Any] = {}
        self._spilled: Any = None

    def open(self, path: str) -> None:
        run_macros = PropertyValue(Name="MacroExecutionMode", Value=4)
        hidden = PropertyValue(Name="Hidden", Value=True)
        self.books[path] = self.desktop.loadComponentFromURL(Path(path).as_uri(), "_blank", 0, (hidden, run_macros))

    def macro(self, book: str, module: str, name: str, *arguments: Any) -> Any:
        url = f"vnd.sun.star.script:VBAProject.{module}.{name}?language=Basic&location=document"
        return self.books[book].getScriptProvider().getScript(url).invoke(arguments, (), ())[0]

    def put(self, book: str, address: str, rows: list[list[Any]]) -> None:
        """Values or formulas, as typed in English with semicolons."""
        self._range(book, address).setFormulaArray(tuple(tuple(map(_typed, row)) for row in rows))

    def spill(self, book: str, address: str, formula: str) -> list[list[Any]]:
        """An array formula in so many cells, in place of the one before it."""
        if self._spilled is not None:
            self._spilled.clearContents(CONTENTS)
        self._spilled = cells = self._range(book, address)
        cells.setArrayFormula(formula)
        return [list(row) for row in cells.getDataArray()]

    def values(self, book: str, address: str) -> list[list[Any]]:
        return [list(row) for row in self._range(book, address).getDataArray()]

    def address(self, book: str, sheet: str) -> str:
        """From A1 to the last cell in use."""
        cursor = self.books[book].Sheets.getByName(sheet).createCursor()
        cursor.gotoEndOfUsedArea(False)
        cursor.gotoOffset(0, 0)
        last = cursor.AbsoluteName.rpartition("!")[2].rpartition(".")[2].replace("$", "")
        return f"A1:{last}"

    def by_hand(self, book: str) -> None:
        """Calculate only when asked to."""
        self.books[book].enableAutomaticCalculation(False)

    def calculate(self, book: str) -> float:
        start = time.perf_counter()
        self.books[book].calculateAll()
        return time.perf_counter() - start

    def restart_python(self) -> None:
        """What a Python started anew knows: nothing of any workbook."""
        from tierbook.excel.scored import session

        session.shelf.__init__()  # type: ignore[misc]
        session.use(None)

    def fail(self, function: str) -> None:
        """From now on this function of Python raises, in all books."""
        from tierbook.excel import functions

        @functools.wraps(getattr(functions, function))
        def failing(*_: Any) -> None:
            raise RuntimeError("a mishap inside")

        setattr(functions, function, failing)

    def close(self) -> None:
        for book in self.books.values():
            book.close(True)
        self.desktop.terminate()
        self.process.wait(timeout=60)

    def _range(self, book: str, address: str) -> Any:
        sheet, _, cells = address.rpartition("!")
        sheets = self.books[book].Sheets
        return (sheets.getByName(sheet) if sheet else sheets.getByIndex(0)).getCellRangeByName(cells)


def _typed(value: Any) -> Any:
    """A text is typed as a text, so that "0012" stays one."""
    return (
        f"'{value}"
        if isinstance(value, str) and value and not value.startswith("=")
        else ""
        if value is None
        else value
    )


def _until_there(resolver: Any, url: str) -> Any:
    for _ in range(300):
        try:
            return resolver.resolve(url)
        except Exception:  # not up yet: uno has no narrower class to import before it is
            time.sleep(0.2)
    raise TimeoutError(url)


def answer(office: Office, request: dict[str, Any]) -> Any:
    if request["do"] == "trips":
        made, TRIPS[:] = list(TRIPS), []
        return made
    return getattr(office, request["do"])(*request["with"])


if __name__ == "__main__":
    running = Office(Path(sys.argv[1]))
    try:
        for line in sys.stdin:
            print(json.dumps(answer(running, json.loads(line))), flush=True)
    finally:
        running.close()
