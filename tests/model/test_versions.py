"""Versions of the rules: which is in force on a day, and that a book gives back exactly what was put into force."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from tierbook.errors import ModelError
from tierbook.model.settings import with_settings
from tierbook.model.types import Model
from tierbook.model.versions import LONGEST, in_force, version_named, version_rows, versions_of, with_version

FIRST, SECOND = dt.date(2026, 3, 1), dt.date(2026, 6, 1)


def changed(model: Model, weight: int) -> Model:
    return with_settings(model, (f"weight.general.amount_12m={weight}",))


def test_the_first_version_bears_the_models_own_label_and_later_ones_their_number(general: Model) -> None:
    versions = with_version([], general, FIRST)
    versions = with_version(versions, changed(general, 30), SECOND, by="王经理", on=SECOND, note="金额更重要")
    versions = with_version(versions, replace(changed(general, 31), version="2027.1"), SECOND, by="王经理", on=SECOND)
    assert [one.label for one in versions] == ["2026.1", "2026.1+2", "2027.1+3"]
    assert (versions[1].applied_by, versions[1].applied_on, versions[1].note) == ("王经理", SECOND, "金额更重要")


def test_rules_in_force_already_make_no_new_version_but_may_be_signed(general: Model) -> None:
    first = with_version([], general, FIRST)
    signed = with_version(first, general, SECOND, by="王经理", on=SECOND)
    assert [(one.number, one.applied_by, one.since) for one in signed] == [(1, "王经理", FIRST)]
    assert with_version(signed, general, SECOND, by="李总", on=SECOND) == signed
    assert with_version(first, general, SECOND) == first


def test_a_day_is_scored_by_the_latest_decision_that_reaches_back_to_it(general: Model) -> None:
    versions = with_version(with_version([], general, FIRST), changed(general, 30), SECOND, by="王")
    days = {FIRST - dt.timedelta(9): 1, FIRST: 1, SECOND - dt.timedelta(1): 1, SECOND: 2, dt.date(2030, 1, 1): 2}
    for day, number in days.items():
        found = in_force(versions, day)
        assert found is not None
        assert found.number == number
    backdated = with_version(versions, changed(general, 31), FIRST + dt.timedelta(1), by="李")
    assert [one.number for day in (FIRST, SECOND) if (one := in_force(backdated, day))] == [1, 3]
    assert in_force([], FIRST) is None


def test_versions_come_back_from_the_rows_that_keep_them(general: Model) -> None:
    versions = with_version([], general, FIRST, sheets="abc")
    odd = replace(changed(general, 30), source='"引号"\n换行\t= 1 \\ ' + "很长。" * 20_000 + " ")
    versions = with_version(versions, odd, SECOND, by="007", on=SECOND, note="=1+1")
    rows = version_rows(versions)
    assert max(len(str(cell or "")) for row in rows for cell in row) <= LONGEST
    assert versions_of([[*row] for row in rows]) == versions
    assert versions_of([]) == []
    assert versions[1].model() == odd
    assert versions_of([*rows, ["v9", "2026.1+9", "someday"]]) == versions


@pytest.mark.parametrize("word", ["2026.1+2", "2", "+2", " 2026.1+2 "])
def test_a_version_goes_by_its_label_or_number(general: Model, word: str) -> None:
    versions = with_version(with_version([], general, FIRST), changed(general, 30), SECOND, by="王")
    assert version_named(versions, word).number == 2
    assert version_named(versions, "2026.1").number == 1
    with pytest.raises(ModelError) as told:
        version_named(versions, "2026.1+3")
    assert str(told.value) == "没有规则版本“2026.1+3”；有的是：2026.1、2026.1+2"


def test_no_cell_of_the_rows_has_lines_and_rows_kept_with_lines_are_read_too(general: Model) -> None:
    versions = with_version([], general, FIRST)
    rows = version_rows(versions)
    assert not [cell for row in rows for cell in row if "\n" in str(cell)]
    older = [rows[0], [*rows[1][:-1], versions[0].toml[:LONGEST]], [*rows[1][:-1], versions[0].toml[LONGEST:]]]
    assert versions_of(older) == versions
