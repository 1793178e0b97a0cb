"""What the engine promises beyond running SQL."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from tierbook.engine import LEAST_MEMORY, LONG, SMALL, Engine, Step, size_of

MANY = "SELECT i FROM range(3) AS three (i)"


def test_a_statement_says_how_many_rows_it_puts_into_a_table() -> None:
    with Engine() as engine:
        assert engine.execute(f"CREATE TEMP TABLE numbers AS {MANY}") == 3
        assert engine.execute("INSERT INTO numbers SELECT 7") == 1
        assert engine.execute(f"CREATE TEMP VIEW seen AS {MANY}") == 0
        assert engine.execute("SET threads = 1") == 0


@pytest.mark.parametrize("name", ["plain", 'with "quotes"', "订单"])
def test_a_relation_of_either_kind_can_be_dropped_and_made_again_as_the_other(name: str) -> None:
    with Engine() as engine:
        engine.drop(name)
        engine.run(Step(name, MANY))
        engine.drop(name)
        engine.run(Step(name, MANY, keep=False))
        engine.drop(name)
        engine.drop(name)
        assert not engine.has(name)


def test_what_is_run_at_once_on_little_data_leaves_nothing_after_an_error() -> None:
    with Engine() as engine:
        engine.expect(SMALL)
        with engine.at_once():
            engine.run(Step("kept", MANY))
        with pytest.raises(RuntimeError), engine.at_once():
            engine.run(Step("lost", MANY))
            raise RuntimeError
        assert engine.has("kept")
        assert not engine.has("lost")
        engine.drop("lost")


def test_much_data_gets_memory_in_proportion_unless_somebody_set_a_limit() -> None:
    asked = "SELECT value FROM duckdb_settings() WHERE name = 'memory_limit'"
    with Engine() as engine, Engine(memory_limit="2GB") as limited:
        for one in (engine, limited):
            one.expect(SMALL + 1)
        assert engine.value(asked) == f"{LEAST_MEMORY / 2**30:.1f} GiB"
        assert limited.value(asked) == "1.3 GiB"  # of 2 GB: the process needs some itself


def test_what_does_not_fit_into_memory_leaves_no_file_behind(tmp_path: Path) -> None:
    folder = tmp_path / "spill"
    with Engine(memory_limit="60MB", spill_folder=str(folder)) as engine:
        engine.execute(
            "CREATE TEMP TABLE wide AS SELECT i, 'some words to fill it up ' || i AS t FROM range(3000000) r (i)"
        )
        assert any(folder.iterdir())
    assert not folder.exists()


def test_rows_worked_out_in_python_become_a_relation() -> None:
    kinds = {"x": "BIGINT", "chance": "DOUBLE", "what": "VARCHAR", "a day": "DATE"}
    rows = [(1, 0.1, "it's", dt.date(2026, 2, 28)), (2**60, None, None, None)]
    with Engine() as engine:
        engine.put("told", kinds, [(0, 0.0, "old", None)])
        engine.put("told", kinds, iter(rows))

        assert engine.rows("SELECT * FROM told ORDER BY x") == rows
        assert engine.columns("told") == kinds
        engine.put("told", kinds, [])
        assert engine.rows("SELECT * FROM told") == []
        engine.drop("told")
        assert not engine.has("told")


def test_long_work_tells_what_it_is_making_and_short_work_does_not() -> None:
    told: list[str] = []
    with Engine() as engine:
        engine.expect(LONG - 1, told.append)
        engine.run(Step("short", MANY))
        engine.expect(LONG, told.append)
        engine.run(Step("long", MANY))
        engine.execute('INSERT INTO "long" SELECT 4')
        engine.run(Step("seen", MANY, keep=False))
    assert told == ["long", "long"]


@pytest.mark.parametrize(
    ("typed", "size"),
    [
        ("4GB", 4 * 10**9),
        ("4 GiB", 4 * 2**30),
        ("1.5g", 15 * 10**8),
        ("512mb", 512 * 10**6),
        ("much", None),
        ("4", None),
    ],
)
def test_a_size_is_read_as_people_write_it(typed: str, size: int | None) -> None:
    assert size_of(typed) == size


FACTS = Step("facts", "SELECT 'a' AS customer_id, 1 AS n UNION ALL SELECT 'b', 2")
DOUBLED = Step("doubled", "SELECT customer_id, 2 * n AS n FROM facts", of=("facts",))


def test_what_stands_is_not_made_again() -> None:
    with Engine() as engine:
        engine.run_all([FACTS, DOUBLED])
        assert engine.stands(DOUBLED)
        engine.execute("DELETE FROM doubled")
        assert not engine.stands(DOUBLED), "somebody wrote into it"
        engine.once([DOUBLED])
        assert engine.rows("SELECT n FROM doubled ORDER BY n") == [(2,), (4,)]


@pytest.mark.parametrize(
    "change",
    [
        "INSERT INTO facts VALUES ('c', 3)",
        "CREATE OR REPLACE TEMP TABLE facts AS SELECT 'c' AS customer_id, 3 AS n",
        'UPDATE "facts" SET n = 5',
    ],
)
def test_what_is_made_of_something_else_now_is_made_again(change: str) -> None:
    with Engine() as engine:
        engine.run_all([FACTS, DOUBLED])
        engine.execute(change)
        assert not engine.stands(DOUBLED)
        engine.once([DOUBLED])
        assert engine.rows("SELECT n FROM doubled") == engine.rows("SELECT 2 * n FROM facts")


def test_other_words_under_the_same_name_are_made_again() -> None:
    with Engine() as engine:
        engine.run_all([FACTS, DOUBLED])
        tripled = Step("doubled", "SELECT customer_id, 3 * n AS n FROM facts", of=("facts",))
        engine.once([tripled])
        assert engine.rows("SELECT n FROM doubled ORDER BY n") == [(3,), (6,)]
        assert not engine.stands(DOUBLED)


def test_a_step_that_does_not_say_what_it_is_made_of_is_made_each_time() -> None:
    with Engine() as engine:
        engine.once([FACTS])
        engine.execute("DELETE FROM facts")
        engine.once([FACTS])
        assert engine.value("SELECT COUNT(*) FROM facts") == 2


def test_a_table_takes_the_place_of_a_view() -> None:
    with Engine() as engine:
        engine.run_all([FACTS, Step("seen", "SELECT * FROM facts", keep=False), Step("seen", "SELECT 1 AS one")])
        assert engine.rows("SELECT * FROM seen") == [(1,)]
        assert engine.kind_of("seen") == "TABLE"
