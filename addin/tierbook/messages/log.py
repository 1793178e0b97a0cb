"""What went out: one line for each step of a message, never rewritten, so that nothing goes out twice.

Before a letter is handed to the server its line `trying` is on the disk; the server's answer makes the next line. A
crash between the two leaves a letter nobody can be sure of: it counts as gone and is told as `unsure`.

The lines stand in a file of this machine, or in the ledger where a book has one; both hold the same fields.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol

from ..errors import UsageError
from ..home import home

if TYPE_CHECKING:
    from ..history import Ledger

Step = Literal["trying", "sent", "refused", "later", "unsure", "handed"]
"""handed: given to a person or a provider as a draft or a list, with the word that it goes out."""
GONE = frozenset({"trying", "sent", "unsure", "handed"})
FILE = "messages.jsonl"
BOOK = "messages"
"""The name of the lines in a ledger."""


@dataclass(frozen=True)
class Entry:
    """One step of one message. `at` is a moment in UTC, `address` a mail address or a phone."""

    key: str
    step: Step
    at: dt.datetime
    day: dt.date
    address: str = ""
    customer_id: str = ""
    topic: str = ""
    subject: str = ""
    code: int = 0
    reply: str = ""
    content: str = ""
    scope: str = ""
    """The name under which the book's history is kept: customer 1001 of another company is another customer."""

    def as_json(self) -> str:
        told = asdict(self) | {"at": self.at.isoformat(timespec="milliseconds"), "day": self.day.isoformat()}
        return json.dumps({key: value for key, value in told.items() if value not in ("", 0)}, ensure_ascii=False)

    @classmethod
    def from_json(cls, line: str) -> Entry:
        """Raises: ValueError, KeyError, TypeError for a line that is none."""
        told = json.loads(line)
        return cls(**{**told, "at": dt.datetime.fromisoformat(told["at"]), "day": dt.date.fromisoformat(told["day"])})


class Store(Protocol):
    """Where lines stand, oldest first."""

    def read(self) -> Sequence[Entry]: ...
    def add(self, entry: Entry) -> None:
        """On the disk when this returns."""


