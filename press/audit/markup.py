"""Pages and pictures as a browser reads them: words, values, tables, and what it would fetch from elsewhere."""

from __future__ import annotations

import re
from collections import Counter
from html.parser import HTMLParser

# What a browser fetches by itself; a link that a reader may follow is none.
FETCHED = ("src", "srcset", "imagesrcset", "poster", "background", "data", "action", "formaction", "ping", "manifest",
           "codebase", "archive", "classid", "lowsrc", "dynsrc")  # fmt: skip
FOLLOWED = ("a", "area")
INLINE = {"a", "abbr", "b", "bdi", "bdo", "cite", "code", "em", "font", "i", "kbd", "mark", "q", "s", "small", "span",
          "strong", "sub", "sup", "tspan", "u", "wbr"}  # fmt: skip
# Relations of a link that make no browser ask for it.
QUIET = {"canonical", "license", "author", "alternate", "next", "prev", "help", "bookmark", "search"}
ELSEWHERE = re.compile(r"(?:https?|wss?|ftp):|(?:[a-z][a-z0-9+.-]*:)?[\\/]{2}", re.I)
CSS_ADDRESS = re.compile(
    r"(?:url\(\s*|image-set\(\s*|src\(\s*|image\(\s*|@import\s+)[\"']?\s*(?:https?:|ftp:|[\\/]{2})"
    r"|[\"'](?:https?:)?//[^\"']*[\"']\s*(?:\d|type\()",
    re.I,
)


class Markup(HTMLParser):
    """What stands in a page, sorted by how it must be looked at."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self.values: list[str] = []
        self.styles: list[str] = []
        self.scripts: list[str] = []
        self.stored: list[str] = []
        self.pages: list[str] = []
        self.tables: list[list[list[str]]] = []
        self.faults: Counter[str] = Counter()
        self._inside = ""
        self._open: list[list[list[str]]] = []
        self._cell = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take a tag's values, and tell what it fetches."""
        self._apart(tag)
        given = {name: value or "" for name, value in attrs}
        self.values += [*given.values(), *given]
        self._fetches(tag, given)
        self._runs(tag, given)
        if tag in ("style", "script"):
            kind = given.get("type", "").lower()
            self._inside = "stored" if tag == "script" and "json" in kind else f"{tag}s"
        elif tag == "table":
            self._open.append([])
        elif tag == "tr" and self._open:
            self._open[-1].append([])
        elif tag in ("td", "th") and self._open:
            self._open[-1] = self._open[-1] or [[]]
            self._open[-1][-1].append("")
            self._cell = True

    def _apart(self, tag: str) -> None:
        """What stands in two cells is two words; what a tag of emphasis cuts is one."""
        if tag not in INLINE:
            self.words.append("\n")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take a tag that ends where it begins."""
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        """Leave styles, scripts, cells and tables."""
        self._apart(tag)
        if tag in ("style", "script"):
            self._inside = ""
        elif tag in ("td", "th", "tr"):
            self._cell = False
        elif tag == "table" and self._open:
            self.tables.append(self._open.pop())

    def handle_data(self, data: str) -> None:
        """Take words where they stand."""
        if self._inside:
            getattr(self, self._inside).append(data)
            return
        self.words.append(data)
        if self._cell and self._open and self._open[-1] and self._open[-1][-1]:
            self._open[-1][-1][-1] += data

    def handle_comment(self, data: str) -> None:
        """Take a comment's words."""
        self.values.append(data)

    def handle_pi(self, data: str) -> None:
        """Take an instruction; one for a style sheet fetches it."""
        self.values.append(data)
        if "stylesheet" in data and re.search(r"href\s*=\s*[\"']?(?:https?:)?//", data, re.I):
            self.faults["external request"] += 1

    def unknown_decl(self, data: str) -> None:
        """Take a marked section's words."""
        self.words.append(data)

    def handle_decl(self, decl: str) -> None:
        """Take a declaration; entities of XML could name files."""
        self.values.append(decl)

    def _fetches(self, tag: str, given: dict[str, str]) -> None:
        for name, value in given.items():
            name = name.lower()
            asked = name in FETCHED and not (name == "data" and tag != "object")
            if name in ("href", "xlink:href"):
                quiet = tag == "link" and given.get("rel") and set(given["rel"].lower().split()) <= QUIET
                asked = tag not in FOLLOWED and not quiet
            if tag == "meta" and name == "content" and "refresh" in given.get("http-equiv", "").lower():
                asked, value = True, value.rpartition("=")[2]
            parts = value.split(",") if name.endswith("srcset") else [value]
            if asked and any(is_elsewhere(part) for part in parts):
                self.faults["external request"] += 1

    def _runs(self, tag: str, given: dict[str, str]) -> None:
        for name, value in given.items():
            if name.lower().startswith("on"):
                self.faults["script in a page's tag"] += 1
                self.scripts.append(value)
            elif re.match(r"(?:java|vb)script:", re.sub(r"[\s\x00-\x1f]", "", value), re.I):
                self.faults["script in a page's tag"] += 1
            elif name.lower() == "style":
                self.styles.append(value)
            elif name.lower() == "srcdoc":
                self.pages.append(value)


def is_elsewhere(address: str) -> bool:
    """Whether a browser asks another host for it; it leaves out blanks and line breaks."""
    return ELSEWHERE.match(re.sub(r"[\s\x00-\x1f]", "", address).strip("\"'")) is not None
