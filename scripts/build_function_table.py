"""Write the function tables of README.md and README.zh-CN.md from the functions themselves.

    python scripts/build_function_table.py

A test checks that the tables in both files are the ones this script would write.
"""

from __future__ import annotations

from pathlib import Path

from tierbook.excel.signatures import signatures

TOP = Path(__file__).parents[1]
PAGES = {"README.md": ("en", "function", "answers"), "README.zh-CN.md": ("zh", "函数", "回答")}
BEGIN, END = "<!-- functions -->\n", "<!-- /functions -->"


def table(page: str) -> str:
    """The Markdown table of one page."""
    half, function, answers = PAGES[page]
    rows = [f"| `{each.call}` | {getattr(each, half).rstrip('.')} |" for each in signatures()]
    return "\n".join([f"| {function} | {answers} |", "|---|---|", *rows]) + "\n"


def main() -> None:
    for page in PAGES:
        path = TOP / page
        head, rest = path.read_text(encoding="utf-8").split(BEGIN)
        path.write_text(head + BEGIN + table(page) + END + rest.split(END)[1], encoding="utf-8")


if __name__ == "__main__":
    main()
