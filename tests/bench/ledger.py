"""How a ledger grows: a year of nights for 50,000 customers, simulated as the records a night keeps.

`python tests/bench/ledger.py [--customers N] [--nights N] [--place PATH|URL]`

Every night all scores sink a little, each at its customer's own pace (as recency and tenure make them); 2 % of the
customers order and jump; points of sixteen indicators change for 4.5 of them a customer (measured on the demo
company); six tasks for a thousand customers are
handed out with the playbook's texts, as many are finished with a result.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import resource
import tempfile
import time
from pathlib import Path

import numpy as np

from tierbook.history import KpiKept, ModelKept, MoveKept, Night, Standing, TaskKept, open_ledger

START = dt.date(2026, 1, 1)
POINT = 1_000_000
FLOORS = ((80, "vip"), (55, "potential"), (35, "normal"), (0, "low"))
SEGMENTS = tuple(f"segment_{number}" for number in range(8))
STAGES = ("new", "active", "loyal", "at_risk", "churned", "returned")
INDICATORS = tuple(f"indicator_{number}" for number in range(16))
MOVING = (0, 1, 3)
"""Indicators whose points change every night for everybody; of the others one in nine does."""
TASKS_PER_THOUSAND = 6
"""New tasks a night: 300 for 50,000 customers."""


class Company:
    """Customers whose numbers move from night to night."""

    def __init__(self, customers: int) -> None:
        self.random = np.random.default_rng(7)
        self.size = customers
        self.ids = [f"C{number:07d}" for number in range(customers)]
        self.points = self.random.integers(0, 100 * POINT // len(INDICATORS), (len(INDICATORS), customers))
        self.pace = self.random.integers(0, 40_000, (len(INDICATORS), customers))
        self.orders = self.random.integers(0, 30, customers)
        self.amount = self.orders * self.random.integers(5_000, 200_000, customers)
        self.said = self.random.integers(0, 20, customers)
        self.owner = [f"业务员{number % 120:03d}" for number in range(customers)]
        self.segment = self.random.integers(0, len(SEGMENTS), customers)
        self.tasks: dict[str, TaskKept] = {}
        self.tier: list[str] = []

    def night(self, number: int) -> Night:
        day = START + dt.timedelta(days=number)
        if number:
            self._pass_a_day()
        scores = self.points.sum(axis=0)
        tiers = [next(key for floor, key in FLOORS if score >= floor * POINT) for score in scores.tolist()]
        moves = [
            MoveKept(one, was, now, score, score, f'[["indicator_0",-{score % 997}],["indicator_3",{score % 89}]]',
                     '[["aged_12m",1,-120000]]')
            for one, was, now, score in zip(self.ids, self.tier, tiers, scores.tolist(), strict=False) if was != now
        ]  # fmt: skip
        self.tier = tiers
        standings = [
            Standing(one, tier, score, SEGMENTS[segment], STAGES[segment % 6], owner)
            for one, tier, score, segment, owner in zip(
                self.ids, tiers, scores.tolist(), self.segment.tolist(), self.owner, strict=True
            )
        ]
        self._work(number, day)
        return Night(
            "bench", day, "rules", f"{number:012x}", standings, "2026.1", "0.1",
            facts={"orders": self.orders.tolist(), "amount": self.amount.tolist(), "interactions": self.said.tolist(),
                   "returns": [0] * self.size, "returned": [0] * self.size, "feedback": (self.said // 4).tolist()},
            points=dict(zip(INDICATORS, self.points.tolist(), strict=True)),
            moves=moves, kpis=self._kpis(number, day), tasks=list(self.tasks.values()),
            model=ModelKept("rules", "2026.1", "x" * 60_000),
        )  # fmt: skip

    def _pass_a_day(self) -> None:
        for at in range(len(INDICATORS)):
            step = self.pace[at] if at in MOVING else self.pace[at] * (self.random.random(self.size) < 1 / 9)
            self.points[at] = np.maximum(self.points[at] - step, 0)
        bought = self.random.choice(self.size, self.size // 50, replace=False)
        self.orders[bought] += 1
        self.amount[bought] += self.random.integers(5_000, 200_000, len(bought))
        self.points[:, bought] += self.random.integers(0, 2 * POINT, (len(INDICATORS), len(bought)))
        self.said[self.random.choice(self.size, self.size // 40, replace=False)] += 1
        regrouped = self.random.choice(self.size, self.size // 100, replace=False)
        self.segment[regrouped] = self.random.integers(0, len(SEGMENTS), len(regrouped))

    def _work(self, number: int, day: dt.date) -> None:
        """New tasks, and a result for those of a few days ago; finished ones leave the list after a month."""
        for nth in range(max(1, self.size * TASKS_PER_THOUSAND // 1000)):
            task_id = f"T{number:06d}{nth:06d}"
            customer = self.ids[int(self.random.integers(self.size))]
            self.tasks[task_id] = TaskKept(
                task_id, customer, f"play_{nth % 20}", f"最近消费天数 {nth % 400} 天，流失概率 {nth % 100}%",
                "致电了解近况，按常买品类推荐新品，送满减券一张", "phone", day, day + dt.timedelta(days=3),
                self.owner[nth % 120], 1 + nth % 5,
            )  # fmt: skip
        for task_id, task in list(self.tasks.items()):
            age = (day - (task.created or day)).days
            if age == 1 + int(task_id[-1]) % 5:
                self.tasks[task_id] = TaskKept(**{**_fields(task), "status": "done", "closed": day,
                                                  "result": f"客户说下周再联系，意向产品 {task_id[-2:]}"})  # fmt: skip
            elif age > 30:
                del self.tasks[task_id]

    def _kpis(self, number: int, day: dt.date) -> list[KpiKept]:
        month = day.replace(day=1)
        counts = {"whole": False, "customers": self.size, "active": number * 37, "orders": number * 41}
        shares = {"retention": 0.1234567, "repurchase": 0.3456789, "aov": 123456.789, "conversion": 0.0123456}
        values = counts | {"revenue": number * 10**6} | shares
        return [
            KpiKept("segment", group, "month", month, month + dt.timedelta(days=27), json.dumps(values))
            for group in [f"group_{at}" for at in range(40)]
        ]


def _fields(task: TaskKept) -> dict[str, object]:
    return {key: getattr(task, key) for key in TaskKept.__dataclass_fields__}


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--customers", type=int, default=50_000)
    options.add_argument("--nights", type=int, default=365)
    options.add_argument("--place", default="")
    asked = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        grow(asked.place or str(Path(folder) / "ledger.sqlite"), Company(asked.customers), asked.nights)


def grow(place: str, company: Company, nights: int) -> None:
    spent: list[float] = []
    with open_ledger(place) as ledger:
        for number in range(nights):
            night = company.night(number)
            start = time.process_time()
            ledger.keep(night)
            spent.append(time.process_time() - start)
            if number % 30 == 29 or number == nights - 1:
                size = Path(place).stat().st_size / 1e6 if Path(place).exists() else 0.0
                rss = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
                each = np.mean(spent[-30:])
                print(f"{number + 1:4d} nights {size:7.1f} MB {each:6.2f} s CPU a night {rss:6.0f} MB", flush=True)
        print({table: rows for table, rows in ledger.counts().items() if rows})
        for name, ask in readers(ledger, company, START + dt.timedelta(days=nights - 1)).items():
            start = time.perf_counter()
            found = ask()
            print(f"{name:34s} {time.perf_counter() - start:6.2f} s  {len(found):8,} rows", flush=True)


def readers(ledger, company: Company, last: dt.date):
    quarter = last - dt.timedelta(days=90)
    return {
        "standings of the last day": lambda: ledger.standings("bench", last),
        "standings a quarter ago": lambda: ledger.standings("bench", quarter),
        "points a quarter ago": lambda: ledger.points("bench", quarter),
        "totals a quarter ago": lambda: ledger.facts("bench", quarter),
        "changes in the quarter": lambda: ledger.changes("bench", quarter, last),
        "moves of the quarter": lambda: ledger.moves("bench", quarter, last),
        "task events of the quarter": lambda: ledger.task_events("bench", quarter),
        "one customer's story": lambda: ledger.customer("bench", company.ids[7]).stays,
    }


if __name__ == "__main__":
    main()
