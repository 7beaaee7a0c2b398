"""What runs the comparison: DuckDB in this process, or a Spark that is there. Both run the same expressions of Ibis.

Nothing here is imported before somebody compares: the packages are an extra (docs/dependencies.md).
"""

from __future__ import annotations

import os
import shutil
import warnings
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from canbao_province.trouble import ProvinceError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

ENGINES = ("duckdb", "spark")
LOCAL = "local[*]"
_TABLE = "persons"
_LOCAL_PARTS = "8"  # Spark's 200 are for a cluster


@dataclass(frozen=True)
class Engine:
    """A connection of Ibis with the rows of all counties as ``persons``."""

    connection: Any
    persons: Any
    keep: Callable[[Any], AbstractContextManager[Any]]
    """Work the rows of a table out once, however often they are asked for while it is open."""

    def rows(self, table: Any) -> pl.DataFrame:
        """Return the rows of a table."""
        found = pl.from_arrow(self.connection.to_pyarrow(table))
        assert isinstance(found, pl.DataFrame)
        return found


@contextmanager
def open_engine(
    name: str, paths: Sequence[Path], folder: Path, *, master: str = LOCAL, memory: int | None = None
) -> Iterator[Engine]:
    """Connect to an engine over some files; ``folder`` takes what does not fit into memory.

    ``memory``: how many gigabytes DuckDB may use, four fifths of the machine's without it. ``master``: Spark's address.
    Raises ProvinceError when the engine is not there.
    """
    opened = _duckdb(paths, folder, memory) if name == "duckdb" else _spark(paths, folder, master)
    with opened as engine:
        yield engine


@contextmanager
def _duckdb(paths: Sequence[Path], folder: Path, memory: int | None) -> Iterator[Engine]:
    try:
        import ibis  # noqa: PLC0415 - see above

        backend = ibis.duckdb
    except ImportError as missing:
        raise ProvinceError("province_no_ibis", package=missing.name or "duckdb") from missing
    limits = {} if memory is None else {"memory_limit": f"{memory}GB"}
    connection = backend.connect(temp_directory=str(folder), preserve_insertion_order=False, **limits)
    try:
        persons = connection.read_parquet([str(path) for path in paths], table_name=_TABLE)
        # Not .cache(): what Ibis 12 drops the table with, DuckDB 2 does not parse.
        yield Engine(connection, persons, lambda table: nullcontext(connection.create_table("kept", table, temp=True)))
    finally:
        connection.disconnect()


@contextmanager
def _spark(paths: Sequence[Path], folder: Path, master: str) -> Iterator[Engine]:
    try:
        import ibis  # noqa: PLC0415 - see above
        from pyspark.sql import SparkSession  # noqa: PLC0415
    except ImportError as missing:
        raise ProvinceError("province_no_spark", package=missing.name or "pyspark") from missing
    if not (shutil.which("java") or (Path(os.environ.get("JAVA_HOME", "/nowhere")) / "bin" / "java").exists()):
        raise ProvinceError("province_no_java")
    settings = _spark_settings(folder, master)
    try:
        session = SparkSession.builder.master(master).appName("canbao").config(map=settings).getOrCreate()
        connection = ibis.pyspark.connect(session)
    except Exception as trouble:
        raise ProvinceError("province_spark_failed", master=master, why=_first_line(trouble)) from trouble
    try:
        session.read.parquet(*map(str, paths)).createOrReplaceTempView(_TABLE)
        with warnings.catch_warnings(action="ignore"):  # what PySpark and pandas say of each other
            yield Engine(connection, connection.table(_TABLE), lambda table: table.cache())
    finally:
        session.stop()


def _spark_settings(folder: Path, master: str) -> dict[str, str]:
    """Return how Spark runs: without a page of its own, its log and bars; what goes wrong is told by canbao."""
    folder.mkdir(parents=True, exist_ok=True)
    quiet = folder / "log4j2.properties"
    quiet.write_text("rootLogger.level = off\n", encoding="ascii")
    settings = {
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.local.dir": str(folder),
        "spark.driver.extraJavaOptions": f"-Dlog4j2.configurationFile={quiet.as_uri()}",
    }
    return settings | ({"spark.sql.shuffle.partitions": _LOCAL_PARTS} if master.startswith("local") else {})


def _first_line(trouble: Exception) -> str:
    return (str(trouble).strip().splitlines() or [type(trouble).__name__])[0]
