"""The VBA of the worksheet functions: made from their signatures, and as sound as can be told without Excel."""

from __future__ import annotations

import re
from dataclasses import replace
from importlib import metadata
from pathlib import Path

import pytest

from tierbook.errors import MacroError
from tierbook.excel.addin import functions as vba_sources
from tierbook.excel.install.clsid import PROJECT, SETTING
from tierbook.excel.signatures import Argument, signatures
from tierbook.macros import Module, vba_project
from tierbook.typed import cleaned

MODULES = {one.name: one for one in vba_sources.modules()}
OWN = {one.name: one.code for one in vba_sources.own_modules()}
CODE = {name: re.sub(r"'.*|\"[^\"]*\"", "", code, flags=re.MULTILINE) for name, code in OWN.items()}
"""Our modules without comments and texts."""
DEFINED = re.compile(r"^(Public|Private) (?:Function|Sub) (\w+)", re.MULTILINE)
TEST_LINK = Path(__file__).parent / "vba" / "CustLink.bas"


def test_the_modules_are_a_project_the_builder_takes():
    assert vba_project([Module("ThisWorkbook", "", "workbook"), *MODULES.values()], "Tierbook")


@pytest.mark.parametrize("function", signatures(), ids=lambda one: one.name)
def test_each_function_takes_its_arguments_and_hands_them_on(function):
    typed = ", ".join(f"{'Optional ' * one.optional}{one.name} As Variant" for one in function.arguments)
    handed = ", ".join(one.name for one in function.arguments)
    runs = "CustEach" if function.per_customer else "CustWhole"
    lines = [
        f"Public Function {function.name}({typed}) As Variant",
        f'Attribute {function.name}.VB_Description = "{function.en}"',
        f'Attribute {function.name}.VB_ProcData.VB_Invoke_Func = " \\n14"',
        *(f"    If IsMissing({one.name}) Then {one.name} = Empty" for one in function.arguments if one.optional),
        f'    {function.name} = {runs}("{function.name}", Array({handed}))',
        "End Function",
    ]
    assert OWN["CustFunctions"].count("\n".join(lines)) == 1


def test_nothing_else_is_public_in_the_module_of_the_functions():
    public = re.findall(r"^Public \w+ (\w+)", OWN["CustFunctions"], re.MULTILINE)
    assert public == [one.name for one in signatures()]


@pytest.mark.parametrize("name", [*vba_sources.OWN, "xlwings"])
def test_all_other_modules_keep_out_of_excels_lists_of_functions(name):
    assert "\nOption Private Module\n" in "\n" + MODULES[name].code


@pytest.mark.parametrize("name", OWN)
def test_no_cell_can_open_a_message_box_or_be_volatile(name):
    assert not re.search(r"\b(MsgBox|InputBox|Volatile|Stop|DoEvents)\b", CODE[name])


@pytest.mark.parametrize("name", vba_sources.OWN)
def test_everything_our_vba_calls_is_defined_somewhere(name):
    """VBA finds this out only in Excel: no name is misspelt, none private is used from elsewhere."""
    ours = {each: dict(map(reversed, DEFINED.findall(code))) for each, code in CODE.items()}
    public = {what for each in ours.values() for what, reach in each.items() if reach == "Public"}
    known = public | set(ours[name]) | {"CustText"}  # of the buttons' module CustTexts
    assert set(re.findall(r"\bCust\w+", CODE[name])) <= known


@pytest.mark.parametrize("name", vba_sources.OWN)
def test_every_variable_is_declared_and_used(name):
    """What Option Explicit would refuse, and what nobody needs."""
    for procedure in re.split(r"^End (?:Function|Sub)$", CODE[name], flags=re.MULTILINE)[:-1]:
        body = procedure.partition(") As")[2] if "Function" in procedure else procedure
        declared = [word for line in re.findall(r"^ +Dim (.*)$", body, re.MULTILINE) for word in line.split(", ")]
        for variable in (re.match(r"\w+", word)[0] for word in declared):
            assert len(re.findall(rf"\b{variable}\b", body)) > 1, f"{variable} in {procedure.strip()[:60]}"


def test_blocks_are_closed():
    for code in CODE.values():
        for opened, closed in ((r"For ", r"Next "), (r"Do While ", r"Loop"), (r"Select Case ", r"End Select")):
            assert len(re.findall(rf"^ *{opened}", code, re.MULTILINE)) == len(
                re.findall(rf"^ *{closed}", code, re.MULTILINE)
            )
        blocks = re.findall(r"^ *If .* Then$", code, re.MULTILINE)
        assert len(blocks) == len(re.findall(r"^ *End If$", code, re.MULTILINE))


