"""Somebody at a LibreOffice with our buttons, and the books they open."""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import xlwings

import tierbook
from tierbook import jobs, templates
from tierbook.demo import build
from tierbook.jobs.intake import named_model
from tierbook.publish import template_book

SOFFICE = shutil.which("soffice")
SYSTEM_PYTHON = Path("/usr/bin/python3")
DAY = dt.date(2026, 10, 31)
CUSTOMERS = 60
HERE = Path(__file__).parent


def missing() -> str:
    """What this machine lacks for somebody at a LibreOffice with our buttons."""
    if SOFFICE is None:
        return "LibreOffice is not installed"
    if not SYSTEM_PYTHON.exists():
        return "there is no system Python"
    asks = "import sys, uno; print(*sys.version_info[:2])"
    told = subprocess.run([SYSTEM_PYTHON, "-c", asks], capture_output=True, text=True, check=False)
    if told.returncode:
        return "the system Python does not know UNO (Debian: python3-uno)"
    same = told.stdout.split() == [str(part) for part in sys.version_info[:2]]
    return "" if same else "the system's Python is of another version than ours, so it cannot load our packages"


LACK = missing()
Do = Callable[..., Any]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TIERBOOK_HOME", str(folder))
        yield folder


@pytest.fixture(scope="module")
def do(home: Path) -> Iterator[Do]:
    """Tells the person at the desk what to do; gives what they saw."""
    if LACK:
        (pytest.fail if os.environ.get("TIERBOOK_CI") == "1" else pytest.skip)(LACK)
    packages = [Path(xlwings.__file__).parents[1], Path(tierbook.__file__).parents[1]]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, packages)), "TIERBOOK_HOME": str(home)}
    environment.pop("TIERBOOK_BOOK", None)
    with subprocess.Popen(
        [SYSTEM_PYTHON, HERE / "uno_desk.py", str(SOFFICE)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env=environment,
    ) as office:
        assert office.stdin is not None
        assert office.stdout is not None
        assert json.loads(office.stdout.readline()) == {"ok": None}

        def tell(what: str, **values: Any) -> Any:
            print(json.dumps({"do": what, **values}, default=str), file=office.stdin, flush=True)
            answer = json.loads(office.stdout.readline())
            assert "ok" in answer, answer["failed"]
            return answer["ok"]

        yield tell
        print(json.dumps({"do": "quit"}), file=office.stdin, flush=True)
        office.wait(60)


def made(book: Path, facts: Mapping[str, Any]) -> Path:
    """A book with these facts in its own sheets, refreshed once."""
    book.write_bytes(template_book(named_model("general"), "zh-CN", facts=facts))
    jobs.refresh(jobs.Request(as_of=DAY, book=book))
    return book


@pytest.fixture(scope="module")
def demo(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo company with fewer customers: LibreOffice opens and saves it a dozen times here."""
    recipe = tomllib.loads((templates.folder() / "recipes" / "demo.toml").read_text(encoding="utf-8"))
    return made(tmp_path_factory.mktemp("demo") / "客户.xlsx", build(recipe | {"customers": CUSTOMERS}, "zh-CN"))


@pytest.fixture(scope="module")
def small(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A book of two customers."""
    orders = [
        {"order_id": "1", "customer_id": "A1", "date": dt.date(2026, 1, 5), "amount": 100},
        {"order_id": "2", "customer_id": "A2", "date": dt.date(2026, 2, 1), "amount": 50.5},
    ]
    return made(tmp_path_factory.mktemp("small") / "小店.xlsx", {"orders": orders})
