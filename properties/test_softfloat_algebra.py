"""Laws of IEEE 754 arithmetic that hold for every operand: they need no second implementation to compare with."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from engines.vm import softfloat as sf
from engines.vm.softfloat import FORMATS, NV, NX, RDN, RMM, RNE, RTZ, RUP

MODES = st.sampled_from((RNE, RTZ, RDN, RUP, RMM))
MIRRORED = {RNE: RNE, RTZ: RTZ, RDN: RUP, RUP: RDN, RMM: RMM}
WIDTHS = (16, 32, 64, 128)
quick = settings(deadline=None, max_examples=150)


@st.composite
def numbers(draw: st.DrawFn, fmt: int) -> int:
    """Bits of any kind: a landmark of the format, a neighbour of one, or anything."""
    f = FORMATS[fmt]
    if draw(st.booleans()):
        return draw(st.integers(0, (1 << fmt) - 1))
    one = f.bias << f.fraction_bits
    ulp = 1 << f.fraction_bits
    landmarks = [0, ulp, one, one + ulp, one + f.fraction_bits * ulp, f.infinity, f.largest_finite - ulp]
    place = draw(st.sampled_from(landmarks)) + draw(st.integers(-3, 3))
    sign = draw(st.sampled_from([0, f.sign_bit]))
    return sign | min(max(place, 0), f.sign_bit - 1)


@st.composite
def operands(draw: st.DrawFn, count: int) -> tuple[int, ...]:
    """`(fmt, number…)`."""
    fmt = draw(st.sampled_from(WIDTHS))
    return (fmt, *(draw(numbers(fmt)) for _ in range(count)))


def negated(fmt: int, a: int) -> int:
    return a ^ FORMATS[fmt].sign_bit


def is_nan(fmt: int, a: int) -> bool:
    return a & ~FORMATS[fmt].sign_bit > FORMATS[fmt].infinity


def is_finite(fmt: int, a: int) -> bool:
    return a & FORMATS[fmt].infinity != FORMATS[fmt].infinity


def is_zero(fmt: int, a: int) -> bool:
    return a & ~FORMATS[fmt].sign_bit == 0


def one(fmt: int) -> int:
    return FORMATS[fmt].bias << FORMATS[fmt].fraction_bits


def at_most(fmt: int, a: int, b: int) -> bool:
    return sf.le(fmt, a, b) == (1, 0)


@quick
@given(operands(2), MODES)
def test_sum_and_product_commute(drawn: tuple[int, ...], rm: int) -> None:
    fmt, a, b = drawn
    assert sf.add(fmt, a, b, rm) == sf.add(fmt, b, a, rm)
    assert sf.mul(fmt, a, b, rm) == sf.mul(fmt, b, a, rm)


@quick
@given(operands(3), MODES)
def test_negation_mirrors_the_rounding_mode(drawn: tuple[int, ...], rm: int) -> None:
    fmt, a, b, c = drawn
    mirrored = MIRRORED[rm]
    pairs = [
        (sf.add(fmt, a, b, rm), sf.add(fmt, negated(fmt, a), negated(fmt, b), mirrored)),
        (sf.mul(fmt, a, b, rm), sf.mul(fmt, negated(fmt, a), b, mirrored)),
        (sf.div(fmt, a, b, rm), sf.div(fmt, a, negated(fmt, b), mirrored)),
        (sf.fma(fmt, a, b, c, rm), sf.fma(fmt, a, b, c, mirrored, True, True)),
    ]
    for (result, flags), (other, other_flags) in pairs:
        assert flags == other_flags
        if is_zero(fmt, result) and flags == 0:  # the sign of an exact zero sum is a convention (IEEE 754-2019 §6.3)
            assert is_zero(fmt, other)
        else:
            assert other == (result if is_nan(fmt, result) else negated(fmt, result))


@quick
@given(operands(2), MODES)
def test_subtraction_is_addition_of_the_negation(drawn: tuple[int, ...], rm: int) -> None:
    fmt, a, b = drawn
    assert sf.sub(fmt, a, b, rm) == sf.add(fmt, a, negated(fmt, b), rm)


@quick
@given(operands(1), MODES)
def test_neutral_elements(drawn: tuple[int, ...], rm: int) -> None:
    fmt, a = drawn
    assume(not is_nan(fmt, a))
    assert sf.mul(fmt, a, one(fmt), rm) == sf.div(fmt, a, one(fmt), rm) == (a, 0)
    negative_zero = FORMATS[fmt].sign_bit
    assert sf.add(fmt, a, 0 if rm == RDN else negative_zero, rm) == (a, 0)


@quick
@given(operands(1), MODES)
def test_a_number_minus_itself(drawn: tuple[int, ...], rm: int) -> None:
    fmt, a = drawn
    assume(is_finite(fmt, a))
    assert sf.sub(fmt, a, a, rm) == (FORMATS[fmt].sign_bit if rm == RDN else 0, 0)
    if not is_zero(fmt, a):
        assert sf.div(fmt, a, a, rm) == (one(fmt), 0)


@quick
@given(operands(3))
def test_directed_modes_enclose_the_others(drawn: tuple[int, ...]) -> None:
    """Down and up are neighbours or equal, equal exactly when the result is exact; every mode answers one of them."""
    fmt, a, b, c = drawn
    operations: list[Callable[[int], tuple[int, int]]] = [
        lambda rm: sf.add(fmt, a, b, rm),
        lambda rm: sf.mul(fmt, a, b, rm),
        lambda rm: sf.div(fmt, a, b, rm),
        lambda rm: sf.fma(fmt, a, b, c, rm),
        lambda rm: sf.sqrt(fmt, a, rm),
    ]
    for operation in operations:
        (low, low_flags), (high, high_flags) = operation(RDN), operation(RUP)
        if is_nan(fmt, low):
            assert high == low
            continue
        inexact = low_flags & NX
        assert inexact == high_flags & NX
        if is_zero(fmt, low) and is_zero(fmt, high):
            assert not inexact
            continue
        assert (low == high) == (not inexact)
        assert at_most(fmt, low, high)
        for rm in (RNE, RTZ, RMM):
            assert operation(rm)[0] in (low, high)
        towards_zero = operation(RTZ)[0] & ~FORMATS[fmt].sign_bit
        assert towards_zero == min(x & ~FORMATS[fmt].sign_bit for x in (low, high))
        if inexact:
            assert abs(low - high) == 1 or {is_zero(fmt, low), is_zero(fmt, high)} == {True, False}


@st.composite
def overlapping(draw: st.DrawFn) -> tuple[int, int, int]:
    """`(fmt, a, b)`: `b` reaches below the last place of `a`, often by exactly half of it."""
    fmt = draw(st.sampled_from((16, 32, 64)))
    f = FORMATS[fmt]
    t = f.fraction_bits
    field = draw(st.integers(t + 4, 2 * f.bias - 1))
    below = draw(st.integers(1, t + 2))
    digits = draw(st.sampled_from([0, 1 << (t - 1), 1, draw(st.integers(0, (1 << t) - 1))]))
    a = draw(st.sampled_from([0, f.sign_bit])) | field << t | draw(st.integers(0, (1 << t) - 1))
    b = draw(st.sampled_from([0, f.sign_bit])) | (field - below) << t | digits
    return fmt, a, b


@quick
@given(overlapping())
@example((16, 0x6400, 0x3800))  # 1024 + 0.5: a tie
@example((16, 0x6401, 0x3800))
def test_nearest_modes_answer_the_nearer_neighbour(drawn: tuple[int, int, int]) -> None:
    """Distances are measured in quadruple precision, where the sums at hand are exact."""
    fmt, a, b = drawn
    low, high = (sf.add(fmt, a, b, rm)[0] for rm in (RDN, RUP))
    if low == high or not is_finite(fmt, low) or not is_finite(fmt, high):
        return
    wide_a, wide_b, wide_low, wide_high = (sf.convert(fmt, 128, x, RNE)[0] for x in (a, b, low, high))
    exact, flags = sf.add(128, wide_a, wide_b, RNE)
    assert flags == 0
    to_low, _ = sf.sub(128, exact, wide_low, RNE)
    to_high, _ = sf.sub(128, wide_high, exact, RNE)
    even, away = sf.add(fmt, a, b, RNE)[0], sf.add(fmt, a, b, RMM)[0]
    if to_low == to_high:
        assert even & 1 == 0
        assert away == max(low, high, key=lambda x: x & ~FORMATS[fmt].sign_bit)
    else:
        assert even == away == (low if sf.lt(128, to_low, to_high)[0] else high)


@quick
@given(operands(2))
@example((64, 0x3FF0_0000_0000_0000, 0x3FF0_0000_0000_0001))
@example((32, 0x3F80_0000, 0x3F80_0001))
def test_residuals_show_on_which_side_a_quotient_and_a_root_lie(drawn: tuple[int, ...]) -> None:
    """With the fused operation the residual of an answer that was rounded down is computed to its sign."""
    fmt, a, b = drawn
    a &= ~FORMATS[fmt].sign_bit
    b &= ~FORMATS[fmt].sign_bit
    assume(all(is_finite(fmt, x) and not is_zero(fmt, x) for x in (a, b)))
    for (below, flags), divisor in ((sf.div(fmt, a, b, RDN), b), (sf.sqrt(fmt, a, RDN), None)):
        if flags & ~NX:
            continue
        residual, _ = sf.fma(fmt, below, below if divisor is None else divisor, a, RDN, negate_addend=True)
        assert at_most(fmt, residual, 0)
        assert (flags == NX) == (not is_zero(fmt, residual))


@quick
@given(operands(3), MODES)
def test_addition_is_monotonic(drawn: tuple[int, ...], rm: int) -> None:
    fmt, a, b, c = drawn
    assume(all(is_finite(fmt, x) for x in (a, b, c)))
    low, high = (a, b) if at_most(fmt, a, b) else (b, a)
    assert at_most(fmt, sf.add(fmt, low, c, rm)[0], sf.add(fmt, high, c, rm)[0])


@quick
@given(operands(2), MODES)
def test_fused_operations_contain_the_plain_ones(drawn: tuple[int, ...], rm: int) -> None:
    fmt, a, b = drawn
    assert sf.fma(fmt, a, one(fmt), b, rm) == sf.add(fmt, a, b, rm)
    product, flags = sf.mul(fmt, a, b, rm)
    signed_zero = product & FORMATS[fmt].sign_bit if not is_nan(fmt, product) else 0
    assert sf.fma(fmt, a, b, signed_zero, rm) == (product, flags)


@quick
@given(operands(2))
def test_the_error_of_a_sum_is_a_number(drawn: tuple[int, ...]) -> None:
    """Knuth's 2Sum: without overflow, the error of a sum rounded to nearest-even is representable and found exactly."""
    fmt, a, b = drawn
    bound = FORMATS[fmt].largest_finite - (2 << FORMATS[fmt].fraction_bits)
    assume(all(x & ~FORMATS[fmt].sign_bit <= bound for x in (a, b)))

    def add(x: int, y: int) -> int:
        return sf.add(fmt, x, y, RNE)[0]

    def sub(x: int, y: int) -> int:
        return sf.sub(fmt, x, y, RNE)[0]

    total = add(a, b)
    b_part = sub(total, a)
    error = add(sub(a, sub(total, b_part)), sub(b, b_part))
    wide = {16: 64, 32: 128, 64: 128}.get(fmt)
    if wide is None:
        return
    exact = [sf.convert(fmt, wide, x, RNE)[0] for x in (a, b, total, error)]
    if sf.add(wide, exact[0], exact[1], RNE)[1] == 0:
        assert sf.eq(wide, sf.add(wide, exact[0], exact[1], RNE)[0], sf.add(wide, exact[2], exact[3], RNE)[0]) == (1, 0)


