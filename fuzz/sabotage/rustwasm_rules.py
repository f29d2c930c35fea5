"""Injected bugs in the rules of definitions, impls and bodies that rustc's error index lists: codes that are not
reported any more, and rules that look at less than they should."""

from __future__ import annotations

from typing import Any, Final

from fuzz.sabotage.bug import Area, Catalogue, replace_method
from fuzz.sabotage.rustwasm import DEVELOPMENT, REFUSED, unreported

BUGS: Final = Catalogue(judges=REFUSED)

UNENFORCED: Final = (
    "E0029", "E0030", "E0034", "E0040", "E0049", "E0071", "E0109", "E0120", "E0133", "E0158", "E0161", "E0164",
    "E0191", "E0195", "E0197", "E0199", "E0200", "E0203", "E0206", "E0207", "E0221", "E0223", "E0229", "E0271",
    "E0276", "E0282", "E0283", "E0284", "E0309", "E0310", "E0317", "E0322", "E0326", "E0366", "E0367", "E0368",
    "E0392", "E0393", "E0436", "E0525", "E0533", "E0579", "E0593", "E0620", "E0641", "E0643", "E0665", "E0666",
    "E0746", "E0769", "E0790", "E0794", "E0226", "E0446", "E0588", "E0690", "E0719", "E0801", "E0492", "E0764",
    "E0477", "E0491",
)  # fmt: skip
"""Errors that are not reported any more."""

BUGS.extend(unreported(UNENFORCED, REFUSED))


@BUGS.action("rust-late-projections-not-compared", Area.RUST_FRONT_END, "a rule of the language not enforced",
             description="a value for `I::Item` is not compared with the item of an `I` found later")  # fmt: skip
def _() -> None:
    from engines.rustwasm.typing.paths import PathChecker

    replace_method(PathChecker, "contradicted", lambda original: lambda *rest: None)


@BUGS.action("rust-closures-cast-with-captures", Area.RUST_FRONT_END, "a rule of the language not enforced",
             description="closures that capture variables are cast to function pointers")  # fmt: skip
def _() -> None:
    from engines.rustwasm.typing import check

    replace_method(check, "check_closure_casts", lambda original: lambda checker: None)


@BUGS.action("rust-undecided-before-casts", Area.RUST_FRONT_END, "a valid program rejected",
             description="what casts decide comes after the question what is undecided")  # fmt: skip
def _() -> None:
    from engines.rustwasm.typing import check
    from engines.rustwasm.typing.undecided import report_undecided

    def wrapper(original: Any) -> Any:
        def sizes(checker: Any) -> None:
            original(checker)
            report_undecided(checker)

        return sizes

    replace_method(check, "check_sizes", wrapper)


@BUGS.action("rust-values-beside-taken-ones-taken", Area.RUST_FRONT_END, "a rule of the language not enforced",
             judges=("tests/engines/rustwasm/typing/test_matched_values.py",),
             description="of numbers that arms take, the one behind counts as taken")  # fmt: skip
def _() -> None:
    from engines.rustwasm.typing.matched_values import MatchedValues

    def wrapper(original: Any) -> Any:
        return lambda self, low, high: original(self, low, high + 1)

    replace_method(MatchedValues, "take", wrapper)


@BUGS.action("rust-bindings-say-no-parameters", Area.RUST_FRONT_END, "a valid program rejected",
             description="`I: Iterator<Item = T>` does not say what T is")  # fmt: skip
def _() -> None:
    from engines.rustwasm.typing import parameters

    replace_method(parameters, "_follow_bindings", lambda original: lambda predicates, known: None)


@BUGS.action("rust-own-mentions-use-parameters", Area.RUST_FRONT_END, "a rule of the language not enforced",
             description="a parameter that only the type's mention in itself names counts as used")  # fmt: skip
def _() -> None:
    from engines.rustwasm.typing import parameters

    def wrapper(original: Any) -> Any:
        return lambda one, needs, found: original(one, {}, found)

    replace_method(parameters, "_needed", wrapper)


