"""Injected bugs in the native interpreter's own parts: memory checks, atomics, traps, CSRs, the decoder's tree."""

from __future__ import annotations

from typing import Any, Final

from engines.vm.tiers.interpreter import machine as native
from fuzz.sabotage.bug import Area, Catalogue, replace_method

BUGS: Final = Catalogue()


@BUGS.action("second-page-unchecked", Area.MEMORY, "permission of only the first page of a crossing access checked")
def _() -> None:
    def wrapper(original: Any) -> Any:
        def flags(self: Any, address: Any) -> Any:
            first = getattr(self, "sabotaged_first", None)
            if self.careful and first is not None:
                self.sabotaged_first = None
                return original(self, first)
            self.sabotaged_first = address
            return original(self, address)

        return flags

    replace_method(native.HandlerMachine, "flags", wrapper)


@BUGS.action("store-fault-value-last-byte", Area.TRAPS, "a wrong trap value")
def _() -> None:
    def wrapper(original: Any) -> Any:
        def trap_if(self: Any, condition: Any, cause: int, value: Any) -> None:
            original(self, condition, cause, value + 7 if int(cause) == 7 else value)

        return trap_if

    replace_method(native.HandlerMachine, "trap_if", wrapper)


@BUGS.action("addresses-truncated", Area.MEMORY, "the upper half of an address ignored")
def _() -> None:
    def wrapper(original: Any) -> Any:
        def load(self: Any, address: Any, size_bytes: int) -> Any:
            return original(self, address & 0xFFFF_FFFF, size_bytes)

        return load

    replace_method(native.HandlerMachine, "load", wrapper)


@BUGS.action("misaligned-loads-aligned", Area.MEMORY, "the low bits of an address dropped")
def _() -> None:
    def wrapper(original: Any) -> Any:
        def load(self: Any, address: Any, size_bytes: int) -> Any:
            return original(self, address & -size_bytes, size_bytes)

        return load

    replace_method(native.HandlerMachine, "load", wrapper)


@BUGS.action("sc-without-reservation", Area.ATOMICS, "a store-conditional that always succeeds")
def _() -> None:
    def store_conditional(self: Any, address: Any, value: Any) -> Any:
        size_bytes = value.width // 8
        self.trap_if((address & (size_bytes - 1)).ne(0), 6, address)
        self.store(address, value)
        return self.const(0)

    native.HandlerMachine.store_conditional = store_conditional  # type: ignore[method-assign]


@BUGS.action("amo-misaligned-allowed", Area.ATOMICS, "alignment of an atomic not checked")
def _() -> None:
    def wrapper(original: Any) -> Any:
        def amo(self: Any, address: Any, size_bytes: int, update: Any, operand: Any) -> Any:
            old = self.load(address, size_bytes)
            self.store(address, update(old, operand))
            return old

        return amo

    replace_method(native.HandlerMachine, "amo", wrapper)


@BUGS.action("invalid-frm-accepted", Area.TRAPS, "a reserved rounding mode that does not trap")
def _() -> None:
    def wrapper(original: Any) -> Any:
        def rounding_mode(self: Any, rm: Any) -> Any:
            illegal_if = self.illegal_if
            self.illegal_if = lambda condition: None
            try:
                return original(self, rm)
            finally:
                self.illegal_if = illegal_if

        return rounding_mode

    replace_method(native.HandlerMachine, "rounding_mode", wrapper)


@BUGS.action("fcsr-write-keeps-frm", Area.TRAPS, "a CSR's fields not all written")
def _() -> None:
    def wrapper(original: Any) -> Any:
        def csr_set(self: Any, csr: Any, value: Any, writes: Any) -> None:
            original(self, csr, csr.eq(native.FCSR).select(value & 31, value), writes)

        return csr_set

    replace_method(native.HandlerMachine, "_csr_set", wrapper)


@BUGS.action("illegal-value-next-parcel", Area.TRAPS, "trap value of an illegal instruction read from the wrong place")
def _() -> None:
    def wrapper(original: Any) -> Any:
        def instruction_bits(self: Any) -> Any:
            return original(self) | 1 << 31

        return instruction_bits

    replace_method(native.HandlerMachine, "instruction_bits", wrapper)
