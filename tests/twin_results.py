"""What came out of the published twin and of another seed: `PYTHONPATH=. python tests/twin_results.py SEED FOLDER`.

Writes tests/twin_results.csv and, from it and the twin's tables, the parts of data/twin/README.md between its marks.
Nothing there is typed: a test holds the README to the tables and to the digests of the twins that were measured.
"""

from __future__ import annotations

import csv
import hashlib
import re
import sys
from collections import Counter
from itertools import groupby
from pathlib import Path

import pandas as pd
from scipy.stats import f as f_distribution

from tests.twin_bounds import stars, totals
from tests.twin_survey import COUNSELLORS, PROJECT, read, table
from twin import DEFAULT_SEED, digests, ensure_twin
from twin.tables import ASSUMPTION, settings

RESULTS, README = PROJECT / "tests" / "twin_results.csv", PROJECT / "data" / "twin" / "README.md"
SECOND = 7
PRIORITY, PARTS = "comp_leadership", ("comp_guidance", "comp_labour_market")
# Answers of fewer colleagues than this make no office's mean.
COLLEAGUES = 8
# What says who somebody is, and no answer.
FRAME = {"wave", "respondent_id", "office_id", "office_size", "nav_region", "weight", "has_caseload", "sector"}


def mark(seed: int) -> str:
    """Return twelve characters for the survey twin of a seed as data/twin/digests.csv knows it."""
    lines = [f"{name} {digest}\n" for name, digest in digests.published(digests.SURVEY, seed).items()]
    return hashlib.sha256("".join(lines).encode()).hexdigest()[:12]


def intraclass(answers: pd.Series, office: pd.Series) -> tuple[float, float]:
    """Intraclass correlation by analysis of variance, and the chance of one so low where offices do not matter."""
    groups = answers.groupby(office)
    counts, count = groups.size().to_numpy(), len(answers)
    between = float((counts * (groups.mean().to_numpy() - answers.mean()) ** 2).sum()) / (len(counts) - 1)
    within = float(((answers - groups.transform("mean")) ** 2).sum()) / (count - len(counts))
    typical = (count - (counts**2).sum() / count) / (len(counts) - 1)
    place = float(f_distribution.cdf(between / within, len(counts) - 1, count - len(counts)))
    return (between - within) / (between + (typical - 1) * within), place


def measured(folder: Path) -> dict[str, str]:
    """Measure a twin's files."""
    people = read(folder)[0]
    now = people[people["wave"] == 2024].query(COUNSELLORS)
    found = stars(people)
    found["annex"] = found["id"].str.extract(r"vedlegg-(\d)", expand=False)
    result = {"mark": digests.mark(folder)}
    for annex, part in found.groupby("annex"):
        same = part["printed"] == part["ours"]
        result[f"stars of annex {annex} that agree"] = f"{int(same.sum())} of {len(part)}"
        beyond = int((~same & ~part["reach"]).sum())
        result[f"… of annex {annex} out of reach: no number inside the print earns them"] = str(beyond)
    alike = [
        intraclass(known, now.loc[known.index, "office_id"])
        for name in now.columns if name not in FRAME
        for known in [now[name][now[name] >= 0].dropna()] if known.nunique() > 1 and len(known) > 300
    ]  # fmt: skip
    result["variables of counsellors 2024 whose offices could be compared"] = str(len(alike))
    result["… with a negative intraclass correlation"] = str(sum(value < 0 for value, _ in alike))
    result["… with a significantly negative one"] = str(sum(place < 0.025 for _, place in alike))
    means = now.groupby("office_id")[[PRIORITY, *PARTS]].mean()[now.groupby("office_id").size() >= COLLEAGUES]
    for part in PARTS:
        both = f"{now[PRIORITY].corr(now[part]):.2f} and {means[PRIORITY].corr(means[part]):.2f}"
        result[f"correlation of {PRIORITY} and {part}, among persons and among offices"] = both
    weight = now["weight"]
    kish = 1 + weight.var(ddof=0) / weight.mean() ** 2
    result["design effect of the weights among counsellors (Kish)"] = f"{kish:.3f}"
    return result


