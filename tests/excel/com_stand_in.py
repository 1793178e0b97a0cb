"""An Excel that xlwings believes in: its real pipeline for worksheet functions, on any system.

Only COM itself is stood in for. xlwings' own call path (XLPython.CallUDF), converters and importer run as they
do under Excel on Windows; ranges hand over what pywin32 hands over: floats for all numbers, None for empty
cells, times with a zone for dates, a status code for an error cell.

It swaps modules of the whole process, so it runs in a process of its own (see conftest.py): one request a line
on stdin, one answer a line on stdout, both JSON.
"""

from __future__ import annotations

import ctypes
import datetime as dt
import io
import json
import sys
import time
import types
from pathlib import Path
from typing import Any

OMITTED = -2147352572  # DISP_E_PARAMNOTFOUND: how an omitted argument arrives
ERROR_CODES = {
    "#DIV/0!": -2146826281,
    "#N/A": -2146826246,
    "#NAME?": -2146826259,
    "#NULL!": -2146826288,
    "#NUM!": -2146826252,
    "#REF!": -2146826265,
    "#VALUE!": -2146826273,
}
RANGE_IID = "{00020846-0000-0000-C000-000000000046}"
FUNCTIONS = "tierbook.excel.functions"


class ComTime(dt.datetime):
    """A date cell, as pywintypes.TimeType."""


class ComError(Exception):
    hresult = 0


class ComRange:
    """Excel.Range: `Value` is a scalar for one cell, else a tuple of row tuples."""

    CLSID = RANGE_IID
    Row = Column = 1

    def __init__(self, rows: list[list[Any]], address: str = "$A$1") -> None:
        self._values = tuple(tuple(row) for row in rows)
        self._oleobj_ = _namespace(GetTypeInfo=lambda: _namespace(GetTypeAttr=lambda: _namespace(iid=RANGE_IID)))
        self.Address = address
        self.Rows, self.Columns = _namespace(Count=len(rows)), _namespace(Count=len(rows[0]))
        self.Count = len(rows) * len(rows[0])
        application = _namespace(Hwnd=1, Version="16.0")
        book = _namespace(Name="book.xlsm", FullName="book.xlsm", Application=application)
        self.Worksheet = _namespace(Name="Sheet1", Parent=book, Application=application)

    @property
    def Value(self) -> Any:
        return self._values[0][0] if self.Count == 1 else self._values


class _Module(types.ModuleType):
    """A module in which every name nobody set is an empty class that takes any arguments."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        made = type(name, (), {"__init__": lambda self, *_, **__: None})
        setattr(self, name, made)
        return made


class _Library:
    """A DLL in which every function exists and returns 0."""

    def __getattr__(self, name: str) -> _Library:
        return _Library()

    def __call__(self, *_: Any) -> int:
        return 0


def _namespace(**members: Any) -> types.SimpleNamespace:
    return types.SimpleNamespace(**members)


def _module(name: str, **members: Any) -> _Module:
    made = _Module(name)
    made.__path__ = []
    vars(made).update(members)
    sys.modules[name] = made
    parent, _, child = name.rpartition(".")
    if parent:
        setattr(sys.modules[parent], child, made)
    return made


def install() -> types.ModuleType:
    """Make `import xlwings` behave as on Windows with Excel; before anything else imports it."""
    _module("pythoncom", __file__="pythoncom", IID_IDispatch="IDispatch", com_error=ComError, ole_error=ComError)
    sys.modules["pythoncom"].TypeIIDs = {"IDispatch": type("PyIDispatch", (), {})}
    sys.modules["pythoncom"].CoInitialize = lambda *_: None
    _module("pywintypes", com_error=ComError, error=ComError, IID=str, TimeType=ComTime)
    for name in ("win32com", "win32com.client", "win32com.server", "win32com.server.util",
                 "win32com.server.dispatcher", "win32com.server.policy", "win32api", "win32con", "win32gui",
                 "win32event"):  # fmt: skip
        _module(name)
    sys.modules["win32com.client"].Dispatch = lambda dispatched, *_, **__: dispatched
    _module("win32process", GetWindowThreadProcessId=lambda _: (1, 1))
    _module("win32timezone", TimeZoneInfo=_namespace(utc=lambda: dt.UTC))
    true_loader, ctypes.PyDLL = ctypes.PyDLL, lambda *_: _Library()
    ctypes.windll = ctypes.oledll = _Library()
    try:
        import xlwings
        from xlwings import _xlwindows
    finally:
        ctypes.PyDLL = true_loader
    xlwings.engines.add(xlwings.Engine(impl=_xlwindows.engine))
    from xlwings import udfs

    xlwings.func, xlwings.arg, xlwings.ret, xlwings.script = udfs.xlfunc, udfs.xlarg, udfs.xlret, udfs.xlsub
    return udfs


def call(function: str, *arguments: Any, module: str = FUNCTIONS) -> Any:
    """What the cell receives: a value for 1 x 1, a row for 1 x n, else rows."""
    from xlwings.com_server import XLPython

    return XLPython().CallUDF(module, function, arguments, None, ComRange([[None]], "$Z$1"))


def imported() -> dict[str, Any]:
    """What xlwings' "import functions" leaves in a workbook: the VBA text, and the help of each function."""
    from xlwings import udfs

    components = _Components()
    helps: dict[str, Any] = {}
    application = _namespace(
        Version="16.0",
        Hwnd=1,
        MacroOptions=lambda name, **options: helps.update(
            {name: {key: options[key] for key in ("Description", "Category", "ArgumentDescriptions")}}
        ),
    )
    project = _namespace(VBComponents=components)
    book = _namespace(Name="book.xlsm", VBProject=project, Sheets=[], Worksheets=[], Application=application)
    udfs.get_udf_module(FUNCTIONS, None)
    printed, sys.stdout = sys.stdout, io.StringIO()
    try:
        udfs.import_udfs(FUNCTIONS, book)
    finally:
        sys.stdout = printed
    return {"vba": components.text, "helps": helps}


class _Components:
    text = ""

    def __call__(self, name: str) -> None:
        raise ComError(name)

    def Remove(self, component: object) -> None:
        raise AssertionError("nothing was there to remove")

    def Import(self, path: str) -> None:
        self.text = Path(path).read_text(encoding="utf-8")


def decoded(value: Any) -> Any:
    """A request's value as COM hands it over (see `Excel` in conftest.py for the other side)."""
    if isinstance(value, list):
        return ComRange([[decoded(cell) for cell in row] for row in value])
    if not isinstance(value, dict):
        return value
    if "array" in value:  # what VBA hands over from code: no range, and dates as it read them
        return tuple(tuple(decoded(cell) for cell in row) for row in value["array"])
    if "date" in value:
        moment = dt.datetime.fromisoformat(value["date"])
        return ComTime(moment.year, moment.month, moment.day, moment.hour, moment.minute, tzinfo=dt.UTC)
    return ERROR_CODES[value["error"]] if "error" in value else OMITTED


def encoded(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [encoded(part) for part in value]
    return {"date": value.isoformat()} if isinstance(value, dt.date) else value


def answer(request: dict[str, Any]) -> Any:
    if "function" not in request:
        return imported()
    arguments = [decoded(argument) for argument in request["arguments"]]
    start = time.perf_counter()
    for _ in range(request.get("times", 1)):
        found = call(request["function"], *arguments, module=request.get("module", FUNCTIONS))
    return {"cell": encoded(found), "seconds": (time.perf_counter() - start) / request.get("times", 1)}


if __name__ == "__main__":
    install()
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), flush=True)
