"""Every rewrite rule is proved by z3; a wrong one is refuted with a counterexample; a malformed one is refused."""

from __future__ import annotations

import pytest

from engines.vm.ir.block import Block, GuestState, Slot
from engines.vm.ir.parser import parse_block
from engines.vm.ir.printer import print_block
from engines.vm.ir.types import Type
from engines.vm.opt.forward import Forward
from engines.vm.opt.pipeline import RULES, WITNESSES, passes
from engines.vm.opt.rewriting import Rule, RuleError, rules
from engines.vm.opt.witness import REGISTERS, Witness
from engines.vm.smt.proofs import Outcome, prove_blocks, prove_rule

ALL = [rule for group in RULES.values() for rule in group]
CODED = [(name, witness) for name, group in WITNESSES.items() for witness in group]
STATE = GuestState("witness", tuple(Slot(n, Type[t.upper()], 8 * i) for i, (n, t) in enumerate(REGISTERS)))


def test_names_are_unique() -> None:
    names = [rule.name for rule in ALL] + [witness.name for _, witness in CODED]
    assert len(names) == len(set(names)) and len(ALL) > 150


@pytest.mark.parametrize("rule", ALL, ids=lambda rule: rule.name)
def test_a_rule_is_proved(rule: Rule) -> None:
    proof = prove_rule(rule)
    assert proof.holds, f"{rule.name}: {rule.text} where {rule.where or 'always'}: {proof.outcome}: {proof.detail}"


@pytest.mark.parametrize("rule", ALL, ids=lambda rule: rule.name)
def test_a_rule_applies(rule: Rule) -> None:
    """On its own left side, with small constants; so that no rule is dead by a mistake in its pattern."""
    fitted = _block_of(rule)
    if fitted is not None:
        after = Forward([rule]).run(fitted)
        assert after.code != fitted.code, f"{rule.name} does not match {print_block(fitted)}"


def _block_of(rule: Rule) -> Block | None:
    """The left side as a block; None where its condition wants special constants."""
    from engines.vm.ir.builder import Builder
    from engines.vm.opt.rewriting import Apply, Constant, evaluate_constant

    if rule.where and "0xffffffff)" not in rule.where and "O" not in rule.where:
        return None
    build = Builder(STATE, 0x1000)
    build.insn(0x1000)
    known: dict[str, int] = {}

    def constant(term: Constant) -> int:
        if not term.binds:
            return int(evaluate_constant(term.text, {}, rule.width))
        return {"N": 1, "P": 0x1000, "Q": 0x1000, "H": 0}.get(term.text, 4)

    def value(term: object, type: Type) -> int:
        if isinstance(term, Constant):
            return build.const(constant(term), type)
        if isinstance(term, Apply):
            operands = [value(o, t) for o, t in zip(term.operands, term.op.operands, strict=True)]
            return build.emit(term.op.name, *operands, *(constant(i) for i in term.immediates))
        name = term.name  # type: ignore[attr-defined]
        if name not in known:
            known[name] = _unknown(build, type)
        return known[name]

    value(rule.left, rule.left.op.result)
    return Block(STATE, 0x1000, build.code, build.pcs, 0x1004)


def _unknown(build: object, type: Type) -> int:
    from engines.vm.ir.builder import Builder

    assert isinstance(build, Builder)
    if type.is_float:
        value = build.get("p")
        return value if type is Type.F64 else build.emit("low.f64.f32", value)
    value = build.get("a")
    return value if type is Type.I64 else build.emit(f"trunc.i64.{type.spelling}", value)


@pytest.mark.parametrize(
    ("text", "shows"),
    [
        ("wrong-zero | i64 | add.T(x, 1) => x", "value"),
        ("wrong-narrow | - | zext.i32.i64(trunc.i64.i32(x)) => x", "value"),
        ("wrong-not | i64 | xor.i1(ult.T(x, y), 1) => ule.T(x, y)", "value"),
        ("wrong-condition | i64 | shl.T(shl.T(x, A), B) => shl.T(x, {A + B}) | (A < W) & (B < W)", "value"),
        ("wrong-branch | - | branch(xor.i1(c, 1), P, Q, N) => branch(c, P, Q, N)", "pc"),
        ("wrong-count | - | branch(1, P, Q, N) => jump(P, {N + 1}, 0)", "retired"),
        ("wrong-offset | - | store.8(add.i64(x, A), v, O, N) => store.8(x, v, {A - O}, N) | A < 64", "interpret"),
        ("wrong-box | - | nanbox.f32.f64(unbox.f64.f32(x)) => x", "value"),
        ("wrong-fneg | f64 | fneg.T(fabs.T(x)) => fneg.T(x)", "value"),
    ],
)
def test_a_wrong_rule_is_refuted_with_a_counterexample(text: str, shows: str) -> None:
    (rule,) = rules(text)
    proof = prove_rule(rule)
    assert proof.outcome is Outcome.REFUTED
    assert f"{shows}: " in proof.detail and " against " in proof.detail
    print(proof.detail)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a | i64", "has 2 columns"),
        ("a | - | add.i64(x, 0)", "needs one =>"),
        ("a | - | x => x", "is no operation"),
        ("a | - | frob.i64(x) => x", "no operation is called 'frob.i64'"),
        ("a | - | add.i64(x) => x", "has 1 arguments, needs 2"),
        ("a | - | add.i64(x, ?) => x", "is no term"),
        ("a | - | add.i64(x, 0 => x", "lacks a )"),
        ("a | - | add.i64(x, 0) x => x", "after the end"),
        ("a | - | jump(x, N, H) => jump(0, N, H)", "must be capitals"),
    ],
)
def test_malformed_rules_are_refused(text: str, says: str) -> None:
    with pytest.raises(RuleError) as refused:
        rules(text)
    assert says in str(refused.value)


@pytest.mark.parametrize("text", ["a | - | add.i64(x, 0) => y", "a | - | add.i64(x, A) => add.i64(x, {B})"])
def test_names_of_the_right_side_stand_on_the_left(text: str) -> None:
    with pytest.raises(RuleError, match="is not on the left side"):
        Forward(rules(text))


def block(text: str) -> Block:
    return parse_block("block 0x1000 end 0x100c {\npcs 0x1000 0x1004 0x1008\n" + text + "\n}\n", STATE)


@pytest.mark.parametrize(("name", "witness"), CODED, ids=lambda v: v.name if isinstance(v, Witness) else "")
def test_a_coded_rule_is_proved_on_its_witness(name: str, witness: Witness) -> None:
    before, after = block(witness.before), block(witness.after)
    proof = prove_blocks(before, after)
    assert proof.holds, f"{witness.name}: {proof.detail}"
    assert passes()[name](before) == after
