"""What the chapters call and the other oracles leave out, on the twin, against R (tests/r/book.R; `make oracle`)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pandas as pd
import pytest
from test_register_oracle import label

from engine.data.persons import POPULATIONS, SIZE_CLASSES
from engine.data.survey import Survey, open_survey
from engine.estimates.curves import curve, share_curve
from engine.estimates.models import fit as fit_models
from engine.estimates.models import margins as predict
from engine.estimates.office_panel import office_changes
from engine.estimates.profiles import column_profile, row_profile
from engine.estimates.respondents import (
    AS_IN_BOOK,
    EVERYONE,
    UNWEIGHTED,
    population_sizes,
    response,
    response_rates,
    sensitivity,
    weight_spread,
)
from engine.estimates.respondents import CLUSTERED as BY_OFFICE
from engine.estimates.weighted import mean, share, unweighted
from engine.register.register import open_register
from engine.register.regressions import V1, fit, make_design, register_regression
from engine.register.robustness import CLUSTERED, average_marginal_effects, recipients_only
from engine.register.shares import register_count, register_share
from engine.table import TOTAL
from engine.words.verdict import between
from press.project import ROOT
from tests.book_models import COMPETENCE, PLACES, TIME, USERS
from tests.frames import unrounded
from twin.digests import mark
from twin.register import ensure_register

REFERENCE = pd.read_csv(ROOT / "tests/r/book.csv", dtype={"row": str, "twin": str})
# Found by iteration; everything else is a closed form.
ITERATED = {"mixed model": 1e-4, "mixed margins": 1e-4, "mixed turning point": 1e-3, "logistic share curve": 1e-8,
            "register, logistic": 1e-6}  # fmt: skip
SIZES = [20.0, 80.0, 180.0]
Found = Iterator[tuple[str, Any]]


class Estimates:
    """The rows of each estimator as R names them."""

    def __init__(self, survey: Survey) -> None:
        self.survey = survey
        self.counsellors = survey.counsellors
        self.now = survey.current(survey.counsellors)

    def code(self, variable: str, name: str) -> int:
        """Code of a label in the codebook."""
        codes = {text: code for code, text in self.survey.codebook[variable].codes.items()}
        return codes[name]

    def age(self, name: str) -> int | str:
        """Code of an age group, or «all»."""
        return "all" if name == TOTAL else self.code("age_group_followed", name)

    def population_size(self) -> Found:
        labels = {population.label: name for name, population in POPULATIONS.items()}
        for _, row in population_sizes(self.survey, *POPULATIONS).iterrows():
            yield f"{labels[row['item']]} {row['wave']}", row

    def response_rate(self) -> Found:
        for _, row in response_rates(self.survey).iterrows():
            if row["variable"] == "arbeidsgiver":
                yield f"sector {self.code('sector', row['value'])} {row['wave']}", row
            elif row["variable"] == "kontorstørrelse":
                yield f"size {1 + SIZE_CLASSES.index(row['value'].removesuffix(' ansatte'))} {row['wave']}", row

    def response(self) -> Found:
        for _, row in response(self.survey).iterrows():
            if row["measure"] == "share_pct" and not row["sector"]:
                yield f"{'all' if row['item'] == 'Svarprosent' else 'caseload'} {row['wave']}", row

    def weight_spread(self) -> Found:
        names = {"5. prosentil": "percentile 5", "95. prosentil": "percentile 95", "designeffekt": "design effect"}
        for _, row in weight_spread(self.survey).iterrows():
            yield f"{names.get(row['item'], 'effective')} {row['wave']}", row

    def row_profile(self) -> Found:
        roles = self.survey.items("role_")
        names = {self.survey.codebook[role].label: role for role in roles}
        table = row_profile(unweighted(self.survey.current(self.survey.with_caseload)), roles, "sector")
        for _, row in table[table["item"].isin(list(names))].iterrows():
            if row["measure"] == "share_pct":
                yield f"{names[row['item']]} all", row
            elif row["measure"] == "row_share_pct":
                yield f"{names[row['item']]} sector {self.code('sector', row['sector'])}", row

    def column_profile(self) -> Found:
        items = [*self.survey.items("role_"), *self.survey.items("innsats_"), *USERS]
        blocks = {"task_sector": "task_sector", "sick_leave_work": "sick_leave_work", "items": items}
        described = unweighted(self.survey.current(self.survey.with_caseload))
        names = {self.survey.codebook[item].label: item for item in items}
        table = column_profile(described, blocks, "age_group_followed")
        for _, row in table[table["measure"] == "share_pct"].iterrows():
            block, _, answer = row["item"].partition(": ")
            age = self.age(row["age_group_followed"])
            item = f"{names[answer]} yes" if block == "items" else f"{block} {self.code(block, answer)}"
            yield f"{item} age {age}", row

    def item(self) -> Found:
        for name in dict.fromkeys(REFERENCE.loc[REFERENCE["estimator"] == "item", "row"]):
            yield name, mean(self.now, name, "wave").iloc[0]

    def item_by_sector(self) -> Found:
        for name in ("comp_leadership", "need_education", "time_users"):
            for _, row in mean(self.now, name, "sector").iterrows():
                yield f"{name} {self.code('sector', row['sector'])}", row

    def category(self) -> Found:
        for name in ("experience", "experience3", "youth_contact_group", "task_sector", "nav_region"):
            for _, row in share(self.now, name).iterrows():
                yield f"{name} {self.code(name, row['answer'])}", row

    def difference(self) -> Found:
        table = mean(self.counsellors, "caseload", ["age_group_followed", "wave"])
        labels = list(self.survey.codebook["age_group_followed"].codes.values())
        for code, name in enumerate(labels, 1):
            change = between(unrounded(table, 2022, name), unrounded(table, 2024, name))
            yield f"waves age {code}", {"estimate": change.value, "standard_error": change.error}
        change = between(unrounded(table, 2024, labels[0]), unrounded(table, 2024, labels[1]))
        yield "groups 1 2", {"estimate": change.value, "standard_error": change.error}

    def sensitivity(self) -> Found:
        names = {AS_IN_BOOK: "book", UNWEIGHTED: "unweighted", BY_OFFICE: "clustered", EVERYONE: "everyone"}
        for _, row in sensitivity(self.survey, "caseload", "age_group_followed").iterrows():
            age = self.age(row["age_group_followed"])
            yield f"{names[row['method']]} {age}", row

    def curve(self) -> Found:
        for _, row in curve(self.counsellors, "caseload", by="wave", at=SIZES).iterrows():
            yield f"{row['wave']} at {row['x']:g}", row

    def share_curve(self, model: str = "linear") -> Found:
        for _, row in share_curve(self.counsellors, "age_group_followed", by="wave", at=SIZES, model=model).iterrows():
            yield f"age {self.code('age_group_followed', row['answer'])} {row['wave']} at {row['x']:g}", row

    def logistic_share_curve(self) -> Found:
        yield from self.share_curve("logit")

    def regression(self) -> Found:
        for outcome, frame, terms in self._annexes():
            table = fit_models(f"{outcome} ~ {terms}", frame).table
            table = table[table["measure"].isin(["coef", "constant"])]
            for position, (_, row) in enumerate(table.iterrows(), 1):
                yield f"{outcome} {position}", row

    def _annexes(self) -> Iterator[tuple[str, pd.DataFrame, str]]:
        yield "comp_leadership", self.now, COMPETENCE
        yield "need_education", self.now, COMPETENCE
        yield "place_total", self.survey.current(self.survey.population("counsellors_ch8")), PLACES

    def margins(self) -> Found:
        models = {outcome: fit_models(f"{outcome} ~ {terms}", frame) for outcome, frame, terms in self._annexes()}
        for outcome, percent in (("comp_leadership", False), ("need_education", True)):
            table = predict(models[outcome], "time_competence_pos", percent=percent)
            for _, row in table.iterrows():
                yield f"{outcome} time_competence_pos {row['x']:g}", row
        for _, row in predict(models["comp_leadership"], "experience").iterrows():
            yield f"comp_leadership experience {self.code('experience', row['value'])}", row
        for _, row in predict(models["place_total"], "caseload", [20.0, 100.0]).iterrows():
            yield f"place_total caseload {row['x']:g}", row
        for name, (_, row) in zip(USERS, predict(models["place_total"], USERS).iterrows(), strict=True):
            yield f"place_total {name} 1", row

    def turning_point(self) -> Found:
        models = fit_models("time_users ~ caseload + I(caseload**2) + own_safe_priority", self.now)
        yield "caseload", models.turning_point("caseload").iloc[0]

    def mixed_model(self) -> Found:
        table = fit_models(TIME, self.now, groups="office_id").table
        coefficients = table[table["measure"].isin(["coef", "constant"])]
        for position, (_, row) in enumerate(coefficients.iterrows(), 1):
            yield f"position {position}", row
        for _, row in table.iterrows():
            yield row["term"], row

    def mixed_margins(self) -> Found:
        models = fit_models(TIME, self.now, groups="office_id")
        for _, row in predict(models, "caseload", [20.0, 100.0]).iterrows():
            yield f"caseload {row['x']:g}", row

    def mixed_turning_point(self) -> Found:
        models = fit_models(TIME, self.now, groups="office_id")
        yield "caseload", models.turning_point("caseload").iloc[0]

    def change(self) -> Found:
        for variable in ("caseload", "time_users"):
            for _, row in office_changes(self.counsellors, variable).iterrows():
                yield f"{variable} {row['sample']} {row['wave']}", row


def compare(name: str, found: Found) -> None:
    """Each value of R has its own of ours."""
    reference = REFERENCE[REFERENCE["estimator"] == name]
    ours = dict(found)
    assert len(reference) > 0
    wrong = []
    for row, quantity, theirs in reference[["row", "quantity", "value"]].itertuples(index=False):
        value = float(ours[row][quantity]) if row in ours else np.nan
        if not abs(value - theirs) <= ITERATED.get(name, 1e-8) * max(abs(theirs), 1e-6):
            wrong.append(f"{row}, {quantity}: ours {value!r}, R {theirs!r}")
    assert not wrong, "\n".join(wrong)


NAMES = sorted(name for name in vars(Estimates) if not name.startswith("_") and name not in ("code", "age"))


@pytest.fixture(scope="module")
def estimates(twin_root):
    made = set(REFERENCE.loc[~REFERENCE["estimator"].str.startswith("register"), "twin"])
    assert made == {mark(twin_root)}, "the twin has changed since R saw it: run make oracle"
    return Estimates(open_survey(2024, twin_root))


@pytest.mark.parametrize("name", NAMES)
def test_estimates_on_the_twin_equal_r(estimates, name):
    compare(name.replace("_", " "), getattr(estimates, name)())


@pytest.fixture(scope="module")
def register(twin_root):
    ensure_register(twin_root)
    made = set(REFERENCE.loc[REFERENCE["estimator"].str.startswith("register"), "twin"])
    assert made == {mark(twin_root / "register")}, "the twin has changed since R saw it: run make oracle"
    return open_register(twin_root)


def _group(register, name: str) -> str:
    codes = {text: str(code) for code, text in register.codebook["service_group"].codes.items()}
    return codes.get(name, "all")


def counts(register) -> Found:
    for _, row in register_count(register, total=True).iterrows():
        yield _group(register, row["service_group"]), row


def shares(register) -> Found:
    items = ["no_activity", "labour_market_measure", "medical_treatment", "digital_dialogue", "meeting_or_conversation",
             "partly_at_work", "fully_laid_off", "has_children", "gender"]  # fmt: skip
    codes = {text: code for code, text in register.codebook["gender"].codes.items()}
    for item in items:
        for _, row in register_share(register, item, total=True).iterrows():
            of = f"gender {codes[row['value']]}" if item == "gender" else item
            yield f"{of} {_group(register, row['service_group'])}", row


def _named(name: str, rows: dict[str, Any]) -> Found:
    """Rows by R's names of the terms."""
    for term in dict.fromkeys(REFERENCE.loc[REFERENCE["estimator"] == name, "row"]):
        yield term, rows[label(term)]


