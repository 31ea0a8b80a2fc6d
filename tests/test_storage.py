import fcntl
import os
import signal

import pytest

from engine.data import storage as module
from engine.data.storage import scratch, sweep, write_whole

LEFT = "work-0123456789abcdef"


def test_a_scratch_folder_is_closed_to_others_and_gone_at_the_end(tmp_path):
    with scratch(tmp_path, "work-") as folder:
        (folder / "page").write_text("half")
        assert folder.stat().st_mode & 0o777 == 0o700 and folder.parent == tmp_path
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_process_left_is_swept_by_the_next(tmp_path):
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        with scratch(tmp_path, "work-") as folder:
            os.write(writing, folder.name.encode())
            signal.pause()
    name = os.read(reading, 100).decode()
    sweep(tmp_path, "work-")
    assert (tmp_path / name).is_dir(), "its owner is at work"
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    assert (tmp_path / name).is_dir()
    with scratch(tmp_path, "work-"):
        assert not (tmp_path / name).exists()


def test_only_folders_of_the_same_kind_are_swept(tmp_path):
    """A user's own folder with a like name must never be taken for ours."""
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "thesis").write_text("years of work")
    for name in ("work-draft", "work-0123456789ABCDEF", "other-0123456789abcdef", f"{LEFT}0"):
        (tmp_path / name).mkdir()
    (tmp_path / "work-fedcba9876543210").write_text("a file")
    (tmp_path / LEFT).symlink_to(tmp_path / "elsewhere")
    before = sorted(tmp_path.rglob("*"))
    sweep(tmp_path, "work-")
    assert sorted(tmp_path.rglob("*")) == before


def test_a_disk_without_locks_serves_too(tmp_path, monkeypatch):
    def refused(*arguments):
        raise OSError(95, "Operation not supported")

    (tmp_path / LEFT).mkdir()
    monkeypatch.setattr(fcntl, "flock", refused)
    with scratch(tmp_path, "work-") as folder:
        assert folder.is_dir()
    assert [path.name for path in tmp_path.iterdir()] == [LEFT], "whose owner may live is left alone"


def test_a_folder_swept_at_birth_is_made_again(tmp_path, monkeypatch):
    locked, taken = module._locked, []

    def late(folder):
        if not taken:
            taken.append(folder)
            folder.rmdir()
        return locked(folder)

    monkeypatch.setattr(module, "_locked", late)
    with scratch(tmp_path, "work-") as folder:
        assert folder.is_dir() and folder != taken[0]


def test_a_file_is_written_whole_or_not_at_all(tmp_path):
    write_whole(tmp_path / "page", "first")
    with pytest.raises(UnicodeEncodeError):
        write_whole(tmp_path / "page", "\ud800")
    assert (tmp_path / "page").read_text() == "first" and len(list(tmp_path.iterdir())) == 1
