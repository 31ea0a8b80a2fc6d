"""Apply plausible wrong changes to the estimators, one at a time, and see that a test catches each.

Works in a temporary copy of the project; nothing here is changed. pytest does not collect this file: `make mutations`.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

PROJECT = Path(__file__).resolve().parents[1]
# What a copy needs: no data, no finished book, no environment.
LEFT_OUT = shutil.ignore_patterns(".*", "_book", "_cache", "_data", "__pycache__", "*.egg-info", "docs")
LIMIT = 300
CAUGHT, SURVIVED, STALE, BROKEN = "caught", "SURVIVED", "DOES NOT APPLY", "BROKEN"
# Exit statuses of pytest.
PASSED, FAILED = 0, 1
EXAMPLES = """examples:
  python tests/mutations.py                     all of them: a few minutes
  python tests/mutations.py --list              what they are, and the tests that must catch them
  python tests/mutations.py half-even HC0       those whose name holds one of the words

exit status: 0 all caught; 1 one survived or no longer applies, or its tests fail without it
"""


@dataclass(frozen=True)
class Mutation:
    """One wrong change: in `file`, `old` (which stands there once) becomes `new`; `tests` must fail."""

    name: str
    file: str
    old: str
    new: str
    tests: str


ESTIMATES, EDGE = "tests/test_estimates.py", "tests/test_edge_oracle.py"
MUTATIONS = (
    # What must not leave, and what can't lie.
    Mutation(
        "kept file served without its digest",
        "press/kept.py",
        "beside(path).read_text(encoding=\"ascii\").strip() == digest_of(path.read_bytes())",
        "beside(path).is_file() and path.is_file()",
        "tests/test_kept.py",
    ),
    Mutation(
        "preview open to who has no cookie",
        "press/preview/server.py",
        "return found is not None and self.server.is_secret(found.value)",
        "return True",
        "tests/test_preview.py",
    ),
    Mutation(
        "an output without its seal let through",
        "press/gate.py",
        "told = unsealed(data, secret)",
        "told = dict(data)",
        "tests/test_gate.py",
    ),
    Mutation(
        "a table of persons let through",
        "press/gate.py",
        "if record is not None and not record.get(\"estimated\"):",
        "if record is None and not data:",
        "tests/test_gate.py",
    ),
    Mutation(
        "an inline value read from rows let through",
        "engine/words/provenance.py",
        "whole = isinstance(self._value(node), pd.DataFrame)",
        "whole = True",
        "tests/test_gate.py",
    ),
    Mutation(
        "only unweighted shares have small numerators",
        "engine/disclosure/secondary.py",
        "some = [cell for cell in answers if len(cell.persons)]",
        "some = [cell for cell, one in zip(answers, behind, strict=True) if one.exact and len(cell.persons)]",
        "tests/test_se_attack.py",
    ),
    Mutation(
        "audit without the data's ids in columns",
        "press/audit/ids.py",
        "rarity(numbers, known) <= RARE_IN_COLUMN",
        "rarity(numbers, known) < 0",
        "tests/test_plants.py",
    ),
    Mutation(
        "audit without invisible signs taken out",
        "press/audit/rules.py",
        "shown = INVISIBLE.sub(\"\", unicodedata.normalize(\"NFKC\", text))",
        "shown = unicodedata.normalize(\"NFKC\", text)",
        "tests/test_plants.py",
    ),
    Mutation(
        "absurd numbers let through",
        "engine/data/files.py",
        "absurd = int(((present < low) | (present > high)).sum())",
        "absurd = 0",
        "tests/test_bad_data.py",
    ),
    Mutation(
        "markup of a label let through",
        "engine/words/prose.py",
        "return MARKS.sub(lambda mark: f\"\\\\{mark.group()}\", BREAKS.sub(\" \", str(text)).strip())",
        "return BREAKS.sub(\" \", str(text)).strip()",
        "tests/test_escaping.py",
    ),
    # Means and shares.
    Mutation(
        "mean without weights",
        "engine/estimates/linearized.py",
        "float((weight * filled).sum() / sum_of_weights)",
        "float(filled[weight > 0].mean())",
        ESTIMATES,
    ),
    Mutation(
        "missing answers as zero",
        "engine/estimates/weighted.py",
        "frame[variable].to_numpy(dtype=float, na_value=np.nan)",
        "frame[variable].fillna(0).to_numpy(dtype=float)",
        ESTIMATES,
    ),
    Mutation(
        "not asked counts as no in a multi-response share",
        "engine/estimates/weighted.py",
        'return [("", 100.0 * known)]',
        'return [("", 100.0 * np.nan_to_num(known))]',
        ESTIMATES,
    ),
    Mutation(
        "shares of all instead of those who answered",
        "engine/estimates/weighted.py",
        "np.where(column.isna(), np.nan, 100.0 * here)",
        "100.0 * here.to_numpy(dtype=float)",
        ESTIMATES,
    ),
    Mutation(
        "total of those in a group only",
        "engine/estimates/weighted.py",
        "if not (name == total and level == TOTAL):",
        "if name == total and level == TOTAL:\n                chosen &= frame[name].notna()\n            else:",
        ESTIMATES,
    ),
    Mutation(
        "a domain as a sample of its own",
        "engine/estimates/linearized.py",
        "sampled = np.isin(strata, strata[weight > 0])",
        "sampled = weight > 0",
        ESTIMATES,
    ),
    Mutation(
        "waves are no strata",
        "engine/estimates/linearized.py",
        "influence[sampled], strata[sampled], None",
        "influence[sampled], None, None",
        f"{EDGE} -k mean",
    ),
    Mutation(
        "clusters ignored",
        "engine/estimates/linearized.py",
        "None if cluster is None else cluster[sampled]", "None", ESTIMATES
    ),
    Mutation(
        "n instead of n-1",
        "engine/estimates/linearized.py",
        "sampled / (sampled - 1)",
        "sampled / sampled",
        "tests/test_linearization.py",
    ),
    Mutation(
        "squares not centred in a stratum",
        "engine/estimates/linearized.py",
        "(values - means[stratum])",
        "values",
        "tests/test_linearization.py",
    ),
    Mutation(
        "interval of 90 per cent",
        "engine/table.py",
        "1.959963984540054",
        "1.6448536269514722",
        "tests/test_linearization.py",
    ),
    Mutation(
        "ratio as the mean of persons' own ratios",
        "engine/estimates/linearized.py",
        "np.where(there, base, 0.0)).sum()\n",
        "there).sum()\n",
        "tests/test_totals.py",
    ),
    Mutation(
        "error of a ratio as if its base were known",
        "engine/estimates/linearized.py",
        "filled - estimate * np.where(there, base, 0.0)",
        "filled - filled[there].mean()",
        "tests/test_totals.py",
    ),
    Mutation(
        "totals hidden as means are",
        "engine/estimates/weighted.py",
        "exact = added or any(",
        "exact = any(",
        "tests/test_totals.py",
    ),
    Mutation(
        "a base that one person makes is shown",
        "engine/estimates/weighted.py",
        '"ratio": 2}',
        '"ratio": 1}',
        "tests/test_totals.py",
    ),
    Mutation(
        "an estimate without an error is shown",
        "engine/estimates/weighted.py",
        "(table[\"estimate\"].notna() & table[\"standard_error\"].isna()).to_numpy()",
        "(table[\"estimate\"].isna() & table[\"standard_error\"].isna()).to_numpy()",
        "tests/test_lonely.py",
    ),
    Mutation(
        "a share's interval below nobody",
        "engine/estimates/weighted.py",
        "    if leaving.any():",
        "    if False:",
        f"{EDGE} -k share",
    ),
    Mutation(
        "interval by the logit without its slope",
        "engine/estimates/linearized.py",
        "(error / PERCENT) / (part * (1.0 - part))",
        "(error / PERCENT)",
        f"{EDGE} -k share",
    ),
    Mutation(
        "a line outside of 0-100 is drawn",
        "engine/estimates/curves.py",
        "    if outside(line).any():",
        "    if False:",
        "tests/test_share_intervals.py",
    ),
    Mutation(
        "tables 1 and 2 weighted",
        "engine/estimates/weighted.py",
        "described(frame.assign(weight=1.0), about(frame))",
        "described(frame.copy(), about(frame))",
        f"{EDGE} -k unweighted",
    ),
    Mutation(
        "roles divided by everyone, not by who has them",
        "engine/estimates/profiles.py",
        "frame[frame[item] == 1] for item",
        "frame[frame[item].notna()] for item",
        "tests/test_profiles.py",
    ),
    # Weights.
    Mutation(
        "weights not of mean 1",
        "engine/data/persons.py",
        " * (len(respondents) / len(frame))", "", "tests/test_persons.py"
    ),
    Mutation(
        "weights upside down",
        "engine/data/persons.py",
        "in_frame / in_sample *",
        "in_sample / in_frame *",
        "tests/test_persons.py",
    ),
    Mutation(
        "office sizes closed to the right",
        "engine/data/persons.py",
        "right=False", "right=True", "tests/test_persons.py"
    ),
    Mutation(
        "design effect without squares",
        "engine/estimates/respondents.py",
        "(weight**2).sum() / weight.sum() ** 2",
        "weight.sum() / weight.sum() ** 2",
        "tests/test_representation.py",
    ),
    Mutation(
        "response among those who answered",
        "engine/estimates/respondents.py",
        "100 * len(answered) / len(invited), len(invited)",
        "100 * len(answered) / len(answered), len(invited)",
        "tests/test_participation.py",
    ),
    # Who is counted, and what answers mean.
    Mutation(
        "leaders are counsellors, too",
        "engine/data/persons.py",
        '"and role_leader!=1"\n    ),\n    # Footnotes 20',
        '""\n    ),\n    # Footnotes 20',
        "tests/test_persons.py",
    ),
    Mutation(
        "chapter 8 leaves out the wrong answer on sick leave",
        "engine/data/persons.py",
        "sick_leave_work!=3",
        "sick_leave_work!=2",
        "tests/test_persons.py",
    ),
    Mutation(
        "3 counts as enough time",
        "engine/data/persons.py",
        'among(frame, "time_competence", (4, 5))',
        'among(frame, "time_competence", (3, 4, 5))',
        "tests/test_persons.py",
    ),
    Mutation(
        "unanswered items as zero in a mean of items",
        "engine/data/persons.py",
        "frame[list(names)].astype(float).mean",
        "frame[list(names)].astype(float).fillna(0).mean",
        "tests/test_persons.py",
    ),
    Mutation(
        "codes in another order of labels",
        "engine/data/survey.py",
        "enumerate(variable.codes)",
        "enumerate(reversed(variable.codes))",
        "tests/test_survey.py -k frames",
    ),
    Mutation(
        "the first wave is the current one",
        "engine/data/survey.py",
        'frame[frame["wave"] == self.year]',
        'frame[frame["wave"] == self.waves[0]]',
        "tests/test_survey.py -k current",
    ),
    # Curves.
    Mutation(
        "curve without weights",
        "engine/estimates/curves.py",
        "WLS(response, matrix, weights=weight)",
        "WLS(response, matrix)",
        "tests/test_curves.py",
    ),
    Mutation(
        "band of another wave's persons",
        "engine/estimates/curves.py",
        "sampled = np.isin(wave, wave[chosen])",
        "sampled = np.ones(len(wave), dtype=bool)",
        "tests/test_curves.py",
    ),
    Mutation(
        "logistic band on the scale of shares",
        "engine/estimates/curves.py",
        "PERCENT * expit(score + z * error)",
        "PERCENT * (share + z * share * (1 - share) * error)",
        "tests/test_logit.py",
    ),
    # Regressions.
    Mutation(
        "HC0 instead of HC1",
        "engine/estimates/models.py",
        'solver.fit(cov_type="HC1"',
        'solver.fit(cov_type="HC0"',
        "tests/test_regressions.py -k dummy",
    ),
    Mutation(
        "normal p-values instead of t",
        "engine/estimates/models.py",
        'cov_type="HC1", use_t=True)\n        covariance',
        'cov_type="HC1", use_t=False)\n        covariance',
        f"{EDGE} -k regression",
    ),
    Mutation(
        "normal quantile instead of t",
        "engine/estimates/models.py",
        "t.ppf(0.975, fit.freedom)",
        "t.ppf(0.975, np.inf)",
        f"{EDGE} -k regression",
    ),
    Mutation(
        "regression without weights",
        "engine/estimates/models.py",
        "made.matrix / scale, weights=model.weights)",
        "made.matrix / scale)",
        f"{EDGE} -k regression",
    ),
    Mutation(
        "the base's name for another category",
        "engine/estimates/formulas.py",
        "levels[name][1:]",
        "levels[name][:-1]",
        "tests/test_regressions.py -k dummy",
    ),
    Mutation(
        "number of a county's category reversed",
        "engine/data/persons.py",
        'return _column(frame, "nav_region")',
        'return -_column(frame, "nav_region")',
        "tests/test_regressions.py -k agree_with_r",
    ),
    Mutation(
        "margins without weights",
        "engine/estimates/formulas.py",
        "np.average(rows, axis=0, weights=weight)",
        "np.average(rows, axis=0)",
        f"{EDGE} -k margins",
    ),
    Mutation(
        "a value set in no column",
        "engine/estimates/formulas.py",
        "self.at(self.known.assign(**{variable: same}))",
        "self.at(self.known)",
        "tests/test_regressions.py -k square",
    ),
    Mutation(
        "turning point of the other sign",
        "engine/estimates/models.py",
        '"estimate": -one / (2.0 * two),',
        '"estimate": one / (2.0 * two),',
        "tests/test_regressions.py -k parabola",
    ),
    Mutation(
        "stars from 10 per cent",
        "engine/estimates/models.py",
        '(0.05, "*")',
        '(0.10, "*")',
        "tests/test_regressions.py -k stars",
    ),
    Mutation(
        "a perfect fit has errors",
        "engine/estimates/cells.py",
        "EXACT = 1e-24", "EXACT = 0.0", f"{EDGE} -k regression"
    ),
    # Mixed model and offices.
    Mutation(
        "maximum likelihood instead of REML",
        "engine/estimates/mixed.py",
        "float(matrix.shape[0] - matrix.shape[1])",
        "float(matrix.shape[0])",
        "tests/test_regressions.py -k balanced",
    ),
    Mutation(
        "intraclass correlation of standard deviations",
        "engine/estimates/mixed.py",
        "self.sd_between**2 / (self.sd_between**2 + self.sd_within**2)",
        "self.sd_between / (self.sd_between + self.sd_within)",
        "tests/test_regressions.py -k balanced",
    ),
    Mutation(
        "change from the last wave",
        "engine/estimates/office_panel.py",
        "in_{year}\": np.asarray(wave == year",
        "in_{year}\": np.asarray(wave == waves[0]",
        "tests/test_office_panel.py",
    ),
    Mutation(
        "no office effects",
        "engine/estimates/office_panel.py",
        "*(['EntityEffects'] if within else [])",
        "*([])",
        "tests/test_office_panel.py",
    ),
    # Numbers and words.
    Mutation(
        "half-even rounding",
        "engine/words/numbers.py",
        "rounding=ROUND_HALF_UP",
        'rounding="ROUND_HALF_EVEN"',
        "tests/test_numbers.py",
    ),
    Mutation(
        "waves swapped in a difference",
        "engine/words/verdict.py",
        "second.value - first.value",
        "first.value - second.value",
        "tests/test_verdict.py",
    ),
    Mutation(
        "errors of a difference added",
        "engine/words/verdict.py",
        "math.sqrt(first.standard_error * first.standard_error + second.standard_error * second.standard_error)",
        "first.standard_error + second.standard_error",
        "tests/test_verdict.py",
    ),
    Mutation(
        "a tendency called clear",
        "engine/words/verdict.py",
        "if low >= 0 or high <= 0:",
        "if abs(value) >= TENDENCY_ERRORS * error:",
        "tests/test_verdict.py",
    ),
    Mutation(
        "a hidden estimate is no difference",
        "engine/words/verdict.py",
        "    if not math.isfinite(value):\n        return Verdict(math.nan, HIDDEN)\n    if not low < high:",
        "    if not math.isfinite(value):\n        return Verdict(0.0, UNCHANGED)\n    if not low < high:",
        "tests/test_verdict.py",
    ),
    Mutation(
        "a coefficient without a test is called none",
        "engine/words/verdict.py",
        "    if math.isnan(p_value):\n",
        "    if False:\n",
        "tests/test_verdict.py",
    ),
    Mutation(
        "a finding on a falling wave holds for a rising one",
        "ledger/claims.py",
        "UP, DOWN = 1, -1",
        "UP, DOWN = 1, 1",
        "tests/test_claims.py",
    ),
    # Digits that leave.
    Mutation(
        "ten digits are told",
        "engine/vouched.py",
        "DIGITS, MOST_DECIMALS = 7, 12",
        "DIGITS, MOST_DECIMALS = 10, 12",
        "tests/test_vouched.py -k digits",
    ),
    Mutation(
        "a half hangs on the last bit",
        "engine/vouched.py",
        "NEARLY = 1e-3",
        "NEARLY = 0.0",
        "tests/test_vouched.py -k half",
    ),
    Mutation(
        "sentences with all digits",
        "engine/table.py",
        "return vouched(matching(table, *names))",
        "return matching(table, *names)",
        "tests/test_vouched.py -k shown",
    ),
    # The register.
    Mutation(
        "register shares of the whole sample",
        "engine/register/shares.py",
        "estimates = 100.0 * (told @ flat) / wholes[:, None]",
        "estimates = 100.0 * (told @ flat) / flat.sum()",
        "tests/test_register_estimates.py -k shares",
    ),
    Mutation(
        "thirty is under thirty",
        "engine/register/rules.py",
        'nw.col("age_years") < AGE_LIMIT',
        'nw.col("age_years") <= AGE_LIMIT',
        "tests/test_register.py -k person",
    ),
    Mutation(
        "duration with one end",
        "engine/register/rules.py",
        'nw.col("start").dt.month() + 1)',
        'nw.col("start").dt.month())',
        "tests/test_register.py -k person",
    ),
    Mutation(
        "women as reference",
        "engine/register/regressions.py",
        "C(gender, Treatment(2))",
        "C(gender, Treatment(1))",
        "tests/test_register_estimates.py -k rows",
    ),
)


def run_tests(copy: Path, tests: str) -> tuple[int | None, str]:
    """Exit status of pytest on some tests of the copy, and what it said; no status where they take too long."""
    where, _, chosen = tests.partition(" -k ")
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-x",
        "-q",
        "-p",
        "no:randomly",
        where,
        *(["-k", chosen] if chosen else []),
    ]
    environment = os.environ | {"PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        done = subprocess.run(command, cwd=copy, env=environment, capture_output=True, text=True, timeout=LIMIT)
    except subprocess.TimeoutExpired:
        return None, f"no answer within {LIMIT} s"
    return done.returncode, done.stdout


def tried(copy: Path, mutation: Mutation) -> str:
    """Apply a change to the copy, run its tests, and take it back."""
    path = copy / mutation.file
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    if text.count(mutation.old) != 1:
        return STALE
    path.write_text(text.replace(mutation.old, mutation.new), encoding="utf-8")
    try:
        status, _ = run_tests(copy, mutation.tests)
    finally:
        path.write_text(text, encoding="utf-8")
    return {PASSED: SURVIVED, FAILED: CAUGHT}.get(status if status is not None else -1, BROKEN)


def chosen_mutations(words: list[str]) -> list[Mutation]:
    """Mutations whose name holds one of the words, all without words."""
    return [m for m in MUTATIONS if not words or any(word.lower() in m.name.lower() for word in words)]


def main() -> int:
    """Run the mutations and tell which tests caught them."""
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("words", nargs="*", metavar="WORD", help="only mutations whose name holds one of the words")
    parser.add_argument("--list", action="store_true", help="list the mutations and the tests that must catch them")
    options = parser.parse_args()
    mutations = chosen_mutations(options.words)
    if options.list:
        print(*(f"{m.name:55} {m.file:40} {m.tests}" for m in mutations), sep="\n")
        return 0
    if not mutations:
        parser.error("no mutation has such a name; see --list")
    # Stopped from outside, the copy is removed, too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    with TemporaryDirectory(prefix="mutations-") as folder:
        copy = Path(folder) / "project"
        shutil.copytree(PROJECT, copy, ignore=LEFT_OUT)
        wanted = list(dict.fromkeys(m.tests for m in mutations))
        for number, tests in enumerate(wanted, 1):
            print(f"unchanged [{number}/{len(wanted)}] {tests} …", end=" ", flush=True)
            status, said = run_tests(copy, tests)
            print("pass" if status == PASSED else "FAIL")
            if status != PASSED:
                print(said[-2000:], file=sys.stderr)
                print("Tests must pass before they can catch anything: mend them first.", file=sys.stderr)
                return 1
        results = []
        for number, mutation in enumerate(mutations, 1):
            print(f"[{number}/{len(mutations)}] {mutation.name} …", end=" ", flush=True)
            start = time.monotonic()
            results.append(tried(copy, mutation))
            print(f"{results[-1]} ({time.monotonic() - start:.0f} s)", flush=True)
    print(f"{results.count(CAUGHT)} of {len(results)} caught")
    for mutation, result in zip(mutations, results, strict=True):
        if result != CAUGHT:
            print(f"{result}: {mutation.name} ({mutation.file}; {mutation.tests})", file=sys.stderr)
    return int(any(result != CAUGHT for result in results))


if __name__ == "__main__":
    sys.exit(main())
