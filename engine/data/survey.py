"""The survey as chapters see it: waves opened, checked, labelled, weighted and cut into populations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from engine.data.files import ID, answers, asked_variables, check_omitted, check_persons, check_table
from engine.errors import ReportError, raise_together, unknown
from engine.table import About, described

from .codebook import Codebook, Variable, read_codebook
from .contradictions import check_against_frame, check_answered, check_offices, check_weight
from .files import WavePaths, find_waves, read_table
from .manifest import FILE, Manifest, check_rows, data_root, read_manifest, verify
from .persons import NUMBERED, add_derived, derive, members, poststratification_weights


@dataclass(frozen=True)
class Survey:
    """The waves up to a survey year.

    Attributes
    ----------
    year : int
        The current wave.
    waves : list of int
        Waves found up to it, ascending.
    manifest : Manifest
        What the data is.
    codebook : Codebook
        What the variables are.
    unused_columns : int
        Columns of the files that the codebook does not ask for in their wave; they were not read further.

    Notes
    -----
    Frames have one row a person and wave. Categorical variables are ordered categoricals of labels; yes and
    no, scales and numbers are float; no answer and not asked are NaN. `about(frame)` tells population, source, survey
    year, and by variable labels and the waves that asked it.
    """

    year: int
    waves: list[int]
    manifest: Manifest
    codebook: Codebook
    unused_columns: int
    _answered: pd.DataFrame
    _invited: pd.DataFrame
    _asked: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

    def __repr__(self) -> str:
        """Tell year, waves and kind; never a row."""
        return f"Survey({self.year}, waves {', '.join(map(str, self.waves))}, {self.manifest.kind} data)"

    @property
    def first_and_current(self) -> list[int]:
        """First and current wave; only the current when it is the first."""
        return sorted({self.waves[0], self.year})

    @property
    def period(self) -> str:
        """All waves in words: «2022–2024», or «2022»."""
        return f"{self.waves[0]}–{self.year}" if len(self.waves) > 1 else str(self.year)

    @property
    def compared_period(self) -> str:
        """First and current wave in words: «2022 og 2024», or «2022»."""
        return " og ".join(map(str, self.first_and_current))

    def compared(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Keep the rows of the first and the current wave.

        Parameters
        ----------
        frame : pandas.DataFrame
            Persons with `wave`.

        Returns
        -------
        pandas.DataFrame
            The rows of `first_and_current`.
        """
        return frame[frame["wave"].isin(self.first_and_current)]

    def current(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Keep the rows of the current wave; arguments and result as in `compared`."""
        return frame[frame["wave"] == self.year]

    def items(self, prefix: str) -> list[str]:
        """Name the items of a battery.

        Parameters
        ----------
        prefix : str
            How their names in the codebook begin: `time_`.

        Returns
        -------
        list of str
            In the codebook's order, whether or not a wave asked them.

        Raises
        ------
        ReportError
            No variable of the survey begins so.
        """
        found = [v.name for v in self.codebook.variables.values() if v.source == "survey" and v.name.startswith(prefix)]
        if not found:
            begins = [v.name.partition("_")[0] + "_" for v in self.codebook if v.source == "survey" and "_" in v.name]
            raise unknown("battery of variables", prefix, begins, "data/codebook/survey.csv")
        return found

    def populations(self, *names: str) -> list[pd.DataFrame]:
        """Return the members of several populations; see `population`."""
        return [self.population(name) for name in names]

    @property
    def year_label(self) -> str:
        """Current wave in words: «2024-undersøkelsen»."""
        return f"{self.year}-undersøkelsen"

    @property
    def about_data(self) -> str:
        """What the edition rests on, in a few sentences for readers."""
        if not self.is_synthetic:
            return f"Denne utgaven bygger på mikrodata: {self.manifest.title}."
        return (
            "Tallene i denne utgaven er fra oppdiktede personer som er laget for å ligne Navs tall, en *syntetisk "
            "tvilling*. De kan brukes til å prøve beregningene, ikke til å lære noe nytt om Nav."
        )

    @property
    def is_synthetic(self) -> bool:
        """Whether the data is generated."""
        return self.manifest.is_synthetic

    @property
    def answered(self) -> pd.DataFrame:
        """All who answered, with `weight`."""
        return self.population("answered")

    @property
    def with_caseload(self) -> pd.DataFrame:
        """All who have users of their own."""
        return self.population("with_caseload")

    @property
    def counsellors(self) -> pd.DataFrame:
        """Counsellors in the sense of most chapters."""
        return self.population("counsellors")

    @property
    def invited(self) -> pd.DataFrame:
        """All who were invited: wave, frame variables, and `responded` (1 or 0)."""
        return self._invited.copy()

    def population(self, name: str) -> pd.DataFrame:
        """Return the members of a population of `engine.data.persons` over all waves.

        Parameters
        ----------
        name : str
            One of `engine.data.persons.POPULATIONS`: `answered`, `with_caseload`, `counsellors`,
            `youth_counsellors`, `youth_followers`, `counsellors_ch8` and others.

        Returns
        -------
        pandas.DataFrame
            One row a person and wave.

        Raises
        ------
        ReportError
            The name is unknown, or the data lacks a variable of the definition.
        """
        return members(self._answered, name)

    def asked(self, variable: str, wave: int) -> bool:
        """Tell whether the data has a variable for a wave.

        Parameters
        ----------
        variable : str
            A name of the codebook.
        wave : int
            A year; one that was not opened was not asked.

        Returns
        -------
        bool
            True where the wave asked it and the dataset does not leave it out.

        Raises
        ------
        ReportError
            The codebook does not have the name.
        """
        return wave in self._asked.get(self.codebook[variable].name, ())


def open_survey(survey_year: int | None = None, data: Path | str | None = None) -> Survey:
    """Open the waves up to a survey year.

    Parameters
    ----------
    survey_year : int, optional
        The current wave; the newest found when left out.
    data : Path or str, optional
        Data root; see `engine.data.manifest.data_root`.

    Returns
    -------
    Survey
        Checked, labelled and weighted.

    Raises
    ------
    ReportError
        The year is unknown, the files are not those of the manifest, or go against the codebook. All problems
        of all files are told in one message, which never holds a value.

    Examples
    --------
    >>> open_survey(2024)
    Survey(2024, waves 2022, 2023, 2024, synthetic data)
    """
    root = data_root(data)
    manifest = read_manifest(root)
    found = find_waves(root)
    if not found:
        raise ReportError(
            "no survey wave found", "data root", remedy="put survey_<year> and frame_<year> there"
        )
    year = max(found) if survey_year is None else survey_year
    if year not in found:
        remedy = "take one of " + ", ".join(map(str, found))
        raise ReportError(f"survey year {survey_year} is unknown", "data root", len(found), remedy)
    chosen = [paths for wave, paths in found.items() if wave <= year]
    verify(root, manifest, [path for paths in chosen for path in (paths.survey, paths.frame)])
    codebook = read_codebook()
    raise_together(check_omitted(codebook, manifest.omitted, FILE), FILE)
    problems: list[ReportError] = []
    opened = [open_wave(paths, codebook, manifest.omitted, problems) for paths in chosen]
    problems += [problem for wave in opened for problem in check_rows(manifest, wave.rows)]
    raise_together(problems, "survey data")
    answered = pd.concat([wave.answered for wave in opened], ignore_index=True)
    invited = pd.concat([wave.invited for wave in opened], ignore_index=True)
    asked: dict[str, tuple[int, ...]] = {}
    for wave in opened:
        for name in wave.answered.columns:
            asked[name] = (*asked.get(name, ()), wave.year)
    scales = {variable.name: variable.codes for variable in codebook if variable.type == "likert5"}
    labels = codebook.labels | {name: codebook.labels[of] for name, of in NUMBERED.items()}
    what = About(manifest.source, year, labels=labels, waves_asked=asked, scales=scales)
    # A chapter may name any variable of the codebook; what no wave asked is missing for everyone.
    unasked = [v.name for v in codebook.variables.values() if v.source != "frame" and v.name not in answered]
    answered = answered.reindex(columns=[*answered.columns, *unasked])
    answered = described(labelled(answered, codebook), what)
    invited = described(labelled(invited, codebook), what, population="alle inviterte")
    unused = sum(wave.unused for wave in opened)
    return Survey(year, [wave.year for wave in opened], manifest, codebook, unused, answered, invited, asked)


@dataclass(frozen=True)
class Wave:
    """One wave: who answered, who was invited, and how many columns of the files nobody asks for."""

    year: int
    answered: pd.DataFrame
    invited: pd.DataFrame
    unused: int
    rows: Mapping[str, int] = field(default_factory=dict)


def open_wave(
    paths: WavePaths, codebook: Codebook, omitted: tuple[str, ...], problems: list[ReportError]
) -> Wave:
    """Read one wave as codes. What is wrong is added to `problems`; the wave is then empty."""
    tables: dict[str, pd.DataFrame] = {}
    variables: dict[str, list[Variable]] = {}
    before = len(problems)
    for source, path in (("survey", paths.survey), ("frame", paths.frame)):
        try:
            tables[source] = read_table(path)
        except ReportError as error:
            problems.append(error)
            continue
        variables[source] = asked_variables(
            codebook, paths.year, source, set(tables[source].columns), omitted
        )
        problems += check_table(tables[source], variables[source], path.name)
    names = (paths.survey.name, paths.frame.name)
    if len(problems) == before:
        problems += check_persons(tables["survey"], tables["frame"], names)
        problems += check_offices(tables["frame"], paths.frame.name)
        problems += check_answered(tables["survey"], variables["survey"], paths.survey.name)
    if len(problems) == before:
        columns = [variable.name for variable in variables["frame"]]
        problems += check_against_frame(tables["survey"], tables["frame"][columns], names, paths.year)
    if len(problems) > before:
        return Wave(paths.year, pd.DataFrame(), pd.DataFrame(), 0)
    invited = _codes(tables["frame"], variables["frame"])
    answered = _codes(tables["survey"], variables["survey"]).merge(
        invited, on=ID, how="left", validate="one_to_one"
    )
    answered = add_derived(derive(answered))
    try:
        answered["weight"] = poststratification_weights(answered, invited)
    except ReportError as error:
        problems.append(
            ReportError(error.what, f"wave {paths.year}, {error.where}", error.count, error.remedy)
        )
    else:
        problems += check_weight(tables["survey"], answered["weight"], paths.survey.name)
    invited["responded"] = invited[ID].isin(answered[ID]).astype(float)
    for table in (answered, invited):
        table.insert(0, "wave", paths.year)
    unused = sum(len(tables[source].columns) - len(variables[source]) for source in tables)
    rows = {path.name: len(tables[source]) for source, path in (("survey", paths.survey), ("frame", paths.frame))}
    return Wave(paths.year, answered, invited, unused, rows)


def _codes(table: pd.DataFrame, variables: list[Variable]) -> pd.DataFrame:
    columns = {}
    for variable in variables:
        values = answers(table[variable.name], variable)
        # Ids of more than 15 digits would not survive as float.
        columns[variable.name] = table[variable.name].astype("int64") if variable.type == "id" else values
    return pd.DataFrame(columns)


def labelled(table: pd.DataFrame, codebook: Codebook) -> pd.DataFrame:
    """Turn codes of categorical variables into ordered labels, in place of no other column."""
    columns = {}
    for name in table:
        variable = codebook.variables.get(str(name))
        if variable is None or variable.type != "categorical" or name == "wave":
            columns[name] = table[name]
            continue
        values = table[name].to_numpy(dtype=float)
        positions = np.full(len(values), -1, dtype=np.int64)
        for position, code in enumerate(variable.codes):
            positions[values == code] = position
        labels = pd.Index(list(variable.codes.values()))
        columns[name] = pd.Series(
            pd.Categorical.from_codes(positions, labels, ordered=True), index=table.index
        )
    return pd.DataFrame(columns)
