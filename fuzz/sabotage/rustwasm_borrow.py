"""Injected bugs in the borrow checker: what must not be changed, kept or outlived, and is; and in when values end."""

from __future__ import annotations

from typing import Any, Final

from fuzz.sabotage.bug import Area, Catalogue, replace_method
from fuzz.sabotage.rustwasm import unreported

_INDEX: Final = ("tests/engines/rustwasm/test_refused.py",)
_RULE: Final = "a rule of the language not enforced"

BUGS: Final = Catalogue(judges=_INDEX)

UNENFORCED: Final = ("E0500", "E0501", "E0510", "E0524", "E0713")
"""Errors that are not reported any more."""

BUGS.extend(unreported(UNENFORCED, _INDEX))


@BUGS.action("rust-lifetime-arguments-unread", Area.RUST_FRONT_END, _RULE,
             description="`f::<'static>` is called with any lifetime")  # fmt: skip
def _() -> None:
    from engines.rustwasm.typing.paths import PathChecker

    replace_method(PathChecker, "say_lifetimes", lambda original: lambda self, first, written: None)


@BUGS.action("rust-bounds-take-any-argument", Area.RUST_FRONT_END, _RULE,
             description="what is known by `X: Put<&'static str>` may be given any `&str`")  # fmt: skip
def _() -> None:
    from engines.rustwasm.borrow import constraints

    replace_method(constraints, "by_bounds", lambda original: lambda one: False)


@BUGS.action("rust-associated-types-take-any-argument", Area.RUST_FRONT_END, _RULE,
             description="what a trait says of its associated types is not asked for")  # fmt: skip
def _() -> None:
    from engines.rustwasm.borrow.bounds import Bounds
    from engines.rustwasm.typing import types as ty

    def stated(original: Any) -> Any:
        return lambda self, subject: () if subject[0].kind == ty.PROJECTION else original(self, subject)

    replace_method(Bounds, "_stated", stated)


@BUGS.action("rust-quantified-results-untied", Area.RUST_FRONT_END, _RULE,
             description="what `T: for<'x> Lend<'x, Out = &'x mut U>` gives is tied to no borrow")  # fmt: skip
def _() -> None:
    from engines.rustwasm.borrow.signatures import Signatures

    replace_method(Signatures, "_quantified", lambda original: lambda self, bound, args, lifetimes: [])


@BUGS.action("rust-bounds-of-types-unasked", Area.RUST_FRONT_END, _RULE,
             description="`where T::Item: Trait` and `where Vec<T>: Trait` ask nothing of lifetimes")  # fmt: skip
def _() -> None:
    from engines.rustwasm.borrow.bounds import Bounds
    from engines.rustwasm.borrow.signatures import UnknownRegionsError
    from engines.rustwasm.typing import types as ty

    def unasked(original: Any) -> Any:
        def subject(self: Any, bound: Any, env: Any) -> Any:
            if bound.subject.kind != ty.PARAM:
                raise UnknownRegionsError
            return original(self, bound, env)

        return subject

    replace_method(Bounds, "_subject", unasked)


@BUGS.action("rust-types-of-definitions-ask-nothing", Area.RUST_FRONT_END, _RULE,
             description="`R<'b, X>` is written where `X: T<'a>` is known and it asks `X: T<'b>`")  # fmt: skip
def _() -> None:
    from engines.rustwasm.borrow.declared import Declared

    replace_method(Declared, "refusal", lambda original: lambda self, late: None)


@BUGS.action("rust-impls-choose-lifetimes", Area.RUST_FRONT_END, _RULE,
             description="an impl's method may tie its result to any argument")  # fmt: skip
def _() -> None:
    from engines.rustwasm.borrow.implemented import Implemented

    replace_method(Implemented, "refusal", lambda original: lambda self: None)


@BUGS.action("rust-impls-ask-for-lifetimes", Area.RUST_FRONT_END, _RULE,
             description="an impl's method may ask for traits with lifetimes that the trait does not")  # fmt: skip
def _() -> None:
    from engines.rustwasm.borrow.implemented import Implemented

    replace_method(Implemented, "_answer", lambda original: lambda self, *asked: None)


@BUGS.action("rust-bounds-choose-one-lifetime", Area.RUST_FRONT_END, _RULE,
             description="`F: for<'a, 'b> Fn(&'a A, &'b B) -> &'a C` may give back either")  # fmt: skip
