"""Injected bugs in the borrow checker: closures, functions that are values, and what is called by a pointer."""

from __future__ import annotations

from typing import Any, Final

from fuzz.sabotage.bug import Area, Catalogue, replace_method

_RULE: Final = "a rule of the language not enforced"

BUGS: Final = Catalogue(judges=("tests/engines/rustwasm/test_refused.py",))


@BUGS.action("rust-calls-choose-every-lifetime", Area.RUST_FRONT_END, _RULE,
             description="`|x| ..` without a signature is for any lifetime, as is what it gives back")  # fmt: skip
def _() -> None:
    from engines.rustwasm.borrow.shapes import Shapes

    replace_method(Shapes, "fixed", lambda original: lambda self, closure: ())


@BUGS.action("rust-functions-choose-types-anew", Area.RUST_FRONT_END, _RULE,
             description="calls of a function that is a value choose what its type says")  # fmt: skip
def _() -> None:
    from engines.rustwasm.borrow.calls import Calls
    from engines.rustwasm.borrow.signatures import Environment

    def chosen(self: Calls, item: Any) -> Environment:
        return Environment([(one, self.unknown(one)) for one in item[0].args], {}, self.regions.fresh)

    replace_method(Calls, "_of_item", lambda original: chosen)


@BUGS.action("rust-called-behind-mut-more-general", Area.RUST_FRONT_END, _RULE,
             description="`&mut Vec<fn(&str)>` is lent as `&mut Vec<fn(&'static str)>`")  # fmt: skip
def _() -> None:
    from engines.rustwasm.borrow import shapes

    def covariant(original: Any) -> Any:
        def bind(self: Any, one: Any, start: int, outer: int, out: Any) -> None:
            original(self, one, start, shapes.COVARIANT, out)

        return bind

    replace_method(shapes.Shapes, "_bind", covariant)


@BUGS.action("rust-generality-guessed", Area.RUST_FRONT_END, _RULE,
             description="whether an inferred `fn(&T)` is `for<'a>` is guessed, whatever it is made of")  # fmt: skip
def _() -> None:
    from engines.rustwasm.borrow.generality import Generality

    replace_method(Generality, "use", lambda original: lambda *given: None)


@BUGS.action("rust-inner-pointers-bind-nothing", Area.RUST_FRONT_END, _RULE,
             description="a call of `fn(fn(&T))` chooses what its parameter is called with")  # fmt: skip
def _() -> None:
    from engines.rustwasm.borrow.calls import Calls

    replace_method(Calls, "_bound_within", lambda original: lambda self, whole, regions: set())


@BUGS.action("rust-captures-for-any-call", Area.RUST_FRONT_END, _RULE,
             description="a closure gives what it captures back for the lifetime of each call")  # fmt: skip
def _() -> None:
    from engines.rustwasm.borrow import calls, check

    for module in (calls, check):
        replace_method(module, "above_chosen", lambda original: lambda *given: [])


@BUGS.action("rust-results-of-parameters-unknown", Area.RUST_FRONT_END, _RULE,
             description="methods with types that only `F: Fn(A) -> B` tells are not compared")  # fmt: skip
def _() -> None:
    from engines.rustwasm.borrow.signatures import Signatures, UnknownRegionsError
    from engines.rustwasm.typing import types as ty

    def unknown(original: Any) -> Any:
        def output(self: Any, subject: Any, arguments: Any) -> Any:
            if subject[0].kind == ty.PARAM:
                raise UnknownRegionsError
            return original(self, subject, arguments)

        return output

    replace_method(Signatures, "_output", unknown)


@BUGS.action("rust-results-are-called-by-nobody", Area.RUST_FRONT_END, _RULE,
             description="a closure behind `impl for<'a> Fn(&'a A) -> B` is not asked to be one")  # fmt: skip
def _() -> None:
    from engines.rustwasm.borrow.calls import Calls
    from engines.rustwasm.borrow.regions import CALL

    def wrapper(original: Any) -> Any:
        def calls(self: Any, bound: Any, subject: Any, env: Any, category: int = CALL) -> None:
            if category == CALL:
                original(self, bound, subject, env)

        return calls

    replace_method(Calls, "_calls", wrapper)


@BUGS.action("rust-closures-ask-nothing-of-types", Area.RUST_FRONT_END, _RULE,
             description="what a closure asks of type parameters for lifetimes without names is forgotten")  # fmt: skip
