"""Rules in force: put there by apply, kept as versions, and every past day scored anew exactly."""

from __future__ import annotations

import datetime as dt
import shutil
import warnings
from dataclasses import replace
from pathlib import Path

import pytest
from openpyxl import load_workbook

from tierbook import jobs
from tierbook.cli import main
from tierbook.engine import Engine
from tierbook.errors import ModelError, UsageError
from tierbook.jobs import night
from tierbook.jobs.intake import named_model, start_run
from tierbook.publish import read_stamp
from tierbook.workbook import read_rows

AS_OF = dt.date(2026, 10, 31)
NEXT = AS_OF + dt.timedelta(7)
WEIGHTS = "模型-指标权重"


@pytest.fixture
def book(forty: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(forty, tmp_path / "客户.xlsx"))


def asked(book: Path, day: dt.date = AS_OF) -> jobs.Request:
    return jobs.Request(as_of=day, book=book)


def type_in(book: Path, sheet: str, **cells: object) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        opened = load_workbook(book)
    for place, value in cells.items():
        opened[sheet][place] = value
    opened.save(book)


def reweigh(book: Path) -> None:
    """近12个月金额 counts for less, 近12个月订单数 for more; the weights still add up to 100."""
    type_in(book, WEIGHTS, C5=2, C6=30)


def noted(report: jobs.BookReport) -> list[str]:
    return [key.removeprefix("jobs.") for key, _ in report.notes if key.startswith("jobs.rules_")]


def results(book: Path) -> list[list[object]]:
    return [list(row) for row in read_rows(book, "_tierbook_results")]


def scored(book: Path, out: Path, **how: object) -> bytes:
    jobs.score_to_file(replace(asked(book), **how), out)  # type: ignore[arg-type]
    return out.read_bytes()


def test_the_first_refresh_puts_the_sheets_rules_into_force(book: Path) -> None:
    (version,) = jobs.versions(book)
    assert (version.label, version.since, version.applied_by) == ("2026.1", AS_OF, "")
    stamp = read_stamp(book)
    assert stamp is not None
    assert (stamp.model_version, stamp.model_fingerprint) == ("2026.1", version.fingerprint)
    assert version.model() == named_model("general")
    assert noted(jobs.refresh(asked(book))) == []


def test_edited_rules_wait_until_somebody_puts_them_into_force(book: Path) -> None:
    before = results(book)
    reweigh(book)
    for verb in (jobs.refresh, jobs.followups, jobs.review):
        assert noted(verb(asked(book))) == ["rules_edited"]
    assert results(book) == before
    report = jobs.apply(asked(book, NEXT), by="王经理", on=NEXT, note="频次更重要")
    assert noted(report) == ["rules_applied"]
    last = jobs.versions(book)[-1]
    assert (last.label, last.since, last.applied_by, last.note) == ("2026.1+2", NEXT, "王经理", "频次更重要")
    stamp = read_stamp(book)
    assert stamp is not None
    assert (stamp.model_version, stamp.applied_by, stamp.applied_on) == ("2026.1+2", "王经理", NEXT)
    again = jobs.refresh(asked(book, NEXT))
    assert (again.changed, noted(again)) == (False, [])
    assert noted(jobs.apply(asked(book, NEXT), by="李总", on=NEXT)) == ["rules_in_force_already"]
    assert len(jobs.versions(book)) == 2


@pytest.mark.whole
def test_a_night_goes_by_the_rules_in_force_and_logs_that_others_wait(
    book: Path, caplog: pytest.LogCaptureFixture
) -> None:
    before = results(book)
    reweigh(book)
    report = night.run_now(night.books_only([book]), day=AS_OF)
    assert report.ok
    assert ["还没有生效" in one.message for one in report.steps if one.step == "publish"] == [True]
    assert any("还没有生效" in record.getMessage() for record in caplog.records if record.levelname == "WARNING")
    assert results(book) == before