@BUGS.action("rust-own-types-found-in-any-trait", Area.RUST_FRONT_END, "a valid program rejected",
             description="`Self::Item` of an impl is taken from the first trait in scope that has an Item")  # fmt: skip
def _() -> None:
    from engines.rustwasm.typing.collect import Collector

    def wrapper(original: Any) -> Any:
        def assoc_type(self: Any, base: Any, segment: Any, env: Any) -> Any:
            saved, self.compilation.current_impl = self.compilation.current_impl, None
            try:
                return original(self, base, segment, env)
            finally:
                self.compilation.current_impl = saved

        return assoc_type

    replace_method(Collector, "assoc_type", wrapper)


@BUGS.action("rust-derived-impls-ask-nothing", Area.RUST_FRONT_END, "a rule of the language not enforced",
             description="a derived impl is taken for right whatever its fields' types have",
             judges=("tests/engines/rustwasm/typing/test_derived_impls.py",))  # fmt: skip
def _() -> None:
    from engines.rustwasm.typing import derived

    replace_method(derived, "_has", lambda original: lambda inference, trait, one: True)


@BUGS.action("rust-first-trait-taken", Area.RUST_FRONT_END, "a rule of the language not enforced",
             description="of two traits' methods of one name the first is called")  # fmt: skip
def _() -> None:
    from engines.rustwasm.typing.methods import MethodChecker

    replace_method(MethodChecker, "preferred", lambda original: lambda self, traits, step, self_ty, span: None)


@BUGS.action("rust-late-associated-types-not-compared", Area.RUST_FRONT_END, "a rule of the language not enforced",
             description="bounds on associated types of what is known later hold")  # fmt: skip
def _() -> None:
    from engines.rustwasm.typing import check

    replace_method(check, "check_bound_types", lambda original: lambda checker: None)


@BUGS.action("rust-unsafe-everywhere", Area.RUST_FRONT_END, "a rule of the language not enforced",
             description="a block without `unsafe` lets what is in it do what is unsafe")  # fmt: skip
def _() -> None:
    from engines.rustwasm.typing.check import BodyChecker

    def wrapper(original: Any) -> Any:
        def block(self: Any, node: Any, expected: Any) -> Any:
            self.unsafe = True
            return original(self, node, expected)

        return block

    replace_method(BodyChecker, "block", wrapper)
    from engines.rustwasm.syntax import tree as t
    from engines.rustwasm.typing import expressions

    expressions._TABLE[t.Block] = BodyChecker.block


@BUGS.action("rust-empty-ranges-match", Area.RUST_FRONT_END, "a rule of the language not enforced",
             description="a range pattern that has no values is a pattern like others")  # fmt: skip
def _() -> None:
    from engines.rustwasm.typing import exhaustiveness

    replace_method(exhaustiveness._Lowering, "is_empty", lambda original: lambda self, node, start, end: False)


@BUGS.action("rust-what-never-returns-decides-nothing", Area.RUST_FRONT_END, "a valid program rejected",
             description="a type that only what never gives a value was fitted to stays open")  # fmt: skip
def _() -> None:
    from engines.rustwasm.typing.check import BodyChecker

    def wrapper(original: Any) -> Any:
        def default_numbers(self: Any) -> None:
            self.diverging.clear()
            original(self)

        return default_numbers

    replace_method(BodyChecker, "default_numbers", wrapper)


@BUGS.action("rust-bounds-of-types-not-asked", Area.RUST_FRONT_END, "a rule of the language not enforced",
             description="arguments of types need not meet their bounds, nor have a size")  # fmt: skip
def _() -> None:
    from engines.rustwasm.typing.wellformed_types import TypeRules

    replace_method(TypeRules, "asks", lambda original: lambda self, one: False)


@BUGS.action("rust-supertraits-not-asked", Area.RUST_FRONT_END, "a rule of the language not enforced",
             description="impls need not meet what their trait asks of Self and associated types")  # fmt: skip
def _() -> None:
    from engines.rustwasm.typing import wellformed_types

    replace_method(wellformed_types, "require", lambda original: lambda inference, p, args, span: True)


@BUGS.action("rust-derived-impls-lose-bounds", Area.RUST_FRONT_END, "a valid program rejected",
             description="a derived impl has the bounds of its trait only, not those of its type")  # fmt: skip