def _() -> None:
    from engines.rustwasm.typing.type_env import Chooser

    def wrapper(original: Any) -> Any:
        def enter(self: Any) -> None:
            original(self)

            class One(dict[str, str]):
                def setdefault(self, name: str, made: str = "") -> str:
                    return super().setdefault(name, "'^>0")

            chosen = One()
            self.env.chosen = chosen
            self.env.elide = lambda: "'^>0"

        return enter

    replace_method(Chooser, "__enter__", wrapper)


@BUGS.action("rust-signatures-may-be-ill-formed", Area.RUST_FRONT_END, _RULE,
             description="what is called takes `'b: 'a` from `&'a &'b T` for granted, unasked")  # fmt: skip
def _() -> None:
    from engines.rustwasm.borrow.subtyping import Subtyping

    replace_method(Subtyping, "well_formed", lambda original: lambda self, *whole: None)


@BUGS.action("rust-written-types-demand-nothing", Area.RUST_FRONT_END, _RULE,
             description="what types and traits in definitions demand of lifetimes is not reported")  # fmt: skip
def _() -> None:
    from engines.rustwasm.typing.lasting_types import KnownLifetimes

    replace_method(KnownLifetimes, "report", lambda original: lambda self, *rest: None)


@BUGS.action("rust-fields-demand-nothing", Area.RUST_FRONT_END, _RULE,
             description="a struct that holds `&'a T` does not demand that T outlives 'a")  # fmt: skip
def _() -> None:
    from engines.rustwasm.typing.lasting_types import LastingTypes

    replace_method(LastingTypes, "inferred", lambda original: lambda self, adt: {})


@BUGS.action("rust-guards-lend-nothing", Area.RUST_FRONT_END, _RULE,
             description="a match's guard may assign to what the variables of its arm show")  # fmt: skip
def _() -> None:
    from engines.rustwasm.borrow import check

    replace_method(check, "add_guards", lambda original: lambda constraints: None)


@BUGS.action("rust-elements-by-index-were-not-moved", Area.RUST_FRONT_END, _RULE,
             description="v[i] is no part of an array that a pattern took elements from")  # fmt: skip
def _() -> None:
    from engines.rustwasm.borrow import paths

    replace_method(paths, "indices_overlap", lambda original: lambda step, other, whole: False)


@BUGS.action("rust-guards-change-variables", Area.RUST_FRONT_END, _RULE,
             description="a match's guard may change and move away the variables of its arm")  # fmt: skip
def _() -> None:
    from engines.rustwasm.mir import build_control

    replace_method(build_control, "changed_variables", lambda original: lambda checker, node, variables: set())


@BUGS.action("rust-guards-lend-all-of-it", Area.RUST_FRONT_END, "a valid program rejected",
             description="parts of what a match tests cannot be changed by its guards, tested or not")  # fmt: skip
def _() -> None:
    from engines.rustwasm.borrow import guards

    def wrapper(original: Any) -> Any:
        def tested(places: Any) -> Any:
            return [type(place)(place.local) for place in original(places)]

        return tested

    replace_method(guards, "_tested", wrapper)


@BUGS.action("rust-written-lifetimes-ignored", Area.RUST_FRONT_END, "a valid program rejected",
             description="what a `dyn Fn` or function pointer gives back may be all that it was given")  # fmt: skip
def _() -> None:
    from engines.rustwasm.borrow.constraints import Constraints
    from engines.rustwasm.borrow.signatures import UnknownRegionsError

    def wrapper(original: Any) -> Any:
        def call_bound(self: Any, callee: Any, arguments: Any) -> Any:
            raise UnknownRegionsError

        return call_bound

    replace_method(Constraints, "call_bound", wrapper)


@BUGS.action("rust-dyn-bindings-not-compared", Area.RUST_FRONT_END, _RULE,
             description="`dyn Iterator<Item = &'static T>` may be made of what gives shorter ones")  # fmt: skip
def _() -> None:
    from engines.rustwasm.borrow.constraints import Constraints

    replace_method(Constraints, "_bindings", lambda original: lambda self, source, target: None)


@BUGS.action("rust-impl-trait-lifetimes-may-shrink", Area.RUST_FRONT_END, _RULE,
             description="what an `impl Trait` names may become shorter, and be kept in it")  # fmt: skip
def _() -> None:
    from engines.rustwasm.borrow.shapes import COVARIANT, Shapes
    from engines.rustwasm.typing import types as ty

    def wrapper(original: Any) -> Any:
        def variances(self: Any, one: Any) -> Any:
            found = original(self, one)
            return (COVARIANT,) * len(found) if one.kind == ty.OPAQUE else found

        return variances

    replace_method(Shapes, "variances", wrapper)


