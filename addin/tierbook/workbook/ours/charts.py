"""Charts of a donor, with every default written out.

XlsxWriter writes charts as Excel 2007 did and leaves out what is false. In a book that a newer program saved, Excel
and LibreOffice take what is left out for true: labels then show series, category and legend key as well, corners
are round, axes vanish.
"""

from __future__ import annotations

from collections.abc import Sequence

from lxml import etree

from ..package.opc import Package
from ..package.xml_parts import children, dump, local_name

CHART_TYPE = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"

_C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
_SHOWS = ("showLegendKey", "showVal", "showCatName", "showSerName", "showPercent", "showBubbleSize")

_DEFAULTS: dict[str, tuple[tuple[str, Sequence[str]], ...]] = {
    "chartSpace": (("roundedCorners", ("date1904", "lang")),),
    "title": (("overlay", ("tx", "layout")),),
    "legend": (("overlay", ("legendPos", "legendEntry", "layout")),),
    "catAx": (("delete", ("axId", "scaling")), ("noMultiLvlLbl", ("*",))),
    "valAx": (("delete", ("axId", "scaling")),),
    "dateAx": (("delete", ("axId", "scaling")),),
    "barChart": (("varyColors", ("barDir", "grouping")),),
    "lineChart": (("varyColors", ("grouping",)),),
    "areaChart": (("varyColors", ("grouping",)),),
    "dLbls": tuple(
        (name, ("dLbl", "numFmt", "spPr", "txPr", "dLblPos", *_SHOWS[:place])) for place, name in enumerate(_SHOWS)
    ),
}
"""Element -> what it must say: the child that defaults to false, and the children that stand before it."""


def explicit_chart(package: Package, part: str) -> bytes:
    """A chart's part with its defaults written out; what it says already stays."""
    root = package.tree(part)
    for element in [root, *root.iter(*(_C + name for name in _DEFAULTS))]:
        for name, before in _DEFAULTS.get(local_name(element), ()):
            if element.find(_C + name) is None and element.find(_C + "delete[@val='1']") is None:
                _insert(element, name, before)
    for series in root.iter(_C + "ser"):
        _settle_series(series)
    return dump(root)


def _settle_series(series: etree._Element) -> None:
    kind = local_name(series.getparent()) if series.getparent() is not None else ""  # type: ignore[arg-type]
    if kind == "barChart" and series.find(_C + "invertIfNegative") is None:
        _insert(series, "invertIfNegative", ("idx", "order", "tx", "spPr"))
    if kind == "barChart":
        for point in series.iterfind(_C + "dPt"):
            if point.find(_C + "invertIfNegative") is None:
                _insert(point, "invertIfNegative", ("idx",))
    if kind == "lineChart" and series.find(_C + "smooth") is None:
        _insert(series, "smooth", ("*",))


def _insert(parent: etree._Element, name: str, before: Sequence[str]) -> None:
    """Put `<c:name val="0"/>` behind the children that stand before it; `*` stands for all but extLst."""
    made = parent.makeelement(_C + name, {"val": "0"})
    place = 0
    for index, child in enumerate(children(parent), start=1):
        if local_name(child) in before or ("*" in before and local_name(child) != "extLst"):
            place = index
    parent.insert(place, made)
