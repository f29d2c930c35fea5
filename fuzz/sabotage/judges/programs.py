"""The judge of Linux user mode: C programs that exercise its system calls, against Linux's own words and QEMU's.

Every program runs in a fork that already has the interpreter, so that a bug costs no start of Python.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from engines.vm.runtime.object_cache import cache_directory, content_key
from engines.vm.tiers.interpreter import build
from engines.vm.user.launch import Launch, run
from fuzz.sabotage.judges import Budget, Kill, UnfitError, cpu_seconds

ROOT: Final = Path(__file__).parents[3]
SOURCES: Final = (ROOT / "tests" / "engines" / "vm" / "user" / "programs", ROOT / "tests" / "fuzz" / "sabotage")
"""Folders of C programs; the second has what injected bugs showed the first to leave out."""
PROGRAM_SECONDS: Final = 10.0
_WAYS: Final = (
    *("abort", "null", "illegal", "trap", "misaligned", "jump", "stack", "kill", "term", "blocked-fault", "pipe"),
    *("exit", "unknown"),
)
EXPECTED: Final = {
    "files": 0,
    "memory": 0,
    "processes": 5,
    "signals": 0,
    "sockets": 0,
    "startup": 0,
    "threads": 0,
    "calls": 9,
}
"""Status of the programs with an `.expected` file beside them: what Linux makes them print."""


@dataclass(frozen=True)
class Case:
    """A program with its arguments, and how it ends: output and status (negative: a signal)."""

    name: str
    path: Path
    arguments: tuple[str, ...]
    stdout: bytes = b""
    status: int = 0


class Programs:
    """User mode is found out by a program that prints or ends otherwise."""

    def __init__(self) -> None:
        self._cases: list[Case] = []
        self._work: Path | None = None

    def prepare(self) -> None:
        """Build the programs, see what they should do, and that they do it without a bug.

        Raises:
            UnfitError: the compiler or QEMU is not installed, or a program does otherwise already.
        """
        make = build.interpreter
        honest = make()  # programs have no vectors; harts that do get theirs
        build.interpreter = lambda cache=None, *, has_vectors=False: (
            make(cache, has_vectors=True) if has_vectors else honest
        )
        deaths = _built("deaths")
        cases = [Case(name, _built(name), (), _expected(name), status) for name, status in EXPECTED.items()]
        cases += [_under_qemu(Case(f"deaths {how}", deaths, (how, "77"))) for how in _WAYS]
        cases.append(_under_qemu(Case("system", _built("system"), ())))
        for case in cases:
            seen = _run(case)
            if seen != (case.stdout, case.status):
                raise UnfitError(f"without any bug, {case.name} ends with {seen[1]}, should end with {case.status}")
        self._cases = cases

    def examine(self, budget: Budget) -> Kill | None:
        begun = cpu_seconds()
        for number, case in enumerate(self._cases, 1):
            if cpu_seconds() - begun > budget.seconds:
                return None
            stdout, status = _run(case)
            if status != case.status:
                return Kill("C programs in user mode", number, f"{case.name} ends with {status}, not {case.status}")
            if stdout != case.stdout:
                return Kill("C programs in user mode", number, f"{case.name}: {_first_difference(case.stdout, stdout)}")
        return None


def _built(name: str) -> Path:
    """The program, static against musl, from the cache that the tests fill too."""
    if importlib.util.find_spec("ziglang") is None:
        raise UnfitError("C programs for riscv64 need zig: pip install 'counterproof[corpus]'")
    command = [sys.executable, "-m", "ziglang", "cc", "-target", "riscv64-linux-musl"]
    options = ["-O1", "-w", "-pthread", "-static"]
    source = _source(f"{name}.c")
    version = importlib.metadata.version("ziglang")
    key = content_key([*command[1:], version, *options, source.read_bytes()])
    target = cache_directory() / "test-programs" / f"{name}-{key[:24]}"
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        fresh = target.with_suffix(f".{os.getpid()}")
        subprocess.run([*command, *options, str(source), "-o", str(fresh)], check=True)
        fresh.replace(target)
    return target


def _expected(name: str) -> bytes:
    return _source(f"{name}.expected").read_bytes().replace(b"PROGRAM", os.fsencode(_built(name)))


def _source(name: str) -> Path:
    return next(folder / name for folder in SOURCES if (folder / name).exists())


def _under_qemu(case: Case) -> Case:
    qemu = shutil.which("qemu-riscv64")
    if qemu is None:
        raise UnfitError("what programs should do is asked of QEMU: apt-get install qemu-user")
    with tempfile.TemporaryDirectory() as work:
        done = subprocess.run(
            [qemu, str(case.path), *case.arguments],
            cwd=work,
            env={"A": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            check=False,
        )
    return Case(case.name, case.path, case.arguments, done.stdout, done.returncode)


def _run(case: Case) -> tuple[bytes, int]:
    """Output and status of a program on our user mode, in a fork and an empty working directory."""
    with tempfile.TemporaryDirectory(prefix="counterproof-sabotage-") as root:
        work, output = Path(root, "work"), Path(root, "output")
        work.mkdir()
        child = os.fork()
        if not child:
            _become(case, work, output)
        deadline = time.monotonic() + PROGRAM_SECONDS
        while True:
            ended, status = os.waitpid(child, os.WNOHANG)
            if ended:
                break
            if time.monotonic() > deadline:
                os.killpg(child, signal.SIGKILL)
                _, status = os.waitpid(child, 0)
                break
            time.sleep(0.005)
        return output.read_bytes() if output.exists() else b"", os.waitstatus_to_exitcode(status)


def _become(case: Case, work: Path, output: Path) -> None:
    """Be the program: never returns."""
    status = 70
    try:
        os.setsid()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGALRM):
            signal.signal(number, signal.SIG_DFL)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(os.open(output, os.O_WRONLY | os.O_CREAT), 1)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        os.chdir(work)
        launch = Launch(str(case.path), case.arguments, base_environment=("A=1",), timeout_s=PROGRAM_SECONDS / 2)
        status = run(launch)
    finally:
        os._exit(status & 0xFF)


def _first_difference(expected: bytes, seen: bytes) -> str:
    pairs = zip((*expected.splitlines(), b"(end)"), (*seen.splitlines(), b"(end)"), strict=False)
    for wanted, got in pairs:
        if wanted != got:
            return f"prints {got[:60]!r}, should print {wanted[:60]!r}"
    return "prints more or less than it should"
