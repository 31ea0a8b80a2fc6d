"""Estimates written out, folded under a picture or beside the text that tells them, and as CSV; what that takes."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from pandas.api.types import is_numeric_dtype

from engine.data.registers import TIME, is_month, time_nb
from engine.disclosure.record import hidden_rows
from engine.errors import ReportError
from engine.outputs import EXHIBIT_MIME as MIME
from engine.outputs import sealed
from engine.table import COLUMNS, NUMBERS, About, about, is_estimated, keys_in, stack
from engine.vouched import vouched
from engine.words.numbers import HIDDEN, nb_list, nb_number, nb_place
from engine.words.prose import literal

from .style import sentence_case

# A column of a pipe table gets the room of its usual cell, so that one long cell does not widen it; longer ones wrap.
NARROWEST, WIDEST = 18, 60
NOT_KNOWN = "–"
EXTRA = ("x", "p_value", "stars", "standard_error_robust", "p_value_robust", "stars_robust", "link", "suppressed")
# Measures of registers of everyone.
COUNTED = ("count", "fte")
# Columns whose name in the codebook is missing or too long for a head.
HEADINGS = {
    "wave": "År", "population": "Utvalg", "item": "Gjelder", "answer": "Svar", "within": "Blant", "term": "Variabel",
    "outcome": "Utfall", "variable": "Kjennetegn", "value": "Verdi", "group": "Gruppe", "employer": "Ansatt",
    "part": "Del", "sample": "Utvalg", "method": "Metode", "age_group_followed": "Følger opp", "sector": "Ansatt",
}  # fmt: skip
NUMBER_HEADINGS = {"estimate": "Estimat", "ci_low": "95 % KI fra", "ci_high": "til", "n": "Antall svar"}


def numbers_table(table: pd.DataFrame, digits: int, x: str = "", words: Mapping[str, str] | None = None) -> str:
    """Estimates as a markdown pipe table: keys that tell rows apart, estimate, interval, persons."""
    if "x" in table and table["x"].notna().any():
        # A curve is 41 points; every tenth tells its shape. Predictions at a few values are all told.
        curves = table.groupby([key for key in keys_in(table) if key != "measure"])["estimate"]
        table = table[(curves.cumcount() % 10 == 0) | (curves.transform("size") < 10)]
    keys = [key for key in [*keys_in(table), "x"] if key in table and key != "measure" and table[key].nunique() > 1]
    given = {"x": sentence_case(x), **(words or {})}
    headings = {key: given.get(key) or heading(table, key) for key in keys}
    if any(is_month(wave) for wave in table.get("wave", ()) if "-" in str(wave)):
        headings["wave"] = "Måned"
    # Whole populations are counted: nothing was estimated.
    counted = bool(table["measure"].isin(COUNTED).all()) and len(table) > 0
    # Of a register of everyone there are shares without an interval.
    whole = about(table).counted != About.counted and table["ci_low"].isna().all()
    shown = ["estimate"] if whole else ["estimate", "ci_low", "ci_high"]
    names = {**NUMBER_HEADINGS, **({"estimate": "Andel"} if whole else {})}
    numbers = [*(names[name] for name in shown), f"Antall {about(table).counted}"]
    numbers = ["Antall"] if counted else numbers
    lines = [[headings[key] for key in keys] + numbers]
    lines.append(["---" if i < len(keys) else "--:" for i in range(len(lines[0]))])
    for _, row in table.iterrows():
        cells = [_key(key, row[key]) for key in keys]
        if counted:
            lines.append([*cells, nb_number(float(row["estimate"]))])
            continue
        decimals = 0 if row["measure"] in COUNTED else digits
        cells += [nb_number(float(row[name]), decimals) for name in shown]
        if not row["suppressed"]:
            # What is known but has no interval (a count) is not hidden.
            cells = [NOT_KNOWN if cell == HIDDEN else cell for cell in cells]
        lines.append([*cells, nb_number(float(row["n"]))])
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def told_of_models(table: pd.DataFrame) -> str:
    """Say which curves are logistic, since the line would have left 0–100 per cent; empty where none is."""
    chosen = (table["link"] == "logit").to_numpy() if "link" in table else np.zeros(len(table), dtype=bool)
    if not chosen.any():
        return ""
    keys = [key for key in keys_in(table) if table[key].nunique() > 1]
    names = dict.fromkeys(" i ".join(map(literal, row)) for row in table.loc[chosen, keys].astype(str).to_numpy())
    whose = f" for {nb_list(list(names))}" if keys else ""
    if len(names) > 1:
        return f"Kurvene{whose} er logistiske, siden lineære ville gått utenfor 0–100 prosent."
    return f"Kurven{whose} er logistisk, siden en lineær ville gått utenfor 0–100 prosent."


def heading(table: pd.DataFrame, key: str) -> str:
    """Head of a column in bokmål: the table's own word for it, a short one, or the variable's label."""
    own = {**HEADINGS, **about(table).headings}
    return own.get(key) or sentence_case(about(table).label(key))


def _key(key: str, value: Any) -> str:
    if key == "x":
        # Coefficients beside a curve have no place on its axis.
        return "" if pd.isna(value) else nb_place(float(str(value)))
    return time_nb(value) if key == "wave" and "-" in str(value) else literal(value)


def numbers_csv(table: pd.DataFrame) -> str:
    """Tidy estimates as CSV with decimal points."""
    extra = [column for column in EXTRA if column in table]
    return csv_text(table[[*keys_in(table), *NUMBERS, *extra]])


FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_text(table: pd.DataFrame) -> str:
    """Write a frame as CSV in which no word begins as a formula: a spreadsheet would run it."""

    def safe(cell: Any) -> Any:
        return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell

    def plain(column: pd.Series) -> pd.Series:
        return column if is_numeric_dtype(column) else column.astype(object).map(safe)

    written = table.apply(plain) if len(table) else table
    return str(written.to_csv(index=False, lineterminator="\n", float_format="%.10g"))


BESIDE = re.compile(r"text(-[a-z-]+)?|(fig|tbl)-[kv]?\d+\+")


@dataclass(frozen=True)
class Supplement:
    """Estimates that the text tells beside an exhibit, under a fold."""

    identifier: str
    table: pd.DataFrame
    digits: int

    def __repr__(self) -> str:
        """Number only: the estimates stand in the markdown."""
        return f"{self.identifier}: {len(self.table)} estimates"

    @property
    def anchor(self) -> str:
        """Id in the page: `tall-fig-25-i-teksten`."""
        return f"tall-{self.identifier.removesuffix('+')}-i-teksten"

    def markdown(self) -> str:
        """Folded table as Pandoc markdown; where the edition has no estimate, a mark that the book's filter reads."""
        if self.table.empty:
            return f"<!-- not asked: {self.anchor} -->\n"
        return (
            f'::: {{.exhibit-numbers #{self.anchor} title="Vis tallene bak teksten"}}\n'
            f"{numbers_table(self.table, self.digits, 'ved')}\n:::\n"
        )

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        record = {
            "id": self.identifier, "anchor": self.anchor, "title": "", "alt": "", "svg_narrow": "", "note": "",
            "csv": numbers_csv(self.table), "variables": list(about(self.table).variables),
            "hidden": hidden_rows(self.table), "estimated": is_estimated(self.table),
        }  # fmt: skip
        return sealed({"text/markdown": self.markdown(), MIME: record})


