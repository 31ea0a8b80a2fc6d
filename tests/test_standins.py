"""The stand-ins on random answers: every key finds its estimate and every claim can be tried."""

from __future__ import annotations

from decimal import Decimal

import pandas as pd
import pytest

from helpers.errors import ReportError
from helpers.survey import open_survey
from helpers.tidy import COLUMNS, KEYS
from press import standins
from press.claims import PREDICATES
from press.ledger import PUBLISHED, YEAR, check_claims, compare_values
from press.standins import STANDINS, make_standins
from press.standins.registry import stands_in
from press.verdicts import (
    AWAITS,
    CONTRADICTED,
    EXPLAINED,
    KEY_COLUMNS,
    NOT_ESTIMATE,
    OUTSIDE,
    RULES,
    STEP,
    Finder,
)  # fmt: skip
from tests.fake_survey import store_fake

# Chapters 2, 4, 6 and 7 and the annexes make these.
CHAPTERS = {f"fig-{number:02d}" for number in (*range(1, 8), *range(16, 22), *range(34, 43))}
CHAPTERS |= {"fig-34+", "fig-36+", "fig-42+"}
CHAPTERS |= {f"tbl-vedlegg-{number}" for number in (2, 3, 4)} | {"tbl-1", "tbl-2", "text-ukraine"}


def read(name):
    return pd.read_csv(PUBLISHED / f"{name}.csv", dtype=str, keep_default_na=False)


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    place = tmp_path_factory.mktemp("random")
    store_fake(place)
    return place


@pytest.fixture(scope="module")
def made(root):
    tables = make_standins(open_survey(2024, root), set())
    for table in tables.values():
        table[KEY_COLUMNS] = table[KEY_COLUMNS].astype(str)
    return tables


def test_each_published_row_has_one_class():
    values, keys, verdicts = read("values"), read("keys"), read("verdicts")
    assert len(values) == 708 and values["id"].is_unique and keys["id"].is_unique and verdicts["id"].is_unique
    judged = verdicts.set_index("id")["status"]
    without = set(judged[judged == NOT_ESTIMATE].index)
    assert not set(values["id"]) - set(keys["id"]) - set(judged.index)
    assert not without & set(keys["id"])
    assert set(judged) == {NOT_ESTIMATE, CONTRADICTED}
    assert (verdicts[["reason", "reason_nb"]] != "").all(axis=None)
    assert not (values.set_index("id").loc[keys["id"], "value"] == "").any()


def test_keys_follow_the_rules():
    keys, values = read("keys"), read("values").set_index("id")
    assert set(keys["rule"]) <= set(RULES) and set(keys["x"]) <= {"", "first", "last"}
    stricter = keys[keys["digits"] != ""]
    assert all(int(row.digits) >= int(values.loc[row.id, "digits"]) for row in stricter.itertuples())
    assert set(keys["exhibit"]) <= set(STANDINS) | CHAPTERS


def test_a_contradiction_of_table_2_is_what_the_printed_numbers_say():
    """The reason of a verdict, worked out again: age columns times printed numbers of persons."""
    values = read("values").set_index("id")["value"]
    persons = {"unge": 872, "over30": 1394, "begge": 1635}
    verdicts = read("verdicts")
    rows = verdicts[verdicts["id"].str.startswith("tbl-2/") & verdicts["reason"].str.startswith("Age columns")]
    assert len(rows) == 14
    for name in rows["id"].str.removesuffix("all"):
        mean = sum(Decimal(values[name + group]) * count for group, count in persons.items()) / 3901
        assert abs(mean - Decimal(values[name + "all"])) >= 1


def test_every_stand_in_makes_tidy_estimates(made):
    assert not CHAPTERS & set(made)
    exhibits = set(read("exhibits")["id"])
    for name, table in made.items():
        assert set(COLUMNS) <= set(table.columns), name
        assert name.rstrip(standins.BESIDE) in exhibits or name.startswith("text"), name
        names = [*KEYS, "x"] if "x" in table else KEYS
        assert not table.duplicated(names).any(), name
        assert not table.empty and STANDINS[name].make.__doc__


def test_every_key_finds_its_estimate(made):
    finder = Finder(made)
    keys = read("keys")
    lost = [key["id"] for key in keys.to_dict("records") if key["exhibit"] in made and finder.number(key, "1") is None]
    assert lost == []
    steps = keys[keys[KEY_COLUMNS].apply(lambda column: column.str.contains(STEP)).any(axis=1)]
    assert len(steps) == 3


def test_every_claim_can_be_tried(made):
    claims = read("claims")
    assert len(claims) >= 150 and claims["id"].is_unique and (claims["statement_nb"] != "").all()
    exhibits = set(claims["exhibit"].str.rstrip(standins.BESIDE))
    described = read("exhibits").set_index("id")["described_findings_nb"]
    assert not set(described[described != ""].index) - exhibits
    for claim in claims.to_dict("records"):
        if claim["exhibit"] in made and not claim["contradicted_by"]:
            PREDICATES[claim["predicate"]](made[claim["exhibit"]], *(a.strip() for a in claim["arguments"].split(";")))


def test_an_earlier_edition_is_without_what_was_not_asked(root):
    survey = open_survey(2022, root)
    tables = make_standins(survey, CHAPTERS)
    for table in tables.values():
        table[KEY_COLUMNS] = table[KEY_COLUMNS].astype(str)
    assert tables["fig-49"].empty and not tables["fig-46"].empty
    values = compare_values(tables, survey.waves)
    explained = values[values["status"].isin(EXPLAINED) | values["exhibit"].isin(CHAPTERS)]
    of_2024 = values[(values["wave"] == "2024") & ~values["status"].isin([NOT_ESTIMATE, CONTRADICTED, AWAITS])]
    assert set(of_2024["status"]) == {OUTSIDE}
    assert set(values.loc[values["exhibit"] == "fig-49", "status"]) <= {OUTSIDE, NOT_ESTIMATE}
    assert len(explained) > 500
    claims = check_claims(tables, survey.waves)
    later = claims["arguments"].map(lambda text: any(int(year) > 2022 for year in YEAR.findall(text)))
    assert set(claims.loc[later, "status"]) <= {OUTSIDE, AWAITS}


def test_no_exhibit_is_defined_twice(root):
    name = next(iter(STANDINS))
    with pytest.raises(ReportError, match=rf"defined twice.*{name}"):
        make_standins(open_survey(2022, root), {name})
    with pytest.raises(ValueError, match=f"{name} is defined twice"):
        stands_in(name)(lambda survey: pd.DataFrame())
