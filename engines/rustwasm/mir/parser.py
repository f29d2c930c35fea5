"""MIR text to bodies: what `printer` prints with `Names` is read back as it was.

Source: docs/reference/mir.md, "Text".
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from engines.rustwasm.mir import body as m
from engines.rustwasm.mir.names import Names
from engines.rustwasm.mir.reader import MirSyntaxError, Reader
from engines.rustwasm.typing import types as ty
from engines.rustwasm.typing.types import Ty

if TYPE_CHECKING:
    from engines.rustwasm.compilation import Compilation

__all__ = ["MirSyntaxError", "parse_bodies", "parse_body"]

_NOWHERE: Final = (0, 0)
_UNARY: Final = ("neg", "not")
_REFERENCES: Final = {"mut": "mut", "two_phase": "two_phase", "raw": "raw"}


class _BodyReader(Reader):
    """Reads one body after the other."""

    def __init__(self, text: str, names: Names) -> None:
        super().__init__(text, names)
        self.locals: dict[int, m.Local] = {}
        self.used: list[tuple[str, int, int]] = []
        """What a statement names and must be there: "_" or "bb", its number, where."""

    # The whole body

    def body(self) -> m.Body:
        self.locals, self.used, self.scope = {}, [], ()
        self.expect("fn")
        definition, name = None, ""
        if self.kind == "string":
            name = self.string()
        else:
            definition = self.function()
            name = definition.path
            self.scope = tuple(definition.generics.names)
        self.expect("(")
        count = len(self.separated(")", self.parameter))
        self.expect("->")
        result = self.type()
        deferred = self.accept("deferred")
        body = m.Body(name, definition, count, self.span() or _NOWHERE)
        body.deferred = deferred
        self.expect("{")
        self._declarations(count, result)
        while not self.accept("}"):
            self._block_head(len(body.blocks))
            body.blocks.append(self.block())
        if not body.blocks:
            self.fail("a body has at least one block, `bb0:`", self.starts[self.at - 1])
        body.locals = [self.locals[i] for i in range(len(self.locals))]
        self._check_used(len(body.blocks))
        if definition is not None:
            built = self.names.compilation.body_of(definition)
            body.closures = [] if built is None else built.closures
        return body

    def _declarations(self, count: int, result: Ty) -> None:
        while self.word == "let":
            position = self.starts[self.at]
            self.take()
            number = self.local(len(self.locals) + 1 if 0 in self.locals else 0, position)
            if number == 0 and self.locals[0].ty is not result:
                self.fail(f"_0 is a {ty.show(self.locals[0].ty)}, the result a {ty.show(result)}", position)
            self.expect(";")
        if 0 not in self.locals:
            self.expected("`let _0`, the result")
        while self.accept("debug"):
            name = self.string() if self.kind == "string" else self.token("path", "the name of a variable")
            self.expect("=>")
            position = self.starts[self.at]
            number = self.numbered("local", "_", "a local")
            if number not in self.locals:
                self.fail(f"there is no _{number}: the last is _{len(self.locals) - 1}", position)
            self.locals[number].name = name
            self.expect(";")

    def _check_used(self, blocks: int) -> None:
        for prefix, number, position in self.used:
            limit = len(self.locals) if prefix == "_" else blocks
            if number >= limit:
                last = f"the last is {prefix}{limit - 1}" if limit else "there is none"
                self.fail(f"there is no {prefix}{number}: {last}", position)

    def parameter(self) -> None:
        self.local(len(self.locals) + 1, self.starts[self.at])

    def local(self, wanted: int, position: int) -> int:
        """`mut _1: type @0..0`, which must be number `wanted`."""
        if 0 in self.locals:
            wanted -= 1
        mutable = self.accept("mut")
        number = self.numbered("local", "_", f"`_{wanted}`")
        if number != wanted:
            self.fail(f"locals are declared in order: expected _{wanted}, found _{number}", position)
        self.expect(":")
        one = self.type()
        self.locals[number] = m.Local(one, None, mutable, self.span() or _NOWHERE)
        return number

    def span(self, mark: str = "@") -> m.Span | None:
        """`@12..15`, where it stands here."""
        if not self.accept(mark):
            return None
        start = self.natural("a position")
        self.expect("..")
        return start, self.natural("a position")

    # Blocks

    def _block_head(self, number: int) -> None:
        position = self.starts[self.at]
        found = self.numbered("block", "bb", f"`bb{number}:` or `}}`")
        if found != number:
            self.fail(f"blocks stand in order: expected bb{number}, found bb{found}", position)
        self.expect(":")

    def block(self) -> m.Block:
        """Statements and the terminator, each with its semicolon."""
        block = m.Block()
        while True:
            one = self.statement()
            self.expect(";")
            if isinstance(one, (m.Assign, m.StorageLive, m.StorageDead, m.FakeRead)):
                block.statements.append(one)
            else:
                block.terminator = one
                return block

    def statement(self) -> m.Statement | m.Terminator:
        parse = _STATEMENTS.get(self.word) if self.kind == "path" else None
        if parse is not None:
            self.take()
            return parse(self)
        if self.kind != "local" and self.word != "(":
            self.expected("a statement or a terminator")
        place = self.place()
        self.expect("=")
        if self.word in ("copy", "move", "const"):
            operand = self.operand()
            if self.word == "(":
                return self.call(place, operand)
            rvalue: m.Rvalue = self.cast(operand) if self.word == "as" else m.Use(operand)
        else:
            rvalue = self.rvalue()
        return m.Assign(place, rvalue, self.span() or _NOWHERE)

    def live(self) -> m.Statement:
        return m.StorageLive(self.local_number())

    def dead(self) -> m.Statement:
        return m.StorageDead(self.local_number(), self.span() or _NOWHERE)

    def read(self) -> m.Statement:
        return m.FakeRead(self.place(), self.span() or _NOWHERE)

    def goto(self) -> m.Terminator:
        return m.Goto(self.target())

    def switch(self) -> m.Terminator:
        operand = self.operand()
        values: list[int] = []
        targets: list[int] = []
        otherwise: int | None = None

        def arm() -> None:
            nonlocal otherwise
            if otherwise is not None:
                self.expected("`]` after `otherwise`")
            if self.accept("otherwise"):
                self.expect(":")
                otherwise = self.target()
                return
            values.append(self.integer("a value or `otherwise`"))
            self.expect(":")
            targets.append(self.target())

        self.expect("->")
        self.expect("[")
        self.separated("]", arm)
        return m.Switch(operand, values, targets, otherwise)

    def drop(self) -> m.Terminator:
        place = self.place()
        self.expect("->")
        return m.Drop(place, self.target(), self.span() or _NOWHERE)

    def call(self, place: m.Place, function: m.Operand) -> m.Terminator:
        self.expect("(")
        arguments = self.separated(")", self.operand)
        self.expect("->")
        target = None if self.accept("never") else self.target()
        span = self.span() or _NOWHERE
        location = None
        if self.accept("blames"):
            location = self.span()
            if location is None:
                self.expected("`@`")
        return m.Call(function, arguments, place, target, span, location)

    def target(self) -> int:
        return self._use("block", "bb", "a block")

    def local_number(self) -> int:
        return self._use("local", "_", "a local")

    def _use(self, kind: str, prefix: str, what: str) -> int:
        position = self.starts[self.at]
        number = self.numbered(kind, prefix, what)
        self.used.append((prefix, number, position))
        return number

    # Places

    def place(self) -> m.Place:
        """`_1`, `(*P)`, `(P.0: type)`, `(P as 1)`, `P[_2]`, `P[3]`, `P[-1]`, `P[1..-2]`."""
        found: m.Place = self.deeper(self._place)
        return found

    def _place(self) -> m.Place:
        if self.accept("("):
            place = self._parenthesised()
            self.expect(")")
        elif self.kind == "local":
            place = m.Place(self.local_number())
        else:
            self.expected("a place")
        steps = list(place.projection)
        while self.accept("["):
            steps.append(self._index())
            self.expect("]")
        return m.Place(place.local, tuple(steps))

    def _parenthesised(self) -> m.Place:
        if self.accept("*"):
            return self.place().deref()
        place = self.place()
        if self.accept("as"):
            return place.downcast(self.natural("the number of a variant"))
        if not self.accept("."):
            self.expected("`.` and a field, or `as` and a variant")
        field = self.natural("the number of a field")
        self.expect(":")
        return place.field(field, self.type())

    def _index(self) -> m.Projection:
        if self.kind == "local":
            return (m.INDEX, self.local_number())
        from_end = self.word.startswith("-")
        number = abs(self.integer("an index"))
        if from_end or not self.accept(".."):
            return (m.CONSTANT_INDEX, number, from_end)
        if not self.word.startswith("-"):
            self.expected("the number of elements left out at the end, as `-0`")
        return (m.SUBSLICE, number, -self.integer("a number"))

    # Operands and rvalues

    def operand(self) -> m.Operand:
        if self.word in ("copy", "move"):
            kind = m.Copy if self.take() == "copy" else m.Move
            span = self.span()
            return kind(self.place(), span)
        if not self.accept("const"):
            self.expected("`copy`, `move` or `const`")
        return self.constant()

    def constant(self) -> m.Constant:
        kind, word = self.kind, self.word
        value: int | float | bytes | Ty | object
        if kind == "bytes":
            value = self.bytes()
        elif kind == "integer":
            value = self.integer("a number")
        elif kind == "float" or word in ("inf", "nan"):
            value = _float(self.take())
        elif word == "static":
            self.take()
            start = self.starts[self.at]
            value = self.look_up("const", self.item(), start)
        else:
            one = self.type()
            if one.kind != ty.PARAM or not self.accept(":"):
                return m.Constant(one)
            return m.Constant(self.type(), one)
        self.expect(":")
        start = self.starts[self.at]
        one = self.type()
        _check_value(self, value, one, start)
        return m.Constant(one, value)

    def cast(self, operand: m.Operand) -> m.Rvalue:
        self.expect("as")
        one = self.type()
        self.expect("(")
        if self.word not in m.CAST_KINDS:
            self.expected(f"a kind of cast ({', '.join(m.CAST_KINDS)})")
        kind = self.take()
        self.expect(")")
        return m.Cast(kind, operand, one)

    def rvalue(self) -> m.Rvalue:
        word = self.word
        if self.kind == "path" and self.ahead() == "(":
            return self.operation()
        if word == "[" and self.ahead() in ("copy", "move", "const"):
            self.take()
            operand = self.operand()
            self.expect(";")
            count = self.type()
            self.expect("]")
            return m.Repeat(operand, count)
        if self.accept("&"):
            kind = _REFERENCES.get(self.word, "shared")
            if kind != "shared":
                self.take()
            return m.Ref(kind, self.place())
        return self.aggregate()

    def operation(self) -> m.Rvalue:
        position = self.starts[self.at]
        name = self.take()
        self.expect("(")
        if name in ("len", "discriminant"):
            place = self.place()
            self.expect(")")
            return m.Len(place) if name == "len" else m.Discriminant(place)
        operands = self.separated(")", self.operand)
        if name in m.BINARY_OPS and len(operands) == 2:
            return m.BinaryOp(name, operands[0], operands[1])
        if name in _UNARY and len(operands) == 1:
            return m.UnaryOp(name, operands[0])
        wanted = 2 if name in m.BINARY_OPS else 1
        if name in (*m.BINARY_OPS, *_UNARY):
            self.fail(f"`{name}` takes {wanted} operands, {len(operands)} are given", position)
        known = ", ".join(("len", "discriminant", *_UNARY, *m.BINARY_OPS))
        return self.fail(f"there is no operation `{name}`; there are {known}", position)

    def aggregate(self) -> m.Rvalue:
        if self.kind == "path" and self.word not in (*ty.PRIMITIVES, "fn", "dyn"):
            definition, variant = self.variant_path()
            one = self.adt(definition)
            if variant < 0:
                variant = self.variant_after(definition)
        else:
            if self.kind not in ("path", "mark"):
                self.expected("a place, a value or an operation")
            position = self.starts[self.at]
            one, variant = self.type(), 0
            if one.kind not in (ty.TUPLE, ty.ARRAY, ty.CLOSURE):
                self.fail(f"{ty.show(one)} is no aggregate", position)
        self.expect("{")
        return m.Aggregate(one, self.separated("}", self.operand), variant)


def _float(word: str) -> float:
    return math.copysign(math.nan, -1.0) if word == "-nan" else float(word)


def _check_value(reader: Reader, value: object, one: Ty, position: int) -> None:
    """A constant's value must be one of its type."""
    if isinstance(value, bytes):
        fits = one.kind == ty.REF
    elif isinstance(value, float):
        fits = one.kind == ty.FLOAT
    elif isinstance(value, int):
        if one.kind == ty.INT:
            bits, signed = one.data[:2]
            low, high = (-(1 << bits - 1), 1 << bits - 1) if signed else (0, 1 << bits)
            if not low <= value < high:
                reader.fail(f"{value} is no {ty.show(one)}: the legal range is {low} to {high - 1}", position)
        fits = one.kind in (ty.INT, ty.FLOAT) or (one.kind == ty.BOOL and value in (0, 1))
        fits = fits or (one.kind == ty.CHAR and 0 <= value < 0x110000 and not 0xD800 <= value < 0xE000)
    else:
        fits = one.kind in (ty.REF, ty.RAW)
    if not fits:
        reader.fail(f"the value is no {ty.show(one)}", position)


_STATEMENTS: Final[dict[str, Callable[[_BodyReader], m.Statement | m.Terminator]]] = {
    "live": _BodyReader.live,
    "dead": _BodyReader.dead,
    "read": _BodyReader.read,
    "goto": _BodyReader.goto,
    "switch": _BodyReader.switch,
    "drop": _BodyReader.drop,
    "return": lambda reader: m.Return(),
    "unreachable": lambda reader: m.Unreachable(),
}


def parse_bodies(text: str, names: Names) -> list[m.Body]:
    """The bodies in a text, in order; what they name must be in the program that `names` knows.

    Raises:
        MirSyntaxError: with the line, the column, and what was expected there.
    """
    reader = _BodyReader(text, names)
    bodies = []
    while reader.kind != "end":
        bodies.append(reader.body())
    return bodies


def parse_body(text: str, compilation: Compilation) -> m.Body:
    """The only body in a text.

    Raises:
        MirSyntaxError: with the line, the column, and what was expected there; or there are several bodies.
    """
    reader = _BodyReader(text, Names(compilation))
    body = reader.body()
    if reader.kind != "end":
        reader.expected("the end")
    return body
