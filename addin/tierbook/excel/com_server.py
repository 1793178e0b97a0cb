"""Python for Excel, started outside Excel: `pythonw -m tierbook.excel.com_server`, at logon.

For machines where IT rules forbid Excel to start other programs. It serves xlwings' COM object under tierbook's
own class id, one server for each user; a second start ends at once. `--ask CLSID` ends with 0 where somebody
serves that class and answers, 3 where nobody does, 1 where it does not answer as it should.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence
from importlib import import_module
from typing import Any

from ..home import home
from .install.clsid import CLSID

ABSENT = 3
PROCESS = "TIERBOOK_COM_SERVER"
"""Environment variable in which the server keeps its own process number, so that a button run by it knows."""
_NOT_REGISTERED = -2147221164  # REGDB_E_CLASSNOTREG
_ALREADY_EXISTS = 183


def main(words: Sequence[str]) -> int:
    """Serve until logoff, or ask whether somebody does; returns the exit code."""
    if words[:1] == ["--ask"]:
        return 0 if answers(words[1] if len(words) > 1 else CLSID) else ABSENT
    try:
        return serve()
    except Exception:  # no window and no console: the log is the only place to say why
        home().mkdir(parents=True, exist_ok=True)
        (home() / "com_server.log").write_text(traceback.format_exc(), encoding="utf-8")
        return 1


def serve() -> int:
    """Serve the functions until the session ends."""
    win32api, win32event = _windows("win32api"), _windows("win32event")
    mine = win32event.CreateMutex(None, False, f"Local\\tierbook-{CLSID}")
    if win32api.GetLastError() == _ALREADY_EXISTS:
        return 0
    for module in ("functions", "gateway"):  # loaded before the first cell asks
        import_module(f"tierbook.excel.{module}")
    os.environ[PROCESS] = str(os.getpid())
    _windows("xlwings.com_server").serve(CLSID)
    del mine
    return 0


def is_this_process() -> bool:
    """Whether this very process is the server: it cannot answer itself while it is at work."""
    return os.environ.get(PROCESS) == str(os.getpid())


def answers(clsid: str) -> bool:
    """Whether somebody serves this class; a server that hangs keeps the caller waiting."""
    pythoncom, pywintypes, client = _windows("pythoncom"), _windows("pywintypes"), _windows("win32com.client")
    try:
        found = pythoncom.CoCreateInstance(
            pywintypes.IID(clsid), None, pythoncom.CLSCTX_LOCAL_SERVER, pythoncom.IID_IDispatch
        )
    except pywintypes.com_error as problem:
        if problem.hresult == _NOT_REGISTERED:
            return False
        raise
    return bool(client.Dispatch(found).Str("tierbook") == "tierbook")


def _windows(module: str) -> Any:
    """A module that exists on Windows only."""
    return import_module(module)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
