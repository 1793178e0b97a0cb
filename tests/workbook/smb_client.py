"""Another computer on a file share, for tests: run by the system's Python, which has Samba's client library.

    open NAME     open a file as Excel does: for reading and writing, and nobody else may write
    write TEXT    write at the start of the open file
    close         close it

Each line is answered with "ok" or "failed …".
"""

from __future__ import annotations

import sys
from typing import Any

from samba.credentials import Credentials  # type: ignore[import-not-found]
from samba.samba3 import libsmb_samba_internal as libsmb  # type: ignore[import-not-found]
from samba.samba3 import param  # type: ignore[import-not-found]

READ_AND_WRITE = 0x80000000 | 0x40000000
OTHERS_MAY_READ = 0x1
MUST_EXIST = 0x1


class Client:
    def __init__(self, settings: str, share: str) -> None:
        context = param.get_context()
        context.load(settings)
        nobody = Credentials()
        nobody.guess(context)
        nobody.set_anonymous()
        self._share: Any = libsmb.Conn("127.0.0.1", share, context, nobody)
        self._file: Any = None

    def open(self, name: str) -> None:
        self._file = self._share.create(
            name, DesiredAccess=READ_AND_WRITE, ShareAccess=OTHERS_MAY_READ, CreateDisposition=MUST_EXIST
        )

    def write(self, text: str) -> None:
        self._share.write(self._file, text.encode(), 0)

    def close(self) -> None:
        self._share.close(self._file)


def main() -> None:
    client = Client(*sys.argv[1:3])
    print("ok", flush=True)
    for line in sys.stdin:
        verb, _, argument = line.rstrip("\n").partition(" ")
        try:
            getattr(client, verb)(*([argument] if argument else []))
            print("ok", flush=True)
        except Exception as problem:
            print("failed", repr(problem), flush=True)


if __name__ == "__main__":
    main()
