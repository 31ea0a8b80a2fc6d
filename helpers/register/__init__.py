"""Register data: from raw months, events and spells to persons, shares and regressions.

Names are loaded when first used, as in `helpers`.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_HOME = {
    "open_register": "register",
    "Register": "register",
    "register_by": "shares",
    "register_count": "shares",
    "register_dialogues": "shares",
    "register_older": "shares",
    "register_series": "shares",
    "register_share": "shares",
    "register_regression": "regressions",
    "register_regressions": "regressions",
    "recipients_only": "robustness",
    "conclusions": "robustness",
    "sample_flow": "flow",
    "against": "words",
    "clear_terms": "words",
    "development": "words",
    "effect": "words",
    "ranking": "words",
    "together": "words",
    "span": "words",
    "standing": "words",
    "largest_shift": "words",
}
__all__ = list(_HOME)


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'helpers.register' has no name '{name}'")
    return getattr(import_module(f".{_HOME[name]}", __name__), name)
