"""LibreOffice Calc as a client: the program, and tierbook's extension in the user's profile."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from ..install.machine import Machine
from .result import Found, Patient, not_here, ok

EXTENSION = "tierbook*.oxt"


def libreoffice_extension(patient: Patient) -> Found:
    machine = patient.machine
    found = next((path for place in _packages(machine) for path in place.glob(f"*/{EXTENSION}")), None)
    if found is not None:
        return ok("doctor.extension", path=found)
    return not_here("doctor.extension_missing") if _office(machine) else not_here("doctor.no_libreoffice")


def _packages(machine: Machine) -> Sequence[Path]:
    """Where LibreOffice unpacks extensions: of this user, and of all users."""
    tail = Path("uno_packages") / "cache" / "uno_packages"
    roaming, home = machine.environment.get("APPDATA", ""), machine.environment.get("HOME", "")
    tops = [Path(roaming) / "LibreOffice" / "4" / "user"] if roaming else []
    if home:
        tops.append(Path(home) / ".config" / "libreoffice" / "4" / "user")
        tops.append(Path(home) / "Library" / "Application Support" / "LibreOffice" / "4" / "user")
    program = _office(machine)
    if program:
        tops.append(Path(program).resolve().parents[1] / "share")
    return [top / tail for top in tops]


def _office(machine: Machine) -> str:
    """LibreOffice's program; "" where none is found."""
    folders = [machine.environment.get(name, "") for name in ("ProgramFiles", "ProgramW6432")]
    places = [Path(folder) / "LibreOffice" / "program" / "soffice.exe" for folder in folders if folder]
    known = next((str(place) for place in places if place.is_file()), "")
    return known or shutil.which("soffice", path=machine.environment.get("PATH", "")) or ""
