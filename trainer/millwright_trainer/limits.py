"""Bounds of the process that computes, set by the kernel: memory, core dumps, priority, and that it ends with its parent."""

from __future__ import annotations

import ctypes
import os
import resource
import signal

PR_SET_PDEATHSIG = 1


def bound(memory_bytes: int, nice: int, parent: int) -> None:
    """Called in the child before anything is computed. Memory that is asked for beyond the bound is a MemoryError, never the machine's."""
    # RLIMIT_DATA and not RLIMIT_AS: compilers reserve address space that they never touch.
    resource.setrlimit(resource.RLIMIT_DATA, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.nice(nice)
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        # it was killed before the line above
        os._exit(1)


def environment(threads: int) -> dict[str, str]:
    """For the child: numerical libraries read these when they load."""
    count = str(threads)
    return os.environ | {
        "OMP_NUM_THREADS": count,
        "OPENBLAS_NUM_THREADS": count,
        "JAX_PLATFORMS": "cpu",
        "XLA_FLAGS": f"--xla_cpu_multi_thread_eigen={'true' if threads > 1 else 'false'} intra_op_parallelism_threads={count}",
    }
