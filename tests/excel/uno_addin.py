"""What LibreOffice sees in macro books: modules, buttons and what they run, and what a macro answers.

Runs under the Python that has LibreOffice's `uno`. One JSON object on stdin: {"books": {name: path}, "asked":
[[name, "macro", library, module, macro, arguments] or [name, "cell", sheet, address], ...], "saved": {name: path to
save to}}; one on stdout.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import uno
from com.sun.star.beans import PropertyValue
from com.sun.star.connection import NoConnectException

MACRO_FILTER = "Calc MS Excel 2007 VBA XML"


def desktop(pipe: str) -> Any:
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
    for _ in range(240):
        try:
            context = resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
        except NoConnectException:
            time.sleep(0.5)
        else:
            return context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
    raise SystemExit("LibreOffice did not start")


def opened(office: Any, path: str) -> Any:
    wanted = [PropertyValue(Name="Hidden", Value=True), PropertyValue(Name="MacroExecutionMode", Value=4)]
    if path.endswith(".xlam"):
        wanted.append(PropertyValue(Name="FilterName", Value=MACRO_FILTER))
    return office.loadComponentFromURL(Path(path).as_uri(), "_blank", 0, tuple(wanted))


def modules(book: Any) -> dict[str, str]:
    """Module -> source, of the first library."""
    libraries = book.BasicLibraries
    found = {}
    for name in libraries.ElementNames:
        libraries.loadLibrary(name)
        library = libraries.getByName(name)
        found |= {module: library.getByName(module) for module in library.ElementNames}
    return found


def buttons(book: Any) -> dict[str, list[list[str]]]:
    """Sheet -> caption and macro of each button."""
    found = {}
    for sheet in book.Sheets:
        forms = sheet.DrawPage.Forms
        controls = [(form, place) for form in forms for place in range(form.Count)]
        found[sheet.Name] = [
            [form.getByIndex(place).Label, event.ScriptCode]
            for form, place in controls
            for event in form.getScriptEvents(place)
        ]
    return found


def answer(book: Any, library: str, module: str, macro: str, arguments: list[Any]) -> Any:
    url = f"vnd.sun.star.script:{library}.{module}.{macro}?language=Basic&location=document"
    return book.getScriptProvider().getScript(url).invoke(tuple(arguments), (), ())[0]


def cell(book: Any, sheet: str, address: str) -> str:
    text: str = book.Sheets.getByName(sheet).getCellRangeByName(address).String
    return text


def told(office: Any, request: dict[str, Any]) -> dict[str, Any]:
    """Books are opened when they are first asked about, so that the one asked is in front; the others at the end."""
    books: dict[str, Any] = {}
    answers = []
    for name, kind, *where in request["asked"]:
        if name not in books:
            books[name] = opened(office, request["books"][name])
        answers.append(cell(books[name], *where) if kind == "cell" else answer(books[name], *where))
    for name, path in request["books"].items():
        books.setdefault(name, None)
        books[name] = books[name] or opened(office, path)
    for name, path in request["saved"].items():
        books[name].storeToURL(Path(path).as_uri(), (PropertyValue(Name="FilterName", Value=MACRO_FILTER),))
    return {
        "answers": answers,
        "books": {
            name: {
                "modules": modules(book),
                "buttons": buttons(book),
                "code_names": [sheet.CodeName for sheet in book.Sheets],
            }
            for name, book in books.items()
        },
    }


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        pipe = f"tierbook{os.getpid()}"
        process = subprocess.Popen(
            ["soffice", "--headless", "--norestore", "--nologo", f"-env:UserInstallation={Path(folder).as_uri()}",
             f"--accept=pipe,name={pipe};urp;"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            print(json.dumps(told(desktop(pipe), json.load(sys.stdin))))
        finally:
            process.terminate()
            process.wait(30)


if __name__ == "__main__":
    main()
