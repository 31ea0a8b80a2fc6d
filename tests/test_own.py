"""An author's own figures and frames, fit for the book or refused in words; drawing functions on plain axes."""

from __future__ import annotations

import math
import re
from itertools import pairwise

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
import seaborn as sns
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from engine.disclosure.rules import protect
from engine.errors import ReportError
from engine.exhibits.bars import bars, stacked
from engine.exhibits.dots import coefficients, dots
from engine.exhibits.exhibit import Exhibit, exhibit, table
from engine.exhibits.lines import bands, lines
from engine.exhibits.own import OwnFigure
from engine.exhibits.style import FAMILY, apply_style
from engine.outputs import EXHIBIT_MIME
from tests.frames import estimate_table
from tests.pictures import GROUPS, ROLES, curves, estimates

FRAME = pd.DataFrame(
    {"gruppe": ["unge", "eldre"], "år": [2024, 2024], "andel": [12.345, 1234.5], "personer": [40, 1200]}
)
ALT = "Unge har 12,3 prosent, eldre mye mer."


@pytest.fixture
def figure() -> Figure:
    fig, ax = plt.subplots(figsize=(5, 3))
    sns.barplot(FRAME, x="gruppe", y="andel", ax=ax)
    return fig


def own(figure: object, **settings: object) -> Exhibit:
    made = exhibit("fig-s3", FRAME, figure=figure, **({"title": "Egen figur", "alt": ALT} | settings))  # type: ignore[arg-type]
    assert isinstance(made, Exhibit)
    return made


def test_a_finished_figure_becomes_an_exhibit(figure: Figure) -> None:
    made = own(figure)
    assert not plt.get_fignums(), "pyplot would show it a second time"
    bundle = made._repr_mimebundle_()
    record = bundle[EXHIBIT_MIME]
    assert (record["id"], record["anchor"], record["alt"]) == ("fig-s3", "figur-s3", ALT)
    assert record["svg_narrow"] == made.svg() and "<svg" in made.svg()
    assert record["csv"].splitlines() == ["gruppe,år,andel,personer", "unge,2024,12.345,40", "eldre,2024,1234.5,1200"]
    assert "| unge | 2024 | 12,35 | 40 |" in bundle["text/markdown"]
    assert "| eldre | 2024 | 1\u202f234,50 | 1\u202f200 |" in bundle["text/markdown"]
    assert f'{{fig-alt="{ALT}"}}' in made.markdown() and "**Figur\u00a0S3.** Egen figur" in made.markdown()


def test_it_is_in_our_typeface_and_nothing_is_cut_off(figure: Figure) -> None:
    figure.axes[0].set_ylabel("et langt navn på en akse " * 4)
    svg = own(figure).svg()
    assert {text.get_fontfamily()[0] for text in figure.axes[0].get_xticklabels()} == {FAMILY}
    size = [float(part) for part in re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg).groups()]  # type: ignore[union-attr]
    assert size[1] > 3 * 72  # higher than the figure was made, for the label's sake


def test_a_function_draws_for_each_width() -> None:
    sizes = []

    def draw(ax: plt.Axes) -> None:
        sizes.append(ax.figure.get_size_inches()[0])
        dots(estimates(group=GROUPS[:2], wave=[2022, 2024]), hue="wave", ax=ax)

    made = own(draw)
    assert made.svg() != made.svg(narrow=True) and sizes == pytest.approx([6.9, 3.7])
    assert made.svg() == made.svg()


def test_what_a_chapter_sets_does_not_reach_our_pictures() -> None:
    plain = exhibit("fig-1", estimates(group=GROUPS), title="t", series="")
    before = plain.svg()
    with matplotlib.rc_context():
        sns.set_theme(style="darkgrid", context="poster", font="serif")
        size = matplotlib.rcParams["font.size"]
        assert plain.svg() == before
        assert matplotlib.rcParams["font.size"] == size, "and our look does not reach the chapter's"


def test_what_seaborn_returns_is_a_figure(figure: Figure) -> None:
    assert own(figure.axes[0]).own == OwnFigure(figure, ALT)


@pytest.mark.parametrize("alt", ["", "  "])
def test_without_an_alternative_text_it_is_refused(figure: Figure, alt: str) -> None:
    with pytest.raises(ReportError, match=r"no alternative text \(fig-s3\)\. say in alt="):
        own(figure, alt=alt)


def test_other_things_are_no_figures() -> None:
    with pytest.raises(ReportError, match=r"figure= is a str, not a figure \(fig-s3\)"):
        own("figur.png")
    with pytest.raises(ReportError, match=r"written from the estimates \(fig-1\)\. leave alt out"):
        exhibit("fig-1", estimates(group=GROUPS), title="t", alt="en tekst")


