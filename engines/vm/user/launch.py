"""Run a program as `qemu-riscv64` does: this host process becomes the guest process.

Standard streams pass through, the exit status is the guest's, and a signal that ends the guest ends this process too.
`python -m engines.vm.user` is the same with options as JSON, for workers.
"""

from __future__ import annotations

import gc
import os
import sys
import time

from engines.vm.errors import MachineError
from engines.vm.memory.address_space import AddressSpace
from engines.vm.record import made, record, values
from engines.vm.runtime.digest import FileDigests
from engines.vm.runtime.object_cache import cache_folder
from engines.vm.user import riscv64, signals
from engines.vm.user.elf import ElfError
from engines.vm.user.file_table import MAX_FILES, FileTable
from engines.vm.user.host_signals import die_by
from engines.vm.user.paths import GuestPaths
from engines.vm.user.process import Exit, ExitReason, Options, Process
from engines.vm.user.syscalls import table
from engines.whole_file import read_with_status

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, Final

    from engines.vm.quick import Counter
    from engines.vm.tiers.executor import TierExecutor
    from engines.vm.user.spans import Recorder
    from engines.vm.user.strace import Strace

EXIT_USAGE: Final = 2
EXIT_LIMIT: Final = 124
"""As timeout(1): the program was ended by --limit or --timeout."""


class LaunchError(MachineError):
    """The program cannot be started; the message is one line for the user."""


@record()
class Launch:
    """What to run and how.

    Attributes:
        program: host path of the executable; a path, never looked up in PATH, as qemu does.
        arguments: after the program's own name.
        argv0: argv[0] when it differs from `program`.
        environment: NAME=VALUE settings on top of `base_environment`.
        prefix: `-L`, a guest system's root.
        tier: a name that `TierExecutor` takes.
        aot: path of an image of compiled code, see `engines.vm.aot`; needs a tier that runs such code.
        limit_insns, timeout_s: 0 for none.
        report_fd: write the `Report` as one JSON object there when the run is over.
        confined: see `Options`.
        dump: write listings of what was compiled to this file, `-` for standard error; stored code is not used.
        spans: write what was done when to this file, see `engines.vm.user.spans`.
        seed: when not None, AT_RANDOM and getrandom repeat.
        translate: whether a process may begin when the run is over that translates what was hot in it.
        has_vectors: the machine has V; what it compiles is not kept.
    """

    program: str
    arguments: tuple[str, ...] = ()
    argv0: str | None = None
    base_environment: tuple[str, ...] = ()
    environment: tuple[str, ...] = ()
    prefix: str = ""
    tier: str = "default"
    aot: str = ""
    limit_insns: int = 0
    timeout_s: float = 0.0
    checkpoint_insns: int = 0
    strace: bool = False
    stats: bool = False
    report_fd: int = -1
    confined: bool = False
    dump: str = ""
    spans: str = ""
    seed: int | None = None
    translate: bool = False
    has_vectors: bool = False


@record()
class Report:
    """What happened, for `--stats` and for whoever started us.

    Attributes:
        calls, unknown_calls: (number, name, times).
        tier_counters: as the tier calls them.
    """

    reason: str
    status: int
    signal: int
    detail: str
    retired: int
    seconds: float
    calls: list[tuple[int, str, int]] = made(default_factory=list)
    unknown_calls: list[tuple[int, str, int]] = made(default_factory=list)
    checkpoints: list[tuple[int, str]] = made(default_factory=list)
    tier: str = ""
    tier_counters: dict[str, int] = made(default_factory=dict)

    @property
    def mips(self) -> float:
        return self.retired / self.seconds / 1e6 if self.seconds else 0.0


def make_tier(name: str, *, has_image: bool = False, has_vectors: bool = False) -> TierExecutor:
    """The executor of the tier `name`; see `TierExecutor`.

    Raises:
        LaunchError: there is no such tier, or it does not run on this host.
    """
    from engines.vm.tiers.executor import TierExecutor

    try:
        return TierExecutor(name, has_image=has_image, has_vectors=has_vectors)
    except ValueError as error:
        raise LaunchError(str(error)) from None


def seeded_random(seed: int) -> Callable[[int], bytes]:
    """A source of bytes that repeats for the same seed."""
    from random import Random

    return Random(seed).randbytes


def environment_of(launch: Launch) -> list[bytes]:
    """The guest's environment: later settings replace earlier ones of the same name."""
    settings = {}
    for setting in (*launch.base_environment, *launch.environment):
        name, _, value = setting.partition("=")
        settings[name] = value
    return [os.fsencode(f"{name}={value}") for name, value in settings.items()]


