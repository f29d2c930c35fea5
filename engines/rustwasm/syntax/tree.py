"""The syntax tree. `span` is (start, end) in characters of the source map; `ty`, `adjust`, `target` are filled by
typing.

Source: The Rust Reference, "Items", "Statements and expressions", "Patterns", "Types", "Paths".
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Span = tuple[int, int]


@dataclass(slots=True, eq=False)
class Node:
    span: Span


@dataclass(slots=True, eq=False)
class GenericArgs(Node):
    """`<'a, T, 3, Item = U>`; `types` holds types and const expressions; `Fn(A) -> B` has `sugar` = True and its
    parameter
    tuple and Output binding filled in."""

    lifetimes: list[str]
    types: list[Any]
    bindings: list[tuple[str, Any]]
    sugar: bool = False


@dataclass(slots=True, eq=False, init=False)
class Segment(Node):
    name: str
    args: GenericArgs | None

    def __init__(self, span: Span, name: str, args: GenericArgs | None) -> None:
        self.span = span
        self.name = name
        self.args = args


@dataclass(slots=True, eq=False, init=False)
class Path(Node):
    """`a::b::<T>::c`; `absolute` for a leading `::`; `qualified` is (type, trait path or None) of `<T as
    Trait>::...`."""

    segments: list[Segment]
    absolute: bool = False
    qualified: tuple[Any, Path | None] | None = None
    target: Any = field(init=False, default=None)

    def __init__(
        self,
        span: Span,
        segments: list[Segment],
        absolute: bool = False,
        qualified: tuple[Any, Path | None] | None = None,
    ) -> None:
        self.span = span
        self.segments = segments
        self.absolute = absolute
        self.qualified = qualified
        self.target = None


@dataclass(slots=True, eq=False)
class Bound(Node):
    """A trait bound, or a lifetime bound when `lifetime` is set; `maybe` for `?Sized`, `quantified` in `for<...>`."""

    path: Path | None
    lifetime: str | None
    maybe: bool
    quantified: bool = False


# Types


@dataclass(slots=True, eq=False)
class TypePath(Node):
    path: Path


@dataclass(slots=True, eq=False)
class TypeRef(Node):
    lifetime: str | None
    mutable: bool
    inner: Any


@dataclass(slots=True, eq=False)
class TypeRaw(Node):
    mutable: bool
    inner: Any


@dataclass(slots=True, eq=False)
class TypeArray(Node):
    element: Any
    length: Any


@dataclass(slots=True, eq=False)
class TypeSlice(Node):
    element: Any


@dataclass(slots=True, eq=False)
class TypeTuple(Node):
    elements: list[Any]


@dataclass(slots=True, eq=False)
class TypeFn(Node):
    parameters: list[Any]
    result: Any


@dataclass(slots=True, eq=False)
class TypeNever(Node):
    pass


@dataclass(slots=True, eq=False)
class TypeInfer(Node):
    pass


@dataclass(slots=True, eq=False)
class TypeImpl(Node):
    bounds: list[Bound]
    index: int = -1


@dataclass(slots=True, eq=False)
class TypeDyn(Node):
    bounds: list[Bound]


# Patterns


@dataclass(slots=True, eq=False)
class Pattern(Node):
    ty: Any = field(init=False, default=None)
    derefs: Any = field(init=False, default=0)
    target: Any = field(init=False, default=None)


@dataclass(slots=True, eq=False)
class WildPattern(Pattern):
    pass


@dataclass(slots=True, eq=False)
class RestPattern(Pattern):
    pass


@dataclass(slots=True, eq=False, init=False)
class BindingPattern(Pattern):
    """`ref mut name @ sub`; a plain name may turn out to be a constant or unit variant (`target`)."""

    name: str
    by_ref: bool
    mutable: bool
    sub: Any
    mode: Any = field(init=False, default=None)

    def __init__(self, span: Span, name: str, by_ref: bool, mutable: bool, sub: Any) -> None:
        self.span = span
        self.ty = None
        self.derefs = 0
        self.target = None
        self.name = name
        self.by_ref = by_ref
        self.mutable = mutable
        self.sub = sub
        self.mode = None


@dataclass(slots=True, eq=False)
class LiteralPattern(Pattern):
    value: Any


@dataclass(slots=True, eq=False)
class RangePattern(Pattern):
    low: Any
    high: Any
    inclusive: bool


@dataclass(slots=True, eq=False)
class RefPattern(Pattern):
    mutable: bool
    inner: Any


@dataclass(slots=True, eq=False)
class TuplePattern(Pattern):
    elements: list[Any]


@dataclass(slots=True, eq=False)
class SlicePattern(Pattern):
    elements: list[Any]


@dataclass(slots=True, eq=False)
class PathPattern(Pattern):
    path: Path


@dataclass(slots=True, eq=False)
class TupleStructPattern(Pattern):
    path: Path
    elements: list[Any]


@dataclass(slots=True, eq=False)
class StructPattern(Pattern):
    """`fields` are (name, pattern, span of the name)."""

    path: Path
    fields: list[tuple[str, Any, Span]]
    rest: bool


@dataclass(slots=True, eq=False)
class OrPattern(Pattern):
    alternatives: list[Any]


# Expressions


@dataclass(slots=True, eq=False)
class Expr(Node):
    ty: Any = field(init=False, default=None)
    adjust: Any = field(init=False, default=None)
    target: Any = field(init=False, default=None)


@dataclass(slots=True, eq=False, init=False)
class Literal(Expr):
    """`kind` is int, float, bool, char, str, bstr or byte; `suffix` a primitive's name or empty."""

    kind: str
    value: Any
    suffix: str = ""

    def __init__(self, span: Span, kind: str, value: Any, suffix: str = "") -> None:
        self.span = span
        self.ty = None
        self.adjust = None
        self.target = None
        self.kind = kind
        self.value = value
        self.suffix = suffix


