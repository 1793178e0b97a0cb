"""Ledgers for the tests: a SQLite file each, and one PostgreSQL server for all."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest


def _binary(name: str) -> str | None:
    installed = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return str(installed[-1]) if installed else shutil.which(name)


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The URL of a PostgreSQL server of our own; skips where none is installed."""
    initdb, server = _binary("initdb"), _binary("postgres")
    if not initdb or not server or os.name != "posix":
        if os.environ.get("TIERBOOK_CI") == "1":
            pytest.fail("PostgreSQL is not here")
        pytest.skip("PostgreSQL is not here")
    who = {"user": "postgres"} if os.geteuid() == 0 else {}  # it will not run as root
    folder = Path(tempfile.mkdtemp(prefix="tierbook-pg-"))
    if who:
        shutil.chown(folder, "postgres")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    data = folder / "data"
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": folder}
    made = [initdb, "--no-sync", "-A", "trust", "-U", "tierbook", "-E", "UTF8", "--locale=C", "-D", str(data)]
    subprocess.run(made, check=True, **who, **quiet)
    running = subprocess.Popen(
        [server, "-D", str(data), "-p", str(port), "-k", str(folder), "-c", "listen_addresses=127.0.0.1", "-F"],
        **who, **quiet,
    )  # fmt: skip
    try:
        _wait_for(port)
        yield f"postgresql://tierbook:secret@127.0.0.1:{port}/postgres"
    finally:
        running.terminate()
        running.wait(20)
        shutil.rmtree(folder, ignore_errors=True)


def _wait_for(port: int) -> None:
    import pg8000.native

    for _ in range(200):
        try:
            pg8000.native.Connection("tierbook", host="127.0.0.1", port=port, database="postgres").close()
            return
        except (pg8000.native.InterfaceError, pg8000.native.DatabaseError):
            time.sleep(0.05)
    raise TimeoutError("PostgreSQL did not start")


@pytest.fixture(params=["sqlite", "postgres"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where an empty ledger may lie: once a file, once a database."""
    if request.param == "sqlite":
        return str(tmp_path / "ledger.sqlite")
    url: str = request.getfixturevalue("postgres")
    import sqlalchemy as sa

    engine = sa.create_engine(sa.make_url(url).set(drivername="postgresql+pg8000"))
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP SCHEMA IF EXISTS tierbook CASCADE")
    engine.dispose()
    return url
