"""LibreOffice Calc as a client: the same worksheet functions, as an extension built from their signatures."""
