"""What each statement demands of regions: subtyping, reborrows, calls (RFC 2094, "Layer 1: Control-flow within a
function")."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from typing import Any

from engines.rustwasm.borrow import regions as r
from engines.rustwasm.borrow.bounds import by_bounds
from engines.rustwasm.borrow.calls import STATIC, Calls, is_call
from engines.rustwasm.borrow.facts import Facts
from engines.rustwasm.borrow.generality import FIRST, INITIAL, PART, RECEIVER, VALUE, Generality
from engines.rustwasm.borrow.shapes import Shapes, is_fn_trait, opaque_lifetimes, picked
from engines.rustwasm.borrow.signatures import Environment, Signatures, Typed, UnknownRegionsError, with_own_bounds
from engines.rustwasm.borrow.type_outlives import unsized_parts
from engines.rustwasm.mir import body as m
from engines.rustwasm.syntax.tree import Span
from engines.rustwasm.typing import types as ty
from engines.rustwasm.typing.definitions import ConstDef, FnDef, ImplDef, Predicate
from engines.rustwasm.typing.types import Ty


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


class Constraints(Calls):
    """The regions of a body's locals and the constraints between them."""

    def __init__(
        self,
        facts: Facts,
        shapes: Shapes,
        signatures: Signatures,
        summaries: dict[Any, list[tuple[int, int]]],
        general: Generality | None = None,
        closure: Any = None,
    ) -> None:
        super().__init__(facts, shapes, signatures, summaries, general)
        self.closure = closure
        """The closure whose body it is, while it is collected what is general."""
        self.begun: dict[int, Span] = {}
        """Variables whose `let` has branches, and where that is."""
        self.locals: list[tuple[int, ...]] = []
        self.loans: list[Loan] = []
        self.hidden: list[int] = []
        """Regions of the type behind an `impl Trait` result."""
        self.captured: list[int] = []
        """The regions that these may be: those that the bounds name, and 'static."""
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
        declared = [definition.output, *inputs] if not closure else _of_closure(body)
        generic: list[Typed] = [(ty.param(i, name), ()) for i, name in enumerate(definition.generics.names)]

        def universal() -> int:
            return regions.universal(f"'?{len(regions.names)}")

        env = Environment(generic, self.universe, universal)
        for declared_ty in inputs:
            _parts(declared_ty, self.own_types)
        found: dict[int, tuple[int, ...]] = {}
        self.signatures.assumptions = definition.generics.predicates
        self.signatures.assumed = env
        order = [*range(1, len(declared)), 0]
        own = _closure_of(body) if closure else None
        at = self.shapes.captured(own) if own is not None else 0
        for i in order:
            one = declared[i]
            erased = body.locals[i].ty
            count = self.shapes.count(erased)
            general: Sequence[int] = ()
            if self.shapes.binders(erased):
                general = self.called(erased, own.data if own is not None and i != 1 else None, at)
            at += count if i != 1 else 0
            if not count:
                found[i] = ()
                continue
            if one is not None and one.kind == ty.OPAQUE and one.data is not erased.data:
                found[i] = ()  # what is behind it comes after all that is universal
                self.captured = [*[env.region(name) for name in opaque_lifetimes(one.data)], 0]
                continue
            known = self.signatures.regions(one, env, erased) if one is not None else None
            if known is None:
                known = tuple([one or universal() for one in general or [0] * count])
                if i == 0 and not closure:
                    for region in known:
                        regions.known |= {(u, region) for u in range(len(regions.names))}
            found[i] = known
            if own is not None and self.general is not None and self.general.collecting:
                for start, end, _ in self.shapes.binders(erased):
                    self.general.use(known[start:end], general[start:end])
        if closure:
            self._fix_signature(found)
        declared_locals = {i: with_own_bounds(one, f"&{i}") for i, one in body.declared}
        named = [*declared_locals.values(), *[one for one in declared if one is not None]]
        for name in dict.fromkeys(name for one in named for name in sorted(ty.lifetimes(one)) if name[0] != "&"):
            env.region(name)
        for name in definition.lifetimes:
            env.region(name)
        for name in [name for p in definition.generics.predicates for name in _named(p)]:
            env.region(name)
        for longer, shorter in definition.generics.outlives:
            regions.known.add((env.region(longer), env.region(shorter)))
        for i in range(1, body.arg_count + 1):
            self.imply(body.locals[i].ty, found.get(i, ()))
        self.imply(body.locals[0].ty, found.get(0, ()))
        for whole in self._headers(env):
            self.imply(*whole)
        for name, region in self.universe.items():
            if region < len(regions.names) and not name.startswith("&"):
                regions.names[region] = name
        regions.close_known()
        if self.captured:
            found[0] = self.unknown(body.locals[0].ty)
            self.hidden = [found[0][at] for at in self.shapes.outlived(body.locals[0].ty) if found[0][at] >= 0]
        inner = Environment(generic, self.universe, regions.fresh)
        self.signatures.assumed = inner  # a lifetime that only `for<'x>` names comes after these
        counts = self.shapes.counts
        for i, local in enumerate(body.locals):
            known = None
            if i in declared_locals:
                known = self.signatures.regions(declared_locals[i], inner, local.ty)
                if known is not None and i in found and self.general is not None and self.general.collecting:
                    self.general.use(known, found[i])  # what a closure gives, by a cast
            elif i < len(declared):
                known = found[i]
            if known is None:
                known = () if counts.get(local.ty) == 0 else self.unknown(local.ty)
            self.locals.append(known)
        if self.general is not None and self.general.collecting:
            for i in range(len(declared), len(body.locals)):
                if i not in declared_locals:
                    self.general.infer([one for one in self.locals[i] if one >= FIRST], body.locals[i].name is None)

    def _fix_signature(self, found: dict[int, tuple[int, ...]]) -> None:
        """What is the same for all calls of a closure is part of its own type."""
        closure = _closure_of(self.body)
        fixed = self.shapes.fixed(closure)
        if fixed:
            own = dict(zip(fixed, found[1][-len(fixed) :], strict=True))
            at = 0
            for i in [*range(2, self.body.arg_count + 1), 0]:
                held = found[i]
                found[i] = tuple([own.get(at + j, one) for j, one in enumerate(held)])
                at += len(held)

    def around(self) -> FnDef | None:
        """The function that a closure is written in; None for any other body."""
        if not self.body.arg_count or self.body.locals[1].name != "{environment}":
            return None
        owner = _closure_of(self.body).data.owner
        return owner if isinstance(owner, FnDef) else None

    def _headers(self, env: Environment) -> list[Typed]:
        """The types that the impl around a function is for."""
        owner = self.body.definition.owner
        found = []
        if isinstance(owner, ImplDef) and owner.lifetimes:
            for one in (owner.self_ty, *owner.trait_args):
                with contextlib.suppress(UnknownRegionsError):
                    found.append(self.signatures.typed(one, env))
        return found

    def typed_local(self, local: int) -> Typed:
        return self.body.locals[local].ty, self.locals[local]

    def typed(self, place: m.Place) -> Typed:
        """Type and regions of a place."""
        one, regions = self.body.locals[place.local].ty, self.locals[place.local]
        if not place.projection:
            return one, regions
        variant = 0
        for step in place.projection:
            if step[0] == m.DOWNCAST:
                variant = step[1]
                continue
            inner, where = self.shapes.part(one, variant, step)
            regions = picked(regions, where)
            one = inner
            variant = 0
        return one, regions

    def operand(self, operand: m.Operand) -> Typed:
        if isinstance(operand, m.Constant):
            if operand.ty.kind == ty.FNDEF:
                return self.item(operand.ty, operand.written)
            if self.shapes.binders(operand.ty):
                return operand.ty, self._of_constant(operand)
            return operand.ty, (0,) * self.shapes.count(operand.ty)
        return self.typed(operand.place)

    def _of_constant(self, one: m.Constant) -> tuple[int, ...]:
        """The regions of a constant that has function pointers or `dyn Fn`: a static's, behind its address, are as it
        is declared."""
        if isinstance(one.value, ConstDef) and one.ty.args:
            declared = self.signatures.regions(one.value.ty, Environment([], {}, lambda: 0), one.ty.args[0])
            if declared is not None:
                return (*(0 for _ in one.ty.regions), *declared)
        return tuple(self.called(one.ty))

    # Statements

    def run(self) -> None:
        """Generate every constraint and loan."""
        locals_ = self.locals
        self._check_locals()
        point = 0
        for block in self.body.blocks:
            collecting = self.general is not None and self.general.collecting
            if collecting:
                self._collect(block)
            for statement in block.statements:
                if isinstance(statement, m.Assign):
                    place = statement.place
                    if collecting:
                        self.flowing = self._kind(place, statement.span)
                    # Parts may have regions where the whole has none: fields of `'static` references.
                    if locals_[place.local] or isinstance(statement.rvalue, (m.Ref, m.Aggregate)) or place.projection:
                        self.point = point
                        self._assign(statement)
                point += 1
            terminator = block.terminator
            if isinstance(terminator, m.Call):
                self.point = point
                if collecting:
                    self.flowing = self._kind(terminator.destination, terminator.span)
                self._call(terminator)
            elif isinstance(terminator, m.Return) and self.facts.of_local[0]:
                self.point = self.facts.of_local[0][-1][0]
                self._keep_bounds()
            point += 1

    def _collect(self, block: m.Block) -> None:
        """What is said of generality next is of this block."""
        assert self.general is not None
        self.general.enter(self.closure, _begin(block))
        if not self.begun:
            for each in self.body.blocks:
                self.begun.update((one.place.local, one.span) for one in each.statements if type(one) is m.FakeRead)

    def _kind(self, place: m.Place, span: Span) -> int:
        """What a value is that goes there: of a variable that is declared by it without a type, and of what a closure
        gives without saying which type, nothing is known yet."""
        if place.local == 0:
            return INITIAL if self.closure is not None and self.closure.declared_output is None else VALUE
        begun = self.begun.get(place.local)
        return INITIAL if begun is not None and begun[0] <= span[0] < begun[1] else VALUE

    def _flow(self, kind: int) -> None:
        """Values of this kind flow next."""
        if self.general is not None:
            self.general.flowing = kind

    def _is_behind(self, place: m.Place, span: Span) -> bool:
        """Whether a dereference that is written leads to the place: nothing is expected of what is dereferenced. One
        that lends a value again stands where the value does."""
        local = self.body.locals[place.local]
        return local.name is None and place.projection[:1] == ((m.DEREF,),) and local.span != span

    def _check_locals(self) -> None:
        """What types that are written at locals demand, and for how long the parameters in all of them have to last."""
        written = {local for local, _ in self.body.declared}
        generic = bool(self.body.definition.generics.names)
        for local in range(self.body.arg_count + 1, len(self.locals)) if generic else sorted(written):
            events = self.facts.of_local[local]
            if events:
                self.point = events[0][0]
                if local in written:
                    self.well_formed(self.typed_local(local), r.OTHER)
                else:
                    self.lasting(self.body.locals[local].ty)

    def _keep_bounds(self) -> None:
        """What is behind an `impl Trait` result is what its bounds say: lasts as long, has their associated types."""
        declared = getattr(self.body.definition, "output", None)
        assumed = self.signatures.assumed
        given = self.typed_local(0)
        if declared is None or declared.kind != ty.OPAQUE or given[0].data is declared.data or assumed is None:
            return
        for bound in declared.data.bounds:
            for name in bound.regions:
                for at in self.shapes.outlived(given[0]):
                    self.regions.outlives(given[1][at], assumed.region(name), self.point, r.RETURN)
                self._last(given[0], assumed.region(name))
            if bound.trait is None:
                continue
            if is_fn_trait(bound.trait):
                inner = Environment(assumed.args, dict(self.universe), self.regions.fresh)
                with contextlib.suppress(UnknownRegionsError):
                    self._calls(bound, given, inner, r.RETURN)
                continue
            with contextlib.suppress(UnknownRegionsError):
                args = [given, *[self.signatures.typed(a, assumed) for a in bound.declared[0]]]
                own = tuple([assumed.region(one) for one in bound.lifetimes])
                self.fulfil(bound.trait, args, own, r.RETURN)
                for name, wanted in bound.declared[1]:
                    found = self.signatures.associated(bound.trait, name, args, own)
                    self.same(found, self.signatures.typed(wanted, assumed), r.RETURN)

    def _assign(self, statement: m.Assign) -> None:
        rvalue = statement.rvalue
        target = self.typed(statement.place)
        category = r.RETURN if statement.place.local == 0 else r.ASSIGN
        if self.body.locals[statement.place.local].name is None and statement.place.local != 0:
            category = r.OTHER
        if isinstance(rvalue, m.Use):
            source = self.operand(rvalue.operand)
            if self._joins(rvalue.operand, source, target):
                behind = not isinstance(rvalue.operand, m.Constant) and self._is_behind(
                    rvalue.operand.place, statement.span
                )
                self._flow(RECEIVER if behind else self.flowing)
                self.relate(source, target, category)
                self._flow(VALUE)
        elif isinstance(rvalue, m.Ref):
            self._borrow(statement, rvalue, target, category)
        elif isinstance(rvalue, m.Cast):
            source = self.operand(rvalue.operand)
            self.becomes(source, target)
            if target[1]:
                self.relate(source, target, category)
                if source[0].flags & (ty.HAS_PARAM | ty.HAS_CLOSURE):
                    for one, region in unsized_parts(source[0], target[0], target[1], self.shapes):
                        self._last(one, region)
        elif isinstance(rvalue, m.Aggregate):
            if target[1] or rvalue.ty.kind in (ty.ADT, ty.CLOSURE):
                self._aggregate(rvalue, target, category)
        elif isinstance(rvalue, m.Repeat):
            inner, where = self.shapes.part(target[0], 0, (m.INDEX, 0))
            self.relate(self.operand(rvalue.operand), (inner, picked(target[1], where)), category)

    def _joins(self, operand: m.Operand, given: Typed, wanted: Typed) -> bool:
        """A function pointer that is joined with those before it (`body.joined`) is exactly as general as they are.

        Source: rustc, `FnCtxt::try_find_coercion_lub`, which compares them both ways (`LatticeOp::binders`).
        """
        if isinstance(operand, m.Constant) or operand.place.local not in self.body.joined:
            return True
        if (self.general is None or not self.general.collecting) and _binding(given[1]) != _binding(wanted[1]):
            self.empties.append((0, self.point))
            return False
        return True

    def _aggregate(self, rvalue: m.Aggregate, target: Typed, category: int) -> None:
        one, regions = target
        if one is not rvalue.ty:
            fresh = self.unknown(rvalue.ty)
            one, regions = rvalue.ty, fresh
            self.relate((one, fresh), target, category)
        if rvalue.written is not None:
            self.is_written((one, regions), rvalue.written)
        for i, operand in enumerate(rvalue.operands):
            source = self.operand(operand)
            if not source[1]:
                continue
            step: m.Projection = (m.FIELD, i, source[0])
            if one.kind == ty.ARRAY:
                step = (m.INDEX, 0)
            inner, where = self.shapes.part(one, rvalue.variant, step)
            held = inner, picked(regions, where)
            if self._joins(operand, source, held):
                self._flow(self.flowing or PART)
                self.relate(source, held, category)
                self._flow(VALUE)
        if one.kind == ty.CLOSURE and self.general is not None and self.general.collecting:
            self.general.make(one.data)
        if one.kind == ty.ADT and self.binds(one.data.generics):
            own = len(one.regions)
            args = self.signatures.split((ty.tuple_of(one.args), regions[own:]))
            lifetimes = dict(zip(one.data.lifetimes, regions[:own], strict=True))
            self._bounds(one.data.generics, Environment(args, lifetimes, self.regions.fresh), r.OTHER)
        if one.kind == ty.CLOSURE:
            count = self.shapes.captured(one)
            known = dict(enumerate(regions[:count]))
            for at, region in zip(self.shapes.fixed(one), regions[count:], strict=True):
                known[count + at] = region
            for parameter, at, place in self.shapes.lasting.get(one.data, ()):
                if at in known:
                    self.tests.append((parameter, known[at], self.point, place))
            for longer, shorter in self.summaries.get(one.data, ()):
                if (longer < 0 or longer in known) and (shorter < 0 or shorter in known):
                    why = r.CALL if shorter == STATIC else category
                    self.regions.outlives(self.demanded(longer, known), self.demanded(shorter, known), self.point, why)

    def _borrow(self, statement: m.Assign, rvalue: m.Ref, target: Typed, category: int) -> None:
        if rvalue.kind == "raw" or not target[1]:
            return
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
            regions = picked(regions, where) if where else ()
            variant = 0
        region = self.regions.fresh()
        self.regions.outlives(region, target[1][0], self.point, category)
        if regions:
            inner = target[0].args[0]
            self._flow(RECEIVER if self._is_behind(place, statement.span) else VALUE)
            self.relate((one, regions), (inner, target[1][1:]), category)
            self._flow(VALUE)
            if rvalue.kind != "shared":
                # What a `dyn Trait` is bounded by may become less where one is lent: that is an unsizing coercion.
                own = 1 if inner.kind == ty.DYN else 0
                if not own and self.shapes.binders(inner) and (self.general is None or not self.general.collecting):
                    self.relate((inner, target[1][1:]), (one, regions), category)
                for a, b in zip(target[1][1 + own :], regions[own:], strict=False):
                    self.regions.outlives(a, b, self.point, category)
        if not steps:
            self.loans.append(Loan(region, place, rvalue.kind, self.point, statement.place))
            return
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
        callee = (function.ty, ()) if isinstance(function, m.Constant) else self.typed(function.place)
        one = callee[0]
        if not isinstance(one.data, FnDef):
            self.call_pointer(callee, actual, target, category)
            return
        definition = one.data
        for each in one.args:
            self.lasting(each)
        lent = bool(target[1]) or bool(getattr(function, "written", ()))
        if not lent:
            for given in actual:
                if given[1]:
                    lent = True
                    break
        if not lent and not any(
            p.regions or self.every_asked for p in definition.generics.predicates
        ) and not any(
            a.kind == ty.FNDEF or (a.kind == ty.CLOSURE and self.summaries.get(a.data)) for a in one.args
        ):  # fmt: skip
            return
        bounded = one.args and one.args[0].kind == ty.PARAM and is_call(definition)
        if not target[1] and not bounded:
            plain = self._plain(definition) if not getattr(function, "written", ()) and not callee[1] else 0
            if plain == 2 or (plain == 1 and all(map(self._single, actual)) and not any(map(by_bounds, one.args))):
                return
        generic: list[Typed] = [(a, self.unknown(a)) for a in one.args]
        if generic and is_call(definition):
            self._call_value(generic, actual, target, category)
        else:
            written = function.written if isinstance(function, m.Constant) else ()
            env = Environment(generic, {}, self.regions.fresh) if not callee[1] else self._of_item(callee)
            self.enter(definition, env, actual, target, category, written, call.location != call.span)


