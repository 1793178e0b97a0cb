"""The model's home in a book: the six 模型 sheets, written from a model and read back.

    model_scorecard  指标权重  one row per indicator of a scorecard
    model_tiers      分层      one row per tier of a scale, the highest first
    model_tags       标签规则  one row per tag
    model_segments   细分      the eight RFM classes, the stages in their order, the book's own segments
    model_playbook   策略      one row per line of the playbook
    model_params     参数      the model's own settings (main, rfm.*), then one row per parameter

Writing and reading back gives an equal model (equal fingerprint) in every language. 编号 holds a thing's key,
so that it may be renamed; a new row leaves it blank.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from ..errors import TierbookError
from ..labels import Language
from .check import check, raise_problems
from .places import CellPlaces, TomlPlaces
from .sheet_columns import SHEETS, SheetColumn, drop_down, setting_choices
from .sheet_params import Settings
from .sheet_reading import Reading
from .sheet_rows import Grid, rows_of
from .sheet_rules import read_plays, read_segments, read_tags
from .sheet_scores import read_cards, read_scales
from .sheet_write import to_grids
from .types import Model
from .words import Vocabulary

__all__ = [
    "SHEETS",
    "Grid",
    "SheetColumn",
    "drop_down",
    "from_grids",
    "model_key",
    "places_of",
    "read_grids",
    "setting_choices",
    "to_grids",
]


def from_grids(grids: Mapping[str, Grid], base: Model, language: Language) -> Model:
    """The model the sheets describe, checked.

    Sheets may have columns in any order, more columns, blank rows, and names in any of the three languages.
    A sheet that is not there leaves that part as `base` has it; indicators are always `base`'s. What a row
    says of something `base` knows (by 编号, else by name) keeps its key and, where its name is unchanged,
    its names in the other languages; a new row gets a key made from its name.

    Args:
        language: the book's; a condition that equals `base`'s in this language is `base`'s own.
    Raises:
        ModelError, SeveralErrors: every problem of reading, or else every one of meaning, with sheet and cell.
    """
    model, reading = read_grids(grids, base, language)
    raise_problems(reading.problems)
    raise_problems(check(model, places_of(reading)))
    return model


def read_grids(grids: Mapping[str, Grid], base: Model, language: Language) -> tuple[Model, Reading]:
    """The model as far as the rows can be read, and what was found on the way; its meaning is not checked."""
    reading = Reading(grids, base, language)
    return _readable(reading, _read(reading)), reading


def places_of(reading: Reading) -> CellPlaces:
    """Where the parts of a model that was read stand in the book."""
    return CellPlaces(reading.cells, TomlPlaces())


def model_key(grids: Mapping[str, Grid]) -> str:
    """The key of the model the sheets were written from (row `model` of 参数), "" where they do not say."""
    if "model_params" not in grids:
        return ""
    try:
        rows = rows_of(grids["model_params"], SHEETS["model_params"])
    except TierbookError:
        return ""  # said when the sheets are read
    return next((row.text("value") for row in rows if row.text("param") == "model"), "")


def _read(reading: Reading) -> Model:
    model, sheets = reading.base, reading.rows
    if "model_scorecard" in sheets:
        model = replace(model, scorecards=read_cards(reading))
    if "model_tiers" in sheets:
        model = replace(model, scales=read_scales(reading, {card.key: card.name for card in model.scorecards}))
    if "model_params" in sheets:
        model = Settings(model, reading.cells).read(reading.rows["model_params"], reading.problems, reading.left_out)
    if "model_tags" in sheets:
        model = replace(model, tags=read_tags(reading))
    if "model_segments" in sheets:
        model = read_segments(reading, model)
    if "model_playbook" in sheets:
        model = replace(model, playbook=read_plays(reading))
    return model


def _readable(reading: Reading, model: Model) -> Model:
    """The model with conditions as typed where renamed things make the base's words unreadable."""
    if not reading.typed:
        return model
    names = Vocabulary.of(model)
    tags, stages = names.for_use("tags"), names.for_use("stages")
    own = names.for_use("segments")
    return replace(
        model,
        tags=tuple(replace(rule, when=reading.readable(rule.when, rule.where, tags)) for rule in model.tags),
        stages=tuple(replace(rule, when=reading.readable(rule.when, rule.where, stages)) for rule in model.stages),
        segments=tuple(replace(rule, when=reading.readable(rule.when, rule.where, own)) for rule in model.segments),
        playbook=tuple(replace(play, when=reading.readable(play.when, play.where, names)) for play in model.playbook),
    )
