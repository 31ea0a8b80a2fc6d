"""One wave of the survey: read, checked against the codebook, coded, weighted, labelled."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from engine.errors import ReportError

from .checks import ID, answers, asked_variables, check_persons, check_table
from .codebook import Codebook, Variable
from .derived import add_derived
from .populations import derive
from .raw_files import WavePaths, read_table
from .weights import poststratification_weights


@dataclass(frozen=True)
class Wave:
    """One wave: who answered, who was invited, and how many columns of the files nobody asks for."""

    year: int
    answered: pd.DataFrame
    invited: pd.DataFrame
    unused: int


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
    if len(problems) == before:
        problems += check_persons(tables["survey"], tables["frame"], (paths.survey.name, paths.frame.name))
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
    invited["responded"] = invited[ID].isin(answered[ID]).astype(float)
    for table in (answered, invited):
        table.insert(0, "wave", paths.year)
    unused = sum(len(tables[source].columns) - len(variables[source]) for source in tables)
    return Wave(paths.year, answered, invited, unused)


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
