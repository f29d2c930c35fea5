"""QEMU system batches: every trap, exact limits and counts, isolation between cases, and survival of a dead QEMU."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.contract import (
    BatchObservation,
    End,
    MachineBatch,
    MachineCase,
    MachineObservation,
    ProgramCase,
    ProgramObservation,
    Trap,
    state_dtype,
)
from harness.contract.layout import CODE_BASE, CODE_BYTES, DATA_BASE, DATA_BYTES
from oracles import _generated_qemu_system_firmware as generated
from oracles.llvm_assembler import assemble_riscv64
from oracles.qemu_oracle import QemuSystemOracle
from oracles.qemu_system import QemuMachine, QemuSystemError, program_path
from oracles.qemu_system_firmware import generated_module, napot

pytestmark = pytest.mark.skipif(
    shutil.which("qemu-system-riscv64") is None, reason="qemu-system-riscv64 is not installed"
)


@pytest.fixture(scope="module")
def oracle() -> Iterator[QemuSystemOracle]:
    made = QemuSystemOracle()
    yield made
    made.close()
    made.close()


def case(text: str, *, slot: int = 0, limit: int = 10_000, memory: bytes = bytes(DATA_BYTES), **x: int) -> MachineCase:
    state = np.zeros(1, state_dtype("riscv64"))[0]
    state["pc"] = CODE_BASE + 4096 * slot
    for register, value in x.items():
        state["x"][int(register[1:])] = value
    return MachineCase("riscv64", state, assemble_riscv64(text), CODE_BASE + 4096 * slot, memory, limit)


def run(oracle: QemuSystemOracle, case: MachineCase) -> MachineObservation:
    seen = oracle.run(case)
    assert isinstance(seen, MachineObservation)
    return seen


CAUSES = [
    (".word 0xffffffff", Trap.ILLEGAL_INSTRUCTION, 0xFFFF_FFFF),
    (".half 0", Trap.ILLEGAL_INSTRUCTION, 0),
    ("csrr x1, mstatus", Trap.ILLEGAL_INSTRUCTION, 0x3000_20F3),
    ("mret", Trap.ILLEGAL_INSTRUCTION, 0x3020_0073),
    ("sret", Trap.ILLEGAL_INSTRUCTION, 0x1020_0073),
    ("wfi", Trap.ILLEGAL_INSTRUCTION, 0x1050_0073),
    (".word 0x02a5f553", Trap.BREAKPOINT, 0),  # fadd.d with the dynamic rounding mode and frm 0: no trap by itself
    (".word 0x02a5d553", Trap.ILLEGAL_INSTRUCTION, 0x02A5_D553),  # rounding mode 5 is reserved
    (".insn r 0x33, 0, 0x10, x1, x2, x3", Trap.ILLEGAL_INSTRUCTION, 0x2031_00B3),
    ("ebreak", Trap.BREAKPOINT, 0),
    ("ecall", Trap.ENVIRONMENT_CALL, 0),
    ("ld x1, 0(x0)", Trap.LOAD_FAULT, 0),
    ("ld x1, -8(x10)", Trap.LOAD_FAULT, DATA_BASE - 8),
    ("ld x1, -4(x10)", Trap.LOAD_FAULT, DATA_BASE - 4),
    ("sd x1, -8(x10)", Trap.STORE_FAULT, DATA_BASE - 8),
    ("sb x1, 0(x11)", Trap.STORE_FAULT, DATA_BASE + DATA_BYTES),
    ("sw x1, 0(x13)", Trap.STORE_FAULT, CODE_BASE),
    ("lr.w x1, (x12)", Trap.LOAD_MISALIGNED, DATA_BASE + 2),
    ("lr.w x1, (x11)", Trap.LOAD_FAULT, DATA_BASE + DATA_BYTES),
    ("jr x10", Trap.FETCH_FAULT, DATA_BASE),
    ("jr x0", Trap.FETCH_FAULT, 0),
]


def test_every_trap_with_its_value_and_the_count_before_it(oracle: QemuSystemOracle) -> None:
    cases = [
        case(
            f"addi x5, x5, 1\n.option push\n.option norvc\n{text}\n.option pop\nc.ebreak",
            slot=i,
            x10=DATA_BASE,
            x11=DATA_BASE + DATA_BYTES,
            x12=DATA_BASE + 2,
            x13=CODE_BASE,
        )
        for i, (text, _, _) in enumerate(CAUSES)
    ]
    seen = oracle.run_batch(MachineBatch.of(cases))
    for i, (text, trap, tval) in enumerate(CAUSES):
        row = seen.row(i)
        assert (row.end, row.trap, row.tval) == (End.TRAP, trap, tval), text
        extra = text.count("\n") + (text.startswith((".word 0x02a5f", "jr")))
        assert row.retired == 1 + extra, text
        assert int(row.state["x"][5]) == 1


def test_the_known_defects_are_still_there(oracle: QemuSystemOracle) -> None:
    """AMOs and SCs raise store/AMO exceptions, causes 6 and 7 (Privileged ISA, `mcause` table), and a misaligned one
    always raises one ("an address-misaligned exception or an access-fault exception will be generated", A extension).
    QEMU 7.2 on one thread runs an AMO as a load and a store, so the load's cause appears; a failing SC never traps."""
    texts = ("amoadd.w x1, x2, (x12)", "amoadd.w x1, x2, (x11)", "sc.w x1, x2, (x12)")
    cases = [
        case(f"{text}\nebreak", slot=i, x11=DATA_BASE + DATA_BYTES, x12=DATA_BASE + 2) for i, text in enumerate(texts)
    ]
    seen = oracle.run_batch(MachineBatch.of(cases))
    assert seen.trap.tolist() == [Trap.LOAD_MISALIGNED, Trap.LOAD_FAULT, Trap.BREAKPOINT]
    assert seen.tval.tolist() == [DATA_BASE + 2, DATA_BASE + DATA_BYTES, 0]


