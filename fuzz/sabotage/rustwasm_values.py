"""Injected bugs in what values are made of: constants that last, references lent again, common types of branches,
alternatives under guards."""

from __future__ import annotations

from typing import Any, Final

from fuzz.sabotage.bug import Area, Catalogue, replace_method
from fuzz.sabotage.rustwasm import REFUSED

_PROGRAMS: Final = ("tests/engines/rustwasm/library/test_library_programs.py",)
_RULE: Final = "a rule of the language not enforced"
_REJECTED: Final = "a valid program rejected"

BUGS: Final = Catalogue(judges=_PROGRAMS)


@BUGS.action("rust-guards-asked-once", Area.RUST_FRONT_END, "another value",
             description="an arm's guard is asked for the first of its alternatives that matches, alone")  # fmt: skip
def _() -> None:
    from engines.rustwasm.mir.build_patterns import PatternBuilder

    def wrapper(original: Any) -> Any:
        def match_pattern(self: Any, pattern: Any, source: Any, fail: int, scope: Any, guard: Any = None) -> None:
            once = guard if guard is None else lambda bindings, other: guard(bindings, fail)
            original(self, pattern, source, fail, scope, once)

        return match_pattern

    replace_method(PatternBuilder, "match_pattern", wrapper)


@BUGS.action("rust-alternatives-tried-part-by-part", Area.RUST_FRONT_END, _REJECTED,
             description="an or-pattern in a pattern binds for its first alternative alone")  # fmt: skip
def _() -> None:
    from engines.rustwasm.mir import build_patterns

    replace_method(build_patterns, "ways_of", lambda original: lambda pattern: original(pattern)[:1])


@BUGS.action("rust-branches-keep-the-first-type", Area.RUST_FRONT_END, _REJECTED,
             description="a branch's type is not fitted to that of a later one")  # fmt: skip
def _() -> None:
    from engines.rustwasm.typing.expressions import ExpressionChecker

    replace_method(ExpressionChecker, "refit", lambda original: lambda self, merge, node, actual: False)


@BUGS.action("rust-constants-last-by-type-alone", Area.RUST_FRONT_END, _REJECTED,
             description="`&None` of a type that may hold a String or Cell ends with its statement")  # fmt: skip
def _() -> None:
    from engines.rustwasm.mir import promotion

    def wrapper(original: Any) -> Any:
        return lambda builder, node, depth: original(builder, node, 201 if depth else 200)

    replace_method(promotion, "_is_frozen", wrapper)


@BUGS.action("rust-changed-constants-last", Area.RUST_FRONT_END, _RULE, judges=REFUSED,
             description="`&mut CONSTANT` may be kept for ever")  # fmt: skip
def _() -> None:
    from engines.rustwasm.mir import build_places

    replace_method(build_places, "_is_nothing", lambda original: lambda node: True)


@BUGS.action("rust-elements-lent-for-reading", Area.RUST_FRONT_END, _REJECTED,
             description="what `v[0]` of a `Vec<&mut T>` leads to cannot be lent as `&mut T`")  # fmt: skip
def _() -> None:
    from engines.rustwasm.typing.coercion import Coercer

    def wrapper(original: Any) -> Any:
        def lend(self: Any, node: Any, what: Any, expected: Any) -> None:
            self.adjusted(node, [("deref", what), ("borrow", expected, expected.data)])

        return lend

    replace_method(Coercer, "lend", wrapper)


@BUGS.action("rust-trait-objects-have-one-method-of-a-name", Area.RUST_FRONT_END, "another function called",
             judges=("fresh tests/engines/rustwasm/lower_linear/test_lowered_programs.py",),
             description="a vtable knows methods by name: of two traits' `fmt` it holds one")  # fmt: skip
def _() -> None:
    from engines.rustwasm.lower_linear.program import Program

    def wrapper(original: Any) -> Any:
        def vtable_slot(self: Any, dyn: Any, definition: Any, args: Any) -> int:
            known = [(one, given) for one, given in self._methods(dyn) if one.name == definition.name]
            return int(original(self, dyn, *known[0]))

        return vtable_slot

    replace_method(Program, "vtable_slot", wrapper)


@BUGS.action("rust-constants-of-traits-in-patterns", Area.RUST_FRONT_END, "another value",
             description="a pattern takes a trait's own constant, not that of the impl")  # fmt: skip
def _() -> None:
    from engines.rustwasm.mir.build_patterns import PatternBuilder

    def wrapper(original: Any) -> Any:
        def call_const(self: Any, target: Any, into: Any, span: Any) -> None:
            self.call(self.function(target[1].body, ()), [], into, span)

        return call_const

    replace_method(PatternBuilder, "call_const", wrapper)


@BUGS.action("rust-traits-before-own-methods", Area.RUST_FRONT_END, "another function called",
             description="a trait's `self` of a reference goes before a type's own `&mut self`")  # fmt: skip
def _() -> None:
    from engines.rustwasm.typing.methods import MethodChecker

    replace_method(MethodChecker, "taking_whole", lambda original: lambda self, step, inner, inherent: None)


@BUGS.action("rust-operands-drop-with-their-statement", Area.RUST_MIR, "drops in a wrong order", judges=_PROGRAMS,
             description="what a call holds that an operand leaves drops in the order of its making")  # fmt: skip
def _() -> None:
    from engines.rustwasm.mir.build_expressions import ExpressionBuilder

    replace_method(ExpressionBuilder, "held", lambda original: lambda self, operand: operand)