def _() -> None:
    from engines.rustwasm.resolve.declare import Declarations

    def wrapper(original: Any) -> Any:
        def derive(self: Any, item: Any, module: Any) -> None:
            kept = [(p, p.bounds) for p in item.generics.params]
            for p, _ in kept:
                p.bounds = []
            original(self, item, module)
            for p, bounds in kept:
                p.bounds = bounds

        return derive

    replace_method(Declarations, "derive", wrapper)


@BUGS.action("rust-signatures-imply-nothing", Area.RUST_FRONT_END, "a valid program rejected",
             description="`&'a T` in a signature does not say that T outlives 'a")  # fmt: skip
def _() -> None:
    from engines.rustwasm.borrow import type_outlives

    replace_method(type_outlives, "imply", lambda original: lambda *given: None)


@BUGS.action("rust-constants-of-generic-types-escape", Area.RUST_FRONT_END, "a place used after its end",
             description="`&None` of a generic type leaves the function whose frame it is in",
             judges=("fresh tests/engines/rustwasm/lower_linear/test_promotion.py",))  # fmt: skip
def _() -> None:
    from engines.rustwasm.borrow import check

    replace_method(check, "_refuse_escaping", lambda original: lambda *given: None)


@BUGS.action("rust-values-without-destructor-last", Area.RUST_FRONT_END, "a place used after its end",
             description="what a statement makes and need not drop may be lent for longer")  # fmt: skip
def _() -> None:
    from engines.rustwasm.mir.build_places import PlaceBuilder

    replace_method(PlaceBuilder, "ends", lambda original: lambda self, one: False)


@BUGS.action("rust-lets-keep-nothing", Area.RUST_FRONT_END, "a valid program rejected",
             description="what a `let` borrows in the ends of branches is gone after it")  # fmt: skip
def _() -> None:
    from engines.rustwasm.mir import build_statements

    replace_method(build_statements, "_extend", lambda original: lambda node, kept, scope: False)


_SPANS: Final = ("tests/engines/rustwasm/test_spans.py",)


@BUGS.action("rust-spans-end-before-their-last-token", Area.RUST_FRONT_END, "a message that blames the wrong place",
             description="an error leaves its last character out", judges=_SPANS)  # fmt: skip
def _() -> None:
    from engines.rustwasm.syntax.diagnostics import Diagnostics

    def wrapper(original: Any) -> Any:
        def error(self: Any, code: Any, message: str, span: Any, label: str = "") -> Any:
            return original(self, code, message, (span[0], max(span[0] + 1, span[1] - 1)), label)

        return error

    replace_method(Diagnostics, "error", wrapper)


@BUGS.action("rust-fixes-a-character-too-far", Area.RUST_FRONT_END, "a fix that does not mend",
             description="`mut` is put a character behind the start of the name", judges=_SPANS)  # fmt: skip
def _() -> None:
    from engines.rustwasm.borrow.report import Reporter

    def wrapper(original: Any) -> Any:
        def suggest_mut(self: Any, error: Any, what: Any) -> None:
            original(self, error, what)
            if error.suggestion:
                (start, end), text, said = error.suggestion
                error.suggestion = ((start + 1, end + 1), text, said)

        return suggest_mut

    replace_method(Reporter, "suggest_mut", wrapper)


@BUGS.action("rust-branches-keep-nothing", Area.RUST_FRONT_END, "a valid program rejected",
             description="temporaries that a branch of a `let`'s value lends end with the statement")  # fmt: skip
def _() -> None:
    from engines.rustwasm.mir import build_statements
    from engines.rustwasm.syntax import tree as t

    def wrapper(original: Any) -> Any:
        return lambda node, *rest: not isinstance(node, (t.If, t.Match)) and original(node, *rest)

    replace_method(build_statements, "_extend", wrapper)


@BUGS.action("rust-arrays-not-taken-apart", Area.RUST_FRONT_END, "a valid program rejected",
             description="only tuples are taken apart by assignments")  # fmt: skip
