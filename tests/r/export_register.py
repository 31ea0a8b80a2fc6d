"""Write the twin's persons, one row each, for R: `python tests/r/export_register.py DATA_ROOT OUT_CSV`.

Codes as in the raw tables: R merges categories itself.
"""

import sys
from pathlib import Path

from engine.register.register import open_register
from twin.digests import REGISTER, mark

NAMES = [
    "service_group", "gender", "age_years", "birth_region", "education", "benefit", "county", "has_children",
    "partly_at_work", "fully_laid_off", "duration_months", "medical_treatment", "labour_market_measure", "no_activity",
    "digital_dialogue", "meeting_or_conversation",
]  # fmt: skip

root, out = map(Path, sys.argv[1:])
register = open_register(root)
out.parent.mkdir(parents=True, exist_ok=True)
cells = register.cells(NAMES)
cells.loc[cells.index.repeat(cells["persons"]), NAMES].to_csv(out, index=False)
out.with_suffix(".txt").write_text(mark(root / REGISTER))
