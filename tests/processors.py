"""Processors that a run can be told to be on: kernel of BLAS, vector units, functions of the C library, threads.

    python tests/processors.py        what this process runs on, as JSON

OpenBLAS takes another processor's kernel where `OPENBLAS_CORETYPE` names one, numpy leaves out the loops for vector
units that `NPY_DISABLE_CPU_FEATURES` names, and glibc the fused `exp`, `log` and `pow` where `GLIBC_TUNABLES` says so.
That gives other last bits on one machine, as another machine would. None of them says when a name is wrong, so OpenBLAS
and numpy are asked what they use.
"""

from __future__ import annotations

import ctypes
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# What OpenBLAS calls its kernels: some have several names.
NAMES = {"Prescott": {"Prescott", "Katmai"}, "Haswell": {"Haswell"}}
FUSED = "glibc.cpu.hwcaps=-AVX2,-FMA,-FMA4,-AVX"
MAPS = Path("/proc/self/maps")


@dataclass(frozen=True)
class Processor:
    """What a run is told to be on.

    Attributes
    ----------
    kernel : str
        OpenBLAS' name for the kernel.
    plain : bool
        Whether numpy and the C library do without vector units and fused operations.
    threads : int
        Of BLAS.
    """

    kernel: str
    plain: bool
    threads: int

    @property
    def variables(self) -> dict[str, str]:
        """Environment variables that say so."""
        threads = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"), str(self.threads))
        without = {"NPY_DISABLE_CPU_FEATURES": " ".join(_chosen_from()), "GLIBC_TUNABLES": FUSED} if self.plain else {}
        return {"OPENBLAS_CORETYPE": self.kernel, **threads, **without}

    def differences(self, used: dict[str, Any]) -> list[str]:
        """What a process really runs on, as `in_use` tells it, that is not what it was told."""
        wrong = [f"{name} on {core}" for name, core in used["kernels"].items() if core not in NAMES[self.kernel]]
        wrong += [f"{name} with {count} threads" for name, count in used["threads"].items() if count != self.threads]
        if used["vector_units"] == self.plain:
            wrong.append("numpy with vector units" if self.plain else "numpy without vector units")
        return wrong if used["kernels"] else [*wrong, "no OpenBLAS found"]


OLD, NEW = Processor("Prescott", True, 1), Processor("Haswell", False, 2)


def in_use() -> dict[str, Any]:
    """Tell what this process runs on.

    Returns
    -------
    dict
        `kernels` and `threads` by library of BLAS, and `vector_units`: whether numpy uses any beyond its baseline.
    """
    import scipy.linalg  # noqa: F401 - brings a BLAS of its own
    from numpy._core._multiarray_umath import __cpu_features__

    paths = {line.split()[-1] for line in MAPS.read_text().splitlines() if "openblas" in line} if MAPS.exists() else ()
    kernels, threads = {}, {}
    for path in sorted(paths):
        name = Path(path).parent.name
        kernels[name] = str(_call(path, "get_corename", ctypes.c_char_p).decode())
        threads[name] = int(_call(path, "get_num_threads", ctypes.c_int))
    units = any(__cpu_features__[unit] for unit in _chosen_from())
    return {"kernels": kernels, "threads": threads, "vector_units": units}


def can_be_told() -> bool:
    """Whether this machine can be told to be another: one of x86-64 that has the newer kernel's units."""
    from numpy._core._multiarray_umath import __cpu_features__

    return MAPS.exists() and bool(__cpu_features__.get("AVX2")) and bool(__cpu_features__.get("FMA3"))


def _chosen_from() -> list[str]:
    """Vector units beyond its baseline that numpy has loops for."""
    from numpy._core._multiarray_umath import __cpu_dispatch__

    return list(__cpu_dispatch__)


def _call(path: str, what: str, result: Any) -> Any:
    library = ctypes.CDLL(path)
    for name in (f"{prefix}openblas_{what}{suffix}" for prefix in ("scipy_", "") for suffix in ("64_", "")):
        if hasattr(library, name):
            function = getattr(library, name)
            function.argtypes, function.restype = [], result
            return function()
    raise OSError(f"{path} does not tell {what}")


if __name__ == "__main__":
    print(json.dumps(in_use()))
