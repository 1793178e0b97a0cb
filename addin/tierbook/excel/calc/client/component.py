"""The add-in component itself: LibreOffice calls its methods, one for each worksheet function.

It stands alone in the extension, beside the package `tierbook_calc` (see `build`). Its methods are made from the
signatures that the build wrote down; the interface they fill is in `types.rdb`.
"""

# mypy: ignore-errors
# ruff: noqa: N802, N816 - names that LibreOffice calls
# LibreOffice makes these classes while it runs; no checker knows them.

from __future__ import annotations

import datetime as dt
from collections import OrderedDict

import uno
import unohelper
from tierbook_calc.excel.calc.client import office

INTERFACE = "org.tierbook.XCustomerFunctions"
SERVICE = "org.tierbook.CustomerFunctions"
TABLES = 64
"""Tables kept, so that the same answer is the same object: Calc keeps a listener for each as long as it runs."""
_EXCELS_DAY_0 = dt.date(1899, 12, 30)


class OpenDocument:
    """A document of LibreOffice, as `document.Document` describes it; None while LibreOffice has none."""

    def __init__(self, model):
        self._model = model

    @property
    def uid(self):
        return "" if self._model is None else self._model.RuntimeUID

    @property
    def path(self):
        url = self._model.URL
        return uno.fileUrlToSystemPath(url) if url.startswith("file:") else url

    @property
    def days_after_excel(self):
        if self._model is None:
            return 0.0
        first = self._model.NullDate
        return float((dt.date(first.Year, first.Month, first.Day) - _EXCELS_DAY_0).days)

    def sheets(self):
        return () if self._model is None else self._model.Sheets.ElementNames

    def cells(self, sheet):
        found = self._model.Sheets.getByName(sheet)
        cursor = found.createCursor()
        cursor.gotoEndOfUsedArea(False)
        last = cursor.RangeAddress
        return found.getCellRangeByPosition(0, 0, last.EndColumn, last.EndRow).getDataArray()


class Table(unohelper.Base, uno.getClass("com.sun.star.sheet.XVolatileResult")):
    """Rows for Calc: a method may not return them with their type, but an event may carry them.

    Texts alone go as texts: only those Calc can compare (see `cells.table`).
    """

    def __init__(self, rows):
        texts = all(isinstance(cell, str) for row in rows for cell in row)
        self._rows = uno.Any("[][]string" if texts else "[][]any", rows)

    def addResultListener(self, listener):
        event = uno.createUnoStruct("com.sun.star.sheet.ResultEvent")
        event.Value = self._rows
        listener.modified(event)

    def removeResultListener(self, listener):
        pass


class CustomerFunctions(
    unohelper.Base,
    uno.getClass(INTERFACE),
    uno.getClass("com.sun.star.lang.XServiceInfo"),
    uno.getClass("com.sun.star.lang.XServiceName"),
):
    def __init__(self, context):
        self._office = office.Office(_language(context))
        self._tables = OrderedDict()

    def getServiceName(self):
        return SERVICE

    def getImplementationName(self):
        return SERVICE

    def supportsService(self, name):
        return name == SERVICE

    def getSupportedServiceNames(self):
        return (SERVICE,)

    def called(self, method, model, values):
        answer = self._office.answer(OpenDocument(model), method, values)
        return self._table(answer) if isinstance(answer, tuple) else answer

    def _table(self, rows):
        table = self._tables.pop(rows, None) or Table(rows)
        self._tables[rows] = table
        while len(self._tables) > TABLES:
            self._tables.popitem(last=False)
        return table


def _method(name):
    def method(self, document, *values):
        return self.called(name, document, values)

    return method


for _name in office.METHODS:
    setattr(CustomerFunctions, _name, _method(_name))


def _language(context):
    """The language of LibreOffice's own menus, such as zh-CN."""
    provider = context.ServiceManager.createInstanceWithContext(
        "com.sun.star.configuration.ConfigurationProvider", context
    )
    node = uno.createUnoStruct("com.sun.star.beans.NamedValue")
    node.Name, node.Value = "nodepath", "/org.openoffice.Setup/L10N"
    access = provider.createInstanceWithArguments("com.sun.star.configuration.ConfigurationAccess", (node,))
    return access.getByName("ooLocale")


g_ImplementationHelper = unohelper.ImplementationHelper()
g_ImplementationHelper.addImplementation(CustomerFunctions, SERVICE, (SERVICE,))
