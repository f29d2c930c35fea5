"""Real C programs, static and dynamic, musl and glibc: as qemu-riscv64 runs them, and as the kernel's manual says."""

from __future__ import annotations

import re
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Emulate = Callable[..., Any]
EXPECTED = Path(__file__).parent / "programs"


def expected(name: str) -> str:
    """What `name`.c prints under Linux; checked in, and compared with a native run when it was written."""
    return (EXPECTED / f"{name}.expected").read_text()


@pytest.mark.evidence("VM-14")
@pytest.mark.parametrize("libc", ["musl", "glibc"])
@pytest.mark.parametrize("name", ["files", "memory", "signals", "sockets", "threads", "startup"])
def test_a_program_prints_what_linux_makes_it_print(
    guest_program: Callable[..., Path], emulate: Emulate, name: str, libc: str
) -> None:
    done = emulate(guest_program(name, libc))
    assert done.stdout == expected(name).replace("PROGRAM", str(guest_program(name, libc)))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.report["unknown_calls"] == []


@pytest.mark.parametrize("libc", ["musl", "glibc"])
def test_processes_fork_spawn_and_execute(guest_program: Callable[..., Path], emulate: Emulate, libc: str) -> None:
    done = emulate(guest_program("processes", libc))
    assert done.stdout == expected("processes")
    assert done.returncode == 5


def test_the_hosts_own_programs_are_executed_by_the_host(guest_program: Callable[..., Path], emulate: Emulate) -> None:
    done = emulate(guest_program("system"))
    assert (done.returncode, done.stdout) == (0, "before\nshell 1\nstatus 300\nthrough\n")


@pytest.mark.parametrize("name", ["files", "signals", "sockets", "threads", "startup", "system"])
def test_qemu_prints_the_same(
    guest_program: Callable[..., Path], emulate: Emulate, under_qemu: Emulate, name: str
) -> None:
    ours, theirs = emulate(guest_program(name)), under_qemu(guest_program(name))
    assert (ours.stdout, ours.returncode) == (theirs.stdout, theirs.returncode)


_WAYS = ["abort", "null", "illegal", "trap", "misaligned", "jump", "stack", "kill", "term", "blocked-fault", "pipe"]


@pytest.mark.evidence("VM-14")
@pytest.mark.parametrize("how", [*_WAYS, "exit", "unknown"])
def test_a_death_is_the_death_under_qemu(
    guest_program: Callable[..., Path], emulate: Emulate, under_qemu: Emulate, how: str
) -> None:
    ours, theirs = emulate(guest_program("deaths"), how, "77"), under_qemu(guest_program("deaths"), how, "77")
    assert (ours.returncode, ours.stdout) == (theirs.returncode, theirs.stdout)
    assert (ours.returncode < 0) == (how in _WAYS)


@pytest.mark.parametrize("how", ["null", "illegal", "exit"])
def test_the_reference_tier_runs_real_programs_too(
    guest_program: Callable[..., Path], emulate: Emulate, how: str
) -> None:
    program = guest_program("deaths")
    native, reference = (emulate(program, how, "9", tier=t) for t in ("interpreter", "reference"))
    assert (native.returncode, native.stdout) == (reference.returncode, reference.stdout)
    assert native.report["retired"] == reference.report["retired"]
    assert native.report["calls"] == reference.report["calls"]


def test_checkpoints_are_equal_in_both_tiers(guest_program: Callable[..., Path], emulate: Emulate) -> None:
    program = guest_program("deaths")
    native, reference = (
        emulate(program, "exit", "9", tier=tier, checkpoint_insns=100, seed=0, argv0="x")
        for tier in ("interpreter", "reference")
    )
    assert len(native.report["checkpoints"]) > 10
    assert native.report["checkpoints"] == reference.report["checkpoints"]


def test_nonsense_arguments_never_end_the_emulator(guest_program: Callable[..., Path], emulate: Emulate) -> None:
    done = emulate(guest_program("arguments"))
    assert (done.returncode, done.stderr) == (0, "")
    assert re.fullmatch(r"calls \d{5}\n", done.stdout)


def test_a_fatal_signal_says_where_on_standard_error(guest_program: Callable[..., Path], emulate: Emulate) -> None:
    done = emulate(guest_program("deaths"), "null", report=False)
    assert done.returncode == -signal.SIGSEGV
    assert re.fullmatch(
        r"counterproof: uncaught target signal 11 \(Segmentation fault\): SIGSEGV at 0x0, pc 0x[0-9a-f]+\n", done.stderr
    )


@pytest.mark.parametrize(("how", "field", "value"), [("loop", "limit_insns", 100_000), ("loop", "timeout_s", 0.5)])
def test_what_never_ends_is_ended(
    guest_program: Callable[..., Path], emulate: Emulate, how: str, field: str, value: float
) -> None:
    done = emulate(guest_program("deaths"), how, report=False, **{field: value})
    assert done.returncode == 124
    assert done.stderr.startswith("counterproof: stopped: ")


def test_system_calls_are_those_that_qemu_sees(
    guest_program: Callable[..., Path], emulate: Emulate, under_qemu: Emulate
) -> None:
    program = guest_program("deaths")
    ours = emulate(program, "exit", "0", strace=True)
    theirs = under_qemu(program, "exit", "0", options=("-strace",))

    def names(text: str) -> list[str]:
        return re.findall(r"^\d+ (\w+)\(", text, re.MULTILINE)

    assert names(ours.stderr) == names(theirs.stderr)
    assert "exit_group" in names(ours.stderr)


@pytest.mark.parametrize(
    ("libc", "flags"),
    [("musl", ("-static", "-fPIE", "-pie")), ("glibc", ("-fPIE", "-pie")), ("glibc", ("-fPIE", "-pie", "-Wl,-z,now"))],
    ids=["static-pie", "dynamic", "dynamic-bound-early"],
)
def test_position_independent_and_dynamic_programs_run(
    guest_program: Callable[..., Path], emulate: Emulate, libc: str, flags: tuple[str, ...]
) -> None:
    program = guest_program("deaths", libc, *flags)
    done = emulate(program, "exit", "21", prefix="/usr/riscv64-linux-gnu" if libc == "glibc" else "")
    assert (done.returncode, done.stdout) == (21, "before\n")


def test_a_dynamic_program_without_its_interpreter_is_refused(
    guest_program: Callable[..., Path], emulate: Emulate, tmp_path: Path
) -> None:
    done = emulate(guest_program("deaths", "glibc", "-fPIE", "-pie"), prefix=str(tmp_path), report=False)
    assert done.returncode == 2
    assert "PT_INTERP asks for '/lib/ld-linux-riscv64-lp64d.so.1'" in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"program": "/nonexistent"}, "No such file"),
        ({"tier": "imaginary"}, "no tier is called 'imaginary'"),
        ({"prefix": "/nonexistent"}, "not a directory"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_what_cannot_start_is_one_line_and_status_2(
    guest_program: Callable[..., Path], emulate: Emulate, fields: dict[str, str], words: str
) -> None:
    done = emulate(guest_program("deaths"), report=False, **fields)
    assert done.returncode == 2
    assert words in done.stderr
    assert done.stderr.startswith("counterproof: ")
    assert done.stderr.count("\n") == 1
