"""Every word a tag goes by: what customers bear, and what the rules of the refresh know, in all languages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .. import templates
from ..errors import TierbookError
from ..labels import Language, text
from ..typed import folded

if TYPE_CHECKING:
    from ..model.types import Model
    from ..model.words import Vocabulary


@dataclass(frozen=True)
class Rules:
    """The rules of a refresh."""

    model: Model
    vocabulary: Vocabulary


def rules_of(rows: Sequence[Sequence[object]], named: str, language: Language) -> Rules | None:
    """The rules a refresh kept in its book, else the shipped ones it names; None where they cannot be read.

    Args:
        rows: of the hidden sheet that holds them; none where the refresh kept none.
        named: the model's name.
    """
    from ..model.words import Vocabulary

    try:
        model = _model(rows, named, language)
        return Rules(model, Vocabulary.of(model))
    except (TierbookError, OSError):
        return None


def tag_words(held: Sequence[object], rules: Rules | None, language: Language) -> Mapping[str, str]:
    """Folded word -> the tag as the book shows it. A tag somebody has beats one of the rules, an earlier rule a later.

    Args:
        held: the tags of each customer in one text.
    """
    between = text("excel.between_tags", language)
    found: dict[str, str] = {}
    for tags in dict.fromkeys(str(each) for each in held):
        for tag in tags.split(between):
            if tag:
                found.setdefault(folded(tag), tag)
    for words, shown in _of_rules(rules, language) if rules else ():
        for word in words:
            found.setdefault(folded(word), shown)
    return found


def _of_rules(rules: Rules, language: Language) -> Iterator[tuple[Sequence[str], str]]:
    """The words of each tag, and how it is shown."""
    for rule in rules.model.tags:
        if rule.enabled:
            known = rules.vocabulary.choice_names.get(rule.value_of, {}) if rule.value_of else {rule.key: rule.name}
            for key, name in known.items():
                yield (key, *name.all()), name.of(language)


def _model(rules: Sequence[Sequence[object]], named: str, language: Language) -> Model:
    from ..model.load import load_toml
    from ..model.stored import model_from_stored

    if rules:
        return model_from_stored(rules, language)
    return load_toml(templates.model_text(named), where=f"{named}.toml", read=templates.model_text)
