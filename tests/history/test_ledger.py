"""The ledger in SQLite and in PostgreSQL: any day reads back as it was kept."""

from __future__ import annotations

import datetime as dt

import pytest

from tierbook.history import Entry, KpiKept, ModelKept, MoveKept, Standing, keeping, open_ledger
from tierbook.history.numbers import NOTHING

from .nights import DAY, POINT, SCOPE, day, night, task


def test_a_day_reads_back_as_the_last_run_up_to_it_left_it(place: str) -> None:
    with open_ledger(place) as ledger:
        ledger.keep(night(0, {"1001": ("vip", 90), "1002": ("low", 10)}))
        ledger.keep(night(5, {"1001": ("vip", 88), "1003": ("mid", 55)}))
        assert ledger.standings(SCOPE, day(-1)) == {}
        assert ledger.standings(SCOPE, day(4)) == {
            "1001": Standing("1001", "vip", 90 * POINT, "main", "active", "张伟"),
            "1002": Standing("1002", "low", 10 * POINT, "main", "active", "张伟"),
        }
        assert ledger.standings(SCOPE, day(99)) == {
            "1001": Standing("1001", "vip", 88 * POINT, "main", "active", "张伟"),
            "1003": Standing("1003", "mid", 55 * POINT, "main", "active", "张伟"),
        }
        assert ledger.facts(SCOPE, day(5)) == {"1001": {"orders": 12}, "1003": {"orders": 7}}
        assert ledger.points(SCOPE, day(0)) == {"1001": {"recency_days": 2_700_000}, "1002": {"recency_days": 300_000}}
        assert [run.as_of for run in ledger.runs(SCOPE)] == [day(0), day(5)]


def test_the_same_run_again_writes_nothing(place: str) -> None:
    told = night(0, {"1001": ("vip", 90)}, tasks=[task(1)])
    with open_ledger(place) as ledger:
        first = ledger.keep(told)
        counts = ledger.counts()
        again = ledger.keep(told)
        assert (first.is_new, first.stood, first.tasks) == (True, 1, 1)
        assert not again.is_new
        assert again.run == first.run
        assert ledger.counts() == counts


def test_a_status_typed_later_the_same_day_is_kept_though_facts_and_rules_are_the_same(place: str) -> None:
    with open_ledger(place) as ledger:
        for status, result in (("open", ""), ("doing", "占线"), ("done", "已下单")):
            ledger.keep(night(0, {"1001": ("vip", 90)}, tasks=[task(1, status, result=result)]))
        events = ledger.task_events(SCOPE)
        assert [(event.task.status, event.task.result, event.is_new) for event in events] == [
            ("open", "", True),
            ("doing", "占线", False),
            ("done", "已下单", False),
        ]
        assert {event.day for event in events} == {DAY}
        assert ledger.tasks(SCOPE) == [task(1, "done", result="已下单")]


def test_a_task_that_left_the_list_stays_as_it_was_last_seen(place: str) -> None:
    with open_ledger(place) as ledger:
        ledger.keep(night(0, {"1001": ("vip", 90)}, tasks=[task(1), task(2, "done", closed=DAY, escalated="周主管")]))
        ledger.keep(night(1, {"1001": ("vip", 90)}, tasks=[task(1)]))
        assert ledger.tasks(SCOPE) == [task(1), task(2, "done", closed=DAY, escalated="周主管")]
        assert ledger.task_events(SCOPE, since=DAY) == []
        assert [event.task.task_id for event in ledger.task_events(SCOPE, until=DAY, task_id="T2")] == ["T2"]


def test_a_run_of_an_earlier_day_takes_its_place_and_leaves_the_later_ones_as_they_were(place: str) -> None:
    with open_ledger(place) as ledger:
        ledger.keep(night(0, {"1001": ("vip", 90), "1002": ("low", 10)}))
        ledger.keep(night(6, {"1001": ("low", 20), "1003": ("low", 11)}, tasks=[task(1)]))
        later = (ledger.standings(SCOPE, day(6)), ledger.facts(SCOPE, day(6)), ledger.points(SCOPE, day(6)))
        ledger.keep(night(3, {"1001": ("mid", 50), "1002": ("mid", 60), "1004": ("vip", 99)}, tasks=[task(2)]))
        assert (ledger.standings(SCOPE, day(6)), ledger.facts(SCOPE, day(6)), ledger.points(SCOPE, day(6))) == later
        assert {one: at.tier for one, at in ledger.standings(SCOPE, day(4)).items()} == {
            "1001": "mid", "1002": "mid", "1004": "vip",
        }  # fmt: skip
        assert {one: at.tier for one, at in ledger.standings(SCOPE, day(2)).items()} == {"1001": "vip", "1002": "low"}
        assert [one.task_id for one in ledger.tasks(SCOPE)] == ["T1"]  # tasks are those of today
        assert [run.as_of for run in ledger.runs(SCOPE)] == [day(0), day(3), day(6)]


