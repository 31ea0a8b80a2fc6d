"""What a chapter's cell can say: open a survey, estimate, compare, show."""

from __future__ import annotations

from engine.data.persons import SIZE_CLASSES
from engine.data.survey import Survey, open_survey
from engine.disclosure.rules import minimum_persons
from engine.estimates.curves import curve, share_curve
from engine.estimates.models import fit, margins
from engine.estimates.office_panel import office_changes
from engine.estimates.profiles import column_profile, row_profile
from engine.estimates.registers import open_series
from engine.estimates.respondents import population_sizes, response, response_rates, sensitivity, weight_spread
from engine.estimates.weighted import battery, mean, share, unweighted
from engine.exhibits.exhibit import exhibit, table
from engine.exhibits.numbers import supplement
from engine.table import stack
from engine.words.counted import counted_trend, ends_of, gap
from engine.words.curves_apart import farthest
from engine.words.effects import association, bend, effect, effects_of, named_terms, slope_by_wave, span
from engine.words.english import en, en_about, en_trend
from engine.words.listing import by_wave, curve_ends
from engine.words.lookup import interval, nb, ordered, pick
from engine.words.numbers import nb_list, nb_number, nb_percent
from engine.words.position import on_scale, placed, wider
from engine.words.prose import prose
from engine.words.ranking import (
    associations,
    contrast,
    development,
    quoted,
    ranked,
    slopes,
    steepest,
    waves_shown,
    widest,
    without,
)
from engine.words.shifts import decline, spread_change
from engine.words.standings import asked_now, off_line, order_word, spread, standing
from engine.words.words import change_word, compare, extremes, growth, moved, slope_word, trend

__all__ = [
    "SIZE_CLASSES",
    "Survey",
    "asked_now",
    "association",
    "associations",
    "battery",
    "bend",
    "by_wave",
    "change_word",
    "column_profile",
    "compare",
    "contrast",
    "counted_trend",
    "curve",
    "curve_ends",
    "decline",
    "development",
    "effect",
    "effects_of",
    "en",
    "en_about",
    "en_trend",
    "ends_of",
    "exhibit",
    "extremes",
    "farthest",
    "fit",
    "gap",
    "growth",
    "interval",
    "margins",
    "mean",
    "minimum_persons",
    "moved",
    "named_terms",
    "nb",
    "nb_list",
    "nb_number",
    "nb_percent",
    "off_line",
    "office_changes",
    "on_scale",
    "open_series",
    "open_survey",
    "order_word",
    "ordered",
    "pick",
    "placed",
    "population_sizes",
    "prose",
    "quoted",
    "ranked",
    "response",
    "response_rates",
    "row_profile",
    "sensitivity",
    "share",
    "share_curve",
    "slope_by_wave",
    "slope_word",
    "slopes",
    "span",
    "spread",
    "spread_change",
    "stack",
    "standing",
    "steepest",
    "supplement",
    "table",
    "trend",
    "unweighted",
    "waves_shown",
    "weight_spread",
    "wider",
    "widest",
    "without",
]
