"""Tokens of MIR text, and types: what `parser` builds bodies from.

Source: docs/reference/mir.md, "Text".
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from typing import Any, Final, NoReturn

from engines.rustwasm.mir.names import Names, UnknownNameError
from engines.rustwasm.typing import types as ty
from engines.rustwasm.typing.types import Ty

_TOKEN: Final = re.compile(
    r"""(?P<space>(?:\s|//[^\n]*)+)
      | (?P<bytes>b"(?:[^"\\\n]|\\[^\n])*")
      | (?P<string>"(?:[^"\\\n]|\\[^\n])*")
      | (?P<lifetime>'[^\W\d]\w*|'_\w*)
      | (?P<local>_\d+\b)
      | (?P<block>bb\d+\b)
      | (?P<float>-?(?:\d+\.\d+(?:[eE][+-]?\d+)?|\d+[eE][+-]?\d+)|-(?:inf|nan)\b)
      | (?P<integer>-?\d+)
      | (?P<path>[^\W\d]\w*(?:::[^\W\d]\w*)*(?:\$object)?(?:\#\d+)?)
      | (?P<mark>->|=>|::|\.\.|[<>(){}\[\];:,.&*=!@%+])""",
    re.VERBOSE,
)
DIGITS: Final = 60
"""Of a number: more than any type has."""
DEPTH: Final = 200
"""Types and places inside one another."""

_BYTES: Final = re.compile(rb'\\(?:x([0-9a-f]{2})|([nrt"\\]))')
_SIMPLE: Final = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b'"': b'"', b"\\": b"\\"}


class MirSyntaxError(ValueError):
    """The text is no MIR of the program: line and column (both from 1), and what was expected there."""

    def __init__(self, message: str, line: int, column: int) -> None:
        super().__init__(f"line {line}, column {column}: {message}")
        self.line = line
        self.column = column


class Reader:
    """The tokens of a text, one after the other. `names` says what definitions are called; `scope` are the names of
    the type parameters."""

    def __init__(self, text: str, names: Names) -> None:
        self.text = text
        self.names = names
        self.scope: Sequence[str] = ()
        self.kinds: list[str] = []
        self.starts: list[int] = []
        self.ends: list[int] = []
        self.at = 0
        self.depth = 0
        position = 0
        while position < len(text):
            found = _TOKEN.match(text, position)
            if found is None:
                self.fail(f"no token begins with {text[position]!r}", position)
            if found.lastgroup != "space":
                self.kinds.append(str(found.lastgroup))
                self.starts.append(position)
                self.ends.append(found.end())
            position = found.end()
        self.kinds.append("end")
        self.starts.append(len(text))
        self.ends.append(len(text))

    # Tokens

    def fail(self, message: str, position: int | None = None) -> NoReturn:
        """Raises: MirSyntaxError, here or at a position in the text."""
        where = self.starts[self.at] if position is None else position
        line = self.text.count("\n", 0, where) + 1
        raise MirSyntaxError(message, line, where - self.text.rfind("\n", 0, where))

    def expected(self, what: str) -> NoReturn:
        found = self.word
        shown = found if len(found) <= 40 else found[:37] + "..."
        self.fail(f"expected {what}, found {f'`{shown}`' if shown else 'the end'}")

    @property
    def kind(self) -> str:
        return self.kinds[self.at]

    @property
    def word(self) -> str:
        """The text of the token that comes next; empty at the end."""
        return self.text[self.starts[self.at] : self.ends[self.at]]

    def ahead(self, count: int = 1) -> str:
        at = min(self.at + count, len(self.kinds) - 1)
        return self.text[self.starts[at] : self.ends[at]]

    def take(self) -> str:
        word = self.word
        self.at = min(self.at + 1, len(self.kinds) - 1)
        return word

    def accept(self, word: str) -> bool:
        if self.word != word or self.kind in ("string", "bytes"):
            return False
        self.take()
        return True

    def expect(self, word: str) -> None:
        if not self.accept(word):
            self.expected(f"`{word}`")

    def token(self, kind: str, what: str) -> str:
        if self.kind != kind:
            self.expected(what)
        return self.take()

    def integer(self, what: str) -> int:
        if self.kind == "integer" and len(self.word) > DIGITS:
            self.expected(f"{what} of at most {DIGITS} digits")
        return int(self.token("integer", what))

    def natural(self, what: str) -> int:
        if self.word.startswith("-"):
            self.expected(f"{what}, not negative")
        return self.integer(what)

    def numbered(self, kind: str, prefix: str, what: str) -> int:
        """The number of `_1` or `bb1`."""
        if self.kind == kind and len(self.word) > DIGITS:
            self.expected(what)
        return int(self.token(kind, what)[len(prefix) :])

    def separated(self, close: str, one: Callable[[], Any], comma: bool = False) -> list[Any]:
        """What stands between commas up to `close`, which is taken; `comma`: a last comma may stand there."""
        found: list[Any] = []
        while not self.accept(close):
            if found:
                self.expect(",")
                if comma and self.accept(close):
                    break
            found.append(one())
        return found

    def string(self) -> str:
        """A quoted name."""
        shown = self.word
        start = self.starts[self.at]
        self.token("string", "a name in quotes")
        try:
            return str(json.loads(shown))
        except ValueError as error:
            self.fail(f"{shown} is no string: {error}", start)

    def bytes(self) -> bytes:
        """A byte string."""
        shown = self.word
        raw = shown[2:-1].encode("utf-8", "surrogatepass")
        if not raw.isascii() or _BYTES.sub(b"", raw).count(b"\\"):
            self.expected('a byte string whose escapes are \\n, \\r, \\t, \\", \\\\ and \\x00 to \\xff')
        self.take()
        return _BYTES.sub(lambda found: bytes.fromhex(found[1].decode()) if found[1] else _SIMPLE[found[2]], raw)

    def look_up(self, kind: str, text: str, position: int) -> Any:
        try:
            return self.names.find(kind, text)
        except UnknownNameError as error:
            self.fail(str(error), position)

    def deeper(self, one: Callable[[], Any]) -> Any:
        """One level down, of at most `DEPTH`."""
        self.depth += 1
        if self.depth > DEPTH:
            self.fail(f"nested deeper than {DEPTH} levels")
        found = one()
        self.depth -= 1
        return found

    # Names

    def item(self) -> str:
        """The name of a function, up to its arguments: `path`, `const path`, `<Type as Trait>::name`."""
        start = self.starts[self.at]
        if self.accept("const"):
            self.item()
            return self._raw(start)
        if self.word == "{":
            self._balanced("{", "}")
            return self._raw(start)
        if self.word == "<":
            self._balanced("<", ">")
        else:
            self.token("path", "the name of a function")
        while self.word == "::" and self.ahead() != "<":
            self.take()
            self.token("path", "a name")
        return self._raw(start)

    def _raw(self, start: int) -> str:
        return " ".join(self.text[start : self.ends[self.at - 1]].split())

    def _balanced(self, opening: str, closing: str) -> None:
        depth = 0
        while True:
            if self.kind == "end":
                self.expected(f"`{closing}`")
            word = self.take()
            depth += (word == opening) - (word == closing)
            if depth == 0:
                return

    def function(self) -> Any:
        """A function by its name; that of a closure's body is the closure's."""
        start = self.starts[self.at]
        if self.word == "{" and self.ahead() == "closure":
            self.take()
            closure = self._closure()
            self.expect("}")
            return closure.body
        return self.look_up("fn", self.item(), start)

    def _numbered_of(self, what: str) -> tuple[int, Any]:
        self.expect(what)
        number = self.natural("a number")
        self.expect("of")
        return number, self.deeper(self.function)

    def _closure(self) -> Any:
        start = self.starts[self.at]
        number, function = self._numbered_of("closure")
        try:
            return self.names.find_closure(number, function)
        except UnknownNameError as error:
            self.fail(str(error), start)

    # Types

    def type(self) -> Ty:
        """A type."""
        found: Ty = self.deeper(self._type)
        return found

    def _type(self) -> Ty:
        word, kind = self.word, self.kind
        if kind == "path":
            if word in ty.PRIMITIVES:
                self.take()
                return ty.PRIMITIVES[word]
            if word == "fn":
                return self._fn_pointer()
            if word == "dyn":
                return self._dyn()
            start = self.starts[self.at]
            return self.adt(self.look_up("type", self.take(), start))
        if kind == "integer":
            return ty.const(self.integer("a number"))
        parse = _TYPES.get(word)
        if parse is None:
            self.expected("a type")
        return parse(self)

    def adt(self, definition: Any) -> Ty:
        """A struct or enum whose name was read, with its arguments."""
        regions: list[str] = []
        args: list[Ty] = []

        def one() -> None:
            if self.kind == "lifetime" and not args:
                word = self.take()
                regions.append("" if word == "'_" else word)
            else:
                args.append(self.type())

        start = self.starts[self.at]
        if self.accept("<"):
            self.separated(">", one)
        self.names.compilation.collector.ensure_generics(definition)
        wanted = len(definition.generics.names)
        if len(args) != wanted:
            self.fail(f"`{definition.name}` takes {wanted} arguments, {len(args)} are given", start)
        if regions and len(regions) != len(definition.lifetimes):
            self.fail(f"`{definition.name}` has {len(definition.lifetimes)} lifetimes", start)
        return ty.adt(definition, tuple(args), tuple(regions) if regions else None)

    def turbofish(self) -> tuple[Ty, ...]:
        if self.word != "::" or self.ahead() != "<":
            return ()
        self.take()
        self.take()
        return tuple(self.separated(">", self.type))

    def _never(self) -> Ty:
        self.take()
        return ty.NEVER_TY

    def _reference(self) -> Ty:
        self.take()
        lifetime = self.take() if self.kind == "lifetime" else ""
        mutable = self.accept("mut")
        return ty.ref(self.type(), mutable, lifetime)

    def _pointer(self) -> Ty:
        self.take()
        if self.word not in ("mut", "const"):
            self.expected("`mut` or `const`")
        mutable = self.take() == "mut"
        return ty.raw(self.type(), mutable)

    def _sequence(self) -> Ty:
        self.take()
        element = self.type()
        if self.accept("]"):
            return ty.slice_of(element)
        if not self.accept(";"):
            self.expected("`;` or `]`")
        start = self.starts[self.at]
        length = self.type()
        if length.kind not in (ty.CONST, ty.PARAM):
            self.fail("the length of an array is a number or a parameter", start)
        self.expect("]")
        return ty.array(element, length)

    def _tuple(self) -> Ty:
        self.take()
        elements = []
        while not self.accept(")"):
            elements.append(self.type())
            if self.accept(")"):
                if len(elements) == 1:
                    self.at -= 1
                    self.expected("`,` after the only element of a tuple")
                break
            self.expect(",")
        return ty.tuple_of(tuple(elements))

    def _fn_pointer(self) -> Ty:
        self.take()
        self.expect("(")
        parameters = tuple(self.separated(")", self.type))
        return ty.fn_ptr(parameters, self.type() if self.accept("->") else ty.UNIT)

    def _trait(self) -> tuple[Any, list[Ty], list[str]]:
        """A trait with arguments, those of associated types last, and the names of these."""
        start = self.starts[self.at]
        trait = self.look_up("trait", self.token("path", "the name of a trait"), start)
        args: list[Ty] = []
        bound: list[str] = []

        def one() -> None:
            if self.kind == "path" and self.ahead() == "=":
                bound.append(self.take())
                self.take()
            elif bound:
                self.expected("the name of an associated type")
            args.append(self.type())

        if self.accept("<"):
            self.separated(">", one)
        self.names.compilation.collector.ensure_generics(trait)
        wanted = len(trait.generics.names) - 1
        if len(args) - len(bound) != wanted:
            self.fail(f"`{trait.name}` takes {wanted} arguments, {len(args) - len(bound)} are given", start)
        return trait, args, bound

    def _dyn(self) -> Ty:
        self.take()
        trait, args, bound = self._trait()
        region = self.token("lifetime", "a lifetime") if self.accept("+") else ""
        return ty.dyn(trait, tuple(bound), tuple(args), region)

    def _projection(self) -> Ty:
        self.take()
        subject = self.type()
        self.expect("as")
        start = self.starts[self.at]
        trait, args, bound = self._trait()
        self.expect(">")
        self.expect("::")
        name = self.token("path", "the name of an associated type")
        if bound or not any(name in one.assoc_types for one in [trait]):
            self.fail(f"`{trait.name}` has no associated type `{name}`", start)
        return ty.projection(trait, name, (subject, *args))

    def _param(self) -> Ty:
        start = self.starts[self.at]
        self.take()
        if self.kind == "integer":
            index = self.natural("a number")
            name = self.string()
            if index >= 1 << 16:
                self.fail(f"there are no {index} parameters", start)
            return ty.param(index, name)
        name = self.token("path", "the name of a parameter")
        if list(self.scope).count(name) != 1:
            known = ", ".join(self.scope) or "none"
            self.fail(f"no type parameter is called `{name}`; there are: {known}", start)
        return ty.param(list(self.scope).index(name), name)

    def _item_type(self) -> Ty:
        start = self.starts[self.at]
        self.take()
        word = self.word
        if word == "fn":
            self.take()
            found = ty.intern(ty.FNDEF, self.deeper(self.function), self.turbofish())
        elif word == "const":
            self.take()
            found = ty.intern(ty.FNDEF, self.look_up("const", self.item(), start), self.turbofish())
        elif word == "ctor":
            self.take()
            definition, variant = self.variant_path()
            variant = self._one_more_segment(definition, variant)
            found = ty.intern(ty.FNDEF, definition.variants[variant], self.turbofish())
        elif word == "closure":
            closure = self._closure()
            found = ty.intern(ty.CLOSURE, closure, self.turbofish())
        elif word == "impl":
            number, function = self._numbered_of("impl")
            try:
                opaque = self.names.find_opaque(number, function)
            except UnknownNameError as error:
                self.fail(str(error), start)
            found = ty.intern(ty.OPAQUE, opaque, self.turbofish())
        else:
            self.expected("`fn`, `const`, `ctor`, `closure` or `impl`")
        self.expect("}")
        return found

    # Variants

    def variant_path(self) -> tuple[Any, int]:
        """A struct or enum by its path, and the variant if the path names one (-1 if not, 0 of a struct)."""
        start = self.starts[self.at]
        text = self.token("path", "a struct or a variant")
        try:
            definition = self.names.find("type", text)
            return definition, -1 if definition.is_enum else 0
        except UnknownNameError:
            outer, _, name = text.rpartition("::")
            if not outer:
                self.look_up("type", text, start)
            definition = self.look_up("type", outer, start)
            return definition, self._variant(definition, name, start)

    def variant_after(self, definition: Any) -> int:
        """The variant of `::Name`; 0 of a struct."""
        if not definition.is_enum:
            return 0
        self.expect("::")
        start = self.starts[self.at]
        return self._variant(definition, self.token("path", "the name of a variant"), start)

    def _one_more_segment(self, definition: Any, variant: int) -> int:
        return self.variant_after(definition) if variant < 0 else variant

    def _variant(self, definition: Any, name: str, position: int) -> int:
        for variant in definition.variants if definition.is_enum else ():
            if variant.name == name:
                return int(variant.index)
        return self.fail(f"`{definition.name}` has no variant `{name}`", position)


_TYPES: Final[dict[str, Callable[[Reader], Ty]]] = {
    "!": Reader._never,
    "&": Reader._reference,
    "*": Reader._pointer,
    "[": Reader._sequence,
    "(": Reader._tuple,
    "<": Reader._projection,
    "%": Reader._param,
    "{": Reader._item_type,
}
