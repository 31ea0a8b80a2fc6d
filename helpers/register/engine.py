"""The one module that knows which engine reads the register: DuckDB, behind narwhals.

Everything else is written with narwhals' lazy frames, which Spark has too: to run there, this module is replaced.
"""

from __future__ import annotations

import contextlib
import itertools
from pathlib import Path

import duckdb
import narwhals as nw
import pandas as pd

Frame = nw.LazyFrame[duckdb.DuckDBPyRelation]

MEMORY = "1GB"
# What does not fit in memory goes here, below the data root: rows never leave it.
SPILL = Path(".report-cache", "register")


class Engine:
    """An engine over the tables below a folder.

    Parameters
    ----------
    root : Path
        Folder with one file or one partitioned folder a table.
    memory : str
        Most memory that the engine takes.
    """

    def __init__(self, root: Path, memory: str = MEMORY) -> None:
        self.root = root
        spill = root.parent / SPILL
        with contextlib.suppress(OSError):
            # Closed to others; where it can't be made, what does not fit in memory is told as an error.
            spill.parent.mkdir(mode=0o700, exist_ok=True)
        settings = {"memory_limit": memory, "temp_directory": str(spill)}
        # The order of rows never matters; keeping it would cost memory.
        self._connection = duckdb.connect(config={**settings, "preserve_insertion_order": "false"})
        self._names = (f"kept_{number}" for number in itertools.count())

    def scan(self, table: str) -> Frame:
        """Open a table without reading it.

        Parameters
        ----------
        table : str
            `<table>.parquet`, or a folder of hive partitions whose keys become columns of text.

        Returns
        -------
        narwhals.LazyFrame
        """
        single = self.root / f"{table}.parquet"
        if single.is_file():
            return nw.from_native(self._connection.read_parquet(str(single)))
        pattern = str(self.root / table / "*" / "*.parquet")
        return nw.from_native(self._connection.read_parquet(pattern, hive_partitioning=True))

    def keep(self, frame: Frame) -> Frame:
        """Compute a frame once and keep it in the engine (on Spark: `cache`)."""
        name = next(self._names)
        frame.to_native().create(name)
        return nw.from_native(self._connection.table(name))

    def collect(self, frame: Frame) -> pd.DataFrame:
        """Bring a frame into memory. Only aggregates ever come this way."""
        table: pd.DataFrame = frame.collect("pandas").to_native()
        return table

    def count(self, frame: Frame) -> int:
        """Count the rows of a frame."""
        return int(self.collect(frame.select(nw.len().alias("rows")))["rows"].iloc[0])
