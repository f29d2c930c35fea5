"""What the builder is built on: blocks, locals, temporaries, and scopes that drop what they hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from engines.rustwasm.mir import body as m
from engines.rustwasm.mir.body import Place
from engines.rustwasm.syntax import tree as t
from engines.rustwasm.typing import types as ty
from engines.rustwasm.typing.types import Ty

if TYPE_CHECKING:
    from engines.rustwasm.typing.check import BodyChecker

Span = tuple[int, int]
_PLAIN: Final = frozenset(
    (ty.INT, ty.FLOAT, ty.BOOL, ty.CHAR, ty.REF, ty.RAW, ty.FNPTR, ty.FNDEF, ty.NEVER, ty.STR, ty.ERROR)
)
"""Kinds of types whose values own nothing."""


class Scope:
    """Locals in order of declaration; each is dropped, if it may need that, and loses its storage at the end."""

    __slots__ = ("locals",)

    def __init__(self) -> None:
        self.locals: list[tuple[int, bool]] = []


class ScopeBuilder:
    """Emits statements and terminators into the current block."""

    def __init__(self, checker: BodyChecker, body: m.Body) -> None:
        self.checker = checker
        self.compilation = checker.compilation
        self.body = body
        self.scopes: list[Scope] = []
        self.temporaries: list[Scope] = []
        self.pending: list[tuple[int, list[int]]] = []
        """Per call or aggregate whose operands are evaluated: scopes open outside, temporaries that hold operands."""
        self.gc = checker.function.gc
        self.drops = checker.compilation.drop_cache
        self.current = self.block()

    def block(self) -> int:
        blocks = self.body.blocks
        blocks.append(m.Block())
        return len(blocks) - 1

    def emit(self, statement: m.Statement) -> None:
        self.body.blocks[self.current].statements.append(statement)

    def assign(self, place: Place, rvalue: m.Rvalue, span: Span) -> None:
        self.body.blocks[self.current].statements.append(m.Assign(place, rvalue, span))

    def end(self, terminator: m.Terminator, following: int | None = None) -> None:
        """Close the current block; go on in `following`, or in a fresh block that nothing reaches."""
        block = self.body.blocks[self.current]
        if block.terminator is None:
            block.terminator = terminator
        self.current = self.block() if following is None else following

    def goto(self, target: int, following: int | None = None) -> None:
        self.end(m.Goto(target), following)

    def local(self, one: Ty, name: str | None, mutable: bool, span: Span) -> int:
        locals_ = self.body.locals
        locals_.append(m.Local(one, name, mutable, span))
        return len(locals_) - 1

    def needs_drop(self, one: Ty) -> bool:
        if one.kind in _PLAIN:
            return False
        if one.flags:
            return needs_drop(self.checker, one, 0)
        found = self.drops.get(one)
        if found is None:
            found = self.drops[one] = needs_drop(self.checker, one, 0)
        return found

    def temp(self, one: Ty, span: Span) -> Place:
        """A temporary that lives to the end of the innermost statement."""
        locals_ = self.body.locals
        local = len(locals_)
        locals_.append(m.Local(one, None, False, span))
        self.body.blocks[self.current].statements.append(m.StorageLive(local))
        if one.kind not in _PLAIN and self.needs_drop(one):
            self.temporaries[-1].locals.append((local, True))
        return Place(local)

    def end_first(self, place: Place, scope: Scope) -> None:
        """Drop a temporary, which has its value now, before the temporaries that this was made of."""
        made = (place.local, True)
        if scope.locals and scope.locals[-1] != made and made in scope.locals:
            scope.locals.remove(made)
            scope.locals.append(made)

    def push(self, temporaries: bool = False) -> Scope:
        scope = Scope()
        self.scopes.append(scope)
        if temporaries:
            self.temporaries.append(scope)
        return scope

    def pop(self, span: Span) -> None:
        scope = self.scopes.pop()
        if self.temporaries and self.temporaries[-1] is scope:
            self.temporaries.pop()
        self.leave(scope, span)

    def leave(self, scope: Scope, span: Span) -> None:
        if scope.locals:
            self._end(scope.locals, span)

    def _end(self, locals_: list[tuple[int, bool]], span: Span) -> None:
        last = span[1]
        end = (last - 1 if last > span[0] else span[0], last)
        for local, drop in locals_[::-1]:
            if drop:
                target = self.block()
                self.end(m.Drop(Place(local), target, end), target)
            self.emit(m.StorageDead(local, end))

    def leave_to(self, depth: int, span: Span) -> None:
        """Leave all scopes above `depth` (they stay open for the code after a jump). What calls that are under way hold
        already drops with the innermost scope around them, as each call's operands have one of their own (rustc)."""
        ended: set[int] = set()
        for at in range(len(self.scopes) - 1, depth - 1, -1):
            held = [local for outside, locals_ in self.pending if outside == at + 1 for local in locals_]
            if held:
                self._end([(local, True) for local in held], span)
                ended.update(held)
            self._end([one for one in self.scopes[at].locals if one[0] not in ended], span)

    def declare(self, scope: Scope, local: int) -> None:
        self.emit(m.StorageLive(local))
        scope.locals.append((local, self.needs_drop(self.body.locals[local].ty)))

    def call(
        self,
        function: m.Operand,
        arguments: list[m.Operand],
        destination: Place,
        span: Span,
        location: Span | None = None,
    ) -> None:
        target = self.block()
        self.end(m.Call(function, arguments, destination, target, span, location), target)

    def call_lang(self, name: str, args: tuple[Ty, ...], arguments: list[m.Operand], result: Ty, span: Span) -> Place:
        """Call a library function that the compiler knows; its result is a temporary."""
        place = self.temp(result, span)
        self.call(self.function(self.compilation.lang(name), args), arguments, place, span)
        return place

    def diverge(self, name: str, arguments: list[m.Operand], span: Span) -> None:
        place = Place(self.local(ty.NEVER_TY, None, False, span))
        self.end(m.Call(self.function(self.compilation.lang(name), ()), arguments, place, None, span))

    def function(self, definition: Any, args: tuple[Ty, ...]) -> m.Constant:
        return m.Constant(ty.fn_def(definition, tuple([self.checker.final(a) for a in args])))

    def read(self, place: Place, one: Ty, span: Span | None = None) -> m.Operand:
        """The value in a place. In a GC function what owns nothing is copied: reading leaves every place as it is."""
        if self.checker.is_copy(one) or (self.gc and not self.needs_drop(ty.rewrite(one, self.plain))):
            return m.Copy(place, span)
        return m.Move(place, span)

    def plain(self, one: Ty) -> Ty | None:
        """For a type parameter that stands for what owns nothing: something that owns nothing.

        That is any of a GC function but the own ones of a trait's method, which anything may be given for (GC008).
        """
        if one.kind != ty.PARAM:
            return None
        function = self.checker.function
        owner = function.owner
        if owner is not None and getattr(owner, "trait", owner) is not None:
            inside_impl = hasattr(owner, "trait")
            if not inside_impl or one.data[0] >= function.generics.parent_count:
                return None
        return ty.UNIT

    def inside(self, place: Place, one: Ty) -> Place:
        """Where the fields of a value of type `one` are: behind the handle, if it is one."""
        return place.deref() if ty.is_handle(one) else place

    def written(self, node: Any) -> list[tuple[int, Ty]]:
        """The types with lifetimes that an expression's path wrote, as far as they are known whole."""
        path = node.callee if isinstance(node, t.Call) else node
        said = [(index, ty.deep(one)) for index, one in self.checker.annotations.get(path, ())]
        return [(index, one) for index, one in said if not one.flags & ty.HAS_INFER]

    def construct(self, place: Place, one: Ty, operands: list[m.Operand], variant: int, node: Any) -> None:
        """Make a struct, variant, tuple or closure; of a GC type a new object and its handle."""
        span = node.span
        if not ty.is_handle(one):
            written = next((said for index, said in self.written(node) if index == -1), None)
            self.assign(place, m.Aggregate(one, operands, variant, written), span)
            return
        inner = ty.pointee(one)
        made = Place(self.local(inner, None, False, span))
        self.assign(made, m.Aggregate(inner, operands, variant), span)
        self.call(self.function(self.compilation.lang("gc_new"), (inner, one)), [m.Move(made)], place, span)

    def test(self, rvalue: m.Rvalue, span: Span, fail: int) -> None:
        """Go on if the bool is true, else to `fail`."""
        flag = Place(self.local(ty.BOOL_TY, None, False, span))
        self.assign(flag, rvalue, span)
        following = self.block()
        self.end(m.Switch(m.Copy(flag), [0], [fail], following), following)


def needs_drop(checker: Any, one: Ty, depth: int) -> bool:
    """May dropping a value of this type do something?"""
    kind = one.kind
    if kind in _PLAIN:
        return False
    if kind in (ty.TUPLE, ty.ARRAY, ty.SLICE):
        return any(needs_drop(checker, a, depth) for a in one.args)
    if kind == ty.ADT:
        adt = one.data
        if adt.gc or adt.surface is not None:
            return False
        if adt.drop is not None or adt.lang == "Box":
            return True
        if depth > 20:
            return True
        checker.collector.ensure_fields(adt)
        for variant in adt.variants:
            for field in variant.fields:
                erased = ty.erase(field.ty)
                if needs_drop(checker, ty.subst(erased, one.args), depth + 1):
                    return True
        return False
    if kind == ty.CLOSURE:
        return any(
            c.mode == "move" and needs_drop(checker, ty.subst(c.ty, one.args), depth + 1) for c in one.data.captures
        )
    if kind == ty.CONST:
        return False
    return not checker.is_copy(one)
