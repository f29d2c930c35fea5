"""Handlers that LLVM compiles quickly: of instructions that programs do not spend their time in, and no others."""

from __future__ import annotations

import pytest

from engines.vm.isa.riscv64 import INSTRUCTIONS
from engines.vm.isa.riscv64.vector_coding import VECTOR_INSTRUCTIONS
from engines.vm.tiers.interpreter.module import RARE, is_rare, parts, specialisations

DYNAMIC, TOWARDS_ZERO = 7, 1


@pytest.mark.parametrize(
    ("name", "fixed", "rare"),
    [
        ("amoadd_w", {}, True),
        ("csrrw", {}, True),
        ("sc_d", {}, True),
        ("add", {}, False),
        ("mulhu", {}, False),
        ("fld", {}, False),
        ("feq_d", {}, False),
        ("fadd_d", {"rm": DYNAMIC}, False),
        ("fadd_d", {}, True),
        ("fcvt_w_d", {"rm": TOWARDS_ZERO}, False),
        ("fcvt_w_d", {}, True),
        ("fcvt_d_w", {}, False),
    ],
)
def test_what_is_rare(name: str, fixed: dict[str, int], rare: bool) -> None:
    assert is_rare(INSTRUCTIONS[name], fixed) is rare


def test_rounding_modes_with_handlers_of_their_own() -> None:
    def modes(name: str) -> list[dict[str, int]]:
        return specialisations(INSTRUCTIONS[name], INSTRUCTIONS[name])

    assert modes("fmul_d") == modes("fcvt_s_l") == [{"rm": DYNAMIC}]
    assert modes("fcvt_lu_d") == [{"rm": DYNAMIC}, {"rm": TOWARDS_ZERO}]


def test_names_of_rare_instructions_name_some() -> None:
    names = [instruction.name for instruction in VECTOR_INSTRUCTIONS]  # with the default machine's
    assert all(any(name.startswith(beginning) for name in names) for beginning in RARE)


def test_rare_handlers_are_in_the_parts_that_are_compiled_quickly() -> None:
    modules = list(parts(INSTRUCTIONS, "x86_64", []))
    defined: dict[bool, str] = {
        quick: "".join(
            line for m in modules if m.quick is quick for line in m.text.splitlines() if line.startswith("define")
        )
        for quick in (True, False)
    }
    assert " @amoadd_w_4(" in defined[True] and " @add_4_careful(" in defined[True]
    assert " @add_4(" in defined[False] and " @amoadd_w_4(" not in defined[False]
