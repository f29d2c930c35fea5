"""Mutations of WebAssembly modules: three in four change instructions of a decoded module, the others bytes.

Section lengths make most changed bytes malformed at once; changed instructions reach the validator.
"""

from __future__ import annotations

import random
from typing import Any, Final

from engines.rustwasm.wasm.binary import MalformedModuleError, decode, encode
from engines.rustwasm.wasm.module import Expression, Instruction, Module
from engines.rustwasm.wasm.ops import BLOCKS, OPERATIONS
from engines.rustwasm.wasm.types import EMPTY, F32, F64, FUNC, I32, I64, Ref

_PLAIN: Final = tuple(name for name in OPERATIONS if name not in BLOCKS and name not in ("else", "end"))
_BLOCK_TYPES: Final = (EMPTY, I32, I64, F32, F64, 0, 1)


def mutate_module(data: bytes, max_bytes: int, seed: int) -> bytes:
    """A mutant of the module `data`, of at most `max_bytes`."""
    chance = random.Random(seed)
    if chance.random() < 0.25:
        return _damaged(data, chance)[:max_bytes]
    try:
        module = decode(data)
        for _ in range(chance.randint(1, 4)):
            _change(module, chance)
        changed = encode(module)
    except (MalformedModuleError, ValueError, OverflowError, IndexError):
        return _damaged(data, chance)[:max_bytes]
    return changed if len(changed) <= max_bytes else _damaged(data, chance)[:max_bytes]


def _damaged(data: bytes, chance: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(chance.randint(1, 3)):
        at = chance.randrange(len(changed) + 1)
        match chance.randrange(4):
            case 0:
                del changed[at : at + chance.randint(1, 4)]
            case 1:
                changed[at:at] = chance.randbytes(chance.randint(1, 3))
            case 2 if at < len(changed):
                changed[at] ^= 1 << chance.randrange(8)
            case _:
                changed[at : at + 1] = bytes((chance.choice((0, 1, 0x0B, 0x40, 0x7F, 0x80, 0xFB, 0xFC, 0xFD, 0xFF)),))
    return bytes(changed)


def _change(module: Module, chance: random.Random) -> None:
    if not module.functions:
        return
    body = chance.choice(module.functions).body
    at = chance.randrange(len(body) + 1)
    match chance.randrange(6):
        case 0:
            body[at:at] = _new(chance)
        case 1:
            del body[at : at + 1]
        case 2 if at < len(body):
            body.insert(chance.randrange(len(body) + 1), body[at])
        case 3 if at < len(body) and len(body[at]) > 1:
            body[at] = _other_immediate(body[at], chance)
        case 4:
            body[at:at] = _piece(chance.choice(module.functions).body, chance)
        case _:
            function = chance.choice(module.functions)
            kept = function.locals[: chance.randrange(4)]
            function.locals = [*kept, chance.choice((I32, I64, F32, F64, Ref(True, FUNC)))]


def _piece(body: Expression, chance: random.Random) -> Expression:
    start = chance.randrange(len(body) + 1)
    return body[start : start + chance.randint(1, 4)]


def _new(chance: random.Random) -> Expression:
    """An instruction of any operation with small immediates, a block with its end."""
    if chance.random() < 0.15:
        name = chance.choice(("block", "loop", "if"))
        return [(name, chance.choice(_BLOCK_TYPES)), ("end",)]
    operation = OPERATIONS[chance.choice(_PLAIN)]
    values: list[Any] = [operation.name]
    for one in operation.immediates:
        values += _immediate(one.kind, chance)
    return [tuple(values)]


def _immediate(kind: str, chance: random.Random) -> tuple[Any, ...]:
    small = chance.choice((0, 0, 0, 1, 1, 2, 3, 5))
    match kind:
        case "memory":
            return chance.randrange(4), small, 0
        case "labels":
            return (0,) * small, small
        case "valuetypes":
            return ((chance.choice((I32, I64)),),)
        case "heap":
            return (chance.choice((FUNC, 0, 1)),)
        case "reference":
            return (Ref(chance.random() < 0.5, chance.choice((FUNC, 0, 1))),)
        case "castflags":
            return small, Ref(True, FUNC), Ref(False, chance.choice((FUNC, 0)))
        case "lanes16" | "bytes16":
            return (bytes(chance.randrange(33) for _ in range(16)),)
        case "s32":
            return (chance.choice((0, 1, -1, 64, 127, 128, (1 << 31) - 1, -(1 << 31))),)
        case "s64":
            return (chance.choice((0, 1, -1, 64, 127, 128, (1 << 63) - 1, -(1 << 63))),)
        case _:
            return (small,)


def _other_immediate(one: Instruction, chance: random.Random) -> Instruction:
    """The instruction with one number changed by a little."""
    at = chance.randrange(1, len(one))
    value = one[at]
    if type(value) is not int:
        return one
    return (*one[:at], max(value + chance.choice((-1, 1, 2)), 0), *one[at + 1 :])
