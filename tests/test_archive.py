"""A deposit of a small project: what lies in it, the same bytes, the books made again from it, and what is refused."""

import base64
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path
from urllib.parse import unquote

import pytest
from click.testing import CliRunner
from deposit import OFFLINE, unpack
from rocrate.rocrate import ROCrate
from same_bytes import attempts, contents, differing, may
from small_project import make_project
from tiny_data import store_waves

from engine.data.manifest import read_manifest
from engine.errors import ReportError
from press.archiving import deposit as module
from press.archiving.crate import SPDX, SYNTHETIC
from press.archiving.deposit import Order, archive, file_names, pack
from press.archiving.source import LOCK
from press.cli import main
from press.project import ROOT, Project

YEARS = (2024,)
PARTS = ("first_part", "second_part")
# Neither today nor the day of CITATION.cff.
COMMITTED = {"GIT_AUTHOR_DATE": "2026-01-31T12:00:00Z", "GIT_COMMITTER_DATE": "2026-01-31T12:00:00Z"}
BUILD = """
import sys
from pathlib import Path
from press.build import Order, build
from press.project import Project
order = Order(int(sys.argv[3]), data=Path(sys.argv[2]), renderer="pandoc", jobs=1)
print(build(Project(Path(sys.argv[1])), order, print))
"""


def git(root, *arguments):
    who = ["-c", "user.name=Kari", "-c", "user.email=kari@example.org", "-c", "commit.gpgsign=false"]
    done = subprocess.run(["git", "-C", root, *who, *arguments], env=os.environ | COMMITTED, capture_output=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.decode().strip()


def make_wheel(folder, name, version="1.0"):
    """Write the least that pip takes for a wheel; its SHA-256."""
    about = f"{name}-{version}.dist-info"
    files = {
        f"{name}.py": "",
        f"{about}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{about}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    digests = {
        path: base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
        for path, text in files.items()
    }
    files[f"{about}/RECORD"] = "".join(f"{path},sha256={digest},\n" for path, digest in digests.items())
    path = folder / f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as wheel:
        for inner, text in files.items():
            wheel.writestr(zipfile.ZipInfo(inner), text)
    return hashlib.sha256(path.read_bytes()).hexdigest()


def make_repository(base):
    """A clone of a small project, with a lock of two packages; the folder of their wheels holds a third, unasked."""
    root, wheels = make_project(base / "clone"), base / "wheelhouse"
    wheels.mkdir()
    for name in ("theme", "data"):
        (root / name).unlink()
        shutil.copytree(ROOT / name, root / name)
    for name in ("LICENSE", ".gitattributes", ".git_archival.txt", ".gitignore"):
        shutil.copy(ROOT / name, root / name)
    lines = [
        f"{name}==1.0 \\\n    --hash=sha256:{make_wheel(wheels, name)}\n" for name in ("first_part", "second_part")
    ]
    make_wheel(wheels, "unasked")
    (root / "press").mkdir()
    shutil.copy(ROOT / "press/cli.py", root / "press/cli.py")
    (root / LOCK).write_text("".join(lines))
    (root / "run.sh").write_text("#!/bin/sh\n")
    (root / "run.sh").chmod(0o755)
    git(root, "init", "-q", "-b", "main")
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "Start")
    return root, wheels


@pytest.fixture(scope="module")
def raw_root(tmp_path_factory, twin_root):
    """The surveys' raw files in a folder of this module's own: other tests add to the one that all share."""
    folder = tmp_path_factory.mktemp("raw")
    for name in ("dataset.json", *read_manifest(twin_root).files):
        (folder / name).parent.mkdir(exist_ok=True)
        shutil.copy(twin_root / name, folder / name)
    return folder


@pytest.fixture(scope="module")
def made(tmp_path_factory, raw_root):
    """A deposit of two years: the clone, the wheels, the file, where it is unpacked, and what was said."""
    base = tmp_path_factory.mktemp("archive")
    root, wheels = make_repository(base)
    said = []
    packed = archive(Project(root), Order(base / "out", YEARS, raw_root, wheels, jobs=1), said.append)
    (base / "unpacked").mkdir()
    return root, wheels, packed, unpack(packed, base / "unpacked"), said


