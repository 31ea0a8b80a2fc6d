"""The audit finds every leak that is planted in a book, wherever it lies, and never tells it."""

from __future__ import annotations

import getpass
from pathlib import Path

import pytest

from engine.errors import ReportError
from press.audit import audit, refuse_unclean
from press.audit.rules import is_person
from tests.plants import PERSON, PLANTS, RESPONDENT, VALID, data_root, page, write


@pytest.fixture(scope="module")
def secret(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data root outside of the project."""
    return data_root(tmp_path_factory.mktemp("secure-place") / "surveys")


@pytest.fixture(autouse=True)
def _name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(getpass, "getuser", lambda: "karinordmann")


@pytest.mark.parametrize("name", PLANTS)
def test_a_planted_leak_is_found_and_not_told(name: str, tmp_path: Path, secret: Path) -> None:
    PLANTS[name](tmp_path / "book", secret)
    assert audit(tmp_path / "book", secret)
    with pytest.raises(ReportError) as raised:
        refuse_unclean(tmp_path / "book", secret)
    for word in (PERSON, str(RESPONDENT), VALID, "karinordmann", str(secret.resolve())):
        assert word not in str(raised.value)


CLEAN = {
    "offices' number is a count, too": ("index.html", page("<p>10 153 brukere, 10153 svar</p>")),
    "a column of few numbers": ("exhibits/a.csv", "wave,estimate,n\n" + "2024,10153.0,10012\n" * 9),
    "a column of counts": ("exhibits/a.csv", "wave,estimate,n\n" + "2024,1,937\n2024,1,1011\n" * 30),
    "decimals": ("exhibits/a.csv", "wave,estimate\n2024,0.2024000171\n"),
    "thousands": ("index.html", page("13 970 inviterte, 4 819 svarte, 123 456 789 kroner")),
    "dates and times": ("index.html", page("01.02.2024 12:30, 2024-11-23, uke 12345")),
    "own addresses": ("index.html", page('<img src="../figures/a.svg"><a href="https://www.nav.no/">Nav</a>')),
    "own style": ("theme/a.css", "a{background:url(../figures/a.svg)} @import 'b.css';"),
    "own script": ("theme/a.js", "fetch('../pagefind/pagefind.js'); // https://pagefind.app"),
    "names of languages": ("figures/a.svg", '<svg xmlns="http://www.w3.org/2000/svg"><path d="M 10.1 345.6"/></svg>'),
    "cells side by side": ("index.html", page("<table><tr><td>010170</td><td>12345</td></tr></table>")),
}


@pytest.mark.parametrize("name", CLEAN)
def test_what_every_book_holds_is_no_leak(name: str, tmp_path: Path, secret: Path) -> None:
    write(tmp_path, *CLEAN[name])
    assert audit(tmp_path, secret) == []


def test_control_digits_tell_birth_numbers_from_others() -> None:
    assert is_person(VALID) and is_person(str(int(VALID)))
    assert sum(is_person(f"0101701{number:04d}") for number in range(10000)) < 100
    assert not is_person("32017010251") and not is_person("123")
