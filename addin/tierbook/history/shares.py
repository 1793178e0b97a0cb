"""Whether a folder lies on another machine: a live database file must not."""

from __future__ import annotations

import sys
from pathlib import Path

REMOTE = frozenset({
    "nfs", "nfs4", "cifs", "smb2", "smb3", "smbfs", "afs", "ncpfs", "9p", "afpfs", "webdav", "davfs", "fuse.sshfs",
    "fuse.smbnetfs", "fuse.davfs2", "fuse.rclone", "fuse.s3fs", "fuse.gvfsd-fuse", "drvfs", "ceph", "glusterfs",
    "fuse.glusterfs", "lustre", "vboxsf", "prl_fs", "fuse.vmhgfs-fuse",
})  # fmt: skip
"""Kinds of file systems whose locks or syncs another machine answers for."""
_WINDOWS_REMOTE = 4
"""What Windows calls a drive on the network."""


def on_a_share(path: Path, mounts: Path = Path("/proc/self/mounts")) -> bool:
    """Whether a path lies on a file share, where that can be told: on Windows, and on systems that list their mounts.

    The path need not exist yet; the nearest folder that does is looked at.
    """
    there = path.absolute()
    while not there.exists() and there != there.parent:
        there = there.parent
    if sys.platform == "win32":
        return _is_remote_drive(path.absolute())
    try:
        listed = mounts.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    return _kind_of(str(there.resolve()), listed) in REMOTE


def _kind_of(place: str, mounts: str) -> str:
    """The kind of the file system a folder lies on: that of the longest mount point above it, the last of equals."""
    best, kind = "", ""
    for line in mounts.splitlines():
        fields = line.split()
        if len(fields) < 3:
            continue
        point = fields[1].replace("\\040", " ").replace("\\011", "\t").replace("\\134", "\\").rstrip("/")
        if (place == point or place.startswith(f"{point}/")) and len(point) >= len(best):
            best, kind = point, fields[2]
    return kind


def _is_remote_drive(path: Path) -> bool:
    if str(path).startswith("\\\\"):
        return True
    import ctypes

    windows = getattr(ctypes, "windll")  # noqa: B009 - only Windows has it
    return bool(windows.kernel32.GetDriveTypeW(path.anchor) == _WINDOWS_REMOTE)
