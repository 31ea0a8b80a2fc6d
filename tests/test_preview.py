"""The preview: what is run again, what is shown, and that the last good page stays."""

import http.client
import json
import os
import queue
import shutil
import subprocess
import tempfile
import threading
import time
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest
import test_build
from click.testing import CliRunner

from engine.errors import ReportError
from press.cli import main
from press.notebook import to_notebook
from press.preview.kernel import take_over
from press.preview.server import TAG, open_server
from press.preview.session import Options, Session
from press.project import Project

small_book = test_build.project
CHROMIUM = shutil.which("chromium")
PATIENCE_SECONDS = 120

# What is run again ---------------------------------------------------------------------------------------------

CODE = "```{python}\n#| label: a\nx = 1\n```\n\n"


def executed(text):
    """A chapter as if it had been run: each code cell's output is its own number."""
    notebook = to_notebook(text, "prøve")
    for number, cell in enumerate(notebook.cells):
        if cell.cell_type == "code":
            cell.outputs = [nbformat.v4.new_output("stream", text=str(number))]
    return notebook


def again(before, now):
    """Sources of the narrative to be executed again, or None for the whole chapter."""
    new = to_notebook(now, "prøve")
    todo = take_over(executed(before), new)
    held = [
        cell.outputs for number, cell in enumerate(new.cells) if cell.cell_type == "code" and number not in (todo or [])
    ]
    assert todo is None or all(held), "what is not run again has its output"
    return todo if todo is None else [new.cells[number].source for number in todo]


def test_only_the_sentences_that_changed_are_run_again():
    text = "# Tittel\n\n" + CODE + "Tall: `{python} x`.\n\n## Mer\n\nOg: `{python} x + 1`.\n"
    assert again(text, text) == []
    assert again(text, text + "\n## Nytt\n\nBare ord.\n") == []
    [changed] = again(text, text.replace("Tall:", "Tallet er"))
    assert "Tallet er" in changed and "Og:" not in changed


@pytest.mark.parametrize(
    "now",
    [CODE.replace("x = 1", "x = 2"), CODE.replace("label: a", "label: b"), CODE + "```{python}\ny = 2\n```\n", ""],
)
def test_other_code_runs_the_chapter_again(now):
    assert again("# T\n\n" + CODE + "Tall: `{python} x`.\n", "# T\n\n" + now + "Tall: `{python} x`.\n") is None


@pytest.mark.parametrize(
    "later", ["x = 5", "x += 1", "x[0] = 2", "x.a = 1", "import x", "del x", "def x(): ...", "(y, x) = 1, 2"]
)
def test_a_sentence_whose_name_is_set_anew_further_down_runs_the_chapter_again(later):
    text = "# T\n\n" + CODE + "Tall: `{python} x`.\n\n```{python}\n" + later + "\n```\n\nSlutt: `{python} x`.\n"
    assert again(text, text.replace("Tall", "Tallet")) is None
    assert len(again(text, text.replace("Slutt", "Til slutt"))) == 1, (
        "below the last change the kernel is as it was there"
    )


def test_a_sentence_that_moves_past_code_is_run_again():
    text = "# T\n\nTall: `{python} 1`.\n\n" + CODE
    assert len(again(text, "# T\n\n" + CODE + "Tall: `{python} 1`.\n")) == 1


# What is served ------------------------------------------------------------------------------------------------


@pytest.fixture
def served(tmp_path):
    asked = []
    server = open_server(0, asked.append)
    server.folder = tmp_path
    for name, text in (
        ("pages/index.html", "<body>Hei</body>"),
        ("staged/theme/book.css", "p {}"),
        ("runs/04.ipynb", "rows"),
        ("staged/_quarto.yml", "book"),
        ("staged/chapters/04.ipynb", "cells"),
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    yield SimpleNamespace(server=server, asked=asked, folder=tmp_path)
    server.shutdown()
    server.server_close()


def ask(server, path, method="GET", cookie=True, **headers):
    """An answer to somebody with the preview's cookie, or another one, or none."""
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=5)
    told = {"Cookie": f"{server.cookie}={server.secret if cookie is True else cookie}"} if cookie else {}
    connection.request(method, path, headers=told | headers)
    answer = connection.getresponse()
    return answer, answer.read().decode()


