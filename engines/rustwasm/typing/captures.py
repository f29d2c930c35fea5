"""What a closure captures, place by place (The Rust Reference, "Closure types", edition 2021).

A captured path is a variable and field numbers; `"*"` in it is a dereference of a reference or a Box ("Capture
precision"). Where a closure is `move`, or a value moves into it, the path ends before the first dereference.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engines.rustwasm.syntax import tree as t
from engines.rustwasm.typing import types as ty
from engines.rustwasm.typing.definitions import Capture, ClosureDef
from engines.rustwasm.typing.paths import Variable
from engines.rustwasm.typing.types import Ty, shallow

if TYPE_CHECKING:
    from engines.rustwasm.typing.check import BodyChecker

_RANK = {"ref": 0, "unique": 1, "mut": 2, "move": 3}
Path = tuple[Any, ...]


class _Uses:
    """Walks a closure's body and notes how each outer place is used."""

    def __init__(self, checker: BodyChecker, closure: ClosureDef) -> None:
        self.checker = checker
        self.closure = closure
        self.inner = self.nested(closure)
        self.found: list[list[Any]] = []
        self.kind = 0

    def nested(self, closure: ClosureDef) -> set[Any]:
        parents = self.checker.closure_parents
        inner = {closure}
        for other in self.checker.closures:
            up: ClosureDef | None = other
            while up is not None:
                if up is closure:
                    inner.add(other)
                    break
                up = parents.get(up)
        return inner

    def is_outer(self, variable: Variable) -> bool:
        return variable.closure not in self.inner

    def place(self, node: Any) -> tuple[Variable, Path, Ty] | None:
        """The outer place that an expression names, before its adjustments."""
        if isinstance(node, t.PathExpr):
            if isinstance(node.target, Variable) and self.is_outer(node.target):
                return node.target, (), shallow(node.target.ty)
            return None
        if isinstance(node, t.Field):
            base = self.adjusted_place(node.base)
            if base is None or node.target is None or ty.is_handle(base[2]):
                return None
            return base[0], (*base[1], node.target), self.checker.final(node.ty)
        if isinstance(node, t.Unary) and node.op == "*" and node.target is None:
            base = self.adjusted_place(node.operand)
            if base is None or not leads_on(base[2]):
                return None
            return base[0], (*base[1], "*"), shallow(base[2].args[0])
        return None

    def adjusted_place(self, node: Any) -> tuple[Variable, Path, Ty] | None:
        base = self.place(node)
        for one in node.adjust or ():
            if base is None or one[0] != "deref" or not leads_on(base[2]):
                return None
            base = (base[0], (*base[1], "*"), shallow(base[2].args[0]))
        return base

    def note(self, place: tuple[Variable, Path, Ty], mode: str, span: t.Span) -> None:
        variable, path, one = place
        if mode == "move":
            if self.checker.is_copy(one) or self._is_behind_reference(variable, path):
                mode = "ref"
            else:
                self.kind = max(self.kind, 2)
        if mode in ("mut", "unique"):
            self.kind = max(self.kind, 1)
        self.found.append([variable, path, mode, one, span])

    def _is_behind_reference(self, variable: Variable, path: Path) -> bool:
        """Whether nothing can be moved out of the place, for a reference leads to it."""
        return any(
            step == "*" and _type_at(self.checker, variable, path[:i]).kind == ty.REF for i, step in enumerate(path)
        )

    # Contexts

    def value(self, node: Any) -> None:
        """The expression's value is used, after its adjustments."""
        adjust = list(node.adjust or ())
        place = self.place(node)
        if place is None and not isinstance(node, (t.Field, t.Index, t.Unary, t.PathExpr)):
            self.visit(node)
            return
        if any(a[0] == "borrow" for a in adjust):
            at = next(i for i, a in enumerate(adjust) if a[0] == "borrow")
            self.borrow(node, adjust[:at], "mut" if adjust[at][2] else "ref")
            return
        if any(a[0] in ("deref", "overloaded") for a in adjust):
            self.borrow(node, adjust, "move")
            return
        if place is not None:
            self.note(place, "move", node.span)
            return
        if isinstance(node, t.PathExpr):
            return
        if isinstance(node, (t.Field, t.Index)) or (isinstance(node, t.Unary) and node.op == "*"):
            self.inside(node, "ref" if self.checker.is_copy(shallow(node.ty)) else "move")
            return
        self.visit(node)

    def borrow(self, node: Any, adjust: list[Any], mode: str) -> None:
        """The place after `adjust` is borrowed (or read, for mode "move")."""
        base = self.place(node)
        for one in adjust:
            if base is None:
                break
            if one[0] == "overloaded":
                mode = "mut" if one[2] and not ty.is_handle(base[2]) else "ref"
                break
            if one[0] != "deref" or not leads_on(base[2]):
                break
            base = (base[0], (*base[1], "*"), shallow(base[2].args[0]))
        if base is not None:
            # Handles are shared: to change what they lead to takes no more than to read them.
            self.note(base, "ref" if mode == "mut" and adjust and ty.is_handle(base[2]) else mode, node.span)
            return
        self.inside(node, mode)

    def inside(self, node: Any, mode: str) -> None:
        """A place expression that is not one captured path as a whole: look at its parts."""
        if isinstance(node, t.Field):
            adjust = list(node.base.adjust or ())
            behind = shallow(adjust[-1][1] if adjust else node.base.ty)
            self.borrow(node.base, adjust, "ref" if ty.is_handle(behind) else mode)
        elif isinstance(node, t.Index):
            adjust = list(node.base.adjust or ())
            if node.target is not None:
                mutable = node.target[1]
                adjust = [a for a in adjust if a[0] in ("deref", "overloaded")]
                behind = shallow(adjust[-1][1] if adjust else node.base.ty)
                self.borrow(node.base, adjust, "mut" if mutable and not ty.is_handle(behind) else "ref")
            else:
                self.borrow(node.base, adjust, mode if mode != "move" else "ref")
            self.value(node.index)
        elif isinstance(node, t.Unary) and node.op == "*":
            if node.target is not None:
                self.borrow(node.operand, list(node.operand.adjust or ()), "mut" if node.target[1] else "ref")
            elif node.operand.adjust:
                self.value(node.operand)
            else:
                self.borrow(node.operand, [], mode)
        elif not isinstance(node, t.PathExpr):
            self.visit(node)

    def pattern_mode(self, pattern: Any) -> str | None:
        """How strongly matching a pattern uses the matched place; None: not at all."""
        result: str | None = None
        if isinstance(pattern, t.BindingPattern) and isinstance(pattern.target, Variable):
            if pattern.mode is None:
                result = "ref" if self.checker.is_copy(shallow(pattern.ty)) else "move"
            else:
                result = pattern.mode
        elif not isinstance(pattern, (t.WildPattern, t.RestPattern, t.TuplePattern, t.OrPattern)):
            result = "ref"
        for part in pattern_parts(pattern):
            inner = self.pattern_mode(part)
            if inner is not None and (result is None or _RANK[inner] > _RANK[result]):
                result = inner
        return result

    def scrutinee(self, node: Any, patterns: list[Any]) -> None:
        place = isinstance(node, (t.PathExpr, t.Field, t.Index)) or (isinstance(node, t.Unary) and node.op == "*")
        if not place or any(one[0] == "borrow" for one in node.adjust or ()):
            self.value(node)
            return
        outer = self.adjusted_place(node)
        if outer is not None:
            for pattern in patterns:
                self.matched(outer, pattern, node.span)
            return
        mode: str | None = None
        for pattern in patterns:
            one = self.pattern_mode(pattern)
            if one is not None and (mode is None or _RANK[one] > _RANK[mode]):
                mode = one
        if mode is not None:
            self.borrow(node, list(node.adjust or ()), mode)

    def matched(self, place: tuple[Variable, Path, Ty], pattern: Any, span: t.Span) -> None:
        """An outer place is matched: what is captured are those parts of it that the pattern binds or tests, up to
        enums and slices, which are as a whole (The Rust Reference, "Closure types", "Destructuring")."""
        variable, path, one = place
        if isinstance(pattern, t.BindingPattern) and isinstance(pattern.target, Variable):
            self.note(place, pattern.mode or "move", span)
            if pattern.sub is not None:
                self.matched(place, pattern.sub, span)
            return
        for _ in range(pattern.derefs + isinstance(pattern, t.RefPattern)):
            if one.kind != ty.REF:
                return  # which is an error already, as is what else does not fit
            path, one = (*path, "*"), shallow(one.args[0])
        inner = variable, path, one
        parts: list[tuple[int, Any]] = []
        if isinstance(pattern, t.RefPattern):
            self.matched(inner, pattern.inner, span)
        elif isinstance(pattern, t.OrPattern):
            for alternative in pattern.alternatives:
                self.matched(inner, alternative, span)
        elif isinstance(pattern, t.TuplePattern):
            parts = positions(pattern.elements, len(one.args)) if one.kind == ty.TUPLE else []
        elif _takes_struct_apart(pattern, one):
            fields = one.data.variants[0]
            if isinstance(pattern, t.TupleStructPattern):
                parts = positions(pattern.elements, len(fields.fields))
            else:
                parts = [(fields.field_index(name), part) for name, part, _ in pattern.fields]
        elif not isinstance(pattern, (t.WildPattern, t.RestPattern)):
            self.note(inner, self.pattern_mode(pattern) or "ref", span)
        for index, part in parts:
            if 0 <= index < (len(one.args) if one.kind == ty.TUPLE else len(one.data.variants[0].fields)):
                field = (*path, index)
                self.matched((variable, field, _type_at(self.checker, variable, field)), part, span)

    def visit(self, node: Any) -> None:
        kind = type(node)
        if kind is t.Literal or kind is t.PathExpr or kind is t.Continue:
            return
        if kind is t.Borrow:
            operand = node.operand
            self.borrow(operand, list(operand.adjust or ()), "mut" if node.mutable else "ref")
        elif kind is t.Binary and node.target is not None and node.op in ("==", "!=", "<", ">", "<=", ">="):
            for side in (node.left, node.right):
                self.borrow(side, list(side.adjust or ()), "ref")
        elif kind is t.Assignment:
            self.value(node.right)
            self.borrow(node.left, [], "mut")
        elif kind is t.CompoundAssignment:
            self.value(node.right)
            self.borrow(node.left, list(node.left.adjust or ()), "mut")
        elif kind is t.Call:
            if node.target is not None and node.target[0] in ("closure", "fn_trait"):
                trait = node.target[1].data.trait_kind if node.target[0] == "closure" else node.target[1]
                mode = {"Fn": "ref", "FnMut": "mut", "FnOnce": "move"}[trait]
                self.borrow(node.callee, list(node.callee.adjust or ()), mode)
            else:
                self.value(node.callee)
            for arg in node.args:
                self.value(arg)
        elif kind is t.Match:
            self.scrutinee(node.scrutinee, [a.pattern for a in node.arms])
            for arm in node.arms:
                if arm.guard is not None:
                    self.value(arm.guard)
                self.value(arm.body)
        elif kind is t.Let:
            self.scrutinee(node.value, [node.pattern])
        elif kind is t.Format:
            for arg in node.args:
                self.borrow(arg, list(arg.adjust or ()), "ref")
            if node.destination is not None:
                self.value(node.destination)
        elif kind is t.Closure:
            for capture in node.target.captures:
                if self.is_outer(capture.variable):
                    mode = "unique" if capture.unique else capture.mode
                    self.note((capture.variable, capture.fields, capture.ty), mode, capture.span)
        elif kind is t.Block:
            for statement in node.statements:
                if isinstance(statement, t.LetStatement):
                    if statement.value is not None:
                        self.scrutinee(statement.value, [statement.pattern])
                    if statement.otherwise is not None:
                        self.value(statement.otherwise)
                else:
                    self.value(statement.expr)
            if node.tail is not None:
                self.value(node.tail)
        elif isinstance(node, (t.Field, t.Index)) or (kind is t.Unary and node.op == "*"):
            self.inside(node, "ref")
        elif kind is t.VecMacro and isinstance(node.inner, t.Repeat):
            self.value(node.inner.element)
            self.value(node.inner.count)
        else:
            for child in _children(node):
                self.value(child)


