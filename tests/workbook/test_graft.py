"""Owned sheets are replaced or added; what people made keeps its bytes."""

from __future__ import annotations

import io
import re
import warnings
import zipfile

import openpyxl
import pytest
import xlsxwriter

from tierbook.errors import WorkbookError
from tierbook.workbook import replace_sheets
from tierbook.workbook.package.opc import Package, links_part
from tierbook.workbook.package.sheet_list import named, sheets
from tierbook.workbook.package.zip_records import Records, key_of

OWNED, STAMP = "分层", "_tierbook"
SHEETS = [OWNED, STAMP]


def raw(book: bytes) -> dict[str, bytes]:
    """Part -> its whole zip record: header, compressed bytes, descriptor."""
    records = Records(book)
    return {key: book[record.start : record.end] for key, record in records._by_key.items()}


def may_change(book: bytes, *owned: str) -> set[str]:
    """Parts a replacement may touch: the bookkeeping, and what hangs on the owned sheets alone."""
    package = Package(book)
    styles = package.related(package.main, "styles")
    parts = {"[Content_Types].xml", package.main, links_part(package.main), styles}
    for name in owned:
        sheet = named(sheets(package), name)
        if sheet is not None:
            for part in [sheet.part, *package.reachable(sheet.part).values()]:
                parts |= {part, links_part(part)}
    return {key_of(part) for part in parts if part}


def parts_of(book: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(book)) as package:
        assert package.testzip() is None
        return {name: package.read(name) for name in package.namelist()}


