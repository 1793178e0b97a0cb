"""Rows updated straight come out as those updated cell by cell."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tierbook.workbook.keyed.rows import Row
from tierbook.workbook.keyed.straight import Straight

IDS = st.lists(st.integers(1, 9).map("T{}".format), unique=True, max_size=8)
TEXTS = st.sampled_from(["新客户", "a&b", '编5" s="1"', "第5行", "_x0041_", " 空 ", "=1+1", "", None, 7, 7.5, 0])
OWN = st.sampled_from([None, "我写的", "=ROW()", 3])
FEW = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def with_own_texts(book: bytes) -> bytes:
    """The book with each text in its cell, as long tables of ours are written."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as before, zipfile.ZipFile(out, "w") as after:
        shared = re.findall(rb"<si>(.*?)</si>", before.read("xl/sharedStrings.xml"), re.DOTALL)
        for name in before.namelist():
            data = before.read(name)
            if name.startswith("xl/worksheets/sheet"):
                data = re.sub(
                    rb' t="s"><v>([0-9]+)</v>',
                    lambda cell: b' t="inlineStr"><is>' + shared[int(cell[1])] + b"</is>",
                    data,
                )
            after.writestr(zipfile.ZipInfo(name), data)
    return out.getvalue()


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Whether each kept row went straight."""
    asked: list[bool] = []
    straight = Straight.body

    def noted(self: Straight, row: Row, theirs: Row, number: int) -> tuple[bytes, bool] | None:
        made = straight(self, row, theirs, number)
        asked.append(made is not None)
        return made

    monkeypatch.setattr(Straight, "body", noted)
    return asked


def by_cells(make: Callable[[], bytes]) -> bytes:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Straight, "body", lambda *_: None)
        return make()


@FEW
@given(old=IDS, new=IDS, texts=st.lists(TEXTS, min_size=36, max_size=36), own=st.lists(OWN, min_size=9, max_size=9),
       shared=st.booleans())  # fmt: skip
def test_rows_come_out_as_cell_by_cell(old, new, texts, own, shared, book_of, donor_of, update) -> None:
    told = iter(texts)
    before = donor_of([[key, next(told), next(told), "待办"] for key in old])
    after = with_own_texts(donor_of([[key, next(told, "甲"), next(told, 1), "待办"] for key in new], heights={1: 30}))
    book = book_of([[key, None, None, None, own[place]] for place, key in enumerate(old)])
    first = update(book, before if shared else with_own_texts(before))
    assert update(first, after) == by_cells(lambda: update(first, after))


def test_a_row_nobody_wrote_beside_goes_straight(book_of, donor_of, update, taken) -> None:
    rows = [[f"T{place}", f"客户{place}", place, "待办"] for place in range(1, 30)]
    first = update(book_of([["T1", None, None, None, "我的"]]), with_own_texts(donor_of(rows)))
    taken.clear()
    changed = [[f"T{place}", f"客户{place}", place + place % 2, "待办"] for place in range(1, 30)]
    made = update(first, with_own_texts(donor_of(changed[::-1])))
    assert taken.count(True) > len(rows)  # a row of the number of a format, say s="5", is told apart cell by cell
    assert made == by_cells(lambda: update(first, with_own_texts(donor_of(changed[::-1]))))


def test_a_row_with_a_formula_or_with_its_number_in_a_text_goes_cell_by_cell(book_of, donor_of, update, taken) -> None:
    book = book_of([["T1", "x", 1, "", "=ROW()"], ["T2", "x", 1, "", '第6"'], ["T3", "x", 1, "", "甲"]])
    rows = with_own_texts(donor_of([["T1", "甲", 1, "待办"], ["T2", "甲", 1, "待办"], ["T3", "甲", 1, "待办"]]))
    made = update(with_own_texts(book), rows)
    assert taken[:2] == [False, False]
    assert made == by_cells(lambda: update(with_own_texts(book), rows))
