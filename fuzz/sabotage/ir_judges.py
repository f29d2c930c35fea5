"""Judges of the IR that look closer than whole programs: proofs of rules, evaluated blocks, proved translations."""

from __future__ import annotations

from typing import Final

from fuzz.sabotage.judges import Budget, Kill, cpu_seconds

_QUERY_MS: Final = 4_000


class RuleProofs:
    """Every rewrite rule proved by z3, every coded rule on its witness."""

    def prepare(self) -> None:
        from engines.vm.opt.pipeline import RULES
        from engines.vm.smt.proofs import prove_rule

        prove_rule(RULES["copy elimination"][0])

    def examine(self, budget: Budget) -> Kill | None:
        from engines.vm.ir.block import GuestState, Slot
        from engines.vm.ir.parser import parse_block
        from engines.vm.ir.types import Type
        from engines.vm.ir.verifier import problems
        from engines.vm.opt.pipeline import RULES, WITNESSES, passes
        from engines.vm.opt.witness import REGISTERS
        from engines.vm.smt.proofs import Outcome, prove_blocks, prove_rule

        cases = 0
        for group in RULES.values():
            for rule in group:
                cases += 1
                proof = prove_rule(rule, _QUERY_MS)
                if proof.outcome is Outcome.REFUTED:
                    return Kill("proofs of rewrite rules", cases, f"{rule.name}: {proof.detail[:160]}")
        state = GuestState("witness", tuple(Slot(n, Type[t.upper()], 8 * i) for i, (n, t) in enumerate(REGISTERS)))
        head = "block 0x1000 end 0x100c {\npcs 0x1000 0x1004 0x1008\n"
        for name, witnesses in WITNESSES.items():
            for witness in witnesses:
                cases += 1
                before, after = (
                    parse_block(head + lines + "\n}\n", state) for lines in (witness.before, witness.after)
                )
                try:
                    found = passes()[name](before)
                except (LookupError, TypeError, ValueError, AttributeError) as error:
                    return Kill("witnesses", cases, f"{witness.name}: the pass fails: {error!r}")
                broken = next(problems(found), "")
                if broken:
                    return Kill("the verifier on witnesses", cases, f"{witness.name}: {broken}")
                proof = prove_blocks(before, found, _QUERY_MS)
                if proof.outcome is Outcome.REFUTED:
                    return Kill("proofs of witnesses", cases, f"{witness.name}: {proof.detail[:160]}")
                if found != after:
                    return Kill("witnesses", cases, f"{witness.name} becomes something else")
        return None


class EvaluatedBlocks:
    """Generated IR, evaluated before and after every pass."""

    def prepare(self) -> None:
        from engines.vm.opt.pipeline import optimise
        from fuzz.strategies.ir.blocks import random_block

        optimise(random_block(0))

    def examine(self, budget: Budget) -> Kill | None:
        from engines.vm.ir.evaluator import GuestValues, evaluate
        from engines.vm.ir.verifier import problems
        from engines.vm.opt.pipeline import optimise, passes
        from fuzz.strategies.ir.blocks import guest_words, random_block
        from fuzz.strategies.ir.window import Window

        end = cpu_seconds() + budget.seconds
        seed = 0
        while cpu_seconds() < end:
            block = random_block(seed, 20 + seed % 60)
            for name, run in (*passes().items(), ("all passes", optimise)):
                after = run(block)
                broken = next(problems(after), "")
                if broken:
                    return Kill("the verifier after passes", seed + 1, f"{name} on block {seed}: {broken}")
                for k in range(2):
                    seen = []
                    for one in (block, after):
                        guest = GuestValues(guest_words(seed + k), flags=seed & 31, mode=seed % 6)
                        window = Window()
                        left = evaluate(one, guest, window)
                        seen.append((left._replace(at=0), guest, bytes(window.content)))
                    if seen[0] != seen[1]:
                        return Kill("evaluated IR", seed + 1, f"{name} changes block {seed}")
            seed += 1
        return None


class Translations:
    """Lifted and optimised blocks of generated programs, proved by z3."""

    def prepare(self) -> None:
        import engines.vm.smt.proofs  # noqa: F401

    def examine(self, budget: Budget) -> Kill | None:
        from properties.translation_validation import validate

        found = validate(budget.seconds, until_refuted=True)
        if not found.refutations:
            return None
        first = found.refutations[0]
        return Kill("translation validation", found.blocks, f"{first.step}: {first.detail[:160]}")
