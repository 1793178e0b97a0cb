"""All that hangs on a sheet's addresses goes along, in books as programs write them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping

import openpyxl
import pytest
import xlsxwriter
from lxml import etree
from openpyxl.comments import Comment

from tierbook.workbook.moved import RowMap, follow, notes_of
from tierbook.workbook.package.opc import Package
from tierbook.workbook.package.sheet_list import Sheet, worksheets
from tierbook.workbook.package.xml_parts import MAIN, parse

NAME = "任务 A&B"
FIRST, LAST, COLUMNS = 2, 5, 4
TURNED = RowMap(FIRST, 4, 4, {2: 5, 3: 4, 4: 3, 5: 2}, 0, COLUMNS - 1)
GROWN = RowMap(FIRST, 4, 6, {2: 5, 3: 4, 4: 3}, 0, COLUMNS - 1)
SAME = RowMap(FIRST, 4, 4, {2: 2, 3: 3, 4: 4, 5: 5}, 0, COLUMNS - 1)
DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing}"
MICROSOFT = "http://schemas.microsoft.com/office/2017/10/relationships"
THREADS = "http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments"


def make_book(*, below: bool = False) -> bytes:
    """A table A1:D5 with people's things on and around it, a sheet that looks at it, and one that does not."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet(NAME)
    rows = [[f"c{n}", n, n * 2, ""] for n in range(1, 5)]
    sheet.add_table("A1:D5", {"name": "Tasks", "data": rows})
    sheet.conditional_format("A2:D5", {"type": "formula", "criteria": '=$A2="c1"'})
    for row in range(1, 5):
        sheet.write_comment(row, 0, f"note {row}", {"author": "王经理"})
    sheet.write_comment("H2", "beside")
    sheet.insert_button("F3", {"macro": "go"})
    chart = book.add_chart({"type": "column"})
    chart.add_series({"values": [NAME, 1, 1, 4, 1], "name": [NAME, 20, 0] if below else "x"})
    sheet.insert_chart("F20", chart)
    if below:
        sheet.write("A21", "total")
        sheet.write_formula("B21", "=SUM(B2:B5)", None, 10)
        sheet.write_comment("A21", "below")
        sheet.add_table("A24:B26", {"name": "Under"})
    other = book.add_worksheet("汇总")
    other.write_formula("A1", f"='{NAME}'!B21", None, 10)
    other.write_formula("A2", f"=SUM('{NAME}'!B2:B5)&\"<A&B>\"", None, 10)
    other.write_formula("A3", f"='{NAME}'!B3", None, 2)
    other.write_url("A4", f"internal:'{NAME}'!A21", string="there")
    other.add_sparkline("B1", {"range": f"'{NAME}'!B21:C21"})
    far = book.add_worksheet("别的")
    far.write_formula("A1", "=B21+Tasks[#Totals]", None, 0)
    book.define_name("body", f"='{NAME}'!$B$2:$B$5")
    book.define_name("one", f"='{NAME}'!$B$3")
    book.define_name("left", f"='{NAME}'!$B$5")
    book.define_name("beside", f"='{NAME}'!B3")
    book.define_name("under", f"='{NAME}'!$B$21")
    sheet.print_area("A1:D5")
    book.close()
    return out.getvalue()


def moved_book(book: bytes, moved: RowMap) -> tuple[Package, Sheet, etree._Element]:
    package = Package(book)
    sheet = worksheets(package)[0]
    frame = parse(package.read(sheet.part), sheet.part)
    data = frame.find(MAIN + "sheetData")
    assert data is not None
    del data[:]
    follow(package, sheet, frame, moved)
    return package, sheet, frame


def parts(book: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(book)) as source:
        return {name: source.read(name) for name in source.namelist()}


def touched(book: bytes, package: Package) -> set[str]:
    before, after = parts(book), parts(package.to_bytes())
    assert before.keys() == after.keys()
    return {name for name in before if before[name] != after[name]}


def names(package: Package) -> dict[str, str]:
    found = package.tree(package.main).iter(MAIN + "definedName")
    return {element.get("name", ""): element.text or "" for element in found}


