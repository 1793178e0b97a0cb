"""Build tierbook.xlam and the macro templates into a folder (default: dist).

    python scripts/build_addin.py [--out FOLDER] [--libreoffice] [--dry-run]

The same as `tierbook addin build`; the same sources give the same bytes on any machine.
"""

from __future__ import annotations

import sys

from tierbook.cli import main

if __name__ == "__main__":
    raise SystemExit(main(["addin", "build", *sys.argv[1:]]))
