"""Refreshes each book of a folder within a memory limit and prints, line by line, how it ended: a label's key, or ok.

Run by test_hostile_books.py as `python hostile_child.py FOLDER DONOR`.
"""

from __future__ import annotations

import datetime as dt
import resource
import sys
import time
from pathlib import Path

from tierbook.errors import WorkbookError
from tierbook.workbook import open_book, refresh_book
from tierbook.workbook.refresh import OwnedSheet

ROOM = 400 << 20
"""Bytes of address space above what a started interpreter takes."""
OWNED = [OwnedSheet("tiers", "分层"), OwnedSheet("results", "_tierbook_results")]


def main() -> None:
    donor = Path(sys.argv[2]).read_bytes()
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + ROOM, resource.RLIM_INFINITY))
    for path in sorted(Path(sys.argv[1]).iterdir()):
        before, start = path.read_bytes(), time.process_time()
        try:
            refresh_book(open_book(path).data, donor, OWNED, day=dt.date(2026, 11, 20))
            ending = "ok"
        except WorkbookError as refusal:
            reason = refusal.values.get("reason")
            ending = reason.key if isinstance(reason, WorkbookError) else refusal.key
        except BaseException as problem:
            ending = repr(problem)
        spent = time.process_time() - start
        print(path.name, ending, f"{spent:.1f}", path.read_bytes() == before, flush=True)


if __name__ == "__main__":
    main()
