"""An engine that runs the scoring steps on Spark, in this process or on a cluster."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ..engine import Step
from ..errors import WarehouseError
from .dialect import carried

LOCAL = "local[*]"
OLDEST_JAVA = 17
_TYPES = {"VARCHAR": "STRING"}
QUIETLY = f"-Dlog4j2.configurationFile={Path(__file__).with_name('log4j2.properties').as_uri()}"
"""Java's option for errors only."""
_ALWAYS = {
    "spark.sql.ansi.enabled": "true",  # an overflow stops the run instead of giving another number
    "spark.sql.session.timeZone": "UTC",
    "spark.ui.showConsoleProgress": "false",
}
_ON_THIS_MACHINE = {
    "spark.ui.enabled": "false",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.memory": "2g",
    "spark.sql.shuffle.partitions": "8",
    "spark.driver.extraJavaOptions": QUIETLY,
}


class SparkEngine:
    """Relations are temporary views of one Spark session; a kept one is computed once (a checkpoint).

    Spark computes a view anew wherever it is read, and a plan of forty views in each other takes longer to think
    about than to run: a step that is kept is therefore cut off from what it was made of. Where the configuration
    names `spark.checkpoint.dir`, on storage that all machines share, kept relations survive the loss of one.

    Args:
        master: `local[*]` is this machine with all its cores; else a cluster's address (spark://…, yarn, k8s://…).
        conf: Spark's own settings, over ours.
        tell: told each relation's name before it is made.
    Raises:
        WarehouseError: pyspark or Java is not here, or Spark does not start.
    """

    def __init__(
        self,
        master: str = LOCAL,
        *,
        conf: Mapping[str, str] | None = None,
        tell: Callable[[str], None] | None = None,
    ) -> None:
        self._tell = tell or (lambda _name: None)
        self._made: set[str] = set()
        self.session, self._own = _session(master, dict(conf or {}))
        self._reliable = bool(self.session.conf.get("spark.checkpoint.dir", ""))

    # -- what the steps ask for ------------------------------------------------------------------------------------

    def run(self, step: Step) -> None:
        """Make the step's relation, replacing one of the same name."""
        self._tell(step.name)
        with told_plainly(step.name):
            self.keep(step.name, self.session.sql(carried(step.select)), kept=step.keep)

    def run_all(self, steps: Iterable[Step]) -> None:
        for step in steps:
            self.run(step)

    def once(self, steps: Iterable[Step]) -> None:
        """As `run_all`: nobody here knows what has changed since."""
        self.run_all(steps)

    def stands(self, _: Step) -> bool:
        return False

    def put(self, name: str, columns: Mapping[str, str], rows: Iterable[Sequence[Any]]) -> None:
        """Make a small relation of rows that Python worked out; types as the embedded engine names them."""
        told = ", ".join(f"`{column}` {_TYPES.get(kind, kind)}" for column, kind in columns.items())
        with told_plainly(name), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # pyspark about the newest pandas, which has no part in this
            self.keep(name, self.session.createDataFrame([tuple(row) for row in rows], told), kept=True)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """All rows of a query in the portable subset."""
        with told_plainly(sql):
            return [tuple(row) for row in self.session.sql(carried(sql)).collect()]

    def value(self, sql: str) -> Any:
        """The first column of the first row, or None where the query has no row."""
        found = self.rows(sql)
        return found[0][0] if found else None

    def has(self, relation: str) -> bool:
        return relation in self._made

    def drop(self, relation: str) -> None:
        if relation in self._made:
            self._made.remove(relation)
            self.session.catalog.dropTempView(relation)

    # -- what Spark has besides ------------------------------------------------------------------------------------

    def keep(self, name: str, frame: Any, *, kept: bool) -> None:
        """Give a Spark data frame a relation's name; `kept`: compute it now, once."""
        if kept:
            frame = frame.checkpoint() if self._reliable else frame.localCheckpoint()
        frame.createOrReplaceTempView(name)
        self._made.add(name)

    def make(self, name: str, sql: str, *, kept: bool = True) -> None:
        """Make a relation by a query in Spark's own dialect."""
        with told_plainly(name):
            self.keep(name, self.session.sql(sql), kept=kept)

    def read(self, place: str) -> Any:
        """The data frame of a Parquet file or folder (an address with a slash in it), or of a table by name."""
        with told_plainly(place):
            return self.session.read.parquet(place) if "/" in place else self.session.table(place)

    def native(self, sql: str, what: str) -> list[tuple[Any, ...]]:
        """All rows of a query in Spark's own dialect; `what` names it where it fails."""
        with told_plainly(what):
            return [tuple(row) for row in self.session.sql(sql).collect()]

    def close(self) -> None:
        """Forget every relation, and stop Spark where it was started here."""
        for name in list(self._made):
            self.drop(name)
        if self._own:
            self.session.stop()

    def __enter__(self) -> SparkEngine:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _session(master: str, conf: dict[str, str]) -> tuple[Any, bool]:
    """A session, and whether Spark was started for it; where it is running already, it is not started again."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from pyspark.sql import SparkSession
    except ImportError:
        raise WarehouseError("warehouse.no_package", package="pyspark") from None
    if (running := SparkSession.getActiveSession()) is not None:
        session = running.newSession()  # with views and settings of its own
        for key, value in _ALWAYS.items():
            if key.startswith("spark.sql."):
                session.conf.set(key, value)
        return session, False
    here = master.startswith("local")
    if here:
        look_for_java()
    settings = {**_ALWAYS, **(_ON_THIS_MACHINE if here else {}), **conf}
    builder = SparkSession.builder.appName("tierbook").master(master)
    for key, value in settings.items():
        builder = builder.config(key, value)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            session = builder.getOrCreate()
    except Exception as error:  # pyspark raises what Java, the network or the cluster raised
        raise WarehouseError("warehouse.no_start", master=master, reason=_gist(error)) from error
    session.sparkContext.setLogLevel("ERROR")
    return session, True


def look_for_java() -> None:
    """Spark's own words about a missing or old Java are forty lines long.

    Raises:
        WarehouseError: there is none, or it is older than Spark needs.
    """
    home = os.environ.get("JAVA_HOME", "")
    java = shutil.which("java", path=str(Path(home) / "bin")) if home else shutil.which("java")
    if not java:
        raise WarehouseError("warehouse.no_java", oldest=OLDEST_JAVA)
    said = subprocess.run([java, "-version"], capture_output=True, text=True, check=False)
    found = re.search(r'version "(\d+)(?:\.(\d+))?', said.stderr + said.stdout)
    version = int(found[2] if found[1] == "1" and found[2] else found[1]) if found else 0
    if version and version < OLDEST_JAVA:
        raise WarehouseError("warehouse.old_java", version=version, oldest=OLDEST_JAVA)


@contextmanager
def told_plainly(what: str) -> Iterator[None]:
    """Spark's errors as one of ours, with the first line of the reason.

    Raises:
        WarehouseError: whatever Spark or Java raised inside.
    """
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    try:
        yield
    except (PySparkException, Py4JError) as error:
        raise WarehouseError("warehouse.failed", what=what[:80], reason=_gist(error)) from error


def _gist(error: BaseException) -> str:
    """The first line that says something, of words that bring the whole stack along."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    telling = [line for line in lines if "Exception:" in line or line.startswith("[")]
    return (telling or lines or [type(error).__name__])[0][:300]
