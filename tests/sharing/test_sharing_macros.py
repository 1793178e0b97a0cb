"""A copy of a macro book has no macros, no buttons and no link to the add-in, and opens without a question."""

from __future__ import annotations

import io
import zipfile

import pytest

from tierbook import jobs
from tierbook.sharing import share
from tierbook.workbook import open_book

PROJECT = b"not really a VBA project, but nobody looks"


def parts(data):
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return {name: package.read(name) for name in package.namelist()}


def changed(path, edit, extra=()):
    """The book with parts edited, and some added."""
    held = parts(path.read_bytes())
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in held.items():
            target.writestr(name, edit(name, content))
        for name, content in extra:
            target.writestr(name, content)
    return path


@pytest.fixture
def macro_book(asked, tmp_path, monkeypatch):
    monkeypatch.setenv("TIERBOOK_HOME", str(tmp_path / "home"))

    def people(book):
        asked.asking(["1001"], [asked.Ask("CUST_TIER")])(book)
        sheet = book.get_worksheet_by_name(asked.SHEET)
        sheet.insert_button("F2", {"macro": "Refresh", "caption": "刷新"})
        sheet.write_comment("A2", "别丢了我")

    return asked.small_book(tmp_path / "宏.xlsm", people, macros=PROJECT)


@pytest.mark.parametrize("to", ["lambda", "classic"])
def test_macros_and_their_buttons_go_and_notes_stay(macro_book, to):
    report = jobs.share(macro_book, to)
    assert (report.out.name, report.macros) == (f"宏-{to}.xlsx", "dropped")
    held = parts(report.out.read_bytes())
    assert not [name for name in held if "vba" in name.lower()]
    assert b"macroEnabled" not in held["[Content_Types].xml"]
    assert b"vbaProject" not in held["xl/_rels/workbook.xml.rels"]
    drawn = next(content for name, content in held.items() if name.startswith("xl/drawings/vml"))
    assert b"Button" not in drawn
    assert b"FmlaMacro" not in drawn
    assert b'ObjectType="Note"' in drawn
    assert any("别丢了我".encode() in content for content in held.values())
    open_book(report.out)


def test_a_sheet_of_buttons_alone_keeps_no_empty_drawing(asked, tmp_path):
    def people(book):
        asked.asking(["1001"], [])(book)
        book.get_worksheet_by_name(asked.SHEET).insert_button("F2", {"macro": "Refresh"})

    held = parts(share(asked.small_book(tmp_path / "钮.xlsm", people, macros=PROJECT), "lambda").data)
    assert not [name for name in held if "vml" in name.lower()]
    assert b"legacyDrawing" not in held["xl/worksheets/sheet1.xml"]
    assert b"vmlDrawing" not in held.get("xl/worksheets/_rels/sheet1.xml.rels", b"")


def test_a_control_that_needs_its_macro_keeps_them_all(macro_book):
    def edit(name, content):
        return content.replace(b'ObjectType="Button"', b'ObjectType="Drop"') if "vml" in name.lower() else content

    report = jobs.share(changed(macro_book, edit), "lambda")
    assert (report.out.name, report.macros) == ("宏-lambda.xlsm", "kept")
    assert parts(report.out.read_bytes())["xl/vbaProject.bin"] == PROJECT


def test_shapes_that_start_a_macro_stay_and_start_none(asked, tmp_path):
    def people(book):
        asked.asking(["1001"], [])(book)
        book.get_worksheet_by_name(asked.SHEET).insert_textbox("F2", "点我")

    path = asked.small_book(tmp_path / "形状.xlsm", people, macros=PROJECT)
    changed(path, lambda name, content: content.replace(b'<xdr:sp macro=""', b'<xdr:sp macro="[0]!Go"'))
    drawing = parts(share(path, "lambda").data)["xl/drawings/drawing1.xml"]
    assert "点我".encode() in drawing
    assert b"[0]!Go" not in drawing
    assert b'macro=""' in drawing


LINK = b"""<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<externalLink xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><externalBook
 xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" r:id="rId1"><definedNames>
<definedName name="CUST_TIER"/></definedNames></externalBook></externalLink>"""
LINK_RELS = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1"
 Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/externalLinkPath"
 Target="file:///C:\\Users\\wang\\{name}" TargetMode="External"/></Relationships>"""


def linked(asked, path, name):
    """A book as Excel saves one that calls functions of an add-in's file."""
    asked.small_book(path, asked.asking(["1001"], [asked.Ask("CUST_TIER")]))

    def edit(part, content):
        if part == "xl/worksheets/sheet1.xml":
            return content.replace(b"<f>CUST_TIER(", b"<f>[1]!CUST_TIER(")
        if part == "xl/workbook.xml":
            return content.replace(
                b"<calcPr", b'<externalReferences><externalReference r:id="rId99"/></externalReferences><calcPr'
            )
        if part == "xl/_rels/workbook.xml.rels":
            link = (b'<Relationship Id="rId99" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
                    b'relationships/externalLink" Target="externalLinks/externalLink1.xml"/>')  # fmt: skip
            return content.replace(b"</Relationships>", link + b"</Relationships>")
        if part == "[Content_Types].xml":
            kind = b"application/vnd.openxmlformats-officedocument.spreadsheetml.externalLink+xml"
            override = b'<Override PartName="/xl/externalLinks/externalLink1.xml" ContentType="' + kind + b'"/>'
            return content.replace(b"</Types>", override + b"</Types>")
        return content

    return changed(path, edit, [
        ("xl/externalLinks/externalLink1.xml", LINK),
        ("xl/externalLinks/_rels/externalLink1.xml.rels", LINK_RELS.format(name=name).encode()),
    ])  # fmt: skip


@pytest.mark.parametrize("to", ["lambda", "classic"])
def test_the_link_to_the_addins_file_goes(asked, tmp_path, to):
    made = share(linked(asked, tmp_path / "linked.xlsx", "tierbook.xlam"), to)
    held = parts(made.data)
    assert made.formulas == 1
    assert b"[1]!" not in held["xl/worksheets/sheet1.xml"]
    assert not [name for name in held if "externalLink" in name]
    assert b"externalReference" not in held["xl/workbook.xml"]


def test_a_link_to_another_book_stays(asked, tmp_path):
    held = parts(share(linked(asked, tmp_path / "linked.xlsx", "预算.xlsx"), "lambda").data)
    assert "xl/externalLinks/externalLink1.xml" in held
    assert b"externalReference" in held["xl/workbook.xml"]
