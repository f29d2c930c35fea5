"""A guest process under Linux user mode: it loads a program, runs its tasks on a tier, and answers system calls.

One host thread runs everything: guest threads take turns, so runs repeat exactly. Faults become signals, signals become
frames on the guest's stack, and a process ends by exit, by a signal, or at one of its limits.
"""

from __future__ import annotations

import os
import time

from engines.vm.enumeration import StrEnum
from engines.vm.guests.riscv64.state import Hart
from engines.vm.memory.address_space import EXEC, PAGE_BYTES, READ, Access, AddressSpace, MemoryFault
from engines.vm.quick import Counter
from engines.vm.record import NamedTuple, made, record
from engines.vm.tiers.stop import ENVIRONMENT_CALL, Stop, StopReason
from engines.vm.user import elf, riscv64, signals
from engines.vm.user.errno import Errno, GuestError
from engines.vm.user.file_table import FileTable
from engines.vm.user.host_signals import POLLIN, HostSignals
from engines.vm.user.paths import GuestPaths
from engines.vm.user.signals import Action, PendingSignals, Signal, SignalInfo
from engines.vm.user.stack import GUARD_BYTES, Credentials, InitialStack, StartupImage, build_stack, check_arguments
from engines.vm.user.syscalls import table
from engines.vm.user.task import NAME_BYTES, Interrupted, Task, Wait, WouldBlock, new_task

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Final

    from engines.vm.user.strace import Strace

    RunTier = Callable[[Hart, int], Stop]

MIN_SLICE_INSNS: Final = 2_000
MAX_SLICE_INSNS: Final = 50_000_000
SLICE_NS: Final = 20_000_000
"""A tier runs about this long before signals from outside and the clock are looked at."""
TASK_SLICE_INSNS: Final = 100_000
"""While several tasks take turns each runs exactly so long, so that runs repeat."""
_NUMBER, _A0, _PC, _RETIRED = riscv64.NUMBER, riscv64.A0, riscv64.PC, riscv64.RETIRED
_ECALL_BYTES: Final = riscv64.ECALL_BYTES
_TABLE: Final = table.TABLE
_MASK: Final = 0xFFFF_FFFF_FFFF_FFFF
_STACK_TOP: Final = 0xF_FFF0_0000
_TRAMPOLINE: Final = 0xF_FFF8_0000
_PROGRAM_BASE: Final = 0x5_5555_4000
"""Where position-independent programs are loaded; their heap follows."""
PATH_BYTES: Final = 4096
_NO_LIMIT: Final = 1 << 63


class ExitReason(StrEnum):
    EXITED = "exited"
    SIGNALED = "signaled"
    LIMIT = "limit"
    TIMEOUT = "timeout"


class Exit(NamedTuple):
    """How the process ended. `status` is 0–255, or -1 unless EXITED; `signal` is 0 unless SIGNALED."""

    reason: ExitReason
    status: int = -1
    signal: int = 0
    detail: str = ""


@record()
class Options:
    """How a process runs, beside its program.

    Attributes:
        limit_insns: retire at most this many instructions, 0 for no limit.
        deadline_ns: monotonic time at which the process is ended, 0 for none.
        checkpoint_insns: take a state digest each time so many instructions have retired, 0 for never.
        random: source of AT_RANDOM and getrandom; the host's by default.
        confined: signals may be sent to the process itself, its group and its children only.
        forward_host_signals: this host process is the guest's: signals sent to it are the guest's.
        has_vectors: harts have V.
    """

    limit_insns: int = 0
    deadline_ns: int = 0
    checkpoint_insns: int = 0
    random: Callable[[int], bytes] = os.urandom
    confined: bool = False
    forward_host_signals: bool = False
    strace: Strace | None = None
    has_vectors: bool = False


