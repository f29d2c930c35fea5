"""Our riscv64 Linux user mode as executors for whole programs, one for each tier.

Every program runs in a process of its own, the very code behind `counterproof vm run`, in a private temporary directory
with the case's files and nothing of this process's environment: a program that crashes, hangs or floods ends there.
"""

from __future__ import annotations

import json
import os
import selectors
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import engines
from harness.contract import (
    PROGRAM_FIELDS,
    BatchObservation,
    Capabilities,
    Case,
    CaseKind,
    End,
    MachineBatch,
    Observation,
    ProgramCase,
    ProgramObservation,
)

ISA: Final = "riscv64"
OUTPUT_BYTES: Final = 64 << 20
"""More than this on standard output or error ends the program."""
FILE_BYTES: Final = 64 << 20
"""Files that the program made are observed up to this size, all together."""
TIMEOUT_S: Final = 600.0
_USAGE: Final = 2
_CHUNK_BYTES: Final = 1 << 16
_GRACE_S: Final = 5.0
"""How much longer than the program its process may take to start and to end."""


class UserExecutor:
    """Runs program cases under `engines.vm.user` on one tier.

    Attributes:
        timeout_s: wall-clock limit for one program.
        output_bytes: limit for standard output and for standard error, each.
    """

    def __init__(self, tier: str, timeout_s: float = TIMEOUT_S, output_bytes: int = OUTPUT_BYTES) -> None:
        self.name = f"riscv64-user-{tier}"
        self.capabilities = Capabilities(
            kinds=frozenset((CaseKind.PROGRAM,)),
            isas=frozenset((ISA,)),
            extensions=frozenset(("I", "M", "A", "F", "D", "C", "Zicsr", "Zifencei")),
            observes=frozenset(PROGRAM_FIELDS),
            exact_limit=True,
            isolated=True,
            version=f"Counterproof user mode, {tier} tier",
        )
        self.timeout_s = timeout_s
        self.output_bytes = output_bytes
        self._tier = tier

    def run(self, case: Case) -> Observation:
        """Run one program case; other kinds and ISAs are refused, and so is an image that is no riscv64 executable."""
        if not isinstance(case, ProgramCase):
            return _refused(f"{self.name} runs program cases, not {case.kind} cases")
        if case.isa != ISA:
            return _refused(f"{self.name} runs programs of {ISA!r}, not {case.isa!r}")
        bad = next((name for name, _ in case.files if not _is_inside(name)), None)
        if bad is not None:
            return _refused(f"file name {bad!r} must be relative and stay inside the working directory")
        with tempfile.TemporaryDirectory(prefix="counterproof-") as root:
            return self._run_in(case, Path(root))

    def _run_in(self, case: ProgramCase, root: Path) -> ProgramObservation:
        work = root / "work"
        work.mkdir()
        for name, content in case.files:
            path = work / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        program, options = root / "program", root / "options.json"
        program.write_bytes(case.image)
        report_read, report_write = os.pipe()
        options.write_text(json.dumps(self._launch(case, program, report_write)))
        with (root / "stdin").open("w+b") as stdin:
            stdin.write(case.stdin)
            stdin.seek(0)
            outcome = _supervise(options, work, stdin.fileno(), report_write, report_read, self)
        return _observe(case, work, outcome)

    def _launch(self, case: ProgramCase, program: Path, report_fd: int) -> dict[str, Any]:
        """The fields of `engines.vm.user.launch.Launch`."""
        return {
            "program": str(program),
            "argv0": case.argv[0] if case.argv else "",
            "arguments": list(case.argv[1:]),
            "base_environment": [f"{name}={value}" for name, value in case.environment],
            "tier": self._tier,
            "limit_insns": case.limit_insns,
            "checkpoint_insns": case.checkpoint_insns,
            "timeout_s": self.timeout_s,
            "report_fd": report_fd,
            "confined": True,
            "seed": 0,
        }

    def run_batch(self, batch: MachineBatch) -> BatchObservation:
        """Raises:
        ValueError: always; program executors run no machine cases.
        """
        raise ValueError(f"{self.name} runs program cases, not batches of machine cases")

    def close(self) -> None:
        """Nothing is kept between runs."""


def baseline() -> UserExecutor:
    """`riscv64-user-baseline`, for the registry."""
    return UserExecutor("baseline")


def llvm() -> UserExecutor:
    """`riscv64-user-llvm`, for the registry."""
    return UserExecutor("llvm")


def auto() -> UserExecutor:
    """`riscv64-user-auto`, for the registry."""
    return UserExecutor("auto")


def interpreter() -> UserExecutor:
    """`riscv64-user-interpreter`, for the registry."""
    return UserExecutor("interpreter")


def reference() -> UserExecutor:
    """`riscv64-user-reference`, for the registry."""
    return UserExecutor("reference")


@dataclass
class _Outcome:
    """What the process did. `returncode` is as subprocess has it; `overflow` names the stream that was too long."""

    returncode: int
    stdout: bytes
    stderr: bytes
    report: bytes
    timed_out: bool = False
    overflow: str = ""


