"""Control flow: branches, matches, loops, `?` and early exits."""

from __future__ import annotations

from functools import partial
from typing import Any

from engines.rustwasm.mir import body as m
from engines.rustwasm.mir.body import Place
from engines.rustwasm.mir.build_formatting import FormatBuilder
from engines.rustwasm.mir.build_patterns import Bindings
from engines.rustwasm.mir.scopes import Scope
from engines.rustwasm.syntax import tree as t
from engines.rustwasm.typing import types as ty
from engines.rustwasm.typing.captures import changed_variables, variables
from engines.rustwasm.typing.coercion import is_place
from engines.rustwasm.typing.paths import Variable

_NOTHING, _BOOLEANS, _MORE = range(3)


class ControlBuilder(FormatBuilder):
    """Builds what chooses the next block."""

    loops: list[tuple[Any, int, int | None, Place, int]]

    def statement(self, node: Any) -> None:
        """Evaluate for effect."""
        one = self.type_of(node)
        if isinstance(node, (t.Assignment, t.CompoundAssignment)) or one is ty.UNIT or one.kind == ty.NEVER:
            self.into(Place(self.local(one, None, False, node.span)), node)
            return
        if is_place(node) and not node.adjust:
            read = self.place(node)
            self.emit(m.FakeRead(read, node.span))
            if not self.checker.is_copy(one):
                self.assign(self.temp(one, node.span), m.Use(m.Move(read)), node.span)
            return
        place = self.temp(one, node.span)
        self.into(place, node)
        self.end_first(place, self.temporaries[-1])

    def scalar(self, node: Any) -> m.Operand:
        """A number, bool or char, read through references."""
        operand = self.operand(node)
        one = self.adjusted_type(node)
        if one.kind != ty.REF:
            return operand
        if isinstance(operand, m.Constant):
            return operand
        place = operand.place
        while one.kind == ty.REF:
            place = place.deref()
            one = one.args[0]
        return m.Copy(place)

    def short_circuit(self, place: Place, node: t.Binary) -> None:
        fail, done = self.block(), self.block()
        if node.op == "&&":
            scope = self.push()
            self.branch(node, fail, scope)
            self.pop(node.span)
            self.assign(place, m.Use(m.Constant(ty.BOOL_TY, 1)), node.span)
            self.goto(done, fail)
            self.assign(place, m.Use(m.Constant(ty.BOOL_TY, 0)), node.span)
        else:
            following = self.block()
            self.end(m.Switch(self.decided(node.left), [0], [following], fail), following)
            self.assign(place, m.Use(self.decided(node.right)), node.right.span)
            self.goto(done, fail)
            self.assign(place, m.Use(m.Constant(ty.BOOL_TY, 1)), node.span)
        self.goto(done, done)

    def decided(self, node: Any) -> m.Operand:
        """One side of `&&` or `||`, which ends its temporaries (The Rust Reference, "Temporary scopes")."""
        scope = self.push(temporaries=True)
        operand = self.scalar(node)
        if scope.locals and not isinstance(operand, m.Constant):
            flag = Place(self.local(ty.BOOL_TY, None, False, node.span))
            self.assign(flag, m.Use(operand), node.span)
            operand = m.Copy(flag)
        self.pop(node.span)
        return operand

    def branch(self, node: Any, fail: int, scope: Scope) -> None:
        """Go on if the condition holds (its `let`s bound in `scope`), else to `fail`."""
        if isinstance(node, t.Binary) and node.op == "&&":
            self.branch(node.left, fail, scope)
            self.branch(node.right, fail, scope)
            return
        if isinstance(node, t.Let):
            place, self.scrutinee = self.adjusted_place(node.value), node.value.span
            self.match_pattern(node.pattern, place, fail, scope)
            return
        if (
            isinstance(node, t.Unary)
            and node.op == "!"
            and node.target is None
            and self.type_of(node.operand) is ty.BOOL_TY
        ):
            operand = self.decided(node.operand)
            following = self.block()
            self.end(m.Switch(operand, [0], [following], fail), following)
            return
        operand = self.decided(node)
        following = self.block()
        self.end(m.Switch(operand, [0], [fail], following), following)

    def if_(self, place: Place, node: t.If) -> None:
        """Temporaries of a `let`'s value live as long as those of the statement around; a branch ends its own (The Rust
        Reference, "Temporary scopes", edition 2021)."""
        otherwise, done = self.block(), self.block()
        has_let = _has_let(node.condition)
        scope = self.push(temporaries=not has_let)
        if has_let:
            self.branch(node.condition, otherwise, scope)
            self.terminated(place, node.then)
            self.leave(scope, node.span)
            scope.locals = []
            self.pop(node.span)
        else:
            operand = self.condition(node.condition)
            self.pop(node.condition.span)
            then = self.block()
            self.end(m.Switch(operand, [0], [otherwise], then), then)
            self.terminated(place, node.then)
        self.goto(done, otherwise)
        if node.otherwise is not None:
            self.terminated(place, node.otherwise)
        else:
            self.assign(place, m.Aggregate(ty.UNIT, []), node.span)
        self.goto(done, done)

    def terminated(self, place: Place, node: Any) -> None:
        """Evaluate what ends its temporaries."""
        self.push(temporaries=True)
        self.into(place, node)
        self.pop(node.span)

    def condition(self, node: Any) -> m.Operand:
        if isinstance(node, (t.PathExpr, t.Literal)):
            return self.operand(node)
        flag = Place(self.local(ty.BOOL_TY, None, False, node.span))
        self.into(flag, node)
        return m.Copy(flag)

    def match(self, place: Place, node: t.Match) -> None:
        source = self.adjusted_place(node.scrutinee)
        if is_place(node.scrutinee) and self.reads_all(node.arms):
            self.look_at(source, node.scrutinee.span)
        done = self.block()
        targets = self.dispatch(node, source)
        tested: list[Place] = []
        for i, arm in enumerate(node.arms):
            following = self.block() if targets is None else targets[1]
            if targets is not None:
                self.current = targets[0][i]
            scope = self.push(temporaries=True)
            self.scrutinee = node.scrutinee.span
            self.tests = tested
            guard = None
            if arm.guard is not None:
                guard = partial(self.guard, arm.guard, arm.pattern, tested)
            self.match_pattern(arm.pattern, source, following, scope, guard)
            self.tests = []
            self.into(place, arm.body)
            self.pop(arm.span)
            self.goto(done, following)
        if targets is not None:
            self.current = targets[1]
        self.end(m.Unreachable(), done)

    def guard(
        self,
        node: Any,
        pattern: Any,
        tested: list[Place],
        bindings: Bindings,
        following: int,
    ) -> None:
        """Go on if an arm's guard holds, else to `following`. The guard sees what is to be bound where it is; variables
        that it tries to change, which it may not, it sees through shared references."""
        joined = [(one, self.places[one.target]) for one in variables(pattern) if one.target in self.places]
        changed = changed_variables(self.checker, node, {one.target for one, _ in (*bindings, *joined)})
        shown: list[Place] = []
        held: list[m.FakeRead] = []
        references: list[int] = []
        for one, inner in bindings:
            place = inner
            if one.mode is None:
                shown.append(inner)
            else:
                place = Place(self.local(self.checker.final(one.target.ty), None, False, one.span))
                self.assign_binding(one, place, inner)
                held.append(m.FakeRead(place, one.span))
            self.places[one.target] = place
        for one in [one for one, _ in (*bindings, *joined) if one.target in changed]:
            shared = ty.ref(self.checker.final(one.target.ty))
            references.append(self.local(shared, one.name, False, one.span))
            self.assign(Place(references[-1]), m.Ref("shared", self.places[one.target]), one.span)
            self.places[one.target] = Place(references[-1]).deref()
        seen = (shown or tested or [Place(self.local(ty.UNIT, None, False, self.scrutinee))])[0]
        if not shown and not tested:
            self.assign(seen, m.Aggregate(ty.UNIT, []), self.scrutinee)
        begin = m.FakeRead(seen, self.scrutinee)
        self.emit(begin)
        guard = m.Guard(begin, shown, references, tested)
        self.body.guards.append(guard)
        self.push(temporaries=True)
        self.tests = []
        flag = self.condition(node)
        self.tests = tested
        self.pop(node.span)
        for read in held:
            self.emit(read)  # what the arm binds by reference stays lent while its guard runs
        passed = self.block()
        guard.end = m.Switch(flag, [0], [following], passed)
        self.end(guard.end, passed)
        self.places.update((one.target, place) for one, place in joined)

    def reads_all(self, arms: list[t.Arm]) -> bool:
        """Does a match read its whole value? rustc's does where no arm matched, if its tests have such a way out: those
        of booleans, and a last arm that matches whatever it meets, leave none."""
        tests = [self.tested(arm.pattern) for arm in arms]
        return not tests or (tests[-1] != _NOTHING and max(tests) == _MORE)

    def tested(self, pattern: Any) -> int:
        """What a pattern tests: nothing, booleans alone, or more."""
        kind = type(pattern)
        if kind is t.OrPattern:
            tests = [self.tested(one) for one in pattern.alternatives]
            return max(tests) if min(tests) else _NOTHING
        if kind is t.BindingPattern and isinstance(pattern.target, Variable):
            return _NOTHING if pattern.sub is None else self.tested(pattern.sub)
        if kind is t.RefPattern:
            return self.tested(pattern.inner)
        if kind is t.LiteralPattern:
            return _BOOLEANS if isinstance(pattern.value, t.Literal) and pattern.value.kind == "bool" else _MORE
        if kind is t.SlicePattern:
            fixed = self.checker.final(pattern.ty).kind == ty.ARRAY
            if not fixed and [type(one) for one in pattern.elements] != [t.RestPattern]:
                return _MORE
        elif kind not in (t.WildPattern, t.RestPattern, t.TuplePattern):
            if kind is t.RangePattern or pattern.target[0] == "const":
                return _MORE
            owner = pattern.target[1].owner
            if owner.is_enum and len(owner.variants) > 1:
                return _MORE
        parts = [*getattr(pattern, "elements", ()), *[part for _, part, _ in getattr(pattern, "fields", ())]]
        return max(map(self.tested, parts), default=_NOTHING)

    def dispatch(self, node: t.Match, source: Place) -> tuple[list[int], int] | None:
        """One switch for a match whose arms are distinct variants of one enum, or distinct literals, without guards."""
        if len(node.arms) < 3:
            return None
        values: list[int] = []
        kind = ""
        derefs = -1
        for arm in node.arms[:-1]:
            pattern = arm.pattern
            if arm.guard is not None:
                return None
            if isinstance(pattern, (t.TupleStructPattern, t.PathPattern, t.StructPattern, t.BindingPattern)):
                target = pattern.target
                if not isinstance(target, tuple) or target[0] != "variant" or not target[1].owner.is_enum:
                    return None
                if not _always(pattern):
                    return None
                this, value = "variant", target[1].index
            elif isinstance(pattern, t.LiteralPattern) and isinstance(pattern.value, t.Literal) and (
                pattern.value.kind in ("int", "char", "byte")
            ):  # fmt: skip
                this, value = "literal", pattern.value.value
            else:
                return None
            if (kind and kind != this) or value in values or (derefs >= 0 and derefs != pattern.derefs):
                return None
            kind, derefs = this, pattern.derefs
            values.append(value)
        if node.arms[-1].guard is not None:
            return None
        place = self.behind(source, derefs)
        blocks = [self.block() for _ in node.arms]
        unreachable = self.block()
        operand: m.Operand = m.Copy(place)
        if kind == "variant":
            place = self.inside(place, self.checker.final(node.arms[0].pattern.ty))
            tag = Place(self.local(ty.I32, None, False, node.span))
            self.assign(tag, m.Discriminant(place), node.scrutinee.span)
            operand = m.Copy(tag)
        self.end(m.Switch(operand, values, blocks[:-1], blocks[-1]), unreachable)
        return blocks, unreachable

    def loop(self, place: Place, node: t.Loop) -> None:
        start, done = self.block(), self.block()
        self.goto(start, start)
        self.loops.append((node, done, start, place, len(self.scopes)))
        self.push(temporaries=True)
        self.statement(node.body)
        self.pop(node.span)
        self.loops.pop()
        self.goto(start, done)

    def while_(self, place: Place, node: t.While) -> None:
        start, leave, done = self.block(), self.block(), self.block()
        self.goto(start, start)
        self.loops.append((node, done, start, Place(self.local(ty.UNIT, None, False, node.span)), len(self.scopes)))
        scope = self.push(temporaries=True)
        if _has_let(node.condition):
            self.branch(node.condition, leave, scope)
            self.statement(node.body)
            self.leave(scope, node.span)
            self.goto(start, leave)
            scope.locals = [entry for entry in scope.locals if self.body.locals[entry[0]].name is None]
            self.pop(node.span)
        else:
            operand = self.condition(node.condition)
            self.pop(node.condition.span)
            self.push(temporaries=True)
            following = self.block()
            self.end(m.Switch(operand, [0], [leave], following), following)
            self.statement(node.body)
            self.pop(node.span)
            self.goto(start, leave)
        self.loops.pop()
        self.goto(done, done)
        self.assign(place, m.Aggregate(ty.UNIT, []), node.span)

    def for_(self, place: Place, node: t.For) -> None:
        source, made, item = (self.checker.final(x) for x in node.target)
        outer = self.push(temporaries=True)
        span = node.iterable.span
        value = self.operand(node.iterable)
        iterator = Place(self.local(made, None, True, span))
        self.declare(outer, iterator.local)
        into = self.compilation.lang("IntoIterator").methods["into_iter"]
        self.call(self.function(into, (source,)), [value], iterator, span)
        start, leave, done, more = self.block(), self.block(), self.block(), self.block()
        self.goto(start, start)
        unit = Place(self.local(ty.UNIT, None, False, node.span))
        self.loops.append((node, leave, start, unit, len(self.scopes)))
        option = self.compilation.lang("Option")
        following_ty = ty.adt(option, (item,))
        self.push(temporaries=True)
        reference = Place(self.local(ty.ref(made, True), None, False, span))
        self.assign(reference, m.Ref("mut", iterator), span)
        following = self.temp(following_ty, span)
        advance = self.compilation.lang("Iterator").methods["next"]
        self.call(self.function(advance, (made,)), [m.Move(reference)], following, span)
        tag = Place(self.local(ty.I32, None, False, span))
        self.assign(tag, m.Discriminant(following), span)
        some = next(v.index for v in option.variants if v.name == "Some")
        self.end(m.Switch(m.Copy(tag), [some], [more], done), more)
        scope = self.push()
        self.bind_irrefutable(node.pattern, following.downcast(some).field(0, item), scope)
        self.statement(node.body)
        self.pop(node.span)
        self.pop(node.span)
        self.loops.pop()
        self.goto(start, done)
        self.goto(leave, leave)
        self.pop(node.span)
        self.assign(place, m.Aggregate(ty.UNIT, []), node.span)

    def break_(self, place: Place, node: t.Break) -> None:
        for target, leave, _, value, depth in self.loops[::-1]:
            if target is node.target:
                if node.value is not None:
                    self.into(value, node.value)
                elif isinstance(target, (t.Loop, t.Block)):
                    self.assign(value, m.Aggregate(ty.UNIT, []), node.span)
                self.leave_to(depth, node.span)
                self.goto(leave)
                return

    def continue_(self, place: Place, node: t.Continue) -> None:
        for target, _, again, _, depth in self.loops[::-1]:
            if target is node.target:
                assert again is not None
                self.leave_to(depth, node.span)
                self.goto(again)
                return

    def return_(self, place: Place, node: t.Return) -> None:
        if node.value is not None:
            self.into(Place(0), node.value)
        else:
            self.assign(Place(0), m.Aggregate(ty.UNIT, []), node.span)
        self.leave_to(0, node.span)
        self.end(m.Return())

    def try_(self, place: Place, node: t.Try) -> None:
        operand_ty = self.adjusted_type(node.operand)
        source = self.adjusted_place(node.operand)
        adt = operand_ty.data
        good = next(v for v in adt.variants if v.name in ("Some", "Ok", "Continue"))
        bad = next(v for v in adt.variants if v is not good)
        flow = adt.lang == "ControlFlow"
        tag = Place(self.local(ty.I32, None, False, node.span))
        self.assign(tag, m.Discriminant(source), node.span)
        fail, following = self.block(), self.block()
        self.end(m.Switch(m.Copy(tag), [good.index], [following], fail), fail)
        result_ty = self.body.locals[0].ty
        if bad.fields:
            error_ty = operand_ty.args[0 if flow else 1]
            held: m.Operand = self.read(source.downcast(bad.index).field(0, error_ty), error_ty)
            if node.target is not None:
                method, args = node.target
                made = self.temp(result_ty.args[1], node.span)
                self.call(self.function(method, args), [held], made, node.span)
                held = self.read(made, result_ty.args[1])
            self.assign(Place(0), m.Aggregate(result_ty, [held], bad.index), node.span)
        else:
            self.assign(Place(0), m.Aggregate(result_ty, [], bad.index), node.span)
        self.leave_to(0, node.span)
        self.end(m.Return(), following)
        one = operand_ty.args[1 if flow else 0]
        self.assign(place, m.Use(self.read(source.downcast(good.index).field(0, one), one)), node.span)

    def let(self, place: Place, node: t.Let) -> None:
        fail, done = self.block(), self.block()
        scope = self.push()
        self.branch(node, fail, scope)
        self.pop(node.span)
        self.assign(place, m.Use(m.Constant(ty.BOOL_TY, 1)), node.span)
        self.goto(done, fail)
        self.assign(place, m.Use(m.Constant(ty.BOOL_TY, 0)), node.span)
        self.goto(done, done)


def _has_let(node: Any) -> bool:
    return isinstance(node, t.Let) or (
        isinstance(node, t.Binary) and node.op == "&&" and (_has_let(node.left) or _has_let(node.right))
    )


def _always(pattern: Any) -> bool:
    """Do the parts of the pattern match whatever they meet?"""
    parts = [*getattr(pattern, "elements", ()), *[p for _, p, _ in getattr(pattern, "fields", ())]]
    return all(
        isinstance(p, (t.WildPattern, t.RestPattern))
        or (isinstance(p, t.BindingPattern) and isinstance(p.target, Variable) and p.sub is None)
        for p in parts
    )
