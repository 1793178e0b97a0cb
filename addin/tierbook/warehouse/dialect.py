"""Steps in Spark's words: written once in the portable subset, carried over by sqlglot, and typed as they were.

What sqlglot leaves different is put right here: Spark counts days, places and parts of dates in 32 bits, where a
product of billionths overflows, so each is widened to what the embedded engine has.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from ..errors import WarehouseError

NARROW = ("DateDiff", "Extract", "Length", "StrPosition", "Levenshtein", "Sign")
"""Functions whose answer Spark gives in 32 bits, the embedded engine in 64."""
INEXACT = (
    *("PercentileDisc", "PercentileCont", "Quantile", "ApproxQuantile", "ApproxDistinct", "Median", "Mode", "Avg"),
    *("Ntile", "ArgMax", "ArgMin", "AnyValue", "First", "Last", "Rand"),
)
"""What Spark would answer differently, silently, or anew on every run: no step may hold it."""


@lru_cache(maxsize=512)
def carried(select: str) -> str:
    """A query of the portable subset as Spark SQL.

    Raises:
        WarehouseError: sqlglot is not installed, or the query holds what Spark would answer differently.
    """
    try:
        import sqlglot
        from sqlglot import exp
    except ImportError:
        raise WarehouseError("warehouse.no_package", package="sqlglot") from None

    def widened(node: Any) -> Any:
        if type(node).__name__ not in NARROW:
            return node
        return exp.Cast(this=node.copy(), to=exp.DataType.build("BIGINT"))

    tree = sqlglot.parse_one(select, read="duckdb")
    for node in tree.walk():
        if type(node).__name__ in INEXACT:
            raise WarehouseError("warehouse.not_portable", word=node.sql(dialect="duckdb"))
    whole = tree.transform(widened)
    return str(whole.sql(dialect="spark", unsupported_level=sqlglot.ErrorLevel.RAISE, comments=False))
