"""IEEE 754 binary floating point in exact integers: the judge of every other floating-point path.

Every operation computes the mathematically exact result with unbounded integers and then rounds it once, in one place
(`_round`). Nothing here touches a host float. The other tiers must equal these functions bit for bit, flags included.

Operands and results are raw bits as plain ints. `fmt` is the format's width: 16, 32, 64 or 128 (`FORMATS`). `rm` is a
rounding mode and `flags` an OR of exceptions, both with the encodings of the RISC-V `fcsr` (Unprivileged ISA §20.2,
"Floating-Point Control and Status Register"). Every operation returns `(result, flags)`, and raises
`ValueError` for a `fmt` or an `rm` that does not exist.

What RISC-V settles where IEEE 754-2019 leaves a choice:

- A NaN result is the canonical NaN: positive, quiet, payload zero (Unprivileged ISA §20.3).
- Tininess is detected after rounding (§20.4; IEEE 754-2019 §7.5 allows either).
- Underflow is signalled only when the result is also inexact (IEEE 754-2019 §7.5, default exception handling).
- `∞ × 0 + qNaN` signals invalid (§20.6; IEEE 754-2019 §7.2 c leaves it to the implementation).
- Conversion to an integer saturates, a NaN converts to the largest integer (§20.7, table of `fcvt` limits).
- `minimum` and `maximum` are minimumNumber and maximumNumber (IEEE 754-2019 §9.6) with −0 < +0 (§20.6).

Section numbers are those of the RISC-V Instruction Set Manual, Volume I, version 20240411: chapter 20 is the "F"
extension, 21 the "D" extension.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isqrt
from typing import Final

RNE: Final = 0
"""Round to nearest, ties to even (IEEE 754-2019 §4.3.1 roundTiesToEven)."""
RTZ: Final = 1
"""Round towards zero (§4.3.2 roundTowardZero)."""
RDN: Final = 2
"""Round down (§4.3.2 roundTowardNegative)."""
RUP: Final = 3
"""Round up (§4.3.2 roundTowardPositive)."""
RMM: Final = 4
"""Round to nearest, ties to the larger magnitude (§4.3.1 roundTiesToAway)."""
ROUNDING_MODES: Final = (RNE, RTZ, RDN, RUP, RMM)

NX: Final = 1
"""Inexact (IEEE 754-2019 §7.6)."""
UF: Final = 2
"""Underflow (§7.5)."""
OF: Final = 4
"""Overflow (§7.4)."""
DZ: Final = 8
"""Division by zero (§7.3)."""
NV: Final = 16
"""Invalid operation (§7.2)."""


@dataclass(frozen=True, slots=True)
class Format:
    """A binary interchange format (IEEE 754-2019 §3.6, table 3.5).

    A finite number is `±m × 2^q` with an integer `0 <= m < 2^precision` and `q >= q_min`.
    """

    width: int
    precision: int
    """Significant bits, the hidden bit included (p)."""

    @property
    def fraction_bits(self) -> int:
        """Width of the trailing significand field (t = p - 1)."""
        return self.precision - 1

    @property
    def exponent_bits(self) -> int:
        return self.width - self.precision

    @property
    def bias(self) -> int:
        """emax, which is also the bias of the exponent field."""
        return (1 << (self.exponent_bits - 1)) - 1

    @property
    def q_min(self) -> int:
        """Exponent of the last place of subnormal numbers: emin - (p - 1)."""
        return 1 - self.bias - self.fraction_bits

    @property
    def sign_bit(self) -> int:
        return 1 << (self.width - 1)

    @property
    def infinity(self) -> int:
        """+∞: all ones in the exponent field, zero fraction."""
        return ((1 << self.exponent_bits) - 1) << self.fraction_bits

    @property
    def quiet_bit(self) -> int:
        """The first fraction bit, 1 in a quiet NaN (§6.2.1)."""
        return 1 << (self.fraction_bits - 1)

    @property
    def canonical_nan(self) -> int:
        return self.infinity | self.quiet_bit

    @property
    def largest_finite(self) -> int:
        return self.infinity - 1


FORMATS: Final[dict[int, Format]] = {
    16: Format(16, 11),
    32: Format(32, 24),
    64: Format(64, 53),
    128: Format(128, 113),
}


@dataclass(frozen=True, slots=True)
class _Constants:
    """The properties of a `Format` as plain attributes, read on every operation."""

    width: int
    precision: int
    fraction_bits: int
    fraction_mask: int
    q_min: int
    sign_bit: int
    infinity: int
    quiet_bit: int
    canonical_nan: int
    largest_finite: int

    @classmethod
    def of(cls, f: Format) -> _Constants:
        return cls(
            width=f.width,
            precision=f.precision,
            fraction_bits=f.fraction_bits,
            fraction_mask=(1 << f.fraction_bits) - 1,
            q_min=f.q_min,
            sign_bit=f.sign_bit,
            infinity=f.infinity,
            quiet_bit=f.quiet_bit,
            canonical_nan=f.canonical_nan,
            largest_finite=f.largest_finite,
        )


_CONSTANTS: Final = {width: _Constants.of(f) for width, f in FORMATS.items()}


def _format(fmt: int) -> _Constants:
    try:
        return _CONSTANTS[fmt]
    except KeyError:
        raise ValueError(f"format {fmt} is not one of {', '.join(map(str, FORMATS))}; pass the width in bits") from None


def _checked(fmt: int, rm: int) -> _Constants:
    if rm not in ROUNDING_MODES:
        raise ValueError(f"rounding mode {rm} is not one of 0 (RNE), 1 (RTZ), 2 (RDN), 3 (RUP), 4 (RMM)")
    return _format(fmt)


def _is_nan(f: _Constants, a: int) -> bool:
    return a & ~f.sign_bit > f.infinity


def _is_signaling(f: _Constants, a: int) -> bool:
    return a & ~f.sign_bit > f.infinity and not a & f.quiet_bit


def _nan(f: _Constants, *operands: int) -> tuple[int, int]:
    """The result of an operation with a NaN operand: canonical, invalid if any operand signals (§6.2, §7.2 a)."""
    return f.canonical_nan, NV if any(_is_signaling(f, a) for a in operands) else 0


def _finite(f: _Constants, a: int) -> tuple[int, int]:
    """`(m, q)` with `|a| = m × 2^q`, for a finite `a` (§3.4)."""
    exponent = (a & f.infinity) >> f.fraction_bits
    fraction = a & f.fraction_mask
    if exponent == 0:
        return fraction, f.q_min
    return fraction | 1 << f.fraction_bits, f.q_min + exponent - 1


def _round_to_multiple(m: int, drop: int, negative: bool, rm: int) -> tuple[int, bool]:
    """`m / 2^drop` rounded to an integer in mode `rm`, and whether that was inexact (IEEE 754-2019 §4.3).

    `m >= 0` is a magnitude; `negative` is the sign of the number that it belongs to.
    """
    if drop <= 0:
        return m << -drop, False
    kept = m >> drop
    rest = m & ((1 << drop) - 1)
    if rest == 0:
        return kept, False
    half = 1 << (drop - 1)
    if rm == RNE:
        up = rest > half or (rest == half and kept & 1 == 1)
    elif rm == RMM:
        up = rest >= half
    elif rm == RUP:
        up = not negative
    else:
        up = rm == RDN and negative
    return kept + up, True


def _round(f: _Constants, negative: bool, m: int, q: int, rm: int) -> tuple[int, int]:
    """Round the non-zero `±m × 2^q` to the format: the one place where anything is rounded.

    Where the exact result has infinitely many digits (division, square root) the caller passes at least
    `precision + 2` leading ones of them and sets the last bit of `m` if any later digit is not zero; that keeps the
    number on the same side of every representable number and of every midpoint between two.
    """
    sign = f.sign_bit if negative else 0
    p = f.precision
    # The last place of the result: p digits below the leading one, but never below the subnormals' last place.
    unbounded_q = q + m.bit_length() - p
    last_q = max(unbounded_q, f.q_min)
    kept, inexact = _round_to_multiple(m, last_q - q, negative, rm)
    # A significand with the hidden bit adds one to the exponent field, and a carry out of it adds one more.
    magnitude = ((last_q - f.q_min) << f.fraction_bits) + kept
    if magnitude >= f.infinity:  # IEEE 754-2019 §7.4
        to_infinity = rm in (RNE, RMM) or rm == (RDN if negative else RUP)
        return sign | (f.infinity if to_infinity else f.largest_finite), OF | NX
    if not inexact:
        return sign | magnitude, 0
    if unbounded_q < f.q_min:
        # Tiny unless rounding to p digits with an unbounded exponent reaches the smallest normal number (§7.5 a).
        digits, _ = _round_to_multiple(m, unbounded_q - q, negative, rm)
        if unbounded_q < f.q_min - 1 or digits >> p == 0:
            return sign | magnitude, UF | NX
    return sign | magnitude, NX


def _sum(
    f: _Constants, negative_a: bool, m_a: int, q_a: int, negative_b: bool, m_b: int, q_b: int, rm: int
) -> tuple[int, int]:
    """`±m_a × 2^q_a ± m_b × 2^q_b` rounded once, with the sign of an exact zero as IEEE 754-2019 §6.3 has it."""
    q = min(q_a, q_b)
    a = m_a << (q_a - q)
    b = m_b << (q_b - q)
    total = (-a if negative_a else a) + (-b if negative_b else b)
    if total == 0:
        negative = negative_a if negative_a == negative_b else rm == RDN
        return f.sign_bit if negative else 0, 0
    return _round(f, total < 0, abs(total), q, rm)


def add(fmt: int, a: int, b: int, rm: int) -> tuple[int, int]:
    """`a + b` (IEEE 754-2019 §5.4.1 addition; `fadd`, Unprivileged ISA §20.6)."""
    f = _checked(fmt, rm)
    if _is_nan(f, a) or _is_nan(f, b):
        return _nan(f, a, b)
    if a & f.infinity == f.infinity:
        if b & f.infinity == f.infinity and a != b:  # ∞ - ∞, §7.2 d
            return f.canonical_nan, NV
        return a, 0
    if b & f.infinity == f.infinity:
        return b, 0
    m_a, q_a = _finite(f, a)
    m_b, q_b = _finite(f, b)
    return _sum(f, a & f.sign_bit != 0, m_a, q_a, b & f.sign_bit != 0, m_b, q_b, rm)


def sub(fmt: int, a: int, b: int, rm: int) -> tuple[int, int]:
    """`a - b` (IEEE 754-2019 §5.4.1 subtraction; `fsub`): `a + (-b)`, where negation is of the sign bit (§5.5.1)."""
    return add(fmt, a, b ^ _checked(fmt, rm).sign_bit, rm)


def mul(fmt: int, a: int, b: int, rm: int) -> tuple[int, int]:
    """`a × b` (IEEE 754-2019 §5.4.1 multiplication; `fmul`)."""
    f = _checked(fmt, rm)
    if _is_nan(f, a) or _is_nan(f, b):
        return _nan(f, a, b)
    negative = (a ^ b) & f.sign_bit != 0
    sign = f.sign_bit if negative else 0
    if a & f.infinity == f.infinity or b & f.infinity == f.infinity:
        if a & ~f.sign_bit == 0 or b & ~f.sign_bit == 0:  # 0 × ∞, §7.2 b
            return f.canonical_nan, NV
        return sign | f.infinity, 0
    m_a, q_a = _finite(f, a)
    m_b, q_b = _finite(f, b)
    if m_a == 0 or m_b == 0:
        return sign, 0
    return _round(f, negative, m_a * m_b, q_a + q_b, rm)


def div(fmt: int, a: int, b: int, rm: int) -> tuple[int, int]:
    """`a ÷ b` (IEEE 754-2019 §5.4.1 division; `fdiv`). A finite non-zero `a` over zero signals DZ (§7.3)."""
    f = _checked(fmt, rm)
    if _is_nan(f, a) or _is_nan(f, b):
        return _nan(f, a, b)
    negative = (a ^ b) & f.sign_bit != 0
    sign = f.sign_bit if negative else 0
    a_infinite = a & f.infinity == f.infinity
    b_infinite = b & f.infinity == f.infinity
    a_zero = a & ~f.sign_bit == 0
    b_zero = b & ~f.sign_bit == 0
    if (a_infinite and b_infinite) or (a_zero and b_zero):  # §7.2 e
        return f.canonical_nan, NV
    if a_infinite:
        return sign | f.infinity, 0
    if b_infinite or a_zero:
        return sign, 0
    if b_zero:
        return sign | f.infinity, DZ
    m_a, q_a = _finite(f, a)
    m_b, q_b = _finite(f, b)
    # Enough leading digits for the quotient to have more than precision + 2 of them.
    shift = f.precision + 3 + m_b.bit_length() - min(m_a.bit_length(), m_b.bit_length())
    quotient, remainder = divmod(m_a << shift, m_b)
    return _round(f, negative, quotient << 1 | (remainder != 0), q_a - q_b - shift - 1, rm)


def sqrt(fmt: int, a: int, rm: int) -> tuple[int, int]:
    """The square root (IEEE 754-2019 §5.4.1 squareRoot; `fsqrt`). `sqrt(-0)` is -0 (§6.3), a negative number is invalid
    (§7.2 g)."""
    f = _checked(fmt, rm)
    if _is_nan(f, a):
        return _nan(f, a)
    if a & ~f.sign_bit == 0:
        return a, 0
    if a & f.sign_bit:
        return f.canonical_nan, NV
    if a == f.infinity:
        return a, 0
    m, q = _finite(f, a)
    # An even exponent, and enough digits for the root to have more than precision + 2 of them.
    shift = 2 * (f.precision + 3) + (q & 1)
    root = isqrt(m << shift)
    remainder = (m << shift) - root * root
    return _round(f, False, root << 1 | (remainder != 0), (q - shift) // 2 - 1, rm)


def fma(
    fmt: int, a: int, b: int, c: int, rm: int, negate_product: bool = False, negate_addend: bool = False
) -> tuple[int, int]:
    """`±(a × b) ± c` rounded once (IEEE 754-2019 §5.4.1 fusedMultiplyAdd).

    `fmadd` negates nothing, `fmsub` the addend, `fnmsub` the product, `fnmadd` both (Unprivileged ISA §20.6).
    """
    f = _checked(fmt, rm)
    a_infinite = a & ~f.sign_bit == f.infinity
    b_infinite = b & ~f.sign_bit == f.infinity
    infinity_times_zero = (a_infinite and b & ~f.sign_bit == 0) or (b_infinite and a & ~f.sign_bit == 0)
    if _is_nan(f, a) or _is_nan(f, b) or _is_nan(f, c):
        result, flags = _nan(f, a, b, c)
        return result, flags | (NV if infinity_times_zero else 0)
    if infinity_times_zero:
        return f.canonical_nan, NV
    negative_product = ((a ^ b) & f.sign_bit != 0) != negate_product
    negative_c = (c & f.sign_bit != 0) != negate_addend
    c_infinite = c & f.infinity == f.infinity
    if a_infinite or b_infinite:
        if c_infinite and negative_product != negative_c:  # ∞ - ∞, §7.2 d
            return f.canonical_nan, NV
        return (f.sign_bit if negative_product else 0) | f.infinity, 0
    if c_infinite:
        return (f.sign_bit if negative_c else 0) | f.infinity, 0
    m_a, q_a = _finite(f, a)
    m_b, q_b = _finite(f, b)
    m_c, q_c = _finite(f, c)
    return _sum(f, negative_product, m_a * m_b, q_a + q_b, negative_c, m_c, q_c, rm)


def _ordered_key(f: _Constants, a: int) -> int:
    """An integer that orders non-NaN numbers with -0 < +0 (the totalOrder of IEEE 754-2019 §5.10 on them)."""
    magnitude = a & ~f.sign_bit
    return -magnitude - 1 if a & f.sign_bit else magnitude


def _pick(fmt: int, a: int, b: int, want_smaller: bool) -> tuple[int, int]:
    f = _format(fmt)
    a_nan = _is_nan(f, a)
    b_nan = _is_nan(f, b)
    flags = NV if _is_signaling(f, a) or _is_signaling(f, b) else 0
    if a_nan and b_nan:
        return f.canonical_nan, flags
    if a_nan:
        return b, flags
    if b_nan:
        return a, flags
    return (a if (_ordered_key(f, a) < _ordered_key(f, b)) == want_smaller else b), 0


def minimum(fmt: int, a: int, b: int) -> tuple[int, int]:
    """minimumNumber (IEEE 754-2019 §9.6; `fmin`, Unprivileged ISA §20.6): a number beats a NaN, -0 is less than +0,
    and a signalling NaN signals invalid even though the result is the other operand."""
    return _pick(fmt, a, b, True)


def maximum(fmt: int, a: int, b: int) -> tuple[int, int]:
    """maximumNumber (IEEE 754-2019 §9.6; `fmax`), as `minimum`."""
    return _pick(fmt, a, b, False)


def eq(fmt: int, a: int, b: int) -> tuple[int, int]:
    """1 if equal (IEEE 754-2019 §5.11 compareQuietEqual; `feq`, Unprivileged ISA §20.8): only a signalling NaN is
    invalid, a NaN equals nothing, -0 equals +0."""
    f = _format(fmt)
    if _is_nan(f, a) or _is_nan(f, b):
        return 0, NV if _is_signaling(f, a) or _is_signaling(f, b) else 0
    return int(a == b or (a | b) & ~f.sign_bit == 0), 0


def lt(fmt: int, a: int, b: int) -> tuple[int, int]:
    """1 if `a < b` (IEEE 754-2019 §5.11 compareSignalingLess; `flt`): any NaN is invalid."""
    f = _format(fmt)
    if _is_nan(f, a) or _is_nan(f, b):
        return 0, NV
    return int(_ordered_key(f, a) < _ordered_key(f, b) and (a | b) & ~f.sign_bit != 0), 0


def le(fmt: int, a: int, b: int) -> tuple[int, int]:
    """1 if `a <= b` (IEEE 754-2019 §5.11 compareSignalingLessEqual; `fle`): any NaN is invalid."""
    f = _format(fmt)
    if _is_nan(f, a) or _is_nan(f, b):
        return 0, NV
    return int(_ordered_key(f, a) <= _ordered_key(f, b) or (a | b) & ~f.sign_bit == 0), 0


def classify(fmt: int, a: int) -> tuple[int, int]:
    """The mask of `fclass` (Unprivileged ISA §20.9): exactly one of ten bits, from -∞ (bit 0) to quiet NaN (bit 9)."""
    f = _format(fmt)
    negative = a & f.sign_bit != 0
    magnitude = a & ~f.sign_bit
    if magnitude > f.infinity:
        return 1 << (9 if magnitude & f.quiet_bit else 8), 0
    if magnitude == f.infinity:
        rank = 3
    elif magnitude > f.fraction_mask:
        rank = 2
    elif magnitude != 0:
        rank = 1
    else:
        rank = 0
    return 1 << (3 - rank if negative else 4 + rank), 0


def to_int(fmt: int, a: int, width: int, signed: bool, rm: int) -> tuple[int, int]:
    """Convert to a `width`-bit integer, returned as its `width` bits (IEEE 754-2019 §5.8 convertToIntegerExact…).

    Out of range saturates and a NaN gives the largest integer, both with NV alone (`fcvt`, Unprivileged ISA §20.7).
    """
    f = _checked(fmt, rm)
    low = -(1 << (width - 1)) if signed else 0
    high = (1 << (width - 1 if signed else width)) - 1
    mask = (1 << width) - 1
    negative = a & f.sign_bit != 0
    if a & f.infinity == f.infinity:
        return (low if negative and not _is_nan(f, a) else high) & mask, NV
    m, q = _finite(f, a)
    magnitude, inexact = _round_to_multiple(m, -q, negative, rm)
    value = -magnitude if negative else magnitude
    if value < low:
        return low & mask, NV
    if value > high:
        return high, NV
    return value & mask, NX if inexact else 0


def from_int(fmt: int, value: int, width: int, signed: bool, rm: int) -> tuple[int, int]:
    """Convert the integer in the low `width` bits of `value` (IEEE 754-2019 §5.4.1 convertFromInt; `fcvt`). Zero gives
    +0."""
    f = _checked(fmt, rm)
    value &= (1 << width) - 1
    if signed and value >> (width - 1):
        value -= 1 << width
    return _sum(f, value < 0, abs(value), 0, False, 0, 0, rm) if value else (0, 0)


def convert(source_fmt: int, target_fmt: int, a: int, rm: int) -> tuple[int, int]:
    """Convert between formats (IEEE 754-2019 §5.4.2 convertFormat; `fcvt.s.d`, `fcvt.d.s`). A NaN becomes the canonical
    NaN of the target; a signalling one is invalid."""
    source = _format(source_fmt)
    target = _checked(target_fmt, rm)
    if _is_nan(source, a):
        return target.canonical_nan, NV if _is_signaling(source, a) else 0
    negative = a & source.sign_bit != 0
    sign = target.sign_bit if negative else 0
    if a & source.infinity == source.infinity:
        return sign | target.infinity, 0
    m, q = _finite(source, a)
    return _round(target, negative, m, q, rm) if m else (sign, 0)