def loaded(book: bytes, **options: bool) -> openpyxl.Workbook:
    """The book as openpyxl sees it; what it warns of is what it would drop on saving, and nobody saves it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        return openpyxl.load_workbook(io.BytesIO(book), **options)


def sheet_part(book: bytes, name: str) -> str:
    sheet = named(sheets(Package(book)), name)
    assert sheet is not None
    return sheet.part


@pytest.mark.parametrize("names", [[OWNED], [STAMP], SHEETS, [STAMP, OWNED]])
def test_every_other_part_keeps_its_compressed_bytes(foreign: bytes, donor: bytes, names: list[str]) -> None:
    before, after = raw(foreign), raw(replace_sheets(foreign, donor, names))
    untouched = before.keys() - may_change(foreign, *names)
    assert len(untouched) > 20
    assert {part: after[part] for part in untouched} == {part: before[part] for part in untouched}


def test_replacing_twice_is_replacing_once(foreign: bytes, donor: bytes) -> None:
    once = replace_sheets(foreign, donor, SHEETS)
    assert once != foreign
    assert replace_sheets(once, donor, SHEETS) is once


def test_the_same_inputs_give_the_same_bytes(foreign: bytes, donor: bytes) -> None:
    assert replace_sheets(foreign, donor, SHEETS) == replace_sheets(foreign, donor, SHEETS)


def test_going_to_other_data_and_back_gives_the_same_bytes(foreign: bytes, donor: bytes, donor_of) -> None:
    once = replace_sheets(foreign, donor, SHEETS)
    other = replace_sheets(once, donor_of([("z", 1), ("y", 2), ("x", 3)]), SHEETS)
    assert other != once
    assert parts_of(replace_sheets(other, donor, SHEETS)) == parts_of(once)


def test_tabs_keep_their_order_ids_and_links_and_new_ones_come_last(foreign: bytes, donor: bytes) -> None:
    def tabs(book: bytes) -> list[tuple[str, str, str]]:
        text = parts_of(book)["xl/workbook.xml"].decode()
        return re.findall(r'<sheet name="([^"]+)" sheetId="(\d+)"(?: state="\w+")? r:id="(\w+)"', text)

    before, after = tabs(foreign), tabs(replace_sheets(foreign, donor, SHEETS))
    assert after[:-1] == before
    assert after[-1][0] == STAMP
    assert after[-1][1] == "5"


def test_the_grafted_values_formats_and_objects_arrive(foreign: bytes, donor: bytes) -> None:
    book = loaded(replace_sheets(foreign, donor, SHEETS), keep_vba=True)
    sheet = book[OWNED]
    assert [[cell.value for cell in row] for row in sheet["A1:B3"]] == [
        ["客户", "分数"],
        ["a", 90.5],
        ['=HYPERLINK("x")', 12],
    ]
    assert sheet["A3"].data_type == "s"
    assert (sheet["B2"].number_format, sheet["B2"].font.b) == ("0.000", True)
    assert sheet["A1"].comment is not None
    assert sheet["F1"].hyperlink.target == "https://example.org/guide"
    assert sheet.tables["Tiers"].ref == "A1:B3"
    assert sheet.print_title_rows == "$1:$1"
    assert sheet.print_area == "'分层'!$A$1:$B$3"
    assert (len(sheet._charts), len(sheet._images)) == (1, 1)
    assert len(sheet.data_validations.dataValidation) == 1
    red = next(rule for rules in sheet.conditional_formatting for rule in rules.rules if rule.type == "cellIs")
    assert red.dxf.font.color.rgb == "FF9C0006"
    assert sheet.sheet_properties.tabColor.rgb == "FF123456"
    assert sheet.column_dimensions["C"].width > 12
    assert sheet.column_dimensions["C"].number_format == "0.000"
    assert sheet.row_dimensions[1].font.i
    assert book[STAMP].sheet_state == "veryHidden"


def test_peoples_formats_keep_their_indexes(foreign: bytes, donor: bytes) -> None:
    def formats(book: bytes) -> list[str]:
        text = parts_of(book)["xl/styles.xml"].decode()
        return re.findall(r"<xf .*?(?:/>|</xf>)", text[text.index("<cellXfs") : text.index("</cellXfs>")])

    before, after = formats(foreign), formats(replace_sheets(foreign, donor, SHEETS))
    assert after[: len(before)] == before
    assert len(after) > len(before)


def test_a_table_keeps_its_id_and_the_ids_of_its_columns(foreign: bytes, donor_of) -> None:
    def table(book: bytes) -> tuple[str, list[tuple[str, str]]]:
        package = Package(book)
        part = package.related(sheet_part(book, OWNED), "table")
        text = package.read(part or "").decode()
        columns = re.findall(r'<tableColumn id="(\d+)" name="([^"]+)"', text)
        return re.search(r'<table [^>]*? id="(\d+)"', text)[1], columns  # type: ignore[index]

    once = replace_sheets(foreign, donor_of(), [OWNED])
    assert table(once) == table(foreign)
    number, columns = table(replace_sheets(once, donor_of(headers=("新列", "分数", "客户")), [OWNED]))
    assert number == table(foreign)[0]
    assert columns == [("3", "新列"), ("2", "分数"), ("1", "客户")]


def test_table_ids_are_the_tables_own(foreign: bytes, donor_of) -> None:
    book = replace_sheets(foreign, donor_of(name="新分层", table="Fresh"), ["新分层"])
    ids = [
        re.search(rb'<table [^>]*? id="(\d+)"', data)[1] for part, data in parts_of(book).items() if "/tables/" in part
    ]
    assert len(ids) == len(set(ids)) == 3


def test_every_part_has_a_content_type_and_every_link_a_target(foreign: bytes, donor: bytes) -> None:
    book = replace_sheets(foreign, donor, SHEETS)
    package = Package(book)
    parts = parts_of(book).keys() - {"[Content_Types].xml"}
    for part in parts:
        if part != "xl/notes/mine.xml":
            assert package.content_type(part), part
        assert all(package.has(link.part) for link in package.relationships(part) if link.part)
    orphans = {key_of(part) for part in parts} - package.reachable("").keys()
    assert {part for part in orphans if not part.endswith(".rels")} == {"xl/notes/mine.xml"}


def test_code_names_stay_and_only_one_tab_is_in_front(foreign: bytes, donor: bytes) -> None:
    book = replace_sheets(foreign, donor, SHEETS)
    owned = parts_of(book)[sheet_part(book, OWNED)].decode()
    assert 'codeName="Sheet3"' in owned
    selected = [part for part, data in parts_of(book).items() if b'tabSelected="1"' in data]
    assert selected == [sheet_part(book, OWNED)]
    stamp = parts_of(book)[sheet_part(book, STAMP)]
    assert b"codeName" not in stamp


def test_an_added_sheet_does_not_join_the_one_in_front(foreign: bytes, donor_of) -> None:
    new = donor_of(name="新", table="Fresh")
    assert b'tabSelected="1"' in parts_of(new)["xl/worksheets/sheet1.xml"]
    book = replace_sheets(foreign, new, ["新"])
    assert b"tabSelected" not in parts_of(book)[sheet_part(book, "新")]


def test_peoples_names_stay_and_stale_print_names_go(foreign: bytes, donor: bytes) -> None:
    def names(book: bytes) -> dict[tuple[str, str], str]:
        text = parts_of(book)["xl/workbook.xml"].decode()
        found = re.findall(r'<definedName name="([^"]+)"(?: localSheetId="(\d+)")?[^>]*>([^<]*)', text)
        return {(name, scope): target for name, scope, target in found}

    before, after = names(foreign), names(replace_sheets(foreign, donor, SHEETS))
    assert ("_xlnm._FilterDatabase", "2") in before
    assert ("_xlnm._FilterDatabase", "2") not in after
    assert after["_xlnm.Print_Area", "2"] == "分层!$A$1:$B$3"
    assert after["选项", ""] == "'分层'!$A$2:$A$3"
    for kept in [("回访名单", ""), ("高分", ""), ("_xlnm.Print_Area", "1")]:
        assert after[kept] == before[kept]


def test_a_name_of_the_book_follows_the_donor(foreign: bytes, donor: bytes, donor_of) -> None:
    book = replace_sheets(foreign, donor, SHEETS)
    longer = replace_sheets(book, donor_of([("a", 1)] * 5), SHEETS)
    assert parts_of(longer)["xl/workbook.xml"].decode().count("选项") == 1
    assert "'分层'!$A$2:$A$6" in parts_of(longer)["xl/workbook.xml"].decode()


def test_a_name_that_speaks_of_no_grafted_sheet_is_not_carried(foreign: bytes, donor: bytes) -> None:
    assert "选项" not in parts_of(replace_sheets(foreign, donor, [STAMP]))["xl/workbook.xml"].decode()


def test_names_written_twice_become_one(foreign: bytes, donor: bytes, changed) -> None:
    twin = '<definedName name="_xlnm.Print_Titles" localSheetId="2">分层!$1:$2</definedName></definedNames>'.encode()

    def double(name: str, data: bytes) -> bytes:
        return data.replace(b"</definedNames>", twin) if name == "xl/workbook.xml" else data

    text = parts_of(replace_sheets(changed(foreign, double), donor, SHEETS))["xl/workbook.xml"].decode()
    assert text.count('name="_xlnm.Print_Titles" localSheetId="2"') == 1
    assert ">分层!$1:$1<" in text


def test_a_name_local_to_a_persons_sheet_of_the_same_word_stays(foreign: bytes, donor: bytes, changed) -> None:
    def add_local(name: str, data: bytes) -> bytes:
        local = '<definedName name="选项" localSheetId="0">说明!$A$1</definedName></definedNames>'.encode()
        return data.replace(b"</definedNames>", local) if name == "xl/workbook.xml" else data

    book = replace_sheets(changed(foreign, add_local), donor, SHEETS)
    text = parts_of(book)["xl/workbook.xml"].decode()
    assert '<definedName name="选项" localSheetId="0">说明!$A$1<' in text
    assert text.count('name="选项"') == 2


def test_formulas_are_calculated_anew_on_opening_only_where_there_are_any(
    foreign: bytes, donor: bytes, book_of
) -> None:
    flag = b'fullCalcOnLoad="1"'
    quiet = re.sub(rb' fullCalcOnLoad="1"', b"", parts_of(book_of({"人": [["x"]]}))["xl/workbook.xml"])
    no_formulas = _with_workbook(book_of({"人": [["x"]]}), quiet)
    assert flag not in parts_of(replace_sheets(no_formulas, donor, [STAMP]))["xl/workbook.xml"]
    with_formulas = _with_workbook(foreign, parts_of(foreign)["xl/workbook.xml"].replace(b' fullCalcOnLoad="1"', b""))
    assert flag in parts_of(replace_sheets(with_formulas, donor, [STAMP]))["xl/workbook.xml"]


def _with_workbook(book: bytes, text: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as target:
        for name, data in parts_of(book).items():
            target.writestr(name, text if name == "xl/workbook.xml" else data)
    return out.getvalue()


def _with_chain(book: bytes, changed) -> bytes:
    """The book with a calculation chain, as Excel writes one."""
    chain = (
        b'<calcChain xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><c r="A1" i="4"/></calcChain>'
    )
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/calcChain"
    link = f'<Relationship Id="rId99" Type="{kind}" Target="calcChain.xml"/>'
    content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.calcChain+xml"
    additions = {
        "xl/_rels/workbook.xml.rels": f"{link}</Relationships>",
        "[Content_Types].xml": f'<Override PartName="/xl/calcChain.xml" ContentType="{content_type}"/></Types>',
    }

    def change(name: str, data: bytes) -> bytes:
        text = data.decode() if name in additions else ""
        return re.sub(r"</\w+>$", additions[name], text).encode() if text else data

    return changed(book, change, {"xl/calcChain.xml": chain})


def test_the_calculation_chain_stays_while_owned_sheets_hold_values_only(foreign: bytes, donor: bytes, changed) -> None:
    book = _with_chain(foreign, changed)
    assert raw(replace_sheets(book, donor, SHEETS))["xl/calcchain.xml"] == raw(book)["xl/calcchain.xml"]


def test_the_calculation_chain_goes_when_an_owned_sheet_has_a_formula(foreign: bytes, changed) -> None:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    book.add_worksheet(STAMP).write_formula("A1", "=1+1", None, 2)
    book.close()
    after = parts_of(replace_sheets(_with_chain(foreign, changed), out.getvalue(), [STAMP]))
    assert "xl/calcChain.xml" not in after
    assert b"calcChain" not in after["xl/_rels/workbook.xml.rels"]
    assert b"calcChain" not in after["[Content_Types].xml"]


def test_a_book_with_its_own_namespace_prefix_is_edited_in_that_prefix(foreign: bytes, donor: bytes, changed) -> None:
    def prefix(name: str, data: bytes) -> bytes:
        if name not in {"xl/workbook.xml", "xl/styles.xml"}:
            return data
        text = re.sub(rb"<(/?)([a-zA-Z])", rb"<\1x:\2", data.split(b"?>\n", 1)[1])
        return text.replace(b"xmlns=", b"xmlns:x=", 1)

    book = replace_sheets(changed(foreign, prefix), donor, SHEETS)
    for part in ("xl/workbook.xml", "xl/styles.xml"):
        assert not re.search(rb"<(?!/?x:|\?)", parts_of(book)[part]), part
    assert loaded(book).sheetnames[-1] == STAMP


def test_a_sheet_name_in_other_case_is_the_same_sheet(foreign: bytes, donor_of, book_of) -> None:
    book = replace_sheets(book_of({"tiers": [["old"]], "人": [["x"]]}), donor_of(name="Tiers"), ["Tiers"])
    assert [sheet.name for sheet in sheets(Package(book))] == ["tiers", "人"]
    assert loaded(book)["tiers"]["A1"].value == "客户"


def test_a_sheet_a_person_hid_stays_hidden(foreign: bytes, donor: bytes, changed) -> None:
    def hide(name: str, data: bytes) -> bytes:
        wanted = b'sheetId="3" state="hidden"'
        return data.replace(b'sheetId="3"', wanted) if name == "xl/workbook.xml" else data

    book = replace_sheets(changed(foreign, hide), donor, SHEETS)
    assert [sheet.state for sheet in sheets(Package(book))] == ["visible", "visible", "hidden", "visible", "veryHidden"]


def test_a_machine_sheet_a_person_uncovered_is_hidden_again(foreign: bytes, donor: bytes, changed) -> None:
    def uncover(name: str, data: bytes) -> bytes:
        return data.replace(b' state="veryHidden"', b"") if name == "xl/workbook.xml" else data

    book = replace_sheets(changed(replace_sheets(foreign, donor, SHEETS), uncover), donor, SHEETS)
    assert sheets(Package(book))[-1].state == "veryHidden"


def test_a_book_without_styles_gets_them(donor: bytes, changed, book_of) -> None:
    def strip(name: str, data: bytes) -> bytes | None:
        if name == "xl/styles.xml":
            return None
        pattern = rb"<(?:Override|Relationship) [^>]*styles[^>]*/>"
        return re.sub(pattern, b"", data) if name in {"[Content_Types].xml", "xl/_rels/workbook.xml.rels"} else data

    book = replace_sheets(changed(book_of({"人": [["x"]]}), strip), donor, SHEETS)
    sheet = loaded(book)[OWNED]
    assert (sheet["B2"].number_format, sheet["A2"].number_format) == ("0.000", "General")


def test_texts_written_row_by_row_arrive_too(foreign: bytes, donor_of) -> None:
    donor = donor_of([("_x0041_ & <b>", 1)], constant_memory=True, name="直写")
    book = loaded(replace_sheets(foreign, donor, ["直写"]))
    assert book["直写"]["A2"].value == "_x005F_x0041_ & <b>"


def test_rich_text_keeps_its_runs(foreign: bytes) -> None:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    sheet = book.add_worksheet(STAMP)
    sheet.write_rich_string("A1", "plain ", book.add_format({"bold": True}), "bold")
    book.close()
    made = loaded(replace_sheets(foreign, out.getvalue(), [STAMP]), rich_text=True)
    assert [str(run) for run in made[STAMP]["A1"].value] == ["plain ", "bold"]
    assert made[STAMP]["A1"].value[1].font.b


def test_two_new_tables_get_two_ids(foreign: bytes) -> None:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    sheet = book.add_worksheet(STAMP)
    sheet.add_table("A1:B3", {"name": "One"})
    sheet.add_table("D1:E3", {"name": "Two"})
    book.close()
    parts = parts_of(replace_sheets(foreign, out.getvalue(), [STAMP]))
    ids = [re.search(rb'<table [^>]*? id="(\d+)"', data)[1] for part, data in parts.items() if "/tables/" in part]  # type: ignore[index]
    assert sorted(ids) == [b"1", b"2", b"3", b"4"]


def test_a_faulty_result_never_leaves_the_room(foreign: bytes, donor: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """Should the graft ever give a table an id that is taken, the last look stops it."""
    twin = parts_of(foreign)["xl/tables/table1.xml"]
    monkeypatch.setattr("tierbook.workbook.ours.tables.TableIds.adapted", lambda *_: twin)
    monkeypatch.setattr("tierbook.workbook.ours.tables.TableIds.refuse_lost", lambda _: None)
    assert "写出的工作簿没有通过检查（facts）" in refusal(foreign, donor, [OWNED])


# --- names people use already: ours gives way, and what speaks of it follows


def tables_of(book: bytes, sheet: str) -> list[str]:
    return list(loaded(book)[sheet].tables)


@pytest.mark.parametrize(("taken", "ours"), [("FACTS", "FACTS_tb"), ("回访名单", "回访名单_tb"), ("高分", "高分_tb")])
def test_a_table_whose_name_is_taken_gets_another(foreign: bytes, donor_of, taken: str, ours: str) -> None:
    book = replace_sheets(foreign, donor_of(name="新", table=taken), ["新"])
    assert tables_of(book, "新") == [ours]
    assert tables_of(book, "数据") == ["Facts"]
    assert replace_sheets(book, donor_of(name="新", table=taken), ["新"]) is book


def test_a_table_people_renamed_keeps_their_name(foreign: bytes, donor_of, changed) -> None:
    book = changed(foreign, lambda name, data: data.replace(b'"Tiers"', b'"Mine"') if "tables/" in name else data)
    assert tables_of(replace_sheets(book, donor_of(), [OWNED]), OWNED) == ["Mine"]


@pytest.mark.parametrize("taken", ["Facts", "回访名单"])
def test_a_range_whose_name_is_taken_gets_another_and_its_formulas_follow(foreign: bytes, taken: str) -> None:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    sheet = book.add_worksheet(STAMP)
    sheet.data_validation("B1", {"validate": "list", "source": f"={taken}"})
    sheet.write_formula("C1", f'=COUNTA({taken})&"{taken}"')
    book.define_name(taken, f"={STAMP}!$A$1")
    book.close()
    made = loaded(replace_sheets(foreign, out.getvalue(), [STAMP]))
    assert made.defined_names[f"{taken}_tb"].value == f"{STAMP}!$A$1"
    assert "回访名单" in made.defined_names
    assert made[STAMP].data_validations.dataValidation[0].formula1 == f"{taken}_tb"
    assert made[STAMP]["C1"].value == f'=COUNTA({taken}_tb)&"{taken}"'


# --- refusals: each leaves the book as it is and says what to do


def refusal(book: bytes, donor: bytes, names: list[str]) -> str:
    with pytest.raises(WorkbookError) as caught:
        replace_sheets(book, donor, names)
    return str(caught.value)


def test_a_table_that_would_vanish_is_refused(foreign: bytes, donor_of) -> None:
    assert refusal(foreign, donor_of(table="Other", headers=("甲", "乙")), [OWNED]) == (
        "工作表“分层”上的表格“Tiers”不是 tierbook 建的，更新会丢掉它；请把它移到别的工作表再刷新"
    )


@pytest.mark.parametrize(
    ("kind", "word"),
    [
        ("pivotTable", "数据透视表"),
        ("threadedComment", "批注讨论"),
        ("slicer", "切片器或日程表"),
        ("oleObject", "嵌入的文件"),
        ("ctrlProp", "表单控件"),
        ("customThing", "customThing"),
    ],
)
def test_what_people_added_and_no_donor_brings_back_is_refused(
    foreign: bytes, donor: bytes, changed, kind: str, word: str
) -> None:
    links = links_part(sheet_part(foreign, OWNED))
    added = f'<Relationship Id="rId77" Type="http://x/{kind}" Target="/xl/notes/mine.xml"/></Relationships>'.encode()

    def add(name: str, data: bytes) -> bytes:
        return data.replace(b"</Relationships>", added) if name == links else data

    assert refusal(changed(foreign, add), donor, [OWNED]) == (
        f"工作表“分层”由 tierbook 整张更新，但有人在上面放了{word}；请把它移到别的工作表再刷新"
    )


@pytest.mark.parametrize("kind", ["printerSettings", "namedSheetView"])
def test_settings_excel_leaves_on_a_sheet_stop_no_refresh(foreign: bytes, donor: bytes, changed, kind: str) -> None:
    links = links_part(sheet_part(foreign, OWNED))
    added = f'<Relationship Id="rId77" Type="http://x/{kind}" Target="/xl/notes/mine.xml"/></Relationships>'.encode()

    def add(name: str, data: bytes) -> bytes:
        return data.replace(b"</Relationships>", added) if name == links else data

    assert "xl/notes/mine.xml" not in parts_of(replace_sheets(changed(foreign, add), donor, [OWNED]))


def test_a_chart_sheet_of_an_owned_name_is_refused(donor: bytes) -> None:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    book.add_worksheet("人")
    chart = book.add_chart({"type": "pie"})
    chart.add_series({"values": "=人!$A$1:$A$3"})
    book.add_chartsheet(OWNED).set_chart(chart)
    book.close()
    assert refusal(out.getvalue(), donor, [OWNED]) == "“分层”是图表或宏表，不是普通工作表；请给它改名"


def test_a_sheet_the_donor_lacks_is_refused(foreign: bytes, donor: bytes) -> None:
    assert refusal(foreign, donor, ["没有"]) == "程序错误：要放入的工作表“没有”没有生成；请报告给开发者"


def test_a_donor_with_spilling_formulas_is_refused(foreign: bytes) -> None:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    book.add_worksheet(STAMP).write_dynamic_array_formula("A1", "=SORT(B1:B3)")
    book.close()
    assert refusal(foreign, out.getvalue(), [STAMP]) == (
        "程序错误：生成的工作表依赖无法带入的部件（sheetMetadata）；请报告给开发者"
    )


def test_a_donor_another_library_wrote_is_refused_not_misread(foreign: bytes, donor: bytes, changed) -> None:
    def reorder(name: str, data: bytes) -> bytes:
        return re.sub(rb'<c r="A2" t="s"', rb'<c t="s" r="A2"', data) if name.endswith("sheet1.xml") else data

    assert refusal(foreign, changed(donor, reorder), [OWNED]) == (
        "程序错误：生成的工作表（xl/worksheets/sheet1.xml）形式不对；请报告给开发者"
    )
