"""The frozen build holds what tierbook reads at run time, and its programs run without a Python."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

import tierbook
from tierbook import templates

TOP = Path(__file__).parents[3]
PACKAGE = Path(tierbook.__file__).parent


@pytest.fixture(scope="module")
def freezing():
    """The script as a module."""
    spec = importlib.util.spec_from_file_location("freeze", TOP / "scripts" / "freeze.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def placed(freezing) -> dict[str, str]:
    """Where each file of the build comes from, by its place in it."""
    return {str(Path(folder) / Path(source).name): source for source, folder in freezing.data_files()}


def test_labels_steps_and_templates_are_where_the_frozen_package_looks_for_them(freezing):
    found = placed(freezing)
    for path in [path for path in PACKAGE.rglob("*") if path.is_file() and "__pycache__" not in path.parts]:
        assert found[str(Path("tierbook") / path.relative_to(PACKAGE))] == str(path)
    for path in (templates.folder() / "models").iterdir():
        assert found[str(Path("tierbook") / "_templates" / "models" / path.name)] == str(path)


def test_the_vba_modules_of_xlwings_come_along(freezing):
    found = placed(freezing)
    for name in ("xlwings_custom_addin.bas", "addin/Dictionary.cls"):
        assert Path(found[str(Path("xlwings") / name)]).is_file()


def test_what_is_loaded_late_is_named_and_nothing_of_it_is_left_out(freezing):
    for name in freezing.LOADED_LATE:
        assert importlib.util.find_spec(name.split(".")[0]), name
    assert {name.split(".")[0] for name in freezing.LOADED_LATE}.isdisjoint(freezing.LEFT_OUT)


@pytest.mark.parametrize("name", ["tierbook", "tierbook-server"])
def test_each_program_starts_with_a_main_that_takes_its_words(freezing, name):
    scope: dict = {}
    exec(freezing.ENTRIES[name], scope)
    assert callable(scope["main"])


def test_the_spec_is_python(freezing):
    words = freezing.SPEC.format(
        scripts=["a.py"], names={"a": "tierbook"}, console="tierbook", folder="x", hidden=[], datas=[], left_out=[]
    )
    compile(words, "tierbook.spec", "exec")


def test_without_windows_there_are_no_dlls(freezing, monkeypatch):
    monkeypatch.setattr(sys, "platform", "linux")
    assert freezing.dlls() == []


def test_a_windows_python_without_the_dlls_is_refused(freezing, monkeypatch, tmp_path):
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    with pytest.raises(SystemExit, match="not in"):
        freezing.dlls()


@pytest.mark.slow
@pytest.mark.skipif(
    importlib.util.find_spec("PyInstaller") is None or os.environ.get("TIERBOOK_FREEZE") != "1",
    reason="a build takes minutes: install PyInstaller and set TIERBOOK_FREEZE=1",
)
def test_the_frozen_programs_run(tmp_path):
    command = [sys.executable, str(TOP / "scripts" / "freeze.py"), str(tmp_path), "--smoke"]
    ran = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
