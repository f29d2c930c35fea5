"""What calls demand of regions: of functions, closures, and what is known by its bounds or written signature."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from engines.rustwasm.borrow import regions as r
from engines.rustwasm.borrow.bounds import Bounds
from engines.rustwasm.borrow.describe import is_box
from engines.rustwasm.borrow.facts import Facts
from engines.rustwasm.borrow.generality import CLOSURE, ITEM, RECEIVER, RESULT, VALUE, Generality
from engines.rustwasm.borrow.shapes import COVARIANT, Shapes, elided, is_fn_trait
from engines.rustwasm.borrow.signatures import Environment, Signatures, Typed, UnknownRegionsError, with_own_bounds
from engines.rustwasm.borrow.written import parts
from engines.rustwasm.typing import types as ty
from engines.rustwasm.typing.definitions import FnDef, ImplDef, VariantDef
from engines.rustwasm.typing.parameters import item_lifetimes
from engines.rustwasm.typing.types import Ty

STATIC: Final = -1
"""The position that stands for `'static` in what a closure demands."""
_UNWRITTEN: Final = 1 << 20
"""From here down are numbers of bound lifetimes that no type writes."""


class Calls(Bounds):
    """Constraints of calls. `summaries` maps a closure's definition to what its body demands: pairs of positions in its
    captures', parameters' and result's regions."""

    def __init__(
        self,
        facts: Facts,
        shapes: Shapes,
        signatures: Signatures,
        summaries: dict[Any, list[tuple[int, int]]],
        general: Generality | None = None,
    ) -> None:
        super().__init__(facts, shapes, signatures, general)
        self.summaries = summaries
        self.flowing = VALUE
        """What goes where the statement puts its value, while it is collected what is general."""
        self.passed: list[tuple[Any, dict[int, int]]] = []
        """Closures that are passed to what calls them, with the positions of the regions that each call chooses, and
        what it chooses: one region where one lifetime stands twice."""
        self.results: dict[Any, tuple[int, ...]] = {}
        """Of closures whose signature is the same for all calls, what all of them give."""
        self.mixed = False
        """Whether something is called whose signature is not known: more is demanded than has to be."""
        self.universe: dict[str, int] = {}
        self.own_types: set[Ty] = set()
        """The parts of the types in the body's own signature."""
        self.plain: dict[FnDef, int] = shapes.plain
        signatures.call_closure = self.call_closure
        signatures.call_item = self.call_item

    # Functions

    def enter(
        self,
        definition: FnDef,
        env: Environment,
        actual: list[Typed],
        target: Typed,
        category: int,
        written: Sequence[tuple[int, Ty]] = (),
        method: bool = False,
    ) -> None:
        """A call of a function with these type arguments, some of which are `written` with lifetimes; is it a `method`
        of its first argument?"""
        if written:
            self._write(definition, env, written)
        self._give(definition.inputs, env, actual, True, method)
        if isinstance(definition.owner, ImplDef) and definition.owner.lifetimes:
            self._enter_impl(definition, definition.owner, env)
        if target[1]:
            if self.general is not None:
                self.general.flowing = self.flowing
            given_out = self.signatures.regions(definition.output, env, target[0])
            if given_out is None:
                try:
                    self.relate(self.signatures.typed(definition.output, env), target, category)
                except UnknownRegionsError:
                    self._mix(actual, target)
            else:
                self.relate((target[0], given_out), target, category)
                self.well_formed((target[0], given_out))
            if self.general is not None:
                self.general.flowing = VALUE
        self._bounds(definition.generics, env)

    def _write(self, item: FnDef | VariantDef, env: Environment, written: Sequence[tuple[int, Ty]]) -> None:
        """What a path of a function or constructor says of its lifetimes and types."""
        names = item_lifetimes(item)
        for index, one in written:
            if index >= 0:
                self.is_written(env.args[index], one)
                self.well_formed(env.args[index], r.OTHER)
            elif index < -1:
                self.is_written((ty.ref(ty.UNIT), (env.region(names[-2 - index]),)), one)
            elif isinstance(item, VariantDef):
                self.is_written(self.signatures.typed(_made(item), env), one)
            elif isinstance(item.owner, ImplDef):
                self.is_written(self.signatures.typed(item.owner.self_ty, env), one)

    def item(self, one: Ty, written: Sequence[tuple[int, Ty]]) -> Typed:
        """A function or constructor as a value: what calls may not choose is the same for all of them."""
        count = len(item_lifetimes(one.data))
        regions = [*self.regions.fresh_many(count), *[region for arg in one.args for region in self.unknown(arg)]]
        found = one, tuple(regions)
        env = self._of_item(found)
        if written:
            self._write(one.data, env, written)
        if regions or one.args:
            self._bounds(one.data.generics if isinstance(one.data, FnDef) else one.data.owner.generics, env)
        return found

    def _of_item(self, item: Typed) -> Environment:
        """What the names in the signature of a function or constructor that is a value stand for."""
        names = item_lifetimes(item[0].data)
        held = self.signatures.split((ty.tuple_of(item[0].args), item[1][len(names) :]))
        return Environment(held, dict(zip(names, item[1], strict=False)), self.regions.fresh)

    def _enter_impl(self, definition: FnDef, impl: ImplDef, env: Environment) -> None:
        """What is called may rely on the types being well-formed that its impl is for: a receiver's is by itself."""
        for one in (impl.self_ty, *impl.trait_args)[definition.receiver is not None :]:
            if any(self.shapes.demands(ty.erase(one))):
                with contextlib.suppress(UnknownRegionsError):
                    self.well_formed(self.signatures.typed(one, env))

    def is_written(self, found: Typed, written: Ty) -> None:
        """A type that inference found is one that is written, with lifetimes."""
        if self.signatures.assumed is None:
            return
        own = Environment(self.signatures.assumed.args, self.universe, self.regions.fresh)
        try:
            one, regions = self.signatures.typed(with_own_bounds(written, f"&&{len(self.universe)}"), own)
        except UnknownRegionsError:
            return
        if one is found[0]:
            if self.shapes.binders(one):
                self.relate(found, (one, regions), r.CALL)
                self.relate((one, regions), found, r.CALL)
            self._equal(list(zip(found[1], regions, strict=True)), r.CALL)

    def _give(
        self, inputs: Sequence[Ty], env: Environment, actual: list[Typed], called: bool, method: bool = False
    ) -> None:
        """Arguments for parameters that are declared so. What is `called` may rely on their types being well-formed."""
        for i, (declared, given) in enumerate(zip(inputs, actual, strict=False)):
            if not given[1]:
                continue
            if method and not i and self.general is not None:
                self.general.flowing = RECEIVER
            wanted = self.signatures.regions(declared, env, given[0])
            if wanted is None:
                try:
                    formal = self.signatures.typed(declared, env)
                except UnknownRegionsError:
                    continue
                self.relate(given, formal, r.CALL)
            else:
                self.relate(given, (given[0], wanted), r.CALL)
                if self.general is not None:
                    self.general.flowing = VALUE
                if called:
                    self.well_formed((given[0], wanted))

    def call_item(self, item: Typed, arguments: list[Typed], called: bool = False) -> Typed:
        """What calling a function, or a constructor, that is a value demands; the type of its result. Unless it is
        `called` it is asked what it can be called with. Raises UnknownRegionsError."""
        definition = item[0].data
        env = self._of_item(item)
        if isinstance(definition, FnDef):
            if is_call(definition):
                raise UnknownRegionsError
            self._give(definition.inputs, env, arguments, called)
            return self.signatures.typed(definition.output, env)
        self._give([field.ty for field in definition.fields], env, arguments, called)
        return self.signatures.typed(_made(definition), env)

    def _single(self, given: Typed) -> bool:
        return not given[1] or (len(given[1]) == 1 and self.shapes.variances(given[0])[0] == COVARIANT)

    def _plain(self, definition: FnDef) -> int:
        """Can a call whose result has no region demand nothing? 0: it may demand something; 1: nothing if each
        argument has one region at most, covariant; 2: nothing, since no lifetime or parameter stands twice in the
        arguments."""
        found = self.plain.get(definition)
        if found is None:
            generics = definition.generics
            names: list[Any] = []
            for one in definition.inputs:
                _mentions(one, names)
            named = [n for n in names if n != ""]
            found = int(
                not generics.outlives
                and "'static" not in names
                and all(
                    p.trait is not None
                    and not p.bindings
                    and not p.regions
                    and not is_fn_trait(p.trait)
                    and not self.demands(p.trait)
                    for p in generics.predicates
                )
            )
            if found and len(set(named)) == len(named) and not any(p.args for p in generics.predicates):
                found = 2
            self.plain[definition] = found
        return found

    def _calls(self, bound: Any, subject: Typed, env: Environment, category: int = r.CALL) -> None:
        """What being called as a bound `Fn(A) -> B` says demands of a closure or function."""
        while subject[0].kind == ty.REF or is_box(subject[0]):
            subject = self._args(subject)[0]
        kind = subject[0].kind
        if (kind not in (ty.CLOSURE, ty.FNDEF) and parts(subject[0]) is None) or not bound.args:
            return
        for name in ty.lifetimes(bound.declared[0][0]):
            env.region(name)
        fixed = kind == ty.CLOSURE and bool(self.shapes.fixed(subject[0]))
        every = kind != ty.CLOSURE or fixed
        fresh = (lambda: self._every(bound.trait, subject[0])) if every else env.fresh
        declared = Environment(env.args, dict(env.lifetimes), fresh)
        arguments = self.signatures.split(self.signatures.typed(bound.declared[0][0], declared))
        if kind == ty.FNDEF:
            result = self.call_item(subject, arguments)
        elif kind != ty.CLOSURE:
            result = self.call_bound(subject, arguments)
        else:
            result = self.call_closure(subject, arguments, True)
            if self._pass_closure(bound, subject, env):
                self.results.setdefault(subject[0].data, result[1])
        for _, output in bound.declared[1]:
            if result[1]:
                known = dict(declared.lifetimes)
                wanted = self.signatures.typed(output, Environment(env.args, known, env.fresh))
                if self.general is not None:
                    self.general.flowing = RESULT
                self.relate(result, wanted, category)
                if self.general is not None:
                    self.general.flowing = VALUE
                if fixed:
                    self._fixed_result(subject[0], result, wanted)

    def _fixed_result(self, closure: Ty, result: Typed, wanted: Typed, pointer: bool = False) -> None:
        """What a closure gives back for the same lifetime in all calls cannot be for each that a call chooses, but for
        that of function pointers, which may give back what lasts longer."""
        chosen = {region for region, _, _, _ in self.every}
        for mine, other in zip(result[1], wanted[1], strict=False):
            if other in chosen and pointer:
                self.regions.outlives(mine, 0, self.point, r.CALL)
            elif other in chosen:
                region = self.regions.fresh()
                self.regions.outlives(region, mine, self.point, r.CALL)
                self.every.append((region, self.point, ty.fn_ptr((), ty.UNIT), closure))

    def _pass_closure(self, bound: Any, subject: Typed, env: Environment) -> bool:
        """Note which regions of a closure's parameters each of its calls chooses, as the callee's bound says. True if
        the bound gave the closure its signature, and calls choose none."""
        if bound.called is None or not subject[0].data.expected:
            return False
        arguments, result, chosen = self._chosen(bound.called, env)
        self._note_chosen(subject, arguments, result, chosen)
        return not chosen

    def _chosen(self, called: tuple[Ty, Ty], env: Environment) -> tuple[list[Typed], Typed, set[int]]:
        """The arguments and the result of one call of what a bound `Fn(A) -> B` declares, and which of their regions
        the call chooses."""
        chosen: set[int] = set()
        for one in called:
            for name in ty.lifetimes(one):
                env.region(name)

        def fresh() -> int:
            chosen.add(self.regions.fresh())
            return len(self.regions.values) - 1

        own = Environment(env.args, dict(env.lifetimes), fresh)
        arguments = self.signatures.split(self.signatures.typed(called[0], own))
        return arguments, self.signatures.typed(called[1], own), chosen

    def _call_known(self, callee: Ty, given: Typed, target: Typed, category: int) -> bool:
        """A call of what the function's own bounds declare; False if they do not tell what it demands."""
        assumed = self.signatures.assumed
        for bound in self.signatures.assumptions:
            if bound.called is not None and bound.subject is callee and assumed is not None:
                env = Environment(assumed.args, dict(self.universe), self.regions.fresh)
                return self._call_declared(bound.called, env, given, target, category)
        return False

    def _call_declared(
        self, called: tuple[Ty, Ty], env: Environment, given: Typed, target: Typed, category: int
    ) -> bool:
        """A call of what is declared to take a tuple of arguments and to give a result."""
        try:
            arguments, result, _ = self._chosen(called, env)
        except UnknownRegionsError:
            return False
        if result[0] is not target[0]:
            return False
        for one, formal in zip(self.signatures.split(given), arguments, strict=False):
            if one[0] is not formal[0]:
                return False
            self.relate(one, formal, r.CALL)
            self.well_formed(formal)
        self.relate(result, target, category)
        return True

    def call_pointer(self, callee: Typed, actual: list[Typed], target: Typed, category: int) -> None:
        """A call of a function pointer, or of a value that may be anything."""
        try:
            result = self.call_bound(callee, actual)
            if self.general is not None:
                self.general.flowing = RECEIVER  # nothing is expected of what is called
            self.relate(result, target, category)
            if self.general is not None:
                self.general.flowing = VALUE
        except UnknownRegionsError:
            self._mix(actual, target)

    def call_bound(self, callee: Typed, arguments: list[Typed]) -> Typed:
        """What calling a function pointer or `dyn Fn` demands; the type of its result. Raises UnknownRegionsError."""
        inputs, result, _ = self._chosen_of(callee)
        for given, formal in zip(arguments, inputs, strict=False):
            self.relate(given, formal, r.CALL)
        return result

    def _chosen_of(self, callee: Typed) -> tuple[list[Typed], Typed, dict[int, int]]:
        """Parameters and result of one call of a function pointer or `dyn Fn`, and the regions that it chooses. Raises
        UnknownRegionsError."""
        called = parts(callee[0])
        if called is None:
            raise UnknownRegionsError
        whole = ty.tuple_of((*called[0], called[1]))
        chosen: dict[int, int] = {}
        held: list[int] = []
        given = callee[1][len(callee[0].regions) :]
        within = self._bound_within(whole, given)
        for region in given:
            if region < -1 and region not in chosen and region not in within:
                chosen[region] = self.regions.fresh()
            held.append(chosen.get(region, region))
        typed = self.signatures.split((whole, tuple(held)))
        if self.general is not None and self.general.collecting:
            # A slot says something of the whole only.
            typed = [(one, own if self.shapes.binders(one) else self.unknown(one)) for one, own in typed]
        return typed[:-1], typed[-1], chosen

    def _bound_within(self, whole: Ty, regions: tuple[int, ...]) -> set[int]:
        """What is bound by function pointers or `dyn Fn` among the parameters or in the result of one: all that stands
        in one of them alone."""
        found: set[int] = set()
        for start, end, _ in self.shapes.binders(whole):
            found |= set(regions[start:end]) - set(regions[:start]) - set(regions[end:])
        return {region for region in found if region < -1}

    def becomes(self, source: Typed, wanted: Typed) -> None:
        """A value becomes another type: closures and functions in it a `dyn Fn` or function pointer, whose calls choose
        regions."""
        one = source[0]
        called = parts(wanted[0])
        if one.kind in (ty.CLOSURE, ty.FNDEF) and called is not None:
            inputs, result, chosen = self._chosen_of(wanted)
            try:
                if self.general is not None and self.general.collecting:
                    self._as_general(source, wanted, self.general)
                if one.kind == ty.FNDEF:
                    self.every += [(region, self.point, wanted[0], one) for region in chosen.values()]
                    given = self.call_item(source, inputs)
                else:
                    if self.shapes.fixed(one):
                        self.every += [(region, self.point, wanted[0], one) for region in chosen.values()]
                    self._note_chosen(source, inputs, result, set(chosen.values()))
                    given = self.call_closure(source, inputs, True)
                self.relate(given, result, r.CAST)
                if one.kind == ty.CLOSURE and self.shapes.fixed(one):
                    self._fixed_result(one, given, result, wanted[0].kind == ty.FNPTR)
            except UnknownRegionsError:
                return
        elif one.kind == wanted[0].kind and (one.flags & ty.HAS_CLOSURE or one.args):
            for part, other in zip(self._args(source), self._args(wanted), strict=False):
                self.becomes(part, other)

    def _as_general(self, source: Typed, wanted: Typed, general: Generality) -> None:
        """A function pointer or `dyn Fn` is made of a function or closure, whose calls choose some of its lifetimes."""
        one = source[0]
        numbers = itertools.count(-_UNWRITTEN, -1)

        def fresh() -> int:
            return next(numbers)

        if one.kind == ty.FNDEF:
            env = self._of_item(source)
            env.fresh = fresh
            held = [region for part in _signature(one.data) for region in self.signatures.typed(part, env)[1]]
        else:
            held = self._of_closure(one, fresh)
        own = wanted[1][len(wanted[0].regions) :]
        if len(held) == len(own):
            general.flowing = ITEM if one.kind == ty.FNDEF else CLOSURE
            general.use(held, own)
            general.flowing = VALUE

    def _of_closure(self, closure: Ty, fresh: Callable[[], int]) -> list[int]:
        """Per region of a closure's parameters and result: a number if its calls choose it. Nothing if what it is used
        as told its signature."""
        definition = closure.data
        out: list[int] = []
        if not definition.expected:
            fixed = set(self.shapes.fixed(closure))
            for one, written in zip(definition.inputs, definition.declared, strict=True):
                erased = ty.subst(ty.erase(one), closure.args)
                left_out: list[int] = []
                if written is not None:
                    elided(self.shapes, ty.deep(written), erased, len(out), left_out)
                out += [fresh() if at in left_out and at not in fixed else 0
                        for at in range(len(out), len(out) + self.shapes.count(erased))]  # fmt: skip
            out += [0] * self.shapes.count(ty.subst(ty.erase(definition.output), closure.args))
        return out

    def _args(self, whole: Typed) -> list[Typed]:
        return self.signatures.split((ty.tuple_of(whole[0].args), whole[1][len(whole[0].regions) :]))

    def _note_chosen(self, whole: Typed, inputs: list[Typed], result: Typed, chosen: set[int]) -> None:
        """Note which regions of a closure's parameters and result each of its calls chooses, and ask that what it
        captures outlives them where its body does."""
        closure = whole[0]
        if [ty.subst(ty.erase(one), closure.args) for one in closure.data.inputs] != [one for one, _ in inputs]:
            return
        at, fixed = self.shapes.captured(closure), self.shapes.fixed(closure)
        held = [region for _, regions in (*inputs, result) for region in regions]
        found = {at + i: region for i, region in enumerate(held) if region in chosen and i not in fixed}
        if found:
            self.passed.append((closure.data, found))
            regions = [*whole[1][:at], *held]
            for longer, shorter in above_chosen(self.shapes, closure, self.summaries.get(closure.data, ()), found):
                if longer < len(regions) and shorter < len(regions):
                    ends = self.demanded(longer, regions), self.demanded(shorter, regions)
                    self.regions.outlives(*ends, self.point, r.OTHER)

    def _call_value(self, generic: list[Typed], actual: list[Typed], target: Typed, category: int) -> None:
        """A call of a value: a closure, or something known by its bounds only."""
        callee = generic[0][0]
        closure = actual[0]
        while closure[0].kind == ty.REF:
            closure = closure[0].args[0], closure[1][1:]
        if callee.kind == ty.CLOSURE and closure[0] is callee and len(actual) > 1:
            result = self.call_closure(closure, self.signatures.split(actual[1]))
            self.relate(result, target, r.ASSIGN)
            return
        if callee.kind == ty.PARAM and len(actual) > 1 and self._call_known(callee, actual[1], target, category):
            return
        if callee.kind == ty.FNDEF and len(actual) > 1:
            try:
                item = closure if closure[0] is callee else generic[0]
                self.relate(self.call_item(item, self.signatures.split(actual[1]), True), target, category)
            except UnknownRegionsError:
                self._mix(actual, target)
            return
        if len(actual) > 1 and callee.kind == ty.OPAQUE:
            env = self.signatures.behind(closure)
            for bound in callee.data.bounds:
                if bound.called is not None and self._call_declared(bound.called, env, actual[1], target, category):
                    return
        elif len(actual) > 1 and parts(closure[0]) is not None:
            self.call_pointer(closure, self.signatures.split(actual[1]), target, category)
            return
        self._mix(actual[1:], target)
        for region in closure[1]:
            for shorter in target[1]:
                self.regions.outlives(region, shorter, self.point, r.CALL)

    def call_closure(self, closure: Typed, arguments: list[Typed], exact: bool = False) -> Typed:
        """What calling a closure demands; the type of its result. If `exact`, its parameters are of the types of the
        arguments: it is asked what it can be called with."""
        definition = closure[0].data
        regions = list(closure[1][: self.shapes.captured(closure[0])])
        fixed = dict(zip(self.shapes.fixed(closure[0]), closure[1][len(regions) :], strict=True))
        at = 0
        for declared, given in zip(definition.inputs, arguments, strict=False):
            erased = ty.subst(ty.erase(declared), closure[0].args)
            fresh = self.unknown(erased, definition, len(regions))
            own = tuple([fixed.get(at + i, one) for i, one in enumerate(fresh)])
            at += len(own)
            self.relate(given, (erased, own), r.CALL)
            if fixed and exact:
                self._equal([pair for pair in zip(given[1], own, strict=False) if pair[1] in fixed.values()], r.CALL)
            regions += own
        output = ty.subst(ty.erase(definition.output), closure[0].args)
        result = tuple([fixed.get(at + i, one) for i, one in enumerate(self.unknown(output, definition, len(regions)))])
        regions += result
        summary = self.summaries.get(definition)
        if summary is None:
            summary = [(i, j + len(regions) - len(result)) for i in range(len(regions) - len(result))
                       for j in range(len(result))]  # fmt: skip
        for longer, shorter in summary:
            if longer < len(regions) and shorter < len(regions):
                self.regions.outlives(
                    self.demanded(longer, regions), self.demanded(shorter, regions), self.point, r.CALL
                )
        for parameter, position, place in self.shapes.lasting.get(definition, ()):
            self.tests.append((parameter, regions[position], self.point, place))
        if definition in self.results:
            self._equal([pair for pair in zip(result, self.results[definition], strict=True) if min(pair) >= 0], r.CALL)
        return output, result

    def demanded(self, position: int, regions: Sequence[int] | Mapping[int, int]) -> int:
        """The region that a position in what a closure demands stands for: one of the closure's, `'static`, or a
        lifetime of the function, which are numbered from -2 down."""
        if position >= 0:
            return regions[position]
        return 0 if position == STATIC else self.universe[self.body.definition.lifetimes[-2 - position]]

    def _mix(self, actual: list[Typed], target: Typed) -> None:
        """The result may hold whatever the arguments hold."""
        self.mixed = self.mixed or bool(target[1])
        for _, regions in actual:
            for longer in regions:
                for shorter in target[1]:
                    self.regions.outlives(longer, shorter, self.point, r.CALL)


