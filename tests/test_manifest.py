"""The manifest, and the choice of the data root."""

from __future__ import annotations

import json
import pickle
import sys
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest
from tiny_data import OMITTED, store_waves

from engine.data import manifest as module
from engine.data.manifest import FileRecord, data_root, read_manifest, verify, write_manifest
from engine.errors import ReportError
from press.edition import data_at_hand


def test_written_and_read_back(tmp_path: Path) -> None:
    written = store_waves(tmp_path)
    assert read_manifest(tmp_path) == written
    assert not written.is_synthetic
    assert written.omitted == tuple(OMITTED)
    assert written.files["survey_2024.parquet"].rows == 12
    assert written.files["frame_2023.parquet"].rows == 40
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([*written.files, "dataset.json"])


def test_same_twin_same_bytes(tmp_path: Path) -> None:
    store_waves(tmp_path)
    texts = []
    for _ in range(2):
        made = write_manifest(tmp_path, "synthetic", "Tvilling", "syntetisk", seed=7, recipe="abc")
        texts.append((tmp_path / "dataset.json").read_bytes())
    assert texts[0] == texts[1]
    assert made.is_synthetic and made.created is None
    assert (read_manifest(tmp_path).seed, read_manifest(tmp_path).recipe) == (7, "abc")


def test_real_data_is_dated(tmp_path: Path) -> None:
    store_waves(tmp_path)
    assert write_manifest(tmp_path, "real", "t", "s").created == date.today().isoformat()


def test_nothing_to_describe(tmp_path: Path) -> None:
    with pytest.raises(ReportError, match="no survey wave found"):
        write_manifest(tmp_path, "real", "t", "s")
    with pytest.raises(ReportError, match="the kind of data is unknown"):
        write_manifest(tmp_path, "invented", "t", "s")


def test_no_manifest_tells_the_command(tmp_path: Path) -> None:
    with pytest.raises(ReportError, match=r"report manifest --data DIR --kind real --source"):
        read_manifest(tmp_path)


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[]",
        "{}",
        '{"files": {}}',
        '{"files": {"a": 1}}',
        '{"files": {"a": {"sha256": "", "rows": "x"}}}',
    ],
)
def test_a_broken_manifest(tmp_path: Path, text: str) -> None:
    (tmp_path / "dataset.json").write_text(text, encoding="utf-8")
    with pytest.raises(ReportError, match="the manifest can't be read"):
        read_manifest(tmp_path)


def test_an_unknown_kind(tmp_path: Path) -> None:
    store_waves(tmp_path)
    path = tmp_path / "dataset.json"
    path.write_text(
        json.dumps(json.loads(path.read_text(encoding="utf-8")) | {"kind": "invented"}), encoding="utf-8"
    )
    with pytest.raises(ReportError, match="kind is none of synthetic, real"):
        read_manifest(tmp_path)


def test_files_must_be_those_of_the_manifest(tmp_path: Path) -> None:
    written = store_waves(tmp_path)
    paths = [tmp_path / name for name in written.files]
    verify(tmp_path, written, paths)
    (tmp_path / "frame_2023.parquet").unlink()
    (tmp_path / "survey_2024.parquet").write_bytes(b"x")
    written.files.pop("frame_2024.parquet")
    with pytest.raises(ReportError) as caught:
        verify(tmp_path, written, [path for path in paths if path.exists()])
    message = str(caught.value)
    assert "a file of the manifest is missing (frame_2023.parquet)" in message
    assert "a file has changed since the manifest was written (survey_2024.parquet)" in message
    assert "a file is not in the manifest (frame_2024.parquet)" in message
    assert message.count("report manifest --data DIR") == 3


def test_data_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "DEFAULT_ROOT", tmp_path / "twin")
    monkeypatch.delenv("REPORT_DATA", raising=False)
    with pytest.raises(ReportError, match=r"has not been made \(_data/twin\).*run report twin"):
        data_root()
    (tmp_path / "twin").mkdir()
    (tmp_path / "twin" / "dataset.json").touch()
    assert data_root() == tmp_path / "twin"
    monkeypatch.setenv("REPORT_DATA", str(tmp_path))
    assert data_root() == tmp_path
    assert data_root(str(tmp_path.parent)) == tmp_path.parent
    with pytest.raises(ReportError, match="no folder"):
        data_root(tmp_path / "none")


def test_the_press_makes_the_twin_where_no_data_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Path] = []
    monkeypatch.setitem(sys.modules, "twin.register", SimpleNamespace(ensure_both=made.append))
    monkeypatch.setenv("REPORT_DATA", str(tmp_path))
    assert data_at_hand(None) == data_at_hand(tmp_path) == tmp_path and not made
    monkeypatch.delenv("REPORT_DATA")
    monkeypatch.setattr("press.edition.data_root", lambda data: module.DEFAULT_ROOT)
    assert data_at_hand(None) == module.DEFAULT_ROOT == made[0]


def test_errors_survive_the_way_between_processes() -> None:
    error = pickle.loads(pickle.dumps(ReportError("what", "where", 3, "do")))
    assert (error.what, error.where, error.count, error.remedy) == ("what", "where", 3, "do")
    assert FileRecord("a", 1) == pickle.loads(pickle.dumps(FileRecord("a", 1)))