def _begin(block: m.Block) -> int:
    """Where in the source the first of what a block does stands."""
    for one in (*block.statements, block.terminator):
        span: Span | None = getattr(one, "span", None)
        if span is not None:
            return span[0]
    return 0


def _binding(regions: tuple[int, ...]) -> list[int]:
    """Which of the regions are the same bound lifetime: per region the first that is the same, -1 where it is not
    bound."""
    return [regions.index(one) if one < 0 else -1 for one in regions]


def _named(bound: Predicate) -> list[str]:
    """The lifetimes that a bound's trait has by name."""
    args = [name for one in bound.declared[0] for name in sorted(ty.lifetimes(one))]
    return [name for name in (*bound.lifetimes, *args) if name]


def _closure_of(body: m.Body) -> Ty:
    """The type of the closure that a body is of."""
    one = body.locals[1].ty
    return one.args[0] if one.kind == ty.REF else one


def _of_closure(body: m.Body) -> list[Ty | None]:
    """The types that are written at a closure's result and parameters, where those of a function's are."""
    closure = _closure_of(body).data
    known: list[Ty | None] = []
    for i, written in enumerate((closure.declared_output, None, *closure.declared)):
        told = ty.deep(written) if written is not None else None
        whole = told is not None and not told.flags & ty.HAS_INFER
        known.append(with_own_bounds(told, f"&-{i}") if told is not None and whole else None)
    return known


def _tracks(one: Ty) -> bool:
    """Does a loan through a dereference of this type matter? What a `&`, raw pointer or handle shows is not ours to
    lock."""
    if ty.is_handle(one):
        return False
    return one.kind not in (ty.REF, ty.RAW) or (one.kind == ty.REF and bool(one.data))


def _parts(one: Ty, found: set[Ty]) -> None:
    """Add a type and the types in it."""
    found.add(one)
    for arg in one.args:
        _parts(arg, found)