def above_chosen(
    shapes: Shapes, closure: Ty, summary: Iterable[tuple[int, int]], chosen: Mapping[int, int]
) -> list[tuple[int, int]]:
    """What outlives a region that each call of a closure chooses has to outlive what outlives all of those: what its
    signature implies to (`&'chosen &'b T`), else `'static`. Pairs of positions, as in what its body demands; `chosen`
    maps positions to what stands there."""
    found: list[tuple[int, int]] = []
    known: list[tuple[int, int]] | None = None
    for longer, shorter in summary:
        if shorter < 0 or shorter not in chosen or longer == STATIC or longer in chosen:
            continue
        if known is None:
            known = []
            at = shapes.captured(closure)
            for declared in (*closure.data.inputs, closure.data.output):
                one = ty.subst(ty.erase(declared), closure.args)
                known += [(at + i, at + j) for i, j in shapes.demands(one)[0] if j >= 0]
                at += shapes.count(one)
        uppers = [i for i, j in known if i not in chosen and chosen.get(j) == chosen[shorter]]
        found += [(longer, upper) for upper in uppers if upper != longer] if uppers else [(longer, STATIC)]
    return found


def _made(variant: VariantDef) -> Ty:
    """The type of what a constructor makes."""
    adt = variant.owner
    parameters = tuple([ty.param(i, name) for i, name in enumerate(adt.generics.names)])
    return ty.adt(adt, parameters, tuple(adt.lifetimes))


def _signature(item: FnDef | VariantDef) -> tuple[Ty, ...]:
    """The parameters of a function or constructor, then what it gives."""
    if isinstance(item, FnDef):
        return *item.inputs, item.output
    return *[field.ty for field in item.fields], _made(item)


def is_call(definition: FnDef) -> bool:
    """Whether this is what calls a value: `call` and its kin."""
    trait = definition.owner
    return trait is not None and hasattr(trait, "supertraits") and is_fn_trait(trait)


def _mentions(one: Ty, names: list[Any]) -> None:
    """Add the lifetimes and parameters that a type mentions; a projection counts as `'static`, for caution."""
    names.extend(one.regions)
    if one.kind == ty.PARAM:
        names.append(one.data[0])
    elif one.kind in (ty.PROJECTION, ty.DYN, ty.FNPTR):
        names.append("'static")  # a `dyn Trait` without a lifetime may mean it
    for arg in one.args:
        _mentions(arg, names)
