"""Encodings against judges that know nothing of our tables: LLVM's assembler and capstone's disassembler.

LLVM assembles the text that we disassemble and must give the word back: exhaustively for 16 bits, sampled for 32.
LLVM's compressor checks the expansions. Capstone decides which words are instructions; known disagreements are data.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass

import capstone
import pytest

from engines.vm.isa.describe import Instruction
from engines.vm.isa.riscv64 import INSTRUCTIONS
from engines.vm.isa.riscv64.coding import decode, disassemble
from oracles.llvm_assembler import AssemblyError, assemble_riscv64

WORDS_16 = [word for word in range(1 << 16) if word & 3 != 3]
"""Every 16-bit word that is not the beginning of a longer instruction."""
LEGAL_16 = [word for word in WORDS_16 if decode(word) is not None]
MAJOR_OPCODES = sorted({i.match & 0x7F for i in INSTRUCTIONS if i.length == 4})


def sampled_fields(record: Instruction, rng: random.Random) -> dict[str, int]:
    """Legal values for every field: least, greatest, or any."""
    values = {}
    for field in record.fields:
        legal = [v for v in (field.minimum, field.maximum, rng.choice(field.values)) if v not in field.excluded]
        values[field.name] = rng.choice(legal or [v for v in field.values if v not in field.excluded])
    return values


def sampled_words(count: int, seed: int) -> list[int]:
    """`count` words of each 32-bit instruction."""
    rng = random.Random(seed)
    return [i.encode(**sampled_fields(i, rng)) for i in INSTRUCTIONS if i.length == 4 for _ in range(count)]


def differing(words: list[int], code: bytes, size: int) -> list[str]:
    """The words that the assembler did not give back, with our text."""
    assert len(code) == size * len(words)
    got = [int.from_bytes(code[i : i + size], "little") for i in range(0, len(code), size)]
    return [f"{w:#x} {disassemble(w)} became {g:#x}" for w, g in zip(words, got, strict=True) if w != g]


@pytest.mark.evidence("VM-01")
def test_llvm_assembles_every_16_bit_instruction_to_itself() -> None:
    assert len(LEGAL_16) == 46_743
    assert differing(LEGAL_16, assemble_riscv64("\n".join(map(disassemble, LEGAL_16))), 2) == []


@pytest.mark.evidence("VM-01")
@pytest.mark.parametrize("seed", [1, 2])
def test_llvm_assembles_32_bit_instructions_to_themselves(seed: int) -> None:
    words = sampled_words(60, seed) + [i.encode() for i in INSTRUCTIONS if i.length == 4]
    spelt = [word for word in words if not disassemble(word).startswith(".")]
    assert len({decode(w).instruction.name for w in spelt if decode(w)}) == 156  # type: ignore[union-attr]
    text = ".option norvc\n" + "\n".join(map(disassemble, spelt))
    assert differing(spelt, assemble_riscv64(text), 4) == []


@pytest.mark.parametrize(
    "text",
    [
        *("c.lui a0, 0", "c.lui sp, 1", "c.addi16sp sp, 0", "c.addi4spn a0, sp, 0", "c.addiw zero, 1"),
        *("c.lwsp zero, 0(sp)", "c.ldsp zero, 0(sp)", "c.jr zero", "c.jalr zero", "c.mv a0, zero", "c.add a0, zero"),
        *("c.lw a0, 0(sp)", "c.lw a0, 2(a1)", "slliw a0, a0, 32", "fadd.s fa0, fa0, fa0, 5"),
    ],
)
def test_llvm_refuses_what_we_call_reserved(text: str) -> None:
    with pytest.raises(AssemblyError):
        assemble_riscv64(text)


def expansion_text(word: int) -> str:
    """What a compressed word stands for by our table, as text; targets as plain distances."""
    decoded = decode(word)
    assert decoded is not None and decoded.instruction.expands_to is not None
    base = INSTRUCTIONS[decoded.instruction.expands_to]
    operands = zip(decoded.instruction.operands, decoded.arguments, strict=True)
    return re.sub(r"\.([+-]\d+)$", r"\1", disassemble(base.encode(**{o.name: value for o, value in operands})))


def same_meaning(word: int, other: int) -> bool:
    """Two compressed encodings of one thing, both right: addi rd, rd, 0 is c.addi and c.mv; a step of sp that fits both
    c.addi16sp and c.addi."""
    texts = disassemble(word), disassemble(other)
    zero_added = re.fullmatch(r"c\.addi (\w+), 0", texts[0])
    if zero_added:
        return texts[1] == f"c.mv {zero_added[1]}, {zero_added[1]}"
    return texts[0].startswith("c.addi16sp") and texts[1] == texts[0].replace("addi16sp", "addi")


def is_hint(word: int) -> bool:
    """§27.7: no assembler chooses these by itself."""
    decoded = decode(word)
    assert decoded is not None
    name, rd = decoded.instruction.name, word >> 7 & 31
    if name in ("c_li", "c_lui", "c_mv", "c_add", "c_slli") and rd == 0:
        return True
    if name == "c_nop":
        return word != 0x0001
    return name in ("c_slli", "c_srli", "c_srai") and decoded.arguments[-1] == 0


def test_llvm_compresses_our_expansions_back() -> None:
    words = [word for word in LEGAL_16 if not is_hint(word)]
    code = assemble_riscv64("\n".join(map(expansion_text, words)))
    assert len(code) == 2 * len(words), "something was not compressed"
    got = [int.from_bytes(code[i : i + 2], "little") for i in range(0, len(code), 2)]
    wrong = [
        f"{disassemble(w)} ({expansion_text(w)}) became {disassemble(g)}"
        for w, g in zip(words, got, strict=True)
        if w != g and not same_meaning(w, g)
    ]
    assert wrong == []


@dataclass(frozen=True)
class Disagreement:
    """`covers(word, ours)` for words where capstone and we disagree; `ours` is our decoding or None."""

    name: str
    manual: str
    covers: Callable[[int, Instruction | None], bool]


def _is(*names: str) -> Callable[[int, Instruction | None], bool]:
    return lambda word, ours: ours is not None and ours.name in names


def _reserved_rounding(word: int, ours: Instruction | None) -> bool:
    return ours is not None and any(f.name == "rm" and f.extract(word) in (5, 6) for f in ours.fields)


CAPSTONE_16 = (
    Disagreement(
        "hints with rd = x0",
        "§27.7: 'HINTs are executed as no-ops on implementations that ignore them. RVC HINTs are encoded as "
        "computational instructions that do not modify the architectural state, either because rd=x0 …'.",
        lambda word, ours: _is("c_slli", "c_li", "c_lui", "c_mv", "c_add")(word, ours) and word >> 7 & 31 == 0,
    ),
    Disagreement(
        "c.nop with a constant",
        "§27.5.5: 'C.NOP is valid only when imm=0; the code points with imm≠0 encode HINTs.'",
        _is("c_nop"),
    ),
    Disagreement(
        "c.lui of 0",
        "§27.5.1: 'C.LUI is valid only when rd≠{x0,x2}, and when the immediate is not equal to zero. The code points "
        "with imm=0 are reserved'; capstone decodes them.",
        lambda word, ours: ours is None and word & 0xF07F == 0x6001 and word >> 7 & 31 not in (0, 2),
    ),
    Disagreement(
        "the all-zero word",
        "§27.5.4: 'A 16-bit instruction with all bits zero is permanently reserved as an illegal instruction'; "
        "capstone prints it as c.unimp.",
        lambda word, ours: ours is None and word == 0,
    ),
)

CAPSTONE_32 = (
    Disagreement(
        "reserved rounding modes",
        "§20.2: rm of 5 and 6 are reserved; they trap as illegal when executed. We decode them so that one place, "
        "Machine.rounding_mode, decides.",
        _reserved_rounding,
    ),
    Disagreement(
        "rounding modes of exact conversions",
        "§20.2: instructions that are 'mathematically unaffected by the rounding mode; software should set their rm "
        "field to RNE (000) but implementations must treat the rm field as usual'.",
        lambda word, ours: _is("fcvt_d_s", "fcvt_d_w", "fcvt_d_wu")(word, ours) and word >> 12 & 7 not in (0, 5, 6),
    ),
    Disagreement(
        "reserved fence fields",
        "§2.7: of rs1 and rd, 'base implementations shall ignore these fields'; of fm, they 'shall treat all such "
        "reserved configurations as normal fences with fm=0000'.",
        _is("fence"),
    ),
    Disagreement(
        "reserved fence.i fields",
        "§6: the unused fields 'are reserved for finer-grain fences in future extensions. For forward compatibility, "
        "base implementations shall ignore these fields'.",
        _is("fence_i"),
    ),
    Disagreement(
        "privileged instructions",
        "Privileged ISA §3.3: sret, mret, wfi, sfence.vma exist, but not in U-mode, which is all this machine has.",
        lambda word, ours: ours is None and word & 0x707F == 0x73,
    ),
)


def capstone_decodes(engine: capstone.Cs, word: int, size: int) -> bool:
    found = next(engine.disasm(word.to_bytes(size, "little"), 0, 1), None)
    return found is not None and found.size == size


@pytest.fixture(scope="module")
def engine() -> capstone.Cs:
    return capstone.Cs(capstone.CS_ARCH_RISCV, capstone.CS_MODE_RISCV64 | capstone.CS_MODE_RISCVC)


def unexplained(
    engine: capstone.Cs, words: list[int], size: int, known: tuple[Disagreement, ...], witnesses: set[str]
) -> list[str]:
    """Words on which capstone and we disagree and that no record covers; covered ones witness their record."""
    found = []
    for word in words:
        decoded = decode(word)
        ours: Instruction | None = decoded.instruction if decoded else None
        if capstone_decodes(engine, word, size) == (ours is not None):
            continue
        records = [record for record in known if record.covers(word, ours)]
        witnesses.update(record.name for record in records)
        if not records:
            found.append(f"{word:#x} {disassemble(word)}")
    return found


def test_capstone_agrees_on_every_16_bit_word(engine: capstone.Cs) -> None:
    witnesses: set[str] = set()
    assert unexplained(engine, WORDS_16, 2, CAPSTONE_16, witnesses) == []
    assert witnesses == {record.name for record in CAPSTONE_16}


def test_capstone_agrees_on_32_bit_words(engine: capstone.Cs) -> None:
    rng = random.Random(3)
    words = sampled_words(20, 3)
    words += [rng.getrandbits(30) << 2 | 3 for _ in range(20_000)]
    words += [rng.getrandbits(25) << 7 | rng.choice(MAJOR_OPCODES) for _ in range(40_000)]
    words += [0x30200073, 0x10200073, 0x10500073, 0x12000073]
    witnesses: set[str] = set()
    assert unexplained(engine, words, 4, CAPSTONE_32, witnesses) == []
    assert witnesses == {record.name for record in CAPSTONE_32}
