"""What a replacement would lose stays in the book: the old sheet becomes a dated tab at its end."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable

import pytest

from tierbook.workbook import OwnedSheet, refresh_book, replace_sheets
from tierbook.workbook.ours.tables import tables_on
from tierbook.workbook.package.opc import Package, links_part
from tierbook.workbook.package.sheet_list import Sheet, named, sheets
from tierbook.workbook.package.zip_records import Records

DAY = dt.date(2026, 11, 21)
OWNED = [OwnedSheet("tiers", "分层"), OwnedSheet("stamp", "_tierbook")]
COPY = "分层 2026-11-21"
NOTICE = "工作表“分层”更新前的样子留在了新工作表“分层 2026-11-21”里（{}）；核对后可以删除"


def tabs(book: bytes) -> list[str]:
    return [sheet.name for sheet in sheets(Package(book))]


def tab(book: bytes, name: str) -> Sheet:
    found = named(sheets(Package(book)), name)
    assert found is not None
    return found


def content(book: bytes, name: str) -> str:
    return Package(book).read(tab(book, name).part).decode()


@pytest.fixture(scope="module")
def refreshed(foreign: bytes, donor: bytes) -> bytes:
    """A macro book whose sheet 分层 a tierbook of before wrote, refreshed; 人工 calculates with it."""
    made = refresh_book(replace_sheets(foreign, donor, ["_tierbook"]), donor, OWNED, day=DAY)
    assert made.notices == ()
    return made.data


@pytest.fixture(scope="module")
def edit(changed) -> Callable[[bytes, str, str], bytes]:
    """A person changes the XML of the sheet 分层."""

    def edited(book: bytes, pattern: str, by: str) -> bytes:
        part = tab(book, "分层").part
        found = changed(book, lambda name, data: re.sub(pattern.encode(), by.encode(), data) if name == part else data)
        assert content(found, "分层") != content(book, "分层")
        return found

    return edited


@pytest.fixture(scope="module")
def overwritten(refreshed: bytes, edit) -> bytes:
    return edit(refreshed, r'<c r="A2".*?</c>', '<c r="A2"><v>99</v></c>')


@pytest.fixture(scope="module")
def copied(overwritten: bytes, donor_of) -> bytes:
    made = refresh_book(overwritten, donor_of([("z", 1)]), OWNED, day=DAY)
    assert [str(notice) for notice in made.notices] == [NOTICE.format("有人改过其中的单元格")]
    return made.data


def test_an_overwritten_cell_stays_on_a_tab_at_the_end(copied: bytes, opened) -> None:
    assert tabs(copied) == ["说明", "数据", "分层", "人工", "_tierbook", COPY]
    book = opened(copied)
    assert [book[name]["A2"].value for name in ("分层", COPY)] == ["z", 99]
    assert book[COPY].sheet_state == "visible"


def test_the_refresh_after_it_changes_nothing(copied: bytes, donor_of) -> None:
    again = refresh_book(copied, donor_of([("z", 1)]), OWNED, day=DAY + dt.timedelta(1))
    assert again.data is copied
    assert again.notices == ()


def test_a_second_change_on_the_same_day_is_a_second_copy(copied: bytes, edit, donor: bytes) -> None:
    made = refresh_book(edit(copied, r"<v>1</v>", "<v>2</v>"), donor, OWNED, day=DAY)
    assert tabs(made.data)[-2:] == [COPY, f"{COPY} (2)"]


def test_a_mere_save_by_another_program_makes_no_copy(copied: bytes, donor: bytes, resaved) -> None:
    made = refresh_book(resaved(copied), donor, OWNED, day=DAY)
    assert made.notices == ()
    assert tabs(made.data) == tabs(copied)


def test_the_new_sheet_keeps_the_table_its_id_and_the_name_macros_know(overwritten: bytes, copied: bytes) -> None:
    def table(book: bytes) -> tuple[str | None, list[str | None]]:
        root = tables_on(Package(book), tab(book, "分层").part)["tiers"]
        return root.get("id"), [column.get("id") for column in root[1]]

    assert table(copied) == table(overwritten)
    assert tables_on(Package(copied), tab(copied, COPY).part) == {}
    assert 'codeName="Sheet3"' in content(copied, "分层")
    assert "codeName" not in content(copied, COPY)
    assert 'tabSelected="1"' in content(copied, "分层")
    assert "tabSelected" not in content(copied, COPY)


def test_pivots_know_the_copy_by_the_id_of_its_tab(overwritten: bytes, copied: bytes) -> None:
    def numbers(book: bytes) -> dict[str, str]:
        return dict(
            re.findall(r'<sheet name="([^"]+)" sheetId="(\d+)"', Package(book).read("xl/workbook.xml").decode())
        )

    assert numbers(copied)[COPY] == numbers(overwritten)["分层"]
    assert len(set(numbers(copied).values())) == len(tabs(copied))


def test_the_copys_charts_links_and_formulas_speak_of_the_copy(refreshed: bytes, edit, donor_of) -> None:
    person = edit(
        refreshed, r"</row></sheetData>", '<c r="K9"><f>分层!A1&amp;"分层!A1"&amp;数据!A1</f></c></row></sheetData>'
    )
    book = refresh_book(person, donor_of([("z", 1)]), OWNED, day=DAY).data
    package = Package(book)
    parts = package.reachable(tab(book, COPY).part).values()
    chart = next(part for part in parts if "charts/" in part)
    drawing = next(part for part in parts if "drawings/drawing" in part)
    assert f"<c:f>'{COPY}'!$B$2:$B$3</c:f>".encode() in package.read(chart)
    assert f"#'{COPY}'!A1" in [link.target for link in package.relationships(drawing)]
    assert f"<f>'{COPY}'!A1&amp;\"分层!A1\"&amp;数据!A1</f>" in content(book, COPY)


def test_peoples_formulas_and_names_go_on_speaking_of_the_new_sheet(overwritten: bytes, copied: bytes) -> None:
    assert content(copied, "人工") == content(overwritten, "人工")
    names = Package(copied).read("xl/workbook.xml").decode()
    assert ">分层!$B$2:$B$4</definedName>" in names
    assert ">分层!$A$1:$B$2</definedName>" in names


def test_the_copy_prints_as_the_sheet_did(copied: bytes, opened) -> None:
    copy = opened(copied)[COPY]
    assert (copy.print_area, copy.print_title_rows) == (f"'{COPY}'!$A$1:$B$3", "$1:$1")


def test_formulas_of_the_table_become_their_values_in_the_copy(refreshed: bytes, edit, donor: bytes) -> None:
    cells = (
        '<c r="K9"><f>SUM(Tiers[分数])</f><v>7</v></c>'
        '<c r="L9"><f t="shared" ref="L9:M9" si="3">Tiers[[#This Row],[分数]]</f><v>8</v></c>'
        '<c r="M9"><f t="shared" si="3"/><v>9</v></c><c r="N9"><f>1+2</f><v>3</v></c></row></sheetData>'
    )
    book = refresh_book(edit(refreshed, r"</row></sheetData>", cells), donor, OWNED, day=DAY).data
    assert (
        '<c r="K9"><v>7</v></c><c r="L9"><v>8</v></c><c r="M9"><v>9</v></c><c r="N9"><f>1+2</f><v>3</v></c>'
    ) in content(book, COPY)


def with_link(book: bytes, changed: Callable[..., bytes], kind: str) -> bytes:
    """A person put something on the sheet that no donor brings back."""
    links = links_part(tab(book, "分层").part)
    added = f'<Relationship Id="rId77" Type="http://x/{kind}" Target="/xl/notes/mine.xml"/></Relationships>'.encode()
    return changed(book, lambda name, data: data.replace(b"</Relationships>", added) if name == links else data)


@pytest.mark.parametrize(
    ("kind", "word"),
    [
        ("pivotTable", "数据透视表"),
        ("threadedComment", "批注讨论"),
        ("slicer", "切片器或日程表"),
        ("oleObject", "嵌入的文件"),
        ("ctrlProp", "表单控件"),
        ("customThing", "customThing"),
    ],
)
def test_what_no_donor_brings_back_stays_on_the_copy(
    refreshed: bytes, donor: bytes, changed, kind: str, word: str
) -> None:
    made = refresh_book(with_link(refreshed, changed, kind), donor, OWNED, day=DAY)
    assert [str(notice) for notice in made.notices] == [NOTICE.format(f"上面有{word}")]
    package = Package(made.data)
    assert kind in [link.kind for link in package.relationships(tab(made.data, COPY).part)]
    assert package.has("xl/notes/mine.xml")


def test_a_table_somebody_made_stays_a_table_on_the_copy(refreshed: bytes, changed, donor: bytes, opened) -> None:
    package = Package(refreshed)
    part = tab(refreshed, "分层").part
    rid = package.relate(part, "http://x/table", "xl/tables/table9.xml")
    package.put("xl/tables/table9.xml", package.read("xl/tables/table1.xml").replace(b"Facts", b"Mine")
                .replace(b' id="1"', b' id="9"', 1), package.content_type("xl/tables/table1.xml") or "")  # fmt: skip
    sheet = package.read(part).replace(
        b'<tableParts count="1">', f'<tableParts count="2"><tablePart r:id="{rid}"/>'.encode()
    )
    package.put(part, sheet, package.content_type(part) or "")
    made = refresh_book(package.to_bytes(), donor, OWNED, day=DAY)
    assert [str(notice) for notice in made.notices] == [NOTICE.format("上面有别人建的表格")]
    book = opened(made.data)
    assert list(book[COPY].tables) == ["Mine"]
    assert list(book["分层"].tables) == ["Tiers"]


def test_every_part_of_the_old_sheet_but_its_table_keeps_its_bytes(overwritten: bytes, copied: bytes) -> None:
    """The copy's chart alone is written anew: its formulas speak of the copy."""
    before, after = Records(overwritten), Records(copied)
    package = Package(overwritten)
    parts = {part for part in package.reachable(tab(overwritten, "分层").part).values() if "tables/" not in part}
    rewritten = {part for part in parts if before.read(part) != after.read(part)}
    assert len(parts) == 5
    assert {part.split("/")[1] for part in rewritten} == {"charts"}
    assert parts <= set(Package(copied).reachable(tab(copied, COPY).part).values())
