"""The sheets tierbook owns: found by their marks, grafted from a donor, kept apart from what people made."""
