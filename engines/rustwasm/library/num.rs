//! Integers and floats: their inherent methods, parsing, std::num.

use crate::fmt;
pub use crate::float::ParseFloatError;
use crate::intrinsics;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TryFromIntError(());
impl TryFromIntError { pub fn new() -> TryFromIntError { TryFromIntError(()) } }
impl fmt::Display for TryFromIntError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.pad("out of range integral type conversion attempted") }
}
impl crate::error::Error for TryFromIntError {}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IntErrorKind { Empty, InvalidDigit, PosOverflow, NegOverflow, Zero }
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseIntError { kind: IntErrorKind }
impl ParseIntError { pub fn kind(&self) -> &IntErrorKind { &self.kind } }
impl fmt::Display for ParseIntError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self.kind {
            IntErrorKind::Empty => "cannot parse integer from empty string",
            IntErrorKind::InvalidDigit => "invalid digit found in string",
            IntErrorKind::PosOverflow => "number too large to fit in target type",
            IntErrorKind::NegOverflow => "number too small to fit in target type",
            IntErrorKind::Zero => "number would be zero for non-zero type",
        })
    }
}
impl crate::error::Error for ParseIntError {}

#[track_caller]
fn no_logarithm() -> ! { crate::panicking::panic("argument of integer logarithm must be positive") }

