"""What a deposit is, for machines: `ro-crate-metadata.json` after RO-Crate 1.2."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from packaging.utils import canonicalize_name

from engine.data.manifest import Manifest, digest
from press.archiving.source import platform_name, python_version

from .source import Commit

if TYPE_CHECKING:
    from rocrate.model import Entity
    from rocrate.rocrate import ROCrate

VERSION = "1.2"
SPDX = "https://spdx.org/licenses/"
CODE, TEXT = "MIT", "CC-BY-4.0"
SYNTHETIC = "https://w3id.org/dpv#SyntheticData"
DESCRIPTION = (
    "A survey report of Norway's Nav offices and a register article, remade as a book that computes every exhibit from "
    "person-level data, with a ledger of every published number against the recomputed one. Source, packages, raw "
    "files, finished books and ledgers. All data is synthetic."
)
NO_ONE = (
    "Synthetic: invented persons, calibrated so that the published numbers come out. No person ever answered this, and "
    "the confidential microdata is not in this deposit. "
)
PROGRAM = "source/press/cli.py"
SHOWN = {
    "source/README.md": "Where to begin",
    "source/sbom.cdx.json": "Bill of materials: every package with licence and digests (CycloneDX 1.6)",
}
KINDS = {
    "sbom.cdx.json": "application/vnd.cyclonedx+json", ".cff": "application/yaml", ".csv": "text/csv",
    ".html": "text/html", ".json": "application/json", ".py": "text/x-python",
    ".md": "text/markdown", ".parquet": "application/vnd.apache.parquet", ".pdf": "application/pdf",
    ".whl": "application/zip",
}  # fmt: skip


@dataclass(frozen=True)
class Contents:
    """What a deposit holds."""

    folder: Path
    commit: Commit
    citation: dict[str, Any]
    data: Manifest
    years: list[int]
    wheels: list[Path]


def describe(contents: Contents) -> str:
    """Describe a deposit."""
    from rocrate.rocrate import ROCrate

    crate = ROCrate(version=VERSION)
    authors = [_author(crate, author) for author in contents.citation["authors"]]
    _root(crate, contents, authors)
    source, program = _source(crate, contents, authors)
    inputs = [source, _wheels(crate, contents), _data(crate, contents)]
    results = [entity for year in contents.years for entity in _edition(crate, contents, year, authors)]
    for name, what in (("README.md", "How to check this deposit and make its books again"),
                       ("CITATION.cff", "How to cite"), ("LICENSE", "Licences of code, text and font"),
                       ("manifest.sha256", "SHA-256 of every other file")):  # fmt: skip
        _file(crate, contents.folder, name, what)
    crate.root_dataset["mentions"] = _add(crate, "#build", "CreateAction", name="Building the books and ledgers",
         description="make report YEAR=… in source/, with Pandoc and Typst from wheels/",
         agent=_one(authors), instrument=program, object=inputs, result=results)  # fmt: skip
    return "".join(chunk.decode() for _, chunk in crate.metadata.stream()) + "\n"


def _root(crate: ROCrate, contents: Contents, authors: list[Entity]) -> None:
    cited = contents.citation
    root = crate.root_dataset
    for name, value in {
        "name": cited["title"], "description": DESCRIPTION, "datePublished": contents.commit.date,
        "license": [_licence(crate, CODE), _licence(crate, TEXT)], "author": _one(authors),
        "version": str(cited["version"]), "inLanguage": ["nb", "en"],
        "keywords": ["reproducible research", "synthetic data", "survey", "register data", "Nav"],
        "creditText": cited.get("message", ""),
    }.items():  # fmt: skip
        root[name] = value
    if "doi" in cited:
        root["identifier"] = f"https://doi.org/{cited['doi']}"


def _author(crate: ROCrate, author: dict[str, Any]) -> Entity:
    """Map an author of a citation file: a person has a family name, an organisation only a name."""
    person = "family-names" in author
    name = " ".join(author[part] for part in ("given-names", "family-names") if part in author) or author["name"]
    own = "#" + re.sub(r"\W+", "-", name.lower())
    more = {"affiliation": author["affiliation"]} if "affiliation" in author else {}
    kind = "Person" if person else "Organization"
    return _add(crate, author.get("orcid") or author.get("website") or own, kind, name=name, **more)


def _source(crate: ROCrate, contents: Contents, authors: list[Entity]) -> tuple[Entity, Entity]:
    """Describe the folder, and the program in it that makes the books."""
    cited, commit = contents.citation, contents.commit
    version = {"version": str(cited["version"])}
    # A folder can't be source code in the specification's sense: a script is a file.
    program = _file(crate, contents.folder, PROGRAM, "The command report, which builds books and ledgers", version | {
        "@type": ["File", "SoftwareSourceCode"], "license": _licence(crate, CODE),
        "runtimePlatform": _platform(contents),
        "programmingLanguage": _add(crate, "https://www.python.org/", "ComputerLanguage", name="Python",
                                    url="https://www.python.org/", version=python_version()),
    })  # fmt: skip
    known = {name: what for name, what in SHOWN.items() if (contents.folder / name).is_file()}
    parts = [program, *(_file(crate, contents.folder, name, what) for name, what in known.items())]
    repository = {"codeRepository": cited["repository-code"]} if "repository-code" in cited else {}
    folder = crate.add_dataset(dest_path="source/", properties=version | repository | {
        "name": f"Source at commit {commit.short}", "author": _one(authors), "dateModified": commit.date,
        "description": "Chapters, estimates, the twin's generator, build, tests and guides, as git archive gives them.",
        "identifier": f"swh:1:rev:{commit.name}", "mainEntity": program, "hasPart": _one(parts),
    })  # fmt: skip
    return folder, program


def _wheels(crate: ROCrate, contents: Contents) -> Entity:
    licences = _spdx(contents.folder / "source" / "sbom.cdx.json")
    parts = []
    for wheel in contents.wheels:
        name, version = wheel.name.split("-")[:2]
        own = [_licence(crate, spdx) for spdx in licences.get(canonicalize_name(name), [])]
        more = {"version": version} | ({"license": _one(own)} if own else {})
        parts.append(_file(crate, contents.folder, f"wheels/{wheel.name}", f"Python package {name} {version}", more))
    return crate.add_dataset(dest_path="wheels/", properties={
        "name": f"{len(parts)} Python packages for {_platform(contents)}", "hasPart": parts,
        "description": "Unchanged copies of the published wheels that the lock file names by digest, each under its "
        "own licence (source/docs/licences.md).",
    })  # fmt: skip


def _spdx(bill: Path) -> dict[str, list[str]]:
    """Names in SPDX of the licences of each package in the bill of materials."""
    if not bill.is_file():
        return {}
    parts = json.loads(bill.read_text(encoding="utf-8"))["components"]
    stated = {part["name"]: [entry.get("expression") or entry["license"]["id"] for entry in part["licenses"]]
              for part in parts if "purl" in part}  # fmt: skip
    return {
        name: sorted({spdx.strip("() ") for text in texts for spdx in re.split(r" (?:AND|OR|WITH) ", text)})
        for name, texts in stated.items()
    }


def _data(crate: ROCrate, contents: Contents) -> Entity:
    kind = _add(crate, SYNTHETIC, "DefinedTerm", name="Synthetic Data", termCode="dpv:SyntheticData",
                inDefinedTermSet="https://w3id.org/dpv")  # fmt: skip
    parts = []
    for path in sorted((contents.folder / "data").rglob("*.*")):
        name = path.relative_to(contents.folder / "data").as_posix()
        rows = contents.data.files.get(name)
        told = "What the files are, and their digests" if path.suffix == ".json" else "Synthetic: invented persons"
        told += f", {rows.rows} rows" if rows else ""
        parts.append(_file(crate, contents.folder, f"data/{name}", told, {"additionalType": kind}))
    return crate.add_dataset(dest_path="data/", properties={
        "name": contents.data.title, "description": NO_ONE + "Described in source/data/README.md.",
        "additionalType": kind, "keywords": "synthetic data", "creditText": contents.data.source, "hasPart": parts,
    })  # fmt: skip


def _edition(crate: ROCrate, contents: Contents, year: int, authors: list[Entity]) -> list[Entity]:
    shown = (
        ("index.html", "front page"),
        ("report.pdf", "the whole book"),
        ("manifest.sha256", "SHA-256 of its files"),
    )
    parts = [_file(crate, contents.folder, f"book/{year}/{name}", f"Book of {year}: {what}") for name, what in shown]
    book = crate.add_dataset(dest_path=f"book/{year}/", properties={
        "name": f"{contents.citation['title']}, {year}", "description": f"The finished book of survey year {year}.",
        "license": _licence(crate, TEXT), "author": _one(authors), "inLanguage": "nb", "hasPart": parts,
    })  # fmt: skip
    forms = (("md", "counts, and rows that differ"), ("csv", "every published number"))
    ledgers = [
        _file(crate, contents.folder, f"ledger/{year}.{form}", f"Ledger of {year}: {what}") for form, what in forms
    ]
    return [book, *ledgers]


def _file(crate: ROCrate, folder: Path, name: str, what: str, more: dict[str, Any] | None = None) -> Entity:
    path = folder / name
    known = {"contentSize": str(path.stat().st_size), "sha256": digest(path)} if path.is_file() else {}
    kind = next((kind for ending, kind in KINDS.items() if name.endswith(ending)), "text/plain")
    told = {"name": path.name, "description": what, "encodingFormat": kind}
    return crate.add_file(dest_path=name, properties=told | known | (more or {}))


def _licence(crate: ROCrate, spdx: str) -> Entity:
    address = SPDX + spdx
    told = {"name": spdx, "identifier": address, "description": f"The licence that SPDX lists as {spdx}."}
    return crate.get(address) or _add(crate, address, "CreativeWork", **told)


def _platform(contents: Contents) -> str:
    return platform_name(contents.wheels)


def _one(entities: list[Entity]) -> Entity | list[Entity]:
    """As the specification recommends: a single value is no list."""
    return entities[0] if len(entities) == 1 else entities


def _add(crate: ROCrate, identity: str, kind: str, **properties: Any) -> Entity:
    from rocrate.model import ContextEntity

    return crate.add(ContextEntity(crate, identity, properties={"@type": kind, **properties}))
