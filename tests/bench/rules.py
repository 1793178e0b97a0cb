"""Twenty rules people write, over a million customers, against `pandas.eval`: `python tests/bench/rules.py`.

Both read two Parquet files with the same customers and their indicators (ours as scoring keeps them, in whole numbers;
pandas as an analyst would have them, in floats), judge the twenty rules and write one row per customer with twenty
columns of 0 and 1. Each run is a fresh process, in turn; the answers are compared customer by customer. Ours is given
the rules as text, parses them and joins the two tables for every step; pandas has joined them before its clock starts,
and is given expressions in which what asks about all customers is worked out beside them, as a user would.
"""

from __future__ import annotations

import argparse
import datetime as dt
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

from scoring import Cost, run_one, show, turned

OURS, PANDAS = "tierbook", "pandas.eval"
SEED = 7
Prepare = Callable[[Any], dict[str, Any]]
SCALES = {
    "recency_days": 1, "tenure_days": 1, "orders_6m": 1, "orders_12m": 1, "amount_6m": 100, "amount_12m": 100,
    "aov": 1_000_000, "repurchase_rate": 1_000_000, "growth": 1_000_000, "csat": 1_000_000, "interactions_90d": 1,
    "complaints_12m": 1,
}  # fmt: skip
SIZES = ("large", "medium", "small")
INDUSTRIES = ("服装制造", "食品制造", "零售", "餐饮", "教育", "物流")


def mean(column: str) -> Prepare:
    return lambda df: {"a": df[column].mean()}


RULES: list[tuple[str, str, Prepare | None]] = [
    ("近6个月订单数 >= 5 且 客单价 >= 1.5 * 平均(客单价)", "orders_6m >= 5 and aov >= 1.5 * @a", mean("aov")),
    ("行业 包含 '制造' 且 规模 = '大型' 且 最近消费天数 <= 30",
     "industry.str.contains('制造', regex=False) and size == 'large' and recency_days <= 30", None),
    ("近6个月订单数 >= high_factor * 平均(近6个月订单数, 近6个月订单数 > 0)", "orders_6m >= 1.5 * @a",
     lambda df: {"a": df.orders_6m[df.orders_6m > 0].mean()}),
    ("客单价 < 0.5 * 中位数(客单价)", "aov < 0.5 * @a", lambda df: {"a": df.aov.median()}),
    ("近12个月金额 >= 百分位(近12个月金额, 80)", "amount_12m >= @a", lambda df: {"a": df.amount_12m.quantile(0.8)}),
    ("近12个月金额 >= 百分位(近12个月金额, 95, 规模 = '小型')", "amount_12m >= @a",
     lambda df: {"a": df.amount_12m[df["size"] == "small"].quantile(0.95)}),
    ("排名(近12个月金额) <= 1000", "r <= 1000",
     lambda df: {"r": df.amount_12m.rank(method="min", ascending=False)}),
    ("排名(近6个月订单数) <= 10% * 计数(近6个月订单数)", "r <= 0.1 * @n",
     lambda df: {"r": df.orders_6m.rank(method="min", ascending=False), "n": df.orders_6m.count()}),
    ("占比(近12个月金额) > 0.00015%", "amount_12m / @a > 0.0000015", lambda df: {"a": df.amount_12m.sum()}),
    ("占比(投诉数 > 0) < 50% 且 投诉数 = 0", "@a < 0.5 and complaints_12m == 0",
     lambda df: {"a": (df.complaints_12m > 0).mean()}),
    ("最近消费天数 介于 31 和 90", "31 <= recency_days <= 90", None),
    ("规模 属于 ('大型', '中型') 且 复购率 >= 60%", "size in ['large', 'medium'] and repurchase_rate >= 0.6", None),
    ("行业 不属于 ('零售', '餐饮')", "industry not in ['零售', '餐饮'] and industry.notna()", None),
    ("增长率 为空 且 近12个月订单数 > 0", "growth.isna() and orders_12m > 0", None),
    ("增长率 > 0.2 或 满意度 >= 4.5 且 互动次数 > 3", "growth > 0.2 or csat >= 4.5 and interactions_90d > 3", None),
    ("近12个月金额 / 近12个月订单数 > 2 * 客单价", "orders_12m > 0 and amount_12m / orders_12m > 2 * aov", None),
    ("取大(近6个月订单数, 互动次数) >= 8", "orders_6m >= 8 or interactions_90d >= 8", None),
    ("缺省(满意度, 3) < 3", "csat < 3", None),
    ("距今天数(建档日期) > 365 且 合作时长 <= 180", "since < @day and tenure_days <= 180",
     lambda _: {"day": dt.date(2025, 10, 31)}),
    ("(近6个月金额 > 0.7 * 近12个月金额 且 增长率 > 0) 或 (最近消费天数 <= 15 且 近12个月订单数 >= 12)",
     "(amount_6m > 0.7 * amount_12m and growth > 0) or (recency_days <= 15 and orders_12m >= 12)", None),
]  # fmt: skip


