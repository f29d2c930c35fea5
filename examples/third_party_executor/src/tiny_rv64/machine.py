"""RV64I over plain integers, written from the unprivileged manual and independent of every other engine here."""

from __future__ import annotations

from dataclasses import dataclass, field

MASK = (1 << 64) - 1


class UnsupportedError(Exception):
    """The machine reached an instruction of an extension that it lacks: what others make of it is not for us to say."""


class TrapError(Exception):
    """A trap: its name as the contract spells it, and the trap value."""

    def __init__(self, name: str, value: int) -> None:
        super().__init__(name, value)
        self.name, self.value = name, value


@dataclass
class Region:
    """Memory from `base` on; a write needs `writable`, a fetch `executable`."""

    base: int
    data: bytearray
    writable: bool
    executable: bool

    def holds(self, address: int) -> bool:
        return self.base <= address < self.base + len(self.data)


def signed(value: int, bits: int = 64) -> int:
    value &= (1 << bits) - 1
    return value - (1 << bits) if value >> bits - 1 else value


def not_here(word: int) -> Exception:
    """Why a 32-bit encoding is not run: it may be of A, F, D, M, Zicsr or Zifencei, or it is illegal for everybody."""
    opcode, f3 = word & 0x7F, word >> 12 & 7
    elsewhere = (
        opcode in (0x07, 0x27, 0x2F, 0x43, 0x47, 0x4B, 0x4F, 0x53)
        or (opcode in (0x33, 0x3B) and word >> 25 == 1)
        or (opcode == 0x0F and f3 == 1)
        or (opcode == 0x73 and f3 not in (0, 4))
    )
    return UnsupportedError(f"instruction {word:#010x}") if elsewhere else TrapError("ILLEGAL_INSTRUCTION", word)


@dataclass
class Machine:
    """One hart. `step` runs one instruction or raises; a raise leaves every register as it was."""

    regions: list[Region]
    pc: int = 0
    x: list[int] = field(default_factory=lambda: [0] * 32)

    def _at(self, address: int, trap: str, need: str = "") -> tuple[Region, int]:
        for region in self.regions:
            if region.holds(address) and (not need or getattr(region, need)):
                return region, address - region.base
        raise TrapError(trap, address)

    def load(self, address: int, size: int) -> int:
        data = []
        for n in range(size):
            region, at = self._at((address + n) & MASK, "LOAD_FAULT")
            data.append(region.data[at])
        return int.from_bytes(bytes(data), "little")

    def store(self, address: int, value: int, size: int) -> None:
        places = [self._at((address + n) & MASK, "STORE_FAULT", "writable") for n in range(size)]
        for (region, at), byte in zip(places, (value & (1 << 8 * size) - 1).to_bytes(size, "little"), strict=True):
            region.data[at] = byte

    def fetch(self) -> int:
        word = 0
        for parcel in (0, 2):
            region, at = self._at(self.pc + parcel, "FETCH_FAULT", "executable")
            word |= int.from_bytes(region.data[at : at + 2], "little") << 8 * parcel
            if parcel == 0 and word & 3 != 3:
                raise UnsupportedError(f"compressed {word:#06x}") if word else TrapError("ILLEGAL_INSTRUCTION", 0)
        return word

    def step(self) -> None:
        word = self.fetch()
        opcode, rd, f3, rs1, rs2 = word & 0x7F, word >> 7 & 31, word >> 12 & 7, word >> 15 & 31, word >> 20 & 31
        f7, a, b = word >> 25, self.x[rs1], self.x[rs2]
        immediate, following, result = signed(word >> 20, 12), self.pc + 4, None
        match opcode:
            case 0x37:  # lui
                result = signed(word & 0xFFFF_F000, 32)
            case 0x17:  # auipc
                result = self.pc + signed(word & 0xFFFF_F000, 32)
            case 0x6F:  # jal
                offset = (word >> 31) << 20 | (word & 0xFF000) | (word >> 20 & 1) << 11 | (word >> 21 & 0x3FF) << 1
                result, following = self.pc + 4, self.pc + signed(offset, 21)
            case 0x67 if f3 == 0:  # jalr
                result, following = self.pc + 4, a + immediate & ~1
            case 0x63 if f3 not in (2, 3):
                offset = (word >> 31) << 12 | (word >> 7 & 1) << 11 | (word >> 25 & 0x3F) << 5 | (word >> 8 & 0xF) << 1
                taken = (a == b, False, False, False, signed(a) < signed(b), False, a < b)[f3 & 6] != bool(f3 & 1)
                following = self.pc + signed(offset, 13) if taken else following
            case 0x03 if f3 != 7:
                size = 1 << (f3 & 3)
                result = self.load(a + immediate & MASK, size)
                result = result if f3 & 4 else signed(result, 8 * size)
            case 0x23 if f3 < 4:
                self.store(a + signed(f7 << 5 | rd, 12) & MASK, b, 1 << f3)
            case 0x13 | 0x33:
                result = self._arithmetic(opcode == 0x33, f3, f7, a, b if opcode == 0x33 else immediate, word)
            case 0x1B | 0x3B:
                result = self._words(opcode == 0x3B, f3, f7, a, b if opcode == 0x3B else immediate, word)
            case 0x0F if f3 == 0:  # fence: nothing to order on one hart
                pass
            case 0x73 if word == 0x0000_0073:
                raise TrapError("ENVIRONMENT_CALL", 0)
            case 0x73 if word == 0x0010_0073:
                raise TrapError("BREAKPOINT", 0)
            case _:
                raise not_here(word)
        if result is not None and rd:
            self.x[rd] = result & MASK
        self.pc = following & MASK

    def _arithmetic(self, registers: bool, f3: int, f7: int, a: int, b: int, word: int) -> int:
        kind = f7 if registers else f7 & 0x7E  # a shift amount has six bits
        if (registers or f3 in (1, 5)) and kind != 0 and (kind != 0x20 or f3 not in ((0, 5) if registers else (5,))):
            raise not_here(word)
        alternate, shift, unsigned = kind == 0x20 and (registers or f3 == 5), b & 63, b & MASK
        return (
            a - b if alternate else a + b,
            a << shift,
            int(signed(a) < signed(b)),
            int(a < unsigned),
            a ^ unsigned,
            signed(a) >> shift if alternate else a >> shift,
            a | unsigned,
            a & unsigned,
        )[f3]

    def _words(self, registers: bool, f3: int, f7: int, a: int, b: int, word: int) -> int:
        legal = {0: (0, 0x20) if registers else range(128), 1: (0,), 5: (0, 0x20)}
        if f7 not in legal.get(f3, ()):
            raise not_here(word)
        low, shift, alternate = a & 0xFFFF_FFFF, b & 31, f7 == 0x20 and (registers or f3 == 5)
        if f3 == 0:
            return signed(a - b if alternate else a + b, 32)
        if f3 == 1:
            return signed(low << shift, 32)
        return signed(signed(low, 32) >> shift if alternate else low >> shift, 32)
