"""The extension is made from the functions' signatures, the same bytes every time."""

from __future__ import annotations

import ast
import io
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tierbook.excel.calc.build import CLIENT, oxt_bytes
from tierbook.excel.calc.interface import BLOCKS, TYPES, compiled, compiler, idl, kind_of, method_of, parameter_of
from tierbook.excel.signatures import signatures
from tierbook.labels import LANGUAGES, text

OFFICES_PYTHON = (3, 8)
OWN = {"uno", "unohelper", "tierbook_calc"}


@pytest.fixture(scope="module")
def extension() -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(oxt_bytes("/where/python")))


def test_the_same_source_gives_the_same_bytes() -> None:
    assert oxt_bytes("") == oxt_bytes("")
    assert oxt_bytes() == oxt_bytes(sys.executable) != oxt_bytes("")


def test_the_compiled_interface_is_that_of_the_signatures() -> None:
    if compiler() is None and os.environ.get("TIERBOOK_CI") != "1":
        pytest.skip("unoidl-write (libreoffice-dev) is not installed")
    assert TYPES.read_bytes() == compiled(), "run scripts/build_calc_types.py"


def test_the_compiled_interface_names_every_method_and_argument() -> None:
    inside = TYPES.read_bytes()
    names = [
        name for one in signatures() for name in (method_of(one), *(parameter_of(each.name) for each in one.arguments))
    ]
    assert [name for name in names if name.encode() not in inside] == []


def test_an_optional_argument_alone_may_be_left_out() -> None:
    words = idl()
    assert (
        "any custTier([in] com::sun::star::beans::XPropertySet document, [in] sequence<sequence<any> > customerId"
        in words
    )
    assert "[in] any scaleName, [in] any asOf);" in words
    assert {one.name for function in signatures() for one in function.arguments} >= BLOCKS
    assert {kind_of(one) for function in signatures() for one in function.arguments} == {"block", "word", "option"}


def test_every_part_is_there_and_well_formed(extension: zipfile.ZipFile) -> None:
    for name in ("META-INF/manifest.xml", "description.xml", "CalcAddIns.xcu"):
        ElementTree.fromstring(extension.read(name))
    named = {
        value
        for entry in ElementTree.fromstring(extension.read("META-INF/manifest.xml"))
        for key, value in entry.attrib.items()
        if key.endswith("full-path")
    }
    assert named == {"types.rdb", "component.py", "CalcAddIns.xcu"} <= set(extension.namelist())


def test_every_function_and_argument_is_named_in_chinese_and_english(extension: zipfile.ZipFile) -> None:
    words = extension.read("CalcAddIns.xcu").decode()
    for function in signatures():
        assert f'<value xml:lang="en-US">{function.name}</value>' in words
        for argument in function.arguments:
            assert text(f"calc.argument_{argument.name}", "en") == argument.name
            for language in LANGUAGES:
                assert f">{text(f'calc.argument_{argument.name}', language)}</value>" in words


def test_no_path_of_this_machine_is_in_it_but_the_interpreter(extension: zipfile.ZipFile) -> None:
    made = json.loads(extension.read("pythonpath/tierbook_calc/excel/calc/client/made.json"))
    assert made["python"] == "/where/python"
    assert set(made["sentences"]) == set(LANGUAGES)
    assert len(made["functions"]) == len(signatures())


def test_the_client_needs_nothing_but_an_old_python(extension: zipfile.ZipFile) -> None:
    sources = [name for name in extension.namelist() if name.endswith(".py")]
    assert len(sources) > len(list(CLIENT.glob("*.py")))
    for name in sources:
        tree = ast.parse(extension.read(name), feature_version=OFFICES_PYTHON)
        imported = {
            module.split(".")[0]
            for node in ast.walk(tree)
            for module in (
                [each.name for each in node.names]
                if isinstance(node, ast.Import)
                else [node.module or ""] if isinstance(node, ast.ImportFrom) and not node.level else []
            )
        }  # fmt: skip
        assert imported - OWN <= sys.stdlib_module_names - {"tomllib"}, name


def test_the_client_starts_without_tierbook(extension: zipfile.ZipFile, tmp_path: Path) -> None:
    extension.extractall(tmp_path)
    program = (
        f"import sys; sys.path.insert(0, {str(tmp_path / 'pythonpath')!r})\n"
        "from tierbook_calc.excel.calc.client import office\n"
        "print(len(office.METHODS), office.Office('zh-CN') is not None, 'tierbook' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-I", "-S", "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == [str(len(signatures())), "True", "False"]
