"""Builds that are killed, find no room, may not write, meet each other or a clock set back."""

import json
import os
import subprocess
import sys

import pytest

from press.project import ROOT

FAULTS = ROOT / "tests" / "faults.py"


@pytest.fixture(scope="module")
def told(twin_root):
    command = [sys.executable, str(FAULTS), "--quick", "--data", str(twin_root)]
    paths = os.pathsep.join([str(ROOT), str(ROOT / "tests")])
    done = subprocess.run(command, cwd=ROOT, env=os.environ | {"PYTHONPATH": paths}, capture_output=True, text=True)
    assert done.stdout, done.stderr
    return json.loads(done.stdout)


def tried(told, words):
    found = [outcome for outcome in told["outcomes"] if words in outcome["fault"]]
    assert found, words
    return found


NEEDS_DISKS = ("disk full", "output folder read-only", "account without the right")


@pytest.mark.parametrize(
    "fault",
    [
        "kill -9 of all", "kill -9 of the leader", *NEEDS_DISKS, "a file in the place of the output folder",
        "builds at once, two of the same year and one of another", "clock set back", "litter",
        *(f"{place} {damage}" for place in ("runs", "pages", "book")
          for damage in ("cut", "filled with NULs", "altered", "emptied")),
    ],
)  # fmt: skip
def test_the_book_in_place_is_complete_and_the_next_build_succeeds(told, fault):
    if fault in NEEDS_DISKS and not told["disks"]:
        pytest.skip("no namespace with a disk of one's own is permitted here; files of limited size were tried instead")
    for outcome in tried(told, fault):
        assert outcome["complete"] and outcome["recovered"], outcome


def test_a_full_disk_is_told_in_one_message(told):
    for outcome in tried(told, "disk full" if told["disks"] else "files of at most"):
        assert outcome["told"].startswith("error: can't be written: ") and outcome["recovered"], outcome
        assert "make room on the disk" in outcome["told"] and "\n" not in outcome["told"], outcome
