"""Publishing to a git branch, as hosts of pages show one: objects and a reference, and no work tree."""

from __future__ import annotations

import mimetypes
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.auth import AuthBase

from engine.errors import ReportError
from press.record import FILE, published_files
from press.replace import replacing

# Hosts that render Jekyll pages leave files out unless they find this one.
PLAIN = ".nojekyll"


def commit_book(book: Path, repository: Path, branch: str, message: str) -> str:
    """Commit a book as the whole content of a branch. Index, work tree and other branches are not touched."""
    reference = f"refs/heads/{branch}"
    _git(repository, "check-ref-format", reference)
    if f"branch {reference}" in _git(repository, "worktree", "list", "--porcelain").splitlines():
        raise ReportError(f"the branch {branch} is checked out", "--branch", remedy="give a branch for pages alone")
    old = _git(repository, "for-each-ref", "--format=%(objectname)", reference)
    if old and not _git(repository, "ls-tree", "--name-only", old, "--", FILE):
        raise ReportError(
            f"the branch {branch} holds something else than a book", "--branch", remedy="give a branch for pages alone"
        )
    tree = _tree(book, repository)
    if old and _git(repository, "rev-parse", f"{old}^{{tree}}") == tree:
        return old
    parents = ["-p", old] if old else []
    new = _git(repository, "commit-tree", tree, *parents, "-m", message)
    # Only if nobody else has moved the branch meanwhile.
    _git(repository, "update-ref", "-m", message, reference, new, old or "0" * len(new))
    return new


def push_branch(repository: Path, branch: str, remote: str) -> None:
    """Push the branch, without force."""
    _git(repository, "push", "--quiet", "--", remote, f"refs/heads/{branch}:refs/heads/{branch}")


def _tree(book: Path, repository: Path) -> str:
    names = published_files(book)
    if any("\n" in name or "\t" in name for name in names):
        raise ReportError("a file's name holds a line break or tab", book.name, remedy="rename it")
    paths = "".join(f"{(book / name).resolve()}\n" for name in names)
    hashes = _git(repository, "hash-object", "-w", "--no-filters", "--stdin-paths", told=paths).split()
    empty = _git(repository, "hash-object", "-w", "--stdin")
    entries = [*zip(hashes, names, strict=True), (empty, PLAIN)]
    with tempfile.TemporaryDirectory() as folder:
        index = {"GIT_INDEX_FILE": str(Path(folder, "index"))}
        told = "".join(f"100644 {blob}\t{name}\n" for blob, name in entries)
        _git(repository, "update-index", "--add", "--index-info", told=told, more=index)
        return _git(repository, "write-tree", more=index)


def _git(repository: Path, *arguments: str, told: str = "", more: dict[str, str] | None = None) -> str:
    # Never wait for a password that nobody is there to type.
    environment = os.environ | {"GIT_TERMINAL_PROMPT": "0"} | (more or {})
    try:
        done = subprocess.run(
            ["git", "-C", str(repository), *arguments], input=told, capture_output=True, text=True, env=environment,
            check=False,
        )  # fmt: skip
    except OSError:
        raise ReportError("the program git is not installed", "PATH", remedy="install git") from None
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        raise ReportError(f"git {arguments[0]} failed: {last}", "--branch", remedy="mend it and publish again")
    return done.stdout.strip()


