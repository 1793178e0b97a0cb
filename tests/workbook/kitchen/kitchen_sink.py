"""A macro book with everything people and programs put into theirs.

XlsxWriter writes what it can; the rest is laid into the package by hand, as Excel does it.
"""

from __future__ import annotations

import datetime as dt
import io
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping

import xlsxwriter

HOME, FACTS, WORK, NAMED, PEOPLE = "总览", "数据", "跟进", "It's & <so>", "人员 表"

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MS = "http://schemas.microsoft.com/office"
_X14 = "http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"
_TC = "http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments"
_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml."
_EXCEL = "application/vnd.ms-excel."
_PERSON = "{11111111-2222-3333-4444-555555555555}"
_TOPIC = "{AAAAAAAA-BBBB-CCCC-DDDD-EEEEEEEEEEEE}"


def kitchen_sink() -> bytes:
    """The book. Its sheets: 总览, 数据, 跟进, It's & <so>, a hidden one, a chart sheet."""
    return _with_injected(_written_by_xlsxwriter())


def _written_by_xlsxwriter() -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    book.set_properties({"title": "月度客户经营", "author": "王经理", "created": dt.datetime(2026, 1, 1)})
    book.set_custom_property("部门", "市场")
    book.add_vba_project(io.BytesIO(bytes(range(256)) * 8), is_stream=True)
    book.set_vba_name("ThisWorkbook")
    sheets = [book.add_worksheet(name) for name in (HOME, FACTS, WORK, NAMED, PEOPLE)]
    for number, sheet in enumerate(sheets, start=1):
        sheet.set_vba_name(f"Sheet{number}")
    _home(book, sheets[0])
    _facts(book, sheets[1])
    _work(book, sheets[2])
    sheets[3].write_row(0, 0, ["甲", 1, True, None, 2.5])
    sheets[4].very_hidden()
    chart = book.add_chart({"type": "line"})
    chart.add_series({"values": f"={FACTS}!$B$2:$B$6"})
    book.add_chartsheet("图").set_chart(chart)
    book.define_name("费率", "=0.06")
    book.define_name("名单", f"={FACTS}!$A$2:$A$6")
    book.define_name(f"'{WORK}'!本表", f"={WORK}!$A$1")
    book.close()
    return out.getvalue()


def _home(book: xlsxwriter.Workbook, sheet: xlsxwriter.worksheet.Worksheet) -> None:
    bold = book.add_format({"bold": True, "font_name": "微软雅黑", "num_format": '#,##0.0"万元"'})
    sheet.write_rich_string("A1", bold, "重点", "客户", bold, "一览")
    sheet.write_formula("B1", f"=SUM({FACTS}!B2:B6)", bold, 150)
    sheet.write_dynamic_array_formula("D1:D5", f"=SORT({FACTS}!B2:B6)", None, 10)
    sheet.write_comment("B1", "每月五号前核对", {"author": "李"})
    sheet.insert_image("F2", "logo.png", {"image_data": io.BytesIO(picture()), "url": "https://example.org/"})
    sheet.embed_image("H2", "cell.png", {"image_data": io.BytesIO(picture(2))})
    sheet.insert_textbox("J2", "说明", {"width": 200})
    sheet.insert_button("J8", {"macro": "Refresh", "caption": "更新"})
    sheet.insert_checkbox("L2", True)
    sheet.set_background(io.BytesIO(picture(3)))
    sheet.set_header("&L&G&R&D", {"image_left": "head.png", "image_data_left": io.BytesIO(picture(4))})
    sheet.freeze_panes(1, 1)
    for kind, place in (("pie", "F10"), ("scatter", "N10"), ("stock", "V10")):
        chart = book.add_chart({"type": kind})
        chart.add_series({"values": f"={FACTS}!$B$2:$B$6", "categories": f"={FACTS}!$A$2:$A$6"})
        sheet.insert_chart(place, chart)


