"""Inference variables: bound to what makes two types equal, and set free again where that was only tried."""

from __future__ import annotations

from engines.rustwasm.typing import types as ty
from engines.rustwasm.typing.types import Ty, shallow


class Unifier:
    """Variables that are bound, in order (`trail`)."""

    trail: list[Ty]

    def normalize(self, one: Ty) -> Ty:
        raise NotImplementedError

    def snapshot(self) -> int:
        return len(self.trail)

    def rollback(self, mark: int) -> None:
        trail = self.trail
        while len(trail) > mark:
            trail.pop().link = None

    def bind(self, var: Ty, value: Ty) -> bool:
        if value.flags & ty.HAS_INFER and self.occurs(var, value):
            return False
        var.link = value
        self.trail.append(var)
        return True

    def occurs(self, var: Ty, value: Ty) -> bool:
        value = shallow(value)
        if value is var:
            return True
        return any(self.occurs(var, a) for a in value.args if a.flags & ty.HAS_INFER)

    def unify(self, a: Ty, b: Ty) -> bool:
        """Make two types equal; False (with some variables bound) if they cannot be."""
        while a.link is not None:
            a = a.link
        while b.link is not None:
            b = b.link
        if a is b:
            return True
        if a.kind == ty.INFER:
            if a.data == "type":
                if b.kind == ty.INFER and b.data == "type":
                    a.link = b
                    self.trail.append(a)
                    return True
                return self.bind(a, b)
            if b.kind == ty.INFER:
                if b.data == "type":
                    return self.bind(b, a)
                return a.data == b.data and self.bind(a, b)
            if (
                (a.data == "int" and b.kind == ty.INT)
                or (a.data == "float" and b.kind == ty.FLOAT)
                or b.kind == ty.ERROR
            ):
                return self.bind(a, b)
            return False
        if b.kind == ty.INFER:
            return self.unify(b, a)
        if a.kind == ty.ERROR or b.kind == ty.ERROR:
            return True
        if a.flags & ty.HAS_PROJECTION and a.kind == ty.PROJECTION and b.kind != ty.PROJECTION:
            normal = self.normalize(a)
            return normal is not a and self.unify(normal, b)
        if b.kind == ty.PROJECTION and a.kind != ty.PROJECTION:
            normal = self.normalize(b)
            return normal is not b and self.unify(a, normal)
        if a.kind != b.kind or a.data != b.data or len(a.args) != len(b.args):
            return False
        others = b.args
        if len(others) == 1:
            return self.unify(a.args[0], others[0])
        for i, x in enumerate(a.args):
            y = others[i]
            if x is not y and not self.unify(x, y):
                return False
        return bool(others)

    def can_unify(self, a: Ty, b: Ty) -> bool:
        mark = len(self.trail)
        result = self.unify(a, b)
        self.rollback(mark)
        return result

    def fresh_args(self, count: int) -> tuple[Ty, ...]:
        if count < 2:
            return (ty.variable(),) if count else ()
        return tuple([ty.variable() for _ in range(count)])
