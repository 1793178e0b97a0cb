"""The graft's small rooms: formats, names, the last look."""

from __future__ import annotations

import io
import zipfile

import pytest
from lxml import etree

from tierbook.errors import WorkbookError
from tierbook.workbook import replace_sheets
from tierbook.workbook.ours.check import refuse_broken
from tierbook.workbook.ours.donor_sheet import identity_of, shared_strings
from tierbook.workbook.ours.names import sheets_in
from tierbook.workbook.ours.styles import look_of, merge_styles
from tierbook.workbook.package.opc import Package, path_from
from tierbook.workbook.package.sheet_list import has_formula
from tierbook.workbook.package.xml_parts import MAIN, STYLES_ORDER, child_of, dump, parse

NS = f'xmlns="{MAIN[1:-1]}"'


@pytest.mark.parametrize(
    ("formula", "names"),
    [
        ("分层!$A$1:$B$2", {"分层"}),
        ("'O''Brien & Co'!A1", {"o'brien & co"}),
        ("SUM(Data!A1,'My Sheet'!B2)", {"data", "my sheet"}),
        ("OFFSET(Tiers!A1,0,0,COUNTA(Tiers!A:A))", {"tiers"}),
        ("Tiers[Key]", set()),
        ("#REF!$A$1", {"#ref"}),
        ("42", set()),
    ],
)
def test_sheets_a_formula_speaks_of(formula: str, names: set[str]) -> None:
    assert sheets_in(formula) == names


def test_formats_are_the_same_whatever_the_order_of_their_attributes() -> None:
    one = etree.fromstring(f'<font {NS}><sz val="11"/><color rgb="FF" tint="1"/></font>')
    two = etree.fromstring(f'<x:font xmlns:x="{MAIN[1:-1]}"><x:sz val="11"/><x:color tint="1" rgb="FF"/></x:font>')
    three = etree.fromstring(f'<font {NS}><sz val="12"/><color rgb="FF" tint="1"/></font>')
    assert look_of(one) == look_of(two) != look_of(three)


def test_number_formats_get_ids_of_their_own_and_are_used_again(book_of, donor_of) -> None:
    target, donor = Package(book_of({"人": [["x"]]})), Package(donor_of())
    first = merge_styles(target, donor)
    styles = dump(target.tree("xl/styles.xml"))
    assert b'<numFmt numFmtId="164" formatCode="0.000"/>' in styles
    assert merge_styles(target, donor) == first
    assert dump(target.tree("xl/styles.xml")) == styles


def test_a_number_format_id_taken_for_something_else_is_not_mixed_up(foreign: bytes, donor: bytes) -> None:
    target = Package(foreign)
    places = merge_styles(target, Package(donor)).cells
    root = target.tree("xl/styles.xml")
    codes = {e.get("numFmtId"): e.get("formatCode") for e in root.iter(MAIN + "numFmt")}
    formats = root.find(MAIN + "cellXfs")
    assert formats is not None
    assert codes == {"164": '0.0"元"', "165": "0.000"}
    assert formats[places[1]].get("numFmtId") == "165"


def test_formats_apply_what_they_carry_and_hang_on_the_default_style(book_of, donor_of, changed) -> None:
    def forget(name: str, data: bytes) -> bytes:
        return data.replace(b' applyNumberFormat="1"', b"").replace(b' applyFont="1"', b"")

    target = Package(book_of({"人": [["x"]]}))
    merge_styles(target, Package(changed(donor_of(), forget)))
    root = target.tree("xl/styles.xml")
    formats = root.find(MAIN + "cellXfs")
    assert formats is not None
    assert {one.get("xfId") for one in formats} == {"0"}
    assert all(one.get("applyFont") == "1" for one in formats if one.get("fontId") != "0")
    assert all(one.get("applyNumberFormat") == "1" for one in formats if one.get("numFmtId") != "0")
    assert len(formats) == 4


