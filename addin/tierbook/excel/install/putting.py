"""Put the add-in and its settings there; nothing else on the machine is touched."""

from __future__ import annotations

import contextlib
import shlex
from dataclasses import replace
from pathlib import Path

from ... import __version__
from ...errors import WorkbookInUse
from ...home import home
from ...labels import Language
from .machine import Machine
from .plan import ADDIN, RUN_KEY, RUN_NAME, Plan, plan, refuse_elsewhere
from .receipt import Receipt, digest, digest_at, read_receipt, receipt_path, registry_parts, write_receipt
from .refusals import EXCEL, refusals
from .report import Report, Step
from .taking import forget, take_away
from .this_machine import here


def install(
    language: Language, *, dry_run: bool, com_server: bool, folder: Path | None = None, machine: Machine | None = None
) -> Report:
    """Put tierbook.xlam and its settings into the user's profile; again brings everything up to date.

    Args:
        com_server: Python is started at logon instead of by Excel.
        folder: instead of the user's XLSTART.

    Raises:
        UsageError: it cannot work on this machine, and why; nothing was written.
        WorkbookInUse: Excel has the add-in open; nothing was written.
        WorkbookError: a folder refused; the receipt lists what was written before.
    """
    machine = machine or here()
    refuse_elsewhere(machine)
    before = read_receipt()
    made = plan(machine, language, com_server=com_server, folder=folder, addin=addin(), version=__version__,
                before=before)  # fmt: skip
    _refuse_in_use(machine, made)
    steps = [*made.warnings, *_write(machine, made, before, dry_run=dry_run)]
    return Report(tuple(steps), dry_run, "" if dry_run else "install.next_server" if com_server else "install.next")


def addin() -> bytes:
    """The add-in of this version."""
    from ..addin import addin_bytes

    return addin_bytes()


def _refuse_in_use(machine: Machine, made: Plan) -> None:
    """An add-in Excel has open cannot be replaced; told before anything is written."""
    path, data = made.addin
    if digest_at(path) not in {None, digest(data)} and machine.running(EXCEL):
        raise WorkbookInUse("install.excel_runs", path=path)


def _write(machine: Machine, made: Plan, before: Receipt | None, *, dry_run: bool) -> list[Step]:
    steps: list[Step] = []
    try:
        for key, path, data in made.files:
            steps.append(_put(machine, key, path, data, before, dry_run=dry_run))
        steps += _old_places(machine, made, before, dry_run=dry_run)
        steps += _register(machine, made, before, dry_run=dry_run)
    finally:
        if not dry_run:
            _keep_receipt(machine, made, before)
    return steps


def _keep_receipt(machine: Machine, made: Plan, before: Receipt | None) -> None:
    """The receipt lists what really stands there, so that it is right after a refusal half-way too."""
    old, new = before or Receipt(), made.receipt
    files = {}
    for path in {**old.files, **new.files}:
        now, written = digest_at(Path(path)), new.files.get(path, "")
        if now is not None:
            files[path] = written if now == written else old.files.get(path, written)
    registry = {place: value for place, value in {**old.registry, **new.registry}.items()
                if machine.read(*registry_parts(place)) == value}  # fmt: skip
    settings = new.settings if digest_at(made.settings[0]) == digest(made.settings[1]) else old.settings
    with refusals(receipt_path(), machine):
        write_receipt(machine, replace(new, files=files, registry=registry, settings=settings))


def _put(machine: Machine, key: str, path: Path, data: bytes, before: Receipt | None, *, dry_run: bool) -> Step:
    """Write one file, unless it already holds this. A foreign add-in of our name is kept in tierbook's home."""
    now = digest_at(path)
    if now == digest(data) and not machine.marked(path):
        return Step("same", key, {"path": path})
    if not dry_run:
        with refusals(path, machine):
            if path.name == ADDIN and now is not None and not (before and before.files.get(str(path)) == now):
                machine.put(home() / "replaced" / f"{path.stem}-{now[:8]}{path.suffix}", path.read_bytes())
            machine.put(path, data)
            machine.unmark(path)
    return Step("done", key, {"path": path})


def _old_places(machine: Machine, made: Plan, before: Receipt | None, *, dry_run: bool) -> list[Step]:
    """An add-in of an earlier installation in another folder would be loaded as well."""
    old = before.files if before else {}
    return [
        take_away(machine, Path(path), mark, dry_run=dry_run)
        for path, mark in old.items()
        if path not in made.receipt.files and Path(path).name == ADDIN and Path(path).exists()
    ]


def _register(machine: Machine, made: Plan, before: Receipt | None, *, dry_run: bool) -> list[Step]:
    """The server at logon: written and started, or taken away where an earlier installation wrote it."""
    if not made.run:
        old = before.registry if before else {}
        return [forget(machine, place, value, dry_run=dry_run) for place, value in old.items()]
    if machine.read(RUN_KEY, RUN_NAME) == made.run:
        return [Step("same", "install.logon", {"command": made.run})]
    if not dry_run:
        with refusals(Path(RUN_NAME), machine, key="install.registry_refused"):
            machine.write(RUN_KEY, RUN_NAME, made.run)
        with contextlib.suppress(OSError):  # it starts at the next logon
            machine.start([word.strip('"') for word in shlex.split(made.run, posix=False)])
    return [Step("done", "install.logon", {"command": made.run})]
