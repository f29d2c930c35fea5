"""What each statement demands of regions: subtyping, reborrows, calls (RFC 2094, "Layer 1: Control-flow within a
function")."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from engines.rustwasm.borrow import regions as r
from engines.rustwasm.borrow.facts import Facts
from engines.rustwasm.borrow.regions import Regions
from engines.rustwasm.borrow.shapes import CONTRAVARIANT, COVARIANT, Shapes, is_fn_trait, opaque_lifetimes
from engines.rustwasm.borrow.signatures import Environment, Signatures, Typed, UnknownRegionsError
from engines.rustwasm.borrow.type_outlives import TypeTest, lasting_parts, outliving, unsized_parts
from engines.rustwasm.mir import body as m
from engines.rustwasm.typing import types as ty
from engines.rustwasm.typing.definitions import FnDef, Generics
from engines.rustwasm.typing.types import Ty

STATIC: Final = -1
"""The position that stands for `'static` in what a closure demands."""


class Loan:
    """One borrow: the region it is for, what it borrows, where. `scope` is the set of points at which it is in force;
    `reserved` those at which a two-phase one is not active yet."""

    __slots__ = ("kind", "place", "point", "region", "reserved", "scope", "target")

    def __init__(self, region: int, place: m.Place, kind: str, point: int, target: m.Place) -> None:
        self.region = region
        self.place = place
        self.kind = kind
        self.point = point
        self.target = target
        self.scope = 0
        self.reserved = 0


class Constraints:
    """The regions of a body's locals and the constraints between them. `summaries` maps a closure's definition to what
    its body demands: pairs of positions in its captures', parameters' and result's regions."""

    def __init__(
        self, facts: Facts, shapes: Shapes, signatures: Signatures, summaries: dict[Any, list[tuple[int, int]]]
    ) -> None:
        self.facts = facts
        self.body = facts.body
        self.shapes = shapes
        self.signatures = signatures
        self.summaries = summaries
        self.regions = Regions(facts.points)
        self.locals: list[tuple[int, ...]] = []
        self.loans: list[Loan] = []
        self.tests: list[TypeTest] = []
        """What parameters have to outlive."""
        self.passed: list[tuple[Any, frozenset[int], frozenset[int]]] = []
        """Closures that are passed to what calls them, with the positions of the regions that each call chooses, and of
        those of the result among them."""
        self.hidden: set[int] = set()
        """Regions of the type behind an `impl Trait`."""
        self.mixed = False
        """Whether something is called whose signature is not known: more is demanded than has to be."""
        self.point = 0
        self.universe: dict[str, int] = {}
        self.plain: dict[FnDef, int] = shapes.plain
        signatures.call_closure = self.call_closure
        self._declare()

    # Locals

    def _declare(self) -> None:
        """Universal regions from the signature, then fresh ones for every other local."""
        body = self.body
        definition = body.definition
        regions = self.regions
        self.universe["'static"] = regions.universal("'static")
        inputs = tuple(getattr(definition, "inputs", ()))
        closure = body.arg_count > 0 and body.locals[1].name == "{environment}"
        declared = [definition.output, *inputs] if not closure else [None] * (body.arg_count + 1)
        generic: list[Typed] = [(ty.param(i, name), ()) for i, name in enumerate(definition.generics.names)]

        def universal() -> int:
            return regions.universal(f"'?{len(regions.names)}")

        env = Environment(generic, self.universe, universal)
        found: dict[int, tuple[int, ...]] = {}
        self.signatures.assumptions = definition.generics.predicates
        self.signatures.assumed = env
        order = [*range(1, len(declared)), 0]
        for i in order:
            one = declared[i]
            erased = body.locals[i].ty
            count = self.shapes.count(erased)
            if not count:
                found[i] = ()
                continue
            known = self.signatures.regions(one, env, erased) if one is not None else None
            if known is None and one is not None and one.kind == ty.OPAQUE:
                known = self._hidden(one, env, count, universal)
            if known is None:
                known = tuple([universal() for _ in range(count)])
                if i == 0 and not closure:
                    for region in known:
                        regions.known |= {(u, region) for u in range(len(regions.names))}
            found[i] = known
        declared_locals = {} if closure else {i: one for i, one in body.declared if not _infers_bound(one)}
        for one in declared_locals.values():
            for name in ty.lifetimes(one):
                env.region(name)
        for longer, shorter in definition.generics.outlives:
            regions.known.add((env.region(longer), env.region(shorter)))
        for i in range(1, body.arg_count + 1):
            self._implied(body.locals[i].ty, found.get(i, ()))
        self._implied(body.locals[0].ty, found.get(0, ()))
        for name, region in self.universe.items():
            if region < len(regions.names) and not name.startswith("&"):
                regions.names[region] = name
        regions.close_known()
        inner = Environment(generic, self.universe, regions.fresh)
        for i, local in enumerate(body.locals):
            known = found.get(i)
            if i in declared_locals:
                known = self.signatures.regions(declared_locals[i], inner, local.ty)
            self.locals.append(
                known if known is not None else regions.fresh_many(self.shapes.count(local.ty))
            )  # fmt: skip

    def _hidden(self, one: Ty, env: Environment, count: int, universal: Callable[[], int]) -> tuple[int, ...]:
        """Regions of the type behind an `impl Trait` result: what its bounds name, or regions of the caller's that what
        they name goes into, and nothing else (The Rust Reference, "Capturing": edition 2021)."""
        named = [env.region(name) for name in opaque_lifetimes(one.data)]
        if len(named) == 1:
            return (named[0],) * count
        if any("'static" in bound.regions for bound in one.data.bounds):
            return (0,) * count
        made = tuple([universal() for _ in range(count)])
        self.hidden |= set(made)
        self.regions.known |= {(region, inner) for region in named for inner in made}
        return made

    def _implied(self, one: Ty, regions: tuple[int, ...]) -> None:
        """`&'a &'b T` in a signature promises `'b: 'a`."""
        if one.kind == ty.REF and len(regions) > 1:
            for inner in regions[1:]:
                self.regions.known.add((inner, regions[0]))
        start = len(one.regions)
        if one.kind in (ty.FNPTR, ty.FNDEF, ty.CLOSURE) or (one.kind == ty.DYN and is_fn_trait(one.data[0])):
            return
        for arg in one.args:
            count = self.shapes.count(arg)
            self._implied(arg, regions[start : start + count])
            start += count

    def typed_local(self, local: int) -> Typed:
        return self.body.locals[local].ty, self.locals[local]

    def typed(self, place: m.Place) -> Typed:
        """Type and regions of a place."""
        one, regions = self.body.locals[place.local].ty, self.locals[place.local]
        variant = 0
        for step in place.projection:
            if step[0] == m.DOWNCAST:
                variant = step[1]
                continue
            inner, where = self.shapes.part(one, variant, step)
            regions = tuple([regions[i] if i >= 0 else 0 for i in where])
            one = inner
            variant = 0
        return one, regions

    def operand(self, operand: m.Operand) -> Typed:
        if isinstance(operand, m.Constant):
            return operand.ty, (0,) * self.shapes.count(operand.ty)
        return self.typed(operand.place)

    # Subtyping

    def relate(self, source: Typed, target: Typed, category: int) -> None:
        """`source` may be used where `target` is wanted."""
        one = target[0]
        if source[0] is not one:
            self._coerce(source, target, category)
            return
        if not target[1]:
            return
        outlives, point = self.regions.outlives, self.point
        given, wanted = source[1], target[1]
        for i, variance in enumerate(self.shapes.variances(one)):
            if variance != CONTRAVARIANT:
                outlives(given[i], wanted[i], point, category)
            if variance != COVARIANT:
                outlives(wanted[i], given[i], point, category)

    def _coerce(self, source: Typed, target: Typed, category: int) -> None:
        one, wanted = source[0], target[0]
        if not source[1] or not target[1]:
            return
        outlives, point = self.regions.outlives, self.point
        if wanted.kind == ty.DYN and one.kind != ty.DYN:
            for region in source[1]:
                outlives(region, target[1][0], point, category)
            return
        same = one.kind == wanted.kind and (one.data == wanted.data or one.kind == ty.REF)
        if wanted.kind == ty.SLICE and one.kind == ty.ARRAY:
            same = True
        if same and len(one.regions) == len(wanted.regions) and one.kind not in (ty.CLOSURE, ty.OPAQUE, ty.DYN):
            own = len(one.regions)
            for a, b in zip(source[1][:own], target[1][:own], strict=True):
                outlives(a, b, point, category)
            at = bt = own
            for part, other in zip(one.args, wanted.args, strict=False):
                na, nb = self.shapes.count(part), self.shapes.count(other)
                self.relate((part, source[1][at : at + na]), (other, target[1][bt : bt + nb]), category)
                at += na
                bt += nb
            return
        for region in source[1]:
            for shorter in target[1]:
                outlives(region, shorter, point, category)

    # Statements

    def run(self) -> None:
        """Generate every constraint and loan."""
        point = 0
        locals_ = self.locals
        for block in self.body.blocks:
            for statement in block.statements:
                if isinstance(statement, m.Assign):
                    place = statement.place
                    # Parts may have regions where the whole has none: fields of `'static` references.
                    if (
                        locals_[place.local]
                        or isinstance(statement.rvalue, (m.Ref, m.Aggregate))
                        or place.projection
                    ):
                        self.point = point
                        self._assign(statement)
                point += 1
            terminator = block.terminator
            if isinstance(terminator, m.Call):
                self.point = point
                self._call(terminator)
            point += 1

    def _assign(self, statement: m.Assign) -> None:
        rvalue = statement.rvalue
        target = self.typed(statement.place)
        category = r.RETURN if statement.place.local == 0 else r.ASSIGN
        if self.body.locals[statement.place.local].name is None and statement.place.local != 0:
            category = r.OTHER
        if isinstance(rvalue, m.Use):
            self.relate(self.operand(rvalue.operand), target, category)
        elif isinstance(rvalue, m.Ref):
            self._borrow(statement, rvalue, target, category)
        elif isinstance(rvalue, m.Cast):
            if target[1]:
                source = self.operand(rvalue.operand)
                self.relate(source, target, category)
                if source[0].flags & (ty.HAS_PARAM | ty.HAS_CLOSURE):
                    for one, region in unsized_parts(source[0], target[0], target[1], self.shapes):
                        self._last(one, region)
        elif isinstance(rvalue, m.Aggregate):
            if target[1] or rvalue.ty.kind == ty.ADT:
                self._aggregate(rvalue, target, category)
        elif isinstance(rvalue, m.Repeat):
            inner, where = self.shapes.part(target[0], 0, (m.INDEX, 0))
            self.relate(self.operand(rvalue.operand), (inner, tuple([target[1][i] for i in where])), category)

    def _aggregate(self, rvalue: m.Aggregate, target: Typed, category: int) -> None:
        one, regions = target
        if one is not rvalue.ty:
            fresh = self.regions.fresh_many(self.shapes.count(rvalue.ty))
            one, regions = rvalue.ty, fresh
            self.relate((one, fresh), target, category)
        for i, operand in enumerate(rvalue.operands):
            source = self.operand(operand)
            if not source[1]:
                continue
            step: m.Projection = (m.FIELD, i, source[0])
            if one.kind == ty.ARRAY:
                step = (m.INDEX, 0)
            inner, where = self.shapes.part(one, rvalue.variant, step)
            self.relate(source, (inner, tuple([regions[p] if p >= 0 else 0 for p in where])), category)
        if one.kind == ty.ADT and lasting_parts(one.data.generics):
            own = len(one.regions)
            held = self.signatures.split((ty.tuple_of(one.args), regions[own:]))
            lifetimes = dict(zip(one.data.lifetimes, regions[:own], strict=True))
            self._bounds(one.data.generics, Environment(held, lifetimes, self.regions.fresh))
        if one.kind == ty.CLOSURE:
            count = len(regions)
            for longer, shorter in self.summaries.get(one.data, ()):
                if shorter == STATIC and longer < count:
                    self.regions.outlives(regions[longer], 0, self.point, r.CALL)
                elif longer < count and shorter < count:
                    self.regions.outlives(regions[longer], regions[shorter], self.point, category)

    def _borrow(self, statement: m.Assign, rvalue: m.Ref, target: Typed, category: int) -> None:
        place = rvalue.place
        one, regions = self.body.locals[place.local].ty, self.locals[place.local]
        steps: list[tuple[Ty, tuple[int, ...]]] = []
        variant = 0
        for step in place.projection:
            steps.append((one, regions))
            if step[0] == m.DOWNCAST:
                variant = step[1]
                continue
            one, where = self.shapes.part(one, variant, step)
            regions = tuple([regions[i] if i >= 0 else 0 for i in where])
            variant = 0
        if rvalue.kind == "raw" or not target[1]:
            return
        region = self.regions.fresh()
        self.regions.outlives(region, target[1][0], self.point, category)
        inner = target[0].args[0]
        self.relate((one, regions), (inner, target[1][1:]), category)
        if rvalue.kind != "shared":
            for a, b in zip(target[1][1:], regions, strict=False):
                self.regions.outlives(a, b, self.point, category)
        weak = [i for i, step in enumerate(place.projection) if step[0] == m.DEREF and not _tracks(steps[i][0])]
        for i in range(len(place.projection) - 1, weak[-1] - 1 if weak else -1, -1):
            base, held = steps[i]
            if place.projection[i][0] == m.DEREF and base.kind == ty.REF:
                self.regions.outlives(held[0], region, self.point, category)
        if not weak:
            self.loans.append(Loan(region, place, rvalue.kind, self.point, statement.place))

    # Calls

    def _call(self, call: m.Call) -> None:
        function = call.function
        target = self.typed(call.destination)
        actual = [self.operand(a) for a in call.arguments]
        category = r.RETURN if call.destination.local == 0 else r.ASSIGN
        if not isinstance(function, m.Constant) or not isinstance(function.ty.data, FnDef):
            self._mix(actual, target)
            return
        definition = function.ty.data
        if not target[1] and not any(a[1] for a in actual) and not any(
            p.regions for p in definition.generics.predicates
        ):  # fmt: skip
            return
        bounded = function.ty.args and function.ty.args[0].kind == ty.PARAM and is_call(definition)
        if not target[1] and not bounded:
            plain = self._plain(definition)
            if plain == 2 or (plain == 1 and all(len(a[1]) < 2 for a in actual)):
                return
        generic: list[Typed] = [(a, self.regions.fresh_many(self.shapes.count(a))) for a in function.ty.args]
        if generic and is_call(definition):
            self._call_value(generic, actual, target, category)
            return
        env = Environment(generic, {}, self.regions.fresh)
        for declared, given in zip(definition.inputs, actual, strict=False):
            if not given[1]:
                continue
            wanted = self.signatures.regions(declared, env, given[0])
            if wanted is None:
                try:
                    formal = self.signatures.typed(declared, env)
                except UnknownRegionsError:
                    continue
                self.relate(given, formal, r.CALL)
            else:
                self.relate(given, (given[0], wanted), r.CALL)
        if target[1]:
            given_out = self.signatures.regions(definition.output, env, target[0])
            if given_out is None:
                try:
                    self.relate(self.signatures.typed(definition.output, env), target, category)
                except UnknownRegionsError:
                    self._mix(actual, target)
            else:
                self.relate((target[0], given_out), target, category)
        self._bounds(definition.generics, env)

    def _plain(self, definition: FnDef) -> int:
        """Can a call whose result has no region demand nothing? 0: it may demand something; 1: nothing if each
        argument has one region at most; 2: nothing, since no lifetime or parameter stands twice in the arguments."""
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
                and all(p.trait is not None and not p.bindings and not p.regions for p in generics.predicates)
            )
            if found and len(set(named)) == len(named) and not any(p.args for p in generics.predicates):
                found = 2
            self.plain[definition] = found
        return found

    def _bounds(self, generics: Generics, env: Environment) -> None:
        """What the where clauses of a callee, or of a type that is made, demand."""
        for longer, shorter in generics.outlives:
            self.regions.outlives(env.region(longer), env.region(shorter), self.point, r.CALL)
        for bound in generics.predicates:
            if bound.subject.kind != ty.PARAM or bound.subject.data[0] >= len(env.args):
                continue
            subject = env.args[bound.subject.data[0]]
            for name in bound.regions:
                for region in subject[1]:
                    self.regions.outlives(region, env.region(name), self.point, r.CALL)
                self._last(subject[0], env.region(name))
            if bound.trait is None:
                continue
            try:
                self._bound(bound, subject, env)
            except UnknownRegionsError:
                continue

    def _last(self, one: Ty, region: int) -> None:
        """What a type holds has to outlive a region."""
        self.tests += [(parameter, region, self.point) for parameter in outliving(self.shapes, one)]

    def _satisfy(self, trait: Any, args: list[Typed], depth: int) -> None:
        """`args[0]: trait<args[1..]>`: the impl that makes it true may make regions equal (`Vec<&'a str>:
        FromIterator<&'b str>`), and so may those that its own bounds need."""
        if depth > 4 or not any(a[1] for a in args[1:]) or not args[0][1]:
            return
        if args[0][0].kind in (ty.PARAM, ty.PROJECTION, ty.OPAQUE, ty.DYN, ty.CLOSURE):
            return
        for impl, env in self.signatures.impls(trait, args):
            for one, other in self.signatures.equal:
                self.regions.outlives(one, other, self.point, r.CALL)
                self.regions.outlives(other, one, self.point, r.CALL)
            for bound in self.signatures.compilation.collector.impl_bounds(impl):
                if bound.trait is not None and bound.args and not is_fn_trait(bound.trait):
                    inner = [self.signatures.typed(bound.subject, env)]
                    inner += [self.signatures.typed(a, env) for a in bound.args]
                    self._satisfy(bound.trait, inner, depth + 1)
            return

    def _bound(self, bound: Any, subject: Typed, env: Environment) -> None:
        if is_fn_trait(bound.trait):
            if subject[0].kind != ty.CLOSURE or not bound.args:
                return
            arguments = self.signatures.split(self.signatures.typed(bound.declared[0][0], env))
            result = self.call_closure(subject, arguments)
            self._pass_closure(bound, subject, env)
        elif bound.args:
            self._satisfy(bound.trait, [subject, *[self.signatures.typed(a, env) for a in bound.declared[0]]], 0)
        for name, declared in bound.declared[1]:
            if not is_fn_trait(bound.trait):
                args = [subject, *[self.signatures.typed(a, env) for a in bound.declared[0]]]
                result = self.signatures.associated(bound.trait, name, args)
            if result[1]:
                wanted = self.signatures.typed(declared, env)
                self.relate(result, wanted, r.CALL)

    def _pass_closure(self, bound: Any, subject: Typed, env: Environment) -> None:
        """Note which regions of a closure's parameters each of its calls chooses, as the callee's bound says."""
        if bound.called is None or not subject[0].data.expected:
            return
        arguments, chosen = self._chosen(bound.called[0], env)
        at = len(subject[1])
        inputs = [ty.subst(ty.erase(one), subject[0].args) for one in subject[0].data.inputs]
        if [one for one, _ in arguments] == inputs:
            held = [region for _, regions in arguments for region in regions]
            found = frozenset(at + i for i, region in enumerate(held) if region in chosen)
            if found:
                result, given = self._chosen(ty.tuple_of((bound.called[1],)), env)
                at += len(held)
                back = frozenset(at + i for i, region in enumerate(result[0][1]) if region in given)
                self.passed.append((subject[0].data, found, back))

    def _chosen(self, declared: Ty, env: Environment) -> tuple[list[Typed], set[int]]:
        """The arguments of one call of what a bound `Fn(A)` declares, and which of their regions the call chooses."""
        chosen: set[int] = set()
        for name in ty.lifetimes(declared):
            if name:
                env.region(name)

        def fresh() -> int:
            chosen.add(self.regions.fresh())
            return len(self.regions.values) - 1

        typed = self.signatures.typed(declared, Environment(env.args, env.lifetimes, fresh))
        return self.signatures.split(typed), chosen

    def _call_known(self, callee: Ty, given: Typed, target: Typed, category: int) -> bool:
        """A call of what the function's own bounds declare; False if they do not tell what it demands."""
        assumed = self.signatures.assumed
        for bound in self.signatures.assumptions:
            if bound.called is None or bound.subject is not callee or assumed is None:
                continue
            env = Environment(assumed.args, dict(self.universe), self.regions.fresh)
            try:
                arguments, chosen = self._chosen(bound.called[0], env)
                known = set(self.regions_of(bound.called[1], env))
                result = self.signatures.typed(bound.called[1], env)
            except UnknownRegionsError:
                return False
            if result[0] is not target[0]:
                return False
            for one, formal in zip(self.signatures.split(given), arguments, strict=False):
                if one[0] is not formal[0]:
                    return False
                self.relate(one, formal, r.CALL)
            for region in result[1]:
                if region not in known:
                    for longer in chosen:
                        self.regions.outlives(longer, region, self.point, r.CALL)
            self.relate(result, target, category)
            return True
        return False

    def regions_of(self, declared: Ty, env: Environment) -> list[int]:
        """What the names and parameters in a declared type stand for."""
        names = [env.region(name) for name in ty.lifetimes(declared) if name]
        return [0, *names, *[region for _, held in env.args for region in held]]

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
        self._mix(actual[1:], target)
        for region in closure[1]:
            for shorter in target[1]:
                self.regions.outlives(region, shorter, self.point, r.CALL)

    def call_closure(self, closure: Typed, arguments: list[Typed]) -> Typed:
        """What calling a closure demands; the type of its result."""
        definition = closure[0].data
        regions: list[int] = list(closure[1])
        for declared, given in zip(definition.inputs, arguments, strict=False):
            erased = ty.subst(ty.erase(declared), closure[0].args)
            fresh = self.regions.fresh_many(self.shapes.count(erased))
            self.relate(given, (erased, fresh), r.CALL)
            regions += fresh
        output = ty.subst(ty.erase(definition.output), closure[0].args)
        result = self.regions.fresh_many(self.shapes.count(output))
        regions += result
        summary = self.summaries.get(definition)
        if summary is None:
            summary = [(i, j + len(regions) - len(result)) for i in range(len(regions) - len(result))
                       for j in range(len(result))]  # fmt: skip
        for longer, shorter in summary:
            if longer < len(regions) and shorter < len(regions):
                end = 0 if shorter == STATIC else regions[shorter]
                self.regions.outlives(regions[longer], end, self.point, r.CALL)
        return output, result

    def _mix(self, actual: list[Typed], target: Typed) -> None:
        """The result may hold whatever the arguments hold."""
        self.mixed = self.mixed or bool(target[1])
        for _, regions in actual:
            for longer in regions:
                for shorter in target[1]:
                    self.regions.outlives(longer, shorter, self.point, r.CALL)


def is_call(definition: FnDef) -> bool:
    """Whether this is what calls a value: `call` and its kin."""
    trait = definition.owner
    return trait is not None and hasattr(trait, "supertraits") and is_fn_trait(trait)


def _mentions(one: Ty, names: list[Any]) -> None:
    """Add the lifetimes and parameters that a type mentions; a projection counts as `'static`, for caution."""
    names.extend(one.regions)
    if one.kind == ty.PARAM:
        names.append(one.data[0])
    elif one.kind == ty.PROJECTION:
        names.append("'static")
    for arg in one.args:
        _mentions(arg, names)


def _infers_bound(one: Ty) -> bool:
    """Is there a `dyn Trait` without a lifetime? In a body it is inferred."""
    return (one.kind == ty.DYN and "" in one.regions) or any(_infers_bound(a) for a in one.args)


def _tracks(one: Ty) -> bool:
    """Does a loan through a dereference of this type matter? What a `&`, raw pointer or handle shows is not ours to
    lock."""
    if ty.is_handle(one):
        return False
    return one.kind not in (ty.REF, ty.RAW) or (one.kind == ty.REF and bool(one.data))
