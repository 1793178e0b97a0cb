"""Carry a ledger of an earlier version over, one version at a time, in the transaction that found it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from ..errors import LedgerError
from .tables import VERSION, tables

if TYPE_CHECKING:
    import sqlalchemy as sa

STEPS: Mapping[int, Callable[[sa.Connection], None]] = {}
"""Version -> what makes the next one of it. The first version is the oldest there is."""


def carry_over(
    connection: sa.Connection, version: int, to: int = VERSION,
    steps: Mapping[int, Callable[[sa.Connection], None]] = STEPS,
) -> None:  # fmt: skip
    """Bring the tables from one version to another and write down where they are.

    Raises:
        LedgerError: no step leads on from a version.
    """
    meta = tables().meta
    while version < to:
        if version not in steps:
            raise LedgerError("history.too_old", version=version)
        steps[version](connection)
        version += 1
    connection.execute(meta.update().where(meta.c.name == "version").values(value=str(version)))
