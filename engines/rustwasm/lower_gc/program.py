"""A whole program: which functions it needs, its types, globals and constants; put together as a Wasm module.

Functions have keys, and are lowered when something first calls them:

| key | function |
|---|---|
| ("fn", definition, types) | a concrete function |
| ("view", definition, types, parameters) | the same, given slices for references to arrays (`views`) |
| ("glue", type) | drops the value that it gets |
| ("copy", type) | another object with copies of what is in one |
| ("shallow", type), ("overwrite", type) | another object with the same fields; puts one object's fields in another |
| ("method", definition, types, signature) | a method for a table: its receiver is any reference |
| ("dyn glue", type) | glue for a table |
| ("pointer", item type, (parameter types, result type)) | a function item or closure as a function pointer |
| ("get", ...), ("set", ...) | access to a place inside an object, for a cell |
| ("cell get", type), ("cell set", type) | the value of any cell |
| ("number in"), ("number of") | a number of 32 bits as a reference, and back |
| ("raw write", type), ("same", type) | puts a value in a whole box; whether two pointers lead to one box |
| ("runtime", name), ("lang", name) | see `runtime`; a function of the library for 128-bit numbers |
| ("import", name) | a function of WASI preview 1 |
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from engines.rustwasm.lower_gc import glue, runtime
from engines.rustwasm.lower_gc import nodes as n
from engines.rustwasm.lower_gc.drops import glue_body
from engines.rustwasm.lower_gc.function import FunctionLowering
from engines.rustwasm.lower_gc.objects import Objects
from engines.rustwasm.lower_gc.representation import ACCESS_GET, DYN_OBJECT, DYN_TABLE, EMPTY
from engines.rustwasm.lower_linear.made_bodies import pass_on, pointer_body
from engines.rustwasm.lower_linear.program import PROFILES, Profile
from engines.rustwasm.mir import body as m
from engines.rustwasm.mir.instances import Method
from engines.rustwasm.release.tree import If, Node, Tree, fell, walk
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
    Global,
    Import,
    Module,
    Names,
    SegmentMode,
)

if TYPE_CHECKING:
    from engines.rustwasm.compilation import Compilation
    from engines.rustwasm.debug.origins import Origin, Origins

_WASI: Final = {
    "fd_write": ((w.I32, w.I32, w.I32, w.I32), (w.I32,)),
    "proc_exit": ((w.I32,), ()),
}
_OBSERVED: Final = ("core::rc::Rc", "core::rc::Weak", "core::cell::Ref", "core::cell::RefMut",
                    "core::binary_heap::PeekMut")  # fmt: skip
"""Types of the library whose Drop a program can see; that of its collections only drops what is in them."""


class Program(Objects):
    """What is needed of a program so far."""

    def __init__(
        self, compilation: Compilation, profile: Profile, exported: list[FnDef], origins: Origins | None = None
    ) -> None:
        super().__init__(compilation, profile, exported)
        self.origins = origins
        self.tables: dict[tuple[Ty, Ty], None] = {}
        self.slots: dict[Ty, dict[Method, tuple[int, int]]] = {}
        self.statics: dict[Any, None] = {}
        self.initialised: set[Any] = set()
        self._drops: dict[Ty, bool] = {}

    # Drops

    def needs_drop(self, ty: Ty) -> bool:
        """Whether a program can see that a value of the type is dropped."""
        found = self._drops.get(ty)
        if found is None:
            self.refuse_endless("what drops values", (ty,))
            self._drops[ty] = False  # of a type that contains itself, until known
            found = self._drops[ty] = self._drop_is_seen(ty)
        return found

    def _drop_is_seen(self, ty: Ty) -> bool:
        if ty.kind == t.DYN:
            return True
        if ty.kind in (t.ARRAY, t.SLICE):
            return self.needs_drop(ty.args[0])
        if ty.kind in (t.TUPLE, t.CLOSURE):
            return any(self.needs_drop(one) for one in self.types.fields(ty, 0))
        if ty.kind != t.ADT or t.is_handle(ty):
            return False
        if ty.data.lang == "Box":
            return self.needs_drop(ty.args[0])
        if ty.data.drop is not None:
            if ty.data.path in _OBSERVED or not ty.data.path.startswith("core::"):
                return True
            return any(self.needs_drop(one) for one in ty.args if one.kind != t.CONST)
        variants = range(len(ty.data.variants))
        return any(self.needs_drop(one) for v in variants for one in self.types.fields(ty, v))

    def drop_value(self, ty: Ty, value: Node) -> list[Node]:
        """Statements that drop a value; of an unsized type: what the pointer points to."""
        if not self.needs_drop(ty):
            return []
        if ty.kind == t.DYN:
            return [self.call(("glue", ty), [value], None)]
        if ty.kind == t.ADT and ty.data.lang == "Box" and (ty.args[0].kind in (t.DYN, t.SLICE)):
            return self.drop_value(ty.args[0], value)
        return [self.call(("glue", ty), [value] if self.types.of_pointer(ty).kind != EMPTY else [], None)]

    # Trait objects

    def _methods(self, dyn: Ty) -> dict[Method, tuple[int, int]]:
        """Slot and signature of the methods that somebody calls."""
        return self.slots.setdefault(dyn, {})

    def table_slot(self, dyn: Ty, method: Method, signature: int) -> int:
        """Where a table holds the method; slot 0 is glue."""
        methods = self._methods(dyn)
        found = methods.get(method)
        if found is None:
            found = methods[method] = (1 + len(methods), signature)
            for concrete, one in list(self.tables):
                if one is dyn:
                    self.request(_method_key(concrete, method, signature))
        return found[0]

    def table(self, concrete: Ty, dyn: Ty) -> Node:
        """The table of methods of a type."""
        if (concrete, dyn) not in self.tables:
            self.tables[concrete, dyn] = None
            if self.needs_drop(concrete):
                self.request(("dyn glue", concrete))
            for method, (_, signature) in list(self._methods(dyn).items()):
                self.request(_method_key(concrete, method, signature))
        return self.global_get(("table", concrete, dyn), w.Ref(True, self.types.table_type(dyn)))

    # Statics

    def need_static(self, static: Any) -> None:
        if static not in self.statics:
            self.compilation.ensure_const(static)
            self.statics[static] = None
            self.request(("fn", static.body, ()))

    # Lowering

    def origin_of(self, body: m.Body) -> Origin | None:
        """Where the function that is being lowered comes from, if somebody wants to know."""
        return None if self.origins is None else self.origins.of(_name(self.lowering), body)

    def _lowered(self, key: Any) -> tuple[Tree, tuple[w.ValueType, ...]]:
        kind = key[0]
        if kind in ("fn", "view"):
            tracked = "track_caller" in key[1].attributes
            return self._function(self.concrete(key[1], key[2]), tracked, key[3] if kind == "view" else ())
        if kind == "pointer":
            return self._function(pointer_body(self.compilation, key[1], *key[2]), False)
        if kind == "method":
            return self._method(key[1], key[2])
        if kind == "glue":
            tree = self._glue(key[1])
        elif kind == "dyn glue":
            tree = self._table_glue(key[1])
        elif kind == "lang":
            tree = self._halves(key[1])
        elif kind == "runtime":
            tree = runtime.TABLE[key[1]](self)
        else:
            tree = glue.TABLE[kind](self, *key[1:])
        return tree, tuple(tree.locals[: tree.parameters])

    def concrete(self, definition: FnDef, args: tuple[Ty, ...]) -> m.Body:
        """A function's concrete body. Raises ValueError if it has none."""
        body = self.instances.body(definition, args)
        if body is None:
            raise ValueError(f"{definition.path} has no body: {self.compilation.diagnostics.render()}")
        return body

    def _function(
        self, body: m.Body, tracked: bool, views: tuple[int, ...] = ()
    ) -> tuple[Tree, tuple[w.ValueType, ...]]:
        tree = FunctionLowering(self, body, tracked, views).tree()
        return tree, tuple(tree.locals[: tree.parameters])

    def _method(self, definition: FnDef, args: tuple[Ty, ...]) -> tuple[Tree, tuple[w.ValueType, ...]]:
        """A method called through a table: its receiver is an object or a cell."""
        self.compilation.collector.ensure_signature(definition)
        inputs = [self.instances.concrete(t.erase(one), args) for one in definition.inputs]
        output = self.instances.concrete(t.erase(definition.output), args)
        body = m.Body(f"dyn {definition.name}", definition, len(inputs), definition.span)
        body.locals = [m.Local(one, None, False, (0, 0)) for one in (output, *inputs)]
        operands: list[m.Operand] = [m.Move(m.Place(i)) for i in range(1, len(inputs) + 1)]
        pass_on(body, m.Constant(t.fn_def(definition, args)), operands)
        tree, parameters = self._function(body, False)
        return self._received(tree, parameters, inputs[0], args[0])

    def _received(
        self, tree: Tree, parameters: tuple[w.ValueType, ...], receiver: Ty, concrete: Ty
    ) -> tuple[Tree, tuple[w.ValueType, ...]]:
        """The function with any reference as its first parameter, cast to what the method expects."""
        taken = self.types.of(receiver)
        box = self.types.box(concrete).wasm
        assert isinstance(box, w.Ref)
        value = Node("ref.cast", (box,), (n.get(0, w.EQREF),), box)
        plain = not self.types.of(concrete).is_object
        if plain and (receiver is concrete or (receiver.kind == t.REF and not receiver.data)):
            value = self.cell_get(value, self.types.of(concrete).wasm, False)
        if taken.kind == EMPTY:
            # The receiver is left out of the parameters: they all move up.
            _shift_locals(tree, 0)
            tree.locals.insert(0, w.EQREF)
            tree.parameters += 1
            return tree, (w.EQREF, *parameters)
        local = len(tree.locals)
        for node in walk(tree.body):
            if node.op in ("local.get", "local.set", "local.tee") and node.imm[0] == 0:
                node.imm = (local,)
        tree.locals.append(taken.wasm)
        tree.locals[0] = w.EQREF
        tree.body.insert(0, n.set_(local, value))
        return tree, (w.EQREF, *parameters[1:])

    def _glue(self, ty: Ty) -> Tree:
        if ty.kind == t.DYN:
            return self._dyn_glue(ty)
        if ty.kind in (t.ARRAY, t.SLICE):
            return glue.element_glue(self, ty)
        if ty.kind == t.ADT and ty.data.lang == "Box":
            inner = self.unboxed(ty.args[0], n.get(0, self.types.of(ty).wasm))
            return Tree(1, [self.types.of(ty).wasm], self.drop_value(ty.args[0], inner), ())
        drop: m.Operand | None = None
        if ty.kind == t.ADT and ty.data.drop is not None:
            definition = self.compilation.lang("Drop").methods["drop"]
            drop = m.Constant(t.fn_def(definition, (ty,)))
        count = len(ty.data.variants) if ty.kind == t.ADT else 1
        fields = {
            v: [(i, one) for i, one in enumerate(self.types.fields(ty, v)) if self.needs_drop(one)]
            for v in range(count)
        }
        return self._function(glue_body(ty, fields, drop), False)[0]

    def _dyn_glue(self, dyn: Ty) -> Tree:
        """Drops what a pointer to a trait object points to."""
        index, table = self.types.dyn_type(dyn), self.types.table_type(dyn)
        pointer = n.get(0, w.Ref(True, index))
        signature = self.types.function_type((w.EQREF,), ())
        methods = n.struct_get(index, DYN_TABLE, pointer, w.Ref(True, table))
        found = n.struct_get(table, 0, methods, w.Ref(True, signature))
        held = n.struct_get(index, DYN_OBJECT, n.copied(pointer), w.EQREF)
        local = n.get(1, w.Ref(True, signature))
        call = Node("call_ref", (signature,), (held, local), None)
        body = [n.set_(1, found), If(n.is_null(n.copied(local)), [Node("return")], [], None), call]
        return Tree(1, [w.Ref(True, index), w.Ref(True, signature)], body, ())

    def _table_glue(self, concrete: Ty) -> Tree:
        box = self.types.box(concrete).wasm
        assert isinstance(box, w.Ref)
        value = self.unboxed(concrete, Node("ref.cast", (box,), (n.get(0, w.EQREF),), box))
        return Tree(1, [w.EQREF], self.drop_value(concrete, value), ())

    def _halves(self, name: str) -> Tree:
        """A function of the library whose result are two halves: the high one goes into a global."""
        definition = self.compilation.lang(name)
        self.compilation.collector.ensure_signature(definition)
        inputs = [self.types.of(one).wasm for one in definition.inputs]
        output = t.erase(definition.output)
        arguments = [n.get(i, one) for i, one in enumerate(inputs)]
        pair = self.types.of(output)
        call = self.call(("fn", definition, ()), arguments, pair.wasm)
        if pair.kind == EMPTY or not pair.is_object:
            return Tree(len(inputs), list(inputs), [call], (pair.wasm,))
        rows, _ = self.types.slots(output)
        local = len(inputs)
        halves = [
            n.struct_get(pair.index, slot.number, n.get(local, pair.wasm), w.I64)
            for slot in rows[0]
            if slot is not None
        ]
        body = [n.set_(local, call), self.global_set(("result", w.I64, 0), halves[1]), halves[0]]
        return Tree(len(inputs), [*inputs, pair.wasm], body, (w.I64,))

    # The module

    def initialise(self) -> None:
        """`statics`, which runs before a host calls anything: those needed so far get their values."""
        statements = self._initialised()
        if statements:
            self.trees["statics",] = Tree(0, [], statements, ()), ()

    def _initialised(self) -> list[Node]:
        """Statements that give statics their values, those first that others need."""
        statements: list[Node] = []
        while len(self.initialised) < len(self.statics):
            for static in list(self.statics):
                if static not in self.initialised:
                    self.initialised.add(static)
                    one = self.types.of(t.erase(static.ty))
                    made = self.call(("fn", static.body, ()), [], one.wasm if one.kind != EMPTY else None)
                    statements.insert(0, made if made.type is None else self.global_set(("static", static), made))
            self.drain()
        return statements

    def start(self, main: FnDef) -> None:
        """`_start`: statics get their values if they have none, then `main` runs."""
        self.lower(main)
        statements = self._initialised()
        output = self.types.of(self.instances.body(main, ()).locals[0].ty)  # type: ignore[union-attr]
        call = self.call(("fn", main, ()), [], None if output.kind == EMPTY else output.wasm)
        statements.append(call if call.type is None else Node("drop", (), [call]))
        self.trees["start",] = Tree(0, [], statements, ()), ()

    def module(self, exports: list[tuple[str, Any]]) -> Module:
        """The module of all that was lowered; `exports` are names and keys."""
        self.drain()
        if "constants" in self.globals:
            self.trees["constants",] = runtime.constants(self), ()
        first = [key for key in (("constants",), ("statics",)) if key in self.trees]
        if len(first) == 2:
            self.trees["statics",][0].body.insert(0, Node("call", (first[0],)))
        keys = list(self.trees)
        numbers: dict[Any, int] = {("import", name): i for i, name in enumerate(self.imports)}
        numbers |= {key: i for i, key in enumerate(keys, len(self.imports))}
        out = Module()
        singles = self.singles
        public = {key for _, key in exports} | set(first)
        for key in keys:
            tree, parameters = self.trees[key]
            for node in walk(tree.body):
                if node.op in ("call", "ref.func"):
                    node.imm = (numbers[node.imm[0]],)
            signature = w.FunctionType(parameters, tuple(tree.results))
            if key in public:
                type_ = singles.index(signature)
            else:
                type_ = self.types.function_type(parameters, tuple(tree.results))
            out.functions.append(fell(tree, type_))
        for name in self.imports:
            type_ = singles.index(w.FunctionType(*_WASI[name]))
            out.imports.append(Import("wasi_snapshot_preview1", name, ExternKind.FUNCTION, type_))
        self._globals(out, numbers)
        self._define_tables()
        group = tuple([w.SubType(one) for one in self.types.defined()])
        out.types = [(w.SubType(one),) for one in singles]
        if group:
            out.types.append(group)
        if self.imports:
            out.memories = [w.Limits(1)]
            out.exports.append(Export("memory", ExternKind.MEMORY, 0))
        if self.constants:
            out.data = [Data(bytes(self.constants))]
        if first:
            out.start = numbers[first[-1]]
        if self.references:
            items = [[("ref.func", numbers[key])] for key in self.references]
            out.elements = [Element(w.FUNCREF, items, SegmentMode.DECLARATIVE)]
        out.exports += [Export(name, ExternKind.FUNCTION, numbers[key]) for name, key in exports]
        out.names = Names(functions={numbers[key]: _name(key) for key in keys}, types=dict(self.types.names))
        return out

    def _define_tables(self) -> None:
        signature = self.types.function_type((w.EQREF,), ())
        for dyn in {one: None for _, one in self.tables} | dict.fromkeys(self.slots):
            fields = [w.FieldType(w.Ref(True, signature), False)]
            fields += [w.FieldType(w.Ref(True, one[1]), False) for one in self._methods(dyn).values()]
            self.types.define(self.types.table_type(dyn), w.StructType(tuple(fields)))

    def _globals(self, out: Module, numbers: dict[Any, int]) -> None:
        nothing = self.types.function_type((w.EQREF,), ())
        for name, (_, type_) in self.globals.items():
            initial: list[Any]
            mutable = True
            if isinstance(name, tuple) and name[0] == "table":
                concrete, dyn = name[1:]
                key = ("dyn glue", concrete)
                initial = [("ref.func", numbers[key]) if key in numbers else ("ref.null", nothing)]
                for method, (_, signature) in self._methods(dyn).items():
                    initial.append(("ref.func", numbers[_method_key(concrete, method, signature)]))
                initial.append(("struct.new", self.types.table_type(dyn)))
                mutable = False
            elif isinstance(name, tuple) and name[0] == "access":
                initial = [("ref.func", numbers[one, *name[1:]]) for one in ("get", "set")]
                assert ACCESS_GET == 0
                initial.append(("struct.new", type_.heap))  # type: ignore[union-attr]
                mutable = False
            else:
                node = n.default(type_)
                initial = [(node.op, *node.imm)]
            out.globals.append(Global(w.GlobalType(type_, mutable), initial))

    @property
    def singles(self) -> list[w.FunctionType]:
        """Types of imports and exports, which are groups of their own so that everybody has the same."""
        return self.types.singles


