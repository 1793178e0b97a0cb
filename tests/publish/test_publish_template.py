"""The template book: complete, the same every time, and read back as it was written."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tierbook import schema, templates
from tierbook.labels import LANGUAGES, text
from tierbook.model.sheets import Grid, from_grids
from tierbook.model.version import fingerprint
from tierbook.publish import template_book
from tierbook.publish.sheet_data import TABLE_NAME, data_columns
from tierbook.publish.sheet_keys import OWNED, OWNER, SHEET_KEYS
from tierbook.workbook import read_rows

pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning")  # solid data bars

FACTS: dict[str, list[Any]] = {
    "customers": [{"customer_id": "0012", "name": "=cmd()", "since": dt.date(2025, 1, 2), "followers": 5}],
    "orders": [["SO-1", "1", "0012", "2026.3.1", "￥1,200"], ["SO-2", "1", 12, dt.date(2026, 3, 1), 99.5]],
}


def parts(book: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(book)) as package:
        return {name: package.read(name) for name in package.namelist()}


def opened(book: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(book))


def listed(sheet: Any) -> dict[str, Any]:
    """First cell of each drop-down's area -> its source."""
    return {
        str(one.sqref).split(":")[0]: one.formula1
        for one in sheet.data_validations.dataValidation
        if one.type == "list"
    }


@pytest.fixture(scope="module")
def books(general: Any) -> dict[str, bytes]:
    return {language: template_book(general, language) for language in LANGUAGES}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_shipped_book_is_the_one_the_sources_make(books: dict[str, bytes], language: str) -> None:
    """Compared part by part: how a part is compressed depends on the machine, what it says does not."""
    shipped = (templates.folder() / f"tierbook-{language}.xlsx").read_bytes()
    found, made = parts(shipped), parts(books[language])
    assert [name for name in sorted(found | made) if found.get(name) != made.get(name)] == [], (
        "run scripts/build_templates.py"
    )


