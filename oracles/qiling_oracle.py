"""qiling as an oracle for whole riscv64 Linux programs: Unicorn's processor under qiling's own system calls, in Python.

What qiling does not do is either done here as Linux does it (system calls that it lacks give ENOSYS; a signal whose
action is the default ends the program) or said (`End.REFUSED` with the reason): it delivers no signal to a handler,
makes no threads and no processes on riscv64.

It runs in the caller's process on foreign native code: give it to a worker.
"""

from __future__ import annotations

import importlib.metadata
import io
import struct
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any, Final

from harness.contract.case import Case, CaseKind, MachineBatch, ProgramCase
from harness.contract.executor import Capabilities, run_each
from harness.contract.observation import PROGRAM_FIELDS, BatchObservation, Observation, ProgramObservation
from harness.contract.refusal import refusal, why_refused
from harness.contract.traps import End
from oracles.native_oracle import why_not_elf

EBADF: Final = 9
ENOSYS: Final = 38
SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGSEGV = 4, 5, 6, 7, 11
_IGNORED_BY_DEFAULT: Final = frozenset({17, 18, 23, 28})
"""SIGCHLD, SIGCONT, SIGURG, SIGWINCH: their default action does not end a program (signal(7))."""
_SIGNAL_OF_EXCEPTION: Final = {0: SIGBUS, 1: SIGSEGV, 2: SIGILL, 4: SIGBUS, 5: SIGSEGV, 6: SIGBUS, 7: SIGSEGV}
"""Exception codes of the privileged manual to what Linux sends (arch/riscv: do_trap_…)."""
_ENVIRONMENT_CALL: Final = 8
_SYSTEM_CALLS: Final = 512
_COUNTED_LIMIT_INSNS: Final = 50_000_000
"""Below this, Unicorn counts the instructions; above, its counting is slower than the time limit is wide."""


_FOREIGN_ERRORS: Final = (
    ArithmeticError, AssertionError, AttributeError, EOFError, LookupError, OSError, RuntimeError, TypeError,
    ValueError, struct.error,
)  # fmt: skip
"""What qiling's loader and system calls let through when a program asks something of them that they did not expect."""


class _Streams:
    """Standard output or error in memory; qiling takes it for a file."""

    def __init__(self, descriptor: int, most_bytes: int, flood: Any) -> None:
        self._descriptor, self._most_bytes, self._flood = descriptor, most_bytes, flood
        self.collected = bytearray()
        self.closed = False

    def write(self, data: bytes) -> int:
        self.collected += data
        if len(self.collected) > self._most_bytes:
            self._flood()
        return len(data)

    def read(self, _size: int = -1) -> bytes:
        return b""

    def fileno(self) -> int:
        return self._descriptor

    def flush(self) -> None:
        return

    def close(self) -> None:
        self.closed = True

    def fstat(self) -> Any:
        from qiling.os.posix import stat

        return stat.Fstat(self._descriptor)


class _Input(io.BytesIO):
    """Standard input in memory; not seekable, like a pipe."""

    def fileno(self) -> int:
        return 0

    def seekable(self) -> bool:
        return False

    def lseek(self, _offset: int, _origin: int = 0) -> int:
        raise OSError(29, "Illegal seek")

    def fstat(self) -> Any:
        from qiling.os.posix import stat

        return stat.Fstat(0)


