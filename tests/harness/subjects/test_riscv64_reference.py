"""The reference executor: machine cases in, observations out."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from engines.vm.guests.riscv64.traps import ExceptionCause
from engines.vm.isa.riscv64.coding import encode
from harness.contract import End, Executor, MachineBatch, MachineCase, MachineObservation, Trap, WasmCase, state_dtype
from harness.contract.layout import CODE_BASE, CODE_BYTES, CODE_SLOT_BYTES, DATA_BASE, DATA_BYTES
from harness.subjects.riscv64_reference import TRAPS, ReferenceExecutor

EBREAK = encode("ebreak")


def case(*words: int, at: int = CODE_BASE, limit: int = 100, fcsr: int = 0, **registers: int) -> MachineCase:
    state = np.zeros(1, state_dtype("riscv64"))[0]
    state["pc"] = at
    state["fcsr"] = fcsr
    for name, value in registers.items():
        state[name[0]][int(name[1:])] = value
    code = b"".join(w.to_bytes(4 if w & 3 == 3 else 2, "little") for w in words)
    return MachineCase("riscv64", state, code, at, bytes(range(256)) * (DATA_BYTES // 256), limit)


def run(one: MachineCase) -> MachineObservation:
    executor = ReferenceExecutor()
    seen = executor.run(one)
    assert isinstance(seen, MachineObservation)
    executor.close()
    return seen


def test_it_is_an_executor() -> None:
    executor: Any = ReferenceExecutor()
    assert isinstance(executor, Executor)
    assert executor.capabilities.exact_limit


def test_a_case_ends_at_its_trap_with_full_state() -> None:
    seen = run(
        case(
            encode("addi", rd=1, rs1=0, imm=-5),
            encode("sd", rs1=2, rs2=1, imm=8),
            EBREAK,
            x2=DATA_BASE,
            f3=0xABCD,
            fcsr=0xE5,
        )
    )
    assert (seen.end, seen.trap, seen.tval, seen.retired) == (End.TRAP, Trap.BREAKPOINT, 0, 2)
    assert int(seen.state["pc"]) == CODE_BASE + 8
    assert int(seen.state["x"][1]) == 2**64 - 5
    assert int(seen.state["f"][3]) == 0xABCD
    assert int(seen.state["fcsr"]) == 0xE5
    assert seen.memory[:16] == bytes(range(8)) + (2**64 - 5).to_bytes(8, "little")
    assert seen.memory[16:] == (bytes(range(256)) * (DATA_BYTES // 256))[16:]


def test_the_limit_is_exact_and_stops_before_a_trap() -> None:
    loop = case(encode("addi", rd=1, rs1=1, imm=1), encode("jal", rd=0, imm=-4), limit=7)
    seen = run(loop)
    assert (seen.end, seen.trap, seen.retired, int(seen.state["x"][1])) == (End.LIMIT, Trap.NONE, 7, 4)
    assert int(seen.state["pc"]) == CODE_BASE + 4
    assert run(case(0x0001, EBREAK, limit=1)).end is End.LIMIT


@pytest.mark.parametrize(
    ("words", "trap", "tval"),
    [
        ([0xFFFFFFFF], Trap.ILLEGAL_INSTRUCTION, 0xFFFFFFFF),
        ([0x0000], Trap.ILLEGAL_INSTRUCTION, 0),
        ([encode("ecall")], Trap.ENVIRONMENT_CALL, 0),
        ([encode("lw", rd=1, rs1=2, imm=0)], Trap.LOAD_FAULT, DATA_BASE + DATA_BYTES),
        ([encode("sb", rs2=1, rs1=3, imm=0)], Trap.STORE_FAULT, CODE_BASE),
        ([encode("lr_w", rd=1, rs1=4)], Trap.LOAD_MISALIGNED, DATA_BASE + 2),
        ([encode("amoadd_d", rd=1, rs1=4, rs2=1)], Trap.STORE_MISALIGNED, DATA_BASE + 2),
        ([encode("jalr", rd=1, rs1=5, imm=0)], Trap.FETCH_FAULT, DATA_BASE),
        ([encode("csrrw", rd=0, rs1=0, csr=0x300)], Trap.ILLEGAL_INSTRUCTION, 0x30001073),
    ],
)
def test_traps_in_neutral_words(words: list[int], trap: Trap, tval: int) -> None:
    seen = run(
        case(*words, x2=DATA_BASE + DATA_BYTES - 3, x3=CODE_BASE, x4=DATA_BASE + 2, x5=DATA_BASE + 1)
    )  # fmt: skip
    assert (seen.end, seen.trap, seen.tval) == (End.TRAP, trap, tval)
    jumped = trap is Trap.FETCH_FAULT
    assert (seen.retired, int(seen.state["pc"])) == ((1, DATA_BASE) if jumped else (0, CODE_BASE))


def test_every_cause_has_a_word() -> None:
    assert set(TRAPS) == set(ExceptionCause)
    assert Trap.OTHER not in TRAPS.values()


def test_code_at_the_arena_edge_faults_on_the_second_parcel() -> None:
    end = CODE_BASE + CODE_BYTES
    state = np.zeros(1, state_dtype("riscv64"))[0]
    state["pc"] = end - 2
    half = MachineCase("riscv64", state, b"\x13\x00", end - 2, bytes(DATA_BYTES))
    seen = run(half)
    assert (seen.trap, seen.tval, int(seen.state["pc"])) == (Trap.FETCH_FAULT, end, end - 2)


def test_a_batch_leaves_nothing_behind() -> None:
    first = case(encode("addi", rd=1, rs1=0, imm=1), encode("sd", rs1=2, rs2=1, imm=0), EBREAK, x2=DATA_BASE)
    second = case(encode("ld", rd=1, rs1=2, imm=0), EBREAK, at=CODE_BASE + CODE_SLOT_BYTES, x2=DATA_BASE)
    third = case(encode("jal", rd=0, imm=-2 * CODE_SLOT_BYTES), at=CODE_BASE + 2 * CODE_SLOT_BYTES)
    executor = ReferenceExecutor()
    seen = executor.run_batch(MachineBatch.of([first, second, third]))
    assert seen.end.tolist() == [End.TRAP] * 3
    assert int(seen.state["x"][1][1]) == int.from_bytes(bytes(range(8)), "little")
    assert (seen.trap[2], seen.retired[2]) == (Trap.ILLEGAL_INSTRUCTION, 1), "the first case's code is gone"
    executor.close()


def test_other_cases_are_refused() -> None:
    seen = ReferenceExecutor().run(WasmCase(b""))
    assert isinstance(seen, MachineObservation)
    assert seen.end is End.REFUSED
    assert "not this wasm case" in seen.detail
