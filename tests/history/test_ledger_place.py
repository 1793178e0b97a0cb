"""Where a ledger may lie, and what is said where it may not."""

from __future__ import annotations

import datetime as dt
import sqlite3
import threading
from pathlib import Path

import pytest
import sqlalchemy as sa

from tierbook.errors import LedgerError, UsageError
from tierbook.history import KpiKept, Ledger, MoveKept, figures, migrations, open_ledger, tables, words
from tierbook.history import place as places
from tierbook.history.moves import moves_at
from tierbook.history.shares import REMOTE, _kind_of, on_a_share

from .nights import SCOPE, day, night, task

MOUNTS = """\
/dev/sda1 / ext4 rw 0 0
//server/team /mnt/team cifs rw 0 0
nas:/export /mnt/team\\040files nfs4 rw 0 0
tmpfs /mnt/team/local tmpfs rw 0 0
"""


@pytest.mark.parametrize(
    ("folder", "shared"),
    [("/home/zhang", False), ("/mnt/team", True), ("/mnt/team/2026/ledger.sqlite", True), ("/mnt/teamwork", False),
     ("/mnt/team files/a", True), ("/mnt/team/local/a", False)],
)  # fmt: skip
def test_a_share_is_known_by_the_mount_a_folder_lies_on(folder: str, shared: bool) -> None:
    assert (_kind_of(folder, MOUNTS) in REMOTE) is shared


def test_a_ledger_on_a_share_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(f"//server/team {tmp_path.resolve()} cifs rw 0 0\n", encoding="utf-8")
    assert on_a_share(tmp_path / "new" / "ledger.sqlite", mounts)
    monkeypatch.setattr(places, "on_a_share", lambda path: True)
    with pytest.raises(LedgerError) as refusal:
        open_ledger(tmp_path / "ledger.sqlite")
    assert refusal.value.words("en") == (
        f"the ledger cannot lie on a network share ({tmp_path / 'ledger.sqlite'}): a database file there loses data "
        "without a word. Put it on this machine's own disk, or use PostgreSQL for a team (--ledger postgresql://…)"
    )
    assert not (tmp_path / "ledger.sqlite").exists()


def test_a_ledger_of_a_newer_tierbook_is_refused_and_left_alone(place: str) -> None:
    open_ledger(place).close()
    _set_version(place, tables.VERSION + 1)
    with pytest.raises(LedgerError, match="升级"):
        open_ledger(place)
    _set_version(place, tables.VERSION)
    open_ledger(place).close()


def _set_version(where: str, version: int) -> None:
    engine = places.engine_of(where)
    with places.transaction(engine, writes=True) as connection:
        connection.execute(tables.tables().meta.update().values(value=str(version)))
    engine.dispose()


def _as_version_1(where: str) -> None:
    """The ledger as the first version kept it: a row for each measure of a group and period, tasks with indexes."""
    engine, now, then = places.engine_of(where), tables.tables(), sa.MetaData()
    numbers = ("scope", "by", "group", "period", "moment")
    kpi = sa.Table(
        "kpi",
        then,
        *(sa.Column(name, sa.BigInteger, primary_key=True) for name in numbers),
        sa.Column("start", sa.Date, primary_key=True),
        sa.Column("end", sa.Date),
        sa.Column("values", sa.Text),
    )
    moved = sa.Table("moved", then, *(sa.Column(name, sa.BigInteger, primary_key=True) for name in
                                      ("scope", "moment", "customer")),
                     *(sa.Column(name, sa.BigInteger) for name in ("before", "after", "score_before", "score_after")),
                     sa.Column("driver", sa.Text), sa.Column("causes", sa.Text))  # fmt: skip
    same = (sa.Column(one.name, one.type, primary_key=one.primary_key) for one in now.task.c)
    task = sa.Table("task", then, *same, sa.UniqueConstraint("scope", "task_id"))
    with places.transaction(engine, writes=True) as connection:
        number = {word: no or 0 for no, word in words.all_words(connection).items()}
        rows = [
            {"scope": row.scope, "moment": row.moment, "by": number[one.by], "group": number[one.group],
             "period": number[one.period], "start": one.start, "end": one.end, "values": one.values}
            for row in connection.execute(sa.select(now.kpi)).all() for one in figures.unpacked(row.data)
        ]  # fmt: skip
        runs = list(connection.execute(sa.select(now.run.c.moment)).scalars())
        ids = {one: no for no, one in connection.execute(sa.select(now.customer.c.no, now.customer.c.customer_id))}
        moves = [
            {"scope": 1, "moment": moment, "customer": ids[move.customer_id], "before": number[move.before],
             "after": number[move.after], "score_before": move.score_before, "score_after": move.score_after,
             "driver": move.driver, "causes": move.causes}
            for moment, found in moves_at(connection, 1, runs).items()
            for move in found
        ]  # fmt: skip
        tasks = [dict(row) for row in connection.execute(sa.select(now.task)).mappings()]
        for new, old, held in ((now.kpi, kpi, rows), (now.moved, moved, moves), (now.task, task, tasks)):
            new.drop(connection)
            old.create(connection)
            connection.execute(old.insert(), held)
        connection.execute(now.meta.update().values(value="1"))
    engine.dispose()


def _told(ledger: Ledger) -> list[object]:
    return [ledger.moves(SCOPE, day(-1), day(9)), ledger.kpi_series(SCOPE),
            ledger.kpi_series(SCOPE, as_of=day(0)), ledger.task_events(SCOPE),
            ledger.standings(SCOPE, day(1)), ledger.customer(SCOPE, "1001")]  # fmt: skip


