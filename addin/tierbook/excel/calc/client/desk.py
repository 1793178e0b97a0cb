"""Answers for cells: single customers from snapshots, everything else from the helper process, one trip each.

The book: where the document that asks holds tierbook's tables it is handed over and answers for itself; else the
book of record does. Whether answers may have changed is asked at most every two seconds.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .cells import ERRORS, block, id_of, typed_id, word
from .document import Document, key_of, tables_of
from .trouble import Trouble

LOOK_EVERY = 2.0
"""Seconds between two questions whether answers may have changed."""
REST = 10.0
"""Seconds without a question where there was no answer: 10,000 cells must not start 10,000 processes."""
SEATS = 16
"""Documents whose snapshots are kept."""
SNAPSHOTS = 64
"""Snapshots of one function; a further choice of its options is asked cell by cell (a date in every row, say)."""
NO_BOOK = "#REF!"
WRONG = "#VALUE!"
UNKNOWN = "#N/A"


@dataclass(frozen=True)
class Argument:
    name: str
    kind: str
    """One of "block" (may be a range), "word" (one value) and "option" (a word that may be missing)."""
    day: bool = False


@dataclass(frozen=True)
class Function:
    name: str
    arguments: Sequence[Argument]
    per_customer: bool
    in_words: bool
    """Says in words why there is no answer."""


@dataclass
class Snapshot:
    """One function's answers under one choice of its options.

    `same` is the answer of every customer, where they all have one; `whole` is False where only what was asked
    before is there.
    """

    answers: dict[str, Any] = field(default_factory=dict)
    same: Any = None
    whole: bool = True

    def find(self, customer: str) -> Any:
        """The answer; None where there is none."""
        return self.answers.get(customer) if self.same is None else self.same


@dataclass
class Seat:
    """What is known of one document."""

    key: str = ""
    identity: str | None = None
    next_look: float = float("-inf")
    shift: float = 0.0
    """Days from Excel's day 0 to the document's own."""
    snapshots: dict[str, dict[tuple[Any, ...], Snapshot]] = field(default_factory=dict)
    """By function, then by the choice of its options."""

    def forget(self) -> None:
        self.identity, self.next_look = None, float("-inf")
        self.snapshots.clear()


class Desk:
    """Takes the cells' questions.

    Args:
        ask: call, arguments, book -> value; raises Trouble where nobody answers, ValueError where an answer broke.
        sentences: the words for each Trouble.
        clock: counts seconds and never goes back.
    """

    def __init__(
        self,
        ask: Callable[[str, Sequence[Any], str], Any],
        sentences: Mapping[str, str],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._ask = ask
        self._sentences = sentences
        self._clock = clock
        self._seats: OrderedDict[str, Seat] = OrderedDict()
        self._trouble: Trouble | None = None
        self._rest_until = float("-inf")
        self._lock = threading.RLock()

    def answer(self, document: Document, function: Function, values: Sequence[Any]) -> Any:
        """What the cell shows: a value, or rows. An error is its text; never raises."""
        with self._lock:
            if self._trouble is not None and self._clock() < self._rest_until:
                return self._refusal(function, self._trouble)
            self._trouble = None
            try:
                return self._tried(document, function, values)
            except ValueError:
                return WRONG
            except Trouble as trouble:
                self._trouble, self._rest_until = trouble, self._clock() + REST
                return self._refusal(function, trouble)

    def _tried(self, document: Document, function: Function, values: Sequence[Any]) -> Any:
        """The answer; once more by a new process, to which the book is handed over anew, where the first broke."""
        try:
            return self._answer(document, function, values)
        except Trouble as trouble:
            self._forget()
            if not trouble.passing:
                raise
        try:
            return self._answer(document, function, values)
        except Trouble:
            self._forget()
            raise

    def _answer(self, document: Document, function: Function, values: Sequence[Any]) -> Any:
        seat = self._seated(document)
        pairs = zip(function.arguments, values)  # noqa: B905 - Python 3.8
        arguments = [_argument(one, value, seat.shift) for one, value in pairs]
        if function.per_customer and len(values[0]) == 1 and len(values[0][0]) == 1:
            return self._of_customer(seat, function, [id_of(values[0][0][0]), *arguments[1:]])
        return _received(self._ask(function.name, arguments, seat.key), seat.shift)

    def _seated(self, document: Document) -> Seat:
        seat = self._seats.get(document.uid)
        if seat is None:
            seat = self._seats[document.uid] = Seat()
            while len(self._seats) > SEATS:
                self._seats.popitem(last=False)
        if self._clock() >= seat.next_look:
            self._look(seat, document)
            seat.next_look = self._clock() + LOOK_EVERY
        return seat

    def _look(self, seat: Seat, document: Document) -> None:
        key = key_of(document)
        if key and not self._ask("TB_HOLDS", [key], key):
            for name, cells in tables_of(document):
                self._ask("TB_HAND_OVER", [key, name, cells], key)
        state = (key, self._ask("TB_USE", [key], key), document.days_after_excel)
        if state != (seat.key, seat.identity, seat.shift):
            seat.snapshots.clear()
        seat.key, seat.identity, seat.shift = state

    def _of_customer(self, seat: Seat, function: Function, arguments: Sequence[Any]) -> Any:
        customer, options = arguments[0], tuple(arguments[1:])
        if customer == "":
            return ""
        if any(isinstance(one, list) for one in options):
            return WRONG
        snapshots = seat.snapshots.setdefault(function.name, {})
        snapshot = snapshots.get(options)
        if snapshot is None:
            enough = len(snapshots) >= SNAPSHOTS
            snapshot = Snapshot(whole=False) if enough else self._taken(seat, function, options)
            snapshots[options] = snapshot
        known = snapshot.find(customer)
        return self._missed(seat, snapshot, function, arguments) if known is None else known

    def _taken(self, seat: Seat, function: Function, options: tuple[Any, ...]) -> Snapshot:
        chosen = [*options, None, None][:2]
        rows = self._ask("TB_SNAPSHOT", [function.name, *chosen], seat.key)
        if len(rows) == 1 and len(rows[0]) == 1:
            return Snapshot(same=_received(rows[0][0], seat.shift))
        return Snapshot({customer: _received(answer, seat.shift) for customer, answer in rows})

    def _missed(self, seat: Seat, snapshot: Snapshot, function: Function, arguments: Sequence[Any]) -> Any:
        """An id that is not in the snapshot as it stands: trimmed, or unknown, or for tierbook to read."""
        customer = arguments[0]
        plain = typed_id(customer)
        if plain is not None and (plain == "" or plain in ERRORS):
            return plain
        if plain is not None and snapshot.whole:
            found = snapshot.find(plain)
            return UNKNOWN if found is None else found
        rows = self._ask(function.name, arguments, seat.key)
        found = snapshot.answers[customer] = _received(rows, seat.shift)
        return found

    def _forget(self) -> None:
        for seat in self._seats.values():
            seat.forget()

    def _refusal(self, function: Function, trouble: Trouble) -> str:
        return trouble.words(self._sentences) if function.in_words else NO_BOOK


def _argument(argument: Argument, value: Any, shift: float) -> Any:
    if argument.kind == "block":
        return block(value)
    chosen = word(value)
    return chosen + shift if argument.day and isinstance(chosen, float) else chosen


def _received(value: Any, shift: float) -> Any:
    """A value or rows; a table of one cell is that cell, a date the number that this document shows as that day."""
    if isinstance(value, list):
        rows = [[_received(cell, shift) for cell in row] if isinstance(row, list) else [row] for row in value]
        return rows[0][0] if len(rows) == 1 and len(rows[0]) == 1 else rows
    if isinstance(value, dict):
        return value["date"] - shift
    return "" if value is None else value
