"""What the file of a copy says: prefixes Excel needs, values shown before anybody calculates, untouched parts."""

from __future__ import annotations

import io
import re
import zipfile

import pytest
from lxml import etree

from tierbook.sharing import share

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
NEWER = ("LAMBDA", "LET", "XLOOKUP", "REDUCE", "SEQUENCE", "UNICHAR", "ISOMITTED", "MAP")


@pytest.fixture(scope="module")
def book(asked, tmp_path_factory):
    """People's formulas in every form a file has them."""

    def people(book):
        asked.asking(["1001", 1, "nobody", None], [])(book)
        sheet = book.get_worksheet_by_name(asked.SHEET)
        for row in range(2, 6):
            sheet.write_formula(row - 1, 3, f"=CUST_TIER(A{row})", None, "old")
            sheet.write_formula(row - 1, 4, f"=CUST_CLV(A{row})", None, 0)
            sheet.write_formula(row - 1, 5, f'=IF(CUST_TIER(A{row})="VIP",B{row},0)', None, 7)
            sheet.write_formula(row - 1, 6, f"=SUM(H2:H9)+CUST_SCORE(A{row})", None, 8)
        sheet.write_dynamic_array_formula("J2:J5", "=CUST_TIER(A2:A5)", None, "VIP")
        sheet.write_array_formula("K2:K5", "{=CUST_TIER(A2:A5)}", None, "VIP")
        sheet.write_dynamic_array_formula("L2:O4", "=CUST_WHY(A2)", None, "指标")
        sheet.write_formula("Q2", "=A2&B2", None, "1001")
        sheet.write_string("Q3", "=CUST_TIER(A2)")
        sheet.conditional_format("A2:A5", {"type": "formula", "criteria": '=CUST_TIER($A2)="VIP"', "format": None})
        book.define_name("我的层级", "=CUST_TIER(报表!$A$2)")
        other = book.add_worksheet("别的")
        other.write_formula("A1", "=1+1", None, 2)

    return asked.small_book(tmp_path_factory.mktemp("stored") / "stored.xlsx", people)


@pytest.fixture(scope="module", params=["lambda", "classic"])
def copy(request, book):
    return request.param, share(book, request.param)


def parts(data):
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return {name: package.read(name) for name in package.namelist()}


def names_in(data):
    root = etree.fromstring(parts(data)["xl/workbook.xml"])
    return {one.get("name"): (one.text, one.get("hidden")) for one in root.iter(MAIN + "definedName")}


def cells_in(data, part="xl/worksheets/sheet1.xml"):
    root = etree.fromstring(parts(data)[part])
    return {cell.get("r"): cell for cell in root.iter(MAIN + "c")}


def formula_of(cell):
    found = cell.find(MAIN + "f")
    return None if found is None else found.text


def value_of(cell):
    return cell.get("t"), cell.findtext(MAIN + "v")


def test_names_are_stored_as_excel_stores_lambdas(book):
    names = {name: text for name, (text, _) in names_in(share(book, "lambda").data).items() if "cust_" in name.lower()}
    assert {name for name in names if name.startswith("CUST_")} == {
        "CUST_TIER", "CUST_SCORE", "CUST_RFM", "CUST_SEGMENT", "CUST_STAGE", "CUST_TAGS", "CUST_HAS_TAG", "CUST_METRIC",
        "CUST_CLV", "CUST_CHURN", "CUST_GAP", "CUST_NEXT", "CUST_OWNER", "CUST_STAMP", "CUST_COUNT",
    }  # fmt: skip
    assert names["CUST_TIER"].startswith("_xlfn.LAMBDA(_xlpm.customer_id,_xlop.scale_name,_xlop.as_of,_xlfn.LET(")
    assert "_xlfn.ISOMITTED(_xlpm.scale_name)" in names["CUST_TIER"]
    for name, formula in names.items():
        assert formula.startswith("_xlfn.LAMBDA("), name
        assert len(formula) < 8192, name
        bare = re.sub(r'"(?:[^"]|"")*"', '""', formula)
        for function in NEWER:
            assert not re.search(rf"(?<!_xlfn\.)\b{function}\(", bare), (name, function)
        for word in re.findall(r"(?<![\w.!$])[a-z][a-z_]*\b(?![.(!])", bare):
            pytest.fail(f"{name}: {word} is no name Excel would find")
        for optional in re.findall(r"_xlop\.(\w+)", bare):
            assert f"_xlpm.{optional}" in bare
            assert bare.count(f"_xlop.{optional}") == 1


def test_names_that_only_help_are_hidden_and_a_classic_copy_has_none(book):
    found = names_in(share(book, "lambda").data)
    assert {hidden for name, (_, hidden) in found.items() if name.startswith("_cust")} == {"1"}
    assert {hidden for name, (_, hidden) in found.items() if name.startswith("CUST_")} == {None}
    assert not [name for name in names_in(share(book, "classic").data) if name.upper().startswith(("CUST_", "_CUST"))]


def test_cells_show_the_true_answer_before_anybody_calculates(copy):
    cells = cells_in(copy[1].data)
    assert [value_of(cells[f"D{row}"]) for row in range(2, 6)] == [
        ("str", "VIP"), ("str", "一般"), ("e", "#N/A"), ("str", ""),
    ]  # fmt: skip
    assert [value_of(cells[f"E{row}"]) for row in (2, 3)] == [(None, "98765.43"), (None, "0.0")]
    assert value_of(cells["F2"]) == (None, "7")  # a larger formula keeps what it showed


