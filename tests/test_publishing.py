"""Publishing: what may leave the house, and that nothing is called published that is not."""

import json
import re
import shutil
import socket
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from engine.errors import ReportError
from press.cli import main
from press.publishing import permission
from press.publishing.targets import TRIES, commit_book, copy_book, push_branch, put_book
from press.record import differences, read_record, write_record

TOKEN = "hemmelig-token-1234567890"


@pytest.fixture
def book(tmp_path):
    """A finished book of two pages."""
    folder = tmp_path / "project" / "_book" / "2024"
    for name, text in (
        ("index.html", "<p>Forsiden</p>"),
        ("chapters/04-ressurser.html", "<p>Kapittel</p>"),
        ("exhibits/figur-16.csv", "group,estimate,n\nUnge,38.0,120\nAlle,45.0,\n"),
        ("report.pdf", "%PDF"),
        (".build-key", "today"),
    ):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    write_record(folder, 2024, "synthetic", ("html", "pdf"), "auto")
    return folder


@pytest.fixture
def edition(monkeypatch):
    """The edition that the book is of; its key is «today»."""
    monkeypatch.setattr(permission, "current_key", lambda edition, order: edition.key)
    chapters = [SimpleNamespace(name="index"), SimpleNamespace(name="chapters/04-ressurser")]
    manifest = SimpleNamespace(kind="synthetic")
    return SimpleNamespace(
        year=2024, manifest=manifest, data=None, key="today", project=SimpleNamespace(), chapters=chapters
    )


# What may be published ---------------------------------------------------------------------------------------


def test_a_complete_book_of_today_may_be_published(book, edition):
    record = permission.permitted(edition, book)
    assert (record.year, record.kind, record.minimum) == (2024, "synthetic", 10)
    assert set(record.files) == {"index.html", "chapters/04-ressurser.html", "exhibits/figur-16.csv", "report.pdf"}
    assert not any(differences(book, record).values())


@pytest.mark.parametrize(
    "spoil, words",
    [
        (lambda book: (book / "chapters/04-ressurser.html").unlink(), "missing: chapters/04-ressurser.html"),
        (lambda book: (book / "index.html").write_text("<p>for hånd</p>"), "changed: index.html"),
        (lambda book: (book / "rows.csv").write_text("id\n1\n"), "foreign: rows.csv"),
        (lambda book: (book / "manifest.sha256").unlink(), "missing: manifest.sha256"),
        (lambda book: (book / "manifest.sha256").write_text("0  index.html\n"), "changed: manifest.sha256"),
        (lambda book: (book / "book.json").unlink(), "does not say what it is made of"),
        (lambda book: (book / "book.json").write_text("{"), "does not say what it is made of"),
        (lambda book: (book / ".build-key").unlink(), "out of date"),
        (lambda book: (book / ".build-key").write_text("yesterday"), "out of date"),
        (lambda book: shutil.rmtree(book), "there is no book"),
    ],
)
def test_a_spoilt_book_is_refused(book, edition, spoil, words):
    spoil(book)
    with pytest.raises(ReportError, match=re.escape(words)):
        permission.permitted(edition, book)


def test_a_chapter_that_was_not_rendered_is_missed(book, edition):
    edition.chapters.append(SimpleNamespace(name="chapters/05-tid"))
    with pytest.raises(ReportError, match=r"not rendered: chapters/05-tid\.html"):
        permission.permitted(edition, book)


def test_a_book_without_pages_or_of_other_data_is_refused(book, edition):
    write_record(book, 2024, "synthetic", ("pdf",), "auto")
    with pytest.raises(ReportError, match="no pages"):
        permission.permitted(edition, book)
    write_record(book, 2024, "synthetic", ("html",), "auto")
    edition.manifest.kind = "real"
    with pytest.raises(ReportError, match="of synthetic data for 2024, not of real for 2024"):
        permission.permitted(edition, book)


def test_real_data_is_refused_as_long_as_tables_are_not_checked_against_each_other(book, edition):
    """There is no way around it: neither a complete book of today nor a setting."""
    edition.manifest.kind = "real"
    write_record(book, 2024, "real", ("html", "pdf"), "auto")
    with pytest.raises(ReportError) as told:
        permission.permitted(edition, book)
    assert str(told.value) == (
        "tables of real data are not checked against each other: what one hides could follow from others (2024). "
        "keep the book where the data may be seen; see docs/disclosure.md"
    )


def test_real_data_below_the_disclosure_limit_is_refused(book, edition, monkeypatch):
    edition.manifest.kind = "real"
    monkeypatch.setenv("REPORT_MINIMUM", "5")
    write_record(book, 2024, "real", ("html",), "auto")
    monkeypatch.delenv("REPORT_MINIMUM")
    with pytest.raises(ReportError, match="down to 5 persons; 10 is the limit"):
        permission.permitted(edition, book)
    write_record(book, 2024, "real", ("html",), "auto")
    with pytest.raises(ReportError) as told:
        permission.permitted(edition, book)
    assert "is the limit" not in str(told.value)