class _Run:
    """One program: what its system calls and traps told us."""

    def __init__(self, machine: Any) -> None:
        self._machine = machine
        self.exit_status: int | None = None
        self.signal = 0
        self.refused = ""
        self.excess = ""
        self.unknown: Counter[int] = Counter()
        self._handlers: dict[int, int] = {}

    def exit(self, _machine: Any, code: int) -> None:
        self.exit_status = code & 0xFF
        self._machine.emu_stop()

    def die(self, number: int) -> None:
        if self._handlers.get(number, 0) > 1:
            self.refused = f"signal {number} has a handler; qiling delivers no signals"
        elif self._handlers.get(number, 0) == 1 or number in _IGNORED_BY_DEFAULT:
            return
        else:
            self.signal = number
        self._machine.emu_stop()

    def set_handler(self, _machine: Any, number: int, action: int, _old: int) -> None:
        if action:
            self._handlers[number] = self._machine.mem.read_ptr(action, 8)

    def kill(self, _machine: Any, _process: int, number: int) -> int:
        if number:
            self.die(number)
        return 0

    def kill_thread(self, _machine: Any, _group: int, _thread: int, number: int) -> int:
        return self.kill(_machine, _thread, number)

    def clone(self, _machine: Any) -> None:
        self.refused = "the program makes a thread or a process; qiling makes none on riscv64"
        self._machine.emu_stop()

    def read_vector(self, machine: Any, descriptor: int, vector: int, count: int) -> int:
        """readv(2). qiling's own answers with the bytes that were asked for, so a program never sees the end."""
        total = 0
        for index in range(count):
            address, size = (machine.mem.read_ptr(vector + 16 * index + 8 * word, 8) for word in range(2))
            opened = machine.os.fd[descriptor] if descriptor < len(machine.os.fd) else None
            if opened is None or not hasattr(opened, "read"):
                return -EBADF
            data = opened.read(size)
            machine.mem.write(address, bytes(data))
            total += len(data)
            if len(data) < size:
                break
        return total

    def flood(self) -> None:
        self.excess = "wrote more than its output limit"
        self._machine.emu_stop()

    def lacking(self, number: int) -> Any:
        def call(_machine: Any) -> int:
            self.unknown[number] += 1
            return -ENOSYS

        return call

    def exception(self, _machine: Any, number: int) -> None:
        """The processor's exceptions other than the environment call."""
        if number in _SIGNAL_OF_EXCEPTION:
            self.die(_SIGNAL_OF_EXCEPTION[number])
        elif number != _ENVIRONMENT_CALL:
            self.refused = f"exception {number} has no signal"
            self._machine.emu_stop()


class QilingOracle:
    """Runs static and dynamic riscv64 ELF programs, each in a directory of its own.

    Args:
        timeout_s: a program that takes longer is a TIMEOUT.
        output_bytes: as much as a program may write to each of its streams.
    """

    def __init__(self, *, timeout_s: float = 60.0, output_bytes: int = 64 << 20) -> None:
        self._timeout_s, self._output_bytes = timeout_s, output_bytes
        versions = [f"{name} {importlib.metadata.version(name.lower())}" for name in ("qiling", "Unicorn")]
        self._capabilities = Capabilities(
            kinds=frozenset({CaseKind.PROGRAM}),
            isas=frozenset({"riscv64"}),
            extensions=frozenset({"I", "M", "A", "F", "D", "C", "Zicsr", "Zifencei"}),
            observes=frozenset(PROGRAM_FIELDS),
            exact_limit=False,
            isolated=False,
            version=f"{versions[0]} ({versions[1]})",
            notes=(
                "delivers no signal to a handler, makes no threads and no processes",
                "system calls that it lacks give ENOSYS",
                "its readv, which never reports the end of a file, is replaced",
            ),
        )

    @property
    def name(self) -> str:
        return "qiling"

    @property
    def capabilities(self) -> Capabilities:
        return self._capabilities

    def run(self, case: Case) -> Observation:
        """Run one program in a temporary root file system that holds its files."""
        reason = why_refused(self.name, self._capabilities, case)
        if reason is None and isinstance(case, ProgramCase):
            reason = why_not_elf(case.image, case.isa)
        if reason is not None or not isinstance(case, ProgramCase):
            return refusal(case, reason or f"{self.name} runs program cases")
        with tempfile.TemporaryDirectory(prefix="counterproof-qiling-") as folder:
            return self._run_in(Path(folder).resolve(), case)

    def run_batch(self, batch: MachineBatch) -> BatchObservation:
        return run_each(self, batch)

    def close(self) -> None:
        """Nothing is kept between programs."""

    def _run_in(self, root: Path, case: ProgramCase) -> Observation:
        from elftools.common.exceptions import ELFError
        from qiling import Qiling
        from qiling.const import QL_VERBOSE
        from qiling.exception import QlErrorBase
        from unicorn.unicorn_py3.unicorn import UcError

        from oracles.unicorn_repair import Repair

        repair = Repair.present()
        if repair is not None:
            # A half repair would be worse than none: nobody watches FMV.W.X and FSGNJ.S here.
            repair.set(repairing=False, short_programs=False)
        image = root / ".image"
        image.write_bytes(case.image)
        for name, contents in case.files:
            path = (root / name).resolve()
            if not path.is_relative_to(root):
                return refusal(case, f"the file {name!r} of the case is outside its directory")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(contents)
        try:
            machine = Qiling(
                [str(image), *case.argv[1:]],
                rootfs=str(root),
                env=dict(case.environment),
                verbose=QL_VERBOSE.DISABLED,
            )
        except (QlErrorBase, UcError, ELFError, *_FOREIGN_ERRORS) as error:
            return refusal(case, f"qiling does not load it: {type(error).__name__}: {error}")
        run = _Run(machine)
        stdout = _Streams(1, self._output_bytes, run.flood)
        stderr = _Streams(2, self._output_bytes, run.flood)
        machine.os.stdin, machine.os.stdout, machine.os.stderr = _Input(case.stdin), stdout, stderr
        _install(machine, run)
        count = case.limit_insns if case.limit_insns < _COUNTED_LIMIT_INSNS else 0
        fault = ""
        try:
            machine.run(timeout=int(self._timeout_s * 1e6), count=count)
        except UcError as error:
            fault = f"Unicorn: {error}"
            if run.exit_status is None and not run.signal and not run.refused and not run.excess:
                run.die(_signal_of_error(error.errno))
        except (QlErrorBase, *_FOREIGN_ERRORS) as error:
            run.refused = run.refused or f"qiling: {type(error).__name__}: {error}"
        if run.refused:
            return refusal(case, run.refused)
        ended = run.exit_status is not None or run.signal != 0
        end = End.TRAP if ended and not run.excess else End.LIMIT if count and not run.excess else End.TIMEOUT
        return ProgramObservation(
            exit_status=run.exit_status if run.exit_status is not None else -1,
            signal=run.signal,
            stdout=bytes(stdout.collected),
            stderr=bytes(stderr.collected),
            end=end,
            files=_changed_files(root, dict(case.files)),
            unknown_syscalls=tuple(sorted(run.unknown.items())),
            detail=run.excess or fault,
        )


