"""What the worksheet functions say of themselves, read from their source without importing it.

The VBA of the add-in, the Calc add-in and the README tables are made from this, on machines where xlwings need not
be and its decorators do nothing.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cache
from pathlib import Path

SOURCE = Path(__file__).with_name("functions.py")
BETWEEN = " / "
"""A doc reads `Chinese / English`."""


@dataclass(frozen=True)
class Argument:
    name: str
    optional: bool
    doc: str

    @property
    def zh(self) -> str:
        return self.doc.split(BETWEEN, 1)[0].strip()

    @property
    def en(self) -> str:
        return self.doc.split(BETWEEN, 1)[1].strip()


@dataclass(frozen=True)
class Signature:
    """One worksheet function.

    `per_customer`: ids in, answers in their shape. `spills`: a table of several rows. Neither: one value.
    """

    name: str
    arguments: tuple[Argument, ...]
    doc: str
    per_customer: bool
    spills: bool

    @property
    def zh(self) -> str:
        return self.doc.split(BETWEEN, 1)[0].strip()

    @property
    def en(self) -> str:
        return self.doc.split(BETWEEN, 1)[1].strip()

    @property
    def call(self) -> str:
        """As typed into a cell: `=CUST_TIER(customer_id, [scale])`."""
        words = [f"[{one.name}]" if one.optional else one.name for one in self.arguments]
        return f"={self.name}({', '.join(words)})"


@cache
def signatures() -> tuple[Signature, ...]:
    """Every worksheet function, in the order of functions.py."""
    tree = ast.parse(SOURCE.read_text(encoding="utf-8"))
    texts = {
        target.id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    found = (node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("CUST_"))
    return tuple(_signature(node, texts) for node in found)


def _signature(node: ast.FunctionDef, texts: dict[str, str]) -> Signature:
    docs = dict(_argument_doc(decorator, texts) for decorator in node.decorator_list if _is_arg(decorator))
    names = [one.arg for one in node.args.args]
    first_optional = len(names) - len(node.args.defaults)
    arguments = tuple(Argument(name, place >= first_optional, docs[name]) for place, name in enumerate(names))
    answer = ast.unparse(node.returns) if node.returns else ""
    return Signature(node.name, arguments, ast.get_docstring(node) or "", answer == "Answers", answer == "Table")


def _is_arg(decorator: ast.expr) -> bool:
    return isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "xw.arg"


def _argument_doc(decorator: ast.expr, texts: dict[str, str]) -> tuple[str, str]:
    """Argument name and doc of one `@xw.arg("name", ..., doc=NAME)`."""
    assert isinstance(decorator, ast.Call)
    doc = next(each.value for each in decorator.keywords if each.arg == "doc")
    return ast.literal_eval(decorator.args[0]), texts[ast.unparse(doc)]