def supplement(identifier: str, *tables: pd.DataFrame, digits: int = 1) -> Supplement:
    """Show the estimates that the text tells without a figure, folded, so that they can be checked too.

    Parameters
    ----------
    identifier : str
        The exhibit beside which they stand with a plus (`fig-25+`), or `text-…`.
    *tables : pandas.DataFrame
        Tidy estimates, put below each other.
    digits : int
        Decimals shown.

    Returns
    -------
    Supplement
        Shows itself when it is a cell's last line.

    Raises
    ------
    ReportError
        When the id is not of that form.

    Examples
    --------
    >>> supplement("fig-16+", mean(now, "caseload", by="sector"))
    fig-16+: 2 estimates
    """
    if not BESIDE.fullmatch(identifier):
        what = f"«{identifier}» is no id of numbers in the text"
        raise ReportError(what, "supplement", remedy="write fig-25+ or text-…")
    return Supplement(identifier, vouched(stack(*tables)), digits)


def is_tidy(frame: pd.DataFrame) -> bool:
    """Whether a frame is a table of estimates."""
    return {*COLUMNS, "suppressed"} <= {*frame.columns}


def check_frame(identifier: str, table: object) -> None:
    """Refuse what is no frame, and a frame of an author's own without rows."""
    if not isinstance(table, pd.DataFrame):
        remedy = "give a DataFrame, for instance what mean or share returned"
        raise ReportError(f"the table is a {type(table).__name__}, not a frame", identifier, remedy=remedy)
    if table.empty and not is_tidy(table):
        raise ReportError("the table has no rows", identifier, remedy="look at what made it")