def _() -> None:
    from engines.rustwasm.syntax import tree as t
    from engines.rustwasm.typing import operators

    replace_method(operators, "takes_apart", lambda original: lambda checker, left: isinstance(left, t.Tuple))


@BUGS.action("rust-references-become-any-pointer", Area.RUST_FRONT_END, "a rule of the language not enforced",
             description="a reference is cast to a raw pointer to any type")  # fmt: skip
def _() -> None:
    from engines.rustwasm.typing import casts

    replace_method(casts, "fits_pointer", lambda original: lambda checker, actual, to: True)


@BUGS.action("rust-imports-before-the-crates-attributes", Area.RUST_FRONT_END, "a fix that does not mend",
             description="a suggested `use` is put where the file starts",
             judges=("tests/engines/rustwasm/test_fixes.py",))  # fmt: skip
def _() -> None:
    import re

    from engines.rustwasm.resolve import importable

    replace_method(importable, "_HEAD", lambda original: re.compile(""))


@BUGS.action("rust-closures-keep-what-they-are-given", Area.RUST_FRONT_END, "a rule of the language not enforced",
             description="a closure passed to what calls it with any lifetime may keep what it is given")  # fmt: skip
def _() -> None:
    from engines.rustwasm.borrow.constraints import Constraints

    replace_method(Constraints, "_pass_closure", lambda original: lambda self, bound, subject, env: None)


@BUGS.action("rust-closures-declare-no-lifetimes", Area.RUST_FRONT_END, "a rule of the language not enforced",
             description="a closure whose own parameters say `&` may keep what it is given")  # fmt: skip
def _() -> None:
    from engines.rustwasm.borrow import check

    replace_method(check, "chosen_by_calls", lambda original: lambda shapes, closure, captures: frozenset())


@BUGS.action("rust-closures-ask-no-static", Area.RUST_FRONT_END, "a rule of the language not enforced",
             description="the body of a closure may lend what it captures for as long as the program")  # fmt: skip
def _() -> None:
    from engines.rustwasm.borrow import check
    from engines.rustwasm.borrow.calls import STATIC

    def wrapper(original: Any) -> Any:
        return lambda constraints: [pair for pair in original(constraints) if pair[1] != STATIC]

    replace_method(check, "summarize", wrapper)


@BUGS.action("rust-called-parameters-borrow-all", Area.RUST_FRONT_END, "a valid program rejected",
             description="what a called parameter gives back borrows from all that it was given")  # fmt: skip
def _() -> None:
    from engines.rustwasm.borrow.constraints import Constraints

    replace_method(Constraints, "_call_known", lambda original: lambda self, *rest: False)


@BUGS.action("rust-literals-ask-nothing", Area.RUST_FRONT_END, "a rule of the language not enforced",
             description="what is made of a type does not have to last as long as the type asks")  # fmt: skip
def _() -> None:
    from engines.rustwasm.borrow import type_outlives
    from engines.rustwasm.borrow.bounds import Bounds

    replace_method(type_outlives, "lasting_parts", lambda original: lambda generics: False)
    replace_method(Bounds, "binds", lambda original: lambda self, generics: False)


@BUGS.action("rust-converts-the-last-operand", Area.RUST_FRONT_END, "a fix that does not mend",
             description="a suggested conversion of a sum has no parentheses around the sum",
             judges=("tests/engines/rustwasm/test_fixes.py",))  # fmt: skip
def _() -> None:
    from engines.rustwasm.syntax import tree as t
    from engines.rustwasm.typing import fixes

    replace_method(fixes, "_TAKES_SUFFIX", lambda original: (t.Node,))


@BUGS.action("rust-lends-mutably-before-the-sign", Area.RUST_FRONT_END, "a fix that does not mend",
             description="the `mut` of a parameter's reference is put in front of its `&`",
             judges=("tests/engines/rustwasm/test_fixes.py",))  # fmt: skip
def _() -> None:
    import re

    from engines.rustwasm.borrow import mutability

    replace_method(mutability, "_SIGN", lambda original: re.compile(""))


@BUGS.action("rust-bounds-name-no-lifetimes", Area.RUST_FRONT_END, "a rule of the language not enforced",
             description="lifetimes in arguments and bindings of bounds are forgotten")  # fmt: skip