class PathExpr(Expr):
    """A path as a value. Most are the name of a variable: that of `name` alone is made when someone asks for it."""

    __slots__ = ("_path", "name")

    def __init__(self, span: Span, path: Path | None, name: str = "") -> None:
        self.span = span
        self.ty = None
        self.adjust = None
        self.target = None
        self._path = path
        self.name = name

    @property
    def path(self) -> Path:
        if self._path is None:
            self._path = Path(self.span, [Segment(self.span, self.name, None)])
        return self._path


@dataclass(slots=True, eq=False)
class Unary(Expr):
    """`op` is `-`, `!` or `*`."""

    op: str
    operand: Any


@dataclass(slots=True, eq=False)
class Binary(Expr):
    op: str
    left: Any
    right: Any


@dataclass(slots=True, eq=False)
class Assignment(Expr):
    left: Any
    right: Any


@dataclass(slots=True, eq=False)
class CompoundAssignment(Expr):
    op: str
    left: Any
    right: Any


@dataclass(slots=True, eq=False, init=False)
class Call(Expr):
    callee: Any
    args: list[Any]

    def __init__(self, span: Span, callee: Any, args: list[Any]) -> None:
        self.span = span
        self.ty = None
        self.adjust = None
        self.target = None
        self.callee = callee
        self.args = args


@dataclass(slots=True, eq=False, init=False)
class MethodCall(Expr):
    receiver: Any
    name: str
    name_span: Span
    generics: GenericArgs | None
    args: list[Any]

    def __init__(
        self,
        span: Span,
        receiver: Any,
        name: str,
        name_span: Span,
        generics: GenericArgs | None,
        args: list[Any],
    ) -> None:
        self.span = span
        self.ty = None
        self.adjust = None
        self.target = None
        self.receiver = receiver
        self.name = name
        self.name_span = name_span
        self.generics = generics
        self.args = args


@dataclass(slots=True, eq=False)
class Field(Expr):
    base: Any
    name: str
    name_span: Span


@dataclass(slots=True, eq=False)
class Index(Expr):
    base: Any
    index: Any


@dataclass(slots=True, eq=False)
class Range(Expr):
    low: Any
    high: Any
    inclusive: bool


@dataclass(slots=True, eq=False)
class Borrow(Expr):
    mutable: bool
    operand: Any


@dataclass(slots=True, eq=False)
class Cast(Expr):
    operand: Any
    to: Any


@dataclass(slots=True, eq=False)
class Tuple(Expr):
    elements: list[Any]


@dataclass(slots=True, eq=False)
class Array(Expr):
    elements: list[Any]


@dataclass(slots=True, eq=False)
class Repeat(Expr):
    element: Any
    count: Any


@dataclass(slots=True, eq=False)
class StructLiteral(Expr):
    path: Path
    fields: list[tuple[str, Any, Span]]
    base: Any


@dataclass(slots=True, eq=False)
class Block(Expr):
    """`statements`, then `tail` (its value) or None."""

    statements: list[Any]
    tail: Any
    label: str | None = None
    unsafe: bool = False
    items: list[Any] | None = None


@dataclass(slots=True, eq=False)
class If(Expr):
    condition: Any
    then: Block
    otherwise: Any


@dataclass(slots=True, eq=False)
class Let(Expr):
    """`let pattern = value` as a condition."""

    pattern: Any
    value: Any


@dataclass(slots=True, eq=False)
class While(Expr):
    condition: Any
    body: Block
    label: str | None


@dataclass(slots=True, eq=False)
class Loop(Expr):
    body: Block
    label: str | None


@dataclass(slots=True, eq=False)
class For(Expr):
    pattern: Any
    iterable: Any
    body: Block
    label: str | None


@dataclass(slots=True, eq=False)
class Arm(Node):
    pattern: Any
    guard: Any
    body: Any


@dataclass(slots=True, eq=False)
class Match(Expr):
    scrutinee: Any
    arms: list[Arm]


