"""Files written whole: a draft in the target's folder, forced to the disk and read back, then one rename.

A draft's name says which machine's tierbook made it for which file, so that what a killed run left can be
told from a draft another machine is writing into the same shared folder.
"""

from __future__ import annotations

import contextlib
import errno
import os
import platform
import re
import secrets
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

from ...errors import WorkbookError
from ...home import home
from ..book import at, digest_of

_SHOWN = 40
"""Letters of the file's name a draft shows; as Chinese they take 120 of the 255 bytes a name may have."""


def write_draft(path: Path, data: bytes, *, like: Path | None = None) -> Path:
    """Put the future content of a file on the disk beside it and give the draft's path.

    Args:
        like: a file whose permissions the draft gets, where there is one; None gives those of any new file.

    Raises:
        OSError: the folder or the disk refused. No draft is left.
    """
    draft = path.with_name(f".{path.stem[:_SHOWN]}.{_origin(path)}-{secrets.token_hex(4)}.tierbook.tmp{path.suffix}")
    try:
        with draft.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if draft.read_bytes() != data:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        if like is not None:
            _copy_permissions(like, draft)
    except BaseException:
        remove(draft)
        raise
    return draft


def resting(problem: OSError) -> bool:
    """Whether to try again soon: a virus scanner or indexer holds a file on Windows for a moment, and the client of
    a file share rests after a refusal, such as that of a permission the share does not know.
    """
    return problem.errno == errno.EIO or (sys.platform == "win32" and isinstance(problem, PermissionError))


def waits() -> Iterator[float]:
    """Seconds to wait before each further try: six tries take three seconds."""
    return (0.1 * 2**attempt for attempt in range(5))


def write_whole(path: Path, data: bytes) -> None:
    """Write or replace a file of our own, all or nothing.

    Raises:
        OSError: the folder or the disk refused; the file is as it was.
    """
    draft = write_draft(path, data)
    try:
        draft.replace(path)
    finally:
        remove(draft)
    sync_folder(path.parent)


def sweep_drafts(path: Path) -> None:
    """Remove the drafts that killed runs on this machine left for a file. Only for whoever is alone with it."""
    _sweep(path.parent, rf"\..*\.{_origin(path)}-[0-9a-f]{{8}}\.tierbook\.tmp{re.escape(path.suffix)}")


def sweep_all_drafts(folder: Path) -> None:
    """Remove every draft in a folder of our own. Only for whoever is alone with it."""
    _sweep(folder, r"\..*-[0-9a-f]{8}\.tierbook\.tmp(\.\w+)?")


def _sweep(folder: Path, names: str) -> None:
    litter = re.compile(names, re.DOTALL)
    with contextlib.suppress(OSError):
        for path in list(folder.iterdir()):
            if litter.fullmatch(path.name):
                remove(path)


def remove(path: Path) -> None:
    """Take a file of our own away; one that will not go now is swept by a later run."""
    with contextlib.suppress(OSError):
        path.unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """Make a rename last. Some file systems and Windows cannot; it has happened all the same."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def disk_refusal(path: Path, problem: OSError) -> WorkbookError:
    """What a failed write into a file's folder means for people."""
    if isinstance(problem, FileNotFoundError):
        reason = WorkbookError("workbook.no_folder", folder=path.parent)
    elif isinstance(problem, PermissionError):
        reason = WorkbookError("workbook.read_only_folder", folder=path.parent)
    else:
        reason = WorkbookError("workbook.cannot_write", problem=problem.strerror)
    return at(path, reason)


def _origin(path: Path) -> str:
    """Eight letters for this machine, this user's tierbook and this file."""
    return digest_of(f"{platform.node()}\0{home()}\0{path}".encode())[:8]


def _copy_permissions(path: Path, draft: Path) -> None:
    """Mode, owner, and (Linux) extended attributes such as access lists; what may not be given away is left.

    File shares often know none of these.
    """
    try:
        status = path.stat()
    except OSError:
        return
    with contextlib.suppress(OSError):
        draft.chmod(stat.S_IMODE(status.st_mode))
    if sys.platform == "win32":
        return
    with contextlib.suppress(OSError):
        os.chown(draft, status.st_uid, status.st_gid)
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            for name in os.listxattr(path):
                with contextlib.suppress(OSError):
                    os.setxattr(draft, name, os.getxattr(path, name))
