"""Injected bugs in the code generators for arm64 and riscv64 hosts: encoder, relocations, lowering, gateway."""

from __future__ import annotations

from typing import Any, Final

from fuzz.sabotage.bug import Area, Catalogue, replace_method

ARM64: Final = ("fuzz.sabotage.host_judges:arm64",)
RISCV64: Final = ("fuzz.sabotage.host_judges:riscv64",)
BUGS: Final = Catalogue()


# -- arm64: encoder ---------------------------------------------------------------------------------------------------


@BUGS.action("arm64-shifted-immediate-unshifted", Area.HOST_ENCODER, "an immediate encoded wrongly",
             description="an immediate shifted by 12 is encoded without the shift", judges=ARM64)  # fmt: skip
def _() -> None:
    from engines.vm.hosts.arm64.encode import Assembler

    def wrapper(original: Any) -> Any:
        return lambda s, o, d, a, imm, w=1: original(s, o, d, a, imm if imm <= 0xFFF else imm >> 12, w)

    replace_method(Assembler, "add_imm", wrapper)


@BUGS.action("arm64-constant-loses-its-top", Area.HOST_ENCODER, "an immediate encoded wrongly",
             description="the last 16 bits of a 64-bit constant are missing", judges=ARM64)  # fmt: skip
def _() -> None:
    from engines.vm.hosts.arm64.encode import Assembler

    replace_method(Assembler, "imm", lambda original: lambda s, d, value: original(s, d, value & (1 << 48) - 1))


@BUGS.action("arm64-bit-mask-not-rotated", Area.HOST_ENCODER, "an immediate encoded wrongly",
             description="bit masks lose their rotation", judges=ARM64)  # fmt: skip
def _() -> None:
    from engines.vm.hosts.arm64 import encode

    def wrapper(original: Any) -> Any:
        def found(value: int, bits: int) -> int | None:
            field: int | None = original(value, bits)
            return None if field is None else field & ~(0x3F << 16)

        return found

    replace_method(encode, "logical_immediate", wrapper)


@BUGS.action("arm64-csel-operands-swapped", Area.HOST_ENCODER, "the order of operands",
             description="csel takes the other operand", judges=ARM64)  # fmt: skip
def _() -> None:
    from engines.vm.hosts.arm64.encode import CSEL, Assembler

    def wrapper(original: Any) -> Any:
        return lambda s, o, d, a, b, c, w=1: original(s, o, d, *((b, a) if o == CSEL else (a, b)), c, w)

    replace_method(Assembler, "csel", wrapper)


@BUGS.action("arm64-lsr-five-bits", Area.HOST_ENCODER, "a width confused",
             description="shifts right by a constant use five bits of it", judges=ARM64)  # fmt: skip
def _() -> None:
    from engines.vm.hosts.arm64.encode import Assembler

    replace_method(Assembler, "lsr", lambda original: lambda s, d, a, amount, w=1: original(s, d, a, amount & 31, w))


@BUGS.action("arm64-branch-one-too-far", Area.HOST_ENCODER, "a distance computed wrongly",
             description="conditional branches lead one instruction too far", judges=ARM64)  # fmt: skip
def _() -> None:
    from engines.vm.hosts.arm64 import relocations

    replace_method(
        relocations,
        "apply",
        lambda original: lambda code, kind, at, target: original(code, kind, at, target + 4 * kind),
    )


# -- arm64: lowering --------------------------------------------------------------------------------------------------


@BUGS.action("arm64-division-by-zero-is-zero", Area.CODE_GENERATOR, "a special case forgotten",
             description="the quotient of a division by 0 is 0", judges=ARM64)  # fmt: skip
def _() -> None:
    from engines.vm.hosts.arm64.encode import CSEL, CSINV, Assembler

    def wrapper(original: Any) -> Any:
        def csel(s: Any, o: int, d: int, a: int, b: int, c: int, w: int = 1) -> None:
            original(s, CSEL if o == CSINV else o, d, a, b, c, w)

        return csel

    replace_method(Assembler, "csel", wrapper)


@BUGS.action("arm64-mulhsu-unsigned", Area.CODE_GENERATOR, "sign of an extension",
             description="mulhsu multiplies both operands as unsigned", judges=ARM64)  # fmt: skip
