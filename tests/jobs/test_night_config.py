"""The file that tells a night what to do."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from tierbook import templates
from tierbook.errors import SourceError, UsageError
from tierbook.jobs.night import books_only, load_config, state_of
from tierbook.jobs.night.config import found_files
from tierbook.jobs.night.records import Config, Facts

WHOLE = """
name = "销售"
at = "01:30"
until = 08:00:00
every_minutes = 5
catch_up_days = 3
tries = 2
ledger = "历史/ledger.sqlite"
model = "general"
pages = "网页"
language = "zh-TW"
[facts]
book = "总表.xlsx"
orders = "erp/orders-*.csv"
map = ["amount=实付"]
[[book]]
path = "华东.xlsx"
name = "华东"
where = "区域 = '华东'"
sheets = ["分层", "Tasks"]
[[book]]
path = "/srv/王.xlsx"
owner = ["王浩然", " 李雅婷 "]
mail = false
[mail]
host = "localhost"
"""


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "night.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_everything_a_night_is_told_is_understood(tmp_path: Path) -> None:
    config = load_config(written(tmp_path, WHOLE))
    assert (config.name, config.at, config.until) == ("销售", dt.time(1, 30), dt.time(8))
    assert (config.every, config.catch_up, config.tries, config.language) == (5, 3, 2, "zh-TW")
    assert config.ledger == str(tmp_path / "历史/ledger.sqlite")
    assert config.facts == Facts(
        tmp_path / "总表.xlsx", {"orders": tmp_path / "erp/orders-*.csv"}, mapping=("amount=实付",)
    )
    assert config.pages == tmp_path / "网页"
    east, own = config.aims
    assert (east.sheets, own.sheets) == (("分层", "Tasks"), ())
    assert (east.path, east.name, east.where, east.is_part) == (tmp_path / "华东.xlsx", "华东", "区域 = '华东'", True)
    assert (own.path, own.title, own.owners) == (Path("/srv/王.xlsx"), "王.xlsx", ("王浩然", "李雅婷"))
    assert config.sends_mail
    assert (east.mail, own.mail) == (True, False)


def test_a_file_with_books_only_is_enough(tmp_path: Path) -> None:
    config = load_config(written(tmp_path, '[[book]]\npath = "客户.xlsx"\n'))
    assert (config.name, config.at, config.facts, config.ledger) == ("night", dt.time(2), None, "")
    assert not config.aims[0].is_part
    assert not config.sends_mail


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "没有工作簿"),
        ("[[book]]\n", "path"),
        ('[[book]]\npath = "a.xlsx"\nwehre = "x"', "不认识 book.wehre"),
        ('hour = 2\n[[book]]\npath = "a.xlsx"', "不认识 hour"),
        ('at = "25:00"\n[[book]]\npath = "a.xlsx"', "at = 25:00 不对"),
        ('every_minutes = 0\n[[book]]\npath = "a.xlsx"', "every_minutes = 0 不对；应为 >= 1"),
        ('tries = true\n[[book]]\npath = "a.xlsx"', "tries = True 不对"),
        ('name = 3\n[[book]]\npath = "a.xlsx"', "name = 3 不对"),
        ('[facts]\norder = "x.csv"\n[[book]]\npath = "a.xlsx"', "不认识 facts.order"),
        ('[[book]]\npath = "a.xlsx"\nowner = [1]', "owner"),
        ('[[book]]\npath = "a.xlsx"\nsheets = ["订单"]', "没有名叫“订单”的表可选"),
        ('[[book]]\npath = "a.xlsx"\n[[book]]\npath = "a.xlsx"', "写了两次"),
        ('[[book]]\npath = "a.xlsx"\nname = "甲"\n[[book]]\npath = "b.xlsx"\nname = "甲"', "甲 写了两次"),
        ('[[book]]\npath = "a.xlsx"\nmail = "no"', "mail = no 不对"),
        ("[[book]\n", "读不懂"),
    ],
)
def test_a_slip_in_the_file_is_told_with_its_word(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(UsageError) as refusal:
        load_config(written(tmp_path, text))
    assert told in str(refusal.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"找不到配置文件 .*none\.toml"):
        load_config(tmp_path / "none.toml")


def test_of_files_that_fit_a_pattern_the_last_by_name_counts(tmp_path: Path) -> None:
    for name in ("orders-2026-10-30.csv", "orders-2026-10-31.csv", "~orders-9.csv", ".orders-9.csv"):
        (tmp_path / name).write_text("x")
    files = {"orders": tmp_path / "*orders-*.csv", "customers": tmp_path / "k.csv"}
    found = found_files(Facts(None, files))
    assert found == {"orders": tmp_path / "orders-2026-10-31.csv", "customers": tmp_path / "k.csv"}
    with pytest.raises(SourceError, match="没有文件符合"):
        found_files(Facts(None, {"orders": tmp_path / "sales-*.csv"}))


def test_each_file_has_a_memory_of_its_own(tmp_path: Path) -> None:
    one = load_config(written(tmp_path, '[[book]]\npath = "客户.xlsx"\n'))
    (tmp_path / "b").mkdir()
    other = load_config(written(tmp_path / "b", '[[book]]\npath = "客户.xlsx"\n'))
    folders = {state_of(each).folder for each in (one, other, books_only([tmp_path / "客户.xlsx"]))}
    assert len(folders) == 3


def test_the_example_is_read_and_says_what_would_hold_without_it() -> None:
    config, default = load_config(templates.folder() / "night.toml"), Config(())
    assert (config.at, config.until, config.every) == (default.at, default.until, default.every)
    assert (config.catch_up, config.tries, config.ledger) == (default.catch_up, default.tries, default.ledger)
    assert [aim.path.name for aim in config.aims] == ["客户.xlsx", "华东.xlsx"]
