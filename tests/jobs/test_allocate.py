"""`tierbook allocate`: proposed on sheets, decided by people, written only on command."""

from __future__ import annotations

import csv
import io
import json
import shutil
import zipfile
from collections import Counter
from pathlib import Path

import pytest

from tierbook import jobs
from tierbook.cli import main
from tierbook.errors import UsageError
from tierbook.jobs.allocate import AllocationReport, allocate, as_named, decisions_in
from tierbook.jobs.apply_owners import apply_owners
from tierbook.workbook import read_rows
from tierbook.workbook.cells.texts_put import put_texts

from .conftest import AS_OF

SHEET, CUSTOMERS = "分配建议", "客户"


def asked(book: Path, **more) -> jobs.Request:
    return jobs.Request(as_of=AS_OF, book=book, **more)


@pytest.fixture(scope="module")
def proposed(forty, tmp_path_factory) -> tuple[Path, AllocationReport]:
    """The company of forty with a proposal in its book."""
    book = tmp_path_factory.mktemp("proposed") / "客户.xlsx"
    shutil.copy(forty, book)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TIERBOOK_HOME", str(tmp_path_factory.mktemp("home")))
        return book, allocate(asked(book))


@pytest.fixture
def book(proposed, tmp_path) -> Path:
    return Path(shutil.copy(proposed[0], tmp_path / "客户.xlsx"))


def table(book: Path) -> dict[str, dict[str, object]]:
    """The rows of 分配建议 by customer."""
    head, *rows = read_rows(book, SHEET)[3:]
    return {str(row[0]): dict(zip(head, row, strict=True)) for row in rows if row[0]}


def owners(book: Path) -> dict[str, object]:
    head, *rows = read_rows(book, CUSTOMERS)
    places = [head.index(title) for title in ("客户编号", "负责人")]
    return {str(row[places[0]]): row[places[1]] for row in rows if row[places[0]]}


def write(book: Path, words: dict[str, str], title: str = "接受", sheet: str = SHEET, head: int = 4) -> None:
    rows = read_rows(book, sheet)
    place = rows[head - 1].index(title)
    texts = {(number, place): words[str(row[0])] for number, row in enumerate(rows, start=1) if str(row[0]) in words}
    assert len(texts) == len(words)
    book.write_bytes(put_texts(book.read_bytes(), sheet, texts)[0])