def make(customers: int, folder: Path) -> None:
    """The same customers twice: as scoring keeps them, and as an analyst has them."""
    import numpy as np
    import pandas as pd

    random = np.random.default_rng(SEED)
    bought = random.random(customers) < 0.9
    stored = {
        "customer_id": [f"C{number:07d}" for number in range(1, customers + 1)],
        "recency_days": random.integers(0, 1000, customers), "tenure_days": random.integers(0, 1500, customers),
        "orders_6m": random.poisson(2, customers), "orders_12m": random.poisson(4, customers),
        "amount_6m": random.integers(0, 5_000_000, customers), "amount_12m": random.integers(1, 9_000_000, customers),
        "aov": random.integers(1, 3_000_000_000, customers),
        "growth": random.integers(-1_000_000, 2_000_000, customers),
        "repurchase_rate": random.integers(0, 1_000_001, customers),
        "csat": random.integers(1, 6, customers) * 1_000_000,
        "interactions_90d": random.poisson(2, customers), "complaints_12m": random.poisson(0.2, customers),
    }  # fmt: skip
    frame = pd.DataFrame(stored)
    for column in ("recency_days", "tenure_days", "aov", "repurchase_rate", "growth", "csat"):
        frame[column] = (
            frame[column].astype("Int64").where(bought if column != "csat" else random.random(customers) < 0.3)
        )
    people = pd.DataFrame(
        {
            "customer_id": frame.customer_id,
            "industry": pd.Series(random.choice(np.array(INDUSTRIES), customers)).where(random.random(customers) < 0.9),
            "size": random.choice(np.array(SIZES), customers),
            "since": pd.Timestamp("2020-01-01") + pd.to_timedelta(random.integers(0, 2400, customers), unit="D"),
        }
    )
    shown = frame.assign(**{key: frame[key].astype("float64") / scale for key, scale in SCALES.items() if scale > 1})
    frame.to_parquet(folder / "indicators.parquet")
    people.assign(since=people.since.dt.date).to_parquet(folder / "customers.parquet")
    shown.to_parquet(folder / "shown.parquet")


def clocks() -> tuple[float, float]:
    """Wall and CPU seconds."""
    return time.perf_counter(), time.process_time()


def tell(started: tuple[float, float]) -> None:
    print(*(now - then for now, then in zip(clocks(), started, strict=True)))