def test_single_answers_are_marked_so_that_excel_shows_no_at_sign(book):
    made = share(book, "lambda")
    cells = cells_in(made.data)
    for place in ("D2", "E3", "F2"):
        told = cells[place].find(MAIN + "f")
        assert cells[place].get("cm") == "1"
        assert (told.get("t"), told.get("ref")) == ("array", place)
    assert cells["G2"].get("cm") is None  # ranges stand in it, which would calculate otherwise
    metadata = etree.fromstring(parts(made.data)["xl/metadata.xml"])
    flags = [one.get("fDynamic") for one in metadata.iter("{*}dynamicArrayProperties")]
    assert flags == ["1"]
    assert [(one.get("t"), one.get("v")) for one in metadata.find(MAIN + "cellMetadata").iter(MAIN + "rc")] == [
        ("1", "0")
    ]


def test_the_metadata_part_is_declared_where_a_book_had_none(asked, tmp_path):
    plain = asked.small_book(tmp_path / "plain.xlsx", asked.asking(["1001"], [asked.Ask("CUST_TIER")]))
    assert "xl/metadata.xml" not in parts(plain.read_bytes())
    made = parts(share(plain, "lambda").data)
    assert b"sheetMetadata+xml" in made["[Content_Types].xml"]
    assert b"relationships/sheetMetadata" in made["xl/_rels/workbook.xml.rels"]
    assert b'count="1"' in made["xl/metadata.xml"]


def test_spilling_formulas_go_on_spilling_in_excel_365(book):
    cells = cells_in(share(book, "lambda").data)
    assert (cells["J2"].get("cm"), cells["J2"].find(MAIN + "f").get("ref")) == ("1", "J2:J5")
    assert (cells["K2"].get("cm"), cells["K2"].find(MAIN + "f").get("ref")) == (None, "K2:K5")


def test_plain_formulas_know_only_functions_of_excel_2007(book):
    known = {
        "IF",
        "INDEX",
        "MATCH",
        "SUBSTITUTE",
        "TRIM",
        "ASC",
        "ISLOGICAL",
        "ABS",
        "N",
        "NA",
        "EXACT",
        "SUM",
        "ISERROR",
    }
    cells = cells_in(share(book, "classic").data)
    formulas = [formula_of(cells[place]) for place in ("D2", "E2", "F2", "G2")]
    for formula in formulas:
        assert set(re.findall(r"([A-Z][A-Z0-9._]*)\(", re.sub(r'"[^"]*"', "", formula))) <= known
        assert "_xl" not in formula
    assert formulas[2].endswith('="VIP",B2,0)')
    assert formulas[3].startswith("SUM(H2:H9)+IF(")


def test_what_cannot_be_calculated_keeps_its_value_and_is_told(copy):
    to, made = copy
    cells = cells_in(made.data)
    assert formula_of(cells["L2"]) is None
    assert value_of(cells["L2"])[1] == "指标"
    assert "报表!L2" in made.frozen
    assert made.frozen == ("报表!L2",), to


def test_a_block_that_spilled_is_a_plain_formula_in_each_cell(asked, book, tmp_path):
    made = share(book, "classic")
    cells = cells_in(made.data)
    for column in "JK":
        found = [cells[f"{column}{row}"] for row in range(2, 6)]
        assert [value_of(cell) for cell in found] == [("str", "VIP"), ("str", "一般"), ("e", "#N/A"), ("str", "")]
        assert [cell.find(MAIN + "f").attrib for cell in found] == [{}] * 4
        assert "A4" in formula_of(found[2])
        assert "A5" not in formula_of(found[2])
    copy = tmp_path / "copy.xlsx"
    copy.write_bytes(made.data)
    assert [row[6:8] for row in asked.by_ironcalc(copy, 4, 8)] == [["VIP"] * 2, ["一般"] * 2, ["#N/A"] * 2, [""] * 2]


def test_formulas_outside_of_cells_are_brought_along(copy):
    to, made = copy
    sheet = parts(made.data)["xl/worksheets/sheet1.xml"].decode()
    rule = re.search(r"<formula>(.*?)</formula>", sheet)[1]
    name = names_in(made.data)["我的层级"][0]
    if to == "lambda":
        assert (rule, name) == ('CUST_TIER($A2)="VIP"', "CUST_TIER(报表!$A$2)")
    else:
        assert "CUST_" not in rule + name
        assert "MATCH(" in name


def test_everything_else_keeps_its_bytes(book, copy):
    before, after = parts(book.read_bytes()), parts(copy[1].data)
    touched = {"xl/workbook.xml", "xl/_rels/workbook.xml.rels", "[Content_Types].xml", "xl/styles.xml",
               "xl/worksheets/sheet1.xml", "xl/metadata.xml"}  # fmt: skip
    assert not [name for name in before if name not in touched and after.get(name) != before[name]]
    old, new = cells_in(book.read_bytes()), cells_in(copy[1].data)
    for place in ("A2", "A3", "Q2", "Q3"):
        assert etree.tostring(old[place]) == etree.tostring(new[place])


def test_excel_is_asked_to_calculate_when_it_opens_the_copy(copy):
    package = parts(copy[1].data)
    assert b'fullCalcOnLoad="1"' in package["xl/workbook.xml"]
    assert not [name for name in package if "calcChain" in name]


def test_the_same_book_gives_the_same_copy(book, copy):
    assert share(book, copy[0]).data == copy[1].data
