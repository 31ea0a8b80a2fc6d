"""What a chapter's cell can say: open a survey, estimate, compare, show.

Names are loaded when first used: the command line and the twin need none of matplotlib or statsmodels.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

# What an exhibit says of itself to the press, beside its markdown.
EXHIBIT_MIME = "application/vnd.report.exhibit+json"

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
    "exhibit": "exhibits",
    "supplement": "supplements",
    "office_changes": "office_panel",
    "sensitivity": "robustness",
    "pick": "lookup",
    "nb": "lookup",
    "interval": "lookup",
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
    "response": "participation",
    "prose": "narrative",
}
__all__ = list(_HOME)


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'helpers' has no name '{name}'")
    return getattr(import_module(f".{_HOME[name]}", __name__), name)