def ours(folder: Path) -> None:
    from tierbook import templates
    from tierbook.engine import Engine, Step
    from tierbook.model.load import load_toml
    from tierbook.model.rules import parse
    from tierbook.model.words import Vocabulary
    from tierbook.scoring.conditions import compile_rules

    model = load_toml(templates.model_text("general"), where="general.toml")
    with Engine() as engine:
        for table in ("customers", "indicators"):
            engine.execute(f"CREATE TABLE {table} AS SELECT * FROM '{folder / table}.parquet'")
        started = clocks()
        names = Vocabulary.of(model, "segments")
        trees = {f"rule_{place}": parse(rule, names) for place, (rule, _, _) in enumerate(RULES)}
        compiled = compile_rules(trees, name="asked", model=model, as_of=dt.date(2026, 10, 31))
        engine.run_all(compiled.steps)
        holds = ", ".join(f"CASE WHEN {test} THEN 1 ELSE 0 END AS {key}" for key, test in compiled.tests.items())
        engine.run(Step("held", f"SELECT customers.customer_id AS customer_id, {holds} FROM {compiled.source}"))
        tell(started)
        engine.execute(f"COPY (SELECT * FROM held ORDER BY customer_id) TO '{folder / OURS}.parquet' (FORMAT PARQUET)")


def rival(folder: Path) -> None:
    import pandas as pd

    frame = pd.read_parquet(folder / "shown.parquet")
    frame = frame.merge(pd.read_parquet(folder / "customers.parquet"), on="customer_id", how="left")
    started = clocks()
    held = pd.DataFrame({"customer_id": frame.customer_id})
    for place, (_, expression, prepare) in enumerate(RULES):
        known = prepare(frame) if prepare else {}
        columns = {key: value for key, value in known.items() if isinstance(value, pd.Series)}
        told = frame.assign(**columns).eval(expression, engine="python", local_dict=known)
        held[f"rule_{place}"] = told.fillna(False).astype("int8")
    tell(started)
    held.sort_values("customer_id").to_parquet(folder / f"{PANDAS}.parquet")


def differences(folder: Path) -> int:
    """How many answers differ, of customers x rules."""
    import pandas as pd

    mine, theirs = (pd.read_parquet(folder / f"{who}.parquet").set_index("customer_id") for who in (OURS, PANDAS))
    wrong = (mine != theirs[mine.columns]).sum()
    for key, count in wrong[wrong > 0].items():
        print(f"{key}: {count} differ: {RULES[int(str(key).removeprefix('rule_'))][0]}")
    if mine.sum().min() == 0:
        raise SystemExit(f"a rule holds for nobody: {mine.sum().idxmin()}")
    return int(wrong.sum())


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--do", choices=(OURS, PANDAS, "make", "compare"), help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.do:
        work = {OURS: ours, PANDAS: rival, "make": lambda folder: make(options.customers, folder),
                "compare": lambda folder: sys.exit(min(differences(folder), 1))}  # fmt: skip
        work[options.do](options.folder)
        return 0
    with tempfile.TemporaryDirectory(prefix="tierbook-rules-") as temporary:
        return measured(options, Path(temporary))


def measured(options: argparse.Namespace, folder: Path) -> int:
    """The runner imports only the standard library: a child's peak memory starts at its parent's size."""

    def command(do: str) -> list[str]:
        return [sys.executable, __file__, "--do", do, "--folder", str(folder), "--customers", str(options.customers)]

    run_one(command("make"))
    costs: dict[str, list[Cost]] = {OURS: [], PANDAS: []}
    inside: dict[str, list[tuple[float, ...]]] = {OURS: [], PANDAS: []}
    for run in range(options.runs + 1):
        for name in turned(list(costs), run):
            cost, said = run_one(command(name))
            if run:  # the first one is not measured
                costs[name].append(cost)
                inside[name].append(tuple(map(float, said.split())))
    print(f"\n{len(RULES)} rules, {options.customers:,} customers, median of {options.runs} runs: the whole process")
    show(costs)
    for place, clock in enumerate(("wall", "CPU")):
        mine, theirs = (median(each[place] for each in inside[name]) for name in (OURS, PANDAS))
        print(f"the rules alone, {clock}: {mine:.2f} s and {theirs:.2f} s (1 : {theirs / mine:.1f})")
    run_one(command("compare"))
    print("answers: the same for every customer and rule")
    return 0


if __name__ == "__main__":
    sys.exit(main())
