"""Bodies: locals, places, rvalues, statements, terminators (docs/reference/mir.md is the reference).

Local 0 is the result, 1 to `arg_count` the parameters. A panic ends the program (no unwinding), so operations that can
panic (arithmetic, indexing, casts never) are statements and not branches: arithmetic, division and indexing check
themselves and blame their statement's span.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, TypeAlias

from engines.rustwasm.typing.types import Ty

Span: TypeAlias = tuple[int, int]

DEREF: Final = 0
FIELD: Final = 1
INDEX: Final = 2
CONSTANT_INDEX: Final = 3
SUBSLICE: Final = 4
DOWNCAST: Final = 5

Projection: TypeAlias = tuple[Any, ...]
"""`(DEREF,)`, `(FIELD, index, type)`, `(INDEX, local)`, `(CONSTANT_INDEX, offset, from_end)`, `(SUBSLICE, from,
to)` with `to`
counted from the end, or `(DOWNCAST, variant)`."""


class Place:
    """A local and the way from it to a part."""

    __slots__ = ("local", "projection")

    def __init__(self, local: int, projection: tuple[Projection, ...] = ()) -> None:
        self.local = local
        self.projection = projection

    def field(self, index: int, ty: Ty) -> Place:
        return Place(self.local, (*self.projection, (FIELD, index, ty)))

    def deref(self) -> Place:
        return Place(self.local, (*self.projection, (DEREF,)))

    def downcast(self, variant: int) -> Place:
        return Place(self.local, (*self.projection, (DOWNCAST, variant)))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Place) and self.local == other.local and self.projection == other.projection

    def __hash__(self) -> int:
        return hash((self.local, self.projection))


class Copy:
    """Read a place and leave it; its type is Copy. `span`, if known, is the expression's: where messages point."""

    __slots__ = ("place", "span")

    def __init__(self, place: Place, span: Span | None = None) -> None:
        self.place = place
        self.span = span


class Move:
    """Read a place and leave it without value. `span`, if known, is the expression's: where messages point."""

    __slots__ = ("place", "span")

    def __init__(self, place: Place, span: Span | None = None) -> None:
        self.place = place
        self.span = span


class Constant:
    """A constant of type `ty`. `value` is an int (integers, char, bool as 0 or 1), a float, bytes (for `&str` and
    `&[u8; N]`),
    None (unit, function items: zero-sized), or a `ConstDef` of a static (type `&T` or `*mut T`: its address). `written`
    are the types with lifetimes that a path of a function wrote: by which parameter, -1 for what the function is in,
    from -2 down its lifetimes, as those of references."""

    __slots__ = ("ty", "value", "written")

    def __init__(self, ty: Ty, value: Any = None, written: Sequence[tuple[int, Ty]] = ()) -> None:
        self.ty = ty
        self.value = value
        self.written = written


Operand: TypeAlias = Copy | Move | Constant


class Use:
    __slots__ = ("operand",)

    def __init__(self, operand: Operand) -> None:
        self.operand = operand


class Ref:
    """Borrow a place. `kind` is "shared", "mut", "two_phase" (a `&mut` autoref that activates at its first use) or
    "raw"."""

    __slots__ = ("kind", "place")

    def __init__(self, kind: str, place: Place) -> None:
        self.kind = kind
        self.place = place


class BinaryOp:
    """`op` is one of `BINARY_OPS`. Operands have one type, except the right one of shifts."""

    __slots__ = ("left", "op", "right")

    def __init__(self, op: str, left: Operand, right: Operand) -> None:
        self.op = op
        self.left = left
        self.right = right


class UnaryOp:
    """`op` is "neg" (panics on overflow by profile) or "not"."""

    __slots__ = ("op", "operand")

    def __init__(self, op: str, operand: Operand) -> None:
        self.op = op
        self.operand = operand


class Cast:
    """`kind`: one of `CAST_KINDS`; `ty` is the target."""

    __slots__ = ("kind", "operand", "ty")

    def __init__(self, kind: str, operand: Operand, ty: Ty) -> None:
        self.kind = kind
        self.operand = operand
        self.ty = ty


