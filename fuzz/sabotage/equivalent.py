"""Why some of the derived bugs change nothing that anyone can observe: patterns of names, each with an argument.

A bug that is found in spite of its argument fails the run of `counterproof sabotage`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

ALTERED: Final[dict[str, str]] = {
    r"f.*-or-as-xor": "The two sides have no bit in common: a single is boxed by ones above it, zeros before; "
    "sign injection joins the magnitude with the sign alone. Without common bits, or and xor are equal.",
    r"f(?!eq|lt|le).*-zext-as-sext": "The upper half is then or-ed with ones (NaN boxing), whatever it was.",
    r"(feq|flt|fle|fclass)-[sd]-\d+-writeback-lower-half": "The result is below 2^10: its upper half is zero anyway.",
    r"slti?u?-\d+-writeback-lower-half": "The result is 0 or 1: its upper half is zero anyway.",
    r"(lbu|lhu|lwu)-\d+-writeback-lower-half": "The result has at most 32 bits: its upper half is zero anyway.",
    r"sc-[wd]-\d+-writeback-lower-half": "The result is 0 or 1: its upper half is zero anyway.",
    r"amo(min|max)u?-[wd]-\d+-(ult-as-ule|slt-as-sle)": "It differs only where both are equal, and then either is "
    "the same value.",
    r"fcvt-d-wu?-\d+-(nearest-even-always|from-int-truncates)": "Every 32-bit integer is a double exactly: nothing is "
    "rounded. A reserved mode still traps, before the mode is replaced.",
    r"fcvt-d-s-\d+-(nearest-even-always|convert-truncates)": "Every single is a double exactly: nothing is rounded. A "
    "reserved mode still traps, before the mode is replaced.",
    r"(div|rem)u?-0-eq-as-ule|(div|rem)u?w-2-eq-as-ule": "Unsigned, only 0 is at most 0.",
    r"rem-1-eq-as-ule|remw-3-eq-as-ule": "It differs where a dividend other than the most negative meets -1: the "
    "divisor becomes 1, and the remainder is 0 by 1 as by -1.",
    r"(div|rem)w?-\d+-or-as-xor": "A divisor is not 0 and -1 at once: without common bits, or and xor are equal.",
    r"fsgnj-[sd]-\d+-(xor-as-or|xor-half-width|not-left-out)": "A value that only the other sign injections use.",
    r"fsgnjn-[sd]-\d+-(xor-as-or|xor-half-width)": "A value that only the other sign injections use.",
    r"fsgnjx-[sd]-\d+-not-left-out": "A value that only the other sign injections use.",
    r"csrrwi?-\d+-csr-always-written": "csrrw and csrrwi write always (Unprivileged ISA §7.1).",
    r"(sll|srl|sra)w-1-trunc-too-narrow": "Of the amount only the low 5 bits are used.",
    r"(sll|srl|sra)iw-1-trunc-too-narrow": "The amount is below 32.",
    r"ebreak-\d+-value-of-pc": "The manual allows 0 and the address as trap value of a breakpoint (Privileged ISA "
    "§3.1.16), and the comparison accepts either.",
}
"""Of `fuzz.sabotage.riscv64_altered`."""

ENCODINGS: Final[dict[str, str]] = {}
"""Of `fuzz.sabotage.riscv64_encodings`."""

SOURCE: Final[dict[str, str]] = {
    r"vm-softfloat-(sqrt-constant-plus-one-7|div-constant-plus-one-8)": "One digit more than is needed: rounding is "
    "exact from precision + 2 digits and a sticky bit on.",
    r"vm-softfloat-round-to-multiple-le-as-lt-1": "It differs where nothing is dropped; then the rest is 0, and the "
    "same is returned one line later.",
    r"vm-softfloat-pick-lt-as-le-1": "It differs where both keys are equal; the key is one to one, so both operands "
    "are the same bits.",
    r"tiers-reference-referencemachine--init-(constant-plus-one-\d+|statement-dropped-7)": "Overwritten before "
    "anything reads it: by load_from, or by the first instruction.",
    r"tiers-reference-referencemachine-load-from-statement-dropped-2": "A hart's x0 is 0 already: nothing ever "
    "writes another value there.",
    r"interpreter-machine-handlermachine-csr-(write|read)-.*": "No semantics call it: Zicsr uses csr_exchange.",
    r"interpreter-float-unit-x86-64-x86floatunit-operate-eq-as-ne-3": "For hosts without AVX; on this one the code is "
    "not generated.",
    r"lift-machine-templatemachine-aligned-constant-plus-one-1": "The width of a statement that has no result: nothing "
    "reads it.",
    r"lift-legalise-legaliser-address-branch-never-taken-2": "The sum is then computed before the access: the same "
    "address, one instruction more.",
    r"lift-legalise-multiply-high-condition-dropped-1": "Only products are wider than 64 bits, so nothing else has an "
    "upper half to extract.",
    r"lift-legalise-multiply-high-condition-dropped-2": "It differs for a factor that is a constant of 2^63 or more: "
    "no instruction multiplies by one.",
    r"opt-forward-forward-code-constant-plus-one-4": "The number that says that a register's value is not known: any "
    "negative one says so.",
}
"""Of `fuzz.sabotage.riscv64_source`, `ir_lifting` and `ir_passes`."""

HARNESS: Final[dict[str, str]] = {}
"""Of `fuzz.sabotage.harness_source`."""

GAPS: Final[dict[str, str]] = {
    "interpreter-machine-handlermachine-admit-sub-as-add-4": "Accesses at exactly 2^36 and one size above pass the "
    "fast bounds check and read the byte after the table of permissions. It is 0 here by chance, and the careful "
    "handler traps as it should; it shows only where the host maps something else there.",
}
"""Why some bugs that could be found are not, by name."""


def argument(table: Mapping[str, str], name: str) -> str:
    """Why the bug `name` changes nothing, or empty."""
    return next((why for pattern, why in table.items() if re.fullmatch(pattern, name)), "")


def unused(table: Mapping[str, str], names: Iterable[str]) -> list[str]:
    """The patterns that fit no name: arguments about nothing."""
    known = list(names)
    return [pattern for pattern in table if not any(re.fullmatch(pattern, name) for name in known)]
