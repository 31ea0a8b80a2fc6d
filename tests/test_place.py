import os

import pytest

from press.place import replacing, restore


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
    (tmp_path / ".book.new-999999999").mkdir()
    restore(tmp_path / "book")
    assert (tmp_path / "book" / "page").read_text() == "good"
    assert [path.name for path in tmp_path.iterdir()] == ["book"]


def test_a_kill_after_the_renames_only_leaves_rubbish(tmp_path):
    for name, content in ((".book.old", "old"), ("book", "new")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "page").write_text(content)
    alive = tmp_path / f".book.new-{os.getpid()}"
    alive.mkdir()
    restore(tmp_path / "book")
    assert (tmp_path / "book" / "page").read_text() == "new"
    assert alive.exists() and not (tmp_path / ".book.old").exists()
