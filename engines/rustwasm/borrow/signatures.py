"""Signatures with lifetimes, instantiated with the regions of a call; projections through impls.

A value here is `(erased type, regions)`; where its regions stand is told in `shapes`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, TypeAlias

from engines.rustwasm.borrow.shapes import Shapes, bound_region, elided, is_fn_trait, opaque_lifetimes
from engines.rustwasm.borrow.written import Written
from engines.rustwasm.typing import types as ty
from engines.rustwasm.typing.projection import Inference
from engines.rustwasm.typing.traits import AMBIGUOUS, head
from engines.rustwasm.typing.types import Ty

Typed: TypeAlias = tuple[Ty, tuple[int, ...]]


class UnknownRegionsError(Exception):
    """The regions of a type cannot be told (a projection without a known impl)."""


class Environment:
    """What names stand for: lifetimes to regions, parameters to types with regions."""

    __slots__ = ("args", "fresh", "lifetimes")

    def __init__(self, args: list[Typed], lifetimes: dict[str, int], fresh: Callable[[], int]) -> None:
        self.args = args
        self.lifetimes = lifetimes
        self.fresh = fresh

    def region(self, name: str) -> int:
        if not name:
            return self.fresh()
        if name[1] == "^" and name[2] != ">":
            return bound_region(name)
        found = self.lifetimes.get(name)
        if found is None:
            if name == "'static":
                return 0
            found = self.lifetimes[name] = self.fresh()
        return found


def _default_bound(one: Ty, env: Environment, regions: list[int]) -> str:
    """The default lifetime of a `dyn Trait` right inside a type whose own regions end `regions`."""
    if one.kind != ty.REF or one.args[0].kind != ty.DYN:
        return "'static"
    if one.regions[0]:
        return one.regions[0]
    name = f"&{regions[-1]}"
    env.lifetimes[name] = regions[-1]
    return name


def _own(one: Ty, env: Environment, bound: str) -> list[int]:
    """What a type's own lifetimes stand for; `bound` is that of a `dyn Trait` without one."""
    if one.kind != ty.DYN:
        return [env.region(name) for name in one.regions]
    return [env.region(one.regions[0] or bound), *[env.region(name) for name in one.regions[1:]]]


