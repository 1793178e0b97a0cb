"""The sheet 预览 as ranges: what it says of a change of rules, in every language."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from tierbook.jobs import Preview, RuleMove
from tierbook.jobs.standings import Regrouped, Shift
from tierbook.labels import LANGUAGES, Language
from tierbook.publish.preview_groups import NAMED
from tierbook.publish.sheet_preview import LIST, LONGEST, Page, Patch, preview_page


def move(number: int, before: str, after: str, step: int) -> RuleMove:
    return RuleMove(f"{number:04}", f"=客户{number}", "王", before, after, 70.004, 80.0, Decimal("12.50"), step)


def found(moves: list[RuleMove], language: Language = "zh-CN", *, same: bool = False) -> Preview:
    return Preview(
        book=Path("客户.xlsx"),
        as_of=dt.date(2026, 10, 31),
        language=language,
        against="rules",
        same_rules=same,
        before=["A", "B"],
        after=["A", "B"],
        matrix={("A", "A"): 7, ("B", "A"): 2, ("A", "B"): 1},
        moves=moves,
        revenue=Decimal(200),
        revenue_moved=Decimal(50),
        large=[("tier", "A", 0.9)],
        large_line=0.2,
    )


MOVES = [move(1, "A", "B", -1), move(2, "B", "A", 1), move(3, "B", "A", 1)]


def cells(page: Page) -> dict[tuple[int, int], tuple[object, Patch]]:
    """What stands in each cell when all is written, and the patch that wrote it last."""
    return {
        (patch.row + down, patch.column + right): (value, patch)
        for patch in page.patches
        for down, row in enumerate(patch.cells)
        for right, value in enumerate(row)
    }


def test_the_list_names_everyone_with_both_scores_and_the_money() -> None:
    page = preview_page(found(MOVES))
    written = cells(page)
    last = max(row for row, _ in written)
    rows = [[written[row, column][0] for column in range(1, len(LIST) + 1)] for row in range(last - 2, last + 1)]
    assert rows[0] == ["0001", "=客户1", "王", "A", "B", -1, 70.0, 80.0, 10.0, 12.5]
    assert [row[0] for row in rows] == ["0001", "0002", "0003"]
    inks = [written[row, LIST.index("rank") + 1][1].look.ink for row in range(last - 2, last + 1)]
    assert inks[1] == inks[2] != inks[0]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_that_could_be_read_as_something_else_is_formatted_as_text(language: Language) -> None:
    page = preview_page(found(MOVES, language))
    for value, patch in cells(page).values():
        if isinstance(value, str) and value[:1] in {"=", "+", "-", "@", "0", "3"}:
            assert patch.look.number == "@", value


def test_the_figures_count_everyone_and_the_list_stops_at_its_longest() -> None:
    many = [move(number, "B", "A", 1) for number in range(LONGEST + 5)]
    told = [str(value) for value, _ in cells(preview_page(found(many))).values()]
    assert f"会变动的客户（{LONGEST + 5:,} 位）" in told
    assert "……还有 5 位没有列出" in told
    assert f"{LONGEST - 1:04}" in told
    assert f"{LONGEST:04}" not in told


def test_rules_nobody_changed_say_so_and_nothing_else() -> None:
    told = [value for value, _ in cells(preview_page(found([], same=True))).values()]
    assert told == ["规则变更预览 · 2026-10-31", "“模型”表里的规则与正在生效的相同，没有可预览的变更。"]


def test_the_matrix_adds_up_and_tells_rises_from_falls_by_colour() -> None:
    written = cells(preview_page(found(MOVES)))
    corner = next(place for place, (value, _) in written.items() if value == "原 \\ 新")
    block = [[written[corner[0] + down, corner[1] + right] for right in range(1, 4)] for down in range(1, 4)]
    assert [[value for value, _ in row] for row in block] == [[7, 1, 8], [2, 0, 2], [9, 1, 10]]
    papers = [block[0][0], block[0][1], block[1][0]]
    assert len({patch.look.paper for _, patch in papers}) == 3


def test_who_is_behind_each_number_of_the_matrix_is_named_below_it() -> None:
    many = [*MOVES, *(move(number, "A", "B", -1) for number in range(100, 100 + NAMED))]
    written = {place: value for place, (value, _) in cells(preview_page(found(many))).items()}
    (row,) = [row for (row, column), value in written.items() if (column, value) == (2, "A → B")]
    assert written[row, 3] == NAMED + 1
    assert str(written[row, 4]).startswith("0001 =客户1，0100 =客户100，")
    assert str(written[row, 4]).endswith(" …")
    assert [written[row + 1, column] for column in (2, 3, 4)] == ["B → A", 2, "0002 =客户2，0003 =客户3"]


def test_classes_and_tags_that_change_are_told_though_no_tier_moves() -> None:
    shown = replace(
        found([]),
        shifts=[Shift("segment", "重要价值客户", 3, 5, 3, 1, 0.5), Shift("tags", "=高频", 4, 0, 0, 4, 0.0)],
        regrouped=[Regrouped("0007", "=甲", "王", "segment", "一般价值客户", "", Decimal(90))],
    )
    written = {place: value for place, (value, _) in cells(preview_page(shown)).items()}
    (row,) = [row for (row, column), value in written.items() if (column, value) == (3, "重要价值客户")]
    assert [written[row, column] for column in range(2, 9)] == ["客户细分", "重要价值客户", 3, 5, 3, 1, 0.5]
    assert [written[row + 1, column] for column in range(2, 9)] == ["标签", "=高频", 4, 0, 0, 4, 0.0]
    last = max(row for row, _ in written)
    assert [written[last, column] for column in range(1, 8)] == [
        "0007", "=甲", "王", "客户细分", "一般价值客户", "", 90.0,
    ]  # fmt: skip
