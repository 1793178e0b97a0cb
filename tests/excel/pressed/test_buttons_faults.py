"""Buttons pressed for real where something stands in the way: a held book, wrong rules, a fault, odd names."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tierbook.workbook import pending_of

pytestmark = [pytest.mark.office, pytest.mark.slow]

Do = Callable[..., Any]
DAY = dt.date(2026, 10, 31)
WEIGHTS, TIERS, TASKS = "模型-指标权重", "分层", "任务"


def words(seen: dict[str, Any]) -> str:
    """The last message."""
    told: str = seen["alerts"][-1]["prompt"]
    return told


def test_a_held_book_is_left_alone_and_opened_again_with_a_message(do: Do, small: Path, tmp_path: Path) -> None:
    book = Path(shutil.copy(small, tmp_path / "小店.xlsx"))
    do("open", path=str(book))
    do("type", sheet="使用说明", cell="Z1", value="请勿删除")
    do("select", sheet=TIERS, cell="B5:C6")
    owner, name = book.with_name(f"~${book.name}"), "李经理"
    owner.write_bytes(bytes(55) + len(name).to_bytes(2, "little") + name.encode("utf-16-le").ljust(108, b"\0"))
    tiers = do("read", sheet=TIERS)
    seen = do("press", verb="refresh", today=DAY + dt.timedelta(90))
    assert "李经理 正在打开" in words(seen)
    assert seen["alerts"][-1]["mode"] == "critical"
    assert (seen["book"], seen["sheet"], seen["selection"]) == (str(book), TIERS, "$B$5:$C$6")
    assert (seen["calculation"], seen["updating"], seen["bar"]) == ("automatic", True, False)
    assert do("read", sheet=TIERS) == tiers
    assert do("read", sheet="使用说明")[0][25] == "请勿删除"
    assert len(pending_of(book)) == 1
    owner.unlink()
    seen = do("press", verb="refresh", today=DAY + dt.timedelta(90))
    assert words(seen).startswith("已重新评分：2 位客户")
    assert do("read", sheet="使用说明")[0][25] == "请勿删除"
    assert pending_of(book) == []
    do("close")


def test_after_an_error_the_desk_is_as_it_was(do: Do, small: Path, tmp_path: Path, home: Path) -> None:
    book = Path(shutil.copy(small, tmp_path / "小店.xlsx"))
    do("open", path=str(book))
    do("type", sheet=WEIGHTS, cell="C5", value="很多")
    do("select", sheet=WEIGHTS, cell="C5")
    do("mode", calculation="manual")
    desk = {"sheet": WEIGHTS, "selection": "$C$5", "calculation": "manual", "updating": True, "bar": False}
    for verb in ("preview", "apply"):
        seen = do("press", verb=verb, today=DAY)
        assert {key: seen[key] for key in desk} == desk
        assert f"{WEIGHTS}" in words(seen)
        assert "C5" in words(seen)
    seen = do("press", verb="refresh", today=DAY, breaks=True)
    assert {key: seen[key] for key in desk} == desk
    assert "ZeroDivisionError" in words(seen)
    assert "Traceback" not in words(seen)
    assert "ZeroDivisionError" in (home / "logs" / "presses.log").read_text(encoding="utf-8")
    do("close")


def test_a_name_that_looks_like_a_formula_stays_a_name_on_the_preview(do: Do, small: Path, tmp_path: Path) -> None:
    book = Path(shutil.copy(small, tmp_path / "小店.xlsx"))
    do("open", path=str(book))
    head = next(row for row in do("read", sheet="客户") if row[0] == "客户编号")
    line = do("read", sheet="客户").index(head) + 2
    for place, (customer, name) in enumerate((("A1", '=HYPERLINK("http://x")'), ("A2", "@SUM(1)"))):
        for title, word in (("客户编号", customer), ("客户名称", name)):
            cell = f"{chr(ord('A') + head.index(title))}{line + place}"
            do("words", sheet="客户", cell=cell, value=word)
    do("type", sheet="模型-分层", cell="C6", value=30)  # floors of 潜力 and 一般: both customers rise
    do("type", sheet="模型-分层", cell="C7", value=1)
    seen = do("press", verb="preview", today=DAY)
    listed = {row[0]: row[1] for row in do("read", sheet=seen["sheet"])}
    assert "位变动" in words(seen)
    assert (listed["A1"], listed["A2"]) == ('=HYPERLINK("http://x")', "@SUM(1)")
    assert do("formulas", sheet=seen["sheet"]) == ""
    do("close")