def _() -> None:
    from engines.vm.hosts.arm64.encode import UMULH
    from engines.vm.hosts.arm64.lower import Lowering

    replace_method(Lowering, "high_mixed", lambda original: lambda e, v, a, b: e.three(v, a, b, UMULH, 1))


@BUGS.action("arm64-compares-whole-registers", Area.CODE_GENERATOR, "a width confused",
             description="comparisons of 32 bits look at 64", judges=ARM64)  # fmt: skip
def _() -> None:
    from engines.vm.hosts.arm64 import lower

    lower._COMPARE.update({opcode: (condition, 1) for opcode, (condition, _) in lower._COMPARE.items()})


@BUGS.action("arm64-fmsub-as-riscv-spells-it", Area.CODE_GENERATOR, "an operator confused",
             description="fmsub and fnmsub become the Arm instructions of the same names", judges=ARM64)  # fmt: skip
def _() -> None:
    from engines.vm.hosts.arm64 import encode, lower_float

    lower_float._FUSED.update({"fmsub": encode.FMSUB, "fnmsub": encode.FNMSUB})


@BUGS.action("arm64-dynamic-conversion-truncates", Area.CODE_GENERATOR, "a rounding mode ignored",
             description="conversions to integers in the dynamic mode round to zero", judges=ARM64)  # fmt: skip
def _() -> None:
    from engines.vm.hosts.arm64.lower_float import FloatLowering

    def wrapper(original: Any) -> Any:
        def to_integer(e: Any, v: int, a: int, mode: int, double: int, w: int, *, signed: bool) -> None:
            original(e, v, a, 1 if mode & 7 == 7 else mode, double, w, signed=signed)

        return to_integer

    replace_method(FloatLowering, "to_integer", wrapper)


@BUGS.action("arm64-tiny-before-rounding", Area.CODE_GENERATOR, "a flag raised wrongly",
             description="products report underflow as Arm sees it", judges=ARM64)  # fmt: skip
def _() -> None:
    from engines.vm.hosts.arm64 import lower_float

    replace_method(lower_float, "_UNDERFLOW", lambda original: frozenset())


@BUGS.action("arm64-minimum-of-signalling-nan", Area.CODE_GENERATOR, "a special case forgotten",
             description="minimum and maximum of a signalling NaN and a number are NaN", judges=ARM64)  # fmt: skip
def _() -> None:
    from engines.vm.hosts.arm64.lower_float import FloatLowering

    def wrapper(original: Any) -> Any:
        def extremum(e: Any, v: int, a: int, b: int, opcode: int, double: int) -> None:
            e.arithmetic(v, a, b, opcode, double, 7)

        return extremum

    replace_method(FloatLowering, "extremum", wrapper)


@BUGS.action("arm64-nans-keep-their-payload", Area.CODE_GENERATOR, "a NaN not made canonical",
             description="the gateway does not ask for default NaNs", judges=ARM64)  # fmt: skip
def _() -> None:
    from engines.vm.hosts.arm64 import abi

    replace_method(abi, "DEFAULT_NAN", lambda original: 1 << 26)


@BUGS.action("arm64-flags-not-reversed", Area.CODE_GENERATOR, "the order of bits",
             description="flags are taken from FPSR in Arm's order", judges=ARM64)  # fmt: skip
def _() -> None:
    from engines.vm.hosts.arm64.encode import Assembler

    replace_method(Assembler, "rbit", lambda original: lambda s, d, a: s.lsl(d, a, 27, 0))


@BUGS.action("arm64-stores-need-reading-alone", Area.CODE_GENERATOR, "a permission confused",
             description="stores are checked for the permission of loads", judges=ARM64)  # fmt: skip
def _() -> None:
    from engines.vm.hosts import load_store
    from engines.vm.hosts.arm64 import lower

    replace_method(lower, "DIRECT", lambda original: load_store.READ)


@BUGS.action("arm64-runs-without-budget", Area.CODE_GENERATOR, "a bound not kept",
             description="a block does not look whether the budget it takes is there", judges=ARM64)  # fmt: skip
