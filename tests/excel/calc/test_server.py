"""The helper process answers a line for a line, whoever asks."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tierbook import __version__
from tierbook.excel import server
from tierbook.excel.calc.client import helper


class Server:
    """`python -m tierbook.excel.server`, asked in its own words."""

    def __init__(self, book: Path, home: Path, *program: str) -> None:
        environment = os.environ | {"TIERBOOK_BOOK": str(book), "TIERBOOK_HOME": str(home)}
        self.process = subprocess.Popen(
            [sys.executable, *(program or ("-m", "tierbook.excel.server"))],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment,
        )  # fmt: skip
        assert self.process.stdout is not None
        self.greeting = json.loads(self.process.stdout.readline())

    def line(self, words: str) -> Any:
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.write(words + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def ask(self, call: str, *arguments: Any, book: str = "") -> Any:
        answer = self.line(json.dumps({"id": 7, "book": book, "call": call, "arguments": arguments}))
        assert answer["id"] == 7
        return answer.get("value", answer)


@pytest.fixture(scope="module")
def asked(scored: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    started = Server(scored, tmp_path_factory.mktemp("home"))
    yield started
    started.process.communicate(timeout=60)


def test_it_says_first_what_it_speaks(asked: Server) -> None:
    assert asked.greeting == {"tierbook": __version__, "protocol": helper.PROTOCOL}
    assert server.PROTOCOL == helper.PROTOCOL


def test_one_id_and_a_block_of_ids_are_answered_in_their_shape(asked: Server) -> None:
    assert asked.ask("CUST_TIER", "A-7", None, None) == [["低价值"]]
    assert asked.ask("CUST_TIER", [[1001.0, None], ["nobody", "0012"]]) == [["VIP", ""], ["#N/A", "潜力"]]
    assert asked.ask("CUST_METRIC", 1001.0, "amount_12m") == [[98765.43]]
    assert asked.ask("CUST_COUNT") == 5


def test_a_day_travels_as_a_day(asked: Server) -> None:
    answers = dict(asked.ask("TB_SNAPSHOT", "CUST_METRIC", "last_order_date", None))
    assert answers["1001"] == {"date": 46253.0}  # 2026-08-19
    assert answers["1002"] == ""
    assert asked.ask("CUST_TIER", "1001", None, 46265.0) == asked.ask("CUST_TIER", "1001", None, None)


def test_a_question_that_breaks_something_is_answered_too(asked: Server) -> None:
    assert "error" in asked.ask("__import__", "os")
    assert "error" in asked.ask("CUST_TIER", 1, 2, 3, 4, 5)
    assert "error" in asked.line("this is no JSON")
    assert asked.ask("CUST_COUNT") == 5


def test_each_question_names_its_book(asked: Server) -> None:
    key = "/somewhere/book.xlsx|1"
    assert asked.ask("TB_HOLDS", key, book=key) is False
    assert asked.ask("TB_USE", key, book=key) == ""
    assert asked.ask("CUST_COUNT", book=key) == "#REF!"
    assert asked.ask("CUST_COUNT") == 5
    assert asked.ask("TB_SNAPSHOT", "CUST_TIER", None, None, book=key) == [["#REF!"]]
    assert len(asked.ask("TB_SNAPSHOT", "CUST_TIER", None, None)) == 6


def test_it_ends_when_the_asker_does(scored: Path, tmp_path: Path) -> None:
    started = Server(scored, tmp_path)
    started.process.communicate(timeout=60)
    assert started.process.returncode == 0


def test_what_else_prints_does_not_stand_between_the_answers(scored: Path, tmp_path: Path) -> None:
    noisy = (
        "from tierbook.excel import functions, server\n"
        "functions.CUST_COUNT = lambda *_: (print('{}'), 3)[1]\n"
        "server.main()"
    )
    started = Server(scored, tmp_path, "-c", noisy)
    assert [started.ask("CUST_COUNT"), started.ask("CUST_TIER", "A-7")] == [3, [["低价值"]]]
    started.process.communicate(timeout=60)