def start(launch: Launch, executor: TierExecutor | None = None) -> tuple[Process, TierExecutor]:
    """Make the process and load its program; nothing has run yet. Standard streams are duplicated.

    Args:
        executor: executes instead of the tier that `launch` names.

    Raises:
        LaunchError: the program cannot be read or run, or an option is wrong.
    """
    if launch.prefix and not os.path.isdir(launch.prefix):
        raise LaunchError(f"-L {launch.prefix}: not a directory; give the root of a {riscv64.NAME} system")
    try:
        image, status = read_with_status(launch.program)
    except OSError as error:
        raise LaunchError(f"{launch.program}: {error.strerror}") from None
    if launch.has_vectors and (launch.aot or launch.dump):
        raise LaunchError("--aot and --dump: not with V, whose code is not kept; use --cpu rv64gc")
    is_native = executor is None
    executor = executor or make_tier(launch.tier, has_image=bool(launch.aot), has_vectors=launch.has_vectors)
    if launch.dump and not executor.compiles:
        raise LaunchError(f"--dump: the tier {executor.name!r} compiles nothing; use --tier baseline or llvm")
    if not launch.has_vectors and (launch.aot or executor.compiles):
        try:
            guest = FileDigests(f"{cache_folder()}/guests").of(status, image)
            executor.prepare(image, launch.aot, use_kept=not launch.dump, guest=guest)
        except ValueError as error:
            raise LaunchError(str(error)) from None
    options = Options(
        limit_insns=launch.limit_insns,
        deadline_ns=time.monotonic_ns() + round(launch.timeout_s * 1e9) if launch.timeout_s else 0,
        checkpoint_insns=launch.checkpoint_insns,
        random=os.urandom if launch.seed is None else seeded_random(launch.seed),
        confined=launch.confined,
        forward_host_signals=True,
        strace=_strace() if launch.strace else None,
        has_vectors=launch.has_vectors,
    )
    files = guest_files(launch.report_fd)
    if executor.degraded:
        sys.stderr.write(f"counterproof: the {executor.name} tier runs everything, slowly; {executor.degraded}\n")
    memory = _memory(executor, guarded=is_native)
    process = Process(executor.tier.run, memory, files, GuestPaths(os.fsencode(launch.prefix)), options)
    argv0 = launch.program if launch.argv0 is None else launch.argv0
    argv = [os.fsencode(text) for text in (argv0, *launch.arguments)]
    try:
        process.load(image, os.fsencode(launch.program), argv, environment_of(launch))
        executor.loaded(process.map.brk_start)
    except ElfError as error:
        process.close()
        raise LaunchError(f"{launch.program}: {error}") from None
    return process, executor


def _strace() -> Strace:
    from engines.vm.user import strace

    return strace.Strace(2, os.getpid())


def _memory(executor: TierExecutor, *, guarded: bool) -> AddressSpace:
    """The guest's memory, and beside it what the tier keeps of it.

    Raises:
        LaunchError: the system refuses so much address space.
    """
    try:
        memory = AddressSpace(guarded=guarded)
        decoded: Any = getattr(executor.tier, "decoded_code", None)
        if decoded is not None:
            decoded(memory)
    except MemoryError as error:
        raise LaunchError(str(error)) from None
    return memory


_OWN_FILES: Final = 32
"""Descriptors that this process may have open besides those that it was given and the guest's. A dozen were counted."""


def guest_files(without: int) -> FileTable:
    """The guest's descriptors. It may have fewer than this process: what imports, compiles and waits for it opens some,
    too, also when the guest has no more.

    Raises:
        LaunchError: the system gives too few.
    """
    most = os.sysconf("SC_OPEN_MAX")
    try:
        found = inherited_files(without)
        room = MAX_FILES if most < 0 else most - len(found) - _OWN_FILES
        if room > len(found):
            return FileTable(found, min(room, MAX_FILES))
        FileTable(found).close_all()
    except OSError:  # not even for those
        pass
    raise LaunchError(f"`ulimit -n` is {most}, too few descriptors for the program and ours; raise it to {most + 64}")


def inherited_files(without: int) -> dict[int, int]:
    """Guest descriptors for what this process was given at its start: every open one but `without`.

    Each gets a host descriptor of its own, so that a guest that closes its standard streams leaves ours alone.
    """
    found = {}
    for fd in sorted(map(int, os.listdir("/proc/self/fd"))):
        try:
            is_inherited = os.get_inheritable(fd)
        except OSError:  # the descriptor of the listing itself
            continue
        if is_inherited and fd != without:
            found[fd] = os.dup(fd)
    return found


def run(launch: Launch, instead: TierExecutor | None = None) -> int:
    """Run to the end and return the exit status for this process; a fatal signal ends this process instead.

    Args:
        instead: executes instead of the tier that `launch` names.

    Raises:
        LaunchError: the program cannot be started.
    """
    if not launch.spans:
        return _run(launch, instead, None)
    from engines.vm.user.spans import recording

    with recording() as recorder:
        return _run(launch, instead, recorder)


