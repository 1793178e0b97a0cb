"""What the log remembers, and what it does with a damaged line."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from tierbook.errors import UsageError
from tierbook.history import open_ledger
from tierbook.messages.log import Both, Entry, FileStore, LedgerStore, SentLog, open_log

from .conftest import DAY

AT = dt.datetime(2026, 10, 31, 2, 0, 0, 123000, tzinfo=dt.UTC)


def entry(key: str = "task:T1", step: str = "sent", **told) -> Entry:
    return Entry(
        **{"key": key, "step": step, "at": AT, "day": DAY, "address": "c1@example.com", "customer_id": "1", **told}
    )


def test_a_line_comes_back_as_it_was_written(tmp_path: Path) -> None:
    store = FileStore(tmp_path / "log")
    told = entry(subject='“您好”\n{"', code=250, reply="OK", scope="a")
    store.add(told)
    assert list(store.read()) == [told]


def test_a_line_a_crash_cut_off_is_nothing_and_the_next_stands_alone(tmp_path: Path) -> None:
    path = tmp_path / "log"
    store = FileStore(path)
    store.add(entry("a"))
    whole = path.read_bytes()
    store.add(entry("b"))
    for cut in range(len(whole) + 1, len(path.read_bytes()) - 1, 7):
        path.write_bytes((whole + entry("b").as_json().encode())[:cut])
        assert [one.key for one in store.read()] == ["a"]
    store.add(entry("c"))
    with pytest.raises(UsageError) as wrong:
        store.read()
    assert wrong.value.words("en").startswith("line 2 of the log")


def test_before_the_answer_a_letter_counts_as_gone(tmp_path: Path) -> None:
    with open_log(place=tmp_path / "log") as log:
        log.add(entry(step="trying"))
    with open_log(place=tmp_path / "log") as log:
        assert log.done("task:T1")
        assert [one.key for one in log.unsure()] == ["task:T1"]
        assert log.last("1") == DAY


@pytest.mark.parametrize("step", ["later", "refused"])
def test_what_did_not_go_out_may_go_out_later(tmp_path: Path, step: str) -> None:
    with open_log(place=tmp_path / "log") as log:
        log.add(entry(step="trying"))
        log.add(entry(step=step))
        assert not log.done("task:T1")
        assert log.unsure() == []


def test_two_programs_never_send_at_once(tmp_path: Path) -> None:
    with open_log(place=tmp_path / "log"), pytest.raises(UsageError) as wrong, open_log(place=tmp_path / "log"):
        pass
    assert wrong.value.key == "messages.sending_already"


def test_the_ledger_and_this_machine_know_of_each_other(tmp_path: Path) -> None:
    """Sent by hand without the ledger, or at night on another machine: it counts either way, once."""
    with open_ledger(tmp_path / "ledger.sqlite") as ledger:
        near, far = FileStore(tmp_path / "log"), LedgerStore(ledger, "a")
        SentLog(near, "a").add(entry("by hand"))
        SentLog(far, "a").add(entry("elsewhere", at=AT + dt.timedelta(seconds=1)))
        both = SentLog(Both(near, far), "a")
        both.add(entry("now", at=AT + dt.timedelta(seconds=2)))
        assert [one.key for one in Both(near, far).read()] == ["by hand", "elsewhere", "now"]
        assert all(both.done(key) for key in ("by hand", "elsewhere", "now"))
        assert [line.customer_id for line in ledger.entries("a", "messages", customer_id="1")] == ["1", "1"]


def test_a_customer_in_the_books_of_two_teams_is_written_to_once(tmp_path: Path) -> None:
    with open_log("east", tmp_path / "log") as log:
        log.add(entry("task:T1"))
        log.add(entry("digest:李雅婷", customer_id="", content="abc"))
    with open_log("whole", tmp_path / "log", also=("east", "whole")) as log:
        assert log.done("task:T1")
        assert log.last("1") == DAY
        assert not log.done("digest:李雅婷")
        assert log.told("digest:李雅婷", "abc")
        assert not log.told("digest:李雅婷", "another")
    with open_log("whole", tmp_path / "log") as log:
        assert not log.done("task:T1")
