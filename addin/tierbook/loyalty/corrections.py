"""Accounts that are kept: only ever added to, and always true to the facts known now.

A fact that comes late, changes or goes gives no new version of an old line: it gives a correcting one, dated the day
it became known. The lines of an account therefore sum to what its statement says, whatever came in which order.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Sequence

from .points import by_subject
from .records import Entry, Line


def corrections(kept: Iterable[Entry], wanted: Sequence[Line], on: dt.date) -> list[Entry]:
    """The entries that bring what is kept to what is wanted; none where nothing changed.

    A line not kept so far is kept as it is, on its own day. Ids tell customer, subject and how often it was written
    on, so that the same change is never added twice.
    """
    sums: dict[tuple[str, str], int] = defaultdict(int)
    counts: dict[tuple[str, str], int] = defaultdict(int)
    firsts: dict[tuple[str, str], Line] = {}
    for entry in kept:
        key = (entry.line.customer_id, entry.line.subject)
        sums[key] += entry.line.points
        counts[key] += 1
        firsts.setdefault(key, entry.line)
    told = by_subject(wanted)
    new = [Entry(_id(line, 0), line) for key, line in told.items() if key not in counts]
    for key, first in firsts.items():
        difference = (told[key].points if key in told else 0) - sums[key]
        if difference:
            line = first._replace(day=on, kind="correct", points=difference)
            new.append(Entry(_id(line, counts[key]), line))
    return sorted(new, key=lambda entry: (entry.line.day, entry.line.customer_id, entry.line.subject, entry.entry_id))


def _id(line: Line, written: int) -> str:
    told = "\n".join((line.customer_id, line.subject, str(written)))
    return "P" + hashlib.blake2b(told.encode(), digest_size=8).hexdigest()


def line_of(customer_id: str, day: dt.date, data: str) -> Line:
    """A line from what an entry of the ledger holds as JSON."""
    told = json.loads(data)
    return Line(customer_id, day, told["kind"], told["points"], told["subject"], told.get("about", ""))


def entry_of(line: Line) -> str:
    """What an entry of the ledger holds of a line, as JSON."""
    told = {"kind": line.kind, "points": line.points, "subject": line.subject, "about": line.about}
    return json.dumps({key: value for key, value in told.items() if value != ""}, ensure_ascii=False)
