"""Numbers behind the text: folded in the page, emitted for the ledger."""

import pytest

from engine.errors import ReportError
from engine.exhibits.numbers import supplement
from engine.outputs import EXHIBIT_MIME
from tests.frames import estimate_table


def test_tables_stand_below_each_other_under_a_fold():
    one = estimate_table((2024, "unge", 3.25, 0.1, 50))
    two = estimate_table((2024, "begge", 4.0, 0.1, 50))
    made = supplement("fig-25+", one, two, digits=2)
    bundle = made._repr_mimebundle_()
    assert "3,25" in bundle["text/markdown"] and "4,00" in bundle["text/markdown"]
    assert bundle["text/markdown"].startswith("::: {.exhibit-numbers #tall-fig-25-i-teksten ")
    assert bundle[EXHIBIT_MIME]["id"] == "fig-25+"
    assert bundle[EXHIBIT_MIME]["csv"].count("\n") == 3


def test_hidden_numbers_stay_hidden():
    made = supplement("text-unit", estimate_table((2024, "unge", 3.25, 0.1, 50), (2024, "begge", 7.77, 0.1, 4)))
    assert "7,8" not in made.markdown() and "7.77" not in made._repr_mimebundle_()[EXHIBIT_MIME]["csv"]


def test_nothing_is_shown_where_nothing_was_asked():
    nothing = estimate_table((2024, "unge", 3.25, 0.1, 50)).iloc[:0]
    made = supplement("text", nothing)
    assert made.markdown() == "<!-- not asked: tall-text-i-teksten -->\n" and repr(made) == "text: 0 estimates"


@pytest.mark.parametrize("name", ["fig-25", "25+", "tekst", "fig-x+"])
def test_other_ids_are_refused(name):
    with pytest.raises(ReportError, match="no id of numbers in the text"):
        supplement(name, estimate_table((2024, "unge", 3.25, 0.1, 50)))
