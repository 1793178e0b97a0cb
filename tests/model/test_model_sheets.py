"""The model in a book's sheets: written, read back equal, changed by people, and what wrong cells are told."""

from __future__ import annotations

import datetime as dt
import tomllib
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tierbook import templates
from tierbook.errors import TierbookError
from tierbook.labels import LANGUAGES, text
from tierbook.model.load import load_toml
from tierbook.model.sheets import SHEETS, Grid, drop_down, from_grids, model_key, setting_choices, to_grids
from tierbook.model.types import Model, Percentile, Scorecard, ScoreLine, Steps
from tierbook.model.version import fingerprint


def shipped(name: str) -> str:
    return (templates.folder() / "models" / f"{name}.toml").read_text(encoding="utf-8")


class Book:
    """The six sheets as publish lays them out: title in row 1, header in row 4, data from row 5."""

    def __init__(self, model: Model, language: str = "zh-CN") -> None:
        self.language = language
        self.base = model
        self.rows = {
            key: [["title"], ["hint"], [], *map(list, rows)] for key, rows in to_grids(model, language).items()
        }

    def place(self, sheet: str, column: str) -> int:
        return [each.key for each in SHEETS[sheet]].index(column)

    def find(self, sheet: str, column: str, value: object) -> list[object]:
        return next(row for row in self.rows[sheet][4:] if row[self.place(sheet, column)] == value)

    def number(self, sheet: str, column: str, value: object) -> int:
        return self.rows[sheet].index(self.find(sheet, column, value)) + 1

    def put(self, sheet: str, where: tuple[str, object], column: str, value: object) -> None:
        self.find(sheet, *where)[self.place(sheet, column)] = value

    def add(self, sheet: str, **cells: object) -> None:
        self.rows[sheet].append([cells.get(column.key) for column in SHEETS[sheet]])

    def drop(self, sheet: str, column: str, value: object) -> None:
        self.rows[sheet].remove(self.find(sheet, column, value))

    def read(self, base: Model | None = None) -> Model:
        grids = {key: Grid(text(f"sheets.{key}", self.language), rows) for key, rows in self.rows.items()}
        return from_grids(grids, base or self.base, self.language)

    def told(self) -> str:
        with pytest.raises(TierbookError) as caught:
            self.read()
        return caught.value.words(self.language)


@pytest.fixture
def book(general) -> Book:
    return Book(general)


# Round trips


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["general", "software", "simple"])
def test_a_model_written_and_read_back_is_the_same(name, language, general):
    model = load_toml(shipped(name), where=f"{name}.toml", read=shipped)
    book = Book(model, language)
    back = book.read()
    assert fingerprint(back) == fingerprint(model)
    assert [replace(rule, where="") for rule in back.tags] == [replace(rule, where="") for rule in model.tags]
    assert back.scorecards == model.scorecards
    assert back.params == model.params
    assert fingerprint(book.read(base=general)) == fingerprint(model)


def test_what_is_read_can_be_written_again_unchanged(book, general):
    assert to_grids(book.read(), "zh-CN") == to_grids(general, "zh-CN")


def test_the_sheets_name_the_model_they_were_written_from(general):
    software = load_toml(shipped("software"), where="software.toml", read=shipped)
    grids = {key: Grid(key, rows) for key, rows in Book(software, "en").rows.items()}
    assert model_key(grids) == "software"
    assert model_key({}) == ""


def test_a_sheet_that_is_not_there_leaves_its_part_as_it_was(general):
    book = Book(general)
    book.rows = {"model_params": book.rows["model_params"]}
    book.put("model_params", ("param", "churn_days"), "value", 60)
    model = book.read()
    assert model.whole("churn_days") == 60
    assert replace(model, params=general.params) == general


