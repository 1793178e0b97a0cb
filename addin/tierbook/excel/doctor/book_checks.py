"""The book the functions answer from: named, where, readable, of our form, fresh, free."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from ...errors import TierbookError
from ..install.refusals import EXCEL
from .result import Found, Patient, failed, is_url, not_here, ok, warning

_OFFICE_USER = r"HKCU\Software\Microsoft\Office\Common\UserInfo"
"""Where Office keeps the name it writes into its owner files."""
OLD_AFTER = 7
"""Days after which a refresh is old: the nightly run has then failed for a week."""


def book_named(patient: Patient) -> Found:
    """Without a book of record the functions answer from the workbook they stand in."""
    if is_url(patient.book):
        return failed("doctor.book_url", book=patient.book)
    if patient.path is None:
        return (
            failed("doctor.book_trouble", reason=patient.trouble) if patient.trouble else not_here("doctor.book_unset")
        )
    try:
        there = patient.path.is_file()
    except OSError as reason:
        return failed("doctor.book_out_of_reach", book=patient.path, reason=reason.strerror or reason)
    return ok("doctor.book_ok", book=patient.path) if there else failed("doctor.book_missing", book=patient.path)


def book_place(patient: Patient) -> Found:
    """In a OneDrive folder Excel may call the book by a URL, and sync may hold it for a moment."""
    if not _there(patient.path):
        return not_here("doctor.needs_book")
    inside = [
        name
        for name in ("OneDriveCommercial", "OneDriveConsumer", "OneDrive")
        if (folder := patient.machine.environment.get(name, "")) and Path(folder) in Path(patient.book).parents
    ]
    return warning("doctor.book_onedrive", book=patient.book) if inside else ok("doctor.book_local", book=patient.book)


def book_read(patient: Patient) -> Found:
    """It opens, was refreshed, and by a tierbook that writes the form this one reads."""
    if not _there(patient.path) or patient.path is None:
        return not_here("doctor.needs_book")
    try:
        stamp = _stamp(patient.path)
    except TierbookError as reason:
        return failed("doctor.book_unread", reason=reason)
    except OSError as reason:
        return failed("doctor.book_out_of_reach", book=patient.path, reason=reason.strerror or reason)
    return ok("doctor.book_readable", as_of=stamp.get("as_of", "?"), version=stamp.get("tierbook_version", "?"))


def book_fresh(patient: Patient) -> Found:
    if not _there(patient.path) or patient.path is None:
        return not_here("doctor.needs_book")
    try:
        as_of = dt.date.fromisoformat(_stamp(patient.path).get("as_of", "")[:10])
    except (TierbookError, OSError, ValueError):
        return not_here("doctor.needs_refreshed_book")
    days = (patient.now.date() - as_of).days
    told = {"as_of": as_of, "days": days}
    return ok("doctor.fresh", **told) if days <= OLD_AFTER else warning("doctor.stale", **told)


def book_free(patient: Patient) -> Found:
    """Nobody holds it: a refresh could write it now. One's own Excel is no trouble: the ribbon refreshes there."""
    if not _there(patient.path) or patient.path is None:
        return not_here("doctor.needs_book")
    from ...workbook.saving.locks import holder_of, refuse_in_use

    try:
        refuse_in_use(patient.path)
    except TierbookError as reason:
        holder = holder_of(patient.path)
        own = patient.machine.read(_OFFICE_USER, "UserName")
        if holder is not None and holder.name and holder.name == own and patient.machine.running(EXCEL):
            return ok("doctor.book_own", name=own)
        return warning("doctor.book_held", reason=reason)
    return ok("doctor.book_free")


def book_pending(patient: Patient) -> Found:
    """A result that could not be written into its book waits beside it."""
    if not _there(patient.path) or patient.path is None:
        return not_here("doctor.needs_book")
    from ...workbook.saving.pending import pending_of

    try:
        waiting = pending_of(patient.path)
    except OSError:
        waiting = []
    return warning("doctor.pending", name=waiting[0].name) if waiting else ok("doctor.no_pending")


def book_mark(patient: Patient) -> Found:
    """A book from the internet opens in Protected View, and its macros do not run at all."""
    if patient.machine.platform != "win32":
        return not_here("doctor.needs_excel")
    if not _there(patient.path) or patient.path is None:
        return not_here("doctor.needs_book")
    if patient.machine.marked(patient.path):
        return warning("doctor.book_marked", book=patient.path)
    return ok("doctor.book_unmarked")


def _there(path: Path | None) -> bool:
    try:
        return path is not None and path.is_file()
    except OSError:
        return False


def _stamp(path: Path) -> dict[str, str]:
    from ..scored.reading import read

    return dict(read(path).stamp)