def _() -> None:
    from engines.rustwasm.borrow import check

    def wrapper(original: Any) -> Any:
        def check_type_outlives(*whole: Any) -> list[Any]:
            original(*whole)
            return []

        return check_type_outlives

    replace_method(check, "check_type_outlives", wrapper)


@BUGS.action("rust-dyn-closures-keep-anything", Area.RUST_FRONT_END, _RULE,
             description="a closure made a `dyn Fn` or function pointer may keep what it is given")  # fmt: skip
def _() -> None:
    from engines.rustwasm.borrow.constraints import Constraints

    replace_method(Constraints, "becomes", lambda original: lambda self, one, wanted: None)


@BUGS.action("rust-functions-as-values-demand-nothing", Area.RUST_FRONT_END, _RULE,
             description="what is passed to a function that is a value need not last as long as it asks")  # fmt: skip
def _() -> None:
    from engines.rustwasm.borrow.constraints import Constraints
    from engines.rustwasm.borrow.signatures import UnknownRegionsError

    def wrapper(original: Any) -> Any:
        def call_item(self: Any, item: Any, arguments: Any) -> Any:
            raise UnknownRegionsError

        return call_item

    replace_method(Constraints, "call_item", wrapper)


@BUGS.action("rust-captured-variables-escape", Area.RUST_FRONT_END, _RULE,
             description="a closure may give back references to what it owns")  # fmt: skip
def _() -> None:
    from engines.rustwasm.borrow import check

    replace_method(check, "refuse_captured", lambda original: lambda constraints, reporter: None)


@BUGS.action("rust-function-pointers-are-for-any-lifetime", Area.RUST_FRONT_END, _RULE,
             description="`fn(&'static str)` is called with any reference")  # fmt: skip
def _() -> None:
    from engines.rustwasm.borrow.calls import Calls

    def wrapper(original: Any) -> Any:
        def chosen_of(self: Any, callee: Any) -> Any:
            own = len(callee[0].regions)
            held = (*callee[1][:own], *[-2 - i for i in range(len(callee[1]) - own)])
            return original(self, (callee[0], held))

        return chosen_of

    replace_method(Calls, "_chosen_of", wrapper)


@BUGS.action("rust-bound-lifetimes-are-not-compared", Area.RUST_FRONT_END, _RULE,
             description="`fn(&'a str)` is used where `for<'a> fn(&'a str)` is wanted")  # fmt: skip
def _() -> None:
    from engines.rustwasm.borrow.subtyping import Subtyping

    replace_method(Subtyping, "_relate_bound", lambda original: lambda self, *whole: None)


@BUGS.action("rust-functions-are-passed-unseen", Area.RUST_FRONT_END, _RULE,
             description="`fn(&'static str)` is passed as `F: Fn(&str)` where nothing else is borrowed")  # fmt: skip
def _() -> None:
    from engines.rustwasm.borrow import check

    replace_method(check, "_passes_items", lambda original: lambda body: False)


@BUGS.action("rust-closures-know-no-lifetime", Area.RUST_FRONT_END, _RULE,
             description="what a closure's body asks of lifetimes of its function is forgotten")  # fmt: skip
def _() -> None:
    from engines.rustwasm.borrow import check

    def wrapper(original: Any) -> Any:
        return lambda constraints: [pair for pair in original(constraints) if min(pair) >= -1]

    replace_method(check, "summarize", wrapper)


@BUGS.action("rust-closures-called-once-borrow", Area.RUST_FRONT_END, _RULE,
             description="a closure that `FnOnce` is asked of may not give away what it may change")  # fmt: skip
def _() -> None:
    from engines.rustwasm.typing import check

    def settle(original: Any) -> Any:
        def settle_kinds(checker: Any) -> None:
            own = [(closure, closure.trait_kind) for closure, _, _ in checker.closure_kinds]
            original(checker)
            for closure, kind in own:
                closure.trait_kind = min(kind, closure.trait_kind, key=("Fn", "FnMut", "FnOnce").index)

        return settle_kinds

    replace_method(check, "settle_kinds", settle)


@BUGS.action("rust-closures-keep-references-they-lend", Area.RUST_FRONT_END, _RULE,
             description="`|| f(p)` of a `p: &T` keeps `p`, not only what it leads to")  # fmt: skip