def test_limits_are_exact_everywhere_in_a_loop(oracle: QemuSystemOracle) -> None:
    loop = "1: addi x1, x1, 1\nsd x1, 0(x10)\namoadd.w x2, x1, (x10)\nfcvt.d.l f1, x1\nj 1b"
    for limit in (*range(1, 24), 999, 1000, 1001):
        row = run(oracle, case(loop, limit=limit, x10=DATA_BASE))
        assert row.end == End.LIMIT
        assert row.retired == limit
        assert int(row.state["x"][1]) == (limit + 4) // 5
        assert int.from_bytes(row.memory[:8], "little") != 0 or limit == 1


def test_state_goes_in_and_comes_out(oracle: QemuSystemOracle) -> None:
    rng = np.random.default_rng(5)
    stopped = case("ebreak")
    state = stopped.state.copy()
    state["x"][1:] = rng.integers(0, 2**64, 31, dtype=np.uint64)
    state["f"] = rng.integers(0, 2**64, 32, dtype=np.uint64)
    state["fcsr"] = 0xB5
    memory = rng.bytes(DATA_BYTES)
    row = run(oracle, MachineCase("riscv64", state, stopped.code, stopped.code_address, memory))
    assert row.state == state
    assert row.memory == memory
    assert row.retired == 0


def test_cases_do_not_see_each_other(oracle: QemuSystemOracle) -> None:
    dirty = case("sd x10, 0(x10)\nlr.d x1, (x10)\nfsflags x0, x10\nebreak", slot=0, x10=DATA_BASE)
    clean = case("ld x2, 0(x11)\nsc.d x1, x0, (x11)\nfrcsr x3\nebreak", slot=1, x11=DATA_BASE)
    seen = oracle.run_batch(MachineBatch.of([dirty, clean]))
    assert int(seen.state["x"][1, 2]) == 0
    assert int(seen.state["x"][1, 1]) == 1, "the reservation of the case before must be gone"
    assert int(seen.state["x"][1, 3]) == 0


def test_what_a_case_touches_does_not_change_the_next_ones_trap_value(oracle: QemuSystemOracle) -> None:
    """QEMU answers an access across the edge of the window by what its translation buffer holds."""
    touching = case("ld x1, -8(x10)\nebreak", slot=0, x10=DATA_BASE + DATA_BYTES)
    across = case("ld x1, -2(x10)\nebreak", slot=1, x10=DATA_BASE + DATA_BYTES)
    alone = run(oracle, across)
    after = oracle.run_batch(MachineBatch.of([touching, across])).row(1)
    assert (alone.trap, alone.tval) == (after.trap, after.tval)


def test_cases_do_not_see_the_code_of_others(oracle: QemuSystemOracle) -> None:
    jump = case("jr x10", slot=1, x10=CODE_BASE)
    look = case("ld x1, 0(x10)\nld x2, 0(x11)\nebreak", slot=2, x10=CODE_BASE, x11=CODE_BASE + 4096)
    seen = oracle.run_batch(MachineBatch.of([case("addi x1, x1, 1\nebreak", slot=0), jump, look]))
    assert (int(seen.trap[1]), int(seen.retired[1]), int(seen.state["pc"][1])) == (
        Trap.ILLEGAL_INSTRUCTION,
        1,
        CODE_BASE,
    )
    assert seen.state["x"][2, 1:3].tolist() == [0, 0]


