"""Development builds: each function is encoded as soon as it is lowered, and can be used again by the next build.

What other functions decide about a function's code is not in its bytes: numbers of called functions, addresses of data,
indices of the table, of types, of globals. While a function is lowered, each question of this kind to the program is an
*event*, and its answer, where the code has it, a gap between two pieces of the code. A function of an earlier build
whose MIR is still the same is not lowered again: its events are asked again in the same order, and the gaps are filled
with the answers. So a build gives the same bytes whatever it had from an earlier one, and `Program` gives them, too.

| event | answer |
|---|---|
| request(key) | (the function with the key is wanted) |
| bytes_address(content), location(span) | an address |
| static_address(static), vtable(concrete, dyn) | an address |
| vtable_slot(dyn, definition, args) | (the method is called); the same in every build |
| table_index(key), type_index(type), global_index(name, type) | an index |
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from engines.rustwasm.lower_linear.alike import Alike
from engines.rustwasm.lower_linear.layout import Layouts
from engines.rustwasm.lower_linear.linked import Linked, Number
from engines.rustwasm.lower_linear.program import PROFILES, Program, key_name
from engines.rustwasm.mir.instances import Instances
from engines.rustwasm.release.tree import Block, If, Node, Tree, extra_results
from engines.rustwasm.typing.definitions import FnDef
from engines.rustwasm.typing.types import Ty
from engines.rustwasm.wasm import types as w
from engines.rustwasm.wasm.binary.encoder import encode, instruction, value_type
from engines.rustwasm.wasm.leb128 import signed, unsigned
from engines.rustwasm.wasm.module import Function
from engines.rustwasm.wasm.ops import OPERATIONS
from engines.rustwasm.wasm.types import FunctionType

if TYPE_CHECKING:
    from engines.rustwasm.compilation import Compilation
    from engines.rustwasm.lower_linear.library_instances import LibraryInstances
    from engines.rustwasm.mir import body as m

CALL: Final = 0
ADDRESS: Final = 1
INDEX: Final = 2
"""What fills a gap: the number of the function with a key, or what an event gave, as a constant or as an index."""

_END: Final = 0x0B
_ELSE: Final = 0x05
_IF: Final = 0x04
_CODES: Final = {"block": 0x02, "loop": 0x03, "br": 0x0C, "br_if": 0x0D}
_CALL_CODE: Final = 0x10
_DROP_CODE: Final = 0x1A
_CALL_INDIRECT_CODE: Final = 0x11
_GLOBAL_CODES: Final = {"global.get": 0x23, "global.set": 0x24}
_CONST_CODE: Final = 0x41
_LOCAL_GET: Final = "local.get"
_LOCAL_SET: Final = "local.set"
_I32_CONST: Final = "i32.const"
_STRUCTURED: Final = "structured"
_SMALL: Final = 128
_GETS: Final = [instruction(("local.get", number)) for number in range(_SMALL)]
_SETS: Final = [instruction(("local.set", number)) for number in range(_SMALL)]

_encoded: dict[str, dict[tuple[Any, ...], bytes]] = {}
"""Encoded operations by name and immediates."""
_constants: dict[int, bytes] = {}
"""Encoded `i32.const` by value."""
_ENCODED_LIMIT: Final = 1 << 15
"""So many of one name at most."""


class Lowered:
    """One function's code with gaps.

    Attributes:
        events: what was asked while it was lowered, in order, and `answers` what the last build answered.
        pieces: the bytes of its code entry after the size, `gaps` what stands between them, as indices into `slots`.
        slots: `(CALL, key, 0)`, or `(ADDRESS or INDEX, event, addend)`.
        source: the generic MIR that it was made of, None where none was.
    """

    __slots__ = ("answers", "code", "events", "gaps", "name", "pieces", "slots", "source", "type", "values")

    def __init__(self, source: m.Body | None, type_: FunctionType, name: str) -> None:
        self.source = source
        self.type = type_
        self.name = name
        self.events: list[tuple[Any, ...]] = []
        self.answers: list[int] = []
        self.pieces: list[bytes] = []
        self.gaps: list[int] = []
        self.slots: list[tuple[int, Any, int]] = []
        self.values: list[bytes] = []
        self.code = b""

    def filled(self, numbers: dict[Any, int]) -> bytes:
        """The code entry (WebAssembly 3.0 §5.5.13) with the answers of this build and these numbers of functions."""
        answers = self.answers
        values = []
        for kind, what, addend in self.slots:
            if kind == CALL:
                values.append(unsigned(numbers[what]))
            elif kind == ADDRESS:
                values.append(signed(answers[what] + addend))
            else:
                values.append(unsigned(answers[what] + addend))
        if values != self.values or not self.code:
            whole = [b""] * (2 * len(self.gaps) + 1)
            whole[::2] = self.pieces
            whole[1::2] = [values[gap] for gap in self.gaps]
            body = b"".join(whole)
            self.values = values
            self.code = unsigned(len(body)) + body
        return self.code


class _Writer:
    """Encodes a tree; what is not known yet becomes a gap."""

    def __init__(self) -> None:
        self.out = bytearray()
        self.pieces: list[bytes] = []
        self.gaps: list[int] = []
        self.slots: dict[tuple[int, Any, int], int] = {}
        self.labels: list[int] = []

    def gap(self, kind: int, what: Any, addend: int) -> None:
        self.pieces.append(bytes(self.out))
        self.out.clear()
        slot = (kind, what, addend)
        self.gaps.append(self.slots.setdefault(slot, len(self.slots)))

    def function(self, tree: Tree) -> None:
        runs: list[bytes] = []
        last: Any = None
        count = 0
        for type_ in tree.locals[tree.parameters :]:
            if type_ != last:
                if count:
                    runs.append(unsigned(count) + value_type(last))
                last, count = type_, 0
            count += 1
        if count:
            runs.append(unsigned(count) + value_type(last))
        self.out += unsigned(len(runs)) + b"".join(runs)
        self.nodes(tree.body)
        self.out.append(_END)
        self.pieces.append(bytes(self.out))

    def nodes(self, nodes: list[Node]) -> None:
        """Statements, or operands, one after the other."""
        out = self.out
        for node in nodes:
            name = node.op
            if name == _LOCAL_GET:
                number = node.imm[0]
                if number < _SMALL:
                    out += _GETS[number]
                    continue
            elif name == _I32_CONST:
                value = node.imm[0]
                if type(value) is int:
                    code = _constants.get(value)
                    if code is not None:
                        out += code
                        continue
            elif node.args:
                self.nodes(node.args)
                if name == _LOCAL_SET:
                    number = node.imm[0]
                    if number < _SMALL:
                        out += _SETS[number]
                        continue
            how = _HOW.get(name)
            if how is None:
                self.plain(name, node.imm)
            elif isinstance(how, bytes):
                out += how
            elif how is _STRUCTURED:
                self.structured(node)
            elif not how(self, node):
                self.plain(name, node.imm)

    def structured(self, node: Node) -> None:
        out = self.out
        type_ = b"\x40" if node.type is None else value_type(node.type)
        if isinstance(node, Block):
            out.append(_CODES[node.op])
            out += type_
            self.labels.append(node.label)
            self.nodes(node.body)
        else:
            assert isinstance(node, If)
            out.append(_IF)
            out += type_
            self.labels.append(-1)
            self.nodes(node.then)
            if node.other:
                self.out.append(_ELSE)
                self.nodes(node.other)
        self.out.append(_END)
        self.labels.pop()

    def plain(self, name: str, imm: tuple[Any, ...]) -> None:
        known = _encoded.get(name)
        if known is None:
            known = _encoded[name] = {}
        found = known.get(imm)
        if found is None:
            if len(known) >= _ENCODED_LIMIT:
                known.clear()
            found = known[imm] = instruction((name, *imm))
        self.out += found

    def depth(self, label: int) -> bytes:
        return unsigned(self.labels[::-1].index(label))

    # Operations whose immediates are labels or may be unknown; each says whether it was written.

    def branch(self, node: Node) -> bool:
        self.out.append(_CODES[node.op])
        self.out += self.depth(node.imm[0])
        return True

    def branch_table(self, node: Node) -> bool:
        labels, default = node.imm
        self.out += b"\x0e" + unsigned(len(labels)) + b"".join([self.depth(one) for one in labels])
        self.out += self.depth(default)
        return True

    def call(self, node: Node) -> bool:
        self.out.append(_CALL_CODE)
        self.gap(CALL, node.imm[0], 0)
        self.more_results(node)
        return True

    def call_indirect(self, node: Node) -> bool:
        self.out.append(_CALL_INDIRECT_CODE)
        self.number(INDEX, node.imm[0])
        self.out += unsigned(node.imm[1])
        self.more_results(node)
        return True

    def more_results(self, node: Node) -> None:
        if len(node.imm) < 2:
            return
        for local in reversed(extra_results(node)):
            if local >= 0:
                self.plain(_LOCAL_SET, (local,))
            else:
                self.out.append(_DROP_CODE)

    def constant(self, node: Node) -> bool:
        value = node.imm[0]
        if type(value) is int:
            code = instruction((_I32_CONST, value))
            if len(_constants) < _ENCODED_LIMIT:
                _constants[value] = code
            self.out += code
            return True
        self.out.append(_CONST_CODE)
        self.number(ADDRESS, value)
        return True

    def of_global(self, node: Node) -> bool:
        self.out.append(_GLOBAL_CODES[node.op])
        self.number(INDEX, node.imm[0])
        return True

    def number(self, kind: int, value: Number) -> None:
        if isinstance(value, Linked):
            self.gap(kind, value.event, value.addend)
        else:
            self.out += signed(value) if kind == ADDRESS else unsigned(value)


_SPECIAL: Final = {
    "br": _Writer.branch,
    "br_if": _Writer.branch,
    "br_table": _Writer.branch_table,
    "call": _Writer.call,
    "call_indirect": _Writer.call_indirect,
    "i32.const": _Writer.constant,
    "global.get": _Writer.of_global,
    "global.set": _Writer.of_global,
}
_HOW: Final[dict[str, Any]] = {
    **{name: instruction((name,)) for name, one in OPERATIONS.items() if not one.immediates},
    **dict.fromkeys(("block", "loop", "if"), _STRUCTURED),
    **_SPECIAL,
}
"""How an operation is written: as these bytes, with what is inside, or by a function. Any other is its immediates."""


class Kept:
    """What one build leaves to the next of the same compilation, some of whose bodies may have changed meanwhile."""

    def __init__(self, compilation: Compilation) -> None:
        self.compilation = compilation
        self.instances = Instances(compilation)
        self.functions: dict[Any, Lowered] = {}
        self.drops: dict[Ty, bool] = {}
        self.layouts: Layouts | None = None
        self.alike = Alike()
        self.reused = 0
        """Functions of the last build that were not lowered anew."""


class DevelopmentProgram(Program):
    """A program whose functions are encoded one by one, those of `kept` that are still right not lowered again."""

    def __init__(self, kept: Kept) -> None:
        super().__init__(kept.compilation, PROFILES["dev"])
        self.kept = kept
        self.instances = kept.instances
        self._drops = kept.drops
        if kept.layouts is None:
            kept.layouts = self.layouts
        self.layouts = kept.layouts
        self.layouts.ask(self._fields)
        base = kept.compilation.base
        known = None if base is None else base.instances
        self.known: LibraryInstances | None = known
        self.functions: dict[Any, Lowered] = {}
        self._events: dict[tuple[Any, ...], Number] | None = None
        """The events of the function that is being lowered and their answers, tied to their places; None while one is
        answered."""

    # Events

    def _asked(self, event: tuple[Any, ...]) -> Number:
        """The answer, tied to the event if a function is being lowered."""
        events = self._events
        if events is None:
            return self._answer(event)
        tied = events.get(event)
        if tied is None:
            self._events = None
            answer = self._answer(event)
            self._events = events
            tied = events[event] = Linked(answer, len(events))
        return tied

    def _answer(self, event: tuple[Any, ...]) -> int:
        answer: int = _ANSWERS[event[0]](self, *event[1:])
        return answer

    def request(self, key: Any) -> None:
        events = self._events
        if events is None:
            super().request(key)
            return
        event = ("request", key)
        if event not in events:
            self._events = None
            super().request(key)
            self._events = events
            events[event] = 0

    def table_index(self, key: Any) -> Number:
        return self._asked(("table", key))

    def type_index(self, type_: FunctionType) -> Number:
        return self._asked(("type", type_))

    def global_index(self, name: Any, type_: int) -> Number:
        return self._asked(("global", name, type_))

    def bytes_address(self, content: bytes) -> Node:
        return Node("i32.const", (self._asked(("bytes", content)),), (), w.I32)

    def location(self, span: m.Span) -> Node:
        return Node("i32.const", (self._asked(("location", span[0])),), (), w.I32)

    def static_address(self, static: Any) -> Node:
        return Node("i32.const", (self._asked(("static", static)),), (), w.I32)

    def vtable(self, concrete: Ty, dyn: Ty) -> Number:
        return self._asked(("vtable", concrete, dyn))

    def vtable_slot(self, dyn: Ty, definition: FnDef, args: tuple[Ty, ...]) -> int:
        return int(self._asked(("slot", dyn, definition, args)))

    def reserve(self, count: int, alignment: int) -> int:
        if self._events is not None:
            raise AssertionError("a function that may be used again has to reserve memory by an event")
        return super().reserve(count, alignment)

    # Functions

    def drain(self) -> None:
        while self.pending:
            key = self.pending.pop()
            self.functions[key] = self._of_library(key) or self._reused(key) or self._fresh(key)

    def _source(self, key: Any) -> m.Body | None:
        return self.compilation.body_of(key[1]) if key[0] == "fn" else None

    def _reused(self, key: Any) -> Lowered | None:
        found = self.kept.functions.get(key)
        if found is None or key[0] == "runtime" or found.source is not self._source(key):
            return None
        if "closure@" in found.name:
            found.name = key_name(key)  # says the closure's line, which may be another now
        return self._asked_again(found)

    def _of_library(self, key: Any) -> Lowered | None:
        """The function as other programs have it, if it is the library's."""
        if self.known is None or key[0] == "runtime":
            return None
        found = self.known.find(key)
        return None if found is None else self._asked_again(found)

    def _asked_again(self, found: Lowered) -> Lowered:
        answer = self._answer
        found.answers = [answer(event) for event in found.events]
        self.kept.reused += 1
        return found

    def _fresh(self, key: Any) -> Lowered:
        if key[0] == "runtime":
            return self._written(key, *self._lowered(key))
        instance = self.kept.alike.find(self, key, self._source(key))
        if instance is not None and instance.like is not None:
            return self._like(key, instance.like, instance.events)
        events: dict[tuple[Any, ...], Number] = {}
        self._events = events
        try:
            made = self._written(key, *self._lowered(key))
        finally:
            self._events = None
        made.events = list(events)
        made.answers = [int(answer) for answer in events.values()]
        if instance is not None:
            self.kept.alike.keep(self, instance, made, made.events)
        if self.known is not None:
            self.known.keep(key, made)
        return made

    def _like(self, key: Any, first: Lowered, events: list[tuple[Any, ...]]) -> Lowered:
        """The function with this key, whose code is that of another, with these events in place of its."""
        made = Lowered(first.source, first.type, key_name(key))
        made.events, made.pieces, made.gaps = events, first.pieces, first.gaps
        called = {old[1]: new[1] for old, new in zip(first.events, events, strict=True) if old[0] == "request"}
        made.slots = [
            (kind, called[what], addend) if kind == CALL else (kind, what, addend) for kind, what, addend in first.slots
        ]
        answer = self._answer
        made.answers = [answer(event) for event in events]
        if self.known is not None:
            self.known.keep(key, made)
        return made

    def _written(self, key: Any, tree: Tree, parameters: tuple[w.ValueType, ...]) -> Lowered:
        writer = _Writer()
        writer.function(tree)
        made = Lowered(self._source(key), FunctionType(parameters, tuple(tree.results)), key_name(key))
        made.pieces, made.gaps, made.slots = writer.pieces, writer.gaps, list(writer.slots)
        return made

    def initialise(self) -> None:
        super().initialise()
        if ("statics",) in self.trees:
            self.functions["statics",] = self._written(("statics",), *self.trees.pop(("statics",)))

    def start(self, main: FnDef) -> None:
        super().start(main)
        self.functions["start",] = self._written(("start",), *self.trees.pop(("start",)))

    def encoded(self, exports: list[tuple[str, Any]], names: bool) -> bytes:
        """The module's bytes, with or without the names of functions."""
        kept = {key: one.name for key, one in self.functions.items()}
        numbers = self.numbers(list(kept))
        functions = [Function(self.type_index(one.type)) for one in self.functions.values()]
        module = self.assembled(functions, kept, numbers, exports, bool(self.imports))
        if not names:
            module.names = type(module.names)()
        self.kept.functions = self.functions
        return encode(module, [one.filled(numbers) for one in self.functions.values()])


def _requested(program: Program, key: Any) -> int:
    Program.request(program, key)
    return 0


_ANSWERS: Final[dict[str, Any]] = {
    "request": _requested,
    "table": Program.table_index,
    "type": Program.type_index,
    "global": Program.global_index,
    "bytes": lambda program, content: Program.bytes_address(program, content).imm[0],
    "location": lambda program, start: Program.location(program, (start, start)).imm[0],
    "static": lambda program, static: Program.static_address(program, static).imm[0],
    "vtable": Program.vtable,
    "slot": Program.vtable_slot,
}


def build(kept: Kept, names: bool = True) -> bytes:
    """The development build of a checked program, what `kept` has of an earlier one used again.

    Raises:
        ValueError: the program has no `main`, or a function without a body.
    """
    kept.reused = 0
    program = DevelopmentProgram(kept)
    return program.encoded(program.lower_all(), names)


__all__ = ["DevelopmentProgram", "Kept", "Lowered", "build"]