macro_rules! integer {
    ($t:ident $unsigned:ident $bits:literal $min:expr, $max:expr, $signed:literal) => {
        impl $t {
            pub const MIN: $t = $min;
            pub const MAX: $t = $max;
            pub const BITS: u32 = $bits;
            pub const fn wrapping_add(self, rhs: $t) -> $t { intrinsics::wrapping_add(self, rhs) }
            pub const fn wrapping_sub(self, rhs: $t) -> $t { intrinsics::wrapping_sub(self, rhs) }
            pub const fn wrapping_mul(self, rhs: $t) -> $t { intrinsics::wrapping_mul(self, rhs) }
            pub const fn wrapping_neg(self) -> $t { intrinsics::wrapping_sub(0, self) }
            pub const fn wrapping_shl(self, by: u32) -> $t { self << (by & ($bits - 1)) }
            pub const fn wrapping_shr(self, by: u32) -> $t { self >> (by & ($bits - 1)) }
            #[track_caller]
            pub const fn wrapping_div(self, rhs: $t) -> $t { if $signed && rhs == intrinsics::wrapping_sub(0, 1) { self.wrapping_neg() } else { self / rhs } }
            #[track_caller]
            pub const fn wrapping_rem(self, rhs: $t) -> $t { if $signed && rhs == intrinsics::wrapping_sub(0, 1) { 0 } else { self % rhs } }
            pub const fn overflowing_add(self, rhs: $t) -> ($t, bool) { intrinsics::add_with_overflow(self, rhs) }
            pub const fn overflowing_sub(self, rhs: $t) -> ($t, bool) { intrinsics::sub_with_overflow(self, rhs) }
            pub const fn overflowing_mul(self, rhs: $t) -> ($t, bool) { intrinsics::mul_with_overflow(self, rhs) }
            pub const fn overflowing_neg(self) -> ($t, bool) { (self.wrapping_neg(), if $signed { self == $min } else { self != 0 }) }
            pub const fn checked_add(self, rhs: $t) -> Option<$t> {
                let (value, over) = intrinsics::add_with_overflow(self, rhs);
                if over { None } else { Some(value) }
            }
            pub const fn checked_sub(self, rhs: $t) -> Option<$t> {
                let (value, over) = intrinsics::sub_with_overflow(self, rhs);
                if over { None } else { Some(value) }
            }
            pub const fn checked_mul(self, rhs: $t) -> Option<$t> {
                let (value, over) = intrinsics::mul_with_overflow(self, rhs);
                if over { None } else { Some(value) }
            }
            pub const fn checked_div(self, rhs: $t) -> Option<$t> {
                if rhs == 0 || ($signed && self == $min && rhs == intrinsics::wrapping_sub(0, 1)) { None } else { Some(self / rhs) }
            }
            pub const fn checked_rem(self, rhs: $t) -> Option<$t> {
                if rhs == 0 || ($signed && self == $min && rhs == intrinsics::wrapping_sub(0, 1)) { None } else { Some(self % rhs) }
            }
            pub const fn checked_neg(self) -> Option<$t> { let (value, over) = self.overflowing_neg(); if over { None } else { Some(value) } }
            pub const fn checked_shl(self, by: u32) -> Option<$t> { if by < $bits { Some(self << by) } else { None } }
            pub const fn checked_shr(self, by: u32) -> Option<$t> { if by < $bits { Some(self >> by) } else { None } }
            pub const fn checked_pow(self, exponent: u32) -> Option<$t> {
                let mut result: $t = 1;
                let mut base = self;
                let mut left = exponent;
                while left > 0 {
                    if left & 1 == 1 { match result.checked_mul(base) { Some(x) => result = x, None => return None } }
                    left >>= 1;
                    if left > 0 { match base.checked_mul(base) { Some(x) => base = x, None => return None } }
                }
                Some(result)
            }
            pub const fn saturating_add(self, rhs: $t) -> $t {
                let (value, over) = intrinsics::add_with_overflow(self, rhs);
                if !over { value } else if $signed && rhs < 0 { $min } else { $max }
            }
            pub const fn saturating_sub(self, rhs: $t) -> $t {
                let (value, over) = intrinsics::sub_with_overflow(self, rhs);
                if !over { value } else if $signed && rhs < 0 { $max } else { $min }
            }
            pub const fn saturating_mul(self, rhs: $t) -> $t {
                let (value, over) = intrinsics::mul_with_overflow(self, rhs);
                if !over { value } else if $signed && (self < 0) != (rhs < 0) { $min } else { $max }
            }
            pub const fn saturating_pow(self, exponent: u32) -> $t {
                match self.checked_pow(exponent) { Some(x) => x, None => if $signed && self < 0 && exponent & 1 == 1 { $min } else { $max } }
            }
            pub const fn wrapping_pow(self, exponent: u32) -> $t {
                let mut result: $t = 1;
                let mut base = self;
                let mut left = exponent;
                while left > 0 {
                    if left & 1 == 1 { result = result.wrapping_mul(base); }
                    base = base.wrapping_mul(base);
                    left >>= 1;
                }
                result
            }
            #[track_caller]
            pub const fn pow(self, exponent: u32) -> $t {
                let mut result: $t = 1;
                let mut base = self;
                let mut left = exponent;
                while left > 0 {
                    if left & 1 == 1 { result = result * base; }
                    left >>= 1;
                    if left > 0 { base = base * base; }
                }
                result
            }
            pub const fn isqrt(self) -> $t {
                if self < 2 { return self; }
                let mut low: $t = 1;
                let mut high: $t = self / 2 + 1;
                while low < high {
                    let middle = low + (high - low + 1) / 2;
                    if middle <= self / middle { low = middle; } else { high = middle - 1; }
                }
                low
            }
            pub const fn count_ones(self) -> u32 { intrinsics::count_ones(self) }
            pub const fn count_zeros(self) -> u32 { intrinsics::count_ones(!self) }
            pub const fn leading_zeros(self) -> u32 { intrinsics::leading_zeros(self) }
            pub const fn trailing_zeros(self) -> u32 { intrinsics::trailing_zeros(self) }
            pub const fn leading_ones(self) -> u32 { intrinsics::leading_zeros(!self) }
            pub const fn trailing_ones(self) -> u32 { intrinsics::trailing_zeros(!self) }
            pub const fn checked_ilog2(self) -> Option<u32> { if self <= 0 { None } else { Some($bits - 1 - intrinsics::leading_zeros(self)) } }
            pub const fn checked_ilog10(self) -> Option<u32> { self.checked_ilog(10) }
            pub const fn checked_ilog(self, base: $t) -> Option<u32> {
                if self <= 0 || base <= 1 { return None; }
                let mut left = self;
                let mut count = 0;
                while left >= base { left /= base; count += 1; }
                Some(count)
            }
            #[track_caller]
            pub const fn ilog2(self) -> u32 { match self.checked_ilog2() { Some(x) => x, None => no_logarithm() } }
            #[track_caller]
            pub const fn ilog10(self) -> u32 { match self.checked_ilog10() { Some(x) => x, None => no_logarithm() } }
            #[track_caller]
            pub const fn ilog(self, base: $t) -> u32 {
                if base < 2 { crate::panicking::panic("base of integer logarithm must be at least 2"); }
                match self.checked_ilog(base) { Some(x) => x, None => no_logarithm() }
            }
            pub const fn min_value() -> $t { $min }
            pub const fn max_value() -> $t { $max }
            pub const fn to_le(self) -> $t { self }
            pub const fn to_be(self) -> $t { self.swap_bytes() }
            pub const fn from_le(x: $t) -> $t { x }
            pub const fn from_be(x: $t) -> $t { x.swap_bytes() }
            pub const fn unbounded_shl(self, by: u32) -> $t { if by < $bits { self << by } else { 0 } }
            pub const fn unbounded_shr(self, by: u32) -> $t { if by < $bits { self >> by } else if $signed && self < 0 { intrinsics::wrapping_sub(0, 1) } else { 0 } }
            pub const fn checked_div_euclid(self, rhs: $t) -> Option<$t> {
                if rhs == 0 || ($signed && self == $min && rhs == intrinsics::wrapping_sub(0, 1)) { None } else { Some(self.div_euclid(rhs)) }
            }
            pub const fn checked_rem_euclid(self, rhs: $t) -> Option<$t> {
                if rhs == 0 || ($signed && self == $min && rhs == intrinsics::wrapping_sub(0, 1)) { None } else { Some(self.rem_euclid(rhs)) }
            }
            #[track_caller]
            pub const fn saturating_div(self, rhs: $t) -> $t { if $signed && self == $min && rhs == intrinsics::wrapping_sub(0, 1) { $max } else { self / rhs } }
            #[track_caller]
            pub const fn wrapping_div_euclid(self, rhs: $t) -> $t { self.overflowing_div_euclid(rhs).0 }
            #[track_caller]
            pub const fn wrapping_rem_euclid(self, rhs: $t) -> $t { self.overflowing_rem_euclid(rhs).0 }
            #[track_caller]
            pub const fn overflowing_div(self, rhs: $t) -> ($t, bool) { (self.wrapping_div(rhs), $signed && self == $min && rhs == intrinsics::wrapping_sub(0, 1)) }
            #[track_caller]
            pub const fn overflowing_rem(self, rhs: $t) -> ($t, bool) { (self.wrapping_rem(rhs), $signed && self == $min && rhs == intrinsics::wrapping_sub(0, 1)) }
            #[track_caller]
            pub const fn overflowing_div_euclid(self, rhs: $t) -> ($t, bool) {
                if $signed && self == $min && rhs == intrinsics::wrapping_sub(0, 1) { (self, true) } else { (self.div_euclid(rhs), false) }
            }
            #[track_caller]
            pub const fn overflowing_rem_euclid(self, rhs: $t) -> ($t, bool) {
                if $signed && rhs == intrinsics::wrapping_sub(0, 1) { (0, self == $min) } else { (self.rem_euclid(rhs), false) }
            }
            pub const fn overflowing_shl(self, by: u32) -> ($t, bool) { (self.wrapping_shl(by), by >= $bits) }
            pub const fn overflowing_shr(self, by: u32) -> ($t, bool) { (self.wrapping_shr(by), by >= $bits) }
            pub const fn overflowing_pow(self, exponent: u32) -> ($t, bool) { (self.wrapping_pow(exponent), self.checked_pow(exponent).is_none()) }
            /// Towards zero where the numbers are signed.
            pub const fn midpoint(self, rhs: $t) -> $t {
                let down = intrinsics::wrapping_add(self & rhs, (self ^ rhs) >> 1);
                if $signed && down < 0 && (self ^ rhs) & 1 == 1 { down + 1 } else { down }
            }
            pub const fn rotate_left(self, by: u32) -> $t {
                let n = by & ($bits - 1);
                (((self as $unsigned) << n) | ((self as $unsigned) >> (($bits - n) & ($bits - 1)))) as $t
            }
            pub const fn rotate_right(self, by: u32) -> $t {
                let n = by & ($bits - 1);
                (((self as $unsigned) >> n) | ((self as $unsigned) << (($bits - n) & ($bits - 1)))) as $t
            }
            pub const fn swap_bytes(self) -> $t {
                let mut left = self as $unsigned;
                let mut result: $unsigned = 0;
                let mut i = 0;
                while i < $bits { result = (result << (8 & ($bits - 1))) | (left & 255); left = left >> (8 & ($bits - 1)); i += 8; }
                result as $t
            }
            pub const fn reverse_bits(self) -> $t {
                let mut left = self as $unsigned;
                let mut result: $unsigned = 0;
                let mut i = 0;
                while i < $bits { result = (result << 1) | (left & 1); left >>= 1; i += 1; }
                result as $t
            }
            #[track_caller]
            pub const fn rem_euclid(self, rhs: $t) -> $t {
                let r = self % rhs;
                if $signed && r < 0 { if rhs < 0 { r - rhs } else { r + rhs } } else { r }
            }
            #[track_caller]
            pub const fn div_euclid(self, rhs: $t) -> $t {
                let q = self / rhs;
                if $signed && self % rhs < 0 { if rhs > 0 { q - 1 } else { q + 1 } } else { q }
            }
            pub const fn to_le_bytes(self) -> [u8; $bits / 8] {
                let mut bytes = [0u8; $bits / 8];
                let mut i = 0;
                while i < $bits / 8 { bytes[i] = (self >> ((8 * i) as u32)) as u8; i += 1; }
                bytes
            }
            pub const fn to_be_bytes(self) -> [u8; $bits / 8] { self.swap_bytes().to_le_bytes() }
            pub const fn to_ne_bytes(self) -> [u8; $bits / 8] { self.to_le_bytes() }
            pub const fn from_le_bytes(bytes: [u8; $bits / 8]) -> $t {
                let mut value: $t = 0;
                let mut i = 0;
                while i < $bits / 8 { value |= (bytes[i] as $t) << ((8 * i) as u32); i += 1; }
                value
            }
            pub const fn from_ne_bytes(bytes: [u8; $bits / 8]) -> $t { $t::from_le_bytes(bytes) }
            pub const fn from_be_bytes(bytes: [u8; $bits / 8]) -> $t { $t::from_le_bytes(bytes).swap_bytes() }
            pub const fn from_str_radix(text: &str, radix: u32) -> Result<$t, ParseIntError> {
                let bytes = text.as_bytes();
                if bytes.len() == 0 { return Err(ParseIntError { kind: IntErrorKind::Empty }); }
                let mut i = 0;
                let mut negative = false;
                if bytes[0] == b'+' || (bytes[0] == b'-' && $signed) {
                    negative = bytes[0] == b'-';
                    i = 1;
                    if bytes.len() == 1 { return Err(ParseIntError { kind: IntErrorKind::InvalidDigit }); }
                }
                let mut value: $t = 0;
                while i < bytes.len() {
                    let digit = match (bytes[i] as char).to_digit(radix) {
                        Some(d) => d as $t,
                        None => return Err(ParseIntError { kind: IntErrorKind::InvalidDigit }),
                    };
                    let (scaled, over) = intrinsics::mul_with_overflow(value, radix as $t);
                    let (next, over2) = if negative { intrinsics::sub_with_overflow(scaled, digit) } else { intrinsics::add_with_overflow(scaled, digit) };
                    if over || over2 {
                        return Err(ParseIntError { kind: if negative { IntErrorKind::NegOverflow } else { IntErrorKind::PosOverflow } });
                    }
                    value = next;
                    i += 1;
                }
                Ok(value)
            }
        }
        impl crate::str::FromStr for $t {
            type Err = ParseIntError;
            fn from_str(text: &str) -> Result<$t, ParseIntError> { $t::from_str_radix(text, 10) }
        }
    }
}
integer! { u8 u8 8 0, 255, false }
integer! { u16 u16 16 0, 65535, false }
integer! { u32 u32 32 0, 4294967295, false }
integer! { u64 u64 64 0, 18446744073709551615, false }
integer! { u128 u128 128 0, 340282366920938463463374607431768211455, false }
integer! { usize usize 32 0, 4294967295, false }
integer! { i8 u8 8 -128, 127, true }
integer! { i16 u16 16 -32768, 32767, true }
integer! { i32 u32 32 -2147483648, 2147483647, true }
integer! { i64 u64 64 -9223372036854775808, 9223372036854775807, true }
integer! { i128 u128 128 -170141183460469231731687303715884105728, 170141183460469231731687303715884105727, true }
integer! { isize usize 32 -2147483648, 2147483647, true }

