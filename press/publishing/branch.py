"""Publishing to a git branch, as hosts of pages show one: objects and a reference, and no work tree."""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path

from engine.errors import ReportError

from ..book_record import FILE, published_files

# Hosts that render Jekyll pages leave files out unless they find this one.
PLAIN = ".nojekyll"


def commit_book(book: Path, repository: Path, branch: str, message: str) -> str:
    """Commit a book as the whole content of a branch. Index, work tree and other branches are not touched.

    Parameters
    ----------
    book : Path
        The finished book.
    repository : Path
        Any folder of the repository.
    branch : str
        Is made where it is missing, else gets one more commit.
    message : str
        Of the commit.

    Returns
    -------
    str
        Hash of the branch's newest commit; the old one when the book is the same.

    Raises
    ------
    ReportError
        The branch is checked out, holds something else than a book, or git refuses.
    """
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
    """Push the branch, without force.

    Parameters
    ----------
    repository : Path
        Any folder of the repository.
    branch, remote : str
        What, and where to.

    Raises
    ------
    ReportError
        git refuses, or can't reach the remote.
    """
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
