"""Put a book in its place, or leave everything as it was: locks, drafts, copies, undo."""
