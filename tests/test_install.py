"""The set-up installs exactly what is locked, whatever newer releases an index holds, and builds nothing.

The index is made here, of files: each locked package in the locked version with its real requirements, and in a newer
release that can't be installed. An extra that one locked package asks of another brings one more that no lock knows:
whoever resolves meets it. (Pip before 24 needs no such help, it looks for the newest release of the other and fails.)
The locks are the real ones with these files' digests.
"""

import base64
import hashlib
import importlib.util
import os
import re
import subprocess
import sys
import tarfile
import zipfile
from collections import defaultdict
from importlib.metadata import distributions
from pathlib import Path

import pip
import pytest
from locks import DEVELOPMENT, RUN, about, pins
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from press.project import ROOT

SCRIPT = ROOT / "tools" / "setup.py"
HERE = ".".join(map(str, sys.version_info[:2]))
UV = Path(sys.executable).with_name("uv")
NEWER, UNKNOWN = "9999", "not-locked"
BACKEND = """
import zipfile
def build_wheel(folder, settings=None, metadata=None):
    open({mark!r}, "w").close()
    with zipfile.ZipFile(folder + "/six-{version}-py3-none-any.whl", "w") as file:
        info = "six-{version}.dist-info/"
        file.writestr(info + "METADATA", "Metadata-Version: 2.1\\nName: six\\nVersion: {version}\\n")
        file.writestr(info + "WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        file.writestr(info + "RECORD", "")
    return "six-{version}-py3-none-any.whl"
"""


def load(text):
    """The set-up as a module, from its text or a changed one."""
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("setup_under_test", None))
    module.__file__ = str(SCRIPT)
    exec(compile(text, str(SCRIPT), "exec"), module.__dict__)
    return module


setup = load(SCRIPT.read_text(encoding="utf-8"))


def without(rule):
    """The set-up with one of its rules taken out."""
    text = SCRIPT.read_text(encoding="utf-8")
    [line] = re.findall(r"^RULES = .*\n", text, re.M)
    assert rule in line
    return load(text.replace(line, line.replace(rule, "")))


def wheel(folder, name, version, requires=(), script=""):
    """Write a tiny wheel; its digest."""
    stem = f"{name.replace('-', '_')}-{version}"
    about = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}"]
    about += [f"Provides-Extra: {extra}" for extra in {*re.findall(r'extra == "([^"]+)"', " ".join(requires))}]
    files = {
        f"{stem}.dist-info/METADATA": "\n".join([*about, *(f"Requires-Dist: {text}" for text in requires), ""]),
        f"{stem}.dist-info/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    } | ({f"{stem}.data/scripts/{name}": script} if script else {})
    rows = []
    for path, content in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(content.encode()).digest()).rstrip(b"=").decode()
        rows.append(f"{path},sha256={digest},{len(content.encode())}\n")
    with zipfile.ZipFile(folder / f"{stem}-py3-none-any.whl", "w") as archive:
        for path, content in files.items():
            entry = zipfile.ZipInfo(path)
            entry.external_attr = 0o100755 << 16
            archive.writestr(entry, content)
        archive.writestr(f"{stem}.dist-info/RECORD", "".join([*rows, f"{stem}.dist-info/RECORD,,\n"]))
    return hashlib.sha256(Path(archive.filename).read_bytes()).hexdigest()