@given(
    weight=st.decimals(0, 1000, places=6),
    steps=st.lists(st.tuples(st.decimals(-9999, 9999, places=3), st.decimals(0, 1, places=6)), min_size=1, max_size=6,
                   unique_by=lambda step: step[0]),
    floor=st.decimals("60.001", 100, places=3),
    rate=st.decimals(0, 1, places=6),
    language=st.sampled_from(LANGUAGES),
)  # fmt: skip
@settings(max_examples=25, deadline=None)
def test_numbers_survive_the_sheets_exactly(general, weight, steps, floor, rate, language):
    thresholds, shares = sorted(step[0] for step in steps), sorted(step[1] for step in steps)
    curve = Steps(tuple(zip(thresholds, shares, strict=True)))
    lines = (ScoreLine("aov", weight, curve), ScoreLine("csat", Decimal(1), Percentile()))
    card = Scorecard("mine", general.name, lines, "x")
    four = general.scale("four")
    tiers = (*four.tiers[:-1], replace(four.tiers[-1], floor=floor))
    model = replace(
        general,
        scorecards=(*general.scorecards, card),
        scales=(replace(four, tiers=tiers), *general.scales[1:]),
        params={**general.params, "loyal_rate": replace(general.params["loyal_rate"], value=rate)},
    )
    assert fingerprint(Book(model, language).read(base=model)) == fingerprint(model)


# What people do to the sheets


def test_a_manager_changes_numbers_in_any_form(book):
    book.put("model_params", ("param", "churn_days"), "value", "６０ ")
    book.put("model_params", ("param", "loyal_rate"), "value", "70%")
    book.put("model_params", ("param", "lost_days"), "value", 400.0)
    book.put("model_params", ("param", "rate.USD"), "value", "7.25")
    book.put("model_params", ("param", "rfm.breaks.m"), "value", "100，1000、5000, 1e4")
    book.put("model_tiers", ("key", "four.vip"), "floor", "85.5")
    book.put("model_scorecard", ("indicator", "客单价"), "weight", 7.5)
    model = book.read()
    assert model.param("churn_days") == 60
    assert model.param("loyal_rate") == Decimal("0.7")
    assert type(model.param("lost_days")) is int
    assert model.param("rate.USD") == Decimal("7.25")
    assert model.rfm.breaks["m"] == (100, 1000, 5000, 10000)
    assert model.scale("four").tiers[-1].floor == Decimal("85.5")
    assert model.scorecard("general").lines[3].weight == Decimal("7.5")


def test_choices_are_read_in_any_language_or_by_key(book):
    for value, key in (
        ("忽略退货", "ignore"),
        ("Ignore", "ignore"),
        ("exclude_order", "exclude_order"),
        ("Net", "net"),
    ):
        book.put("model_params", ("param", "returns"), "value", value)
        assert book.read().param("returns") == key
    book.put("model_params", ("param", "main"), "value", "軟體公司評分")
    book.put("model_params", ("param", "main_scale"), "value", "abc")
    book.put("model_params", ("param", "rfm.cut"), "value", "中位数")
    model = book.read()
    assert (model.main, model.main_scale, model.rfm.cut) == ("software", "abc", "median")


def test_dates_and_sources_of_parameters_are_kept(book):
    book.put("model_params", ("param", "churn_days"), "source", "销售会议")
    for value in (dt.datetime(2026, 7, 1), dt.date(2026, 7, 1), "2026-07-01", "2026/7/1", "2026年7月1日", 46204):
        book.put("model_params", ("param", "churn_days"), "start", value)
        param = book.read().params["churn_days"]
        assert (param.start, param.source) == (dt.date(2026, 7, 1), "销售会议")


def test_a_renamed_tag_keeps_its_key_and_takes_the_new_name_everywhere(book):
    book.put("model_tags", ("key", "high_value"), "tag", "大客户")
    tag = next(tag for tag in book.read().tags if tag.key == "high_value")
    assert tag.name.all() == ("大客户", "大客户", "大客户")
    book.put("model_tags", ("tag", "大客户"), "key", None)
    assert "high_value" not in [tag.key for tag in book.read().tags]


def test_a_new_tag_gets_a_key_from_its_name_always_the_same(book):
    book.add("model_tags", tag="新品兴趣客户", when="近12个月新品订单数 >= 2")
    book.add("model_tags", tag="Fast payer", when="按时付款率 >= 90%", enabled="否", tag_group="付款", source="财务")
    model = book.read()
    first, second = model.tags[-2:]
    assert first.key == book.read().tags[-2].key
    assert first.key.startswith("tag_")
    assert (first.enabled, first.group, first.where) == (True, "", f"模型-标签规则!C{len(book.rows['model_tags']) - 1}")
    assert second.key == "fast_payer"
    assert (second.enabled, second.group_name.zh, second.source) == (False, "付款", "财务")
    assert fingerprint(Book(model).read()) == fingerprint(model)


