"""Are the arms of a match exhaustive, is each reachable? (Maranget, "Warnings for pattern matching", JFP 17(3), 2007.)

Patterns become constructors applied to sub-patterns; a matrix is useful for a row if some value is matched by the row
and by no row of the matrix.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from engines.rustwasm.syntax import tree as t
from engines.rustwasm.typing import types as ty
from engines.rustwasm.typing.empty_types import EmptyTypes, has_no_variants, holds_a_value
from engines.rustwasm.typing.fixes import wildcard_arm
from engines.rustwasm.typing.matched_values import SURROGATES, MatchedValues
from engines.rustwasm.typing.paths import Variable
from engines.rustwasm.typing.types import Ty, shallow

if TYPE_CHECKING:
    from engines.rustwasm.typing.check import BodyChecker

_Column = tuple[Ty, bool]
"""What patterns below each other match: its type, and whether it is known to hold a value of it."""
WILD: Any = ("_",)
"""Patterns: WILD, ("ctor", key, parts), ("range", low, high), ("or", parts), ("slice", first parts, last parts or None
where there are no others between), ("other", value): one unknown value."""


class _Lowering:
    def __init__(self, checker: BodyChecker) -> None:
        self.checker = checker
        self.unknown_constants = False

    def pattern(self, node: Any) -> Any:
        made = self.plain(node)
        for _ in range(
            node.derefs if not isinstance(node, (t.BindingPattern,)) or not isinstance(node.target, Variable) else 0
        ):
            made = ("ctor", "&", [made])
        return made

    def plain(self, node: Any) -> Any:
        kind = type(node)
        if kind is t.BindingPattern:
            if isinstance(node.target, tuple):
                return self.constant(node, node.target)
            return self.pattern(node.sub) if node.sub is not None else WILD
        if kind is t.WildPattern or kind is t.RestPattern:
            return WILD
        if kind is t.RefPattern:
            return ("ctor", "&", [self.pattern(node.inner)])
        if kind is t.OrPattern:
            return ("or", [self.pattern(a) for a in node.alternatives])
        if kind is t.TuplePattern:
            return ("ctor", "()", self.positions(node.elements, len(shallow(node.ty).args)))
        if kind is t.LiteralPattern:
            return self.literal(node.value, shallow(node.ty))
        if kind is t.RangePattern:
            low, high = self.bounds(shallow(node.ty))
            start = self.value(node.low) if node.low is not None else low
            end = self.value(node.high) if node.high is not None else high
            if start is None or end is None or isinstance(start, float):
                return ("other", id(node))
            if self.is_empty(node, start, end):
                return WILD
            return ("range", start, end if node.inclusive or node.high is None else end - 1)
        if kind is t.SlicePattern:
            return self.slice(node)
        target = node.target
        if target is None:
            return WILD
        if target[0] == "const":
            return self.constant(node, target)
        variant = target[1]
        if kind is t.TupleStructPattern:
            parts = self.positions(node.elements, len(variant.fields))
        elif kind is t.StructPattern:
            parts = [WILD] * len(variant.fields)
            for name, sub, _ in node.fields:
                parts[variant.field_index(name)] = self.pattern(sub)
        else:
            parts = []
        return ("ctor", variant.index, parts)

    def is_empty(self, node: t.RangePattern, start: int, end: int) -> bool:
        """Report a range that has no values: E0030, or E0579 for one without its end."""
        error = self.checker.compilation.diagnostics.error
        if node.inclusive and start > end:
            message = "lower bound for range pattern must be less than or equal to upper bound"
            error("E0030", message, node.span, "lower bound larger than upper bound")
            return True
        if not node.inclusive and node.high is not None and start >= end:
            error("E0579", "lower bound for range pattern must be less than upper bound", node.span)
            return True
        return False

    def slice(self, node: t.SlicePattern) -> Any:
        parts = [_REST if _is_rest(one) else self.pattern(one) for one in node.elements]
        if _REST not in parts:
            return ("slice", parts, None)
        rest = parts.index(_REST)
        return ("slice", parts[:rest], parts[rest + 1 :])

    def positions(self, elements: list[Any], count: int) -> list[Any]:
        rest = next((i for i, e in enumerate(elements) if isinstance(e, t.RestPattern)), None)
        if rest is None:
            return [self.pattern(e) for e in elements]
        after = elements[rest + 1 :]
        middle = count - rest - len(after)
        return [*(self.pattern(e) for e in elements[:rest]), *[WILD] * middle, *(self.pattern(e) for e in after)]

    def constant(self, node: Any, target: tuple[Any, ...]) -> Any:
        if target[0] == "variant":
            return ("ctor", target[1].index, [])
        value = self.scalar(*target[1:3])
        if value is None or isinstance(value, (float, bytes)):
            return ("other", id(target[1]))
        return ("range", value, value)

    def literal(self, value: Any, one: Ty) -> Any:
        number = self.value(value)
        if number is None or isinstance(number, (float, bytes)):
            return ("other", number)
        return ("range", number, number)

    def value(self, node: Any) -> Any:
        if isinstance(node, t.Literal):
            return node.value
        if isinstance(node, t.Unary):
            inner = self.value(node.operand)
            return None if inner is None else -inner
        if isinstance(node, t.PathExpr) and isinstance(node.target, tuple) and node.target[0] == "const":
            return self.scalar(*node.target[1:3])
        return None

    def scalar(self, const: Any, args: tuple[Ty, ...] = ()) -> Any:
        """A constant's value; None if it is no number, or is not known because there are errors elsewhere."""
        value = self.checker.compilation.const_scalar(const, args)
        self.unknown_constants |= value is None
        return value

    def bounds(self, one: Ty) -> tuple[Any, Any]:
        if one.kind == ty.INT:
            bits, signed = one.data[:2]
            return (-(1 << bits - 1), (1 << bits - 1) - 1) if signed else (0, (1 << bits) - 1)
        if one.kind == ty.CHAR:
            return 0, 0x10FFFF
        return (0, 1) if one.kind == ty.BOOL else (None, None)