macro_rules! signed {
    ($($t:ident $unsigned:ident)*) => { $(impl $t {
        #[track_caller]
        pub const fn abs(self) -> $t { if self < 0 { -self } else { self } }
        pub const fn unsigned_abs(self) -> $unsigned { self.wrapping_abs() as $unsigned }
        pub const fn wrapping_abs(self) -> $t { if self < 0 { self.wrapping_neg() } else { self } }
        pub const fn checked_abs(self) -> Option<$t> { if self < 0 { self.checked_neg() } else { Some(self) } }
        pub const fn saturating_neg(self) -> $t { if self == $t::MIN { $t::MAX } else { -self } }
        pub const fn saturating_abs(self) -> $t { if self < 0 { self.saturating_neg() } else { self } }
        pub const fn signum(self) -> $t { if self > 0 { 1 } else if self < 0 { -1 } else { 0 } }
        pub const fn is_positive(self) -> bool { self > 0 }
        pub const fn is_negative(self) -> bool { self < 0 }
        pub const fn abs_diff(self, other: $t) -> $unsigned {
            if self < other { (other as $unsigned).wrapping_sub(self as $unsigned) } else { (self as $unsigned).wrapping_sub(other as $unsigned) }
        }
        pub const fn checked_isqrt(self) -> Option<$t> { if self < 0 { None } else { Some(self.isqrt()) } }
        pub const fn overflowing_abs(self) -> ($t, bool) { (self.wrapping_abs(), self == $t::MIN) }
        pub const fn checked_add_unsigned(self, rhs: $unsigned) -> Option<$t> { let (x, over) = self.overflowing_add_unsigned(rhs); if over { None } else { Some(x) } }
        pub const fn checked_sub_unsigned(self, rhs: $unsigned) -> Option<$t> { let (x, over) = self.overflowing_sub_unsigned(rhs); if over { None } else { Some(x) } }
        pub const fn saturating_add_unsigned(self, rhs: $unsigned) -> $t { let (x, over) = self.overflowing_add_unsigned(rhs); if over { $t::MAX } else { x } }
        pub const fn saturating_sub_unsigned(self, rhs: $unsigned) -> $t { let (x, over) = self.overflowing_sub_unsigned(rhs); if over { $t::MIN } else { x } }
        pub const fn overflowing_add_unsigned(self, rhs: $unsigned) -> ($t, bool) { let x = self.wrapping_add(rhs as $t); (x, x < self) }
        pub const fn overflowing_sub_unsigned(self, rhs: $unsigned) -> ($t, bool) { let x = self.wrapping_sub(rhs as $t); (x, x > self) }
        pub const fn wrapping_sub_unsigned(self, rhs: $unsigned) -> $t { self.wrapping_sub(rhs as $t) }
        pub const fn wrapping_add_unsigned(self, rhs: $unsigned) -> $t { self.wrapping_add(rhs as $t) }
        pub const fn cast_unsigned(self) -> $unsigned { self as $unsigned }
    })* }
}
signed! { i8 u8 i16 u16 i32 u32 i64 u64 i128 u128 isize usize }

