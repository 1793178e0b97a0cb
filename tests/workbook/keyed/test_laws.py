"""Laws that hold whatever rows come, go and change places."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

IDS = st.lists(st.integers(1, 12).map("T{}".format), unique=True, max_size=8)
REFRESHES = st.lists(IDS, min_size=1, max_size=3)
COLUMNS = st.permutations(["编号", "客户", "优先级", "状态", "备注", "我的"])
FEW = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def people_row(key: str, titles: list[str]) -> list[object]:
    cells = {"编号": key, "客户": f"旧{key}", "优先级": 1, "状态": f"状态{key}", "备注": f"备注{key}"}
    return [cells.get(title, "=ROW()") for title in titles]


def donor_row(key: str, turn: int) -> list[object]:
    return [key, f"第{turn}次{key}", turn, "新"]


def found(sheet, title: str, header: int) -> dict[str, object]:
    """Id -> value of the column with that title in the id's first row below a header row."""
    titles = [cell.value for cell in sheet[header]]
    key, place = titles.index("编号"), titles.index(title)
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=header + 1)]
    return {str(row[key]): row[place] for row in reversed(rows) if row[key] is not None}


@FEW
@given(old=IDS, turns=REFRESHES, titles=COLUMNS, typed=st.integers(0, 2), down=st.integers(0, 2))
@example(old=[], turns=[[]], titles=["编号", "客户", "优先级", "状态", "备注", "我的"], typed=0, down=0)
def test_every_cell_of_people_is_with_its_id_or_in_the_archive(
    old, turns, titles, typed, down, book_of, donor_of, update, loaded
) -> None:
    rows = [people_row(key, titles) for key in old]
    rows += [["自己写的" if title == "备注" else None for title in titles]] * typed
    book, header = book_of(rows, titles=titles, first=(3 + down, down)), 4 + down
    for turn, ids in enumerate(turns):
        book = update(book, donor_of([donor_row(key, turn) for key in ids]))
    made = loaded(book)
    sheet = made["任务"]
    last = len(turns) - 1
    ours = found(sheet, "客户", header)
    assert list(reversed(ours.items())) == [(key, f"第{last}次{key}") for key in turns[-1]]
    assert set(found(sheet, "优先级", header).values()) <= {last}
    assert [cell.value for row in sheet.iter_rows() for cell in row].count("自己写的") == typed
    archived = found(made["任务存档"], "备注", 1) if "任务存档" in made.sheetnames else {}
    notes = found(sheet, "备注", header)
    seen = [set(old), *map(set, turns)]
    for key in old:
        stayed = all(key in ids for ids in seen)
        assert (notes if stayed else archived)[key] == f"备注{key}"
    assert archived.keys() == {key for before, after in pairwise(seen) for key in before - after}


@FEW
@given(order=st.permutations(range(6)), shown=st.lists(st.booleans(), min_size=6, max_size=6), gone=st.integers(0, 5))
def test_everything_on_a_row_goes_where_its_id_goes(order, shown, gone, book_of, donor_of, update, loaded) -> None:
    def beside(book, sheet) -> None:
        for row in range(6):
            sheet.set_row(row + 4, 15 * (row + 2), None, {"hidden": not shown[row]})
            sheet.write_string(row + 4, 5, f"旁{row}", book.add_format({"bg_color": f"#00000{row + 1}"}))
            sheet.write_comment(row + 4, 1, f"批注{row}")
            sheet.write_formula(row + 4, 6, f"=C{row + 5}+1")
            sheet.data_validation(row + 4, 4, row + 4, 4, {"validate": "list", "source": [f"项{row}"]})
        sheet.write_formula(11, 2, "=SUM(C5:C10)")

    book = book_of([[f"T{row}", "甲", row, "", ""] for row in range(6)], beside=beside)
    wanted = [row for row in order if row != gone]
    sheet = loaded(update(book, donor_of([[f"T{row}", "甲", row, ""] for row in wanted])))["任务"]
    for number, row in enumerate(wanted, 5):
        assert sheet[f"F{number}"].value == f"旁{row}"
        assert sheet[f"F{number}"].fill.fgColor.rgb == f"FF00000{row + 1}"
        assert sheet[f"B{number}"].comment.text == f"批注{row}"
        assert sheet[f"G{number}"].value == f"=C{number}+1"
        assert sheet.row_dimensions[number].height == 15 * (row + 2)
        assert bool(sheet.row_dimensions[number].hidden) is not shown[row]
    rules = {str(rule.sqref): rule.formula1 for rule in sheet.data_validations.dataValidation}
    assert rules == {f"E{number}": f'"项{row}"' for number, row in enumerate(wanted, 5)}
    assert sheet["C11"].value == "=SUM(C5:C9)"


@pytest.mark.parametrize("count", [30])
def test_thirty_refreshes_leave_no_traces(count: int, book_of, donor_of, update, loaded) -> None:
    """Rows that turn around and around: the same parts, the same styles, the same size."""
    rows = [[f"T{row}", f"客户{row}", row, "开"] for row in range(8)]
    book = update(book_of([[*row, "备注"] for row in rows]), donor_of(rows))
    first = book
    for turn in range(1, count + 1):
        turned = rows[turn % 8 :] + rows[: turn % 8]
        book = update(book, donor_of(turned))
    assert book != first
    back = update(book, donor_of(rows))
    assert back == first
    assert loaded(back)["任务"].tables["Tasks"].ref == "A4:E12"