class _Changes(_Uses):
    """Notes how an expression uses some variables."""

    def __init__(self, checker: BodyChecker, variables: set[Variable]) -> None:
        self.checker = checker
        self.variables = variables
        self.found = []
        self.kind = 0

    def is_outer(self, variable: Variable) -> bool:
        return variable in self.variables


def changed_variables(checker: BodyChecker, node: Any, variables: set[Variable]) -> set[Variable]:
    """Those of the variables that an expression assigns to, borrows mutably or moves away."""
    if not variables:
        return set()
    uses = _Changes(checker, variables)
    uses.value(node)
    return {variable for variable, _, mode, _, _ in uses.found if mode != "ref"}


def variables(pattern: Any) -> list[t.BindingPattern]:
    """The parts of a pattern that bind variables."""
    own = [pattern] if isinstance(pattern, t.BindingPattern) and isinstance(pattern.target, Variable) else []
    return own + [one for part in pattern_parts(pattern) for one in variables(part)]


def _children(node: Any) -> list[Any]:
    out = []
    for name in ("operand", "left", "right", "receiver", "base", "index", "low", "high", "element", "condition", "then",
                 "otherwise", "iterable", "body", "value", "inner", "count"):  # fmt: skip
        child = getattr(node, name, None)
        if isinstance(child, t.Expr) and not (isinstance(node, t.Repeat) and name == "count"):
            out.append(child)
    for name in ("elements", "args"):
        out += getattr(node, name, ())
    if isinstance(node, t.StructLiteral):
        out += [value for _, value, _ in node.fields]
    return out


