"""Lunar birthdays: their own column, and what people write into 生日."""

from __future__ import annotations


def test_lunar_words_in_the_birthday_column_become_the_lunar_birthday(cleaned) -> None:
    words = ["1985-08-15", "农历八月十五", "腊月廿三", "8月15日", None]
    done = cleaned({"customers": [{"customer_id": f"A{n}", "birthday": word} for n, word in enumerate(words)]})

    assert done.column("birthday_lunar", "customers") == [None, "08-15", "12-23", None, None]
    assert [day and day.isoformat() for day in done.column("birthday", "customers")] == ["1985-08-15"] + [None] * 4
    assert done.notices("customers") == [(5, "unreadable_date", "birthday", "8月15日")]


def test_the_column_of_its_own_comes_first_and_what_nobody_can_read_is_a_finding(cleaned) -> None:
    done = cleaned(
        {
            "customers": [
                {"customer_id": "A1", "birthday": "农历八月十五", "birthday_lunar": "八月十六"},
                {"customer_id": "A2", "birthday": "农历八月十五", "birthday_lunar": None},
                {"customer_id": "A3", "birthday": None, "birthday_lunar": "中秋前后"},
            ]
        }
    )

    assert done.column("birthday_lunar", "customers") == ["08-16", "08-15", None]
    assert done.notices("customers") == [(4, "unreadable_lunar_day", "birthday_lunar", "中秋前后")]


def test_a_spreadsheet_s_date_in_the_lunar_column_is_read_by_month_and_day(cleaned) -> None:
    import datetime as dt

    rows = [{"customer_id": "A1", "birthday_lunar": dt.date(1985, 8, 15)}]
    done = cleaned({"customers": rows}, types={"customers": {"birthday_lunar": "DATE"}})

    assert done.column("birthday_lunar", "customers") == ["08-15"]


def test_customers_merged_into_one_keep_the_lunar_birthday_of_either(cleaned) -> None:
    done = cleaned(
        {
            "customers": [
                {"customer_id": "A1", "name": "甲公司", "birthday": None},
                {"customer_id": "A1", "name": None, "birthday": "农历正月初五"},
            ]
        }
    )

    assert done.column("birthday_lunar", "customers") == ["01-05"]


def test_whoever_declines_marketing_is_known(cleaned) -> None:
    words = ["是", "否", None, "说不定"]
    done = cleaned({"customers": [{"customer_id": f"A{n}", "opt_out": word} for n, word in enumerate(words)]})

    assert done.column("opt_out", "customers") == [1, 0, None, None]
