"""The same book whoever builds it, where and when; and nothing is sent while it is built."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from processors import can_be_told
from same_bytes import PLAIN, STRANGE, Surroundings, attempts, contents, differing, holds, may
from small_project import make_project

from press.project import ROOT
from press.record import DIGESTS

BUILD = """
import json, sys
from pathlib import Path
from press.build import Order, build
from press.project import Project
from tests.processors import in_use
print(build(Project(Path(sys.argv[1])), Order(data=Path(sys.argv[2]), renderer="pandoc", jobs=int(sys.argv[3])), print))
Path(sys.argv[4]).write_text(json.dumps(in_use()))
"""
# Models whose last bits another processor changes: the chapter of the small project has a mean only.
MODELS = """
```{python}
#| label: figur-17
exhibit("fig-17", curve(survey.counsellors, "caseload", by="wave", at=[20, 60, 100, 140, 180]), kind="curves",
        title="Portefølje etter størrelse", unit="brukere", rows="ansatte")
```

```{python}
#| label: tabell-1
terms = "time_competence_pos + age_group_followed + experience + sector + office_size"
models = fit([f"{item} ~ {terms}" for item in ("comp_leadership", "comp_guidance")], survey.current(survey.counsellors))
exhibit("tbl-1", models.table, kind="regression", title="Kompetanse")
```
"""
# Python's own calls, in every process; Pandoc, Typst and pagefind are seen by the counters of the network namespace.
WATCH = """
import os, sys
def watch(event, arguments):
    if event in ("socket.getaddrinfo", "socket.gethostbyname", "socket.sendto", "socket.connect"):
        address = arguments[1] if event in ("socket.sendto", "socket.connect") else arguments[0]
        if not isinstance(address, bytes) and not str(address).startswith(("/", "\\0")):
            os.write(os.open(os.environ["WATCHED"], os.O_WRONLY | os.O_APPEND | os.O_CREAT), f"{event} ".encode())
            raise PermissionError("no network while a book is built")
sys.addaudithook(watch)
"""


@pytest.fixture(scope="module")
def places(twin_root):
    """Folders with the book built in ordinary and in strange surroundings."""
    # Not below pytest's own folder, which is closed to other accounts.
    base = Path(tempfile.mkdtemp(prefix="same-bytes-"))
    base.chmod(0o755)
    made = []
    try:
        for where in (PLAIN, STRANGE):
            place = base / where.folder
            (place / "watch").mkdir(parents=True)
            (place / "watch" / "sitecustomize.py").write_text(WATCH)
            chapter = make_project(place / "source") / "chapters" / "04-prove.qmd"
            chapter.write_text(chapter.read_text(encoding="utf-8") + MODELS, encoding="utf-8")
            data = shutil.copytree(twin_root, place / "data")
            made.append(place)
            command = [sys.executable, "-c", BUILD, str(place / "source"), str(data), str(where.jobs)]
            command.append(str(place / "processor"))
            paths = os.pathsep.join([str(place / "watch"), str(ROOT)])
            with pytest.MonkeyPatch.context() as patch:
                patch.setenv("PYTHONPATH", paths)
                patch.setenv("PYTHONDONTWRITEBYTECODE", "1")
                patch.setenv("WATCHED", str(place / "watched"))
                done = where.run(command, place)
            assert done.returncode == 0, done.stderr[-2000:]
        yield made
    finally:
        shutil.rmtree(base)


def test_every_file_has_the_same_bytes(places):
    books = [place / "source" / "_book" / "2024" for place in places]
    kinds = {Path(name).suffix for name in contents(books[0])}
    assert {".html", ".svg", ".csv", ".xlsx", ".pdf", ".pf_index", ".sha256"} <= kinds
    assert differing(*books) == []


def test_each_build_ran_on_the_processor_that_it_was_told(places):
    if not can_be_told():
        pytest.skip("this machine can't be told to be another: no x86-64 with AVX2")
    for place, where in zip(places, (PLAIN, STRANGE), strict=True):
        assert where.processor.differences(json.loads((place / "processor").read_text())) == []


def test_coreutils_confirm_the_digests_of_every_file(places):
    book = places[0] / "source" / "_book" / "2024"
    assert holds(book).returncode == 0
    named = {line.split("  ", 1)[1] for line in (book / DIGESTS).read_text().splitlines()}
    assert named == {name for name in contents(book) if not name.startswith(".")} - {DIGESTS}
    assert {"index.html", "book.json", "report.pdf"} <= named and any(name.startswith("pagefind/") for name in named)
    page = book / "index.html"
    before = page.read_bytes()
    page.write_bytes(before + b" ")
    spoilt = holds(book)
    page.write_bytes(before)
    assert spoilt.returncode == 1 and "index.html: FAILED" in spoilt.stdout


def test_no_process_of_python_asks_for_a_connection(places):
    assert [place.name for place in places if (place / "watched").exists()] == []


def test_the_watch_sees_a_connection(places, tmp_path):
    code = "import socket; socket.create_connection(('127.0.0.1', 9))"
    told = {"PYTHONPATH": str(places[0] / "watch"), "WATCHED": str(tmp_path / "watched")}
    done = subprocess.run([sys.executable, "-c", code], env=os.environ | told, capture_output=True, text=True)
    assert "no network while a book is built" in done.stderr and (tmp_path / "watched").exists()


def test_a_book_is_built_without_any_network_and_nothing_is_sent(places, tmp_path):
    if not may("--net"):
        pytest.skip(
            "no network namespace of one's own is permitted here; Python's own connections are watched all the same"
        )
    assert attempts(places[1]) == 0
    # The counters do count: of a program that swallows its failure, too.
    swallowed = "import socket; socket.socket().connect_ex(('192.0.2.1', 9))"
    assert (
        Surroundings("offline", "", 1, 0o022, offline=True).run([sys.executable, "-c", swallowed], tmp_path).returncode
        == 0
    )
    assert attempts(tmp_path) == 1
