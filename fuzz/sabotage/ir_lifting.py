"""Injected bugs in the lifter: semantics right, IR wrong."""

from __future__ import annotations

from typing import Any, Final

from fuzz.sabotage.bug import Area, Catalogue, replace_method
from fuzz.sabotage.equivalent import SOURCE
from fuzz.sabotage.source import source_bugs

_JUDGES: Final = ("riscv64-ir-lifted", "fuzz.sabotage.ir_judges:Translations")

BUGS: Final = Catalogue(judges=_JUDGES)


def _idiom(name: str, wrong: Any) -> None:
    """Replace an idiom in the legaliser's lists."""
    from engines.vm.lift import legalise

    right = getattr(legalise, name)
    for names in ("INTEGER_IDIOMS", "FLOAT_IDIOMS"):
        listed = getattr(legalise, names)
        setattr(legalise, names, tuple(wrong if idiom is right else idiom for idiom in listed))


def _template_text(old: str, new: str) -> None:
    """Change the source of templates."""
    from engines.vm.lift import template

    replace_method(template, "template_source", lambda original: lambda *a: original(*a).replace(old, new))


@BUGS.action("ir-unbox-without-check", Area.IR, "NaN boxes not checked", description="unbox takes the low half")
def _() -> None:
    def wrong(writer: Any, node: Any) -> int | None:
        from engines.vm.lift import legalise

        if not legalise._is_unbox(node):
            return None
        return int(writer.emit("low.f64.f32", (writer.as_float(node.args[1].args[0]),)))

    _idiom("unbox", wrong)


@BUGS.action("ir-any-shift-mask-dropped", Area.IR, "shift by too many bits of the amount",
             description="W shifts take all six bits of the amount")  # fmt: skip
def _() -> None:
    def wrong(writer: Any, node: Any) -> int | None:
        if node.op not in ("shl", "lshr", "ashr") or node.args[1].op != "and":
            return None
        wide = [writer.emit("zext.i32.i64", (writer.as_integer(a),)) if node.width == 32 else writer.as_integer(a)
                for a in (node.args[0], node.args[1].args[0])]  # fmt: skip
        number = int(writer.emit(f"{node.op}.i64", tuple(wide)))
        return number if node.width == 64 else int(writer.emit("trunc.i64.i32", (number,)))

    _idiom("masked_shift", wrong)


@BUGS.action("ir-division-idiom-unsigned", Area.IR, "signedness of a division",
             description="guarded signed divisions become unsigned ones")  # fmt: skip
def _() -> None:
    from engines.vm.lift import legalise

    right = legalise.guarded_division

    def wrong(writer: Any, node: Any) -> int | None:
        number = right(writer, node)
        if number is not None:
            from engines.vm.ir.ops import OPCODE, OPS

            code, operands, immediates = writer.operations[number]
            name = OPS[code].name.replace("sdiv", "udiv").replace("srem", "urem")
            writer.operations[number] = (OPCODE[name], operands, immediates)
        return number

    _idiom("guarded_division", wrong)


@BUGS.action("ir-mulhsu-as-mulhu", Area.IR, "signedness of one operand", description="mulhsu's idiom gives mulhu")
def _() -> None:
    from engines.vm.lift.legalise import Legaliser

    def wrapper(original: Any) -> Any:
        return lambda self, name, *rest: original(self, name.replace("mulhsu", "mulhu"), *rest)

    replace_method(Legaliser, "emit", wrapper)


@BUGS.action("ir-loads-lose-their-sign", Area.IR, "sign of a load", description="8-bit loads are zero-extended")
def _() -> None:
    from engines.vm.lift.legalise import Legaliser

    def wrapper(original: Any) -> Any:
        return lambda self, name, *rest: original(self, name.replace("load.s8", "load.u8"), *rest)

    replace_method(Legaliser, "emit", wrapper)


@BUGS.action("ir-x0-is-written", Area.IR, "x0 keeps a value", description="puts to x0 are not dropped")
def _() -> None:
    from engines.vm.lift import machine

    def wrong(self: Any, register: Any, value: Any) -> None:
        self._read.clear()
        self._machine.graph.effect("put", 0, (value,), (register.name,), self._is_float)

    machine._Registers.__setitem__ = wrong  # type: ignore[method-assign]


