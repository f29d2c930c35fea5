"""A whole program: which functions it needs, its data, its table, its memory; put together as a Wasm module.

Functions have keys, and are lowered when something first calls them:

| key | function |
|---|---|
| ("fn", definition, types) | a concrete function |
| ("glue", type) | drops the value that the first parameter points to |
| ("method", definition, types) | a method for a vtable: the receiver is a thin pointer |
| ("pointer", item type, (parameter types, result type)) | a function item or closure as a function pointer |
| ("runtime", name) | see `runtime` |
| ("import", name) | a function of WASI preview 1 |

Memory: 16 bytes of scratch, constants and statics, the shadow stack (only if some function has a frame), the heap.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from engines.rustwasm.entry import entry_of
from engines.rustwasm.lower_linear import nodes as n
from engines.rustwasm.lower_linear import runtime
from engines.rustwasm.lower_linear.devirtualise import VirtualCalls
from engines.rustwasm.lower_linear.drops import element_glue, glue_body
from engines.rustwasm.lower_linear.function import FunctionLowering
from engines.rustwasm.lower_linear.layout import Layout, Layouts, pointee_is_fat
from engines.rustwasm.lower_linear.linked import Number
from engines.rustwasm.lower_linear.made_bodies import pass_on, pointer_body
from engines.rustwasm.lower_linear.requests import Requests
from engines.rustwasm.mir import body as m
from engines.rustwasm.mir.instances import Instances, Method
from engines.rustwasm.mir.scopes import needs_drop
from engines.rustwasm.release.tree import Node, Tree, fell, walk
from engines.rustwasm.resolve.modules import VALUES
from engines.rustwasm.typing import types as t
from engines.rustwasm.typing.definitions import FnDef
from engines.rustwasm.typing.types import Ty
from engines.rustwasm.wasm import types as w
from engines.rustwasm.wasm.module import (
    Data,
    Element,
    Export,
    ExternKind,
    Function,
    Global,
    Import,
    Module,
    Names,
    SegmentMode,
    Table,
)

if TYPE_CHECKING:
    from engines.rustwasm.compilation import Compilation
    from engines.rustwasm.debug.origins import Origin, Origins

STACK: Final = "stack"
"""The name of the global that points to the shadow stack."""

HEAP: Final = "heap"
"""The name of the global that says where memory blocks were never made."""

STACK_BYTES: Final = 1 << 20
PAGE: Final = 1 << 16
SCRATCH_BYTES: Final = 16


@dataclass(frozen=True)
class Profile:
    """How a program is compiled. `checks`: arithmetic overflow panics; `messages`: a panic says where and why before
    it ends the program with code 101, else it is a trap."""

    name: str
    checks: bool
    messages: bool


PROFILES: Final = {
    "dev": Profile("dev", True, True),
    "release": Profile("release", False, True),
    "freestanding": Profile("freestanding", False, False),
}

_WASI: Final = {
    "fd_write": ((w.I32, w.I32, w.I32, w.I32), (w.I32,)),
    "proc_exit": ((w.I32,), ()),
}


class Program(Requests):
    """What is needed of a program so far."""

    def __init__(self, compilation: Compilation, profile: Profile, origins: Origins | None = None) -> None:
        super().__init__()
        self.compilation = compilation
        self.profile = profile
        self.origins = origins
        self.instances = Instances(compilation)
        self.layouts = Layouts(self._fields)
        self.table: dict[Any, int] = {}
        self.types: dict[w.FunctionType, int] = {}
        self.globals: dict[Any, tuple[int, int]] = {}
        self.data = bytearray(SCRATCH_BYTES)
        self.shared: dict[bytes, int] = {}
        self.statics: dict[Any, int] = {}
        self.initialised: set[Any] = set()
        self.reserved: dict[str, int] = {}
        self.entries: dict[Any, Any] = {}
        """Keys in the table that nobody calls through it, and what stands there instead."""
        self.virtual_calls = VirtualCalls()
        self.vtables: dict[tuple[Ty, Ty], int] = {}
        self.virtual: dict[Ty, dict[Method, tuple[int, bool]]] = {}
        self._drops: dict[Ty, bool] = {}

    # Types

    def _fields(self, ty: Ty, variant: int = 0) -> tuple[Ty, ...]:
        if ty.kind == t.TUPLE:
            return ty.args
        if ty.kind == t.CLOSURE:
            count = len(ty.data.captures)
        else:
            self.compilation.collector.ensure_fields(ty.data)
            count = len(ty.data.variants[variant].fields)
        return tuple([self.instances.field_type(ty, variant, i) for i in range(count)])

    def needs_drop(self, ty: Ty) -> bool:
        """Whether dropping a value of the type may do something."""
        found = self._drops.get(ty)
        if found is None:
            if ty.kind == t.DYN:
                found = True
            elif t.is_handle(ty):
                found = False
            elif ty.kind in (t.TUPLE, t.CLOSURE) or (
                ty.kind == t.ADT and ty.data.drop is None and ty.data.lang != "Box"
            ):
                self._drops[ty] = True  # of a type that contains itself, until known
                variants = range(len(ty.data.variants)) if ty.kind == t.ADT else range(1)
                if ty.kind == t.ADT:
                    self.compilation.collector.ensure_fields(ty.data)
                found = any(self.needs_drop(field) for v in variants for field in self._fields(ty, v))
            elif ty.kind == t.ARRAY:
                found = ty.args[1].data > 0 and self.needs_drop(ty.args[0])
            elif ty.kind == t.SLICE:
                found = self.needs_drop(ty.args[0])
            else:
                self.instances.inference.collector = self.compilation.collector
                found = needs_drop(self.instances.inference, ty, 0)
            self._drops[ty] = found
        return found

    # References from code

    def call_indirect(
        self, index: Node, arguments: list[Node], parameters: tuple[int, ...], results: tuple[int, ...]
    ) -> Node:
        """A call through the table."""
        number = self.type_index(w.FunctionType(parameters, results))
        return Node("call_indirect", (number, 0), [*arguments, index], results[0] if results else None)

    def type_index(self, type_: w.FunctionType) -> Number:
        return self.types.setdefault(type_, len(self.types))

    def table_index(self, key: Any) -> Number:
        """The table's entry for a function; 0 stays free for null."""
        self.request(key)
        return self.table.setdefault(key, len(self.table) + 1)

    def global_index(self, name: Any, type_: int) -> Number:
        found = self.globals.get(name)
        if found is None:
            found = self.globals[name] = (len(self.globals), type_)
        return found[0]

    def global_get(self, name: Any, type_: int = w.I32) -> Node:
        return Node("global.get", (self.global_index(name, type_),), (), type_)

    def global_set(self, name: Any, value: Node) -> Node:
        assert isinstance(value.type, int)
        return Node("global.set", (self.global_index(name, value.type),), (value,))

    # Data

    def reserve(self, count: int, alignment: int) -> int:
        """The address of fresh bytes, zero at first."""
        self.data += bytes(-len(self.data) % alignment)
        address = len(self.data)
        self.data += bytes(count)
        return address

    def bytes_address(self, content: bytes) -> Node:
        """The address of constant bytes; equal ones and parts of others are shared."""
        if not content:
            return n.i32(8)
        address = self.shared.get(content)
        if address is None:
            # The development profile looks for equal ones only: a search in all the text is quadratic.
            for known, at in self.shared.items() if self.profile is not PROFILES["dev"] else ():
                offset = known.find(content)
                if offset >= 0:
                    address = at + offset
                    break
            else:
                address = len(self.data)
                self.data += content
            self.shared[content] = address
        return n.i32(address)

    def location(self, span: m.Span) -> Node:
        """The address of a location record: a length of two bytes, then `file:line:column`."""
        if not self.profile.messages:
            return n.i32(0)
        file, line, column = self.compilation.sources.locate(span[0])
        text = f"{file}:{line}:{column}".encode()
        return self.bytes_address(len(text).to_bytes(2, "little") + text)

    def static_address(self, static: Any) -> Node:
        address = self.statics.get(static)
        if address is None:
            self.compilation.ensure_const(static)
            layout = self.layouts.of(t.erase(static.ty))
            address = self.statics[static] = self.reserve(layout.bytes, max(layout.alignment, 1)) or 8
            self.request(("fn", static.body, ()))
        return n.i32(address)

    # Trait objects

    def _methods(self, dyn: Ty) -> dict[Method, tuple[int, bool]]:
        """Offset in the vtable, and whether somebody calls it."""
        found = self.virtual.get(dyn)
        if found is None:
            found = self.virtual[dyn] = {}
            for trait, args in self.instances.supertraits(dyn):
                for definition in trait.methods.values():
                    found[definition, args] = (4 + 4 * len(found), False)
        return found

    def vtable_slot(self, dyn: Ty, definition: FnDef, args: tuple[Ty, ...]) -> int:
        """Where a vtable holds the method of the trait with these arguments, which from now on every vtable has."""
        methods = self._methods(dyn)
        offset, called = methods[definition, args]
        if not called:
            methods[definition, args] = (offset, True)
            for (concrete, one), address in list(self.vtables.items()):
                if one is dyn:
                    self._fill(address, concrete, (definition, args), offset)
        return offset

    def vtable(self, concrete: Ty, dyn: Ty) -> Number:
        """The address of the vtable of a type: the index of its glue (0: nothing to drop), then its methods."""
        found = self.vtables.get((concrete, dyn))
        if found is None:
            methods = self._methods(dyn)
            found = self.vtables[concrete, dyn] = self.reserve(4 + 4 * len(methods), 4)
            if self.needs_drop(concrete):
                self._put(found, self.table_index(("glue", concrete)))
            for method, (offset, called) in list(methods.items()):
                if called:
                    self._fill(found, concrete, method, offset)
        return found

    def _put(self, address: int, value: int) -> None:
        self.data[address : address + 4] = value.to_bytes(4, "little")

    def _fill(self, address: int, concrete: Ty, method: Method, offset: int) -> None:
        definition, args = method
        self._put(address + offset, self.table_index(("method", definition, (concrete, *args))))

    # Lowering

    def origin_of(self, body: m.Body) -> Origin | None:
        """Where the function that is being lowered comes from, if somebody wants to know."""
        return None if self.origins is None else self.origins.of(key_name(self.lowering), body)

    def _lowered(self, key: Any) -> tuple[Tree, tuple[w.ValueType, ...]]:
        kind = key[0]
        if kind == "fn":
            body = self.instances.body(key[1], key[2])
            if key[1].lang == "vec_from_elem" and runtime.is_number(key[2][0]) and body is not None:
                tree = runtime.repeated(self, key[2][0], body.locals[0].ty)
                return tree, tuple(tree.locals[: tree.parameters])
            if body is None:
                raise ValueError(f"{key[1].path} has no body: {self.compilation.diagnostics.render()}")
            return self._function(body, "track_caller" in key[1].attributes)
        if kind == "glue":
            return self._glue(key[1])
        if kind == "method":
            return self._function(self._method(key[1], key[2]), False)
        if kind == "pointer":
            return self._function(pointer_body(self.compilation, key[1], *key[2]), False)
        made = runtime.TABLE.get(key[1])
        if made is not None:
            tree = made(self)
            return tree, tuple(tree.locals[: tree.parameters])
        definition = self.compilation.lang(key[1])
        self.compilation.collector.ensure_signature(definition)
        body = self.instances.body(definition, ())
        if body is None:
            raise ValueError(f"{definition.path} has no body: {self.compilation.diagnostics.render()}")
        return self._function(body, False)

    def _function(self, body: m.Body, tracked: bool) -> tuple[Tree, tuple[w.ValueType, ...]]:
        lowering = FunctionLowering(self, body, tracked)
        tree = lowering.tree()
        return tree, tuple(tree.locals[: tree.parameters])

    def _glue(self, ty: Ty) -> tuple[Tree, tuple[w.ValueType, ...]]:
        if ty.kind in (t.ARRAY, t.SLICE):
            return self._element_glue(ty)
        drop: m.Operand | None = None
        if ty.kind == t.ADT and ty.data.drop is not None:
            definition = self.compilation.lang("Drop").methods["drop"]
            drop = m.Constant(t.fn_def(definition, (ty,)))

        if ty.kind == t.ADT and ty.data.lang == "Box":
            body = m.Body("drop", None, 1, (0, 0))
            body.locals = [m.Local(one, None, False, (0, 0)) for one in (t.UNIT, t.raw(ty, True))]
            body.blocks = [m.Block(), m.Block()]
            body.blocks[0].terminator = m.Drop(m.Place(1).deref(), 1, (0, 0))
            body.blocks[1].terminator = m.Return()
        else:
            count = len(ty.data.variants) if ty.kind == t.ADT and ty.data.is_enum else 1
            fields = {
                v: [(i, one) for i, one in enumerate(self._fields(ty, v)) if self.needs_drop(one)] for v in range(count)
            }
            body = glue_body(ty, fields, drop)
        return self._function(body, False)

    def _element_glue(self, ty: Ty) -> tuple[Tree, tuple[w.ValueType, ...]]:
        body = m.Body(f"drop {t.show(ty)}", None, 0, (0, 0))
        body.locals = [m.Local(t.UNIT, None, False, (0, 0))]
        lowering = FunctionLowering(self, body, False)
        parameters = 2 if pointee_is_fat(ty) else 1
        lowering.types = [w.I32] * parameters
        element_glue(lowering, ty)
        tree = Tree(parameters, list(lowering.types), lowering.out, ())
        return tree, (w.I32,) * parameters

    def _signature(self, definition: FnDef, args: tuple[Ty, ...]) -> tuple[list[Ty], Ty]:
        self.compilation.collector.ensure_signature(definition)
        inputs = [self.instances.concrete(t.erase(one), args) for one in definition.inputs]
        return inputs, self.instances.concrete(t.erase(definition.output), args)

    def _method(self, definition: FnDef, args: tuple[Ty, ...]) -> m.Body:
        """A method called through a vtable: it passes its arguments on to the one of the concrete type."""
        inputs, output = self._signature(definition, args)
        by_value = inputs[0] is args[0]
        receiver = t.raw(args[0], True) if by_value else inputs[0]
        body = m.Body(f"dyn {definition.name}", definition, len(inputs), definition.span)
        body.locals = [m.Local(one, None, False, (0, 0)) for one in (output, receiver, *inputs[1:])]
        operands: list[m.Operand] = [m.Move(m.Place(i)) for i in range(1, len(inputs) + 1)]
        if by_value:
            operands[0] = m.Move(m.Place(1).deref())
        return pass_on(body, m.Constant(t.fn_def(definition, args)), operands)

    def lower_all(self) -> list[tuple[str, Any]]:
        """Lower the whole program; its exports as names and keys. Raises ValueError as `lower` does."""
        entry = entry_of(self.compilation)
        exported = [one for one in _exported(self.compilation) if one is not entry]
        for definition in exported:
            self.lower(definition)
        if exported:
            self.initialise()
        exports: list[tuple[str, Any]] = [(one.name, ("fn", one, ())) for one in exported]
        if self.profile.messages or not exports:
            self.start(entry)
            exports.append(("_start", ("start",)))
        return exports

    # The module

    def initialise(self) -> None:
        """`statics`, which runs before a host calls anything: those needed so far get their values."""
        self.lowering = ("statics",)
        lowering = FunctionLowering(self, _empty(), False)
        statements = self._initialised(lowering)
        if statements:
            self._outermost(("statics",), lowering, statements)

    def start(self, main: FnDef) -> None:
        """`_start`: statics get their values if they have none, then `main` runs."""
        self.lower(main)
        self.lowering = ("start",)
        lowering = FunctionLowering(self, _empty(), False)
        statements = self._initialised(lowering)
        output = self.instances.body(main, ()).locals[0].ty  # type: ignore[union-attr]
        lowering.out = statements
        wanted = self.layouts.of(output)
        first = None if not wanted.parts else wanted.wasm[0]
        arguments = [] if wanted.parts is not None else [lowering.temporary(output).pointer()]
        call = self.call(("fn", main, ()), arguments, first)
        statements.append(call if first is None else Node("drop", (), [call]))
        self._outermost(("start",), lowering, statements)

    def _initialised(self, lowering: FunctionLowering) -> list[Node]:
        """Statements that give statics their values, those first that others need."""
        statements: list[Node] = []
        while len(self.initialised) < len(self.statics):
            for static in list(self.statics):
                if static not in self.initialised:
                    self.initialised.add(static)
                    lowering.out = []
                    self._initialise(lowering, static)
                    statements[:0] = lowering.out
            self.drain()
        return statements

    def _outermost(self, key: Any, lowering: FunctionLowering, statements: list[Node]) -> None:
        """A function that nobody here calls."""
        if lowering.frame_local is not None:
            size = -(-lowering.frame_bytes // 8) * 8
            pointer = n.op("i32.sub", self.global_get("stack"), n.i32(size))
            statements[:0] = [
                n.set_(lowering.frame_local, pointer),
                self.global_set("stack", n.get(lowering.frame_local, w.I32)),
                *lowering.addresses(),
            ]
        self.trees[key] = Tree(0, list(lowering.types), statements, ()), ()

    def _initialise(self, lowering: FunctionLowering, static: Any) -> None:
        from engines.rustwasm.lower_linear.calls import finish
        from engines.rustwasm.lower_linear.places import InMemory

        where = InMemory(t.erase(static.ty), n.i32(self.statics[static]), 0)
        key = ("fn", static.body, ())
        finish(lowering, where, True, lambda extra, type_: self.call(key, extra, type_))

    def module(self, exports: list[tuple[str, Any]], memory: bool) -> Module:
        """The module of all that was lowered; `exports` are names and keys."""
        if self.profile.name != "dev":
            self.virtual_calls.call_directly(self)
        numbers = self.numbers(list(self.trees))
        functions = []
        for tree, parameters in self.trees.values():
            for node in walk(tree.body):
                if node.op == "call":
                    node.imm = (numbers[node.imm[0]], *node.imm[1:])
            type_ = self.type_index(w.FunctionType(parameters, tuple(tree.results)))
            functions.append(fell(tree, type_))
        return self.assembled(functions, {key: key_name(key) for key in self.trees}, numbers, exports, memory)

    def numbers(self, keys: list[Any]) -> dict[Any, int]:
        """The numbers of imported functions and, after them, of these."""
        numbers: dict[Any, int] = {("import", name): i for i, name in enumerate(self.imports)}
        return numbers | {key: i for i, key in enumerate(keys, len(self.imports))}

    def has_table(self) -> bool:
        """What drops objects looks into the table, also where no kind of them needs that and nobody calls a method."""
        return bool(self.table or self.vtables)

    def assembled(
        self,
        functions: list[Function],
        names: dict[Any, str],
        numbers: dict[Any, int],
        exports: list[tuple[str, Any]],
        memory: bool,
    ) -> Module:
        """The module of these functions, whose keys have these names and numbers."""
        out = Module()
        out.functions = functions
        for name in self.imports:
            type_ = self.type_index(w.FunctionType(*_WASI[name]))
            out.imports.append(Import("wasi_snapshot_preview1", name, ExternKind.FUNCTION, type_))
        out.types = [(w.SubType(one),) for one in self.types]
        self._memory(out)
        if self.has_table():
            size = len(self.table) + 1
            out.tables = [Table(w.TableType(w.FUNCREF, w.Limits(size, size)))]
        if self.table:
            items = [[("ref.func", numbers[self.entries.get(key, key)])] for key in self.table]
            out.elements = [Element(w.FUNCREF, items, SegmentMode.ACTIVE, 0, [("i32.const", 1)])]
        if memory:
            out.exports.append(Export("memory", ExternKind.MEMORY, 0))
        out.exports += [Export(name, ExternKind.FUNCTION, numbers[key]) for name, key in exports]
        out.start = numbers.get(("statics",))
        out.names = Names(functions={numbers[key]: name for key, name in names.items()})
        out.names.globals = {self.globals[name][0]: name for name in (STACK, HEAP) if name in self.globals}
        return out

    def _memory(self, out: Module) -> None:
        top = -(-len(self.data) // 16) * 16
        initial = {"stack": top, "heap": 0}
        if "stack" in self.globals:
            top += STACK_BYTES
            initial["stack"] = top
        initial["heap"] = top + 4
        for name, (_, type_) in self.globals.items():
            value = initial[name] if isinstance(name, str) else 0
            node = n.zero(type_) if not value else n.i32(value)
            out.globals.append(Global(w.GlobalType(type_, True), [(node.op, *node.imm)]))
        out.memories = [w.Limits(-(-max(top, 1) // PAGE))]
        content = bytes(self.data[SCRATCH_BYTES:]).rstrip(b"\0")
        if content:
            out.data = [Data(content, SegmentMode.ACTIVE, 0, [("i32.const", SCRATCH_BYTES)])]


def _empty() -> m.Body:
    body = m.Body("start", None, 0, (0, 0))
    body.locals = [m.Local(t.UNIT, None, False, (0, 0))]
    return body


def key_name(key: Any) -> str:
    """What the function with a key is called in the name section."""
    if key[0] in ("fn", "method"):
        arguments = ", ".join(t.show(one) for one in key[2])
        return f"{'dyn ' if key[0] == 'method' else ''}{key[1].path}" + (f"<{arguments}>" if arguments else "")
    if key[0] in ("glue", "pointer"):
        return f"{'drop' if key[0] == 'glue' else 'pointer to'} {t.show(key[1])}"
    return f"runtime {key[1]}" if key[0] == "runtime" else str(key[-1])


def lower(compilation: Compilation, profile: Profile, origins: Origins | None = None) -> Module:
    """The module of a checked program: a WASI preview 1 command whose `_start` runs `main`; functions of the crate's
    root marked `#[no_mangle]` are exported too, and instead of it if the profile is freestanding. With `origins`, which
    learns of the functions, instructions know where they come from.

    Raises:
        ValueError: the program has no `main`, or a function without a body.
    """
    program = Program(compilation, profile, origins)
    exports = program.lower_all()
    return program.module(exports, bool(program.imports))


def _exported(compilation: Compilation) -> list[FnDef]:
    """Functions of the crate's root marked `#[no_mangle]`."""
    named = [one.definition for one in compilation.root.names[VALUES].values()]
    return [one for one in named if isinstance(one, FnDef) and "no_mangle" in one.attributes]


__all__ = ["PROFILES", "STACK", "Layout", "Profile", "Program", "lower"]
