"""What the report is made of besides itself: `sbom.cdx.json` (CycloneDX 1.6) and `docs/licences.md`.

`make parts` writes both from the two locks and the metadata of the packages installed from them. Versions
and digests are the locks', so the bill names the very files that the set-up accepts.
"""

from __future__ import annotations

import json
import re
import tomllib
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from locks import about, read_locks
from packaging.utils import canonicalize_name

from engine.data.storage import write_whole
from press.project import ROOT

BILL = ROOT / "sbom.cdx.json"
LIST = ROOT / "docs" / "licences.md"
COMMON = {"MIT", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0", "ISC"}
# What no Python package's metadata tells: name, version (empty: the package's), licence, carried by, what for.
OTHERS = (
    ("Source Sans 3", "3.052", "OFL-1.1", "theme/fonts", "letters of pages, figures and PDF; lies in every book"),
    ("Pagefind", "", "MIT", "pagefind-bin", "search; its script and WebAssembly lie in every book"),
    ("Pandoc", "3.9", "GPL-2.0-or-later", "pypandoc-binary", "a program that is called; nothing of it lies in a book"),
    ("Typst", "", "Apache-2.0", "typst", "makes the PDF"),
    ("axe-core", "4.12.1", "MPL-2.0", "axe-playwright-python", "checks pages; development only"),
)
NOTES = {
    "GPL-2.0-or-later": "a program of its own, called and never linked or changed: binds neither our code nor a book",
    "MPL-2.0": "binds changes of its own files, and we change none",
    "MPL-2.0 AND MIT": "binds changes of its own files, and we change none",
    "OFL-1.1": "its licence goes along with the fonts, in the repository and in every book",
    "NCSA": "permissive, like MIT and BSD",
    "PSF-2.0": "Python's own, permissive",
    "MIT-CMU": "permissive, like MIT",
    "MIT-0": "permissive, asks for nothing",
}


HEAD = """# Licences

Written by `make parts` from `requirements.txt`, `requirements-dev.txt` and the packages' own metadata; the same as a
bill of materials: [sbom.cdx.json](../sbom.cdx.json). Our own code is MIT, our text CC BY 4.0. Scripts, styles, filters
and the citation style in `theme/` are our own."""
LIBRARIES = """The wheels of numpy and scipy carry OpenBLAS (BSD-3-Clause) and GCC's libgfortran and libquadmath
(GPL-3.0-or-later WITH GCC-exception-3.1, LGPL-2.1-or-later), whose exception leaves programs that use them free."""


@dataclass(frozen=True)
class Part:
    """A package of the locks."""

    name: str
    version: str
    hashes: tuple[str, ...]
    licence: str
    needs: tuple[str, ...]
    purpose: str


def read_parts() -> list[Part]:
    """Describe every locked package."""
    lock = read_locks()
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    found = []
    for name, pin in lock.items():
        spdx, requires = about(pin)
        purpose = "set-up" if name in map(_name, extras["setup"]) else "the report"
        purpose = "development" if pin.development else purpose
        found.append(Part(name, pin.version, pin.hashes, spdx, _needs(requires, lock), purpose))
    return found


def _name(text: str) -> str:
    """Name in a requirement."""
    head = re.match(r"\s*([\w.\-]+)", text)
    assert head is not None
    return canonicalize_name(head[1])


def _needs(requires: list[str], lock: Iterable[str]) -> tuple[str, ...]:
    wanted = {_name(text) for text in requires if not re.search(r"extra\s*==", text)}
    return tuple(sorted(wanted & set(lock)))


def bill(parts: list[Part]) -> str:
    """Write the bill of materials."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    own = f"pkg:pypi/{project['name']}@{project['version']}"
    address = {part.name: f"pkg:pypi/{part.name}@{part.version}" for part in parts}
    extras = project["optional-dependencies"]
    wanted = {_name(text) for text in [*project["dependencies"], *extras["setup"], *extras["dev"]]}
    components = [_component(part, address[part.name]) for part in parts]
    components += [_other(*row, {part.name: part.version for part in parts}) for row in OTHERS]
    graph = [{"ref": own, "dependsOn": sorted(address[name] for name in wanted if name in address)}]
    graph += [{"ref": address[part.name], "dependsOn": [address[name] for name in part.needs]} for part in parts]
    content: dict[str, Any] = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application", "bom-ref": own, "name": project["name"], "version": project["version"],
                "licenses": [{"license": {"id": project["license"]}}], "purl": own,
            },
        },
        "components": components,
        "dependencies": graph,
    }  # fmt: skip
    number = uuid.uuid5(uuid.NAMESPACE_URL, json.dumps(content, sort_keys=True))
    numbered = {"bomFormat": content.pop("bomFormat"), "specVersion": content.pop("specVersion")}
    return json.dumps(numbered | {"serialNumber": f"urn:uuid:{number}"} | content, indent=1, ensure_ascii=False) + "\n"


def _component(part: Part, address: str) -> dict[str, Any]:
    single = re.fullmatch(r"[\w.\-]+", part.licence)
    return {
        "type": "library",
        "bom-ref": address,
        "name": part.name,
        "version": part.version,
        "scope": "required" if part.purpose == "the report" else "excluded",
        "licenses": [{"license": {"id": part.licence}} if single else {"expression": part.licence}],
        "purl": address,
        # One entry for each file that the lock accepts: wheels of several platforms, and the source.
        "externalReferences": [
            {
                "type": "distribution", "url": f"https://pypi.org/project/{part.name}/{part.version}/",
                "hashes": [{"alg": "SHA-256", "content": digest} for digest in part.hashes],
            }
        ],
    }  # fmt: skip


def _other(name: str, version: str, spdx: str, carrier: str, what: str, versions: dict[str, str]) -> dict[str, Any]:
    return {
        "type": "library" if name != "Source Sans 3" else "data",
        "bom-ref": f"in-{carrier}:{canonicalize_name(name.replace(' ', '-'))}",
        "name": name,
        "version": version or versions[carrier],
        "description": f"in {carrier}: {what}",
        "licenses": [{"license": {"id": spdx}}],
    }


def licence_list(parts: list[Part]) -> str:
    """Write the list of licences for readers."""
    versions = {part.name: part.version for part in parts}
    unusual = [(spdx, name) for name, _, spdx, _, _ in OTHERS if spdx not in COMMON]
    unusual += [
        (part.licence, part.name) for part in parts if not set(re.split(r" (?:AND|OR) ", part.licence)) <= COMMON
    ]
    lines = [HEAD, "", "## Beside packages", "", *_table("part", "version", "licence", "lies in", "what for")]
    for name, version, spdx, place, what in OTHERS:
        lines.append(f"| {name} | {version or versions[place]} | {spdx} | {place} | {what} |")
    lines += ["", LIBRARIES, "", "## Less common licences", "", *_table("licence", "of", "what it means here")]
    for spdx in sorted({spdx for spdx, _ in unusual}):
        names = ", ".join(name for other, name in unusual if other == spdx)
        lines.append(f"| {spdx} | {names} | {NOTES.get(spdx, 'all of them permissive')} |")
    lines += ["", "## Packages", ""]
    lines += ["Development: needed by tests and checks, by no build. Set-up: installs the others.", ""]
    lines += _table("package", "version", "licence", "for")
    for part in parts:
        lines.append(f"| {part.name} | {part.version} | {part.licence} | {part.purpose} |")
    return "\n".join(lines) + "\n"


def _table(*names: str) -> list[str]:
    return [f"| {' | '.join(names)} |", "|---" * len(names) + "|"]


def main() -> None:
    """Write both files."""
    parts = read_parts()
    write_whole(BILL, bill(parts))
    write_whole(LIST, licence_list(parts))


if __name__ == "__main__":
    main()
