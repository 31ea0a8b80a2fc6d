"""A package's licence, as SPDX names it."""

from __future__ import annotations

import re
from importlib.metadata import Distribution
from pathlib import Path

from engine.errors import ReportError

BSD = "BSD-?"
# How packages write the same licence, to SPDX. A «BSD» without a number is decided by the licence's text.
WRITTEN = {
    "mit": "MIT", "mit license": "MIT", "apache-2.0": "Apache-2.0", "apache 2.0": "Apache-2.0",
    "apache software license": "Apache-2.0", "apache license, version 2.0": "Apache-2.0",
    "bsd-3-clause": "BSD-3-Clause", "bsd 3-clause license": "BSD-3-Clause", "2-clause bsd": "BSD-2-Clause",
    "bsd 2-clause license": "BSD-2-Clause", "bsd": BSD, "bsd license": BSD, "isc license": "ISC",
    "isc license (iscl)": "ISC", "mpl-2.0": "MPL-2.0", "mozilla public license 2.0 (mpl 2.0)": "MPL-2.0",
    "psfl": "PSF-2.0", "python software foundation license": "PSF-2.0", "mpl-2.0 and mit": "MPL-2.0 AND MIT",
}  # fmt: skip
# Words that stand in one licence's text alone.
WORDS = (
    ("Neither the name", "BSD-3-Clause"),
    ("names of its contributors may", "BSD-3-Clause"),
    ("Redistributions in binary form", "BSD-2-Clause"),
    ("Permission is hereby granted, free of charge", "MIT"),
)


def licence(found: Distribution) -> str:
    """Find a package's licence in its metadata, and where these are vague in the licence's text."""
    about = found.metadata
    for text in about.get_all("License-Expression") or []:
        return str(text)
    field = [str(text) for text in about.get_all("License") or []]
    classifiers = [text.rpartition(" :: ")[2] for text in about.get_all("Classifier") or [] if text.startswith("Lic")]
    for text in [*field, *classifiers]:
        known = WRITTEN.get(text.strip().lower())
        if known and known != BSD:
            return known
    texts = field
    for file in sorted(map(str, found.files or [])):
        if re.search(r"dist-info/(licenses/)?(licen[sc]e|copying)[^/]*$", file, re.I):
            texts.append(Path(str(found.locate_file(file))).read_text(encoding="utf-8", errors="replace"))
    for words, name in WORDS:
        if any(words in " ".join(text.split()) for text in texts):
            return name
    raise ReportError(
        "a package's licence is not known", str(about["Name"]), remedy="add its name or words to press/licence.py"
    )
