"""The same result under four choices of method."""

from engine.estimates.respondents import sensitivity
from engine.estimates.weighted import mean, unweighted
from tests.frames import persons, repeat


class Survey:
    """What `sensitivity` asks of a survey."""

    year = 2024

    def __init__(self, counsellors, everyone):
        self.counsellors, self.with_caseload = counsellors, everyone

    def current(self, frame):
        return frame[frame["wave"] == self.year]


def test_each_choice_is_the_estimator_with_that_choice() -> None:
    ages = ["unge (under 30 år)", "begge aldersgrupper", "unge (under 30 år)"]
    frame = repeat(persons(y=[1, 5, 3], weight=[1, 2, 1], age_group_followed=ages, office_id=[1, 1, 2]), 12)
    everyone = repeat(persons("alle", y=[1, 5, 9], age_group_followed=ages, office_id=[1, 1, 2]), 12)
    table = sensitivity(Survey(frame, everyone), "y", "age_group_followed")
    total = table[table["age_group_followed"] == "totalt"].set_index("method")
    assert total["estimate"].round(10).to_dict() == {
        "slik boken regner": 3.5, "uten vekter": 3.0, "kontor som klynge": 3.5, "alle med portefølje": 5.0,
    }  # fmt: skip
    clustered = mean(frame, "y", clusters="office_id")["standard_error"].iloc[0]
    assert total.loc["kontor som klynge", "standard_error"] == clustered
    assert total.loc["uten vekter", "standard_error"] == mean(unweighted(frame), "y")["standard_error"].iloc[0]
    assert total.loc["alle med portefølje", "population"] == "alle"
    assert len(table) == 12 and set(table["wave"]) == {"2024"}
