"""Copies of a refreshed book for people without the add-in: the same functions as names, or as plain formulas."""

from .copy import Shared, is_copy, share
from .rewriting import To

__all__ = ["Shared", "To", "is_copy", "share"]
