"""`report new-wave`."""

from __future__ import annotations

import csv
import difflib
import io
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from pathlib import Path

import click
import numpy as np
import pandas as pd

from engine.data.codebook import WAVE_COLUMNS, Codebook, LaterWave, Variable, add_wave
from engine.data.files import ESSENTIAL, WavePaths, answers, find_waves, read_table, value_labels
from engine.data.storage import write_whole
from engine.data.survey import open_wave
from engine.disclosure.rules import minimum_persons
from engine.errors import ReportError
from press.options import clear_errors, say


@click.command("new-wave")
@click.argument("year", type=click.IntRange(1990, 2100))
@click.option("--from", "data", type=click.Path(path_type=Path, file_okay=False), required=True,
              help="Folder with survey_<year> and frame_<year>.")  # fmt: skip
@click.option("--when", default="", help="When people answered, as pages shall say it. Default: the year.")
@click.option("--dropped", multiple=True, metavar="NAME", help="A missing item that was indeed not asked.")
@click.option("--code", "codes", multiple=True, metavar="NAME:CODE=LABEL", help="What a new or renamed code is called.")
@click.option("--check", "only_check", is_flag=True, help="Tell what is found and write nothing.")
@clear_errors
def new_wave(
    year: int, data: Path, when: str, dropped: tuple[str, ...], codes: tuple[str, ...], only_check: bool
) -> None:
    """Compare a new wave's files with the codebook and add the one row that the wave needs.

    Tells in one report what is missing, new or renamed. When nothing is left to mend or decide, a row in
    data/codebook/waves.csv describes the wave, and the book for that year builds. The data is read, never changed.

    \b
    report new-wave 2025 --from /secure/surveys --check
    report new-wave 2025 --from /secure/surveys --when "oktober 2025"
    report new-wave 2025 --from /secure/surveys --dropped act_planned --code "nav_region:13=Troms"
    """
    from engine.data.codebook import WAVES, parse_code, read_codebook

    codebook = read_codebook()
    for name in dropped:
        codebook[name]
    decided = dict(parse_code(code) for code in codes)
    for name, _ in decided:
        codebook[name]
    report = inspect(data, year, when or str(year), codebook, Decisions(dropped, decided))
    click.echo(report.text)
    if report.stops:
        raise ReportError(
            "the wave can't be added yet", f"wave {year}", len(report.stops),
            "mend the files or decide with --dropped and --code, as told above; nothing was written",
        )  # fmt: skip
    if only_check:
        say("nothing was written")
        return
    click.echo("\n" + add_entry(WAVES, report.entry), nl=False)
    say(
        "\nnext: put the files beside the other waves, then\n"
        '  report manifest --data DIR --kind real --source "…"\n  report check --data DIR\n'
        f"  report build --data DIR --year {year}"
    )


NEAR = 0.75


@dataclass(frozen=True)
class Decisions:
    """What a person has decided: items that are not asked any more, and what codes are called."""

    dropped: Collection[str] = ()
    codes: dict[tuple[str, int], str] = field(default_factory=dict)


@dataclass
class Report:
    """What was found."""

    counts: str
    notes: list[str]
    stops: list[str]
    entry: LaterWave

    @property
    def text(self) -> str:
        """All of it, for a terminal."""
        parts = [f"Wave {self.entry.wave}, compared with {self.entry.like}: {self.counts}"]
        for title, lines in (("To be mended or decided first", self.stops), ("Good to know", self.notes)):
            if lines:
                parts.append(f"\n{title}:\n" + "\n".join(f"- {line}" for line in lines))
        return "\n".join(parts)


def inspect(folder: Path, year: int, when: str, codebook: Codebook, decisions: Decisions) -> Report:
    """Compare a new wave's files with the codebook. Reads the files and writes nothing."""
    paths = _paths(folder, year, codebook)
    like = max(wave for wave in codebook.waves if wave < year)
    tables = {"survey": read_table(paths.survey), "frame": read_table(paths.frame)}
    counts = f"{len(tables['frame'])} invited, {len(tables['survey'])} answered"
    notes: list[str] = []
    stops: list[str] = []
    not_asked: list[str] = []
    again: list[str] = []
    for source, table in tables.items():
        names = {str(name) for name in table.columns}
        known = {v.name: v for v in codebook if v.source == source or (source == "frame" and v.name == ESSENTIAL[0])}
        new = sorted(names - set(codebook.variables))
        usual = [v for v in known.values() if like in v.waves and v.type != "text"]
        gone = [v for v in usual if v.name not in names]
        again += [v.name for v in known.values() if v.name in names and like not in v.waves and v.type != "text"]
        file = getattr(paths, source).name
        not_asked += [v.name for v in gone]
        stops += [text for v in gone if (text := _unclear(v, new, decisions, file))]
        notes += [f"not asked: {v.name} ({v.label})" for v in gone]
        notes += [f"new in {file}: {name}{_nearest(name, [v.name for v in gone])}; not read until it has a row in "
                  "data/codebook/survey.csv" for name in new]  # fmt: skip
        labels = value_labels(getattr(paths, source))
        for variable in known.values():
            if variable.name in names and variable.is_coded:
                more = _codes(table[variable.name], variable, labels.get(variable.name, {}), decisions, file)
                stops += more[0]
                notes += more[1]
    notes += [f"asked again: {name} ({codebook[name].label})" for name in again]
    entry = LaterWave(year, when, like, tuple(not_asked), tuple(again), decisions.codes)
    if not stops:
        entry, problems = _opened(paths, codebook, entry)
        stops += [str(problem) for problem in problems]
    return Report(counts, notes, stops, entry)


