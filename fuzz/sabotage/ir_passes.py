"""Injected bugs in the passes: wrong rewrite rules, and knowledge kept for too long."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from fuzz.sabotage.bug import Area, Bug, Catalogue, replace_method
from fuzz.sabotage.equivalent import SOURCE
from fuzz.sabotage.source import source_bugs

_JUDGES: Final = (
    "fuzz.sabotage.ir_judges:RuleProofs",
    "riscv64-ir",
    "fuzz.sabotage.ir_judges:EvaluatedBlocks",
    "fuzz.sabotage.ir_judges:Translations",
)

BUGS: Final = Catalogue(judges=_JUDGES)

WRONG_RULES: Final = (
    ("constant_folding", "sub-constant", "the sign of a constant", "i32 i64 | sub.T(x, A) => add.T(x, {A})"),
    ("constant_folding", "eq-of-add", "the sign of a constant", "i32 i64 | eq.T(add.T(x, A), B) => eq.T(x, {A - B})"),
    ("constant_folding", "and-of-and", "an operator confused", "i32 i64 | and.T(and.T(x, A), B) => and.T(x, {A | B})"),
    ("constant_folding", "shl-of-shl", "a condition forgotten",
     "i32 i64 | shl.T(shl.T(x, A), B) => shl.T(x, {A + B})"),
    ("constant_folding", "zext-by-shifts", "sign of an extension",
     "- | lshr.i64(shl.i64(x, 32), 32) => sext.i32.i64(trunc.i64.i32(x))"),
    ("constant_folding", "narrow-add-of-sext", "a condition forgotten",
     "- | sext.i32.i64(trunc.i64.i32(x)) => x"),
    ("copy_elimination", "trunc-of-and", "a condition forgotten",
     "- | trunc.i64.i32(and.i64(x, A)) => trunc.i64.i32(x)"),
    ("copy_elimination", "and-of-zext", "a boundary off by one",
     "- | and.i64(zext.i32.i64(x), A) => zext.i32.i64(x) | A & 0x7fffffff == 0x7fffffff"),
    ("copy_elimination", "fabs-of-fneg", "an operator confused", "f32 f64 | fabs.T(fneg.T(x)) => fneg.T(x)"),
    ("copy_elimination", "unbox-of-nanbox", "NaN boxes not checked", "- | nanbox.f32.f64(unbox.f64.f32(x)) => x"),
    ("address_folding", "offset-of-store.8", "a condition forgotten",
     "- | load.u8(add.i64(x, A), O, N) => load.u8(x, {A & 0x7ff}, N)"),
    ("branch_simplification", "not-ult", "the order of operands",
     "i32 i64 | xor.i1(ult.T(x, y), 1) => ule.T(x, y)"),
    ("branch_simplification", "branch-not", "a condition the wrong way round",
     "- | branch(xor.i1(c, 1), P, Q, N) => branch(c, P, Q, N)"),
    ("branch_simplification", "ult-one", "a boundary off by one", "i32 i64 | ult.T(x, 1) => eq.T(x, 1)"),
    ("branch_simplification", "eq-of-zext-bit", "a condition the wrong way round",
     "i32 i64 | eq.T(zext.i1.T(c), 0) => c"),
    ("branch_simplification", "jumpto-constant", "retired count off by one",
     "- | jumpto(A, N, H) => jump({A}, {N - 1}, H)"),
)  # fmt: skip
"""Pass, the rule that gives way, what the mistake stands for, and what takes its place."""


def _swap_rule(module: str, name: str, text: str) -> Callable[[], None]:
    def inject() -> None:
        import importlib

        from engines.vm.opt import pipeline
        from engines.vm.opt.rewriting import rules

        owner: Any = importlib.import_module(f"engines.vm.opt.{module}")
        kept = tuple(rule for rule in owner.RULES if rule.name.split(".")[0] != name)
        owner.RULES = rules(f"{name} | {text}") + kept
        pipeline.RULES[module.replace("_", " ")] = owner.RULES  # type: ignore[index]
        pipeline.passes.cache_clear()
        pipeline._all.cache_clear()

    return inject


BUGS.extend(
    Bug(f"ir-rule-{name.replace('.', '-')}", Area.OPTIMISER, stands_for, _swap_rule(module, name, text), text, _JUDGES)
    for module, name, stands_for, text in WRONG_RULES
)


def _retag(module: str, table: str, operations: str, value: Any) -> None:
    """Change what a table by opcode says of some operations."""
    import importlib

    from engines.vm.ir.ops import OPS

    owner = importlib.import_module(f"engines.vm.opt.{module}")
    was = getattr(owner, table)
    setattr(owner, table, tuple(value if OPS[c].operation in operations.split() else was[c] for c in range(len(OPS))))


@BUGS.action("ir-stores-never-alias", Area.OPTIMISER, "memory known for too long",
             description="a store through another base forgets no load")  # fmt: skip
def _() -> None:
    from engines.vm.opt.forward import Forward

    def wrapper(original: Any) -> Any:
        def note(i: Any, memory: Any, readable: Any) -> None:
            base = i[2] if len(i) == 6 else i[1]
            others = {key: held for key, held in memory.items() if key[1] != base}
            original(i, memory, readable)
            memory.update(others)

        return staticmethod(note)

    replace_method(Forward, "_note_store", wrapper)


@BUGS.action("ir-overlapping-stores-missed", Area.OPTIMISER, "memory known for too long",
             description="a store counts as one byte long")  # fmt: skip
def _() -> None:
    _retag("forward", "_BYTES", "store storeif", 1)


@BUGS.action("ir-stored-value-not-narrowed", Area.OPTIMISER, "bits lost in memory kept",
             description="a load after store.32 gives the whole register")  # fmt: skip
def _() -> None:
    from engines.vm.ir.ops import OPCODE
    from engines.vm.opt import forward

    forward._FORWARDED[OPCODE["store.32"]] = OPCODE["load.s32"]


@BUGS.action("ir-write-only-page-is-read", Area.OPTIMISER, "a fault optimised away",
             description="a stored value replaces a load even where no load showed the page readable")  # fmt: skip
def _() -> None:
    from engines.vm.opt.forward import Forward

    class Everything:
        def __contains__(self, key: object) -> bool:
            return True

    replace_method(
        Forward, "_note_store", lambda original: staticmethod(lambda i, memory, _: original(i, memory, Everything()))
    )


@BUGS.action("ir-dead-put-seen-by-a-fault", Area.OPTIMISER, "state wrong at a trap",
             description="a put is dropped although a load or store in between may leave")  # fmt: skip
def _() -> None:
    from engines.vm.opt import dead_code

    _retag("dead_code", "_KIND", "load store storeif", dead_code._PLAIN)


@BUGS.action("ir-dead-put-seen-by-an-exit", Area.OPTIMISER, "state wrong at a side exit",
             description="a put is dropped although an exitif in between may leave")  # fmt: skip
def _() -> None:
    from engines.vm.opt import dead_code

    _retag("dead_code", "_KIND", "exitif", dead_code._PLAIN)


@BUGS.action("ir-unused-load-removed", Area.OPTIMISER, "a fault optimised away",
             description="a load whose result nobody uses is dropped")  # fmt: skip
def _() -> None:
    from engines.vm.opt import dead_code

    _retag("dead_code", "_REMOVABLE", "load", True)
    _retag("dead_code", "_KIND", "load", dead_code._PLAIN)


@BUGS.action("ir-flags-dead-although-read", Area.OPTIMISER, "flags lost",
             description="flags that getflags reads count as overwritten")  # fmt: skip
def _() -> None:
    from engines.vm.opt import dead_code

    _retag("dead_code", "_KIND", "getflags", dead_code._PLAIN)


@BUGS.action("ir-flags-raised-before-setflags-forgotten", Area.OPTIMISER, "flags lost",
             description="an operation done twice raises no flags although they were cleared in between")  # fmt: skip
def _() -> None:
    from engines.vm.opt import forward

    _retag("forward", "_KIND", "setflags", forward._OTHER)


@BUGS.action("ir-mode-checked-for-ever", Area.OPTIMISER, "rounding mode known for too long",
             description="setmode does not undo what checkmode found")  # fmt: skip
def _() -> None:
    from engines.vm.opt import forward

    _retag("forward", "_KIND", "setmode", forward._OTHER)


BUGS.extend(
    [
        *source_bugs("engines.vm.opt.forward", Area.OPTIMISER, _JUDGES, 10, equivalent=SOURCE),
        *source_bugs("engines.vm.opt.dead_code", Area.OPTIMISER, _JUDGES, 8, equivalent=SOURCE),
    ]
)
