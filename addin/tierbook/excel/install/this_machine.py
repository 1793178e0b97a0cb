"""The machine this program runs on."""

from __future__ import annotations

import sys

from .machine import Here, Machine


def here() -> Machine:
    """The machine this program runs on."""
    if sys.platform == "win32":
        from .windows import Windows

        return Windows()
    return Here()