def test_tidy_estimates_stay_tidy_beside_an_own_figure(figure: Figure) -> None:
    tidy = estimate_table((2022, "unge", 5.0, 0.1, 50), (2024, "unge", 7.0, 0.1, 4))
    made = exhibit("fig-s3", protect(tidy), figure=figure, alt="En figur.", title="t")
    assert "| 2024 | skjult | skjult | skjult | skjult |" in made.markdown()
    assert "færre enn 10 svar" in made.note and made._repr_mimebundle_()[EXHIBIT_MIME]["hidden"]
    assert made.csv().splitlines()[0].startswith("wave,population,group")


# Frames as tables.


def test_a_frame_is_a_table_in_bokmål_for_both_ways_out() -> None:
    shown = table(FRAME, title="Egen tabell", heads={"andel": "Andel, prosent"}, note="Eget.")._repr_mimebundle_()
    text = shown["text/markdown"]
    assert EXHIBIT_MIME not in shown and text.startswith("**Egen tabell**")
    assert '<th scope="col">Andel, prosent</th>' in text and '<th scope="row">Unge</th>' in text
    assert "<td>12,3</td><td>40</td>" in text and "<td>2024</td>" in text
    assert '"1\u202f234,5"' in text and "```{=typst}" in text and text.rstrip().endswith("Eget.\n:::")
    assert table(FRAME).markdown().count('aria-label="Tabell"') == 1


def test_a_numbered_table_can_be_downloaded() -> None:
    made = table(FRAME, "tbl-s1", title="Egen tabell")
    record = made._repr_mimebundle_()[EXHIBIT_MIME]
    assert (record["anchor"], record["title"], record["alt"]) == ("tabell-s1", "Egen tabell", "")
    assert "**Tabell\u00a0S1.** Egen tabell" in made.markdown() and "Last ned tallene" in made.markdown()
    assert record["csv"].startswith("gruppe,år,andel,personer\n")


def test_two_columns_of_words_give_groups_of_rows() -> None:
    frame = pd.DataFrame({"enhet": ["A", "A", "B"], "del": ["én", "to", "én"], "tall": [1.0, np.nan, 2.5]})
    grid = table(frame, "tbl-s1", title="t").grid  # type: ignore[union-attr]
    assert grid.heads == ("Tall",)
    assert [(name, [(row.head, row.cells[0].text) for row in rows]) for name, rows in grid.groups] == [
        ("A", [("Én", "1,0"), ("To", "–")]), ("B", [("Én", "2,5")])
    ]  # fmt: skip
    by_index = frame.drop(columns="enhet").set_index("del")
    assert table(by_index, "tbl-s1", title="t").grid.heads == ("Tall",)  # type: ignore[union-attr]


def test_of_estimates_the_keys_that_differ_are_shown_and_what_is_hidden_is_a_word() -> None:
    tidy = protect(estimate_table((2024, "unge", 5.0, 0.1, 50), (2024, "eldre", 7.0, 0.1, 4)))
    text = table(tidy).markdown()
    assert '<th scope="row">Unge</th><td>5,0</td><td>4,8</td><td>5,2</td><td>50</td>' in text
    assert '<th scope="row">Eldre</th><td>skjult</td><td>skjult</td><td>skjult</td><td>skjult</td>' in text
    assert "færre enn 10 svar" in text


# What exhibits and tables need.

TIDY = estimates(group=GROUPS, wave=[2022, 2024])


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"rows": "gruop"}, r"no column «gruop», which rows names \(fig-1\)\. did you mean «group»\? it has group"),
        ({"series": "waves"}, r"no column «waves», which series names .*did you mean «wave»\?"),
        ({"panels": "nav_region"}, r"no column «nav_region», which panels names"),
        ({"kind": "table", "columns": "waev"}, r"no column «waev», which columns names .*did you mean «wave»\?"),
        ({"kind": "scatter"}, r"«scatter» is no kind of exhibit \(fig-1\)\. take one of dots, curves"),
        ({"kind": "lines", "rows": "group"}, r"«group» holds what is no year or month \(fig-1; 4\)\. lines run over"),
    ],
)
def test_an_exhibit_says_what_it_lacks(settings: dict[str, str], message: str) -> None:
    with pytest.raises(ReportError, match=message):
        exhibit("fig-1", TIDY, **({"title": "t"} | settings))  # type: ignore[arg-type]


