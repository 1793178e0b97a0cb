"""What 数据检查 says of single cells."""

from __future__ import annotations

import pytest

from tierbook.cleaning.quality import Fill, Filled, InDoubt, Quality, Repair, quality
from tierbook.cleaning.regions import candidates
from tierbook.labels import LANGUAGES
from tierbook.publish.check_quality import doubt_row, fill_row, filled_row, quality_json, quality_lines, repair_row

FOUND = Quality(
    [Repair("orders", "date", "date", 3, "2026/1/5", "2026-01-05"),
     Repair("orders", "status", "choice", 2, "交易成功", "done")],
    [Fill("industry_code", "industry", 9, "C18"), Fill("region", "city", 4, "east"),
     Fill("region", "address", 1, "east")],
    [Filled("7", "size", "large", "orders", "23/25"), Filled("8", "title", "店长", "interactions", "和王强店长通话")],
    [InDoubt("city", "朝阳区", 2, places=candidates("city", "朝阳区")), InDoubt("industry", "啊", 1)],
)  # fmt: skip


def test_every_repair_fill_and_doubt_is_a_row_in_the_users_words():
    assert [repair_row(one, "zh-CN") for one in FOUND.repairs] == [
        ["订单", "日期统一成 YYYY-MM-DD", "2026/1/5 → 2026-01-05", "下单日期", 3],
        ["订单", "统一成规定的叫法", "交易成功 → 完成", "状态", 2],
    ]
    assert [fill_row(one, "zh-CN") for one in FOUND.fills][:2] == [
        ["客户", "由行业名称对出国标代码", "C18 纺织服装、服饰业", "行业代码", 9],
        ["客户", "由城市得出", "华东", "区域", 4],
    ]
    assert [filled_row(one, "zh-CN") for one in FOUND.filled] == [
        ["7", "由历史订单推断", "年采购额相近的 25 位已知客户中，23 位是大型", "企业规模", "大型"],
        ["8", "回访、沟通记录里写明", "和王强店长通话", "职位", "店长"],
    ]
    assert [doubt_row(one, "zh-CN") for one in FOUND.doubts] == [
        ["客户", "朝阳区", "北京市朝阳区；吉林省长春市朝阳区", "城市", 2],
        ["客户", "啊", "没有相近的；请填行业代码", "行业", 1],
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_screen_has_a_line_for_each_kind(language):
    lines = quality_lines(FOUND, language)
    assert len(lines) == 3
    assert "5" in lines[1]  # regions told by cities and by addresses together
    assert quality_lines(Quality(), language) == []


def test_programs_get_keys_and_codes():
    told = quality_json(FOUND)
    assert told["filled"][0] == {"column": "industry_code", "told_by": "industry", "cells": 9}
    assert told["in_doubt"][0]["places"] == ["北京市朝阳区", "吉林省长春市朝阳区"]


def test_repaired_cells_are_counted_with_their_first_example(engine):
    engine.execute(
        "CREATE TEMP TABLE raw_feedback (source_row BIGINT, customer_id VARCHAR, date VARCHAR, score VARCHAR)"
    )
    engine.execute(
        "INSERT INTO raw_feedback VALUES (2, 'A', '2026-01-05', '5'), (3, ' A', '2026/1/6', '４'), "
        "(4, 'B', '2026-01-07 00:00:00', '4.5'), (5, 'C', '7 Jan 2026', NULL), (6, 'D', '?', 'x')"
    )
    engine.execute(
        "CREATE TEMP TABLE read_feedback AS SELECT * FROM (VALUES (2, 'A', DATE '2026-01-05', 5.0, NULL), "
        "(3, 'A', DATE '2026-01-06', 4.0, NULL), (4, 'B', DATE '2026-01-07', 4.5, NULL), "
        "(5, 'C', DATE '2026-01-07', NULL, NULL), (6, 'D', NULL, NULL, 'bad_date')) "
        "AS t(source_row, customer_id, date, score, reason)"
    )
    engine.execute("CREATE TEMP TABLE findings (check_key VARCHAR, column_key VARCHAR, value VARCHAR)")
    engine.execute(
        "CREATE TEMP TABLE filled (customer_id VARCHAR, column_key VARCHAR, value VARCHAR, told_by VARCHAR, "
        "evidence VARCHAR)"
    )
    assert quality(engine, ["feedback"]).repairs == [
        Repair("feedback", "customer_id", "id", 1, " A", "A"),
        Repair("feedback", "date", "date", 2, "2026/1/6", "2026-01-06"),
        Repair("feedback", "score", "number", 1, "４", "4.0"),
    ]
