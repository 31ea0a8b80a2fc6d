"""Publishing to a story service: one HTTP PUT with all files, the way Nav's data marketplace takes Quarto stories.

A form field for each file, named by its path in the book, and the team's token as bearer. One request holds the whole
book, so the service never shows half of a new one.
"""

from __future__ import annotations

import mimetypes
import os
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import requests
from requests.auth import AuthBase

from engine.errors import ReportError

from ..book_record import published_files

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
    """Send a book to a story service.

    Parameters
    ----------
    book : Path
        The finished book.
    address : str
        Where the service takes updates of the story: https, or this machine.
    variable : str
        Environment variable that holds the token.
    say : callable
        Takes lines of progress.
    pause : callable
        Waits for some seconds between two tries.
    time_limits : (float, float)
        Seconds to connect, and to wait for an answer.

    Raises
    ------
    ReportError
        Whatever came back was no clear yes. What is worth another try was tried four times, with longer and longer
        pauses. Neither the token nor what the service wrote is told.
    """
    where = _checked(address)
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
            answer = requests.put(
                address, files=[(name, (Path(name).name, content, _kind(name))) for name, content in contents.items()],
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
                return
            failure = _refusal(answer.status_code, where, variable, size)
            if answer.status_code not in WORTH_ANOTHER_TRY:
                raise failure
    tries = f"{failure.what}, {TRIES} times"
    raise ReportError(tries, where, remedy=f"the book may not be published; {failure.remedy}") from None


def _checked(address: str) -> str:
    """Host and path of an address that a token may be sent to."""
    parts = urlsplit(address)
    host = parts.hostname or ""
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
