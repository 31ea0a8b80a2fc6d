"""The guides say what is so: CONTRIBUTING's example runs, commands and files that are named exist."""

import doctest
import re
import shlex
import subprocess
import sys
from pathlib import Path

import click
import pytest
import test_build
import yaml
from click.testing import CliRunner

from press.build import Order, build
from press.cli import main
from press.project import ROOT

small_book = test_build.project
GUIDES = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "docs/architecture.md", "docs/real-data.md", "docs/scale.md",
          "docs/archive.md", "docs/etterprov-et-tall.md", "data/README.md"]  # fmt: skip


def test_the_figure_in_ten_minutes_is_a_figure(small_book):
    guide = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    example, own = re.findall(r"^ *````markdown\n(.*?)^ *````$", guide, re.M | re.S)
    setup = test_build.CHAPTER[: test_build.CHAPTER.index("caseload = ")] + "```\n\n"
    text = setup + re.sub(r"^   ", "", example, flags=re.M) + own + "\nKilden er @avd2024a.\n"
    (small_book.root / "chapters/04-prove.qmd").write_text(text, encoding="utf-8")
    book = build(small_book, Order(formats=("html",), jobs=1), lambda _: None)
    page = (book / "chapters/04-prove.html").read_text(encoding="utf-8")
    assert (book / "figures/figur-16.svg").is_file() and (book / "exhibits/figur-16.csv").is_file()
    assert "Porteføljestørrelse etter aldersgruppe, 2022–2024" in page and 'href="#figur-16"' in page
    assert re.search(r"Porteføljen for veilederne samlet (økte|gikk ned|var)", page)
    assert re.search(r"Ungdomsveilederne har \d+ brukere hver", page)
    # The author's own figure beside it: picture at both widths, numbers, words for who can't see it, a reference.
    assert all((book / f"figures/figur-s2{wide}.svg").is_file() for wide in ("", "-smal"))
    assert (book / "exhibits/figur-s2.csv").read_text(encoding="utf-8").startswith("age_group_followed,wave,estimate")
    assert 'href="#figur-s2"' in page and re.search(r"Søylene er \w+ for de over 30 år", page)
    cells = re.findall(r"```\{python\}\n(.*?)```", example + own, re.S)
    assert max(len([line for line in cell.splitlines() if not line.lstrip().startswith("#|")]) for cell in cells) <= 8


def test_a_number_is_checked_as_the_guide_says(twin_root, tmp_path, monkeypatch):
    """Every command and every line of Python in the reviewer's guide is executed, in order, and gives what it says."""
    guide = (ROOT / "docs/etterprov-et-tall.md").read_text(encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("REPORT_DATA", str(twin_root))
    monkeypatch.delenv("REPORT_MINIMUM", raising=False)
    blocks = re.findall(r"^```(\w+)\n(.*?)^```$", guide, re.M | re.S)
    assert {kind for kind, _ in blocks} == {"markdown", "sh", "python"}
    names: dict[str, object] = {}
    for kind, block in blocks:
        if kind == "sh":
            for command in block.splitlines():
                program, *given = shlex.split(command)
                subprocess.run([Path(sys.executable).with_name(program), *given], check=True, capture_output=True)
        elif kind == "python":
            told: list[str] = []
            test = doctest.DocTestParser().get_doctest(block, names, "guide", None, None)
            doctest.DocTestRunner(verbose=False).run(test, out=told.append, clear_globs=False)
            names = test.globs
            assert not told, "".join(told)
        else:
            chapter = (ROOT / "chapters/04-ressurser-og-tid.qmd").read_text(encoding="utf-8")
            assert " ".join(block.split()) in " ".join(chapter.split())


@pytest.mark.parametrize("guide", GUIDES)
def test_commands_and_files_that_a_guide_names_exist(guide):
    text = (ROOT / guide).read_text(encoding="utf-8")
    for name, options in re.findall(r"(?:^|`|/)report ([a-z][a-z-]+)([^`\n#|]*)", text, re.M):
        command = main.get_command(click.Context(main), name)
        assert isinstance(command, click.Command), f"report {name}"
        known = {option for parameter in command.params for option in parameter.opts}
        assert set(re.findall(r"(?<!\S)--[a-z-]+", options)) <= known, f"report {name}{options}"
    folder = (ROOT / guide).parent
    for link in re.findall(r"\]\(([^)#:]+)\)", text):
        assert (folder / link).exists(), link
    for path in re.findall(r"`((?:helpers|engine|press|data|theme|tests|docs|notebooks|twin)/[\w./-]*)`", text):
        assert (ROOT / path).exists(), path


@pytest.mark.parametrize("name", main.list_commands(click.Context(main)))
def test_help_has_examples_a_line_each(name):
    shown = CliRunner().invoke(main, [name, "--help"]).output
    examples = re.findall(rf"^  (report {name}(?: .*)?)$", shown, re.M)
    assert examples and "\\" not in shown
    assert all(example.count("report ") == 1 for example in examples), examples


FLOW = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text())


