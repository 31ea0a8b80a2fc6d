"""What a chapter's cell can say: open a survey, estimate, show, and tell in words.

What one chapter alone needs it imports from the engine's room by its full path. docs/ has a page of these names.
"""

from __future__ import annotations

from engine.data.survey import open_survey
from engine.disclosure.rules import minimum_persons
from engine.estimates.curves import curve, share_curve
from engine.estimates.models import fit, margins
from engine.estimates.respondents import response
from engine.estimates.totals import ratio, total
from engine.estimates.weighted import battery, mean, share
from engine.exhibits.exhibit import exhibit, table
from engine.exhibits.numbers import supplement
from engine.table import stack
from engine.words.effects import associations, effect, slope
from engine.words.lookup import asked_now, interval, nb, ordered, quoted, waves_shown, without
from engine.words.numbers import names
from engine.words.orders import highest, listed, lowest, off_line, ranked, same_order, spread, widest
from engine.words.phrases import changes, compare, on_scale
from engine.words.prose import prose
from engine.words.trends import trend

__all__ = [
    "asked_now",
    "associations",
    "battery",
    "changes",
    "compare",
    "curve",
    "effect",
    "exhibit",
    "fit",
    "highest",
    "interval",
    "listed",
    "lowest",
    "margins",
    "mean",
    "minimum_persons",
    "names",
    "nb",
    "off_line",
    "on_scale",
    "open_survey",
    "ordered",
    "prose",
    "quoted",
    "ranked",
    "ratio",
    "response",
    "same_order",
    "share",
    "share_curve",
    "slope",
    "spread",
    "stack",
    "supplement",
    "table",
    "total",
    "trend",
    "waves_shown",
    "widest",
    "without",
]