def _method_key(concrete: Ty, method: Method, signature: int) -> Any:
    definition, args = method
    return ("method", definition, (concrete, *args), signature)


def _shift_locals(tree: Tree, first: int) -> None:
    for node in walk(tree.body):
        if node.op in ("local.get", "local.set", "local.tee") and node.imm[0] >= first:
            node.imm = (node.imm[0] + 1,)


def _name(key: Any) -> str:
    if key[0] in ("fn", "method", "view"):
        arguments = ", ".join(t.show(one) for one in key[2])
        return f"{'dyn ' if key[0] == 'method' else ''}{key[1].path}" + (f"<{arguments}>" if arguments else "")
    parts = key if key[0] not in ("runtime", "lang") else key[1:]
    return " ".join(t.show(one) if isinstance(one, Ty) else str(one) for one in parts)


def lower(compilation: Compilation, profile: Profile, origins: Origins | None = None) -> Module:
    """The module of a checked program: a WASI preview 1 command whose `_start` runs `main`; functions of the crate's
    root marked `#[no_mangle]` are exported too, and instead of it if the profile is freestanding. With `origins`, which
    learns of the functions, instructions know where they come from.

    Raises:
        ValueError: the program has no `main`, or something that this lowering does not know.
    """
    from engines.rustwasm.entry import entry_of

    entry = entry_of(compilation)
    named = [one.definition for one in compilation.root.names[VALUES].values()]
    exported = [one for one in named if isinstance(one, FnDef) and "no_mangle" in one.attributes and one is not entry]
    program = Program(compilation, profile, exported, origins)
    for definition in exported:
        program.lower(definition)
    if exported:
        program.initialise()
    exports: list[tuple[str, Any]] = [(one.name, ("fn", one, ())) for one in exported]
    if profile.messages or not exports:
        program.start(entry)
        exports.append(("_start", ("start",)))
    return program.module(exports)


__all__ = ["PROFILES", "Program", "lower"]
