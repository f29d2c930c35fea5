"""Where regions stand in types.

The checker writes a type as its erased form and a tuple of regions, one for each place where a lifetime stands, the
outermost
first. Everything about these places depends on the erased type alone and is computed once: how many they are, their
variance, which of them a part of the type has, which ones a drop may touch.

| type | its regions, in order |
|---|---|
| `&T`, `&mut T` | the reference's, then T's |
| struct, enum | its lifetime arguments, then its type arguments' |
| tuple, array, slice, raw pointer | its arguments' |
| projection | its trait's lifetimes, then its arguments' |
| `dyn Trait` | its bound, its trait's lifetimes, then its arguments' |
| closure | per capture: the reference's (unless moved), then the captured type's; then what its calls may not choose |
| `impl Trait` | its arguments', then one per lifetime named in its bounds |
| function pointer | its parameters', then its result's |
| function item | those that its calls may not choose (`item_lifetimes`), then its arguments' |

A region that calls of a function pointer or `dyn Fn` choose is a number below -1 (`bound_region`).
"""

from __future__ import annotations

from typing import Any, Final, TypeAlias

from engines.rustwasm.mir import body as m
from engines.rustwasm.typing import types as ty
from engines.rustwasm.typing.lasting_types import CALLED, STATIC, Demand, LastingTypes
from engines.rustwasm.typing.parameters import item_lifetimes
from engines.rustwasm.typing.types import Ty

Demands: TypeAlias = tuple[tuple[tuple[int, int], ...], tuple[tuple[Ty, int], ...]]

COVARIANT: Final = 1
CONTRAVARIANT: Final = -1
INVARIANT: Final = 0

_INVARIANT_HEADS: Final = frozenset(("Cell", "RefCell", "UnsafeCell", "RefMut"))
_MAY_DANGLE: Final = frozenset(("core::hash_map::HashMap", "core::vec_deque::VecDeque", "core::vec::IntoIter"))
"""Collections whose drop does no more with what they hold than to drop it (std's `#[may_dangle]`)."""
_LOOKING: Final = frozenset(("core::iter::Drained",))
"""What looks at the lifetimes that it has when it is dropped, in std, and has no destructor of its own here."""
_APART: Final = frozenset((ty.DYN, ty.FNPTR, ty.FNDEF, ty.CLOSURE, ty.OPAQUE, ty.PROJECTION))
"""Types whose regions do not stand one for one where lifetimes are written."""


def bound_region(name: str) -> int:
    """The number of a lifetime `'^n` that a function pointer or `dyn Fn` binds."""
    return -2 - int(name[2:])


def picked(regions: tuple[int, ...], where: tuple[int, ...]) -> tuple[int, ...]:
    """The regions of a part of a type that has `regions`, as `Shapes.part` says where they stand."""
    return tuple([regions[i] if i >= 0 else (0 if i == -1 else i) for i in where])


def is_fn_trait(trait: Any) -> bool:
    return trait.lang in CALLED or trait.name in CALLED


def opaque_lifetimes(definition: Any) -> tuple[str, ...]:
    """The lifetimes that the bounds of an `impl Trait` name, and so capture."""
    names: list[str] = []

    def visit(one: Ty) -> None:
        names.extend(name for name in one.regions if name and name[1] != "^")
        for arg in one.args:
            visit(arg)

    for bound in definition.bounds:
        names.extend(bound.regions)
        names.extend([name for name in bound.lifetimes if name and name[1] != "^"])
        args, bindings = bound.declared
        for one in (*args, *[t for _, t in bindings]):
            visit(one)
    return tuple(dict.fromkeys(n for n in names if n and n != "'static"))