def pattern_parts(pattern: Any) -> list[Any]:
    """The patterns that a pattern is made of."""
    out = [getattr(pattern, n) for n in ("sub", "inner") if getattr(pattern, n, None) is not None]
    out += getattr(pattern, "elements", ())
    out += getattr(pattern, "alternatives", ())
    out += [p for _, p, _ in getattr(pattern, "fields", ())]
    return out


def _takes_struct_apart(pattern: Any, one: Ty) -> bool:
    """Whether a pattern is of a struct, and of this type."""
    if not isinstance(pattern, (t.TupleStructPattern, t.StructPattern)) or one.kind != ty.ADT or one.data.is_enum:
        return False
    return not ty.is_handle(one) and isinstance(pattern.target, tuple) and pattern.target[1] is one.data.variants[0]


def positions(elements: list[Any], count: int) -> list[tuple[int, Any]]:
    """Which of so many fields each pattern of a tuple is for: what follows `..` is for the last ones."""
    rest = next((i for i, one in enumerate(elements) if isinstance(one, t.RestPattern)), len(elements))
    after = count - len(elements)
    return [(i if i < rest else i + after, one) for i, one in enumerate(elements) if i != rest]


def find_captures(checker: BodyChecker, closure: ClosureDef) -> None:
    """Fill `closure.captures` and `trait_kind` from its checked body; inner closures must be done already."""
    uses = _Uses(checker, closure)
    uses.value(closure.syntax.body)
    merged: list[list[Any]] = []
    for variable, path, mode, one, span in uses.found:
        if closure.is_move:
            cut = path.index("*") if "*" in path else len(path)
            if cut < len(path):
                path, one = path[:cut], _type_at(checker, variable, path[:cut])
            mode = "move"
        elif mode == "move":
            cut = path.index("*") if "*" in path else len(path)
            if cut < len(path):
                path, one = path[:cut], _type_at(checker, variable, path[:cut])
        if mode == "move" and not checker.is_copy(one):
            path, one = _whole_droppable(checker, variable, path, one)
        for other in list(merged):
            if other[0] is not variable:
                continue
            shorter = min(len(path), len(other[1]))
            if path[:shorter] == other[1][:shorter]:
                mode = _shortened(checker, variable, path, mode, shorter)
                theirs = _shortened(checker, variable, other[1], other[2], shorter)
                if len(other[1]) <= len(path):
                    path, one = other[1], other[3]
                if _RANK[theirs] > _RANK[mode]:
                    mode, span = theirs, other[4]
                merged.remove(other)
        merged.append([variable, path, mode, one, span])
    captures = []
    for variable, path, mode, one, span in merged:
        lent = "mut" if mode == "unique" else mode
        capture = Capture(variable, variable.name, path, lent, checker.final(one), span)
        capture.unique = mode == "unique"
        capture.mutable = variable.mutable
        captures.append(capture)
    closure.captures = captures
    closure.trait_kind = ("Fn", "FnMut", "FnOnce")[uses.kind]
    closure.captures_known = True


