"""`counterproof doctor`: what of this machine the product can use, and what to do about the rest."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import typer


class State(StrEnum):
    GOOD = "ok"
    ABSENT = "absent"
    """Optional and not there; something is reported as skipped."""
    BAD = "BAD"
    """Needed; the product does not work without it."""


@dataclass(frozen=True)
class Check:
    """One line of the report; `advice` says what to do where the state is not good."""

    name: str
    state: State
    detail: str
    advice: str = ""


def doctor() -> None:
    """Check this machine: Python, memory, native code, cache, executors. Exit status 1 if something is missing."""
    checks = list(examine())
    width = max(len(check.name) for check in checks)
    for check in checks:
        print(f"{check.state.value:<7}{check.name:<{width}}  {check.detail}")
        if check.advice and check.state is not State.GOOD:
            print(f"{'':<{width + 9}}→ {check.advice}")
    raise typer.Exit(1 if any(check.state is State.BAD for check in checks) else 0)


def examine() -> Iterator[Check]:
    """Every check, in the order in which they are reported."""
    yield _python()
    yield _attempt("guest memory", _guest_memory, "raise `ulimit -v`, or set vm.overcommit_memory to 0 or 1")
    yield _attempt("native interpreter", _native_interpreter, "reinstall llvmlite; see the message")
    yield _cache()
    yield _kvm()
    yield from _executors()


def _python() -> Check:
    found = platform.python_version()
    good = (3, 11) <= sys.version_info[:2] <= (3, 13)
    return Check("python", State.GOOD if good else State.BAD, found, "use Python 3.11 to 3.13")


def _attempt(name: str, check: Callable[[], str], advice: str) -> Check:
    try:
        return Check(name, State.GOOD, check())
    except (OSError, RuntimeError, MemoryError, ImportError) as error:
        return Check(name, State.BAD, f"{type(error).__name__}: {error}", advice)


def _guest_memory() -> str:
    from engines.vm.memory.address_space import ADDRESS_BITS, AddressSpace

    AddressSpace()
    return f"a {1 << ADDRESS_BITS - 30} GiB address space can be reserved"


def _native_interpreter() -> str:
    import numpy as np

    from harness.contract import MachineCase, MachineObservation, Trap, state_dtype
    from harness.contract.layout import CODE_BASE, DATA_BYTES
    from harness.subjects.riscv64_interpreter import InterpreterExecutor

    state = np.zeros(1, state_dtype("riscv64"))[0]
    state["pc"] = CODE_BASE
    executor = InterpreterExecutor()
    # addi a0, x0, 42; ebreak
    case = MachineCase("riscv64", state, bytes.fromhex("1305a00273001000"), CODE_BASE, bytes(DATA_BYTES))
    seen = executor.run(case)
    executor.close()
    if not isinstance(seen, MachineObservation) or seen.trap is not Trap.BREAKPOINT or seen.state["x"][10] != 42:
        raise RuntimeError(f"`addi a0, x0, 42; ebreak` gave {seen}")
    return "runs"


def _cache() -> Check:
    from platformdirs import user_cache_dir

    path = Path(os.environ.get("COUNTERPROOF_CACHE") or user_cache_dir("counterproof"))
    try:
        path.mkdir(parents=True, exist_ok=True)
        probe = path / f".probe-{os.getpid()}"
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        advice = "make it writable or set COUNTERPROOF_CACHE to another directory; each start compiles anew until then"
        return Check("cache", State.ABSENT, f"{path}: {error.strerror}", advice)
    free = shutil.disk_usage(path).free >> 20
    return Check("cache", State.GOOD, f"{path}, {free} MiB free")


def _kvm() -> Check:
    usable = os.access("/dev/kvm", os.R_OK | os.W_OK)
    return Check("kvm", State.GOOD if usable else State.ABSENT, "/dev/kvm", "optional: x86_64 guests only")


def _executors() -> Iterator[Check]:
    from harness.registry import ExecutorUnavailableError, create, describe, names

    for name in names():
        description = describe(name)
        try:
            executor = create(name)
        except ExecutorUnavailableError as error:
            state = State.BAD if description.role == "subject" else State.ABSENT
            yield Check(name, state, description.summary, str(error))
            continue
        try:
            yield Check(name, State.GOOD, executor.capabilities.version or description.summary)
        except ExecutorUnavailableError as error:
            state = State.BAD if description.role == "subject" else State.ABSENT
            yield Check(name, state, description.summary, str(error))
        finally:
            executor.close()
