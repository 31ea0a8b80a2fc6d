"""One Pandoc run, told apart from the next by nothing but its input."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import pypandoc

from engine.data.storage import scratch
from engine.errors import ReportError

# The program inside the locked package, whatever else is on the PATH: pypandoc's own search compares versions in global
# state, and two threads that search at once can be given an older Pandoc of the system's.
PANDOC = Path(pypandoc.__file__).parent / "files" / "pandoc"
# Pandoc reads the names of files in the account's language, and started by a timer that has none it can't read «ø».
LANGUAGE = {"LC_ALL": "C.UTF-8"}
MARKDOWN = "markdown-tex_math_dollars"


def convert(text: str, options: dict[str, Any], where: str) -> str:
    """Run Pandoc once."""
    with scratch(Path(tempfile.gettempdir()), "etterprov-pandoc-") as folder:
        defaults = folder / "defaults.yaml"
        defaults.write_text(json.dumps(options, ensure_ascii=False), encoding="utf-8")
        done = subprocess.run(
            [str(PANDOC), "--defaults", str(defaults)],
            input=text.encode(),
            capture_output=True,
            check=False,
            env=os.environ | LANGUAGE,
        )
    said = " ".join(done.stderr.decode(errors="replace").split())
    if done.returncode or "[WARNING]" in said:
        said = said.replace("[WARNING] ", "").strip()
        raise ReportError(f"Pandoc: {said}", where=where, remedy="mend the chapter's text and build again")
    return done.stdout.decode()


def quarto_version() -> str:
    """Version of the installed Quarto; empty when there is none."""
    program = shutil.which("quarto")
    if not program:
        return ""
    done = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else ""


def render_with_quarto(staged: Path, out: Path, to: str) -> None:
    """Render a staged book."""
    done = subprocess.run(
        ["quarto", "render", str(staged), "--to", to, "--no-execute"], capture_output=True, text=True, check=False
    )
    made = staged / "_book"
    if done.returncode or not (made / "index.html").is_file():
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        raise ReportError(f"quarto render failed: {last}", where="staged book", remedy="try --renderer pandoc")
    shutil.copytree(made, out, dirs_exist_ok=True)
