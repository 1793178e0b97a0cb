"""An invented Windows, and tierbook's home inside it."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path

import pytest

HERE = Path(__file__).parent


def _invented():
    spec = importlib.util.spec_from_file_location("invented_windows", HERE / "invented_windows.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


INVENTED = _invented()


@pytest.fixture
def invent(tmp_path, monkeypatch) -> Callable:
    """A machine for a user's name; tierbook's home is in its profile."""

    def made(user: str = "li wei"):
        machine = INVENTED.InventedWindows(tmp_path, user)
        monkeypatch.setenv("TIERBOOK_HOME", str(Path(machine.environment["LOCALAPPDATA"]) / "tierbook"))
        return machine

    return made


@pytest.fixture
def windows(invent):
    """A machine as reps have it."""
    return invent()


@pytest.fixture
def excel_program() -> Callable[[Path, int], Path]:
    return INVENTED.excel_program


@pytest.fixture
def tree(tmp_path) -> Callable[[], dict[str, bytes]]:
    """Every file on the invented disk with its content."""
    return lambda: {str(path): path.read_bytes() for path in sorted(tmp_path.rglob("*")) if path.is_file()}


@pytest.fixture
def addin(monkeypatch) -> Callable[[bytes], None]:
    """Sets the content of the add-in, so that an upgrade is a call; b"first version" to begin with."""

    def set_to(data: bytes) -> None:
        monkeypatch.setattr("tierbook.excel.install.putting.addin", lambda: data)

    set_to(b"first version")
    return set_to
