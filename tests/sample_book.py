"""A small staged book with one of everything that chapters hold, made in code for the renderers' tests."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import yaml

PROJECT = Path(__file__).resolve().parent.parent
ALT = 'Gjennomsnittlig portefølje var 38 for ungdomsveiledere og 61 for dem over 30 år; «"sitat"» \\ tegn.'

SVG = """<svg xmlns="http://www.w3.org/2000/svg" width="{w}pt" height="{h}pt" viewBox="0 0 {w} {h}">
<rect width="{w}" height="{h}" fill="#fcfcfb"/>
<rect x="120" y="30" width="180" height="24" fill="#23425f"/>
<rect x="120" y="74" width="120" height="24" fill="#7a93ab"/>
<text x="10" y="47" font-family="Source Sans 3" font-size="13">Unge</text>
<text x="10" y="91" font-family="Source Sans 3" font-size="13">Over 30 år</text></svg>
"""

FIGURE = f"""::: {{.exhibit #figur-16}}
![**Figur 16.** Porteføljestørrelse etter aldersgruppe. Veiledere med portefølje. 2022 og 2024. \
Gjennomsnitt](../figures/figur-16.svg){{fig-alt="{ALT.replace(chr(92), chr(92) * 2).replace('"', chr(92) + '"')}" \
narrow="../figures/figur-16-smal.svg"}}

::: {{.exhibit-note}}
Enhet: brukere per veileder. Populasjon: veiledere med portefølje. 95 % konfidensintervall. \
Kilde: Navs undersøkelse blant veiledere.
:::

::: {{.exhibit-numbers title="Vis tallene"}}
| Gruppe     | 2022 |        2024 |
|:-----------|-----:|------------:|
| Unge       | 41,2 | 38,0 (36–40) |
| Over 30 år | 58,7 | 61,3 (59–63) |

[Last ned tallene (CSV)](../exhibits/figur-16.csv)
:::
:::
"""

TABLE = """::: {.exhibit #tabell-1}
| Svar                                | Statlig ansatte veiledere | Kommunalt ansatte veiledere | Alle | Antall |
|:------------------------------------|--------------------------:|----------------------------:|-----:|-------:|
| Unge (under 30 år)                  |                      18,1 |                        12,9 | 15,6 |  1 204 |
| De over 30 år                       |                      40,3 |                        22,2 | 31,8 |  2 455 |
| Begge aldersgrupper                 |                      41,6 |                        64,9 | 52,6 |  4 061 |

: **Tabell 1.** Aldersgruppe som følges opp, etter ansettelsesforhold. Prosent

::: {.exhibit-note}
Kilde: Navs undersøkelse blant veiledere.
:::

::: {.exhibit-numbers title="Vis tallene"}
| Svar | Alle |
|:-----|-----:|
| Unge | 15,6 |

[Last ned tallene (CSV)](../exhibits/tabell-1.csv)
:::
:::
"""

FRONT = """# Oppfølging av unge ved Nav-kontorene

Rapporten handler om @sec-tid og @fig-16.

## Sammendrag

Kort.
"""

TIME = """## Portefølje

Veilederne har liten tid[^1], se @fig-16 og @Sec-ressurser [@avd2024b].

[^1]: En annen fotnote.
"""

INTRO = """Innføringen av ungdomsgarantien skulle gi unge tettere oppfølging [@avd2024a], se @fig-16 og @tbl-1.
Som nevnt i @sec-tid[^1] er tiden knapp; omtalen fortsetter i @sec-kort. Jamfør [@fig-16; @tbl-1] og
[figur -@fig-16]. @strand2020 fant det samme [se også @fig-16, venstre panel; @fossestol2020].

[^1]: En fotnote i første kapittel, med lenke til [Nav](https://www.nav.no/).

## Portefølje

Tekst om portefølje, med en liste:

- unge under 30 år
- de over 30 år
"""

CALLOUT = """::: {.callout-note title="Ungdomsgarantien"}
Innført 1. juli 2023 og gjelder unge mellom 16 og 30 år med behov for bistand.

- Fast kontaktperson
- Tett oppfølging
:::

::: {.callout-tip}
## Slik leses figurene

Strekene viser 95 prosent konfidensintervall.
:::

## Kort om tid {#sec-kort}

Avsnittet viser til [neste kapittel](05-tid.qmd) og [samme overskrift](#portefølje), og tallet tilbake i
[-@fig-16].

### Underavsnitt

> Et sitat fra en veileder som har for mange brukere.
"""


def raw(source: str) -> dict[str, Any]:
    """Make a raw cell."""
    return {"cell_type": "raw", "metadata": {}, "source": source}


def prose(source: str) -> dict[str, Any]:
    """Make a markdown cell, its source split in lines as notebooks have it."""
    return {"cell_type": "markdown", "metadata": {}, "source": source.splitlines(keepends=True)}


def code(source: str, *outputs: dict[str, Any]) -> dict[str, Any]:
    """Make an executed code cell."""
    return {
        "cell_type": "code",
        "metadata": {},
        "execution_count": 1,
        "source": source.splitlines(keepends=True),
        "outputs": list(outputs),
    }


def shown(markdown: str) -> dict[str, Any]:
    """Make a displayed output that holds markdown."""
    data = {"text/markdown": markdown.splitlines(keepends=True), "text/plain": ["<exhibit>"]}
    return {"output_type": "display_data", "metadata": {}, "data": data}


def write_notebook(path: Path, *cells: dict[str, Any]) -> None:
    """Write cells as a notebook."""
    notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": list(cells)}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(notebook), encoding="utf-8")


def settings() -> dict[str, Any]:
    """Make the staged `_quarto.yml`."""
    return {
        "project": {"type": "book", "output-dir": "_book"},
        "book": {
            "title": "Oppfølging av unge ved Nav-kontorene",
            "subtitle": "Veiledernes arbeid 2022–2024",
            "author": ["Kari Nordmann", "Ola Hansen"],
            "date": "2025-03-01",
            "chapters": [
                "index.ipynb",
                "chapters/04-ressurser.ipynb",
                "chapters/05-tid.ipynb",
                {"part": "Vedlegg", "chapters": ["chapters/referanser.ipynb"]},
            ],
        },
        "lang": "nb",
        "bibliography": "references.bib",
        "csl": "theme/forfatter-aar.csl",
        "filters": [{"at": "pre-ast", "path": "theme/filters/exhibits.lua"}],
        "report": {
            "survey_year": 2024,
            "data_kind": "synthetic",
            "data_title": "Tallene er laget for å prøve metoden og sier ingenting om virkelige personer.",
            "version": "0.1.0",
            "build_date": "2025-03-01",
        },
    }


def make_sample(root: Path) -> Path:
    """Write the sample book.

    Parameters
    ----------
    root : Path
        An empty or missing folder.

    Returns
    -------
    Path
        The same folder.
    """
    root.mkdir(parents=True, exist_ok=True)
    (root / "_quarto.yml").write_text(yaml.safe_dump(settings(), allow_unicode=True), encoding="utf-8")
    shutil.copytree(PROJECT / "theme", root / "theme")
    shutil.copyfile(PROJECT / "references.bib", root / "references.bib")
    for folder in ("figures", "exhibits"):
        (root / folder).mkdir()
    (root / "figures" / "figur-16.svg").write_text(SVG.format(w=460, h=130), encoding="utf-8")
    (root / "figures" / "figur-16-smal.svg").write_text(SVG.format(w=320, h=130), encoding="utf-8")
    for name in ("figur-16", "tabell-1"):
        (root / "exhibits" / f"{name}.csv").write_text("group,estimate\nUnge,38.0\n", encoding="utf-8")
    write_notebook(
        root / "index.ipynb",
        prose(FRONT),
    )
    write_notebook(
        root / "chapters" / "04-ressurser.ipynb",
        raw('---\ntitle: "4 Ressurser og tid i oppfølgingen {#sec-ressurser}"\n---'),
        code("#| include: false\nfrom helpers import *", {"output_type": "stream", "name": "stdout", "text": "skjult"}),
        prose(INTRO),
        code('#| label: figur-16\nexhibit(survey, "fig-16")  # `portefølje`', shown(FIGURE)),
        prose(CALLOUT),
        code('#| label: tabell-1\n#| echo: false\nexhibit(survey, "tbl-1")', shown(TABLE)),
    )
    write_notebook(
        root / "chapters" / "05-tid.ipynb",
        raw('---\ntitle: "5 Tid {#sec-tid}"\n---'),
        prose(TIME),
    )
    references = root / "chapters" / "referanser.ipynb"
    write_notebook(references, raw("---\ntitle: Referanser\n---"), prose("::: {#refs}\n:::\n"))
    return root