def get(server, path, host=None):
    answer, text = ask(server, path, **({"Host": host} if host else {}))
    return answer.status, text


def test_pages_get_the_script_and_files_stay_as_they_are(served):
    assert get(served.server, "/") == (200, f"<body>Hei{TAG}\n</body>")
    assert served.asked == ["index.html"]
    assert (served.folder / "pages/index.html").read_text() == "<body>Hei</body>"
    assert get(served.server, "/theme/book.css") == (200, "p {}")
    assert "EventSource" in get(served.server, "/@preview/reload.js")[1]


@pytest.mark.parametrize(
    "path",
    [
        "/../runs/04.ipynb",
        "/%2e%2e/runs/04.ipynb",
        "/theme/../../runs/04.ipynb",
        "/_quarto.yml",
        "/chapters/04.ipynb",
        "/none.html",
        "//etc/passwd",
        "/theme/../chapters/04.ipynb",
        "/theme/%2e%2e/_quarto.yml",
        "/theme/../_quarto.yml",
        "/notebooks/../suppressed.csv",
        "/theme",
        "/theme/",
        "/%00",
        "/theme/%00",
        "/" + "a" * 300,
        "/" + "a/" * 2000,
        "/theme/" + "a" * 4000,
        "/%ff%fe",
        "//[::1",
        "/a.html?token=%00",
        "/loop/loop",
    ],
)
def test_nothing_but_the_book_is_served(served, path, capfd):
    (served.folder / "pages" / "loop").symlink_to("loop")
    assert get(served.server, path)[0] == 404
    assert capfd.readouterr() == ("", ""), "an odd address writes nothing into the terminal"


def test_who_does_not_know_the_secret_gets_nothing(served):
    for cookie in (None, "", "guessed", served.server.secret[:-1], served.server.secret + "x", '"; x'):
        for path in ("/", "/theme/book.css", "/@preview/events", "/@preview/reload.js", "/no.html", "/?token=guessed"):
            answer, text = ask(served.server, path, cookie=cookie)
            assert answer.status == 403 and "Hei" not in text and served.server.secret not in text
            assert answer.getheader("Set-Cookie") is None
    assert served.asked == [], "nor does it start a chapter's run"


def test_the_secret_in_the_first_address_becomes_a_cookie(served):
    path = served.server.entrance.removeprefix(served.server.address.rstrip("/"))
    answer, _ = ask(served.server, path, cookie=None)
    assert answer.status == 303 and answer.getheader("Location") == "/"
    cookie = answer.getheader("Set-Cookie")
    assert cookie.startswith(f"{served.server.cookie}={served.server.secret};")
    assert "HttpOnly" in cookie and "SameSite=Strict" in cookie
    assert len(served.server.secret) >= 40 and open_secret() != open_secret()
    answer, _ = ask(served.server, f"//evil.example/?token={served.server.secret}", cookie=None)
    assert answer.getheader("Location") == "/evil.example/", "the way in leads to no other site"


def open_secret():
    server = open_server(0, print)
    server.shutdown()
    server.server_close()
    return server.secret


def test_a_head_is_answered_without_a_body(served):
    answer, text = ask(served.server, "/", "HEAD")
    assert answer.status == 200 and text == "" and int(answer.getheader("Content-Length")) > 10
    assert ask(served.server, "/none.html", "HEAD")[0].status == 404
    assert ask(served.server, "/", "HEAD", cookie=None)[0].status == 403
    assert ask(served.server, "/@preview/events", "HEAD")[0].status == 200
    assert served.asked == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another account")
