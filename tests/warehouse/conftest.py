"""Spark where it is, and facts for it."""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tierbook.warehouse import SparkEngine
from tierbook.warehouse.spark import LOCAL, QUIETLY

HERE = Path(__file__).parent
QUICK = {
    "spark.sql.shuffle.partitions": "1",
    "spark.default.parallelism": "1",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.driver.memory": "1g",
    "spark.driver.extraJavaOptions": f"{QUIETLY} -XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
}
"""For some hundred rows: no code is compiled for a query that runs once."""


@pytest.fixture(scope="session")
def spark() -> Iterator[SparkEngine]:
    """One Spark for all tests of a process; a test that starts another gets a session of the same."""
    if os.environ.get("TIERBOOK_CI") != "1":
        pytest.importorskip("pyspark", reason="pyspark is not installed")
        if not shutil.which("java") and not os.environ.get("JAVA_HOME"):
            pytest.skip("there is no Java on this machine")
    with SparkEngine(LOCAL, conf=QUICK) as engine:
        yield engine


@pytest.fixture(scope="session")
def differing() -> Callable[..., tuple[int, dict[str, int]]]:
    """Columns compared, and column -> customers that differ (`differing.py`)."""
    spec = importlib.util.spec_from_file_location("warehouse_differing", HERE / "differing.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module.differing
