"""The scored book in memory: what the last refresh said, read from a file or handed over by a client."""
