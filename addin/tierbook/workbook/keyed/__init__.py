"""Update a table by id: our cells are rewritten, people's cells travel with their row.

The sheet of people stays; only rows of the table's body are put in the donor's order, as bytes. Everything that
names an address goes along by `moved`.
"""

from .keyed import Keyed
from .update import Update, can_update, update_keyed

__all__ = ["Keyed", "Update", "can_update", "update_keyed"]