def test_another_account_of_the_machine_is_refused(served):
    code = (
        "import urllib.request, urllib.error, sys\n"
        "try:\n    print(urllib.request.urlopen(sys.argv[1]).read())\n"
        "except urllib.error.HTTPError as error:\n    print(error.code, error.read())\n"
    )
    python = shutil.which("python3", path="/usr/bin:/bin")
    if python is None:
        pytest.skip("no python that another account could run")
    done = subprocess.run(
        [python, "-c", code, served.server.address], capture_output=True, text=True, user="nobody", env={}, cwd="/"
    )
    assert done.stdout.startswith("403 ") and "Hei" not in done.stdout, done


def test_other_sites_and_machines_are_kept_out(served):
    assert served.server.server_address[0] == "127.0.0.1"
    assert get(served.server, "/", "evil.example.org:80")[0] == 403
    port = served.server.server_port
    assert get(served.server, "/", f"localhost:{port}")[0] == 200
    for host in ("127.0.0.1:x", f"127.0.0.1:{port}, evil", "127.0.0.1", f"evil.example:{port}", ""):
        assert get(served.server, "/", host)[0] == 403 or not host


def test_a_port_in_use_is_told(served):
    with pytest.raises(ReportError, match="can't be had"):
        open_server(served.server.server_port, print)


# The whole way -------------------------------------------------------------------------------------------------


class Previewing:
    """A running preview of a small book."""

    def __init__(self, project):
        self.said, self.project = [], project
        self.session = Session(project, Options(port=0, browser=False, jobs=1), self.said.append)
        self.thread = threading.Thread(target=self.session.run, daemon=True)
        self.thread.start()
        assert self.session._ready.wait(PATIENCE_SECONDS)
        self.listener = self.session.server.events.listen()
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not any("preview at" in line for line in self.said) and time.monotonic() < deadline:
            time.sleep(0.05)

    def page(self, name="chapters/04-prove.html"):
        return get(self.session.server, "/" + name)[1]

    def save(self, name, text):
        """Save a file and return what the browser is told, and after how many seconds."""
        started = time.monotonic()
        (self.project.root / name).write_text(text, encoding="utf-8")
        try:
            event, data = self.listener.get(timeout=PATIENCE_SECONDS).splitlines()[:2]
        except queue.Empty:
            pytest.fail("nothing was told: " + "\n".join(self.said))
        return event.removeprefix("event: "), json.loads(data.removeprefix("data: ")), time.monotonic() - started

    def end(self):
        self.session.stop.set()
        self.thread.join(20)


@pytest.fixture
def previewing(small_book, monkeypatch):
    # A short path, as sockets need it; whatever ends, nothing is left there.
    with tempfile.TemporaryDirectory(prefix="p-") as place:
        monkeypatch.setenv("TMPDIR", place)
        running = Previewing(small_book)
        yield running
        running.end()
        ends = time.monotonic() + 20
        while (left := sorted(path.name for path in Path(place).iterdir())) and time.monotonic() < ends:
            time.sleep(0.2)
        assert not left


