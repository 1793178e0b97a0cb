"""Results -> sheets, charts and reports; knows layout and labels."""
