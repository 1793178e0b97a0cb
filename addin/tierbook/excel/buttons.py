"""What the buttons of the ribbon and of the sheets do: each one call into `jobs`, and a message at its end."""

from __future__ import annotations

BUTTONS = (
    "refresh", "preview", "apply", "followups", "record", "explain", "check", "audit", "export", "review", "undo",
    "settings", "help",
)  # fmt: skip
"""The verbs, in the order of the ribbon tab; `labels/buttons.toml` has a caption and a tip for each."""
