"""The extension for LibreOffice, tierbook.oxt, made from the functions' signatures.

LibreOffice knows a function by three things: its method in an interface (`types.rdb`), its names and help
(`CalcAddIns.xcu`) and the component that has the method (`component.py`).
"""

from __future__ import annotations

import io
import json
import sys
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ... import __version__
from ...labels import LANGUAGES, text
from ..signatures import Signature, signatures
from . import parts
from .interface import TYPES, kind_of, method_of, parameter_of

NAME = "tierbook.oxt"
PACKAGE = Path(__file__).parents[2]
CLIENT = Path(__file__).with_name("client")
COMPONENT = "component.py"
SENTENCES = ("no_python", "cannot_start", "other_version", "stopped", "silent")
DAYS = frozenset({"as_of", "due_by", "since"})
"""Arguments that are days."""
IN_WORDS = frozenset({"CUST_STAMP", "CUST_WHY"})
"""Functions that say in words why there is no answer."""
_LONG_AGO = (1980, 1, 1, 0, 0, 0)


def oxt_bytes(python: str | None = None) -> bytes:
    """The extension. The same bytes for the same tierbook and the same `python`.

    Args:
        python: the interpreter that has tierbook, asked where neither TIERBOOK_PYTHON nor settings.toml names one;
            None: the one that runs this; "": none.
    """
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, content in _files(_this_python() if python is None else python):
            archive.writestr(zipfile.ZipInfo(name, _LONG_AGO), content)
    return out.getvalue()


def _this_python() -> str:
    """This interpreter; a frozen build's program is none."""
    return "" if getattr(sys, "frozen", False) else sys.executable


def _files(python: str) -> Iterator[tuple[str, bytes]]:
    yield "META-INF/manifest.xml", parts.manifest(types=TYPES.name, component=COMPONENT)
    yield "description.xml", parts.description(__version__)
    yield "CalcAddIns.xcu", parts.functions(signatures(), method_of, parameter_of)
    yield TYPES.name, TYPES.read_bytes()
    yield COMPONENT, (CLIENT / COMPONENT).read_bytes()
    made = json.dumps(_made(python), ensure_ascii=False, indent=1, sort_keys=True)
    yield f"pythonpath/tierbook_calc/{_inner(CLIENT)}/made.json", made.encode()
    for path in (PACKAGE / "home.py", *sorted(CLIENT.glob("*.py"))):
        if path.name not in (COMPONENT, "__init__.py"):
            yield f"pythonpath/tierbook_calc/{_inner(path)}", path.read_bytes()
    for folder in ("", "excel/", "excel/calc/", "excel/calc/client/"):
        yield f"pythonpath/tierbook_calc/{folder}__init__.py", b""


def _inner(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


def _made(python: str) -> Mapping[str, Any]:
    """What the client reads from made.json."""
    sentences = {language: {key: text(f"calc.{key}", language) for key in SENTENCES} for language in LANGUAGES}
    functions = {method_of(one): _told(one) for one in signatures()}
    return {"python": python, "sentences": sentences, "functions": functions}


def _told(signature: Signature) -> Mapping[str, Any]:
    arguments = [{"name": one.name, "kind": kind_of(one), "day": one.name in DAYS} for one in signature.arguments]
    return {
        "name": signature.name,
        "arguments": arguments,
        "per_customer": signature.per_customer,
        "in_words": signature.name in IN_WORDS,
    }