def test_new_code_replaces_old_code_and_its_tail(oracle: QemuSystemOracle) -> None:
    long = "addi x1, x1, 1\n" * 50 + "ebreak"
    first, short = run(oracle, case(long)), run(oracle, case("addi x1, x1, 2\naddi x1, x1, 2"))
    assert int(first.state["x"][1]) == 50
    assert (int(short.state["x"][1]), short.trap, short.tval) == (4, Trap.ILLEGAL_INSTRUCTION, 0)


def test_the_last_bytes_of_the_arena(oracle: QemuSystemOracle) -> None:
    state = np.zeros(1, state_dtype("riscv64"))[0]
    address = CODE_BASE + CODE_BYTES - 4
    state["pc"] = address
    fallen = run(oracle, MachineCase("riscv64", state, b"\x01\x00\x01\x00", address, bytes(DATA_BYTES)))
    assert (fallen.trap, fallen.tval, fallen.retired) == (Trap.FETCH_FAULT, CODE_BASE + CODE_BYTES, 2)


def test_a_full_batch_keeps_its_order_and_windows(oracle: QemuSystemOracle) -> None:
    count = 5000
    code = np.frombuffer(assemble_riscv64("ld x1, 0(x10)\nadd x1, x1, x2\nsd x1, 8(x10)\nebreak"), np.uint8)
    batch = MachineBatch(
        isa="riscv64",
        initial=np.zeros(count, state_dtype("riscv64")),
        code=np.tile(code, (count, 1)),
        code_bytes=np.full(count, len(code), np.uint32),
        code_address=CODE_BASE + np.arange(count, dtype=np.uint64) * np.uint64(64),
        memory=np.zeros((count, DATA_BYTES), np.uint8),
    )
    batch.initial["pc"] = batch.code_address
    batch.initial["x"][:, 10] = DATA_BASE
    batch.initial["x"][:, 2] = 1_000_000
    batch.memory[:, :8] = np.arange(count, dtype="<u8").view(np.uint8).reshape(count, 8)
    seen = oracle.run_batch(batch)
    assert (seen.end == End.TRAP).all() and (seen.retired == 3).all()
    assert (seen.memory[:, 8:16].copy().view("<u8")[:, 0] == 1_000_000 + np.arange(count)).all()


@settings(deadline=None, max_examples=60)
@given(st.lists(st.integers(0, 2**32 - 1), min_size=1, max_size=8), st.integers(0, 7))
def test_the_retired_count_is_where_a_limited_run_stops(oracle: QemuSystemOracle, words: list[int], frm: int) -> None:
    """For any bytes: stopping at the reported count gives the same state, so the count is the number retired."""
    code = b"".join(w.to_bytes(4, "little") for w in words)
    state = np.zeros(1, state_dtype("riscv64"))[0]
    state["pc"], state["fcsr"] = CODE_BASE, frm << 5
    state["x"][1:] = DATA_BASE + 64
    whole = MachineCase("riscv64", state, code, CODE_BASE, bytes(DATA_BYTES), 200)
    full = run(oracle, whole)
    if full.retired:
        limited = run(oracle, whole.with_limit(full.retired))
        assert limited.end == End.LIMIT
        assert int(limited.state["pc"]) == int(full.state["pc"])
        if full.end == End.TRAP:
            assert run(oracle, whole.with_limit(full.retired + 1)).end == End.TRAP


def test_a_dead_qemu_costs_one_case(oracle: QemuSystemOracle) -> None:
    batch = MachineBatch.of([case("addi x1, x1, 1\nebreak", slot=i) for i in range(4)])
    assert (oracle.run_batch(batch).end == End.TRAP).all()
    assert oracle._machine is not None and oracle._machine.process is not None
    oracle._machine.process.kill()
    seen: BatchObservation = oracle.run_batch(batch)
    assert seen.end.tolist() == [End.CRASH, End.TRAP, End.TRAP, End.TRAP]


def test_what_it_does_not_run_it_says() -> None:
    oracle = QemuSystemOracle()
    assert oracle.capabilities.exact_limit and oracle.capabilities.native_batch
    assert "7." in oracle.capabilities.version or "QEMU" in oracle.capabilities.version
    refused = oracle.run(ProgramCase("riscv64", b""))
    assert isinstance(refused, ProgramObservation) and refused.end == End.REFUSED


def test_the_assembled_firmware_is_that_of_the_source() -> None:
    path = Path(generated.__file__)
    assert path.read_text() == generated_module(), "run: python -m oracles.qemu_system_firmware"


def test_errors_name_the_fix() -> None:
    with pytest.raises(QemuSystemError, match="apt-get install"):
        program_path("qemu-system-no-such-machine")
    with pytest.raises(QemuSystemError, match="exited with 1"):
        QemuMachine(program="false")
    with pytest.raises(ValueError, match="power of two"):
        napot(0x1000, 0x3000)
