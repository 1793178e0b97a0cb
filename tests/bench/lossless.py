"""Does an edit lose anything? `python tests/bench/lossless.py --corpus FOLDER`, over every workbook in a folder.

Three edits of ours (a first refresh, a second night's graft, an update by id where a person has written, there and
in the book's own tables) and openpyxl's load, add a sheet, save as the named alternative. Exits with 1 where
one of ours lost something, crashed, or made a book that is newly invalid.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from statistics import median

from lossless_trial import LOSSES, Report, is_bad
from lossless_workers import reports

EDITS = ("refresh", "graft", "keyed", "tables", "openpyxl")
SHOWN = 40


def main() -> int:
    asked = _arguments()
    files = sorted(p for p in asked.corpus.rglob("*") if p.suffix.lower() in {".xlsx", ".xlsm"} and p.is_file())
    if asked.only:
        files = [file for file in files if asked.only in file.name]
    if asked.limit and len(files) > asked.limit:
        files = [files[n * len(files) // asked.limit] for n in range(asked.limit)]
    found, start = [], time.perf_counter()
    for report in reports(files, asked.editors.split(","), asked.validator, asked.jobs):
        found.append(report)
        _tell(report)
        if asked.out and (len(found) % 50 == 0 or len(found) == len(files)):
            asked.out.write_text(json.dumps(found, ensure_ascii=False, indent=1), encoding="utf-8")
    print(f"\n{len(found)} files, {time.perf_counter() - start:.0f} s\n")
    _print_table(found, validated=asked.validator is not None)
    _print_refusals(found)
    return 1 if any(is_bad(r) for report in found for name, r in report["edits"].items() if name != "openpyxl") else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, required=True, help="folder of workbooks, searched with its subfolders")
    parser.add_argument("--editors", default="ours", help="ours,openpyxl")
    parser.add_argument("--validator", type=Path, help="folder node_modules with @ooxml-tools/validate")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--out", type=Path, help="JSON file for all reports")
    parser.add_argument("--limit", type=int, help="so many files, spread evenly over the folder")
    parser.add_argument("--only", help="files whose name contains this")
    return parser.parse_args()


def _tell(report: Report) -> None:
    """What is wrong with one file's edits, as it happens."""
    for name, edit in report["edits"].items():
        if is_bad(edit) and name != "openpyxl":
            print(f"{report['file']} {name}")
            for kind in (*LOSSES, "altered", "defects", "faults", "crash"):
                lines = edit.get(kind, [])
                for line in [lines] if isinstance(lines, str) else lines[:6]:
                    print(f"    {kind}: {line}", flush=True)


def _print_table(found: Sequence[Report], *, validated: bool) -> None:
    heads = ["edit", "tried", "refused", "crashed", *(f"lose {kind}" for kind in LOSSES), "other parts identical",
             "compressed too", "new defects", "new validator errors", "s, median", "s, most"]  # fmt: skip
    print("| " + " | ".join(heads) + " |\n" + "|---" * len(heads) + "|")
    for name in ("any", *EDITS):
        edits = [report["edits"][name] for report in found if name in report["edits"]]
        if edits:
            print(_line(name, edits, validated=validated))


def _line(name: str, edits: Sequence[Report], *, validated: bool) -> str:
    def number(kind: str) -> int:
        return sum(bool(edit.get(kind)) for edit in edits)

    others = sum(edit.get("others", 0) for edit in edits) or 1
    shares = [f"{100 * sum(edit.get(kind, 0) for edit in edits) / others:.2f} %" for kind in ("kept", "kept_packed")]
    seconds = [edit["seconds"] for edit in edits if "seconds" in edit] or [0]
    cells = [name, len(edits), number("refused"), number("crash"), *(number(kind) for kind in LOSSES), *shares,
             number("defects"), number("faults") if validated else "-",
             f"{median(seconds):.3f}", f"{max(seconds):.2f}"]  # fmt: skip
    return "| " + " | ".join(map(str, cells)) + " |"


def _print_refusals(found: Iterable[Report]) -> None:
    reasons: Counter[tuple[str, str]] = Counter()
    example: dict[tuple[str, str], str] = {}
    for report in found:
        for name, edit in report["edits"].items():
            why = edit.get("refused") or ("crash" in edit and edit["crash"].strip().splitlines()[-1])
            if why:
                reasons[name, why] += 1
                example.setdefault((name, why), f"{report['file']}: {edit.get('words', '')}")
    for (name, why), number in reasons.most_common(SHOWN):
        print(f"\n{number} x {name}: {why}\n    {example[name, why]}")


if __name__ == "__main__":
    sys.exit(main())