@pytest.fixture(autouse=True)
def settings(monkeypatch, tmp_path):
    """No settings of this machine's: nothing but what the set-up says decides."""
    for name in [name for name in os.environ if name.startswith(("PIP_", "UV_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_CACHE_DIR", "1")
    monkeypatch.setenv("UV_NO_CONFIG", "1")
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "cache"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A package index and both locks with its files' digests."""
    folder = tmp_path_factory.mktemp("index")
    asked = extras()
    for lock in (RUN, DEVELOPMENT):
        text = ""
        for pin in pins(lock.read_text(encoding="utf-8")):
            # The locked uv is this environment's own: an installer has to install.
            script = f'#!/bin/sh\nexec "{UV}" "$@"\n' if pin.name == "uv" else ""
            requires = [*about(pin)[1], *(f'{UNKNOWN}; extra == "{extra}"' for extra in asked.get(pin.name, ()))]
            digest = offer(folder, pin.name, {pin.version: requires, NEWER: ["no-such-package==1"]}, script)
            text += f"{pin.text.splitlines()[0]}\n    --hash=sha256:{digest}\n"
        (folder / lock.name).write_text(text, encoding="utf-8")
    offer(folder, UNKNOWN, {"1": []})
    return folder


def offer(folder, name, releases, script=""):
    """Put a package's releases in the index; the digest of the first one's wheel."""
    place = folder / "simple" / name
    place.mkdir(parents=True)
    digests = [wheel(place, name, version, requires, script) for version, requires in releases.items()]
    links = "".join(f'<a href="{file.name}">{file.name}</a>' for file in place.iterdir())
    (place / "index.html").write_text(f"<!DOCTYPE html><html><body>{links}</body></html>")
    return digests[0]


def extras():
    """What extras locked packages ask of each other, by the name of who is asked."""
    asked = defaultdict(set)
    for lock in (RUN, DEVELOPMENT):
        for pin in pins(lock.read_text(encoding="utf-8")):
            for requirement in map(Requirement, about(pin)[1]):
                if "extra ==" not in str(requirement.marker):
                    asked[canonicalize_name(requirement.name)] |= requirement.extras
    return asked


@pytest.fixture
def index(folder, monkeypatch):
    """Pip is told of that index, and of no other."""
    monkeypatch.setenv("PIP_INDEX_URL", (folder / "simple").as_uri())
    return folder


@pytest.fixture
def python(tmp_path):
    """The Python of an empty environment with this environment's pip, which is quicker than unpacking one."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "venv"], check=True)
    [folder] = (tmp_path / "venv" / "lib").glob("python*/site-packages")
    for part in Path(pip.__file__).parent.parent.glob("pip*"):
        (folder / part.name).symlink_to(part)
    return tmp_path / "venv" / "bin" / "python"


def installed(python):
    [folder] = (python.parent.parent / "lib").glob("python*/site-packages")
    return {canonicalize_name(found.metadata["Name"]): found.version for found in distributions(path=[str(folder)])}


def locked(*locks):
    return {pin.name: pin.version for lock in locks for pin in pins(lock.read_text()) if pin.wanted(HERE)}


def test_some_locked_packages_are_asked_for_with_an_extra_by_others():
    assert {"coverage": {"toml"}, "jsonschema": {"format-nongpl"}}.items() <= extras().items()


@pytest.mark.parametrize("with_uv", [True, False], ids=["uv", "pip"])
def test_exactly_what_is_locked_is_installed(index, python, with_uv):
    there = installed(python)
    assert not with_uv or setup.has_uv(python, index / RUN.name, None)
    for lock in (RUN, DEVELOPMENT):
        setup.install(python, index / lock.name, None, with_uv)
    setup.check(python)
    wanted = locked(RUN, DEVELOPMENT)
    assert len(wanted) > 150 and NEWER not in wanted.values()
    if not with_uv:
        del wanted["uv"]
    assert installed(python) == there | wanted


@pytest.mark.parametrize("with_uv", [True, False], ids=["uv", "pip"])
def test_without_no_deps_the_same_call_resolves_and_fails(index, python, with_uv):
    changed = without(', "--no-deps"')
    installer = (changed.uv if with_uv else changed.pip)(python)
    python.with_name("uv").symlink_to(UV)
    there = installed(python)
    with pytest.raises(changed.Failed, match=r"pinned|no trusted hash"):
        changed.run(changed.install_call(installer, [index / RUN.name], None), changed.index_of_pip(python))
    assert installed(python) == there


@pytest.mark.parametrize("with_uv", [True, False], ids=["uv", "pip"])
def test_nothing_is_built(index, python, tmp_path, with_uv):
    version = locked(RUN)["six"]
    mark, folder = tmp_path / "built", tmp_path / "sources"
    folder.mkdir()
    source = tmp_path / f"six-{version}"
    source.mkdir()
    (source / "backend.py").write_text(BACKEND.format(mark=str(mark), version=version))
    (source / "PKG-INFO").write_text(f"Metadata-Version: 2.1\nName: six\nVersion: {version}\n")
    (source / "pyproject.toml").write_text(
        '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
    )
    with tarfile.open(folder / f"six-{version}.tar.gz", "w:gz") as archive:
        archive.add(source, source.name)
    digest = hashlib.sha256(Path(archive.name).read_bytes()).hexdigest()
    lock = tmp_path / "lock.txt"
    lock.write_text(f"six=={version} \\\n    --hash=sha256:{digest}\n")
    python.with_name("uv").symlink_to(UV)
    with pytest.raises(setup.Failed):
        setup.install(python, lock, folder, with_uv)
    assert not mark.exists() and "six" not in installed(python)
    without(', "--only-binary", ":all:"').install(python, lock, folder, with_uv)
    assert mark.exists() and installed(python)["six"] == version


def test_where_uv_cannot_be_had_pip_installs(index, python, tmp_path, capsys):
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    [six] = index.glob(f"simple/six/six-{locked(RUN)['six']}-*.whl")
    (wheels / six.name).symlink_to(six)
    text = (index / RUN.name).read_text()
    lock = tmp_path / "lock.txt"
    lock.write_text("".join(re.findall(r"^(?:six|uv)==.*\n .*\n", text, re.M)))
    assert lock.read_text().count("==") == 2
    with_uv = setup.has_uv(python, lock, wheels)
    setup.install(python, lock, wheels, with_uv)
    assert not with_uv and "six" in installed(python) and "uv can't be had" in capsys.readouterr().out


def test_the_mark_is_written_last(monkeypatch, tmp_path):
    module, done = load(SCRIPT.read_text(encoding="utf-8")), []
    mark = tmp_path / "venv" / ".ready"
    for step in ("make_environment", "has_uv", "install", "install_project", "check"):
        def noted(*arguments, step=step):
            assert not mark.exists()
            done.append(step)
            (tmp_path / "venv").mkdir(exist_ok=True)
            if step == failing:
                raise module.Failed("no")
        monkeypatch.setattr(module, step, noted)
    for failing in ("make_environment", "install", "install_project", "check"):
        with pytest.raises(module.Failed):
            module.set_up(tmp_path / "venv", False, None, False)
        assert done[-1] == failing and not mark.exists()
    failing = ""
    module.set_up(tmp_path / "venv", False, None, False)
    assert mark.is_file() and done[-5:] == ["make_environment", "has_uv", "install", "install_project", "check"]


def test_uv_asks_the_index_that_pip_was_told_of(python, monkeypatch, tmp_path):
    (tmp_path / "pip.conf").write_text("[global]\nindex-url = https://mirror.invalid/simple\ncert = /etc/own.pem\n")
    monkeypatch.setenv("PIP_CONFIG_FILE", str(tmp_path / "pip.conf"))
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    assert setup.index_of_pip(python) == {
        "UV_DEFAULT_INDEX": "https://mirror.invalid/simple", "SSL_CERT_FILE": "/etc/own.pem",
    }  # fmt: skip
    monkeypatch.setenv("UV_DEFAULT_INDEX", "https://own.invalid/simple")
    assert setup.index_of_pip(python) == {"SSL_CERT_FILE": "/etc/own.pem"}


def test_there_is_one_install_call():
    flow = ".github/workflows/ci.yml"
    for name in ("Makefile", ".ci/run", flow, "README.md", "CONTRIBUTING.md", "docs/real-data.md"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert not re.search(r"pip install[^\n]*requirements", text), f"{name}: make setup installs from the locks"
    assert "tools/setup.py" in (ROOT / "Makefile").read_text(encoding="utf-8")
