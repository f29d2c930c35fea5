"""From a module to its text: flat instructions, indented by block, identifiers where the name section has unique names.

Source: WebAssembly 3.0 chapter 6.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

from engines.rustwasm.wasm.module import Data, Element, Expression, ExternKind, Instruction, Module, SegmentMode
from engines.rustwasm.wasm.ops import BLOCKS, OPERATIONS
from engines.rustwasm.wasm.text.numbers import float_text
from engines.rustwasm.wasm.types import (
    EMPTY,
    FUNC,
    HEAP_NAMES,
    NUMBER_NAMES,
    PACKED_NAMES,
    REF_SHORTHANDS,
    ArrayType,
    CompositeType,
    FieldType,
    FunctionType,
    GlobalType,
    Limits,
    Ref,
    StructType,
    SubType,
    TableType,
    ValueType,
)

_IDENTIFIER: Final = re.compile(r"[0-9A-Za-z!#$%&'*+\-./:<=>?@\\^_`|~]+\Z")
_EXTERN_WORDS: Final = {
    ExternKind.FUNCTION: "func",
    ExternKind.TABLE: "table",
    ExternKind.MEMORY: "memory",
    ExternKind.GLOBAL: "global",
    ExternKind.TAG: "tag",
}


def quoted(content: bytes) -> str:
    """A string literal with every byte that is not printable ASCII escaped."""
    out = []
    for byte in content:
        if byte in (0x22, 0x5C):
            out.append("\\" + chr(byte))
        elif 0x20 <= byte < 0x7F:
            out.append(chr(byte))
        else:
            out.append(f"\\{byte:02x}")
    return '"' + "".join(out) + '"'


def identifier(name: str) -> str:
    """`$name`, quoted where the characters need it (§6.3.5)."""
    return "$" + (name if _IDENTIFIER.match(name) else quoted(name.encode()))


def _unique(names: dict[int, str]) -> dict[int, str]:
    """The identifiers of an index space: names that occur once."""
    count: dict[str, int] = {}
    for name in names.values():
        count[name] = count.get(name, 0) + 1
    return {index: identifier(name) for index, name in names.items() if name and count[name] == 1}


class _Printer:
    def __init__(self, module: Module) -> None:
        self.module = module
        names = module.names
        self.types = _unique(names.types)
        self.functions = _unique(names.functions)
        self.spaces = {
            "type": self.types,
            "function": self.functions,
            "table": _unique(names.tables),
            "memoryindex": _unique(names.memories),
            "global": _unique(names.globals),
            "element": _unique(names.elements),
            "data": _unique(names.data),
            "tag": _unique(names.tags),
        }
        self.fields = {index: _unique(fields) for index, fields in names.fields.items()}
        self.definitions = module.defined_types()
        self.locals: dict[int, str] = {}

    # -- Types

    def index(self, space: str, index: int) -> str:
        return self.spaces[space].get(index, str(index))

    def heap(self, heap: int) -> str:
        return HEAP_NAMES[heap] if heap < 0 else self.index("type", heap)

    def type(self, type_: ValueType) -> str:
        if isinstance(type_, Ref):
            if type_ in REF_SHORTHANDS:
                return REF_SHORTHANDS[type_]
            return f"(ref {'null ' if type_.nullable else ''}{self.heap(type_.heap)})"
        return NUMBER_NAMES.get(type_) or PACKED_NAMES[type_]

    def field(self, field: FieldType, name: str = "") -> str:
        stored = f"(mut {self.type(field.storage)})" if field.mutable else self.type(field.storage)
        return f"(field {name + ' ' if name else ''}{stored})"

    def signature(self, type_: FunctionType, parameters: Iterable[str] = ()) -> str:
        """` (param …) (result …)` with a leading blank, one `param` per named parameter."""
        given = list(parameters)
        out = ""
        if any(given):
            out = "".join(
                f" (param {name + ' ' if name else ''}{self.type(one)})"
                for name, one in zip(given, type_.parameters, strict=True)
            )
        elif type_.parameters:
            out = f" (param {' '.join(map(self.type, type_.parameters))})"
        if type_.results:
            out += f" (result {' '.join(map(self.type, type_.results))})"
        return out

    def composite(self, composite: CompositeType, index: int) -> str:
        match composite:
            case FunctionType():
                return f"(func{self.signature(composite)})"
            case StructType(fields):
                names = self.fields.get(index, {})
                return f"(struct{''.join(' ' + self.field(field, names.get(i, '')) for i, field in enumerate(fields))})"
            case ArrayType(element):
                return "(array " + self.field(element)[len("(field ") : -1] + ")"

    def definition(self, definition: SubType, index: int) -> str:
        body = self.composite(definition.composite, index)
        if not definition.final or definition.supertypes:
            words = ["sub"] + ["final"] * definition.final + [self.index("type", one) for one in definition.supertypes]
            body = f"({' '.join(words)} {body})"
        return f"(type {self.types.get(index, f'(;{index};)')} {body})"

    @staticmethod
    def limits(limits: Limits) -> str:
        wide = "i64 " if limits.wide else ""
        return wide + str(limits.minimum) + ("" if limits.maximum is None else f" {limits.maximum}")

    def table_type(self, type_: TableType) -> str:
        return f"{self.limits(type_.limits)} {self.type(type_.element)}"

    def global_type(self, type_: GlobalType) -> str:
        return f"(mut {self.type(type_.value)})" if type_.mutable else self.type(type_.value)

    # -- Instructions

    def immediate(self, kind: str, value: Any, one: Instruction) -> str:
        match kind:
            case "s32" | "s64" | "u32" | "lane" | "label":
                return str(value)
            case "f32bits":
                return float_text(value, 32)
            case "f64bits":
                return float_text(value, 64)
            case "heap":
                return self.heap(value)
            case "reference":
                return self.type(value)
            case "local":
                return self.locals.get(int(value), str(value))
            case "field":
                return self.fields.get(one[1], {}).get(int(value), str(value))
            case "valuetypes":
                return f"(result {' '.join(map(self.type, value))})"
            case "lanes16":
                return " ".join(map(str, value))
            case "bytes16":
                lanes = (int.from_bytes(value[start : start + 4], "little") for start in range(0, 16, 4))
                return "i32x4 " + " ".join(f"{lane:#010x}" for lane in lanes)
            case "blocktype":
                if value == EMPTY:
                    return ""
                if isinstance(value, int) and value >= 0:
                    return f"(type {self.index('type', value)})"
                return f"(result {self.type(value)})"
            case "catches":
                words = (
                    f"({clause}{'' if tag is None else ' ' + self.index('tag', tag)} {label})"
                    for clause, tag, label in value
                )
                return " ".join(words)
            case _:
                return self.index(kind, value)

    def instruction(self, one: Instruction) -> str:
        """One instruction on one line."""
        name: str = one[0]
        match name:
            case "select_typed":
                return "select " + self.immediate("valuetypes", one[1], one)
            case "call_indirect" | "return_call_indirect":
                table = self.index("table", one[2]) + " " if one[2] else ""
                return f"{name} {table}(type {self.index('type', one[1])})"
            case "table.init":
                return f"{name} {self.index('table', one[2])} {self.index('element', one[1])}"
            case "memory.init":
                memory = self.index("memoryindex", one[2]) + " " if one[2] else ""
                return f"{name} {memory}{self.index('data', one[1])}"
            case "memory.size" | "memory.grow" | "memory.fill":
                return name + (" " + self.index("memoryindex", one[1]) if one[1] else "")
            case "memory.copy":
                return name + (
                    f" {self.index('memoryindex', one[1])} {self.index('memoryindex', one[2])}" if any(one[1:]) else ""
                )
            case "br_table":
                return " ".join([name, *map(str, one[1]), str(one[2])])
            case "br_on_cast" | "br_on_cast_fail":
                return f"{name} {one[1]} {self.type(one[2])} {self.type(one[3])}"
        words, position = [name], 1
        for immediate in OPERATIONS[name].immediates:
            if immediate.kind == "memory":
                alignment, offset, memory = one[position : position + 3]
                words += [self.index("memoryindex", memory)] * bool(memory)
                words += [f"offset={offset}"] * bool(offset)
                words += [f"align={1 << alignment}"] * (alignment != immediate.parameter)
                position += 3
            else:
                words.append(self.immediate(immediate.kind, one[position], one))
                position += 1
        return " ".join(word for word in words if word)

    def body(self, body: Expression, labels: dict[int, str]) -> Iterator[str]:
        depth, block = 2, 0
        for one in body:
            depth -= one[0] in ("end", "else")
            line = self.instruction(one)
            if one[0] in BLOCKS:
                if block in labels:
                    line = f"{one[0]} {identifier(labels[block])}{line[len(one[0]) :]}"
                block += 1
            yield "  " * max(depth, 1) + line
            depth += one[0] in BLOCKS or one[0] == "else"

    def constant(self, body: Expression) -> str:
        return " ".join(self.instruction(one) for one in body)

    # -- Fields of the module

    def imports(self) -> Iterator[str]:
        counts = dict.fromkeys(ExternKind, 0)
        spaces = {
            ExternKind.FUNCTION: "function",
            ExternKind.TABLE: "table",
            ExternKind.MEMORY: "memoryindex",
            ExternKind.GLOBAL: "global",
            ExternKind.TAG: "tag",
        }
        for one in self.module.imports:
            match one.type:
                case TableType():
                    described = self.table_type(one.type)
                case Limits():
                    described = self.limits(one.type)
                case GlobalType():
                    described = self.global_type(one.type)
                case int():
                    described = f"(type {self.index('type', one.type)})"
                    if one.kind is ExternKind.FUNCTION:
                        described += self.named_parameters(one.type, counts[one.kind])
            name = self.spaces[spaces[one.kind]].get(counts[one.kind], f"(;{counts[one.kind]};)")
            counts[one.kind] += 1
            head = f"(import {quoted(one.module.encode())} {quoted(one.name.encode())}"
            yield f"{head} ({_EXTERN_WORDS[one.kind]} {name} {described}))"

    def named(self, space: str, index: int) -> str:
        return self.spaces[space].get(index, f"(;{index};)")

    def items(self, segment: Element) -> str:
        plain = [item[0][1] for item in segment.items if len(item) == 1 and item[0][0] == "ref.func"]
        if len(plain) == len(segment.items) and segment.type == Ref(False, FUNC):
            return "func" + "".join(" " + self.index("function", one) for one in plain)
        return self.type(segment.type) + "".join(f" (item {self.constant(item)})" for item in segment.items)

    def element(self, segment: Element, index: int) -> str:
        words = ["elem", self.named("element", index)]
        if segment.mode is SegmentMode.DECLARATIVE:
            words.append("declare")
        elif segment.mode is SegmentMode.ACTIVE:
            words += [f"(table {self.index('table', segment.table)})", f"(offset {self.constant(segment.offset)})"]
        return f"({' '.join(words)} {self.items(segment)})"

    def data(self, segment: Data, index: int) -> str:
        words = ["data", self.named("data", index)]
        if segment.mode is SegmentMode.ACTIVE:
            words += [f"(memory {self.index('memoryindex', segment.memory)})"] * bool(segment.memory)
            words.append(f"(offset {self.constant(segment.offset)})")
        return f"({' '.join(words)} {quoted(segment.content)})"

    def named_parameters(self, type_: int, index: int) -> str:
        """The signature of an imported function, spelt out where its parameters have names."""
        names = _unique(self.module.names.locals.get(index, {}))
        composite = self.definitions[type_].composite if type_ < len(self.definitions) else None
        if not names or not isinstance(composite, FunctionType):
            return ""
        return self.signature(composite, [names.get(i, "") for i in range(len(composite.parameters))])

    def function(self, number: int, index: int) -> Iterator[str]:
        function = self.module.functions[number]
        type_ = self.definitions[function.type].composite if function.type < len(self.definitions) else None
        signature = type_ if isinstance(type_, FunctionType) else FunctionType()
        self.locals = _unique(self.module.names.locals.get(index, {}))
        count = len(signature.parameters)
        parameters = [self.locals.get(i, "") for i in range(count)]
        yield (
            f"  (func {self.named('function', index)} (type {self.index('type', function.type)})"
            f"{self.signature(signature, parameters)}"
        )
        for number, local in enumerate(function.locals, count):
            name = self.locals.get(number)
            yield f"    (local {name + ' ' if name else ''}{self.type(local)})"
        yield from self.body(function.body, self.module.names.labels.get(index, {}))
        yield "  )"

    def lines(self) -> Iterator[str]:
        module = self.module
        yield "(module" + (f" {identifier(module.names.module)}" if module.names.module else "")
        index = 0
        for group in module.types:
            texts = [self.definition(definition, index + i) for i, definition in enumerate(group)]
            index += len(group)
            yield "  " + (texts[0] if len(texts) == 1 else f"(rec {' '.join(texts)})")
        for line in self.imports():
            yield "  " + line
        counts = {kind: len(module.imported(kind)) for kind in ExternKind}
        for number, table in enumerate(module.tables, counts[ExternKind.TABLE]):
            initial = "" if table.initial is None else " " + self.constant(table.initial)
            yield f"  (table {self.named('table', number)} {self.table_type(table.type)}{initial})"
        for number, memory in enumerate(module.memories, counts[ExternKind.MEMORY]):
            yield f"  (memory {self.named('memoryindex', number)} {self.limits(memory)})"
        for number, tag in enumerate(module.tags, counts[ExternKind.TAG]):
            yield f"  (tag {self.named('tag', number)} (type {self.index('type', tag)}))"
        for number, one in enumerate(module.globals, counts[ExternKind.GLOBAL]):
            yield f"  (global {self.named('global', number)} {self.global_type(one.type)} {self.constant(one.initial)})"
        spaces = ("function", "table", "memoryindex", "global", "tag")
        for export in module.exports:
            target = f"({_EXTERN_WORDS[export.kind]} {self.index(spaces[export.kind], export.index)})"
            yield f"  (export {quoted(export.name.encode())} {target})"
        if module.start is not None:
            yield f"  (start {self.index('function', module.start)})"
        for number, segment in enumerate(module.elements):
            yield "  " + self.element(segment, number)
        for number in range(len(module.functions)):
            yield from self.function(number, number + counts[ExternKind.FUNCTION])
        for number, data in enumerate(module.data):
            yield "  " + self.data(data, number)
        yield ")"


def print_module(module: Module) -> str:
    """The module in the text format; custom sections other than names have no text and are left out."""
    return "\n".join(_Printer(module).lines()) + "\n"
