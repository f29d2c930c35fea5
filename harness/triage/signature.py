"""Root-cause signatures: what two findings with one cause share.

A signature names the instruction at which the two sides part and says how they part: which kinds of field differ after
it, or who traps there and who does not. Addresses, register numbers and values do not take part, so that one defect
gives one signature however a case came to meet it:

- `riscv64 addw: x differs`
- `riscv64 fmadd.d: f, fflags differ`
- `riscv64 sc.w: subject traps store_misaligned, oracle goes on`
- `riscv64 not located: subject traps breakpoint, oracle crashes`
"""

from __future__ import annotations

from typing import Final

from harness.compare.describe import CaseComparison
from harness.compare.first_difference import FirstDifference
from harness.contract import End, MachineObservation

NOT_LOCATED: Final = "not located"
IN_BATCH_ONLY: Final = "in its batch only"
_ENDS: Final = {End.TIMEOUT: "does not end", End.CRASH: "crashes", End.REFUSED: "refuses"}


def machine_signature(
    isa: str,
    found: FirstDifference | None,
    comparison: CaseComparison,
    subject: MachineObservation,
    oracle: MachineObservation,
) -> str:
    """The signature of a machine case that diverged.

    Args:
        found: the first differing instruction where it could be located.
        comparison, subject, oracle: of the whole case; they speak where nothing was located.
    """
    if found is None:
        return f"{isa} {NOT_LOCATED}: {how(comparison.fields, subject, oracle, 'reaches the limit')}"
    return f"{isa} {mnemonic(isa, found.bits)}: {how(found.comparison.fields, found.subject, found.oracle, 'goes on')}"


def how(fields: tuple[str, ...], subject: MachineObservation, oracle: MachineObservation, limit: str) -> str:
    """The way in which two observations differ, in words.

    Where one side ends otherwise than the other, everything else follows from that and is left out.

    Args:
        limit: what a side does that comes to its instruction limit: after one instruction, it goes on.
    """
    if "end" in fields or "trap" in fields:
        text = f"subject {ending(subject, limit)}, oracle {ending(oracle, limit)}"
        if subject.end is End.TRAP and oracle.end is End.TRAP:
            state = [kind for kind in field_kinds(fields, subject, oracle) if kind in ("x", "f", "fflags", "memory")]
            text += f"; {_differ(state)}" if state else ""
        return text
    text = _differ(field_kinds(fields, subject, oracle))
    return f"{text} where both trap {subject.trap.name.lower()}" if subject.end is End.TRAP else text


def field_kinds(fields: tuple[str, ...], subject: MachineObservation, oracle: MachineObservation) -> tuple[str, ...]:
    """The differing fields, fcsr as `fflags` and `frm`."""
    kinds: list[str] = []
    for name in fields:
        if name == "fcsr":
            change = int(subject.state["fcsr"]) ^ int(oracle.state["fcsr"])
            kinds += ["fflags"] * bool(change & 31) + ["frm"] * bool(change >> 5)
        elif name not in ("end", "trap"):
            kinds.append(name)
    return tuple(kinds)


def ending(seen: MachineObservation, limit: str) -> str:
    """What a side does in the end, as a verb."""
    if seen.end is End.TRAP:
        return f"traps {seen.trap.name.lower()}"
    return _ENDS.get(seen.end, limit)


def mnemonic(isa: str, bits: int) -> str:
    """The mnemonic of an instruction; `undefined16` or `undefined32` where the bits are none that we know."""
    if isa != "riscv64":
        raise ValueError(f"no mnemonics are known for ISA {isa!r}; known: riscv64")
    from engines.vm.isa.riscv64.coding import decode, length_of

    found = decode(bits)
    return f"undefined{8 * length_of(bits)}" if found is None else found.instruction.mnemonic


def program_signature(program: str, fields: tuple[str, ...]) -> str:
    """The signature of a whole program that diverged and was not located: its name and what differs."""
    return f"program {program}: {_differ(fields)}"


def _differ(kinds: tuple[str, ...] | list[str]) -> str:
    return f"{', '.join(kinds)} {'differs' if len(kinds) == 1 else 'differ'}"
