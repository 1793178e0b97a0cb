"""A person with LibreOffice, for tests: run by the system's Python, which knows UNO; told what to do line by line.

    open PATH          open a workbook as a window would, with its lock file
    type TEXT          write a text into F9 of the first sheet
    store              save it where it came from
    close              close it
    read PATH          open, give the text of F9 of the first sheet, close
    quit

Each line is answered with "ok …" or "failed …".
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import uno  # type: ignore[import-not-found]
from com.sun.star.beans import PropertyValue  # type: ignore[import-not-found]
from com.sun.star.connection import NoConnectException  # type: ignore[import-not-found]

PLACE = (5, 8)


class Office:
    """LibreOffice with a profile and a pipe of its own, so that runs side by side do not meet."""

    def __init__(self, program: str, folder: Path) -> None:
        pipe = f"tierbook{os.getpid()}"
        command = [program, f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless", "--norestore"]
        self._process = subprocess.Popen(
            [*command, "--nologo", f"--accept=pipe,name={pipe};urp;"],
            env={**os.environ, "HOME": str(folder)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._desktop = self._connected(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
        self._document: Any = None

    @staticmethod
    def _connected(address: str) -> Any:
        here = uno.getComponentContext()
        resolver = here.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", here)
        deadline = time.monotonic() + 120
        while True:
            try:
                context = resolver.resolve(address)
                break
            except NoConnectException:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)
        return context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)

    def open(self, path: str) -> str:
        hidden = PropertyValue(Name="Hidden", Value=True)
        self._document = self._desktop.loadComponentFromURL(uno.systemPathToFileUrl(path), "_blank", 0, (hidden,))
        return "read-only" if self._document.isReadonly() else ""

    def type(self, text: str) -> str:
        self._document.Sheets.getByIndex(0).getCellByPosition(*PLACE).setString(text)
        return ""

    def store(self) -> str:
        self._document.store()
        return ""

    def close(self) -> str:
        self._document.close(True)
        return ""

    def read(self, path: str) -> str:
        self.open(path)
        text: str = self._document.Sheets.getByIndex(0).getCellByPosition(*PLACE).getString()
        self.close()
        return text

    def quit(self) -> None:
        with contextlib.suppress(Exception):  # the bridge breaks off when the office ends
            self._desktop.terminate()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        office = Office(sys.argv[1], Path(folder))
        print("ok", flush=True)
        try:
            for line in sys.stdin:
                verb, _, argument = line.rstrip("\n").partition(" ")
                if verb == "quit":
                    break
                try:
                    answer = getattr(office, verb)(*([argument] if argument else []))
                    print("ok", answer, flush=True)
                except Exception as problem:
                    print("failed", repr(problem), flush=True)
        finally:
            office.quit()


if __name__ == "__main__":
    main()
