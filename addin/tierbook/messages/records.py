"""What goes out to whom, what stays behind and why, and what became of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Channel = Literal["mail", "sms"]
CHANNELS: tuple[Channel, ...] = ("mail", "sms")

State = Literal["sent", "refused", "later", "unsure", "stopped"]
"""sent: the server took it; refused: it never will, for this address; later: it may take it another time; unsure: the
line broke after the letter was handed over; stopped: the run ended before its turn."""


@dataclass(frozen=True)
class Contact:
    """A customer as a letter needs it. Mail addresses and phones are in the kept form, the first one first."""

    customer_id: str
    name: str
    person: str
    emails: Sequence[str]
    phones: Sequence[str]
    opt_out: bool = False


@dataclass(frozen=True)
class Person:
    """Somebody of 人员. `a_day` is how many tasks a day are theirs, 0 where nobody said."""

    name: str
    email: str
    boss: str
    a_day: int = 0


@dataclass(frozen=True)
class Attachment:
    """A file that goes with a letter; `kind` is its media type."""

    name: str
    kind: str
    data: bytes


@dataclass(frozen=True)
class Letter:
    """A mail, complete but for its sender.

    Args:
        key: what never goes out twice.
        topic: the template it was made from; "digest" for people of the house.
        address: one address, checked.
        reply_to: "" leaves it to the settings.
        day: it is not for an earlier day; None: any.
        last: nor for a later one.
    """

    key: str
    topic: str
    name: str
    address: str
    subject: str
    plain: str
    html: str = ""
    reply_to: str = ""
    customer_id: str = ""
    task_id: str = ""
    day: dt.date | None = None
    last: dt.date | None = None
    attachments: Sequence[Attachment] = ()
    content: str = ""
    """Equal for letters of two books that tell a person the same; "" where that cannot be."""

    @property
    def is_marketing(self) -> bool:
        return bool(self.customer_id)


@dataclass(frozen=True)
class SmsText:
    """A text message for a provider's list."""

    key: str
    topic: str
    name: str
    phone: str
    text: str
    customer_id: str
    task_id: str
    day: dt.date | None = None
    last: dt.date | None = None


@dataclass(frozen=True)
class Left:
    """A message that was not made: why, by the label `messages.left_<why>`, and the value that stood in the way."""

    why: str
    key: str
    topic: str
    name: str
    customer_id: str = ""
    value: str = ""


@dataclass(frozen=True)
class Delivery:
    """What became of a letter: the server's code and words, and how often it was tried."""

    letter: Letter
    state: State
    code: int = 0
    reply: str = ""
    tries: int = 1
