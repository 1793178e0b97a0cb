"""What the buttons of the ribbon and of the sheets do."""

from .names import BUTTONS
from .verbs import press

__all__ = ["BUTTONS", "press"]
