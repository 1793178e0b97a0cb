"""Notes: the text, the shape and the thread of a cell go together."""

from __future__ import annotations

import pytest

from tierbook.workbook.moved import RowMap
from tierbook.workbook.moved.notes import moved_shapes

MOVED = RowMap(2, 4, 6, {2: 5, 3: 4, 4: 3}, 0, 3)


def note(row: int, column: int, top: int, *, bottom: int, prefix: str = "x:", body: str = "") -> str:
    return (
        f'<v:shape id="_x0000_s1025" type="#_x0000_t202" style=\'visibility:hidden\'><v:textbox>{body}</v:textbox>'
        f'<{prefix}ClientData ObjectType="Note"><{prefix}MoveWithCells/><{prefix}Anchor>\n    2, 15, {top}, 10, 4, 15, '
        f"{bottom}, 4</{prefix}Anchor><{prefix}Row>{row}</{prefix}Row><{prefix}Column>{column}</{prefix}Column>"
        f"</{prefix}ClientData></v:shape>"
    )


BUTTON = (
    '<v:shape id="_x0000_s1030"><x:ClientData ObjectType="Button"><x:Anchor>3, 0, {}, 0, 4, 0, {}, 0</x:Anchor>'
    "</x:ClientData></v:shape>"
)
TYPE = '<v:shapetype id="_x0000_t202" path="m,l"><v:stroke joinstyle="miter"/></v:shapetype>'


def test_a_notes_shape_goes_with_its_cell() -> None:
    assert moved_shapes(TYPE + note(1, 1, 1, bottom=5), MOVED) == TYPE + note(4, 1, 4, bottom=8)


def test_a_notes_shape_stays_on_the_sheet() -> None:
    assert moved_shapes(note(3, 1, 0, bottom=4), MOVED) == note(2, 1, 0, bottom=3)


def test_the_shape_of_a_row_that_left_goes() -> None:
    assert moved_shapes(TYPE + note(4, 1, 3, bottom=7) + note(0, 1, 1, bottom=4), MOVED) == TYPE + note(
        0, 1, 1, bottom=4
    )


def test_notes_beside_the_table_stay_and_those_below_shift() -> None:
    assert moved_shapes(note(1, 6, 1, bottom=5), MOVED) == note(1, 6, 1, bottom=5)
    assert moved_shapes(note(5, 6, 4, bottom=8), MOVED) == note(7, 6, 6, bottom=10)


@pytest.mark.parametrize("body", ["<br>", "<font>a</i>", "&nbsp;"])
def test_vml_need_not_be_well_formed(body: str) -> None:
    assert moved_shapes(note(1, 1, 1, bottom=5, body=body), MOVED) == note(4, 1, 4, bottom=8, body=body)


def test_prefixes_may_be_any() -> None:
    assert moved_shapes(note(1, 1, 1, bottom=5, prefix="ns2:"), MOVED) == note(4, 1, 4, bottom=8, prefix="ns2:")


def test_buttons_below_the_body_shift_and_others_stay() -> None:
    assert moved_shapes(BUTTON.format(5, 6) + BUTTON.format(3, 6), MOVED) == BUTTON.format(7, 8) + BUTTON.format(3, 6)
