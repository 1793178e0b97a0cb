"""Every word a tag goes by: what customers bear, and what the rules of the refresh know, in all languages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from .. import templates
from ..errors import TierbookError
from ..labels import Language, text
from ..model.types import Model
from .ids import folded


def tag_words(
    held: Sequence[object], rules: Sequence[Sequence[object]], named: str, language: Language
) -> Mapping[str, str]:
    """Folded word -> the tag as the book shows it. A tag somebody has beats one of the rules, an earlier rule a later.

    Args:
        held: the tags of each customer in one text.
        rules: the rows of the model the refresh used; none where it kept none.
        named: the model's name.
    """
    between = text("excel.between_tags", language)
    found: dict[str, str] = {}
    for tags in dict.fromkeys(str(each) for each in held):
        for tag in tags.split(between):
            if tag:
                found.setdefault(folded(tag), tag)
    for words, shown in _of_rules(rules, named, language):
        for word in words:
            found.setdefault(folded(word), shown)
    return found


def _of_rules(rules: Sequence[Sequence[object]], named: str, language: Language) -> Iterator[tuple[Sequence[str], str]]:
    """The words of each tag, and how it is shown; none where the rules cannot be read."""
    from ..model.words import Vocabulary

    try:
        model = _model(rules, named, language)
        vocabulary = Vocabulary.of(model)
    except (TierbookError, OSError):
        return
    for rule in model.tags:
        if rule.enabled:
            choices = (
                vocabulary.choice_names.get(rule.value_of, {}).items() if rule.value_of else [(rule.key, rule.name)]
            )
            for key, name in choices:
                yield (key, *name.all()), name.of(language)


def _model(rules: Sequence[Sequence[object]], named: str, language: Language) -> Model:
    from ..model.load import load_toml
    from ..model.stored import model_from_stored

    if rules:
        return model_from_stored(rules, language)
    return load_toml(templates.model_text(named), where=f"{named}.toml", read=templates.model_text)
