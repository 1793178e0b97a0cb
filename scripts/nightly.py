"""The night run: refresh workbooks and their follow-up lists every night.

    python scripts/nightly.py BOOK.xlsx [BOOK.xlsx ...]             every night at 02:00, until stopped
    python scripts/nightly.py BOOK.xlsx --at 23:30                  another hour
    python scripts/nightly.py BOOK.xlsx --now                       once, now (exit code 1 if a step failed)

On start, a night that was missed is caught up. A failing step is logged and does not stop the others.
"""

from __future__ import annotations

import argparse
import datetime as dt
import logging
import sys
import time
from pathlib import Path

import schedule

from tierbook.home import home
from tierbook.jobs import nightly


def main() -> int:
    options = _options()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s", stream=sys.stderr)
    marker = options.marker or home() / "nightly.json"
    if options.now:
        results = nightly.run_night(options.books, dt.date.today(), marker, again=True)
        return 0 if all(result.ok for result in results) else 1

    def night() -> None:
        nightly.run_night(options.books, nightly.last_night(dt.datetime.now(), options.at), marker)

    night()  # catch up
    schedule.every().day.at(options.at.strftime("%H:%M")).do(night)
    logging.info("waiting; next run %s", schedule.next_run())
    while True:
        schedule.run_pending()
        time.sleep(min(60, max(1, schedule.idle_seconds() or 60)))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("books", nargs="+", type=Path, metavar="BOOK")
    parser.add_argument("--now", action="store_true", help="run once, now, and exit")
    parser.add_argument("--at", type=dt.time.fromisoformat, default=dt.time(2), metavar="HH:MM", help="default 02:00")
    parser.add_argument("--marker", type=Path, help="file that remembers the last day done")
    return parser.parse_args()


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(0)
