//! What 128-bit integers and float remainders need where the machine has no operation for it. The lowering to linear
//! memory calls these functions; a 128-bit integer is (low half, high half).

use crate::intrinsics::{f32_from_bits, f64_from_bits, f64_to_bits, leading_zeros, wrapping_add, wrapping_sub};

/// Quotient and remainder by long division, bit by bit where the divisor has more than 64 bits.
fn divide(low: u64, high: u64, by_low: u64, by_high: u64) -> (u64, u64, u64, u64) {
    if high == 0 && by_high == 0 { return (low / by_low, 0, low % by_low, 0); }
    let mut quotient_low = 0u64;
    let mut quotient_high = 0u64;
    let mut rest_low = 0u64;
    let mut rest_high = 0u64;
    let mut bit = 128u32;
    while bit > 0 {
        bit -= 1;
        let carry = rest_high >> 63;
        rest_high = (rest_high << 1) | (rest_low >> 63);
        let next = if bit >= 64 { (high >> (bit - 64)) & 1 } else { (low >> bit) & 1 };
        rest_low = (rest_low << 1) | next;
        let fits = carry != 0 || rest_high > by_high || (rest_high == by_high && rest_low >= by_low);
        if fits {
            let borrow = if rest_low < by_low { 1u64 } else { 0u64 };
            rest_low = wrapping_sub(rest_low, by_low);
            rest_high = wrapping_sub(wrapping_sub(rest_high, by_high), borrow);
            if bit >= 64 { quotient_high |= 1u64 << (bit - 64); } else { quotient_low |= 1u64 << bit; }
        }
    }
    (quotient_low, quotient_high, rest_low, rest_high)
}

#[lang] fn u128_div(low: u64, high: u64, by_low: u64, by_high: u64) -> (u64, u64) {
    let all = divide(low, high, by_low, by_high);
    (all.0, all.1)
}
#[lang] fn u128_rem(low: u64, high: u64, by_low: u64, by_high: u64) -> (u64, u64) {
    let all = divide(low, high, by_low, by_high);
    (all.2, all.3)
}

/// The 64 highest bits, the last of them set where a lower one was, and how far they were moved down.
fn normalised(low: u64, high: u64) -> (u64, u64) {
    let zeros = leading_zeros(high) as u64;
    if zeros == 0 { return (high | (if low != 0 { 1 } else { 0 }), 64); }
    let top = (high << zeros) | (low >> (64 - zeros));
    let lost = low << zeros;
    (top | (if lost != 0 { 1 } else { 0 }), 64 - zeros)
}
#[lang] fn u128_to_f64(low: u64, high: u64) -> f64 {
    if high == 0 { return low as f64; }
    let (top, moved) = normalised(low, high);
    (top as f64) * f64_from_bits((1023 + moved) << 52)
}
#[lang] fn u128_to_f32(low: u64, high: u64) -> f32 {
    if high == 0 { return low as f32; }
    let (top, moved) = normalised(low, high);
    (top as f32) * f32_from_bits(((127 + moved) << 23) as u32)
}

/// A finite value that is not negative, cut to an integer below 2^128.
fn cut(value: f64) -> (u64, u64) {
    if value < 18446744073709551616.0 { return (value as u64, 0); }
    let bits = f64_to_bits(value);
    let mantissa = (bits & 0xFFFFFFFFFFFFF) | 0x10000000000000;
    let shift = (bits >> 52) - 1075;
    if shift >= 64 { return (0, mantissa << (shift - 64)); }
    (mantissa << shift, mantissa >> (64 - shift))
}
#[lang] fn f64_to_u128(value: f64) -> (u64, u64) {
    if !(value > 0.0) { return (0, 0); }
    if value >= 340282366920938463463374607431768211456.0 { return (0xFFFFFFFFFFFFFFFF, 0xFFFFFFFFFFFFFFFF); }
    cut(value)
}
#[lang] fn f64_to_i128(value: f64) -> (u64, u64) {
    if value != value { return (0, 0); }
    if value >= 170141183460469231731687303715884105728.0 { return (0xFFFFFFFFFFFFFFFF, 0x7FFFFFFFFFFFFFFF); }
    if value <= -170141183460469231731687303715884105728.0 { return (0, 0x8000000000000000); }
    if value >= 0.0 { return cut(value); }
    let (low, high) = cut(-value);
    let flipped = wrapping_add(!low, 1);
    (flipped, wrapping_add(!high, if flipped == 0 { 1 } else { 0 }))
}

/// The remainder of a division cut towards zero, exact: shift and subtract.
#[lang] fn fmod(value: f64, by: f64) -> f64 {
    let sign = f64_to_bits(value) & 0x8000000000000000;
    let mut a = f64_to_bits(value) & 0x7FFFFFFFFFFFFFFF;
    let b = f64_to_bits(by) & 0x7FFFFFFFFFFFFFFF;
    if a >= 0x7FF0000000000000 || b > 0x7FF0000000000000 || b == 0 { return f64_from_bits(0x7FF8000000000000); }
    if a < b { return value; }
    let mut exponent_a = (a >> 52) as i32;
    let mut exponent_b = (b >> 52) as i32;
    let mut left = a & 0xFFFFFFFFFFFFF;
    let mut divisor = b & 0xFFFFFFFFFFFFF;
    if exponent_a == 0 { exponent_a = 1; } else { left |= 0x10000000000000; }
    if exponent_b == 0 { exponent_b = 1; } else { divisor |= 0x10000000000000; }
    while exponent_a > exponent_b {
        if left >= divisor { left -= divisor; }
        left = left << 1;
        exponent_a -= 1;
    }
    if left >= divisor { left -= divisor; }
    if left == 0 { return f64_from_bits(sign); }
    while left < 0x10000000000000 && exponent_b > 1 {
        left = left << 1;
        exponent_b -= 1;
    }
    if left < 0x10000000000000 { exponent_b = 0; }
    a = (left & 0xFFFFFFFFFFFFF) | ((exponent_b as u64) << 52);
    f64_from_bits(a | sign)
}