def clustered(register) -> Found:
    found = fit(make_design(register, V1, V1.columns[1]), CLUSTERED)
    places = {row.label: row.place for row in found.design.rows if row.place is not None}
    rows = {name: {"estimate": found.params[place], "standard_error": found.errors[place]}
            for name, place in places.items()}  # fmt: skip
    yield from _named("register, clustered", rows)


def logistic(register) -> Found:
    found = average_marginal_effects(make_design(register, V1, V1.columns[1]))
    rows = {name: {"estimate": value, "p_value": found.p_values[name]} for name, value in found.estimates.items()}
    yield from _named("register, logistic", rows)


def intervals(register) -> Found:
    table = register_regression(register, "tbl-v1")
    table = table[table["outcome"] == V1.columns[1].label]
    yield from _named("register, intervals", {row["term"]: row for _, row in table.iterrows()})


def recipients(register) -> Found:
    table = recipients_only(register, "tbl-v1")
    rows = {row["term"]: row for _, row in table[table["sample"] != "alle"].iterrows()}
    design = make_design(register, V1, V1.columns[1], ("receives_aap", [1]))
    # The public table has no constant.
    first = fit(design)
    rows["konstant"] = {"estimate": first.params[0], "standard_error": first.errors[0]}
    yield from _named("register, recipients", rows)


REGISTER: dict[str, Callable[[Any], Found]] = {
    "register count": counts, "register share": shares, "register, clustered": clustered,
    "register, logistic": logistic, "register, intervals": intervals, "register, recipients": recipients,
}  # fmt: skip


@pytest.mark.parametrize("name", REGISTER)
def test_the_register_on_the_twin_equals_r(register, name):
    compare(name, REGISTER[name](register))


def test_every_reference_value_is_compared() -> None:
    assert set(REFERENCE["estimator"]) == {*(name.replace("_", " ") for name in NAMES), *REGISTER}
    assert REFERENCE["versions"].str.fullmatch(r"R [\d.]+, survey [\d.]+, lme4 [\d.]+").all()
