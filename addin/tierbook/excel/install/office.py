"""What the registry tells about Excel: bitness, folders it trusts, rules about macros and add-ins."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PureWindowsPath

from .machine import Machine

OFFICE = r"Software\Microsoft\Office\16.0"
POLICY = r"Software\Policies\Microsoft\Office\16.0"
CLICK_TO_RUN = r"HKLM\SOFTWARE\Microsoft\Office\ClickToRun\Configuration"
APP_PATH = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\App Paths\excel.exe"
DEFENDER_RULES = r"HKLM\SOFTWARE\Policies\Microsoft\Windows Defender\Windows Defender Exploit Guard\ASR\Rules"
APPLOCKER = r"HKLM\SOFTWARE\Policies\Microsoft\Windows\SrpV2\Exe"
NO_CHILD_PROCESSES = "d4f940ab-401b-4efc-aadc-ad5f3c50688a"
"""Microsoft Defender's rule "Block all Office applications from creating child processes"."""
_PE_BITS = {0x014C: 32, 0x8664: 64, 0xAA64: 64}

Macros = str
"""What happens to macros outside trusted folders: "asks", "runs", "signed" or "off"."""


@dataclass(frozen=True)
class Rules:
    """What the user's settings and the company's policies say; `by_policy` where people cannot change it."""

    macros: Macros = "asks"
    by_policy: bool = False
    vba_off: bool = False
    addins_off: bool = False
    addins_signed: bool = False
    internet_blocked: bool = False


def excel_program(machine: Machine) -> Path | None:
    """EXCEL.EXE, where the registry names one."""
    path = machine.read(APP_PATH, "")
    return Path(path.strip('"')) if isinstance(path, str) and path.strip() else None


def from_the_store(program: Path) -> bool:
    """Whether a program is one of Microsoft's Store: it lives in a box of its own, and so does what it starts."""
    return "windowsapps" in _folded(str(program)).split("\\")


def excel_bits(machine: Machine) -> int | None:
    """32 or 64; None where no Excel is found."""
    platform = machine.read(CLICK_TO_RUN, "Platform")
    if platform in {"x86", "x64"} and machine.read(APP_PATH, "") is not None:
        return 64 if platform == "x64" else 32
    program = excel_program(machine)
    return _program_bits(program) if program else None


def _program_bits(program: Path) -> int | None:
    """Bitness by a program's own head (PE: offset at 0x3C, then the kind of processor)."""
    try:
        with program.open("rb") as file:
            head = file.read(0x40)
            (place,) = struct.unpack_from("<I", head, 0x3C)
            file.seek(place + 4)
            (kind,) = struct.unpack("<H", file.read(2))
    except (OSError, struct.error):
        return None
    return _PE_BITS.get(kind)


def xlstart(machine: Machine) -> Path | None:
    """The user's folder whose books Excel opens at each start; None where there is no profile."""
    roaming = machine.environment.get("APPDATA", "").strip()
    return Path(roaming) / "Microsoft" / "Excel" / "XLSTART" if roaming else None


def trusts(machine: Machine, folder: Path) -> bool:
    """Whether Excel runs macros of a folder without asking.

    The user's XLSTART is trusted from the start; but no folder on a server is, unless a setting allows those: profiles
    are often redirected to one.
    """
    if trusted_locations_off(machine) or (on_a_server(folder) and not _servers_trusted(machine)):
        return False
    own = xlstart(machine)
    if own is not None and _within(folder, str(own), deep=True):
        return True
    return any(_within(folder, path, deep=deep) for path, deep in _trusted(machine))


def on_a_server(folder: Path) -> bool:
    """Whether a folder is named by its server (\\\\server\\share); a mapped drive cannot be told from a disk."""
    return _folded(str(folder)).startswith("\\\\")


def _servers_trusted(machine: Machine) -> bool:
    tail = r"Excel\Security\Trusted Locations"
    found = [machine.read(rf"HKCU\{root}\{tail}", "AllowNetworkLocations") for root in (POLICY, OFFICE)]
    return next((value for value in found if value is not None), 0) == 1


def trusted_locations_off(machine: Machine) -> bool:
    """Whether a setting or a policy switches all trusted folders off."""
    tail = r"Excel\Security\Trusted Locations"
    return any(machine.read(rf"HKCU\{root}\{tail}", "AllLocationsDisabled") == 1 for root in (POLICY, OFFICE))


def _trusted(machine: Machine) -> Sequence[tuple[str, bool]]:
    found = []
    for root in (POLICY, OFFICE):
        top = rf"HKCU\{root}\Excel\Security\Trusted Locations"
        for name in machine.subkeys(top):
            path = machine.read(rf"{top}\{name}", "Path")
            if isinstance(path, str) and path.strip():
                found.append((expanded(machine, path), machine.read(rf"{top}\{name}", "AllowSubFolders") == 1))
    return found


def _within(folder: Path, trusted: str, *, deep: bool) -> bool:
    inner, outer = _folded(str(folder)), _folded(trusted)
    return inner == outer or (deep and inner.startswith(outer + "\\"))


def _folded(path: str) -> str:
    return str(PureWindowsPath(path)).replace("/", "\\").rstrip("\\").casefold()


def expanded(machine: Machine, words: str) -> str:
    """A text with its %NAMES% filled in, as Windows does; unknown names stay."""
    pieces = words.split("%")
    known = {name.upper(): value for name, value in machine.environment.items()}
    place = 1
    while place < len(pieces) - 1:
        value = known.get(pieces[place].upper())
        if value is None:
            place += 1
            continue
        pieces[place - 1 : place + 2] = [pieces[place - 1] + value + pieces[place + 1]]
    return "%".join(pieces)


def rules(machine: Machine) -> Rules:
    """What is allowed to run in Excel."""
    words = {1: "runs", 2: "asks", 3: "signed", 4: "off"}
    by_policy = machine.read(rf"HKCU\{POLICY}\Excel\Security", "VBAWarnings")
    chosen = by_policy if by_policy is not None else machine.read(rf"HKCU\{OFFICE}\Excel\Security", "VBAWarnings")

    def on(name: str, *places: str) -> bool:
        return any(machine.read(place, name) == 1 for place in places)

    security = (rf"HKCU\{POLICY}\Excel\Security", rf"HKCU\{OFFICE}\Excel\Security")
    return Rules(
        macros=words.get(chosen, "asks") if isinstance(chosen, int) else "asks",
        by_policy=by_policy is not None,
        vba_off=on("VBAOff", rf"HKCU\{POLICY}\Common", rf"HKLM\{POLICY}\Common", rf"HKLM\{OFFICE}\Common"),
        addins_off=on("DisableAllAddins", *security),
        addins_signed=on("RequireAddinSig", *security),
        internet_blocked=on("BlockContentExecutionFromInternet", security[0]),
    )


def forbids_programs(machine: Machine) -> bool:
    """Whether Microsoft Defender's rule against programs started by Office is set to block (1)."""
    return str(machine.read(DEFENDER_RULES, NO_CHILD_PROCESSES)) == "1"


def programs_listed(machine: Machine, program: Path) -> bool:
    """Whether AppLocker runs only what IT lists and a program lies in the user's profile, which lists rarely name."""
    profile = machine.environment.get("USERPROFILE", "")
    inside = bool(profile) and _within(program, profile, deep=True)
    return inside and machine.read(APPLOCKER, "EnforcementMode") == 1