def test_a_ledger_of_the_first_version_tells_the_same_once_it_is_carried_over(place: str) -> None:
    def kpis(value: int) -> list[KpiKept]:
        return [KpiKept("tier", group, "week", day(0), day(6), str(value)) for group in ("vip", "low")]

    with open_ledger(place) as ledger:
        for nth, status in enumerate(("open", "doing", "done")):
            moves = [MoveKept("1001", "low", "vip", nth, None, "[]", '[["merged",1,0]]')] * (nth != 1)
            ledger.keep(night(nth, {"1001": ("vip", 90 + nth)}, tasks=[task(1, status)], kpis=kpis(nth), moves=moves))
        before = _told(ledger)
    _with_words(place, "tier", "vip", "low", "week")
    _as_version_1(place)
    with open_ledger(place) as ledger:
        assert _told(ledger) == before
        assert not ledger.keep(night(2, {"1001": ("vip", 92)}, tasks=[task(1, "done")], kpis=kpis(2))).is_new
        assert ledger.keep(night(3, {"1001": ("vip", 93)}, tasks=[task(2)], kpis=kpis(3))).is_new
        assert ledger.kpi_series(SCOPE) == sorted(kpis(3), key=lambda one: one.group)


def _with_words(where: str, *told: str) -> None:
    engine = places.engine_of(where)
    with places.transaction(engine, writes=True) as connection:
        words.given_words(connection, told)
    engine.dispose()


def test_an_older_ledger_is_carried_over_step_by_step_or_not_at_all(place: str) -> None:
    open_ledger(place).close()
    engine, seen = places.engine_of(place), []
    steps = {1: lambda connection: seen.append(1), 2: lambda connection: seen.append(2)}
    with places.transaction(engine, writes=True) as connection:
        migrations.carry_over(connection, 1, 3, steps)
    with places.transaction(engine) as connection:
        assert connection.execute(sa.select(tables.tables().meta.c.value)).scalar() == "3"
    assert seen == [1, 2]
    with pytest.raises(LedgerError, match="太旧"), places.transaction(engine, writes=True) as connection:
        migrations.carry_over(connection, 0, 1, {})
    engine.dispose()


def test_somebody_elses_database_is_not_touched(tmp_path: Path) -> None:
    theirs = tmp_path / "crm.db"
    with sqlite3.connect(theirs) as connection:
        connection.execute("CREATE TABLE customers (id TEXT)")
    connection.close()
    before = theirs.read_bytes()
    with pytest.raises(LedgerError, match="不是历史账本"):
        open_ledger(theirs)
    assert theirs.read_bytes() == before


@pytest.mark.parametrize("content", [b"customer_id,amount\n" * 200, b"SQLite format 3\x00" + b"\x07" * 5000])
def test_a_file_that_is_no_ledger_is_refused_in_words(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "l.sqlite").write_bytes(content)
    with pytest.raises(LedgerError) as refusal:
        open_ledger(tmp_path / "l.sqlite")
    assert refusal.value.key in {"history.damaged", "history.cannot_open"}
    assert (tmp_path / "l.sqlite").read_bytes() == content


def test_a_server_that_does_not_answer_is_told_without_its_password() -> None:
    with pytest.raises(LedgerError) as refusal:
        open_ledger("postgresql://zhang:hunter2@127.0.0.1:9/team")
    assert "hunter2" not in refusal.value.words("en")
    assert "zhang:***@127.0.0.1:9/team" in refusal.value.words("en")


@pytest.mark.parametrize(
    "address", ["mysql://zhang:hunter2@db/team", "http://db/team", "://", "postgresql://db:port/team"]
)
def test_an_address_of_another_kind_is_a_usage_error(address: str) -> None:
    with pytest.raises(UsageError) as refusal:
        open_ledger(address)
    assert "hunter2" not in refusal.value.words("en")


def test_writers_stand_in_line(place: str) -> None:
    """Six at once, each with its own day and task: all of them are there afterwards."""
    open_ledger(place).close()
    failed: list[BaseException] = []

    def work(offset: int) -> None:
        try:
            with open_ledger(place) as ledger:
                ledger.keep(night(offset, {"1001": ("vip", 90 - offset)}))
        except BaseException as problem:
            failed.append(problem)

    threads = [threading.Thread(target=work, args=(offset,)) for offset in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    with open_ledger(place) as ledger:
        scores = [ledger.standings(SCOPE, day(offset))["1001"].score for offset in range(6)]
    assert scores == [(90 - offset) * 1_000_000 for offset in range(6)]


def test_a_writer_that_waited_too_long_says_who_is_in_its_way(place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "WAIT", 1)
    with open_ledger(place) as ledger:
        ledger.keep(night(0, {"1001": ("vip", 90)}))
        engine = places.engine_of(place)
        with places.transaction(engine, writes=True), pytest.raises(LedgerError) as refusal:
            ledger.keep(night(1, {"1001": ("vip", 91)}))
        engine.dispose()
        assert refusal.value.key == "history.busy"
        assert [run.as_of for run in ledger.runs(SCOPE)] == [day(0)]


def test_a_night_that_breaks_half_way_leaves_nothing(place: str) -> None:
    with open_ledger(place) as ledger:
        ledger.keep(night(0, {"1001": ("vip", 90)}, tasks=[task(1)]))
        counts = ledger.counts()
        broken = night(1, {"1001": ("low", 1)}, tasks=[task(2, due=dt.date)])  # a date column takes no type
        with pytest.raises((LedgerError, TypeError)):
            ledger.keep(broken)
        assert ledger.counts() == counts
        assert ledger.standings(SCOPE, day(9))["1001"].tier == "vip"
