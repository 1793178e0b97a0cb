"""The sheet to ask from: what it shows at first, what it shows for any other id, and its drop-downs."""

from __future__ import annotations

import io
import zipfile

import pytest

from tierbook.excel.scored import reading
from tierbook.sharing import share
from tierbook.workbook import read_sheets, sheet_names

SHEET = "分层查询"
LABELS = {
    "层级": "CUST_TIER", "得分": "CUST_SCORE", "RFM": "CUST_RFM", "RFM 细分": "CUST_SEGMENT",
    "生命周期阶段": "CUST_STAGE",
    "标签": "CUST_TAGS", "负责人": "CUST_OWNER", "预期终身价值": "CUST_CLV", "流失风险": "CUST_CHURN",
    "距上一层级": "CUST_GAP", "下一步行动": "CUST_NEXT",
}  # fmt: skip


@pytest.fixture(params=["lambda", "classic"])
def copy(request, asked, tmp_path):
    book = asked.small_book(tmp_path / "book.xlsx", asked.asking([], []))
    made = tmp_path / f"{request.param}.xlsx"
    made.write_bytes(share(book, request.param).data)
    return request.param, book, made


def asked_again(path, customer):
    """The sheet's lines after somebody typed another id, calculated by IronCalc."""
    import ironcalc

    model = ironcalc.load_from_xlsx(str(path), "en", "UTC", "en")
    place = [one["name"] for one in model.get_worksheets_properties()].index(SHEET)
    model.set_user_input(place, 4, 2, customer)
    model.evaluate()
    return {model.get_cell_value(place, row, 1): model.get_cell_value(place, row, 2) for row in range(7, 25)}


@pytest.mark.parametrize("customer", ["1001", "1", "A-7", "nobody"])
def test_any_id_has_the_answers_of_the_addin(asked, copy, customer):
    _, book, made = copy
    lines, scored = asked_again(made, customer), reading.read(book)
    for label, function in LABELS.items():
        assert asked.same(lines[label], asked.answer_of(scored, function, [customer])), label
    assert asked.same(lines["ABC 分层"], asked.answer_of(scored, "CUST_TIER", [customer, "abc"]))
    assert asked.same(lines["简单评分"], asked.answer_of(scored, "CUST_SCORE", [customer, "simple"]))
    assert asked.same(lines["最近购买间隔(天)"], asked.answer_of(scored, "CUST_METRIC", [customer, "recency_days"]))
    names = {row[0]: row[1] for row in asked.RESULTS}
    assert lines["客户名称"] == names.get(customer, "#N/A")


def test_it_shows_the_best_customer_before_anybody_calculates(asked, copy):
    to, _, made = copy
    rows = read_sheets(made, [SHEET])[SHEET]
    assert rows[3][:2] == ["客户编号", 1001]
    shown = {row[0]: row[1] for row in rows[6:]}
    assert (shown["客户名称"], shown["层级"], shown["得分"]) == ("上海样品", "VIP", 81.25)
    assert shown["下一步行动"] == "登门拜访"
    formulas = [row[2] for row in rows[6:] if len(row) > 2 and row[2]]
    assert ("=CUST_TIER(B4)" in formulas) == (to == "lambda")


def test_its_drop_downs_list_every_customer_and_indicator(copy):
    with zipfile.ZipFile(io.BytesIO(copy[2].read_bytes())) as package:
        place = sheet_names(copy[2]).index(SHEET) + 1
        sheet = package.read(f"xl/worksheets/sheet{place}.xml").decode()
    assert "<formula1>_tierbook_results!$A$2:$A$8</formula1>" in sheet
    assert "<formula1>_tierbook_words!$G$2:$G$4</formula1>" in sheet  # days are left out
