"""A page as one HTML file: Jinja2 fills the template of `workbook_templates/pages`, every text escaped."""

from __future__ import annotations

from collections.abc import Callable

from .. import templates
from .parts import Chart, Lines, Page, Table

FONTS: dict[str, str] = {
    "zh-CN": '"Microsoft YaHei", "PingFang SC", "Noto Sans CJK SC", "WenQuanYi Zen Hei", sans-serif',
    "zh-TW": '"Microsoft JhengHei", "PingFang TC", "Noto Sans CJK TC", "WenQuanYi Zen Hei", sans-serif',
    "en": '"Segoe UI", "Helvetica Neue", Arial, "Noto Sans", sans-serif',
}
"""Fonts that are on people's machines; none is fetched."""

POLICY = "default-src 'none'; style-src 'unsafe-inline'"
"""What the page may load: nothing. It stands in the page itself, so a browser refuses even what a mistake would add."""


def rendered(page: Page) -> str:
    """The page as HTML text: one file, no script, nothing to fetch. The same page gives the same text."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    folder = templates.folder() / "pages"
    environment = Environment(
        loader=FileSystemLoader(folder), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True, keep_trailing_newline=True,
    )  # fmt: skip
    environment.tests |= {"chart": _is(Chart), "table": _is(Table), "lines": _is(Lines)}
    style = Markup((folder / "page.css").read_text(encoding="utf-8"))
    template = environment.get_template("page.html")
    return template.render(page=page, style=style, fonts=Markup(FONTS[page.language]), policy=POLICY, drawn=Markup)


def _is(kind: type) -> Callable[[object], bool]:
    return lambda value: isinstance(value, kind)
