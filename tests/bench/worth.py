"""What the value of customers costs: `python tests/bench/worth.py --rival PYTHON`.

Facts of 1,000,000 customers as (x, t_x, t, money) in days, drawn by the story of both models, the same every time.
Ours: the parameters fitted and clv, its interval, churn risk and p_alive of every customer (`lifetime_model.learn` and
the step `lifetimes`), once on the sample of 20,000 it takes and once on every customer. The rival: the `lifetimes`
package (archived 2020), BetaGeoFitter, GammaGammaFitter, customer_lifetime_value and P(alive), in an environment of its
own:

    python -m venv rival && rival/bin/pip install lifetimes pyarrow

Fresh processes in turn; wall and CPU seconds and peak memory as the kernel accounts them. Exits with 1 where parameters
differ by more than 2 % (5 % on the sample), or the value of all customers by more than 3 %.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

TRUE = {"r": 0.6, "alpha": 40.0, "a": 0.9, "b": 3.5, "p": 6.25, "q": 3.74, "v": 300.0}
DAYS = 1095
SEED = 42


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--rival", type=Path, help="a Python that has lifetimes and pyarrow")
    parser.add_argument("--road", choices=["make", *ROADS], help=argparse.SUPPRESS)
    parser.add_argument("--file", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.road == "make":
        make(options.customers, options.file)
        return 0
    if options.road:
        print(json.dumps(ROADS[options.road](options.file)))
        return 0
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "customers.parquet"
        made = [sys.executable, __file__, "--road", "make", "--customers", str(options.customers), "--file", str(file)]
        subprocess.run(made, check=True)  # in a process of its own: a child's peak starts at its parent's
        return compare(options, file)


def make(count: int, file: Path) -> None:
    """Everybody orders at a rate of their own until they leave after an order."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq

    random = np.random.default_rng(SEED)
    t = random.integers(30, DAYS, count)
    rate, leave = random.gamma(TRUE["r"], 1 / TRUE["alpha"], count), random.beta(TRUE["a"], TRUE["b"], count)
    x, last = np.zeros(count, dtype=np.int64), np.zeros(count)
    who, now = np.arange(count), random.exponential(1 / rate)
    while len(who):
        inside = now <= t[who]
        who, now = who[inside], now[inside]
        x[who], last[who] = x[who] + 1, now
        stays = random.random(len(who)) >= leave[who]
        who, now = who[stays], now[stays]
        now = now + random.exponential(1 / rate[who])
    t_x = np.minimum(np.ceil(last).astype(np.int64), t)
    scale = random.gamma(TRUE["q"], 1 / TRUE["v"], count)
    cents = np.rint(100 * random.gamma(TRUE["p"] * np.maximum(x, 1), 1 / scale)).astype(np.int64) * (x > 0)
    pq.write_table(pa.table({"customer_id": np.arange(count), "x": x, "t_x": t_x, "t": t, "later_cents": cents}), file)


# -- the roads ---------------------------------------------------------------------------------------------------


def ours(file: Path, sample: int | None = None) -> dict[str, Any]:
    from tierbook import templates
    from tierbook.engine import Engine, text_literal
    from tierbook.model.load import load_toml
    from tierbook.scoring import lifetime_model
    from tierbook.scoring.lifetime import lifetime_steps

    clock = time.perf_counter(), time.process_time()
    if sample:
        lifetime_model.fit_orders.__defaults__ = lifetime_model.fit_money.__defaults__ = (sample,)
    model = load_toml(templates.model_text("general"), where="general.toml")
    import datetime as dt

    with Engine() as engine:
        engine.execute(
            "CREATE TEMP VIEW lifetime_facts AS SELECT CAST(customer_id AS VARCHAR) AS customer_id, x, t_x, t,"
            f" later_cents AS cents, later_cents FROM read_parquet({text_literal(str(file))})"
        )
        known = lifetime_model.learn(engine, model)
        engine.run(lifetime_steps(model, dt.date(2026, 10, 31))[-1])
        worth = engine.value("SELECT SUM(clv) FROM lifetimes") / 100
    assert known is not None
    orders, money = known.orders, known.money
    return {
        "parameters": [orders.r, orders.alpha, orders.a, orders.b, money.p, money.q, money.v],
        "worth": worth,
        "inside": [time.perf_counter() - clock[0], time.process_time() - clock[1]],
    }