def test_real_data_with_a_small_estimate_in_an_exhibit_is_refused(book, edition):
    edition.manifest.kind = "real"
    (book / "exhibits/figur-16.csv").write_text("group,estimate,n\nUnge,38.0,9\n", encoding="utf-8")
    write_record(book, 2024, "real", ("html",), "auto")
    with pytest.raises(ReportError, match="fewer than 10 persons: figur-16") as told:
        permission.permitted(edition, book)
    assert "38" not in str(told.value)


# To a folder -------------------------------------------------------------------------------------------------


def test_a_folder_gets_the_whole_book_and_loses_the_earlier_one(book, tmp_path):
    target = tmp_path / "www" / "rapport"
    copy_book(book, target)
    assert not (target / ".build-key").exists()
    assert differences(target, read_record(target)) == {"missing": [], "changed": [], "foreign": []}
    (book / "report.pdf").unlink()
    write_record(book, 2024, "synthetic", ("html",), "auto")
    copy_book(book, target)
    assert not (target / "report.pdf").exists()


def test_a_folder_with_something_else_is_left_alone(book, tmp_path):
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "summer.jpg").write_text("x")
    for target, words in ((tmp_path / "photos", "something else"), (book, "own"), (book.parent, "own"),
                          (tmp_path / "photos" / "summer.jpg", "something else")):  # fmt: skip
        with pytest.raises(ReportError, match=words):
            copy_book(book, target)
    assert [path.name for path in (tmp_path / "photos").iterdir()] == ["summer.jpg"]


def test_a_full_disk_leaves_the_earlier_book(book, tmp_path, monkeypatch):
    target = tmp_path / "www"
    copy_book(book, target)

    def full(source, place):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(shutil, "copyfile", full)
    with pytest.raises(ReportError, match="No space left"):
        copy_book(book, target)
    assert (target / "index.html").read_text(encoding="utf-8") == "<p>Forsiden</p>"


# To a branch -------------------------------------------------------------------------------------------------