def _() -> None:
    from engines.vm.hosts.arm64 import encode
    from engines.vm.hosts.arm64.lower import Lowering
    from engines.vm.hosts.arm64.registers import BUDGET

    replace_method(
        Lowering, "take_budget", lambda original: lambda e, n, out: e.asm.add_imm(encode.SUBS, BUDGET, BUDGET, n)
    )


@BUGS.action("hosts-stack-slots-collide", Area.CODE_GENERATOR, "two things in one place",
             description="stack slots 2n and 2n + 1 are the same word", judges=ARM64)  # fmt: skip
def _() -> None:
    from engines.vm.hosts.arm64.lower import Lowering
    from engines.vm.hosts.arm64.registers import SP

    def wrapper(original: Any) -> Any:
        return lambda e, r, base, offset: original(e, r, base, offset & ~8 if base == SP else offset)

    for name in ("load_word", "store_word"):
        replace_method(Lowering, name, wrapper)


# -- riscv64: encoder -------------------------------------------------------------------------------------------------


@BUGS.action("riscv64-host-lui-without-carry", Area.HOST_ENCODER, "an immediate encoded wrongly",
             description="a negative lower half is not made up for in lui", judges=RISCV64)  # fmt: skip
def _() -> None:
    from engines.vm.hosts.riscv64.encode import Assembler

    def wrapper(original: Any) -> Any:
        return lambda s, d, imm: original(s, d, imm - (0x1000 if imm & 0x1000 else 0))

    replace_method(Assembler, "lui", wrapper)


@BUGS.action("riscv64-host-store-offset-cut", Area.HOST_ENCODER, "an immediate encoded wrongly",
             description="bit 5 of a store's offset is missing", judges=RISCV64)  # fmt: skip
def _() -> None:
    from engines.vm.hosts.riscv64.encode import Assembler

    replace_method(
        Assembler, "s", lambda original: lambda s, name, value, base, imm: original(s, name, value, base, imm & ~32)
    )


@BUGS.action("riscv64-host-opposite-of-bge-unsigned", Area.HOST_ENCODER, "sign of a comparison",
             description="the opposite of bge is bltu", judges=RISCV64)  # fmt: skip
def _() -> None:
    from engines.vm.hosts.riscv64.encode import OPPOSITE

    OPPOSITE["bge"] = "bltu"


@BUGS.action("riscv64-host-static-mode-ignored", Area.HOST_ENCODER, "a rounding mode ignored",
             description="round-down and round-up are encoded as dynamic", judges=RISCV64)  # fmt: skip
def _() -> None:
    from engines.vm.hosts.riscv64.encode import Assembler

    def wrapper(original: Any) -> Any:
        return lambda s, name, d, a, b=0, mode=7: original(s, name, d, a, b, 7 if mode in (2, 3) else mode)

    replace_method(Assembler, "f", wrapper)


@BUGS.action("riscv64-host-jumps-short", Area.HOST_ENCODER, "a distance computed wrongly",
             description="jumps lead one instruction too far", judges=RISCV64)  # fmt: skip
def _() -> None:
    from engines.vm.hosts.riscv64 import relocations

    def wrapper(original: Any) -> Any:
        return lambda code, kind, at, target: original(code, kind, at, target + (0 if kind else 4))

    replace_method(relocations, "apply", wrapper)


# -- riscv64: lowering ------------------------------------------------------------------------------------------------


@BUGS.action("riscv64-host-compares-whole-registers", Area.CODE_GENERATOR, "a width confused",
             description="comparisons of 32 bits look at 64", judges=RISCV64)  # fmt: skip
def _() -> None:
    from engines.vm.hosts.riscv64 import lower

    lower._COMPARE.update({opcode: (name, True) for opcode, (name, _) in lower._COMPARE.items()})


@BUGS.action("riscv64-host-srlw-as-srl", Area.CODE_GENERATOR, "a width confused",
             description="32-bit shifts right shift all 64 bits", judges=RISCV64)  # fmt: skip
def _() -> None:
    from engines.vm.hosts.riscv64.lower import Lowering

    def wrapper(original: Any) -> Any:
        return lambda e, v, a, b, name, wide: original(e, v, a, b, name, wide or name == "srl")

    replace_method(Lowering, "shift", wrapper)


