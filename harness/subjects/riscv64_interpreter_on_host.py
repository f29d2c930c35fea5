"""The native interpreter for arm64 and riscv64 hosts as executors: machine cases, each from its first instruction on.

LLVM compiles the interpreter's module for the host; a process there, under QEMU's user mode unless this machine is of
that kind, runs it with the permission bytes and the memory of the case. What was compiled is kept in the disk cache.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from engines.vm.guests.riscv64.state import CPU_LAYOUT, Hart, word_of
from engines.vm.guests.words import WordRecord
from engines.vm.memory.address_space import PAGE_BITS, AddressSpace
from engines.vm.runtime.object_cache import ObjectCache, content_key
from engines.vm.tiers.interpreter.layout import CONTEXT_LAYOUT, OVERLAP_BYTES, PC_SHIFT, TRAP
from engines.vm.tiers.stop import Stop, StopReason
from harness.contract import Case, MachineCase, Observation
from harness.contract.layout import CODE_BASE, CODE_BYTES, CODE_SLOT_BYTES, DATA_BASE, DATA_BYTES
from harness.subjects.host_object import Linked, compile_for, link
from harness.subjects.host_process import HostProgram
from harness.subjects.host_process_image import CALL, FLUSH, SEND, STORE
from harness.subjects.riscv64_reference import ReferenceExecutor

MACHINES: Final = {"arm64": "aarch64", "riscv64": "riscv64"}
"""Hosts, as `platform.machine()` names them."""
_RECORDS: Final = 0x1000_0000
_CONTEXT: Final = _RECORDS + 0x800
_ARGUMENTS: Final = _RECORDS + 0x1000
_CODE: Final = 0x4000_0000
_CODE_BYTES: Final = 1 << 20
_PERMISSIONS: Final = 0x8000_0000
_PERMISSION_BYTES: Final = 1 << 24
_ARENA: Final = 0x10_0000_0000
_TABLE: Final = 0x20_0000_0000
_GUARD: Final = 1 << 24
_PIECE: Final = 1 << 30
"""The table of decoded code is reserved in pieces, each small enough for a system that counts its memory."""
_LIMIT: Final = CODE_BASE + CODE_BYTES
"""No pc from here on can be executed."""
_PC, _RETIRED, _CAUSE, _VALUE = (word_of(name) for name in ("pc", "retired", "trap_cause", "trap_value"))


@lru_cache
def _interpreter(host: str) -> Linked:
    """The interpreter for a host, from the disk cache if it is there; without anything left to the reference tier."""
    import llvmlite

    from engines.vm.isa.riscv64 import INSTRUCTIONS
    from engines.vm.tiers.interpreter.float_unit import float_support
    from engines.vm.tiers.interpreter.module import generate

    source = generate(INSTRUCTIONS, MACHINES[host], float_support(MACHINES[host], {}))
    if source.escapes:
        raise ValueError(f"the interpreter for {host} leaves {', '.join(source.escapes)} to the reference tier")
    cache = ObjectCache()
    key = content_key(["interpreter for a host", host, llvmlite.__version__, source.text])
    compiled = cache.get(key)
    if compiled is None:
        compiled = compile_for(host, source.text)
        cache.put(key, compiled)
    return link(host, compiled, _CODE)


class InterpreterOnHost:
    """Runs harts in the memory layout of machine cases.

    Args:
        name: `arm64` or `riscv64`.

    Attributes:
        slot: where the code of the next run is, `CODE_SLOT_BYTES` from there on; there is no other.
        runs: how often the host's interpreter was called. retired: instructions that retired in it.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.runs = 0
        self.retired = 0
        self.slot = self._filled = CODE_BASE
        self._permissions: dict[int, bytes] = {}
        self._program: HostProgram | None = None

    def close(self) -> None:
        """End the host's process."""
        if self._program is not None:
            self._program.close()
        self._program = None

    def run(self, hart: Hart, limit_insns: int) -> Stop:
        """Run until the first trap or until exactly `limit_insns` more instructions have retired.

        Raises:
            ValueError: `limit_insns` is negative.
            VirtualHostError: the host's process died or hangs.
        """
        if limit_insns < 0:
            raise ValueError(f"limit_insns is {limit_insns}, must be at least 0")
        program = self._program or self._start()
        memory, words = hart.memory, hart.words
        self._place(program, memory)
        context = WordRecord(CONTEXT_LAYOUT)
        for name, value in (
            ("cpu", _RECORDS), ("memory", _ARENA), ("permissions", _PERMISSIONS), ("table", _TABLE),
            ("code_limit", _LIMIT), ("fuse", 1),
        ):  # fmt: skip
            context[name] = value
        program.ask(STORE, _RECORDS, CPU_LAYOUT.itemsize, bytes(words))
        program.ask(STORE, _CONTEXT, CONTEXT_LAYOUT.itemsize, bytes(context.words))
        arguments = b"".join(value.to_bytes(8, "little") for value in (_CONTEXT, limit_insns, 0, 0, 0, 0))
        program.ask(STORE, _ARGUMENTS, len(arguments), arguments)
        program.ask(CALL, _ARGUMENTS, 0)
        wanted = [(_RECORDS, CPU_LAYOUT.itemsize), (_ARGUMENTS, 8), (_ARENA + DATA_BASE, DATA_BYTES)]
        for address, size in wanted:
            program.ask(SEND, address, size)
        state, answer, data = program.exchange([size for _, size in wanted])
        before = words[_RETIRED]
        words[:] = memoryview(state).cast("Q")
        memory.place(DATA_BASE, data)
        self.runs += 1
        self.retired += words[_RETIRED] - before
        if int.from_bytes(answer, "little") == TRAP:
            return Stop(StopReason.TRAP, words[_CAUSE], words[_VALUE])
        return Stop(StopReason.LIMIT)

    def _start(self) -> HostProgram:
        linked = _interpreter(self.name)
        end = (_LIMIT << PC_SHIFT) + _GUARD
        table = [(_TABLE + at, min(_PIECE, end - at)) for at in range(-_GUARD, end, _PIECE)]
        room = [
            (_RECORDS, 0x2000),
            (_CODE, _CODE_BYTES),
            (_PERMISSIONS, _PERMISSION_BYTES),
            (_ARENA + CODE_BASE, CODE_BYTES),
            (_ARENA + DATA_BASE, DATA_BYTES),
            *table,
        ]
        program = self._program = HostProgram(self.name, linked.symbols["run"], room, 120.0)
        program.ask(STORE, _CODE, len(linked.content), linked.content)
        program.ask(FLUSH, _CODE, len(linked.content))
        self._permissions.clear()
        return program

    def _place(self, program: HostProgram, memory: AddressSpace) -> None:
        """Give the process the guest's memory and permissions, and let it forget what it decoded of the slot."""
        for base, size in ((CODE_BASE, CODE_BYTES), (DATA_BASE, DATA_BYTES)):
            first = base >> PAGE_BITS
            permissions = bytes(memory.perm[first : first + (size >> PAGE_BITS)])
            if self._permissions.get(base) != permissions:
                self._permissions[base] = permissions
                program.ask(STORE, _PERMISSIONS + first, len(permissions), permissions)
        for slot in {self._filled, self.slot}:
            content = memory.read(slot, CODE_SLOT_BYTES)
            program.ask(STORE, _ARENA + slot, len(content), content)
            entries = CODE_SLOT_BYTES + OVERLAP_BYTES << PC_SHIFT
            program.ask(STORE, _TABLE + (slot - OVERLAP_BYTES << PC_SHIFT), entries, bytes(entries))
        self._filled = self.slot
        program.ask(STORE, _ARENA + DATA_BASE, DATA_BYTES, memory.read(DATA_BASE, DATA_BYTES))


class InterpreterOnHostExecutor(ReferenceExecutor):
    """Runs machine cases on an `InterpreterOnHost`."""

    def __init__(self, host: str) -> None:
        self.name = f"riscv64-interpreter-on-{host}"
        self.tier = InterpreterOnHost(host)
        super().__init__(self.tier)

    def run(self, case: Case) -> Observation:
        """Run one machine case; other kinds and ISAs are refused."""
        if isinstance(case, MachineCase):
            self.tier.slot = case.code_address & -CODE_SLOT_BYTES
        return super().run(case)

    def close(self) -> None:
        """End the host's process and give the guest memory back."""
        self.tier.close()
        super().close()


def arm64() -> InterpreterOnHostExecutor:
    """On an arm64 host."""
    return InterpreterOnHostExecutor("arm64")


def riscv64() -> InterpreterOnHostExecutor:
    """On a riscv64 host."""
    return InterpreterOnHostExecutor("riscv64")