def test_everything_lies_in_one_file_and_nothing_else(made, raw_root):
    root, _, packed, top, said = made
    commit = git(root, "rev-parse", "HEAD")
    assert packed.name == f"{top.name}.tar" == f"etterprovbar-rapport-0.1.0-{commit[:12]}.tar"
    assert os.listdir(packed.parent) == [packed.name], "nothing half-written beside it"
    names = set(file_names(top))
    source = set(git(root, "ls-files").splitlines())
    raw = {"dataset.json", *read_manifest(raw_root).files}
    assert names >= {f"source/{name}" for name in source} | {f"data/{name}" for name in raw}
    assert {name for name in names if name.startswith("wheels/")} == {
        f"wheels/{name}-1.0-py3-none-any.whl" for name in PARTS
    }
    for year in YEARS:
        assert {f"book/{year}/index.html", f"book/{year}/report.pdf", f"book/{year}/book.json"} <= names
        assert {f"ledger/{year}.md", f"ledger/{year}.csv"} <= names
    assert {"README.md", "Makefile", "CITATION.cff", "LICENSE", "manifest.sha256", "ro-crate-metadata.json"} <= names
    known = ("source/", "wheels/", "data/", "book/", "ledger/")
    assert len([name for name in names if not name.startswith(known)]) == 6
    assert not [name for name in names if re.search(r"/(_book|_cache|\.git)/|build-key", name)]
    assert os.access(top / "source/run.sh", os.X_OK) and not os.access(top / "source/index.qmd", os.X_OK)
    assert (
        f"source/{'.git_archival.txt'}" in names
        and f"commit: {commit}" in (top / "source/.git_archival.txt").read_text()
    )
    assert any("2 wheels" in line for line in said) and any("SHA-256" in line for line in said)


def test_the_manifest_names_every_file_and_coreutils_confirm_it(made):
    top = made[3]
    command = ["sha256sum", "--check", "--strict", "--quiet", "manifest.sha256"]
    assert subprocess.run(command, cwd=top, capture_output=True).returncode == 0
    named = {line.split("  ", 1)[1] for line in (top / "manifest.sha256").read_text().splitlines()}
    assert named == set(file_names(top)) - {"manifest.sha256"}
    done = subprocess.run(["make", "-s", "check"], cwd=top, capture_output=True, text=True)
    assert done.returncode == 0 and "as it was deposited" in done.stdout
    page = top / "book/2024/index.html"
    before = page.read_bytes()
    page.write_bytes(before + b" ")
    spoilt = subprocess.run(["make", "-s", "check"], cwd=top, capture_output=True, text=True)
    page.write_bytes(before)
    assert spoilt.returncode and "book/2024/index.html: FAILED" in spoilt.stdout


def test_two_runs_give_the_same_bytes(made, tmp_path, raw_root, monkeypatch):
    root, wheels, packed, _, _ = made
    # Another clone with other times and rights, another clock, another folder.
    clone = tmp_path / "et annet sted"
    git(root, "clone", "-q", root, clone)
    for number, path in enumerate(sorted(clone.rglob("*.qmd"))):
        os.utime(path, (number, number))
    monkeypatch.setenv("TZ", "Pacific/Kiritimati")
    before = os.umask(0o077)
    try:
        again = archive(Project(clone), Order(tmp_path / "out", YEARS, raw_root, wheels, jobs=2), lambda _: None)
    finally:
        os.umask(before)
    assert again.name == packed.name and again.read_bytes() == packed.read_bytes()
    with tarfile.open(again) as archived:
        members = archived.getmembers()
    assert {(one.uid, one.gid, one.uname, one.gname, one.mtime) for one in members} == {(0, 0, "", "", 1769860800)}
    assert {one.mode for one in members} == {0o644, 0o755}


