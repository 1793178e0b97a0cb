"""Raw column types, gathered into the few shapes that are read differently."""

from __future__ import annotations

from typing import Literal

Shape = Literal["text", "whole", "decimal", "float", "date", "stamp", "zoned", "flag"]

KNOWN: dict[str, Shape] = {
    "FLOAT": "float", "DOUBLE": "float", "DATE": "date", "BOOLEAN": "flag", "TIMESTAMP WITH TIME ZONE": "zoned",
    "TINYINT": "whole", "SMALLINT": "whole", "INTEGER": "whole", "BIGINT": "whole", "HUGEINT": "whole",
    "UTINYINT": "whole", "USMALLINT": "whole", "UINTEGER": "whole", "UBIGINT": "whole", "UHUGEINT": "whole",
}  # fmt: skip


def shape_of(sql_type: str) -> Shape:
    """The shape of an engine type; what is none of the known ones is read as text."""
    if sql_type.startswith("DECIMAL"):
        return "decimal"
    if sql_type.startswith("TIMESTAMP") and sql_type not in KNOWN:
        return "stamp"
    return KNOWN.get(sql_type, "text")