def test_a_frame_that_is_no_estimates_is_refused_with_what_it_lacks() -> None:
    with pytest.raises(ReportError, match=r"lacks the columns population, .*\(fig-1; 8\)\. give what an estimator"):
        exhibit("fig-1", FRAME, title="t")
    with pytest.raises(ReportError, match=r"the table is a list, not a frame \(fig-1\)"):
        exhibit("fig-1", [1, 2], title="t")  # type: ignore[arg-type]
    with pytest.raises(ReportError, match=r"the table has no rows \(tbl-s1\)"):
        table(FRAME.iloc[:0], "tbl-s1", title="t")
    with pytest.raises(ReportError, match=r"too few columns \(table\)"):
        table(FRAME[["andel"]])
    with pytest.raises(ReportError, match=r"no column «andeler», which heads, as andeler names .*mean «andel»\?"):
        table(FRAME, heads={"andeler": "Andel"})
    with pytest.raises(ReportError, match=r"«tabell-1» is no exhibit's id .*tbl-s1 are free for your own"):
        table(FRAME, "tabell-1", title="t")


# Drawing on axes as seaborn does it.


@pytest.fixture
def ax() -> plt.Axes:
    apply_style()
    return Figure(figsize=(6, 4)).subplots()


def marks(ax: plt.Axes, gid: str) -> list[Line2D]:
    return [line for line in ax.lines if line.get_gid() == gid]


def test_dots_name_their_rows_and_series(ax: plt.Axes) -> None:
    assert dots(data=TIDY, x="estimate", y="group", hue="wave", ax=ax) is ax
    assert [label.get_text() for label in ax.get_yticklabels()] == [name[0].upper() + name[1:] for name in GROUPS]
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["2022", "2024"]
    drawn = [float(line.get_xdata()[0]) for line in marks(ax, "dot")]
    assert drawn == pytest.approx(TIDY["estimate"].tolist())
    ends = [tuple(line.get_xdata()) for line in marks(ax, "interval")]
    assert np.allclose(ends, TIDY[["ci_low", "ci_high"]])
    low, high = ax.get_xlim()
    assert all(low <= value <= high for value in TIDY["ci_high"])


def test_any_column_may_hold_the_numbers_and_intervals_may_be_missing(ax: plt.Axes) -> None:
    dots(data=FRAME, x="andel", y="gruppe", ax=ax)
    assert [float(line.get_xdata()[0]) for line in marks(ax, "dot")] == [12.345, 1234.5]
    assert not marks(ax, "interval") and ax.get_legend() is None


def test_coefficients_have_a_line_at_zero(ax: plt.Axes) -> None:
    coefficients(data=TIDY, y="group", hue="wave", ax=ax)
    (zero,) = marks(ax, "zero")
    assert list(zero.get_xdata()) == [0, 0]


def test_bars_begin_at_nought_and_do_not_cover_each_other(ax: plt.Axes) -> None:
    bars(data=TIDY, y="group", hue="wave", ax=ax)
    drawn = sorted((p for p in ax.patches if p.get_gid() == "bar"), key=lambda bar: bar.get_y())
    assert len(drawn) == 8 and {bar.get_x() for bar in drawn} == {0.0}
    for one, other in pairwise(drawn):
        assert one.get_y() + one.get_height() <= other.get_y() + 1e-9


def test_stacked_fills_the_whole(ax: plt.Axes) -> None:
    shares = estimate_table(("A", "ja", 60.0, 1, 50), ("A", "nei", 40.0, 1, 50), keys=("group", "category"))
    stacked(data=shares, y="group", hue="category", ax=ax)
    segments = [patch for patch in ax.patches if isinstance(patch, Rectangle) and patch.get_gid() == "segment"]
    assert [(s.get_x(), s.get_width()) for s in segments] == [(0, 60), (60, 40)]
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["Ja", "Nei"]


def test_lines_and_bands_have_entries_for_a_key(ax: plt.Axes) -> None:
    lines(data=TIDY.iloc[::-1], x="wave", hue="group", ax=ax)
    assert [line.get_label() for line in marks(ax, "line")] == [name[0].upper() + name[1:] for name in GROUPS[::-1]]
    assert all((np.diff(line.get_xdata()) > 0).all() for line in marks(ax, "line"))
    curve = curves()[lambda t: t["wave"] == 2024]
    other = Figure().subplots()
    bands(data=curve, hue="group", ax=other)
    assert len(marks(other, "curve")) == 4 == len(other.collections)
    assert len(other.get_legend_handles_labels()[1]) == 4


def test_a_hidden_estimate_is_a_word_on_plain_axes_too(ax: plt.Axes) -> None:
    hidden = TIDY.assign(n=[4, *[50] * 7])
    dots(data=protect(hidden), y="group", hue="wave", ax=ax)
    assert [text.get_text() for text in ax.texts].count("skjult") == 1 and len(marks(ax, "dot")) == 7
    assert math.isnan(protect(hidden)["estimate"].iloc[0])


def test_they_draw_with_any_renderer(ax: plt.Axes) -> None:
    dots(data=estimates(category=ROLES), y="category", ax=ax)
    FigureCanvasAgg(ax.figure).draw()
