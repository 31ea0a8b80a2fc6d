"""Tables of the report's real shapes, for tests of pictures: invented numbers, the report's own labels."""

from __future__ import annotations

import math
from functools import cache
from itertools import product

import pandas as pd
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.text import Text
from matplotlib.transforms import Affine2D, Bbox

from engine.disclosure.rules import protect
from engine.exhibits.dots import draw_dots
from engine.exhibits.lines import draw_curves
from engine.exhibits.style import Layout

GROUPS = ["unge (under 30 år)", "de over 30 år", "begge aldersgrupper", "totalt"]
SECTORS = ["statlig", "kommunal", "totalt"]
COUNTIES = [
    "Øst-Viken", "Vestfold og Telemark", "Troms og Finnmark", "Møre og Romsdal", "Oslo", "Innlandet", "Agder",
    "Nordland", "Rogaland", "Trøndelag", "Vest-Viken", "Vestland",
]  # fmt: skip
USERS = [
    "innvandrere fra land utenfor EØS",
    "arbeidssøkere registrert over 12 måneder",
    "mottakere av arbeidsavklaringspenger",
    "mottakere av økonomisk sosialhjelp",
]
ROLES = ["jobbspesialister", "programrådgivere", "veiledere i kvalifiseringsprogrammet", "SYFO-veiledere"]
UNIT = "brukere per veileder"


def estimates(half_width: float = 3.0, **keys: list) -> pd.DataFrame:
    """Tidy estimates over all combinations of the keys, spread between about 20 and 120."""
    rows = []
    for i, combination in enumerate(product(*keys.values())):
        # Some neighbours nearly equal, so that their numbers stand above each other.
        value = 45.2 + (i // 2 * 37) % 61 + (i % 2) * (0.8 if i % 3 else 31)
        rows.append({**dict(zip(keys, combination, strict=True)), "estimate": value, "n": 40 + i})
    table = pd.DataFrame(rows)
    table = table.assign(**{key: "" for key in ("population", "measure") if key not in table})
    table["standard_error"] = half_width / 1.959963984540054
    table["ci_low"], table["ci_high"] = table["estimate"] - half_width, table["estimate"] + half_width
    return protect(table)


def curves() -> pd.DataFrame:
    """Curves of caseload over office size for four groups and two waves, of which two end close together."""
    rows = []
    for i, group in enumerate(GROUPS):
        for j, wave in enumerate([2022, 2024]):
            for x in range(9, 210, 5):
                y = 45 + 9 * i + 0.16 * x - 0.0004 * x * x + (j * 6 if i % 2 else j * 0.7)
                half = 2 + ((x - 70) / 55) ** 2
                row = {"wave": wave, "group": group, "x": float(x), "estimate": y, "standard_error": half / 1.96}
                rows.append({**row, "ci_low": y - half, "ci_high": y + half, "n": 300, "p_value": 0.01})
    table = pd.DataFrame(rows)
    return protect(table.assign(population="", measure=""))


def _layout(rows: str = "group", panels: str = "", series: str = "wave", unit: str = UNIT) -> Layout:
    return Layout(rows, series, panels, unit, 0, (0.0, math.nan))


SHAPES: dict[str, tuple[str, pd.DataFrame, Layout]] = {
    "a": ("dots", estimates(group=GROUPS, wave=[2022, 2023, 2024]), _layout()),
    "b": ("dots", estimates(sector=SECTORS[:2], group=GROUPS, wave=[2022, 2023, 2024]), _layout(panels="sector")),
    "c": ("dots", estimates(8.0, group=GROUPS[:2], category=COUNTIES, wave=[2022, 2024]), _layout("category", "group")),
    "d": ("dots", estimates(5.0, sector=SECTORS, category=USERS, wave=[2022, 2024]), _layout("category", "sector")),
    "e": ("curves", curves(), _layout("antall ansatte ved kontoret", "group")),
    "f": ("dots", estimates(category=ROLES, wave=[2022, 2023, 2024]), _layout("category")),
    # Not in the first chapters, but in the report: no series at all, and employers as series in twelve rows.
    "g": ("dots", estimates(group=["alle"], category=USERS), _layout("category", series="")),
    "h": ("dots", estimates(6.0, category=COUNTIES, sector=SECTORS[:2]), _layout("category", series="sector")),
}


@cache
def draw(name: str, narrow: bool) -> Figure:
    """One of the shapes as a figure, drawn once for all tests that only look at it."""
    return draw_anew(name, narrow)


def draw_anew(name: str, narrow: bool) -> Figure:
    """One of the shapes as a figure."""
    kind, table, layout = SHAPES[name]
    return (draw_dots if kind == "dots" else draw_curves)(table, layout, narrow)


def words(figure: Figure, gid: str | None = None) -> list[Text]:
    """Every text that a reader sees, or those of one sort."""
    seen = [text for text in figure.findobj(Text) if text.get_visible() and text.get_text()]
    # matplotlib keeps tick labels beyond the axis that are never drawn; ours are fixed, so all are drawn.
    return [text for text in seen if gid is None or text.get_gid() == gid]


def marks(figure: Figure, gid: str) -> list[Line2D]:
    """Dots, intervals or curves."""
    return [line for axes in figure.axes for line in axes.lines if line.get_gid() == gid]


def measured(figure: Figure) -> list[tuple[Text, Bbox]]:
    """Each text with its box in points from the lower left corner, as a renderer measures it."""
    canvas = FigureCanvasAgg(figure)
    figure.set_dpi(144)
    canvas.draw()
    renderer = canvas.get_renderer()
    return [(text, text.get_window_extent(renderer).transformed(Affine2D().scale(0.5))) for text in words(figure)]
