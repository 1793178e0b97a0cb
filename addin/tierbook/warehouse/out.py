"""Results out of Spark: a folder of Parquet, put in its place whole."""

from __future__ import annotations

import secrets
from typing import Any

from ..errors import WarehouseError
from .spark import SparkEngine, told_plainly

_OURS = ("part-", ".part-", "_SUCCESS", "._SUCCESS")
"""How the names begin of what Spark puts into a folder of Parquet."""


def write_parquet(engine: SparkEngine, relation: str, out: str, order: str) -> None:
    """Write a relation beside its target and move it there; afterwards the relation reads what was written.

    Any address works that Spark can write to. An earlier folder of results is replaced; anything else stays.

    Raises:
        WarehouseError: something else is there, or Spark cannot write.
    """
    with told_plainly(out):
        path, files = _place(engine, out)
        if files.exists(path) and not _is_ours(files, path):
            raise WarehouseError("warehouse.target_taken", out=out)
        beside = f"{out.rstrip('/')}-{secrets.token_hex(4)}"
        draft, _ = _place(engine, beside)
        try:
            engine.session.table(relation).orderBy(order).write.parquet(beside)
            files.delete(path, True)
            moved = files.rename(draft, path)
        finally:
            files.delete(draft, True)
        if not moved:
            raise WarehouseError("warehouse.target_taken", out=out)
        engine.drop(relation)
        engine.keep(relation, engine.session.read.parquet(out), kept=False)


def _place(engine: SparkEngine, address: str) -> tuple[Any, Any]:
    """An address as Hadoop's Path, and the file system it is on."""
    context = engine.session.sparkContext
    path = context._jvm.org.apache.hadoop.fs.Path(address)
    return path, path.getFileSystem(context._jsc.hadoopConfiguration())


def _is_ours(files: Any, path: Any) -> bool:
    if not files.getFileStatus(path).isDirectory():
        return bool(path.getName().endswith(".parquet"))
    return all(each.getPath().getName().startswith(_OURS) for each in files.listStatus(path))
