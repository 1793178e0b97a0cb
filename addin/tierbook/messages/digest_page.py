"""A digest as a letter: subject, plain text and HTML from the templates beside those for customers."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from .. import templates
from ..labels import Language, text
from .addresses import address_of
from .digest import Digest, RepLine
from .records import Attachment, Letter

FONT = "'Microsoft YaHei','PingFang SC','Noto Sans CJK SC',Arial,sans-serif"
KEY = "digest"
_BLANK = re.compile(r"\n{3,}")


def letter_of(digest: Digest, language: Language, book: str, attachments: Sequence[Attachment] = ()) -> Letter | None:
    """The mail; None where the person has no address that can be one."""
    address = address_of(digest.person.email)
    if address is None:
        return None
    return Letter(
        key=f"{KEY}:{digest.person.name}:{digest.day.isoformat()}",
        topic=KEY,
        name=digest.person.name,
        address=str(address),
        subject=subject_of(digest, language),
        plain=rendered("digest.txt", digest, language, book),
        html=rendered("digest.html", digest, language, book),
        attachments=attachments,
        content=hashlib.blake2b(rendered("digest.txt", digest, language, "").encode(), digest_size=8).hexdigest(),
    )


def subject_of(digest: Digest, language: Language) -> str:
    """`11-02（周一）今日 8 件，逾期 2 件，流失预警 3 位`: what is nothing is not told."""
    say = speaker(language)
    counts = {
        "today": digest.today.count,
        "late": digest.late.count,
        "escalated": digest.escalated.count,
        "team_late": sum(row.late for row in digest.team.rows if isinstance(row, RepLine)),
        "risks": digest.risks.count,
        "moves": digest.moves.count,
    }
    told = [say(f"digest_in_{key}", count=count) for key, count in counts.items() if count]
    return say("digest_subject", day=day_words(digest, language), told=say("digest_between").join(told[:3]))


def day_words(digest: Digest, language: Language) -> str:
    weekday = text("messages.weekdays", language).split()[digest.day.weekday()]
    return text("messages.digest_day", language, day=f"{digest.day:%m-%d}", weekday=weekday)


def speaker(language: Language) -> Callable[..., str]:
    return lambda key, **values: text(f"messages.{key}", language, **values)


def rendered(name: str, digest: Digest, language: Language, book: str) -> str:
    """A template filled; in the one for HTML every text is escaped."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    folder: Path = templates.folder() / "messages" / "digest"
    environment = Environment(
        loader=FileSystemLoader(folder),
        autoescape=name.endswith(".html"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["money"] = lambda value: "" if value is None else f"{value:,.0f}"
    environment.filters["percent"] = lambda value: "" if value is None else f"{value:.0%}"
    values: dict[str, Any] = {
        "digest": digest, "say": speaker(language), "day": day_words(digest, language), "book": book, "font": FONT,
    }  # fmt: skip
    told = environment.get_template(name).render(values)
    return told if name.endswith(".html") else _BLANK.sub("\n\n", told).strip() + "\n"
