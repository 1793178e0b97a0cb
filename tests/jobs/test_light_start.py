"""What a command loads: a button press must not wait for packages it does not use."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HEAVY = {"pandas", "numpy", "xlwings", "sqlglot", "openpyxl", "scipy", "pyarrow", "xlsxwriter", "lxml", "fastexcel",
         "chinese_calendar", "hypothesis"}  # fmt: skip


def test_scoring_a_file_loads_no_package_it_does_not_use(tmp_path: Path) -> None:
    orders = tmp_path / "orders.csv"
    orders.write_text("订单号,客户编号,下单日期,金额\n1,A1,2026-01-05,100\n", encoding="utf-8")
    program = (
        "import sys; from tierbook.cli import main; "
        f"code = main(['score', '--orders', {str(orders)!r}, '--as-of', '2026-06-30', '-q']); "
        f"print(code, sorted(set(sys.modules) & {HEAVY!r}))"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout.splitlines()[-1] == "0 []"
