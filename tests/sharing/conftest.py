"""What the tests of this room share: helpers (`asked.py`) and the demo company's book."""

from __future__ import annotations

import importlib.util
import io
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
import xlsxwriter

from tierbook import jobs
from tierbook.workbook import replace_sheets

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def asked() -> ModuleType:
    """Books, questions, and engines that answer them (`asked.py`)."""
    spec = importlib.util.spec_from_file_location("sharing_asked", HERE / "asked.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def _demo(folder: Path) -> Path:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TIERBOOK_HOME", str(folder / "home"))
        return jobs.demo(folder, "zh-CN").book


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The refreshed book of the demo company."""
    return _demo(tmp_path_factory.mktemp("demo"))


@pytest.fixture(scope="session")
def with_sheet() -> Callable[..., Path]:
    """Puts one more sheet into a book."""

    def put(book: Path, target: Path, add: Callable[[xlsxwriter.Workbook], object], name: str = "报表") -> Path:
        out = io.BytesIO()
        made = xlsxwriter.Workbook(out, {"in_memory": True})
        add(made)
        made.close()
        target.write_bytes(replace_sheets(book.read_bytes(), out.getvalue(), [name]))
        return target

    return put
