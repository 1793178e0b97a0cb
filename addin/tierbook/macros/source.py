"""Modules as text, and what VBA would choke on: found here, in words, and not by a person who opens the book."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from ..errors import MacroError, SeveralErrors, TierbookError

Kind = Literal["standard", "class", "workbook", "sheet"]

LONGEST_NAME = 31
LONGEST_LINE = 1023
MOST_CONTINUATIONS = 24

_WORKBOOK, _SHEET = "00020819-0000-0000-C000-000000000046", "00020820-0000-0000-C000-000000000046"
_CLASS = "FCFB3D2A-A0FA-1068-A738-08002B3371B5"
_BASE: dict[Kind, str] = {"workbook": _WORKBOOK, "sheet": _SHEET, "class": _CLASS}
"""Class ids of what a module extends. Source: [MS-OVBA] 3.1.3 and what the editor writes."""

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_ATTRIBUTE = re.compile(r"Attribute (VB_\w+) = (.*)")
_PROCEDURE = re.compile(
    r"^[ \t]*(?:Public[ \t]+)?(?:Static[ \t]+)?(?:Function|Sub|Property[ \t]+(?:Get|Let|Set))[ \t]+(\w+)", re.I | re.M
)


@dataclass(frozen=True)
class Module:
    """One module of a project.

    `code` is what stands in the editor, or the text of an exported .bas or .cls file: the head of an export and
    its attributes may be there, and `VB_Name` is ignored. Any line ends will do. A `workbook` or `sheet` module
    belongs to the workbook or to the sheet that bears its name as code name.
    """

    name: str
    code: str = ""
    kind: Kind = "standard"

    def source(self) -> str:
        """The text as it stands in the project: attributes first, CR LF, ending in a line end where it has code."""
        lines = _without_export_head(self.code.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
        given, body = _attributes(lines)
        head = [f'Attribute VB_Name = "{self.name}"']
        if self.kind in _BASE:
            wanted = _class_attributes(self.kind)
            head += [f"Attribute {key} = {given.pop(key, value)}" for key, value in wanted.items()]
        head += [f"Attribute {key} = {value}" for key, value in given.items()]
        text = "\r\n".join([*head, *body]).rstrip("\r\n")
        return text + "\r\n"

    def procedures(self) -> set[str]:
        """Lower-case names of the public procedures every other module sees, and so does a cell."""
        if self.kind != "standard":
            return set()
        return {name.lower() for name in _PROCEDURE.findall(self.code.replace("\r", "\n"))}


def refuse_unfit(modules: Sequence[Module], project: str) -> None:
    """Refuse what the editor would not take, or what would fail without a word.

    Raises:
        MacroError: one trouble; SeveralErrors: all that were found.
    """
    found = [*_name_troubles(modules, project), *(trouble for one in modules for trouble in _text_troubles(one))]
    if len(found) == 1:
        raise found[0]
    if found:
        raise SeveralErrors(found)


def _without_export_head(lines: list[str]) -> list[str]:
    """Without `VERSION 1.0 CLASS … END`, which only exported files have."""
    if not lines[0].startswith("VERSION "):
        return lines
    return lines[next(place for place, line in enumerate(lines) if line.strip() == "END") + 1 :]


def _attributes(lines: list[str]) -> tuple[dict[str, str], list[str]]:
    """The attributes a module begins with (not its name), and the lines behind them."""
    given: dict[str, str] = {}
    for place, line in enumerate(lines):
        found = _ATTRIBUTE.fullmatch(line)
        if found is None:
            return given, lines[place:]
        if found[1] != "VB_Name":
            given[found[1]] = found[2]
    return given, []


def _class_attributes(kind: Kind) -> dict[str, str]:
    document = str(kind != "class")
    return {
        "VB_Base": f'"0{{{_BASE[kind]}}}"',
        "VB_GlobalNameSpace": "False",
        "VB_Creatable": "False",
        "VB_PredeclaredId": document,
        "VB_Exposed": document,
        "VB_TemplateDerived": "False",
        "VB_Customizable": document,
    }


def _name_troubles(modules: Sequence[Module], project: str) -> Iterator[TierbookError]:
    if not _NAME.fullmatch(project) or len(project) > LONGEST_NAME:
        yield MacroError("macros.bad_name", name=project, longest=LONGEST_NAME)
    taken = {project.lower(): project}
    owner: dict[str, str] = {}
    for one in modules:
        if not _NAME.fullmatch(one.name) or len(one.name) > LONGEST_NAME:
            yield MacroError("macros.bad_name", name=one.name, longest=LONGEST_NAME)
        if one.name.lower() in taken:
            yield MacroError("macros.same_name", name=one.name)
        taken[one.name.lower()] = one.name
        for procedure in sorted(one.procedures()):
            if procedure in owner:
                yield MacroError("macros.same_procedure", name=procedure, first=owner[procedure], second=one.name)
            owner[procedure] = one.name
    for procedure in sorted(owner.keys() & taken.keys()):
        yield MacroError("macros.hidden_procedure", name=taken[procedure], module=owner[procedure])


def _text_troubles(one: Module) -> Iterator[TierbookError]:
    continued = 0
    for number, line in enumerate(one.source().split("\r\n"), start=1):
        if not line.isascii():
            yield MacroError("macros.not_ascii", module=one.name, line=number, text=line.strip())
        if len(line) > LONGEST_LINE:
            yield MacroError("macros.long_line", module=one.name, line=number, longest=LONGEST_LINE)
        continued = continued + 1 if line.endswith(" _") else 0
        if continued == MOST_CONTINUATIONS + 1:
            yield MacroError("macros.continued", module=one.name, line=number, most=MOST_CONTINUATIONS)
