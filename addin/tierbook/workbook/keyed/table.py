"""The table's part after its rows changed, and header cells of columns it gained."""

from __future__ import annotations

from collections.abc import Sequence

from lxml import etree

from ..moved import RowMap
from ..package.xml_parts import MAIN, children, make_child, number_of
from .layout import Layout, box_of, letters_of, ref_of
from .rows import Cells, Row, cells_of
from .values import BLANK, as_header, as_title, style_of, text_cell, value_of


def gained_header(layout: Layout, mine: Cells, theirs: Row, strings: Sequence[str | None]) -> Cells:
    """Header cells of the columns the table gains: the donor's new ones, and people's that now lie inside.

    Excel wants a text of its own in each header cell.
    """
    gained: Cells = {}
    new = {column.mine: column for column in layout.columns if column.new}
    there = cells_of(theirs)
    taken = {as_title(title) for title in (*layout.mine.titles, *(column.title for column in new.values()))}
    for place in range(layout.mine.last_column + 1, layout.last_column + 1):
        letters = letters_of(place)
        if letters in new:
            gained[letters] = there[new[letters].theirs]
            continue
        old = mine.get(letters, BLANK)
        value = value_of(old, strings)
        title = unlike(as_header(value) or letters.decode(), taken)
        taken.add(as_title(title))
        if title != value or b"<f" in old:
            gained[letters] = text_cell(title, style_of(old))
    return gained


def update_table(layout: Layout, moved: RowMap, header: Cells, strings: Sequence[str | None]) -> None:
    """Stretch the table over its new rows and columns. Old columns keep their ids; a sort order a person chose goes."""
    root, table = layout.mine.root, layout.mine
    box = box_of(root.get("ref", ""))
    totals = box[3] - table.last
    _set(root, "ref", ref_of((box[0], box[1], layout.last_column, moved.new_last + totals)))
    for order in list(root.iter(MAIN + "sortState")):
        if (parent := order.getparent()) is not None:
            parent.remove(order)
    filters = root.find(MAIN + "autoFilter")
    if filters is not None:
        _set(filters, "ref", ref_of((box[0], box[1], layout.last_column, moved.new_last)))
    for place in range(table.last_column + 1, layout.last_column + 1):
        value = value_of(header.get(letters_of(place), BLANK), strings)
        _add_column(root, str(value))


def update_reach(frame: etree._Element, first_column: int, last_column: int, last_row: int) -> None:
    """Let a sheet that says how far it reaches say it rightly."""
    dimension = frame.find(MAIN + "dimension")
    if dimension is None:
        return
    box = box_of(dimension.get("ref", "A1"))
    reach = (min(box[0], first_column), box[1], max(box[2], last_column), max(last_row, box[1]))
    if reach != box:
        dimension.set("ref", ref_of(reach))


def _add_column(root: etree._Element, title: str) -> None:
    box = root.find(MAIN + "tableColumns")
    if box is None:
        return
    number = max((number_of(column, "id") for column in children(box)), default=0) + 1
    make_child(box, MAIN + "tableColumn", [("id", str(number)), ("name", title.replace("\n", "_x000a_"))])
    box.set("count", str(len(children(box))))


def unlike(title: str, taken: set[str]) -> str:
    """The title with a number behind it if it is taken."""
    number, made = 1, title
    while as_title(made) in taken:
        number += 1
        made = f"{title}{number}"
    return made


def _set(element: etree._Element, name: str, value: str) -> None:
    if element.get(name) != value:
        element.set(name, value)