def test_changes_tell_who_came_went_or_moved_between_two_days(place: str) -> None:
    with open_ledger(place) as ledger:
        ledger.keep(night(0, {"1001": ("vip", 90), "1002": ("low", 10), "1003": ("mid", 50)}))
        ledger.keep(night(1, {"1001": ("low", 12), "1003": ("mid", 51), "1004": ("low", 1)}))
        found = {one.customer_id: (one.before and one.before.tier, one.after and one.after.tier)
                 for one in ledger.changes(SCOPE, day(0), day(1))}  # fmt: skip
        assert found == {"1001": ("vip", "low"), "1002": ("low", None), "1004": (None, "low")}
        assert ledger.changes(SCOPE, day(1), day(9)) == []


def test_moves_of_a_day_are_those_its_last_run_told(place: str) -> None:
    fell = MoveKept("1001", "vip", "mid", 90, 60, "[]", "[]")
    fell_more = MoveKept("1001", "vip", "low", 90, 10, '[["aov",-5]]', '[["late_return",1,-100]]')
    with open_ledger(place) as ledger:
        ledger.keep(night(0, {"1001": ("vip", 90)}))
        ledger.keep(night(1, {"1001": ("mid", 60)}, moves=[fell]))
        ledger.keep(night(1, {"1001": ("low", 10)}, moves=[fell_more], data="a late return"))
        assert ledger.moves(SCOPE, day(0), day(1)) == [(day(1), fell_more)]
        assert ledger.moves(SCOPE, day(1), day(9)) == []
        stays = ledger.customer(SCOPE, "1001").stays
        assert [(stay.standing.tier, stay.move) for stay in stays] == [("vip", None), ("mid", fell), ("low", fell_more)]


def test_a_customer_no_longer_scored_has_an_end_in_its_history(place: str) -> None:
    with open_ledger(place) as ledger:
        ledger.keep(night(0, {"1001": ("vip", 90), "1002": ("low", 1)}, tasks=[task(1, customer="1002")]))
        ledger.keep(night(1, {"1001": ("vip", 91)}))
        gone = ledger.customer(SCOPE, "1002")
        assert [(stay.day, stay.standing and stay.standing.tier) for stay in gone.stays] == [
            (day(0), "low"), (day(1), None),
        ]  # fmt: skip
        assert [event.task.task_id for event in gone.events] == ["T1"]
        assert ledger.customer(SCOPE, "9999") is None
        assert ledger.nearest(SCOPE, "100") == ["1002", "1001"]


def test_a_figure_of_a_period_is_the_last_word_and_any_day_remembers_its_own(place: str) -> None:
    def kpi(values: str, by: str = "all", group: str = "") -> KpiKept:
        return KpiKept(by, group, "week", day(0), day(6), values)

    with open_ledger(place) as ledger:
        ledger.keep(night(0, {"1001": ("vip", 90)}, kpis=[kpi("1"), kpi("7", "tier", "vip")]))
        ledger.keep(night(1, {"1001": ("vip", 91)}, kpis=[kpi("2"), kpi("7", "tier", "vip")]))
        ledger.keep(night(2, {"1001": ("vip", 92)}, kpis=[kpi("2"), kpi("7", "tier", "vip")]))
        assert ledger.counts()["kpi"] == 2, "a run that says nothing new of them keeps nothing"
        assert ledger.kpi_series(SCOPE) == [kpi("2"), kpi("7", "tier", "vip")]
        assert ledger.kpi_series(SCOPE, by="all", period="week", as_of=day(0)) == [kpi("1")]
        assert ledger.kpi_series(SCOPE, since=day(7)) == []


def test_rules_are_kept_once_whatever_number_of_runs_they_score(place: str) -> None:
    rules = ModelKept("rules", "2026.1", "key = 'general'", DAY, "王经理", DAY)
    with open_ledger(place) as ledger:
        ledger.keep(night(0, {"1001": ("vip", 90)}, model=rules))
        ledger.keep(night(1, {"1001": ("vip", 91)}, model=rules))
        assert ledger.models(SCOPE) == [rules]


