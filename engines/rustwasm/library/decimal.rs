//! Floats as decimal text and back, exactly: long arithmetic on decimal digits.

use crate::intrinsics::{f32_to_bits, f64_from_bits, f64_to_bits, str_from_bytes};

/// Index of the first digit after the point; there is room for 309 digits before it and one that rounding adds.
const POINT: usize = 311;
/// Digits and the point of any finite number: the smallest have 1,074 digits after the point.
pub const SPACE: usize = POINT + 1075;

/// Decimal digits (0 to 9) `start..end` of a number; those around them are 0.
struct Decimal<'a> { digits: &'a mut [u8], start: usize, end: usize }

impl<'a> Decimal<'a> {
    /// The digits of mantissa * 2^exponent; `digits` are zeros.
    fn new(mantissa: u64, exponent: i32, digits: &'a mut [u8]) -> Decimal<'a> {
        let mut made = Decimal { digits, start: POINT, end: POINT };
        let mut left = mantissa;
        while left > 0 {
            made.start -= 1;
            made.digits[made.start] = (left % 10) as u8;
            left /= 10;
        }
        made.scale(exponent);
        made
    }
    /// Multiplies by 2^exponent.
    fn scale(&mut self, exponent: i32) {
        let mut left = exponent;
        while left > 0 {
            let bits = if left > 28 { 28 } else { left };
            let mut carry = 0;
            let mut at = self.end;
            while at > self.start || carry > 0 {
                at -= 1;
                let sum = ((self.digits[at] as u32) << bits as u32) + carry;
                carry = sum / 10;
                self.digits[at] = (sum - carry * 10) as u8;
            }
            if at < self.start { self.start = at; }
            left -= bits;
        }
        while left < 0 {
            let bits = if left < -28 { 28 } else { -left };
            let mut rest = 0;
            let mut at = self.start;
            while at < self.end || rest > 0 {
                let sum = rest * 10 + self.digits[at] as u32;
                self.digits[at] = (sum >> bits as u32) as u8;
                rest = sum & ((1u32 << bits as u32) - 1);
                at += 1;
            }
            self.end = at;
            left += bits;
        }
    }
    /// Whether no digit from `from` on is other than 0.
    fn is_zero_from(&self, from: usize) -> bool {
        let mut at = from;
        while at < self.end { if self.digits[at] != 0 { return false; } at += 1; }
        true
    }
    /// Drops the digits from `cut` on; adds one to the last that is left if `up`.
    fn cut(&mut self, cut: usize, up: bool) {
        let mut at = cut;
        while at < self.end { self.digits[at] = 0; at += 1; }
        if self.end > cut { self.end = if cut < POINT { POINT } else { cut }; }
        at = cut;
        while up {
            at -= 1;
            if self.digits[at] < 9 { self.digits[at] += 1; break; }
            self.digits[at] = 0;
        }
        if at < self.start { self.start = at; }
    }
    /// Rounds to the digits before `cut`, halves to even.
    fn round(&mut self, cut: usize) {
        if cut >= self.end { return; }
        let digit = self.digits[cut];
        let up = digit > 5 || digit == 5 && (self.digits[cut - 1] & 1 == 1 || !self.is_zero_from(cut + 1));
        self.cut(cut, up);
    }
    /// The index of the first digit that is not 0; `end` for zero.
    fn first(&self) -> usize {
        let mut at = self.start;
        while at < self.end && self.digits[at] == 0 { at += 1; }
        at
    }
}

fn parts(value: f64, single: bool) -> (u64, i32) {
    let (mantissa, exponent, bits, bias) = if single {
        let bits = f32_to_bits(value as f32);
        ((bits & 0x7f_ffff) as u64, (bits >> 23 & 0xff) as i32, 23, 150)
    } else {
        let bits = f64_to_bits(value);
        (bits & 0xf_ffff_ffff_ffff, (bits >> 52 & 0x7ff) as i32, 52, 1075)
    };
    if exponent == 0 { (mantissa, 1 - bias) } else { (mantissa | 1u64 << bits as u32, exponent - bias) }
}
/// The fewest digits that read back as `value` and no other number; of those the nearest.
fn shortest<'a>(value: f64, single: bool, digits: &'a mut [u8]) -> Decimal<'a> {
    let (mantissa, exponent) = parts(value, single);
    let mut exact = Decimal::new(mantissa, exponent, digits);
    if mantissa == 0 { return exact; }
    let is_power = mantissa == if single { 1 << 23 } else { 1 << 52 };
    let below = if is_power && exponent > (if single { -149 } else { -1074 }) { mantissa * 4 - 1 } else { mantissa * 4 - 2 };
    let mut low_digits = [0u8; SPACE];
    let low = Decimal::new(below, exponent - 2, &mut low_digits);
    let mut high_digits = [0u8; SPACE];
    let high = Decimal::new(mantissa * 4 + 2, exponent - 2, &mut high_digits);
    let even = mantissa & 1 == 0;
    let mut at = high.start;
    let mut above_low = false;
    let mut gap = 0;
    loop {
        if exact.digits[at] != low.digits[at] { above_low = true; }
        gap = gap * 10 + high.digits[at] as i32 - exact.digits[at] as i32;
        if gap > 2 { gap = 2; }
        at += 1;
        let down = above_low || even && low.is_zero_from(at);
        let up = gap > 1 || gap == 1 && (even || !high.is_zero_from(at));
        if down || up {
            let up = up && (!down || exact.digits[at] >= 5);
            exact.cut(at, up);
            return exact;
        }
    }
}
/// Digits, a point if there are digits after it, at least one digit before it. `places` digits follow the point.
fn text<'a>(number: Decimal<'a>, places: usize) -> &'a str {
    let mut from = number.first();
    if from >= POINT { from = POINT - 1; }
    let digits = number.digits;
    let mut at = from;
    while at < POINT { digits[at - 1] = digits[at] + b'0'; at += 1; }
    if places == 0 { return str_from_bytes(&digits[from - 1..POINT - 1]); }
    digits[POINT - 1] = b'.';
    let end = POINT + places;
    while at < end { digits[at] += b'0'; at += 1; }
    str_from_bytes(&digits[from - 1..end])
}
/// A finite number that is not negative with `places` decimals, at most 1,074. `buffer` holds `SPACE` zeros.
pub fn fixed(value: f64, places: usize, buffer: &mut [u8]) -> &str {
    let (mantissa, exponent) = parts(value, false);
    let mut number = Decimal::new(mantissa, exponent, buffer);
    number.round(POINT + places);
    text(number, places)
}
/// The shortest decimal text that reads back as the same number, with at least `places` decimals (0 or 1).
pub fn shortest_text(value: f64, single: bool, places: usize, buffer: &mut [u8]) -> &str {
    let number = shortest(value, single, buffer);
    let mut end = number.end;
    if end < POINT + places { end = POINT + places; }
    while end > POINT + places && number.digits[end - 1] == 0 { end -= 1; }
    text(number, end - POINT)
}
/// `fixed`, which the interpreter does by itself.
#[intrinsic] pub fn float_fixed(value: f64, places: usize, buffer: &mut [u8]) -> &str { fixed(value, places, buffer) }
/// `shortest_text`, which the interpreter does by itself.
#[intrinsic] pub fn float_shortest(value: f64, single: bool, places: usize, buffer: &mut [u8]) -> &str {
    shortest_text(value, single, places, buffer)
}