class Aggregate:
    """Build a tuple, array, closure, struct, or variant `variant` of an enum, of type `ty`, from all its fields in
    order. `written` is the type with the lifetimes that it is written with, if any is."""

    __slots__ = ("operands", "ty", "variant", "written")

    def __init__(self, ty: Ty, operands: list[Operand], variant: int = 0, written: Ty | None = None) -> None:
        self.written = written
        self.ty = ty
        self.operands = operands
        self.variant = variant


class Repeat:
    """`[operand; count]`: the operand is Copy or a constant, or count is 0 or 1."""

    __slots__ = ("count", "operand")

    def __init__(self, operand: Operand, count: Ty) -> None:
        self.operand = operand
        self.count = count


class Discriminant:
    """The index (type i32, counted from 0) of the variant that a place holds."""

    __slots__ = ("place",)

    def __init__(self, place: Place) -> None:
        self.place = place


class Len:
    """The number of elements (usize) of an array or slice place."""

    __slots__ = ("place",)

    def __init__(self, place: Place) -> None:
        self.place = place


Rvalue: TypeAlias = Use | Ref | BinaryOp | UnaryOp | Cast | Aggregate | Repeat | Discriminant | Len

BINARY_OPS: Final = (
    "add", "sub", "mul", "div", "rem", "and", "or", "xor", "shl", "shr", "eq", "ne", "lt", "le", "gt", "ge",
)  # fmt: skip
"""add, sub, mul, shl, shr panic on overflow where the profile says so and wrap otherwise; div and rem always panic
on zero and
on MIN / -1; for floats they never panic."""

CAST_KINDS: Final = ("numeric", "enum", "unsize", "fn_pointer", "pointer")
"""numeric: between integers, floats, bool, char as `as` does (saturating from float to int); enum: a field-less
enum to its
discriminant value; unsize: &[T; N] to &[T], &T to &dyn Trait, and the same under Box and Rc; fn_pointer: a function
item or a
closure without captures to `fn(...)`; pointer: between references and raw pointers of one pointee."""


class Assign:
    __slots__ = ("place", "rvalue", "span")

    def __init__(self, place: Place, rvalue: Rvalue, span: Span) -> None:
        self.place = place
        self.rvalue = rvalue
        self.span = span


class StorageLive:
    """From here on the local has storage and no value."""

    __slots__ = ("local",)

    def __init__(self, local: int) -> None:
        self.local = local


class StorageDead:
    """From here on the local has no storage; a reference to it must not be used any more (E0597)."""

    __slots__ = ("local", "span")

    def __init__(self, local: int, span: Span) -> None:
        self.local = local
        self.span = span


class FakeRead:
    """Reads nothing; the borrow checker treats it as a read of the place (a match's scrutinee)."""

    __slots__ = ("place", "span")

    def __init__(self, place: Place, span: Span) -> None:
        self.place = place
        self.span = span


Statement: TypeAlias = Assign | StorageLive | StorageDead | FakeRead


class Guard:
    """A match arm's guard, for borrow checking: it runs from `begin`, a read of what it may see, to `end`, the switch
    on its value. It must not change the places that the match tests (`tested`, complete once the match is built) nor
    those that the arm's variables show (`shown`); `references` are the locals through which it sees variables that it
    tries to change."""

    __slots__ = ("begin", "end", "references", "shown", "tested")

    def __init__(self, begin: FakeRead, shown: list[Place], references: list[int], tested: list[Place]) -> None:
        self.begin = begin
        self.end: Any = None
        self.shown = shown
        self.references = references
        self.tested = tested


class Goto:
    __slots__ = ("target",)

    def __init__(self, target: int) -> None:
        self.target = target


