"""All benchmarks in one command: ours beside the others, in one run; see `python bench/run.py --help`."""

from __future__ import annotations

import argparse
import importlib
import os
import platform
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE)]

from rows import Row

BENCHES = {
    "B1": ("execution", "the whole book's execution, from an empty cache"),
    "B2": ("rebuild", "rebuild after nothing, a sentence, a helper, a row of data"),
    "B3": ("estimates", "all weighted means and shares of the report"),
    "B4": ("regressions", "V1–V4 from compressed cells"),
    "B5": ("mixed", "figure 28's mixed model"),
    "B6": ("twins", "generation of the twin, by scale"),
}
HEAD = """# Results of the benchmarks

Written by `make bench`. What is measured and how: [README.md](README.md).
Ratio: how many times ours goes into the other.
"""
PACKAGES = ("numpy", "pandas", "scipy", "statsmodels", "linearmodels", "papermill", "duckdb", "narwhals", "matplotlib")
R_VERSIONS = 'cat(R.version.string, "survey", format(packageVersion("survey")), "lme4", format(packageVersion("lme4")))'


def machine() -> list[str]:
    """Describe what the numbers were measured on."""
    model = next((line.partition(": ")[2] for line in _lines("/proc/cpuinfo") if line.startswith("model name")), "")
    memory = next((line.split()[1] for line in _lines("/proc/meminfo") if line.startswith("MemTotal")), "0")
    load = " ".join(f"{value:.1f}" for value in os.getloadavg())
    packages = [f"{name} {version(name)}" for name in PACKAGES if _installed(name)]
    return [
        f"{os.cpu_count()} cores ({model or platform.processor() or 'unknown'}), {int(memory) / 2**20:.0f} GiB",
        f"load before the start (1, 5, 15 minutes): {load}",
        f"{platform.system()} {platform.release()}, Python {platform.python_version()}",
        ", ".join(packages),
        _r_versions(),
    ]


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text(encoding="utf-8").splitlines()
    except OSError:
        return []


def _installed(name: str) -> bool:
    try:
        return bool(version(name))
    except PackageNotFoundError:
        return False


def _r_versions() -> str:
    program = shutil.which("Rscript")
    if not program:
        return "R: absent"
    done = subprocess.run([program, "-e", R_VERSIONS], capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else "R: without survey and lme4"


def table(rows: Sequence[Row]) -> str:
    """Write rows as a markdown table."""
    lines = ["| what | ours | other | unit | ratio | note |", "|:---|---:|---:|:---|---:|:---|"]
    for row in rows:
        cells = [row.name, number(row.ours), number(row.other), row.unit, number(row.ratio, " ×"), row.note]
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(lines)


def number(value: float, after: str = "") -> str:
    """Write a number with three digits; nothing for what was not measured."""
    if value != value:
        return ""
    return f"{value:,.0f}{after}" if abs(value) >= 100 else f"{value:.3g}{after}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and write the results; 1 where a benchmark failed."""
    parser = argparse.ArgumentParser(
        prog="python bench/run.py",
        description="Measure ours and the others side by side: alternating order, medians, ratios.",
        epilog="benchmarks:\n"
        + "".join(f"  {name}  {told}\n" for name, (_, told) in BENCHES.items())
        + "\nexamples:\n  python bench/run.py\n  python bench/run.py --only B2 --only B5 --repeats 3\n"
        "  python bench/run.py --data _data/twin --out results.md\n\n"
        "Seconds depend on what else the machine does; ratios much less, because both sides are measured in turn.\n"
        "With --only, the other benchmarks' sections of the results stay as they are.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--only", action="append", choices=list(BENCHES), help="only this one; may be repeated")
    parser.add_argument("--repeats", type=int, default=5, metavar="N", help="how often each (default: %(default)s)")
    parser.add_argument("--data", type=Path, metavar="DIR", help="data root (default: REPORT_DATA, else the twin)")
    parser.add_argument("--out", type=Path, default=HERE / "results.md", metavar="FILE", help="default: %(default)s")
    options = parser.parse_args(arguments)
    if options.repeats < 1:
        parser.error("--repeats must be 1 or more")
    if options.data:
        os.environ["REPORT_DATA"] = str(options.data.resolve())
    sections = _sections(options.out) if options.only else {}
    failed = False
    for name in options.only or BENCHES:
        module, told = BENCHES[name]
        print(f"{name}: {told} …", file=sys.stderr, flush=True)
        # The same facts stand with each section: sections of one file may come from different runs.
        facts = machine()
        started = time.perf_counter()
        try:
            text = table(importlib.import_module(module).measure(options.repeats))
        except Exception as error:
            failed = True
            text = f"Failed: {type(error).__name__}: {error}"
        took = time.perf_counter() - started
        print(f"{text}\n({took:.0f} s)\n", file=sys.stderr, flush=True)
        measured = "\n".join(f"- {fact}" for fact in [*facts, f"at most {options.repeats} repeats; {took:.0f} s"])
        sections[name] = f"## {name}: {told}\n\n{text}\n\n{measured}\n"
        # After each: a run that is cut short leaves what it has measured.
        ordered = "\n".join(sections[key] for key in BENCHES if key in sections)
        options.out.write_text(f"{HEAD}\n{ordered}", encoding="utf-8")
    return int(failed)


def _sections(path: Path) -> dict[str, str]:
    """Sections of an earlier run's results."""
    if not path.is_file():
        return {}
    parts = path.read_text(encoding="utf-8").split("\n## ")[1:]
    return {part[:2]: f"## {part.rstrip()}\n" for part in parts}


if __name__ == "__main__":
    sys.exit(main())
