"""Texts kept from one build to the next."""

import pytest

from press import page_cache as module
from press.page_cache import forget, kept


def test_a_text_is_made_once_for_each_key(tmp_path):
    made = []

    def make():
        made.append(1)
        return f"æ {len(made)}"

    folder = tmp_path / "pages"
    assert kept(folder, b"one", make) == kept(folder, b"one", make) == "æ 1"
    assert kept(folder, b"two", make) == "æ 2"
    assert kept(None, b"one", make) == "æ 3"
    for path in folder.iterdir():
        path.write_text("")
    assert kept(folder, b"one", make) == "æ 4"


def test_what_fails_is_not_kept(tmp_path):
    def fail():
        raise ValueError

    with pytest.raises(ValueError):
        kept(tmp_path, b"one", fail)
    assert list(tmp_path.iterdir()) == [] and kept(tmp_path, b"one", lambda: "good") == "good"


def test_what_was_used_least_lately_goes(tmp_path, monkeypatch):
    import os

    monkeypatch.setattr(module, "LARGEST_NUMBER", 2)
    for number in range(4):
        kept(tmp_path, bytes([number]), lambda number=number: str(number))
    for age, path in enumerate(sorted(tmp_path.iterdir(), key=lambda path: path.read_text())):
        os.utime(path, (1000 + age, 1000 + age))
    forget(tmp_path)
    assert sorted(path.read_text() for path in tmp_path.iterdir()) == ["2", "3"]
    forget(tmp_path / "absent")
