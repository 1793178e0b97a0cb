"""A headless browser that tells what it shows, and whom it asked for anything."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars",
         "--disable-background-networking", "--disable-component-update", "--disable-sync",
         "--disable-default-apps", "--disable-extensions", "--metrics-recording-only"]  # fmt: skip


@dataclass
class Browser:
    """Chromium with a proxy of ours in front of every network: `asked` holds the first line of each request."""

    program: str
    folder: Path
    port: int
    asked: list[str] = field(default_factory=list)

    def run(self, *more: str) -> str:
        own = self.folder / "profile"
        command = [self.program, *FLAGS, f"--user-data-dir={own}", f"--proxy-server=http://127.0.0.1:{self.port}",
                   "--proxy-bypass-list=<-loopback>", *more]  # fmt: skip
        done = subprocess.run(command, capture_output=True, timeout=120, check=True)
        return done.stdout.decode("utf-8", "replace")

    def dom(self, page: Path) -> str:
        """The page as the browser has read it, as text."""
        return self.run("--dump-dom", page.as_uri())

    def picture(self, page: Path, out: Path, width: int = 1240, height: int = 1800) -> Path:
        self.run(f"--window-size={width},{height}", f"--screenshot={out}", page.as_uri())
        return out

    def printed(self, page: Path, out: Path) -> Path:
        self.run("--no-pdf-header-footer", f"--print-to-pdf={out}", page.as_uri())
        return out


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[Browser]:
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        (pytest.fail if os.environ.get("TIERBOOK_CI") == "1" else pytest.skip)("Chromium is not installed")
    with socket.create_server(("127.0.0.1", 0)) as server:
        made = Browser(str(program), tmp_path, server.getsockname()[1])
        threading.Thread(target=_refuse, args=(server, made.asked), daemon=True).start()
        yield made


def _refuse(server: socket.socket, asked: list[str]) -> None:
    """Write down what is asked for, and answer nothing."""
    while True:
        try:
            with server.accept()[0] as caller:
                asked.append(caller.recv(2000).split(b"\r\n")[0].decode("latin-1"))
        except OSError:
            return


@pytest.fixture
def written(tmp_path: Path) -> Callable[[str], Path]:
    def write(html: str) -> Path:
        path = tmp_path / "页面.html"
        path.write_text(html, encoding="utf-8")
        return path

    return write
