"""The VBA behind the worksheet functions: one line a function, our own layers below it, xlwings' connection at the end.

CustFunctions (made here from the signatures) -> CustCore (values, errors) -> CustCache (answers of single cells, ids
read by CustIds) and CustBooks (which book) -> CustLink (the connection) -> xlwings' own module, taken from the
installed package.
"""

from __future__ import annotations

from importlib import metadata, util
from pathlib import Path

from ...errors import MacroError
from ...macros import Module
from ..install.clsid import PROJECT
from ..signatures import Signature, signatures

SOURCES = Path(__file__).with_name("vba")
OWN = ("CustCore", "CustCache", "CustIds", "CustBooks", "CustLink")
XLWINGS = "0.37"
"""VBA, DLL and package must be of one version; other versions change what cells hand over."""
LONGEST_HELP = 254
HIDDEN = "Option Private Module\n"
"""Keeps a module's procedures out of Excel's lists of functions and macros."""
_RESERVED_WORDS = """
abs addressof and any array as boolean byref byte byval call case cbool ccur cdate cdbl cdec cint circle clng close
const csng cstr currency cvar cverr date debug decimal declare dim do doevents double each else elseif empty end enum
eqv erase error event exit false fix for friend function get global gosub goto if imp implements in input inputb int
integer is lbound len lenb let like line lock long longlong longptr loop lset me mod new next not nothing null object
on open option optional or paramarray preserve print private pset public put raiseevent redim rem resume return rset
scale seek select set sgn shared single spc static stop string sub tab then to true type typeof ubound unlock until
variant wend while width with withevents write xor
"""
RESERVED = frozenset(_RESERVED_WORDS.split())
"""What cannot be a name in VBA, as far as it could be an argument's. Source: [MS-VBAL] 3.3.5.2."""


def modules() -> list[Module]:
    """The modules a cell's functions need, for any VBA project that holds them.

    Raises:
        MacroError: a function VBA cannot take, or an xlwings of another version.
    """
    return [*own_modules(), *xlwings_modules()]


def own_modules() -> list[Module]:
    """Those of ours. Only CustLink knows xlwings; tests put another CustLink in its place."""
    return [Module("CustFunctions", functions_source()), *(Module(name, _source(name)) for name in OWN)]


def xlwings_modules() -> list[Module]:
    """xlwings' own VBA as it comes (BSD, its notice stays), told our name and kept out of Excel's lists.

    Raises:
        MacroError: there is no xlwings, or one of another version.
    """
    _right_version()
    standalone = _of_xlwings("xlwings_custom_addin.bas")
    head, rest = standalone.split("\n", 1)
    told = rest.replace('PROJECT_NAME As String = "myaddin"', f'PROJECT_NAME As String = "{PROJECT}"')
    if told == rest:
        raise MacroError("vba.other_xlwings", found="?", wanted=XLWINGS)
    note = f"' For {PROJECT}: PROJECT_NAME and Option Private Module were set; all else is as it comes with xlwings.\n"
    return [
        Module("xlwings", f"{head}\n{HIDDEN}{note}{told}"),
        Module("Dictionary", _of_xlwings("addin/Dictionary.cls"), "class"),
    ]


def functions_source() -> str:
    """CustFunctions: a public function each, which hands its arguments on."""
    return "\n".join(
        ["Option Explicit", "' Made from the signatures of the worksheet functions.", *map(_vba, signatures())]
    )


def _vba(function: Signature) -> str:
    """A left-out argument is handed on as an empty cell is: to Python both are None."""
    name, arguments = function.name, function.arguments
    _refuse_unfit(function)
    typed = ", ".join(f"{'Optional ' if one.optional else ''}{one.name} As Variant" for one in arguments)
    blanks = [f"    If IsMissing({one.name}) Then {one.name} = Empty" for one in arguments if one.optional]
    told = function.en.replace('"', '""')
    runs = "CustEach" if function.per_customer else "CustWhole"
    return "\n".join([
        f"\nPublic Function {name}({typed}) As Variant",
        f'Attribute {name}.VB_Description = "{told}"',
        f'Attribute {name}.VB_ProcData.VB_Invoke_Func = " \\n14"',
        *blanks,
        f'    {name} = {runs}("{name}", Array({", ".join(one.name for one in arguments)}))',
        "End Function",
    ])  # fmt: skip


def _refuse_unfit(function: Signature) -> None:
    for one in function.arguments:
        if one.name.lower() in RESERVED:
            raise MacroError("vba.reserved_word", function=function.name, name=one.name)
    if len(function.en) > LONGEST_HELP or not function.en.isascii():
        raise MacroError("vba.long_help", function=function.name, longest=LONGEST_HELP)


def _source(name: str) -> str:
    return (SOURCES / f"{name}.bas").read_text(encoding="ascii")


def _right_version() -> None:
    try:
        found = metadata.version("xlwings")
    except metadata.PackageNotFoundError as missing:
        raise MacroError("vba.no_xlwings", name="xlwings", wanted=XLWINGS) from missing
    if found.rpartition(".")[0] != XLWINGS:
        raise MacroError("vba.other_xlwings", found=found, wanted=XLWINGS)


def _of_xlwings(name: str) -> str:
    """A file of the installed package, which is not imported for it."""
    spec = util.find_spec("xlwings")
    places = spec.submodule_search_locations if spec else None
    try:
        return (Path(next(iter(places or ()))) / name).read_text(encoding="cp1252")
    except (OSError, StopIteration) as missing:
        raise MacroError("vba.no_xlwings", name=name, wanted=XLWINGS) from missing
