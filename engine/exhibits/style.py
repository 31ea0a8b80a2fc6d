"""One look for every picture: colours, markers, fonts, the width of words, number format on axes."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from numbers import Integral
from pathlib import Path

import matplotlib
import seaborn as sns
from matplotlib import font_manager
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import TextToPath
from matplotlib.ticker import FuncFormatter

from engine.words.numbers import nb_number

FONTS = Path(__file__).resolve().parents[2] / "theme" / "fonts"
FAMILY = "Source Sans 3"
INK = "#1b2733"
MUTED = "#56626f"
RULE = "#d9dfe5"
# Every colour stands 4.5:1 against white, so it may also colour words; markers and dashes differ, so colour is never
# the only cue.
SERIES = [
    ("#0b2545", "s"),
    ("#1f6fb2", "D"),
    ("#a34a00", "^"),
    ("#00695c", "v"),
    ("#7b2d6b", "P"),
    ("#66727f", "o"),
]
# The newest wave is darkest and the first is grey, with or without others between, so a year keeps its colour.
NEWEST, FIRST, BETWEEN = SERIES[0], SERIES[5], [SERIES[1], SERIES[3], SERIES[4], SERIES[2]]
FIXED = {"statlig": SERIES[0], "kommunal": SERIES[2]}


@cache
def apply_style() -> None:
    """Set matplotlib to the book's look. Text becomes paths, so a picture needs no font where it is read."""
    for path in sorted(FONTS.glob("*.ttf")):
        font_manager.fontManager.addfont(str(path))
    sns.set_theme(style="white", context="paper")
    matplotlib.rcParams.update(
        {
            "font.family": FAMILY,
            "font.size": 10.5,
            "axes.edgecolor": RULE,
            "axes.linewidth": 0.8,
            "text.color": INK,
            "xtick.color": MUTED,
            "ytick.color": INK,
            "svg.fonttype": "path",
            # Element ids come from a salt instead of a random number: same estimates, same bytes.
            "svg.hashsalt": "report",
        }
    )


def series_style(names: Sequence[object]) -> dict[object, tuple[str, str]]:
    """Colour and marker of each series; waves get the darkest for the newest, fixed names always the same.

    Parameters
    ----------
    names : sequence
        Series in the order of the picture.

    Returns
    -------
    dict
        Name to (colour, marker), different for each name.

    Raises
    ------
    ValueError
        When there are more series than a picture can tell apart.
    """
    if len(names) > len(SERIES):
        raise ValueError(f"a picture can't tell {len(names)} series apart; take at most {len(SERIES)}")
    if all(isinstance(name, Integral) for name in names):
        newest, *older = sorted(names, reverse=True)  # type: ignore[type-var]
        return {newest: NEWEST} | dict(zip(older, [*BETWEEN[: len(older) - 1], FIRST], strict=False))
    styles = {name: FIXED[str(name)] for name in names if name in FIXED}
    free = [style for style in SERIES if style not in styles.values()]
    return styles | dict(zip([name for name in names if name not in styles], free, strict=False))


def number_axis(digits: int = 0) -> FuncFormatter:
    """Format an axis in bokmål numbers with `digits` decimals."""
    return FuncFormatter(lambda value, _position: nb_number(value, digits))


def sentence_case(label: object) -> str:
    """Begin a label with a capital letter: `Unge (under 30 år)`."""
    text = str(label)
    return text[:1].upper() + text[1:]


@cache
def text_width(text: str, size: float, weight: str = "normal") -> float:
    """Width of a line of text in points, in the book's typeface."""
    apply_style()
    font = FontProperties(family=FAMILY, size=size, weight=weight)
    return float(TextToPath().get_text_width_height_descent(text, font, ismath=False)[0])


def wrap(text: str, width: float, size: float, weight: str = "normal") -> str:
    """Break a text into lines of at most `width` points, between words only.

    Parameters
    ----------
    text : str
        One line; a word wider than `width` keeps its line.
    width : float
        Points.
    size, weight
        Of the font.

    Returns
    -------
    str
        The same words, line breaks between some.
    """
    lines = [""]
    # A number with a narrow space between its thousands is one word.
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and text_width(longer, size, weight) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return "\n".join(lines)