def _run(launch: Launch, instead: TierExecutor | None, recorder: Recorder | None) -> int:
    program = os.path.abspath(launch.program)
    process, executor = start(launch, instead)
    if recorder is not None:
        process.run_tier = recorder.execution(executor.name, process.run_tier)
    gc.freeze()
    gc.enable()
    own_pid = process.pid
    begun = time.perf_counter()
    try:
        end = process.run()
        if launch.dump and process.pid == own_pid:
            _dump(launch, process, executor)
    finally:
        process.close()
    seconds = time.perf_counter() - begun
    is_child = process.pid != own_pid
    if not is_child:
        executor.keep()
        if launch.translate and not launch.dump:
            executor.translate_hot(program)
        if recorder is not None:
            _write_spans(launch.spans, recorder)
    report = _report(process, executor, end, seconds)
    if launch.stats and not is_child:
        sys.stderr.write(format_stats(report))
    if launch.report_fd >= 0 and not is_child:
        _send(launch.report_fd, report)
    sys.stdout.flush()
    sys.stderr.flush()
    if end.reason is ExitReason.SIGNALED:
        if launch.report_fd < 0 and end.signal in signals.DUMPS_CORE:
            text = describe_signal(end.signal)
            os.write(2, f"counterproof: uncaught target signal {end.signal} ({text}): {end.detail}\n".encode())
        die_by(end.signal)
    if end.reason is ExitReason.EXITED:
        return end.status
    if launch.report_fd < 0:
        os.write(2, f"counterproof: stopped: {end.detail}\n".encode())
    return EXIT_LIMIT


def _dump(launch: Launch, process: Process, executor: TierExecutor) -> None:
    """Write the listings of `--dump`."""
    from engines.vm.tiers.listing import ListingError, render
    from engines.vm.user.dump import listings

    tier: Any = executor.tier
    tier.finish()
    quick = tier.quick.compiled if executor.name == "auto" else ()
    regions = list({id(r): r for r in (*tier.stored.values(), *tier.compiled, *quick)}.values())
    to_stderr = launch.dump == "-"
    wide = to_stderr and sys.stderr.isatty()
    try:
        text = render(listings(executor, process.current.hart, regions), os.get_terminal_size(2).columns if wide else 0)
        if to_stderr:
            sys.stderr.write(text)
        else:
            with open(launch.dump, "w") as file:
                file.write(text)
    except ListingError as error:
        sys.stderr.write(f"counterproof: --dump: {error}\n")
    except OSError as error:
        sys.stderr.write(f"counterproof: --dump {launch.dump}: {error.strerror}\n")


def _write_spans(path: str, recorder: Recorder) -> None:
    """Write the file of `--spans`."""
    try:
        recorder.write(path)
    except OSError as error:
        sys.stderr.write(f"counterproof: --spans {path}: {error.strerror}\n")
    if recorder.dropped:
        sys.stderr.write(f"counterproof: --spans {path}: {recorder.dropped} spans after the first were dropped\n")


def describe_signal(number: int) -> str:
    """`Segmentation fault`, as strsignal(3) says."""
    import signal

    return (signal.strsignal(number) if number < signal.NSIG else None) or f"signal {number}"


def _report(process: Process, executor: TierExecutor, end: Exit, seconds: float) -> Report:
    def named(counts: Counter[int]) -> list[tuple[int, str, int]]:
        return [(number, table.name_of(number), times) for number, times in counts.most_common()]

    return Report(
        reason=end.reason.value,
        status=end.status,
        signal=end.signal,
        detail=end.detail,
        retired=process.retired,
        seconds=seconds,
        calls=named(process.calls),
        unknown_calls=named(process.unknown_calls),
        checkpoints=process.checkpoints,
        tier=executor.name,
        tier_counters={f"escape {name}": times for name, times in executor.counters.escapes.most_common()}
        | executor.compiled_counters(),
    )


def format_stats(report: Report) -> str:
    """The lines of `--stats`."""
    how = {"exited": f"status {report.status}", "signaled": f"signal {report.signal}"}.get(report.reason, report.detail)
    lines = [
        f"ended            {report.reason}, {how}",
        f"tier             {report.tier}",
        f"retired          {report.retired:,} instructions",
        f"time             {report.seconds:.3f} s, {report.mips:,.1f} million instructions/s",
        f"system calls     {sum(times for _, _, times in report.calls):,}",
    ]
    lines += [f"  {name:<22} {times:>12,}" for _, name, times in report.calls]
    lines.append(f"unknown calls    {sum(times for _, _, times in report.unknown_calls):,}")
    lines += [f"  number {number:<15} {times:>12,}" for number, _, times in report.unknown_calls]
    lines += [f"{name:<24} {times:>12,}" for name, times in report.tier_counters.items()]
    return "\n".join(lines) + "\n"


def _send(fd: int, report: Report) -> None:
    import json

    data = memoryview(json.dumps(values(report)).encode())
    while data:
        data = data[os.write(fd, data) :]
    os.close(fd)
