"""The reference tier: the executable specification. Evaluates each instruction's semantics over plain integers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from engines.vm.bits import Bits
from engines.vm.errors import MachineError
from engines.vm.float_unit import FloatUnit
from engines.vm.guests.riscv64.state import NO_RESERVATION, Hart
from engines.vm.guests.riscv64.traps import ExceptionCause
from engines.vm.isa.derive.decode import Decoded
from engines.vm.isa.describe import OperandKind, Semantics
from engines.vm.isa.riscv64.coding import decode
from engines.vm.memory.address_space import AddressSpace, MemoryFault
from engines.vm.tiers.reference_vectors import ReferenceVectors
from engines.vm.tiers.stop import Stop, StopReason

_ZERO: Final = Bits(0, 64)
_ONE: Final = Bits(1, 64)
_DYNAMIC: Final = 7
_LAST_ROUNDING_MODE: Final = 4
_READ_ONLY: Final = 3
"""Upper two bits of the number of a read-only CSR (Privileged ISA §2.1)."""
_WORD: Final = 0xFFFF_FFFF_FFFF_FFFF

FFLAGS: Final = 0x001
FRM: Final = 0x002
FCSR: Final = 0x003
COUNTERS: Final = frozenset((0xC00, 0xC01, 0xC02))
"""cycle, time, instret: all read the number of retired instructions, so that runs repeat exactly."""


class GuestTrap(MachineError):  # noqa: N818  (the manual's word)
    """An exception that the running instruction takes."""

    def __init__(self, cause: int, value: int) -> None:
        super().__init__(cause, value)
        self.cause = cause
        self.value = value


class IntegerRegisters(list[Bits]):
    """x0 … x31; x0 drops what is written to it."""

    def __setitem__(self, register: Any, value: Any) -> None:
        if register:
            list.__setitem__(self, register, value)


class ReferenceMachine:
    """`engines.vm.isa.machine.Machine` over integers, for one instruction at a time.

    Holds the hart's registers as Python values between `load_from` and `store_to`.
    """

    def __init__(self, memory: AddressSpace) -> None:
        self.memory = memory
        self.x = IntegerRegisters([_ZERO] * 32)
        self.f = [_ZERO] * 32
        self.fp = FloatUnit()
        self.vector = ReferenceVectors(self)
        self.frm = 0
        self.reservation = NO_RESERVATION
        self.reservation_bytes = 0
        self.retired = 0
        self.address = 0
        self.following = 0
        self.word = 0

    def load_from(self, hart: Hart) -> None:
        """Take over the hart's state."""
        cpu = hart.cpu
        self.x[:] = [Bits(v, 64) for v in cpu["x"][:32].tolist()]
        list.__setitem__(self.x, 0, _ZERO)
        self.f[:] = [Bits(v, 64) for v in cpu["f"].tolist()]
        self.fp.flags = int(cpu["fflags"])
        self.frm = int(cpu["frm"])
        self.reservation = int(cpu["reservation"])
        self.reservation_bytes = int(cpu["reservation_bytes"])
        self.retired = int(cpu["retired"])
        self.address = int(cpu["pc"])
        self.vector.load_from(hart)

    def store_to(self, hart: Hart) -> None:
        """Give the state back."""
        cpu = hart.cpu
        cpu["x"][:32] = [v.value for v in self.x]
        cpu["f"] = [v.value for v in self.f]
        cpu["fflags"] = self.fp.flags
        cpu["frm"] = self.frm
        cpu["reservation"] = self.reservation
        cpu["reservation_bytes"] = self.reservation_bytes
        cpu["retired"] = self.retired
        cpu["pc"] = self.address
        self.vector.store_to(hart)

    @property
    def pc(self) -> Bits:
        return Bits(self.address, 64)

    @property
    def next_pc(self) -> Bits:
        return Bits(self.following, 64)

    def const(self, value: int, width: int = 64) -> Bits:
        return Bits(value, width)

    def is_x0(self, register: Any) -> Bits:
        return Bits(register == 0, 1)

    def jump(self, target: Bits) -> None:
        self.following = target.value

    def branch(self, taken: Bits, target: Bits) -> None:
        if taken.value:
            self.following = target.value

    def load(self, address: Bits, size_bytes: int) -> Bits:
        try:
            return Bits(self.memory.load(address.value, size_bytes), 8 * size_bytes)
        except MemoryFault as fault:
            raise GuestTrap(ExceptionCause.LOAD_ACCESS_FAULT, fault.address) from None

    def store(self, address: Bits, value: Bits) -> None:
        try:
            self.memory.store(address.value, value.value, value.width // 8)
        except MemoryFault as fault:
            raise GuestTrap(ExceptionCause.STORE_ACCESS_FAULT, fault.address) from None

    def load_reserved(self, address: Bits, size_bytes: int) -> Bits:
        if address.value % size_bytes:
            raise GuestTrap(ExceptionCause.LOAD_ADDRESS_MISALIGNED, address.value)
        value = self.load(address, size_bytes)
        self.reservation = address.value
        self.reservation_bytes = size_bytes
        return value

    def store_conditional(self, address: Bits, value: Bits) -> Bits:
        size_bytes = value.width // 8
        if address.value % size_bytes:
            raise GuestTrap(ExceptionCause.STORE_ADDRESS_MISALIGNED, address.value)
        reserved = self.reservation == address.value and self.reservation_bytes == size_bytes
        self._end_reservation()
        if not reserved:
            return _ONE
        self.store(address, value)
        return _ZERO

    def _end_reservation(self) -> None:
        self.reservation = NO_RESERVATION
        self.reservation_bytes = 0

    def amo(self, address: Bits, size_bytes: int, update: Callable[[Bits, Bits], Bits], operand: Bits) -> Bits:
        if address.value % size_bytes:
            raise GuestTrap(ExceptionCause.STORE_ADDRESS_MISALIGNED, address.value)
        try:
            old = Bits(self.memory.load(address.value, size_bytes), 8 * size_bytes)
            self.memory.store(address.value, update(old, operand).value, size_bytes)
        except MemoryFault:
            raise GuestTrap(ExceptionCause.STORE_ACCESS_FAULT, address.value) from None
        return old

    def trap_if(self, condition: Bits, cause: int, value: Bits) -> None:
        if condition.value:
            raise GuestTrap(cause, value.value)

    def trap(self, cause: int, value: Bits) -> None:
        raise GuestTrap(cause, value.value)

    def illegal(self) -> None:
        raise GuestTrap(ExceptionCause.ILLEGAL_INSTRUCTION, self.word)

    def illegal_if(self, condition: Bits) -> None:
        if condition.value:
            self.illegal()

    def rounding_mode(self, rm: int) -> int:
        mode = self.frm if rm == _DYNAMIC else rm
        if mode > _LAST_ROUNDING_MODE:
            self.illegal()
        return mode

    def csr_exchange(self, csr: Bits, rd: Any, update: Callable[[Bits], Bits], *, reads: Bits, writes: Bits) -> None:
        number = csr.value
        is_vector = self.vector.has_csr(number)
        if number not in COUNTERS and not FFLAGS <= number <= FCSR and not is_vector:
            self.illegal()
        if writes.value and number >> 10 == _READ_ONLY:
            self.illegal()
        old = self._csr(number)
        if writes.value:
            self._set_csr(number, update(old).value)
        if reads.value:
            self.x[rd] = old

    def _csr(self, number: int) -> Bits:
        if number == FFLAGS:
            return Bits(self.fp.flags, 64)
        if number == FRM:
            return Bits(self.frm, 64)
        if number == FCSR:
            return Bits(self.frm << 5 | self.fp.flags, 64)
        return Bits(self.retired if number in COUNTERS else self.vector.csr(number), 64)

    def _set_csr(self, number: int, value: int) -> None:
        """Bits without a field are dropped (WPRI of §20.2); frm keeps reserved modes, which trap when they are used."""
        if number == FRM:
            self.frm = value & 7
            return
        if number > FCSR:
            self.vector.set_csr(number, value)
            return
        self.fp.flags = value & 31
        if number == FCSR:
            self.frm = value >> 5 & 7

    def fence(self) -> None:
        """One hart sees its own accesses in order."""

    def fence_i(self) -> None:
        """Every fetch reads memory, so stores are seen at once."""


class _Prepared:
    """An instruction with its operands ready for this machine."""

    __slots__ = ("arguments", "length", "semantics", "word")

    def __init__(self, semantics: Semantics, arguments: tuple[Any, ...], length: int, word: int) -> None:
        self.semantics = semantics
        self.arguments = arguments
        self.length = length
        self.word = word


class ReferenceTier:
    """Runs harts instruction by instruction in pure Python."""

    def __init__(self) -> None:
        self._prepared: dict[bool, dict[int, _Prepared | None]] = {False: {}, True: {}}

    def step(self, hart: Hart) -> Stop | None:
        """Execute one instruction. Returns the trap that it took, or None when it retired."""
        stop = self.run(hart, 1)
        return stop if stop.reason is StopReason.TRAP else None

    def run(self, hart: Hart, limit_insns: int) -> Stop:
        """Execute until a trap or until `limit_insns` more instructions have retired; 0 executes nothing.

        The hart's state is precise afterwards: registers, pc, fcsr, reservation, retired count, and after a trap its
        cause, value and instruction bits.

        Raises:
            ValueError: `limit_insns` is negative.
        """
        if limit_insns < 0:
            raise ValueError(f"limit_insns is {limit_insns}, must be at least 0")
        m = ReferenceMachine(hart.memory)
        m.load_from(hart)
        end = m.retired + limit_insns
        prepared = self._prepared[hart.has_vectors]
        decode = decoder_of(has_vectors=hart.has_vectors)
        memory = hart.memory
        try:
            while m.retired != end:
                m.word = 0
                word = _fetch(memory, m.address)
                m.word = word
                try:
                    entry = prepared[word]
                except KeyError:
                    entry = prepared[word] = prepare(word, decode)
                if entry is None:
                    raise GuestTrap(ExceptionCause.ILLEGAL_INSTRUCTION, word)
                m.following = m.address + entry.length & _WORD
                entry.semantics(m, *entry.arguments)
                m.address = m.following
                m.retired += 1
        except GuestTrap as trap:
            m.reservation, m.reservation_bytes = NO_RESERVATION, 0
            m.store_to(hart)
            hart.cpu["trap_cause"] = trap.cause
            hart.cpu["trap_value"] = trap.value
            hart.cpu["instruction"] = m.word
            return Stop(StopReason.TRAP, int(trap.cause), trap.value)
        m.store_to(hart)
        return Stop(StopReason.LIMIT)


def _fetch(memory: AddressSpace, address: int) -> int:
    """The instruction's bits, 16 or 32."""
    at = address
    try:
        word = memory.fetch16(at)
        if word & 3 == 3:
            at = address + 2 & _WORD
            word |= memory.fetch16(at) << 16
    except MemoryFault:
        raise GuestTrap(ExceptionCause.INSTRUCTION_ACCESS_FAULT, at) from None
    return word


def decoder_of(*, has_vectors: bool) -> Callable[[int], Decoded | None]:
    """The function that decodes words of a machine with or without V, whose table is only loaded where it is needed."""
    if not has_vectors:
        return decode
    from engines.vm.isa.riscv64.vector_coding import decode as decode_with_vectors

    return decode_with_vectors


def prepare(word: int, decode: Callable[[int], Decoded | None] = decode) -> _Prepared | None:
    """Decode `word` and make its operands values of this machine: registers and rm as ints, the rest as `Bits`."""
    decoded = decode(word)
    if decoded is None:
        return None
    arguments = tuple(
        Bits(value, 64)
        if operand.kind in (OperandKind.IMMEDIATE, OperandKind.VTYPE)
        else Bits(value, 12)
        if operand.kind is OperandKind.CSR
        else value
        for operand, value in zip(decoded.instruction.operands, decoded.arguments, strict=True)
    )
    return _Prepared(decoded.instruction.semantics, arguments, decoded.instruction.length, word)
