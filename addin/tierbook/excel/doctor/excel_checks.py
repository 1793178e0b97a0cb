"""The way from a cell to Python: Excel, the add-in, its settings, the program it starts, and who forbids what."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ..com_server import is_this_process
from ..install import conf, interpreter, office, putting
from ..install.clsid import CLSID, PROJECT, SETTING
from ..install.machine import Machine
from ..install.plan import ADDIN
from ..install.receipt import digest, digest_at, read_receipt
from .result import Found, Patient, failed, not_here, ok, warning

_DISABLED = rf"HKCU\{office.OFFICE}\Excel\Resiliency\DisabledItems"


def excel_here(patient: Patient) -> Found:
    machine = patient.machine
    if machine.platform == "darwin":
        return not_here("doctor.excel_on_a_mac")
    if machine.platform != "win32":
        return not_here("doctor.excel_elsewhere")
    bits = office.excel_bits(machine)
    program = office.excel_program(machine)
    if bits is None or program is None:
        return failed("doctor.excel_missing")
    if office.from_the_store(program):
        return failed("doctor.excel_store", path=program)
    if bits != machine.python.bits:
        return warning("doctor.excel_bits", excel=bits, python=machine.python.bits)
    return ok("doctor.excel", bits=bits)


def addin_file(patient: Patient) -> Found:
    """The add-in stands where Excel opens it, and is the one of this version."""
    place = _addin_place(patient.machine)
    if place is None:
        return not_here("doctor.needs_excel")
    if not place.is_file():
        return failed("doctor.addin_missing", path=place)
    if digest_at(place) != digest(putting.addin()):
        return failed("doctor.addin_other", path=place)
    return ok("doctor.addin", path=place)


def addin_disabled(patient: Patient) -> Found:
    """Excel switches an add-in off by itself when it crashed while that was loading."""
    if patient.machine.platform != "win32":
        return not_here("doctor.needs_excel")
    if any(ADDIN in item.casefold() for item in patient.machine.values(_DISABLED)):
        return failed("doctor.disabled", name=ADDIN)
    return ok("doctor.enabled", name=ADDIN)


def settings_file(patient: Patient) -> Found:
    """tierbook.conf names a program that exists and is this one."""
    path = _conf_place(patient.machine)
    if path is None:
        return not_here("doctor.needs_excel")
    if not path.is_file():
        return failed("doctor.conf_missing", path=path)
    return _named_program(patient.machine, path)


def _named_program(machine: Machine, path: Path) -> Found:
    own = (machine.python.executable, interpreter.server_program(machine.python))
    named = conf.interpreter_in(machine, _settings(machine))
    if not named:
        return failed("doctor.conf_empty", path=path)
    if conf.is_bare(named):
        return warning("doctor.conf_bare", path=path, program=named)
    if not Path(named).is_file():
        return failed("doctor.conf_gone", path=path, program=named)
    if Path(named) not in own:
        return warning("doctor.conf_other", path=path, program=named, own=own[0])
    return ok("doctor.conf", path=path, program=named)


def settings_beside_the_book(patient: Patient) -> Found:
    """A tierbook.conf in the book's folder wins over the user's: it may name any program."""
    if patient.machine.platform != "win32" or patient.path is None:
        return not_here("doctor.needs_excel")
    other = patient.path.parent / f"{PROJECT}.conf"
    return warning("doctor.conf_beside", path=other) if other.is_file() else ok("doctor.conf_alone")


def dll(patient: Patient) -> Found:
    """xlwings' DLL of Excel's bitness lies where the add-in looks; a server at logon needs none."""
    machine = patient.machine
    if machine.platform != "win32":
        return not_here("doctor.needs_excel")
    settings = _settings(machine)
    if settings.get(SETTING):
        return not_here("doctor.dll_unused")
    server = Path(conf.interpreter_in(machine, settings) or interpreter.server_program(machine.python))
    bits = office.excel_bits(machine) or 64
    found = interpreter.dll_of(server, machine.python.xlwings, bits)
    name = interpreter.dll_name(machine.python.xlwings, bits)
    if found:
        return ok("doctor.dll", path=found)
    stray = interpreter.stray_dll(machine.python, bits)
    if stray:
        return failed("doctor.dll_elsewhere", dll=name, found=stray.parent, folder=server.parent)
    return failed("doctor.dll_missing", dll=name, folder=server.parent)


def command_length(patient: Patient) -> Found:
    """The command that starts Python holds two workbook paths and must fit into 2,048 characters."""
    machine = patient.machine
    if machine.platform != "win32":
        return not_here("doctor.needs_excel")
    settings = _settings(machine)
    if settings.get(SETTING):
        return not_here("doctor.command_unused")
    program = conf.interpreter_in(machine, settings) or str(interpreter.server_program(machine.python))
    inherited = len(machine.environment.get("PYTHONPATH", ""))
    room = interpreter.room_for_books(program, office.expanded(machine, settings.get(conf.PYTHONPATH, "")))
    if room < 0:
        return failed("doctor.command_long", left=room)
    if room < interpreter.needed_for_books() or inherited > interpreter.LONGEST_COMMAND - 200:
        return warning("doctor.command_tight", left=room, inherited=inherited)
    return ok("doctor.command", left=room)


def trusted_folder(patient: Patient) -> Found:
    place = _addin_place(patient.machine)
    if place is None:
        return not_here("doctor.needs_excel")
    if office.trusted_locations_off(patient.machine):
        return failed("doctor.trust_off", folder=place.parent)
    if not office.trusts(patient.machine, place.parent):
        key = "doctor.untrusted_server" if office.on_a_server(place) else "doctor.untrusted"
        return failed(key, folder=place.parent)
    return ok("doctor.trusted", folder=place.parent)


def macro_rules(patient: Patient) -> Found:
    """What settings and policies allow. The add-in runs from a trusted folder even where macros are off."""
    if patient.machine.platform != "win32":
        return not_here("doctor.needs_excel")
    rules = office.rules(patient.machine)
    if rules.vba_off:
        return failed("doctor.vba_off")
    if rules.addins_off:
        return failed("doctor.addins_off")
    if rules.addins_signed:
        return failed("doctor.addins_signed")
    if rules.macros in {"off", "signed"}:
        return warning("doctor.macros_by_policy" if rules.by_policy else "doctor.macros_by_choice")
    return ok("doctor.macros")


def web_mark(patient: Patient) -> Found:
    place = _addin_place(patient.machine)
    if place is None:
        return not_here("doctor.needs_excel")
    return failed("doctor.marked", path=place) if patient.machine.marked(place) else ok("doctor.unmarked", path=place)


def child_programs(patient: Patient) -> Found:
    """Whether Excel may start Python. Only Excel can try; the rule of Microsoft Defender can be read."""
    machine = patient.machine
    if machine.platform != "win32":
        return not_here("doctor.needs_excel")
    if office.programs_listed(machine, machine.python.executable):
        return warning("doctor.programs_listed", program=machine.python.executable)
    if _settings(machine).get(SETTING):
        return not_here("doctor.programs_unused")
    return failed("doctor.programs_barred") if office.forbids_programs(machine) else ok("doctor.programs")


def com_server(patient: Patient) -> Found:
    """The server at logon: wanted by the settings, there, and answering."""
    machine = patient.machine
    if machine.platform != "win32":
        return not_here("doctor.needs_excel")
    wanted = _settings(machine).get(SETTING, "")
    if not wanted:
        return not_here("doctor.server_unused")
    if wanted.casefold() != CLSID.casefold():
        return failed("doctor.server_other", clsid=wanted)
    state = "answers" if is_this_process() else machine.com_state(wanted)
    if state == "silent":
        return failed("doctor.server_silent")
    return ok("doctor.server") if state == "answers" else failed("doctor.server_absent")


def _addin_place(machine: Machine) -> Path | None:
    """Where the add-in was put, else where it belongs; None where Excel has no such place."""
    if machine.platform != "win32":
        return None
    receipt = read_receipt()
    known = [Path(path) for path in (receipt.files if receipt else {}) if Path(path).name == ADDIN]
    start = office.xlstart(machine)
    return known[0] if known else start / ADDIN if start else None


def _conf_place(machine: Machine) -> Path | None:
    return conf.conf_path(machine) if machine.platform == "win32" else None


def _settings(machine: Machine) -> Mapping[str, str]:
    path = _conf_place(machine)
    try:
        return conf.read_conf(path.read_bytes(), machine.code_page()) if path else {}
    except OSError:
        return {}