def _() -> None:
    from engines.rustwasm.typing import generics

    def wrapper(original: Any) -> Any:
        return lambda *rest, declared=None, **named: original(*rest, **named)

    replace_method(generics, "Predicate", wrapper)


@BUGS.action("rust-hidden-types-hold-anything", Area.RUST_FRONT_END, "a rule of the language not enforced",
             description="the type behind an `impl Trait` may hold references that its bounds do not name")  # fmt: skip
def _() -> None:
    from engines.rustwasm.borrow import lifetimes

    replace_method(lifetimes, "_check_hidden", lambda original: lambda *rest: None)


@BUGS.action("rust-drops-of-moved-values-count", Area.RUST_FRONT_END, "a valid program rejected",
             description="the drop of what was moved away keeps what that borrowed")  # fmt: skip
def _() -> None:
    from engines.rustwasm.borrow import liveness

    replace_method(liveness, "_filled", lambda original: lambda facts, local: -1)


@BUGS.action("rust-short-loans-forbid-nothing", Area.RUST_FRONT_END, "a rule of the language not enforced",
             judges=("tests/engines/rustwasm/borrow/test_short_loans.py",),
             description="a loan that ends soon is forgotten whatever happens to the local meanwhile")  # fmt: skip
def _() -> None:
    from engines.rustwasm.borrow import short_loans
    from engines.rustwasm.borrow.facts import REPLACE

    everything = frozenset(range(REPLACE + 1))
    replace_method(short_loans, "_HARMLESS_TO_EXCLUSIVE", lambda original: everything)
    replace_method(short_loans, "_HARMLESS_TO_SHARED", lambda original: everything)


@BUGS.action("rust-short-loans-end-with-their-call", Area.RUST_FRONT_END, "a rule of the language not enforced",
             judges=("tests/engines/rustwasm/borrow/test_short_loans.py",),
             description="every loan is taken for one that nothing mentions after the call")  # fmt: skip
def _() -> None:
    from engines.rustwasm.borrow import short_loans

    replace_method(
        short_loans, "_last_mention", lambda original: lambda constraints, loan, holders, run_end: loan.point + 1
    )


@BUGS.action("rust-arms-as-many-as-variants-take-all", Area.RUST_FRONT_END, "a rule of the language not enforced",
             judges=("tests/engines/rustwasm/typing/test_arms_by_variant.py",),
             description="a match with as many arms as its enum has variants is taken for exhaustive")  # fmt: skip
def _() -> None:
    from engines.rustwasm.typing import exhaustiveness

    def counted(original: Any) -> Any:
        return lambda matrix, arms, column: (
            hasattr(column[0].data, "variants") and (len(arms) == len(column[0].data.variants))
        )

    replace_method(exhaustiveness, "_takes_each_once", counted)


@BUGS.action("rust-references-lead-to-values", Area.RUST_FRONT_END, "a rule of the language not enforced",
             judges=("tests/engines/rustwasm/test_refused.py",),
             description="a match behind a reference need not name what has no values")  # fmt: skip
def _() -> None:
    from engines.rustwasm.typing import exhaustiveness

    replace_method(exhaustiveness, "holds_a_value", lambda original: lambda node: True)


@BUGS.action("rust-generic-types-hold-nothing-given", Area.RUST_FRONT_END, "a rule of the language not enforced",
             judges=("tests/engines/rustwasm/test_refused.py",),
             description="a type may hold itself by way of a generic type's parameter")  # fmt: skip
def _() -> None:
    from engines.rustwasm.typing import types as ty
    from engines.rustwasm.typing.recursive_types import _Search

    replace_method(
        _Search, "of_type", lambda original: lambda self, adt, one: (
            iter(()) if one.kind == ty.PARAM else original(self, adt, one)
        )
    )  # fmt: skip


@BUGS.action("rust-closures-change-what-leads-on", Area.RUST_FRONT_END, "a valid program rejected",
             judges=("tests/engines/rustwasm/test_refused.py",),
             description="a closure that changes what a `&mut` in a variable leads to changes that")  # fmt: skip
