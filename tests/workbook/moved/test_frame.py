"""A sheet's own XML follows its rows. Each case is the XML before and after."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from tierbook.workbook.moved import RowMap
from tierbook.workbook.moved.frame import move_frame
from tierbook.workbook.moved.ranges import Range, parse_range
from tierbook.workbook.package.xml_parts import MAIN

TURNED = RowMap(2, 4, 6, {2: 5, 3: 4, 4: 3}, 0, 3)
"""Rows 2..5 become 2..7: upside down, two new ones, row 5 leaves."""
SHORTER = RowMap(2, 4, 2, {3: 2, 4: 3}, 0, 3)
X14 = 'xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"'
XM = 'xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main"'
XDR = 'xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing"'
R = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'


def sheet(inside: str) -> etree._Element:
    return etree.fromstring(f'<worksheet xmlns="{MAIN[1:-1]}" {R} {X14} {XM} {XDR}><sheetData/>{inside}</worksheet>')


def assert_becomes(before: str, after: str, moved: RowMap = TURNED) -> None:
    root = sheet(before)
    move_frame(root, moved, "任务")
    assert etree.tostring(root, encoding="unicode") == etree.tostring(sheet(after), encoding="unicode")


def test_merged_cells_go_with_their_rows() -> None:
    assert_becomes(
        '<mergeCells count="4"><mergeCell ref="A1:D1"/><mergeCell ref="B2:C2"/><mergeCell ref="A3:A4"/>'
        '<mergeCell ref="A8:B9"/></mergeCells>',
        '<mergeCells count="4"><mergeCell ref="A1:D1"/><mergeCell ref="B5:C5"/><mergeCell ref="A3:A4"/>'
        '<mergeCell ref="A10:B11"/></mergeCells>',
    )


@pytest.mark.parametrize("merge", ["B2:C5", "A5:B5", "A1:A2", "C3:E3", "A4:A8"])
def test_merged_cells_whose_rows_were_parted_are_no_longer_merged(merge: str) -> None:
    assert_becomes(f'<mergeCells count="1"><mergeCell ref="{merge}"/></mergeCells>', "")


def test_merged_cells_beside_the_table_stay() -> None:
    box = '<mergeCells count="1"><mergeCell ref="F2:F5"/></mergeCells>'
    assert_becomes(box, box)


def test_merged_cells_never_overlap_when_rows_move_up() -> None:
    assert_becomes(
        '<mergeCells count="2"><mergeCell ref="F3:F5"/><mergeCell ref="F6:G6"/></mergeCells>',
        '<mergeCells count="1"><mergeCell ref="F3:F5"/></mergeCells>',
        SHORTER,
    )


def test_what_is_pushed_off_the_sheet_is_taken_out() -> None:
    assert_becomes(
        '<mergeCells><mergeCell ref="A1048575:B1048576"/></mergeCells>'
        '<cellWatches><cellWatch r="A1048575"/></cellWatches><rowBreaks><brk id="1048575"/></rowBreaks>',
        "",
    )


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 14), st.integers(0, 7), st.integers(0, 4), st.integers(0, 3)), max_size=8),
    st.permutations(range(2, 8)),
    st.integers(1, 9),
    st.integers(0, 6),
)
def test_merged_cells_never_come_to_overlap(
    drawn: list[tuple[int, int, int, int]], order: list[int], after: int, stay: int
) -> None:
    merges: list[Range] = []
    for top, left, down, right in drawn:
        cells = Range(top, left, top + down, left + right)
        if not any(map(cells.touches, merges)):
            merges.append(cells)
    moved = RowMap(2, 6, after, dict(zip(order[: min(stay, after)], range(2, 2 + after), strict=False)), 1, 4)
    written = "".join(f'<mergeCell ref="{cells}"/>' for cells in merges)
    root = sheet(f"<mergeCells>{written}</mergeCells>")
    move_frame(root, moved, "任务")
    left_over = [parse_range(merge.get("ref", "")) for merge in root.iter(MAIN + "mergeCell")]
    assert not any(one and two and one.touches(two) for one, two in combinations(left_over, 2))


def test_a_conditional_format_over_the_body_stretches_and_its_formula_stays() -> None:
    assert_becomes(
        '<conditionalFormatting sqref="A2:D5"><cfRule type="expression" priority="1"><formula>$C2="x"</formula>'
        "</cfRule></conditionalFormatting>",
        '<conditionalFormatting sqref="A2:D7"><cfRule type="expression" priority="1"><formula>$C2="x"</formula>'
        "</cfRule></conditionalFormatting>",
    )


def test_a_conditional_format_that_begins_elsewhere_is_written_for_its_new_place() -> None:
    assert_becomes(
        '<conditionalFormatting sqref="A2:D2"><cfRule type="expression" priority="1"><formula>$C2&gt;$F$9</formula>'
        '</cfRule></conditionalFormatting><conditionalFormatting sqref="A9"><cfRule type="colorScale" priority="2">'
        '<colorScale><cfvo type="num" val="$B$9"/><cfvo type="max"/></colorScale></cfRule></conditionalFormatting>',
        '<conditionalFormatting sqref="A5:D5"><cfRule type="expression" priority="1"><formula>$C5&gt;$F$11</formula>'
        '</cfRule></conditionalFormatting><conditionalFormatting sqref="A11"><cfRule type="colorScale" priority="2">'
        '<colorScale><cfvo type="num" val="$B$11"/><cfvo type="max"/></colorScale></cfRule></conditionalFormatting>',
    )


def test_rules_outside_the_body_name_cells_and_follow_them() -> None:
    rule = (
        '<conditionalFormatting sqref="{}"><cfRule type="expression" priority="1"><formula>{}</formula></cfRule>'
        "</conditionalFormatting>"
    )
    assert_becomes(rule.format("B1", "B8+B2&gt;0"), rule.format("B1", "B10+B5&gt;0"))
    assert_becomes(rule.format("A8:B8", "A8&gt;A1"), rule.format("A10:B10", "A10&gt;A1"))


def test_a_conditional_format_that_loses_its_first_columns_is_written_for_the_next() -> None:
    assert_becomes(
        '<conditionalFormatting sqref="A5 C3"><cfRule type="expression" priority="1"><formula>A3&lt;A$1</formula>'
        "</cfRule></conditionalFormatting>",
        '<conditionalFormatting sqref="C4"><cfRule type="expression" priority="1"><formula>C4&lt;C$1</formula>'
        "</cfRule></conditionalFormatting>",
    )


def test_rules_of_rows_that_left_go_and_leave_no_empty_box() -> None:
    assert_becomes(
        '<conditionalFormatting sqref="A5:D5"><cfRule type="expression" priority="1"><formula>$C5=1</formula>'
        '</cfRule></conditionalFormatting><dataValidations count="1"><dataValidation type="list" sqref="B5">'
        '<formula1>"是,否"</formula1></dataValidation></dataValidations><hyperlinks><hyperlink ref="A5" r:id="rId1"/>'
        '</hyperlinks><extLst><ext uri="{x}"><x14:conditionalFormattings><x14:conditionalFormatting><x14:cfRule/>'
        "<xm:sqref>A5</xm:sqref></x14:conditionalFormatting></x14:conditionalFormattings></ext></extLst>",
        "",
    )


def test_validations_follow_and_are_counted() -> None:
    assert_becomes(
        '<dataValidations count="3"><dataValidation type="list" sqref="B2:B5"><formula1>"是,否"</formula1>'
        '</dataValidation><dataValidation type="custom" sqref="C3"><formula1>C3&gt;C2</formula1></dataValidation>'
        '<dataValidation type="list" sqref="D5"><formula1>$F$2:$F$5</formula1></dataValidation></dataValidations>',
        '<dataValidations count="2"><dataValidation type="list" sqref="B2:B7"><formula1>"是,否"</formula1>'
        '</dataValidation><dataValidation type="custom" sqref="C4"><formula1>C4&gt;C3</formula1></dataValidation>'
        "</dataValidations>",
    )


def test_rules_of_the_newer_form_follow() -> None:
    assert_becomes(
        '<extLst><ext uri="{a}"><x14:conditionalFormattings><x14:conditionalFormatting><x14:cfRule type="dataBar">'
        '<x14:dataBar><x14:cfvo type="formula"><xm:f>$F$9</xm:f></x14:cfvo></x14:dataBar></x14:cfRule>'
        "<xm:sqref>B2:B5</xm:sqref></x14:conditionalFormatting></x14:conditionalFormattings></ext>"
        '<ext uri="{b}"><x14:dataValidations count="1"><x14:dataValidation type="list"><x14:formula1>'
        "<xm:f>任务!$A$2:$A$5</xm:f></x14:formula1><xm:sqref>C2</xm:sqref></x14:dataValidation>"
        "</x14:dataValidations></ext></extLst>",
        '<extLst><ext uri="{a}"><x14:conditionalFormattings><x14:conditionalFormatting><x14:cfRule type="dataBar">'
        '<x14:dataBar><x14:cfvo type="formula"><xm:f>$F$11</xm:f></x14:cfvo></x14:dataBar></x14:cfRule>'
        "<xm:sqref>B2:B7</xm:sqref></x14:conditionalFormatting></x14:conditionalFormattings></ext>"
        '<ext uri="{b}"><x14:dataValidations count="1"><x14:dataValidation type="list"><x14:formula1>'
        "<xm:f>任务!$A$2:$A$7</xm:f></x14:formula1><xm:sqref>C5</xm:sqref></x14:dataValidation>"
        "</x14:dataValidations></ext></extLst>",
    )


LINE = "<x14:sparkline><xm:f>任务!A{0}:C{0}</xm:f><xm:sqref>D{0}</xm:sqref></x14:sparkline>"
GROUP = (
    '<extLst><ext uri="{{a}}"><x14:sparklineGroups><x14:sparklineGroup><x14:colorSeries rgb="FF000000"/>'
    "<xm:f>任务!$A$1:$C$1</xm:f><x14:sparklines>{}</x14:sparklines></x14:sparklineGroup></x14:sparklineGroups>"
    "</ext></extLst>"
)


def test_sparklines_go_with_their_row_and_their_numbers() -> None:
    assert_becomes(GROUP.format(LINE.format(2) + LINE.format(5)), GROUP.format(LINE.format(5)))


def test_a_group_without_sparklines_goes() -> None:
    assert_becomes(GROUP.format(LINE.format(5)), "")


def test_links_follow_and_lead_to_the_new_place() -> None:
    assert_becomes(
        '<hyperlinks><hyperlink ref="A2" r:id="rId1"/><hyperlink ref="B2:B3" location="任务!A4" display="A4"/>'
        '<hyperlink ref="C2:C4" r:id="rId2"/><hyperlink ref="D4" location="数据!A4"/></hyperlinks>',
        '<hyperlinks><hyperlink ref="A5" r:id="rId1"/><hyperlink ref="B4:B5" location="任务!A3" display="A4"/>'
        '<hyperlink ref="C3:C5" r:id="rId2"/><hyperlink ref="D3" location="数据!A4"/></hyperlinks>',
    )


def test_a_link_over_rows_that_were_parted_becomes_several() -> None:
    parted = RowMap(2, 4, 6, {2: 7, 3: 2, 4: 3}, 0, 3)
    assert_becomes(
        '<hyperlinks><hyperlink ref="A2:A3" r:id="rId1"/></hyperlinks>',
        '<hyperlinks><hyperlink ref="A2" r:id="rId1"/><hyperlink ref="A7" r:id="rId1"/></hyperlinks>',
        parted,
    )


def test_a_link_to_a_row_that_left_keeps_its_target() -> None:
    assert_becomes(
        '<hyperlinks><hyperlink ref="A8" location="任务!A5"/></hyperlinks>',
        '<hyperlinks><hyperlink ref="A10" location="任务!A5"/></hyperlinks>',
    )


def test_protected_and_ignored_ranges_filters_and_watched_cells_follow() -> None:
    assert_becomes(
        '<protectedRanges><protectedRange name="a" sqref="D2:D5"/><protectedRange name="b" sqref="A5"/>'
        '</protectedRanges><scenarios sqref="A2"><scenario name="s"><inputCells r="B3" val="1"/></scenario></scenarios>'
        '<autoFilter ref="A1:D5"><sortState ref="A2:D5"><sortCondition ref="B2:B5"/></sortState></autoFilter>'
        '<cellWatches><cellWatch r="A5"/></cellWatches>'
        '<ignoredErrors><ignoredError sqref="A2:A5 C2" numberStoredAsText="1"/></ignoredErrors>',
        '<protectedRanges><protectedRange name="a" sqref="D2:D7"/></protectedRanges>'
        '<scenarios sqref="A5"><scenario name="s"><inputCells r="B4" val="1"/></scenario></scenarios>'
        '<autoFilter ref="A1:D7"><sortState ref="A2:D7"><sortCondition ref="B2:B7"/></sortState></autoFilter>'
        '<ignoredErrors><ignoredError sqref="A2:A7 C5" numberStoredAsText="1"/></ignoredErrors>',
    )


def test_page_breaks_of_the_body_stay_and_those_below_shift() -> None:
    assert_becomes(
        '<rowBreaks count="4" manualBreakCount="3"><brk id="1" man="1"/><brk id="3" max="16383"/>'
        '<brk id="5" man="1"/><brk id="9" man="1"/></rowBreaks>',
        '<rowBreaks count="4" manualBreakCount="3"><brk id="1" man="1"/><brk id="3" max="16383"/>'
        '<brk id="7" man="1"/><brk id="11" man="1"/></rowBreaks>',
    )


def test_page_breaks_that_fall_together_become_one() -> None:
    assert_becomes(
        '<rowBreaks count="2" manualBreakCount="2"><brk id="4" man="1"/><brk id="5" man="1"/></rowBreaks>',
        '<rowBreaks count="1" manualBreakCount="1"><brk id="3" man="1"/></rowBreaks>',
        SHORTER,
    )


def test_controls_below_the_body_shift_and_others_stay() -> None:
    box = (
        '<controls><control shapeId="1" r:id="rId1"><controlPr><anchor><from><xdr:col>1</xdr:col><xdr:row>{0}</xdr:row>'
        "</from><to><xdr:col>2</xdr:col><xdr:row>{1}</xdr:row></to></anchor></controlPr></control></controls>"
    )
    assert_becomes(box.format(5, 6), box.format(7, 8))
    assert_becomes(box.format(4, 6), box.format(4, 6))


def test_views_columns_and_what_we_cannot_read_stay() -> None:
    box = (
        '<conditionalFormatting sqref="#REF!"><cfRule type="duplicateValues" priority="1"/></conditionalFormatting>'
        '<dataValidations count="1"><dataValidation sqref=""/></dataValidations>'
        '<mergeCells count="1"><mergeCell ref="?"/></mergeCells><hyperlinks><hyperlink ref="x"/></hyperlinks>'
    )
    assert_becomes(box, box)


def test_elements_with_a_prefix_are_found() -> None:
    root = etree.fromstring(
        f'<x:worksheet xmlns:x="{MAIN[1:-1]}"><x:mergeCells><x:mergeCell ref="A2:B2"/></x:mergeCells></x:worksheet>'
    )
    move_frame(root, TURNED, "任务")
    assert b'<x:mergeCell ref="A5:B5"/>' in etree.tostring(root)
