//! Inherent methods of f32 and f64, and parsing.

use crate::intrinsics::*;

macro_rules! float {
    ($t:ident $bits:ident $to:ident $from:ident $mantissa:literal $sign:literal $digits:literal $bytes:literal) => {
        impl $t {
            pub const RADIX: u32 = 2;
            pub const MANTISSA_DIGITS: u32 = $mantissa;
            pub const DIGITS: u32 = $digits;
            pub const MIN_EXP: i32 = 3 - (1 << ($sign - $mantissa));
            pub const MAX_EXP: i32 = 1 << ($sign - $mantissa);
            pub const fn is_subnormal(self) -> bool { self != 0.0 && float_abs(self) < $t::MIN_POSITIVE }
            pub const fn is_normal(self) -> bool { float_abs(self) >= $t::MIN_POSITIVE && self.is_finite() }
            pub const fn classify(self) -> crate::num::FpCategory {
                if self.is_nan() { crate::num::FpCategory::Nan }
                else if self.is_infinite() { crate::num::FpCategory::Infinite }
                else if self == 0.0 { crate::num::FpCategory::Zero }
                else if self.is_normal() { crate::num::FpCategory::Normal }
                else { crate::num::FpCategory::Subnormal }
            }
            pub const fn next_up(self) -> $t {
                if self.is_nan() || self == $t::INFINITY { return self; }
                let bits = $to(self);
                if self == 0.0 { $from(1) } else if self > 0.0 { $from(bits + 1) } else { $from(bits - 1) }
            }
            pub const fn next_down(self) -> $t { -(-self).next_up() }
            pub const fn midpoint(self, other: $t) -> $t {
                let (low, high) = ($t::MIN_POSITIVE * 2.0, $t::MAX / 2.0);
                let (a, b) = (float_abs(self), float_abs(other));
                if a <= high && b <= high { (self + other) / 2.0 }
                else if a < low { self + other / 2.0 }
                else if b < low { self / 2.0 + other }
                else { self / 2.0 + other / 2.0 }
            }
            pub const fn to_le_bytes(self) -> [u8; $bytes] { $to(self).to_le_bytes() }
            pub const fn to_be_bytes(self) -> [u8; $bytes] { $to(self).to_be_bytes() }
            pub const fn to_ne_bytes(self) -> [u8; $bytes] { $to(self).to_ne_bytes() }
            pub const fn from_le_bytes(bytes: [u8; $bytes]) -> $t { $from($bits::from_le_bytes(bytes)) }
            pub const fn from_be_bytes(bytes: [u8; $bytes]) -> $t { $from($bits::from_be_bytes(bytes)) }
            pub const fn from_ne_bytes(bytes: [u8; $bytes]) -> $t { $from($bits::from_ne_bytes(bytes)) }
            pub const NAN: $t = 0.0 / 0.0;
            pub const INFINITY: $t = 1.0 / 0.0;
            pub const NEG_INFINITY: $t = -1.0 / 0.0;
            pub const fn to_bits(self) -> $bits { $to(self) }
            pub const fn from_bits(bits: $bits) -> $t { $from(bits) }
            pub const fn is_nan(self) -> bool { self != self }
            pub const fn is_infinite(self) -> bool { float_abs(self) == $t::INFINITY }
            pub const fn is_finite(self) -> bool { float_abs(self) < $t::INFINITY }
            pub const fn is_sign_negative(self) -> bool { $to(self) >> $sign == 1 }
            pub const fn is_sign_positive(self) -> bool { $to(self) >> $sign == 0 }
            pub const fn abs(self) -> $t { float_abs(self) }
            pub fn sqrt(self) -> $t { float_sqrt(self) }
            pub const fn floor(self) -> $t { float_floor(self) }
            pub const fn ceil(self) -> $t { float_ceil(self) }
            pub const fn trunc(self) -> $t { float_trunc(self) }
            pub const fn round_ties_even(self) -> $t { float_round_even(self) }
            pub const fn fract(self) -> $t { self - float_trunc(self) }
            pub const fn round(self) -> $t {
                let whole = float_trunc(self);
                let rest = float_abs(self - whole);
                if rest < 0.5 { whole } else if self < 0.0 { whole - 1.0 } else { whole + 1.0 }
            }
            pub const fn signum(self) -> $t { if self.is_nan() { self } else if self.is_sign_negative() { -1.0 } else { 1.0 } }
            pub const fn copysign(self, sign: $t) -> $t { if self.is_sign_negative() == sign.is_sign_negative() { self } else { -self } }
            pub const fn recip(self) -> $t { 1.0 / self }
            pub const fn max(self, other: $t) -> $t { if self.is_nan() || self < other { other } else { self } }
            pub const fn min(self, other: $t) -> $t { if self.is_nan() || other < self { other } else { self } }
            #[track_caller]
            pub const fn clamp(self, min: $t, max: $t) -> $t { if self < min { min } else if self > max { max } else { self } }
            pub const fn to_degrees(self) -> $t { self * (180.0 / 3.14159265358979323846264338327950288) }
            pub const fn to_radians(self) -> $t { self * (3.14159265358979323846264338327950288 / 180.0) }
            pub fn rem_euclid(self, rhs: $t) -> $t { let r = self % rhs; if r < 0.0 { r + float_abs(rhs) } else { r } }
            pub fn div_euclid(self, rhs: $t) -> $t {
                let q = float_trunc(self / rhs);
                if self % rhs < 0.0 { if rhs > 0.0 { q - 1.0 } else { q + 1.0 } } else { q }
            }
            pub fn hypot(self, other: $t) -> $t { float_sqrt(self * self + other * other) }
            pub fn powi(self, exponent: i32) -> $t {
                let mut result: $t = 1.0;
                let mut base = self;
                let mut left = exponent.unsigned_abs();
                while left > 0 {
                    if left & 1 == 1 { result *= base; }
                    left >>= 1;
                    base *= base;
                }
                if exponent < 0 { 1.0 / result } else { result }
            }
            pub fn total_cmp(&self, other: &$t) -> crate::cmp::Ordering {
                if self.is_sign_negative() != other.is_sign_negative() {
                    return if self.is_sign_negative() { crate::cmp::Ordering::Less } else { crate::cmp::Ordering::Greater };
                }
                let order = $to(*self).cmp(&$to(*other));
                if self.is_sign_negative() { order.reverse() } else { order }
            }
        }
    }
}
float! { f64 u64 f64_to_bits f64_from_bits 53 63 15 8 }
float! { f32 u32 f32_to_bits f32_from_bits 24 31 6 4 }
/// Sign (whether negative), mantissa and exponent of a finite number that is not 0: mantissa times two to the exponent, the mantissa's
/// highest bit at place 124.
fn parts(value: f64) -> (bool, u128, i32) {
    let bits = f64_to_bits(value);
    let field = (bits >> 52 & 0x7ff) as i32;
    let mantissa = (bits & 0xf_ffff_ffff_ffff | if field == 0 { 0 } else { 1 << 52 }) as u128;
    let by = mantissa.leading_zeros() - 3;
    (value.is_sign_negative(), mantissa << by, (if field == 0 { 1 } else { field }) - 1075 - by as i32)
}
/// `a * b + c` rounded once (IEEE 754, fusedMultiplyAdd).
fn fused(a: f64, b: f64, c: f64) -> f64 {
    if a == 0.0 || b == 0.0 || !a.is_finite() || !b.is_finite() || !c.is_finite() { return a * b + c; }
    if c == 0.0 { return a * b; }
    let (negative_a, mantissa_a, power_a) = parts(a);
    let (negative_b, mantissa_b, power_b) = parts(b);
    let whole = (mantissa_a >> 72) * (mantissa_b >> 72);
    let by = whole.leading_zeros() - 3;
    let mut big = (negative_a != negative_b, whole << by, power_a + power_b + 144 - by as i32);
    let mut small = parts(c);
    if (big.2, big.1) < (small.2, small.1) { crate::mem::swap(&mut big, &mut small); }
    let far = (big.2 - small.2) as u32;
    // What is shifted out only says that the sum is not exact: far apart, at most one high bit goes.
    let near = if far > 124 { 1 } else { small.1 >> far | (small.1 & ((1 << far) - 1) != 0) as u128 };
    let sum = if big.0 == small.0 { big.1 + near } else { big.1 - near };
    if sum == 0 { return 0.0; }
    let highest = big.2 + 127 - sum.leading_zeros() as i32;
    let negative = (big.0 as u64) << 63;
    if highest > 1023 { return f64_from_bits(negative | 0x7ff << 52); }
    let last = if highest - 52 > -1074 { highest - 52 } else { -1074 };
    let shift = last - big.2;
    let digits = if shift <= 0 {
        (sum << -shift) as u64
    } else if shift > 127 {
        0
    } else {
        let rest = sum & ((1 << shift) - 1);
        let half = 1 << (shift - 1);
        let kept = (sum >> shift) as u64;
        kept + (rest > half || rest == half && kept & 1 == 1) as u64
    };
    f64_from_bits(negative | (((last + 1074) as u64) << 52) + digits)
}
impl f64 {
    pub fn mul_add(self, a: f64, b: f64) -> f64 { fused(self, a, b) }
    pub const MAX: f64 = 1.7976931348623157e308;
    pub const MIN: f64 = -1.7976931348623157e308;
    pub const MIN_POSITIVE: f64 = 2.2250738585072014e-308;
    pub const EPSILON: f64 = 2.2204460492503131e-16;
}
impl f32 {
    pub fn mul_add(self, a: f32, b: f32) -> f32 {
        let product = self as f64 * a as f64;
        let sum = product + b as f64;
        // Rounded to odd, so that rounding it again is rounding once.
        let part = sum - product;
        let error = (product - (sum - part)) + (b as f64 - part);
        let bits = f64_to_bits(sum);
        if !sum.is_finite() || error == 0.0 || bits & 1 == 1 { return sum as f32; }
        f64_from_bits(if (error > 0.0) == (sum > 0.0) { bits + 1 } else { bits - 1 }) as f32
    }
    pub const MAX: f32 = 3.40282347e38;
    pub const MIN: f32 = -3.40282347e38;
    pub const MIN_POSITIVE: f32 = 1.17549435e-38;
    pub const EPSILON: f32 = 1.19209290e-7;
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseFloatError { kind: FloatErrorKind }
#[derive(Debug, Clone, PartialEq, Eq)]
enum FloatErrorKind { Empty, Invalid }
impl crate::fmt::Display for ParseFloatError {
    fn fmt(&self, f: &mut crate::fmt::Formatter<'_>) -> crate::fmt::Result {
        f.pad(match self.kind { FloatErrorKind::Empty => "cannot parse float from empty string", FloatErrorKind::Invalid => "invalid float literal" })
    }
}
impl crate::error::Error for ParseFloatError {}
fn parse(text: &str, single: bool) -> Result<f64, ParseFloatError> {
    let bytes = text.as_bytes();
    if bytes.is_empty() { return Err(ParseFloatError { kind: FloatErrorKind::Empty }); }
    let negative = bytes[0] == b'-';
    let digits = if negative || bytes[0] == b'+' { &text[1..] } else { text };
    let magnitude = match crate::decimal::read(digits.as_bytes(), single) {
        Some(value) => value,
        None => {
            let lower = digits.to_ascii_lowercase();
            if lower == "inf" || lower == "infinity" {
                f64::INFINITY
            } else if lower == "nan" {
                f64::NAN
            } else {
                return Err(ParseFloatError { kind: FloatErrorKind::Invalid });
            }
        }
    };
    Ok(if negative { -magnitude } else { magnitude })
}
impl crate::str::FromStr for f64 { type Err = ParseFloatError; fn from_str(text: &str) -> Result<f64, ParseFloatError> { parse(text, false) } }
impl crate::str::FromStr for f32 {
    type Err = ParseFloatError;
    fn from_str(text: &str) -> Result<f32, ParseFloatError> { match parse(text, true) { Ok(value) => Ok(value as f32), Err(error) => Err(error) } }
}
