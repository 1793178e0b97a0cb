"""What goes along with a figure below its target: who stopped, whom nobody spoke to, what fell, which channel works.

Every line is a count people can check. None of them proves a cause, and the words say so.
"""

from __future__ import annotations

from collections.abc import Callable

from ...engine import date_literal, quoted, text_literal
from ...schema import CHANNELS, TOPICS
from ...scoring.kpi_steps import DETRACTOR
from ...scoring.periods import Period
from ..records import Report
from .quarter import NOW, Quarter
from .records import Shortfall, Target, Told
from .targets import group_name

REACHING = ("phone", "online", "mail", "meeting")
"""Channels by which somebody of ours speaks to a customer; the others are what customers do themselves."""
POINT = 1_000_000
NOTABLE = 0.1
"""Difference of two shares worth a line: ten points."""
TOLD_FALLS = 2


def shortfall_of(report: Report, quarter: Quarter, target: Target) -> Shortfall:
    """The figure with what goes along with it."""
    group = _Group(report, quarter, target)
    causes = [*_OF_FIGURE[target.figure](group), *group.falls()]
    return Shortfall(target, causes, group.channels())


class _Group:
    """The customers a figure is told of, and questions to their facts."""

    def __init__(self, report: Report, quarter: Quarter, target: Target) -> None:
        self.report, self.quarter, self.target = report, quarter, target
        self.engine = report.engine
        self.least = report.model.whole("review_min_customers")
        self.members = self._members()

    def _members(self) -> str:
        if self.target.by == "all":
            return "SELECT customer_id FROM results"
        relation = NOW if self.engine.has(NOW) else "results"
        name = group_name(self.report, self.target.by, self.target.group)
        return f"SELECT customer_id FROM {relation} WHERE {self.target.by} = {text_literal(name)}"

    def buyers(self, span: Period) -> str:
        return f"SELECT DISTINCT customer_id FROM orders WHERE is_return = 0 AND {_within(span)}"

    def reached(self) -> str:
        """Customers somebody of ours spoke to in the two quarters."""
        both = Period(self.quarter.before.start, self.quarter.span.end)
        return f"SELECT DISTINCT customer_id FROM interactions WHERE channel IN {_listed(REACHING)} AND {_within(both)}"

    def complained(self) -> str:
        both = Period(self.quarter.before.start, self.quarter.span.end)
        return f"SELECT DISTINCT customer_id FROM feedback WHERE kind = 'complaint' AND {_within(both)}"

    def stopped(self) -> list[Told]:
        """Of those who bought in the quarter before: who did not in this one, and how they differ from who did."""
        engine, quarter = self.engine, self.quarter
        rows = engine.rows(
            f"""SELECT CASE WHEN again.customer_id IS NULL THEN 0 ELSE 1 END AS stayed, COUNT(*) AS people,
              COALESCE(SUM(money.cents), 0) AS cents, COUNT(reached.customer_id) AS reached,
              COUNT(complained.customer_id) AS complained
            FROM ({self.buyers(quarter.before)}) AS active
            JOIN ({self.members}) AS members ON members.customer_id = active.customer_id
            LEFT JOIN ({self.buyers(quarter.span)}) AS again ON again.customer_id = active.customer_id
            LEFT JOIN ({self.reached()}) AS reached ON reached.customer_id = active.customer_id
            LEFT JOIN ({self.complained()}) AS complained ON complained.customer_id = active.customer_id
            LEFT JOIN (SELECT customer_id, SUM(amount) AS cents FROM orders WHERE {_within(quarter.before)}
              GROUP BY customer_id) AS money ON money.customer_id = active.customer_id
            GROUP BY 1"""
        )
        found = {int(row[0]): [int(value) for value in row[1:]] for row in rows}
        gone, stayed = found.get(0), found.get(1, [0, 0, 0, 0])
        if not gone:
            return []
        told: list[Told] = [
            ("review.cause_stopped", {"count": gone[0], "of": gone[0] + stayed[0],
                                      "share": f"{max(gone[1], 0) / max(gone[1] + stayed[1], 1):.0%}"})
        ]  # fmt: skip
        if stayed[0]:
            for key, place, sign in (("cause_unreached", 2, -1), ("cause_complained", 3, 1)):
                gone_share, stayed_share = gone[place] / gone[0], stayed[place] / stayed[0]
                if sign * (gone_share - stayed_share) >= NOTABLE:
                    told.append((f"review.{key}", {"gone": f"{gone_share:.0%}", "stayed": f"{stayed_share:.0%}"}))
        return told + self.stopped_by_channel()

    def stopped_by_channel(self) -> list[Told]:
        """The order channel most of whose customers stopped, where it is clearly worse than the others."""
        rows = self.engine.rows(
            f"""SELECT used.channel, COUNT(*) AS people, COUNT(*) - COUNT(again.customer_id) AS gone
            FROM (SELECT customer_id, MAX_BY(channel, (n, channel)) AS channel FROM (
              SELECT customer_id, channel, COUNT(DISTINCT order_id) AS n FROM orders
              WHERE is_return = 0 AND channel IS NOT NULL AND {_within(self.quarter.before)}
              GROUP BY customer_id, channel) AS per_channel GROUP BY customer_id) AS used
            JOIN ({self.members}) AS members ON members.customer_id = used.customer_id
            LEFT JOIN ({self.buyers(self.quarter.span)}) AS again ON again.customer_id = used.customer_id
            GROUP BY used.channel ORDER BY used.channel"""
        )
        people, gone = sum(row[1] for row in rows), sum(row[2] for row in rows)
        worst = max((row for row in rows if row[1] >= self.least), key=lambda row: row[2] / row[1], default=None)
        if worst is None or len(rows) < 2 or worst[2] / worst[1] - gone / people < NOTABLE:
            return []
        rate, usual = worst[2] / worst[1], gone / people
        return [("review.cause_channel", {"channel": worst[0], "gone": worst[2], "of": worst[1],
                                          "rate": f"{rate:.0%}", "all": f"{usual:.0%}"})]  # fmt: skip

    def once(self) -> list[Told]:
        """Buyers of the window with one order only, and how many of them nobody spoke to."""
        months = self.report.model.whole("repurchase_months")
        row = self.engine.rows(
            f"""SELECT COUNT(*) AS buyers, COALESCE(SUM(CASE WHEN n = 1 THEN 1 ELSE 0 END), 0) AS once,
              COALESCE(SUM(CASE WHEN n = 1 AND reached.customer_id IS NULL THEN 1 ELSE 0 END), 0) AS unreached
            FROM (SELECT customer_id, COUNT(DISTINCT order_id) AS n FROM orders
              WHERE is_return = 0 AND date <= {date_literal(self.quarter.span.end)}
              AND date > {date_literal(self.quarter.span.end)} - INTERVAL {months} MONTH GROUP BY customer_id) AS bought
            JOIN ({self.members}) AS members ON members.customer_id = bought.customer_id
            LEFT JOIN ({self.reached()}) AS reached ON reached.customer_id = bought.customer_id"""
        )[0]
        buyers, once, unreached = (int(value) for value in row)
        if not once:
            return []
        return [("review.cause_once", {"count": once, "of": buyers, "unreached": f"{unreached / once:.0%}"})]

    def dearer(self) -> list[Told]:
        """The category whose money per order fell most against the quarter before."""
        rows = self.engine.rows(
            f"""SELECT category, COUNT(DISTINCT CASE WHEN {_within(self.quarter.before)} THEN order_id END) AS was,
              COALESCE(SUM(CASE WHEN {_within(self.quarter.before)} THEN amount END), 0) AS cents_was,
              COUNT(DISTINCT CASE WHEN {_within(self.quarter.span)} THEN order_id END) AS orders_now,
              COALESCE(SUM(CASE WHEN {_within(self.quarter.span)} THEN amount END), 0) AS cents_now
            FROM orders JOIN ({self.members}) AS members ON members.customer_id = orders.customer_id
            WHERE is_return = 0 AND category IS NOT NULL GROUP BY category ORDER BY category"""
        )
        fell = [
            (float(cents_was / orders_was - cents_now / orders_now) * int(orders_now), name, cents_was / orders_was,
             cents_now / orders_now)
            for name, orders_was, cents_was, orders_now, cents_now in rows if orders_was and orders_now
        ]  # fmt: skip
        most = max(fell, default=None)
        if most is None or most[0] <= 0:
            return []
        return [("review.cause_category", {"category": most[1], "was": f"{float(most[2]) / 100:,.0f}",
                                           "now": f"{float(most[3]) / 100:,.0f}"})]  # fmt: skip

    def answers(self, kind: str, low: str) -> list[Told]:
        """How many answers were low, and what these customers asked about most."""
        inside = _within(self.quarter.span)
        row = self.engine.rows(
            f"""SELECT COUNT(*) AS answers, COALESCE(SUM(CASE WHEN {low} THEN 1 ELSE 0 END), 0) AS low
            FROM feedback JOIN ({self.members}) AS members ON members.customer_id = feedback.customer_id
            WHERE kind = {text_literal(kind)} AND score IS NOT NULL AND {inside}"""
        )[0]
        if not row[1]:
            return []
        told: list[Told] = [("review.cause_low_answers", {"count": int(row[1]), "of": int(row[0])})]
        topics = self.engine.rows(
            f"""SELECT topic, COUNT(*) AS asked FROM interactions
            WHERE topic IS NOT NULL AND {inside} AND customer_id IN (
              SELECT customer_id FROM feedback WHERE kind = {text_literal(kind)} AND {low} AND {inside})
              AND customer_id IN ({self.members})
            GROUP BY topic ORDER BY asked DESC, topic LIMIT 1"""
        )
        if topics:
            told.append(("review.cause_topic", {"topic": topic_name(self.report, topics[0][0]),
                                                "count": int(topics[0][1])}))  # fmt: skip
        return told

    def prospects(self) -> list[Told]:
        """Known customers without an order before the quarter: how many of them nobody spoke to."""
        first = date_literal(self.quarter.span.start)
        row = self.engine.rows(
            f"""SELECT COUNT(*) AS people, COUNT(*) - COUNT(reached.customer_id) AS unreached
            FROM (SELECT customer_id FROM results WHERE customer_id NOT IN (
              SELECT customer_id FROM orders WHERE is_return = 0 AND date < {first})) AS waiting
            LEFT JOIN ({self.reached()}) AS reached ON reached.customer_id = waiting.customer_id"""
        )[0]
        if not row[0]:
            return []
        return [("review.cause_prospects", {"count": int(row[0]), "unreached": f"{int(row[1]) / int(row[0]):.0%}"})]

    def falls(self) -> list[Told]:
        """The indicators whose points fell most since the quarter began, a customer on average."""
        if not self.engine.has(NOW):
            return []
        keys = [line.indicator for line in self.report.model.main_card.lines]
        sums = ", ".join(
            f"SUM(COALESCE(why_points.{quoted(key)}, 0)) - SUM(COALESCE(was.{quoted(key)}, 0))" for key in keys
        )
        row = self.engine.rows(
            f"""SELECT COUNT(*) AS people, {sums} FROM why_points
            JOIN {NOW} AS was ON was.customer_id = why_points.customer_id
            JOIN ({self.members}) AS members ON members.customer_id = why_points.customer_id"""
        )[0]
        if not row[0]:
            return []
        means = sorted((int(total or 0) / int(row[0]) / POINT, key) for total, key in zip(row[1:], keys, strict=True))
        return [
            ("review.cause_fell", {"indicator": self.report.indicator_title(key), "points": f"{mean:+.1f}"})
            for mean, key in means[:TOLD_FALLS] if mean <= -NOTABLE
        ]  # fmt: skip

    def channels(self) -> list[Told]:
        """Another channel after which more customers ordered than after the one used most; only where both are used."""
        days = self.report.model.whole("review_outcome_days")
        rows = self.engine.rows(
            f"""SELECT spoken.channel AS channel, COUNT(*) AS people, COUNT(later.customer_id) AS ordered
            FROM (SELECT customer_id, channel, MIN(date) AS day FROM interactions
              WHERE channel IN {_listed(REACHING)} AND {_within(self.quarter.span)}
              GROUP BY customer_id, channel) AS spoken
            JOIN ({self.members}) AS members ON members.customer_id = spoken.customer_id
            LEFT JOIN (SELECT DISTINCT customer_id, date FROM orders WHERE is_return = 0) AS later
              ON later.customer_id = spoken.customer_id AND later.date > spoken.day
              AND later.date <= spoken.day + INTERVAL {days} DAY
            WHERE spoken.day + INTERVAL {days} DAY <= {date_literal(self.quarter.as_of)}
            GROUP BY spoken.channel, spoken.customer_id"""
        )
        people: dict[str, list[int]] = {}
        for channel, _, ordered in rows:
            counted = people.setdefault(channel, [0, 0])
            counted[0] += 1
            counted[1] += 1 if ordered else 0
        used = max(people, key=lambda one: (people[one][0], one), default="")
        others = [one for one in people if one != used and people[one][0] >= self.least]
        best = max(others, key=lambda one: (people[one][1] / people[one][0], one), default="")
        if not best or people[used][0] < self.least:
            return []
        was, could = people[used][1] / people[used][0], people[best][1] / people[best][0]
        if could - was < NOTABLE:
            return []
        return [("review.advice_channel", {
            "used": channel_name(self.report, used), "used_count": people[used][0], "used_share": f"{was:.0%}",
            "best": channel_name(self.report, best), "best_count": people[best][0], "best_share": f"{could:.0%}",
            "days": days,
        })]  # fmt: skip


def _low_csat(group: _Group) -> str:
    return f"score <= {group.report.model.param('low_csat')}"


_OF_FIGURE: dict[str, Callable[[_Group], list[Told]]] = {
    "retention": _Group.stopped,
    "repurchase": _Group.once,
    "aov_growth": _Group.dearer,
    "csat": lambda group: group.answers("csat", _low_csat(group)),
    "nps": lambda group: group.answers("nps", f"score <= {DETRACTOR}"),
    "conversion": _Group.prospects,
}


def _within(span: Period) -> str:
    return f"date BETWEEN {date_literal(span.start)} AND {date_literal(span.end)}"


def _listed(keys: tuple[str, ...]) -> str:
    return "(" + ", ".join(text_literal(key) for key in keys) + ")"


def channel_name(report: Report, key: str) -> str:
    return next((one.name.of(report.language) for one in CHANNELS if one.key == key), key)


def topic_name(report: Report, key: str) -> str:
    return next((one.name.of(report.language) for one in TOPICS if one.key == key), key)