def rival(file: Path) -> dict[str, Any]:
    import warnings

    warnings.simplefilter("ignore")
    import pandas as pd
    from lifetimes import BetaGeoFitter, GammaGammaFitter  # type: ignore[import-not-found]

    clock = time.perf_counter(), time.process_time()
    facts = pd.read_parquet(file)
    money = (facts["later_cents"] / 100 / facts["x"].clip(lower=1)).where(facts["x"] > 0, 0.0)
    orders = BetaGeoFitter().fit(facts["x"], facts["t_x"], facts["t"])
    back = facts["x"] > 0
    worth = GammaGammaFitter().fit(facts["x"][back], money[back])
    value = worth.customer_lifetime_value(
        orders, facts["x"], facts["t_x"], facts["t"], money, time=12, discount_rate=1.1 ** (1 / 12) - 1, freq="D"
    )
    orders.conditional_probability_alive(facts["x"], facts["t_x"], facts["t"])
    names = [
        *(orders.params_[key] for key in ("r", "alpha", "a", "b")),
        *(worth.params_[key] for key in ("p", "q", "v")),
    ]
    return {
        "parameters": [float(each) for each in names],
        "worth": float(value.sum()),
        "inside": [time.perf_counter() - clock[0], time.process_time() - clock[1]],
    }


ROADS: dict[str, Callable[[Path], dict[str, Any]]] = {
    "tierbook": ours,
    "tierbook, every customer": lambda file: ours(file, 10**9),
    "lifetimes": rival,
}


# -- the comparison ----------------------------------------------------------------------------------------------


def compare(options: argparse.Namespace, file: Path) -> int:
    told: dict[str, list[tuple[float, float, float, dict[str, Any]]]] = {road: [] for road in ROADS}
    for _ in range(options.runs):
        for road in ROADS:
            python = options.rival if road == "lifetimes" else Path(sys.executable)
            if python:
                told[road].append(measured(python, road, file))
    base = told["tierbook"]
    print(f"{options.customers:,} customers, {options.runs} runs, medians; parameters r, alpha, a, b, p, q, v")
    print(
        "| | wall s | CPU s | peak MB | CPU s without imports | CPU, tierbook = 1 | peak, tierbook = 1 | value of all |"
    )
    print("|---|---|---|---|---|---|---|---|")
    for road, runs in told.items():
        if runs:
            wall, cpu, peak, inside = (median(each) for each in zip(*map(numbers, runs), strict=True))
            against = [median(each) for each in zip(*map(numbers, base), strict=True)]
            ratios = f"{inside / against[3]:.2f} | {peak / against[2]:.2f} | {runs[0][3]['worth']:,.0f}"
            print(f"| {road} | {wall:.2f} | {cpu:.2f} | {peak:.0f} | {inside:.2f} | {ratios} |")
            print(f"|   parameters | {' '.join(f'{each:.4g}' for each in runs[0][3]['parameters'])} |")
    return faults(told)


def numbers(run: tuple[float, float, float, dict[str, Any]]) -> tuple[float, float, float, float]:
    return *run[:3], run[3]["inside"][1]


def faults(told: dict[str, list[tuple[float, float, float, dict[str, Any]]]]) -> int:
    """1 where answers differ: fast and wrong is worthless."""
    if not told["lifetimes"]:
        return 0
    right, wrong = told["lifetimes"][0][3], 0
    for road, most in (("tierbook", 0.05), ("tierbook, every customer", 0.02)):
        found = told[road][0][3]
        away = max(abs(one / two - 1) for one, two in zip(found["parameters"], right["parameters"], strict=True))
        worth = abs(found["worth"] / right["worth"] - 1)
        print(f"{road}: parameters within {away:.2%} of the rival's, value of all customers within {worth:.2%}")
        wrong |= away > most or worth > 0.03
    return int(wrong)


def measured(python: Path, road: str, file: Path) -> tuple[float, float, float, dict[str, Any]]:
    start = time.perf_counter()
    command = [str(python), __file__, "--road", road, "--file", str(file)]
    with tempfile.TemporaryFile() as out:
        child = subprocess.Popen(command, stdout=out)
        _, status, used = os.wait4(child.pid, 0)
        wall = time.perf_counter() - start
        if status:
            raise SystemExit(f"{road} failed")
        out.seek(0)
        said = json.loads(out.read().decode().strip().splitlines()[-1])
    return wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, said


if __name__ == "__main__":
    sys.exit(main())