def _facts(book: xlsxwriter.Workbook, sheet: xlsxwriter.worksheet.Worksheet) -> None:
    data = [["甲", 10, "=Facts[[#This Row],[金额]]*费率"], ["乙", 20, None], ["丙", 30, None],
            ["丁", 40, None], ["戊", 50, None]]  # fmt: skip
    columns = [{"header": "客户"}, {"header": "金额", "total_function": "sum"},
               {"header": "税", "formula": "[@金额]*费率"}]  # fmt: skip
    sheet.add_table("A1:C7", {"name": "Facts", "data": data, "columns": columns, "total_row": True})
    red = book.add_format({"bg_color": "#FFC7CE", "font_color": "#9C0006"})
    sheet.conditional_format("B2:B6", {"type": "cell", "criteria": ">", "value": "=费率*100", "format": red})
    sheet.conditional_format("B2:B6", {"type": "data_bar", "data_bar_2010": True, "bar_solid": True})
    sheet.conditional_format("B2:B6", {"type": "icon_set", "icon_style": "3_arrows"})
    sheet.data_validation("E1:E9", {"validate": "list", "source": "=名单", "input_message": "选一个"})
    sheet.add_sparkline("F2", {"range": f"{FACTS}!B2:B6", "type": "column", "markers": True})
    sheet.set_row(3, 30, None, {"hidden": True})
    sheet.set_column("B:B", 14, None, {"level": 1})
    sheet.protect("密码", {"sort": True, "autofilter": True})
    sheet.set_h_pagebreaks([20])


def _work(book: xlsxwriter.Workbook, sheet: xlsxwriter.worksheet.Worksheet) -> None:
    sheet.merge_range("A1:C1", "跟进记录", book.add_format({"align": "center", "border": 2, "pattern": 3}))
    sheet.write_url("A2", f"internal:'{FACTS}'!A1", string="看数据")
    sheet.write_url("A3", "external:另一本.xlsx#Sheet1!A1")
    sheet.autofilter("A4:C9")
    sheet.filter_column("A", "x == 甲")
    sheet.write_array_formula("D4:D6", f"{{={FACTS}!B2:B4*2}}", None, 20)
    sheet.print_area("A1:D20")
    sheet.repeat_rows(0, 1)


def _with_injected(book: bytes) -> bytes:
    """Add what XlsxWriter cannot write, each part with its type and its relationship."""
    package = Injected(book)
    sheet = "xl/worksheets/sheet1.xml"
    package.add("xl/persons/person.xml", f'<personList xmlns="{_TC}"><person displayName="王" id="{_PERSON}" '
                'userId="w" providerId="None"/></personList>', _EXCEL + "person+xml",
                "xl/workbook.xml", f"{_MS}/2017/10/relationships/person")  # fmt: skip
    package.add("xl/threadedComments/threadedComment1.xml", f'<ThreadedComments xmlns="{_TC}"><threadedComment '
                f'ref="B1" dT="2026-01-01T08:00:00.00" personId="{_PERSON}" id="{_TOPIC}"><text>已核对</text>'
                "</threadedComment></ThreadedComments>", _EXCEL + "threadedcomments+xml",
                sheet, f"{_MS}/2017/10/relationships/threadedComment")  # fmt: skip
    package.add("xl/printerSettings/printerSettings1.bin", b"\0\1printer" * 40, _SHEET + "printerSettings",
                sheet, f"{_OFFICE}/printerSettings")  # fmt: skip
    package.add("customXml/item1.xml", '<crm xmlns="urn:crm"><run n="7"/></crm>', "application/xml",
                "xl/workbook.xml", f"{_OFFICE}/customXml")  # fmt: skip
    package.add("customUI/customUI14.xml", '<customUI xmlns="http://schemas.microsoft.com/office/2009/07/customui">'
                '<ribbon startFromScratch="false"/></customUI>', "application/xml",
                "", f"{_MS}/2007/relationships/ui/extensibility")  # fmt: skip
    package.add("xl/connections.xml", f'<connections xmlns="{_MAIN}"><connection id="1" name="仓库" type="1" '
                'refreshedVersion="6"><dbPr connection="DSN=crm" command="select 1"/></connection></connections>',
                _SHEET + "connections+xml", "xl/workbook.xml", f"{_OFFICE}/connections")  # fmt: skip
    package.add("xl/charts/chartEx1.xml", '<cx:chartSpace xmlns:cx="http://schemas.microsoft.com/office/drawing/2014/'
                'chartex"><cx:chartData/><cx:chart/></cx:chartSpace>', "application/vnd.ms-office.chartex+xml",
                "xl/drawings/drawing1.xml", f"{_MS}/2014/relationships/chartEx")  # fmt: skip
    package.add("xl/embeddings/oleObject1.bin", b"\xd0\xcf\x11\xe0" + b"\0" * 500,
                "application/vnd.openxmlformats-officedocument.oleObject", sheet, f"{_OFFICE}/oleObject")  # fmt: skip
    package.add("xl/model/item.data", b"\0model" * 30, "application/vnd.openxmlformats-officedocument.model+data",
                "xl/workbook.xml", f"{_OFFICE}/powerPivotData")  # fmt: skip
    _slicer(package)
    _external_book(package)
    _pivot(package)
    _calculation_chain(package)
    package.change("xl/workbook.xml", _dress_workbook)
    return package.to_bytes()