def test_the_tests_link_stands_for_all_that_the_add_ins_link_gives():
    given = {name for reach, name in DEFINED.findall(TEST_LINK.read_text("ascii")) if reach == "Public"}
    used = set().union(*(set(re.findall(r"\bCust\w+", CODE[name])) for name in ("CustCore", "CustCache", "CustBooks")))
    link = {name for reach, name in DEFINED.findall(CODE["CustLink"]) if reach == "Public"}
    assert used & link <= given
    assert given - link == {"LinkSet", "LinkCallFrom"}


def test_the_link_asks_for_the_setting_that_installing_writes():
    assert f'GetConfig("{SETTING}", "")' in OWN["CustLink"]
    assert f'PROJECT_NAME As String = "{PROJECT}"' in MODULES["xlwings"].code
    assert "myaddin" not in MODULES["xlwings"].code


def test_buttons_reach_python_as_xlwings_own_run_python_does():
    """Its own way to the calling workbook and to running a line, with the object we keep."""
    for line in (
        'XLPy.SetAttr XLPy.Module("xlwings._xlwindows"), "BOOK_CALLER", ActiveWorkbook',
        'XLPy.Exec "" & PythonCommand & ""',
    ):
        assert line in MODULES["xlwings"].code
    assert 'm_python.SetAttr m_python.Module("xlwings._xlwindows"), "BOOK_CALLER", ActiveWorkbook' in OWN["CustLink"]
    assert "m_python.Exec code" in OWN["CustLink"]


def test_letters_the_vba_reads_by_itself_are_read_so_by_python():
    """CustCleaned in CustIds: ASCII, its wide forms, two blanks and Chinese; all else is asked of Python."""
    wide = {chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
    blanks = {"\u3000": " ", "\u00a0": " "}
    as_they_are = {chr(code): chr(code) for code in [*range(128), *range(0x4E00, 0xA000)]}
    for typed, read in (wide | blanks | as_they_are).items():
        assert cleaned(f"a{typed}b") == f"a{read}b"
    stripped = [code for code in range(128) if cleaned(f"{chr(code)}a{chr(code)}") == "a"]
    assert stripped == [*range(9, 14), *range(28, 32), 32]


def test_xlwings_notice_stays():
    assert "Zoomer Analytics LLC" in MODULES["xlwings"].code
    assert MODULES["Dictionary"].kind == "class"
    assert "MIT" in MODULES["Dictionary"].code


def test_another_xlwings_is_refused(monkeypatch):
    monkeypatch.setattr(metadata, "version", lambda name: "0.38.0")
    with pytest.raises(MacroError) as refused:
        vba_sources.modules()
    assert refused.value.words("en") == (
        "xlwings is of version 0.38.0, the add-in needs 0.37: VBA, DLL and package must match; "
        'run pip install "xlwings==0.37.*".'
    )


def test_an_xlwings_without_its_vba_is_refused(monkeypatch):
    monkeypatch.setattr(vba_sources.util, "find_spec", lambda name: None)
    with pytest.raises(MacroError, match=r"xlwings_custom_addin\.bas"):
        vba_sources.modules()


@pytest.mark.parametrize("word", ["scale", "Date", "next"])
def test_an_argument_cannot_bear_a_word_of_vba(monkeypatch, word):
    function = replace(signatures()[0], arguments=(Argument(word, False, "甲 / A."),))
    monkeypatch.setattr(vba_sources, "signatures", lambda: (function,))
    with pytest.raises(MacroError) as refused:
        vba_sources.functions_source()
    assert refused.value.words("en") == (
        f"CUST_TIER: the argument name {word} is a reserved word of VBA; give it another one."
    )


@pytest.mark.parametrize("doc", ["甲 / " + "x" * 255, "甲 / naïve"])
def test_a_help_vba_cannot_hold_is_refused(monkeypatch, doc):
    monkeypatch.setattr(vba_sources, "signatures", lambda: (replace(signatures()[0], doc=doc),))
    with pytest.raises(MacroError) as refused:
        vba_sources.functions_source()
    assert (
        refused.value.words("en")
        == "CUST_TIER: its English help is longer than 254 letters, or has letters beyond ASCII."
    )