macro_rules! unsigned {
    ($($t:ident $signed:ident)*) => { $(impl $t {
        pub const fn is_power_of_two(self) -> bool { self.count_ones() == 1 }
        #[track_caller]
        pub const fn next_power_of_two(self) -> $t { if self <= 1 { 1 } else { (($t::MAX >> (self - 1).leading_zeros())) + 1 } }
        pub const fn checked_next_power_of_two(self) -> Option<$t> {
            if self <= 1 { Some(1) } else { ($t::MAX >> (self - 1).leading_zeros()).checked_add(1) }
        }
        pub const fn abs_diff(self, other: $t) -> $t { if self < other { other - self } else { self - other } }
        #[track_caller]
        pub const fn div_ceil(self, rhs: $t) -> $t { let q = self / rhs; if self % rhs > 0 { q + 1 } else { q } }
        #[track_caller]
        pub const fn next_multiple_of(self, rhs: $t) -> $t { let r = self % rhs; if r == 0 { self } else { self + (rhs - r) } }
        pub const fn checked_next_multiple_of(self, rhs: $t) -> Option<$t> {
            if rhs == 0 { return None; }
            let r = self % rhs;
            if r == 0 { Some(self) } else { self.checked_add(rhs - r) }
        }
        pub const fn is_multiple_of(self, rhs: $t) -> bool { if rhs == 0 { self == 0 } else { self % rhs == 0 } }
        pub const fn cast_signed(self) -> $signed { self as $signed }
        pub const fn checked_sub_signed(self, rhs: $signed) -> Option<$t> { let (x, over) = self.overflowing_sub_signed(rhs); if over { None } else { Some(x) } }
        pub const fn checked_signed_diff(self, rhs: $t) -> Option<$signed> {
            let moved = self.wrapping_sub(rhs) as $signed;
            if (self >= rhs) == (moved >= 0) { Some(moved) } else { None }
        }
        pub const fn saturating_add_signed(self, rhs: $signed) -> $t { match self.checked_add_signed(rhs) { Some(x) => x, None => if rhs < 0 { 0 } else { $t::MAX } } }
        pub const fn saturating_sub_signed(self, rhs: $signed) -> $t { match self.checked_sub_signed(rhs) { Some(x) => x, None => if rhs < 0 { $t::MAX } else { 0 } } }
        pub const fn wrapping_sub_signed(self, rhs: $signed) -> $t { self.wrapping_sub(rhs as $t) }
        pub const fn overflowing_add_signed(self, rhs: $signed) -> ($t, bool) { let x = self.wrapping_add(rhs as $t); (x, (rhs < 0) != (x < self) && rhs != 0) }
        pub const fn overflowing_sub_signed(self, rhs: $signed) -> ($t, bool) { let x = self.wrapping_sub(rhs as $t); (x, if rhs < 0 { x < self } else { x > self }) }
        pub const fn wrapping_add_signed(self, rhs: $signed) -> $t { self.wrapping_add(rhs as $t) }
        pub const fn checked_add_signed(self, rhs: $signed) -> Option<$t> {
            let moved = self.wrapping_add(rhs as $t);
            if (rhs < 0) == (moved < self) { Some(moved) } else { None }
        }
    })* }
}
unsigned! { u8 i8 u16 i16 u32 i32 u64 i64 u128 i128 usize isize }

