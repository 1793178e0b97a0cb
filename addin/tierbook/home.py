"""The folder where tierbook keeps what is its own on this machine: settings, backups, the ledger, logs.

Never beside the users' workbooks: a synchronised or shared folder is the wrong place for all of them.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

VARIABLE = "TIERBOOK_HOME"


def home() -> Path:
    """The folder, absolute; it need not exist yet: whoever writes there first makes it.

    The environment variable TIERBOOK_HOME decides where it is set. Else it is this user's data folder:
    %LOCALAPPDATA%\\tierbook on Windows (local, since backups must not roam), ~/Library/Application
    Support/tierbook on a Mac, $XDG_DATA_HOME/tierbook or ~/.local/share/tierbook elsewhere.
    """
    chosen = os.environ.get(VARIABLE, "").strip()
    return Path(chosen).expanduser().absolute() if chosen else _data_folder(sys.platform) / "tierbook"


def _data_folder(platform: str) -> Path:
    if platform == "win32":
        return _named_in("LOCALAPPDATA") or Path.home() / "AppData" / "Local"
    if platform == "darwin":
        return Path.home() / "Library" / "Application Support"
    return _named_in("XDG_DATA_HOME") or Path.home() / ".local" / "share"


def _named_in(variable: str) -> Path | None:
    """The absolute path in an environment variable; a relative one is ignored, as the XDG rules ask."""
    path = Path(os.environ.get(variable, ""))
    return path if path.is_absolute() else None
