"""What must not stand in a book's texts: numbers of persons, places, names, traces of errors."""

from __future__ import annotations

import getpass
import html
import re
import socket
import unicodedata
from collections.abc import Callable, Iterable
from pathlib import Path
from urllib.parse import unquote

from press.project import ROOT

# Eleven digits are how Norway numbers persons; decimals are none, and pandas prints whole numbers as floats.
ELEVEN = re.compile(r"(?<!\d)(?<!\d\.)\d{11}(?:\.0+)?(?!\d|\.\d)")
# Birthday and number apart, as people write it.
APART = re.compile(r"(?<!\d)(?<!\d[.,])(\d{2}([ ./-]?)\d{2}\2\d{2}) ?[ ./_–—:‐-]? ?(\d{5})(?!\d|\.\d)")
# In other groups, or with the first 0 lost, as from a column of numbers: only where date and control digits are right.
GROUPED = re.compile(
    r"(?<![\d.,])(?:\d{2}([ .])\d{3}\1\d{3}\1\d{3}|\d{6}([ .-])\d{3}\2\d{2}|\d{6}([ .-])\d{2}\3\d{3}"
    r"|\d{3}([ -])\d{3}\4\d{5}|\d([ .])\d{3}\5\d{3}\5\d{3}|\d{10}(?:\.0+)?)(?!\d|\.\d)"
)
POWER = re.compile(r"(?<![\d.])\d\.\d{5,10}[eE]\+?(?:10|0?9)(?!\d)")
FIRST, SECOND = (3, 7, 6, 1, 8, 9, 4, 5, 2), (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)
# Days of D-numbers, months of synthetic numbers.
DAYS = {*range(1, 32), *range(41, 72)}
MONTHS = {month + more for month in range(1, 13) for more in (0, 40, 65, 80)}
ROOTS = "home|Users|root|mnt|srv|tmp|var|opt|data|media|nfs|Volumes|private|scratch|export|run|work|net|proc|etc"
LOCAL_PATH = re.compile(
    rf"(?<![\w/.])/(?:{ROOTS})/[\w.-]+"
    r"|\b[A-Za-z]:[\\/]{1,2}(?:Users|Windows|Documents|home|data|[\w ]+\\)|\bfile:/{1,3}\w"
    r"|(?<![\\\w])\\{2,4}[A-Za-z][\w.-]+\\{1,2}[\w$.-]{2,}\\"
)
TRACEBACK = re.compile(r"Traceback \(most recent call last\)|\bast_node_interactivity\b|ipykernel_\d+")
SHORTEST_NAME = 4
# Names that machines and accounts are given everywhere tell nobody anything, and would be found in any text.
COMMON_NAMES = {"root", "user", "users", "admin", "runner", "build", "localhost", "docker", "ubuntu", "debian", "host"}
INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\u2061\ufeff]")
ESCAPED = re.compile(r"\\(?:u\{([0-9a-fA-F]{1,6})\}|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|/)")
Rule = Callable[[str], int]


def rules(data: Path | None) -> dict[str, Rule]:
    """What is searched in every text: kind of finding, and how often a text holds it."""
    places = _places(data) if data else None
    names = _either(_own_names())
    return {
        "eleven-digit number": person_numbers,
        "local path": _counted(LOCAL_PATH),
        "traceback": _counted(TRACEBACK),
        "user or host name": _counted(names),
        "place of the data": _counted(places),
    }


def _counted(pattern: re.Pattern[str] | None) -> Rule:
    return lambda text: sum(1 for _ in pattern.finditer(text)) if pattern else 0


def plain_forms(text: str) -> set[str]:
    """Turn a text into the forms in which it could be read: without invisible signs, and with its codes resolved."""
    shown = INVISIBLE.sub("", unicodedata.normalize("NFKC", text))
    forms = {shown}
    for resolve in (_percent, html.unescape, _escapes):
        forms |= {resolve(form) for form in tuple(forms)}
    return {unicodedata.normalize("NFKC", form) for form in forms}


def _percent(text: str) -> str:
    for _ in range(3):
        if "%" not in text:
            break
        text = unquote(text, errors="replace")
    return text


def _escapes(text: str) -> str:
    def resolved(match: re.Match[str]) -> str:
        code = match[1] or match[2] or match[3]
        return chr(min(int(code, 16), 0x10FFFF)) if code else "/"

    return ESCAPED.sub(resolved, text)


def person_numbers(text: str) -> int:
    """Count numbers of persons, however they are written."""
    found = sum(1 for _ in ELEVEN.finditer(text))
    found += sum(has_date(_digits(match[1])) for match in APART.finditer(text) if len(match.group()) > 11)
    found += sum(is_person(_digits(match.group().partition(".0")[0])) for match in GROUPED.finditer(text))
    return found + sum(is_person(str(int(float(match.group())))) for match in POWER.finditer(text))


def _digits(text: str) -> str:
    return "".join(str(unicodedata.digit(sign)) for sign in text if sign.isdigit())


def has_date(digits: str) -> bool:
    """Whether a number begins with a birthday."""
    return int(digits[:2]) in DAYS and int(digits[2:4]) in MONTHS


def is_person(digits: str) -> bool:
    """Whether ten or eleven digits are a birth number with its two control digits; the first 0 may be lost."""
    number = digits.zfill(11)
    if len(number) != 11 or not has_date(number):
        return False
    values = [int(digit) for digit in number]
    first = -sum(weight * value for weight, value in zip(FIRST, values, strict=False)) % 11
    second = -sum(weight * value for weight, value in zip(SECOND, values, strict=False)) % 11
    return (first, second) == (values[9], values[10])


def _own_names() -> list[str]:
    """Names of this account and machine that are long and rare enough to mean something in a text."""
    names = {getpass.getuser(), socket.gethostname(), socket.gethostname().partition(".")[0], Path.home().name}
    return sorted(name for name in names if len(name) >= SHORTEST_NAME and name.lower() not in COMMON_NAMES)


def _either(words: Iterable[str]) -> re.Pattern[str] | None:
    found = "|".join(re.escape(word) for word in words)
    return re.compile(rf"(?<!\w)(?:{found})(?!\w)", re.I) if found else None


def _places(data: Path) -> re.Pattern[str] | None:
    """The data root with any strokes; also its last two folders alone, where it does not lie in the project."""
    whole = {tuple(path.parts[1:]) for path in (data.resolve(), data.absolute())}
    tails = {parts[-2:] for parts in whole if len(parts) > 2 and all(len(part) >= SHORTEST_NAME for part in parts[-2:])}
    if data.resolve().is_relative_to(ROOT):
        tails = set()
    stroke = r"[\\/]{1,4}"
    found = [stroke + stroke.join(map(re.escape, parts)) for parts in sorted(whole) if parts]
    found += [rf"(?<!\w){stroke.join(map(re.escape, parts))}" for parts in sorted(tails)]
    return re.compile(rf"(?<![\w.])(?:{'|'.join(found)})(?!\w)", re.I) if found else None