_REST: Any = ("..",)


def _is_rest(node: Any) -> bool:
    return isinstance(node.sub if isinstance(node, t.BindingPattern) else node, t.RestPattern)


_LIMIT: Final = 20_000_000
"""How many rows one match may have looked at, all steps together: some ten seconds."""


class _TooComplexError(Exception):
    """Which arm of a match takes what takes longer to tell than anyone would wait."""


class _Matrix:
    def __init__(self, checker: BodyChecker) -> None:
        self.checker = checker
        self.lowering = _Lowering(checker)
        self.steps = 0
        self.empty = EmptyTypes(checker)

    def constructors(self, column: _Column, patterns: list[Any]) -> list[tuple[Any, list[_Column]]]:
        """The constructors of a type that the last pattern of the column may cover, split so that each of its patterns
        covers each wholly or not at all; without those of no values, where there is a value."""
        one, valid = column
        if one.kind == ty.REF:
            return [(("ctor", "&"), [(shallow(one.args[0]), False)])]
        if valid and self.empty.is_empty(one):
            return []
        if has_no_variants(one):
            return [(("rest",), [])]
        if one.kind == ty.TUPLE:
            return [(("ctor", "()"), [(shallow(a), valid) for a in one.args])]
        if one.kind == ty.ADT:
            return self.variants(column, patterns)
        if one.kind in (ty.SLICE, ty.ARRAY):
            return self.lengths(column, [part for some in patterns for part in _flatten(some) if part[0] == "slice"])
        if one.kind in (ty.INT, ty.CHAR, ty.BOOL):
            return [(("range", low, high), []) for low, high in self.ranges(one, patterns)]
        return [(("rest",), [])]

    def variants(self, column: _Column, patterns: list[Any]) -> list[tuple[Any, list[_Column]]]:
        """Those that no pattern names come first, as witnesses of them say most."""
        one, valid = column
        found = [
            (ctor, [(shallow(field), valid) for field in fields])
            for ctor, fields in self.empty.constructors(one)
            if not (valid and self.empty.lacks_values(one, ctor[1]))
        ]
        if patterns[-1][0] == "ctor":
            return [made for made in found if made[0][1] == patterns[-1][1]]
        named = {part[1] for pattern in patterns for part in _flatten(pattern) if part[0] == "ctor"}
        return sorted(found, key=lambda made: made[0][1] in named)

    def ranges(self, one: Ty, patterns: list[Any]) -> list[tuple[int, int]]:
        low, high = self.lowering.bounds(one)
        head = patterns[-1]
        if head[0] == "range":
            low, high = max(low, head[1]), min(high, head[2])
            if low == high and not (one.kind == ty.CHAR and low in SURROGATES):
                return [(low, high)]
        cuts = {low, high + 1}
        for pattern in patterns:
            for part in _flatten(pattern):
                if part[0] == "range":
                    cuts.add(max(low, part[1]))
                    cuts.add(min(high, part[2]) + 1)
        if one.kind == ty.CHAR and not cuts.isdisjoint(SURROGATES):  # patterns that end beside them meet there
            cuts |= {SURROGATES[0], SURROGATES[-1] + 1}
        points = sorted(c for c in cuts if low <= c <= high + 1)
        return [(a, b - 1) for a, b in pairwise(points) if one.kind != ty.CHAR or a not in SURROGATES]

    def lengths(self, column: _Column, patterns: list[Any]) -> list[tuple[Any, list[_Column]]]:
        """Constructors ("slice", length, whether longer ones are meant, too); an array's as far as patterns name it."""
        named = max((len(first) + len(last or ()) for _, first, last in patterns), default=0)
        one, valid = column
        element = (shallow(one.args[0]), valid)
        if one.kind == ty.ARRAY:
            return [(("slice", named, False), [element] * named)]
        made: list[tuple[Any, list[_Column]]] = [(("slice", n, False), [element] * n) for n in range(named + 1)]
        return [*made, (("slice", named + 1, True), [element] * (named + 1))]

    def specialize(self, row: list[Any], ctor: Any, arity: int) -> list[list[Any]]:
        head, rest = row[0], row[1:]
        kind = head[0]
        if kind == "_":
            return [[WILD] * arity + rest]
        if kind == "or":
            return [r for part in head[1] for r in self.specialize([part, *rest], ctor, arity)]
        if kind == "ctor":
            return [list(head[2]) + rest] if ctor[0] == "ctor" and head[1] == ctor[1] else []
        if kind == "range":
            return [rest] if ctor[0] == "range" and head[1] <= ctor[1] and ctor[2] <= head[2] else []
        if kind == "slice" and ctor[0] == "slice":
            first, last = head[1:]
            between = arity - len(first) - len(last or ())
            if between == 0 and not (last is None and ctor[2]):
                return [[*first, *(last or ()), *rest]]
            return [[*first, *[WILD] * between, *last, *rest]] if last is not None and between > 0 else []
        return []

    def useful(self, rows: list[list[Any]], row: list[Any], columns: list[_Column]) -> list[Any] | None:
        """A witness (patterns as text) that only `row` matches, or None."""
        self.steps += 1 + len(rows)
        if self.steps > _LIMIT:
            raise _TooComplexError
        if not columns:
            return [] if not rows else None
        if rows and all(one is WILD for one in rows[-1]):
            return None
        head = row[0]
        if head is WILD and all(r[0] is WILD for r in rows):  # the values of the type are alike to all
            if columns[0][1] and self.empty.is_empty(columns[0][0]):
                return None
            found = self.useful([r[1:] for r in rows], row[1:], columns[1:])
            return None if found is None else ["_", *found]
        if head[0] == "or":
            for part in head[1]:
                found = self.useful(rows, [part, *row[1:]], columns)
                if found is not None:
                    return found
                rows = [*rows, [part, *row[1:]]]
            return None
        if head[0] == "other":
            same = [r[1:] for r in rows if any(p == head or p[0] == "_" for p in _flatten(r[0]))]
            found = self.useful(same, row[1:], columns[1:])
            return None if found is None else ["_", *found]
        for ctor, fields in self.constructors(columns[0], [*(r[0] for r in rows), head]):
            made = self.specialize(row, ctor, len(fields))
            if not made:
                continue
            inner = [s for r in rows for s in self.specialize(r, ctor, len(fields))]
            found = self.useful(inner, made[0], [*fields, *columns[1:]])
            if found is not None:
                return [self.show(ctor, columns[0][0], found[: len(fields)]), *found[len(fields) :]]
        return None

    def show(self, ctor: Any, one: Ty, parts: list[str]) -> str:
        if ctor[0] == "range":
            if one.kind == ty.BOOL:
                return "true" if ctor[1] else "false"
            low, high = self.lowering.bounds(one)
            if (ctor[1], ctor[2]) == (low, high):
                return "_"
            if one.kind == ty.CHAR:
                return f"'\\u{{{ctor[1]:x}}}'..='\\u{{{ctor[2]:x}}}'"
            name: str = ty.show(one)
            start = f"{name}::MIN" if ctor[1] == low else f"{ctor[1]}_{name}"
            end = f"{name}::MAX" if ctor[2] == high else f"{ctor[2]}_{name}"
            return start if ctor[1] == ctor[2] else f"{start}..={end}"
        if ctor[0] == "slice":
            longer = one.kind == ty.ARRAY and (one.args[1].kind != ty.CONST or ctor[1] < one.args[1].data)
            more = [".."] if ctor[2] or longer else []
            return f"[{', '.join(parts + more)}]"
        if ctor[0] == "rest":
            return "_"
        if ctor[1] == "&":
            return f"&{parts[0]}"
        if ctor[1] == "()":
            return f"({', '.join(parts)})"
        variant = one.data.variants[ctor[1]]
        short = not one.data.is_enum or one.data.lang in ("Option", "Result")
        path = variant.name if short else f"{one.data.name}::{variant.name}"
        if variant.shape == "tuple":
            return f"{path}({', '.join(parts)})"
        if variant.shape == "named":
            if all(p == "_" for p in parts):
                return f"{path} {{ .. }}"
            return f"{path} {{ {', '.join(f'{f.name}: {p}' for f, p in zip(variant.fields, parts, strict=True))} }}"
        return str(path)