@record()
class MemoryMap:
    """Where the parts of the guest's memory are; addresses are the guest's.

    `brk_start` … `brk` is the heap, whose pages end at `brk` rounded up; mmap searches below `mmap_top`.
    """

    brk_start: int = 0
    brk: int = 0
    mmap_top: int = 0
    stack: InitialStack | None = None
    shared: dict[int, int] = made(default_factory=dict)
    """start → size of what is mapped from the host itself (MAP_SHARED)."""


class Process:
    """A guest process.

    Attributes:
        memory, files, paths: what the guest sees.
        tasks: by thread id, in the order in which they take turns.
        current: the task whose system call is being executed.
        actions: dispositions by signal number; absent means default.
        pending: signals sent to the process as a whole.
        attention: something besides running `current` is due: a signal, a task switch, the end.
        calls, unknown_calls: how often each system call was made, by number; the unknown ones apart.
        checkpoints: (retired, state digest) pairs.
        limits: what setrlimit changed.
        epoll_data: for each host epoll descriptor, watched host descriptor → the guest's data word.
        children: process ids of all that it forked.
        vfork_done: pipe to the parent of a vfork, which waits for its end; -1 otherwise.
    """

    def __init__(
        self, tier: RunTier, memory: AddressSpace, files: FileTable, paths: GuestPaths, options: Options
    ) -> None:
        self.run_tier = tier
        self.memory = memory
        self.files = files
        self.paths = paths
        self.options = options
        self.map = MemoryMap()
        self.pid = os.getpid()
        self.tasks: dict[int, Task] = {}
        self.actions: dict[int, Action] = {}
        self.pending = PendingSignals()
        self.attention = False
        self.exit: Exit | None = None
        self.calls: Counter[int] = Counter()
        self.unknown_calls: Counter[int] = Counter()
        self.checkpoints: list[tuple[int, str]] = []
        self.retired_by_ended_tasks = 0
        self.limits: dict[int, tuple[int, int]] = {}
        self.epoll_data: dict[int, dict[int, int]] = {}
        self.children: set[int] = set()
        self.vfork_done = -1
        self.argv: tuple[bytes, ...] = ()
        self.environment: tuple[bytes, ...] = ()
        self.executable = b""
        self.start_ns = time.monotonic_ns()
        self._next_tid = self.pid
        self.host_signals = HostSignals(self._post_from_host) if options.forward_host_signals else None
        self.current = self._add_task(Hart(memory, has_vectors=options.has_vectors))

    # -- starting a program ---------------------------------------------------------------------------------------

    def load(self, image: bytes, executable: bytes, argv: Sequence[bytes], environment: Sequence[bytes]) -> None:
        """Replace the process's memory by the program `image` and bring the current task to its entry.

        Raises:
            ElfError: `image` (or its interpreter) cannot be run; nothing was changed.
        """
        program = elf.parse(image, riscv64.ELF_MACHINE, self.memory.bits)
        interpreter_image, interpreter = self._interpreter(program)
        check_arguments(argv, environment, executable)
        self.release_vfork()
        for start, end in list(self.memory.regions()):
            self.release(start, end - start)
        bias = _PROGRAM_BASE - program.low if program.position_independent else 0
        loaded = elf.load(self.memory, image, program, bias)
        entry, base = loaded.entry, 0
        self.map = MemoryMap(brk_start=loaded.high, brk=loaded.high)
        self.map.mmap_top = _STACK_TOP - (8 << 20) - GUARD_BYTES
        if interpreter is not None:
            size = interpreter.high - interpreter.low
            at = self.memory.find_free(size, high=self.map.mmap_top)
            if at is None:
                raise elf.ElfError(f"no room for the interpreter's {size:#x} bytes of address space")
            base = at - interpreter.low
            entry = elf.load(self.memory, interpreter_image, interpreter, base).entry
        self.memory.map(_TRAMPOLINE, PAGE_BYTES, READ | EXEC)
        self.memory.place(_TRAMPOLINE, riscv64.TRAMPOLINE)
        hwcap = riscv64.hwcap(has_vectors=self.options.has_vectors)
        self.map.stack = build_stack(
            self.memory,
            _STACK_TOP,
            StartupImage(loaded.phdr, loaded.phdr_count, loaded.entry, base, hwcap),
            argv,
            environment,
            executable,
            self.options.random(16),
            Credentials(os.getuid(), os.geteuid(), os.getgid(), os.getegid()),
            executable_stack=program.executable_stack,
        )
        self.argv, self.environment, self.executable = tuple(argv), tuple(environment), executable
        task = self.current
        task.name = executable.rsplit(b"/", 1)[-1][:NAME_BYTES]
        task.clear_child_tid = 0
        riscv64.start(task.hart, entry, self.map.stack.pointer)

    def _interpreter(self, program: elf.Elf) -> tuple[bytes, elf.Elf | None]:
        if program.interpreter is None:
            return b"", None
        path = self.paths.locate(os.fsencode(program.interpreter))
        try:
            with open(path, "rb") as file:
                image = file.read()
        except OSError as error:
            raise elf.ElfError(
                f"PT_INTERP asks for {program.interpreter!r}, which cannot be read ({error.strerror}); point -L at a "
                f"{riscv64.NAME} system's root directory, or link the program statically"
            ) from None
        try:
            return image, elf.parse(image, riscv64.ELF_MACHINE, self.memory.bits)
        except elf.ElfError as error:
            raise elf.ElfError(f"interpreter {program.interpreter!r}: {error}") from None

    def release(self, address: int, size: int) -> None:
        """Unmap a page-aligned range, giving up what of it is shared with the host.

        Raises:
            ValueError: not page-aligned, empty, or outside the address space.
        """
        if self.map.shared:
            from engines.vm.user.shared_memory import detach

            detach(self.memory, self.map.shared, address, size)
        self.memory.unmap(address, size)

    def read_string(self, address: int, limit: int = PATH_BYTES) -> bytes:
        """The NUL-terminated string at `address`, without its NUL.

        Raises:
            MemoryFault: not readable up to the NUL.
            GuestError: ENAMETOOLONG, no NUL within `limit` bytes.
        """
        found = b""
        while len(found) < limit:
            size = PAGE_BYTES - (address & (PAGE_BYTES - 1))
            chunk = self.memory.read(address, size)
            end = chunk.find(0)
            if end >= 0:
                return found + chunk[:end]
            found += chunk
            address += size
        raise GuestError(Errno.ENAMETOOLONG)

    # -- running --------------------------------------------------------------------------------------------------

    @property
    def retired(self) -> int:
        """Instructions retired by all tasks."""
        return self.retired_by_ended_tasks + sum(task.words[riscv64.RETIRED] for task in self.tasks.values())

    def run(self) -> Exit:
        """Run until the process ends."""
        while self.exit is None:
            if not self.attention:
                self._run_current()
            if self.attention and self.exit is None:
                self._attend()
        return self.exit

    def _run_current(self) -> None:
        """Run the current task until something needs attention or its slice is over."""
        task, run_tier = self.current, self.run_tier
        hart, words = task.hart, task.words
        alone = len(self.tasks) == 1
        retired = words[riscv64.RETIRED]
        slice_end = retired + (self._slice_insns if alone else TASK_SLICE_INSNS)
        begun = time.perf_counter_ns()
        bound = min(slice_end, retired + self._allowance())
        while True:
            stop = run_tier(hart, bound - words[_RETIRED])
            if stop is ENVIRONMENT_CALL or stop[:2] == ENVIRONMENT_CALL[:2]:
                self._system_call(task)
            elif stop.reason is StopReason.TRAP:
                self.force(task, riscv64.fault_signal(self.memory, stop.cause, stop.value, words[_PC]))
            if self.attention:
                return
            if words[_RETIRED] >= bound:
                break
        self._slice_over(alone)
        self._adapt_slice(time.perf_counter_ns() - begun)

    def _adapt_slice(self, took_ns: int) -> None:
        """Make the next slice take about `SLICE_NS`: tiers differ a thousandfold in speed."""
        if took_ns < SLICE_NS // 2:
            self._slice_insns = min(self._slice_insns * 2, MAX_SLICE_INSNS)
        elif took_ns > SLICE_NS * 2:
            self._slice_insns = max(self._slice_insns // 2, MIN_SLICE_INSNS)

    def _slice_over(self, alone: bool) -> None:
        """Look at limits, checkpoints and the clock; let the next task run."""
        options, retired = self.options, self.retired
        if options.checkpoint_insns and retired % options.checkpoint_insns == 0:
            self.checkpoints.append((retired, riscv64.state_digest(self.current.words)))
        if options.limit_insns and retired >= options.limit_insns:
            self.exit = Exit(ExitReason.LIMIT, detail=f"{retired} instructions retired, the limit")
        elif options.deadline_ns and time.monotonic_ns() >= options.deadline_ns:
            self.exit = Exit(ExitReason.TIMEOUT, detail="the time limit passed")
        elif not alone:
            self._switch()

    def _allowance(self) -> int:
        """Instructions until the next limit or checkpoint."""
        options = self.options
        if not options.limit_insns and not options.checkpoint_insns:
            return _NO_LIMIT
        retired = self.retired
        left = options.limit_insns - retired if options.limit_insns else _NO_LIMIT
        if options.checkpoint_insns:
            left = min(left, options.checkpoint_insns - retired % options.checkpoint_insns)
        return left

    def _attend(self) -> None:
        """Deliver signals, then find a task that can run."""
        self.attention = False
        self._deliver(self.current)
        turn_over, self._turn_over = self._turn_over, False
        if self.exit is None and (turn_over or self.current.wait is not None or self.current.tid not in self.tasks):
            self._switch()

    def _system_call(self, task: Task) -> None:
        words, strace = task.words, self.options.strace
        number = words[_NUMBER]
        entry = _TABLE.get(number) or table.find(number)
        self.calls[number] += 1
        if strace is not None and task.wait is None and task.deadline_ns is None:
            strace.enter(self, entry, number, words[_A0 : _A0 + 6].tolist())
        if entry is None:
            self.unknown_calls[number] += 1
            result: int | None = -Errno.ENOSYS
        else:
            views, plan = task.views, entry.plan
            try:
                if plan:
                    result = entry.implementation(self, *[views[view][index] for view, index in plan])
                else:
                    result = entry.implementation(self)
            except MemoryFault:
                result = -Errno.EFAULT
            except GuestError as error:
                result = -error.number
            except OSError as error:
                result = -(error.errno or Errno.EIO)
            except OverflowError:  # an argument that the host's interface cannot even express
                result = -Errno.EINVAL
            except WouldBlock as block:
                task.wait = block.wait
                self.attention = True
                return
            except Interrupted as interruption:
                task.deadline_ns = None
                if not interruption.restarts:
                    words[riscv64.A0] = -Errno.EINTR & _MASK
                    words[riscv64.PC] += riscv64.ECALL_BYTES
                    if strace is not None:
                        strace.leave(-Errno.EINTR)
                else:
                    self._interrupted = True
                self.attention = True
                return
        task.deadline_ns = None
        if result is not None:
            words[_A0] = result & _MASK
            words[_PC] += _ECALL_BYTES
        if strace is not None:
            strace.leave(result)

    _slice_insns = MIN_SLICE_INSNS
    _turn_over = False
    _interrupted = False
    """The current task stands at a system call that a signal interrupted and that may restart."""

    # -- tasks ----------------------------------------------------------------------------------------------------

    def _add_task(self, hart: Hart) -> Task:
        task = new_task(self._next_tid, hart, riscv64.A0)
        self.tasks[task.tid] = task
        self._next_tid += 1
        return task

    def spawn_task(self, stack_pointer: int, thread_pointer: int | None) -> Task:
        """Add a guest thread that returns 0 from the current system call on its own stack."""
        parent = self.current
        hart = Hart(self.memory, has_vectors=self.options.has_vectors)
        hart.words[:] = parent.hart.words
        task = self._add_task(hart)
        task.words[riscv64.RETIRED] = 0
        task.words[riscv64.A0] = 0
        task.words[riscv64.PC] += riscv64.ECALL_BYTES
        task.lose_reservation()
        if stack_pointer:
            task.words[riscv64.SP] = stack_pointer
        if thread_pointer is not None:
            task.words[riscv64.TP] = thread_pointer
        task.blocked = parent.blocked
        task.name = parent.name
        self.attention = True
        return task

    def end_task(self, status: int) -> None:
        """End the current task; the process ends with its last one."""
        from engines.vm.user.syscalls.scheduling import wake_clear_child_tid

        task = self.current
        self.attention = True
        if len(self.tasks) == 1:
            self.exit = Exit(ExitReason.EXITED, status & 0xFF)
            return
        del self.tasks[task.tid]
        self.retired_by_ended_tasks += task.words[riscv64.RETIRED]
        if task.clear_child_tid:
            wake_clear_child_tid(self, task.clear_child_tid)

    def become_only_task(self) -> None:
        """execve: every other task ends."""
        for tid, task in list(self.tasks.items()):
            if task is not self.current:
                self.retired_by_ended_tasks += task.words[riscv64.RETIRED]
                del self.tasks[tid]

    def after_fork(self) -> None:
        """This is the child of a host fork: it has one task and its own process id."""
        self.become_only_task()
        self.children = set()
        self.pid = os.getpid()
        del self.tasks[self.current.tid]
        self.current.tid = self.pid
        self.tasks[self.pid] = self.current
        self._next_tid = self.pid + 1
        self.pending = PendingSignals()
        self.current.pending = PendingSignals()
        if self.options.strace is not None:
            self.options.strace.pid = self.pid

    def _switch(self) -> None:
        """Make the next task that can run the current one, waiting for it if need be."""
        self.current.lose_reservation()
        while True:
            order = list(self.tasks.values())
            at = next((i for i, task in enumerate(order) if task is self.current), -1)
            for task in order[at + 1 :] + order[: at + 1]:
                if task.wait is None or self._wait_is_over(task, task.wait):
                    task.wait = None
                    self.current = task
                    self.attention = self.deliverable(task)
                    return
            self._idle([task.wait for task in order if task.wait is not None])

    def _wait_is_over(self, task: Task, wait: Wait) -> bool:
        if self.deliverable(task) or (wait.until is not None and wait.until()):
            return True
        if wait.deadline_ns is not None and time.monotonic_ns() >= wait.deadline_ns:
            return True
        return bool(wait.host_fds) and _poll(wait.host_fds, 0)

    def _idle(self, waits: Sequence[Wait]) -> None:
        """Every task waits: sleep until a descriptor, a deadline or a signal."""
        fds = [fd for wait in waits for fd in wait.host_fds]
        if self.host_signals is not None:
            fds.append((self.host_signals.wake_fd, POLLIN))
        deadlines = [wait.deadline_ns for wait in waits if wait.deadline_ns is not None]
        if self.options.deadline_ns:
            deadlines.append(self.options.deadline_ns)
        if not fds and not deadlines:
            self.exit = Exit(ExitReason.TIMEOUT, detail="every task waits for another: a deadlock")
            self.current.wait = None
            self.tasks[self.current.tid] = self.current
            return
        timeout = max(0.0, (min(deadlines) - time.monotonic_ns()) / 1e6) if deadlines else None
        _poll(fds, timeout)
        if self.host_signals is not None:
            self.host_signals.drain()
        if self.options.deadline_ns and time.monotonic_ns() >= self.options.deadline_ns:
            self.exit = Exit(ExitReason.TIMEOUT, detail="the time limit passed")
            self.current.wait = None

    def block(self, fds: tuple[tuple[int, int], ...], timeout_ns: int | None = None) -> bool:
        """Before a host call that may block: let signals and other tasks have their way until it will not.

        Call it while `must_wait` holds. `fds` are (host descriptor, poll events). Returns False when
        `timeout_ns` is over.

        Raises:
            Interrupted: a signal is deliverable.
            WouldBlock: other tasks run meanwhile, and the system call is executed again.
        """
        task = self.current
        if timeout_ns is not None and task.deadline_ns is None:
            task.deadline_ns = time.monotonic_ns() + timeout_ns
        while True:
            if fds and _poll(fds, 0):
                return True
            if self.deliverable(task):
                raise Interrupted
            if task.deadline_ns is not None and time.monotonic_ns() >= task.deadline_ns:
                return False
            if len(self.tasks) > 1:
                raise WouldBlock(Wait(fds, task.deadline_ns))
            self._idle([Wait(fds, task.deadline_ns)])
            if self.exit is not None:
                raise Interrupted

    def pause(self, duration_ns: int | None) -> None:
        """Let `duration_ns` pass (None: for ever), or until a signal is deliverable.

        Raises:
            Interrupted: it is.
            WouldBlock: other tasks run meanwhile, and the system call is executed again.
        """
        self.block((), duration_ns)
        self.current.deadline_ns = None

    def yield_turn(self) -> None:
        """sched_yield: the next task is due after this system call."""
        if len(self.tasks) > 1:
            self._turn_over = True
            self.attention = True

    def reset_handlers(self) -> None:
        """execve: what was caught is at its default again; what was ignored stays ignored."""
        for number, action in list(self.actions.items()):
            if action.handler != signals.SIG_IGN:
                self.set_action(number, signals.DEFAULT_ACTION)

    def release_vfork(self) -> None:
        """Let the parent of a vfork continue, with what this process wrote to the memory that the two share."""
        if self.vfork_done < 0:
            return
        done, self.vfork_done = self.vfork_done, -1
        with os.fdopen(done, "wb") as pipe:
            for address in self.memory.dirty_pages():
                if self.memory.permitted(address, PAGE_BYTES, Access.LOAD):
                    pipe.write(address.to_bytes(8, "little") + self.memory.read(address, PAGE_BYTES))

    @property
    def must_wait(self) -> bool:
        """A blocking host call must not be entered directly: handlers are installed, other tasks exist, or the
        process has a time limit."""
        return (
            len(self.tasks) > 1
            or (self.host_signals is not None and self.host_signals.watching)
            or self.options.deadline_ns != 0
        )

    # -- signals --------------------------------------------------------------------------------------------------

    def deliverable(self, task: Task) -> bool:
        """Say whether a signal waits that `task` does not block."""
        return bool((task.pending.mask | self.pending.mask) & ~task.blocked)

    def post(self, info: SignalInfo, task: Task | None = None) -> None:
        """Send a signal to `task`, or to the process. Ignored ones vanish here unless they are blocked."""
        blocked = (task or self.current).blocked
        if self._ignored(info.number) and not blocked & signals.bit(info.number):
            return
        (task.pending if task is not None else self.pending).post(info)
        self.attention = True

    def force(self, task: Task, info: SignalInfo) -> None:
        """Send a synchronous signal: one that is blocked or ignored ends the process, as the kernel decides."""
        action = self.actions.get(info.number, signals.DEFAULT_ACTION)
        if task.blocked & signals.bit(info.number) or action.handler == signals.SIG_IGN:
            self.actions[info.number] = signals.DEFAULT_ACTION
            task.blocked &= ~signals.bit(info.number)
        task.pending.post(info)
        self.attention = True

    def set_blocked(self, task: Task, mask: int) -> None:
        """Change a task's signal mask; SIGKILL and SIGSTOP stay unblocked."""
        task.blocked = mask & ~signals.UNBLOCKABLE
        if self.host_signals is not None and task is self.current:
            self.host_signals.set_mask(task.blocked)
        if self.deliverable(task):
            self.attention = True

    def _post_from_host(self, number: int) -> None:
        self.pending.post(SignalInfo(number))
        self.attention = True

    def _ignored(self, number: int) -> bool:
        handler = self.actions.get(number, signals.DEFAULT_ACTION).handler
        return handler == signals.SIG_IGN or (handler == signals.SIG_DFL and number in signals.IGNORED_BY_DEFAULT)

    def _deliver(self, task: Task) -> None:
        """Deliver what `task` does not block; restart or end the system call that was interrupted."""
        interrupted, self._interrupted = self._interrupted, False
        while self.exit is None:
            allowed = ~task.blocked
            info = task.pending.take(allowed) or self.pending.take(allowed)
            if info is None:
                break
            action = self.actions.get(info.number, signals.DEFAULT_ACTION)
            if self.options.strace is not None:
                self.options.strace.signal(info)
            if self._ignored(info.number):
                continue
            if action.handler == signals.SIG_DFL:
                self._default_action(info)
                continue
            if interrupted:
                interrupted = False
                if not action.flags & signals.SA_RESTART:
                    task.words[riscv64.A0] = -Errno.EINTR & _MASK
                    task.words[riscv64.PC] += riscv64.ECALL_BYTES
            self._enter_handler(task, info, action)
        if self.exit is None and task.saved_mask is not None:
            mask, task.saved_mask = task.saved_mask, None
            self.set_blocked(task, mask)

    def _enter_handler(self, task: Task, info: SignalInfo, action: Action) -> None:
        restored = task.blocked if task.saved_mask is None else task.saved_mask
        task.saved_mask = None
        on_alternate = bool(action.flags & signals.SA_ONSTACK) and not task.alternate.flags & signals.SS_DISABLE
        try:
            riscv64.push_signal_frame(
                self.memory,
                task.words,
                info,
                action.handler,
                restored,
                task.alternate,
                _TRAMPOLINE,
                on_alternate=on_alternate,
            )
        except (MemoryFault, riscv64.SignalFrameError) as error:
            self._end_by_signal(Signal.SIGSEGV, f"no room for the frame of {signals.name(info.number)}: {error}")
            return
        if action.flags & signals.SA_RESETHAND:
            self.set_action(info.number, signals.DEFAULT_ACTION)
        blocked = task.blocked | action.mask
        if not action.flags & signals.SA_NODEFER:
            blocked |= signals.bit(info.number)
        self.set_blocked(task, blocked)

    def set_action(self, number: int, action: Action) -> None:
        """Change a disposition, here and at the host."""
        self.actions[number] = action
        if self._ignored(number):
            self.pending.drop(number)
            for task in self.tasks.values():
                task.pending.drop(number)
        if self.host_signals is not None:
            self.host_signals.set_handler(number, action.handler)

    def _default_action(self, info: SignalInfo) -> None:
        if info.number in signals.STOPS_BY_DEFAULT:
            if self.host_signals is not None:
                os.kill(os.getpid(), Signal.SIGSTOP)
            return
        where = f" at {info.address:#x}" if info.number in signals.SYNCHRONOUS and info.code > 0 else ""
        self._end_by_signal(info.number, f"{signals.name(info.number)}{where}, pc {self.current.words[riscv64.PC]:#x}")

    def _end_by_signal(self, number: int, detail: str) -> None:
        self.exit = Exit(ExitReason.SIGNALED, signal=number, detail=detail)
        self.attention = True

    def close(self) -> None:
        """Close the guest's files, give host signals back, and let a vfork's parent continue. Idempotent."""
        self.release_vfork()
        if self.host_signals is not None:
            self.host_signals.close()
        self.files.close_all()


def _poll(fds: Sequence[tuple[int, int]], timeout_ms: float | None) -> bool:
    import select

    poll = select.poll()
    for fd, events in fds:
        poll.register(fd, events)
    return bool(poll.poll(timeout_ms))
