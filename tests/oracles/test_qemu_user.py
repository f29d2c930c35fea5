"""qemu-riscv64: machine cases over GDB agree with QEMU's system emulation, and whole programs are observed in full."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from harness.contract import CaseKind, End, MachineCase, MachineObservation, ProgramCase, ProgramObservation, Trap
from harness.contract import state_dtype as dtype_of
from harness.contract.layout import CODE_BASE, CODE_BYTES, DATA_BASE, DATA_BYTES
from oracles.bounded_process import Limits
from oracles.elf_image import READ, Segment, elf_executable, standalone_image
from oracles.gdb_executor import memory_access
from oracles.llvm_assembler import assemble_riscv64
from oracles.native_oracle import NativeOracle, why_not_elf
from oracles.qemu_oracle import QemuSystemOracle
from oracles.qemu_user_oracle import QemuUserOracle

pytestmark = pytest.mark.skipif(shutil.which("qemu-riscv64") is None, reason="qemu-riscv64 is not installed")
ISA = "riscv64"


@pytest.fixture(scope="module")
def oracle() -> QemuUserOracle:
    return QemuUserOracle()


@pytest.fixture(scope="module")
def system() -> Iterator[QemuSystemOracle]:
    if shutil.which("qemu-system-riscv64") is None:
        pytest.skip("qemu-system-riscv64 is not installed")
    made = QemuSystemOracle()
    yield made
    made.close()


def case(text: str, limit: int = 200) -> MachineCase:
    rng = np.random.default_rng(11)
    state = np.zeros(1, dtype_of(ISA))
    state["x"][0, 1:] = rng.integers(0, 2**64, 31, dtype=np.uint64)
    state["f"] = rng.integers(0, 2**64, 32, dtype=np.uint64)
    state["x"][0, 10:14] = (DATA_BASE, DATA_BASE + DATA_BYTES, CODE_BASE, DATA_BASE + 1)
    state["fcsr"] = 0x41
    state["pc"] = CODE_BASE + 4098
    return MachineCase(ISA, state[0], assemble_riscv64(text), CODE_BASE + 4098, rng.bytes(DATA_BYTES), limit)


PROGRAMS = [
    "ebreak",
    "addi x1, x1, 1\nmul x2, x3, x4\nsd x2, 8(x10)\nlr.d x5, (x10)\nsc.d x6, x7, (x10)\nebreak",
    "fadd.d f1, f2, f3\nfcvt.w.s x1, f4, rtz\nfmv.x.w x2, f5\nfsqrt.s f6, f7\nfrcsr x9\nebreak",
    "ld x1, 0(x11)",
    "sh x1, -1(x10)",
    "sw x1, 0(x12)",
    "lr.w x1, (x13)",
    "jr x10",
    "csrr x1, mstatus",
    "1: addi x1, x1, 1\nbnez x1, 1b",
    "li a7, 93\nli a0, 7\necall",
    "c.fld f8, 0(x10)\nc.lw x8, 4(x10)\nld x8, 1(x10)\n.half 0",
]


@pytest.mark.parametrize("text", PROGRAMS)
def test_user_mode_over_gdb_agrees_with_system_mode(
    oracle: QemuUserOracle, system: QemuSystemOracle, text: str
) -> None:
    asked = case(text)
    here, there = oracle.run(asked), system.run(asked)
    assert isinstance(here, MachineObservation) and isinstance(there, MachineObservation)
    assert (here.end, here.trap, here.retired) == (there.end, there.trap, there.retired), here.detail
    assert here.state == there.state
    assert here.memory == there.memory
    assert "tval" not in here.observed


def test_an_environment_call_is_reached_and_not_made(oracle: QemuUserOracle) -> None:
    seen = oracle.run(case("li a7, 93\nli a0, 7\necall\nebreak"))
    assert isinstance(seen, MachineObservation)
    assert (seen.end, seen.trap, int(seen.state["x"][10])) == (End.TRAP, Trap.ENVIRONMENT_CALL, 7)


def test_a_case_that_takes_too_long_is_a_timeout() -> None:
    seen = QemuUserOracle(timeout_s=0.3).run(case("1: j 1b", limit=10**9))
    assert isinstance(seen, MachineObservation)
    assert seen.end == End.TIMEOUT


def test_a_standalone_image_loads_the_state_by_itself(oracle: QemuUserOracle) -> None:
    """The program itself compares what the prologue loaded with what the case says, and exits with the verdict."""
    asked = case("add x5, x9, x31\nli a7, 93\nmv a0, x0\nbne x5, x6, 1f\nli a0, 77\n1: ecall")
    asked.state["x"][6] = (int(asked.state["x"][9]) + int(asked.state["x"][31])) % 2**64
    seen = oracle.run(ProgramCase(ISA, standalone_image(asked)))
    assert isinstance(seen, ProgramObservation)
    assert (seen.exit_status, seen.signal) == (77, 0)
    died = oracle.run(ProgramCase(ISA, standalone_image(case("ebreak"))))
    assert isinstance(died, ProgramObservation)
    assert (died.exit_status, died.signal, died.stderr) == (-1, 5, b"")


def program(text: str) -> bytes:
    return elf_executable(0x10000, [Segment(0x10000, assemble_riscv64(text, base=0x10000), 4096, READ | 1)])


WRITE = "li a7, 64\nli a0, {fd}\nlla a1, text\nli a2, 6\necall\n"
TEXT = 'text: .ascii "hello\\n"\n'


def test_a_program_is_observed_in_full(oracle: QemuUserOracle) -> None:
    exits = program(WRITE.format(fd=1) + WRITE.format(fd=2) + "li a7, 93\nli a0, 300\necall\n" + TEXT)
    seen = oracle.run(ProgramCase(ISA, exits))
    assert isinstance(seen, ProgramObservation)
    assert (seen.exit_status, seen.signal, seen.stdout, seen.stderr) == (300 % 256, 0, b"hello\n", b"hello\n")


def test_a_flood_and_a_hang_end_at_their_limits() -> None:
    limited = QemuUserOracle(Limits(wall_s=20, output_bytes=100_000, address_space_bytes=0))
    flood = limited.run(ProgramCase(ISA, program("1:\n" + WRITE.format(fd=1) + "j 1b\n" + TEXT)))
    assert isinstance(flood, ProgramObservation)
    assert flood.end == End.TIMEOUT and "more than 100000 bytes" in flood.detail
    quick = QemuUserOracle(Limits(wall_s=0.3, address_space_bytes=0))
    hang = quick.run(ProgramCase(ISA, program("1: j 1b")))
    assert isinstance(hang, ProgramObservation)
    assert hang.end == End.TIMEOUT and "0.3 s" in hang.detail


@pytest.mark.parametrize(
    "image", [b"", b"#!/bin/sh\nexit 3\n", b"\x7fELF\x01\x01" + bytes(60), b"\x7fELF\x02\x01" + bytes(60)]
)
def test_what_is_no_program_is_refused_and_never_run(oracle: QemuUserOracle, image: bytes) -> None:
    for executor, isa in ((oracle, ISA), (NativeOracle(), next(iter(NativeOracle().capabilities.isas)))):
        seen = executor.run(ProgramCase(isa, image))
        assert isinstance(seen, ProgramObservation)
        assert seen.end == End.REFUSED and seen.detail


def test_the_host_as_an_oracle() -> None:
    native = NativeOracle()
    isa = next(iter(native.capabilities.isas))
    shell = shutil.which("cat")
    assert shell is not None and native.capabilities.kinds == {CaseKind.PROGRAM}
    image = Path(shell).read_bytes()
    if why_not_elf(image, isa):
        pytest.skip("cat is not an ELF program here")
    files = (("kept", b"same"), ("sub/seen", b"file "))
    seen = native.run(ProgramCase(isa, image, ("cat", "sub/seen", "-"), stdin=b"and stdin", files=files))
    assert isinstance(seen, ProgramObservation)
    assert (seen.exit_status, seen.stdout, seen.files) == (0, b"file and stdin", ())
    missing = native.run(ProgramCase(isa, image, ("cat", "no-such-file")))
    assert isinstance(missing, ProgramObservation)
    assert missing.exit_status == 1 and b"no-such-file" in missing.stderr
    with pytest.raises(ValueError, match="outside its directory"):
        native.run(ProgramCase(isa, image, files=(("../escape", b""),)))


def test_loads_and_stores_by_their_opcode() -> None:
    for text, access in (
        ("lw x1, 0(x2)", "load"),
        ("fsd f1, 0(x2)", "store"),
        ("lr.d x1, (x2)", "load"),
        ("sc.d x1, x3, (x2)", "store"),
        ("amoor.w x1, x3, (x2)", "store"),
        ("c.ldsp x1, 0(sp)", "load"),
        ("c.fsdsp f1, 0(sp)", "store"),
        ("c.sw x8, 0(x9)", "store"),
        ("c.addi x1, 1", None),
        ("add x1, x2, x3", None),
    ):
        code = (
            assemble_riscv64(text, features="rv64gc")
            if text.startswith("c.")
            else assemble_riscv64(text, features="rv64g")
        )
        assert memory_access(int.from_bytes(code, "little")) == access, text


def test_segments_that_overlap_are_refused() -> None:
    with pytest.raises(ValueError, match="page aligned"):
        elf_executable(0, [Segment(0x1000, b"", 0x2000, READ), Segment(0x2000, b"", 0x1000, READ)])
    assert CODE_BYTES % 4096 == 0
