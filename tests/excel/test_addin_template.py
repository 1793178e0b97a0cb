"""Books with buttons: where the buttons stand, and that a refresh leaves buttons and code alone."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from pathlib import Path

import pytest

from tierbook.errors import UsageError
from tierbook.excel import addin
from tierbook.excel.addin.modules import macro_of
from tierbook.excel.buttons import BUTTONS
from tierbook.jobs import Request, new, refresh
from tierbook.publish import SHEET_KEYS, template_book
from tierbook.workbook import read_rows
from tierbook.workbook.ours.names import defined_names
from tierbook.workbook.package.opc import Package
from tierbook.workbook.package.sheet_list import named, sheets

AS_OF = dt.date(2026, 8, 31)
HEADER_ROW = 4
"""Row of the header on every sheet with a table, counted from 1."""
CUSTOMERS = [{"customer_id": f"{number}", "name": f"客户{number}", "owner": "王敏"} for number in range(1001, 1013)]
ORDERS = [
    {
        "order_id": f"o{number}-{back}",
        "customer_id": f"{number}",
        "date": AS_OF - dt.timedelta(days=back),
        "amount": back,
    }
    for number in range(1001, 1013)
    for back in (3, 40, 200 + number % 7)
]


def buttons_on(book: bytes, sheet: str) -> list[tuple[str, tuple[int, ...]]]:
    """Macro and anchor (column, pixels, row, pixels of both corners, counted from 0) of every button of a sheet."""
    package = Package(book)
    found = named(sheets(package), sheet)
    assert found is not None
    drawing = package.related(found.part, "vmlDrawing")
    if drawing is None:
        return []
    shapes = re.findall(rb"<x:ClientData ObjectType=\"Button\">(.*?)</x:ClientData>", package.read(drawing), re.DOTALL)
    return [(_text(shape, "FmlaMacro").removeprefix("[0]!"), tuple(map(int, _text(shape, "Anchor").split(", "))))
            for shape in shapes]  # fmt: skip


def _text(shape: bytes, name: str) -> str:
    found = re.search(f"<x:{name}>(.*?)</x:{name}>".encode(), shape)
    assert found is not None
    return found[1].decode()


@pytest.fixture(scope="module")
def template() -> bytes:
    return addin.template_bytes("zh-CN")


def test_the_guide_has_all_buttons_in_one_column(template: bytes) -> None:
    found = buttons_on(template, "使用说明")
    assert [macro for macro, _ in found] == [macro_of(verb) for verb in BUTTONS]
    assert {(left, right) for _, (left, _, _, _, right, _, _, _) in found} == {(0, 5)}
    rows = [top for _, (_, _, top, *_) in found]
    assert rows == list(range(rows[0], rows[0] + len(BUTTONS)))
    assert [bottom for _, (*_, bottom, _) in found] == rows


def test_the_guide_says_beside_each_button_what_it_does(template: bytes, tmp_path: Path) -> None:
    path = tmp_path / "book.xlsm"
    path.write_bytes(template)
    rows = [list(row) for row in read_rows(path, "使用说明")]
    tips = [one.tip for one in addin.template_macros("zh-CN").buttons["guide"]]
    for (_, (_, _, top, *_)), tip in zip(buttons_on(template, "使用说明"), tips, strict=True):
        assert [cell for cell in rows[top] if cell] == [tip]


@pytest.mark.parametrize(
    ("sheet", "verbs"),
    [("任务", ["followups", "record"]), ("模型-指标权重", ["preview", "apply"]), ("模型-参数", ["preview", "apply"])],
)
def test_other_sheets_have_theirs_between_heading_and_table(template: bytes, sheet: str, verbs: list[str]) -> None:
    found = buttons_on(template, sheet)
    assert [macro for macro, _ in found] == [macro_of(verb) for verb in verbs]
    for _, (_, _, top, *_, bottom, _) in found:
        assert (top, bottom) == (HEADER_ROW - 2, HEADER_ROW - 2)


def test_sheets_people_fill_have_no_button(template: bytes) -> None:
    for name in ("客户", "订单", "互动", "手工调整"):
        assert buttons_on(template, name) == []


def test_the_macros_find_the_words_of_the_book(template: bytes, tmp_path: Path) -> None:
    told = {name: formula for name, _, formula in defined_names(Package(template))}["_words.no_addin"]
    row = int(told.rpartition("$")[2])
    path = tmp_path / "book.xlsm"
    path.write_bytes(template)
    rows = [list(cells) for cells in read_rows(path, "使用说明")]
    assert told == f"'使用说明'!$A${row}"
    assert rows[row - 1][0] == addin.template_macros("zh-CN").words


def test_every_sheet_has_a_code_name() -> None:
    assert set(addin.template_macros("en").code_names) == set(SHEET_KEYS)


def test_new_makes_a_book_with_buttons(tmp_path: Path) -> None:
    book = tmp_path / "客户.xlsm"
    new(book, "zh-CN", macros=addin.template_macros("zh-CN"))
    assert book.read_bytes() == addin.template_bytes("zh-CN")


@pytest.mark.parametrize(("name", "with_macros"), [("book.xlsx", True), ("book.xlsm", False)])
def test_the_ending_says_whether_a_book_has_macros(name: str, with_macros: bool, tmp_path: Path) -> None:
    macros = addin.template_macros("en") if with_macros else None
    with pytest.raises(UsageError) as refused:
        new(tmp_path / name, "en", macros=macros)
    assert refused.value.words("en") == f"'{name}' must end in .xlsx (.xlsm for one with buttons)"


@pytest.fixture(scope="module")
def refreshed(general, tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, bytes, Path]:
    """A macro book before and after its first refresh, and a plain book refreshed from the same facts."""
    folder = tmp_path_factory.mktemp("books")
    facts = {"customers": CUSTOMERS, "orders": ORDERS}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TIERBOOK_HOME", str(folder / "home"))
        for name, macros in (("book.xlsm", addin.template_macros("zh-CN")), ("plain.xlsx", None)):
            path = folder / name
            path.write_bytes(template_book(general, "zh-CN", facts=facts, macros=macros))
            if macros:
                before = path.read_bytes()
            refresh(Request(as_of=AS_OF, book=path, model="general", language="zh-CN"))
    return before, (folder / "book.xlsm").read_bytes(), folder


def test_a_refresh_keeps_code_and_buttons(refreshed: tuple[bytes, bytes, Path]) -> None:
    before, after, _ = refreshed
    for name in ("使用说明", "任务", "模型-指标权重", "模型-策略"):
        assert buttons_on(after, name) == buttons_on(before, name) != []
    with zipfile.ZipFile(io.BytesIO(before)) as old, zipfile.ZipFile(io.BytesIO(after)) as made:
        assert made.read("xl/vbaProject.bin") == old.read("xl/vbaProject.bin")


def test_a_refresh_keeps_the_name_every_sheet_has_in_the_code(refreshed: tuple[bytes, bytes, Path]) -> None:
    before, after, _ = refreshed
    assert code_names(after) == code_names(before)
    assert len(code_names(before)) == len(SHEET_KEYS)


def code_names(book: bytes) -> dict[str, str]:
    package = Package(book)
    found = {sheet.name: re.search(rb'codeName="(\w+)"', package.read(sheet.part)) for sheet in sheets(package)}
    return {name: code[1].decode() for name, code in found.items() if code}


def test_a_book_with_buttons_shows_what_a_plain_one_shows(refreshed: tuple[bytes, bytes, Path]) -> None:
    _, after, folder = refreshed
    for sheet in (one.name for one in sheets(Package(after))):
        if sheet != "使用说明":
            mine, plain = (
                [list(row) for row in read_rows(folder / name, sheet)] for name in ("book.xlsm", "plain.xlsx")
            )
            assert mine == plain, sheet


def test_a_second_refresh_changes_nothing(
    refreshed: tuple[bytes, bytes, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, after, folder = refreshed
    monkeypatch.setenv("TIERBOOK_HOME", str(folder / "home"))
    report = refresh(Request(as_of=AS_OF, book=folder / "book.xlsm", model="general", language="zh-CN"))
    assert not report.changed
    assert (folder / "book.xlsm").read_bytes() == after
