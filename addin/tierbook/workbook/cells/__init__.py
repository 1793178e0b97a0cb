"""Values out of sheets, from their bytes."""
