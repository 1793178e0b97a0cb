"""The add-in on a person's machine: put there, taken away, and what it needs to find there.

All that only Windows can do stands behind `machine.Machine`.
"""

from __future__ import annotations

from .putting import install
from .report import Report, as_json, lines
from .taking import uninstall

__all__ = ["Report", "as_json", "install", "lines", "uninstall"]
