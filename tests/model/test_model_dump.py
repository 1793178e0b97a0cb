"""A model written as TOML and read back is the same model, whatever is in it; so is one kept as rows of a book."""

from __future__ import annotations

import datetime as dt
import tomllib
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tierbook import templates
from tierbook.errors import ModelError
from tierbook.labels import LANGUAGES, Name
from tierbook.model import types as t
from tierbook.model.check import check
from tierbook.model.dump import dump_toml
from tierbook.model.load import load_toml
from tierbook.model.sheets import to_grids
from tierbook.model.stored import LONGEST, model_from_stored, stored_rows

SHIPPED = sorted(path.stem for path in (templates.folder() / "models").glob("*.toml"))
LETTERS = st.characters(exclude_categories=("Cs",))
WORDS = st.text(LETTERS, max_size=12)
SAID = st.text(LETTERS, min_size=1, max_size=12).filter(str.strip)
NAMES = st.builds(Name, SAID, SAID, SAID)
NUMBERS = st.decimals(-(10**12), 10**12, allow_nan=False, allow_infinity=False) | st.sampled_from(
    [Decimal("1e40"), Decimal("1.5e-50"), Decimal("0.1"), Decimal("-0"), Decimal("0E+50"), Decimal("1234567.000")]
)
DAYS = st.dates(dt.date(1, 1, 1), dt.date(9999, 12, 31))


def shipped(name: str) -> t.Model:
    return load_toml(templates.model_text(name), where=f"{name}.toml", read=templates.model_text)


def again(model: t.Model) -> t.Model:
    return load_toml(dump_toml(model), where="again.toml")


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_model_survives_its_own_toml(name: str) -> None:
    model = shipped(name)
    assert again(model) == model
    assert dump_toml(again(model)) == dump_toml(model)


def test_the_toml_names_no_other_file(general) -> None:
    assert "extends" not in tomllib.loads(dump_toml(shipped("software")))


def test_things_keep_their_order(general) -> None:
    turned = replace(general, indicators=general.indicators[::-1], params=dict(reversed(general.params.items())))
    back = again(turned)
    assert back.indicators == turned.indicators
    assert list(back.params) == list(turned.params)


@given(name=NAMES, group=NAMES, unit=NAMES, source=WORDS, about=NAMES, other=NAMES)
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_letter_survives(general, name, group, unit, source, about, other) -> None:
    own = t.Indicator(
        "own", replace(name, zh="独有" + name.zh), "number", unit, about, "orders", "low", ("别名", 'a"b')
    )
    tags = (
        t.Rule("one", Name("甲甲", "甲甲", "甲甲"), "recency_days > 1", "g", group, "", source),
        t.Rule("two", Name("乙乙", "乙乙", "乙乙"), "", "g", other, "", source, enabled=False),
    )
    model = replace(
        general, name=name, source=source, indicators=(*general.indicators, own), tags=(*general.tags, *tags)
    )
    assume(not check(model))  # two of the names may be the same
    assert again(model) == model


@given(value=NUMBERS | st.integers() | st.booleans() | WORDS, low=st.none() | NUMBERS, start=DAYS, weight=NUMBERS)
@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_number_keeps_every_digit(general, value, low, start, weight) -> None:
    held = tomllib.loads(
        dump_toml(
            replace(
                general,
                start=start,
                params={"x.y 一": t.Param("x.y 一", value, Name("x", "x", "x"), "yuan", "s", start, (), low, low)},
                scorecards=(t.Scorecard("c", general.name, (t.ScoreLine("aov", weight, t.Linear(weight, weight)),)),),
            )
        ),
        parse_float=Decimal,
    )
    assert held["param"]["x.y 一"]["value"] == value
    assert isinstance(held["param"]["x.y 一"]["value"], bool) == isinstance(value, bool)
    assert held["param"]["x.y 一"].get("low") == low
    assert held["start"] == start
    assert held["card"]["c"]["lines"]["aov"] == {"weight": weight, "curve": {"linear": [weight, weight]}}


def test_a_unit_nobody_listed_survives_in_one_language_or_three(general) -> None:
    units = (Name("吨", "噸", "t"), Name("吨", "吨", "吨"), Name("day", "day", "day"), Name("天", "天", "days"))
    indicators = tuple(
        t.Indicator(
            f"own_{place}", Name(f"自有{place}", f"自有{place}", f"own {place}"), "number", unit, unit, "orders"
        )
        for place, unit in enumerate(units)
    )
    model = replace(general, indicators=(*general.indicators, *indicators))
    assert [each.unit for each in again(model).indicators[-4:]] == list(units)


@pytest.mark.parametrize("word", ["nan", "inf", "-inf"])
@pytest.mark.parametrize(
    "text",
    [
        "[param]\nchurn_days = {{ value = {} }}",
        "[param]\nchurn_days = {{ value = 5, low = {} }}",
        "[rfm]\nbreaks = {{ r = [1, {}] }}",
        "[scale.mine]\nname = 'm'\ntiers = [['a', {}, ['a', 'a', 'a']]]",
        "[card.mine]\nname = 'm'\n[card.mine.lines]\naov = {{ weight = {}, curve = 'percentile' }}",
        "[card.mine]\nname = 'm'\n[card.mine.lines]\naov = {{ weight = 1, curve = {{ linear = [0, {}] }} }}",
        "[card.mine]\nname = 'm'\n[card.mine.lines]\naov = {{ weight = 1, curve = {{ steps = [[{}, 1]] }} }}",
    ],
)
def test_a_number_without_an_end_is_refused(general, text: str, word: str) -> None:
    head = 'key = "x"\nname = "x"\nversion = "1"\n'
    with pytest.raises(ModelError):
        load_toml(head + text.format(word), where="x.toml", base=general)


# As rows of a book


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", SHIPPED)
def test_a_stored_model_comes_back_whole(name: str, language) -> None:
    model = shipped(name)
    assert model_from_stored(stored_rows(model), language) == model


def test_a_stored_model_keeps_its_own_indicators_and_the_names_in_every_language(general) -> None:
    own = t.Indicator(
        "own", Name("自有指标", "自有指標", "Own"), "number", Name("吨", "噸", "t"), general.name, "orders"
    )
    named = replace(general.tags[0], name=Name("一", "二", "three"))
    model = replace(general, key="mine", indicators=(*general.indicators, own), tags=(named, *general.tags[1:]))
    assert model_from_stored(stored_rows(model), "en") == model


def test_a_line_longer_than_a_cell_stands_in_several(general) -> None:
    model = replace(general, source="长 " * LONGEST)
    rows = stored_rows(model)
    assert max(len(piece) for _, piece in rows) <= LONGEST
    assert [kind for kind, _ in rows].count("more") == 2
    assert model_from_stored(rows, "zh-CN") == model


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_rows_of_an_older_book_are_still_read(general, language) -> None:
    rows = [
        [sheet, *(cell.isoformat() if isinstance(cell, dt.date) else cell for cell in row)]
        for sheet, rows in to_grids(general, language).items()
        for row in rows
    ]
    assert model_from_stored(rows, language) == general


def test_a_file_of_a_model_may_be_written_by_hand_and_dumped(tmp_path: Path) -> None:
    text = 'extends = "general"\nkey = "mine"\nname = "我的"\nversion = "3"\n[param]\nchurn_days = { value = 60 }\n'
    model = load_toml(text, where="mine.toml", read=templates.model_text)
    assert model.whole("churn_days") == 60
    assert again(model) == model
