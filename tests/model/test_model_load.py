"""Models from TOML: what they become, and every message a wrong one gives, whole."""

from __future__ import annotations

import datetime as dt
import tomllib
from decimal import Decimal
from pathlib import Path

import pytest

from tierbook import templates
from tierbook.errors import ModelError, SeveralErrors, TierbookError
from tierbook.model.load import load_toml
from tierbook.model.types import Linear, Percentile, Steps, YesNo
from tierbook.model.version import fingerprint

HEAD = 'key = "my"\nextends = "general"\nname = ["我的", "我的", "Mine"]\nversion = "1"\n'


def shipped(name: str) -> str:
    return (templates.folder() / "models" / f"{name}.toml").read_text(encoding="utf-8")


@pytest.fixture
def mine(general):
    """Reads a model of one's own over the shipped general one."""
    return lambda text: load_toml(HEAD + text, where="my.toml", base=general)


PLAY = '{ when = "r = 5", action = "打", channel = "mail", due_days = 1, priority = 1, cool_down_days = 1 }'
WRONG = tomllib.loads((Path(__file__).parent / "wrong_models.toml").read_text(encoding="utf-8"))["case"]


@pytest.mark.parametrize("case", WRONG, ids=lambda case: case["message"][:40])
def test_a_wrong_model_says_where_and_why(mine, case):
    with pytest.raises(TierbookError) as caught:
        mine(case["text"])
    assert caught.value.words("zh-CN") == case["message"]
    assert caught.value.exit_code == ModelError.exit_code


def test_all_problems_come_in_one_run(mine):
    with pytest.raises(SeveralErrors) as caught:
        mine('[tag]\nx = { name = "新" }\ny = { name = "新", when = "客单价 >" }\n[param]\nchurn_days = { value = 0 }')
    assert caught.value.words("en") == (
        "4 problems:\n"
        "  - my.toml [param.churn_days] value: 0 is too small; the least is 1\n"
        "  - my.toml [tag.x]: a condition is needed\n"
        "  - my.toml [tag.y]: at character 6: the rule ends too early\n"
        "  - my.toml [tag.y] name: “新” stands more than once"
    )


def test_a_model_that_lacks_what_the_scoring_needs_is_refused():
    with pytest.raises(SeveralErrors) as caught:
        load_toml(
            'key = "x"\nname = "x"\nversion = "1"\nstart = 2026-01-01\nmain = "a"\nmain_scale = "b"', where="x.toml"
        )
    told = caught.value.words("zh-CN")
    assert "  - x.toml [indicator]：缺少指标 recency_days（RFM 需要）\n" in told
    assert "  - x.toml [param]：缺少参数 returns\n" in told
    assert "  - x.toml main：“a”不行，可以是 \n" in told


@pytest.mark.parametrize("entry", ["key", "name", "version", "start", "main", "main_scale"])
def test_a_model_without_a_base_says_what_is_missing(entry):
    lines = shipped("general").splitlines()
    text = "\n".join(line for line in lines if not line.startswith(f"{entry} ="))
    with pytest.raises(TierbookError) as caught:
        load_toml(text, where="x.toml")
    told = caught.value.errors if isinstance(caught.value, SeveralErrors) else [caught.value]
    assert told[0].words("zh-CN") == f"x.toml：缺少 {entry}"
    assert all(each.words("zh-CN").endswith(f"缺少 {entry}") for each in told)  # cards and scales have names too


def test_extends_needs_a_model_that_can_be_read():
    text = 'key = "a"\nname = "a"\nversion = "1"\nextends = "a"'
    for read in (None, lambda name: text):
        with pytest.raises(ModelError) as caught:
            load_toml(text, where="a.toml", read=read)
        assert "extends 指向的模型“a”不能用（找不到，或互相引用）" in caught.value.words("zh-CN")