def _() -> None:
    from engines.rustwasm.typing.coercion import Coercer

    replace_method(Coercer, "lends_outer", lambda original: lambda self, node: False)


@BUGS.action("rust-joined-pointers-less-general", Area.RUST_FRONT_END, _RULE,
             description="a `match` arm after the first may be a more general function pointer than it")  # fmt: skip
def _() -> None:
    from engines.rustwasm.borrow.constraints import Constraints

    replace_method(Constraints, "_joins", lambda original: lambda *given: True)


@BUGS.action("rust-receivers-told-what-is-expected", Area.RUST_FRONT_END, _RULE,
             description="what a method is called on takes the generality that is expected of its result")  # fmt: skip
def _() -> None:
    from engines.rustwasm.borrow.calls import Calls

    def enter(original: Any) -> Any:
        return lambda self, *given: original(self, *given[:6])

    replace_method(Calls, "enter", enter)


@BUGS.action("rust-items-of-any-generality", Area.RUST_FRONT_END, _RULE,
             description="a function that becomes a function pointer does not say what calls of it choose")  # fmt: skip
def _() -> None:
    from engines.rustwasm.borrow.calls import Calls

    replace_method(Calls, "_as_general", lambda original: lambda *given: None)


@BUGS.action("rust-variables-as-general-as-later-values", Area.RUST_FRONT_END, _RULE,
             description="a variable without a type is as general as what it is used as")  # fmt: skip
def _() -> None:
    from engines.rustwasm.borrow.generality import Generality

    replace_method(Generality, "infer", lambda original: lambda *given: None)


@BUGS.action("rust-pointers-in-parts-unlooked", Area.RUST_FRONT_END, _RULE,
             description="function pointers that are only parts of values are taken for any lifetime")  # fmt: skip
def _() -> None:
    from engines.rustwasm.borrow.check import BorrowChecker

    def whole(original: Any) -> Any:
        return lambda self, facts: any(self.shapes.binders(local.ty) for local in facts.body.locals)

    replace_method(BorrowChecker, "_binds", whole)


@BUGS.action("rust-parts-of-types-not-selected", Area.RUST_FRONT_END, _RULE,
             description="`x.f` of an `x: &mut T` whose `T` an open obligation tells is refused")  # fmt: skip
def _() -> None:
    from engines.rustwasm.typing.obligations import ObligationChecker
    from engines.rustwasm.typing.types import INFER, shallow

    def outermost(original: Any) -> Any:
        return lambda self, one: shallow(one) if shallow(one).kind != INFER else original(self, one)

    replace_method(ObligationChecker, "resolved", outermost)


@BUGS.action("rust-closures-capture-all-they-match", Area.RUST_FRONT_END, _RULE,
             description="a closure captures all of what a pattern in it takes apart")  # fmt: skip
def _() -> None:
    from engines.rustwasm.typing.captures import _Uses

    def whole(original: Any) -> Any:
        return lambda self, place, pattern, span: self.note(place, self.pattern_mode(pattern) or "ref", span)

    replace_method(_Uses, "matched", whole)


@BUGS.action("rust-closures-keep-receivers", Area.RUST_FRONT_END, _RULE,
             description="`|| r.to_string()` of an `r: &T` keeps `r`, not only what it leads to")  # fmt: skip
def _() -> None:
    from engines.rustwasm.typing.methods import MethodChecker
    from engines.rustwasm.typing.types import REF

    def copied(original: Any) -> Any:
        def with_borrow(self: Any, adjustments: Any, self_ty: Any, mode: Any) -> Any:
            if mode is None and self_ty.kind == REF and not self_ty.data:
                return list(adjustments)
            return original(self, adjustments, self_ty, mode)

        return with_borrow

    replace_method(MethodChecker, "with_borrow", copied)


@BUGS.action("rust-closures-give-each-time-anew", Area.RUST_FRONT_END, _RULE,
             description="what a closure gives may have another lifetime wherever it is asked about")  # fmt: skip
def _() -> None:
    from engines.rustwasm.borrow.calls import Calls

    def apart(original: Any) -> Any:
        def passes(self: Any, *given: Any) -> bool:
            original(self, *given)
            return False

        return passes

    replace_method(Calls, "_pass_closure", apart)
