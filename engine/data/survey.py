"""The survey as chapters see it: waves opened, checked, labelled, weighted and cut into populations."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from engine.disclosure.release import Release
from engine.disclosure.secondary import RELEASE
from engine.errors import ReportError, raise_together

from .checks import check_omitted
from .codebook import Codebook, read_codebook
from .derived import NUMBERED
from .manifest import FILE, Manifest, data_root, read_manifest, verify
from .populations import members
from .raw_files import find_waves
from .waves import labelled, open_wave


class _Shared(dict[str, object]):
    """A dict that copies of a frame share; pandas copies `attrs` deeply at every step."""

    def __deepcopy__(self, memo: object) -> _Shared:
        return self


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
    no, scales and numbers are float; no answer and not asked are NaN. `.attrs` holds `population`, `source`,
    `survey_year`, `labels` (by variable) and `waves_asked` (by variable).
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
            raise ReportError(f"no variable begins with «{prefix}»", "codebook", remedy="see data/codebook/survey.csv")
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
            "Denne utgaven bygger på en *syntetisk tvilling*: oppdiktede personer, laget slik at de publiserte tallene "
            "kommer ut igjen. Tvillingen kan brukes til å prøve rapporten, ikke til å lære noe nytt om Nav."
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
        """Return the members of a population of `engine.data.populations` over all waves.

        Parameters
        ----------
        name : str
            One of `engine.data.populations.POPULATIONS`: `answered`, `with_caseload`, `counsellors`,
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
    raise_together(problems, "survey data")
    answered = pd.concat([wave.answered for wave in opened], ignore_index=True)
    invited = pd.concat([wave.invited for wave in opened], ignore_index=True)
    asked: dict[str, tuple[int, ...]] = {}
    for wave in opened:
        for name in wave.answered.columns:
            asked[name] = (*asked.get(name, ()), wave.year)
    attrs: dict[Hashable | None, Any] = {
        "source": manifest.source,
        "survey_year": year,
        "labels": _Shared({**codebook.labels, **{name: codebook.labels[of] for name, of in NUMBERED.items()}}),
        "waves_asked": _Shared(asked),
        RELEASE: Release(),
    }
    # A chapter may name any variable of the codebook; what no wave asked is missing for everyone.
    unasked = [v.name for v in codebook.variables.values() if v.source != "frame" and v.name not in answered]
    answered = answered.reindex(columns=[*answered.columns, *unasked])
    answered, invited = labelled(answered, codebook), labelled(invited, codebook)
    answered.attrs, invited.attrs = attrs, {**attrs, "population": "alle inviterte"}
    unused = sum(wave.unused for wave in opened)
    return Survey(year, [wave.year for wave in opened], manifest, codebook, unused, answered, invited, asked)
