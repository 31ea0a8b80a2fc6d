"""The register at size: make it, and measure seconds and memory of the pipeline with V1–V4.

The answers stand in bench/scale.md, what follows from them in docs/scale.md.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
# Keys of one copy never reach those of the next: the twin's own step (`twin.register.generate.STEP`).
STEP = 100_000_000
KEYS = ("person_id", "activity_id", "contact_id")
PANDAS = "pandas"
EXAMPLES = """examples:
  python bench/scale.py --copies 1 10
  python bench/scale.py --copies 100 --memory 3GB --out /data/scale
  python bench/scale.py --copies 1 10 --engine 'local[2]' --memory 4GB
  python bench/scale.py --copies 1 5 10 --engine pandas --limit 12

A copy of the twin has 1 036 099 person-months. Needs 16 MB of disk a copy for the files, and at 100 copies about 15 GB
while it runs. A register that is already there is used again. Every size runs in a process of its own."""


@dataclass(frozen=True)
class Measured:
    """One run: what was done, at which size, in which time and memory."""

    engine: str
    copies: int
    person_months: int = 0
    persons: int = 0
    cells: int = 0
    open_seconds: float = 0.0
    fit_seconds: float = 0.0
    cpu_seconds: float = 0.0
    peak_gib: float = 0.0
    spill_gib: float = 0.0
    load: float = 0.0
    failed: str = ""

    def line(self) -> str:
        """Write the run as a row of a Markdown table."""
        if self.failed:
            return f"| {self.engine} | {self.copies} | {self.failed} | | | | | | | |"
        each = 1e6 * self.cpu_seconds / self.person_months
        return (
            f"| {self.engine} | {self.copies} | {self.person_months:,} | {self.persons:,} | {self.cells:,} "
            f"| {self.open_seconds:.1f} | {self.fit_seconds:.2f} | {self.cpu_seconds:.0f} | {each:.1f} "
            f"| {self.peak_gib:.2f} "
            f"| {self.spill_gib:.1f} | {self.load:.1f} |"
        )


HEADER = (
    "| engine | copies | person-months | persons in V1–V4 | cells | pipeline, s | V1–V4, s | CPU, s "
    "| CPU µs a person-month | peak, GiB | on disk, GiB | load |\n" + "|---" * 12 + "|"
)


def make(twin: Path, out: Path, copies: int) -> Path:
    """Copy everyone of the twin, each copy with keys of its own.

    Parameters
    ----------
    twin, out : Path
        Data roots; the second gets a register.
    copies : int
        How many; the tables are as long as that many twins.

    Returns
    -------
    Path
        The new data root. Copies are alike in all but their keys, so the number of cells does not grow.
    """
    import duckdb

    from engine.register.raw import FOLDER, has_register, raw_files, write_register_manifest

    if has_register(out):
        return out
    source, folder = twin / FOLDER, out / FOLDER
    connection = duckdb.connect(config={"memory_limit": "1GB", "temp_directory": str(out / ".report-cache")})
    parts: dict[Path, list[str]] = {}
    for path in raw_files(source):
        parts.setdefault(path.relative_to(source).parent, []).append(str(path))
    for place, paths in parts.items():
        single = place == Path(".")
        target = folder / (Path(paths[0]).name if single else place / "part-0.parquet")
        target.parent.mkdir(parents=True, exist_ok=True)
        rows = connection.read_parquet(paths, hive_partitioning=False)
        if single:
            # A year's official sums are those of all copies together.
            columns = [name if name == "year" else f"({copies} * {name})::BIGINT AS {name}" for name in rows.columns]
            changed = rows.project(", ".join(columns))
        else:
            columns = [f"{name} + {STEP} * copy AS {name}" if name in KEYS else name for name in rows.columns]
            changed = rows.join(connection.sql(f"SELECT range AS copy FROM range({copies})"), "true").project(
                ", ".join(columns)
            )
        changed.write_parquet(str(target), compression="snappy")
    write_register_manifest(folder, "synthetic", f"Tvillingen {copies} ganger", "kopier av en syntetisk tvilling")
    return out


def run_engine(root: Path, engine: str, copies: int, memory: str) -> Measured:
    """Open a register, check it, cut samples, put persons together, and fit V1–V4, in this process."""
    from engine.register.register import open_register
    from engine.register.regressions import SPECIFICATIONS, make_design, register_regressions

    started = time.perf_counter()
    register = open_register(root, engine, memory)
    opened = time.perf_counter()
    register_regressions(register)
    fitted = time.perf_counter()
    designs = [make_design(register, one, column) for one in SPECIFICATIONS.values() for column in one.columns]
    return Measured(
        engine, copies, int(register.flow["rows_in"].iloc[0]), sum(design.total for design in designs),
        sum(len(design.counts) for design in designs), opened - started, fitted - opened,
    )  # fmt: skip


def run_pandas(root: Path, copies: int, limit: float) -> Measured:
    """Do the same in plain pandas (`tests/register_reference.py`, without checks) and statsmodels, row by row."""
    import resource

    import numpy as np
    import statsmodels.api as sm

    sys.path.insert(0, str(PROJECT / "tests"))
    import register_reference as reference

    from engine.register.raw import read_register_codebook
    from engine.register.regressions import SPECIFICATIONS

    resource.setrlimit(resource.RLIMIT_DATA, (int(limit * 2**30), -1))
    started = time.perf_counter()
    people = reference.panel(root / "register")
    found = {
        "birth_region_merged": people["birth_region"].clip(upper=5), "has_children": people["has_children"],
        "education_merged": people["education"].map({1: 1, 2: 2, 3: 3, 4: 3, 5: 4}),
        "county_merged": people["county"].replace({3: 4, 4: 3, 13: 12}),
        "receives_unemployment_benefit": people["benefit"] == 2, "receives_aap": people["benefit"] == 1,
        "standard_group": people["service_group"] == 1, "duration_merged": people["duration_group"].clip(upper=4),
        "partly_at_work": people["employment"] == 2, "fully_laid_off": people["employment"] == 3,
        "digital_dialogue": people["dialogue"], "meeting_or_conversation": people["contact"],
    }  # fmt: skip
    people = people.assign(**found)
    opened = time.perf_counter()
    codebook, persons = read_register_codebook(), 0
    for one in SPECIFICATIONS.values():
        for column in one.columns:
            rows = people[people["service_group"].isin(column.groups)]
            columns = [np.ones(len(rows))]
            for name, base in column.terms.items():
                codes = rows[name].to_numpy().astype(int)
                wanted = [code for code in codebook[name].codes if code != base]
                columns += [(codes == code).astype(float) for code in wanted if (codes == code).any()]
            fitted = sm.OLS(rows[one.outcome].to_numpy(dtype=float), np.column_stack(columns)).fit()
            fitted.get_robustcov_results("HC1")
            persons += len(rows)
    months = sum(len(reference.read_month(root / "register", path.name.split("=")[1]))
                 for path in sorted((root / "register" / "person_month").iterdir()))  # fmt: skip
    return Measured(PANDAS, copies, months, persons, 0, opened - started, time.perf_counter() - opened)


def watched(root: Path, engine: str, copies: int, options: argparse.Namespace) -> Measured:
    """Run one size in a process of its own, and watch its memory (with what it starts, as Spark's) and its disk."""
    command = [sys.executable, __file__, "--one", str(root), "--engine", engine, "--copies", str(copies)]
    command += ["--memory", options.memory, "--limit", str(options.limit)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    peak = spill = 0.0
    work: dict[int, float] = {}
    while process.poll() is None:
        members = list(family(process.pid))
        peak = max(peak, sum(map(resident, members)))
        work |= {member: max(work.get(member, 0.0), busy(member)) for member in members}
        spill = max(spill, sum(path.stat().st_size for path in existing(root / ".report-cache")) / 2**30)
        time.sleep(0.2)
    said, errors = process.communicate()
    if process.returncode:
        last = next((line for line in reversed(errors.splitlines()) if re.match(r"\w*(Error|Killed)", line)), "failed")
        return Measured(engine, copies, failed=f"{last[:80]} (peak {peak:.1f} GiB)")
    measured = Measured(**json.loads(said.splitlines()[-1]))
    return replace(measured, cpu_seconds=sum(work.values()), peak_gib=peak, spill_gib=spill, load=os.getloadavg()[1])


def family(process: int) -> Iterator[int]:
    """Process ids of a process and of all that it started."""
    yield process
    try:
        children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    except OSError:
        return
    for child in children:
        yield from family(int(child))


def resident(process: int) -> float:
    """Memory that a process has now, in GiB."""
    try:
        found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{process}/status").read_text())
    except OSError:
        return 0.0
    return int(found[1]) / 2**20 if found else 0.0


def busy(process: int) -> float:
    """Seconds of CPU that a process has taken."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def existing(folder: Path) -> Iterator[Path]:
    """Files below a folder that other processes change."""
    for place, _, names in os.walk(folder):
        yield from (path for name in names if (path := Path(place, name)).is_file())


def main(arguments: Sequence[str] | None = None) -> int:
    """Make the sizes, measure them, and print a table."""
    parser = argparse.ArgumentParser(
        prog="python bench/scale.py", description="Measure the register's pipeline and V1–V4 at size.",
        epilog=EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    parser.add_argument("--copies", type=int, nargs="+", default=[1, 10], metavar="K", help="sizes (default: 1 10)")
    parser.add_argument("--engine", default="duckdb", help="duckdb (default), a Spark master, or pandas")
    parser.add_argument("--memory", default="3GB", help="most memory of the engine (default: %(default)s)")
    parser.add_argument("--limit", type=float, default=12, metavar="GIB", help="most memory of pandas (%(default)s)")
    parser.add_argument("--twin", type=Path, default=PROJECT / "_data" / "twin", help="data root to copy")
    parser.add_argument("--out", type=Path, default=PROJECT / "_cache" / "scale", help="where the copies go")
    parser.add_argument("--one", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.one:
        [copies] = options.copies
        if options.engine == PANDAS:
            print(json.dumps(asdict(run_pandas(options.one, copies, options.limit))))
        else:
            print(json.dumps(asdict(run_engine(options.one, options.engine, copies, options.memory))))
        return 0
    print(HEADER, flush=True)
    for copies in options.copies:
        root = make(options.twin, options.out / f"x{copies}", copies)
        print(watched(root, options.engine, copies, options).line(), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