def test_equal_models_give_equal_bytes(general: Any) -> None:
    assert template_book(general, "zh-TW", facts=FACTS) == template_book(general, "zh-TW", facts=FACTS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sheet_is_there_in_order_with_its_owners_colour(books: dict[str, bytes], language: Any) -> None:
    book = opened(books[language])
    assert book.sheetnames == [text(f"sheets.{key}", language) for key in SHEET_KEYS]
    colours = {owner: set() for owner in OWNER.values()}
    for key, name in zip(SHEET_KEYS, book.sheetnames, strict=True):
        colours[OWNER[key]].add(book[name].sheet_properties.tabColor.rgb)
    assert all(len(found) == 1 for found in colours.values())
    assert len({next(iter(found)) for found in colours.values()}) == len(colours)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", schema.TABLES)
def test_a_fact_sheet_is_a_named_table_of_all_columns(books: dict[str, bytes], language: Any, key: str) -> None:
    sheet = opened(books[language])[text(f"sheets.{key}", language)]
    titles = [cell.value for cell in sheet[1]]
    assert titles == [column.name.of(language) for column in schema.TABLES[key].columns]
    assert list(sheet.tables) == [TABLE_NAME[key]]
    assert sheet.freeze_panes == "B2"
    assert all(sheet.column_dimensions[cell.column_letter].width >= 8 for cell in sheet[1])


def test_closed_lists_drop_down_and_required_headers_stand_out(books: dict[str, bytes]) -> None:
    sheet = opened(books["zh-CN"])["订单"]
    columns = data_columns(schema.ORDERS, "zh-CN")
    letters = {column.key: cell.column_letter for column, cell in zip(columns, sheet[1], strict=True)}
    found = listed(sheet)
    assert found[f"{letters['status']}2"] == '"完成,取消,退货"'
    assert found[f"{letters['is_renewal']}2"] == '"是,否"'
    dates = {str(one.sqref).split(":")[0] for one in sheet.data_validations.dataValidation if one.type == "date"}
    assert {f"{letters[key]}2" for key in ("date", "due_date", "paid_date")} <= dates
    required = {
        cell.fill.fgColor.rgb for column, cell in zip(columns, sheet[1], strict=True) if column.fill == "required"
    }
    optional = {
        cell.fill.fgColor.rgb for column, cell in zip(columns, sheet[1], strict=True) if column.fill == "optional"
    }
    assert len(required) == len(optional) == 1
    assert required != optional
    meanings = {str(one.sqref): one.prompt for one in sheet.data_validations.dataValidation if one.prompt}
    assert meanings[f"{letters['amount']}1"].startswith("必填。")
    assert len(meanings) == len(columns)


def test_facts_go_in_with_their_types(general: Any) -> None:
    book = opened(template_book(general, "zh-CN", facts=FACTS))
    customer = dict(zip((cell.value for cell in book["客户"][1]), book["客户"][2], strict=True))
    assert (customer["客户编号"].value, customer["客户编号"].number_format) == ("0012", "@")
    assert (customer["客户名称"].value, customer["客户名称"].data_type) == ("=cmd()", "s")
    assert customer["建档日期"].value == dt.datetime(2025, 1, 2)
    assert [[cell.value for cell in row[:5]] for row in book["订单"].iter_rows(min_row=2)] == [
        ["SO-1", "1", "0012", "2026.3.1", "￥1,200"], ["SO-2", "1", 12, dt.datetime(2026, 3, 1), 99.5]]  # fmt: skip
    assert book["订单"].tables["Orders"].ref.endswith("3")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_model_sheets_read_back_as_the_same_model(
    general: Any, books: dict[str, bytes], language: Any, tmp_path: Path
) -> None:
    path = tmp_path / "book.xlsx"
    path.write_bytes(books[language])
    names = {key: text(f"sheets.{key}", language) for key in SHEET_KEYS if OWNER[key] == "model"}
    grids = {key: Grid(name, read_rows(path, name)) for key, name in names.items()}
    assert fingerprint(from_grids(grids, general, language)) == fingerprint(general)


def test_model_cells_with_closed_lists_drop_down(general: Any, books: dict[str, bytes]) -> None:
    book = opened(books["zh-CN"])
    sheet = book["模型-指标权重"]
    places = {cell.value: cell.column_letter for cell in sheet[4]}
    found = listed(sheet)
    assert found[f"{places['计分方式']}5"].startswith('"')
    assert found[f"{places['缺失处理']}5"].startswith('"')
    area = found[f"{places['指标']}5"].replace("$", "")
    known = [row[0].value for row in sheet[area]]
    assert general.indicator("amount_12m").name.zh in known
    assert sheet.column_dimensions[area.split(":")[0].rstrip("0123456789")].hidden
    params = book["模型-参数"]
    rows = {params.cell(row, 1).value: row for row in range(5, params.max_row + 1)}
    assert f"C{rows['returns']}" in listed(params)
    assert params.cell(rows["audit_share"], 3).number_format == "0.##%"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_guide_tells_of_every_sheet_tier_and_weight(general: Any, books: dict[str, bytes], language: Any) -> None:
    sheet = opened(books[language])[text("sheets.guide", language)]
    told = {cell.value for row in sheet.iter_rows() for cell in row if cell.value is not None}
    assert {text(f"sheets.{key}", language) for key in SHEET_KEYS} <= told
    assert {tier.name.of(language) for tier in general.scale("four").tiers} <= told
    assert {float(line.weight) for line in general.main_card.lines} <= {v for v in told if isinstance(v, (int, float))}
    assert sum(str(value).startswith("=CUST_") for value in told) == 9
    links = {cell.hyperlink.location for cell in sheet["A"] if cell.hyperlink}
    assert links == {f"'{text(f'sheets.{key}', language)}'!A1" for key in SHEET_KEYS}


def test_sheets_of_ours_say_how_to_fill_them_before_the_first_refresh(books: dict[str, bytes]) -> None:
    book = opened(books["zh-CN"])
    for key in OWNED:
        assert book[text(f"sheets.{key}", "zh-CN")]["A5"].value == "tierbook refresh 工作簿.xlsx"
