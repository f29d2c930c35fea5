"""Root-cause signatures: what two findings with one cause share.

A signature is made of the first differing instruction's mnemonic, the kinds of field that differ after it, and how both
sides ended it. Addresses, register numbers and values do not take part, so that one defect gives one signature however
a case came to meet it.
"""

from __future__ import annotations

from harness.compare.describe import CaseComparison
from harness.compare.first_difference import FirstDifference
from harness.contract import End, MachineObservation


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
        fields = "+".join(comparison.fields)
        return f"{isa} not located: {fields}: {ending(subject)} against {ending(oracle)}"
    fields = "+".join(field_kinds(found))
    return f"{isa} {mnemonic(isa, found.bits)}: {fields}: {ending(found.subject)} against {ending(found.oracle)}"


def field_kinds(found: FirstDifference) -> tuple[str, ...]:
    """The differing fields; fcsr as `fflags` and `frm`, a later pc or retired count left out where the trap differs."""
    kinds: list[str] = []
    fields = found.comparison.fields
    consequences = ("pc", "retired", "tval") if "end" in fields or "trap" in fields else ()
    for name in fields:
        if name in consequences:
            continue
        if name == "fcsr":
            change = int(found.subject.state["fcsr"]) ^ int(found.oracle.state["fcsr"])
            kinds += ["fflags"] * bool(change & 31) + ["frm"] * bool(change >> 5)
        else:
            kinds.append(name)
    return tuple(kinds)


def ending(seen: MachineObservation) -> str:
    """How an observation ended, in a word."""
    return seen.trap.name.lower() if seen.end is End.TRAP else seen.end.name.lower()


def mnemonic(isa: str, bits: int) -> str:
    """The mnemonic of an instruction; `undefined16` or `undefined32` where the bits are none that we know."""
    if isa != "riscv64":
        raise ValueError(f"no mnemonics are known for ISA {isa!r}; known: riscv64")
    from engines.vm.isa.riscv64.coding import decode, length_of

    found = decode(bits)
    return f"undefined{8 * length_of(bits)}" if found is None else found.instruction.mnemonic
