"""Charts look the same in a book of any program: what XlsxWriter leaves to defaults is written out."""

from __future__ import annotations

import io
import zipfile

import pytest
import xlsxwriter
from lxml import etree

from tierbook.workbook.ours.charts import explicit_chart
from tierbook.workbook.package.opc import Package

C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
ORDERS = {
    "dLbls": ["numFmt", "spPr", "txPr", "dLblPos", "showLegendKey", "showVal", "showCatName", "showSerName",
              "showPercent", "showBubbleSize"],
    "catAx": ["axId", "scaling", "delete", "axPos"],
    "ser": ["idx", "order", "tx", "spPr", "invertIfNegative", "dPt", "dLbls", "cat", "val", "smooth"],
    "barChart": ["barDir", "grouping", "varyColors", "ser"],
    "legend": ["legendPos", "layout", "overlay"],
}  # fmt: skip


def book_with(kind: str) -> Package:
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream)
    sheet = book.add_worksheet()
    sheet.write_column(0, 0, [1, -2, 3])
    chart = book.add_chart({"type": kind})
    chart.add_series({"values": "=Sheet1!$A$1:$A$3", "categories": "=Sheet1!$A$1:$A$3",
                      "data_labels": {"value": True, "num_format": "0", "position": "outside_end"} if kind != "line"
                      else {"value": True}, "points": [{"fill": {"color": "#FF0000"}}]})  # fmt: skip
    chart.set_title({"name": "T"})
    sheet.insert_chart("C1", chart)
    book.close()
    return Package(stream.getvalue())


def explicit(kind: str) -> etree._Element:
    return etree.fromstring(explicit_chart(book_with(kind), "xl/charts/chart1.xml"))


@pytest.mark.parametrize("kind", ["bar", "column", "line", "doughnut", "pie"])
def test_labels_show_the_value_and_nothing_else(kind: str) -> None:
    labels = explicit(kind).find(f".//{C}dLbls")
    shown = {etree.QName(child).localname: child.get("val") for child in labels}
    assert {name: shown[name] for name in shown if name.startswith("show")} | {"showLeaderLines": None} == {
        "showLegendKey": "0", "showVal": "1", "showCatName": "0", "showSerName": "0", "showPercent": "0",
        "showBubbleSize": "0", "showLeaderLines": None,
    }  # fmt: skip


@pytest.mark.parametrize("kind", ["bar", "column", "line"])
def test_axes_stay_corners_are_square_bars_below_zero_keep_their_colour(kind: str) -> None:
    root = explicit(kind)
    assert [axis.find(C + "delete").get("val") for axis in root.iter(C + "catAx", C + "valAx")] == ["0", "0"]
    assert root.find(C + "roundedCorners").get("val") == "0"
    bars = [one.get("val") for one in root.iter(C + "invertIfNegative")]
    assert bars == ([] if kind == "line" else ["0", "0"])


@pytest.mark.parametrize("kind", ["bar", "column", "line", "doughnut", "pie"])
def test_children_stand_in_the_order_of_the_schema(kind: str) -> None:
    for element in explicit(kind).iter():
        order = ORDERS.get(etree.QName(element).localname)
        if order:
            places = [order.index(name) for child in element if (name := etree.QName(child).localname) in order]
            assert places == sorted(places)


def test_what_a_chart_says_already_stays() -> None:
    package = book_with("bar")
    once = explicit_chart(package, "xl/charts/chart1.xml")
    with zipfile.ZipFile(io.BytesIO(package.to_bytes())) as made:
        assert made.read("xl/charts/chart1.xml") == once
    assert explicit_chart(Package(package.to_bytes()), "xl/charts/chart1.xml") == once
