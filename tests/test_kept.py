"""Texts kept from one build to the next."""

import pytest

from press import page_cache as module
from press.kept import keep
from press.page_cache import forget, kept
from press.project import Chapter
from press.runs import Run


def test_a_text_is_made_once_for_each_key(tmp_path):
    made = []

    def make():
        made.append(1)
        return f"æ {len(made)}"

    folder = tmp_path / "pages"
    assert kept(folder, b"one", make) == kept(folder, b"one", make) == "æ 1"
    assert kept(folder, b"two", make) == "æ 2"
    assert kept(None, b"one", make) == "æ 3"
    assert [path for path in folder.iterdir() if path.name.startswith(".")] == []


def cut(content: bytes) -> bytes:
    return content[:-3]


DAMAGES = {
    "empty": lambda content: b"",
    "cut": cut,
    "filled with NULs": lambda content: b"\0" * len(content),
    "changed": lambda content: content.replace(b"54.3", b"11.3"),
    "longer": lambda content: content + b"x",
    "no text": lambda content: b"\xff\xfe" + content,
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_text_is_made_anew(tmp_path, damage):
    assert kept(tmp_path, b"one", lambda: "æ 54.3309") == "æ 54.3309"
    [path] = tmp_path.iterdir()
    path.write_bytes(DAMAGES[damage](path.read_bytes()))
    assert kept(tmp_path, b"one", lambda: "made anew") == "made anew"
    assert kept(tmp_path, b"one", lambda: "not again") == "made anew"


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_run_counts_as_not_done(tmp_path, damage):
    path = tmp_path / "04-a-0123456789abcdef.ipynb"
    run = Run(Chapter(tmp_path / "04-a.qmd", "chapters/04-a"), "", "0123456789abcdef", path)
    assert not run.done
    keep(path, '{"cells": [{"outputs": ["54.3309"]}]}\n')
    assert run.done
    path.write_bytes(DAMAGES[damage](path.read_bytes()))
    assert not run.done
    keep(path, "{}\n")
    assert run.done
    path.with_name(f"{path.name}.sha256").unlink()
    assert not run.done


def test_a_run_that_is_a_folder_is_not_done(tmp_path):
    (tmp_path / "a.ipynb").mkdir()
    assert not Run(Chapter(tmp_path / "a.qmd", "a"), "", "k", tmp_path / "a.ipynb").done


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
    for age, path in enumerate(sorted(tmp_path.iterdir(), key=lambda path: path.read_text()[-1])):
        os.utime(path, (1000 + age, 1000 + age))
    forget(tmp_path)
    assert sorted(path.read_text()[-1] for path in tmp_path.iterdir()) == ["2", "3"]
    forget(tmp_path / "absent")
