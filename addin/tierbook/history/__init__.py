"""The ledger: what every customer was, day by day; runs, moves, measures, tasks and who did what with them."""

from .keeping import STEP
from .ledger import DEFAULT_NAME, Ledger, open_ledger
from .records import (
    Change,
    CustomerHistory,
    Entry,
    KpiKept,
    ModelKept,
    MoveKept,
    Night,
    Receipt,
    RunKept,
    Standing,
    Stay,
    TaskEvent,
    TaskKept,
)

__all__ = [
    "DEFAULT_NAME",
    "STEP",
    "Change",
    "CustomerHistory",
    "Entry",
    "KpiKept",
    "Ledger",
    "ModelKept",
    "MoveKept",
    "Night",
    "Receipt",
    "RunKept",
    "Standing",
    "Stay",
    "TaskEvent",
    "TaskKept",
    "open_ledger",
]
