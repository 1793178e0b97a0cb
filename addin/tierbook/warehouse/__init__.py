"""The same steps where the data already live: Spark instead of the embedded engine, tables instead of files.

Nothing is defined here a second time: `dialect` carries a step's SQL over, `spark` runs it and keeps its relation,
`facts` opens Parquet or tables
that hold cleaned facts in canonical columns, `out` writes results.
"""

from .dialect import carried
from .facts import SCORED, Opened, Policy, fingerprint_of, open_facts, shown_columns
from .out import write_parquet
from .spark import SparkEngine

__all__ = [
    "SCORED",
    "Opened",
    "Policy",
    "SparkEngine",
    "carried",
    "fingerprint_of",
    "open_facts",
    "shown_columns",
    "write_parquet",
]
