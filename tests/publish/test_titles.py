"""A sheet people renamed goes into the donor under the name it has in their book."""

from __future__ import annotations

import re
from collections.abc import Callable

from tierbook.publish import owned_sheets
from tierbook.publish.records import Report
from tierbook.workbook.package.opc import Package
from tierbook.workbook.package.sheet_list import named, sheets

TITLES = {"dashboard": "总览 A", "tasks": "张三的任务", "portraits": "P&L"}


def test_charts_footers_and_the_stamp_speak_of_the_sheets_by_the_names_given(company: Callable[..., Report]) -> None:
    report = company(30)
    data, owned = owned_sheets(report.engine, report.model, report.stamp, report.cleaned, report.scored, report.tasks,
                               report.moves, report.language, report.kept, TITLES)  # fmt: skip
    names = {one.mark: one.name for one in owned}
    assert TITLES.items() <= names.items()
    assert names["tiers"] == "分层"
    package = Package(data)
    dashboard = named(sheets(package), "总览 A")
    assert dashboard is not None
    charts = [part for part in package.reachable(dashboard.part).values() if "charts/" in part]
    formulas = [formula for part in charts for formula in re.findall(r"<c:f>(.*?)</c:f>", package.read(part).decode())]
    assert {formula.split("!")[0] for formula in formulas} == {"'总览 A'"}
    assert "总览 A&amp;C" in package.read(dashboard.part).decode()
    stamp = package.read((named(sheets(package), "_tierbook") or dashboard).part).decode()
    strings = package.read("xl/sharedStrings.xml").decode() + stamp
    assert "<t>张三的任务</t>" in strings
    assert "<t>P&amp;L</t>" in strings
