"""The night run: what several books need every night, in steps that fail alone and go on where they stopped."""

from .config import books_only, load_config
from .known import night_run_here
from .records import Aim, Config, Facts, NightReport, StepDone
from .run import Clock, Watcher, run_due, run_now, watch
from .state import State, state_of

__all__ = [
    "Aim",
    "Clock",
    "Config",
    "Facts",
    "NightReport",
    "State",
    "StepDone",
    "Watcher",
    "books_only",
    "load_config",
    "night_run_here",
    "run_due",
    "run_now",
    "state_of",
    "watch",
]