def _flatten(pattern: Any) -> list[Any]:
    if pattern[0] == "or":
        return [x for p in pattern[1] for x in _flatten(p)]
    return [pattern]


def _takes_each_once(matrix: _Matrix, arms: list[Any], column: _Column) -> bool:
    """Whether there is one arm for each variant of an enum, which takes all its values: then the match is exhaustive
    and each arm is reached, whatever the general rule would have to look at."""
    one, valid = column
    if one.kind == ty.REF:
        one, valid = shallow(one.args[0]), False
    if one.kind != ty.ADT or not one.data.is_enum or not 0 < len(arms) == len(one.data.variants):
        return False
    taken: set[int] = set()
    for arm in arms:
        pattern = arm.pattern
        if arm.guard is not None or type(pattern) not in _OF_VARIANTS:
            return False
        target = pattern.target
        if not isinstance(target, tuple) or target[0] == "const" or target[1].index in taken:
            return False
        taken.add(target[1].index)
        if isinstance(pattern, t.TupleStructPattern):
            parts = pattern.elements
        else:
            parts = [part[1] for part in pattern.fields] if isinstance(pattern, t.StructPattern) else []
        for part in parts:
            named = isinstance(part, t.BindingPattern) and part.sub is None and isinstance(part.target, Variable)
            if not named and not isinstance(part, (t.WildPattern, t.RestPattern)):
                return False
    # An arm for a variant that has no values is one that nothing reaches.
    return not valid or not any(matrix.empty.lacks_values(one, variant.index) for variant in one.data.variants)


