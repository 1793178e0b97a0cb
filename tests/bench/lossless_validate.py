"""Microsoft's Open XML SDK as a judge: the npm package `@ooxml-tools/validate`, run by Node beside us."""

from __future__ import annotations

import json
import re
import selectors
import subprocess
import tempfile
from collections import Counter
from pathlib import Path

_SCRIPT = Path(__file__).with_suffix(".mjs")
_FRESH_AFTER = 150
"""Files a process judges before a new one takes over: its memory only grows."""
_SECONDS = 120


class Validator:
    """Args: modules: the folder `node_modules` that holds the package."""

    def __init__(self, modules: Path) -> None:
        self._modules = modules
        self._process: subprocess.Popen[str] | None = None
        self._judged = 0

    def faults(self, book: bytes) -> Counter[str] | str:
        """What is wrong with a book, place numbers left out; or why it could not be judged."""
        if self._process is None or self._judged >= _FRESH_AFTER:
            self.close()
            self._process = subprocess.Popen(["node", str(_SCRIPT), str(self._modules)], text=True,
                                             stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # fmt: skip
        self._judged += 1
        with tempfile.NamedTemporaryFile(suffix=".xlsx") as file:
            file.write(book)
            file.flush()
            answer = self._ask(self._process, file.name)
        if not isinstance(answer, list):
            return str(answer)
        return Counter(" | ".join(_plain(word) for word in fault) for fault in answer)

    def _ask(self, process: subprocess.Popen[str], path: str) -> object:
        assert process.stdin is not None and process.stdout is not None
        try:
            process.stdin.write(path + "\n")
            process.stdin.flush()
            with selectors.DefaultSelector() as waiting:
                waiting.register(process.stdout, selectors.EVENT_READ)
                line = process.stdout.readline() if waiting.select(_SECONDS) else ""
        except BrokenPipeError:
            line = ""
        if not line:
            self.close()
            return "the validator stopped"
        return json.loads(line)

    def close(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
        self._process, self._judged = None, 0


def new_faults(before: Counter[str] | str, after: Counter[str] | str) -> list[str]:
    """Faults the second state has and the first has not."""
    if isinstance(after, str):
        return [] if isinstance(before, str) else [f"cannot be judged any more: {after}"]
    return sorted((after - before).elements()) if isinstance(before, Counter) else []


def _plain(word: str) -> str:
    """Without the numbers of parts, places and the values quoted."""
    return re.sub(r"\d+", "#", re.sub(r"\[\d+\]", "", word))
