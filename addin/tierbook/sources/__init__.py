"""Facts in: files and book sheets become raw relations under canonical names."""
