"""The register as chapters see it: raw tables opened and checked, samples cut, persons put together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import narwhals as nw
import pandas as pd

from engine.data.manifest import FILE, Manifest, data_root, read_manifest, verify
from engine.errors import ReportError, raise_together
from engine.register.engines import DUCKDB, MEMORY, Engine, Frame, open_engine
from engine.register.raw import (
    FOLDER,
    POPULATION,
    Month,
    RegisterCodebook,
    check_parts,
    has_register,
    raw_files,
    read_register_codebook,
    rows_of,
    table_of,
)
from engine.table import About, described

from . import rules
from .checks import check_columns, check_rows
from .flow import Flow

FEBRUARY, PANEL = "february", "panel"
HEADINGS = {
    "service_group": "Innsatsgruppe", "variable": "Kjennetegn", "value": "Kategori", "unit": "Enhet", "part": "Del",
    "rule": "Regel", "direction": "Retning", "model": "Modell", "variant": "Variant", "sample": "Utvalg",
}  # fmt: skip


@dataclass(frozen=True)
class Register:
    """Young people registered with Nav.

    Attributes
    ----------
    manifest : Manifest
        What the data is.
    codebook : RegisterCodebook
        What the variables are.
    months : list of Month
        The panel's months; the first is the sample's February.
    series : list of Month
        All Februaries found, ascending.
    flow : pandas.DataFrame
        One row a rule of the pipeline: part, name, rule, rows_in, rows_out, unit.
    """

    manifest: Manifest
    codebook: RegisterCodebook
    months: list[Month]
    series: list[Month]
    flow: pd.DataFrame
    _engine: Engine
    _raw: dict[str, Frame]
    _samples: dict[str, Frame]
    _contacts: Frame

    def __repr__(self) -> str:
        """Tell months and kind; never a row."""
        return f"Register({self.period}, {self.manifest.kind} data)"

    @property
    def period(self) -> str:
        """The panel in words: «februar–april 2021»."""
        first, last = self.months[0], self.months[-1]
        return f"{first.words.split()[0]}–{last.words}" if first.year == last.year else f"{first.words}–{last.words}"

    @property
    def about(self) -> About:
        """What tables made of the register carry: their source, whom they count, what their keys mean."""
        return _about(self.manifest)

    def cells(
        self, names: Sequence[str], sample: str = PANEL, *, outcome: str = "",
        among: Mapping[str, Sequence[int]] | None = None,
    ) -> pd.DataFrame:  # fmt: skip
        """Count persons in each combination of some variables: all shares and regressions follow from it exactly."""
        frame = self._samples[sample]
        for name, codes in (among or {}).items():
            frame = frame.filter(nw.col(name).is_in(list(codes)))
        return _cells(self._engine, frame, names, outcome)

    def persons(
        self, names: Sequence[str], sample: str = PANEL, *, among: Mapping[str, Sequence[int]] | None = None
    ) -> pd.DataFrame:
        """Collect some variables, a row a person: for the synthetic twin, or who may see rows; never for a page."""
        frame = self._samples[sample]
        for name, codes in (among or {}).items():
            frame = frame.filter(nw.col(name).is_in(list(codes)))
        return self._engine.collect(frame.select(*names)).sort_values(list(names), ignore_index=True)

    def series_cells(self) -> pd.DataFrame:
        """Count persons of the February sample's kind in each February: month, service_group, persons."""
        chosen = rules.followed_up.apply(rules.under_age_limit.apply(self._raw["person_month"]))
        cells = _cells(self._engine, chosen, ["reference_month", "service_group"])
        return cells[cells["reference_month"].isin([str(month) for month in self.series])].reset_index(drop=True)

    def dialogues(self) -> pd.DataFrame:
        """Dialogues in the panel's windows: `opened_by`, `dialogues`, `answered`, `reply_days` (sum), `persons`."""
        return rules.dialogues(self._engine, self._contacts)

    @property
    def population(self) -> pd.DataFrame:
        """Official population figures: one row a year."""
        table = self._engine.collect(self._raw[POPULATION])
        return table.sort_values("year", kind="stable", ignore_index=True)


def _cells(engine: Engine, frame: Frame, names: Sequence[str], outcome: str = "") -> pd.DataFrame:
    wanted = list(dict.fromkeys(names))
    positive = {"positive": nw.col(outcome).cast(nw.Int64).sum()} if outcome else {}
    cells = engine.collect(frame.group_by(*wanted).agg(persons=nw.len(), **positive))
    # The engine gives the groups in any order.
    return cells.sort_values(wanted, ignore_index=True)


