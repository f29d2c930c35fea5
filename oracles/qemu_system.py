"""A long-lived qemu-system-riscv64 that runs batches of machine cases; the guest's RAM is shared with this process.

RAM is an anonymous memory file that both sides map, so states, code and windows travel without a copy through a
pipe. The firmware (`qemu_system_firmware`) sleeps until a byte arrives on its serial port and answers with one.

Time is instruction count (`-icount`): one instruction takes 128 ns of virtual time, a tick of the machine timer 100 ns,
so the deadline of a case falls between two given instructions and `limit_insns` is exact; a busy host changes nothing.
"""

from __future__ import annotations

import contextlib
import ctypes
import functools
import mmap
import os
import re
import shutil
import signal
import subprocess
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from harness.contract.layout import CODE_BASE, CODE_BYTES, DATA_BYTES, MAX_BATCH_CASES
from harness.contract.states import RISCV64
from harness.contract.waiting import readable
from oracles._generated_qemu_system_firmware import FIRMWARE
from oracles.qemu_system_firmware import (
    BROKEN,
    CONTEXT,
    CONTEXT_WORDS,
    DONE,
    FINAL,
    ICOUNT_SHIFT,
    INITIAL,
    INSTRUCTION_NS,
    RAM_BASE,
    RAM_BYTES,
    READY,
    RESULT_WORDS,
    RESULTS,
    SPANS,
    STAGING,
    START,
    TICKS,
    TIMER_TICK_NS,
    TIMER_TO_CASE_INSNS,
    WINDOWS_IN,
    WINDOWS_OUT,
)

PROGRAM: Final = "qemu-system-riscv64"
WANTED: Final = frozenset(("i", "m", "a", "f", "d", "c", "s", "u", "zicsr", "zifencei", "mmu", "pmp"))
"""CPU properties that stay on: RV64IMAFDC, Zicsr, Zifencei, and the S-mode and PMP that U-mode programs cannot see."""
NOT_EXTENSIONS: Final = frozenset(("start-powered-off", "short-isa-string", "debug", "realized", "hotplugged"))
CASE_SECONDS: Final = 0.01
"""Host time that a batch may take per case and 10,000 instructions before QEMU counts as hung; 100 times the usual."""
TRANSLATION_CACHE_MIB: Final = 128
RESULT_DTYPE: Final[np.dtype[Any]] = np.dtype([(word, "<u8") for word in RESULT_WORDS])
SPAN_DTYPE: Final[np.dtype[Any]] = np.dtype([("start", "<u8"), ("end", "<u8")])
CONTEXT_DTYPE: Final[np.dtype[Any]] = np.dtype([(word, "<u8") for word in CONTEXT_WORDS])


LIBC: Final = ctypes.CDLL(None, use_errno=True)
PR_SET_PDEATHSIG: Final = 1
"""prctl(2): the signal that a process gets when the thread that started it ends."""


class QemuSystemError(RuntimeError):
    """QEMU is missing, does not start, or broke its side of the protocol."""


class QemuDiedError(QemuSystemError):
    """The process ended or stopped answering in the middle of a batch; `completed` cases of it are done."""

    def __init__(self, message: str, completed: int, timed_out: bool) -> None:
        super().__init__(message)
        self.completed = completed
        self.timed_out = timed_out


@functools.cache
def program_path(program: str = PROGRAM) -> str:
    path = shutil.which(program)
    if path is None:
        raise QemuSystemError(f"{program} is not installed; on Debian: apt-get install qemu-system-misc")
    return path


def ask(path: str, *arguments: str) -> str:
    """What the program prints when it is asked about itself."""
    command = [path, *arguments]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise QemuSystemError(f"{' '.join(command)} failed: {error}") from None
    if done.returncode != 0:
        raise QemuSystemError(f"{' '.join(command)} exited with {done.returncode}: {done.stderr.strip()}")
    return done.stdout


@functools.cache
def version(path: str) -> str:
    """`QEMU 7.2.22 (…)`, from the program itself."""
    return ask(path, "--version").partition("\n")[0].replace("emulator version ", "")


@functools.cache
def cpu_model(path: str) -> str:
    """The `-cpu` argument with exactly the wanted extensions, whatever else this release turns on by default."""
    listing = ask(path, "-M", "virt", "-device", "rv64-riscv-cpu,help")
    switches = []
    for name, default in re.findall(r"^\s*([\w-]+)=<bool>.*?(?:\(default: (\w+)\))?$", listing, re.MULTILINE):
        if name.lower() in WANTED:
            switches.append(f"{name}=on")
        elif name == "debug" or (default != "false" and name not in NOT_EXTENSIONS and not name.startswith("unnamed")):
            switches.append(f"{name}=off")
    if "pmu-num" in listing:
        switches.append("pmu-num=0")
    return ",".join(["rv64", *switches])


def die_with_parent() -> None:
    """Run in the child before exec: no QEMU outlives a killed campaign."""
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


