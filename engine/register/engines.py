"""Engines that read the register: what the rules need of one; DuckDB, the one taken by default; and Spark.

Everything else is written with narwhals' lazy frames and does not know the engine. Spark runs the same rules on one
machine or on many. It needs Java 17 or later and `pip install '.[spark]'`; the tables must lie where every executor
can read them. No Python runs on the executors, so they need none of this project.
"""

from __future__ import annotations

import contextlib
import itertools
import re
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any

import duckdb
import narwhals as nw
import pandas as pd

from engine.errors import ReportError

Frame = nw.LazyFrame[Any]

DUCKDB = "duckdb"
MASTERS = ("local", "spark://", "yarn", "k8s://")
MEMORY = "1GB"
# What does not fit in memory goes here, below the data root: rows never leave it.
SPILL = Path(".report-cache", "register")
# On one machine, a shuffle in more parts than this costs more than it saves; clusters keep their own setting.
PARTS_LOCALLY = 16


class Engine(ABC):
    """An engine over the tables below a folder.

    Parameters
    ----------
    root : Path
        Folder with one file or one partitioned folder a table.
    memory : str
        Most memory that the engine takes: `1GB`, `512MB`.
    """

    def __init__(self, root: Path, memory: str) -> None:
        self.root, self.memory = root, memory
        self.spill = root.parent / SPILL
        with contextlib.suppress(OSError):
            # Closed to others; where it can't be made, what does not fit in memory is told as an error.
            self.spill.parent.mkdir(mode=0o700, exist_ok=True)

    def scan(self, table: str) -> Frame:
        """Open a table without reading it."""
        single = self.root / f"{table}.parquet"
        frame: Frame = nw.from_native(self._read(single if single.is_file() else self.root / table))
        return frame

    @abstractmethod
    def _read(self, path: Path) -> Any:
        """Open a parquet file, or a folder of hive partitions."""

    @abstractmethod
    def keep(self, frame: Frame) -> Frame:
        """Compute a frame once and keep it in the engine."""

    @abstractmethod
    def collect(self, frame: Frame) -> pd.DataFrame:
        """Bring a frame into memory. Only aggregates ever come this way."""

    def count(self, frame: Frame) -> int:
        """Count the rows of a frame."""
        return int(self.collect(frame.select(nw.len().alias("rows")))["rows"].iloc[0])


class DuckEngine(Engine):
    """DuckDB in this process; what does not fit in memory goes to a folder below the data root."""

    def __init__(self, root: Path, memory: str = MEMORY) -> None:
        super().__init__(root, memory)
        settings = {"memory_limit": memory, "temp_directory": str(self.spill)}
        try:
            # The order of rows never matters; keeping it would cost memory.
            self._connection = duckdb.connect(config={**settings, "preserve_insertion_order": "false"})
        except duckdb.Error:
            raise ReportError("this is no size of memory", "--memory", remedy="write 512MB or 4GB") from None
        self._names = (f"kept_{number}" for number in itertools.count())

    def _read(self, path: Path) -> Any:
        if path.is_dir():
            return self._connection.read_parquet(str(path / "*" / "*.parquet"), hive_partitioning=True)
        return self._connection.read_parquet(str(path))

    def keep(self, frame: Frame) -> Frame:
        """Compute a frame once and keep it as a table."""
        name = next(self._names)
        frame.to_native().create(name)
        kept: Frame = nw.from_native(self._connection.table(name))
        return kept

    def collect(self, frame: Frame) -> pd.DataFrame:
        """Bring a frame into memory. Only aggregates ever come this way."""
        table: pd.DataFrame = frame.collect("pandas").to_native()
        return table


class SparkEngine(Engine):
    """Spark, behind the same calls as DuckDB.

    Parameters
    ----------
    root, memory
        As for `Engine`; the memory is the driver's with a local master, else each executor's.
    master : str
        `local[2]`, `spark://host:port`, `yarn`, `k8s://…`.

    Raises
    ------
    ReportError
        PySpark or Java is missing, or the master can't be reached.
    """

    def __init__(self, root: Path, master: str, memory: str = MEMORY) -> None:
        super().__init__(root, memory)
        self._session = _session(master, memory, self.spill)

    def _read(self, path: Path) -> Any:
        # Absolute: executors have a working folder of their own.
        return self._session.read.parquet(str(path.resolve()))

    def keep(self, frame: Frame) -> Frame:
        """Compute a frame and keep its rows on the executors, in memory or on disk.

        Notes
        -----
        A checkpoint, not a cache: a cached frame carries the plans of all it was made of, and after twenty rules Spark
        runs out of memory while it writes them down. An executor that is lost takes its rows along, and the run ends.
        """
        kept: Frame = nw.from_native(frame.to_native().localCheckpoint(eager=True))
        return kept

    def collect(self, frame: Frame) -> pd.DataFrame:
        """Bring a frame into memory, through Arrow. Only aggregates ever come this way."""
        table: pd.DataFrame = frame.to_native().toArrow().to_pandas()
        return table

    def close(self) -> None:
        """Stop Spark."""
        self._session.stop()


def java_memory(memory: str) -> str:
    """Write a size as Java does: `4GB` is `4g`."""
    found = re.fullmatch(r"(\d+)\s*([MG])i?B", memory.strip(), re.I)
    if found is None:
        raise ReportError("this is no size of memory", "--memory", remedy="write 512MB or 4GB")
    return found[1] + found[2].lower()


def _session(master: str, memory: str, spill: Path) -> Any:
    """Start Spark, or find the one that runs in this process."""
    try:
        from pyspark.errors import PySparkException
        from pyspark.sql import SparkSession
    except ImportError:
        raise ReportError("PySpark is not installed", "--engine", remedy="pip install '.[spark]'") from None
    local = master.startswith("local")
    settings = {
        # Months are text, as in DuckDB; Spark would read some partitions as dates or numbers.
        "spark.sql.sources.partitionColumnTypeInference.enabled": "false",
        "spark.sql.session.timeZone": "UTC", "spark.ui.enabled": "false", "spark.ui.showConsoleProgress": "false",
        "spark.driver.memory" if local else "spark.executor.memory": java_memory(memory),
        # Rows never leave the data root. Workers of a cluster have a setting of their own.
        "spark.local.dir": str(spill), "spark.sql.warehouse.dir": str(spill / "warehouse"),
    }  # fmt: skip
    if local:
        settings |= {"spark.sql.shuffle.partitions": str(PARTS_LOCALLY), "spark.driver.host": "127.0.0.1"}
    try:
        session = SparkSession.builder.master(master).appName("register").config(map=settings).getOrCreate()
    except (PySparkException, OSError):
        remedy = "install Java 17 or later, and look whether the master answers"
        raise ReportError("Spark did not start", "--engine", remedy=remedy) from None
    session.sparkContext.setLogLevel("ERROR")
    return session


def open_engine(root: Path, name: str = DUCKDB, memory: str = MEMORY) -> Engine:
    """Open an engine by its name."""
    if name == DUCKDB:
        return DuckEngine(root, memory)
    if name.startswith(MASTERS):
        return SparkEngine(root, name, memory)
    raise ReportError("there is no such engine", "--engine", remedy="take duckdb, local[2] or spark://host:port")
