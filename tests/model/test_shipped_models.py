"""The models that ship: they load, they are complete, every number has a unit and a source."""

from __future__ import annotations

from decimal import Decimal
from itertools import product
from pathlib import Path

import pytest

import tierbook
from tierbook import templates
from tierbook.model.load import load_toml
from tierbook.model.rules import parse
from tierbook.model.types import Param
from tierbook.model.units import UNITS
from tierbook.model.words import Vocabulary

MODELS = templates.folder() / "models"


def load(name: str):
    return load_toml(
        (MODELS / f"{name}.toml").read_text(encoding="utf-8"),
        where=f"{name}.toml",
        read=lambda other: (MODELS / f"{other}.toml").read_text(encoding="utf-8"),
    )


@pytest.mark.parametrize("path", sorted(MODELS.glob("*.toml")), ids=lambda path: path.stem)
def test_a_shipped_model_loads_and_bears_its_files_name(path):
    model = load(path.stem)
    assert model.key == path.stem
    assert model.main == path.stem
    assert model.source
    assert model.start.year == 2026


def test_the_software_card_has_the_weights_of_the_guides(general):
    weights = {line.indicator: line.weight for line in general.scorecard("software").lines}
    assert weights == {"amount_12m": 40, "renewal_rate": 30, "csat": 20, "trainings_12m": 10}


def test_the_general_card_covers_the_six_classes_and_sums_to_100(general):
    lines = general.scorecard("general").lines
    assert {line.group for line in lines} == {"trade", "behaviour", "potential", "credit", "loyalty", "referral"}
    assert sum(line.weight for line in lines) == 100


def test_the_four_tiers_have_the_floors_of_the_guides(general):
    four = general.scale("four")
    assert [(tier.name.zh, tier.floor) for tier in four.tiers] == [
        ("低价值", Decimal(0)), ("一般", Decimal(40)), ("潜力", Decimal(60)), ("VIP", Decimal(80)),
    ]  # fmt: skip
    assert (four.lifted, four.potential_card) == ("potential", "potential")


def test_the_eight_classes_are_the_table_of_the_definitions(general):
    names = {(each.r, each.f, each.m): each.name.zh for each in general.rfm.classes}
    assert set(names) == set(product((0, 1), repeat=3))
    assert names[1, 1, 1] == "重要价值客户"
    assert names[1, 0, 1] == "重要发展客户"
    assert names[0, 1, 1] == "重要保持客户"
    assert names[0, 0, 1] == "重要挽留客户"
    assert names[1, 1, 0] == "一般价值客户"
    assert names[1, 0, 0] == "一般发展客户"
    assert names[0, 1, 0] == "一般保持客户"
    assert names[0, 0, 0] == "一般挽留客户"


def test_stages_are_judged_from_the_riskiest_end(general):
    assert [stage.name.zh for stage in general.stages] == [
        "潜在", "流失", "流失风险", "回流", "忠诚", "新客", "活跃",
    ]  # fmt: skip
    assert general.stages[-1].when == ""


def test_every_parameter_has_a_known_unit_a_source_a_range_and_three_names(general):
    for param in general.params.values():
        assert param.unit in UNITS, param.key
        assert param.unit, param.key
        assert param.source, param.key
        assert all(param.name.all()), param.key
        if not isinstance(param.value, str):
            assert param.low is not None, param.key


def test_every_parameter_but_rates_is_used_by_a_rule_or_read_by_name(general):
    """A number nobody uses would mislead the manager who changes it."""
    rules = (*general.tags, *general.segments, *general.stages, *general.playbook)
    words = " ".join([rule.when for rule in rules] + [indicator.about.zh for indicator in general.indicators])
    code = "".join(path.read_text(encoding="utf-8") for path in Path(tierbook.__file__).parent.rglob("*.py"))
    for key in general.params:
        assert key in words or f'"{key}"' in code or key.startswith(("rate.", "backtest_")), key


def test_every_text_is_there_in_three_languages(general):
    for indicator in general.indicators:
        assert all((*indicator.name.all(), *indicator.about.all())), indicator.key
    for rule in (*general.tags, *general.segments, *general.stages):
        assert all(rule.name.all()), rule.key
        assert rule.source, rule.key
    for play in general.playbook:
        assert all((*play.action.all(), *play.reason.all())), play.key


def test_every_exclusive_tag_group_but_the_values_leaves_nobody_with_data_out(general):
    groups: dict[str, list[str]] = {}
    for tag in general.tags:
        if tag.group and not tag.value_of:
            groups.setdefault(tag.group, []).append(tag.when)
    assert {key: len(rules) for key, rules in groups.items()} == {
        "frequency": 3, "ticket": 3, "recency": 3, "loyalty": 3, "upsell": 2,
    }  # fmt: skip


def test_parameters_work_as_words_in_rules(general):
    names = Vocabulary.of(general)
    for param in general.params.values():
        if isinstance(param.value, int | Decimal) and "." not in param.key:
            assert parse(f"客单价 > {param.key}", names).right.param == param.key
            assert parse(f"客单价 > 【{param.name.zh}】", names).right.value == _value(param)


def _value(param: Param) -> Decimal:
    return Decimal(str(param.value))


def test_the_frequency_tags_compare_with_those_who_ordered(general):
    rule = next(tag for tag in general.tags if tag.key == "frequency_high")
    tree = parse(rule.when, Vocabulary.of(general, "tags"))
    assert tree.right.right.function == "avg"
    assert tree.right.right.among == parse("近6个月订单数 > 0", Vocabulary.of(general))