def _slicer(package: Injected) -> None:
    cache = (
        f'<slicerCacheDefinition xmlns="{_X14}" name="Slicer_客户" sourceName="客户"><extLst/></slicerCacheDefinition>'
    )
    package.add("xl/slicerCaches/slicerCache1.xml", cache, _EXCEL + "slicerCache+xml",
                "xl/workbook.xml", f"{_MS}/2007/relationships/slicerCache")  # fmt: skip
    slicers = f'<slicers xmlns="{_X14}"><slicer name="客户" cache="Slicer_客户" rowHeight="241300"/></slicers>'
    package.add("xl/slicers/slicer1.xml", slicers, _EXCEL + "slicer+xml",
                "xl/worksheets/sheet2.xml", f"{_MS}/2007/relationships/slicer")  # fmt: skip


def _external_book(package: Injected) -> None:
    link = f'<externalLink xmlns="{_MAIN}"><externalBook xmlns:r="{_OFFICE}" r:id="rId1"><sheetNames><sheetName ' \
           'val="S"/></sheetNames></externalBook></externalLink>'  # fmt: skip
    made = package.add("xl/externalLinks/externalLink1.xml", link, _SHEET + "externalLink+xml",
                       "xl/workbook.xml", f"{_OFFICE}/externalLink")  # fmt: skip
    package.relate(
        "xl/externalLinks/externalLink1.xml", f"{_OFFICE}/externalLinkPath", "file:///C:/b.xlsx", outside=True
    )
    references = f'<externalReferences><externalReference r:id="{made}"/></externalReferences><definedNames>'
    package.change("xl/workbook.xml", lambda xml: xml.replace("<definedNames>", references))


def _pivot(package: Injected) -> None:
    source = '<cacheSource type="worksheet"><worksheetSource name="Facts"/></cacheSource>'
    cache = f'<pivotCacheDefinition xmlns="{_MAIN}">{source}<cacheFields count="0"/></pivotCacheDefinition>'
    made = package.add("xl/pivotCache/pivotCacheDefinition1.xml", cache, _SHEET + "pivotCacheDefinition+xml",
                       "xl/workbook.xml", f"{_OFFICE}/pivotCacheDefinition")  # fmt: skip
    caches = f'<pivotCaches><pivotCache cacheId="3" r:id="{made}"/></pivotCaches></workbook>'
    package.change("xl/workbook.xml", lambda xml: xml.replace("</workbook>", caches))
    table = f'<pivotTableDefinition xmlns="{_MAIN}" name="P" cacheId="3" dataCaption="值"><location ref="H1:I3" ' \
            'firstHeaderRow="1" firstDataRow="1" firstDataCol="1"/></pivotTableDefinition>'  # fmt: skip
    package.add("xl/pivotTables/pivotTable1.xml", table, _SHEET + "pivotTable+xml",
                "xl/worksheets/sheet4.xml", f"{_OFFICE}/pivotTable")  # fmt: skip
    package.relate("xl/pivotTables/pivotTable1.xml", f"{_OFFICE}/pivotCacheDefinition",
                   "../pivotCache/pivotCacheDefinition1.xml")  # fmt: skip


def _calculation_chain(package: Injected) -> None:
    chain = f'<calcChain xmlns="{_MAIN}"><c r="B1" i="1"/></calcChain>'
    package.add("xl/calcChain.xml", chain, _SHEET + "calcChain+xml", "xl/workbook.xml", f"{_OFFICE}/calcChain")


