"""`python -m tierbook.cli VERB …`."""

import sys

from . import main

sys.exit(main())
