"""The trap value of an access fault is the address of the failing portion (Privileged ISA §3.1.16), in both tiers."""

from __future__ import annotations

import pytest

from engines.vm.guests.riscv64.state import Hart
from engines.vm.guests.riscv64.traps import ExceptionCause
from engines.vm.isa.riscv64 import INSTRUCTIONS
from engines.vm.memory.address_space import ADDRESS_BITS, EXEC, PAGE_BYTES, READ, WRITE, AddressSpace
from engines.vm.tiers.interpreter.tier import InterpreterTier
from engines.vm.tiers.reference import ReferenceTier
from engines.vm.tiers.stop import Stop, StopReason

CODE = 0x10000
WINDOW, WINDOW_END = 0x40000, 0x42000
TOP = 1 << ADDRESS_BITS
PATTERN = bytes(range(1, 17))
LOADS = {"lh": 2, "lhu": 2, "lw": 4, "ld": 8, "flw": 4, "fld": 8}
STORES = {"sh": 2, "sw": 4, "sd": 8, "fsw": 4, "fsd": 8}
REGIONS = ((WINDOW, WINDOW_END), (TOP - PAGE_BYTES, TOP))


@pytest.fixture(scope="module")
def tier() -> InterpreterTier:
    return InterpreterTier()


def hart_at(name: str, address: int) -> Hart:
    """One access through x5, which holds `address`; the window and the last page of the address space are mapped."""
    memory = AddressSpace()
    memory.map(CODE, PAGE_BYTES, READ | EXEC)
    operands = {"rs1": 5, "imm": 0} | ({"rd": 6} if name in LOADS else {"rs2": 6})
    memory.place(CODE, INSTRUCTIONS[name].encode(**operands).to_bytes(4, "little"))
    for start, end in REGIONS:
        memory.map(start, end - start, READ | WRITE)
        memory.place(start, PATTERN)
        memory.place(end - len(PATTERN), PATTERN)
    hart = Hart(memory)
    hart.cpu["pc"] = CODE
    hart.cpu["x"][5] = address
    hart.cpu["x"][6] = hart.cpu["f"][6] = 0xA5A5_A5A5_A5A5_A5A5
    return hart


@pytest.mark.parametrize("name", [*LOADS, *STORES])
def test_an_access_over_an_edge_names_the_portion_that_fails(tier: InterpreterTier, name: str) -> None:
    size = LOADS.get(name) or STORES[name]
    cause = ExceptionCause.LOAD_ACCESS_FAULT if name in LOADS else ExceptionCause.STORE_ACCESS_FAULT
    expected = {edge - inside: edge for edge in (WINDOW_END, TOP) for inside in range(1, size)}
    expected |= {edge - outside: edge - outside for edge, _ in REGIONS for outside in range(1, size)}
    expected |= {WINDOW_END: WINDOW_END, TOP: TOP, TOP + 1: TOP + 1, 2**64 - 1: 2**64 - 1, 2**64 - size: 2**64 - size}
    for runner in (tier, ReferenceTier()):
        for address, failing in expected.items():
            hart = hart_at(name, address)
            assert runner.run(hart, 1) == Stop(StopReason.TRAP, cause, failing), hex(address)
            assert int(hart.cpu["trap_value"]) == failing
            assert int(hart.cpu["x"][6]) == int(hart.cpu["f"][6]) == 0xA5A5_A5A5_A5A5_A5A5
            for start, end in REGIONS:
                assert hart.memory.read(start, len(PATTERN)) == PATTERN
                assert hart.memory.read(end - len(PATTERN), len(PATTERN)) == PATTERN


@pytest.mark.parametrize("name", [*LOADS, *STORES])
def test_an_access_up_to_an_edge_succeeds(tier: InterpreterTier, name: str) -> None:
    size = LOADS.get(name) or STORES[name]
    for runner in (tier, ReferenceTier()):
        for address in (WINDOW, WINDOW + PAGE_BYTES - 1, WINDOW_END - size, TOP - PAGE_BYTES, TOP - size):
            assert runner.run(hart_at(name, address), 1).reason is StopReason.LIMIT, hex(address)