def parts(book: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(book) as held:
        return {name: held.read(name) for name in held.namelist()}


def test_the_proposal_stands_on_its_sheet_and_nobody_is_overloaded(proposed):
    book, report = proposed
    rows = table(book)
    assert rows.keys() == {shift.client.customer_id for shift in report.proposal.shifts}
    assert rows
    assert all(row["接受"] == "是" for row in rows.values())
    assert all(row["现负责人"] != row["建议负责人"] for row in rows.values())
    assert all(then.customers <= then.person.capacity for then in report.then if then.person.capacity is not None)
    assert len(rows) < report.scratch


def test_the_desks_add_up(proposed):
    _, report = proposed
    assert sum(one.customers for one in report.now) == sum(one.customers for one in report.then)
    assert [one.person.name for one in report.now] == [one.person.name for one in report.then]
    comes, goes = (Counter() for _ in range(2))
    for shift in report.proposal.shifts:
        comes[shift.to] += 1
        goes[shift.client.owner] += 1
    for now, then in zip(report.now, report.then, strict=True):
        assert then.customers - now.customers == comes[now.person.name] - goes[now.person.name]
    assert sum(one.open for one in report.now) > 0


def test_a_refresh_leaves_the_proposal_as_it_is(book):
    before = table(book)
    jobs.refresh(asked(book))
    assert table(book) == before


def test_only_what_was_accepted_is_written_and_nothing_else_changes(book, proposed):
    shifts = proposed[1].proposal.shifts
    kept, given, *others = [shift for shift in shifts if shift.client.customer_id in owners(book)]
    other = next(rep.name for rep in proposed[1].proposal.reps if rep.name not in {given.to, given.client.owner})
    write(book, {kept.client.customer_id: "否", given.client.customer_id: other, others[0].client.customer_id: ""})
    before, was = parts(book), owners(book)
    report = apply_owners(asked(book))
    now = owners(book)
    wanted = {shift.client.customer_id: shift.to for shift in others[1:]} | {given.client.customer_id: other}
    assert report.owners == wanted
    assert now == was | wanted
    changed = {name for name, data in parts(book).items() if before.get(name) != data}
    assert len([name for name in changed if name.startswith("xl/worksheets/")]) == len(report.sheets) <= 2
    assert changed <= {"xl/workbook.xml", *(name for name in changed if name.startswith("xl/worksheets/sheet"))}
    again = apply_owners(asked(book))
    assert (again.changed, again.already, dict(again.owners)) == (False, len(wanted), {})
    jobs.undo(book)
    assert owners(book) == was


def tasks(book: Path) -> dict[str, dict[str, object]]:
    """The rows of 任务 by task."""
    rows = read_rows(book, "任务")
    head = next(place for place, row in enumerate(rows) if "任务编号" in row)
    return {str(row[0]): dict(zip(rows[head], row, strict=True)) for row in rows[head + 1 :] if row[0]}


def test_open_tasks_follow_their_customer_with_what_was_written_into_them(book, proposed):
    """What is done, given to somebody by hand, or for a message stays; so do customers 客户 does not hold."""
    gone = {shift.client.customer_id: shift for shift in proposed[1].proposal.shifts}
    was = tasks(book)
    mine = [key for key, row in was.items() if (shift := gone.get(str(row["客户编号"])))
            and (row["负责人"] or "") == shift.client.owner and shift.client.customer_id in owners(book)]  # fmt: skip
    follows, done, given, *others = mine
    head = 1 + next(place for place, row in enumerate(read_rows(book, "任务")) if "任务编号" in row)
    write(book, {follows: "周五再打"}, "下一步", "任务", head)
    write(book, {done: "完成"}, "状态", "任务", head)
    write(book, {given: "刚来的人"}, "负责人", "任务", head)
    by_itself = [key for key, row in was.items() if row["负责人"] == "自动" and str(row["客户编号"]) in gone]
    customers = {str(was[key]["客户编号"]) for key in mine}
    write(book, {customer: "" for customer in gone if customer not in customers})
    report = apply_owners(asked(book))
    now = tasks(book)
    assert (now[follows]["负责人"], now[follows]["下一步"]) == (gone[str(was[follows]["客户编号"])].to, "周五再打")
    assert (now[done]["负责人"], now[given]["负责人"]) == (was[done]["负责人"], "刚来的人")
    assert all(now[key]["负责人"] == "自动" for key in by_itself)
    told = dict(report.notes)
    assert told["allocation.tasks_follow"]["count"] == len([follows, *others])
    assert told["allocation.open_tasks_stay"]["count"] >= 1
    jobs.followups(asked(book))
    planned = {key: row["负责人"] for key, row in tasks(book).items()}
    assert planned[follows] == now[follows]["负责人"] and planned[given] == "刚来的人"


def test_what_people_refuse_or_decide_holds_for_the_next_proposal(book, proposed):
    first, second = proposed[1].proposal.shifts[:2]
    other = next(rep.name for rep in proposed[1].proposal.reps if rep.name not in {second.to, second.client.owner})
    write(book, {first.client.customer_id: "否", second.client.customer_id: other})
    write(book, {first.client.customer_id: "老朋友"}, "备注")
    report = allocate(asked(book))
    decided = {shift.client.customer_id: shift for shift in report.proposal.shifts}
    assert first.client.customer_id not in decided
    assert (decided[second.client.customer_id].to, decided[second.client.customer_id].why) == (other, "decided")
    rows = table(book)
    assert (rows[first.client.customer_id]["接受"], rows[first.client.customer_id]["备注"]) == ("否", "老朋友")
    assert rows[second.client.customer_id]["接受"] == other


def test_a_customer_somebody_gave_away_meanwhile_is_left_alone(book, proposed):
    shift = next(one for one in proposed[1].proposal.shifts if one.client.customer_id in owners(book))
    stranger = "刚来的人"
    write(book, {shift.client.customer_id: stranger}, "负责人", CUSTOMERS, 1)
    report = apply_owners(asked(book))
    assert owners(book)[shift.client.customer_id] == stranger
    assert "allocation.changed_since" in {key for key, _ in report.notes}


def test_a_word_nobody_understands_is_no_consent(book, proposed):
    customer = proposed[1].proposal.shifts[0].client.customer_id
    write(book, {customer: "再说吧"})
    was = owners(book)
    held, notes = as_named(decisions_in(book, "zh-CN"), ["陈思远", "李雅婷"])
    ((key, values),) = notes
    assert (key, values["sheet"], values["word"], held) == ("allocation.unknown_word", SHEET, "再说吧", {})
    assert apply_owners(asked(book)).owners.keys().isdisjoint({customer})
    assert owners(book).get(customer) == was.get(customer)


def test_asked_again_the_book_stays_as_it_is_and_a_list_goes_to_the_crm(book, tmp_path, capsys):
    out = tmp_path / "名单.csv"
    assert main(["allocate", str(book), "--out", str(out), "--as-of", AS_OF.isoformat(), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    rows = list(csv.DictReader(io.StringIO(out.read_text(encoding="utf-8-sig"))))
    assert [row["客户编号"] for row in rows] == [move["customer_id"] for move in told["moves"]]
    assert told["from_scratch"] >= len(rows)
    assert told["changed"] is False


def test_without_a_proposal_nothing_is_applied(forty, capsys):
    with pytest.raises(UsageError, match="还没有"):
        apply_owners(asked(forty))
    assert main(["allocate", str(forty), "--apply", "--out", "x.csv"]) == 2
    assert "--out" in capsys.readouterr().err
