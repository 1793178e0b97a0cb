"""A LibreOffice with our extension, to be asked from tests; the Python that drives it is the one that has `uno`."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from tierbook.excel.calc.build import oxt_bytes

HERE = Path(__file__).parent
UNO_PYTHON = "/usr/bin/python3"
HELPER = """#!{python}
import os, sys
from tierbook.excel import server
with open({pids!r}, "a") as pids:
    pids.write(str(os.getpid()) + "\\n")
def counted(lines):
    for line in lines:
        with open({log!r}, "a") as log:
            log.write(line)
        yield line
true_serve = server.serve
server.serve = lambda lines, out: true_serve(counted(lines), out)
sys.exit(server.main())
"""


class Calc:
    """LibreOffice Calc; what it can be told stands in uno_calc.py."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self.folder = folder
        self._process = subprocess.Popen(
            [UNO_PYTHON, str(HERE / "uno_calc.py"), str(folder)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8", env=dict(environment),
        )  # fmt: skip

    def do(self, what: str, *words: Any) -> Any:
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(json.dumps({"do": what, "with": words}) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline())
        assert "error" not in answer, answer["error"]
        return answer["value"]

    def choose(self, **settings: Path) -> None:
        """Write tierbook's settings.toml."""
        (self.folder / "home").mkdir(exist_ok=True)
        lines = [f"{key} = {json.dumps(str(value))}\n" for key, value in settings.items()]
        (self.folder / "home" / "settings.toml").write_text("".join(lines), encoding="utf-8")

    def cell(self, formula: str, document: int, place: str = "Z9") -> Any:
        """What a formula shows."""
        self.do("put", document, place, formula)
        return self.do("shown", document, place)[0][0]

    def close(self) -> None:
        self._process.communicate(timeout=60)


class Helper:
    """The process that answers, watched: what it was asked, and which processes there were."""

    def __init__(self, folder: Path) -> None:
        self.program = folder / "helper"
        self._log, self._pids = folder / "asked.jsonl", folder / "pids"
        words = HELPER.format(python=sys.executable, log=str(self._log), pids=str(self._pids))
        self.program.write_text(words)
        self.program.chmod(0o755)
        self.forget()

    def forget(self) -> None:
        self._log.write_text("")

    @property
    def asked(self) -> Sequence[Mapping[str, Any]]:
        return [json.loads(line) for line in self._log.read_text().splitlines()]

    @property
    def pids(self) -> Sequence[int]:
        return [int(line) for line in self._pids.read_text().split()] if self._pids.exists() else []


def _lack() -> str:
    if shutil.which("soffice") is None:
        return "LibreOffice is not installed"
    found = subprocess.run([UNO_PYTHON, "-c", "import uno"], capture_output=True, check=False)
    return "" if found.returncode == 0 else "python3-uno is not installed"


@pytest.fixture(scope="session")
def uno_python() -> str:
    lack = _lack()
    if lack and os.environ.get("TIERBOOK_CI") == "1":
        pytest.fail(lack)
    if lack:
        pytest.skip(lack)
    return UNO_PYTHON


@pytest.fixture(scope="module")
def helper(tmp_path_factory: pytest.TempPathFactory) -> Helper:
    return Helper(tmp_path_factory.mktemp("helper"))


@pytest.fixture(scope="module")
def calc(uno_python: str, helper: Helper, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Calc]:
    """A LibreOffice with the extension, whose built-in Python is the helper's; its settings (`choose`) name no book."""
    folder = tmp_path_factory.mktemp("office")
    extension = folder / "tierbook.oxt"
    extension.write_bytes(oxt_bytes(str(helper.program)))
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "TIERBOOK"))}
    outside = [place for place in kept["PATH"].split(os.pathsep) if Path(place) != Path(sys.executable).parent]
    kept["PATH"] = os.pathsep.join(outside)  # its Python, started where ours is activated, runs on the wrong library
    started = Calc(folder, {**kept, "HOME": str(folder), "TIERBOOK_HOME": str(folder / "home")})
    started.choose()
    started.do("start")
    started.do("install", str(extension))
    started.do("stop")  # until LibreOffice starts anew, each call of an add-in takes twenty times as long
    started.do("start")
    yield started
    started.close()
