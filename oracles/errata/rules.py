"""Rules: the small expression language in which errata state conditions, and their evaluation.

A rule is a Python expression over
    bits, pc, x[n], f[n], fflags, frm         the instruction and the state before it
    rd, rs1, rs2, rs3, rm, imm                its operand fields (32-bit encodings; `imm` is the I-type immediate)
    subject, oracle                           the two results: .x[n] .f[n] .fflags .frm .pc .trap .tval .end
    boxed(v) nan32(v) snan32(v) nan64(v) snan64(v) u32(v) sext32(v)
    boxed_or_canonical(v)                     the FP32 value that a NaN-boxed register stands for
    store_address()                           rs1 plus the S-type immediate
    lr_bytes()                                size of the last LR, 0 when an SC followed it or it is not known
    stores_since_lr()                         how many stores and AMOs followed the last LR
    trap names as the contract spells them    BREAKPOINT, STORE_FAULT, …
with comparisons, `and`, `or`, `not`, `in`, integer arithmetic and bit operators. Anything else is refused when the rule
is read, so a record cannot run code.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from harness.contract.observation import MachineObservation
from harness.contract.traps import End, Trap

if TYPE_CHECKING:
    from oracles.errata.records import Erratum

CANONICAL_NAN_32: Final = 0x7FC0_0000
_ALLOWED: Final = (
    ast.Expression, ast.BoolOp, ast.And, ast.Or, ast.UnaryOp, ast.Not, ast.Invert, ast.USub, ast.BinOp, ast.Add,
    ast.Sub, ast.Mult, ast.Mod, ast.LShift, ast.RShift, ast.BitAnd, ast.BitOr, ast.BitXor, ast.Compare, ast.Eq,
    ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.In, ast.NotIn, ast.Name, ast.Load, ast.Constant, ast.Subscript,
    ast.Attribute, ast.Call, ast.Tuple, ast.IfExp,
)  # fmt: skip
_RESULT_ATTRIBUTES: Final = frozenset({"x", "f", "fflags", "frm", "pc", "trap", "tval", "end"})


class RuleError(ValueError):
    """A rule that is not of the language."""


class Rule:
    """A checked, compiled rule.

    Raises:
        RuleError: the text is not of the language; the message shows what is not allowed.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        tree = _parse(text)
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and node.attr not in _RESULT_ATTRIBUTES:
                raise RuleError(f"rule {text!r}: no attribute {node.attr!r}; there are {sorted(_RESULT_ATTRIBUTES)}")
            if isinstance(node, ast.Name) and node.id not in _NAMES:
                raise RuleError(f"rule {text!r}: no name {node.id!r}; there are {sorted(_NAMES)}")
        self._code = compile(tree, "<erratum>", "eval")

    def __repr__(self) -> str:
        return f"Rule({self.text!r})"

    def __call__(self, names: Mapping[str, Any]) -> bool:
        return bool(eval(self._code, {"__builtins__": {}}, dict(names)))


