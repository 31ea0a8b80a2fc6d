"""Quarto, where it is installed."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from engine.errors import ReportError


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
