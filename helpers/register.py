"""What a chapter's cell can say of the register."""

from __future__ import annotations

from engine.register.flow import sample_flow
from engine.register.register import Register, open_register
from engine.register.regressions import register_regression, register_regressions
from engine.register.robustness import conclusions, recipients_only
from engine.register.shares import (
    register_by,
    register_count,
    register_dialogues,
    register_older,
    register_series,
    register_share,
)
from engine.register.words import (
    against,
    clear_terms,
    development,
    effect,
    largest_shift,
    ranking,
    span,
    standing,
    together,
)

__all__ = [
    "Register",
    "against",
    "clear_terms",
    "conclusions",
    "development",
    "effect",
    "largest_shift",
    "open_register",
    "ranking",
    "recipients_only",
    "register_by",
    "register_count",
    "register_dialogues",
    "register_older",
    "register_regression",
    "register_regressions",
    "register_series",
    "register_share",
    "sample_flow",
    "span",
    "standing",
    "together",
]
