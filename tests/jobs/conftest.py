"""Books every test of the jobs may copy: made once, each in a home of its own."""

from __future__ import annotations

import datetime as dt
import tomllib
from pathlib import Path

import pytest

from tierbook import jobs, templates
from tierbook.demo import build
from tierbook.jobs.intake import named_model
from tierbook.publish import template_book

AS_OF = dt.date(2026, 10, 31)


@pytest.fixture(autouse=True)
def own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIERBOOK_HOME", str(tmp_path_factory.mktemp("home")))


@pytest.fixture(scope="session")
def demo_report(tmp_path_factory: pytest.TempPathFactory) -> jobs.BookReport:
    """The demo company's book as `tierbook demo` makes it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TIERBOOK_HOME", str(tmp_path_factory.mktemp("home")))
        return jobs.demo(tmp_path_factory.mktemp("demo"), "zh-CN")


@pytest.fixture(scope="session")
def forty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo company with forty customers, refreshed once."""
    recipe = tomllib.loads((templates.folder() / "recipes" / "demo.toml").read_text(encoding="utf-8"))
    book = tmp_path_factory.mktemp("forty") / "客户.xlsx"
    book.write_bytes(template_book(named_model("general"), "zh-CN", facts=build(recipe | {"customers": 40}, "zh-CN")))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TIERBOOK_HOME", str(tmp_path_factory.mktemp("home")))
        jobs.refresh(jobs.Request(as_of=AS_OF, book=book))
    return book
