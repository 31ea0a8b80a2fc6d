"""What a chapter's cell can say: open a survey, estimate, compare, show.

Names are loaded when first used: the command line and the twin need none of matplotlib or statsmodels.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

# What an exhibit says of itself to the press, beside its markdown.
EXHIBIT_MIME = "application/vnd.report.exhibit+json"
# What sentences would have told if it were not hidden: keys and reasons.
HIDDEN_MIME = "application/vnd.report.hidden+json"

_HOME = {
    "open_survey": "survey",
    "Survey": "survey",
    "mean": "estimates",
    "share": "estimates",
    "battery": "estimates",
    "stack": "tidy",
    "unweighted": "estimates",
    "curve": "curves",
    "share_curve": "curves",
    "farthest": "logit",
    "regression": "regressions",
    "fit_models": "models",
    "COMPETENCE_WORK": "models",
    "COMPETENCE_NEEDS": "models",
    "PLACE_ACCESS": "models",
    "COMPETENCE_TERMS": "models",
    "NEEDS_BY_EXPERIENCE_TERMS": "models",
    "PLACE_TERMS": "models",
    "COORDINATION_TERMS": "models",
    "TIME_TERMS": "models",
    "USERS": "models",
    "TIME_LEVELS": "models",
    "exhibit": "exhibits",
    "supplement": "supplements",
    "office_changes": "office_panel",
    "sensitivity": "robustness",
    "pick": "lookup",
    "nb": "lookup",
    "interval": "lookup",
    "en": "english",
    "en_trend": "english",
    "en_about": "english",
    "ordered": "lookup",
    "nb_number": "numbers",
    "nb_percent": "numbers",
    "nb_list": "numbers",
    "open_series": "series",
    "row_profile": "profiles",
    "column_profile": "profiles",
    "decline": "shifts",
    "spread_change": "shifts",
    "counted_trend": "counted",
    "ends_of": "counted",
    "gap": "counted",
    "change_word": "words",
    "growth": "words",
    "compare": "words",
    "extremes": "words",
    "slope_word": "words",
    "trend": "words",
    "by_wave": "listing",
    "curve_ends": "listing",
    "without": "ranking",
    "waves_shown": "ranking",
    "ranked": "ranking",
    "contrast": "ranking",
    "associations": "ranking",
    "development": "ranking",
    "widest": "ranking",
    "slopes": "ranking",
    "steepest": "ranking",
    "quoted": "ranking",
    "moved": "words",
    "asked_now": "standings",
    "standing": "standings",
    "association": "effects",
    "effect": "effects",
    "effects_of": "effects",
    "named_terms": "effects",
    "bend": "effects",
    "span": "effects",
    "slope_by_wave": "effects",
    "spread": "standings",
    "order_word": "standings",
    "off_line": "standings",
    "on_scale": "position",
    "placed": "position",
    "wider": "position",
    "response": "participation",
    "response_rates": "representation",
    "weight_spread": "representation",
    "population_sizes": "representation",
    "SIZE_CLASSES": "weights",
    "minimum_persons": "disclosure",
    "prose": "narrative",
}
__all__ = list(_HOME)


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'helpers' has no name '{name}'")
    return getattr(import_module(f".{_HOME[name]}", __name__), name)
