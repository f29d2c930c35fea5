"""IEEE 754 arithmetic as integer operations over the value algebra: no host float, no branch, no table.

`softfloat` says what the results are; this says how a machine without a floating-point unit gets there in a fixed
number of 64-bit steps. Every function is evaluated over LLVM values to write one native function, and works for any
format whose significand leaves three bits of the working width free (16, 32 and 64 in 64 bits, 128 in 128).

Conventions, with `W` the working width of a format:

- An unpacked significand `m` has `W` bits; "leading at n" says where its most significant one is.
- An exponent `e` has `W` bits, signed; it is what the exponent field would hold if the field had no limits, so
  subnormal numbers have `e <= 0` once they are normalised.
- The lowest bit of a significand that lost digits is *jammed*: set if any lost digit was not zero. With two more bits
  than the result needs, that rounds like the exact number in every mode.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from engines.vm.softfloat import DZ, FORMATS, NV, NX, OF, RDN, RMM, RNE, RUP, Format

Answer: TypeAlias = tuple[Any, Any]
"""A result, `fmt` bits wide unless said otherwise, and the flags that it raised, 64 bits wide."""

FLAGS_WIDTH: Final = 64
UF_SHIFT: Final = 1
"""UF is bit 1 of fflags."""


@dataclass(frozen=True)
class Unpacked:
    """A number taken apart. `m` is leading at W-1, 0 for zero; `e` of a zero is below that of any other number."""

    sign: Any
    e: Any
    m: Any
    zero: Any
    infinite: Any
    nan: Any
    signaling: Any


class FloatArithmetic:
    """The operations, over the algebra that `const` and `leading_zeros` belong to.

    Args:
        const: `(value, width)` to a constant of the algebra.
        leading_zeros: of a value, with its width; the width itself for 0.
    """

    def __init__(self, const: Callable[[int, int], Any], leading_zeros: Callable[[Any], Any]) -> None:
        self.const = const
        self.leading_zeros = leading_zeros

    # -- pieces ---------------------------------------------------------------------------------------------------

    def _flags(self, raised: Any, flag: int) -> Any:
        """`flag` where the bit `raised` is 1."""
        return raised.zext(FLAGS_WIDTH).shl(flag.bit_length() - 1)

    def _pick(self, condition: Any, if_one: int, if_zero: int, width: int) -> Any:
        return condition.select(self.const(if_one, width), self.const(if_zero, width))

    def _shift_right_jam(self, m: Any, amount: Any) -> Any:
        """`m` shifted right by any unsigned amount, lost digits jammed. The top bit of `m` is 0."""
        last = m.width - 1
        amount = amount.ult(last).select(amount, self.const(last, m.width))
        shifted = m.lshr(amount)
        return shifted | shifted.shl(amount).ne(m).zext(m.width)

    def _narrow_jam(self, m: Any, width: int, drop: int) -> Any:
        """The `width` bits of `m` above its `drop` lowest, with those jammed in."""
        lost = (m & ((1 << drop) - 1)).ne(0)
        return m.lshr(drop).trunc(width) | lost.zext(width)

    def _is_nan(self, f: Format, a: Any) -> Any:
        return self.const(f.infinity, f.width).ult(a & (f.sign_bit - 1))

    def _is_signaling(self, f: Format, a: Any) -> Any:
        return self._is_nan(f, a) & (a & f.quiet_bit).eq(0)

    def _unpack(self, f: Format, a: Any) -> Unpacked:
        width = working_width(f)
        t = f.fraction_bits
        magnitude = a.zext(width) & (f.sign_bit - 1)
        field = magnitude.lshr(t)
        digits = (magnitude & ((1 << t) - 1)) | field.ne(0).zext(width).shl(t)
        zeros = self.leading_zeros(digits)
        nan = self.const(f.infinity, width).ult(magnitude)
        return Unpacked(
            sign=a.extract(f.width - 1, 1),
            e=field + field.eq(0).zext(width) + (width - 1 - t) - zeros,
            m=digits.shl(zeros & (width - 1)),
            zero=magnitude.eq(0),
            infinite=magnitude.eq(f.infinity),
            nan=nan,
            signaling=nan & (magnitude & f.quiet_bit).eq(0),
        )

    def _signed(self, f: Format, sign: Any, magnitude: int) -> Any:
        return sign.zext(f.width).shl(f.width - 1) | magnitude

    def _round(self, f: Format, sign: Any, e: Any, m: Any, rm: Any) -> Answer:
        """Round and pack `m`, which is not zero and leading at W-2 (IEEE 754-2019 §4.3, §7.4 to §7.6)."""
        width = m.width
        guard = width - 1 - f.precision
        half, mask = 1 << (guard - 1), (1 << guard) - 1
        nearest = rm.eq(RNE) | rm.eq(RMM)
        away = (rm.eq(RUP) & ~sign) | (rm.eq(RDN) & sign)
        increment = nearest.select(self.const(half, width), self._pick(away, mask, 0, width))
        subnormal = e.slt(1)
        # Tiny after rounding: even rounded without an exponent limit it stays below the smallest normal number.
        tiny = e.slt(0) | (e.eq(0) & (m + increment).lshr(width - 1).eq(0))
        m = self._shift_right_jam(m, subnormal.select(-e + 1, self.const(0, width)))
        rest = m & mask
        inexact = rest.ne(0)
        tie_to_even = rm.eq(RNE) & rest.eq(half)
        kept = (m + increment).lshr(guard) & ~tie_to_even.zext(width)
        # The hidden bit of a normal number adds one to the field.
        base = subnormal.select(self.const(0, width), e - 1)
        magnitude = base.shl(f.fraction_bits) + kept
        overflow = self.const(f.infinity, width).ule(magnitude)
        limit = self._pick(nearest | away, f.infinity, f.largest_finite, width)
        result = overflow.select(limit, magnitude).trunc(f.width) | self._signed(f, sign, 0)
        flags = inexact.zext(FLAGS_WIDTH) | (tiny & inexact).zext(FLAGS_WIDTH).shl(UF_SHIFT)
        return result, overflow.select(self.const(OF | NX, FLAGS_WIDTH), flags)

    def _sum(self, f: Format, x: tuple[Any, Any, Any], y: tuple[Any, Any, Any], rm: Any) -> Answer:
        """The rounded sum of two `(sign, e, m)`; each `m` has D bits, W or 2W, and bit D-2, its highest, counts `2^e`.

        Where one is shifted out of sight of the other, at most one leading digit cancels, so that jamming is exact
        enough; where more cancel, nothing was lost.
        """
        width = x[2].width
        swap = x[1].slt(y[1])
        sign_high, sign_low = swap.select(y[0], x[0]), swap.select(x[0], y[0])
        e_high, e_low = swap.select(y[1], x[1]), swap.select(x[1], y[1])
        high, low = swap.select(y[2], x[2]), swap.select(x[2], y[2])
        distance = e_high - e_low
        working = distance.width
        distance = distance.ult(width - 1).select(distance, self.const(width - 1, working)).zext(width)
        low = self._shift_right_jam(low, distance)
        same = ~(sign_high ^ sign_low)
        below = high.ult(low)
        m = same.select(high + low, below.select(low - high, high - low))
        sign = (~same & below).select(sign_low, sign_high)
        zero = m.eq(0)
        zeros = self.leading_zeros(m)
        m = self._narrow_jam(m.shl(zeros & (width - 1)), working, width - working + 1)
        result, flags = self._round(f, sign, e_high + 1 - zeros.trunc(working), m, rm)
        zero_sign = same.select(x[0], rm.eq(RDN))  # IEEE 754-2019 §6.3
        nothing = self.const(0, FLAGS_WIDTH)
        return zero.select(self._signed(f, zero_sign, 0), result), zero.select(nothing, flags)

    def _settle(self, f: Format, answer: Answer, cases: list[tuple[Any, Any]], nan: Any, invalid: Any) -> Answer:
        """Replace `answer` by exact special results `(condition, result)`, and by the canonical NaN where `nan` or
        `invalid`; the latter raises NV."""
        result, flags = answer
        special = nan | invalid
        for condition, value in cases:
            result = condition.select(value, result)
            special = special | condition
        result = (nan | invalid).select(self.const(f.canonical_nan, f.width), result)
        return result, special.select(self._flags(invalid, NV), flags)

    # -- arithmetic -----------------------------------------------------------------------------------------------

    def add(self, fmt: int, a: Any, b: Any, rm: Any) -> Answer:
        """`a + b`. Subtraction is addition of the negated `b`."""
        f = FORMATS[fmt]
        x, y = self._unpack(f, a), self._unpack(f, b)
        answer = self._sum(f, (x.sign, x.e, x.m.lshr(1)), (y.sign, y.e, y.m.lshr(1)), rm)
        invalid = x.signaling | y.signaling | (x.infinite & y.infinite & (x.sign ^ y.sign))
        return self._settle(f, answer, [(y.infinite, b), (x.infinite, a)], x.nan | y.nan, invalid)

    def mul(self, fmt: int, a: Any, b: Any, rm: Any) -> Answer:
        f = FORMATS[fmt]
        x, y = self._unpack(f, a), self._unpack(f, b)
        width = x.m.width
        sign = x.sign ^ y.sign
        m = self._narrow_jam(x.m.zext(2 * width) * y.m.zext(2 * width), width, width)
        carry = m.lshr(width - 1)
        m = m.extract(width - 1, 1).select(m.lshr(1) | (m & 1), m)
        answer = self._round(f, sign, x.e + y.e - f.bias + carry, m, rm)
        infinite = x.infinite | y.infinite
        zero = x.zero | y.zero
        invalid = x.signaling | y.signaling | (infinite & zero & ~x.nan & ~y.nan)
        cases = [(zero, self._signed(f, sign, 0)), (infinite, self._signed(f, sign, f.infinity))]
        return self._settle(f, answer, cases, x.nan | y.nan, invalid)

    def fma(self, fmt: int, a: Any, b: Any, c: Any, rm: Any) -> Answer:
        """`a * b + c` rounded once. The other three are the same with the signs of `a` and `c` changed.

        `∞ × 0` is invalid even with a quiet NaN for `c` (Unprivileged ISA §20.6).
        """
        f = FORMATS[fmt]
        x, y, z = self._unpack(f, a), self._unpack(f, b), self._unpack(f, c)
        width = x.m.width
        sign = x.sign ^ y.sign
        zero = x.zero | y.zero
        far_below = self.const(-(8 << f.exponent_bits), width)
        product = (x.m.zext(2 * width) * y.m.zext(2 * width)).lshr(1)
        e = zero.select(far_below, x.e + y.e - (f.bias - 1))
        addend = z.m.zext(2 * width).shl(width - 1)
        answer = self._sum(f, (sign, e, product), (z.sign, z.zero.select(far_below, z.e), addend), rm)
        infinite = x.infinite | y.infinite
        nan = x.nan | y.nan
        invalid = infinite & zero & ~nan
        invalid = invalid | x.signaling | y.signaling | z.signaling
        nan = nan | z.nan
        invalid = invalid | (infinite & z.infinite & (sign ^ z.sign) & ~nan)
        cases = [(z.infinite, self._signed(f, z.sign, f.infinity)), (infinite, self._signed(f, sign, f.infinity))]
        return self._settle(f, answer, cases, nan, invalid)

    def _multiply_high(self, a: Any, b: Any) -> Any:
        """The upper half of the product."""
        width = a.width
        return (a.zext(2 * width) * b.zext(2 * width)).extract(width, width)

    def _reciprocal(self, d: Any) -> Any:
        """`2^(2W-1) / d` from below, wrong by less than 8, for `d` leading at W-1.

        As fractions: `d/2^(W-1)` is in [1, 2) and the answer over `2^W` in (1/2, 1). Newton's `r(2 - dr)` never exceeds
        `1/d`; it starts from `24/17 - 8/17 d`, wrong by 1/17, and squares the relative error every time. The complement
        instead of the negation makes up for the digits of `dr` that were cut off.
        """
        width = d.width
        r = -self._multiply_high(d, self.const((16 << width) // 17, width)) + ((24 << width) // 17)
        for _ in range((width // 4 - 1).bit_length()):
            r = (r.zext(2 * width) * (~self._multiply_high(r, d)).zext(2 * width)).extract(width - 1, width)
        return r

    def div(self, fmt: int, a: Any, b: Any, rm: Any) -> Answer:
        f = FORMATS[fmt]
        x, y = self._unpack(f, a), self._unpack(f, b)
        width = x.m.width
        sign = x.sign ^ y.sign
        # A quotient in (1/2, 2) to W-7 places, from below and by at most one too small: its 6 lowest bits are dropped,
        # and the estimate was wrong by less than 2^5 of them. The remainder tells, and fits into W bits.
        d = (y.zero | y.infinite | y.nan).select(self.const(1 << (width - 1), width), y.m)
        quotient = self._multiply_high(x.m, self._reciprocal(d)).lshr(6)
        d = d.lshr(1)
        rest = x.m.lshr(1).shl(width - 7) - quotient * d
        short = d.ule(rest)
        quotient = quotient + short.zext(width)
        jam = short.select(rest - d, rest).ne(0)
        below_one = quotient.lshr(width - 7).eq(0)
        m = quotient.shl(5) | jam.zext(width)
        m = below_one.select(quotient.shl(6) | jam.zext(width), m)
        answer = self._round(f, sign, x.e - y.e + f.bias - below_one.zext(width), m, rm)
        nan = x.nan | y.nan
        invalid = x.signaling | y.signaling | (x.infinite & y.infinite) | (x.zero & y.zero)
        by_zero = y.zero & ~x.zero & ~x.infinite & ~nan
        cases = [
            (y.zero | x.infinite, self._signed(f, sign, f.infinity)),
            ((x.zero | y.infinite) & ~nan, self._signed(f, sign, 0)),
        ]
        result, flags = self._settle(f, answer, cases, nan, invalid)
        return result, flags | self._flags(by_zero, DZ)

    def _reciprocal_root(self, x: Any) -> Any:
        """`2^(W-2) / sqrt(x / 2^W)`, wrong by less than 16, for `x` of at least `2^(W-2)`.

        Newton's `y(3 - xy²)/2`, from the line `2.13 - 1.22 x` of relative error below 0.09; each step leaves less than
        1.6 times its square.
        """
        width = x.width
        unit = 1 << (width - 2)
        y = -self._multiply_high(x, self.const(unit * 122 // 100, width)) + unit * 213 // 100
        for _ in range((width // 4 - 1).bit_length() + 1):
            xyy = self._multiply_high(x, self._multiply_high(y, y))
            three_less = -xyy + (3 << (width - 4))
            y = (y.zext(2 * width) * three_less.zext(2 * width)).extract(width - 3, width)
        return y

    def sqrt(self, fmt: int, a: Any, rm: Any) -> Answer:
        f = FORMATS[fmt]
        x = self._unpack(f, a)
        width = x.m.width
        e = x.e - f.bias
        # A quarter of the number, scaled by an even power of two into [1/4, 1), as a fraction of 2^W.
        fraction = e.extract(0, 1).select(x.m, x.m.lshr(1))
        fraction = x.zero.select(self.const(1 << (width - 2), width), fraction)
        # Its root in [1/2, 1) to W-7 places, from below and by at most one too small.
        estimate = self._multiply_high(fraction, self._reciprocal_root(fraction)) - 16
        root = estimate.lshr(5)
        rest = fraction.shl(width - 14) - root * root
        step = root.shl(1) + 1
        short = step.ule(rest)
        root = root + short.zext(width)
        jam = short.select(rest - step, rest).ne(0)
        answer = self._round(f, x.sign, e.ashr(1) + f.bias, root.shl(6) | jam.zext(width), rm)
        invalid = x.signaling | (x.sign & ~x.zero & ~x.nan)
        return self._settle(f, answer, [(x.zero | x.infinite, a)], x.nan, invalid)

    # -- comparison -----------------------------------------------------------------------------------------------

    def _order(self, f: Format, a: Any) -> Any:
        """A signed number that orders non-NaN operands, -0 below +0."""
        return a ^ (a.ashr(f.width - 1) & (f.sign_bit - 1))

    def _both_zero(self, f: Format, a: Any, b: Any) -> Any:
        return ((a | b) & (f.sign_bit - 1)).eq(0)

    def eq(self, fmt: int, a: Any, b: Any) -> Answer:
        """1 bit; quiet (IEEE 754-2019 §5.11)."""
        f = FORMATS[fmt]
        nan = self._is_nan(f, a) | self._is_nan(f, b)
        equal = (a.eq(b) | self._both_zero(f, a, b)) & ~nan
        return equal, self._flags(self._is_signaling(f, a) | self._is_signaling(f, b), NV)

    def lt(self, fmt: int, a: Any, b: Any) -> Answer:
        """1 bit; any NaN is invalid."""
        f = FORMATS[fmt]
        nan = self._is_nan(f, a) | self._is_nan(f, b)
        less = self._order(f, a).slt(self._order(f, b)) & ~self._both_zero(f, a, b) & ~nan
        return less, self._flags(nan, NV)

    def le(self, fmt: int, a: Any, b: Any) -> Answer:
        """1 bit; any NaN is invalid."""
        f = FORMATS[fmt]
        nan = self._is_nan(f, a) | self._is_nan(f, b)
        less = (self._order(f, a).sle(self._order(f, b)) | self._both_zero(f, a, b)) & ~nan
        return less, self._flags(nan, NV)

    def _lesser(self, fmt: int, a: Any, b: Any, want_smaller: bool) -> Answer:
        f = FORMATS[fmt]
        a_nan, b_nan = self._is_nan(f, a), self._is_nan(f, b)
        a_below = self._order(f, a).slt(self._order(f, b))
        result = a_below.select(a, b) if want_smaller else a_below.select(b, a)
        result = b_nan.select(a, a_nan.select(b, result))
        result = (a_nan & b_nan).select(self.const(f.canonical_nan, fmt), result)
        return result, self._flags(self._is_signaling(f, a) | self._is_signaling(f, b), NV)

    def minimum(self, fmt: int, a: Any, b: Any) -> Answer:
        """minimumNumber (IEEE 754-2019 §9.6)."""
        return self._lesser(fmt, a, b, True)

    def maximum(self, fmt: int, a: Any, b: Any) -> Answer:
        """maximumNumber (IEEE 754-2019 §9.6)."""
        return self._lesser(fmt, a, b, False)

    def classify(self, fmt: int, a: Any) -> Answer:
        """The mask of `fclass`, 64 bits (Unprivileged ISA §20.9)."""
        f = FORMATS[fmt]
        magnitude = a & (f.sign_bit - 1)
        sign = a.extract(fmt - 1, 1)

        def place(negative: int, positive: int) -> Any:
            return self._pick(sign, 1 << negative, 1 << positive, 64)

        result = magnitude.ult(1 << f.fraction_bits).select(place(2, 5), place(1, 6))
        result = magnitude.eq(0).select(place(3, 4), result)
        result = magnitude.eq(f.infinity).select(place(0, 7), result)
        nan = self._pick((a & f.quiet_bit).eq(0), 1 << 8, 1 << 9, 64)
        return self._is_nan(f, a).select(nan, result), self.const(0, FLAGS_WIDTH)

    # -- conversion -----------------------------------------------------------------------------------------------

    def to_int(self, fmt: int, a: Any, width: int, signed: bool, rm: Any) -> Answer:
        """A `width`-bit integer, 32 or 64; saturating, NaN to the largest (Unprivileged ISA §20.7)."""
        f = FORMATS[fmt]
        x = self._unpack(f, a)
        working = x.m.width
        # Fixed point: `working` bits before and after the point. What is 2^working or more saturates anyway.
        right = -x.e + (f.bias + working - 1)
        enormous = right.slt(0)
        last = 2 * working - 1
        right = right.ult(last).select(right, self.const(last, working)).zext(2 * working)
        fixed = self._shift_right_jam_full(x.m.zext(2 * working).shl(working), right)
        whole, part = fixed.extract(working, working), fixed.trunc(working)
        half = 1 << (working - 1)
        nearest = (rm.eq(RMM) & part.eq(half)) | (rm.eq(RNE) & part.eq(half) & whole.extract(0, 1))
        nearest = nearest | ((rm.eq(RNE) | rm.eq(RMM)) & self.const(half, working).ult(part))
        away = ((rm.eq(RUP) & ~x.sign) | (rm.eq(RDN) & x.sign)) & part.ne(0)
        up = nearest | away
        magnitude = whole + up.zext(working)
        enormous = enormous | (up & magnitude.eq(0)) | x.infinite
        largest = (1 << (width - signed)) - 1
        most_negative = 1 << (width - 1) if signed else 0
        limit = self._pick(x.sign, most_negative, largest, working)
        invalid = enormous | limit.ult(magnitude) | x.nan
        value = x.sign.select(-magnitude, magnitude).trunc(width)
        saturated = self._pick(x.sign & ~x.nan, most_negative, largest, width)
        inexact = part.ne(0).zext(FLAGS_WIDTH)
        return invalid.select(saturated, value), invalid.select(self.const(NV, FLAGS_WIDTH), inexact)

    def _shift_right_jam_full(self, m: Any, amount: Any) -> Any:
        """As `_shift_right_jam` for an `m` that uses its top bit and an amount below its width."""
        shifted = m.lshr(amount)
        return shifted | shifted.shl(amount).ne(m).zext(m.width)

    def from_int(self, fmt: int, value: Any, signed: bool, rm: Any) -> Answer:
        """From a 64-bit integer; narrower ones are extended first."""
        f = FORMATS[fmt]
        width = working_width(f)
        sign = value.extract(63, 1) if signed else self.const(0, 1)
        magnitude = (sign.select(-value, value) if signed else value).zext(width)
        zeros = self.leading_zeros(magnitude)
        m = self._narrow_jam(magnitude.shl(zeros & (width - 1)), width, 1)
        result, flags = self._round(f, sign, -zeros + (f.bias + width - 1), m, rm)
        zero = value.eq(0)
        return zero.select(self.const(0, fmt), result), zero.select(self.const(0, FLAGS_WIDTH), flags)

    def convert(self, source_fmt: int, target_fmt: int, a: Any, rm: Any) -> Answer:
        source, target = FORMATS[source_fmt], FORMATS[target_fmt]
        x = self._unpack(source, a)
        width = working_width(target)
        e = x.e - (source.bias - target.bias) if source.bias > target.bias else x.e + (target.bias - source.bias)
        if x.m.width > width:
            m, e = self._narrow_jam(x.m, width, x.m.width - width + 1), e.trunc(width)
        else:
            m, e = self._narrow_jam(x.m.zext(width).shl(width - x.m.width), width, 1), e.sext(width)
        answer = self._round(target, x.sign, e, m, rm)
        cases = [
            (x.zero, self._signed(target, x.sign, 0)),
            (x.infinite, self._signed(target, x.sign, target.infinity)),
        ]
        return self._settle(target, answer, cases, x.nan, x.signaling)


def working_width(f: Format) -> int:
    """Bits that significands of `f` are computed in: three or more are left free."""
    return 64 if f.precision <= 54 else 128
