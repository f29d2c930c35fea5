"""The reference tier with one instruction wrong, for tests of reduction, reproducers and commands.

They run in workers too, named as `wrong_reference:wrong_addw`. The instruction is wrong only while such an executor
runs a case, so that the right one can be asked in the same process.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack, contextmanager
from typing import Any

from engines.vm.isa.riscv64 import INSTRUCTIONS
from harness.contract import Case, Observation
from harness.subjects.riscv64_reference import ReferenceExecutor

Semantics = Callable[..., None]
Wrap = Callable[[Semantics], Semantics]


@contextmanager
def _replaced(mnemonic: str, wrap: Wrap) -> Any:
    """The instruction and the compressed ones that expand to it."""
    base = INSTRUCTIONS.by_mnemonic[mnemonic]
    changed = [i for i in INSTRUCTIONS if i is base or i.expands_to == base.name]
    saved = [i.semantics for i in changed]
    try:
        for instruction, semantics in zip(changed, saved, strict=True):
            object.__setattr__(instruction, "semantics", wrap(semantics))
        yield
    finally:
        for instruction, semantics in zip(changed, saved, strict=True):
            object.__setattr__(instruction, "semantics", semantics)


class WrongReference(ReferenceExecutor):
    """Args: the instructions that are wrong, and how; `start` is called before every case."""

    def __init__(self, name: str, wraps: dict[str, Wrap], start: Callable[[], None] = lambda: None) -> None:
        super().__init__()
        self.name = name
        self._wraps = wraps
        self._start = start

    def run(self, case: Case) -> Observation:
        self._start()
        with ExitStack() as stack:
            for mnemonic, wrap in self._wraps.items():
                stack.enter_context(_replaced(mnemonic, wrap))
            return super().run(case)


def wrong_addw() -> WrongReference:
    """`addw` extends with zeros."""

    def wrap(_: Semantics) -> Semantics:
        def addw(m: Any, rd: Any, rs1: Any, rs2: Any) -> None:
            m.x[rd] = (m.x[rs1].trunc(32) + m.x[rs2].trunc(32)).zext(64)

        return addw

    return WrongReference("wrong-addw", {"addw": wrap})


def wrong_store() -> WrongReference:
    """`sd` stores the low byte wrong."""

    def wrap(_: Semantics) -> Semantics:
        def sd(m: Any, *operands: Any) -> None:
            rs2, rs1, imm = operands
            m.store(m.x[rs1] + imm, m.x[rs2] ^ 1)

        return sd

    return WrongReference("wrong-sd", {"sd": wrap})


def wrong_after_mul() -> WrongReference:
    """`add` is wrong only right after `mul`."""
    following = [0]

    def start() -> None:
        following[0] = 0

    def mark(original: Semantics) -> Semantics:
        def mul(m: Any, *operands: Any) -> None:
            original(m, *operands)
            following[0] = m.following

        return mul

    def wrap(original: Semantics) -> Semantics:
        def add(m: Any, rd: Any, rs1: Any, rs2: Any) -> None:
            if m.address == following[0]:
                m.x[rd] = m.x[rs1] + m.x[rs2] + 1
            else:
                original(m, rd, rs1, rs2)

        return add

    return WrongReference("wrong-after-mul", {"mul": mark, "add": wrap}, start)


def wrong_pair() -> WrongReference:
    """`sc.d` fails although the reservation holds."""

    def wrap(original: Semantics) -> Semantics:
        def sc(m: Any, rd: Any, *operands: Any) -> None:
            m.reservation_bytes = 0
            original(m, rd, *operands)

        return sc

    return WrongReference("wrong-pair", {"sc.d": wrap})


def wrong_mode() -> WrongReference:
    """`add` is wrong while frm is 3 (a state that no instruction of the case need have made)."""

    def wrap(original: Semantics) -> Semantics:
        def add(m: Any, rd: Any, rs1: Any, rs2: Any) -> None:
            original(m, rd, rs1, rs2)
            if m.frm == 3:
                m.x[rd] = m.x[rs1] + m.x[rs2] + 2

        return add

    return WrongReference("wrong-mode", {"add": wrap})


ALL = (wrong_addw, wrong_store, wrong_after_mul, wrong_pair, wrong_mode)


def wrong_addw_again() -> WrongReference:
    """The same mistake under another name: for votes."""
    made = wrong_addw()
    made.name = "wrong-addw-again"
    return made


def wrong_two() -> WrongReference:
    """Two mistakes at once: that of `wrong_addw`, and `xor` is wrong by one."""

    def wrap(_: Semantics) -> Semantics:
        def xor(m: Any, rd: Any, rs1: Any, rs2: Any) -> None:
            m.x[rd] = (m.x[rs1] ^ m.x[rs2]) + 1

        return xor

    return WrongReference("wrong-two", wrong_addw()._wraps | {"xor": wrap})
