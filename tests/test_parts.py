"""The bill of materials and the list of licences are those of the locks."""

import json
import re
from email.message import Message
from types import SimpleNamespace

import locks as module
import pytest
from locks import licence, read_locks
from parts import BILL, LIST, bill, licence_list, read_parts

from engine.errors import ReportError
from press.project import ROOT

LOCK = {name: (pin.version, pin.hashes) for name, pin in read_locks().items()}
SPDX = re.compile(r"[A-Za-z0-9.\-]+(?: (?:AND|OR|WITH) [A-Za-z0-9.\-]+)*")


@pytest.fixture(scope="module")
def parts():
    return read_parts()


def test_both_files_are_in_step_with_the_lock(parts):
    assert BILL.read_text(encoding="utf-8") == bill(parts), "run make parts"
    assert LIST.read_text(encoding="utf-8") == licence_list(parts), "run make parts"


def test_every_locked_package_is_in_the_bill_with_its_digests(parts):
    stored = json.loads(BILL.read_text(encoding="utf-8"))
    packages = {part["name"]: part for part in stored["components"] if "purl" in part}
    assert packages.keys() == LOCK.keys() and len(LOCK) > 100
    for name, (version, hashes) in LOCK.items():
        part = packages[name]
        assert part["version"] == version and part["purl"] == f"pkg:pypi/{name}@{version}"
        [files] = part["externalReferences"]
        assert hashes and {digest["content"] for digest in files["hashes"]} == set(hashes)
    refs = [part["bom-ref"] for part in [stored["metadata"]["component"], *stored["components"]]]
    assert len(refs) == len(set(refs))
    assert {ref for edge in stored["dependencies"] for ref in [edge["ref"], *edge["dependsOn"]]} <= set(refs)


def test_every_locked_package_and_what_the_theme_ships_is_in_the_list():
    rows = [line.strip("| ").split(" | ") for line in LIST.read_text(encoding="utf-8").splitlines() if line[:2] == "| "]
    listed = {row[0]: row[2] for row in rows if len(row) > 3}
    assert LOCK.keys() <= listed.keys()
    assert all(SPDX.fullmatch(listed[name]) for name in LOCK)
    assert listed["Source Sans 3"] == "OFL-1.1" and listed["Pandoc"] == "GPL-2.0-or-later"
    shipped = {path.suffix for path in (ROOT / "theme" / "fonts").iterdir()}
    assert shipped == {".md", ".ttf", ".woff2"}, "name further parts in tools/parts.py"
    assert {path.stem.split("-")[0] for path in (ROOT / "theme" / "fonts").glob("*.[tw]*")} == {"SourceSans3"}


def test_what_only_tests_need_is_told_apart(parts):
    names = {purpose: {part.name for part in parts if part.purpose == purpose} for purpose in ("development", "set-up")}
    assert {"pytest", "mypy", "playwright", "hypothesis"} <= names["development"]
    assert not {"pandas", "papermill", "pyzmq", "fqdn", "pagefind-bin"} & names["development"]
    assert names["set-up"] == {"setuptools", "uv"}


def package(text="", **fields):
    about = Message()
    for name, value in fields.items():
        about[name.replace("_", "-")] = value
    file = SimpleNamespace(read_text=lambda **kwargs: text)
    return SimpleNamespace(metadata=about, files=["x.dist-info/LICENSE"], locate_file=lambda name: file)


@pytest.mark.parametrize(
    "fields, text, spdx",
    [
        ({"License_Expression": "MIT AND Zlib", "License": "BSD"}, "", "MIT AND Zlib"),
        ({"License": "Apache 2.0"}, "", "Apache-2.0"),
        ({"Classifier": "License :: OSI Approved :: ISC License (ISCL)"}, "", "ISC"),
        ({"License": "BSD"}, "Redistributions in binary form … Neither the\n  name of", "BSD-3-Clause"),
        ({"License": "BSD"}, "Redistributions in binary form …", "BSD-2-Clause"),
        ({"Name": "x"}, "Permission is hereby granted, free of charge, to", "MIT"),
    ],
)
def test_a_licence_is_read_where_it_stands(monkeypatch, fields, text, spdx):
    monkeypatch.setattr("locks.Path", lambda name: SimpleNamespace(read_text=lambda **kwargs: text))
    assert licence(package(text, **fields)) == spdx


def test_an_unknown_licence_and_a_missing_package_are_told(monkeypatch):
    monkeypatch.setattr("locks.Path", lambda name: SimpleNamespace(read_text=lambda **kwargs: "All mine."))
    with pytest.raises(ReportError, match="licence is not known"):
        licence(package(Name="x"))
    for name, version in (("no-such-package", "1"), ("click", "0.0.1")):
        with pytest.raises(ReportError, match=f"not installed.*{name} {version}"):
            module._installed(name, version)