class QemuMachine:
    """One process and its shared memory. Not thread safe; `close` is idempotent and also runs on collection."""

    def __init__(self, program: str = PROGRAM, start_timeout_s: float = 30.0) -> None:
        path = program_path(program)
        self.process: subprocess.Popen[bytes] | None = None
        self.ram_file = os.memfd_create("counterproof-qemu-ram")
        os.ftruncate(self.ram_file, RAM_BYTES)
        self.ram = mmap.mmap(self.ram_file, RAM_BYTES)
        self.ram[: len(FIRMWARE)] = FIRMWARE
        self.context = self.view(CONTEXT, CONTEXT_DTYPE, 1)
        self.spans = self.view(SPANS, SPAN_DTYPE, MAX_BATCH_CASES)
        self.initial = self.view(INITIAL, RISCV64, MAX_BATCH_CASES)
        self.final = self.view(FINAL, RISCV64, MAX_BATCH_CASES)
        self.results = self.view(RESULTS, RESULT_DTYPE, MAX_BATCH_CASES)
        self.ticks = self.view(TICKS, np.dtype("<u8"), MAX_BATCH_CASES)
        self.staging = self.view(STAGING, np.dtype(np.uint8), CODE_BYTES)
        self.windows_in = self.view(WINDOWS_IN, np.dtype(np.uint8), MAX_BATCH_CASES * DATA_BYTES)
        self.windows_out = self.view(WINDOWS_OUT, np.dtype(np.uint8), MAX_BATCH_CASES * DATA_BYTES)
        self.staged = 0
        command = [path, "-M", "virt,memory-backend=ram", "-cpu", cpu_model(path), "-smp", "1"]
        backend = f"memory-backend-file,id=ram,size={RAM_BYTES},mem-path=/proc/self/fd/{self.ram_file},share=on"
        command += ["-m", f"{RAM_BYTES >> 20}M", "-object", backend]
        command += ["-accel", f"tcg,thread=single,tb-size={TRANSLATION_CACHE_MIB}", "-icount", f"shift={ICOUNT_SHIFT}"]
        command += ["-bios", "none", "-nodefaults", "-no-user-config", "-display", "none", "-serial", "stdio"]
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            pass_fds=[self.ram_file],
            start_new_session=True,
            preexec_fn=die_with_parent,
        )
        try:
            self.await_byte(READY, start_timeout_s)
        except QemuDiedError as error:
            self.close()
            raise QemuSystemError(f"{program} did not start: {error}") from None

    def view(self, address: int, dtype: np.dtype[Any], count: int) -> NDArray[Any]:
        """`count` items of guest memory at `address` as a numpy array on the shared mapping."""
        return np.frombuffer(self.ram, dtype, count, address - RAM_BASE)

    def place_code(self, addresses: NDArray[np.uint64], sizes: NDArray[np.uint32], code: NDArray[np.uint8]) -> None:
        """Stage the code rows for the next batch; what was staged before is gone."""
        for span in self.spans[: self.staged]:
            self.staging[int(span["start"]) - CODE_BASE : int(span["end"]) - CODE_BASE] = 0
        offsets = addresses.astype(np.int64) - CODE_BASE
        for offset, size, row in zip(offsets.tolist(), sizes.tolist(), code, strict=True):
            self.staging[offset : offset + size] = row[:size]
        self.staged = len(addresses)
        self.spans["start"][: self.staged] = addresses & ~np.uint64(7)
        self.spans["end"][: self.staged] = (addresses + np.maximum(sizes, 1) + np.uint64(7)) & ~np.uint64(7)

    def place_limits(self, limits_insns: NDArray[np.uint64]) -> None:
        """Let case i retire at most `limits_insns[i]` instructions in the next batch."""
        ns = (limits_insns + np.uint64(TIMER_TO_CASE_INSNS)) * np.uint64(INSTRUCTION_NS)
        self.ticks[: len(ns)] = ns // np.uint64(TIMER_TICK_NS)

    def run(self, count: int, window_stride: int, limit_insns: int) -> None:
        """Run the first `count` rows of `initial` with limits, windows and code in place.

        Raises:
            QemuDiedError: the process died or did not answer in time for cases of `limit_insns` instructions.
            QemuSystemError: the firmware itself trapped.
        """
        context = self.context
        context["initial"], context["final"], context["result"] = INITIAL, FINAL, RESULTS
        context["window_in"], context["window_out"] = WINDOWS_IN, WINDOWS_OUT
        context["span"], context["ticks"] = SPANS, TICKS
        context["window_stride"], context["remaining"] = window_stride, count
        assert self.process is not None and self.process.stdin is not None
        try:
            self.process.stdin.write(START)
            self.process.stdin.flush()
        except BrokenPipeError:
            raise QemuDiedError(self.last_words(), 0, False) from None
        self.await_byte(DONE, 30.0 + count * CASE_SECONDS * (1 + limit_insns / 10_000), count)

    def await_byte(self, expected: bytes, timeout_s: float, count: int = 0) -> None:
        assert self.process is not None and self.process.stdout is not None
        ready = readable([self.process.stdout.fileno()], timeout_s)
        completed = count - int(self.context["remaining"][0]) if count else 0
        if not ready:
            raise QemuDiedError(f"no answer within {timeout_s:g} s", completed, True)
        answer = os.read(self.process.stdout.fileno(), 1)
        if answer == b"":
            raise QemuDiedError(self.last_words(), completed, False)
        if answer == BROKEN:
            raise QemuSystemError(f"the firmware trapped; pc {int(self.final[completed]['pc']):#x}")
        if answer != expected:
            raise QemuSystemError(f"the firmware answered {answer!r} where {expected!r} was due")

    def last_words(self) -> str:
        """Why the process ended, for people."""
        assert self.process is not None and self.process.stderr is not None
        try:
            status = self.process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            return "closed its serial port but did not end"
        text = self.process.stderr.read(4096).decode(errors="replace").strip()
        ending = f"exit status {status}" if status >= 0 else f"killed by {signal.Signals(-status).name}"
        return f"{ending}: {text}" if text else ending

    def close(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
                # A byte that the dead process did not take is still buffered; closing tries to write it once more.
                with contextlib.suppress(BrokenPipeError):
                    if stream is not None:
                        stream.close()
            self.process = None
        if self.ram_file >= 0:
            os.close(self.ram_file)
            self.ram_file = -1

    def __del__(self) -> None:
        if hasattr(self, "ram_file"):
            self.close()
