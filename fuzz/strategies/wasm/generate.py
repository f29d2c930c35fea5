"""Draw a module: its types, globals, memory, table and functions, and the calls that exercise it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from engines.rustwasm.wasm.binary import encode
from engines.rustwasm.wasm.module import (
    Data,
    Element,
    Export,
    ExternKind,
    Function,
    Global,
    Module,
    SegmentMode,
    Table,
)
from engines.rustwasm.wasm.types import (
    EQREF,
    F32,
    F64,
    FUNC,
    FUNCREF,
    I8,
    I16,
    I32,
    I64,
    ArrayType,
    FieldType,
    FunctionType,
    GlobalType,
    Limits,
    Ref,
    StorageType,
    StructType,
    SubType,
    TableType,
    ValueType,
)
from fuzz.strategies.wasm.body import BodyDrawer
from fuzz.strategies.wasm.choices import ChoiceSequence
from fuzz.strategies.wasm.constants import constant
from fuzz.strategies.wasm.scene import Scene

NUMBERS: Final = (I32, I64, F32, F64)
_NUMBER_NAMES: Final = {I32: "i32", I64: "i64", F32: "f32", F64: "f64"}
_WIDTH_MASKS: Final = {I32: (1 << 32) - 1, I64: (1 << 64) - 1}


@dataclass(frozen=True)
class GeneratedModule:
    """A module, its bytes, and calls of its exports as `WasmCase` spells them.

    `fuel` is enough for all of the calls, several times over.
    """

    module: Module
    binary: bytes
    calls: tuple[tuple[str, tuple[str, ...]], ...]
    choices: tuple[int, ...] = field(repr=False)


def _signature(choices: ChoiceSequence) -> FunctionType:
    parameters = tuple(choices.pick(NUMBERS) for _ in range(choices.below(4)))
    results = 2 if choices.chance(6) else 1
    return FunctionType(parameters, tuple(choices.pick(NUMBERS) for _ in range(results)))


def _aggregates(choices: ChoiceSequence, scene: Scene) -> None:
    """A chain of struct types, arrays of them, of numbers and of packed integers: all in one group."""
    storages = (I32, I64, F32, F64, I8, I16)
    start = len(scene.types)
    count = choices.below(4)
    group: list[SubType] = []
    fields: tuple[FieldType, ...] = ()
    for depth in range(count):
        own = tuple(FieldType(choices.pick(storages), not choices.chance(4)) for _ in range(choices.below(3)))
        if choices.chance(3):
            own += (FieldType(Ref(True, start + choices.below(count)), True),)
        fields += own
        supertypes = (start + depth - 1,) if depth else ()
        group.append(SubType(StructType(fields), final=False, supertypes=supertypes))
    for _ in range(choices.below(3)):
        held: tuple[StorageType, ...] = (*storages, EQREF)
        element = choices.pick(held) if not count or choices.chance(2) else Ref(True, start)
        group.append(SubType(ArrayType(FieldType(element, True))))
    if group:
        scene.add_group(tuple(group))


def _globals(choices: ChoiceSequence, scene: Scene) -> None:
    for _ in range(1 + choices.below(3)):
        type_ = choices.pick(NUMBERS)
        scene.module.globals.append(Global(GlobalType(type_, True), [constant(choices, type_)]))
    for index in range(len(scene.module.globals)):
        scene.module.exports.append(Export(f"g{index}", ExternKind.GLOBAL, index))


def generate_module(choices: ChoiceSequence) -> GeneratedModule:
    """Draw a module and calls of it."""
    scene = Scene(Module())
    module = scene.module
    _aggregates(choices, scene)
    signatures = [_signature(choices) for _ in range(1 + choices.below(5))]
    scene.signatures = signatures
    scene.function_types = [scene.function_type(signature) for signature in signatures]
    scene.tags = [scene.function_type(FunctionType((choices.pick(NUMBERS),))) for _ in range(choices.below(2))]
    module.tags = list(scene.tags)
    module.memories = [Limits(1, 2)]
    module.exports.append(Export("memory", ExternKind.MEMORY, 0))
    module.data.append(Data(bytes(choices.below(256) for _ in range(16)), SegmentMode.ACTIVE, 0, [("i32.const", 0)]))
    module.data.append(Data(bytes(range(24))))
    _globals(choices, scene)
    module.tables.append(Table(TableType(FUNCREF, Limits(8, 8))))
    module.elements.append(
        Element(
            Ref(False, FUNC),
            [[("ref.func", index)] for index in range(len(signatures))],
            SegmentMode.ACTIVE,
            0,
            [("i32.const", 1)],
        )
    )
    for index, signature in enumerate(signatures):
        locals_: list[ValueType] = [choices.pick(NUMBERS) for _ in range(choices.below(4))]
        drawer = BodyDrawer(choices, scene, index, signature, locals_)
        body = drawer.function_body()
        module.functions.append(Function(scene.function_types[index], drawer.extra_locals, body))
        module.exports.append(Export(f"f{index}", ExternKind.FUNCTION, index))
    calls = []
    for _ in range(1 + choices.below(4)):
        index = choices.below(len(signatures))
        given = tuple(_argument(choices, type_) for type_ in signatures[index].parameters)
        calls.append((f"f{index}", given))
    return GeneratedModule(module, encode(module), tuple(calls), tuple(choices.drawn))


def _argument(choices: ChoiceSequence, type_: ValueType) -> str:
    assert isinstance(type_, int)
    value = constant(choices, type_)[1] & _WIDTH_MASKS.get(type_, -1)
    return f"{_NUMBER_NAMES[type_]}:{value:#x}"