@BUGS.action("rust-impl-trait-bounds-not-kept", Area.RUST_FRONT_END, _RULE,
             description="what is behind an `impl Trait` result need not be what its bounds say")  # fmt: skip
def _() -> None:
    from engines.rustwasm.borrow.constraints import Constraints

    replace_method(Constraints, "_keep_bounds", lambda original: lambda self: None)


@BUGS.action("rust-dyn-parameters-are-plain", Area.RUST_FRONT_END, _RULE,
             description="a call with a `Box<dyn Fn()>` demands nothing of what the box holds")  # fmt: skip
def _() -> None:
    from engines.rustwasm.borrow import calls

    def wrapper(original: Any) -> Any:
        def mentions(one: Any, names: Any) -> None:
            before = len(names)
            original(one, names)
            names[before:] = [name for name in names[before:] if name != "'static"]

        return mentions

    replace_method(calls, "_mentions", wrapper)


@BUGS.action("rust-mutable-pointers-covariant", Area.RUST_FRONT_END, _RULE,
             description="`*mut &'static str` is taken for `*mut &'a str`")  # fmt: skip
def _() -> None:
    from engines.rustwasm.borrow import shapes
    from engines.rustwasm.typing import types as ty

    def wrapper(original: Any) -> Any:
        def variance(self: Any, one: Any, outer: int, out: Any) -> None:
            if one.kind == ty.RAW:
                original(self, one.args[0], outer, out)
            else:
                original(self, one, outer, out)

        return variance

    replace_method(shapes.Shapes, "_variance", wrapper)


_TEMPORARIES: Final = ("fresh tests/engines/rustwasm/mir/test_temporary_drops.py",)


@BUGS.action("rust-branches-keep-temporaries", Area.RUST_FRONT_END, "a value dropped at the wrong time",
             description="temporaries of a branch's last expression live as long as those around the `if`",
             judges=_TEMPORARIES)  # fmt: skip
def _() -> None:
    from engines.rustwasm.mir.build_control import ControlBuilder

    replace_method(ControlBuilder, "terminated", lambda original: lambda self, place, node: self.into(place, node))


@BUGS.action("rust-conditions-keep-temporaries", Area.RUST_FRONT_END, "a value dropped at the wrong time",
             description="temporaries of the sides of `&&` and `||` live as long as those of the statement",
             judges=_TEMPORARIES)  # fmt: skip
def _() -> None:
    from engines.rustwasm.mir.build_control import ControlBuilder

    replace_method(ControlBuilder, "decided", lambda original: lambda self, node: self.scalar(node))


@BUGS.action("rust-destructors-look-away", Area.RUST_FRONT_END, _RULE,
             description="what is lent of a value with a destructor is not said to be (E0713)")  # fmt: skip
def _() -> None:
    from engines.rustwasm.borrow.conflicts import Conflicts

    replace_method(Conflicts, "_destroyed", lambda original: lambda self, dropped, loan: False)


@BUGS.action("rust-impls-are-for-any-lifetime", Area.RUST_FRONT_END, _RULE,
             description="an impl for `&'static str`, or of `Trait<'a>` for what has `'a`, is one for all")  # fmt: skip
def _() -> None:
    from engines.rustwasm.borrow.bounds import Bounds

    replace_method(Bounds, "_equal", lambda original: lambda self, pairs, category: None)


@BUGS.action("rust-bounds-name-no-lifetime", Area.RUST_FRONT_END, _RULE,
             description="what is bound by `Trait<'a>` has the trait for any lifetime")  # fmt: skip
def _() -> None:
    from engines.rustwasm.borrow.bounds import Bounds

    replace_method(Bounds, "_meet", lambda original: lambda self, known, trait, args, lifetimes, category: True)


@BUGS.action("rust-traits-above-name-no-lifetime", Area.RUST_FRONT_END, _RULE,
             description="`Sub<'a>: Super<'a>` has the trait above it for any lifetime")  # fmt: skip
def _() -> None:
    from engines.rustwasm.borrow.bounds import Bounds

    def wrapper(original: Any) -> Any:
        return lambda self, trait, args, lifetimes, depth=0: iter(((trait, args, lifetimes),))

    replace_method(Bounds, "_with_uppers", wrapper)


@BUGS.action("rust-every-lifetime-is-some", Area.RUST_FRONT_END, _RULE,
             description="`for<'a> Trait<'a>` is had by what has the trait for one lifetime")  # fmt: skip