_OF_VARIANTS: Final = (t.PathPattern, t.BindingPattern, t.TupleStructPattern, t.StructPattern)


def check_match(checker: BodyChecker, node: t.Match) -> None:
    """E0004 for a match that misses values; a warning for each arm that nothing reaches."""
    matrix = _Matrix(checker)
    scrutinee = checker.final(node.scrutinee.ty)
    column = (scrutinee, has_no_variants(scrutinee) or holds_a_value(node.scrutinee))
    if _takes_each_once(matrix, node.arms, column):
        return
    patterns = [matrix.lowering.pattern(arm.pattern) for arm in node.arms]
    try:
        missing = _missing(matrix, node.arms, patterns, column)
    except _TooComplexError:
        _refuse_complex(checker, node.scrutinee.span)
        return
    if missing is not None and not (matrix.lowering.unknown_constants and checker.errors_before):
        if missing[0] == "_" and not node.arms:
            message, label = f"type `{ty.show(scrutinee)}` is non-empty", ""
        else:
            message, label = f"`{missing[0]}` not covered", f"pattern `{missing[0]}` not covered"
        error = checker.error("E0004", f"non-exhaustive patterns: {message}", node.scrutinee.span, label)
        error.notes.append(f"the matched value is of type `{ty.show(scrutinee)}`")
        error.suggestion = wildcard_arm(node, checker.compilation.diagnostics.sources.snippet(node.span))


