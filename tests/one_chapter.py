"""A book of three pages in a folder of its own; helpers, theme and codebook are the real ones."""

from __future__ import annotations

import shutil
from pathlib import Path

from press.project import ROOT, Project

REFERENCES = "# Referanser {#sec-referanser}\n\n::: {#refs}\n:::\n"
PARAMETERS = "```{python}\n#| tags: [parameters]\n#| include: false\nsurvey_year = None\n```\n\n"


def make_project(root: Path, body: str, front: str = "Bare ord, se @sec-prove.\n") -> Project:
    """Write a project whose one chapter with code has this body.

    Parameters
    ----------
    root : Path
        A folder that does not exist yet.
    body : str
        What follows the heading and the parameters.
    front : str
        What follows the heading of the front page, and the parameters where it has code.

    Returns
    -------
    Project
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
    parameters = PARAMETERS if "{python}" in front else ""
    (root / "index.qmd").write_text(f"# Om prøven {{#sec-om}}\n\n{parameters}{front}", encoding="utf-8")
    (root / "chapters/04-prove.qmd").write_text(f"# 4 Prøve {{#sec-prove}}\n\n{PARAMETERS}{body}", encoding="utf-8")
    (root / "chapters/referanser.qmd").write_text(REFERENCES, encoding="utf-8")
    return Project(root)
