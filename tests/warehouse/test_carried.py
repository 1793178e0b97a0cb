"""A step in Spark's words."""

from __future__ import annotations

import datetime as dt

import pytest

from tierbook.errors import WarehouseError
from tierbook.scoring import plan
from tierbook.warehouse import carried

AS_OF = dt.date(2026, 8, 31)


@pytest.mark.parametrize(
    ("select", "words"),
    [
        ("SELECT DATE_DIFF('DAY', a, b) AS x", "SELECT CAST(DATEDIFF(DAY, a, b) AS BIGINT) AS x"),
        ("SELECT STRPOS(a, 'b') AS x", "SELECT CAST(LOCATE('b', a) AS BIGINT) AS x"),
        ("SELECT EXTRACT(MONTH FROM a) AS x", "SELECT CAST(EXTRACT(MONTH FROM a) AS BIGINT) AS x"),
    ],
)
def test_a_number_that_has_32_bits_there_gets_the_64_it_has_here(select: str, words: str) -> None:
    assert carried(select) == words


def test_a_whole_division_stays_one() -> None:
    assert carried("SELECT a // b AS x") == "SELECT a DIV b AS x"


def test_backslashes_and_quotes_in_a_rule_mean_themselves() -> None:
    assert carried(r"SELECT 'it''s a\b' AS x") == r"SELECT 'it\'s a\\b' AS x"


def test_a_comment_cannot_become_a_hint() -> None:
    assert carried("-- + BROADCAST(t)\nSELECT a AS x FROM t") == "SELECT a AS x FROM t"


@pytest.mark.parametrize(
    "inexact",
    ["PERCENTILE_DISC(0.5) WITHIN GROUP (ORDER BY a)", "MEDIAN(a)", "AVG(a)", "NTILE(5) OVER (ORDER BY a)", "RANDOM()",
     "ARG_MAX(a, b)", "QUANTILE_CONT(a, 0.5)", "APPROX_COUNT_DISTINCT(a)", "ANY_VALUE(a)", "FIRST(a)"],
)  # fmt: skip
def test_what_would_give_another_answer_is_refused(inexact: str) -> None:
    with pytest.raises(WarehouseError) as refused:
        carried(f"SELECT {inexact} AS x FROM t")
    assert refused.value.key == "warehouse.not_portable"


@pytest.mark.parametrize("settings", [(), ("count=quantity", "rfm.method=fixed"), ("rfm.cut=median", "main=software")])
def test_every_step_of_a_plan_is_carried(general, settings: tuple[str, ...]) -> None:
    from tierbook.model.settings import with_settings

    for step in plan(with_settings(general, settings) if settings else general, AS_OF):
        assert carried(step.select).startswith("SELECT"), step.name
