"""A page is one file: nothing runs, nothing is fetched, every text stays text; and a browser shows all of it."""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser

import pytest

from tierbook.pages import Chart, Lines, Page, Panel, Section, Table, Tile, charts, rendered
from tierbook.pages.parts import Cell

HOSTILE = '<img src="http://asked.example/a.png" onerror="alert(1)">&"\''
IMAGE = '<img src="http://asked.example/b.png">'
CSS = "</style><script>1</script>"


def page(name: str = "上海申江精密机械", **changes: object) -> Page:
    rows = [[name, "86.8"], [Cell("低", "#ECF1F6", "#1F2937"), Cell("1", mood=-1)]]
    table = Table([("客户", "name"), ("得分", "right")], rows)
    panels = [
        Panel("层级", [Chart(charts.bars([charts.Bar(name, 12, "12")], title=name), note=name)], 6),
        Panel(name, [table, Lines([name, "第二行"], marked=True), Lines([name])], 6),
        Panel("空", [Table([("客户", "left")], [], "没有客户。")]),
    ]
    given = {"title": f"看板 {name}", "subtitle": name, "tiles": [Tile(name, "303", "较上月 +1.0%", 1)],
             "sections": [Section("要点", panels), Section("", [])], "foot": name, **changes}  # fmt: skip
    return Page("zh-CN", **given)  # type: ignore[arg-type]


class Read(HTMLParser):
    """Elements and visible text of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.words: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        if data.strip() and self.tags[-1] != "style":
            self.words.append(data.strip())


def test_every_part_of_the_page_is_there_once():
    read = Read(rendered(page("张三公司")))
    assert read.words.count("张三公司") == 10  # four around, three of a chart, three of a table
    assert {"303", "较上月 +1.0%", "86.8", "第二行", "没有客户。", "要点"} <= set(read.words)


@pytest.mark.parametrize("name", [HOSTILE, CSS, "{{ 7 * 7 }}", "{% include 'x' %}", "=1+1"])
def test_text_from_outside_stays_text(name):
    plain, hostile = Read(rendered(page())), Read(rendered(page(name)))
    assert hostile.tags == plain.tags
    assert {one for one, _ in hostile.attributes} == {one for one, _ in plain.attributes}
    assert name in [html.unescape(word) for word in hostile.words]


def test_nothing_in_the_page_runs_or_is_fetched():
    text = rendered(page(HOSTILE))
    read = Read(text)
    assert not {"script", "link", "img", "iframe", "object", "form", "base", "a"} & set(read.tags)
    assert not [name for name, _ in read.attributes if name.startswith("on") or name in {"src", "href", "srcset"}]
    style = re.findall(r"<style>(.*?)</style>", text, re.DOTALL)
    assert len(style) == 1
    assert "url(" not in style[0]
    assert "@import" not in style[0]
    assert ("http-equiv", "Content-Security-Policy") in read.attributes
    assert ("content", "default-src 'none'; style-src 'unsafe-inline'") in read.attributes


def test_the_same_page_gives_the_same_text():
    assert rendered(page()) == rendered(page())


def test_a_browser_shows_what_the_page_says_and_asks_nobody(browser, written):
    """Not even where a mistake of ours would put an image there: the page's own policy forbids it."""
    text = rendered(page(HOSTILE))
    seen = Read(browser.dom(written(text.replace("<footer>", f"{IMAGE}<footer>"))))
    assert seen.words == Read(text).words
    assert seen.tags.count("svg") == 1
    assert seen.tags.count("img") == 1
    assert not [line for line in browser.asked if "asked.example" in line]


def test_the_browser_of_these_tests_would_have_asked(browser, written):
    browser.dom(written(f"<body>{IMAGE}</body>"))
    assert [line for line in browser.asked if "asked.example" in line]


def test_the_picture_is_dark_on_white_and_not_blank(browser, written, tmp_path):
    image = pytest.importorskip("PIL.Image")
    shot = image.open(browser.picture(written(rendered(page())), tmp_path / "shot.png", 900, 700)).convert("L")
    counts = shot.histogram()
    assert sum(counts[250:]) / sum(counts) > 0.6  # paper
    assert sum(counts[:110]) / sum(counts) > 0.01  # ink, bars