def check_table(identifier: str, table: object) -> None:
    """Refuse a frame that is no table of estimates."""
    check_frame(identifier, table)
    lacking = [column for column in [*COLUMNS, "suppressed"] if column not in table]  # type: ignore[operator]
    if lacking:
        raise ReportError(
            f"the table lacks the columns {', '.join(lacking)}", identifier, len(lacking),
            "give what an estimator returned (mean, share, regression …); show any other frame with table(frame), or "
            "beside a figure of your own with figure=",
        )  # fmt: skip


def check_columns(identifier: str, table: pd.DataFrame, wanted: Mapping[str, str]) -> None:
    """Refuse a column that the table lacks, and name the nearest and those that tell its rows apart."""
    for argument, column in wanted.items():
        # What an edition did not ask has no rows, and not all columns.
        if column and column not in table and not (table.empty and is_tidy(table)):
            there = [str(name) for name in table if name in keys_in(table) or table[name].nunique() > 1]
            near = difflib.get_close_matches(column, there, 1)
            asked = f"did you mean «{near[0]}»? " if near else ""
            raise ReportError(
                f"the table has no column «{column}», which {argument} names", identifier,
                remedy=f"{asked}it has {', '.join(there)}",
            )  # fmt: skip


def check_times(identifier: str, times: pd.Series, column: str) -> None:
    """Refuse rows of a line that are no points in time."""
    wrong = sum(TIME.fullmatch(str(time)) is None for time in set(times))
    if wrong:
        what = f"the column «{column}» holds what is no year or month"
        raise ReportError(what, identifier, wrong, "lines run over time: take rows='wave', or another kind")


def pipe_table(table: pd.DataFrame, right: Sequence[str] = ()) -> str:
    """Write a pipe table, the columns in `right` to the right; in print columns have the shares of the dashes."""
    body = [
        ["" if pd.isna(cell) else str(cell).replace("|", "\\|") for cell in row]
        for row in table.itertuples(index=False)
    ]
    head = [str(column) for column in table.columns]
    filled = [[len(row[at]) for row in [head, *body] if row[at]] for at in range(len(head))]
    dashes = ["-" * min(max(sum(lengths) // len(lengths), NARROWEST), WIDEST) for lengths in filled]
    dashes = [f"{line}:" if name in right else f":{line}" for name, line in zip(head, dashes, strict=True)]
    return "\n".join("| " + " | ".join(line) + " |" for line in [head, dashes, *body])


def waves_without(table: pd.DataFrame) -> list[str]:
    """Say which waves did not ask for some of the items, or for a domain."""
    key = next((key for key in ("item", "within") if key in table), "")
    if not key or "wave" not in table:
        return []
    waves = set(table["wave"])
    missing: dict[tuple[object, ...], list[str]] = {}
    for name, part in table.groupby(key, sort=False):
        without = tuple(sorted(waves - set(part["wave"])))
        missing.setdefault(without, []).append(str(name))
    return [
        f"Ikke spurt i {nb_list([str(wave) for wave in without])}: {nb_list(names)}."
        for without, names in missing.items()
        if without
    ]