def test_too_many_formats_are_refused(foreign: bytes, donor: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tierbook.workbook.ours.styles.MOST_FORMATS", 3)
    with pytest.raises(WorkbookError) as caught:
        replace_sheets(foreign, donor, ["分层"])
    assert str(caught.value) == "工作簿的单元格格式超过 3 种，Excel 装不下更多；请在 Excel 里清理样式后再试"


def test_a_missing_child_is_made_where_the_schema_wants_it() -> None:
    root = etree.fromstring(f"<styleSheet {NS}><fonts/><cellXfs/><extLst/></styleSheet>")
    child_of(root, "dxfs", STYLES_ORDER)
    child_of(root, "numFmts", STYLES_ORDER)
    assert [etree.QName(child).localname for child in root] == ["numFmts", "fonts", "cellXfs", "dxfs", "extLst"]


def test_xml_keeps_what_stands_around_its_root_and_unused_prefixes() -> None:
    text = f'<!--by hand--><x:a xmlns:x="{MAIN[1:-1]}" xmlns:mc="m" xmlns:x14ac="n" mc:Ignorable="x14ac"/>'
    assert text.encode() in dump(parse(text.encode(), "a.xml"))


def test_a_dropped_part_of_another_spelling_blocks_its_name(foreign: bytes, changed) -> None:
    """The zip would keep the old spelling, and links would miss it where case counts."""
    package = Package(changed(foreign, lambda name, data: data, {"xl/charts/Chart9.xml": b"<a/>"}))
    for number in range(1, 9):
        package.put(f"xl/charts/chart{number}.xml", b"<a/>", "")
    package.drop("xl/charts/chart9.xml")
    assert not package.has("xl/charts/chart9.xml")
    assert package.fresh_name("xl/charts/chart1.xml") == "xl/charts/chart10.xml"


def test_the_xml_extension_is_never_claimed_for_one_kind_of_part(foreign: bytes, donor: bytes, changed) -> None:
    book = replace_sheets(changed(foreign, _without_default_xml), donor, ["分层", "_tierbook"])
    with zipfile.ZipFile(io.BytesIO(book)) as package:
        types = package.read("[Content_Types].xml")
    assert b'Extension="xml"' not in types
    assert types.count(b"comments+xml") == 2


@pytest.mark.parametrize(
    ("part", "target", "written"),
    [
        ("xl/workbook.xml", "xl/worksheets/sheet1.xml", "worksheets/sheet1.xml"),
        ("xl/worksheets/sheet1.xml", "xl/tables/table1.xml", "../tables/table1.xml"),
        ("workbook.xml", "sheet.xml", "sheet.xml"),
    ],
)
def test_links_are_written_relative_to_their_part(part: str, target: str, written: str) -> None:
    assert path_from(part, target) == written


@pytest.mark.parametrize(
    ("cell", "found"),
    [(b"<f>1+1</f>", True), (b"<x:f t='shared'/>", True), (b"<f/>", True), (b"<font/>", False), (b"<v>1</v>", False)],
)
def test_formulas_are_found_also_across_pieces(book_of, cell: bytes, found: bool) -> None:
    package = Package(book_of({"人": [["x"]]}))
    part = "xl/worksheets/sheet1.xml"
    package.put(part, cell, "")
    assert has_formula(package, part) is found
    package.chunks = lambda name: iter([cell[:2], cell[2:]])  # type: ignore[method-assign]
    assert has_formula(package, part) is found


def test_a_sheet_in_front_is_known_by_its_view(foreign: bytes) -> None:
    package = Package(foreign)
    assert identity_of(package, "xl/worksheets/sheet3.xml").selected
    assert identity_of(package, "xl/worksheets/sheet1.xml").code_name == "Sheet1"
    assert not identity_of(package, "xl/worksheets/sheet1.xml").selected


def test_shared_texts_are_carried_as_they_are(donor: bytes) -> None:
    assert shared_strings(Package(donor))[:2] == ["<t>客户</t>".encode(), "<t>分数</t>".encode()]


# --- the last look finds each fault a graft could make


def broken(data: bytes, before: list[str], grafted: list[str]) -> str:
    with pytest.raises(WorkbookError) as caught:
        refuse_broken(data, before, grafted)
    return str(caught.value)


def test_a_sound_book_passes(foreign: bytes) -> None:
    refuse_broken(foreign, ["说明", "数据", "分层", "人工"], ["分层"])


def test_moved_sheets_are_found(foreign: bytes) -> None:
    assert broken(foreign, ["数据", "说明"], []) == (
        "程序错误：写出的工作簿没有通过检查（sheets），原文件没有改动；请报告给开发者"
    )


def test_a_grafted_sheet_that_is_not_there_is_found(foreign: bytes) -> None:
    assert "（没有）" in broken(foreign, [], ["没有"])


def without(book: bytes, *parts: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            if name not in parts:
                target.writestr(name, source.read(name))
    return out.getvalue()


def test_a_link_to_nothing_is_found(foreign: bytes) -> None:
    drawing = next(name for name in Package(foreign).reachable("xl/worksheets/sheet3.xml").values() if "chart" in name)
    assert drawing in broken(without(foreign, drawing), [], ["分层"])


def test_a_part_without_a_type_is_found(foreign: bytes, changed) -> None:
    def forget(name: str, data: bytes) -> bytes:
        return (
            data.replace(b"/xl/tables/table2.xml", b"/xl/tables/other.xml") if name == "[Content_Types].xml" else data
        )

    found = broken(changed(changed(foreign, forget), _without_default_xml), [], ["分层"])
    assert "（xl/tables/table2.xml）" in found


def _without_default_xml(name: str, data: bytes) -> bytes:
    default = b'<Default Extension="xml" ContentType="application/xml"/>'
    return data.replace(default, b"") if name == "[Content_Types].xml" else data


@pytest.mark.parametrize(("old", "new"), [(b' id="2" ', b' id="1" '), (b'displayName="Tiers"', b'displayName="facts"')])
def test_twin_tables_are_found(foreign: bytes, changed, old: bytes, new: bytes) -> None:
    twins = changed(foreign, lambda name, data: data.replace(old, new) if name == "xl/tables/table2.xml" else data)
    assert "没有通过检查" in broken(twins, [], ["分层"])
    refuse_broken(twins, [], ["人工"])
