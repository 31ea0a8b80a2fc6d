"""Engines that read the register: what the rules need of one, and DuckDB, the one that is taken by default.

Everything else is written with narwhals' lazy frames and does not know the engine. Spark is in `spark.py`.
"""

from __future__ import annotations

import contextlib
import itertools
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
