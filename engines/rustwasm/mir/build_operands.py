"""Operands: values as they are when their turn comes (The Rust Reference, "Evaluation order of operands")."""

from __future__ import annotations

from typing import Any, Final

from engines.rustwasm.mir import body as m
from engines.rustwasm.mir.body import Place
from engines.rustwasm.mir.build_control import ControlBuilder
from engines.rustwasm.mir.operators import round_float
from engines.rustwasm.syntax import tree as t
from engines.rustwasm.typing import types as ty
from engines.rustwasm.typing.coercion import is_place

_SCALARS: Final = frozenset((ty.INT, ty.FLOAT, ty.BOOL, ty.CHAR))


class OperandBuilder(ControlBuilder):
    """Evaluates expressions to operands, alone or as those of one call or aggregate."""

    def operand(self, node: Any) -> m.Operand:
        if not node.adjust:
            if isinstance(node, t.Literal):
                return self.literal(node)
            if is_place(node):
                return self.read(self.read_place(node), self.type_of(node), node.span)
            if (
                isinstance(node, t.Unary)
                and node.op == "-"
                and isinstance(node.operand, t.Literal)
                and node.target is None
            ):
                return self.negated(node)
            if isinstance(node, t.PathExpr) and self.type_of(node).kind == ty.FNDEF:
                return m.Constant(self.type_of(node), None, self.written(node))
        elif node.adjust[-1][0] == "joined":
            return m.Copy(self.adjusted_place(node))
        one = self.adjusted_type(node)
        place = self.temp(one, node.span)
        self.into(place, node)
        return m.Copy(place) if one.kind in _SCALARS else m.Move(place)

    def literal(self, node: t.Literal) -> m.Constant:
        one = self.type_of(node)
        if one.kind == ty.FLOAT:
            return m.Constant(one, round_float(float(node.value), one))
        return m.Constant(one, node.value)

    def negated(self, node: t.Unary) -> m.Constant:
        """A literal with a minus before it."""
        constant = self.literal(node.operand)
        return m.Constant(constant.ty, -constant.value)

    def stable(self, operand: m.Operand, node: Any, may_change: bool) -> m.Operand:
        """Read a variable now if evaluating another expression may change it."""
        if isinstance(operand, m.Copy) and may_change and not self._temporary(operand.place):
            one = self.adjusted_type(node)
            while one.kind == ty.REF:
                one = one.args[0]
            return self.saved(operand, one, node.span)
        return operand

    def _temporary(self, place: Place) -> bool:
        """Whether the place holds a value that no other expression knows of."""
        return not place.projection and self.body.locals[place.local].name is None

    def operands(self, nodes: list[Any], last: Any = None) -> list[m.Operand]:
        """The operands of these expressions, in their order; `last` is evaluated after them."""
        rest = nodes if last is None else [*nodes, last]
        self.pending.append((len(self.scopes), []))
        found = [self.held(self.early(self.operand(node), node, rest[i + 1 :])) for i, node in enumerate(nodes)]
        self.pending.pop()
        return found

    def arguments(self, nodes: list[Any], receiver: m.Operand | None = None) -> list[m.Operand]:
        """The operands of a call, as above, behind its receiver if that has been evaluated."""
        self.pending.append((len(self.scopes), []))
        found = [] if receiver is None else [self.held(receiver)]
        for i, node in enumerate(nodes):
            found.append(self.held(self.early(self.argument(node), node, nodes[i + 1 :])))
        self.pending.pop()
        return found

    def held(self, operand: m.Operand) -> m.Operand:
        """The operand, whose temporary drops first of all where an expression further right leaves the call."""
        if isinstance(operand, m.Move) and not operand.place.projection:
            local = self.body.locals[operand.place.local]
            if local.name is None and self.needs_drop(local.ty):
                self.pending[-1][1].append(operand.place.local)
        return operand

    def argument(self, node: Any, receives: bool = False) -> m.Operand:
        """An operand of a call, perhaps the receiver. What is lent to it without being written so is lent for changes
        from the call on only: operands further right may look at it (rustc-dev-guide, "Two-phase borrows")."""
        if not node.adjust:
            return self.operand(node)
        source, rvalue, one = self.adjusted(node)
        if rvalue is None:
            assert source is not None
            return self.read(source, one)
        # A trait object is passed on by an unsizing coercion, which lends at once.
        if isinstance(rvalue, m.Ref) and rvalue.kind == "mut" and (receives or one.args[0].kind != ty.DYN):
            rvalue.kind = "two_phase"
        held = self.temp(one, node.span)
        self.assign(held, rvalue, node.span)
        return m.Copy(held) if one.kind in _SCALARS else m.Move(held)

    def early(self, operand: m.Operand, node: Any, later: list[Any]) -> m.Operand:
        """The operand as it is before the expressions further right: these may change its place, look at it, or fill it
        again (The Rust Reference, "Evaluation order of operands")."""
        if isinstance(operand, m.Copy):
            behind = any(step[0] in (m.DEREF, m.INDEX) for step in operand.place.projection)
            # What is behind a reference may be lent to another operand, which is used from the call on.
            if behind or (self.body.locals[operand.place.local].mutable and not self.calm(later)):
                return self.saved(operand, self.adjusted_type(node), node.span)
        elif (
            isinstance(operand, m.Move)
            and is_place(node)
            and not node.adjust
            and any(not isinstance(one, (t.Literal, t.PathExpr)) for one in later)
        ):
            return self.moved(operand, node)
        return operand

    def calm(self, nodes: list[Any]) -> bool:
        """Whether evaluating these expressions changes no variable, and lends none to be changed."""
        return all(map(_is_calm, nodes))

    def saved(self, operand: m.Operand, one: ty.Ty, span: t.Span) -> m.Operand:
        """What an operand of that type is now, whatever becomes of its place."""
        held = Place(self.local(one, None, False, span))
        self.assign(held, m.Use(operand), span)
        return m.Copy(held)

    def moved(self, operand: m.Move, node: Any) -> m.Operand:
        held = self.temp(self.adjusted_type(node), node.span)
        self.assign(held, m.Use(operand), node.span)
        return m.Move(held, node.span)


def _is_calm(node: Any) -> bool:
    """Whether evaluating an expression changes no variable, and lends none to be changed."""
    if isinstance(node, t.Field):
        return _is_calm(node.base)
    if isinstance(node, t.Index):
        return _is_calm(node.base) and _is_calm(node.index)
    if isinstance(node, t.Borrow):
        return not node.mutable and _is_calm(node.operand)
    return isinstance(node, (t.Literal, t.PathExpr))
