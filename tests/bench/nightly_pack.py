"""Pack every part of some books anew, as a night packs what it wrote: `python nightly_pack.py BOOK ...`."""

from __future__ import annotations

import json
import sys
import time
import zipfile


def main(books: list[str]) -> None:
    from tierbook.workbook.package.deflate import packed

    size, spent = 0, 0.0
    for book in books:
        with zipfile.ZipFile(book) as held:
            for name in held.namelist():
                content = held.read(name)
                begun = time.process_time()
                size += len(content) if packed([content]).data else 0
                spent += time.process_time() - begun
    print(json.dumps({"bytes": size, "cpu": spent}))


if __name__ == "__main__":
    main(sys.argv[1:])