def _dress_workbook(xml: str) -> str:
    """What Excel writes around it: prefixes only mc:Ignorable names, where the file lay, a view of each reader."""
    root = '<workbook xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" mc:Ignorable="x15 xr" ' \
           'xmlns:x15="http://schemas.microsoft.com/office/spreadsheetml/2010/11/main" ' \
           'xmlns:xr="http://schemas.microsoft.com/office/spreadsheetml/2014/revision" '  # fmt: skip
    place = '<mc:AlternateContent><mc:Choice Requires="x15"><x15ac:absPath url="D:\\crm\\" ' \
            'xmlns:x15ac="http://schemas.microsoft.com/office/spreadsheetml/2010/11/ac"/></mc:Choice>' \
            "</mc:AlternateContent><bookViews>"  # fmt: skip
    views = '<customWorkbookViews><customWorkbookView name="王" guid="{00000000-0000-0000-0000-000000000001}" ' \
            'windowWidth="9" windowHeight="9" activeSheetId="1"/></customWorkbookViews><pivotCaches>'  # fmt: skip
    xml = xml.replace("<workbook ", root, 1).replace("<bookViews>", place, 1).replace("<pivotCaches>", views, 1)
    return xml.replace("</workbook>", '<extLst><ext uri="{X}" xmlns:z="urn:z"><z:kept/></ext></extLst></workbook>')


class Injected:
    """A package to which parts are added with their types and relationships."""

    def __init__(self, book: bytes) -> None:
        with zipfile.ZipFile(io.BytesIO(book)) as source:
            self._parts = {name.lstrip("/"): source.read(name) for name in source.namelist()}

    def add(self, part: str, content: str | bytes, content_type: str, source: str, kind: str) -> str:
        """Put in a part, say its type, and let another part lead to it; gives the relationship's id."""
        self._parts[part] = content if isinstance(content, bytes) else content.encode()
        override = f'<Override PartName="/{part}" ContentType="{content_type}"/></Types>'
        self.change("[Content_Types].xml", lambda xml: xml.replace("</Types>", override))
        return self.relate(source, kind, "/" + part)

    def relate(self, source: str, kind: str, target: str, *, outside: bool = False) -> str:
        folder, _, base = source.rpartition("/")
        links = f"{folder}/_rels/{base}.rels".lstrip("/")
        empty = b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"></Relationships>'
        text = self._parts.setdefault(links, empty).decode()
        taken = [int(number) for number in re.findall('"rId([0-9]+)"', text)]
        made = f"rId{1 + max(taken, default=0)}"
        mode = ' TargetMode="External"' if outside else ""
        link = f'<Relationship Id="{made}" Type="{kind}" Target="{target}"{mode}/></Relationships>'
        self._parts[links] = text.replace("</Relationships>", link).encode()
        return made

    def change(self, part: str, how: Callable[[str], str]) -> None:
        self._parts[part] = how(self._parts[part].decode()).encode()

    def to_bytes(self) -> bytes:
        return packed(self._parts)


def packed(parts: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in parts.items():
            target.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def prefixed(book: bytes) -> bytes:
    """The same book with `x:` before every name of the main namespace, as the Open XML SDK writes it."""
    with zipfile.ZipFile(io.BytesIO(book)) as source:
        parts = {name: source.read(name) for name in source.namelist()}
    for name, content in parts.items():
        if re.match(rb"(<\?xml[^>]*>\s*)?<(workbook|worksheet|styleSheet|sst|table) ", content):
            named = re.sub(rb"<(/?)(\w+)(?=[\s/>])", rb"<\1x:\2", content)
            parts[name] = named.replace(b'xmlns="http://schemas.openxml', b'xmlns:x="http://schemas.openxml', 1)
    return packed(parts)


def picture(side: int = 1) -> bytes:
    """A red square of that many pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">L", len(data)) + kind + data + struct.pack(">L", zlib.crc32(kind + data))

    head = chunk(b"IHDR", struct.pack(">LLBBBBB", side, side, 8, 2, 0, 0, 0))
    rows = (b"\0" + b"\xff\0\0" * side) * side
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
