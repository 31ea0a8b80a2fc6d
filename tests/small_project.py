"""A book of three pages in a folder of its own: its source, for tests of the whole way from source to book."""

from __future__ import annotations

import shutil
from pathlib import Path

from press.project import ROOT

CHAPTER = """# 4 Prøve {#sec-prove}

```{python}
#| tags: [parameters]
#| include: false
survey_year = None
```

```{python}
#| label: oppsett
#| include: false
from helpers import *
survey = open_survey(survey_year)
caseload = mean(survey.counsellors, "caseload", by=["age_group_followed", "wave"])
print("unsorted words of a library")
```

Se @fig-16 og kilden [@avd2024a].

```{python}
#| label: figur-16
exhibit("fig-16", caseload, title=f"Portefølje, {survey.period}", unit="brukere")
```

Unge: `{python} nb(caseload, "unge", survey.year)` brukere.
"""
FRONT = "# Om prøven {#sec-om}\n\nBare ord, se @sec-prove.\n"
REFERENCES = "# Referanser {#sec-referanser}\n\n::: {#refs}\n:::\n"


def make_project(root: Path) -> Path:
    """Write the sources; helpers, theme and published numbers are the real ones.

    Parameters
    ----------
    root : Path
        A missing folder.

    Returns
    -------
    Path
        The same folder.
    """
    (root / "chapters").mkdir(parents=True)
    for name in ("theme", "data"):
        (root / name).symlink_to(ROOT / name)
    for name in ("references.bib", "requirements.txt", "CITATION.cff"):
        shutil.copy(ROOT / name, root / name)
    settings = (ROOT / "_quarto.yml").read_text(encoding="utf-8")
    head, tail = settings.split("  chapters:\n")[0], settings[settings.index("\nbibliography:") :]
    chapters = "  chapters:\n    - index.qmd\n    - chapters/04-prove.qmd\n    - chapters/referanser.qmd\n"
    (root / "_quarto.yml").write_text(head + chapters + tail, encoding="utf-8")
    (root / "index.qmd").write_text(FRONT, encoding="utf-8")
    (root / "chapters/04-prove.qmd").write_text(CHAPTER, encoding="utf-8")
    (root / "chapters/referanser.qmd").write_text(REFERENCES, encoding="utf-8")
    return root