class FileStore:
    """Lines in a file. Opened by one program at a time (see `open_log`)."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self) -> Sequence[Entry]:
        """A last line that a crash cut off is nothing; any other damaged one is refused.

        Raises:
            UsageError: a line in the middle cannot be read. Going on might write to somebody twice.
        """
        try:
            lines = self.path.read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return []
        found = []
        for number, line in enumerate(lines, start=1):
            try:
                found.append(Entry.from_json(line))
            except (ValueError, KeyError, TypeError) as problem:
                if number < len(lines):
                    raise UsageError("messages.bad_log", path=self.path, line=number) from problem
        return found

    def add(self, entry: Entry) -> None:
        with self.path.open("ab+") as target:
            if target.tell() and not _ends_whole(target.fileno(), target.tell()):
                target.write(b"\n")
            target.write(entry.as_json().encode() + b"\n")
            target.flush()
            os.fsync(target.fileno())


class LedgerStore:
    """Lines in a ledger, of one scope."""

    def __init__(self, ledger: Ledger, scope: str) -> None:
        self.ledger = ledger
        self.scope = scope

    def read(self) -> Sequence[Entry]:
        return [Entry.from_json(line.data) for line in self.ledger.entries(self.scope, BOOK)]

    def add(self, entry: Entry) -> None:
        from ..history import Entry as Line

        told = entry.as_json()
        name = hashlib.blake2b(told.encode(), digest_size=12).hexdigest()
        self.ledger.add_entries(self.scope, BOOK, [Line(name, entry.day, entry.customer_id, told)])


class Both:
    """Lines in two places; each line that is in either counts, once."""

    def __init__(self, near: Store, far: Store) -> None:
        self.near = near
        self.far = far

    def read(self) -> Sequence[Entry]:
        lines = dict.fromkeys([*self.near.read(), *self.far.read()])
        return sorted(lines, key=lambda entry: entry.at)

    def add(self, entry: Entry) -> None:
        self.near.add(entry)
        self.far.add(entry)


def _ends_whole(file: int, size: int) -> bool:
    return os.pread(file, 1, size - 1) == b"\n" if hasattr(os, "pread") else _last_byte(file, size) == b"\n"


def _last_byte(file: int, size: int) -> bytes:
    os.lseek(file, size - 1, os.SEEK_SET)
    return os.read(file, 1)


class SentLog:
    """What went out for one scope. Refused addresses and the server's daily number count for all.

    Args:
        also: other scopes with the same customers, such as the books of other teams: what one of these wrote to a
            customer is done here too. What our own people are told is each book's own, unless it is the same.
    """

    def __init__(self, store: Store, scope: str = "", also: Collection[str] = ()) -> None:
        self.scope = scope
        self._also = frozenset(also) - {scope}
        self._told: set[tuple[str, str]] = set()
        self._store = store
        self._last: dict[str, Entry] = {}
        self._refused: set[str] = set()
        self._written: dict[str, dt.date] = {}
        self._moments: list[dt.datetime] = []
        for entry in store.read():
            self._note(entry)

    def add(self, entry: Entry) -> None:
        entry = replace(entry, scope=self.scope)
        self._store.add(entry)
        self._note(entry)

    def _note(self, entry: Entry) -> None:
        if entry.step == "refused":
            self._refused.add(entry.address)
        if entry.step == "trying":
            self._moments.append(entry.at)
        if entry.scope in self._also and entry.content and entry.step in GONE:
            self._told.add((entry.key, entry.content))
        if entry.scope != self.scope and not (entry.scope in self._also and entry.customer_id):
            return
        self._last[entry.key] = entry
        if entry.step in GONE and entry.customer_id:
            self._written[entry.customer_id] = max(entry.day, self._written.get(entry.customer_id, entry.day))

    def done(self, key: str) -> bool:
        """Whether a message is out, or may be."""
        return key in self._last and self._last[key].step in GONE

    def told(self, key: str, content: str) -> bool:
        """Whether a person was told the very same from another book."""
        return (key, content) in self._told

    def gone_on(self, key: str) -> dt.date | None:
        """The day a message surely went out; None where it did not, or nobody knows."""
        last = self._last.get(key)
        return last.day if last and last.step in {"sent", "handed"} else None

    def refused(self, address: str) -> bool:
        """Whether a server said for good that an address takes no mail."""
        return address in self._refused

    def last(self, customer_id: str) -> dt.date | None:
        """The latest day a customer was written to."""
        return self._written.get(customer_id)

    def since(self, moment: dt.datetime) -> int:
        """Letters handed to the server since then."""
        return sum(at >= moment for at in self._moments)

    def unsure(self) -> list[Entry]:
        """Messages of which nobody knows whether they arrived, by moment."""
        return [entry for entry in self._last.values() if entry.step in {"trying", "unsure"}]

    def entries(self) -> list[Entry]:
        """The last step of every message, by moment."""
        return sorted(self._last.values(), key=lambda entry: entry.at)


@contextmanager
def open_log(
    scope: str = "", place: Path | None = None, store: Store | None = None, also: Collection[str] = ()
) -> Iterator[SentLog]:
    """The log for one program at a time: a second one that wants to send is refused at once.

    Args:
        scope, also: whose messages are looked at and written, as in SentLog.
        place: the file; None: `home()/messages.jsonl`.
        store: lines that stand elsewhere. The lock still lies beside the file, for it guards this machine's mail.

    Raises:
        UsageError: another program is sending.
    """
    from filelock import FileLock, Timeout

    path = place or home() / FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(f"{path}.lock", timeout=0):
            yield SentLog(store or FileStore(path), scope, also)
    except Timeout as problem:
        raise UsageError("messages.sending_already", path=path) from problem
