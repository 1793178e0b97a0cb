"""The quarterly review as a page: what its sheets say, in the order of a meeting."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..labels import text
from ..publish import theme
from ..publish.review.records import TARGETS, Return, Review, Target
from ..publish.review.returns import money_columns
from ..publish.review.targets import group_name
from ..publish.review.words import (
    SHARES,
    basis_line,
    figure_name,
    figure_text,
    groups_in_order,
    headlines,
    of_group,
    said,
)
from ..publish.sheet_review import FINE, review_rows
from ..publish.sheet_review_actions import interval_text, parted, parts_line
from . import charts
from .charts import WIDE, Series
from .dashboard_page import foot
from .kpi_panels import tier_lines
from .page import rendered
from .parts import Cell, Chart, Lines, Page, Panel, Section, Table, Tile
from .words import count, money, percent, plain

if TYPE_CHECKING:
    from ..backtest.records import Estimate
    from ..publish import Report

DRAWN = ("retention", "repurchase", "aov", "csat")
UNJUDGED = 2
"""Mood of a figure too few customers stand behind: grey."""
WORDS = ("family_figure", "family_tier", "family_stage")
"""Kinds of definitions the page tells; the book has them all."""


class _Said:
    def __init__(self, report: Report) -> None:
        self.language = report.language

    def __call__(self, key: str, **values: object) -> str:
        return text(f"review.{key}", self.language, **values)


def review_html(report: Report, review: Review) -> str:
    """A review as HTML text."""
    return rendered(review_page(report, review))


def review_page(report: Report, review: Review) -> Page:
    say, quarter = _Said(report), review.quarter
    subtitle = say("summary_hint", start=quarter.span.start.isoformat(), end=quarter.span.end.isoformat(),
                   as_of=quarter.as_of.isoformat(), params=text("sheets.model_params", report.language))  # fmt: skip
    return Page(
        report.language,
        say("summary_title", quarter=quarter.name),
        subtitle,
        _tiles(report, review),
        [
            Section(say("headline_heading"), [Panel("", [Lines(headlines(report, review), marked=True)])]),
            Section(
                say("targets_heading"),
                [Panel("", [Lines([basis_line(report, review), _note(report)]), _targets(report, review)])],
            ),
            Section(say("shortfalls_heading"), [_shortfalls(report, review)]),
            Section(say("trends_title"), _trends(report, review)),
            Section(say("moves_heading", day=quarter.eve.isoformat()), [_moves(report, review)]),
            Section(say("actions_title"), [_actions(report, review), _tags(report, review)]),
            Section(say("people_title"), [_people(report, review), _returns(report, review)]),
            Section(say("journey_title"), [_journey(report, review)]),
            Section(text("pages.rule_health", report.language), [_health(report)]),
            Section(say("words_title"), [_words(report, review)]),
        ],
        foot(report),
    )


def _tiles(report: Report, review: Review) -> list[Tile]:
    """The figures of all customers, against their targets."""
    say = _Said(report)
    told = [one for one in review.targets if one.by == "all"]
    return [
        Tile(figure_name(report, one.figure), figure_text(one.figure, one.value),
             say("target_is", value=figure_text(one.figure, one.goal)), 0 if one.met is None else 1 if one.met else -1)
        for one in told
    ]  # fmt: skip


def _targets(report: Report, review: Review) -> Table:
    say = _Said(report)
    told = {(one.by, one.group, one.figure): one for one in review.targets}
    heads = [(say("group"), "name"), *((figure_name(report, figure), "right") for figure in TARGETS)]
    rows: list[list[str | Cell]] = []
    for by, group in groups_in_order(review.targets):
        name = group_name(report, by, group) or say("everybody")
        rows.append([name, *(_target_cell(told.get((by, group, figure))) for figure in TARGETS)])
    return Table(heads, rows)


def _note(report: Report) -> str:
    return _Said(report)("targets_note", least=report.model.whole("review_min_customers"))


def _target_cell(one: Target | None) -> Cell:
    if one is None or one.value is None:
        return Cell("–")
    shown = figure_text(one.figure, one.value)
    if one.before is not None:
        gap = (one.value - one.before) * (100 if one.figure in SHARES else 1)
        places = 2 if one.figure == "csat" else 0
        shown += f"  ({round(gap, places) + 0.0:+.{places}f})"
    return Cell(shown, mood={True: 0, False: -1, None: UNJUDGED}[one.met])


def _shortfalls(report: Report, review: Review) -> Panel:
    say = _Said(report)
    if not review.shortfalls:
        return Panel("", [Lines([say("shortfalls_none")])])
    heads = [(say("group"), "name"), (say("figure"), "name"), (say("value"), "right"), (say("goal"), "right"),
             (say("causes"), "left"), (say("advice"), "left")]  # fmt: skip
    rows: list[list[str | Cell]] = [
        [of_group(report, one.target), figure_name(report, one.target.figure),
         Cell(figure_text(one.target.figure, one.target.value), mood=-1),
         figure_text(one.target.figure, one.target.goal),
         say("and_then").join(said(report, each) for each in one.causes),
         " ".join(said(report, each) for each in one.advice)]
        for one in review.shortfalls
    ]  # fmt: skip
    return Panel("", [Lines([say("shortfalls_note")]), Table(heads, rows)])


def _trends(report: Report, review: Review) -> list[Panel]:
    say = _Said(report)
    over = [one for one in review.months if one.whole]
    largest = max((one.revenue / 100 for one in over), default=0.0)
    values = [one.revenue / 100 for one in over]
    labels = [money(value, report.language, largest=largest) for value in values]
    times = [one.start.isoformat()[2:7] for one in over]
    named = text("pages.trend_all", report.language, figure=figure_name(report, "revenue"))
    line = Series(say("everybody"), values, labels, theme.NAVY)

    def shown(value: float) -> str:
        return money(value, report.language, largest=largest)

    revenue = Panel(named, [Chart(charts.lines([line], times, width=WIDE, height=200, title=named, shown=shown))])
    return [revenue, *(tier_lines(report, review.months_by_tier, figure) for figure in DRAWN)]


def _moves(report: Report, review: Review) -> Panel:
    say = _Said(report)
    if not review.migration:
        return Panel("", [Lines([say("moves_unknown")])])
    names = report.tier_names
    heads = [(say("tier_then"), "name"), *((f"→ {name}", "center") for name in names),
             (text("publish.gone", report.language), "center")]  # fmt: skip
    rows: list[list[str | Cell]] = []
    for place, (name, counts, gone) in enumerate(review.migration):
        cells: list[str | Cell] = [name or say("newcomers")]
        for at, moved in enumerate(counts):
            if name and at == place:
                cells.append(Cell(count(moved), theme.NAVY_SOFT, theme.INK))
            else:
                mood = 0 if not moved or not name else 1 if at < place else -1
                cells.append(Cell(count(moved) if moved else "", mood=mood))
        rows.append([*cells, count(gone) if gone else ""])
    return Panel("", [Lines([say("moves_note")]), Table(heads, rows)])


def _actions(report: Report, review: Review) -> Panel:
    say = _Said(report)
    hint = say("actions_hint", days=review.outcome_days)
    if not review.outcomes:
        tasks = text("sheets.tasks", report.language)
        none = say("actions_none", days=review.outcome_days, finished=review.finished, tasks=tasks)
        return Panel("", [Lines([hint, none])])
    heads = [(say("action"), "left"), (say("done"), "right"), (say("done_share"), "right"), (say("waiting"), "right"),
             (say("waiting_share"), "right"), (say("difference"), "right"), (say("verdict"), "name")]  # fmt: skip
    moods = {"better": 1, "worse": -1}
    rows: list[list[str | Cell]] = [
        [one.action, count(one.done), _share(one.done_share), count(one.waiting), _share(one.waiting_share),
         "–" if one.difference is None else f"{one.difference.value * 100:+.0f} ({one.difference.low * 100:+.0f} – "
         f"{one.difference.high * 100:+.0f})",
         Cell(say(f"verdict_{one.verdict}"), mood=moods.get(one.verdict, 0))]
        for one in review.outcomes
    ]  # fmt: skip
    return Panel("", [Lines([hint]), Table(heads, rows)])


def _share(one: Estimate | None) -> str:
    return "–" if one is None else f"{one.value:.0%} ({interval_text(one)})"


def _tags(report: Report, review: Review) -> Panel:
    say = _Said(report)
    heading = say("tags_heading")
    if not review.suggested:
        return Panel(heading, [Lines([say("tags_none")])])
    most = max(max(one.mean, one.mean_others) for one in review.suggested)
    heads = [(say(key), align) for key, align in (
        ("rule", "left"), ("customers", "right"), ("share", "right"), ("mean", "right"), ("mean_others", "right"),
        ("chance", "right"))]  # fmt: skip
    rows = [[one.rule, count(one.customers), percent(one.share), money(one.mean, report.language, largest=most),
             money(one.mean_others, report.language, largest=most), percent(one.chance, 0)]
            for one in review.suggested]  # fmt: skip
    note = say("tags_note", sheet=text("sheets.model_tags", report.language))
    return Panel(heading, [Lines([note]), Table(heads, rows)])


def _people(report: Report, review: Review) -> Panel:
    say = _Said(report)
    heads = [(say(key), align) for key, align in (
        ("owner", "name"), ("points", "right"), ("customers", "right"), ("kept", "right"),
        ("figure_retention", "right"), ("revenue", "right"), ("growth", "right"), ("figure_csat", "right"),
        ("on_time", "right"))]  # fmt: skip
    rows = [
        [one.owner, plain(one.points), count(one.customers), count(one.kept), percent(one.retention, 0),
         money(one.revenue, report.language), "–" if one.growth is None else f"{one.growth:+.0%}", plain(one.csat, 2),
         f"{one.on_time} / {one.due}"]
        for one in review.people
    ]  # fmt: skip
    nobody = say("people_none", tier=report.tier_names[0])
    return Panel(say("people_heading"), [Table(heads, rows, nobody), Lines([parts_line(report)])])


def _returns(report: Report, review: Review) -> Panel:
    say = _Said(report)
    groups, channels = parted(review.returns)
    lines = [say("returns_note")]
    if any(one.contacts and one.spent is None for one in review.returns):
        lines.append(say("returns_no_cost", params=text("sheets.model_params", report.language)))
    content: list[Chart | Table | Lines] = [_return_table(report, "group", groups), Lines(lines)]
    if channels:
        content += [_return_table(report, "channel", channels), Lines([say("channels_note", days=review.outcome_days)])]
    return Panel(say("returns_heading"), content)


def _return_table(report: Report, first: str, returns: Sequence[Return]) -> Table:
    say, language, known = _Said(report), report.language, money_columns(report.model)
    brought = "revenue_contact" if first == "channel" else "revenue"
    keys = [first, "customers", brought, "margin", "contacts", "margin_each", *known]
    most = max((one.revenue for one in returns), default=0.0)
    rows = []
    for one in returns:
        each = one.margin / one.contacts if one.margin is not None and one.contacts else None
        spent = {"spent": money(one.spent, language), "benefits": money(one.benefits, language),
                 "roi": percent(one.roi, 0)}  # fmt: skip
        rows.append([
            group_name(report, one.by, one.group), count(one.customers), money(one.revenue, language, largest=most),
            money(one.margin, language, largest=most), count(one.contacts), money(each, language),
            *(spent[key] for key in known),
        ])  # fmt: skip
    return Table([(say(key), "name" if key == first else "right") for key in keys], rows)


def _journey(report: Report, review: Review) -> Panel:
    say = _Said(report)
    heads = [(say(key), align) for key, align in (
        ("stage", "name"), ("customers", "right"), ("share", "right"), ("came", "right"), ("went", "right"),
        ("went_to", "left"), ("figure_csat", "right"), ("topic", "name"), ("pains", "left"))]  # fmt: skip
    rows = [
        [one.name, count(one.customers), percent(one.share, 0), count(one.came), count(one.went), one.went_to,
         plain(one.csat, 2), one.topic or "–",
         say("and_then").join(said(report, each) for each in one.pains) or say("no_pain")]
        for one in review.journey
    ]  # fmt: skip
    return Panel("", [Table(heads, rows)])


def _health(report: Report) -> Panel:
    """Only what asks for another look; the sheet 复盘 lists everything."""
    language = report.language
    fine = text(f"publish.{FINE}", language)
    heads = [(text(f"publish.{key}", language), align) for key, align in (
        ("family", "name"), ("name", "name"), ("customers", "right"), ("share", "right"),
        ("verdict", "name"))]  # fmt: skip
    rows: list[list[str | Cell]] = [[str(row[0]), str(row[1]), count(float(str(row[2]))), percent(float(str(row[3]))),
             Cell(str(row[5]), mood=-1)] for row in review_rows(report) if row[5] != fine]  # fmt: skip
    return Panel("", [Table(heads, rows, text("pages.rules_fine", language))])


def _words(report: Report, review: Review) -> Panel:
    say = _Said(report)
    kinds = {say(key) for key in WORDS}
    heads = [(say("name"), "name"), (say("meaning"), "left"), (say("in_force"), "left")]
    rows = [[one.name, one.meaning, one.value] for one in review.definitions if one.family in kinds]
    more = len(review.definitions) - len(rows)
    return Panel("", [Table(heads, rows), Lines([text("pages.and_more", report.language, count=more)])])