def _signal_of_error(number: int) -> int:
    """The signal for what stopped Unicorn without an exception number: `ebreak`, or an access to no memory."""
    from unicorn import unicorn_const

    if number in (unicorn_const.UC_ERR_INSN_INVALID, unicorn_const.UC_ERR_EXCEPTION):
        return SIGTRAP
    return SIGSEGV


def _install(machine: Any, run: _Run) -> None:
    """Hook the system calls and exceptions that are ours."""
    from qiling.const import QL_INTERCEPT
    from qiling.os.linux import syscall as linux_calls
    from qiling.os.linux.map_syscall import riscv64_syscall_table
    from qiling.os.posix import syscall as posix_calls

    def name_of(number: int) -> str:
        if number not in riscv64_syscall_table and number not in range(_SYSTEM_CALLS):
            machine.os.set_syscall(number, run.lacking(number), QL_INTERCEPT.CALL)
        return f"ql_syscall_{riscv64_syscall_table.get(number, number)}"

    machine.os.syscall_mapper = name_of
    ours = {"exit": run.exit, "exit_group": run.exit, "kill": run.kill, "tkill": run.kill, "tgkill": run.kill_thread}
    ours["readv"] = run.read_vector
    ours |= {"clone": run.clone, "clone3": run.clone, "fork": run.clone, "vfork": run.clone}
    for number in range(_SYSTEM_CALLS):
        name = riscv64_syscall_table.get(number)
        call = ours.get(name) if name is not None else None
        if call is not None:
            machine.os.set_syscall(number, call, QL_INTERCEPT.CALL)
        elif name is None or not any(hasattr(m, f"ql_syscall_{name}") for m in (linux_calls, posix_calls)):
            machine.os.set_syscall(number, run.lacking(number), QL_INTERCEPT.CALL)
    machine.os.set_syscall("rt_sigaction", run.set_handler, QL_INTERCEPT.ENTER)
    machine.hook_intr(run.exception)


def _changed_files(root: Path, before: dict[str, bytes]) -> tuple[tuple[str, bytes], ...]:
    changed = []
    for path in sorted(root.rglob("*")):
        name = str(path.relative_to(root))
        if path.is_symlink() or not path.is_file() or name == ".image":
            continue
        contents = path.read_bytes()
        if before.get(name) != contents:
            changed.append((name, contents))
    return tuple(changed)
