"""A process in-process on the reference tier: limits, checkpoints, traps, dispatch, strace, all from assembly."""

from __future__ import annotations

import os
import select
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.vm.guests.riscv64.state import NO_RESERVATION
from engines.vm.user import riscv64
from engines.vm.user.elf import ElfError
from engines.vm.user.host_signals import POLLIN, POLLOUT
from engines.vm.user.process import ExitReason
from engines.vm.user.strace import Strace
from engines.vm.user.syscalls import table

Assembled = Callable[..., bytes]
EXIT = "addi a7, zero, 93\necall\n"
LOOP = "addi a0, a0, 1\njal zero, -4\n"


def test_the_events_that_are_waited_for_are_the_hosts() -> None:
    assert (POLLIN, POLLOUT) == (select.POLLIN, select.POLLOUT)


def call(number: int, *arguments: int) -> str:
    """Assembly of a system call with small arguments."""
    lines = [f"addi a{i}, zero, {value}" for i, value in enumerate(arguments)]
    return "\n".join([*lines, f"addi a7, zero, {number}", "ecall", ""])


def test_a_program_exits_with_its_status(assembled: Assembled, in_process: Callable[..., Any]) -> None:
    end, output = in_process(assembled(call(93, 300))).run()
    assert (end.reason, end.status, output) == (ExitReason.EXITED, 300 & 0xFF, b"")


def test_output_reaches_its_descriptor(assembled: Assembled, in_process: Callable[..., Any]) -> None:
    text = "addi a0, zero, 1\nlui a1, 32\naddi a2, zero, 6\naddi a7, zero, 64\necall\n" + EXIT
    end, output = in_process(assembled(text, b"hello\n")).run()
    assert (end.status, output) == (6, b"hello\n")


def test_an_endless_loop_ends_exactly_at_the_limit(assembled: Assembled, in_process: Callable[..., Any]) -> None:
    guest = in_process(assembled(LOOP), limit_insns=12345)
    end, _ = guest.run()
    assert end.reason is ExitReason.LIMIT
    assert "12345 instructions" in end.detail
    assert guest.process.retired == 12345


def test_a_deadline_ends_an_endless_loop(assembled: Assembled, in_process: Callable[..., Any]) -> None:
    end, _ = in_process(assembled(LOOP), deadline_ns=1).run()
    assert end.reason is ExitReason.TIMEOUT


def test_a_deadline_ends_a_wait_for_ever(assembled: Assembled, in_process: Callable[..., Any]) -> None:
    end, _ = in_process(assembled(call(73, 0, 0, 0, 0, 8) + EXIT), deadline_ns=1).run()
    assert end.reason is ExitReason.TIMEOUT


def test_checkpoints_are_taken_at_exact_counts(assembled: Assembled, in_process: Callable[..., Any]) -> None:
    image = assembled(call(172) * 5 + LOOP)
    coarse, fine = (
        in_process(image, limit_insns=100, checkpoint_insns=20),
        in_process(image, limit_insns=100, checkpoint_insns=4),
    )
    coarse.run()
    fine.run()
    assert [retired for retired, _ in coarse.process.checkpoints] == [20, 40, 60, 80, 100]
    assert [retired for retired, _ in fine.process.checkpoints] == list(range(4, 101, 4))
    at = dict(fine.process.checkpoints)
    assert all(at[retired] == digest for retired, digest in coarse.process.checkpoints)
    assert len({digest for _, digest in fine.process.checkpoints}) == 25


