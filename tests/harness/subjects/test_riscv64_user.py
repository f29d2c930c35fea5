"""User mode as an executor of program cases: what it sees, its limits, and that nothing ends the caller."""

from __future__ import annotations

import struct
from collections.abc import Iterator

import numpy as np
import pytest

from engines.vm.isa.riscv64.coding import assemble
from harness.contract import (
    PROGRAM_FIELDS,
    CaseKind,
    End,
    Executor,
    MachineBatch,
    MachineCase,
    ProgramCase,
    ProgramObservation,
    state_dtype,
)
from harness.contract.layout import CODE_BASE, DATA_BYTES
from harness.subjects.riscv64_user import UserExecutor, interpreter, reference

CODE, DATA = 0x10000, 0x20000
PRINT = "addi a0, zero, {fd}\nlui a1, 32\naddi a2, zero, {size}\naddi a7, zero, 64\necall\n"
EXIT = "addi a0, zero, {status}\naddi a7, zero, 93\necall\n"


def image(text: str, data: bytes = b"") -> bytes:
    """A static riscv64 executable of `text` at CODE and `data` at DATA, one page each."""
    code = assemble(text, CODE)
    ident = b"\x7fELF" + bytes((2, 1, 1)) + bytes(9)
    header = struct.pack("<16sHHIQQQIHHHHHH", ident, 2, 243, 1, CODE, 64, 0, 5, 64, 56, 2, 0, 0, 0)
    header += struct.pack("<IIQQQQQQ", 1, 5, 0x1000, CODE, 0, len(code), len(code), 4096)
    header += struct.pack("<IIQQQQQQ", 1, 6, 0x2000, DATA, 0, len(data), 4096, 4096)
    return header.ljust(0x1000, b"\0") + code.ljust(0x1000, b"\0") + data


def case(text: str, data: bytes = b"", **fields: object) -> ProgramCase:
    return ProgramCase("riscv64", image(text, data), **fields)  # type: ignore[arg-type]


@pytest.fixture
def subject() -> Iterator[UserExecutor]:
    executor = UserExecutor("reference", timeout_s=30, output_bytes=10_000)
    yield executor
    executor.close()


def run(executor: UserExecutor, program: ProgramCase) -> ProgramObservation:
    observation = executor.run(program)
    assert isinstance(observation, ProgramObservation)
    return observation


def test_both_tiers_are_executors() -> None:
    for executor, name in ((interpreter(), "riscv64-user-interpreter"), (reference(), "riscv64-user-reference")):
        assert isinstance(executor, Executor)
        assert executor.name == name
        assert executor.capabilities.kinds == {CaseKind.PROGRAM}
        assert executor.capabilities.observes == frozenset(PROGRAM_FIELDS)
        executor.close()
        executor.close()


def test_streams_and_status_are_observed(subject: UserExecutor) -> None:
    text = PRINT.format(fd=1, size=3) + PRINT.format(fd=2, size=5) + EXIT.format(status=42)
    seen = run(subject, case(text, b"hello"))
    assert (seen.exit_status, seen.signal, seen.stdout, seen.stderr) == (42, 0, b"hel", b"hello")
    assert (seen.end, seen.retired, seen.unknown_syscalls) == (End.TRAP, 10, ())


def test_standard_input_arguments_and_environment_arrive(subject: UserExecutor) -> None:
    read = "addi a0, zero, 0\nlui a1, 32\naddi a2, zero, 100\naddi a7, zero, 63\necall\nadd a2, a0, zero\n"
    write = "addi a0, zero, 1\nlui a1, 32\naddi a7, zero, 64\necall\n"
    arguments = "ld a1, 16(sp)\naddi a0, zero, 1\naddi a2, zero, 4\naddi a7, zero, 64\necall\n"
    variable = "ld a1, 32(sp)\naddi a0, zero, 1\naddi a2, zero, 3\naddi a7, zero, 64\necall\n"
    program = case(
        arguments + variable + read + write + EXIT.format(status=0),
        argv=("zero", "argument"),
        environment=(("A", "1"),),
        stdin=b"typed",
    )
    assert run(subject, program).stdout == b"argu" + b"A=1" + b"typed"


def test_a_fatal_signal_is_observed(subject: UserExecutor) -> None:
    seen = run(subject, case("sd zero, 0(zero)\n"))
    assert (seen.exit_status, seen.signal, seen.end, seen.stderr) == (-1, 11, End.TRAP, b"")
    assert "SIGSEGV at 0x0" in seen.detail