def test_a_copied_row_with_another_name_is_a_new_tag(book):
    row = list(book.find("model_tags", "key", "high_value"))
    row[book.place("model_tags", "tag")] = "更高价值"
    book.rows["model_tags"].append(row)
    keys = [tag.key for tag in book.read().tags]
    assert keys.count("high_value") == 1
    assert len(set(keys)) == len(keys)


def test_blank_rows_are_skipped_and_deleted_rows_are_gone(book, general):
    book.drop("model_tags", "key", "promising_new")
    book.drop("model_playbook", "key", "birthday")
    book.rows["model_tags"].insert(6, [None, "  ", ""])
    book.rows["model_tags"].append([])
    model = book.read()
    assert len(model.tags) == len(general.tags) - 1
    assert "birthday" not in [play.key for play in model.playbook]


@pytest.mark.parametrize("value", ["否", "No", "no", False, 0, "×", "FALSE"])
def test_a_disabled_row_stays_in_the_model_but_is_off(book, value):
    book.put("model_playbook", ("key", "birthday"), "enabled", value)
    assert not next(play for play in book.read().playbook if play.key == "birthday").enabled


@pytest.mark.parametrize(
    ("word", "owner"),
    [
        ("自动", "auto"),
        ("Automatic", "auto"),
        ("客户负责人的上级", "boss"),
        ("客戶負責人", "owner"),
        (None, "owner"),
        ("张伟", "张伟"),
    ],
)
def test_who_does_it_is_a_rule_in_any_language_or_a_name(book, word, owner):
    book.put("model_playbook", ("key", "birthday"), "owner", word)
    assert next(play for play in book.read().playbook if play.key == "birthday").owner == owner


@pytest.mark.parametrize("value", ["是", "Yes", True, 1, "√", None])
def test_an_enabled_row_is_on(book, value):
    book.put("model_playbook", ("key", "birthday"), "enabled", value)
    assert next(play for play in book.read().playbook if play.key == "birthday").enabled


def test_columns_may_move_and_strangers_may_stand_between_them(book, general):
    for key, rows in book.rows.items():
        book.rows[key] = [["备注", *reversed(row + [None] * (len(SHEETS[key]) - len(row)))] for row in rows]
        book.rows[key][5][0] = "a note"
    assert fingerprint(book.read()) == fingerprint(general)


def test_headers_and_cells_may_be_in_another_language_than_the_book(general):
    book = Book(general, "en")
    book.language = "zh-CN"
    assert fingerprint(book.read()) == fingerprint(general)


def test_a_scorecard_may_be_added_as_rows(book):
    book.add("model_scorecard", card="渠道评分", indicator="累计金额", weight=60, curve="线性", lo=0, hi="10,000")
    book.add("model_scorecard", card="渠道评分", indicator="CSAT", weight="40", curve="分段", steps="1：50%；\n4: 1",
             missing="平均", better="越高越好", group="反馈与忠诚度")  # fmt: skip
    book.put("model_params", ("param", "main"), "value", "渠道评分")
    card = book.read().main_card
    assert card.name.en == "渠道评分"
    assert [line.indicator for line in card.lines] == ["amount_all", "csat"]
    assert card.lines[1].curve == Steps(((Decimal(1), Decimal("0.5")), (Decimal(4), Decimal(1))))
    assert (card.lines[1].missing, card.lines[0].better, card.lines[1].group) == ("mean", "high", "loyalty")


def test_a_scale_may_be_added_as_rows_the_highest_tier_first(book):
    book.add("model_tiers", scale="两级", tier="大", floor=50, potential_card=None)
    book.add("model_tiers", scale="两级", tier="小", floor=0)
    scale = book.read().scales[-1]
    assert [(tier.name.zh, tier.floor) for tier in scale.tiers] == [("小", 0), ("大", 50)]


def test_classes_are_renamed_and_recoded_in_any_writing(book):
    book.put("model_segments", ("key", "important_keep"), "name", "重要唤回客户")
    for code in ("R低 F高 M高", "r低f高m高", "R low F high M high", "011", 11, "Ｒ低，Ｆ高，Ｍ高"):
        book.put("model_segments", ("key", "important_keep"), "when", code)
        found = next(each for each in book.read().rfm.classes if each.key == "important_keep")
        assert ((found.r, found.f, found.m), found.name.zh) == ((0, 1, 1), "重要唤回客户")