def test_checkpoints_are_exact_when_slices_end_between_them(
    assembled: Assembled, in_process: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engines.vm.user.process.MAX_SLICE_INSNS", 70)
    monkeypatch.setattr("engines.vm.user.process.Process._slice_insns", 70)
    guest = in_process(assembled(LOOP), limit_insns=1000, checkpoint_insns=300)
    guest.run()
    assert [retired for retired, _ in guest.process.checkpoints] == [300, 600, 900]


def test_a_task_switch_ends_the_load_reservation(assembled: Assembled, in_process: Callable[..., Any]) -> None:
    process = in_process(assembled(LOOP)).process
    first = process.current
    second = process.spawn_task(0x5000, 0x6000)
    assert (second.words[riscv64.SP], second.words[riscv64.TP], second.words[riscv64.A0]) == (0x5000, 0x6000, 0)
    first.words[riscv64.RESERVATION] = 0x20000
    process._switch()
    assert process.current is second
    assert first.words[riscv64.RESERVATION] == NO_RESERVATION
    process.close()


@pytest.mark.parametrize("register", ["x5", "x31", "f0", "f31", "pc", "fcsr"])
def test_a_state_digest_depends_on_every_register(
    assembled: Assembled, in_process: Callable[..., Any], register: str
) -> None:
    process = in_process(assembled(LOOP)).process
    words = process.current.words
    before = riscv64.state_digest(words)
    bases = {"x": riscv64.X, "f": riscv64.F}
    index = {"pc": riscv64.PC, "fcsr": riscv64.FRM}.get(register)
    words[bases[register[0]] + int(register[1:]) if index is None else index] ^= 1
    assert riscv64.state_digest(words) != before


def test_unknown_calls_get_enosys_and_are_counted(assembled: Assembled, in_process: Callable[..., Any]) -> None:
    guest = in_process(assembled(call(1000) + call(1000) + call(1001) + EXIT))
    end, _ = guest.run()
    assert end.status == -38 & 0xFF
    assert guest.process.unknown_calls == {1000: 2, 1001: 1}


@pytest.mark.parametrize(
    ("code", "number"),
    [(".half 0", 4), ("ebreak", 5), ("sd zero, 0(zero)", 11), ("jalr zero, 0(zero)", 11), ("lr.w a0, (sp)", 0)],
)
def test_a_fault_without_handler_ends_by_its_signal(
    assembled: Assembled, in_process: Callable[..., Any], code: str, number: int
) -> None:
    end, _ = in_process(assembled(code + "\n" + call(93, 0))).run()
    assert end.signal == number
    assert end.reason is (ExitReason.SIGNALED if number else ExitReason.EXITED)
    assert ("pc 0x" in end.detail) == bool(number)


def test_a_bad_image_leaves_the_process_as_it_was(assembled: Assembled, in_process: Callable[..., Any]) -> None:
    guest = in_process(assembled(call(93, 9)))
    with pytest.raises(ElfError):
        guest.process.load(b"\x7fELF", b"x", [], [])
    assert guest.run()[0].status == 9


def test_a_missing_interpreter_is_refused_with_advice(make_elf: Any, in_process: Callable[..., Any]) -> None:
    path = b"/lib/no-such-ld.so.1\0"
    with pytest.raises(ElfError, match=r"no-such-ld\.so\.1.*point -L at a riscv64 system"):
        in_process(make_elf(b"\x73\0\0\0", path, data_type=3))


def test_strace_prints_what_qemu_would(assembled: Assembled, in_process: Callable[..., Any], tmp_path: Path) -> None:
    text = "addi a0, zero, -100\nlui a1, 32\nlui a2, 128\naddi a7, zero, 56\necall\n" + call(29, 77, 0) + call(1000)
    image = assembled(text + call(93, 3), b"/nonexistent\0")
    with (tmp_path / "log").open("wb") as log:
        in_process(image, strace=Strace(log.fileno(), 42)).run()
    assert (tmp_path / "log").read_text().splitlines() == [
        '42 openat(AT_FDCWD,"/nonexistent",O_RDONLY|O_CLOEXEC,00) = -1 errno=2 (No such file or directory)',
        "42 ioctl(77,0x0,0x80000) = -1 errno=9 (Bad file descriptor)",
        "42 unknown_1000(0xfffffffffffffff7,0x0,0x80000,0x0,0x0,0x0) = -1 errno=38 (Function not implemented)",
        "42 exit(3)",
    ]


def test_the_table_is_whole_and_consistent() -> None:
    calls = table.load()
    assert len(calls) > 150
    assert len({entry.name for entry in calls.values()}) == len(calls)
    for number, name in (
        (63, "read"),
        (64, "write"),
        (93, "exit"),
        (139, "rt_sigreturn"),
        (222, "mmap"),
        (98, "futex"),
    ):
        assert calls[number].name == name
    for number, entry in calls.items():
        assert number == entry.number
        arguments = entry.implementation.__code__.co_argcount - 1
        assert arguments == len(entry.kinds), entry.name


@pytest.mark.parametrize(
    ("number", "name", "kinds", "words"),
    [
        (63, "other", "", "63 is both read and other"),
        (5000, "x", "fd nonsense", "unknown argument kind 'nonsense'"),
        (5000, "x", "fd " * 7, "7 arguments; at most 6"),
    ],
)
def test_a_wrong_declaration_is_refused(number: int, name: str, kinds: str, words: str) -> None:
    table.load()
    with pytest.raises(ValueError, match=words):
        table.system_call(number, name, kinds)


_LEAVES_US = {
    *(81, 93, 94, 220, 221, 281, 129, 130, 131, 138, 133, 137, 260, 95, 73, 72, 22, 98, 101, 115, 49, 50, 166, 103),
    *(140, 144, 143, 145, 146, 147, 149, 154, 157, 164, 261, 203, 200, 198, 199, 202, 242, 139),
}
"""Calls that would wait, end or change the test's own process."""


@settings(deadline=None, max_examples=400)
@given(
    number=st.sampled_from(sorted(set(table.load()) - _LEAVES_US)),
    arguments=st.lists(
        st.one_of(
            st.sampled_from((0, 1, 2, 2**64 - 1, 2**64 - 100, 0x20000, 0x21FF8, 2**36, 2**63, 2**31, 4096)),
            st.integers(0, 2**64 - 1),
        ),
        min_size=6,
        max_size=6,
    ),
)
def test_no_argument_makes_a_call_fail_in_python(
    number: int, arguments: list[int], shared_guest: Any, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Whatever the guest passes, the answer is a result or an error number."""
    process = shared_guest
    words = process.current.words
    for i, value in enumerate(arguments):
        words[riscv64.A0 + i] = value
    words[riscv64.NUMBER] = number
    pc = words[riscv64.PC]
    if number in (63, 65, 67, 69, 207, 212) and arguments[0] & 0xFFFF_FFFF == 0:
        return
    process._system_call(process.current)
    assert words[riscv64.PC] == pc + 4
    words[riscv64.PC] = pc


@pytest.fixture(scope="module")
def shared_guest(tmp_path_factory: pytest.TempPathFactory) -> Any:
    from engines.vm.isa.riscv64.coding import assemble
    from engines.vm.memory.address_space import READ, WRITE, AddressSpace
    from engines.vm.tiers.reference import ReferenceTier
    from engines.vm.user.file_table import FileTable
    from engines.vm.user.paths import GuestPaths
    from engines.vm.user.process import Options, Process

    before = Path.cwd()
    os.chdir(tmp_path_factory.mktemp("guest"))
    null = [os.open(os.devnull, os.O_RDWR) for _ in range(3)]
    process = Process(ReferenceTier().run, AddressSpace(), FileTable(dict(enumerate(null))), GuestPaths(), Options())
    assert assemble("ecall") == b"\x73\0\0\0"
    process.memory.map(0x10000, 0x1000, READ)
    process.memory.map(0x20000, 0x2000, READ | WRITE)
    process.memory.place(0x20000, struct.pack("<4Q", 0x21000, 8, 2**63, 2**63))
    process.map.brk = process.map.brk_start = 0x30000
    process.map.mmap_top = 0xF_0000_0000
    yield process
    process.close()
    os.chdir(before)
