"""Surroundings as on other processors: kernels of BLAS, levels of SIMD, the C library without FMA, threads.

Each is an environment that a fresh process starts with; the process tells what it really computes with.
"""

from __future__ import annotations

import ctypes
import hashlib
import json
import math
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
# Kernels of OpenBLAS, with what a processor needs for each.
KERNELS = {
    "Prescott": "", "Nehalem": "sse4_2", "Sandybridge": "avx", "Haswell": "fma", "Zen": "fma", "SkylakeX": "avx512f",
}  # fmt: skip
# Kernels that builds of OpenBLAS share, under the name that it tells.
SAME = {"Prescott": ("Prescott", "Katmai"), "Zen": ("Zen", "Haswell")}
# OpenBLAS's functions are called by other names in numpy's wheels than elsewhere.
NAMES = ("scipy_openblas_{}64_", "scipy_openblas_{}", "openblas_{}64_", "openblas_{}")
# Exponentials and logarithms of glibc as on processors without FMA.
NO_FMA = "glibc.cpu.hwcaps=-AVX2,-FMA,-FMA4"


@dataclass(frozen=True)
class Processor:
    """Surroundings of a process.

    Attributes
    ----------
    name : str
        For lists.
    kernel : str
        Of OpenBLAS; empty for the machine's own.
    threads : int
        Of OpenBLAS.
    simd : bool
        Whether numpy may use what it finds beyond its baseline.
    fma : bool
        Whether the C library may use it.
    """

    name: str
    kernel: str = ""
    threads: int = 1
    simd: bool = True
    fma: bool = True

    @property
    def variables(self) -> dict[str, str]:
        """What the environment gets."""
        own = {"OPENBLAS_NUM_THREADS": str(self.threads), "OMP_NUM_THREADS": str(self.threads)}
        own |= {"OPENBLAS_CORETYPE": self.kernel} if self.kernel else {}
        own |= {} if self.simd else {"NPY_DISABLE_CPU_FEATURES": " ".join(found())}
        return own | ({} if self.fma else {"GLIBC_TUNABLES": NO_FMA})

    def start(self, *command: str) -> subprocess.Popen[str]:
        """Start a Python program of the project in these surroundings."""
        environment = os.environ | self.variables | {"PYTHONPATH": str(ROOT)}
        return subprocess.Popen(
            [sys.executable, *command], cwd=ROOT, env=environment, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip

    def wrong(self, told: dict[str, Any]) -> list[str]:
        """List what a process in these surroundings computed with although it should not have."""
        checks = {
            f"kernel {told['kernel']}": not self.kernel or told["kernel"] in SAME.get(self.kernel, (self.kernel,)),
            f"{told['threads']} threads": told["threads"] == min(self.threads, os.cpu_count() or 1),
            f"SIMD {told['simd']}": self.simd or not told["simd"],
            "the C library's FMA": self.fma or told["exp"] != surroundings()["exp"] or "fma" not in flags(),
        }
        return [what for what, fine in checks.items() if not fine]


def found() -> list[str]:
    """List the levels of SIMD beyond its baseline that numpy uses in this process."""
    module = np._core._multiarray_umath
    return [name for name in module.__cpu_dispatch__ if module.__cpu_features__[name]]


def flags() -> set[str]:
    """Return what the processor can do, by the names of Linux; nothing on other systems."""
    path = Path("/proc/cpuinfo")
    lines = path.read_text(encoding="ascii").splitlines() if path.is_file() else []
    return {flag for line in lines if line.startswith("flags") for flag in line.split()}


def openblas() -> ctypes.CDLL | None:
    """Return the OpenBLAS that numpy has loaded; None where it is another BLAS."""
    maps = Path("/proc/self/maps")
    lines = maps.read_text(encoding="utf-8").splitlines() if maps.is_file() else []
    paths = {line.split(maxsplit=5)[5] for line in lines if "openblas" in line}
    # numpy and scipy may each have their own.
    own = [path for path in sorted(paths) if "scipy.libs" not in path]
    return ctypes.CDLL(own[0]) if own else None


def _ask(library: ctypes.CDLL, what: str, kind: Any) -> Any:
    function = next(getattr(library, name.format(what)) for name in NAMES if hasattr(library, name.format(what)))
    function.restype = kind
    return function()


def surroundings() -> dict[str, Any]:
    """Tell what this process computes with: kernel, threads, SIMD, and the bits of exponentials and of a product."""
    library = openblas()
    places = np.arange(1.0, 20_001.0)
    one, other = np.sin(places).reshape(50, 400), np.cos(places).reshape(400, 50)
    numbers = np.array([math.exp(place / 700) for place in places])
    return {
        "kernel": _ask(library, "get_corename", ctypes.c_char_p).decode() if library else "",
        "threads": _ask(library, "get_num_threads", ctypes.c_int) if library else 1,
        "simd": found(),
        "exp": hashlib.sha256(numbers.tobytes()).hexdigest()[:12],
        "product": hashlib.sha256((np.round(one, 9) @ np.round(other, 9)).tobytes()).hexdigest()[:12],
    }


def processors() -> list[Processor]:
    """List the surroundings that this machine can give; the least like each other come first."""
    kernels = [name for name, needs in KERNELS.items() if not needs or needs in flags()]
    return [
        Processor("own"),
        Processor("oldest", "Prescott", simd=False, fma=False),
        *(Processor(name, name) for name in kernels),
        Processor("no SIMD", simd=False),
        Processor("no FMA", fma=False),
        Processor("two threads", threads=2),
        Processor("Prescott, two threads", "Prescott", threads=2),
    ]


def told(process: subprocess.Popen[str]) -> dict[str, Any]:
    """Wait for a process that prints JSON in its last line; RuntimeError with what it said where it failed."""
    out, said = process.communicate()
    if process.returncode:
        raise RuntimeError(said)
    return dict(json.loads(out.splitlines()[-1]))


if __name__ == "__main__":
    print(json.dumps(surroundings()))
