"""Make the README's pictures from the demo company: the tier sheet and the dashboard.

    python scripts/make_pictures.py

Needs LibreOffice (soffice) and poppler (pdftoppm, pdftotext). Fonts a Linux machine lacks are replaced by the
nearest it has; look at the pictures before committing them.
"""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tierbook import templates
from tierbook.jobs import Request, demo, refresh

FONTS = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><include ignore_missing="yes">/etc/fonts/fonts.conf</include>
<alias binding="same"><family>Microsoft YaHei</family><prefer><family>Noto Sans CJK SC</family></prefer></alias>
</fontconfig>"""


@dataclass(frozen=True)
class Picture:
    """A page of the demo book, found by the title it starts with; a box of it in pixels (left, top, width, height)."""

    name: str
    title: str
    dots_per_inch: int
    box: tuple[int, int, int, int]


PICTURES = (
    Picture("tiers", "客户分层 ·", 100, (30, 35, 1110, 520)),
    Picture("dashboard", "客户看板 ·", 100, (30, 45, 770, 960)),
)


def main() -> int:
    target = templates.folder() / "pictures"
    target.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        report = demo(folder, "zh-CN")
        book = with_moves(report.book, report.summary.as_of if report.summary else "")
        pages = printed(book, folder)
        for picture in PICTURES:
            print(draw(picture, pages, target))
    return 0


def with_moves(book: Path, as_of: str) -> Path:
    """The demo book, refreshed as of a month earlier and then again, so that there are moves to see."""
    day = dt.date.fromisoformat(as_of)
    for moment in (day - dt.timedelta(days=30), day):
        refresh(Request(as_of=moment, book=book))
    return book


def printed(book: Path, folder: Path) -> Path:
    """The book as PDF."""
    fonts = folder / "fonts.conf"
    fonts.write_text(FONTS, encoding="utf-8")
    command = ["soffice", "--headless", f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--convert-to", "pdf",
               "--outdir", str(folder), str(book)]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True, env={**os.environ, "FONTCONFIG_FILE": str(fonts)})
    return folder / f"{book.stem}.pdf"


def page_of(title: str, pages: Path) -> int:
    """Number of the first page whose text starts with a title."""
    told = subprocess.run(["pdftotext", str(pages), "-"], check=True, capture_output=True, text=True).stdout
    return next(number for number, text in enumerate(told.split("\f"), start=1) if text.lstrip().startswith(title))


def draw(picture: Picture, pages: Path, target: Path) -> Path:
    page = str(page_of(picture.title, pages))
    left, top, width, height = (str(number) for number in picture.box)
    command = ["pdftoppm", "-r", str(picture.dots_per_inch), "-f", page, "-l", page, "-singlefile", "-png", "-x", left,
               "-y", top, "-W", width, "-H", height, str(pages), str(target / picture.name)]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True)
    return target / f"{picture.name}.png"


if __name__ == "__main__":
    sys.exit(main())