def saved() -> list[dict[str, str]]:
    """Read tests/twin_results.csv: measure, published, second."""
    with RESULTS.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def parts() -> dict[str, str]:
    """Write the README's generated parts."""
    targets = table("twin/survey_targets.csv") + table("twin/item_targets.csv")
    kinds = Counter(
        "own" if row["source"] == ASSUMPTION else "number" if "/" in row["source"] else "words" for row in targets
    )
    numbers = (
        f"{len(targets)} targets: {kinds['number']} stand on a printed number, {kinds['words']} on what an exhibit's "
        f"text says, {kinds['own']} are our own."
    )
    seconds = [[row["measure"], row["published"], row["second"]] for row in saved()]
    refused = totals()
    return {
        "numbers": numbers,
        "results": _pipe(["measure", f"seed {DEFAULT_SEED}", f"seed {SECOND}"], seconds),
        "assumptions": _assumptions(targets),
        "totals": ", ".join(f"`{name}`" for name in refused.loc[~refused["attainable"], "id"]) + ".",
        "contradicted": _contradicted(),
    }


def _assumptions(targets: list[dict[str, str]]) -> str:
    """Tabulate what nobody printed: single numbers, numbers of persons, and targets by column and reason."""
    notes = {row["name"]: row["note"] for row in table("twin/settings.csv")}
    rows = [[f"`{name}`", f"{value:g}", notes[name] or "a setting of the model"] for name, value in settings().items()]
    rows += [
        [f"{row['stage']} {row['wave']}" + ", state" * bool(row["sector"]), row["value"], row["note"]]
        for row in table("twin/quotas.csv") if row["source"] == ASSUMPTION
    ]  # fmt: skip

    def kind(row: dict[str, str]) -> tuple[str, str]:
        return row["variable"], row["note"] or f"a term of {row['model']}: printed only for the whole"

    own = sorted((row for row in targets if row["source"] == ASSUMPTION), key=kind)
    for (variable, note), group in groupby(own, key=kind):
        chosen = list(group)
        ends = [float(row[end]) for row in chosen for end in ("low", "high") if row[end]]
        rows.append([f"`{variable}`, {len(chosen)}", f"{min(ends):g} to {max(ends):g}", note])
    return _pipe(["what, and how many targets", "chosen", "why"], rows)


def _contradicted() -> str:
    """List the printed numbers that others of the print contradict, one line a reason."""
    judged = [row for row in table("published/rapport/verdicts.csv") if row["status"].startswith("contradicted")]
    reasons = sorted({(row["reason"], row["status"]) for row in judged})
    rows = [[", ".join(f"`{row['id']}`" for row in judged if row["reason"] == reason), reason] for reason, _ in reasons]
    return _pipe(["rows", "why"], rows)


def _pipe(heads: list[str], rows: list[list[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def rendered(text: str) -> str:
    """Fill the generated parts of a README; each stands between `<!-- made: NAME -->` and `<!-- end -->`."""
    made = parts()
    return re.sub(
        r"(<!-- made: (\w+) -->\n).*?(<!-- end -->)",
        lambda found: f"{found[1]}{made[found[2]]}\n{found[3]}",
        text,
        flags=re.DOTALL,
    )


def main() -> None:
    """Measure both twins, write the results and the README."""
    if len(sys.argv) > 2:
        seed, folder = int(sys.argv[1]), ensure_twin(Path(sys.argv[2]), int(sys.argv[1]))
        assert seed == SECOND
        ours, other = measured(ensure_twin(Path("_data/twin"), DEFAULT_SEED)), measured(folder)
        with RESULTS.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerows([("measure", "published", "second"), *((name, ours[name], other[name]) for name in ours)])
    README.write_text(rendered(README.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
