"""Make addin/tierbook/excel/calc/types.rdb anew; needed when a worksheet function or its arguments change.

    python scripts/build_calc_types.py

Needs unoidl-write of LibreOffice's SDK (Debian: libreoffice-dev, 0.6 MB beside LibreOffice itself).
"""

from __future__ import annotations

import sys

from tierbook.excel.calc.interface import TYPES, compiled


def main() -> int:
    made = compiled()
    changed = not TYPES.exists() or TYPES.read_bytes() != made
    if changed:
        TYPES.write_bytes(made)
    print(f"{TYPES.name}: {'changed' if changed else 'as it was'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
