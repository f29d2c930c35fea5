"""Run a foreign program with everything bounded: time, memory, output, files; alone in a directory of its own."""

from __future__ import annotations

import ctypes
import os
import resource
import selectors
import signal
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from harness.contract.case import ProgramCase
from harness.contract.observation import ProgramObservation
from harness.contract.traps import End
from oracles.deadline import Deadline

_LIBC: Final = ctypes.CDLL(None, use_errno=True)
_PR_SET_PDEATHSIG: Final = 1
INSTRUCTIONS_PER_SECOND: Final = 20_000_000
"""Slower than any executor here on a busy machine."""
_CHUNK: Final = 1 << 16


@dataclass(frozen=True)
class Limits:
    """What one run may use.

    Attributes:
        wall_s: seconds of wall clock, without what the program waited for a processor; CPU time is limited to the same.
        address_space_bytes: of the process, 0 for no limit.
        output_bytes: of stdout and stderr together, and of any one file.
    """

    wall_s: float = 60.0
    address_space_bytes: int = 16 << 30
    output_bytes: int = 64 << 20


def limited_by_case(limits: Limits, case: ProgramCase) -> Limits:
    """`limits` with less time where the case permits few instructions: nobody counts them here, so time stands in.

    A program gets ten seconds and one more for every `INSTRUCTIONS_PER_SECOND`, and never more than `limits.wall_s`.
    """
    return replace(limits, wall_s=min(limits.wall_s, 10.0 + case.limit_insns / INSTRUCTIONS_PER_SECOND))


def confine(limits: Limits) -> Callable[[], None]:
    """What the child does before exec: resource limits, and death with the thread that started it."""

    def apply() -> None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        # Far behind the wall clock, which the parent minds: threads spend it together, and the parent may have to wait.
        cpu = (int(limits.wall_s) + 10) * (os.cpu_count() or 1)
        resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu + 1))
        resource.setrlimit(resource.RLIMIT_FSIZE, (limits.output_bytes, limits.output_bytes))
        if limits.address_space_bytes:
            resource.setrlimit(resource.RLIMIT_AS, (limits.address_space_bytes, limits.address_space_bytes))

    return apply


def observe_program(case: ProgramCase, command: Callable[[Path], Sequence[str]], limits: Limits) -> ProgramObservation:
    """Run `case` in a fresh directory that holds its files and report what it did.

    Args:
        case: the image is stored outside that directory, executable.
        command: the command line, given the path of the image; `argv[1:]` of the case is appended.
        limits: a run that exceeds its wall clock or its output ends as TIMEOUT; `detail` says which. A case that
            permits few instructions gets less time, see `limited_by_case`.

    Raises:
        ValueError: a file of the case would lie outside its directory.
        OSError: the program cannot be started at all.
    """
    limits = limited_by_case(limits, case)
    with tempfile.TemporaryDirectory(prefix="counterproof-run-") as folder:
        image, place = Path(folder, "image"), Path(folder, "cwd")
        image.write_bytes(case.image)
        image.chmod(0o755)
        place.mkdir()
        for name, contents in case.files:
            path = place / name
            if not path.resolve().is_relative_to(place.resolve()):
                raise ValueError(f"the file {name!r} of a program case is outside its directory")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(contents)
        process = subprocess.Popen(
            [*command(image), *case.argv[1:]],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=place,
            env=dict(case.environment),
            start_new_session=True,
            preexec_fn=confine(limits),
        )
        with process:
            stdout, stderr, excess = _exchange(process, case.stdin, limits)
        seen = ProgramObservation(
            exit_status=process.returncode if process.returncode >= 0 else -1,
            signal=max(-process.returncode, 0),
            stdout=stdout,
            stderr=stderr,
            files=_changed_files(place, dict(case.files), limits),
        )
    return replace(seen, end=End.TIMEOUT, detail=excess) if excess else seen


def _exchange(process: subprocess.Popen[bytes], stdin: bytes, limits: Limits) -> tuple[bytes, bytes, str]:
    """Feed stdin and collect both outputs; the third item says which limit ended the process, if one did."""
    assert process.stdin is not None and process.stdout is not None and process.stderr is not None
    deadline = Deadline(process.pid, limits.wall_s)
    collected = {process.stdout: bytearray(), process.stderr: bytearray()}
    pending = memoryview(stdin)
    excess = ""
    with selectors.DefaultSelector() as selector:
        os.set_blocking(process.stdin.fileno(), False)
        selector.register(process.stdin, selectors.EVENT_WRITE)
        for stream in collected:
            selector.register(stream, selectors.EVENT_READ)
        while selector.get_map() and not excess:
            left = deadline.left_s()
            if left <= 0:
                excess = f"still running after {limits.wall_s:g} s"
            for key, _ in selector.select(max(left, 0)):
                if key.fileobj is process.stdin:
                    pending = _feed(process.stdin.fileno(), pending)
                    if not pending:
                        selector.unregister(process.stdin)
                        process.stdin.close()
                    continue
                data = os.read(key.fd, _CHUNK)
                if not data:
                    selector.unregister(key.fileobj)
                for stream, buffer in collected.items():
                    if stream is key.fileobj:
                        buffer += data
            if sum(map(len, collected.values())) > limits.output_bytes:
                excess = f"wrote more than {limits.output_bytes} bytes"
    while not excess and process.poll() is None:  # it has closed its outputs
        try:
            process.wait(timeout=max(deadline.left_s(), 0.01))
        except subprocess.TimeoutExpired:
            if deadline.left_s() <= 0:
                excess = f"still running after {limits.wall_s:g} s"
    _end_session(process)
    return bytes(collected[process.stdout]), bytes(collected[process.stderr]), excess


def _feed(descriptor: int, pending: memoryview) -> memoryview:
    """Write what the pipe takes; nothing is left when the reader is gone."""
    try:
        return pending[os.write(descriptor, pending[:_CHUNK]) :]
    except BrokenPipeError:
        return pending[:0]
    except BlockingIOError:
        return pending


def _end_session(process: subprocess.Popen[bytes]) -> None:
    """Kill whatever of the process's session is still alive."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return


def _changed_files(place: Path, before: dict[str, bytes], limits: Limits) -> tuple[tuple[str, bytes], ...]:
    changed = []
    for path in sorted(place.rglob("*")):
        if path.is_symlink() or not path.is_file() or path.stat().st_size > limits.output_bytes:
            continue
        name, contents = str(path.relative_to(place)), path.read_bytes()
        if before.get(name) != contents:
            changed.append((name, contents))
    return tuple(changed)