def test_the_unpacked_source_makes_the_same_book_without_git_and_network(made, tmp_path):
    top = shutil.copytree(made[3], tmp_path / "et annet sted" / made[3].name)
    # Inside of a repository of someone else's, whose commits have other dates.
    git(tmp_path, "init", "-q", "-b", "main")
    git(tmp_path, "-c", "user.name=Ola", "commit", "-q", "--allow-empty", "-m", "Other")
    assert Project(top / "source").date == "2026-01-31"
    command = [sys.executable, "-c", BUILD, str(top / "source"), str(top / "data"), "2024"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(ROOT))
        done = OFFLINE.run(command, top.parent)
    assert done.returncode == 0, done.stderr[-2000:]
    assert differing_pages(top / "book/2024", top / "source/_book/2024") == []
    assert "31. januar 2026" in (top / "book/2024/index.html").read_text(encoding="utf-8")
    if may("--net"):
        assert attempts(top.parent) == 0


def differing_pages(one, other):
    """As `diff -r --exclude='.*'` in the deposit's Makefile: what a build keeps for itself is no page."""
    return [name for name in differing(one, other) if not name.startswith(".")]


def test_the_crate_is_valid_and_says_what_is_what(made):
    top = made[3]
    crate = ROCrate(top)
    assert crate.metadata.get("conformsTo") == "https://w3id.org/ro/crate/1.2"
    stored = json.loads((top / "ro-crate-metadata.json").read_text(encoding="utf-8"))
    assert stored["@context"] == "https://w3id.org/ro/crate/1.2/context"
    root = crate.root_dataset
    assert all(root.get(name) for name in ("name", "description", "datePublished", "license", "author"))
    assert {licence.id for licence in root["license"]} == {f"{SPDX}MIT", f"{SPDX}CC-BY-4.0"}
    assert root["version"] == "0.1.0" and root["author"]["name"] == "Prosjektet etterprøvbar rapport"
    source = crate.get("source/")
    assert set(source["mainEntity"].type) == {"File", "SoftwareSourceCode"}
    assert source["identifier"] == f"swh:1:rev:{git(made[0], 'rev-parse', 'HEAD')}"
    data = crate.get("data/")
    assert data["additionalType"].id == SYNTHETIC and data["description"].startswith("Synthetic")
    assert crate.get("wheels/") and crate.get("data/survey_2024.parquet")["additionalType"].id == SYNTHETIC
    action = crate.get("#build")
    assert {entity.id for entity in action["result"]} == {"book/2024/", "ledger/2024.md", "ledger/2024.csv"}


