"""A person at a LibreOffice with our buttons, for tests: run by the system's Python, told what to do in JSON lines.

    {"do": "open", "path": …}                      {"do": "press", "verb": …, "answers": […], "today": "2026-10-31"}
    {"do": "type", "sheet": …, "cell": "C5", "value": …}
    {"do": "select", "sheet": …, "cell": …}        {"do": "read", "sheet": …} -> all values
    {"do": "mode", "calculation": "manual"}        {"do": "look"} -> what a person sees of the desk
    {"do": "save"} {"do": "close"} {"do": "picture", "sheet": …, "path": PDF} {"do": "quit"}

The first argument is LibreOffice's program. Each line is answered by one: {"ok": …} or {"failed": …}.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import os
import subprocess
import sys
import tempfile
import time
import traceback
from pathlib import Path
from typing import Any

import uno  # type: ignore[import-not-found]
import xlwings as xw
from com.sun.star.connection import NoConnectException  # type: ignore[import-not-found]
from uno_engine import App, Engine, property_value

from tierbook import jobs
from tierbook.excel.buttons import verbs as buttons

FORMULAS = 16
"""com.sun.star.sheet.CellFlags.FORMULA"""


class Office:
    """LibreOffice with a profile and a pipe of its own."""

    def __init__(self, program: str, folder: Path) -> None:
        pipe = f"tierbook-desk-{os.getpid()}"
        command = [program, f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless", "--norestore"]
        self._process = subprocess.Popen(
            [*command, "--nologo", f"--accept=pipe,name={pipe};urp;"],
            env={**os.environ, "HOME": str(folder), "PYTHONPATH": ""},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self.desktop = self._connected(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")

    @staticmethod
    def _connected(address: str) -> Any:
        here = uno.getComponentContext()
        resolver = here.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", here)
        deadline = time.monotonic() + 120
        while True:
            try:
                context = resolver.resolve(address)
                break
            except NoConnectException:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)
        return context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)

    def end(self) -> None:
        with contextlib.suppress(Exception):  # the bridge breaks off when the office ends
            self.desktop.terminate()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()


class Person:
    """What a person does; each gives what they see, fit for JSON."""

    def __init__(self, desktop: Any) -> None:
        engine = xw.Engine(impl=Engine(desktop))
        xw.engines.add(engine)
        engine.activate()
        self.app: App = engine.impl.apps[1]

    @property
    def book(self) -> Any:
        return self.app.books.active

    def open(self, path: str) -> Any:
        self.app.books.open(path)
        return self.look()

    def press(self, verb: str, answers: list[str] | None = None, today: str = "", breaks: bool = False) -> Any:
        """Press a button; `breaks`: the job behind it has a fault nobody thought of."""
        self.app.alerts.clear()
        self.app.bars.clear()
        self.app.answers[:] = answers or []
        if today:
            buttons.today = lambda: dt.date.fromisoformat(today)
        start = time.perf_counter()
        right = getattr(jobs, verb, None)
        if breaks:
            setattr(jobs, verb, lambda *_: 1 // 0)
        try:
            buttons.press(verb)
        finally:
            if breaks:
                setattr(jobs, verb, right)
        return {**self.look(), "alerts": self.app.alerts, "bars": self.app.bars, "seconds": time.perf_counter() - start}

    def type(self, sheet: str, cell: str, value: Any) -> Any:
        self.book.sheets(sheet).range(cell).raw_value = value

    def words(self, sheet: str, cell: str, value: str) -> Any:
        """A text that stands there as text, whatever it looks like (pasted, or from another program)."""
        self.book.sheets(sheet).range(cell).api.getCellByPosition(0, 0).setString(value)

    def select(self, sheet: str, cell: str) -> Any:
        self.book.sheets(sheet).activate()
        self.book.sheets(sheet).range(cell).select()

    def read(self, sheet: str) -> Any:
        rows = self.book.sheets(sheet).used_range.raw_value
        return [[cell.isoformat() if isinstance(cell, dt.datetime) else cell for cell in row] for row in rows]

    def formulas(self, sheet: str) -> Any:
        """Addresses of the cells of a sheet that are formulas, as one text."""
        return self.book.sheets(sheet).used_range.api.queryContentCells(FORMULAS).getRangeAddressesAsString()

    def mode(self, calculation: str) -> Any:
        self.app.calculation = calculation

    def look(self) -> Any:
        if not len(self.app.books):
            return {"book": ""}
        selection = self.app.selection
        return {
            "book": self.book.fullname,
            "sheets": [sheet.name for sheet in self.book.sheets],
            "sheet": self.book.sheets.active.name,
            "selection": selection.address if selection else "",
            "calculation": self.app.calculation,
            "updating": self.app.screen_updating,
            "bar": self.app.status_bar,
            "saved": self.book.api.Saved,
        }

    def save(self) -> Any:
        self.book.save()

    def close(self) -> Any:
        self.book.close()

    def picture(self, sheet: str, path: str) -> Any:
        """The sheet alone as a PDF, one page wide."""
        document = self.book.document
        page = self.book.sheets(sheet)
        style = document.StyleFamilies.getByName("PageStyles").getByName(page.sheet.PageStyle)
        style.IsLandscape, style.Width, style.Height = True, 29700, 21000
        style.ScaleToPagesX, style.ScaleToPagesY = 1, 0
        chosen = uno.Any("[]com.sun.star.beans.PropertyValue", (property_value("Selection", page.used_range.api),))
        options = (property_value("FilterName", "calc_pdf_Export"), property_value("FilterData", chosen))
        document.storeToURL(uno.systemPathToFileUrl(path), options)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        office = Office(sys.argv[1], Path(folder))
        person = Person(office.desktop)
        answers = sys.stdout
        print(json.dumps({"ok": None}), file=answers, flush=True)
        try:
            for line in sys.stdin:
                asked = json.loads(line)
                does = asked.pop("do")
                if does == "quit":
                    break
                try:
                    told = {"ok": getattr(person, does)(**asked)}
                except Exception:
                    told = {"failed": traceback.format_exc()}
                print(json.dumps(told, ensure_ascii=False, default=str), file=answers, flush=True)
        finally:
            office.end()


if __name__ == "__main__":
    main()