def _shortened(checker: BodyChecker, variable: Variable, path: Path, mode: str, length: int) -> str:
    """How a place's beginning is captured instead of it: what a `&mut` leads to changes where that does not."""
    if mode == "mut" and any(
        path[i] == "*" and (one := _type_at(checker, variable, path[:i])).kind == ty.REF and one.data
        for i in range(length, len(path))
    ):
        return "unique"
    return mode


def _whole_droppable(checker: BodyChecker, variable: Variable, path: Path, one: Ty) -> tuple[Path, Ty]:
    """Nothing is moved out of a type with a Drop impl: such a value is captured as a whole."""
    for i in range(len(path)):
        outer = _type_at(checker, variable, path[:i])
        if outer.kind == ty.ADT and outer.data.drop is not None:
            return path[:i], outer
    return path, one


def leads_on(one: Ty) -> bool:
    """Whether what a value of the type leads to is a place of its own: behind references, and in boxes."""
    return one.kind == ty.REF or (one.kind == ty.ADT and one.data.lang == "Box")


def _type_at(checker: BodyChecker, variable: Variable, path: Path) -> Ty:
    one = shallow(variable.ty)
    for step in path:
        if step == "*":
            one = shallow(one.args[0])
        elif one.kind == ty.TUPLE:
            one = shallow(one.args[step])
        else:
            one = checker.normal_subst(ty.erase(one.data.variants[0].fields[step].ty), one.args)
    return one