def test_the_module_run_as_a_program_knows_all_commands():
    # A command that stands below the start would be known to `report` and not to `python -m press.cli`.
    command = [sys.executable, "-m", "press.cli", "--help"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    listed = done.stdout.partition("Commands:")[2]
    assert {line.split()[0] for line in listed.splitlines() if line.strip()} == set(main.list_commands(None))


def test_the_workflow_runs_what_a_clean_checkout_must_pass():
    jobs = FLOW["jobs"]
    assert {"run": ".ci/run"} in jobs["test"]["steps"]
    versions = [version.rsplit(".", 1)[0] for version in jobs["quarto"]["strategy"]["matrix"]["quarto"]]
    assert versions == ["1.7", "1.9"]
    assert jobs["pages"]["needs"] == ["test", "quarto"] and "refs/heads/main" in jobs["pages"]["if"]


def test_every_week_a_fresh_machine_runs_both_commands():
    # YAML reads the key «on» as a truth value.
    assert FLOW[True]["schedule"] and FLOW["jobs"]["fresh"]["container"] == "${{ matrix.image }}"
    assert FLOW["jobs"]["fresh"]["strategy"]["matrix"]["image"] == ["debian:12", "ubuntu:24.04", "debian:13"]
    commands = [step.get("run", "") for step in FLOW["jobs"]["fresh"]["steps"]]
    assert commands[-2:] == ["make report", ".ci/run"], "the script begins with make test"
    assert not any("requirements" in command or "setup" in command for command in commands)


def test_actions_are_pinned_by_commit_and_jobs_may_do_no_more_than_they_must():
    assert FLOW["permissions"] == {}
    for name, job in FLOW["jobs"].items():
        more = {"pages": "write", "id-token": "write"} if name == "pages" else {}
        assert job["permissions"] == {"contents": "read"} | more, name
        for step in job["steps"]:
            assert "uses" not in step or re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", step["uses"]), step
            if step.get("uses", "").startswith("actions/checkout@"):
                assert step["with"]["persist-credentials"] is False
    text = (ROOT / ".github/workflows/ci.yml").read_text()
    pinned = re.findall(r"uses: (\S+) # (v\d+\.\d+\.\d+)\n", text)
    assert len(pinned) == text.count("uses:"), "Dependabot reads the release behind the commit"


def test_dependabot_looks_after_actions_and_locks():
    updates = yaml.safe_load((ROOT / ".github/dependabot.yml").read_text())["updates"]
    assert {update["package-ecosystem"] for update in updates} == {"github-actions", "pip"}
    assert all(update["directory"] == "/" and update["schedule"] == {"interval": "weekly"} for update in updates)


def test_pre_commit_has_the_locked_ruff_and_strips_outputs():
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"]
    [locked] = re.findall(r"^ruff==(\S+)", (ROOT / "requirements-dev.txt").read_text(), re.M)
    assert [repo["rev"] for repo in hooks if "ruff" in repo["repo"]] == [f"v{locked}"]
    names = [hook["id"] for repo in hooks for hook in repo["hooks"]]
    assert {"ruff", "nbstripout", "notebooks"} <= set(names)
    [kept_out] = [hook["files"] for repo in hooks for hook in repo["hooks"] if hook["id"] == "no-data"]
    for path in ("secure/survey_2024.parquet", "dataset.json", "_book/2024/index.html", "x/.report-cache/a"):
        assert re.search(kept_out, path)
    for path in ("chapters/04.qmd", "data/codebook/survey.csv", "tests/r/survey.csv"):
        assert not re.search(kept_out, path)
