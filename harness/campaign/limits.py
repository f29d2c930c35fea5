"""What a worker process may use. Passing a limit ends the worker, never the campaign."""

from __future__ import annotations

import ctypes
from dataclasses import asdict, dataclass
from typing import Any, Final

from harness.strict_json import Node

_M_TRIM_THRESHOLD: Final = -1
_M_MMAP_THRESHOLD: Final = -3
_KEPT_BYTES: Final = 1 << 30


def keep_freed_memory() -> None:
    """Let this process use large blocks again after it has freed them, where the C library can be told so (glibc).

    The arrays of a batch are some 8 MiB each and new for every batch. Without this each is a mapping of its own, and
    touching its pages for the first time costs more than a short program does.
    """
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except AttributeError:  # another C library
        return
    mallopt(_M_MMAP_THRESHOLD, _KEPT_BYTES)
    mallopt(_M_TRIM_THRESHOLD, _KEPT_BYTES)


@dataclass(frozen=True)
class WorkerLimits:
    """Limits of one worker.

    Attributes:
        start_seconds: from the start of the process to its greeting.
        case_seconds: wall clock for one case of `run`.
        batch_seconds: wall clock for one batch.
        address_space_bytes: RLIMIT_AS; None for engines that reserve large guest address spaces.
        resident_bytes: memory in use, watched by the campaign.
        output_bytes: what the executor may write to its standard streams per request.
        file_bytes: RLIMIT_FSIZE, the size of any file that it writes.
        culprits: cases of one batch that may kill the worker before the rest of that batch is given up as refused.
    """

    start_seconds: float = 60.0
    case_seconds: float = 20.0
    batch_seconds: float = 60.0
    address_space_bytes: int | None = None
    resident_bytes: int = 4 << 30
    output_bytes: int = 16 << 20
    file_bytes: int = 1 << 30
    culprits: int = 16

    def __post_init__(self) -> None:
        for name, value in asdict(self).items():
            if value is not None and value <= 0:
                raise ValueError(f"{name} is {value}, must be positive")

    def document(self) -> dict[str, Any]:
        """The part that the worker applies to itself."""
        return {"address_space_bytes": self.address_space_bytes or 0, "file_bytes": self.file_bytes}


def apply_limits(node: Node) -> None:
    """Apply, in the worker, what `WorkerLimits.document` says: address space, file size, no core dumps."""
    import resource

    address_space = node.field("address_space_bytes").integer(0, 1 << 60)
    if address_space:
        _lower(resource.RLIMIT_AS, address_space)
    file_bytes = node.field("file_bytes").integer(1, 1 << 60)
    _lower(resource.RLIMIT_FSIZE, file_bytes)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _lower(limit: int, value: int) -> None:
    """Set a limit to `value`, or to what the process was started with where that is less."""
    import resource

    _, hard = resource.getrlimit(limit)
    allowed = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(limit, (allowed, allowed))


def limit_cpu(seconds: float) -> None:
    """Allow this process `seconds` more of CPU time before SIGXCPU ends it."""
    import resource

    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(used.ru_utime + used.ru_stime + seconds) + 1
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    if hard == resource.RLIM_INFINITY or soft <= hard:
        resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))
