"""Charts as SVG: every figure is told, nothing that comes from outside is markup."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from itertools import pairwise

import pytest

from tierbook.pages import charts
from tierbook.pages.charts import Bar, Series

HOSTILE = '</text><script>alert("1")</script>&\x07'


def words(svg: str) -> list[str]:
    """All texts of a drawing, in order. Parsing also proves that it is well-formed."""
    return [node.text or "" for node in ET.fromstring(svg).iter() if node.tag.endswith("}text")]


def boxes(svg: str) -> list[float]:
    return [float(node.attrib["width"]) for node in ET.fromstring(svg).iter() if node.tag.endswith("}rect")]


def test_bars_are_as_long_as_their_figures_and_each_is_labelled():
    drawn = charts.bars([Bar("VIP", 20, "20"), Bar("潜力", 10, "10"), Bar("低价值", 0, "0")], title="客户数")
    assert words(drawn) == ["VIP", "20", "潜力", "10", "低价值", "0"]
    first, second, third = boxes(drawn)
    assert first == pytest.approx(2 * second, abs=0.2)
    assert third == 0


def test_a_bar_may_have_a_second_part_behind_the_first():
    drawn = charts.bars([Bar("张伟", 3, "3", rest=9, rest_label="9")])
    late, rest = boxes(drawn)
    assert rest == pytest.approx(3 * late, abs=0.3)
    assert words(drawn) == ["张伟", "3 + 9"]


def test_shares_fill_the_width_and_each_stands_in_the_line_below():
    drawn = charts.shares([Bar("VIP", 75, "75.0%"), Bar("一般", 25, "25.0%")], width=400)
    assert sum(sorted(boxes(drawn))[-2:]) == pytest.approx(400, abs=3)
    assert {"VIP 75.0%", "一般 25.0%"} <= set(words(drawn))


@pytest.mark.parametrize("draw", [
    lambda name: charts.bars([Bar(name, 1, name)], title=name),
    lambda name: charts.shares([Bar(name, 1, name)], title=name),
    lambda name: charts.columns([Bar(name, 1, name)], title=name),
    lambda name: charts.lines([Series(name, [1.0, 2.0], [name, name])], [name, name], title=name),
], ids=["bars", "shares", "columns", "lines"])  # fmt: skip
def test_text_from_outside_stays_text(draw):
    drawn = draw(HOSTILE)
    assert {node.tag.rpartition("}")[2] for node in ET.fromstring(drawn).iter()} <= {
        "svg", "title", "text", "rect", "line", "polyline", "circle"}  # fmt: skip
    assert "<script" not in drawn


def test_a_long_name_is_cut_and_says_so():
    assert charts.cut("上海申江精密机械有限公司", 80).endswith("…")
    assert charts.cut("VIP", 80) == "VIP"
    [name, _] = words(charts.bars([Bar("很长" * 40, 1, "1")]))
    assert name.endswith("…")


def test_columns_below_zero_hang_from_the_line():
    drawn = charts.columns([Bar("7月", 10, "10"), Bar("8月", -10, "-10")])
    tops = [float(node.attrib["y"]) for node in ET.fromstring(drawn).iter() if node.tag.endswith("}rect")]
    line = next(float(node.attrib["y1"]) for node in ET.fromstring(drawn).iter() if node.tag.endswith("}line"))
    assert tops[0] < line
    assert tops[1] == line


def test_a_value_nobody_knows_breaks_the_line():
    drawn = charts.lines([Series("CSAT", [4.0, 4.5, None, 4.2, None, 3.9], ["4.00", "4.50", "–", "4.20", "–", "3.90"])],
                         [f"26-0{month}" for month in range(1, 7)])  # fmt: skip
    assert drawn.count("<polyline") == 1  # January to February; single months are dots
    assert drawn.count("<circle") == 3  # April, June, and the end of the line
    assert "CSAT 3.90" in words(drawn)


def test_names_at_the_ends_of_lines_do_not_cover_each_other():
    near = [Series(name, [1.0, 1.0 + place / 1000], ["1", name]) for place, name in enumerate("甲乙丙丁")]
    drawn = charts.lines(near, ["7月", "8月"])
    ends = sorted(float(y) for y in re.findall(r'y="([\d.]+)" font-size="12"', drawn))
    assert len(ends) == 4
    assert min(later - sooner for sooner, later in pairwise(ends)) >= 14


@pytest.mark.parametrize(("values", "rulers"), [
    ([0.0, 1.0], ["0%", "50%", "100%"]), ([0.61, 0.78], ["60%", "65%", "70%", "75%"]), ([0.5, 0.5], None),
])  # fmt: skip
def test_rulers_stand_at_round_figures(values, rulers):
    drawn = charts.lines([Series("a", values, ["", ""])], ["x", "y"], shown=lambda value: f"{value:.0%}")
    told = [word for word in words(drawn) if word.endswith("%")]
    assert told == rulers if rulers else 2 <= len(told) <= 6


@pytest.mark.parametrize("drawn", [
    charts.bars([]), charts.shares([]), charts.columns([]), charts.lines([], []),
    charts.lines([Series("a", [None], ["–"])], ["x"]), charts.bars([Bar("a", 0, "0")]),
])  # fmt: skip
def test_nothing_to_draw_is_still_a_drawing(drawn):
    assert ET.fromstring(drawn).tag.endswith("}svg")


def test_one_month_alone_is_a_dot():
    assert "<circle" in charts.lines([Series("a", [3.0], ["3"])], ["x"])
