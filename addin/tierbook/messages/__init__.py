"""Mail and text messages: letters from templates, drafts, the SMS list, digests, sending, the log of what went out."""

from .addresses import Address, address_of, is_mobile
from .compose import Letters, letters_for
from .log import SentLog, open_log
from .records import Contact, Delivery, Left, Letter, Person, SmsText
from .settings import MailSettings, MessageSettings, read_settings
from .smtp import send_all
from .topics import Topic, topics_in

__all__ = [
    "Address",
    "Contact",
    "Delivery",
    "Left",
    "Letter",
    "Letters",
    "MailSettings",
    "MessageSettings",
    "Person",
    "SentLog",
    "SmsText",
    "Topic",
    "address_of",
    "is_mobile",
    "letters_for",
    "open_log",
    "read_settings",
    "send_all",
    "topics_in",
]
