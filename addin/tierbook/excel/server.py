"""The helper process of spreadsheets that bring no Excel with them: questions on stdin, answers on stdout.

One JSON object a line, both ways. The first line out says which tierbook this is and which protocol it speaks;
then a question `{"id": 1, "book": "…", "call": "CUST_TIER", "arguments": […]}` is answered by `{"id": 1, "value": …}`,
or by `{"id": 1, "error": "…"}` where something broke. `book` is a key of the gateway's ("" means the book of record)
and holds for that question alone. A number travels as a number, a date as `{"date": 46000.0}` (days since 1899-12-30,
as Excel counts), an empty cell and an omitted argument as null, a range as a list of rows. The process ends when stdin
does, so it never outlives the spreadsheet program that started it.
"""

from __future__ import annotations

import datetime as dt
import json
import math
import os
import sys
from collections.abc import Callable, Iterable
from functools import cache
from inspect import signature
from typing import Any, TextIO

from .. import __version__
from ..errors import TierbookError
from ..typed import EPOCH, RANGE, WRONG
from .signatures import signatures

PROTOCOL = 1
GATEWAY = ("TB_HOLDS", "TB_HAND_OVER", "TB_USE", "TB_SNAPSHOT")


def main() -> int:
    """Answer until stdin ends. By the numbers of the pipes: a program without a window may have no `sys.stdin`."""
    questions = os.fdopen(0, "r", encoding="utf-8", closefd=False)
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # whatever else prints must not stand between the answers
    serve(questions, answers)
    return 0


def serve(lines: Iterable[str], out: TextIO) -> None:
    """Answer line by line until there are no more."""

    def say(words: dict[str, Any]) -> None:
        out.write(json.dumps(words) + "\n")  # ASCII: the pipe's encoding does not matter
        out.flush()

    say({"tierbook": __version__, "protocol": PROTOCOL})
    used: list[str] = []
    for line in lines:
        if line.strip():
            say(_answer(line, used))


def _answer(line: str, used: list[str]) -> dict[str, Any]:
    """One answer; `used` holds the book that the last question asked for."""
    question: dict[str, Any] = {}
    try:
        question = json.loads(line)
        value = _called(question["call"], question["arguments"], question["book"], used)
        return {"id": question["id"], "value": _sent(value)}
    except TierbookError as reason:
        return {"id": question.get("id"), "error": reason.words()}
    except Exception as reason:  # the next question deserves an answer too
        return {"id": question.get("id"), "error": f"{type(reason).__name__}: {reason}"}


def _called(call: str, arguments: list[Any], book: str, used: list[str]) -> Any:
    from . import functions, gateway

    if call in GATEWAY:
        if call == "TB_SNAPSHOT":
            _use(book, used, gateway.TB_USE)
        elif call == "TB_USE":
            used[:] = arguments
        return getattr(gateway, call)(*arguments)
    if call not in _arguments():
        raise KeyError(call)
    _use(book, used, gateway.TB_USE)
    function = getattr(functions, call)
    first, *others = arguments or [None]
    if _takes_rows(function) and not isinstance(first, list):
        return function([[first]], *others)
    return function(*arguments)


def _takes_rows(function: Callable[..., Any]) -> bool:
    """Whether the first argument is a range; no other one is."""
    return [one.annotation for one in signature(function).parameters.values()][:1] == ["Answers"]


def _use(book: str, used: list[str], use: Callable[[str], str]) -> None:
    if used != [book]:
        use(book)
        used[:] = [book]


@cache
def _arguments() -> frozenset[str]:
    return frozenset(one.name for one in signatures())


def _sent(value: Any) -> Any:
    """An answer as JSON takes it."""
    if isinstance(value, list | tuple):
        return [_sent(part) for part in value]
    if isinstance(value, dt.datetime):
        return {"date": (value.replace(tzinfo=None) - EPOCH) / dt.timedelta(days=1)}
    if isinstance(value, dt.date):
        return {"date": float((value - EPOCH.date()).days)}
    if isinstance(value, float) and not math.isfinite(value):
        return None if math.isnan(value) else RANGE
    return value if value is None or isinstance(value, str | bool | int | float) else WRONG


if __name__ == "__main__":
    sys.exit(main())