def _() -> None:
    from engines.rustwasm.borrow import check

    replace_method(check, "refuse_particular", lambda original: lambda constraints, reporter: None)


@BUGS.action("rust-projections-forget-lifetimes", Area.RUST_FRONT_END, _RULE,
             description="`<X as Trait<'a>>::Out` has nothing to do with 'a")  # fmt: skip
def _() -> None:
    from engines.rustwasm.borrow.signatures import Signatures

    def wrapper(original: Any) -> Any:
        def associated(self: Any, trait: Any, name: str, args: Any, lifetimes: Any, depth: int = 0) -> Any:
            return original(self, trait, name, args, (0,) * len(lifetimes), depth)

        return associated

    replace_method(Signatures, "associated", wrapper)


@BUGS.action("rust-aliases-name-no-lifetime", Area.RUST_FRONT_END, _RULE,
             description="the lifetimes of a type alias are not those that it is given")  # fmt: skip
def _() -> None:
    from engines.rustwasm.typing.type_syntax import TypeSyntax

    def wrapper(original: Any) -> Any:
        def lifetime(self: Any, name: Any, env: Any, span: Any) -> Any:
            env.lifetimes_of_alias = {}
            return original(self, name, env, span)

        return lifetime

    replace_method(TypeSyntax, "lifetime", wrapper)


@BUGS.action("rust-drained-collections-are-free", Area.RUST_FRONT_END, _RULE,
             description="what `drain` gives looks at nothing when it is dropped")  # fmt: skip
def _() -> None:
    from engines.rustwasm.borrow import shapes

    shapes._LOOKING = frozenset()  # type: ignore[misc]  # a bug is put into it


@BUGS.action("rust-destructors-are-promoted", Area.RUST_FRONT_END, _RULE,
             description="`&D` is `'static` though D has a destructor")  # fmt: skip
def _() -> None:
    from engines.rustwasm.borrow import check

    def wrapper(original: Any) -> Any:
        def promoted(facts: Any) -> Any:
            made = {
                block.rvalue.ty.data
                for blocks in facts.body.blocks
                for block in blocks.statements
                if hasattr(getattr(block, "rvalue", None), "variant") and hasattr(block.rvalue.ty.data, "drop")
            }
            saved = {one: one.drop for one in made}
            try:
                for one in made:
                    one.drop = None
                return original(facts)
            finally:
                for one, drop in saved.items():
                    one.drop = drop

        return promoted

    replace_method(check, "_promoted", wrapper)


@BUGS.action("rust-impls-of-objects-are-for-any", Area.RUST_FRONT_END, _RULE,
             description="`impl dyn Trait`, `impl Trait for Box<dyn Other>` are for all objects")  # fmt: skip
def _() -> None:
    from engines.rustwasm.typing import types

    replace_method(types, "with_bounds", lambda original: lambda ty, bound="": ty)


@BUGS.action("rust-bindings-open-no-parameter", Area.RUST_FRONT_END, _RULE,
             description="what `I: Iterator<Item = &'a T>` says of T in an impl is not known")  # fmt: skip
def _() -> None:
    from engines.rustwasm.borrow import signatures

    def wrapper(original: Any) -> Any:
        return lambda declared, env: not declared.args and original(declared, env)

    replace_method(signatures, "_open", wrapper)


@BUGS.action("rust-written-types-forget-lifetimes", Area.RUST_FRONT_END, _RULE,
             description="`f::<&'a T>(..)`, `S::<'a>::new(..)`, `Self { .. }` are for any lifetime")  # fmt: skip
def _() -> None:
    from engines.rustwasm.borrow.calls import Calls

    replace_method(Calls, "is_written", lambda original: lambda self, found, written: None)


@BUGS.action("rust-static-behind-promises-all", Area.RUST_FRONT_END, _RULE,
             description="`&'a &'static T` in a signature says that everything outlives `'a`")  # fmt: skip
def _() -> None:
    from engines.rustwasm.borrow.regions import Regions

    def promised(original: Any) -> Any:
        return lambda self, longer, shorter: original(self, longer, shorter) or (0, shorter) in self.known

    replace_method(Regions, "promised", promised)


@BUGS.action("rust-bounds-name-regions-late", Area.RUST_FRONT_END, _RULE,
             description="a lifetime that only a bound's `for<'x>` names is one of the signature")  # fmt: skip
