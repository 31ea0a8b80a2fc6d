"""V1–V4 against R's `lm` and HC1 on the twin's persons; `make oracle` renews the values."""

import numpy as np
import pandas as pd
import pytest

from engine.register.raw import read_register_codebook
from engine.register.register import open_register
from engine.register.regressions import register_regression
from press.project import ROOT
from twin.digests import mark
from twin.register import ensure_register

REFERENCE = pd.read_csv(ROOT / "tests/r/register.csv", dtype={"twin": str})
CODES = {"age": "age_group", "birth": "birth_region_merged", "school": "education_merged", "place": "county_merged",
         "long": "duration_group", "short": "duration_merged"}  # fmt: skip
NAMES = {"woman": "kjønn: kvinner", "dagpenger": "dagpenger", "aap": "arbeidsavklaringspenger", "r2": "R²", "n": "N",
         "standard": "standardinnsats", "(Intercept)": "konstant"}  # fmt: skip
AGES = {"19": 1, "20-24": 2, "25-29": 3}


def label(term):
    """The row's words for R's name of a term."""
    codebook = read_register_codebook()
    if term in NAMES:
        return NAMES[term]
    for name, variable in CODES.items():
        if term.startswith(name) and term != name:
            code = term.removeprefix(name)
            column = codebook[variable]
            return f"{column.label}: {column.codes[AGES[code] if name == 'age' else int(code)]}"
    return codebook[term].label


@pytest.fixture(scope="module")
def register(twin_root):
    ensure_register(twin_root)
    seen = {mark(twin_root / "register")}
    assert set(REFERENCE["twin"]) == seen, "the twin has changed since R saw it: run make oracle"
    return open_register(twin_root)


@pytest.mark.parametrize("model", ["tbl-v1", "tbl-v2", "tbl-v3", "tbl-v4"])
@pytest.mark.parametrize("column", [1, 2])
def test_coefficients_equal_lm_and_hc1(register, model, column):
    reference = REFERENCE[(REFERENCE["model"] == model) & (REFERENCE["column"] == column)]
    table = register_regression(register, model)
    ours = table[(table["outcome"] == table["outcome"].unique()[column - 1]) & (table["measure"] != "base")]
    reference = reference.assign(term=reference["term"].map(label))
    joined = reference.merge(ours, on="term", suffixes=("_r", ""))
    assert len(joined) == len(reference) == len(ours)
    pairs = [("estimate_r", "estimate"), ("standard_error_r", "standard_error"),
             ("standard_error_hc1", "standard_error_robust")]  # fmt: skip
    for theirs, mine in pairs:
        known = joined[theirs].notna()
        assert known.sum() >= len(joined) - 2
        assert np.abs(joined.loc[known, mine] / joined.loc[known, theirs] - 1).max() < 1e-8, mine
    known = joined["p_value_r"] > 1e-12
    assert np.abs(joined.loc[known, "p_value"] - joined.loc[known, "p_value_r"]).max() < 1e-8
    assert np.abs(joined.loc[known, "p_value_robust"] - joined.loc[known, "p_value_hc1"]).max() < 1e-8