def injected(book: bytes, extra: Mapping[str, bytes], links: Mapping[str, tuple[str, str]]) -> bytes:
    """A book with parts added; `links`: part that points -> (type, target)."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in parts(book).items():
            if name in links:
                kind, where = links[name]
                arrow = f'<Relationship Id="rId{len(content)}" Type="{kind}" Target="{where}"/></Relationships>'
                content = content.replace(b"</Relationships>", arrow.encode())  # noqa: PLW2901 - changed on its way
            target.writestr(name, content)
        for name, content in extra.items():
            target.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize("below", [False, True])
def test_where_nothing_moves_nothing_is_edited(below: bool) -> None:
    package, sheet, frame = moved_book(make_book(below=below), SAME)
    assert not package.edited()
    old = parse(package.read(sheet.part), sheet.part)
    data = old.find(MAIN + "sheetData")
    assert data is not None
    del data[:]
    assert etree.tostring(frame) == etree.tostring(old)


@pytest.mark.parametrize("moved", [TURNED, GROWN])
def test_where_nothing_moves_below_no_other_sheet_or_chart_is_touched(moved: RowMap) -> None:
    book = make_book()
    package, _, _ = moved_book(book, moved)
    assert touched(book, package) == {"xl/comments1.xml", "xl/drawings/vmlDrawing1.vml", "xl/workbook.xml"} | (
        {"xl/drawings/drawing1.xml"} if moved.shift else set()
    )


def test_where_rows_are_only_turned_nothing_below_is_touched_either() -> None:
    book = make_book(below=True)
    package, _, _ = moved_book(book, TURNED)
    assert touched(book, package) == {"xl/comments1.xml", "xl/drawings/vmlDrawing1.vml", "xl/workbook.xml"}


def test_what_names_rows_below_is_adjusted_when_they_move() -> None:
    book = make_book(below=True)
    package, _, _ = moved_book(book, GROWN)
    changed = touched(book, package)
    assert "xl/worksheets/sheet3.xml" not in changed
    assert {"xl/worksheets/sheet2.xml", "xl/charts/chart1.xml", "xl/tables/table2.xml"} <= changed
    before, after = parts(book)["xl/worksheets/sheet2.xml"], package.read("xl/worksheets/sheet2.xml")
    quoted = "'任务 A&amp;B'!".encode()
    expected = (
        before.replace(quoted + b"B21<", quoted + b"B23<")
        .replace(quoted + b"B2:B5", quoted + b"B2:B7")
        .replace(quoted + b"B21:C21", quoted + b"B23:C23")
        .replace(quoted + b"A21", quoted + b"A23")
        .replace(b'&amp;"&lt;A&amp;B&gt;"', b"&amp;&quot;&lt;A&amp;B&gt;&quot;")
    )
    assert after == expected
    chart = package.read("xl/charts/chart1.xml").decode()
    assert "<c:f>'任务 A&amp;B'!$A$23</c:f>" in chart
    assert "<c:f>'任务 A&amp;B'!$B$2:$B$7</c:f>" in chart
    assert package.tree("xl/tables/table2.xml").get("ref") == "A26:B28"
    assert package.tree("xl/tables/table1.xml").get("ref") == "A1:D5"


def test_names_follow() -> None:
    package, _, _ = moved_book(make_book(below=True), GROWN)
    quoted = f"'{NAME}'!"
    found = names(package)
    assert found["body"] == f"{quoted}$B$2:$B$7"
    assert found["one"] == f"{quoted}$B$4"
    assert found["left"] == f"{quoted}#REF!"
    assert found["beside"] == f"{quoted}B3"
    assert found["under"] == f"{quoted}$B$23"
    assert found["_xlnm.Print_Area"] == f"{quoted}$A$1:$D$7"


def openpyxl_book() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in range(2, 6):
        sheet.cell(row, 1, f"c{row - 1}").comment = Comment(f"note {row - 1}", "王经理")
    sheet["H2"].comment = Comment("beside", "x")
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.filterwarnings("ignore:.*extension is not supported")
@pytest.mark.parametrize("make", [make_book, openpyxl_book])
def test_notes_go_with_their_row(make: Callable[[], bytes]) -> None:
    package, sheet, _ = moved_book(make(), GROWN)
    assert notes_of(package, sheet) == {(5, 0): "note 1", (4, 0): "note 2", (3, 0): "note 3", (2, 7): "beside"}
    again = openpyxl.load_workbook(io.BytesIO(package.to_bytes())).worksheets[0]
    assert {cell.coordinate for row in again.iter_rows() for cell in row if cell.comment} == {"A5", "A4", "A3", "H2"}
    vml = next(link.part for link in package.relationships(sheet.part) if link.kind == "vmlDrawing")
    assert vml is not None
    shapes = etree.fromstring(package.read(vml)).iter("{*}ClientData")
    places = {
        (shape.findtext("{*}Row"), shape.findtext("{*}Column")) for shape in shapes if shape.get("ObjectType") == "Note"
    }
    assert places == {("4", "0"), ("3", "0"), ("2", "0"), ("1", "7")}


def test_threaded_comments_go_with_their_row_and_are_told_with_names() -> None:
    thread = (
        f'<ThreadedComments xmlns="{THREADS}"><threadedComment ref="A3" personId="{{1}}" id="{{A}}"><text>要回访</text>'
        '</threadedComment><threadedComment ref="A3" personId="{2}" id="{B}" parentId="{A}"><text>已回访</text>'
        '</threadedComment><threadedComment ref="A5" personId="{1}" id="{C}"><text>走了</text></threadedComment>'
        "</ThreadedComments>"
    )
    people = (
        f'<personList xmlns="{THREADS}"><person displayName="王经理" id="{{1}}"/>'
        '<person displayName="李" id="{2}"/></personList>'
    )
    book = injected(
        make_book(),
        {"xl/threadedComments/threadedComment1.xml": thread.encode(), "xl/persons/person.xml": people.encode()},
        {
            "xl/worksheets/_rels/sheet1.xml.rels": (
                f"{MICROSOFT}/threadedComment",
                "../threadedComments/threadedComment1.xml",
            ),
            "xl/_rels/workbook.xml.rels": (f"{MICROSOFT}/person", "persons/person.xml"),
        },
    )
    package = Package(book)
    notes = notes_of(package, worksheets(package)[0])
    assert notes[3, 0] == "王经理: 要回访\n李: 已回访"
    assert notes[5, 0] == "王经理: 走了"
    assert notes[2, 0] == "note 1"
    package, sheet, _ = moved_book(book, GROWN)
    after = notes_of(package, sheet)
    assert after[4, 0] == "王经理: 要回访\n李: 已回访"
    assert "王经理: 走了" not in after.values()
    assert "xl/persons/person.xml" not in touched(book, package)


def test_the_text_of_a_note_is_read_without_marks() -> None:
    package = Package(make_book())
    text = (
        f'<comments xmlns="{MAIN[1:-1]}"><authors><author/></authors><commentList><comment ref="B2" authorId="0"><text>'
        '<r><t>王经理:</t></r><r><t>_x000D_ 电话</t></r><rPh sb="0" eb="1"><t>おう</t></rPh></text></comment>'
        '<comment ref="?" authorId="0"><text><t>nowhere</t></text></comment></commentList></comments>'
    )
    package.put("xl/comments1.xml", text.encode(), package.content_type("xl/comments1.xml") or "")
    assert notes_of(package, worksheets(package)[0]) == {(2, 1): "王经理:\r 电话"}


def picture_book(png: bytes, **options: object) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet(NAME)
    sheet.set_row(1, 40)
    for cell in ("B2", "B9", "G2"):
        sheet.insert_image(cell, "p.png", {"image_data": io.BytesIO(png), **options})
    sheet.insert_image("C3", "p.png", {"image_data": io.BytesIO(png), "y_scale": 60, "object_position": 1})
    book.close()
    return out.getvalue()


def rows_of_pictures(package: Package) -> list[str | None]:
    anchors = package.tree("xl/drawings/drawing1.xml")
    return [anchor.findtext(f"{DRAWING}from/{DRAWING}row") for anchor in anchors]


@pytest.mark.parametrize("position", [1, 2])
def test_a_picture_in_one_row_goes_with_it_and_one_below_shifts(png: bytes, position: int) -> None:
    """The last is as tall as several rows: it stays."""
    package, _, _ = moved_book(picture_book(png, object_position=position), GROWN)
    assert rows_of_pictures(package) == ["4", "10", "1", "2"]


def test_a_picture_that_shall_not_move_with_cells_stays(png: bytes) -> None:
    package, _, _ = moved_book(picture_book(png, object_position=3), GROWN)
    assert rows_of_pictures(package)[:3] == ["1", "8", "1"]


@pytest.mark.parametrize(("height", "row"), [(381_000, "4"), (600_000, "1")])
def test_a_picture_with_only_one_corner_is_measured_against_its_row(png: bytes, height: int, row: str) -> None:
    one = (
        '<xdr:wsDr xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing"><xdr:oneCellAnchor>'
        "<xdr:from><xdr:col>1</xdr:col><xdr:colOff>0</xdr:colOff><xdr:row>1</xdr:row><xdr:rowOff>0</xdr:rowOff>"
        f'</xdr:from><xdr:ext cx="9" cy="{height}"/><xdr:pic/><xdr:clientData/></xdr:oneCellAnchor></xdr:wsDr>'
    )
    package = Package(picture_book(png))
    package.put("xl/drawings/drawing1.xml", one.encode(), package.content_type("xl/drawings/drawing1.xml") or "")
    package, _, _ = moved_book(package.to_bytes(), GROWN)
    assert rows_of_pictures(package) == [row]


def test_a_pivot_table_below_shifts_and_its_source_stretches() -> None:
    pivot = f'<pivotTableDefinition xmlns="{MAIN[1:-1]}" name="p"><location ref="A30:B33"/></pivotTableDefinition>'
    cache = (
        f'<pivotCacheDefinition xmlns="{MAIN[1:-1]}"><cacheSource type="worksheet">'
        f'<worksheetSource ref="A1:D5" sheet="任务 A&amp;B"/></cacheSource></pivotCacheDefinition>'
    )
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    book = injected(
        make_book(below=True),
        {"xl/pivotTables/pivotTable1.xml": pivot.encode(), "xl/pivotCache/pivotCacheDefinition1.xml": cache.encode()},
        {
            "xl/worksheets/_rels/sheet1.xml.rels": (f"{office}/pivotTable", "../pivotTables/pivotTable1.xml"),
            "xl/_rels/workbook.xml.rels": (
                f"{office}/pivotCacheDefinition",
                "pivotCache/pivotCacheDefinition1.xml",
            ),
        },
    )
    package, _, _ = moved_book(book, GROWN)
    assert package.tree("xl/pivotTables/pivotTable1.xml")[0].get("ref") == "A32:B35"
    assert package.read("xl/pivotCache/pivotCacheDefinition1.xml") == cache.replace("A1:D5", "A1:D7").encode()


def test_saved_views_and_mapped_cells_follow() -> None:
    views = (
        '<namedSheetViews xmlns="http://schemas.microsoft.com/office/spreadsheetml/2019/namedsheetviews">'
        '<namedSheetView name="v"><nsvFilter ref="A1:D5" tableId="1"/></namedSheetView></namedSheetViews>'
    )
    mapped = f'<singleXmlCells xmlns="{MAIN[1:-1]}"><singleXmlCell id="1" r="A30" connectionId="1"/></singleXmlCells>'
    links = "xl/worksheets/_rels/sheet1.xml.rels"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    book = injected(
        injected(
            make_book(),
            {"xl/namedSheetViews/namedSheetView1.xml": views.encode()},
            {links: ("http://schemas.microsoft.com/office/2019/04/relationships/namedSheetView",
                     "../namedSheetViews/namedSheetView1.xml")},
        ),
        {"xl/tables/tableSingleCells1.xml": mapped.encode()},
        {links: (f"{office}/tableSingleCells", "../tables/tableSingleCells1.xml")},
    )  # fmt: skip
    package, _, _ = moved_book(book, GROWN)
    assert package.tree("xl/namedSheetViews/namedSheetView1.xml")[0][0].get("ref") == "A1:D7"
    assert package.tree("xl/tables/tableSingleCells1.xml")[0].get("r") == "A32"


def test_controls_of_the_sheet_are_linked_to_cells_below() -> None:
    control = '<formControlPr xmlns="x" objectType="CheckBox" fmlaLink="$H$30" fmlaRange="汇总!$A$30:$A$31"/>'
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    book = injected(
        make_book(below=True),
        {"xl/ctrlProps/ctrlProp1.xml": control.encode()},
        {"xl/worksheets/_rels/sheet1.xml.rels": (f"{office}/ctrlProp", "../ctrlProps/ctrlProp1.xml")},
    )
    package, _, _ = moved_book(book, GROWN)
    assert package.read("xl/ctrlProps/ctrlProp1.xml") == control.replace("$H$30", "$H$32").encode()


def test_a_sheet_with_an_apostrophe_in_its_name_is_found_in_formulas() -> None:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    book.add_worksheet("O'Brien").write("A21", 1)
    book.add_worksheet("other").write_formula("A1", "='O''Brien'!A21", None, 1)
    book.close()
    package, _, _ = moved_book(out.getvalue(), GROWN)
    assert b"<f>'O''Brien'!A23</f>" in package.read("xl/worksheets/sheet2.xml")


def test_following_twice_there_and_back_restores_everything() -> None:
    book = make_book(below=True)
    package, sheet, frame = moved_book(book, TURNED)
    follow(package, sheet, frame, TURNED)
    before, after = parts(book), parts(package.to_bytes())
    assert before == after
