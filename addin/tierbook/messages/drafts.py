"""Letters as files a person opens, looks at and sends: one .eml each."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from pathlib import Path

from ..errors import UsageError
from .addresses import one_line
from .mime import NOBODY, mime_of
from .records import Letter
from .settings import MailSettings

LONGEST_NAME = 40
"""Characters of a customer's name in a file's name: 120 octets of Chinese, of 255 a file system takes."""
_UNFIT = re.compile(r'[\\/:*?"<>|.\s]+')
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)", re.IGNORECASE)


def file_name(letter: Letter) -> str:
    """`birthday-张三-3f9c.eml`: readable, fit for every file system, and the same for the same letter."""
    told = hashlib.blake2b(letter.key.encode(), digest_size=4).hexdigest()
    name = _UNFIT.sub("_", one_line(letter.name))[:LONGEST_NAME].strip("_")
    if _RESERVED.fullmatch(name):
        name += "_"
    return f"{_UNFIT.sub('_', letter.topic)}-{name or '_'}-{told}.eml"


def write_drafts(letters: Sequence[Letter], folder: Path, settings: MailSettings | None = None) -> list[Path]:
    """Write each letter as a file of its own; equal letters give equal bytes.

    `X-Unsent` makes Outlook open the file as a letter to be sent; other programs open it to be forwarded or edited
    as new. The sender is left to the program that sends it where no mail server is configured.

    Raises:
        UsageError: the folder cannot be written.
    """
    written = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for letter in letters:
            mail = mime_of(letter, settings or NOBODY, None)
            mail["X-Unsent"] = "1"
            path = folder / file_name(letter)
            part = path.with_suffix(".part")
            part.write_bytes(mail.as_bytes())
            part.replace(path)
            written.append(path)
    except OSError as problem:
        raise UsageError("jobs.cannot_write", path=folder, problem=problem.strerror or problem) from problem
    return written
