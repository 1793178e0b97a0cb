"""Take away what an installation wrote, and nothing people changed since."""

from __future__ import annotations

import contextlib
from pathlib import Path

from ...errors import UsageError
from ...home import home
from ...labels import Language
from . import conf
from .machine import Machine
from .plan import ADDIN, SETTINGS, refuse_elsewhere
from .receipt import Receipt, digest_at, read_receipt, receipt_path, registry_parts
from .refusals import refusals
from .report import Kind, Report, Step
from .settings import value_of, without_key
from .this_machine import here


def uninstall(language: Language, *, dry_run: bool, machine: Machine | None = None) -> Report:
    """Take away what the receipt lists; what people changed since is kept and named.

    Raises:
        UsageError: nothing was installed, or not on this system.
        WorkbookInUse: Excel has the add-in open.
        WorkbookError: a folder refused; the receipt still lists what is there.
    """
    machine = machine or here()
    refuse_elsewhere(machine)
    receipt = read_receipt()
    if receipt is None:
        raise UsageError("install.no_receipt", receipt=receipt_path())
    steps = [take_away(machine, Path(path), written, dry_run=dry_run) for path, written in receipt.files.items()]
    steps += [forget(machine, place, value, dry_run=dry_run) for place, value in receipt.registry.items()]
    steps += _clear_settings(machine, receipt, dry_run=dry_run)
    if not dry_run:
        with contextlib.suppress(OSError):
            machine.take_away(receipt_path())
    return Report(tuple(steps), dry_run, "install.next_gone" if receipt.registry and not dry_run else "")


def take_away(machine: Machine, path: Path, written: str, *, dry_run: bool) -> Step:
    """Remove a file that still holds what was written."""
    now = digest_at(path)
    if now is None:
        return Step("same", "install.gone", {"path": path})
    if now != written:
        return Step("kept", "install.changed", {"path": path})
    if dry_run:
        return Step("done", "install.removed", {"path": path})
    with refusals(path, machine):
        rest = _foreign_settings(machine, path)
        if rest:
            machine.put(path, rest)
        else:
            machine.take_away(path)
    if path.name != ADDIN:
        with contextlib.suppress(OSError):
            path.parent.rmdir()
    return Step("done", "install.removed", {"path": path})


def _foreign_settings(machine: Machine, path: Path) -> bytes:
    """What people had put into tierbook.conf themselves before we added our keys."""
    return conf.without(path.read_bytes(), conf.OURS) if path == conf.conf_path(machine) else b""


def forget(machine: Machine, place: str, value: str, *, dry_run: bool) -> Step:
    """Remove a registry value that still says what was written."""
    key, name = registry_parts(place)
    now = machine.read(key, name)
    kind: Kind = "same" if now is None else "done" if now == value else "kept"
    if kind == "done" and not dry_run:
        with refusals(Path(name), machine, key="install.registry_refused"):
            machine.forget(key, name)
    words = {"same": "install.logon_gone", "done": "install.logon_removed", "kept": "install.logon_changed"}
    return Step(kind, words[kind], {"name": name})


def _clear_settings(machine: Machine, receipt: Receipt, *, dry_run: bool) -> list[Step]:
    """Our keys leave settings.toml where they still say what we wrote; an empty file goes."""
    path = home() / SETTINGS
    try:
        before = words = path.read_text(encoding="utf-8-sig")
        for key, value in receipt.settings.items():
            words = without_key(words, key) if value_of(words, key) == value else words
    except FileNotFoundError:
        return [Step("same", "install.gone", {"path": path})]
    except (OSError, ValueError):
        return [Step("kept", "install.changed", {"path": path})]
    if words == before:
        return [Step("kept", "install.changed", {"path": path})]
    if not dry_run:
        with refusals(path, machine):
            machine.put(path, words.encode()) if words.strip() else machine.take_away(path)
    return [Step("done", "install.settings_cleared", {"path": path})]