def test_a_model_that_extends_another_changes_only_what_it_says(mine, general):
    model = mine(
        "[param]\nchurn_days = { value = 60 }\n"
        '[tag]\nhigh_value = { name = "大客户", when = "近12个月金额 > 1" }\nmine = { name = "新", when = "r = 5" }'
    )
    assert (model.key, model.main, model.start) == ("my", "general", dt.date(2026, 1, 1))
    assert model.whole("churn_days") == 60
    assert model.params["churn_days"].name == general.params["churn_days"].name
    assert [tag.key for tag in model.tags] == [*(tag.key for tag in general.tags), "mine"]
    assert next(tag for tag in model.tags if tag.key == "high_value").name.zh == "大客户"
    assert model.stages == general.stages


def test_a_base_model_may_be_named_instead_of_given():
    model = load_toml(HEAD + '[rfm]\ncut = "median"', where="b.toml", read=shipped)
    assert (model.rfm.cut, model.main_scale) == ("median", "four")


def test_curves_are_read_exactly(general):
    lines = {line.indicator: line for line in general.scorecard("general").lines}
    assert lines["amount_12m"].curve == Percentile()
    assert lines["new_product_12m"].curve == YesNo()
    assert lines["growth"].curve == Linear(Decimal("-0.5"), Decimal("0.5"))
    assert isinstance(lines["orders_12m"].curve, Steps)
    assert lines["orders_12m"].curve.steps[0] == (Decimal(1), Decimal("0.3"))


def test_equal_rules_give_equal_fingerprints_however_written(mine, general):
    assert fingerprint(mine("")) != fingerprint(general)  # another key
    same = mine("[param]\nchurn_days = { value = 90.0 }")
    assert fingerprint(same) == fingerprint(mine(""))
    assert fingerprint(mine("[param]\nchurn_days = { value = 91 }")) != fingerprint(mine(""))
    assert len(fingerprint(general)) == 12
    assert set(fingerprint(general)) <= set("0123456789abcdef")


def test_a_fingerprint_changes_with_every_kind_of_rule(mine):
    changes = [
        '[tag]\nx = { name = "新", when = "r = 5" }',
        '[segment]\nx = { name = "新", when = "r = 5" }',
        '[stage]\nprospect = { name = "潜在", when = "累计订单数 = 0" }',
        f"[play]\nx = {PLAY}",
        "[rfm]\nlevels = 6",
        '[card.potential]\nname = "潜力评分"\nlines = { growth = { weight = 1, curve = "percentile" } }',
        '[scale.abc]\nname = "ABC分层"\ntiers = [["c", 0, "C"], ["b", 51, "B"], ["a", 80, "A"]]',
        'main = "simple"',
        'main_scale = "abc"',
    ]
    seen = {fingerprint(mine(change)) for change in ["", *changes]}
    assert len(seen) == len(changes) + 1


BAD_KEYS = ["x; drop table orders", "x'", "a--b", "1st", "", "大客户", "x.y", "Tag", "x" * 64, "a b", "_x"]


@pytest.mark.parametrize("key", BAD_KEYS)
@pytest.mark.parametrize(
    "text",
    [
        "[tag]\n{} = {{ name = '新', when = 'r = 5' }}",
        "[segment]\n{} = {{ name = '新', when = 'r = 5' }}",
        "[card.{}]\nname = '新'\n[card.{}.lines]\naov = {{ weight = 1, curve = 'percentile' }}",
        "[scale.{}]\nname = '新'\ntiers = [['a', 0, ['一', '一', '一']]]",
        "[indicator]\n{} = {{ name = '新', kind = 'number', table = 'orders', about = 'x' }}",
    ],
)
def test_a_key_is_plain_letters_for_it_names_a_column(mine, text, key):
    quoted = f'"{key}"'
    with pytest.raises(TierbookError) as caught:
        mine(text.format(quoted, quoted))
    assert f"编号“{key}”" in caught.value.words("zh-CN")
