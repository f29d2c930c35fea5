"""HX-13, translation validation: a sample of lifted and optimised blocks is proved right for all guest states by z3.

For each block of generated programs: the IR does what the instructions' semantics say, and every pass and all of them
together keep that. `tox -e diff-jit` calls `validate` with a budget; `python -m properties.translation_validation`
does by hand.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from engines.vm.ir.block import Block
from engines.vm.ir.printer import print_block
from engines.vm.isa.riscv64.coding import disassemble_all
from engines.vm.lift.riscv64 import Lifter
from engines.vm.opt.pipeline import optimise, passes
from engines.vm.smt.proofs import Outcome, Proof, prove_blocks, prove_lifted

PROFILES: Final = ("default", "fp", "memory", "atomic", "compressed")
QUERY_MS: Final = 5_000


@dataclass(frozen=True)
class Refutation:
    """A block that is translated wrongly.

    Attributes:
        step: `lifting`, the name of a pass, or `all passes`.
        detail: the counterexample.
        listing: guest code and IR.
    """

    step: str
    detail: str
    listing: str


@dataclass
class Validation:
    """What a run found.

    Attributes:
        blocks: examined.
        insns: guest instructions in them.
        outcomes: per step and outcome.
        refutations: every wrong block.
        seconds: that it took.
    """

    blocks: int = 0
    insns: int = 0
    outcomes: Counter[tuple[str, Outcome]] = field(default_factory=Counter)
    refutations: list[Refutation] = field(default_factory=list)
    seconds: float = 0.0

    def count(self, outcome: Outcome) -> int:
        """How many proofs ended so."""
        return sum(n for (_, found), n in self.outcomes.items() if found is outcome)

    def __str__(self) -> str:
        counts = ", ".join(f"{self.count(outcome)} {outcome}" for outcome in Outcome)
        return f"{self.blocks} blocks of {self.insns} guest instructions in {self.seconds:.0f} s: {counts}"


def generated_blocks(seed: int, profile: str, limit_insns: int) -> Iterator[tuple[bytes, int]]:
    """Places in generated programs where blocks begin: the bytes from there on and their address, without end."""
    from fuzz.strategies.riscv64 import generate

    index = 0
    while True:
        batch = generate(seed, index, 8, profile)
        for i in range(len(batch)):
            case = batch.case(i)
            position = 0
            while position + 4 <= len(case.code):
                yield case.code[position:], case.code_address + position
                low = case.code[position]
                position += (4 if low & 3 == 3 else 2) * max(1, limit_insns // 2)
        index += 8


def validate(
    budget_seconds: float,
    seed: int = 1,
    limit_insns: int = 12,
    branches: int = 1,
    *,
    least_blocks: int = 1,
    until_refuted: bool = False,
) -> Validation:
    """Examine blocks until the budget is spent.

    Args:
        least_blocks: so many in any case.
        limit_insns: longest block; proofs get harder with length.
        branches: conditional branches inside a block, see `Lifter.block`.
        until_refuted: stop at the first wrong block.
    """
    lifter = Lifter()
    result = Validation()
    start = time.monotonic()
    sources = [generated_blocks(seed, profile, limit_insns) for profile in PROFILES]
    while result.blocks < least_blocks or time.monotonic() - start < budget_seconds:
        code, pc = next(sources[result.blocks % len(sources)])
        block = lifter.block(code, pc, limit_insns, branches)
        examine(code, block, result)
        if until_refuted and result.refutations:
            break
    result.seconds = time.monotonic() - start
    return result


def examine(code: bytes, block: Block, result: Validation) -> None:
    """Prove one block's lifting, and every pass on it; add the answers to `result`."""
    _note(result, "lifting", prove_lifted(code, block, QUERY_MS), code, block, block)
    for name, run in (*passes().items(), ("all passes", optimise)):
        after = run(block)
        if after != block:
            _note(result, name, prove_blocks(block, after, QUERY_MS), code, block, after)
    result.blocks += 1
    result.insns += block.insns


def _note(result: Validation, step: str, proof: Proof, code: bytes, before: Block, after: Block) -> None:
    result.outcomes[step, proof.outcome] += 1
    if proof.outcome is Outcome.REFUTED:
        size = before.end - before.pc
        guest = "\n".join(f"  {at:#x}: {text}" for at, _, text in disassemble_all(code[:size], before.pc))
        listing = f"{guest}\n{print_block(before)}"
        if after is not before:
            listing += f"after {step}:\n{print_block(after)}"
        result.refutations.append(Refutation(step, proof.detail, listing))


def main(arguments: list[str] | None = None) -> int:
    """Command line; 1 if a block was refuted."""
    parser = argparse.ArgumentParser(description="prove a sample of lifted and optimised blocks by z3")
    parser.add_argument("--seconds", type=float, default=60.0, help="budget")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--insns", type=int, default=12, help="longest block, in guest instructions")
    chosen = parser.parse_args(arguments)
    result = validate(chosen.seconds, chosen.seed, chosen.insns)
    print(result)
    for (step, outcome), count in sorted(result.outcomes.items()):
        print(f"  {step}: {count} {outcome}")
    for refutation in result.refutations[:5]:
        print(f"REFUTED: {refutation.step}: {refutation.detail}\n{refutation.listing}")
    return 1 if result.refutations else 0


if __name__ == "__main__":
    sys.exit(main())