def test_a_manager_may_add_a_parameter_and_use_it(book):
    book.add("model_params", param="big_order", name="大单金额", value=50000, unit="元", source="销售会议")
    book.add("model_tags", tag="大单客户", when="客单价 >= big_order")
    model = book.read()
    assert (model.param("big_order"), model.params["big_order"].unit) == (50000, "yuan")
    assert fingerprint(Book(model).read()) == fingerprint(model)


def test_conditions_are_shown_in_the_books_language(general):
    row = Book(general, "en").find("model_tags", "key", "high_value")
    assert row[2] == (
        "Orders in 6 months >= high_value_orders and Average order value >= high_factor * avg(Average order value)"
    )


def test_a_condition_as_typed_is_kept_where_a_renamed_tag_makes_the_old_words_unreadable(general):
    book = Book(general, "en")
    book.put("model_tags", ("key", "frequency_low"), "tag", "Rare")
    assert "there is no tag “Low frequency”" in book.told()
    book.put("model_segments", ("key", "rare_but_large"), "when", "has_tag('Rare') and has_tag('High order value')")
    assert book.read().segments[1].when == "has_tag('Rare') and has_tag('High order value')"


# Wrong cells

WRONG = tomllib.loads((Path(__file__).parent / "wrong_cells.toml").read_text(encoding="utf-8"))["case"]


@pytest.mark.parametrize("case", WRONG, ids=lambda case: case["message"][:40])
def test_a_wrong_cell_is_named(book, case):
    row = book.number(case["sheet"], *case["row"])
    book.put(case["sheet"], case["row"], case["column"], case["value"])
    message = case["message"].replace("{row}", str(row)).replace("{below}", str(row + 1))
    assert message in book.told().replace("  - ", "").splitlines()


def test_all_wrong_cells_come_in_one_run(book):
    book.put("model_tiers", ("key", "four.vip"), "floor", "高")
    book.put("model_params", ("param", "churn_days"), "value", "九十")
    row = book.number("model_params", "param", "churn_days")
    assert book.told() == (
        f"发现 2 处问题：\n  - 模型-分层!C5：应是数字，不是“高”\n  - 模型-参数!C{row}：应是数字，不是“九十”"
    )


def test_a_sheet_without_its_header_says_what_it_should_have(book):
    book.rows["model_tiers"] = [["a"], [1, 2, 3]]
    assert book.told() == "模型-分层：前 10 行里找不到表头；需要的列：分层方式、层级、最低得分"


def test_a_missing_column_is_named(book):
    for row in book.rows["model_tiers"]:
        del row[2:3]
    assert book.told() == "模型-分层!A4：表头缺少“最低得分”列"


def test_a_header_below_the_tenth_row_is_not_looked_for(book):
    book.rows["model_tiers"] = [[]] * 7 + book.rows["model_tiers"]
    assert "前 10 行里找不到表头" in book.told()
    book.rows["model_tiers"] = book.rows["model_tiers"][1:]
    assert book.read()


def test_deleting_what_others_need_is_told_where_it_is_needed(book):
    book.rows["model_scorecard"] = [
        row for row in book.rows["model_scorecard"] if row[:1] not in (["综合评分"], ["潜力评分"])
    ]
    told = book.told()
    assert "模型-参数!C7：“综合评分”不行，可以是：简单评分、软件公司评分" in told
    assert "模型-分层!D6：“潜力评分”不行，可以是：简单评分、软件公司评分" in told


def test_messages_speak_the_books_language(general):
    book = Book(general, "en")
    book.put("model_tiers", ("key", "four.vip"), "floor", 55)
    assert book.told() == "Model-Tiers!C5: floors of “Four tiers” must rise; 55 is not above 60 of the tier below"


# Drop-downs


def test_drop_downs_offer_names_in_the_books_language(general):
    columns = {column.key: column for column in SHEETS["model_scorecard"]}
    assert drop_down(columns["curve"], general, "zh-CN") == ("线性", "分段", "百分位", "是否")
    assert "Average order value" in drop_down(columns["indicator"], general, "en")
    assert "Top topic" not in drop_down(columns["indicator"], general, "en")
    assert drop_down(columns["weight"], general, "en") == ()
    cards = next(column for column in SHEETS["model_tiers"] if column.key == "potential_card")
    assert drop_down(cards, general, "zh-TW") == ("綜合評分", "簡單評分", "軟體公司評分", "潛力評分")
    assert [name.zh for name in setting_choices(general)["returns"].values()] == ["冲减金额", "忽略退货", "整单不算"]