def _supervise(
    options: Path, work: Path, stdin: int, report_write: int, report_read: int, limits: UserExecutor
) -> _Outcome:
    environment = {name: value for name, value in os.environ.items() if _concerns_us(name)}
    environment["PYTHONPATH"] = str(Path(next(iter(engines.__path__))).parent)
    module = "fuzz.sabotage.user" if environment.get("COUNTERPROOF_SABOTAGE") else "engines.vm.user"
    command = [sys.executable, "-P", "-m", module, str(options)]
    process = subprocess.Popen(
        command,
        cwd=work,
        env=environment,
        stdin=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        pass_fds=(report_write,),
        start_new_session=True,
    )
    os.close(report_write)
    try:
        return _collect(process, report_read, limits)
    finally:
        _kill_group(process)
        os.close(report_read)


def _collect(process: subprocess.Popen[bytes], report_read: int, limits: UserExecutor) -> _Outcome:
    assert process.stdout is not None
    assert process.stderr is not None
    outcome = _Outcome(0, b"", b"", b"")
    buffers = {"stdout": bytearray(), "stderr": bytearray(), "report": bytearray()}
    deadline = time.monotonic() + limits.timeout_s + _GRACE_S
    with selectors.DefaultSelector() as selector, process.stdout, process.stderr:
        selector.register(process.stdout, selectors.EVENT_READ, "stdout")
        selector.register(process.stderr, selectors.EVENT_READ, "stderr")
        selector.register(report_read, selectors.EVENT_READ, "report")
        while selector.get_map() and not outcome.overflow:
            ended = process.poll() is not None
            ready = selector.select(0 if ended else min(0.2, max(0.0, deadline - time.monotonic())))
            if not ready and ended:
                break  # children of the program may keep the pipes open; what it wrote itself is here
            for key, _ in ready:
                data = os.read(key.fd, _CHUNK_BYTES)
                buffer = buffers[key.data]
                buffer += data
                if not data:
                    selector.unregister(key.fileobj)
                elif key.data != "report" and len(buffer) > limits.output_bytes:
                    outcome.overflow = key.data
                    del buffer[limits.output_bytes :]
            if time.monotonic() >= deadline:
                outcome.timed_out = True
                break
    if outcome.overflow or outcome.timed_out:
        _kill_group(process)
    outcome.returncode = process.wait()
    outcome.stdout, outcome.stderr, outcome.report = (bytes(buffers[n]) for n in ("stdout", "stderr", "report"))
    return outcome


def _concerns_us(name: str) -> bool:
    """Variables of the emulator's process; the guest's environment comes from the case alone."""
    return name in ("PATH", "HOME", "TMPDIR", "LANG", "XDG_CACHE_HOME") or name.startswith(
        ("COUNTERPROOF_", "COVERAGE")
    )


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    """End the program and its children."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def _is_inside(name: str) -> bool:
    path = Path(name)
    return not path.is_absolute() and ".." not in path.parts and bool(path.parts)


def _observe(case: ProgramCase, work: Path, outcome: _Outcome) -> ProgramObservation:
    if not outcome.report and not outcome.overflow and not outcome.timed_out:
        text = outcome.stderr.decode(errors="replace").strip()
        if outcome.returncode == _USAGE:
            return _refused(text.removeprefix(f"counterproof: {work.parent / 'program'}: "))
        return ProgramObservation(
            -1, 0, b"", b"", End.CRASH, detail=f"our process ended with {outcome.returncode}: {text[-2000:]}"
        )
    report: dict[str, Any] = json.loads(outcome.report) if outcome.report else {}
    end, status, number, detail = End.TRAP, report.get("status", -1), report.get("signal", 0), report.get("detail", "")
    if outcome.overflow:
        end, status, number = End.LIMIT, -1, 0
        detail = f"{outcome.overflow} was longer than its limit and is cut there; the program was ended"
    elif outcome.timed_out or report.get("reason") == "timeout":
        end = End.TIMEOUT
        detail = detail or "the time limit passed"
    elif report.get("reason") == "limit":
        end = End.LIMIT
    files, cut = _changed_files(case, work)
    return ProgramObservation(
        exit_status=status,
        signal=number,
        stdout=outcome.stdout,
        stderr=outcome.stderr,
        end=end,
        files=files,
        retired=report.get("retired", 0),
        unknown_syscalls=tuple(sorted((call, times) for call, _, times in report.get("unknown_calls", ()))),
        checkpoints=tuple((retired, digest) for retired, digest in report.get("checkpoints", ())),
        detail="; ".join(text for text in (detail, cut) if text),
    )


def _changed_files(case: ProgramCase, work: Path) -> tuple[tuple[tuple[str, bytes], ...], str]:
    """Regular files that the program made or changed, by name, and a note when they are too much."""
    before, left = dict(case.files), FILE_BYTES
    found: list[tuple[str, bytes]] = []
    for path in sorted(work.rglob("*")):
        if not path.is_file() or path.is_symlink():
            continue
        name = str(path.relative_to(work))
        if path.stat().st_size > left:
            return tuple(found), f"files beyond {FILE_BYTES} bytes are not observed, from {name} on"
        content = path.read_bytes()
        left -= len(content)
        if before.get(name) != content:
            found.append((name, content))
    return tuple(found), ""


def _refused(detail: str) -> ProgramObservation:
    return ProgramObservation(-1, 0, b"", b"", End.REFUSED, detail=detail)