def test_an_entry_once_added_never_changes(place: str) -> None:
    earned, spent = Entry("order-1", DAY, "1001", '{"points":120}'), Entry("gift-1", day(1), "1001", '{"points":-50}')
    with open_ledger(place) as ledger:
        assert ledger.add_entries(SCOPE, "points", [earned, earned]) == [earned]
        assert ledger.add_entries(SCOPE, "points", [Entry("order-1", DAY, "1001", "{}"), spent]) == [spent]
        assert ledger.add_entries(SCOPE, "messages", [earned]) == [earned]
        assert ledger.entries(SCOPE, "points") == [earned, spent]
        assert ledger.entries(SCOPE, "points", customer_id="1002") == []
        assert ledger.customer(SCOPE, "1001").entries == {"messages": [earned], "points": [earned, spent]}


def test_two_books_in_one_ledger_know_nothing_of_each_other(place: str) -> None:
    with open_ledger(place) as ledger:
        ledger.keep(night(0, {"1001": ("vip", 90)}, tasks=[task(1)]))
        ledger.keep(night(0, {"1001": ("low", 9)}, scope="华东", tasks=[task(1, "done")]))
        assert ledger.scopes() == sorted([SCOPE, "华东"])
        assert ledger.standings(SCOPE, DAY)["1001"].tier == "vip"
        assert ledger.standings("华东", DAY)["1001"].tier == "low"
        assert ledger.tasks(SCOPE)[0].status == "open"
        assert ledger.runs("华北") == []
        assert ledger.standings("华北", DAY) == {}


def test_quotes_lines_and_formulas_in_what_people_typed_come_back_as_typed(place: str) -> None:
    typed = "=HYPERLINK('x')\n第二行 \"引号\" '; DROP TABLE run; -- 🙂"
    with open_ledger(place) as ledger:
        ledger.keep(night(0, {"o'neil": ("vip", 90)}, tasks=[task(1, "done", customer="o'neil", result=typed)]))
        assert ledger.tasks(SCOPE)[0].result == typed
        assert list(ledger.standings(SCOPE, DAY)) == ["o'neil"]


def test_a_moment_of_the_clock_is_kept_in_utc(place: str) -> None:
    shanghai = dt.timezone(dt.timedelta(hours=8))
    with open_ledger(place, clock=lambda: dt.datetime(2026, 10, 2, 2, 0, tzinfo=shanghai)) as ledger:
        assert ledger.keep(night(0, {"1001": ("vip", 90)})).run.kept_at == "2026-10-01T18:00:00+00:00"


def test_points_are_forgotten_after_a_quarter_but_tiers_and_scores_never(
    place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "LONGEST", 2)
    with open_ledger(place) as ledger:
        for offset in (0, 1, 2, 3, 99, 150, 151):
            ledger.keep(night(offset, {"1001": ("vip", 90 - offset % 7), "1002": ("low", 0)}))
        assert [ledger.standings(SCOPE, day(at))["1001"].score for at in (0, 1, 3)] == [
            90 * POINT,
            89 * POINT,
            87 * POINT,
        ]
        assert ledger.points(SCOPE, day(0)) == {}
        assert ledger.points(SCOPE, day(99)) == {"1001": {"recency_days": 30_000 * (90 - 99 % 7)}}
        assert ledger.points(SCOPE, day(151)) == {"1001": {"recency_days": 30_000 * (90 - 151 % 7)}}


def test_a_missing_score_is_missing_and_not_zero(place: str) -> None:
    from dataclasses import replace

    told = night(0, {"1001": ("vip", 90), "1002": ("low", 0)})
    nobody_can_say = replace(told.standings[1], score=None)
    with open_ledger(place) as ledger:
        ledger.keep(replace(told, standings=[told.standings[0], nobody_can_say]))
        ledger.keep(night(1, {"1001": ("vip", 90), "1002": ("low", 0)}))
        assert ledger.standings(SCOPE, day(0))["1002"].score is None
        assert ledger.standings(SCOPE, day(1))["1002"].score == 0


@pytest.mark.parametrize("value", [0, 1, -1, 2**40, -(2**40), NOTHING])
def test_a_packed_column_unpacks_to_itself(value: int) -> None:
    import numpy as np

    from tierbook.history.numbers import packed, unpacked

    told = np.array([value, 7, value], dtype=np.int64)
    assert unpacked(packed(told)).tolist() == [value, 7, value]
