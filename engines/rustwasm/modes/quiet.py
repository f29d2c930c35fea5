"""Which GC bodies can have nothing wrong with modes, initialisation and `mut`, told from their typed syntax.

The rules for bodies (`modes.rules`) are about MIR. To build it takes as long as to find the types, and nearly all GC
functions have nothing that a rule could be about: no reference kept in a variable, no value that owns in one, no
variable without value, no enum by reference. `QuietBodies.is_quiet` says of which this is certain; the rules look at
the MIR of all others, and the MIR of a quiet body is made when a build, or whoever else, asks for it.

It answers for the worse where it would have to look closer: False says nothing about the body. A body that is said to
be quiet has no fault, which the tests hold by checking programs both ways.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from engines.rustwasm.mir.build import closure_definition
from engines.rustwasm.modes.kinds import overlays
from engines.rustwasm.syntax import tree as t
from engines.rustwasm.typing import types as ty
from engines.rustwasm.typing.captures import pattern_parts
from engines.rustwasm.typing.definitions import FnDef
from engines.rustwasm.typing.paths import Variable
from engines.rustwasm.typing.types import Ty

if TYPE_CHECKING:
    from engines.rustwasm.modes.rules import ModeRules
    from engines.rustwasm.typing.check import BodyChecker

_OPEN: Final = ty.HAS_INFER | ty.HAS_PROJECTION
_JUDGED: Final = ty.HAS_PROJECTION | ty.HAS_OPAQUE | ty.HAS_ERROR
"""What is in types of which only the borrow checker can tell whether they borrow."""
_COMPARISONS: Final = frozenset(("==", "!=", "<", "<=", ">", ">="))


class QuietBodies:
    """Answers for the bodies of one compilation; what it learns of types is kept."""

    def __init__(self, rules: ModeRules) -> None:
        self.rules = rules
        self.kinds = rules.kinds
        self._harmless: dict[Ty, bool] = {}
        self._held: dict[Ty, bool] = {}

    def is_quiet(self, checker: BodyChecker) -> bool:
        """Is there certainly nothing to report of a GC function whose types are right, and of its closures?"""
        function, nodes = checker.function, checker.nodes
        if nodes is None or not function.gc or self.rules.hands_out(function):
            return False
        if function.output.flags & ty.HAS_OPAQUE:
            return False  # who calls it may come to a closure that it makes before a build comes to it
        for _, one in checker.parameters:
            if not self.harmless(checker.final(one)):
                return False
        if not self.harmless(checker.final(checker.return_ty)):
            return False
        given = {pattern for pattern, _ in checker.parameters}
        for closure in checker.closures:
            closure_definition(checker, closure)
            if closure.trait_kind == "FnOnce" or self.rules.hands_out(closure.body):
                return False
            if not all(map(self.harmless, (*closure.inputs, closure.output))):
                return False
            given.update([pattern for pattern, _ in closure.syntax.parameters])
        harmless, known, rules = self.harmless, self._harmless, _TABLE
        binding, constant, let = t.BindingPattern, t.PathPattern, t.LetStatement
        name, literal = t.PathExpr, t.Literal
        for node in nodes:
            kind = type(node)
            if (kind is name and not node.adjust and isinstance(node.target, Variable)) or (
                kind is literal and not node.adjust
            ):
                continue  # the types of variables are looked at where they are bound; literals are numbers and texts
            if kind is binding or kind is constant:
                variable = node.target
                if not isinstance(variable, Variable):
                    # A constant that is no number is compared where the value is.
                    if checker.final(node.ty).kind not in _NUMBERS:
                        return False
                    continue
                one = variable.ty
                if one.flags & _OPEN:
                    one = checker.final(one)
                if not harmless(one) or (node not in given and self.held(one)):
                    return False
                continue
            if kind is let:
                if not self._let(checker, node):
                    return False
                continue
            one = node.ty
            if one.flags & _OPEN:
                one = node.ty = checker.final(one)
            if not (known[one] if one in known else harmless(one)):
                return False
            if node.adjust and not self._adjusted(checker, node):
                return False
            if kind in rules and not rules[kind](self, checker, node):
                return False
        return True

    # Types

    def harmless(self, one: Ty) -> bool:
        """Is no rule about values of the type, wherever they are?"""
        found = self._harmless.get(one)
        if found is None:
            found = self._harmless[one] = self._is_harmless(one)
        return found

    def _is_harmless(self, one: Ty) -> bool:
        if one.flags & _JUDGED or one.kind == ty.RAW:
            return False
        if one.kind == ty.FNDEF:
            return self._takes(one.data, one.args)
        if one.kind < ty.ADT:
            return True
        if self.kinds.mixed(one) is not None or self._misused(one):
            return False
        if ty.is_handle(one):
            if self.kinds.mixed(ty.pointee(one)) is not None:
                return False
            return not any(part.kind == ty.REF for part in self.kinds.parts(one))
        return True

    def _takes(self, function: Any, args: tuple[Ty, ...]) -> bool:
        """GC008: may a function be used with these arguments?"""
        if not args or type(function) is not FnDef or not function.gc:
            return True
        return all(self.kinds.owning(arg) is None for arg in args)

    def _misused(self, one: Ty) -> bool:
        """GC005: has a GC type in it an argument that it cannot hold?"""
        if not one.args or one.kind in (ty.FNPTR, ty.FNDEF):
            return False
        if ty.is_shared(one) and any(arg.kind != ty.DYN and self.kinds.unfit(arg) is not None for arg in one.args):
            return True
        return any(self._misused(arg) for arg in one.args)

    def held(self, one: Ty) -> bool:
        """Is a variable of the type one that rules are about: does it own, or lead to something?"""
        found = self._held.get(one)
        if found is None:
            found = self.kinds.owning(one) is not None or self.kinds.borrowing(one) is not None
            self._held[one] = found
        return found

    # Places

    def _adjusted(self, checker: BodyChecker, node: Any) -> bool:
        one = node.ty
        first = True
        for step in node.adjust:
            kind = step[0]
            if (kind == "borrow" or kind == "overloaded") and (
                overlays(checker.final(one)) or (first and step[2] and self._fixed(checker, node, True))
            ):
                return False
            one = ty.ref(one, step[2]) if kind == "borrow" else checker.final(step[1])
            if not self.harmless(one):
                return False
            first = False
        return True

    def _fixed(self, checker: BodyChecker, node: Any, lent: bool) -> bool:
        """Is the place, before the adjustments of its expression, one in a variable that is not `mut`? One that is
        `lent` may be a variable that holds a handle."""
        while True:
            kind = type(node)
            if kind is t.PathExpr:
                variable = node.target
                if not isinstance(variable, Variable) or variable.mutable:
                    return False
                return not lent or not ty.is_shared(checker.final(variable.ty))
            if kind is t.Field or kind is t.Index:
                node = node.base
                if ty.is_handle(checker.final(node.ty)):
                    return False
            elif kind is t.Unary and node.op == "*":
                if node.target is None:
                    return False
                node = node.operand
            else:
                return False
            if node.adjust:
                if node.adjust[0][0] == "deref":
                    return False
                lent = True

    def _lends(self, checker: BodyChecker, node: Any) -> bool:
        """May the value of an expression be lent to what a macro or operator calls?"""
        one = node.adjust[-1][1] if node.adjust else node.ty
        return not overlays(checker.final(one))

    # Statements and expressions

    def _let(self, checker: BodyChecker, node: t.LetStatement) -> bool:
        if node.value is None:
            return False
        if type(node.pattern) is t.BindingPattern and node.pattern.sub is None:
            return True
        value = node.value
        return not self.held(checker.final(value.adjust[-1][1] if value.adjust else value.ty))

    def _borrow(self, checker: BodyChecker, node: t.Borrow) -> bool:
        inner = node.operand
        if node.mutable and not inner.adjust and self._fixed(checker, inner, True):
            return False
        return self._lends(checker, inner)

    def _assignment(self, checker: BodyChecker, node: t.Assignment) -> bool:
        left = node.left
        if type(left) is t.PathExpr and isinstance(left.target, Variable):
            one = checker.final(left.target.ty)
            return left.target.mutable and not self.held(one)
        return not self._fixed(checker, left, False)

    def _compound(self, checker: BodyChecker, node: t.CompoundAssignment) -> bool:
        if node.target is None:
            return not self._fixed(checker, node.left, False)
        return self._lends(checker, node.left) and not self._fixed(checker, node.left, True)

    def _binary(self, checker: BodyChecker, node: t.Binary) -> bool:
        if node.target is None or node.op not in _COMPARISONS:
            return True
        return self._lends(checker, node.left) and self._lends(checker, node.right)

    def _unary(self, checker: BodyChecker, node: t.Unary) -> bool:
        return node.target is None or node.op != "*" or self._lends(checker, node.operand)

    def _method_call(self, checker: BodyChecker, node: t.MethodCall) -> bool:
        if node.target is None:
            return False
        method, args = node.target
        return not args or not method.gc or self._takes(method, tuple([checker.final(arg) for arg in args]))

    def _call(self, checker: BodyChecker, node: t.Call) -> bool:
        target = node.target
        if target is None:
            return True
        kind = target[1].data.trait_kind if target[0] == "closure" else target[1]
        return kind == "Fn" or (kind == "FnMut" and not self._fixed(checker, node.callee, True))

    def _for(self, checker: BodyChecker, node: t.For) -> bool:
        return all(self.harmless(checker.final(one)) for one in node.target)

    def _format(self, checker: BodyChecker, node: t.Format) -> bool:
        return all(self._lends(checker, one) for one in node.args)

    def _match(self, checker: BodyChecker, node: t.Match) -> bool:
        return all(arm.guard is None or self._guarded(checker, arm.pattern) for arm in node.arms)

    def _guarded(self, checker: BodyChecker, pattern: Any) -> bool:
        """A guard sees what its pattern binds where it is."""
        if isinstance(pattern, t.BindingPattern) and isinstance(pattern.target, Variable):
            if pattern.target.mutable:
                return False
        elif pattern.ty is not None and overlays(checker.final(pattern.ty)):
            return False
        return all(self._guarded(checker, part) for part in pattern_parts(pattern))


_NUMBERS: Final = frozenset((ty.INT, ty.BOOL, ty.CHAR))
_TABLE: dict[type, Callable[[Any, BodyChecker, Any], bool]] = {
    t.Borrow: QuietBodies._borrow, t.Assignment: QuietBodies._assignment,
    t.CompoundAssignment: QuietBodies._compound, t.Binary: QuietBodies._binary, t.Unary: QuietBodies._unary,
    t.MethodCall: QuietBodies._method_call, t.Call: QuietBodies._call, t.For: QuietBodies._for,
    t.Format: QuietBodies._format, t.Match: QuietBodies._match,
}  # fmt: skip
