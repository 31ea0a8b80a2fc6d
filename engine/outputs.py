"""What a cell's output says of itself to the press, beside its markdown."""

from __future__ import annotations

# An exhibit: id, title, alternative text, numbers.
EXHIBIT_MIME = "application/vnd.report.exhibit+json"
# What sentences would have told if it were not hidden: keys and reasons.
HIDDEN_MIME = "application/vnd.report.hidden+json"
