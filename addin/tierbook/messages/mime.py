"""A letter as the bytes of a mail."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import TYPE_CHECKING

from .addresses import one_line
from .records import Letter
from .settings import MailSettings

if TYPE_CHECKING:
    from email.message import EmailMessage

NOBODY = MailSettings(host="", sender="")


def mime_of(letter: Letter, settings: MailSettings, moment: dt.datetime | None) -> EmailMessage:
    """The mail, the same bytes for the same letter, settings and moment.

    The Message-ID comes from the letter's key, so that a copy that arrives after all can be told from another letter.
    A letter to a customer says how to stop more of them (RFC 2369); one to our own people that a machine wrote it
    (RFC 3834).

    Args:
        settings: NOBODY for a draft whose sender is who opens it.
        moment: None leaves the date to who sends it.
    """
    from email.headerregistry import Address
    from email.message import EmailMessage
    from email.policy import SMTP as POLICY
    from email.utils import format_datetime

    mail = EmailMessage(policy=POLICY)
    if settings.sender:
        mail["From"] = Address(one_line(settings.sender_name), addr_spec=settings.sender)
    mail["To"] = Address(one_line(letter.name), addr_spec=letter.address)
    if reply_to := letter.reply_to or settings.reply_to:
        mail["Reply-To"] = Address(addr_spec=reply_to)
    mail["Subject"] = one_line(letter.subject)
    if moment is not None:
        mail["Date"] = format_datetime(moment)
    told = hashlib.blake2b(letter.key.encode(), digest_size=12).hexdigest()
    if settings.sender:
        mail["Message-ID"] = f"<{told}@{settings.sender.rpartition('@')[2]}>"
    if not letter.is_marketing:
        mail["Auto-Submitted"] = "auto-generated"
    elif stop := settings.sender or letter.reply_to:
        mail["List-Unsubscribe"] = f"<mailto:{stop}?subject=unsubscribe>"
    _fill(mail, letter, told)
    return mail


def _fill(mail: EmailMessage, letter: Letter, told: str) -> None:
    mail.set_content(letter.plain, cte="base64" if not letter.plain.isascii() else None)
    if letter.html:
        mail.add_alternative(letter.html, subtype="html", cte="base64")
    for each in letter.attachments:
        main, _, sub = each.kind.partition("/")
        mail.add_attachment(each.data, maintype=main, subtype=sub, filename=one_line(each.name))
    for number, part in enumerate(each for each in mail.walk() if each.is_multipart()):
        part.set_boundary(f"=_{told}_{number}")
