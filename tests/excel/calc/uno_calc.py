"""A Calc to ask, run by the Python that has `uno`: one JSON object a line on stdin, one answer a line on stdout.

    /usr/bin/python3 uno_calc.py PROFILE_FOLDER

It starts a LibreOffice of its own on a private pipe, with a profile in that folder, and ends it when stdin ends.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import uuid
from pathlib import Path

import uno
import unohelper

ALWAYS_CALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry"><item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item></oor:items>"""
VALUE = 1  # com.sun.star.sheet.FormulaResult
FILTERS = {".xlsx": "Calc MS Excel 2007 XML", ".ods": "calc8"}


class Office:
    """LibreOffice without windows; `documents` are known by numbers."""

    def __init__(self, profile):
        self.profile = Path(profile)
        self.documents = {}
        self.desktop = None
        self._made = 0

    def start(self):
        user = self.profile / "user"
        if not user.exists():
            user.mkdir(parents=True)
            (user / "registrymodifications.xcu").write_text(ALWAYS_CALCULATE)
        pipe = f"tierbook{uuid.uuid4().hex[:12]}"
        self.process = subprocess.Popen(
            ["soffice", "--headless", "--norestore", "--nologo", "--nodefault",
             f"-env:UserInstallation={self.profile.as_uri()}", f"--accept=pipe,name={pipe};urp;"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        local = uno.getComponentContext()
        resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
        deadline = time.monotonic() + 90
        while True:
            try:
                self.context = resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
                break
            except uno.getClass("com.sun.star.connection.NoConnectException"):
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.2)
        self.desktop = self._service("com.sun.star.frame.Desktop")

    def stop(self):
        """Ends LibreOffice, if it runs."""
        desktop, self.desktop = self.desktop, None
        if desktop is not None:
            try:
                desktop.terminate()
            except uno.getClass("com.sun.star.lang.DisposedException"):
                pass  # gone before it could answer
            self.process.wait(30)

    def _service(self, name):
        return self.context.ServiceManager.createInstanceWithContext(name, self.context)

    def install(self, extension):
        """As Tools - Extensions does; `unopkg` refuses root."""
        manager = self.context.getValueByName("/singletons/com.sun.star.deployment.ExtensionManager")
        manager.addExtension(Path(extension).as_uri(), (), "user", None, Approving())

    def configured(self, locale, function):
        """What our configuration says of a function in a language, whatever language the menus have."""
        provider = self._service("com.sun.star.configuration.ConfigurationProvider")
        path = "/org.openoffice.Office.CalcAddIns/AddInInfo/org.tierbook.CustomerFunctions/AddInFunctions/" + function
        named = values(nodepath=path, Locale=locale)
        node = provider.createInstanceWithArguments("com.sun.star.configuration.ConfigurationAccess", named)
        arguments = node.Parameters
        named = {key: arguments.getByName(key) for key in arguments.ElementNames}
        return {
            "name": node.DisplayName,
            "help": node.Description,
            "arguments": {key: [one.DisplayName, one.Description] for key, one in named.items()},
        }

    def described(self):
        """What the function wizard says of our functions."""
        told = self._service("com.sun.star.sheet.FunctionDescriptions")
        found = {}
        for place in range(told.Count):
            one = {each.Name: each.Value for each in told.getByIndex(place)}
            if one["Name"].startswith("CUST_"):
                arguments = [[each.Name, each.Description, each.IsOptional] for each in one["Arguments"] or ()]
                found[one["Name"]] = {"help": one["Description"], "arguments": arguments}
        return found

    def open(self, path=""):
        url = Path(path).as_uri() if path else "private:factory/scalc"
        self._made += 1
        self.documents[self._made] = self.desktop.loadComponentFromURL(url, "_blank", 0, values(Hidden=True))
        return self._made

    def save(self, document, path):
        self.documents[document].storeToURL(Path(path).as_uri(), values(FilterName=FILTERS[Path(path).suffix]))

    def close(self, document):
        self.documents.pop(document).close(True)

    def put(self, document, cell, value, sheet=0):
        one = self._cell(document, cell, sheet)
        if isinstance(value, str) and value.startswith("="):
            one.Formula = ""
            one.Formula = value
        elif isinstance(value, str):
            one.String = value
        else:
            one.Value = float(value)

    def spread(self, document, cells, formula, sheet=0):
        self._cell(document, cells, sheet).ArrayFormula = formula

    def fill(self, document, cells, formulas, sheet=0):
        self._cell(document, cells, sheet).setFormulaArray(tuple(map(tuple, formulas)))

    def calculate(self, document):
        """Ctrl+Shift+F9; the seconds it takes."""
        start = time.perf_counter()
        self.documents[document].calculateAll()
        return time.perf_counter() - start

    def shown(self, document, cells, sheet=0):
        """Of each cell what it shows: a number, a text, or an error's text."""
        area = self._cell(document, cells, sheet)
        address = area.RangeAddress
        rows = range(address.EndRow - address.StartRow + 1)
        columns = range(address.EndColumn - address.StartColumn + 1)
        return [[seen(area.getCellByPosition(column, row)) for column in columns] for row in rows]

    def values(self, document, cells, sheet=0):
        """The same for many cells; an error is null."""
        return self._cell(document, cells, sheet).getDataArray()

    def formulas(self, document, cells, sheet=0):
        return self._cell(document, cells, sheet).getFormulaArray()

    def null_date(self, document, year, month, day):
        date = uno.createUnoStruct("com.sun.star.util.Date")
        date.Year, date.Month, date.Day = year, month, day
        self.documents[document].NullDate = date

    def _cell(self, document, cells, sheet):
        sheets = self.documents[document].Sheets
        found = sheets.getByName(sheet) if isinstance(sheet, str) else sheets.getByIndex(sheet)
        return found.getCellRangeByName(cells)


def seen(cell):
    kind = cell.Type.value
    number = kind == "VALUE" or (kind == "FORMULA" and not cell.getError() and cell.FormulaResultType2 == VALUE)
    return cell.Value if number else cell.String


def values(**named):
    made = []
    for name, value in named.items():
        one = uno.createUnoStruct("com.sun.star.beans.PropertyValue")
        one.Name, one.Value = name, value
        made.append(one)
    return tuple(made)


class Approving(
    unohelper.Base,
    uno.getClass("com.sun.star.ucb.XCommandEnvironment"),
    uno.getClass("com.sun.star.task.XInteractionHandler"),
):
    """Says yes to the questions of an installation."""

    def getInteractionHandler(self):
        return self

    def getProgressHandler(self):
        return None

    def handle(self, request):
        for choice in request.getContinuations():
            approve = choice.queryInterface(uno.getTypeByName("com.sun.star.task.XInteractionApprove"))
            if approve is not None:
                approve.select()


def main():
    office = Office(sys.argv[1])
    try:
        for line in sys.stdin:
            asked = json.loads(line)
            try:
                answer = {"value": getattr(office, asked["do"])(*asked["with"])}
            except Exception as reason:
                answer = {"error": f"{type(reason).__name__}: {reason}"}
            print(json.dumps(answer), flush=True)
    finally:
        office.stop()


if __name__ == "__main__":
    os.chdir(sys.argv[1])
    main()