def git(folder, *arguments):
    # Also where no one has told git who they are.
    who = ["-c", "user.name=Kari", "-c", "user.email=kari@example.org"]
    command = ["git", "-C", folder, *who, *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture
def repository(book):
    root = book.parent.parent
    git(root, "init", "-q", "-b", "main")
    git(root, "config", "user.name", "Kari")
    git(root, "config", "user.email", "kari@example.org")
    (root / ".gitignore").write_text("_book/\n*.csv\n")
    (root / "text.md").write_text("tekst\n")
    git(root, "add", ".")
    git(root, "commit", "-qm", "Start")
    (root / "text.md").write_text("halvferdig\n")
    (root / "staged.md").write_text("staged\n")
    git(root, "add", "staged.md")
    return root


def test_a_branch_holds_the_book_and_nothing_else_is_touched(book, repository):
    before = (git(repository, "status", "--porcelain"), git(repository, "rev-parse", "HEAD"))
    commit = commit_book(book, repository, "gh-pages", "Book for 2024")
    names = git(repository, "ls-tree", "-r", "--name-only", "gh-pages").splitlines()
    assert sorted(names) == sorted([*read_record(book).files, "book.json", "manifest.sha256", ".nojekyll"])
    assert git(repository, "show", "gh-pages:index.html") == "<p>Forsiden</p>"
    assert (git(repository, "status", "--porcelain"), git(repository, "rev-parse", "HEAD")) == before
    assert commit_book(book, repository, "gh-pages", "Book for 2024") == commit, "the same book is no new commit"

    (book / "report.pdf").unlink()
    write_record(book, 2024, "synthetic", ("html",), "auto")
    newer = commit_book(book, repository, "gh-pages", "Book for 2024")
    assert git(repository, "rev-parse", "gh-pages~1") == commit and newer != commit
    assert "report.pdf" not in git(repository, "ls-tree", "--name-only", "gh-pages").split()


def test_a_branch_for_other_things_is_refused(book, repository):
    git(repository, "branch", "develop")
    for branch, words in (("main", "checked out"), ("develop", "something else"), ("no..good", "check-ref-format")):
        with pytest.raises(ReportError, match=words):
            commit_book(book, repository, branch, "Book")


def test_a_push_that_fails_is_told(book, repository, tmp_path):
    commit_book(book, repository, "gh-pages", "Book")
    git(tmp_path, "init", "-q", "--bare", "pages.git")
    push_branch(repository, "gh-pages", str(tmp_path / "pages.git"))
    assert git(tmp_path / "pages.git", "rev-parse", "gh-pages") == git(repository, "rev-parse", "gh-pages")
    with pytest.raises(ReportError, match="git push failed"):
        push_branch(repository, "gh-pages", str(tmp_path / "nowhere.git"))
    # Someone else's commit there is not overwritten.
    other = git(tmp_path / "pages.git", "commit-tree", "-m", "x", "gh-pages^{tree}")
    git(tmp_path / "pages.git", "update-ref", "refs/heads/gh-pages", other)
    with pytest.raises(ReportError, match="git push failed"):
        push_branch(repository, "gh-pages", str(tmp_path / "pages.git"))


# To a story service ------------------------------------------------------------------------------------------


class Service(ThreadingHTTPServer):
    """A story service that answers as it is told; the last answer goes on."""

    def __init__(self, *answers):
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers, self.asked = list(answers), []
        self.quiet = threading.Event()
        self.address = f"http://127.0.0.1:{self.server_port}/quarto/update/42"
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Handler(BaseHTTPRequestHandler):
    def do_PUT(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.asked.append((self.headers, body))
        answers = self.server.answers
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        if answer == "silence":
            self.server.quiet.wait(5)
        elif answer == "hang up":
            self.connection.shutdown(socket.SHUT_RDWR)
        elif answer == "half":
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nok")
            self.connection.shutdown(socket.SHUT_RDWR)
        elif answer == "login page":
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", "22")
            self.end_headers()
            self.wfile.write(b"<html>Log in</html>   ")
        else:
            self.send_response(answer)
            if answer in (301, 307):
                self.send_header("Location", self.server.address.replace("42", "43"))
            said = f"echo {self.headers['Authorization']}".encode()
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

    def log_message(self, *_):
        pass


@pytest.fixture
def service(monkeypatch):
    monkeypatch.setenv("STORY_TOKEN", TOKEN)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    started = []

    def start(*answers):
        started.append(Service(*answers))
        return started[-1]

    yield start
    for each in started:
        each.quiet.set()
        each.shutdown()
        each.server_close()


def put(book, server, **more):
    """Put a book; return what was said and how long it paused."""
    said, pauses = [], []
    limits = more.pop("time_limits", (2.0, 5.0))
    put_book(book, more.pop("address", server.address), "STORY_TOKEN", said.append, pauses.append, limits)
    return said, pauses


def test_all_files_go_in_one_request_under_their_paths(book, service):
    server = service(200)
    said, pauses = put(book, server)
    [(headers, body)] = server.asked
    assert headers["Authorization"] == f"Bearer {TOKEN}" and pauses == []
    names = re.findall(rb'Content-Disposition: form-data; name="([^"]+)"; filename="([^"]+)"', body)
    expected = [*read_record(book).files, "book.json", "manifest.sha256"]
    assert [name.decode() for name, _ in names] == expected
    assert dict(names)[b"chapters/04-ressurser.html"] == b"04-ressurser.html"
    assert b"<p>Forsiden</p>" in body and b".build-key" not in body
    assert TOKEN not in "".join(said)


@pytest.mark.parametrize("first", [500, 502, 503, 429, "hang up", "half"])
def test_a_passing_failure_is_tried_again(book, service, first):
    server = service(first, first, 200)
    said, pauses = put(book, server)
    assert len(server.asked) == 3 and pauses == [2.0, 4.0]
    assert any("try 2 of 4" in line for line in said)


@pytest.mark.parametrize("answer", [500, 503, "hang up", "half"])
def test_a_lasting_failure_is_told_after_all_tries(book, service, answer):
    server = service(answer)
    with pytest.raises(ReportError, match="4 times") as told:
        put(book, server)
    assert len(server.asked) == TRIES and TOKEN not in str(told.value)


def test_a_login_page_is_no_success(book, service):
    server = service("login page")
    with pytest.raises(ReportError, match="answered with a page"):
        put(book, server)
    assert len(server.asked) == 1


def test_no_proxy_is_given_the_token_for_this_machine(book, service, monkeypatch):
    proxy, server = service(200), service(200)
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.server_port}")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    put(book, server, address=server.address.replace("127.0.0.1", "localhost"))
    assert proxy.asked == [] and len(server.asked) == 1


@pytest.mark.parametrize(
    "address",
    ["https://[::1/", "https://", "https:///x", "https://a b.example/", "https://x.example:99999/", "https://x\n.example/"],
)
def test_a_bad_address_is_refused_in_one_line(book, service, address):
    with pytest.raises(ReportError, match="address can't be read") as told:
        put(book, service(200), address=address)
    assert "\n" not in str(told.value)


def test_silence_is_a_failure(book, service):
    server = service("silence")
    with pytest.raises(ReportError, match="did not answer in time, 4 times"):
        put(book, server, time_limits=(2.0, 0.2))


@pytest.mark.parametrize(
    "status, words",
    [(401, "check the token in STORY_TOKEN"), (403, "owns the story"), (404, "story's id"), (413, "MB"), (418, "418"),
     (301, "elsewhere"), (307, "elsewhere")],
)  # fmt: skip
def test_a_refusal_is_told_at_once(book, service, status, words):
    server = service(status)
    with pytest.raises(ReportError, match=words) as told:
        put(book, server)
    assert len(server.asked) == 1, "a refusal is not asked again, and the token goes nowhere else"
    assert TOKEN not in repr(told.value) and told.value.__cause__ is None


def test_nobody_listening_is_a_failure(book, service):
    server = service(200)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        nowhere = f"http://127.0.0.1:{free.getsockname()[1]}/quarto/update/42"
    with pytest.raises(ReportError, match="connection failed, 4 times"):
        put(book, server, address=nowhere)


@pytest.mark.parametrize(
    "address", ["http://data.example.org/quarto/update/1", "ftp://127.0.0.1/x", "https://kari:pw@data.example.org/x",
                "https://data.example.org/x?token=1", "data.example.org"],
)  # fmt: skip
def test_a_token_goes_to_no_doubtful_address(book, service, address):
    with pytest.raises(ReportError, match="address"):
        put(book, service(200), address=address)


def test_without_a_token_nothing_is_sent(book, service, monkeypatch):
    server = service(200)
    for token in ("", "  ", "med\nlinjeskift", "blåbær"):
        monkeypatch.setenv("STORY_TOKEN", token)
        with pytest.raises(ReportError, match="no token") as told:
            put(book, server)
        assert not token.strip() or token not in str(told.value)
    assert server.asked == []


def test_a_netrc_does_not_replace_the_token(book, service, tmp_path, monkeypatch):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login kari password pw\n")
    monkeypatch.setenv("NETRC", str(netrc))
    server = service(200)
    put(book, server)
    assert server.asked[0][0]["Authorization"] == f"Bearer {TOKEN}"


# The command -------------------------------------------------------------------------------------------------


@pytest.fixture
def command(book, edition, monkeypatch):
    """`report publish` on the small book."""
    from press import cli
    from press import edition as editions

    edition.project.root = book.parent.parent
    monkeypatch.setattr(cli, "Project", lambda: edition.project)
    monkeypatch.setattr(editions, "open_edition", lambda *_: edition)
    return lambda *arguments: CliRunner().invoke(main, ["publish", *arguments])


def test_the_command_publishes_and_says_so(command, service, tmp_path, book):
    done = command("--to", str(tmp_path / "out"))
    assert done.exit_code == 0 and "published to" in done.stdout
    server = service(204)
    done = command("--put", server.address, "--token-from", "STORY_TOKEN")
    assert done.exit_code == 0 and f"published to {server.address}" in done.stdout
    assert TOKEN not in done.output


def test_the_command_never_reports_success_after_a_failure(command, service, tmp_path, book, edition):
    server = service(403)
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "summer.jpg").write_text("x")
    attempts = [
        ("--put", server.address, "--token-from", "STORY_TOKEN"),
        ("--put", server.address, "--token-from", "ANOTHER_VARIABLE"),
        ("--to", str(tmp_path / "photos")),
        ("--branch", "gh-pages"),
        ("--push", "origin"),
        (),
        ("--to", "a", "--branch", "b"),
    ]
    for arguments in attempts:
        done = command(*arguments)
        assert done.exit_code == 1 and done.output.count("error:") == 1, arguments
        assert "published" not in done.stdout and TOKEN not in done.output
    edition.key = "tomorrow"
    done = command("--put", server.address, "--token-from", "STORY_TOKEN")
    assert done.exit_code == 1 and "out of date" in done.output and len(server.asked) == 1


def test_the_command_publishes_no_real_data(command, service, tmp_path, book, edition):
    edition.manifest.kind = "real"
    write_record(book, 2024, "real", ("html", "pdf"), "auto")
    server = service(200)
    put_there = ("--put", server.address, "--token-from", "STORY_TOKEN")
    for way in (("--to", str(tmp_path / "out")), put_there, ("--check",)):
        done = command(*way)
        assert done.exit_code == 1 and "not checked against each other" in done.output
    assert server.asked == [] and not (tmp_path / "out").exists()


def test_check_publishes_nothing(command, book):
    done = command("--check")
    assert done.exit_code == 0 and "complete and up to date" in done.output and "published" not in done.output


def test_the_record_is_the_same_for_the_same_book(book):
    before = (book / "book.json").read_bytes()
    write_record(book, 2024, "synthetic", ("html", "pdf"), "auto")
    assert (book / "book.json").read_bytes() == before
    stored = json.loads(before)
    assert stored["minimum"] == 10 and not any(re.search(r"\d", digest) for digest in stored["files"].values())