def test_every_thing_that_the_crate_names_is_there(made):
    top = made[3]
    entities = json.loads((top / "ro-crate-metadata.json").read_text(encoding="utf-8"))["@graph"]
    ids = {entity["@id"] for entity in entities}
    told = [value for entity in entities for value in entity.values()]
    references = [part for value in told for part in (value if isinstance(value, list) else [value])]
    pointed = {part["@id"] for part in references if isinstance(part, dict)}
    assert pointed - {"https://w3id.org/ro/crate/1.2"} <= ids, "no reference leads nowhere"
    files = [entity for entity in entities if "File" in entity["@type"]]
    assert len(files) > 10
    for entity in files:
        # Ids are addresses: what a name has beside letters is encoded.
        path = top / unquote(entity["@id"])
        if entity["@id"] != "manifest.sha256":
            assert entity["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
            assert entity["contentSize"] == str(path.stat().st_size)
    assert all((top / unquote(entity["@id"])).is_dir() for entity in entities if "Dataset" in entity["@type"])


def test_the_readme_and_the_makefile_have_no_gaps(made):
    top = made[3]
    for name in ("README.md", "Makefile"):
        text = (top / name).read_text(encoding="utf-8")
        assert not re.findall(r"@[a-z]+@", text)
    readme = (top / "README.md").read_text(encoding="utf-8")
    assert "All data here is synthetic" in readme and "survey year (2024)" in readme
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    assert f"PYTHON := python{version}\n" in (top / "Makefile").read_text(encoding="utf-8")


def plan(folder, *arguments):
    """What make would say, without doing it."""
    done = subprocess.run(["make", "-n", *arguments], cwd=folder, capture_output=True, text=True)
    return done.stdout + done.stderr


def test_make_finds_wheels_and_raw_files_in_a_deposit_alone(tmp_path):
    for place in ("clone", "deposit"):
        (tmp_path / place / "source").mkdir(parents=True)
        for name in ("Makefile", LOCK, "pyproject.toml"):
            shutil.copy(ROOT / name, tmp_path / place / "source" / name)
    (tmp_path / "deposit" / "ro-crate-metadata.json").write_text("{}")
    in_clone, in_deposit = (plan(tmp_path / place / "source", "report") for place in ("clone", "deposit"))
    for word in ("../wheels", "../data", "--renderer pandoc"):
        assert word in in_deposit and word not in in_clone
    assert "report build" in in_clone and "report build" in in_deposit


def small_order(made, tmp_path, data, **more):
    return Order(tmp_path / "out", (2024,), data, more.get("wheels", made[1]), jobs=1)


@pytest.fixture
def copy(made, tmp_path):
    """Another clone, to be spoilt."""
    clone = tmp_path / "clone"
    git(made[0], "clone", "-q", made[0], clone)
    return clone


@pytest.fixture
def no_build(monkeypatch):
    """A refusal comes before anything is built."""

    def built(*arguments):
        raise AssertionError("a book was built")

    monkeypatch.setattr(module, "make_edition", built)


def refused(project, order, words):
    with pytest.raises(ReportError, match=words) as error:
        archive(Project(project), order, lambda _: None)
    assert not order.to.exists() or os.listdir(order.to) == [], "nothing is left behind"
    return str(error.value)


@pytest.mark.parametrize("change", ["edited", "new", "staged"])
def test_uncommitted_changes_are_refused(made, copy, tmp_path, raw_root, no_build, change):
    path = copy / ("ny.qmd" if change == "new" else "index.qmd")
    path.write_text("# Ny\n", encoding="utf-8")
    if change == "staged":
        git(copy, "add", "-A")
    told = refused(copy, small_order(made, tmp_path, raw_root), "uncommitted changes")
    assert f"{path.name} (git status; 1). commit them" in told


def test_a_folder_without_a_repository_of_its_own_is_refused(made, tmp_path, raw_root, no_build):
    # An unpacked deposit, inside of a repository.
    git(tmp_path, "init", "-q", "-b", "main")
    unpacked = shutil.copytree(made[3] / "source", tmp_path / "source")
    refused(unpacked, small_order(made, tmp_path, raw_root), "not the top of its git repository")
    shutil.rmtree(tmp_path / ".git")
    refused(unpacked, small_order(made, tmp_path, raw_root), "git rev-parse failed")


def test_real_data_is_refused_by_option_and_by_setting(made, tmp_path, monkeypatch, no_build):
    store_waves(tmp_path / "real")
    told = refused(made[0], small_order(made, tmp_path, tmp_path / "real"), "real data never goes into an archive")
    assert "10" not in told
    monkeypatch.setenv("REPORT_DATA", str(tmp_path / "real"))
    refused(made[0], small_order(made, tmp_path, None), "real data never goes into an archive")


def test_a_label_alone_makes_no_data_synthetic(made, tmp_path, raw_root, no_build):
    # Real files beside a manifest that calls them synthetic.
    store_waves(tmp_path / "real")
    stored = json.loads((tmp_path / "real/dataset.json").read_text())
    (tmp_path / "real/dataset.json").write_text(json.dumps(stored | {"kind": "synthetic"}))
    refused(made[0], small_order(made, tmp_path, tmp_path / "real"), "not the twin that this source generates")
    (tmp_path / "real/dataset.json").write_text(json.dumps(stored | {"kind": "synthetic", "seed": 1}))
    refused(made[0], small_order(made, tmp_path, tmp_path / "real"), "holds other survey files")
    # The twin itself, damaged.
    spoilt = shutil.copytree(raw_root, tmp_path / "twin")
    (spoilt / "survey_2024.parquet").write_bytes((spoilt / "survey_2023.parquet").read_bytes())
    refused(made[0], small_order(made, tmp_path, spoilt), "not the twin that this source generates")


def test_a_real_register_beside_the_twin_is_refused(made, tmp_path, raw_root, no_build):
    mixed = shutil.copytree(raw_root, tmp_path / "mixed")
    (mixed / "register").mkdir(exist_ok=True)
    stored = json.loads((mixed / "dataset.json").read_text()) | {"kind": "real", "files": {}}
    (mixed / "register/dataset.json").write_text(json.dumps(stored))
    refused(made[0], small_order(made, tmp_path, mixed), "real data never goes into an archive")


def test_what_lies_beside_the_raw_files_stays_outside(made, raw_root, tmp_path):
    other = shutil.copytree(raw_root, tmp_path / "twin")
    (other / "notes.txt").write_text("someone's")
    (other / ".report-cache").mkdir()
    copied = module.copy_raw(other, tmp_path / "copied")
    assert set(file_names(tmp_path / "copied")) == {"dataset.json", *read_manifest(raw_root).files}
    assert len(copied) == len(file_names(tmp_path / "copied"))


def test_a_wheel_that_is_missing_or_another_is_refused(made, tmp_path, raw_root, no_build):
    wheels = shutil.copytree(made[1], tmp_path / "wheels")
    make_wheel(wheels, "first_part", "1.0.0")
    (wheels / "first_part-1.0-py3-none-any.whl").write_bytes((wheels / "unasked-1.0-py3-none-any.whl").read_bytes())
    refused(made[0], small_order(made, tmp_path, raw_root, wheels=wheels), "wheels can't be fetched")
    (wheels / "first_part-1.0-py3-none-any.whl").unlink()
    (wheels / "first_part-1.0.0-py3-none-any.whl").unlink()
    refused(made[0], small_order(made, tmp_path, raw_root, wheels=wheels), "wheels can't be fetched.*first.part")


def test_a_failure_late_leaves_the_earlier_deposit(made, tmp_path, raw_root, monkeypatch):
    order = small_order(made, tmp_path, raw_root)
    order.to.mkdir()
    earlier = order.to / made[2].name
    earlier.write_bytes(b"earlier")
    monkeypatch.setattr(module, "make_edition", lambda *_: None)

    def full(*arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module, "pack", full)
    with pytest.raises(OSError, match="No space left"):
        archive(Project(made[0]), order, lambda _: None)
    assert os.listdir(order.to) == [earlier.name] and earlier.read_bytes() == b"earlier"


def test_another_disclosure_limit_and_an_unknown_year_are_refused(made, tmp_path, raw_root, no_build, monkeypatch):
    refused(made[0], Order(tmp_path / "out", (2021, 2024), raw_root, made[1]), "years unknown: 2021.*2022, 2023, 2024")
    monkeypatch.setenv("REPORT_MINIMUM", "5")
    refused(made[0], small_order(made, tmp_path, raw_root), "another disclosure limit")


def test_without_rocrate_one_message_says_so(made, tmp_path, raw_root, no_build, monkeypatch):
    monkeypatch.setattr(module, "find_spec", lambda name: None)
    refused(made[0], small_order(made, tmp_path, raw_root), "rocrate is not installed")


def test_the_command_tells_an_error_in_one_line(tmp_path, monkeypatch):
    store_waves(tmp_path / "real")
    monkeypatch.setattr(module, "head", lambda root: None)
    done = CliRunner().invoke(main, ["archive", "--data", str(tmp_path / "real"), "--to", str(tmp_path / "out")])
    assert done.exit_code == 1 and not (tmp_path / "out").exists()
    assert done.output.startswith("error: the data root is real") and done.output.count("\n") == 1


def test_packing_keeps_names_of_any_script_and_length(tmp_path):
    folder = tmp_path / "top"
    names = ["a/" + "ø" * 80 + ".txt", "b" * 120 + "/c.txt", "sp ace/æ.txt"]
    for name in names:
        (folder / name).parent.mkdir(parents=True)
        (folder / name).write_text(name)
    unpack_to = tmp_path / "unpacked"
    with tarfile.open(pack(folder, tmp_path / "x.tar", 1)) as packed:
        packed.extractall(unpack_to, filter="data")
    assert contents(unpack_to / "top") == {name: name.encode() for name in names}
    assert Path(tmp_path / "x.tar").read_bytes() == pack(folder, tmp_path / "y.tar", 1).read_bytes()