def test_a_score_file_made_while_other_rules_wait_says_so(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    reweigh(book)
    assert main(["score", "--book", str(book), "--as-of", AS_OF.isoformat(), "-q"]) == 0
    assert "模型-指标权重 里改过的规则还没有生效，仍按 2026.1（2026-10-31 起生效）评分" in capsys.readouterr().out


def test_a_change_of_looks_only_asks_for_nothing(book: Path) -> None:
    type_in(book, WEIGHTS, C5=20.0, A2="给自己的备注")
    assert noted(jobs.refresh(asked(book))) == []


def test_a_half_written_rule_stops_no_night_and_is_told_with_its_cell(book: Path) -> None:
    before = results(book)
    type_in(book, WEIGHTS, C5="很多")
    report = jobs.refresh(asked(book))
    assert noted(report) == ["rules_broken"]
    assert f"{WEIGHTS}!C5" in str(dict(report.notes)["jobs.rules_broken"]["reason"])
    assert results(book) == before
    with pytest.raises(ModelError, match=f"{WEIGHTS}!C5"):
        jobs.apply(asked(book), by="王", on=AS_OF)


def test_any_past_day_is_scored_anew_exactly_by_the_rules_of_then(book: Path, tmp_path: Path) -> None:
    first, before = scored(book, tmp_path / "a.csv"), results(book)
    why = jobs.explain(asked(book), "1001")
    reweigh(book)
    jobs.apply(asked(book, NEXT), by="王", on=NEXT)
    assert results(book) != before
    assert scored(book, tmp_path / "b.csv") == first
    assert jobs.explain(asked(book), "1001") == why
    new = scored(book, tmp_path / "c.csv", as_of=NEXT)
    old = scored(book, tmp_path / "d.csv", as_of=NEXT, model_version="2026.1")
    assert new != old
    assert scored(book, tmp_path / "e.csv", model_version="2") != first
    report = jobs.refresh(asked(book))
    assert noted(report) == ["rules_of_then"]
    assert results(book) == before
    stamp = read_stamp(book)
    assert stamp is not None
    assert stamp.model_version == "2026.1"
    assert len(jobs.versions(book)) == 2
    with pytest.raises(ModelError, match=r"有的是：2026\.1、2026\.1\+2"):
        scored(book, tmp_path / "f.csv", model_version="2026.1+7")
    with pytest.raises(UsageError, match="--model-version"):
        jobs.score_to_file(replace(asked(book), model="simple", model_version="1"), None)


@pytest.mark.whole
def test_rules_of_one_run_make_no_version(book: Path) -> None:
    jobs.refresh(replace(asked(book), settings=("returns=ignore",)))
    jobs.refresh(replace(asked(book), model="simple"))
    assert [one.label for one in jobs.versions(book)] == ["2026.1"]


@pytest.mark.whole
def test_an_earlier_version_may_be_put_into_force_again(book: Path) -> None:
    before = results(book)
    reweigh(book)
    jobs.apply(asked(book), by="王", on=AS_OF)
    report = jobs.apply(replace(asked(book), model_version="2026.1"), by="李总", on=NEXT)
    assert noted(report) == ["rules_applied"]
    assert [one.label for one in jobs.versions(book)] == ["2026.1", "2026.1+2", "2026.1+3"]
    assert results(book) == before
    assert noted(jobs.refresh(asked(book))) == ["rules_edited"]


def test_undo_takes_the_decision_back_and_leaves_what_was_typed(book: Path) -> None:
    before = results(book)
    reweigh(book)
    jobs.apply(asked(book), by="王", on=AS_OF)
    jobs.undo(book)
    assert [one.label for one in jobs.versions(book)] == ["2026.1"]
    assert results(book) == before
    assert noted(jobs.refresh(asked(book))) == ["rules_edited"]


def test_a_preview_tells_of_classes_and_tags_where_no_tier_moves(book: Path) -> None:
    found = jobs.preview(replace(asked(book), settings=("rfm.cut=median",)))
    assert (found.version, list(found.moves)) == ("2026.1", [])
    shifts = {one.name: one for one in found.shifts if one.family == "segment"}
    assert sum(one.joined for one in shifts.values()) == sum(one.left for one in shifts.values()) > 0
    assert all(one.after - one.before == one.joined - one.left for one in found.shifts)
    told = [one for one in found.regrouped if one.family == "segment"]
    assert len(told) == sum(one.joined for one in shifts.values())
    by_name = {one.name: sum(each.after == one.name for each in told) for one in shifts.values()}
    assert by_name == {one.name: one.joined for one in shifts.values()}


@pytest.mark.parametrize("setting", ["count=quantity", "returns=ignore", "rfm.cut=score", "floor.four.vip=70"])
def test_a_preview_shows_any_kind_of_change(book: Path, setting: str) -> None:
    found = jobs.preview(replace(asked(book), settings=(setting,)))
    assert not found.same_rules
    assert found.shifts or found.moves


def test_the_versions_are_listed(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    reweigh(book)
    assert main(["apply", str(book), "--as-of", NEXT.isoformat(), "--by", "王经理", "--note", "频次", "-q"]) == 0
    capsys.readouterr()
    assert main(["versions", str(book)]) == 0
    _, first, second = capsys.readouterr().out.splitlines()
    assert "2026.1" in first and "（首次评分）" in first
    assert all(word in second for word in ("2026.1+2", NEXT.isoformat(), "王经理", "频次"))


@pytest.mark.whole
def test_a_margin_keeps_a_book_from_flapping_and_the_same_day_stays_the_same(book: Path) -> None:
    plain = tiers(book)
    held = replace(asked(book, NEXT), settings=("hold_margin=50", "hold_days=0"))
    jobs.apply(held, by="王", on=NEXT)
    assert tiers(book) == plain  # by fifty points nobody passes a floor
    later = NEXT + dt.timedelta(60)
    loose = tiers_by(replace(asked(book, later), settings=("hold_margin=0",)))
    assert loose != plain
    assert jobs.refresh(asked(book, later)).changed
    assert tiers(book) == plain
    again = jobs.refresh(asked(book, later))
    assert (again.changed, again.moved) == (False, 0)
    why = jobs.explain(asked(book, later), "1001")
    assert why.tier == plain["1001"]


@pytest.mark.whole
def test_least_days_hold_a_customer_who_has_just_moved(book: Path) -> None:
    jobs.apply(replace(asked(book), settings=("hold_days=30",)), by="王", on=AS_OF)
    moved_on = AS_OF + dt.timedelta(45)
    before = tiers(book)
    jobs.refresh(asked(book, moved_on))
    after = tiers(book)
    movers = {customer for customer in after if after[customer] != before[customer]}
    assert movers
    jobs.refresh(asked(book, moved_on + dt.timedelta(29)))
    assert all(tiers(book)[customer] == after[customer] for customer in movers)


def tiers(book: Path) -> dict[str, str]:
    head, *rows = read_rows(book, "_tierbook_results")
    return {str(row[0]): str(row[head.index("tier")]) for row in rows}


def tiers_by(request: jobs.Request) -> dict[str, str]:
    with Engine() as engine:
        return dict(start_run(request, engine).engine.rows("SELECT customer_id, tier FROM results"))
