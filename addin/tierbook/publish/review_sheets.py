"""The sheets only `tierbook review` brings into a book, by mark; 复盘 itself is one that every refresh makes."""

from __future__ import annotations

from functools import partial

from .review.records import Review
from .sheet_review import add_review_sheet
from .sheet_review_actions import add_actions_sheet, add_people_sheet
from .sheet_review_journey import add_journey_sheet, add_words_sheet
from .sheet_review_summary import add_causes_sheet, add_summary_sheet
from .sheet_review_trends import add_trends_sheet
from .some_sheets import Builder

MADE_BY = {
    "review_summary": add_summary_sheet,
    "review_causes": add_causes_sheet,
    "review_trends": add_trends_sheet,
    "review_actions": add_actions_sheet,
    "review_people": add_people_sheet,
    "review_journey": add_journey_sheet,
    "review_words": add_words_sheet,
}


def review_builders(review: Review) -> dict[str, Builder]:
    """Mark -> what makes its sheet, 复盘 first."""
    return {"review": add_review_sheet, **{mark: partial(build, review=review) for mark, build in MADE_BY.items()}}
