"""Signal frames: what is pushed is popped again, and any bytes on the guest's stack are a frame or a fault."""

from __future__ import annotations

import random
import struct
from collections.abc import Iterable
from functools import cache
from typing import Any

from fuzz.targets.target import FindingError, Target, instrumented, replace

with instrumented(__name__):
    from engines.vm.guests.riscv64.state import NO_RESERVATION, Hart
    from engines.vm.memory.address_space import READ, WRITE, AddressSpace, MemoryFault
    from engines.vm.user import riscv64
    from engines.vm.user.signals import AlternateStack, Signal, SignalInfo

_STACK, _STACK_BYTES = 0x10000, 0x4000
_HEAD = struct.Struct("<5Q")
_STATE_WORDS = 33 + 32


@cache
def _hart() -> Hart:
    memory = AddressSpace(20)
    memory.map(_STACK, _STACK_BYTES, READ | WRITE)
    return Hart(memory)


def one_input(data: bytes) -> None:
    """Five words (stack pointer, signal, mask, alternate stack), then registers, then what lies on the stack."""
    hart = _hart()
    words, memory = hart.words, hart.memory
    head = data[: _HEAD.size].ljust(_HEAD.size, b"\0")
    pointer, number, mask, alternate_pointer, alternate_size = _HEAD.unpack(head)
    registers = data[_HEAD.size : _HEAD.size + 8 * _STATE_WORDS].ljust(8 * _STATE_WORDS, b"\0")
    for index, value in enumerate(struct.unpack(f"<{_STATE_WORDS}Q", registers)):
        words[riscv64.X + index + 1 if index < 31 else riscv64.F + (index - 31) % 32] = value
    words[riscv64.SP], words[riscv64.PC] = pointer, pointer ^ mask & ~1
    words[riscv64.FFLAGS], words[riscv64.FRM], words[riscv64.RESERVATION] = mask & 31, number & 7, NO_RESERVATION
    stack = AlternateStack(alternate_pointer, 0, alternate_size)
    before = riscv64.state_digest(words), words[riscv64.PC] & ~1
    info = SignalInfo(Signal(1 + number % 31), 0, address=pointer)
    try:
        riscv64.push_signal_frame(memory, words, info, 0x1000, mask, stack, 0x2000, on_alternate=bool(number & 256))
    except (MemoryFault, riscv64.SignalFrameError):
        _pop_anything(memory, words, data[_HEAD.size :])
        return
    restored, left = riscv64.pop_signal_frame(memory, words)
    if restored != mask or (left.pointer, left.size) != (stack.pointer, stack.size):
        raise FindingError(f"mask {mask:#x} and {stack} came back as {restored:#x} and {left}")
    if before[0] != riscv64.state_digest(words) and before[1] == pointer ^ mask & ~1:
        raise FindingError("registers changed between pushing and popping a frame")


def _pop_anything(memory: AddressSpace, words: memoryview, data: bytes) -> None:
    memory.place(_STACK, data[:_STACK_BYTES])
    words[riscv64.SP] = _STACK + len(data) % 256
    riscv64.pop_signal_frame(memory, words)
    if words[riscv64.PC] & 1 or words[riscv64.FFLAGS] > 31 or words[riscv64.FRM] > 7 or words[riscv64.X]:
        raise FindingError("a frame from the guest left an impossible state")


def seeds() -> Iterable[bytes]:
    chance = random.Random(1)
    for pointer, alternate in ((_STACK + 0x3000, (0, 0)), (_STACK + 0x3FF8, (_STACK, 0x1000)), (8, (_STACK, 2048))):
        yield _HEAD.pack(pointer, chance.getrandbits(9), chance.getrandbits(64), *alternate) + chance.randbytes(520)


def planted() -> None:
    def wrapper(original: Any) -> Any:
        def pop(memory: AddressSpace, words: memoryview) -> Any:
            found = original(memory, words)
            if words[riscv64.FFLAGS] & 16 and words[riscv64.FRM] == 4:
                words[riscv64.FFLAGS] &= 15
            return found

        return pop

    replace(riscv64, "pop_signal_frame", wrapper)


TARGET = Target(
    one_input,
    "signal frames: pushed and popped without loss; any bytes are a frame or a fault",
    ("engines.vm.user.riscv64",),
    seeds,
    planted,
    "a flag is lost under one rounding mode",
    max_bytes=1400,
)

if __name__ == "__main__":
    from fuzz.targets.engine import main

    main(TARGET)
