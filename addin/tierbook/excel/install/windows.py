"""Windows itself: registry, running programs, the mark of the web, COM. No rules here."""

from __future__ import annotations

import contextlib
import csv
import io
import locale
import sys
from collections.abc import Sequence
from pathlib import Path

from .interpreter import server_program
from .machine import ComState, Here, Value

if sys.platform == "win32":
    import winreg

    _HIVES = {"HKCU": winreg.HKEY_CURRENT_USER, "HKLM": winreg.HKEY_LOCAL_MACHINE}
    _VIEWS = (winreg.KEY_WOW64_64KEY, winreg.KEY_WOW64_32KEY)
    _ANSWER_WITHIN = 10.0

    class Windows(Here):
        """This Windows. A key is looked for in the 64-bit registry first, then in the 32-bit one."""

        def read(self, key: str, name: str) -> Value:
            for view in _VIEWS:
                with contextlib.suppress(OSError), self._open(key, winreg.KEY_READ | view) as found:
                    value, _ = winreg.QueryValueEx(found, name)
                    return value if isinstance(value, str | int) else str(value)
            return None

        def subkeys(self, key: str) -> Sequence[str]:
            with contextlib.suppress(OSError), self._open(key, winreg.KEY_READ) as found:
                return [winreg.EnumKey(found, place) for place in range(winreg.QueryInfoKey(found)[0])]
            return ()

        def values(self, key: str) -> Sequence[str]:
            with contextlib.suppress(OSError), self._open(key, winreg.KEY_READ) as found:
                held = [winreg.EnumValue(found, place)[1] for place in range(winreg.QueryInfoKey(found)[1])]
                return [
                    value.decode("utf-16-le", "replace") if isinstance(value, bytes) else str(value) for value in held
                ]
            return ()

        def write(self, key: str, name: str, value: str) -> None:
            hive, path = key.split("\\", 1)
            with winreg.CreateKeyEx(_HIVES[hive], path, 0, winreg.KEY_SET_VALUE) as found:
                winreg.SetValueEx(found, name, 0, winreg.REG_SZ, value)

        def forget(self, key: str, name: str) -> None:
            with contextlib.suppress(FileNotFoundError), self._open(key, winreg.KEY_SET_VALUE) as found:
                winreg.DeleteValue(found, name)

        def _open(self, key: str, access: int) -> winreg.HKEYType:
            hive, path = key.split("\\", 1)
            return winreg.OpenKey(_HIVES[hive], path, 0, access)

        def running(self, program: str) -> bool:
            listed = self.run(["tasklist", "/FI", f"IMAGENAME eq {program}", "/FO", "CSV", "/NH"], seconds=15)
            rows = csv.reader(io.StringIO(listed.out))
            return any(row and row[0].casefold() == program.casefold() for row in rows)

        def marked(self, path: Path) -> bool:
            try:
                with open(f"{path}:Zone.Identifier", encoding="utf-8", errors="replace") as stream:  # noqa: PTH123 - a stream is no path
                    zone = stream.read()
            except OSError:
                return False
            return "ZoneId=3" in zone or "ZoneId=4" in zone

        def unmark(self, path: Path) -> None:
            with contextlib.suppress(FileNotFoundError):
                Path(f"{path}:Zone.Identifier").unlink()

        def code_page(self) -> str:
            return locale.getencoding()

        def com_state(self, clsid: str) -> ComState:
            own: list[str | Path] = [server_program(self.python), "-m", "tierbook.excel.com_server", "--ask", clsid]
            ran = self.run(own, seconds=_ANSWER_WITHIN)
            return "answers" if ran.code == 0 else "absent" if ran.code == 3 else "silent"