@quick
@given(operands(2), MODES)
def test_nearby_numbers_subtract_exactly(drawn: tuple[int, ...], rm: int) -> None:
    """Sterbenz: if `b/2 <= a <= 2b` then `a - b` is exact."""
    fmt, a, near = drawn
    f = FORMATS[fmt]
    a &= f.largest_finite
    assume(is_finite(fmt, a))
    reach = 1 << f.fraction_bits
    b = min(max(a + near % (2 * reach) - reach, 0), f.largest_finite)
    two = one(fmt) + reach
    doubled_a, doubled_b = sf.mul(fmt, a, two, RNE)[0], sf.mul(fmt, b, two, RNE)[0]
    assume(at_most(fmt, b, doubled_a) and at_most(fmt, a, doubled_b))
    assert sf.sub(fmt, a, b, rm)[1] == 0


@quick
@given(operands(1), MODES)
def test_the_root_of_a_square(drawn: tuple[int, ...], rm: int) -> None:
    fmt, a = drawn
    f = FORMATS[fmt]
    a &= -1 << (f.fraction_bits + 1) // 2  # so few digits that the square has room
    square, flags = sf.mul(fmt, a, a, rm)
    assume(flags == 0 and is_finite(fmt, square))
    assert sf.sqrt(fmt, square, rm) == (a & ~FORMATS[fmt].sign_bit, 0)


