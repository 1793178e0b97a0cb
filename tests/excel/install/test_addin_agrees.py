"""The add-in reads what installing writes: the same project, the same keys, the same class."""

from __future__ import annotations

import re

import pytest

from tierbook.excel.addin import functions as vba_sources
from tierbook.excel.doctor import examine
from tierbook.excel.install import conf, install, uninstall
from tierbook.excel.install.clsid import PROJECT, SETTING


@pytest.fixture(scope="module")
def code() -> str:
    return "\n".join(module.code for module in vba_sources.modules())


def test_xlwings_in_the_addin_reads_our_conf(code):
    assert re.search(r'PROJECT_NAME As String = "(\w+)"', code)[1] == PROJECT
    assert 'Environ("USERPROFILE") & "\\." & PROJECT_NAME & "\\" & PROJECT_NAME & ".conf"' in code


def test_every_key_we_write_is_one_the_addin_asks_for(windows, code, addin):
    install("en", dry_run=False, com_server=True, machine=windows)
    keys = conf.read_conf(windows.conf.read_bytes(), windows.page)
    assert SETTING in keys
    for key in keys:
        assert f'GetConfig("{key}"' in code


def test_the_real_addin_goes_in_is_found_well_and_goes_out(windows):
    install("en", dry_run=False, com_server=False, machine=windows)
    assert windows.addin.read_bytes()[:2] == b"PK"
    assert examine("en", book="", machine=windows, checks=["addin"])["addin"].state == "ok"
    uninstall("en", dry_run=False, machine=windows)
    assert not windows.addin.exists()
