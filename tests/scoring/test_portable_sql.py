"""Every step must mean the same on a warehouse engine."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from tierbook.model.rules import parse
from tierbook.model.words import Vocabulary
from tierbook.schema import TABLES
from tierbook.scoring import plan, run
from tierbook.scoring.conditions import compile_rules
from tierbook.scoring.deliveries import EVERYTHING, MANY_LINES, ONE_LINE_EACH
from tierbook.scoring.lifetime import PUT

AS_OF = dt.date(2026, 8, 31)
UNSAFE = re.compile(
    r"PERCENTILE_|QUANTILE|\bNTILE\b|\bMEDIAN\s*\(|APPROX|ARG_?M(AX|IN)|\bMODE\s*\(|\bLIST\s*\(|QUALIFY|\bFILTER\s*\("
    r"|\bEXCLUDE\b|\bREPLACE\b|POSITIONAL|\bSELECT\s+\*|HUGEINT|INT128"
)


COMMENT = re.compile(r"--.*$|/\*.*?\*/", re.MULTILINE | re.DOTALL)


def unsafe_word(sql: str) -> str:
    found = UNSAFE.search(COMMENT.sub("", sql).upper())
    return found[0] if found else ""


def all_steps(changed) -> list[tuple[str, str]]:
    """Steps of every way the model can be set, each text once."""
    ways = [
        (),
        ("count=lines", "rfm.method=rank", "rfm.cut=median", "rfm.window=12m"),
        ("count=quantity", "rfm.method=fixed", "rfm.cut=score", "rfm.closed=left", "main=software"),
    ]
    found = {step.select: step.name for way in ways for step in plan(changed(*way), AS_OF)}
    for delivered in ({"orders"}, {*EVERYTHING, MANY_LINES}, {*EVERYTHING, ONE_LINE_EACH}):
        found |= {step.select: step.name for step in plan(changed(), AS_OF, "en", delivered)}
    return [(name, select) for select, name in found.items()]


def test_every_step_is_carried_to_spark_without_a_warning(changed, caplog) -> None:
    import sqlglot

    for name, select in all_steps(changed):
        carried = sqlglot.transpile(select, read="duckdb", write="spark", unsupported_level=sqlglot.ErrorLevel.RAISE)

        assert len(carried) == 1, name
        assert not unsafe_word(select), name
        assert not unsafe_word(carried[0]), name
    assert not caplog.records


def test_a_step_only_reads_facts_and_steps_before_it(changed) -> None:
    import sqlglot
    from sqlglot import exp

    known = {"customers", "orders", "interactions", "feedback", "renewals", "referrals", *PUT}
    for step in plan(changed(), AS_OF):
        tree = sqlglot.parse_one(step.select, read="duckdb")
        read = {table.name for table in tree.find_all(exp.Table)}
        assert read <= known, step.name
        known.add(step.name)


def test_every_column_of_a_step_has_a_name(changed) -> None:
    import sqlglot

    for name, select in all_steps(changed):
        tree = sqlglot.parse_one(select, read="duckdb")
        assert all(tree.named_selects), name
        assert len(set(tree.named_selects)) == len(tree.named_selects), name


def test_every_step_says_in_its_header_what_a_row_is(changed) -> None:
    for name, select in all_steps(changed):
        assert select.startswith(("-- One row", "-- measured_shares")), name


def test_no_sum_is_taken_of_floating_numbers(changed, lab) -> None:
    """Sums of floating numbers change with the thread count; every summed expression must be whole."""
    import sqlglot
    from sqlglot import exp

    lab.forget()
    lab.fill({})
    model = changed()
    for step in plan(model, AS_OF):
        tree = sqlglot.parse_one(step.select, read="duckdb")
        for total in tree.find_all(exp.Sum, exp.Avg):
            assert not isinstance(total, exp.Avg), step.name
            floating = [cast for cast in total.find_all(exp.Cast) if cast.to.this == exp.DataType.Type.DOUBLE]
            floating += [number for number in total.find_all(exp.Literal) if number.is_number and "e" in number.this]
            whole = [cast for cast in total.find_all(exp.Cast) if cast.to.this == exp.DataType.Type.BIGINT]
            assert whole or not floating, (step.name, total.sql())  # a floating number inside is made whole again
        run(lab.engine, model, step)


def test_the_plan_is_the_same_every_time(general) -> None:
    assert plan(general, AS_OF) == plan(general, AS_OF)


@pytest.mark.parametrize("delivered", [EVERYTHING, frozenset({"orders"})])
def test_relations_people_rely_on_are_always_made(general, delivered) -> None:
    names = [step.name for step in plan(general, AS_OF, "zh-CN", delivered)]

    for relation in ("indicators", "rfm", "rfm_matrix", "scores", "tiers", "tags", "stages", "segments", "why_points"):
        assert relation in names
    assert names[-1] == "results"


def test_no_step_takes_the_name_of_a_fact_table(general) -> None:
    names = {step.name for step in plan(general, AS_OF)}

    assert names.isdisjoint({*TABLES, "findings"})


QUESTIONS = (
    "平均(客单价) > 1",
    "中位数(客单价) > 1",
    "百分位(客单价, 12.5, 规模 = '大型') < 客单价",
    "合计(客单价 / 近6个月订单数) > 1",
    "计数(行业 包含 '制造') > 1",
    "占比(得分 > 60, 行业 不为空) > 50%",
    "占比(近12个月金额) > 1%",
    "排名(近12个月金额) <= 10",
    "排名(-客单价, 行业 属于 ('a', 'b')) 介于 1 和 5",
    "距今天数(首次下单日期) > 30",
    "取大(缺省(客单价, 0), 绝对值(增长率)) > 1",
)


def test_every_question_a_rule_may_ask_is_carried_to_spark(general) -> None:
    import sqlglot

    names = Vocabulary.of(general, "segments")
    trees = {f"rule_{place}": parse(rule, names) for place, rule in enumerate(QUESTIONS)}
    compiled = compile_rules(trees, name="asked", model=general, as_of=AS_OF)
    holds = ", ".join(f"CASE WHEN {test} THEN 1 ELSE 0 END AS {key}" for key, test in compiled.tests.items())
    for select in (*(step.select for step in compiled.steps), f"SELECT {holds} FROM {compiled.source}"):
        carried = sqlglot.transpile(select, read="duckdb", write="spark", unsupported_level=sqlglot.ErrorLevel.RAISE)
        assert not unsafe_word(select), select
        assert not unsafe_word(carried[0]), carried[0]
