"""The buttons by name."""

BUTTONS = (
    "refresh", "preview", "apply", "followups", "record", "explain", "check", "audit", "export", "review", "undo",
    "settings", "help",
)  # fmt: skip
"""The verbs, in the order of the ribbon tab; `labels/buttons.toml` has a caption and a tip for each."""
