"""A book on a file share that another computer has open: a Samba server on this machine, and two clients of it.

Our side goes through a mount in user space (smbnetfs): the kernel of a container often has no cifs. The other
side is Samba's own client, which opens the book the way Excel does: nobody else may write. A tierbook that runs
on the server itself sees nothing of such a lock; there Excel's owner file and the comparison before the
rename must do (`test_save_book.py`).
"""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tierbook.errors import WorkbookChanged, WorkbookInUse
from tierbook.workbook import leave_pending, open_book, pending_of, save_book, take_pending_away

SMBD = shutil.which("smbd", path="/usr/sbin:/usr/bin")
SMBNETFS = shutil.which("smbnetfs")
SYSTEM_PYTHON = "/usr/bin/python3"
PORT = 445
"""The only port smbnetfs knows."""

SETTINGS = """
[global]
server role = standalone server
map to guest = Bad User
guest account = root
bind interfaces only = yes
interfaces = 127.0.0.1
smb ports = {port}
load printers = no
disable spoolss = yes
log file = {own}/log
lock directory = {own}
state directory = {own}
cache directory = {own}
private dir = {own}
pid directory = {own}
ncalrpc dir = {own}
[share]
path = {share}
guest ok = yes
read only = no
"""


def missing() -> str:
    """What this machine lacks for a file share; root is needed for its port and the mount."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        return "a file server can only be started by root"
    if SMBD is None or SMBNETFS is None or not Path("/dev/fuse").exists():
        return "no file server and client here (Debian: samba, python3-samba, smbnetfs, and /dev/fuse)"
    knows = [SYSTEM_PYTHON, "-c", "from samba.samba3 import libsmb_samba_internal"]
    if subprocess.run(knows, capture_output=True, check=False).returncode:
        return "the system Python does not know Samba (Debian: python3-samba)"
    with socket.socket() as probe:
        if probe.connect_ex(("127.0.0.1", PORT)) == 0:
            return "this machine is a file server already"
    return ""


LACK = missing()
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(bool(LACK), reason=LACK),
    pytest.mark.usefixtures("tierbook_home"),
]

Other = Callable[[str], None]


def wait_until(true: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + 60
    while not true():
        assert time.monotonic() < deadline, what
        time.sleep(0.05)


def serving() -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", PORT)) == 0


@contextlib.contextmanager
def running(*command: object, **environment: str) -> Iterator[None]:
    process = subprocess.Popen(
        [str(word) for word in command],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, **environment},
        start_new_session=True,  # a file server that ends takes its whole process group along
    )
    try:
        yield
    finally:
        process.terminate()
        process.wait(30)


@pytest.fixture(scope="module")
def place() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        yield Path(folder)


@pytest.fixture(scope="module")
def share(place: Path) -> Iterator[Path]:
    """The shared folder as our side sees it."""
    served, own, mount = place / "served", place / "own", place / "mount"
    for folder in (served, own, mount, place / ".smb"):
        folder.mkdir()
    (place / "smb.conf").write_text(SETTINGS.format(port=PORT, own=own, share=served))
    (place / ".smb" / "smb.conf").write_text("[global]\nclient min protocol = SMB2\n")
    (place / ".smb" / "smbnetfs.conf").write_text('auth "guest" ""\nmax_retry_count 0\nneg_cache_timeout 1\n')
    (place / ".smb" / "smbnetfs.conf").chmod(0o600)
    seen = mount / "127.0.0.1" / "share"
    with running(SMBD, "-F", "--no-process-group", "-s", place / "smb.conf"):
        wait_until(serving, "the file server did not start")
        with running(SMBNETFS, mount, "-f", "-o", "direct_io", HOME=str(place)):
            wait_until(mount.is_mount, "the share was not mounted")
            (served / "there").touch()
            wait_until((seen / "there").exists, "the share was not seen")
            (served / "there").unlink()
            yield seen


@pytest.fixture
def other(place: Path, share: Path) -> Iterator[Other]:
    """The other computer, told what to do."""
    program = Path(__file__).with_name("smb_client.py")
    command = [SYSTEM_PYTHON, str(program), str(place / "smb.conf"), "share"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as client:

        def do(line: str) -> None:
            assert client.stdin is not None
            assert client.stdout is not None
            client.stdin.write(line + "\n")
            client.stdin.flush()
            assert client.stdout.readline() == "ok\n", line

        assert client.stdout is not None
        assert client.stdout.readline() == "ok\n"
        yield do


@pytest.fixture
def served(place: Path, share: Path, book_of) -> Path:
    """The book as it lies on the server."""
    for litter in (place / "served").iterdir():
        litter.unlink()
    path = place / "served" / "book.xlsx"
    path.write_bytes(book_of({"人": [["旧"]]}))
    return path


def test_a_book_another_computer_has_open_is_not_touched(
    share: Path, served: Path, other: Other, book_of: Callable[..., bytes]
) -> None:
    before, new = served.read_bytes(), book_of({"人": [["新"]]})
    digest = open_book(share / "book.xlsx").digest
    other("open book.xlsx")
    with pytest.raises(WorkbookInUse, match="正被别的程序打开"):
        save_book(share / "book.xlsx", new, expected_digest=digest)
    assert served.read_bytes() == before
    pending = leave_pending(share / "book.xlsx", new)
    assert served.with_name(pending.name).read_bytes() == new
    other("close")
    assert save_book(share / "book.xlsx", new, expected_digest=digest).changed
    assert take_pending_away(share / "book.xlsx") == []
    assert [path.name for path in served.parent.iterdir()] == ["book.xlsx"]
    assert served.read_bytes() == new


def test_what_another_computer_saved_meanwhile_is_kept(
    share: Path, served: Path, other: Other, book_of: Callable[..., bytes]
) -> None:
    digest = open_book(share / "book.xlsx").digest
    for line in ("open book.xlsx", "write saved by another computer", "close"):
        other(line)
    theirs = served.read_bytes()
    assert theirs.startswith(b"saved by another computer")
    with pytest.raises(WorkbookChanged):
        save_book(share / "book.xlsx", book_of({"人": [["新"]]}), expected_digest=digest)
    assert served.read_bytes() == theirs
    assert pending_of(share / "book.xlsx") == []