class Signatures:
    """Instantiates declared types. `call_closure` gives the result's regions of calling a closure with arguments."""

    def __init__(self, compilation: Any, shapes: Shapes, written: Written) -> None:
        self.compilation = compilation
        self.shapes = shapes
        self.written = written
        self.assumptions: list[Any] = []
        self.equal: list[tuple[int, int]] = []
        """Regions that the impl matched last makes equal."""
        self.assumed: Environment | None = None
        self.call_closure: Callable[[Typed, list[Typed]], Typed] | None = None
        self.call_item: Callable[[Typed, list[Typed]], Typed] | None = None

    def regions(self, one: Ty, env: Environment, expected: Ty) -> tuple[int, ...] | None:
        """The regions of declared type `one`, whose erased form after substitution is `expected`; None if unknown."""
        out: list[int] = []
        mentioned = self.shapes.mentioned(one)
        if mentioned is not None:
            for name, parameter in mentioned:
                if parameter < 0:
                    out.append(env.region(name))
                elif parameter < len(env.args):
                    out += env.args[parameter][1]
        else:
            try:
                self._walk(one, env, out)
            except UnknownRegionsError:
                return None
        return tuple(out) if len(out) == self.shapes.count(expected) else None

    def _walk(self, one: Ty, env: Environment, out: list[int], bound: str = "'static") -> None:
        """`bound` is what a `dyn Trait` without a lifetime has (The Rust Reference, "Default trait object
        lifetimes")."""
        kind = one.kind
        if kind == ty.PARAM:
            index = one.data[0]
            if index < len(env.args):
                out.extend(env.args[index][1])
            return
        if kind == ty.PROJECTION:
            out.extend(self.project(one, env)[1])
            return
        if kind in (ty.CLOSURE, ty.FNDEF):
            raise UnknownRegionsError
        out.extend(_own(one, env, bound))
        inner = _default_bound(one, env, out)
        for arg in one.args:
            self._walk(arg, env, out, inner)
        if kind == ty.OPAQUE:
            out.extend(env.region(name) for name in opaque_lifetimes(one.data))

    def typed(self, one: Ty, env: Environment, bound: str = "'static") -> Typed:
        """Erased type and regions of a declared type."""
        if one.kind == ty.PARAM and one.data[0] < len(env.args):
            found: Typed = env.args[one.data[0]]
            return found
        if one.kind == ty.PROJECTION:
            return self.project(one, env)
        if one.kind in (ty.CLOSURE, ty.FNDEF):
            raise UnknownRegionsError
        own = _own(one, env, bound)
        if not one.args:
            return ty.erase(one), tuple(own)
        inner = _default_bound(one, env, own)
        parts = [self.typed(a, env, inner) for a in one.args]
        erased = ty.intern(one.kind, one.data, tuple([p[0] for p in parts]), ("",) * len(one.regions))
        regions = own + [r for p in parts for r in p[1]]
        if one.kind == ty.OPAQUE:
            regions += [env.region(name) for name in opaque_lifetimes(one.data)]
        return erased, tuple(regions)

    # Projections

    def project(self, one: Ty, env: Environment, depth: int = 0) -> Typed:
        """`<Self as Trait>::Name` with its regions. Raises UnknownRegionsError."""
        trait, name = one.data
        args = [self.typed(a, env) for a in one.args]
        return self.associated(trait, name, args, tuple([env.region(own) for own in one.regions]), depth)

    def associated(self, trait: Any, name: str, args: list[Typed], lifetimes: tuple[int, ...], depth: int = 0) -> Typed:
        """The associated type of `args[0]: trait<lifetimes, args[1..]>`."""
        if depth > 16:
            raise UnknownRegionsError
        subject = args[0]
        kind = subject[0].kind
        if is_fn_trait(trait) and name == "Output":
            return self._output(subject, args[1])
        if kind == ty.DYN:
            return self._of_object(subject, name)
        if kind in (ty.OPAQUE, ty.PARAM, ty.PROJECTION):
            found = self._bound(trait, name, args, lifetimes)
            if found is not None:
                return found
            if kind == ty.OPAQUE:
                raise UnknownRegionsError
            erased = ty.projection(trait, name, tuple([a[0] for a in args]))
            return erased, (*lifetimes, *[r for a in args for r in a[1]])
        for impl, env in self.impls(trait, args, lifetimes):
            self.compilation.collector.impl_assoc(impl, name)
            declared = impl.declared_types.get(name)
            if declared is None:
                continue
            self.from_bounds(impl, env, depth)
            if declared.kind == ty.PROJECTION:
                return self.project(declared, env, depth + 1)
            return self.typed(declared, env)
        raise UnknownRegionsError

    def _of_object(self, subject: Typed, name: str) -> Typed:
        """The associated type that a trait object names, unless calls choose lifetimes of it."""
        one, regions = subject
        names = one.data[1]
        if name not in names:
            raise UnknownRegionsError
        held = self.split((ty.tuple_of(one.args), regions[len(one.regions) :]))
        found: Typed = held[len(held) - len(names) + names.index(name)]
        if any(region < 0 for region in found[1]):
            raise UnknownRegionsError
        return found

    def impls(self, trait: Any, args: list[Typed], lifetimes: tuple[int, ...]) -> Iterator[tuple[Any, Environment]]:
        """Impls whose head fits, with what their parameters stand for; where several do, the one whose bounds hold."""
        index = self.compilation.impl_index(trait)
        fitting = []
        for impl in [*index.get(head(args[0][0]), ()), *index.get(None, ())]:
            env = self._match_impl(impl, args, lifetimes)
            if env is not None:
                fitting.append((impl, env, self.equal))
        if len(fitting) > 1:
            found = Inference(self.compilation, self.assumptions).select(trait, tuple([one for one, _ in args]))
            if found is not None and found is not AMBIGUOUS and found.kind == "impl":
                fitting = [one for one in fitting if one[0] is found.impl]
        for impl, env, equal in fitting:
            self.equal = equal
            yield impl, env

    def _output(self, subject: Typed, arguments: Typed) -> Typed:
        one = subject[0]
        if one.kind == ty.CLOSURE and self.call_closure is not None:
            return self.call_closure(subject, self.split(arguments))
        if one.kind == ty.FNDEF and self.call_item is not None:
            return self.call_item(subject, self.split(arguments))
        if one.kind == ty.PARAM and self.assumed is not None:
            for bound in self.assumptions:
                if bound.subject is one and bound.called is not None:
                    output = bound.called[1]
                    if ty.lifetimes(output) == ty.every_lifetime(output):  # none that the call chooses
                        return self.typed(output, self.assumed)
        raise UnknownRegionsError

    def split(self, arguments: Typed) -> list[Typed]:
        """The elements of a tuple."""
        out = []
        start = 0
        for one in arguments[0].args:
            count = self.shapes.count(one)
            out.append((one, arguments[1][start : start + count]))
            start += count
        return out

    def behind(self, subject: Typed) -> Environment:
        """What the names in the bounds of an `impl Trait` stand for."""
        one, regions = subject
        args: list[Typed] = []
        start = 0
        for arg in one.args:
            count = self.shapes.count(arg)
            args.append((arg, regions[start : start + count]))
            start += count
        return Environment(args, dict(zip(opaque_lifetimes(one.data), regions[start:], strict=True)), lambda: 0)

    def _bound(self, trait: Any, name: str, args: list[Typed], lifetimes: tuple[int, ...]) -> Typed | None:
        """The associated type as the bounds of a parameter or an `impl Trait` tell it."""
        one = args[0][0]
        if one.kind == ty.OPAQUE:
            env = self.behind(args[0])
            bounds = one.data.bounds
        else:
            if self.assumed is None:
                return None
            env = self.assumed
            bounds = [p for p in self.assumptions if ty.erase(p.subject) is one]
        for bound in bounds:
            if bound.trait is trait:
                for bound_name, bound_ty in bound.declared[1]:
                    if bound_name == name:
                        chosen = self._quantified(bound, args, lifetimes)
                        if len(chosen) == 1:
                            env = Environment(env.args, env.lifetimes, partial(int, chosen[0]))
                        return self.typed(bound_ty, env)
        return None

    def _quantified(self, bound: Any, args: list[Typed], lifetimes: tuple[int, ...]) -> list[int]:
        """What stands where a bound `for<'x> Trait<'x, &'x T>` has lifetimes of its `for`."""
        chosen = [region for written, region in zip(bound.lifetimes, lifetimes, strict=False) if not written]
        for declared, (one, regions) in zip(bound.declared[0], args[1:], strict=False):
            where: list[int] = []
            elided(self.shapes, declared, one, 0, where)
            chosen += [regions[at] for at in where]
        return list(dict.fromkeys(chosen))

    def _match_impl(self, impl: Any, args: list[Typed], of_trait: tuple[int, ...]) -> Environment | None:
        """The impl's parameters and lifetimes if it is for these arguments."""
        found: dict[int, Typed] = {}
        lifetimes: dict[str, int] = {"'static": 0}
        self.equal = []
        self._match_lifetimes(impl.trait_lifetimes, of_trait, lifetimes)
        for declared, actual in zip((impl.self_ty, *impl.trait_args), args, strict=False):
            if not self._match(declared, actual, found, lifetimes):
                return None
        count = max(found, default=-1) + 1
        total = max(count, len(impl.generics.names))
        known: list[Typed] = [found.get(i, (ty.ERROR_TY, ())) for i in range(total)]
        return Environment(known, lifetimes, lambda: 0)

    def _match(self, declared: Ty, actual: Typed, found: dict[int, Typed], lifetimes: dict[str, int]) -> bool:
        one, regions = actual
        if declared.kind == ty.PARAM:
            index = declared.data[0]
            if index in found:
                if found[index][0] is not one:
                    return False
                self.equal += list(zip(found[index][1], regions, strict=True))
                return True
            found[index] = actual
            return True
        if declared.kind == ty.PROJECTION:
            return True
        if declared.kind != one.kind or declared.data != one.data or len(declared.args) != len(one.args):
            return False
        if declared.kind in (ty.FNDEF, ty.CLOSURE):
            return True
        self._match_lifetimes(declared.regions, regions, lifetimes)
        start = len(one.regions)
        for part, arg in zip(declared.args, one.args, strict=True):
            count = self.shapes.count(arg)
            if not self._match(part, (arg, regions[start : start + count]), found, lifetimes):
                return False
            start += count
        return True

    def _match_lifetimes(self, names: tuple[str, ...], regions: tuple[int, ...], lifetimes: dict[str, int]) -> None:
        for name, region in zip(names, regions, strict=False):
            if name and name[1] != "^" and lifetimes.setdefault(name, region) != region:
                self.equal.append((lifetimes[name], region))

    def from_bounds(self, impl: Any, env: Environment, depth: int = 0) -> None:
        """Fill in parameters that only the bounds determine (`F: FnMut(I::Item) -> B` gives B, `I: Iterator<Item = &'a
        T>` gives T and 'a). Raises UnknownRegionsError."""
        for bound in self.compilation.collector.impl_bounds(impl):
            for name, declared in bound.declared[1]:
                if _open(declared, env):
                    args = [self.typed(bound.subject, env), *[self.typed(a, env) for a in bound.args]]
                    own = tuple([env.region(one) for one in bound.lifetimes])
                    actual = self.associated(bound.trait, name, args, own, depth + 1)
                    found = {i: one for i, one in enumerate(env.args) if one[0] is not ty.ERROR_TY}
                    self._match(declared, actual, found, env.lifetimes)
                    for i, one in found.items():
                        env.args[i] = one


def _open(declared: Ty, env: Environment) -> bool:
    """Whether a declared type has a parameter of which nothing is known yet."""
    if declared.kind == ty.PARAM:
        return env.args[declared.data[0]][0] is ty.ERROR_TY
    return bool(declared.flags & ty.HAS_PARAM) and any(_open(arg, env) for arg in declared.args)


def with_own_bounds(one: Ty, name: str) -> Ty:
    """A `dyn Trait` without a lifetime has one that is inferred, in a body; each gets a name that begins so."""
    found = 0

    def change(part: Ty) -> Ty | None:
        nonlocal found
        if part.kind == ty.DYN and not part.regions[0]:
            found += 1
            regions = (f"{name}.{found}", *part.regions[1:])
            return ty.rewrite(ty.intern(ty.DYN, part.data, part.args, regions), change)
        return None

    return ty.rewrite(one, change)
