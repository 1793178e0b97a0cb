"""A night run that is killed loses nothing that was kept, and leaves nothing half kept."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="kills children it forked")
SCRIPT = Path(__file__).with_name("kill_ledger.py")


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A folder in memory where there is one: a killed process loses nothing it wrote, and nobody waits for a disk."""
    memory = Path("/dev/shm")
    if not os.access(memory, os.W_OK):
        yield tmp_path
        return
    with tempfile.TemporaryDirectory(dir=memory) as made:
        yield Path(made)


def killed(place: Path, *how: str) -> list[int]:
    """Deaths and nights of the script."""
    done = subprocess.run([sys.executable, str(SCRIPT), str(place), *how], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return [int(word) for word in done.stdout.split() if word.isdigit()]


def test_killed_at_any_statement_of_a_night_the_ledger_holds_all_of_it_or_nothing(folder: Path) -> None:
    deaths, nights = killed(folder / "ledger.sqlite", "statements")
    assert deaths >= 18
    assert nights == 2


def test_fifty_kills_at_odd_times_lose_no_night_that_was_told_to_be_kept(folder: Path) -> None:
    deaths, nights = killed(folder / "ledger.sqlite", "timed", "50")
    assert deaths == 50
    assert nights > 50
