"""`--set key=value`: what may be set, and what a wrong setting is told."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tierbook.errors import UsageError
from tierbook.model.settings import valid_keys, with_settings


def test_settings_change_parameters_rfm_main_weights_and_floors(general):
    model = with_settings(
        general,
        ["returns=ignore", "count = lines", "churn_days=60", "loyal_rate=70%", "high_factor=2.5", "currency=USD",
         "rfm.method=fixed", "rfm.cut=median", "rfm.window=12m", "rfm.levels=4", "rfm.closed=left",
         "rfm.high_score=3", "rfm.good_grades=1",
         "rfm.breaks.r=10,20，30", "rfm.breaks.f=1,2,3", "rfm.breaks.m=1,2,3.5",
         "main=simple", "main_scale=abc", "weight.general.orders_12m=20", "floor.four.vip=85"],
    )  # fmt: skip
    assert model.param("returns") == "ignore"
    assert model.param("count") == "lines"
    assert model.param("churn_days") == 60
    assert model.param("loyal_rate") == Decimal("0.7")
    assert model.param("high_factor") == Decimal("2.5")
    assert model.param("currency") == "USD"
    assert (model.rfm.method, model.rfm.cut, model.rfm.window, model.rfm.levels) == ("fixed", "median", "12m", 4)
    assert (model.rfm.closed, model.rfm.high_score, model.rfm.good_grades) == ("left", 3, 1)
    assert model.rfm.breaks["r"] == (10, 20, 30)
    assert model.rfm.breaks["m"] == (1, 2, Decimal("3.5"))
    assert (model.main_card.key, model.main_scale) == ("simple", "abc")
    weights = {line.indicator: line.weight for line in model.scorecard("general").lines}
    assert weights["orders_12m"] == 20
    assert weights["aov"] == 5
    assert [tier.floor for tier in model.scale("four").tiers] == [0, 40, 60, 85]


def test_a_setting_leaves_the_model_it_starts_from_alone(general):
    with_settings(general, ["returns=ignore", "rfm.breaks.r=1,2,3,4"])
    assert general.param("returns") == "net"
    assert general.rfm.breaks["r"][0] == 30


def test_no_settings_give_the_model_itself(general):
    assert with_settings(general, []) is general


def test_a_whole_number_stays_whole(general):
    assert type(with_settings(general, ["churn_days=60.0"]).param("churn_days")) is int


def test_the_last_setting_of_a_key_wins(general):
    assert with_settings(general, ["churn_days=60", "churn_days=70"]).param("churn_days") == 70


def test_every_valid_key_is_accepted_or_refused_for_its_value_only(general):
    for key in valid_keys(general):
        with pytest.raises(UsageError) as caught:
            with_settings(general, [f"{key}=no such value, surely", "main=?"])
        assert "set_unknown" not in caught.value.key


WRONG = [
    ("retuns=ignore", "没有设置“retuns”，是不是“returns”？"),
    ("rfm.metod=rank", "没有设置“rfm.metod”，是不是“rfm.method”？"),
    ("weight.genral.aov=3", "没有设置“weight.genral.aov”，是不是“weight.general.aov”？"),
    ("floor.four.vop=3", "没有设置“floor.four.vop”，是不是“floor.four.vip”？"),
    ("zzzzzz=1", "没有设置“zzzzzz”；所有参数见模型-参数表"),
    ("returns", "设置要写成 key=value，不是“returns”"),
    ("=ignore", "设置要写成 key=value，不是“=ignore”"),
    ("returns=gross", "returns 不能是“gross”，可以是 net, ignore, exclude_order"),
    ("rfm.cut=middle", "rfm.cut 不能是“middle”，可以是 mean, median, score"),
    ("main=generl", "main 不能是“generl”，可以是 general, simple, software, potential"),
    ("main_scale=five stars", "main_scale 不能是“five stars”，可以是 four, abc, three, five, visit"),
    ("churn_days=ninety", "churn_days 要写数字，不是“ninety”"),
    ("churn_days=", "churn_days 要写数字，不是“”"),
    ("churn_days=nan", "churn_days 要写数字，不是“nan”"),
    ("churn_days=1_000", "churn_days 要写数字，不是“1_000”"),
    ("churn_days=0", "churn_days 应在 1 到 3650 之间，不是 0"),
    ("rfm.levels=4.5", "rfm.levels 要写整数，不是“4.5”"),
    ("rfm.breaks.r=30,x", "rfm.breaks.r 要写数字，不是“x”"),
    ("rfm.window=12", "这个设置使模型不成立：[rfm] window：窗口要写 all、12m（月）或 365d（天），不是“12”"),
    ("rfm.levels=1", "这个设置使模型不成立：[rfm] levels：应在 2 到 10 之间，不是 1"),
    ("rfm.breaks.r=3,2", "这个设置使模型不成立：[rfm] breaks.r：分界点要从小到大"),
    ("floor.four.vip=50",
     "这个设置使模型不成立：[scale.four] vip.floor：“四级分层”的下限要逐层升高，50 不高于下一层的 60"),
    ("weight.general.aov=-1", "这个设置使模型不成立：[card.general] lines.aov.weight：-1 太小，最小是 0"),
]  # fmt: skip


@pytest.mark.parametrize(("setting", "message"), WRONG)
def test_a_wrong_setting_is_told_what_would_be_right(general, setting, message):
    with pytest.raises(UsageError) as caught:
        with_settings(general, [setting])
    assert caught.value.words("zh-CN") == message
    assert caught.value.exit_code == 2


def test_weights_set_to_zero_one_by_one_are_refused(general):
    zeros = [f"weight.simple.{indicator}=0" for indicator in ("recency_days", "frequency", "monetary")]
    assert with_settings(general, zeros[:2])
    with pytest.raises(UsageError) as caught:
        with_settings(general, zeros)
    assert caught.value.words("en") == (
        "with this setting the model does not hold: [card.simple]: all weights of scorecard “Simple score” are 0, "
        "so nothing can be scored"
    )
