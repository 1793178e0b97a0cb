"""VBA projects: read back by an independent reader, refused in words where VBA would fail."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from tierbook.errors import MacroError, SeveralErrors
from tierbook.macros import Module, vba_project
from tierbook.macros.project import veiled

olefile = pytest.importorskip("olefile", reason="olefile is not installed")
olevba = pytest.importorskip("oletools.olevba", reason="oletools is not installed")

CODE = "Option Explicit\nPublic Function CUST_TWICE(x As Double) As Double\n    CUST_TWICE = 2 * x\nEnd Function\n"
MODULES = (
    Module("ThisWorkbook", "", "workbook"),
    Module("Sheet1", "", "sheet"),
    Module("CustOne", CODE),
    Module("CustEvents", "Public WithEvents Excel As Application\n", "class"),
)


def read_back(project: bytes) -> dict[str, str]:
    """Module -> text, as olevba reads it."""
    parser = olevba.VBA_Parser("vbaProject.bin", data=project)
    found = {file.rsplit(".", 1)[0]: code for _, _, file, code in parser.extract_all_macros()}
    parser.close()
    return found


def stream(project: bytes, name: str) -> bytes:
    with olefile.OleFileIO(io.BytesIO(project), raise_defects=olefile.DEFECT_INCORRECT) as file:
        assert not file.parsing_issues
        content: bytes = file.openstream(name).read()
        return content


def installed_xlwings() -> list[Module]:
    import xlwings

    folder = Path(xlwings.__file__).parent
    return [
        Module("xlwings", (folder / "xlwings_custom_addin.bas").read_text(encoding="cp1252")),
        Module("Dictionary", (folder / "addin" / "Dictionary.cls").read_text(encoding="cp1252"), "class"),
    ]


def test_an_independent_reader_reads_every_module_exactly() -> None:
    modules = [*MODULES, *installed_xlwings()]
    assert read_back(vba_project(modules, "Test")) == {one.name: one.source() for one in modules}


def test_a_document_module_says_what_it_extends() -> None:
    assert MODULES[1].source().splitlines() == [
        'Attribute VB_Name = "Sheet1"',
        'Attribute VB_Base = "0{00020820-0000-0000-C000-000000000046}"',
        "Attribute VB_GlobalNameSpace = False",
        "Attribute VB_Creatable = False",
        "Attribute VB_PredeclaredId = True",
        "Attribute VB_Exposed = True",
        "Attribute VB_TemplateDerived = False",
        "Attribute VB_Customizable = True",
    ]


def test_an_exported_class_keeps_its_own_attributes_and_loses_its_head() -> None:
    exported = (
        'VERSION 1.0 CLASS\r\nBEGIN\r\n  MultiUse = -1  \'True\r\nEND\r\nAttribute VB_Name = "Old"\r\n'
        'Attribute VB_Exposed = True\r\nAttribute VB_Description = "Words"\r\nOption Explicit\r\n'
    )
    lines = Module("New", exported, "class").source().split("\r\n")
    assert lines[0] == 'Attribute VB_Name = "New"'
    assert "Attribute VB_Exposed = True" in lines
    assert lines[8:] == ['Attribute VB_Description = "Words"', "Option Explicit", ""]


def test_the_project_stream_lists_modules_by_their_kind() -> None:
    lines = stream(vba_project(MODULES, "Test"), "PROJECT").decode("ascii").split("\r\n")
    assert lines[1:6] == [
        "Document=ThisWorkbook/&H00000000",
        "Document=Sheet1/&H00000000",
        "Module=CustOne",
        "Class=CustEvents",
        'Name="Test"',
    ]


def unveiled(project_id: str, text: str) -> bytes:
    """The plain data of an obfuscated value. Source: [MS-OVBA] 2.4.3.3, written anew."""
    raw = bytes.fromhex(text)
    seed, version, key = raw[0], raw[0] ^ raw[1], raw[0] ^ raw[2]
    assert version == 2
    assert key == sum(project_id.encode()) % 256
    plain, before, before_that, out = key, raw[2], raw[1], bytearray()
    for byte in raw[3:]:
        plain = byte ^ ((before_that + plain) & 0xFF)
        before_that, before = before, byte
        out.append(plain)
    out = out[(seed & 6) // 2 :]
    assert int.from_bytes(out[:4], "little") == len(out) - 4
    return bytes(out[4:])


def test_nobody_protects_the_project() -> None:
    lines = stream(vba_project(MODULES, "Test"), "PROJECT").decode("ascii").split("\r\n")
    said = dict(line.replace('"', "").split("=", 1) for line in lines if "=" in line and "&H" not in line)
    assert unveiled(said["ID"], said["CMG"]) == bytes(4)
    assert unveiled(said["ID"], said["DPB"]) == b"\0"
    assert unveiled(said["ID"], said["GC"]) == b"\xff"


def test_obfuscation_is_that_of_a_project_made_by_office() -> None:
    number = "{5CF9CDAB-B77B-4FE4-BD7E-D29900070E1B}"
    assert unveiled(number, "8D8FA61394EF95EF9510") == b"\xff"
    assert unveiled(number, veiled(number, b"\xff", seed=0x8D)) == b"\xff"


def test_no_compiled_code_is_stored() -> None:
    assert stream(vba_project(MODULES, "Test"), "VBA/_VBA_PROJECT") == bytes.fromhex("cc61ffff000100")


def test_equal_sources_give_equal_bytes() -> None:
    assert vba_project(MODULES, "Test") == vba_project(list(MODULES), "Test")


def refusal(*modules: Module, project: str = "Test") -> str:
    with pytest.raises((MacroError, SeveralErrors)) as refused:
        vba_project(modules, project)
    return refused.value.words("en")


def test_a_module_named_like_a_public_function_is_refused() -> None:
    assert refusal(Module("cust_twice", ""), *MODULES) == (
        "The module cust_twice bears the name of a public procedure of CustOne: "
        "cells that call it would fail without a word. Rename one of them."
    )


@pytest.mark.parametrize(
    "line",
    ["Function Same()", "Public Sub Same()", "  public function same(x)", "Static Sub Same()", "Property Get Same()"],
)
def test_every_way_to_write_a_public_procedure_counts(line: str) -> None:
    assert "bears the name of a public procedure of Other" in refusal(Module("Same", ""), Module("Other", line))


@pytest.mark.parametrize("line", ["Private Function Same()", "' Function Same()", 'Declare Function Same Lib "x"'])
def test_what_only_its_module_sees_does_not_clash(line: str) -> None:
    assert vba_project([Module("Same", ""), Module("Other", line)], "Test")


def test_a_procedure_of_a_class_does_not_clash() -> None:
    assert vba_project([Module("Same", ""), Module("Other", "Public Sub Same()\nEnd Sub", "class")], "Test")


def test_a_public_function_in_two_modules_is_refused() -> None:
    assert refusal(Module("First", CODE), Module("Second", CODE)) == (
        "The public procedure cust_twice stands in both First and Second: a cell would not know which one to call."
    )


def test_two_versions_of_a_function_in_one_module_are_fine() -> None:
    assert vba_project([Module("One", "#If Mac Then\nFunction F()\n#Else\nFunction F()\n#End If\n")], "Test")


@pytest.mark.parametrize(("name", "project"), [("SHEET1", "Test"), ("Test", "TEST")])
def test_one_name_for_two_things_is_refused(name: str, project: str) -> None:
    assert refusal(*MODULES, Module(name, ""), project=project) == (
        f"The name {name} is used twice (VBA does not tell capitals from small letters, and the project's name counts)."
    )


@pytest.mark.parametrize("name", ["A" * 32, "1st", "_x", "With space", "With-hyphen", ""])
def test_names_vba_cannot_take_are_refused(name: str) -> None:
    assert refusal(Module(name, "")) == (
        f'"{name}" cannot be a name in VBA: it must begin with a letter, '
        "have letters, digits and underscores only, and at most 31 of them."
    )


def test_thirty_one_letters_are_enough() -> None:
    assert vba_project([Module("A" * 31, "")], "B" * 31)


def test_letters_beyond_ascii_are_refused_with_their_line() -> None:
    assert refusal(Module("One", "Option Explicit\n' 客户\n")) == (
        "One, line 3 has letters beyond ASCII, which turn to garbage on another computer: ' 客户. "
        "Keep such words on a sheet."
    )


def test_a_line_may_have_1023_letters() -> None:
    assert vba_project([Module("One", "'" + "x" * 1022)], "Test")
    assert refusal(Module("One", "'" + "x" * 1023)) == "One, line 2 is longer than 1023 letters."


def test_a_statement_may_be_continued_24_times() -> None:
    assert vba_project([Module("One", "x = 1 + _\n" * 24 + "1")], "Test")
    assert refusal(Module("One", "x = 1 + _\n" * 25 + "1")) == (
        "One, line 26: a statement can be continued 24 times at most."
    )


def test_all_troubles_are_told_in_one_run() -> None:
    words = refusal(Module("One", "' 客户"), Module("one", "' 客户"))
    assert words.count("\n") == 3


def test_modules_open_in_a_strict_reader() -> None:
    many = [Module(f"Sheet{number}", "", "sheet") for number in range(1, 40)]
    assert stream(vba_project([Module("ThisWorkbook", "", "workbook"), *many], "Test"), "PROJECTwm")
