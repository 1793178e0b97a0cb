"""Re-score workbooks and refresh their sheets: python scripts/refresh_tiers.py BOOK.xlsx [BOOK.xlsx ...]

Options after the books go to `tierbook refresh` as they are, for example --orders orders.csv --as-of 2026-10-31.
"""

import sys

from tierbook.cli import main

if __name__ == "__main__":
    words = sys.argv[1:]
    first_option = next((i for i, word in enumerate(words) if word.startswith("-")), len(words))
    books, options = words[:first_option], words[first_option:]
    if not books:
        sys.exit(main(["refresh", *options]))
    sys.exit(max(main(["refresh", book, *options]) for book in books))