def _() -> None:
    from engines.rustwasm.typing import captures

    replace_method(captures, "_shortened", lambda original: lambda checker, variable, path, mode, length: mode)


@BUGS.action("rust-slices-are-receivers-by-value", Area.RUST_FRONT_END, "a valid program rejected",
             judges=("tests/engines/rustwasm/typing/test_accepted_by_typing.py",),
             description="`part[1..].try_into()` is a call of the slice, not of a reference to it")  # fmt: skip
def _() -> None:
    from engines.rustwasm.typing import methods

    replace_method(methods, "_UNSIZED", lambda original: frozenset())


@BUGS.action("rust-no-table-without-entries", Area.RUST_CONTROL, "an invalid module",
             judges=("tests/engines/rustwasm/lower_linear/test_objects_not_called.py",),
             description="what drops objects that are never called looks into a table that is not there")  # fmt: skip
def _() -> None:
    from engines.rustwasm.lower_linear.program import Program

    replace_method(Program, "has_table", lambda original: lambda self: bool(self.table))


@BUGS.action("rust-surrogates-are-characters", Area.RUST_FRONT_END, "a valid program rejected",
             judges=("tests/engines/rustwasm/typing/test_accepted_by_typing.py",),
             description="a match on a `char` must cover the surrogates")  # fmt: skip
def _() -> None:
    from engines.rustwasm.typing import exhaustiveness, matched_values

    for module in (exhaustiveness, matched_values):
        replace_method(module, "SURROGATES", lambda original: range(0x110000, 0x110001))


@BUGS.action("rust-std-outside-is-unknown", Area.RUST_FRONT_END, "a message about something else",
             judges=("tests/engines/rustwasm/typing/test_outside_subset.py",),
             description="what of std is outside the subset is a name that cannot be found")  # fmt: skip
def _() -> None:
    from engines.rustwasm.resolve.modules import Resolver

    replace_method(Resolver, "outside", lambda original: lambda self, path, span: False)


_QUIET: Final = ("tests/engines/rustwasm/modes/test_quiet.py",)


def _overlooked(name: str, method: str, answer: bool, description: str) -> None:
    """A bug with which `modes.quiet` does not look at something that a GC body has."""

    @BUGS.action(f"rust-quiet-{name}", Area.RUST_FRONT_END, "a rule of the language not enforced",
                 description=description, judges=_QUIET)  # fmt: skip
    def _() -> None:
        from engines.rustwasm.modes.quiet import _TABLE, QuietBodies

        original = getattr(QuietBodies, method)
        replace_method(QuietBodies, method, lambda original: lambda *rest: answer)
        for kind in [kind for kind, rule in _TABLE.items() if rule is original]:
            _TABLE[kind] = lambda *rest: answer


_overlooked("lets-not-looked-at", "_let", True, "GC bodies with variables without value are not checked")
_overlooked("fixed-variables-changed", "_fixed", False, "GC bodies may change parts of variables that are not `mut`")
_overlooked("assignments-not-looked-at", "_assignment", True, "GC bodies may assign to variables that are not `mut`")
_overlooked("references-kept", "held", False, "variables of GC bodies may own and keep references")
_overlooked("enums-lent", "_lends", True, "GC bodies may lend enums of which references may be kept")
_overlooked("arguments-not-looked-at", "_misused", False, "values of `GcArray<String>` are not looked at in GC bodies")


@BUGS.action("rust-gc-parts-lent-without-mut", Area.RUST_FRONT_END, "a rule of the language not enforced",
             description="a part of a GC function's variable is lent to be changed though it is not `mut`",
             judges=("tests/engines/rustwasm/modes/test_mode_rules.py",))  # fmt: skip
def _() -> None:
    from engines.rustwasm.borrow import check

    def wrapper(original: Any) -> Any:
        return lambda facts, reporter: None if facts.body.definition.gc else original(facts, reporter)

    replace_method(check, "check_mutability", wrapper)


@BUGS.action("rust-branches-expect-open-types", Area.RUST_FRONT_END, "a rule of the language not enforced",
             description="what `if` and `match` are expected to be counts before it is known")  # fmt: skip
