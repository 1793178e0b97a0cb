"""Open tasks follow their customer to a new owner, where the playbook gives them to whoever looks after it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from ..followup.people import BY_ITSELF, CUSTOMERS_OWN
from ..followup.records import CLOSED
from ..labels import Language, name
from ..typed import folded, id_text
from .request import Note

if TYPE_CHECKING:
    from ..model.types import Model

Change = tuple[str, str]
"""The owner before, the owner now."""


@dataclass(frozen=True)
class HandedOver:
    """What is to be written on 任务: (row from 1, column from 0) -> the new owner's name.

    `stay` counts the unfinished tasks of these customers that do not follow: of a play with a doer of its own, typed
    by somebody, or given to somebody else by hand.
    """

    sheet: str = ""
    texts: Mapping[tuple[int, int], str] = field(default_factory=dict)
    stay: int = 0

    def notes(self, left: int) -> list[Note]:
        """What people must know; `left` cells hold a formula and stay as they are."""
        follow, stay = len(self.texts) - left, self.stay + left
        told: list[Note] = [("allocation.tasks_follow", {"count": follow, "sheet": self.sheet})] if follow else []
        return [*told, ("allocation.open_tasks_stay", {"count": stay})] if stay else told


def handed_over(book: Path, language: Language, model: Model, changes: Mapping[str, Change]) -> HandedOver:
    """Which cells of 任务 get another name when customers change hands.

    A cell changed there counts like one that people change: the next planning takes it over, in every book that shows
    the task, with all that was written into it.

    Args:
        changes: by customer.
    """
    from ..publish.held import records, status_of, text_of
    from ..publish.readback import our_names
    from ..publish.sheet_tasks import task_columns
    from ..workbook import read_rows

    sheet = our_names(book, language).get("tasks", "")
    if not sheet or not changes:
        return HandedOver()
    rows, columns = read_rows(book, sheet), task_columns(language)
    held = list(records(rows, columns))
    title = next(column.title for column in columns if column.key == "owner")
    head = [text_of(cell).strip() for cell in rows[held[0][0] - 2]] if held else []
    if title not in head:
        return HandedOver(sheet)
    rules = {play.key: play.owner for play in model.playbook}
    by_itself = name("followup.by_itself").all()
    texts: dict[tuple[int, int], str] = {}
    stay = 0
    for number, row in held:
        before, now = changes.get(id_text(row["customer_id"]), ("", ""))
        owner, rule = text_of(row["owner"]).strip(), rules.get(text_of(row["play"]).strip())
        if not now or status_of(text_of(row["status"])) in CLOSED or folded(owner) == folded(now):
            continue
        if rule == CUSTOMERS_OWN and folded(owner) == folded(before):
            texts[number, head.index(title)] = now
        elif rule != BY_ITSELF and owner not in by_itself:
            stay += 1
    return HandedOver(sheet, texts, stay)
