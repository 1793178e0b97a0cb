"""What a person sees of facts cleaned into a folder."""

from __future__ import annotations

from ..jobs.warehouse import CleanReport
from ..labels import Language, text
from ..screen import accounts_json, print_accounts, print_json


def show_cleaned(report: CleanReport, language: Language, *, as_json: bool, dry_run: bool) -> int:
    """Where every row went, and the files."""
    if as_json:
        files = [str(path) for path in report.files]
        return print_json({"files": files, "dry_run": dry_run, "accounts": accounts_json(report.accounts)})
    print_accounts(report.accounts, report.language)
    print(text("warehouse.would_write" if dry_run else "warehouse.written", language))
    for path in report.files:
        print(f"  {path}")
    return 0