def test_a_saved_sentence_a_failing_cell_and_a_changed_look(previewing):
    chapter, name = test_build.CHAPTER, "chapters/04-prove.qmd"
    assert "Portefølje, 2022–2024" in previewing.page() and TAG in previewing.page()

    event, told, _ = previewing.save(name, chapter.replace("Unge:", "De unge har"))
    assert (event, told["pages"]) == ("shown", ["chapters/04-prove.html"])
    assert "De unge har" in previewing.page()

    # The kernel is warm now: only the sentence is run.
    event, _, seconds = previewing.save(name, chapter.replace("Unge:", "Hver ung har"))
    assert event == "shown" and "Hver ung har" in previewing.page() and "sentences only" in previewing.said[-1]
    assert seconds < 15, "three seconds on two idle cores; a busy machine takes longer"

    event, told, _ = previewing.save(name, chapter.replace("Unge:", "`{python} finnesikke`"))
    assert event == "failed" and "finnesikke" in told["error"]
    event, told, _ = previewing.save(name, chapter.replace("caseload, title", "1 / 0, title"))
    assert event == "failed" and "ZeroDivisionError" in told["error"] and "figur-16" in told["error"]
    assert any("ZeroDivisionError" in line for line in previewing.said), "the terminal tells it, too"
    assert "Hver ung har" in previewing.page(), "the last good page stays"
    event, told, _ = previewing.save(name, chapter.replace("@fig-16", "@fig-99"))
    assert event == "failed" and "fig-99" in told["error"] and "Hver ung har" in previewing.page()

    event, _, _ = previewing.save(name, chapter)
    assert event == "shown" and "Unge: " in previewing.page()
    # Gone for a moment, as while git changes branches.
    away = previewing.project.root / "chapters" / "away"
    (previewing.project.root / name).rename(away)
    event, told, _ = previewing.save("index.qmd", (previewing.project.root / "index.qmd").read_text() + "\nMer.\n")
    seen = [event]
    while "failed" not in seen or "shown" not in seen:
        seen.append(previewing.listener.get(timeout=PATIENCE_SECONDS).splitlines()[0].removeprefix("event: "))
    away.rename(previewing.project.root / name)
    event, _, _ = previewing.save(name, chapter)
    # A slow machine may tell once more of the moment without it; the next is of the chapter that is there.
    while event == "failed":
        event = previewing.listener.get(timeout=PATIENCE_SECONDS).splitlines()[0].removeprefix("event: ")
    assert event == "shown" and not any("worker" in line for line in previewing.said)

    settings = (previewing.project.root / "_quarto.yml").read_text(encoding="utf-8")
    event, told, _ = previewing.save("_quarto.yml", settings.replace('title: "', 'title: "Ny: ', 1))
    assert event == "shown" and len(told["pages"]) == 3 and "Ny: " in previewing.page("index.html"), told

    assert not (previewing.project.root / "_book").exists(), "a preview is no book"
    pages = previewing.project.cache / "preview" / "2024" / "pages"
    assert all("@preview" not in page.read_text(encoding="utf-8") for page in pages.rglob("*.html"))


def test_code_and_data_start_the_worker_again(tmp_path):
    session = Session(Project(tmp_path), Options(), print)
    session.data = str(tmp_path / "data-root")
    for name, kind in (
        ("engine/words/phrases.py", "code"),
        ("data/codebook/survey.csv", "code"),
        ("chapters/01.qmd", "book"),
        ("theme/book.css", "book"),
        ("report.qmd", "book"),
        ("notebooks/01.ipynb", ""),
        ("README.md", ""),
        ("data-root/survey_2024.parquet", "code"),
        ("data-root/dataset.json", "code"),
        ("data-root/.report-cache", ""),
        ("chapters/.01.qmd.swp", ""),
    ):
        assert session._kind(tmp_path / name) == kind, name
    assert session._kind(Path("/elsewhere/x.qmd")) == ""


def test_a_wrong_year_is_one_clear_error(twin_root):
    done = CliRunner().invoke(
        main, ["preview", "--year", "1999", "--no-browser", "--port", "0", "--data", str(twin_root)]
    )
    assert done.exit_code == 1 and done.output.count("error:") == 1
    assert "survey year 1999 is unknown" in done.output and "2022, 2023, 2024" in done.output


@pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine: install it to see a page reload")
def test_an_open_page_shows_what_is_saved(previewing):
    play = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with play.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page()
        page.goto(previewing.session.server.entrance)
        page.goto(previewing.session.server.address + "chapters/04-prove.html")
        previewing.save("chapters/04-prove.qmd", test_build.CHAPTER.replace("Unge:", "Sett i nettleseren:"))
        page.get_by_text("Sett i nettleseren:").wait_for(timeout=PATIENCE_SECONDS * 1000)
        previewing.save("chapters/04-prove.qmd", test_build.CHAPTER.replace("caseload, title", "1 / 0, title"))
        page.get_by_text("Siste gode versjon vises.").wait_for(timeout=PATIENCE_SECONDS * 1000)
        browser.close()