def add_entry(path: Path, entry: LaterWave) -> str:
    """Add the wave's row to `waves.csv`."""
    before = path.read_text(encoding="utf-8") if path.is_file() else _line(WAVE_COLUMNS)
    after = before + _line(entry.row)
    write_whole(path, after)
    place = "data/codebook/waves.csv"
    lines = (before.splitlines(keepends=True), after.splitlines(keepends=True))
    return "".join(difflib.unified_diff(*lines, f"a/{place}", f"b/{place}"))


def _line(cells: Iterable[str]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(cells)
    return text.getvalue()


def _paths(folder: Path, year: int, codebook: Codebook) -> WavePaths:
    if year in codebook.waves:
        raise ReportError(
            f"the codebook describes {year} already", "data/codebook", remedy="run report check --data DIR on the files"
        )
    if year < codebook.waves[0]:
        raise ReportError(f"{year} lies before the first wave", "data/codebook", remedy="give the year of a later wave")
    found = find_waves(folder)
    if year not in found:
        seen = f" (found: {', '.join(map(str, found))})" if found else ""
        raise ReportError(
            f"the wave's files are missing{seen}", "--from", remedy=f"put survey_{year} and frame_{year} there"
        )
    return found[year]


def _unclear(variable: Variable, new: list[str], decisions: Decisions, file: str) -> str:
    """Why a missing column needs a person: everything rests on it, or another one looks like it under a new name."""
    if variable.name in ESSENTIAL:
        return f"missing in {file}: {variable.name} ({variable.label}), which no wave can do without"
    near = _nearest(variable.name, new)
    if near and variable.name not in decisions.dropped:
        return (
            f"missing in {file}: {variable.name} ({variable.label}){near}. Rename the column in the file, or say "
            f"--dropped {variable.name} if it was not asked"
        )
    return ""


def _nearest(name: str, others: Collection[str]) -> str:
    near = difflib.get_close_matches(name, list(others), 2, NEAR)
    return f"; nearest name: {' or '.join(near)}" if near else ""


def _codes(
    column: pd.Series, variable: Variable, labels: dict[int, str], decisions: Decisions, file: str
) -> tuple[list[str], list[str]]:
    """What stops, and what is good to know, about a column's codes."""
    where = f"{file}, column {variable.name}"
    decided = {code for name, code in decisions.codes if name == variable.name}
    if not pd.api.types.is_numeric_dtype(column):
        return [f"{where}: names where codes belong{_names(column, variable)}. Export codes"], []
    present = answers(column, variable)
    values, counts = np.unique(present[~np.isnan(present)], return_counts=True)
    used = dict(zip(values.tolist(), counts.tolist(), strict=True))
    unused = {code: label for code, label in variable.codes.items() if code not in used}
    stops, notes = [], []
    for code, persons in used.items():
        if code in variable.codes or code in decided:
            continue
        shown = f"code {code:g}" if persons >= minimum_persons() else "a code"
        called = labels.get(int(code), "")
        near = _nearest(called.lower(), [label.lower() for label in unused.values()]) if called else ""
        named = f" ({called}{near})" if called and persons >= minimum_persons() else ""
        idle = "; nobody has " + ", ".join(f"{c} = {label}" for c, label in unused.items()) if unused else ""
        stops.append(
            f"{where}: {shown}{named} is not in the codebook ({persons} persons){idle}. Renamed or new: say "
            f"--code {variable.name}:CODE=NAME; otherwise recode the file"
        )
    for code, label in labels.items():
        ours = decisions.codes.get((variable.name, code), variable.codes.get(code, label))
        if code in used and ours.casefold().strip() != label.casefold().strip():
            notes.append(
                f"{where}: code {code} is «{label}» in the file and «{ours}» in the codebook; "
                f'--code {variable.name}:{code}="{label}" takes the new name, for all waves'
            )
    if unused and not stops and not decided and len(variable.codes) > 2:
        notes.append(f"{where}: nobody has " + ", ".join(f"{code} = {label}" for code, label in unused.items()))
    return stops, notes


def _names(column: pd.Series, variable: Variable) -> str:
    """Names that enough persons share and that are no label of the codebook, each with the nearest label."""
    known = {label.casefold(): label for label in variable.codes.values()}
    strange = []
    for name, persons in column.dropna().value_counts().items():
        if str(name).casefold() not in known and persons >= minimum_persons():
            near = difflib.get_close_matches(str(name).casefold(), known, 1, 0.4)
            strange.append(f"«{name}»" + (f" (nearest: «{known[near[0]]}»)" if near else ""))
    return ", and unknown: " + ", ".join(sorted(strange)) if strange and len(strange) <= 20 else ""


def _opened(paths: WavePaths, codebook: Codebook, entry: LaterWave) -> tuple[LaterWave, list[ReportError]]:
    """Read the wave as a build will, with its entry; derived variables that nobody has were not asked either."""
    problems: list[ReportError] = []
    described = Codebook(add_wave(codebook.variables, entry))
    wave = open_wave(paths, described, (), problems)
    if problems:
        return entry, problems
    idle = [
        variable.name for variable in codebook
        if variable.source == "derived" and entry.like in variable.waves and variable.name not in ("wave", "weight")
        and not (variable.name in wave.answered and wave.answered[variable.name].notna().any())
    ]  # fmt: skip
    left_out = (*entry.not_asked, *idle)
    return LaterWave(entry.wave, entry.when, entry.like, left_out, entry.asked_again, entry.codes), []
