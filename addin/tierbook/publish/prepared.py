"""What several books tell of their customers, counted once for everybody before the first of them is made."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import TYPE_CHECKING

from ..cleaning.quality import count_repairs
from ..scoring import kpis
from ..scoring.portraits import portrait_steps
from ..scoring.totals import totals_step
from .dashboard_charts import SHOWN_MONTHS
from .numbers import compared_months, months_step, spans_step

if TYPE_CHECKING:
    from ..engine import Engine
    from ..model.types import Model


def prepare_books(engine: Engine, model: Model, as_of: dt.date, tables: Iterable[str], *, whole: bool = True) -> None:
    """Make the relations of which a book of some customers needs no more than their rows (`Step.of`).

    Args:
        tables: those delivered.
        whole: some book shows every sheet; else only what a history is told.
    """
    kpis.prepare(engine, model, as_of)
    engine.once([totals_step(as_of)])
    if not whole:
        return
    count_repairs(engine, tables)
    engine.once(
        [
            *portrait_steps(model, as_of),
            spans_step(as_of, compared_months(engine, as_of)),
            months_step(as_of, SHOWN_MONTHS),
        ]
    )