class Shapes:
    """Caches of one compilation."""

    def __init__(self, lasting: LastingTypes | None = None) -> None:
        self._lasting = lasting or LastingTypes(None)
        self._demands: dict[Ty, Demands] = {}
        self.counts: dict[Ty, int] = {}
        """What `count` has found."""
        self._variances: dict[Ty, tuple[int, ...]] = {}
        self._fixed: dict[Ty, tuple[int, ...]] = {}
        self._outlived: dict[Ty, tuple[int, ...]] = {}
        self._parts: dict[Any, tuple[Ty, tuple[int, ...]]] = {}
        self._binders: dict[Ty, tuple[tuple[int, int, int], ...]] = {}
        self._drops: dict[Ty, tuple[int, ...]] = {}
        self._parameters: dict[Any, list[int]] = {}
        self._mentioned: dict[Ty, list[tuple[str, int]] | None] = {}
        self.plain: dict[Any, int] = {}
        """Functions by whether calls of them demand anything of regions (`Constraints._plain`)."""
        self.demanding: dict[Any, bool] = {}
        """Traits by whether having them demands anything of regions (`borrow.bounds`)."""
        self.lasting: dict[Any, list[tuple[Ty, int, Any]]] = {}
        """Closures by the parameters that have to outlive regions at positions of theirs, and where."""
        self.asking: dict[Any, bool] = {}
        """Functions by whether they ask of types how long they last (`borrow.type_outlives`)."""

    def count(self, one: Ty) -> int:
        """How many regions the type has."""
        found = self.counts.get(one)
        if found is None:
            kind = one.kind
            if kind == ty.CLOSURE:
                found = self.captured(one) + len(self.fixed(one))
            elif kind == ty.FNDEF:
                found = len(item_lifetimes(one.data)) + sum([self.count(a) for a in one.args])
            else:
                found = len(one.regions) + sum([self.count(a) for a in one.args])
                if kind == ty.OPAQUE:
                    found += len(opaque_lifetimes(one.data))
            self.counts[one] = found
        return found

    def captures(self, closure: Ty) -> list[Ty]:
        """The erased types of a closure's fields."""
        out = []
        for capture in closure.data.captures:
            one = ty.subst(ty.erase(capture.ty), closure.args)
            out.append(one if capture.mode == "move" else ty.ref(one, capture.mode == "mut"))
        return out

    def captured(self, closure: Ty) -> int:
        """How many regions of a closure are those of its captures, which come first."""
        return sum([self.count(c) for c in self.captures(closure)])

    def fixed(self, closure: Ty) -> tuple[int, ...]:
        """Positions in the regions of a closure's parameters and result, one after the other, that are the same for all
        its calls: of types that are inferred, where nothing asked for a signature."""
        found = self._fixed.get(closure)
        if found is None:
            definition = closure.data
            out: list[int] = []
            at = 0
            if not definition.expected:
                declared = (*definition.declared, definition.declared_output)
                for i, one in enumerate((*definition.inputs, definition.output)):
                    erased = ty.subst(ty.erase(one), closure.args)
                    if not self.binders(erased):
                        self._fix(declared[i], erased, at, out, i == len(declared) - 1)
                    at += self.count(erased)
            found = self._fixed[closure] = tuple(out)
        return found

    def _fix(self, written: Ty | None, one: Ty, at: int, out: list[int], output: bool) -> None:
        """`fixed` of one type, from position `at` on. A lifetime that is left out is inferred in a result only."""
        if written is None or written.kind == ty.INFER:
            out += range(at, at + self.count(one))
            return
        if written.kind != one.kind or one.kind in _APART:
            return
        if output:
            out += [at + i for i, name in enumerate(written.regions) if not name]
        at += len(one.regions)
        for part, arg in zip(written.args, one.args, strict=False):
            self._fix(part, arg, at, out, output)
            at += self.count(arg)

    def outlived(self, one: Ty) -> tuple[int, ...]:
        """Positions of the regions that last as long as the type has to (RFC 1214, "Outlives relation"): not those of
        what a closure is called with, and of an `impl Trait + 'a` that `'a` alone."""
        found = self._outlived.get(one)
        if found is None:
            out: list[int] = []
            self._outlive(one, 0, out)
            found = self._outlived[one] = tuple(out)
        return found

    def _outlive(self, one: Ty, start: int, out: list[int]) -> None:
        if one.kind == ty.OPAQUE:
            names = opaque_lifetimes(one.data)
            lasting = {name for bound in one.data.bounds for name in bound.regions}
            if lasting:
                first = start + self.count(one) - len(names)
                out += [first + i for i, name in enumerate(names) if name in lasting]
                return
        parts = self.captures(one) if one.kind == ty.CLOSURE else one.args
        own = self.captured(one) if one.kind == ty.CLOSURE else self.count(one)
        inner = sum([self.count(part) for part in parts])
        if one.kind == ty.OPAQUE:
            out += range(start + inner, start + own)
            own = inner
        out += range(start, start + own - inner)
        start += own - inner
        for part in parts:
            self._outlive(part, start, out)
            start += self.count(part)

    def offset(self, one: Ty, arg: int) -> int:
        """The first region of argument `arg`."""
        return len(one.regions) + sum([self.count(a) for a in one.args[:arg]])

    def part(self, one: Ty, variant: int, step: m.Projection) -> tuple[Ty, tuple[int, ...]]:
        """The erased type of a part and where its regions stand in `one`; -1 stands for 'static, less for what it binds
        itself."""
        kind = step[0]
        key = (one, variant, step[1], step[2]) if kind == m.FIELD else (one, kind)
        found = self._parts.get(key)
        if found is None:
            found = self._parts[key] = self._part(one, variant, step)
        return found

    def _part(self, one: Ty, variant: int, step: m.Projection) -> tuple[Ty, tuple[int, ...]]:
        kind = step[0]
        if kind == m.DOWNCAST:
            return one, tuple(range(self.count(one)))
        if kind == m.DEREF and ty.is_handle(one):
            return ty.pointee(one), tuple(range(self.count(one)))
        if kind == m.SUBSLICE:
            return ty.slice_of(one.args[0]), tuple(range(self.count(one.args[0])))
        if kind != m.FIELD:
            start = self.offset(one, 0)
            inner = one.args[0]
            return inner, tuple(range(start, start + self.count(inner)))
        index, erased = step[1], step[2]
        wanted = self.count(erased)
        if one.kind == ty.TUPLE:
            start = self.offset(one, index)
            return erased, tuple(range(start, start + wanted))
        if one.kind == ty.CLOSURE:
            types = self.captures(one)
            start = sum(self.count(t) for t in types[:index])
            return erased, tuple(range(start, start + wanted))
        if one.kind == ty.ADT and variant < len(one.data.variants):
            where: list[int] = []
            self._walk(one.data.variants[variant].fields[index].ty, one, where)
            if len(where) == wanted:
                return erased, tuple(where)
        return erased, (0 if self.count(one) else -1,) * wanted

    def _walk(self, one: Ty, owner: Ty, out: list[int], bound: int = -1) -> None:
        """Positions in `owner` of the regions of a field's declared type; `bound` is that of a `dyn` without one."""
        if one.kind == ty.PARAM:
            index = one.data[0]
            start = self.offset(owner, index)
            out.extend(range(start, start + self.count(owner.args[index])))
            return
        if one.kind == ty.FNDEF:
            return
        lifetimes = owner.data.lifetimes
        default = bound if one.kind == ty.DYN else -1
        for name in one.regions:
            if name in lifetimes:
                out.append(lifetimes.index(name))
            elif name and name[1] == "^":
                out.append(bound_region(name))
            else:
                out.append(-1 if name else default)
        inner = out[-1] if one.kind == ty.REF else -1
        for arg in one.args:
            self._walk(arg, owner, out, inner)

    def mentioned(self, one: Ty) -> list[tuple[str, int]] | None:
        """What a declared type's regions come from, in order: (lifetime, -1), or ("", parameter) for those of the type
        that a parameter stands for. None where more than the type itself decides it."""
        if one not in self._mentioned:
            out: list[tuple[str, int]] = []
            self._mentioned[one] = out if _mention(one, out) else None
        return self._mentioned[one]

    def demands(self, one: Ty) -> Demands:
        """What has to hold for a type to be well-formed: positions of regions (longer, shorter), and parameters with
        the position of what they have to outlive; -1 is 'static."""
        found = self._demands.get(one)
        if found is None:
            wanted: list[Demand] = []
            self._lasting.of_type(self._numbered(one, [0]), wanted)
            pairs: dict[tuple[int, int], None] = {}
            parameters: dict[tuple[Ty, int], None] = {}
            for longer, shorter, _, _ in wanted:
                end = -1 if shorter == STATIC else int(shorter[2:])
                if not isinstance(longer, str):
                    if longer.kind == ty.PARAM:
                        parameters[longer, end] = None
                elif longer not in (STATIC, shorter):
                    pairs[int(longer[2:]), end] = None
            found = self._demands[one] = tuple(pairs), tuple(parameters)
        return found

    def _numbered(self, one: Ty, following: list[int]) -> Ty:
        """A type whose lifetimes are where its regions stand."""
        if one.kind in (ty.CLOSURE, ty.FNDEF):
            following[0] += self.count(one)
            return one
        first = following[0]
        following[0] += len(one.regions)
        args = tuple([self._numbered(arg, following) for arg in one.args])
        if one.kind == ty.OPAQUE:
            following[0] += len(opaque_lifetimes(one.data))
        names = tuple([f"'#{first + i}" for i in range(len(one.regions))])
        return ty.intern(one.kind, one.data, args, names)

    # Variance

    def variances(self, one: Ty) -> tuple[int, ...]:
        """Per region: COVARIANT, CONTRAVARIANT or INVARIANT."""
        found = self._variances.get(one)
        if found is None:
            out: list[int] = []
            self._variance(one, COVARIANT, out)
            found = self._variances[one] = tuple(out)
        return found

    def _variance(self, one: Ty, outer: int, out: list[int]) -> None:
        kind = one.kind
        if kind == ty.REF:
            out.append(outer)
            self._variance(one.args[0], INVARIANT if one.data else outer, out)
        elif kind == ty.ADT:
            own = self.parameter_variances(one.data)
            lifetimes = len(one.regions)
            out.extend(outer * v for v in own[:lifetimes])
            for i, arg in enumerate(one.args):
                self._variance(arg, outer * own[lifetimes + i], out)
        elif kind == ty.CLOSURE:
            for capture in self.captures(one):
                self._variance(capture, outer, out)
            out.extend([INVARIANT] * len(self.fixed(one)))
        elif kind == ty.DYN:
            out.append(outer)
            out.extend([INVARIANT] * (self.count(one) - 1))
        elif kind in (ty.PROJECTION, ty.OPAQUE):
            out.extend([INVARIANT] * self.count(one))
        elif kind == ty.FNPTR:
            for arg in one.args[:-1]:
                self._variance(arg, -outer, out)
            self._variance(one.args[-1], outer, out)
        elif kind == ty.FNDEF:
            out.extend([INVARIANT] * self.count(one))
        else:
            inner = INVARIANT if kind == ty.RAW and one.data else outer
            for arg in one.args:
                self._variance(arg, inner, out)

    def parameter_variances(self, adt: Any) -> list[int]:
        """The variance of a definition's lifetimes and then of its type parameters."""
        found = self._parameters.get(adt)
        if found is not None:
            return found
        total = len(adt.lifetimes) + len(adt.generics.names)
        if adt.lang in _INVARIANT_HEADS or adt.name in _INVARIANT_HEADS:
            self._parameters[adt] = [COVARIANT] * len(adt.lifetimes) + [INVARIANT] * len(adt.generics.names)
            return self._parameters[adt]
        current = self._parameters[adt] = [2] * total
        changed = True
        while changed:
            before = list(current)
            for variant in adt.variants:
                for field in variant.fields:
                    self._field_variance(adt, field.ty, COVARIANT, current)
            changed = before != current
        for i, one in enumerate(current):
            if one == 2:
                current[i] = COVARIANT
        return current

    def _field_variance(self, adt: Any, one: Ty, outer: int, current: list[int]) -> None:
        def note(index: int, variance: int) -> None:
            if variance == 2:
                return
            current[index] = variance if current[index] in (2, variance) else INVARIANT

        kind = one.kind
        if kind == ty.PARAM:
            note(len(adt.lifetimes) + one.data[0], outer)
            return
        own = [INVARIANT] * len(one.regions)
        inner = [INVARIANT] * len(one.args)
        if kind == ty.REF:
            own, inner = [outer], [INVARIANT if one.data else outer]
        elif kind == ty.ADT:
            known = self.parameter_variances(one.data)
            own = [_times(outer, v) for v in known[: len(one.regions)]]
            inner = [_times(outer, v) for v in known[len(one.data.lifetimes) :]]
        elif kind == ty.DYN:
            own[0] = outer
        elif kind in (ty.TUPLE, ty.ARRAY, ty.SLICE):
            inner = [outer] * len(one.args)
        elif kind == ty.RAW and (not one.data or adt.path.startswith("core::")):
            inner = [outer]  # the library's pointers own what they lead to
        elif kind == ty.FNPTR:
            inner = [-outer] * (len(one.args) - 1) + [outer]
        for region, variance in zip(one.regions, own, strict=False):
            if region in adt.lifetimes:
                note(adt.lifetimes.index(region), variance)
        for arg, variance in zip(one.args, inner, strict=False):
            if variance != 2:
                self._field_variance(adt, arg, variance, current)

    def binders(self, one: Ty) -> tuple[tuple[int, int, int], ...]:
        """Where the regions of its outermost function pointers and `dyn Fn` stand: (first, behind the last, variance of
        the whole)."""
        found = self._binders.get(one)
        if found is None:
            out: list[tuple[int, int, int]] = []
            self._bind(one, 0, COVARIANT, out)
            found = self._binders[one] = tuple(out)
        return found

    def _bind(self, one: Ty, start: int, outer: int, out: list[tuple[int, int, int]]) -> None:
        kind = one.kind
        if kind == ty.FNDEF:
            return
        if kind == ty.FNPTR or (kind == ty.DYN and is_fn_trait(one.data[0])):
            first, end = start + len(one.regions), start + self.count(one)
            if first < end:
                out.append((first, end, outer))
            return
        parts = self.captures(one) if kind == ty.CLOSURE else one.args
        start += len(one.regions) if kind != ty.CLOSURE else 0
        inner = [outer] * len(parts)
        if kind == ty.ADT:
            inner = [outer * variance for variance in self.parameter_variances(one.data)[len(one.regions) :]]
        elif kind in (ty.DYN, ty.OPAQUE, ty.PROJECTION) or (kind in (ty.REF, ty.RAW) and one.data):
            inner = [INVARIANT] * len(parts)
        for part, variance in zip(parts, inner, strict=True):
            self._bind(part, start, variance, out)
            start += self.count(part)

    # Drops

    def dropped(self, one: Ty) -> tuple[int, ...]:
        """Positions of the regions that must still be valid when a value of the type is dropped."""
        found = self._drops.get(one)
        if found is None:
            self._drops[one] = ()
            out: list[int] = []
            self._drop(one, 0, out, 0)
            found = self._drops[one] = tuple(out)
        return found

    def _drop(self, one: Ty, start: int, out: list[int], depth: int) -> None:
        kind = one.kind
        if kind in (ty.TUPLE, ty.ARRAY, ty.SLICE):
            for arg in one.args:
                self._drop(arg, start, out, depth)
                start += self.count(arg)
        elif kind == ty.CLOSURE:
            for capture in self.captures(one):
                self._drop(capture, start, out, depth)
                start += self.count(capture)
        elif kind in (ty.DYN, ty.OPAQUE, ty.PROJECTION):
            out.extend(range(start, start + self.count(one)))
        elif kind == ty.ADT:
            adt = one.data
            own = adt.drop is not None and adt.path not in _MAY_DANGLE and adt.lang is None
            if own or adt.path in _LOOKING:
                out.extend(range(start, start + self.count(one)))
                return
            if adt.drop is not None:
                out.extend(range(start, start + len(one.regions)))
            if adt.lang is not None or adt.path in _MAY_DANGLE or depth > 6:
                inner = start + len(one.regions)
                for arg in one.args:
                    self._drop(arg, inner, out, depth + 1)
                    inner += self.count(arg)
                return
            for variant in adt.variants:
                for i, field in enumerate(variant.fields):
                    erased = ty.subst(ty.erase(field.ty), one.args)
                    _, where = self.part(one, variant.index, (m.FIELD, i, erased))
                    inside: list[int] = []
                    self._drop(erased, 0, inside, depth + 1)
                    out.extend(start + where[p] for p in inside if where[p] >= 0)


def _mention(one: Ty, out: list[tuple[str, int]]) -> bool:
    """Add what the type's regions come from; False if that depends on impls, bodies or defaults."""
    kind = one.kind
    if kind == ty.PARAM:
        out.append(("", one.data[0]))
        return True
    if kind in (ty.PROJECTION, ty.CLOSURE, ty.FNDEF, ty.OPAQUE, ty.DYN):
        return False
    out.extend((name, -1) for name in one.regions)
    return all(_mention(arg, out) for arg in one.args)


def _times(outer: int, inner: int) -> int:
    """The variance of a position of variance `inner` within one of variance `outer`; 2 is "not used at all"."""
    return 2 if inner == 2 else outer * inner


def elided(shapes: Shapes, declared: Ty, one: Ty, at: int, found: list[int]) -> None:
    """Add where lifetimes are left out in a declared type, which is `one` once inferred, from position `at` on."""
    if declared.kind != one.kind or one.kind in _APART:
        return
    found += [at + i for i, name in enumerate(declared.regions) if not name]
    at += len(one.regions)
    for part, arg in zip(declared.args, one.args, strict=False):
        elided(shapes, part, arg, at, found)
        at += shapes.count(arg)