/// Digits `d.ddd` with `places` decimals (or the shortest) into `out`; answers the power of ten.
pub fn scientific(value: f64, single: bool, places: Option<usize>, out: &mut String) -> i32 {
    let mut buffer = [0u8; SPACE];
    let mut number = match places {
        None => shortest(value, single, &mut buffer),
        Some(_) => { let (mantissa, exponent) = parts(value, single); Decimal::new(mantissa, exponent, &mut buffer) }
    };
    let mut first = number.first();
    if let Some(places) = places {
        if first < number.end {
            number.round(first + 1 + places);
            first = number.first();
        }
    }
    let is_zero = first == number.end;
    let mut last = number.end;
    while last > first && number.digits[last - 1] == 0 { last -= 1; }
    let shown = match places { Some(places) => places + 1, None => if is_zero { 1 } else { last - first } };
    let mut i = 0;
    while i < shown {
        if i == 1 { out.push('.'); }
        out.push(if first + i < number.end { (number.digits[first + i] + b'0') as char } else { '0' });
        i += 1;
    }
    if is_zero { 0 } else { POINT as i32 - 1 - first as i32 }
}

/// The float nearest to the decimal text: `digits` with an optional point and exponent, without a sign. None if it is no number.
pub fn read(text: &[u8], single: bool) -> Option<f64> {
    let mut buffer = [0u8; 3000];
    let mut number = Decimal { digits: &mut buffer, start: 900, end: 900 };
    let mut power = 0;
    let mut at = 0;
    let mut count = 0;
    let mut after_point = false;
    while at < text.len() {
        let c = text[at];
        if c == b'.' && !after_point {
            after_point = true;
        } else if c >= b'0' && c <= b'9' {
            count += 1;
            if number.end > number.start || c != b'0' {
                // Beyond 800 digits only whether one is not 0 matters.
                if number.end < 1700 { number.digits[number.end] = c - b'0'; number.end += 1; }
                else { if c != b'0' { number.digits[1699] |= 1; } power += 1; }
            }
            if after_point { power -= 1; }
        } else {
            break;
        }
        at += 1;
    }
    if count == 0 { return None; }
    if at < text.len() {
        if text[at] | 32 != b'e' { return None; }
        let digits = &text[at + 1..];
        let negative = !digits.is_empty() && digits[0] == b'-';
        let mut i = if !digits.is_empty() && (negative || digits[0] == b'+') { 1 } else { 0 };
        if i == digits.len() { return None; }
        let mut given = 0;
        while i < digits.len() {
            if digits[i] < b'0' || digits[i] > b'9' { return None; }
            if given < 100_000 { given = given * 10 + (digits[i] - b'0') as i32; }
            i += 1;
        }
        power += if negative { -given } else { given };
    }
    Some(nearest(number, power, single))
}
/// The float nearest to the digits, read as a whole number, times 10^power.
fn nearest(number: Decimal<'_>, power: i32, single: bool) -> f64 {
    let mut number = number;
    // The index after the units digit; arithmetic with powers of two keeps it.
    let point = number.end as i32 + power;
    let start = number.start as i32;
    if number.start == number.end || point - start < -330 { return 0.0; }
    if point - start > 310 { return f64::INFINITY; }
    let mut exponent = 0;
    let (bits, least, greatest) = if single { (24, -149, 104) } else { (53, -1074, 971) };
    // Scale until the whole part has exactly `bits` bits, or the exponent is the least there is.
    loop {
        let whole = whole_part(&number, point);
        let width = if whole == u64::MAX { 64 } else { 64 - whole.leading_zeros() as i32 };
        let mut by = bits - width;
        if width == 64 { by = -20; }
        if width == 0 { by = 20; }
        if exponent - by < least { by = exponent - least; }
        if by == 0 { break; }
        number.scale(by);
        let first = number.first();
        number.start = first;
        exponent -= by;
    }
    let mut mantissa = whole_part(&number, point);
    let digit = number.digits[point as usize];
    if digit > 5 || digit == 5 && (mantissa & 1 == 1 || !number.is_zero_from(point as usize + 1)) { mantissa += 1; }
    if mantissa == 1u64 << bits as u32 { mantissa >>= 1; exponent += 1; }
    if exponent > greatest { return f64::INFINITY; }
    // Two steps, so that neither factor leaves the range.
    let half = exponent / 2;
    mantissa as f64 * f64_from_bits(((half + 1023) as u64) << 52) * f64_from_bits(((exponent - half + 1023) as u64) << 52)
}
/// The digits before `point` as a number, u64::MAX if it is too great.
fn whole_part(number: &Decimal<'_>, point: i32) -> u64 {
    let mut whole: u64 = 0;
    let mut at = number.start;
    while (at as i32) < point {
        if whole > 1_000_000_000_000_000_000 { return u64::MAX; }
        whole = whole * 10 + if at < number.end { number.digits[at] as u64 } else { 0 };
        at += 1;
    }
    whole
}