@BUGS.action("ir-links-as-if-uncompressed", Area.IR, "length of a compressed instruction",
             description="next_pc is the pc plus 4 always")  # fmt: skip
def _() -> None:
    from engines.vm.lift.machine import TemplateMachine

    TemplateMachine.next_pc = property(lambda self: self.graph.const("pc + 4", 64))  # type: ignore[assignment]


@BUGS.action("ir-jumps-not-counted", Area.IR, "retired count off by one", description="a jump does not count itself")
def _() -> None:
    _template_text("n + 1", "n")


@BUGS.action("ir-sc-keeps-the-reservation", Area.IR, "reservation kept", description="sc leaves the reservation")
def _() -> None:
    from engines.vm.guests.riscv64.state import NO_RESERVATION
    from engines.vm.lift.machine import TemplateMachine

    def wrapper(original: Any) -> Any:
        def reserve(self: Any, address: Any, size_bytes: Any) -> None:
            if not address.is_known(NO_RESERVATION):
                original(self, address, size_bytes)

        return reserve

    replace_method(TemplateMachine, "_set_reservation", wrapper)


@BUGS.action("ir-atomics-may-be-misaligned", Area.IR, "alignment not checked",
             description="no leaveif for misaligned atomics")  # fmt: skip
def _() -> None:
    from engines.vm.lift.machine import TemplateMachine

    replace_method(TemplateMachine, "_aligned", lambda original: lambda self, address, size_bytes: None)


@BUGS.action("ir-dynamic-mode-unchecked", Area.IR, "reserved rounding mode accepted", description="no checkmode")
def _() -> None:
    from engines.vm.lift.machine import TemplateMachine

    replace_method(TemplateMachine, "rounding_mode", lambda original: _unchecked(original))


def _unchecked(original: Any) -> Any:
    from engines.vm.ir.ops import DYNAMIC

    return lambda self, rm: rm if rm.mode == DYNAMIC else original(self, rm)


@BUGS.action("ir-shapes-ignore-aliases", Area.IR, "a shape that fits other operands",
             description="words with equal and with different f registers share a template")  # fmt: skip
def _() -> None:
    from engines.vm.lift import shapes

    def wrapper(original: Any) -> Any:
        def source(instruction: Any) -> str:
            lines = original(instruction).splitlines()
            lines[-1] = lines[-1].replace(" == ", " != -1 - ")
            return "\n".join(lines) + "\n"

        return source

    replace_method(shapes, "splitter_source", wrapper)


@BUGS.action("ir-fields-lose-their-sign", Area.IR, "sign of an immediate", description="immediates are zero-extended")
def _() -> None:
    from engines.vm.lift import shapes

    def wrapper(original: Any) -> Any:
        def extraction(field: Any, kind: Any) -> str:
            text = str(original(field, kind))
            return text.rpartition(" ^ ")[0] + ")" if field.signed else text

        return extraction

    replace_method(shapes, "extraction", wrapper)


@BUGS.action("ir-branch-inside-a-block-inverted", Area.IR, "a condition the wrong way round",
             description="exitif leaves where the branch is not taken")  # fmt: skip
def _() -> None:
    from engines.vm.ir.ops import OPCODE
    from engines.vm.lift import template

    def wrapper(original: Any) -> Any:
        def source(name: str, parameters: Any, operations: Any) -> str:
            last = operations[-1] if operations else None
            if last is None or last[0] != OPCODE["exitif"]:
                return str(original(name, parameters, operations))
            at = len(operations) - 1
            inverted = ((OPCODE["const.i1"], (), (1,)), (OPCODE["xor.i1"], (last[1][0], at), ()))
            return str(original(name, parameters, (*operations[:-1], *inverted, (last[0], (at + 1,), last[2]))))

        return source

    replace_method(template, "template_source", wrapper)


BUGS.extend(
    [
        *source_bugs("engines.vm.lift.legalise", Area.IR, _JUDGES, 10, equivalent=SOURCE),
        *source_bugs("engines.vm.lift.machine", Area.IR, _JUDGES, 8, equivalent=SOURCE),
    ]
)