def _missing(matrix: _Matrix, arms: list[t.Arm], patterns: list[Any], column: _Column) -> list[str] | None:
    """What no arm takes, as text; None where they take all. Warns of arms that nothing reaches.

    Raises:
        _TooComplexError: it takes longer to tell than anyone would wait.
    """
    one = column[0]
    if one.kind in (ty.INT, ty.CHAR):
        parts = [_flatten(pattern) for pattern in patterns]
        if all(part[0] != "other" for some in parts for part in some):
            return _missing_value(matrix, arms, parts, one)
    rows: list[list[Any]] = []
    for arm, pattern in zip(arms, patterns, strict=True):
        if matrix.useful(rows, [pattern], [column]) is None:
            _warn_unreachable(matrix, arm)
        if arm.guard is None:
            rows.append([pattern])
    return matrix.useful(rows, [WILD], [column])


def _missing_value(matrix: _Matrix, arms: list[t.Arm], parts: list[list[Any]], one: Ty) -> list[str] | None:
    """`_missing` of a match on numbers or characters."""
    low, high = matrix.lowering.bounds(one)
    taken = MatchedValues(one.kind)
    for arm, some in zip(arms, parts, strict=True):
        ranges = [(low, high) if part[0] == "_" else (max(low, part[1]), min(high, part[2])) for part in some]
        if all(first > last or taken.missing(first, last) is None for first, last in ranges):
            _warn_unreachable(matrix, arm)
        if arm.guard is None:
            for first, last in ranges:
                taken.take(first, last)
    gap = taken.missing(low, high)
    return None if gap is None else [matrix.show(("range", *gap), one, [])]


def _warn_unreachable(matrix: _Matrix, arm: t.Arm) -> None:
    matrix.checker.compilation.diagnostics.warning(
        "unreachable_patterns", "unreachable pattern", arm.pattern.span, "no value can reach this"
    )


def _refuse_complex(checker: BodyChecker, span: t.Span) -> None:
    message = "reached the pattern complexity limit"
    checker.error(None, message, span, "what the patterns take takes too long to tell: split them")


def check_irrefutable(checker: BodyChecker, pattern: Any, where: str, value: Any) -> None:
    """E0005 for a pattern that may not match where it has to; `value`: what is matched, None for a parameter."""
    if isinstance(pattern, (t.WildPattern, t.BindingPattern)) and getattr(pattern, "sub", None) is None and (
        not isinstance(pattern.target, tuple)
    ):  # fmt: skip
        return
    matrix = _Matrix(checker)
    one = checker.final(pattern.ty)
    for _ in range(pattern.derefs):
        one = ty.ref(one)
    try:
        missing = matrix.useful(
            [[matrix.lowering.pattern(pattern)]], [WILD], [(one, value is None or holds_a_value(value))]
        )
    except _TooComplexError:
        _refuse_complex(checker, pattern.span)
        return
    if missing is not None:
        message = f"refutable pattern in {where}"
        error = checker.error("E0005", message, pattern.span, f"pattern `{missing[0]}` not covered")
        error.notes.append(f"the matched value is of type `{ty.show(one)}`")
