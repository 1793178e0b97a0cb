"""Write the function tables of README.md and README.zh-CN.md from the functions themselves.

    python scripts/build_function_table.py

A test checks that the tables in both files are the ones this script would write.
"""

from __future__ import annotations

import ast
from pathlib import Path

TOP = Path(__file__).parents[1]
SOURCE = TOP / "addin" / "tierbook" / "excel" / "functions.py"
PAGES = {"README.md": (1, "function", "answers"), "README.zh-CN.md": (0, "函数", "回答")}
BEGIN, END = "<!-- functions -->\n", "<!-- /functions -->"


def functions() -> list[tuple[str, str]]:
    """(call as typed in a cell, docstring) of every worksheet function, in the file's order."""
    found = []
    for node in ast.parse(SOURCE.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("CUST_"):
            first_optional = len(node.args.args) - len(node.args.defaults)
            words = [a.arg if i < first_optional else f"[{a.arg}]" for i, a in enumerate(node.args.args)]
            found.append((f"={node.name}({', '.join(words)})", ast.get_docstring(node) or ""))
    return found


def table(page: str) -> str:
    """The Markdown table of one page; docstrings read `Chinese / English`."""
    half, function, answers = PAGES[page]
    rows = [f"| `{call}` | {doc.split(' / ', 1)[half].strip().rstrip('.')} |" for call, doc in functions()]
    return "\n".join([f"| {function} | {answers} |", "|---|---|", *rows]) + "\n"


def main() -> None:
    for page in PAGES:
        path = TOP / page
        head, rest = path.read_text(encoding="utf-8").split(BEGIN)
        path.write_text(head + BEGIN + table(page) + END + rest.split(END)[1], encoding="utf-8")


if __name__ == "__main__":
    main()