def copy_book(book: Path, target: Path) -> None:
    """Put a book in place of what a folder holds: all of it or nothing."""
    target = target.resolve()
    if target.is_relative_to(book.resolve()) or book.resolve().is_relative_to(target):
        raise ReportError("the folder is the book's own, or holds it", "--to", remedy="give another folder")
    try:
        if target.exists() and (not target.is_dir() or (any(target.iterdir()) and not (target / FILE).is_file())):
            raise ReportError(
                "there is something else than a book", "--to", remedy="give an empty folder, or empty this one yourself"
            )
        with replacing(target) as fresh:
            for name in published_files(book):
                (fresh / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(book / name, fresh / name)
    except OSError as error:
        what = f"the folder can't be written: {error.strerror}"
        raise ReportError(what, "--to", remedy="mend it and publish again; what was there is untouched") from None


TRIES = 4
FIRST_PAUSE_SECONDS = 2.0
# To connect; to wait for the next byte of an answer.
TIME_LIMITS = (10.0, 120.0)
WORTH_ANOTHER_TRY = (408, 425, 429, 500, 502, 503, 504)
OWN_MACHINE = ("127.0.0.1", "localhost", "::1")
REMEDIES = {
    400: "check that the address is one for updating a story",
    401: "check the token in {variable}",
    403: "check that the token's team owns the story",
    404: "check the story's id in the address",
    405: "check that the address is one for updating a story",
    413: "the book has {size:.1f} MB; leave the PDF out (report build --to html) or ask the service for more room",
}


class _Bearer(AuthBase):
    """A token for one request. Given as `auth`, no .netrc can replace it, and no redirect carries it on."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


def put_book(
    book: Path, address: str, variable: str, say: Callable[[str], None],
    pause: Callable[[float], None] = time.sleep, time_limits: tuple[float, float] = TIME_LIMITS,
) -> None:  # fmt: skip
    """Send a book to a story service."""
    where = _checked(address)
    # A proxy between this machine and itself would be given token and book in clear.
    own = urlsplit(address).scheme == "http"
    token = os.environ.get(variable, "").strip()
    if not token or not token.isascii() or not token.isprintable():
        raise ReportError("there is no token", f"environment variable {variable}", remedy="put the token there")
    contents = {name: (book / name).read_bytes() for name in published_files(book)}
    size = sum(map(len, contents.values())) / 1e6
    say(f"sending {len(contents)} files, {size:.1f} MB, to {where}")
    failure = ReportError("nothing was sent", where)
    for attempt in range(TRIES):
        if attempt:
            seconds = FIRST_PAUSE_SECONDS * 2 ** (attempt - 1)
            say(f"{failure.what}; try {attempt + 1} of {TRIES} in {seconds:g} s")
            pause(seconds)
        try:
            parts = [(name, (Path(name).name, content, _kind(name))) for name, content in contents.items()]
            answer = _put(
                own, address, files=parts,
                auth=_Bearer(token), timeout=time_limits, allow_redirects=False,
            )  # fmt: skip
        except requests.Timeout:
            failure = ReportError("the service did not answer in time", where, remedy="try again later")
        except requests.exceptions.SSLError:
            raise ReportError("the service's certificate is not trusted", where, remedy="check the address") from None
        except requests.RequestException:
            # Its words could hold the request, token and all.
            failure = ReportError("the connection failed", where, remedy="check address and network, and try again")
        else:
            if 200 <= answer.status_code < 300:
                if _is_page(answer):
                    raise ReportError(
                        "the service answered with a page, as one for logging in does", where,
                        remedy="check address and token; look whether the book is there before you say so",
                    )
                return
            failure = _refusal(answer.status_code, where, variable, size)
            if answer.status_code not in WORTH_ANOTHER_TRY:
                raise failure
    tries = f"{failure.what}, {TRIES} times"
    raise ReportError(tries, where, remedy=f"the book may not be published; {failure.remedy}") from None


def _put(own: bool, address: str, **request: Any) -> requests.Response:
    """One request; to this machine itself without asking the environment for a proxy."""
    with requests.Session() as session:
        session.trust_env = not own
        return session.put(address, **request)


def _is_page(answer: requests.Response) -> bool:
    """Whether a service answered with HTML: what takes a story says little, and none of it in a page."""
    kind = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    return kind in ("text/html", "application/xhtml+xml") or answer.content[:200].lstrip()[:1] == b"<"


def _checked(address: str) -> str:
    """Host and path of an address that a token may be sent to."""
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        raise ReportError("the address can't be read", "--put", remedy="write https://host/path") from None
    if not host or not all(sign.isprintable() and not sign.isspace() for sign in address):
        raise ReportError("the address can't be read", "--put", remedy="write https://host/path")
    if parts.scheme != "https" and not (parts.scheme == "http" and host in OWN_MACHINE):
        raise ReportError("the address is not https", "--put", remedy="a token goes over https only")
    if parts.username or parts.password or parts.query:
        raise ReportError("the address holds a name, password or query", "--put", remedy="give the plain address")
    return host + parts.path


def _kind(name: str) -> str:
    return mimetypes.guess_type(name)[0] or "application/octet-stream"


def _refusal(status: int, where: str, variable: str, size: float) -> ReportError:
    if 300 <= status < 400:
        return ReportError(
            f"the service answered {status}: the story is elsewhere", where, remedy="give the address that it has now"
        )
    remedy = REMEDIES.get(status, "try again later, or ask those who run the service")
    return ReportError(f"the service answered {status}", where, remedy=remedy.format(variable=variable, size=size))
