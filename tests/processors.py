"""Processors that a process can be told to be on: kernel of BLAS, levels of SIMD, fused operations, threads.

    python tests/processors.py        what this process computes with, as JSON

OpenBLAS takes another processor's kernel where `OPENBLAS_CORETYPE` names one, numpy leaves out the levels of SIMD that
`NPY_DISABLE_CPU_FEATURES` names, and glibc the fused `exp`, `log` and `pow` where `GLIBC_TUNABLES` says so. That gives
other last bits on one machine, as another machine would. None of them says when a name is wrong, so a process is asked
what it really computes with.
"""

from __future__ import annotations

import ctypes
import hashlib
import json
import math
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
MAPS = Path("/proc/self/maps")
# Kernels of OpenBLAS, with what a processor needs for each.
KERNELS = {
    "Prescott": "", "Nehalem": "sse4_2", "Sandybridge": "avx", "Haswell": "fma", "Zen": "fma", "SkylakeX": "avx512f",
}  # fmt: skip
# Kernels that builds of OpenBLAS share, under the names that it tells.
SAME = {"Prescott": ("Prescott", "Katmai"), "Zen": ("Zen", "Haswell")}
# OpenBLAS's functions are called by other names in numpy's wheels than elsewhere.
NAMES = ("scipy_openblas_{}64_", "scipy_openblas_{}", "openblas_{}64_", "openblas_{}")
# Exponentials and logarithms of glibc as on processors without fused operations.
NO_FMA = "glibc.cpu.hwcaps=-AVX2,-FMA,-FMA4,-AVX"


@dataclass(frozen=True)
class Processor:
    """What a process is told to be on.

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
        """Environment variables that say so."""
        own = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"), str(self.threads))
        own |= {"OPENBLAS_CORETYPE": self.kernel} if self.kernel else {}
        own |= {} if self.simd else {"NPY_DISABLE_CPU_FEATURES": " ".join(_dispatched())}
        return own | ({} if self.fma else {"GLIBC_TUNABLES": NO_FMA})

    def start(self, *command: str) -> subprocess.Popen[str]:
        """Start a Python program of the project on it."""
        environment = os.environ | self.variables | {"PYTHONPATH": str(ROOT)}
        return subprocess.Popen(
            [sys.executable, *command], cwd=ROOT, env=environment, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip

    def differences(self, used: dict[str, Any]) -> list[str]:
        """What a process computed with, as `in_use` tells it, although it was told otherwise."""
        wrong = [f"{name} on {core}" for name, core in used["kernels"].items()
                 if self.kernel and core not in SAME.get(self.kernel, (self.kernel,))]  # fmt: skip
        expected = min(self.threads, os.cpu_count() or 1)
        wrong += [f"{name} with {count} threads" for name, count in used["threads"].items() if count != expected]
        if used["simd"] and not self.simd:
            wrong.append(f"numpy with {' '.join(used['simd'])}")
        if self.simd and simd() and not used["simd"]:
            wrong.append("numpy without SIMD")
        if not self.fma and used["exp"] == _exponentials() and "fma" in flags():
            wrong.append("the C library with fused operations")
        return wrong if used["kernels"] or not self.kernel else [*wrong, "no OpenBLAS found"]


OLD = Processor("oldest", "Prescott", simd=False, fma=False)
NEW = Processor("newer, two threads", "Haswell", threads=2)


def processors() -> list[Processor]:
    """List the processors that this machine can be told to be; the least like each other come first."""
    kernels = [name for name, needs in KERNELS.items() if not needs or needs in flags()]
    return [
        Processor("own"),
        OLD,
        *(Processor(name, name) for name in kernels),
        Processor("no SIMD", simd=False),
        Processor("no FMA", fma=False),
        Processor("two threads", threads=2),
        Processor("Prescott, two threads", "Prescott", threads=2),
    ]


def in_use() -> dict[str, Any]:
    """Tell what this process computes with.

    Returns
    -------
    dict
        `kernels` and `threads` by library of BLAS (numpy and scipy may each have their own); `simd`, the levels beyond
        numpy's baseline; and digests of the bits of exponentials (`exp`) and of a matrix product (`product`).
    """
    libraries = _openblas()
    places = np.arange(1.0, 20_001.0)
    one, other = np.sin(places).reshape(50, 400), np.cos(places).reshape(400, 50)
    return {
        "kernels": {name: _ask(library, "get_corename", ctypes.c_char_p).decode() for name, library in libraries},
        "threads": {name: _ask(library, "get_num_threads", ctypes.c_int) for name, library in libraries},
        "simd": simd(),
        "exp": _exponentials(),
        "product": hashlib.sha256((np.round(one, 9) @ np.round(other, 9)).tobytes()).hexdigest()[:12],
    }


def told(process: subprocess.Popen[str]) -> dict[str, Any]:
    """Wait for a process that prints JSON in its last line; RuntimeError with what it said where it failed."""
    out, said = process.communicate()
    if process.returncode:
        raise RuntimeError(said)
    return dict(json.loads(out.splitlines()[-1]))


def can_be_told() -> bool:
    """Whether this machine can be told to be another: one of x86-64 that has the newer kernel's units."""
    return MAPS.exists() and {"avx2", "fma"} <= flags()


@contextmanager
def threads(count: int) -> Iterator[None]:
    """Let this process's BLAS have so many threads: of small matrices two only wait for each other."""
    before = [(library, _ask(library, "get_num_threads", ctypes.c_int)) for _, library in _openblas()]
    try:
        for library, _ in before:
            _ask(library, "set_num_threads", None, count)
        yield
    finally:
        for library, own in before:
            _ask(library, "set_num_threads", None, own)


def simd() -> list[str]:
    """List the levels of SIMD beyond its baseline that numpy uses in this process."""
    return [name for name in _dispatched() if np._core._multiarray_umath.__cpu_features__[name]]


def _dispatched() -> list[str]:
    return list(np._core._multiarray_umath.__cpu_dispatch__)


def flags() -> set[str]:
    """Return what the processor can do, by the names of Linux; nothing on other systems."""
    path = Path("/proc/cpuinfo")
    lines = path.read_text(encoding="ascii").splitlines() if path.is_file() else []
    return {flag for line in lines if line.startswith("flags") for flag in line.split()}


def _exponentials() -> str:
    numbers = np.array([math.exp(place / 700) for place in np.arange(1.0, 20_001.0)])
    return hashlib.sha256(numbers.tobytes()).hexdigest()[:12]


def _openblas() -> list[tuple[str, ctypes.CDLL]]:
    """Each OpenBLAS of this process by the name of its folder; none where BLAS is another one."""
    import scipy.linalg  # noqa: F401 - brings a BLAS of its own

    lines = MAPS.read_text(encoding="utf-8").splitlines() if MAPS.is_file() else []
    paths = sorted({line.split(maxsplit=5)[5] for line in lines if "openblas" in line})
    return [(Path(path).parent.name, ctypes.CDLL(path)) for path in paths]


def _ask(library: ctypes.CDLL, what: str, result: Any, *given: int) -> Any:
    function = next(getattr(library, name.format(what)) for name in NAMES if hasattr(library, name.format(what)))
    function.argtypes, function.restype = [ctypes.c_int] * len(given), result
    return function(*given)


if __name__ == "__main__":
    print(json.dumps(in_use()))
