"""The add-in's own connection, as far as LibreOffice can run it; xlwings' module and settings are stood in for.

What stays for Excel: Value2, arrays, the wizard's sign, the calling cell, and a server found by its class id.
"""

from __future__ import annotations

import pytest

from tierbook.macros import Module

pytestmark = [pytest.mark.office, pytest.mark.slow]

XLWINGS = """Option Explicit
Private m_asked As Long
Public Function GetConfig(key As String, Optional default As String = "", Optional source As String = "") As Variant
    m_asked = m_asked + 1
    GetConfig = default
End Function
Public Function XLPy() As Variant
    Set XLPy = CreateUnoService("tierbook.test.Python")
End Function
Public Function CustText(key As String) As String
    CustText = key
End Function
Public Function SettingsRead() As Long
    SettingsRead = m_asked
End Function
"""
GONE = [462, -2147023174, -2147023170, -2147417848]
"""The remote server is not there any more; 800706BA, 800706BE, 80010108."""
OTHERS = [0, 9, 13, 91, 1000, -2147467259, -2147352567]


@pytest.fixture
def book(office, macro_book, tmp_path):
    path = macro_book(tmp_path / "own_link.xlsm", more=[Module("xlwings", XLWINGS)], own_link=True)
    office.open(path)
    office.trips()
    return path


def test_cells_answer_through_it_and_settings_are_read_once(office, book):
    for call in ("CUST_TIER(1001)", 'CUST_TIER(1001; "four")'):
        assert office.cell(book, call) == "VIP"
    assert office.cell(book, 'CUST_SCORE("nobody")') == "#N/A"
    assert office.cell(book, "CUST_STAMP()").startswith("截至 2026-08-31")
    assert office.macro(book, "xlwings", "SettingsRead") == 1


@pytest.mark.parametrize("number", GONE)
def test_it_knows_when_python_is_gone(office, book, number):
    assert office.macro(book, "CustLink", "CustLost", number)


@pytest.mark.parametrize("number", OTHERS)
def test_any_other_error_is_no_reason_to_connect_again(office, book, number):
    assert not office.macro(book, "CustLink", "CustLost", number)
