import os
import signal
import time

import pytest

from engine.data.storage import scratch
from press import replace as place
from press.replace import replacing, restore


def test_a_finished_folder_takes_the_place(tmp_path):
    target = tmp_path / "book"
    for content in ("one", "two"):
        with replacing(target) as fresh:
            (fresh / "page").write_text(content)
        assert (target / "page").read_text() == content
    assert [path.name for path in tmp_path.iterdir()] == ["book"]


def test_a_failure_leaves_the_last_good_folder(tmp_path):
    target = tmp_path / "book"
    with replacing(target) as fresh:
        (fresh / "page").write_text("good")
    with pytest.raises(RuntimeError), replacing(target) as fresh:
        (fresh / "page").write_text("bad")
        raise RuntimeError
    assert (target / "page").read_text() == "good"
    assert [path.name for path in tmp_path.iterdir()] == ["book"]


def test_a_kill_between_the_renames_is_mended(tmp_path):
    old = tmp_path / ".book.old"
    old.mkdir()
    (old / "page").write_text("good")
    (tmp_path / ".book.new-0123456789abcdef").mkdir()
    restore(tmp_path / "book")
    assert (tmp_path / "book" / "page").read_text() == "good"
    assert [path.name for path in tmp_path.iterdir()] == ["book"]


def test_a_kill_after_the_renames_only_leaves_rubbish(tmp_path):
    for name, content in ((".book.old", "old"), ("book", "new")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "page").write_text(content)
    with scratch(tmp_path, ".book.new-") as alive:
        restore(tmp_path / "book")
        assert (tmp_path / "book" / "page").read_text() == "new"
        assert alive.exists() and not (tmp_path / ".book.old").exists()


def write_books(target, number):
    """Put one book after the other in place; all pages of a book hold its number."""
    while True:
        number += 1
        with replacing(target) as fresh:
            for page in range(20):
                (fresh / f"page-{page}").write_text(str(number))


def forked(work, *arguments):
    pid = os.fork()
    if pid == 0:
        try:
            work(*arguments)
        finally:
            os._exit(0)
    return pid


def killed_after(seconds, *pids):
    time.sleep(seconds)
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def read(opened):
    with os.fdopen(opened) as file:
        return file.read()


def pages(target):
    return sorted(path.name for path in target.iterdir()), {path.read_text() for path in target.iterdir()}


@pytest.mark.parametrize("swaps", [True, False], ids=["in one step", "in two steps"])
def test_a_book_is_whole_whenever_its_builder_is_killed(tmp_path, monkeypatch, swaps):
    if not swaps:
        monkeypatch.setattr(place, "_exchanged", lambda one, other: False)
    target = tmp_path / "book"
    with replacing(target) as fresh:
        for page in range(20):
            (fresh / f"page-{page}").write_text("0")
    whole = sorted(f"page-{page}" for page in range(20))
    moments = [0.001 + 0.0037 * number for number in range(20)]
    for number, moment in enumerate(moments):
        killed_after(moment, forked(write_books, target, 1000 * number))
        if not swaps:
            restore(target)  # as the next build does
        names, numbers = pages(target)
        assert names == whole and len(numbers) == 1
    restore(target)
    assert [path.name for path in tmp_path.iterdir()] == ["book"]


def test_two_builders_at_once_never_mix(tmp_path):
    target = tmp_path / "book"
    builders = [forked(write_books, target, start) for start in (0, 10**6)]
    try:
        while not target.is_dir():
            time.sleep(0.001)
        for _ in range(200):
            folder = os.open(target, os.O_RDONLY)  # stays the same book however often its place is taken
            try:
                texts = [read(os.open(name, os.O_RDONLY, dir_fd=folder)) for name in os.listdir(folder)]
            except FileNotFoundError:
                continue  # was replaced and is being removed
            finally:
                os.close(folder)
            assert len(set(texts)) <= 1
    finally:
        killed_after(0, *builders)
    restore(target)
    names, numbers = pages(target)
    assert len(names) == 20 and len(numbers) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["book"]