@BUGS.action("riscv64-host-divw-as-div", Area.CODE_GENERATOR, "a width confused",
             description="32-bit divisions divide all 64 bits", judges=RISCV64)  # fmt: skip
def _() -> None:
    from engines.vm.hosts.riscv64.lower import Lowering

    replace_method(
        Lowering, "three", lambda original: lambda e, v, a, b, name: original(e, v, a, b, name.removesuffix("w"))
    )


@BUGS.action("riscv64-host-less-or-equal-is-greater", Area.CODE_GENERATOR, "a condition inverted",
             description="less-or-equal as a value is not inverted", judges=RISCV64)  # fmt: skip
def _() -> None:
    from engines.vm.hosts.riscv64.encode import Assembler

    def wrapper(original: Any) -> Any:
        return lambda s, name, d, a, imm: original(s, name, d, a, 0 if name == "xori" and imm == 1 else imm)

    replace_method(Assembler, "i", wrapper)


@BUGS.action("riscv64-host-select-inverted", Area.CODE_GENERATOR, "a condition inverted",
             description="integer selections take the other operand", judges=RISCV64)  # fmt: skip
def _() -> None:
    from engines.vm.hosts.riscv64.lower import Lowering

    replace_method(Lowering, "select", lambda original: lambda e, v, c, a, b: original(e, v, c, b, a))


@BUGS.action("riscv64-host-unbox-without-look", Area.CODE_GENERATOR, "a special case forgotten",
             description="unboxing takes the low half whatever the upper one is", judges=RISCV64)  # fmt: skip
def _() -> None:
    from engines.vm.hosts.riscv64.lower_float import FloatLowering

    replace_method(FloatLowering, "unbox", lambda original: lambda e, v, a: e.low(v, a))


@BUGS.action("riscv64-host-low-keeps-the-box", Area.CODE_GENERATOR, "a NaN box confused",
             description="the low half of a double is not boxed", judges=RISCV64)  # fmt: skip
def _() -> None:
    from engines.vm.hosts.riscv64.lower_float import F0, FloatLowering

    replace_method(FloatLowering, "low", lambda original: lambda e, v, a: e.float_done(v, e.float_use(a, F0)))


@BUGS.action("riscv64-host-any-address", Area.CODE_GENERATOR, "a bound not kept",
             description="addresses beyond the guest's memory are not refused", judges=RISCV64)  # fmt: skip
def _() -> None:
    from engines.vm.hosts.riscv64 import lower

    replace_method(lower, "PAGES_BITS", lambda original: 63)


@BUGS.action("riscv64-host-stores-need-reading-alone", Area.CODE_GENERATOR, "a permission confused",
             description="stores are checked for the permission of loads", judges=RISCV64)  # fmt: skip
def _() -> None:
    from engines.vm.hosts import load_store
    from engines.vm.hosts.riscv64 import lower

    replace_method(lower, "DIRECT", lambda original: load_store.READ)


@BUGS.action("riscv64-host-budget-kept", Area.CODE_GENERATOR, "a count wrong",
             description="a block that is left early keeps the whole budget it took", judges=RISCV64)  # fmt: skip
def _() -> None:
    from engines.vm.hosts.riscv64.lower import Lowering

    replace_method(Lowering, "give_back", lambda original: lambda e, insns: None)


@BUGS.action("riscv64-host-gateway-mode-misplaced", Area.CODE_GENERATOR, "a field misplaced",
             description="the gateway puts frm one bit too low into fcsr", judges=RISCV64)  # fmt: skip
def _() -> None:
    from engines.vm.hosts.riscv64 import abi

    replace_method(abi, "MODE_SHIFT", lambda original: original - 1)


@BUGS.action("riscv64-host-flags-not-cleared", Area.CODE_GENERATOR, "a flag raised wrongly",
             description="setting the flags leaves those that fcsr collected", judges=RISCV64)  # fmt: skip
def _() -> None:
    from engines.vm.hosts.riscv64.encode import FFLAGS, Assembler

    def wrapper(original: Any) -> Any:
        def csr(s: Any, name: str, d: int, number: int, a: int) -> None:
            if (name, number) != ("csrrw", FFLAGS):
                original(s, name, d, number, a)

        return csr

    replace_method(Assembler, "csr", wrapper)