@dataclass(slots=True, eq=False)
class Closure(Expr):
    """`parameters` are (pattern, type or None)."""

    parameters: list[tuple[Any, Any]]
    result: Any
    body: Any
    is_move: bool


@dataclass(slots=True, eq=False)
class Return(Expr):
    value: Any


@dataclass(slots=True, eq=False)
class Break(Expr):
    label: str | None
    value: Any


@dataclass(slots=True, eq=False)
class Continue(Expr):
    label: str | None


@dataclass(slots=True, eq=False)
class Try(Expr):
    operand: Any


@dataclass(slots=True, eq=False)
class FormatSpec:
    """One `{...}`: which argument, which trait, and how. Width and precision are None, an int, or `("arg", index)`."""

    argument: int
    trait: str
    fill: str
    align: str
    flags: int
    width: Any
    precision: Any


@dataclass(slots=True, eq=False)
class Format(Expr):
    """A formatting macro. `kind` is print, eprint, format, write or panic; `pieces` are texts and `FormatSpec`s."""

    kind: str
    pieces: list[Any]
    args: list[Any]
    destination: Any


@dataclass(slots=True, eq=False)
class VecMacro(Expr):
    """`vec![a, b]` (an `Array`) or `vec![a; n]` (a `Repeat`)."""

    inner: Any


# Statements


@dataclass(slots=True, eq=False)
class LetStatement(Node):
    pattern: Any
    annotation: Any
    value: Any
    otherwise: Any


@dataclass(slots=True, eq=False, init=False)
class ExprStatement(Node):
    expr: Any
    semicolon: bool

    def __init__(self, span: Span, expr: Any, semicolon: bool) -> None:
        self.span = span
        self.expr = expr
        self.semicolon = semicolon


# Items


@dataclass(slots=True, eq=False)
class GenericParam(Node):
    """`kind` is lifetime, type or const; `ty` a const parameter's type; `default` a type or expression."""

    kind: str
    name: str
    bounds: list[Bound]
    ty: Any = None
    default: Any = None


@dataclass(slots=True, eq=False)
class GenericsSyntax(Node):
    """Parameters and `where` clauses (type, bounds); a lifetime's clause has a string for its type."""

    params: list[GenericParam]
    where: list[tuple[Any, list[Bound], Span]]


@dataclass(slots=True, eq=False)
class Item(Node):
    """`public` is None, "pub", "crate", "super" or a path in text; `attributes` are (name, argument text, span)."""

    name: str
    name_span: Span
    public: str | None
    attributes: list[tuple[str, str, Span]]
    target: Any = field(init=False, default=None)


@dataclass(slots=True, eq=False)
class FnItem(Item):
    """`self_param` is None or (kind, mutable, type, lifetime): kind is value, ref, or typed. `body` is a `Block`, None,
    or not parsed yet (`parse_items.UnparsedBody`, in the library and what is derived)."""

    generics: GenericsSyntax
    self_param: Any
    params: list[tuple[Any, Any]]
    result: Any
    body: Any
    unsafe: bool = False
    is_const: bool = False


@dataclass(slots=True, eq=False)
class FieldSyntax(Node):
    name: str
    ty: Any
    public: str | None


@dataclass(slots=True, eq=False)
class VariantSyntax(Node):
    name: str
    shape: str
    fields: list[FieldSyntax]
    discriminant: Any
    attributes: list[tuple[str, str, Span]]


@dataclass(slots=True, eq=False)
class StructItem(Item):
    generics: GenericsSyntax
    shape: str
    fields: list[FieldSyntax]


@dataclass(slots=True, eq=False)
class EnumItem(Item):
    generics: GenericsSyntax
    variants: list[VariantSyntax]


@dataclass(slots=True, eq=False)
class AliasItem(Item):
    """`type Name<..>: bounds = ty;` also inside traits and impls."""

    generics: GenericsSyntax
    bounds: list[Bound]
    ty: Any


@dataclass(slots=True, eq=False)
class ConstItem(Item):
    ty: Any
    value: Any
    is_static: bool
    mutable: bool


@dataclass(slots=True, eq=False)
class TraitItem(Item):
    generics: GenericsSyntax
    supertraits: list[Bound]
    items: list[Any]
    unsafe: bool = False


@dataclass(slots=True, eq=False)
class ImplItem(Item):
    generics: GenericsSyntax
    trait: Path | None
    self_ty: Any
    items: list[Any]
    negative: bool = False
    unsafe: bool = False


@dataclass(slots=True, eq=False)
class ModItem(Item):
    """`items` is None for `mod name;`."""

    items: list[Any] | None


@dataclass(slots=True, eq=False)
class UseItem(Item):
    """Flattened: each import is (path segments with spans, name or None for a glob, or "_")."""

    imports: list[tuple[list[tuple[str, Span]], str | None, Span]]


@dataclass(slots=True, eq=False)
class MacroItem(Item):
    """A `macro_rules!` definition; `rules` are (pattern, template) token trees."""

    rules: list[tuple[Any, Any]]