@quick
@given(operands(1), MODES, MODES)
def test_widening_is_exact_and_comes_back(drawn: tuple[int, ...], rm: int, back: int) -> None:
    fmt, a = drawn
    for wide in WIDTHS:
        if wide < fmt or is_nan(fmt, a):
            continue
        widened, flags = sf.convert(fmt, wide, a, rm)
        assert flags == 0
        assert sf.convert(wide, fmt, widened, back) == (a, 0)


@quick
@given(st.integers(0, 2**64 - 1), st.booleans(), st.sampled_from((32, 64)), MODES, MODES)
def test_integers_survive_a_format_that_holds_them(value: int, signed: bool, width: int, rm: int, back: int) -> None:
    value %= 1 << width
    as_float, flags = sf.from_int(128, value, width, signed, rm)
    assert flags == 0
    assert sf.to_int(128, as_float, width, signed, back) == (value, 0)


@quick
@given(operands(2))
@example((32, 0, 0x8000_0000))
def test_comparisons_are_a_total_order_but_for_nans(drawn: tuple[int, ...]) -> None:
    fmt, a, b = drawn
    answers = [sf.lt(fmt, a, b), sf.eq(fmt, a, b), sf.lt(fmt, b, a)]
    if is_nan(fmt, a) or is_nan(fmt, b):
        assert [result for result, _ in answers] == [0, 0, 0]
        assert answers[0][1] == sf.le(fmt, a, b)[1] == NV
        return
    assert sorted(result for result, _ in answers) == [0, 0, 1]
    assert sf.le(fmt, a, b)[0] == answers[0][0] | answers[1][0]
    smaller, larger = sf.minimum(fmt, a, b)[0], sf.maximum(fmt, a, b)[0]
    assert sorted((smaller, larger)) == sorted((a, b))
    assert at_most(fmt, smaller, larger)


@quick
@given(operands(1))
def test_a_class_agrees_with_comparisons(drawn: tuple[int, ...]) -> None:
    fmt, a = drawn
    mask, flags = sf.classify(fmt, a)
    assert flags == 0
    assert mask.bit_count() == 1
    assert (sf.lt(fmt, a, 0)[0] == 1) == bool(mask & 0b111)
    assert (sf.eq(fmt, a, 0)[0] == 1) == bool(mask & 0b11000)
    assert is_nan(fmt, a) == bool(mask & 0b11_0000_0000)
    assert (sf.eq(fmt, a, a)[1] == NV) == bool(mask & 0b1_0000_0000)
    normal = sf.le(fmt, 1 << FORMATS[fmt].fraction_bits, a & ~FORMATS[fmt].sign_bit)[0] == 1 and is_finite(fmt, a)
    assert normal == bool(mask & 0b100_0010)
