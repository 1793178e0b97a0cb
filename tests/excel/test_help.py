"""What Excel's function wizard shows, and what a rep's Excel has to load for it."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys

import pytest

from tierbook.excel import functions
from tierbook.excel.signatures import signatures

NAMES = [
    "CUST_TIER", "CUST_SCORE", "CUST_RFM", "CUST_SEGMENT", "CUST_STAGE", "CUST_TAGS", "CUST_HAS_TAG", "CUST_METRIC",
    "CUST_CLV", "CUST_CHURN", "CUST_GAP", "CUST_NEXT", "CUST_OWNER", "CUST_WHY", "CUST_PROFILE", "CUST_LIST",
    "CUST_COUNT", "CUST_TASKS", "CUST_MOVES", "CUST_SUMMARY", "CUST_SCORE_TABLE", "CUST_STAMP",
]  # fmt: skip
CELL_ADDRESS = re.compile(r"[A-Z]{1,3}[0-9]{1,7}")
VBA_OWNS = """
abs and any array as boolean byref byte byval call case cbool cdate circle close const cstr currency date declare
dim do double each else end enum eqv erase error event exit false fix for friend function get global gosub goto
if imp implements in input inputb int integer is lbound len let lib like line lock long loop lset me mid mod name
new next not nothing null object on open option optional or paramarray preserve print private property pset
public put raiseevent redim rem resume return rset scale seek select set sgn single spc static step stop string
sub tab then time to true type typeof ubound unlock until variant wend while with withevents write xor
"""
"""Words VBA keeps for itself (MS-VBAL 3.3.5.2); as an argument they would stop a whole module from compiling."""
WRAPPER = """Function {name}({typed})
    #If App = "Microsoft Excel" Then
        If TypeOf Application.Caller Is Range Then On Error GoTo failed
        {name} = XLPy.CallUDF("tierbook.excel.functions", "{name}", Array({given}), ThisWorkbook, Application.Caller)
        Exit Function
    #Else
        {name} = XLPy.CallUDF("tierbook.excel.functions", "{name}", Array({given}))
        Exit Function
    #End If
failed:
    {name} = Err.Description
End Function"""
HAN = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture(scope="module")
def imported(excel):
    return excel.imported()


def test_every_function_is_wrapped_and_no_other(imported):
    wrapped = re.findall(r"^Function (\w+)\(", imported["vba"], re.MULTILINE)
    assert sorted(wrapped) == sorted(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_the_wrapper_is_word_for_word_the_one_xlwings_makes(imported, name):
    parameters = inspect.signature(getattr(functions, name)).parameters.values()
    typed = ", ".join(p.name if p.default is p.empty else f"Optional {p.name}" for p in parameters)
    given = ", ".join(p.name for p in parameters)
    wrapper = imported["vba"].split(f"Function {name}(")[1].split("End Function")[0]
    assert f"Function {name}({wrapper}End Function" == WRAPPER.format(name=name, typed=typed, given=given)


@pytest.mark.parametrize("name", NAMES)
def test_every_function_has_its_help_in_chinese_and_english(imported, name):
    shown = imported["helps"][f"'book.xlsm'!{name}"]
    assert shown["Description"] == getattr(functions, name).__doc__
    assert shown["Category"] == "客户分层 Customer Tiers"
    arguments = shown["ArgumentDescriptions"] or []
    assert len(arguments) == len(inspect.signature(getattr(functions, name)).parameters)
    for sentence in [shown["Description"], *arguments]:
        chinese, english = sentence.split(" / ")
        assert HAN.search(chinese)
        assert not HAN.search(english)
        assert len(sentence) < 255
        assert sentence.endswith(".")
        assert sentence.count(". ") == 0


def test_the_signatures_are_those_xlwings_sees(imported):
    assert [each.name for each in signatures()] == NAMES
    for each in signatures():
        shown = imported["helps"][f"'book.xlsm'!{each.name}"]
        assert each.doc == shown["Description"] == f"{each.zh} / {each.en}"
        assert [one.doc for one in each.arguments] == (shown["ArgumentDescriptions"] or [])
        found = inspect.signature(getattr(functions, each.name)).parameters.values()
        assert [(one.name, one.optional) for one in each.arguments] == [(p.name, p.default is None) for p in found]


def test_a_signature_says_what_comes_back():
    kinds = {each.name: (each.per_customer, each.spills) for each in signatures()}
    single = ["CUST_COUNT", "CUST_STAMP"]
    tables = ["CUST_WHY", "CUST_PROFILE", "CUST_LIST", "CUST_TASKS", "CUST_MOVES", "CUST_SUMMARY", "CUST_SCORE_TABLE"]
    assert kinds == {name: (name not in single + tables, name in tables) for name in NAMES}


def test_a_signature_is_also_the_call_as_typed():
    found = {each.name: each.call for each in signatures()}
    assert found["CUST_TIER"] == "=CUST_TIER(customer_id, [scale_name], [as_of])"
    assert found["CUST_STAMP"] == "=CUST_STAMP()"


def test_signatures_are_read_without_xlwings():
    code = "import sys; from tierbook.excel.signatures import signatures; signatures(); print('xlwings' in sys.modules)"
    assert _printed(code) == "False"


def test_nothing_is_volatile_and_nothing_calls_back(imported):
    assert "Volatile" not in imported["vba"]
    source = inspect.getsource(functions)
    assert not re.search(r"volatile=|caller|vba=|expand=|Book\(|xw\.sub\b", source)


@pytest.mark.parametrize("name", NAMES)
def test_no_name_is_a_cell_address_or_a_word_of_vba(name):
    assert not CELL_ADDRESS.fullmatch(name)
    assert not set(VBA_OWNS.split()) & set(inspect.signature(getattr(functions, name)).parameters)


SOURCES = ["functions", "gateway"]


@pytest.mark.parametrize("module", SOURCES)
def test_loading_brings_only_what_xlwings_brings(module):
    heavy = ["scipy", "sqlglot", "duckdb", "openpyxl", "xlsxwriter", "fastexcel", "lxml", "rich", "chinese_calendar",
             "filelock", "schedule", "pyarrow", "hypothesis", "isal"]  # fmt: skip
    show = f"import sys; print(*[name for name in {heavy!r} if name in sys.modules])"
    brought = _printed(f"import tierbook.excel.{module}; {show}")
    assert set(brought.split()) <= set(_printed(f"import xlwings; {show}").split())


@pytest.mark.parametrize("module", SOURCES)
def test_loading_reads_no_book_no_rules_and_starts_no_engine(module):
    rooms = "{name.split('.')[1] for name in sys.modules if name.startswith('tierbook.')}"
    loaded = _printed(f"import tierbook.excel.{module}, sys; print(*sorted({rooms}))")
    assert loaded.split() == ["errors", "excel", "home", "labels", "typed"]


def _printed(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.strip()