def _() -> None:
    from engines.rustwasm.borrow.constraints import Constraints

    def wrapper(original: Any) -> Any:
        def begin(self: Any) -> None:
            original(self)
            self.signatures.assumed.fresh = lambda: self.regions.universal("'late")

        return begin

    replace_method(Constraints, "_declare", wrapper)


@BUGS.action("rust-written-values-hold-nothing", Area.RUST_FRONT_END, _RULE,
             description="`view.text = view.look()` writes what the new value is still borrowed from")  # fmt: skip
def _() -> None:
    from engines.rustwasm.borrow.conflicts import Conflicts

    def wanted_later(self: Conflicts, point: int, loan: Any) -> bool:
        inside = self.constraints.regions.values[loan.region]
        return any(inside >> after & 1 for after in self.facts.following(point))

    replace_method(Conflicts, "_outlasts", lambda original: wanted_later)


@BUGS.action("rust-arguments-lent-at-once", Area.RUST_FRONT_END, "a valid program rejected",
             description="`set(p, p.a)` of a `p: &mut P` is refused: `p` is lent before its field is read")  # fmt: skip
def _() -> None:
    from engines.rustwasm.mir.build_expressions import ExpressionBuilder

    replace_method(ExpressionBuilder, "arguments", lambda original: ExpressionBuilder.operands)


@BUGS.action("rust-assigned-values-read-late", Area.RUST_FRONT_END, "a valid program rejected",
             description="`v[0].a = v[1].a` is refused: the place is found before the value is read")  # fmt: skip
def _() -> None:
    from engines.rustwasm.mir import build_expressions
    from engines.rustwasm.syntax import tree

    def still(original: Any) -> Any:
        return lambda node: isinstance(node, (tree.PathExpr, tree.Field))

    replace_method(build_expressions, "_is_still", still)


@BUGS.action("rust-hidden-items-may-last-longer", Area.RUST_FRONT_END, _RULE,
             description="`impl Iterator<Item = &'a T> + 'b` may give references that last longer")  # fmt: skip
def _() -> None:
    from engines.rustwasm.borrow.subtyping import Subtyping

    replace_method(Subtyping, "same", lambda original: Subtyping.relate)


@BUGS.action("rust-closures-last-as-their-results", Area.RUST_FRONT_END, "a valid program rejected",
             description="`iter.map(|p| &p.a)` lasts no longer than what its closure is called with")  # fmt: skip
def _() -> None:
    from engines.rustwasm.borrow.shapes import Shapes

    replace_method(Shapes, "outlived", lambda original: lambda self, one: tuple(range(self.count(one))))


@BUGS.action("rust-hidden-lifetimes-unchosen", Area.RUST_FRONT_END, "a valid program rejected",
             description="what is behind an `impl Trait` is not taken to last as its bounds say")  # fmt: skip
def _() -> None:
    from engines.rustwasm.borrow import check

    replace_method(check, "choose_hidden", lambda original: lambda constraints: None)


@BUGS.action("rust-guards-test-for-their-match", Area.RUST_FRONT_END, "a valid program rejected",
             description="what patterns in a guard test counts as tested by the guarded match")  # fmt: skip
def _() -> None:
    from engines.rustwasm.mir.build_control import ControlBuilder

    def wrapper(original: Any) -> Any:
        def condition(builder: Any, node: Any) -> Any:
            if builder.body.guards and not builder.tests:
                builder.tests = builder.body.guards[-1].tested
            return original(builder, node)

        return condition

    replace_method(ControlBuilder, "condition", wrapper)


@BUGS.action("rust-branches-fitted-to-what-stood-for-it", Area.RUST_FRONT_END, "a valid program rejected",
             description="arms of what inference says is expected are moved, not lent")  # fmt: skip
def _() -> None:
    from engines.rustwasm.typing.expressions import ExpressionChecker
    from engines.rustwasm.typing.types import INFER

    def wrapper(original: Any) -> Any:
        def merge(self: Any, merged: Any, *rest: Any) -> None:
            if merged.expected is not None and merged.expected.kind == INFER:
                merged.expected = None
            original(self, merged, *rest)

        return merge

    replace_method(ExpressionChecker, "merge", wrapper)


@BUGS.action("rust-operands-in-blocks-moved", Area.RUST_FRONT_END, "a valid program rejected",
             description="a block on the right of an overloaded operator moves the `&mut` it gives")  # fmt: skip
def _() -> None:
    from engines.rustwasm.typing.operators import OperatorChecker

    replace_method(OperatorChecker, "lent_operand", lambda original: lambda self, trait, left: None)
