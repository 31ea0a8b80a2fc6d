"""The locks: which packages, in which version and of which files, are installed where."""

from __future__ import annotations

import re
from dataclasses import dataclass

from packaging.markers import Marker

from .project import ROOT

RUN, DEVELOPMENT = ROOT / "requirements.txt", ROOT / "requirements-dev.txt"
PYTHONS = ("3.11", "3.12", "3.13")


@dataclass(frozen=True)
class Pin:
    """A package of a lock."""

    name: str
    version: str
    marker: str
    hashes: tuple[str, ...]
    development: bool
    text: str

    def wanted(self, python: str, platform: str = "linux") -> bool:
        """Whether it is installed on a Python («3.12») and platform (`sys.platform`)."""
        return not self.marker or Marker(self.marker).evaluate(environment(python, platform))


def environment(python: str, platform: str = "linux") -> dict[str, str]:
    """Describe CPython on a platform, as markers ask for it."""
    windows = platform == "win32"
    return {
        "python_version": python, "python_full_version": f"{python}.0", "implementation_version": f"{python}.0",
        "sys_platform": platform, "os_name": "nt" if windows else "posix",
        "platform_system": {"linux": "Linux", "darwin": "Darwin", "win32": "Windows"}[platform],
        "platform_machine": "AMD64" if windows else "x86_64", "platform_release": "", "platform_version": "",
        "implementation_name": "cpython", "platform_python_implementation": "CPython", "extra": "",
    }  # fmt: skip


def normal(name: str) -> str:
    """Write a package's name as indexes do."""
    return re.sub(r"[-_.]+", "-", name).lower()


def pins(text: str, development: bool = False) -> list[Pin]:
    """Read a lock's text."""
    found = []
    for block in re.split(r"(?m)^(?=[\w.\-]+==)", text):
        head = re.match(r"([\w.\-]+)==([^\s\\;]+)(?:\s*;\s*([^\\]+))?", block)
        if head:
            hashes = tuple(sorted(re.findall(r"--hash=sha256:([0-9a-f]{64})", block)))
            found.append(Pin(normal(head[1]), head[2], (head[3] or "").strip(), hashes, development, block))
    return found


def read_locks() -> dict[str, Pin]:
    """Read both locks."""
    both = [*pins(RUN.read_text(encoding="utf-8")), *pins(DEVELOPMENT.read_text(encoding="utf-8"), True)]
    return {pin.name: pin for pin in sorted(both, key=lambda pin: pin.name)}
