"""What a client's transport calls beside the worksheet functions.

A client is the VBA of the add-in or the Calc add-in. It hands over the tables of its workbook once per stamp, says
which book answers, and takes a snapshot of a whole function, so that 10,000 cells need no more than a few trips.
Cells hold what they hold for the worksheet functions; an error is its text.
"""

from __future__ import annotations

from typing import Any

import xlwings as xw

from ..typed import CELL_ERRORS, UNKNOWN, WRONG
from . import functions
from .scored import session

CATEGORY = functions.CATEGORY
Table = list[list[Any]]


@xw.func(category=CATEGORY)
def TB_HOLDS(book: Any) -> Any:
    """是否已持有这本工作簿的结果 / Whether the results of this workbook are already here."""
    return session.shelf.holds(str(book))


@xw.func(category=CATEGORY)
@xw.arg("cells", "raw")
def TB_HAND_OVER(book: Any, sheet: Any, cells: Any) -> Any:
    """交来一张隐藏表的内容 / Takes the cells of one hidden sheet; the stamp's sheet comes last."""
    session.shelf.hand_over(str(book), str(sheet), cells)
    return True


@xw.func(category=CATEGORY)
def TB_USE(book: Any = None) -> Any:
    """从此由哪本工作簿回答 / From which workbook to answer from now on; blank: the book of record."""
    return session.use_key(str(book or ""))


@xw.func(category=CATEGORY)
def TB_SNAPSHOT(function: Any, option1: Any = None, option2: Any = None) -> Table:
    """一个函数对所有客户的回答 / A function's answers for every customer: id and answer, sorted by id."""
    name = str(function)
    asked = getattr(functions, name, None) if name.startswith("CUST_") else None
    options = [option1, option2]
    if asked is None or asked.__annotations__.get("return") != "Answers":
        return [[WRONG]]
    takes = len(asked.__annotations__) - 2  # besides the ids and what comes back
    if any(option is not None for option in options[takes:]):
        return [[WRONG]]
    ids = session.current().ids
    answers = [row[0] for row in asked([[one] for one in ids] or [["?"]], *options[:takes])]
    same = set(map(str, answers))
    if len(same) == 1 and same <= CELL_ERRORS:
        return [[answers[0]]]
    return [[one, answer] for one, answer in zip(ids, answers, strict=True)] or [[UNKNOWN]]