class ElementRule:
    """A rule over arrays: names `subject` and `oracle`, comparisons, integer and bit operators (`&` for and), no calls.

    Raises:
        RuleError: as `Rule`.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        tree = _parse(text)
        for node in ast.walk(tree):
            if isinstance(node, ast.BoolOp | ast.Call | ast.Attribute | ast.Subscript | ast.In | ast.NotIn | ast.IfExp):
                raise RuleError(f"rule {text!r}: {type(node).__name__} is not allowed in a rule over arrays")
            if isinstance(node, ast.Name) and node.id not in ("subject", "oracle"):
                raise RuleError(f"rule {text!r}: no name {node.id!r}; there are 'oracle' and 'subject'")
        self._code = compile(tree, "<erratum>", "eval")

    def __repr__(self) -> str:
        return f"ElementRule({self.text!r})"

    def __call__(self, subject: NDArray[np.uint64], oracle: NDArray[np.uint64]) -> NDArray[np.bool_]:
        found = eval(self._code, {"__builtins__": {}}, {"subject": subject, "oracle": oracle})
        return np.asarray(found, np.bool_)


def _parse(text: str) -> ast.Expression:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", SyntaxWarning)  # `1or x` and the like: legal, and never meant
            tree = ast.parse(text, mode="eval")
            compile(tree, "<erratum>", "eval")
    except SyntaxError as error:
        raise RuleError(f"rule {text!r}: {error.msg}") from error
    except (ValueError, RecursionError, MemoryError) as error:  # a NUL character; nested too deeply for the parser
        raise RuleError(f"rule {text[:60]!r}: {error or 'nested too deeply'}") from error
    for node in ast.walk(tree):
        if not isinstance(node, _ALLOWED):
            raise RuleError(f"rule {text!r}: {type(node).__name__} is not allowed")
    return tree


@dataclass(frozen=True)
class Result:
    """An observation as rules see it."""

    x: tuple[int, ...]
    f: tuple[int, ...]
    fflags: int
    frm: int
    pc: int
    trap: int
    tval: int
    end: int

    @classmethod
    def of(cls, seen: MachineObservation) -> Result:
        fcsr = int(seen.state["fcsr"])
        return cls(
            x=tuple(int(v) for v in seen.state["x"]),
            f=tuple(int(v) for v in seen.state["f"]),
            fflags=fcsr & 31,
            frm=fcsr >> 5 & 7,
            pc=int(seen.state["pc"]),
            trap=int(seen.trap),
            tval=seen.tval,
            end=int(seen.end),
        )


def boxed(value: int) -> bool:
    return value >> 32 == 0xFFFF_FFFF


def nan32(value: int) -> bool:
    return value & 0x7FFF_FFFF > 0x7F80_0000


def snan32(value: int) -> bool:
    return nan32(value) and not value & 0x0040_0000


def nan64(value: int) -> bool:
    return value & 0x7FFF_FFFF_FFFF_FFFF > 0x7FF0_0000_0000_0000


def snan64(value: int) -> bool:
    return nan64(value) and not value & 0x0008_0000_0000_0000


def u32(value: int) -> int:
    return value & 0xFFFF_FFFF


def sext32(value: int) -> int:
    """The low 32 bits, sign-extended to 64."""
    low = value & 0xFFFF_FFFF
    return low | 0xFFFF_FFFF_0000_0000 if low >> 31 else low


def boxed_or_canonical(value: int) -> int:
    return value & 0xFFFF_FFFF if boxed(value) else CANONICAL_NAN_32


_FUNCTIONS: Final[dict[str, Callable[..., Any]]] = {
    function.__name__: function for function in (boxed, nan32, snan32, nan64, snan64, u32, sext32, boxed_or_canonical)
}
_TRAPS: Final = {trap.name: int(trap) for trap in Trap}
_ENDS: Final = {f"END_{end.name}": int(end) for end in End}
_NAMES: Final = frozenset(
    {
        "bits",
        "pc",
        "x",
        "f",
        "fflags",
        "frm",
        "rd",
        "rs1",
        "rs2",
        "rs3",
        "rm",
        "imm",
        "lr_bytes",
        "stores_since_lr",
        "subject",
        "oracle",
        "store_address",
    }
    | set(_FUNCTIONS)
    | set(_TRAPS)
    | set(_ENDS)
)


def _environment(
    bits: int, before: np.void, subject: MachineObservation, oracle: MachineObservation, executed: Sequence[int]
) -> dict[str, Any]:
    x = tuple(int(v) for v in before["x"])
    fcsr = int(before["fcsr"])
    rs1 = bits >> 15 & 31
    immediate = (bits >> 20 & 0xFFF ^ 0x800) - 0x800
    store_immediate = ((bits >> 20 & 0xFE0 | bits >> 7 & 31) ^ 0x800) - 0x800
    return {
        "bits": bits,
        "pc": int(before["pc"]),
        "x": x,
        "f": tuple(int(v) for v in before["f"]),
        "fflags": fcsr & 31,
        "frm": fcsr >> 5 & 7,
        "rd": bits >> 7 & 31,
        "rs1": rs1,
        "rs2": bits >> 20 & 31,
        "rs3": bits >> 27 & 31,
        "rm": bits >> 12 & 7,
        "imm": immediate,
        "store_address": lambda: (x[rs1] + store_immediate) & 0xFFFF_FFFF_FFFF_FFFF,
        "lr_bytes": lambda: reservation_history(executed)[0],
        "stores_since_lr": lambda: reservation_history(executed)[1],
        "subject": Result.of(subject),
        "oracle": Result.of(oracle),
        **_FUNCTIONS,
        **_TRAPS,
        **_ENDS,
    }


def reservation_history(executed: Sequence[int]) -> tuple[int, int]:
    """Bytes of the last LR among the executed instructions (0: none, or an SC followed), and the stores after it."""
    stores = 0
    for bits in reversed(executed):
        if bits & 0x7F == 0x2F and bits >> 27 == 2:
            return 1 << (bits >> 12 & 7), stores
        if bits & 0x7F == 0x2F and bits >> 27 == 3:
            return 0, 0
        stores += _stores(bits)
    return 0, 0


def _stores(bits: int) -> bool:
    """Whether the instruction stores: opcodes STORE, STORE-FP, AMO; C.SW, C.SD, C.FSD and their SP forms."""
    if bits & 3 == 3:
        return bits & 0x7F in (0x23, 0x27, 0x2F)
    return bits & 3 != 1 and bits >> 13 in (5, 6, 7)


def differences(first: MachineObservation, second: MachineObservation) -> frozenset[str]:
    """Names of the fields that differ, registers by number: `x[10]`, `fflags`, `pc`, …; only fields both observe."""
    both = first.observed & second.observed
    found: set[str] = set()
    for name in ("end", "trap", "tval", "retired", "memory"):
        if name in both and getattr(first, name) != getattr(second, name):
            found.add(name)
    if "pc" in both and first.state["pc"] != second.state["pc"]:
        found.add("pc")
    for file in ("x", "f"):
        if file in both:
            found.update(f"{file}[{n}]" for n in np.flatnonzero(first.state[file] != second.state[file]))
    if "fcsr" in both:
        difference = int(first.state["fcsr"]) ^ int(second.state["fcsr"])
        if difference & 31:
            found.add("fflags")
        if difference >> 5:
            found.add("frm")
    return frozenset(found)


def explains(
    erratum: Erratum,
    bits: int,
    before: np.void,
    subject: MachineObservation,
    oracle: MachineObservation,
    executed: Sequence[int] = (),
) -> bool:
    """Whether `erratum` accounts for everything in which the two results of one instruction differ.

    Args:
        bits: the instruction, 16 or 32 bits.
        before: the state record from which both executed it.
        subject, oracle: what each of them saw after this one instruction (or at the trap that it took).
        executed: the instructions that the case retired before this one, where known: an SC's answer depends on them,
            and without them no record about reservations applies.

    Returns:
        True when they differ, the instruction is one of the record's, its condition holds before, every differing field
        is one that the record names, and the oracle's answer is as the record expects. False otherwise.
    """
    if not any(pattern.matches(bits) for pattern in erratum.instructions):
        return False
    found = differences(subject, oracle)
    rd = bits >> 7 & 31
    allowed = {text.replace("rd", str(rd)) for text in erratum.fields}
    spoiled = {name for name in found if name not in allowed and f"{name[0]}[*]" not in allowed}
    if not found or spoiled:
        return False
    names = _environment(bits, before, subject, oracle, executed)
    return all(rule is None or rule(names) for rule in (erratum.condition, erratum.expect))


def tolerated(
    errata: Iterable[Erratum], field: str, subject: NDArray[np.uint64], oracle: NDArray[np.uint64]
) -> dict[str, NDArray[np.bool_]]:
    """Differences of final states that records excuse without single-stepping: by record, where its rule holds.

    Args:
        field: "x", "f" or "fcsr".
        subject, oracle: the field in both observations, any shape (for a batch `state["f"]`).
    """
    different = subject != oracle
    return {
        erratum.id: different & erratum.final.rule(subject, oracle)
        for erratum in errata
        if erratum.final is not None and erratum.final.field == field
    }