def _() -> None:
    from engines.rustwasm.typing import statements

    replace_method(statements, "known", lambda original: lambda expected: expected)


@BUGS.action("rust-trait-objects-of-any-size", Area.RUST_FRONT_END, "a rule of the language not enforced",
             description="a `&T` where `T: ?Sized` becomes a trait object")  # fmt: skip
def _() -> None:
    from engines.rustwasm.typing import coercion

    replace_method(coercion, "lacks_size", lambda original: lambda checker, one, generics: False)


@BUGS.action("rust-later-closures-first", Area.RUST_FRONT_END, "a valid program rejected",
             description="a closure's captures are found before those of the one that it calls")  # fmt: skip
def _() -> None:
    from engines.rustwasm.typing.check import BodyChecker

    def wrapper(original: Any) -> Any:
        def finish(self: Any) -> None:
            self.checked_closures.reverse()
            original(self)

        return finish

    replace_method(BodyChecker, "finish", wrapper)


@BUGS.action("rust-operands-read-late", Area.RUST_FRONT_END, "a wrong result",
             judges=(DEVELOPMENT,),
             description="what stands further right may change an operand that was read")  # fmt: skip
def _() -> None:
    from engines.rustwasm.mir.build_operands import OperandBuilder

    replace_method(OperandBuilder, "calm", lambda original: lambda self, nodes: True)


@BUGS.action("rust-fields-read-after-the-base", Area.RUST_FRONT_END, "a wrong result",
             judges=(DEVELOPMENT, "tests/engines/rustwasm/library/test_library_programs.py"),
             description="what `..base` of a struct does may change the fields that are written before it")  # fmt: skip
def _() -> None:
    from engines.rustwasm.mir.build_expressions import ExpressionBuilder

    replace_method(ExpressionBuilder, "operands", lambda original: lambda self, nodes, last=None: original(self, nodes))


@BUGS.action("rust-moved-operands-stay", Area.RUST_FRONT_END, "a valid program rejected",
             judges=(DEVELOPMENT,),
             description="a moved operand leaves its place after those further right, which fill it again")  # fmt: skip
def _() -> None:
    from engines.rustwasm.mir.build_expressions import ExpressionBuilder

    replace_method(ExpressionBuilder, "moved", lambda original: lambda self, operand, node: operand)


@BUGS.action("rust-boxes-captured-whole", Area.RUST_FRONT_END, "a case left out",
             judges=("tests/engines/rustwasm/test_refused.py",),
             description="a closure keeps a box where it uses a part of what is in it")  # fmt: skip
def _() -> None:
    from engines.rustwasm.typing import captures, types

    replace_method(captures, "leads_on", lambda original: lambda one: one.kind == types.REF)


@BUGS.action("rust-gc-references-to-what-ended", Area.RUST_FRONT_END, "a check left out",
             judges=("tests/engines/rustwasm/modes/test_mode_rules.py",),
             description="a GC function may keep `&mut` of a variable that is gone")  # fmt: skip
def _() -> None:
    from engines.rustwasm.modes import rules

    replace_method(rules, "ENDINGS", lambda original: rules.NOTHING)


@BUGS.action("rust-arguments-fitted-as-they-like", Area.RUST_FRONT_END, "a rule of the language not enforced",
             description="what a call's expected result asks of an argument may be missed")  # fmt: skip
def _() -> None:
    from engines.rustwasm.typing.calls import CallChecker

    def wrapper(original: Any) -> Any:
        def coerce_argument(self: Any, arg: Any, actual: Any, wanted: Any, hint: Any) -> None:
            original(self, arg, actual, wanted, hint if self.can_unify(actual, hint) else wanted)

        return coerce_argument

    replace_method(CallChecker, "coerce_argument", wrapper)


@BUGS.action("rust-parts-of-types-stay-open", Area.RUST_FRONT_END, "a rule of the language not enforced",
             description="nothing has to decide types of closures, variants, no elements")  # fmt: skip
def _() -> None:
    from engines.rustwasm.typing import undecided

    replace_method(undecided, "_holds_open", lambda original: lambda one: False)
