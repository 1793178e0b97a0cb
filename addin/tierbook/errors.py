"""Everything that can go wrong by contract, in one tree.

TierbookError             1    one sentence for people; the shells print it and exit with `exit_code`
|-- UsageError            2    the command, option or setting is not one we know
|-- SourceError           3    a file with facts cannot be read or lacks a needed column
|-- ModelError            4    the rules of the game (TOML or 模型 sheets) are not valid
|   `-- RuleError         4    a condition written by a person cannot be understood
|-- WorkbookError         5    the workbook is not one we can safely open or write
|   `-- WorkbookInUse     6    somebody holds the book; nothing was written
|       `-- WorkbookChanged 6  somebody saved the book since it was read
|-- ScoringError          7    the facts cannot be scored (for example: nobody to score)
|-- WarehouseError        8    Spark is not here, does not start, or stopped
|-- MailError             9    the mail server cannot be reached, or refuses us
|-- LedgerError          10    the history cannot be opened or written; what it held is unchanged
|-- NightAtWork          11    another night run is at work on this machine
`-- MacroError            1    macro source that Excel would not take

Bad rows are not errors: cleaning returns them as findings. An error says what is wrong, where,
and what to do; its words live in `labels`, so raise it with a label's key and the values to fill in:
`raise SourceError("sources.no_such_file", path=path)`.
"""

from __future__ import annotations

from .labels import DEFAULT, Language, Name, text


class TierbookError(Exception):
    """Base of every expected failure.

    Args:
        key: the label that words it, `room.entry`.
        values: what fills the label's places.
    """

    exit_code = 1

    def __init__(self, key: str, /, **values: object) -> None:
        super().__init__(key)
        self.key = key
        self.values = values

    def words(self, language: Language = DEFAULT) -> str:
        """The sentence a person reads. A value that is itself an error or a `labels.Name` is worded too."""

        def worded(value: object) -> object:
            if isinstance(value, TierbookError):
                return value.words(language)
            return value.of(language) if isinstance(value, Name) else value

        return text(self.key, language, **{key: worded(value) for key, value in self.values.items()})

    def __str__(self) -> str:
        return self.words()


class UsageError(TierbookError):
    exit_code = 2


class SourceError(TierbookError):
    exit_code = 3


class ModelError(TierbookError):
    exit_code = 4


class RuleError(ModelError):
    """A rule that cannot be understood: `key` says why, `position` (1-based character) says where in `rule`."""

    def __init__(self, key: str, /, *, position: int = 1, rule: str = "", **values: object) -> None:
        super().__init__(key, **values)
        self.position = position
        self.rule = rule

    def words(self, language: Language = DEFAULT) -> str:
        return text("errors.in_rule", language, position=self.position, reason=super().words(language))

    def pointed(self) -> str:
        """The rule with a caret under the place, for terminals (a full-width letter is two columns)."""
        lead = "".join("　" if ord(letter) > 0x2E7F else " " for letter in self.rule[: self.position - 1])
        return f"{self.rule}\n{lead}^"


class WorkbookError(TierbookError):
    exit_code = 5


class WorkbookInUse(WorkbookError):
    exit_code = 6


class WorkbookChanged(WorkbookInUse):
    """The book is free, but not what it was when it was read."""


class ScoringError(TierbookError):
    exit_code = 7


class WarehouseError(TierbookError):
    exit_code = 8


class MailError(TierbookError):
    exit_code = 9


class LedgerError(TierbookError):
    exit_code = 10


class NightAtWork(TierbookError):
    exit_code = 11


class MacroError(TierbookError):
    """A VBA project cannot be made from these sources."""


class SeveralErrors(TierbookError):
    """Many problems of one kind found in one run, told together (one line each)."""

    def __init__(self, errors: list[TierbookError]) -> None:
        super().__init__("errors.several", count=len(errors))
        self.errors = errors
        self.exit_code = errors[0].exit_code

    def words(self, language: Language = DEFAULT) -> str:
        head = super().words(language)
        return "\n".join([head, *(f"  - {error.words(language)}" for error in self.errors)])


def rules_in(error: TierbookError) -> list[RuleError]:
    """The rules an error speaks of that cannot be understood: itself, its reason, or those of several errors."""
    inside = error.errors if isinstance(error, SeveralErrors) else error.values.values()
    found = [rule for each in inside if isinstance(each, TierbookError) for rule in rules_in(each)]
    return [error, *found] if isinstance(error, RuleError) and error.rule else found
