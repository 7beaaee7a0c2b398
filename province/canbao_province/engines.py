"""What runs the comparison: DuckDB in this process, or a Spark that is there. Both run the same expressions of Ibis.

Nothing here is imported before somebody compares: the packages are an extra (docs/dependencies.md).
"""

from __future__ import annotations

import os
import shutil
import sys
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
_STDERR = 2
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
    with warnings.catch_warnings(action="ignore"):  # what PySpark and pandas say of each other
        try:
            import ibis  # noqa: PLC0415 - see above
            from pyspark.sql import SparkSession  # noqa: PLC0415
        except ImportError as missing:
            raise ProvinceError("province_no_spark", package=missing.name or "pyspark") from missing
        if not (shutil.which("java") or (Path(os.environ.get("JAVA_HOME", "/nowhere")) / "bin" / "java").exists()):
            raise ProvinceError("province_no_java")
        settings = dict.fromkeys(("spark.ui.enabled", "spark.ui.showConsoleProgress"), "false")
        settings["spark.local.dir"] = str(folder)
        if master.startswith("local"):
            settings["spark.sql.shuffle.partitions"] = _LOCAL_PARTS
        try:
            with _quiet_children():
                session = SparkSession.builder.master(master).appName("canbao").config(map=settings).getOrCreate()
            connection = ibis.pyspark.connect(session)
        except Exception as trouble:
            raise ProvinceError("province_spark_failed", master=master, why=first_line(trouble)) from trouble
        try:
            session.read.parquet(*map(str, paths)).createOrReplaceTempView(_TABLE)
            yield Engine(connection, connection.table(_TABLE), lambda table: table.cache())
        finally:
            session.stop()


@contextmanager
def _quiet_children() -> Iterator[None]:
    """Let a process that is started here, as Java is, have no standard error: canbao says what went wrong."""
    sys.stderr.flush()
    own, nowhere = os.dup(_STDERR), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, _STDERR)
        yield
    finally:
        os.dup2(own, _STDERR)
        os.close(own)
        os.close(nowhere)


def first_line(trouble: Exception) -> str:
    """Return what an engine says of its trouble, without its stop."""
    return (str(trouble).strip().splitlines() or [type(trouble).__name__])[0].rstrip(".")
