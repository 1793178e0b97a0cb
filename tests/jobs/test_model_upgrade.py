"""Rules stored before newer parameters and plays were shipped: what they lack is told, shown, and brought in."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from pathlib import Path

import pytest
from openpyxl import load_workbook

from tierbook import jobs
from tierbook.cli import main
from tierbook.jobs import models
from tierbook.jobs.intake import book_model
from tierbook.jobs.model_files import named_model
from tierbook.model.dump import dump_toml
from tierbook.model.types import Model
from tierbook.model.upgrade import Upgrade, upgraded
from tierbook.publish import template_book
from tierbook.workbook import read_rows

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning")

DAY = dt.date(2026, 10, 31)
GENERAL = named_model("general")
PLAYS, TAGS = GENERAL.playbook, GENERAL.tags
OLD = replace(
    GENERAL,
    params={key: one for key, one in GENERAL.params.items() if key not in ("escalate_after_days", "keep_done_days")},
    playbook=(*PLAYS[:4], *PLAYS[5:]),
    tags=TAGS[1:],
)
"""The general model as it was before two parameters, a play and a tag."""
ORDERS = "订单号,客户编号,下单日期,金额\n1,A1,2026-02-05,100\n2,A2,2026-06-01,50.5\n3,B1,2026-10-01,900\n"


def test_everything_a_model_lacks_comes_in_where_it_ships() -> None:
    assert upgraded(OLD, GENERAL) == Upgrade(replace(GENERAL, params={**OLD.params, **GENERAL.params}))
    assert upgraded(GENERAL, GENERAL) == Upgrade(GENERAL)


def test_what_people_changed_or_took_out_stays_so() -> None:
    floor = replace(GENERAL.params["churn_days"], value=61)
    changed = replace(OLD, params={**OLD.params, "churn_days": floor})
    done = upgraded(changed, GENERAL, earlier=[GENERAL])
    assert done.model.params["churn_days"].value == 61
    assert (done.model.playbook, done.model.tags) == (OLD.playbook, OLD.tags)
    assert done.model.params.keys() == GENERAL.params.keys(), "a parameter is what the program needs, not a choice"


def test_a_tag_of_the_same_name_that_people_made_is_not_joined_by_a_second_one() -> None:
    own = replace(TAGS[0], key="own", when="近12个月金额 > 1")
    done = upgraded(replace(OLD, tags=(own, *OLD.tags)), GENERAL)
    assert done.left == (f"tag.{TAGS[0].key}",)
    assert done.model.tags == (own, *OLD.tags)


def test_lines_of_a_scorecard_are_named_not_added() -> None:
    card = GENERAL.main_card
    short = replace(card, lines=card.lines[1:])
    cards = tuple(short if one.key == card.key else one for one in GENERAL.scorecards)
    done = upgraded(replace(GENERAL, scorecards=cards), GENERAL)
    assert done.model.scorecards == cards
    assert done.lines == (f"card.{card.key}.lines.{card.lines[0].indicator}",)


def with_old_rules(folder: Path, model: Model = OLD) -> Path:
    """A book into which a model was brought, and whose manager then changed a parameter."""
    book = folder / "客户.xlsx"
    book.write_bytes(template_book(GENERAL, "zh-CN"))
    (folder / "old.toml").write_text(dump_toml(model), encoding="utf-8")
    models.import_model(str(folder / "old.toml"), book, day=DAY)
    opened = load_workbook(book)
    sheet = opened["模型-参数"]
    row = next(row for row in sheet.iter_rows() if any(cell.value == "churn_days" for cell in row))
    next(cell for cell in row if cell.value == GENERAL.params["churn_days"].value).value = 61
    opened.save(book)
    return book


def test_a_book_is_brought_up_shown_first_and_taken_back(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    book = with_old_rules(tmp_path)
    before = book.read_bytes()
    assert main(["model", "upgrade", str(book), "--dry-run"]) == 0
    shown = capsys.readouterr().out
    assert "补进“模型”表的有 4 处" in shown
    for path in ("param.escalate_after_days", "param.keep_done_days", f"play.{PLAYS[4].key}", f"tag.{TAGS[0].key}"):
        assert f"新增 {path}" in shown
    assert book.read_bytes() == before
    assert main(["model", "upgrade", str(book)]) == 0
    assert "tierbook apply 客户.xlsx" in capsys.readouterr().out
    held = book_model(book, "zh-CN")
    assert held is not None
    assert held.params["churn_days"].value == 61
    assert [play.key for play in held.playbook] == [play.key for play in PLAYS]
    assert "escalate_after_days" in {row[0] for row in read_rows(book, "模型-参数") if row}
    assert main(["model", "upgrade", str(book), "--json"]) == 0
    again = json.loads(capsys.readouterr().out)
    assert (again["changed"], again["differences"]) == (False, [])
    jobs.undo(book)
    assert book.read_bytes() == before


def test_rules_of_a_companys_own_making_get_parameters_only(tmp_path: Path) -> None:
    book = with_old_rules(tmp_path, replace(OLD, key="ours"))
    assert main(["model", "upgrade", str(book)]) == 0
    held = book_model(book, "zh-CN")
    assert held is not None
    assert held.params.keys() == GENERAL.params.keys()
    assert [play.key for play in held.playbook] == [play.key for play in OLD.playbook]


def test_a_refresh_says_once_what_the_rules_lack(tmp_path: Path) -> None:
    book = with_old_rules(tmp_path)
    (tmp_path / "orders.csv").write_text(ORDERS, encoding="utf-8")

    def told(path: Path) -> list[object]:
        report = jobs.refresh(jobs.Request(as_of=DAY, book=path, files={"orders": tmp_path / "orders.csv"}))
        return [values for key, values in report.notes if key == "models.rules_lack"]

    (first,) = told(book)
    assert isinstance(first, dict)
    assert (first["count"], first["book"]) == (2, "客户.xlsx")
    same = book.read_bytes()
    assert told(book) == []
    assert book.read_bytes() == same