class Switch:
    """Go to `targets[i]` where the integer, bool or char operand equals `values[i]`, else to `otherwise` (None: it
    always
    equals one of them)."""

    __slots__ = ("operand", "otherwise", "targets", "values")

    def __init__(self, operand: Operand, values: list[int], targets: list[int], otherwise: int | None) -> None:
        self.operand = operand
        self.values = values
        self.targets = targets
        self.otherwise = otherwise


class Return:
    __slots__ = ()


class Unreachable:
    __slots__ = ()


class Drop:
    """Drop what of the place still holds a value, then go on. Moves decide at which moment that is nothing: drop
    elaboration
    turns it into nothing, a call, or a call behind a flag."""

    __slots__ = ("place", "span", "target")

    def __init__(self, place: Place, target: int, span: Span) -> None:
        self.place = place
        self.target = target
        self.span = span


class Call:
    """`destination = function(arguments)`, then go to `target` (None: it does not return). `function` is a
    `Constant` of type
    FNDEF (after monomorphisation: resolved to an impl's, see `instances`), or an operand of type FNPTR. A method of
    a trait
    whose Self is `dyn` is a virtual call on its first argument. A callee that is a method of Fn, FnMut or FnOnce takes
    (closure, tuple of arguments). `location` is what a panic in a `#[track_caller]` function blames: of a method call
    its name and arguments, of an overloaded index its brackets."""

    __slots__ = ("arguments", "destination", "function", "location", "span", "target")

    def __init__(
        self,
        function: Operand,
        arguments: list[Operand],
        destination: Place,
        target: int | None,
        span: Span,
        location: Span | None = None,
    ) -> None:
        self.function = function
        self.arguments = arguments
        self.destination = destination
        self.target = target
        self.span = span
        self.location = location or span


Terminator: TypeAlias = Goto | Switch | Return | Unreachable | Drop | Call


class Local:
    """A local's declaration. `name` is None for temporaries. `mutable` says `mut`; `user` that the program names it."""

    __slots__ = ("mutable", "name", "span", "ty")

    def __init__(self, ty: Ty, name: str | None, mutable: bool, span: Span) -> None:
        self.ty = ty
        self.name = name
        self.mutable = mutable
        self.span = span


class Block:
    __slots__ = ("statements", "terminator")

    def __init__(self) -> None:
        self.statements: list[Statement] = []
        self.terminator: Any = None  # a `Terminator`, set before the block is left


class Body:
    """One function's MIR. `definition` is its `FnDef`; `signature` its parameter types and result with lifetimes
    (the borrow
    checker's); locals' types are erased. `closures` are the `ClosureDef`s made in it."""

    __slots__ = (
        "arg_count", "blocks", "closures", "declared", "deferred", "definition", "guards", "joined", "lasting",
        "locals", "name", "span",
    )  # fmt: skip

    def __init__(self, name: str, definition: Any, arg_count: int, span: Span) -> None:
        self.name = name
        self.definition = definition
        self.arg_count = arg_count
        self.span = span
        self.locals: list[Local] = []
        self.blocks: list[Block] = []
        self.closures: list[Any] = []
        self.declared: list[tuple[int, Ty]] = []
        """Locals and the types with lifetimes that `let` statements give them: for borrow checking, not in the text."""
        self.guards: list[Guard] = []
        """For borrow checking, not in the text."""
        self.joined: list[int] = []
        """Temporaries of function pointers that are joined with those before them: results of the same `match`,
        elements of the same array. For borrow checking, not in the text."""
        self.lasting: list[int] = []
        """Locals that hold named constants that may be lent for ever: for borrow checking, not in the text."""
        self.deferred = False
        """Does a `let` leave a variable without value, or an assignment change one that is not `mut`?"""


def successors(terminator: Terminator) -> list[int]:
    """Blocks that may run next."""
    if type(terminator) is Goto:
        return [terminator.target]
    if type(terminator) is Switch:
        return terminator.targets if terminator.otherwise is None else [*terminator.targets, terminator.otherwise]
    if type(terminator) is Drop:
        return [terminator.target]
    if type(terminator) is Call:
        return [] if terminator.target is None else [terminator.target]
    return []
