"""The interface whose methods are the worksheet functions, and its compiled form, `types.rdb`."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from ..signatures import Argument, Signature, signatures

TYPES = Path(__file__).with_name("types.rdb")
PROGRAM = "unoidl-write"
BLOCKS = frozenset({"customer_id", "table_with_headers"})
"""Arguments that may be a range."""


def idl() -> str:
    """The interface, for LibreOffice's unoidl-write (see scripts/build_calc_types.py).

    Only an `any` may be omitted, so a required argument is rows of cells, also where it is one cell. It must not be
    a `string`: in SUMPRODUCT(--(CUST_TIER(A2:A9)="VIP")) Calc would then silently take one cell of the nine.
    """
    methods = "".join(f"    any {method_of(one)}({', '.join(_parameters(one))});\n" for one in signatures())
    return f"module org {{ module tierbook {{\n  interface XCustomerFunctions {{\n{methods}  }};\n}}; }};\n"


def method_of(signature: Signature) -> str:
    """CUST_HAS_TAG -> custHasTag: an IDL name has no underscores."""
    return parameter_of(signature.name.lower())


def parameter_of(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(map(str.capitalize, others))


def kind_of(argument: Argument) -> str:
    if argument.name in BLOCKS:
        return "block"
    return "option" if argument.optional else "word"


def _parameters(signature: Signature) -> Iterator[str]:
    rows = "sequence<sequence<any> >"
    yield "[in] com::sun::star::beans::XPropertySet document"  # Calc fills it in; nobody sees it
    for one in signature.arguments:
        yield f"[in] {'any' if one.optional else rows} {parameter_of(one.name)}"


def compiler() -> Path | None:
    """unoidl-write: on the PATH, or in the SDK beside the LibreOffice that `soffice` starts."""
    on_path = shutil.which(PROGRAM)
    if on_path:
        return Path(on_path)
    found = office() / "sdk" / "bin" / PROGRAM
    return found if found.is_file() else None


def office() -> Path:
    """LibreOffice's folder, the one above `program`."""
    return Path(shutil.which("soffice") or "soffice").resolve().parents[1]


def compiled() -> bytes:
    """The types.rdb of today's signatures.

    Raises:
        FileNotFoundError: LibreOffice's SDK is not installed.
    """
    program = compiler()
    if program is None:
        raise FileNotFoundError(f"{PROGRAM} (LibreOffice SDK)")
    libraries = office() / "program"
    with tempfile.TemporaryDirectory() as folder:
        source, made = Path(folder) / "XCustomerFunctions.idl", Path(folder) / "types.rdb"
        source.write_text(idl(), encoding="ascii")
        known = (libraries / "types.rdb", libraries / "types" / "offapi.rdb")
        subprocess.run([str(program), *map(str, known), str(source), str(made)], check=True, capture_output=True)
        return made.read_bytes()