impl u8 {
    pub const fn is_ascii(&self) -> bool { *self < 128 }
    pub const fn is_ascii_digit(&self) -> bool { *self >= b'0' && *self <= b'9' }
    pub const fn is_ascii_hexdigit(&self) -> bool { (*self as char).is_ascii_hexdigit() }
    pub const fn is_ascii_lowercase(&self) -> bool { *self >= b'a' && *self <= b'z' }
    pub const fn is_ascii_uppercase(&self) -> bool { *self >= b'A' && *self <= b'Z' }
    pub const fn is_ascii_alphabetic(&self) -> bool { self.is_ascii_lowercase() || self.is_ascii_uppercase() }
    pub const fn is_ascii_alphanumeric(&self) -> bool { self.is_ascii_alphabetic() || self.is_ascii_digit() }
    pub const fn is_ascii_whitespace(&self) -> bool { match *self { b' ' | b'\t' | b'\n' | b'\r' | 12 => true, _ => false } }
    pub const fn is_ascii_punctuation(&self) -> bool { (*self as char).is_ascii_punctuation() }
    pub const fn is_ascii_graphic(&self) -> bool { *self > 32 && *self < 127 }
    pub const fn is_ascii_control(&self) -> bool { *self < 32 || *self == 127 }
    pub const fn to_ascii_lowercase(&self) -> u8 { if self.is_ascii_uppercase() { *self + 32 } else { *self } }
    pub const fn to_ascii_uppercase(&self) -> u8 { if self.is_ascii_lowercase() { *self - 32 } else { *self } }
    pub const fn make_ascii_lowercase(&mut self) { *self = self.to_ascii_lowercase(); }
    pub const fn make_ascii_uppercase(&mut self) { *self = self.to_ascii_uppercase(); }
    pub const fn eq_ignore_ascii_case(&self, other: &u8) -> bool { self.to_ascii_lowercase() == other.to_ascii_lowercase() }
}
/// What kind of number a float is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FpCategory { Nan, Infinite, Zero, Subnormal, Normal }