def open_register(data: Path | str | None = None, engine: str = DUCKDB, memory: str = MEMORY) -> Register:
    """Open the raw register.

    Parameters
    ----------
    data : Path or str, optional
        Data root; see `engine.data.manifest.data_root`.
    engine : str
        `duckdb`, or the address of a Spark master: `local[2]`, `spark://host:port`.
    memory : str
        Most memory that the engine takes.

    Returns
    -------
    Register
        Checked, with the samples cut and the persons put together; the same object for the same files in a process.

    Raises
    ------
    ReportError
        There is no register, its files are not those of its manifest, or go against the codebook. All problems are
        told in one message, which never holds a value, a row or an id.
    """
    root = data_root(data)
    if not has_register(root):
        remedy = f"put the raw tables into {FOLDER}/ with a {FILE}, or leave the chapter out"
        raise ReportError("the data root has no register", FOLDER, remedy=remedy)
    # A changed manifest is another register.
    return _opened(root.resolve(), (root / FOLDER / FILE).read_text(encoding="utf-8"), engine, memory)


@lru_cache(maxsize=2)
def _opened(root: Path, manifest_text: str, engine_name: str, memory: str) -> Register:
    folder = root / FOLDER
    manifest = read_manifest(folder, f"{FOLDER}/{FILE}")
    codebook = read_register_codebook()
    verify(folder, manifest, raw_files(folder))
    raise_together(rows_of(folder, manifest), FOLDER)
    absent = sorted(set(codebook.tables) - {table_of(name) for name in manifest.files})
    if absent:
        remedy = "export them, and make the manifest anew"
        raise ReportError(f"missing tables: {', '.join(absent)}", FOLDER, len(absent), remedy)
    raise_together(check_parts(folder, raw_files(folder)), FOLDER)
    engine = open_engine(folder, engine_name, memory)
    raw = {table: engine.scan(table) for table in codebook.tables}
    raise_together([p for table in raw for p in check_columns(raw[table], codebook.of(table), table)], FOLDER)
    stored = engine.collect(raw["person_month"].select("reference_month").unique(["reference_month"]))
    found = sorted(Month.read(str(text)) for text in stored["reference_month"])
    months = panel_months(found)
    raise_together(check_rows(engine, raw, codebook, found[-1].next.last), FOLDER)
    return _built(manifest, codebook, engine, raw, months, [month for month in found if month.month == months[0].month])


def panel_months(found: Sequence[Month]) -> list[Month]:
    """Choose the newest February that has the two months after it."""
    for first in sorted(found, reverse=True):
        months = [first, first.next, first.next.next][: rules.PANEL_MONTHS]
        if first.month == 2 and set(months) <= set(found):
            return months
    raise ReportError(
        "no February with the two months after it", "person_month, partitions", len(found),
        "export February, March and April of a year",
    )  # fmt: skip


def _about(manifest: Manifest) -> About:
    return About(manifest.source, counted="personer", headings=HEADINGS)


def _built(
    manifest: Manifest, codebook: RegisterCodebook, engine: Engine, raw: dict[str, Frame], months: list[Month],
    series: list[Month],
) -> Register:  # fmt: skip
    flow = Flow(engine)
    february = rules.february_sample(flow, raw["person_month"], months[0])
    panel = rules.panel(flow, february, raw["person_month"], months[1:])
    did = rules.activities(flow, raw["activity"], panel, months)
    met, in_windows = rules.contacts(flow, raw["contact"], panel, months)
    work = rules.employment(flow, raw["meldekort"], panel, months)
    lasted = rules.duration(flow, raw["spell"], panel, months[-1])
    tables = {"aktivitetene": did, "samhandlingen": met, "meldekortene": work}
    people = rules.person_frame(flow, panel, lasted, tables, over_months=True)
    # The February sample is described by its own February: its flow is the same rules once more, and is not shown.
    aside = Flow(engine)
    tables = {"meldekortene": rules.employment(aside, raw["meldekort"], february, months[:1])}
    lasted = rules.duration(aside, raw["spell"], february, months[0])
    first = rules.person_frame(aside, february, lasted, tables, over_months=False)
    samples = {PANEL: people, FEBRUARY: first}
    table = described(flow.table, _about(manifest))
    return Register(manifest, codebook, months, series, table, engine, raw, samples, in_windows)
