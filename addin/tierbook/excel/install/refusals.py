"""A refused write in words."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from ...errors import WorkbookError, WorkbookInUse
from .machine import Machine
from .plan import ADDIN

EXCEL = "EXCEL.EXE"


@contextlib.contextmanager
def refusals(path: Path, machine: Machine, *, key: str = "install.refused") -> Iterator[None]:
    """Raises WorkbookInUse where Excel holds the add-in, WorkbookError where a folder or the registry refused."""
    try:
        yield
    except OSError as reason:
        if path.name == ADDIN and machine.running(EXCEL):
            raise WorkbookInUse("install.excel_runs", path=path) from reason
        raise WorkbookError(key, path=path, reason=reason.strerror or reason) from reason
