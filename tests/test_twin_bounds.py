"""Totals of table 2: which of them whole numbers of persons can give."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.twin_bounds import attainable, totals
from tests.twin_survey import PUBLISHED, half_up, read

ATTAINABLE = {
    "oppgaver/begge", "sykefravaer/nei", "innsats/standard", "innsats/situasjonsbestemt", "innsats/varig_tilpasset",
    "innsats/sum", "brukere/langtid", "brukere/sum",
}  # fmt: skip


def test_eight_totals_are_attainable_and_the_others_are_not() -> None:
    found = totals()
    reached = found.loc[found["attainable"], "id"]
    assert {name.removeprefix("tbl-2/").removesuffix("/all") for name in reached} == ATTAINABLE
    assert len(found) == 18


@pytest.mark.parametrize(
    ("part", "names"),
    [("oppgaver", ("begge",)), ("brukere", ("langtid", "sum")),
     ("innsats", ("standard", "situasjonsbestemt", "varig_tilpasset", "sum"))],
)  # fmt: skip
def test_the_attainable_totals_of_a_part_hold_together(part: str, names: tuple[str, ...]) -> None:
    assert attainable(part, names)


def test_the_twin_gives_the_attainable_totals(twin_root: Path) -> None:
    people = read(twin_root)[0]
    users = people[(people["wave"] == 2024) & (people["has_caseload"] == 1)]
    columns = {
        "oppgaver/begge": users["task_sector"] == 3, "innsats/standard": users["innsats_standard"] == 1,
        "innsats/situasjonsbestemt": users["innsats_situational"] == 1, "brukere/langtid": users["users_longterm"] == 1,
    }  # fmt: skip
    for name, answers in columns.items():
        assert half_up(100 * answers.mean()) == int(PUBLISHED[f"tbl-2/{name}/all"]["value"]), name
