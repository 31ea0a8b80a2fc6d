"""The book's Norwegian, checked: typed numbers and words that the data decide, and spelling.

    make lint                       holds chapters against both
    python tools/language.py 04     one chapter

A sentence stands on a line of its own. What a source says is the source's, so a sentence that cites it (`[@…]`) or
names «Nav-rapporten» may hold its numbers and its directions. Any other number, number word or word of direction is
computed, or stands in language.csv with the reason why no data can turn it. Spelling is hunspell's, with our words in
words.txt.
"""

from __future__ import annotations

import argparse
import csv
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from press.project import Chapter, Project

HERE = Path(__file__).parent
WORDS, ALLOWED = HERE / "words.txt", HERE / "language.csv"
DICTIONARY = "nb_NO"
# Chapters whose words of number and direction are held; the others' are counted only.
HELD = ("01", "02", "03", "04", "05")

NUMBERS = (
    r"to|tre|fire|fem|seks|sju|syv|åtte|ni|ti|elleve|tolv|tjue|tretti|førti|femti|seksti|sytti|åtti|nitti|hundre|tusen"
    r"|halvparten|tredel\w*|firedel\w*|tidel\w*|dobbelt|hver (?:andre|tredje|fjerde|femte|sjette|åttende|tiende)"
)
CHANGES = (
    r"økte|øker|gikk (?:ned|opp)|går (?:ned|opp)|sank|synker|steg|stiger|falt|faller|vokste|vokser|avtok|avtar|minket"
    r"|høyere|lavere|(?:flere|færre|større|mindre|bedre|dårligere) enn"
)
EXTREMES = r"høyest|lavest|størst|minst|flest|færrest|best|dårligst|oftest|sjeldnest"
TYPED = re.compile(rf"\b(?:{NUMBERS}|{CHANGES}|{EXTREMES}|\d+)\b", re.I)
EXTREME = re.compile(rf"\b(?:{EXTREMES})\b", re.I)
SOURCE = re.compile(r"\[@|Nav-rapport|Kalstø|forfatterne")
# Fixed by definition, not estimated: the age limit, the level of the intervals.
DEFINED = re.compile(r"\b(?:over 30|under 30|95 prosent)\b")
EXPRESSION = re.compile(r"`[^`\n]*`")
NO_PROSE = re.compile(r"\A---\n.*?\n---\n|^```.*?^```$|^#+ [^\n]*$|^\|[^\n]*$", re.S | re.M)
MARKS = re.compile(r"\[?-?@[\w-]+\]?|\{[^}\n]*\}|\[\^[\w-]+\]:?|https?://\S+|«[^»\n]*»")
NAME = re.compile(r"^[A-ZÆØÅ]+$|^.$|\d|_")


@dataclass(frozen=True)
class Finding:
    """A word in a sentence of a chapter."""

    chapter: str
    line: int
    word: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.chapter}.qmd:{self.line}: «{self.word}» in «{self.sentence[:90]}»"


def sentences(text: str) -> Iterator[tuple[int, str]]:
    """Yield the lines of a chapter's prose with their numbers, without code, headings and tables."""
    blank = NO_PROSE.sub(lambda match: "\n" * match.group().count("\n"), text)
    for number, line in enumerate(blank.splitlines(), 1):
        if line.strip() and not line.startswith(":::"):
            yield number, line.strip()


def allowed() -> dict[tuple[str, str], str]:
    """Fragments of sentences that hold such words for a reason: chapter and fragment, to the reason."""
    with ALLOWED.open(encoding="utf-8") as file:
        return {(row["chapter"], row["fragment"]): row["reason"] for row in csv.DictReader(file)}


def typed(chapter: str, text: str) -> Iterator[Finding]:
    """Find the numbers, number words and words of direction that are typed where the data decide."""
    fragments = [fragment for slug, fragment in allowed() if slug in (chapter, "*")]
    for number, line in sentences(text):
        if SOURCE.search(line):
            continue
        bare = line
        for fragment in fragments:
            bare = bare.replace(fragment, " ")
        bare = DEFINED.sub(" ", EXPRESSION.sub(" ", bare))
        computed = "`{python}" in line
        for match in TYPED.finditer(MARKS.sub(" ", bare)):
            if not (computed and EXTREME.fullmatch(match.group())):
                yield Finding(chapter, number, match.group(), line)


def unused(texts: dict[str, str]) -> list[str]:
    """Fragments that no chapter holds any more."""
    return [
        f"{slug}: {fragment}" for slug, fragment in allowed()
        if not any(fragment in text for name, text in texts.items() if slug in (name, "*"))
    ]  # fmt: skip


def misspelt(text: str) -> list[str]:
    """Words that neither hunspell's dictionary nor ours knows."""
    known = {line.strip().lower() for line in WORDS.read_text(encoding="utf-8").splitlines()}
    prose = "\n".join(MARKS.sub(" ", EXPRESSION.sub(" ", line)) for _, line in sentences(text))
    command = ["hunspell", "-d", DICTIONARY, "-i", "utf-8", "-l"]
    found = subprocess.run(command, input=prose, capture_output=True, text=True, check=True).stdout.split()
    return sorted({word for word in found if word.lower() not in known and not NAME.search(word)})


def has_hunspell() -> bool:
    """Whether hunspell and its Norwegian dictionary are here."""
    if not shutil.which("hunspell"):
        return False
    listed = subprocess.run(["hunspell", "-D"], capture_output=True, text=True, input="", check=False)
    return DICTIONARY in listed.stdout + listed.stderr


def norwegian(chapters: list[Chapter]) -> dict[str, str]:
    """Texts of the chapters in Norwegian, by slug."""
    return {chapter.slug: chapter.text for chapter in chapters if "english" not in chapter.slug}


def main(arguments: list[str] | None = None) -> int:
    """Print what is typed and what is misspelt; exit status 1 where a held chapter has any."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="CHAPTER", help="beginnings of chapters' names")
    options = parser.parse_args(arguments)
    texts = norwegian(Project().chapters)
    chosen = {slug: text for slug, text in texts.items() if not options.names or slug.startswith(tuple(options.names))}
    found = [finding for slug, text in chosen.items() for finding in typed(slug, text)]
    told = [str(one) for one in found if one.chapter.startswith(HELD) or options.names]
    told += [f"language.csv: no chapter holds «{fragment}»" for fragment in unused(texts)]
    if has_hunspell():
        words = {slug: misspelt(text) for slug, text in chosen.items()}
        told += [f"{slug}.qmd: misspelt: {', '.join(bad)}" for slug, bad in words.items() if bad]
    else:
        print("spelling: skipped, hunspell or its dictionary nb_NO is not here", file=sys.stderr)
    rest = len([one for one in found if not one.chapter.startswith(HELD)])
    print("\n".join([*told, f"language: {len(told)} to mend; {rest} typed words in chapters that are not held yet"]))
    return 1 if told else 0


if __name__ == "__main__":
    raise SystemExit(main())