def test_files_are_private_and_changes_are_observed(subject: UserExecutor) -> None:
    create = (
        "addi a0, zero, -100\nlui a1, 32\naddi a2, zero, 577\naddi a3, zero, 420\naddi a7, zero, 56\necall\n"
        "lui a1, 32\naddi a2, zero, 4\naddi a7, zero, 64\necall\n"
    )
    program = case(create + EXIT.format(status=0), b"made\0", files=(("kept", b"as it was"), ("d/deep", b"x")))
    seen = run(subject, program)
    assert seen.files == (("made", b"made"),)
    overwriting = case(create + EXIT.format(status=0), b"made\0", files=(("made", b"before"),))
    assert run(subject, overwriting).files == (("made", b"made"),)


@pytest.mark.parametrize(("pid", "error"), [(-1, 1), (1, 1), (0, 0)])
def test_signals_reach_nobody_else(subject: UserExecutor, pid: int, error: int) -> None:
    send = f"addi a0, zero, {pid}\nadd a1, zero, zero\naddi a7, zero, 129\necall\nsub a0, zero, a0\n"
    assert run(subject, case(send + "addi a7, zero, 93\necall\n")).exit_status == error


def test_unknown_calls_are_counted(subject: UserExecutor) -> None:
    text = "addi a7, zero, 1000\necall\nadd a0, zero, zero\naddi a7, zero, 1000\necall\n" + EXIT.format(status=0)
    assert run(subject, case(text)).unknown_syscalls == ((1000, 2),)


def test_the_limit_is_exact_and_checkpoints_are_kept(subject: UserExecutor) -> None:
    seen = run(subject, case("jal zero, 0\n", limit_insns=1000, checkpoint_insns=300))
    assert (seen.end, seen.retired, seen.exit_status) == (End.LIMIT, 1000, -1)
    assert [retired for retired, _ in seen.checkpoints] == [300, 600, 900]


def test_an_endless_program_times_out() -> None:
    seen = run(UserExecutor("reference", timeout_s=1), case("jal zero, 0\n"))
    assert (seen.end, seen.exit_status) == (End.TIMEOUT, -1)


def test_an_output_flood_is_cut(subject: UserExecutor) -> None:
    flood = "addi a0, zero, 1\nlui a1, 32\naddi a2, zero, 1024\naddi a7, zero, 64\necall\njal zero, -20\n"
    seen = run(subject, case(flood, b"f" * 1024))
    assert (seen.end, len(seen.stdout)) == (End.LIMIT, 10_000)
    assert "stdout was longer than its limit" in seen.detail


@pytest.mark.parametrize(
    ("program", "words"),
    [
        (ProgramCase("riscv64", b"#!/bin/sh\n"), "not an ELF file"),
        (ProgramCase("riscv64", image("ebreak")[:100]), "truncated"),
        (ProgramCase("arm64", b""), "'arm64'"),
        (ProgramCase("riscv64", image("ebreak"), files=(("../x", b""),)), "'../x'"),
        (ProgramCase("riscv64", image("ebreak"), files=(("/etc/x", b""),)), "'/etc/x'"),
    ],
)
def test_a_bad_case_is_refused_with_a_reason(subject: UserExecutor, program: ProgramCase, words: str) -> None:
    seen = run(subject, program)
    assert seen.end is End.REFUSED
    assert words in seen.detail
    assert "/tmp" not in seen.detail  # the same words every time


def test_machine_cases_are_refused(subject: UserExecutor) -> None:
    state = np.zeros(1, state_dtype("riscv64"))[0]
    machine = MachineCase("riscv64", state, b"\x73\0\0\0", CODE_BASE, bytes(DATA_BYTES))
    seen = subject.run(machine)
    assert isinstance(seen, ProgramObservation)
    assert seen.end is End.REFUSED
    with pytest.raises(ValueError, match="program cases"):
        subject.run_batch(MachineBatch.of([machine]))


def test_a_run_repeats_to_the_byte(subject: UserExecutor) -> None:
    random = "lui a0, 32\naddi a1, zero, 64\nadd a2, zero, zero\naddi a7, zero, 278\necall\n"
    text = random + PRINT.format(fd=1, size=64) + EXIT.format(status=0)
    first, second = run(subject, case(text)), run(subject, case(text))
    assert first.stdout == second.stdout != bytes(64)
    assert first == second
