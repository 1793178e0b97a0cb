"""The night run: refresh workbooks every night, keep their history, tell people in the morning.

    python scripts/nightly.py BOOK.xlsx [BOOK.xlsx ...]             every night at 02:00, until stopped
    python scripts/nightly.py BOOK.xlsx --at 23:30                  another hour
    python scripts/nightly.py BOOK.xlsx --now                       once, now (exit code 0: all is well)
    python scripts/nightly.py --config night.toml                   shared facts, several books with filters

The same as `tierbook nightly`; `tierbook nightly --help` tells of everything it can do.
"""

from __future__ import annotations

import sys

from tierbook.cli import main

if __name__ == "__main__":
    sys.exit(main(["nightly", *sys.argv[1:]]))
