"""qiling: system calls, signals, limits and files of small programs, beside what the conformance suite asks."""

from __future__ import annotations

import pytest

from harness.contract import End, ProgramCase, ProgramObservation
from oracles.conformance_programs import elf_image
from oracles.qiling_oracle import QilingOracle

ECALL = 0x00000073
SIGABRT = 6


def li(register: int, value: int) -> int:
    """addi register, zero, value"""
    return value << 20 | register << 7 | 0x13


def call(number: int, *arguments: int) -> tuple[int, ...]:
    return (*(li(10 + i, a) for i, a in enumerate(arguments)), li(17, number), ECALL)


EXIT_WITH_A0 = (li(17, 93), ECALL)


def run(
    *words: int, data: bytes = b"", timeout_s: float = 20, output_bytes: int = 1 << 20, **more: object
) -> ProgramObservation:
    oracle = QilingOracle(timeout_s=timeout_s, output_bytes=output_bytes)
    seen = oracle.run(ProgramCase("riscv64", elf_image(words, data), **more))  # type: ignore[arg-type]
    assert isinstance(seen, ProgramObservation)
    return seen


def test_a_system_call_that_nobody_has_gives_enosys() -> None:
    negate = 0x40A00533  # sub a0, zero, a0
    seen = run(*call(399, 5), negate, *EXIT_WITH_A0)
    assert (seen.exit_status, seen.unknown_syscalls) == (38, ((399, 1),))


@pytest.mark.parametrize("words", [call(129, 1, SIGABRT), call(130, 1, SIGABRT), call(131, 1, 1, SIGABRT)])
def test_killing_oneself(words: tuple[int, ...]) -> None:
    seen = run(*words, *call(93, 0))
    assert (seen.signal, seen.exit_status) == (SIGABRT, -1)


def test_a_signal_that_is_ignored_by_default() -> None:
    assert run(*call(129, 1, 17), *call(93, 9)).exit_status == 9


def test_breakpoint_and_misaligned_atomics_have_their_signals() -> None:
    assert run(0x00100073).signal == 5
    assert run(0x00311513 & 0 | 0x1005252F, data=b"").signal in (7, 11)


def test_a_signal_handler_is_refused_with_the_reason() -> None:
    # auipc a1, 0; addi a1, a1, 40 (the action behind the code); rt_sigaction(6, a1, 0, 8); kill(1, 6)
    words = (0x00000597, 0x02858593, li(10, 6), li(12, 0), li(13, 8), li(17, 134), ECALL, *call(129, 1, SIGABRT)[:3])
    action = (0x10078).to_bytes(8, "little") + bytes(24)
    seen = run(*words, ECALL, data=action)
    assert seen.end is End.REFUSED
    assert "signal 6 has a handler" in seen.detail


def test_a_new_process_is_refused_with_the_reason() -> None:
    seen = run(*call(220, 17), *call(93, 0))
    assert seen.end is End.REFUSED
    assert "thread or a process" in seen.detail


def test_an_output_flood_is_stopped() -> None:
    # auipc a1, 0; li a0, 1; li a2, 1024; li a7, 64; ecall; jal zero, -12
    flood = (0x00000597, li(12, 1024), li(10, 1), li(17, 64), ECALL, 0xFF5FF06F)
    seen = run(*flood, data=bytes(2048), output_bytes=10_000)
    assert seen.end is End.TIMEOUT
    assert 10_000 < len(seen.stdout) < 20_000
    assert "output limit" in seen.detail


def test_an_endless_program_without_a_small_limit_times_out() -> None:
    seen = run(0x0000006F, timeout_s=0.2)
    assert (seen.end, seen.exit_status, seen.signal) == (End.TIMEOUT, -1, 0)


def test_files_are_given_and_taken_back() -> None:
    # fd = openat(AT_FDCWD, "new", O_CREAT|O_WRONLY, 0644); write(fd, "new", 3); exit(0); "new" lies behind the code
    count = 15

    def name_address(index: int) -> tuple[int, int]:
        """auipc a1, 0; addi a1, a1, the distance of the data"""
        return 0x00000597, (4 * (count - index)) << 20 | 0x00058593

    words = (
        *(li(10, -100 & 0xFFF), *name_address(1), li(12, 0x41), li(13, 0o644), li(17, 56), ECALL),
        *(*name_address(7), li(12, 3), li(17, 64), ECALL),
        *call(93, 0),
    )
    assert len(words) == count
    seen = run(*words, data=b"new\0", files=(("kept", b"as it was"),))
    assert (seen.exit_status, seen.files) == (0, (("new", b"new"),))


def test_a_file_outside_the_directory_is_refused() -> None:
    seen = run(*call(93, 0), files=(("../outside", b""),))
    assert seen.end is End.REFUSED
    assert "'../outside'" in seen.detail
