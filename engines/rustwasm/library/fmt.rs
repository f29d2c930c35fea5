//! std::fmt: what the formatting macros call.

use crate::char::utf8_in;
use crate::decimal::{float_fixed, float_shortest, scientific, SPACE};
use crate::intrinsics::{print_bytes, slice_part, str_from_bytes};
use crate::slice::element_mut;
use crate::str::{measured, unchecked};

#[lang = "FmtError"]
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Error;
impl Debug for Error { fn fmt(&self, f: &mut Formatter<'_>) -> Result { f.write_str("Error") } }
impl Display for Error { fn fmt(&self, f: &mut Formatter<'_>) -> Result { f.write_str("an error occurred when formatting an argument") } }
impl crate::error::Error for Error {}
pub type Result = crate::result::Result<(), Error>;

#[lang] pub trait Write {
    fn write_str(&mut self, text: &str) -> Result;
    fn write_char(&mut self, c: char) -> Result {
        let mut buffer = [0u8; 4];
        self.write_str(utf8_in(c, &mut buffer))
    }
    fn write_fmt(&mut self, arguments: Arguments<'_>) -> Result { self.write_str(&arguments.text) }
}
/// What `format_args!` makes: the text itself. Who shows it asks for no width.
#[lang]
pub struct Arguments<'a> { text: String }
impl<'a> Arguments<'a> { pub fn as_str(&self) -> Option<&'static str> { None } }
impl<'a> Display for Arguments<'a> { fn fmt(&self, f: &mut Formatter<'_>) -> Result { f.write_str(&self.text) } }
impl<'a> Debug for Arguments<'a> { fn fmt(&self, f: &mut Formatter<'_>) -> Result { f.write_str(&self.text) } }
pub fn format(arguments: Arguments<'_>) -> String { arguments.text }

impl<'a, W: Write + ?Sized> Write for &'a mut W { fn write_str(&mut self, text: &str) -> Result { (**self).write_str(text) } }

#[lang] pub trait Display {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result;
    /// What `{}` alone calls: no width, precision or flags, so that what only these need is not linked.
    fn fmt_plain(&self, f: &mut Formatter<'_>) -> Result { fmt_reset(f); self.fmt(f) }
}
#[lang] pub trait Debug { fn fmt(&self, f: &mut Formatter<'_>) -> Result; }
#[lang] pub trait LowerHex { fn fmt(&self, f: &mut Formatter<'_>) -> Result; }
#[lang] pub trait UpperHex { fn fmt(&self, f: &mut Formatter<'_>) -> Result; }
#[lang] pub trait Binary { fn fmt(&self, f: &mut Formatter<'_>) -> Result; }
#[lang] pub trait Octal { fn fmt(&self, f: &mut Formatter<'_>) -> Result; }
#[lang] pub trait LowerExp { fn fmt(&self, f: &mut Formatter<'_>) -> Result; }
#[lang] pub trait UpperExp { fn fmt(&self, f: &mut Formatter<'_>) -> Result; }
#[lang] pub trait Pointer { fn fmt(&self, f: &mut Formatter<'_>) -> Result; }

pub enum Alignment { Left, Right, Center }
/// Where text goes and how one argument wants to look.
#[lang]
pub struct Formatter<'a> {
    out: &'a mut dyn Write, fill: char, align: u32, flags: u32, width: usize, precision: usize,
}

/// A standard stream: 1 is output, 2 is error.
#[lang] pub struct Stream { number: u32 }
impl Write for Stream { fn write_str(&mut self, text: &str) -> Result { print_bytes(self.number, text); Ok(()) } }
#[lang] fn print_str(text: &str) { print_bytes(1, text); }
#[lang] fn eprint_str(text: &str) { print_bytes(2, text); }
#[lang] fn stdout() -> Stream { Stream { number: 1 } }
#[lang] fn stderr() -> Stream { Stream { number: 2 } }

/// A formatter without looks: each argument's placeholder gives it some before the argument uses it.
#[lang] pub fn fmt_writer<'a, W: Write>(out: &'a mut W) -> Formatter<'a> {
    Formatter { out, fill: '\0', align: 0, flags: 0, width: 0, precision: 0 }
}
#[lang] fn fmt_child<'a>(f: &'a mut Formatter<'_>) -> Formatter<'a> {
    Formatter { out: &mut *f.out, fill: '\0', align: 0, flags: 0, width: 0, precision: 0 }
}
#[lang] fn fmt_literal(f: &mut Formatter<'_>, text: &str) -> Result { f.out.write_str(text) }
#[lang] fn fmt_reset(f: &mut Formatter<'_>) { fmt_spec(f, ' ', 0, 0, 0, usize::MAX); }
#[lang] fn fmt_spec(f: &mut Formatter<'_>, fill: char, align: u32, flags: u32, width: usize, precision: usize) {
    f.fill = fill;
    f.align = align;
    f.flags = flags;
    f.width = width;
    f.precision = precision;
}

const PLUS: u32 = 1;
const ALTERNATE: u32 = 4;
const ZERO: u32 = 8;
/// Whether a width is given; else `width` is 0.
const WIDTH: u32 = 2;
/// Whether a precision is given; else `precision` is the largest number.
const PRECISION: u32 = 64;

impl<'a> Formatter<'a> {
    pub fn write_str(&mut self, text: &str) -> Result { self.out.write_str(text) }
    pub fn write_char(&mut self, c: char) -> Result { self.out.write_char(c) }
    pub fn write_fmt(&mut self, arguments: Arguments<'_>) -> Result { self.out.write_str(&arguments.text) }
    pub fn alternate(&self) -> bool { self.flags & ALTERNATE != 0 }
    pub fn sign_plus(&self) -> bool { self.flags & PLUS != 0 }
    pub fn sign_aware_zero_pad(&self) -> bool { self.flags & ZERO != 0 }
    pub fn fill(&self) -> char { self.fill }
    pub fn width(&self) -> Option<usize> { if self.flags & WIDTH != 0 { Some(self.width) } else { None } }
    pub fn precision(&self) -> Option<usize> { if self.flags & PRECISION != 0 { Some(self.precision) } else { None } }
    pub fn align(&self) -> Option<Alignment> {
        match self.align { 1 => Some(Alignment::Left), 2 => Some(Alignment::Center), 3 => Some(Alignment::Right), _ => None }
    }
    fn fill_with(&mut self, c: char, count: usize) -> Result {
        let mut buffer = [0u8; 4];
        let text = utf8_in(c, &mut buffer);
        let mut left = count;
        while left > 0 { self.out.write_str(text)?; left -= 1; }
        Ok(())
    }
    /// Writes `text`, cut to the precision and padded to the width.
    pub fn pad(&mut self, text: &str) -> Result {
        if self.flags & (WIDTH | PRECISION) == 0 { return self.out.write_str(text); }
        let (length, count) = measured(text, self.precision);
        self.padded("", "", unchecked(text, 0, length), 0, count, 0, 1)
    }
    /// Writes a number: sign, prefix if alternate, digits.
    pub fn pad_integral(&mut self, nonnegative: bool, prefix: &str, digits: &str) -> Result {
        let sign = if !nonnegative { "-" } else if self.flags & PLUS != 0 { "+" } else { "" };
        self.pad_number(sign, if self.flags & ALTERNATE != 0 { prefix } else { "" }, digits, 0)
    }
    /// A number of four parts, the last `zeros` times `0`.
    fn pad_number(&mut self, sign: &str, prefix: &str, digits: &str, zeros: usize) -> Result {
        let count = sign.len() + prefix.len() + digits.len() + zeros;
        self.padded(sign, prefix, digits, zeros, count, self.flags & ZERO, 3)
    }
    /// Writes four parts of `count` characters, padded: with zeros behind the prefix, or around with `default` as the
    /// alignment if none is given.
    fn padded(&mut self, sign: &str, prefix: &str, text: &str, zeros: usize, count: usize, zero: u32, default: u32) -> Result {
        let missing = if self.width > count { self.width - count } else { 0 };
        let align = if self.align == 0 { default } else { self.align };
        let before = if zero != 0 || align == 1 { 0 } else if align == 2 { missing / 2 } else { missing };
        let fill = self.fill;
        self.fill_with(fill, before)?;
        self.out.write_str(sign)?;
        if prefix.len() > 0 { self.out.write_str(prefix)?; }
        if zero != 0 { self.fill_with('0', missing)?; }
        self.out.write_str(text)?;
        if zeros > 0 { self.fill_with('0', zeros)?; }
        if zero != 0 { Ok(()) } else { self.fill_with(fill, missing - before) }
    }
    pub fn debug_struct<'b>(&'b mut self, name: &str) -> DebugStruct<'b, 'a> {
        let result = self.out.write_str(name);
        DebugStruct { f: self, result, fields: false }
    }
    pub fn debug_tuple<'b>(&'b mut self, name: &str) -> DebugTuple<'b, 'a> {
        let result = self.out.write_str(name);
        DebugTuple { f: self, result, fields: 0, empty_name: name.is_empty() }
    }
    pub fn debug_list<'b>(&'b mut self) -> DebugList<'b, 'a> {
        let result = self.out.write_str("[");
        DebugList { f: self, result, any: false, close: "]" }
    }
    pub fn debug_set<'b>(&'b mut self) -> DebugList<'b, 'a> {
        let result = self.out.write_str("{");
        DebugList { f: self, result, any: false, close: "}" }
    }
    pub fn debug_map<'b>(&'b mut self) -> DebugMap<'b, 'a> {
        let result = self.out.write_str("{");
        DebugMap { f: self, result, any: false }
    }
    /// One indented line of `{:#?}`: label, value, comma.
    fn indented(&mut self, label: &str, middle: &str, value: &dyn Debug) -> Result {
        let mut pad = Indent { out: &mut *self.out, fresh: true };
        let mut inner = Formatter {
            out: &mut pad, fill: self.fill, align: self.align, flags: self.flags, width: self.width,
            precision: self.precision,
        };
        inner.out.write_str(label)?;
        inner.out.write_str(middle)?;
        value.fmt(&mut inner)?;
        inner.out.write_str(",\n")
    }
}
impl<'a> Write for Formatter<'a> { fn write_str(&mut self, text: &str) -> Result { self.out.write_str(text) } }

struct Indent<'a> { out: &'a mut dyn Write, fresh: bool }
impl<'a> Write for Indent<'a> {
    fn write_str(&mut self, text: &str) -> Result {
        for line in text.split_inclusive('\n') {
            if self.fresh { self.out.write_str("    ")?; }
            self.fresh = line.ends_with('\n');
            self.out.write_str(line)?;
        }
        Ok(())
    }
}

pub struct DebugStruct<'b, 'a> { f: &'b mut Formatter<'a>, result: Result, fields: bool }
impl<'b, 'a> DebugStruct<'b, 'a> {
    pub fn field(&mut self, name: &str, value: &dyn Debug) -> &mut DebugStruct<'b, 'a> {
        if self.result.is_ok() { self.result = self.write(name, value); }
        self.fields = true;
        self
    }
    fn write(&mut self, name: &str, value: &dyn Debug) -> Result {
        if self.f.alternate() {
            if !self.fields { self.f.write_str(" {\n")?; }
            return self.f.indented(name, ": ", value);
        }
        self.f.write_str(if self.fields { ", " } else { " { " })?;
        self.f.write_str(name)?;
        self.f.write_str(": ")?;
        value.fmt(self.f)
    }
    pub fn finish(&mut self) -> Result {
        if self.fields && self.result.is_ok() { self.result = self.f.write_str(if self.f.alternate() { "}" } else { " }" }); }
        self.result
    }
    pub fn finish_non_exhaustive(&mut self) -> Result {
        if self.result.is_err() { return self.result; }
        let rest = match (self.fields, self.f.alternate()) { (false, _) => " { .. }", (_, true) => "    ..\n}", _ => ", .. }" };
        self.result = self.f.write_str(rest);
        self.result
    }
}
pub struct DebugTuple<'b, 'a> { f: &'b mut Formatter<'a>, result: Result, fields: usize, empty_name: bool }
impl<'b, 'a> DebugTuple<'b, 'a> {
    pub fn field(&mut self, value: &dyn Debug) -> &mut DebugTuple<'b, 'a> {
        if self.result.is_ok() { self.result = self.write(value); }
        self.fields += 1;
        self
    }
    fn write(&mut self, value: &dyn Debug) -> Result {
        if self.f.alternate() {
            if self.fields == 0 { self.f.write_str("(\n")?; }
            return self.f.indented("", "", value);
        }
        self.f.write_str(if self.fields > 0 { ", " } else { "(" })?;
        value.fmt(self.f)
    }
    pub fn finish_non_exhaustive(&mut self) -> Result {
        if self.result.is_ok() {
            self.result = if self.fields == 0 { self.f.write_str("(..)") } else { self.f.write_str(if self.f.alternate() { "    ..\n)" } else { ", ..)" }) };
        }
        self.result
    }
    pub fn finish(&mut self) -> Result {
        if self.fields > 0 && self.result.is_ok() {
            if self.fields == 1 && self.empty_name && !self.f.alternate() { self.result = self.f.write_str(","); }
            if self.result.is_ok() { self.result = self.f.write_str(")"); }
        }
        self.result
    }
}
pub struct DebugList<'b, 'a> { f: &'b mut Formatter<'a>, result: Result, any: bool, close: &'static str }
impl<'b, 'a> DebugList<'b, 'a> {
    pub fn entry(&mut self, value: &dyn Debug) -> &mut DebugList<'b, 'a> {
        if self.result.is_ok() { self.result = self.write(value); }
        self.any = true;
        self
    }
    fn write(&mut self, value: &dyn Debug) -> Result {
        if self.f.alternate() {
            if !self.any { self.f.write_str("\n")?; }
            return self.f.indented("", "", value);
        }
        if self.any { self.f.write_str(", ")?; }
        value.fmt(self.f)
    }
    pub fn entries<D: Debug, I: IntoIterator<Item = D>>(&mut self, entries: I) -> &mut DebugList<'b, 'a> {
        for one in entries { self.entry(&one); }
        self
    }
    pub fn finish(&mut self) -> Result {
        if self.result.is_ok() { self.result = self.f.write_str(self.close); }
        self.result
    }
}
pub struct DebugMap<'b, 'a> { f: &'b mut Formatter<'a>, result: Result, any: bool }
impl<'b, 'a> DebugMap<'b, 'a> {
    pub fn entry(&mut self, key: &dyn Debug, value: &dyn Debug) -> &mut DebugMap<'b, 'a> {
        if self.result.is_ok() { self.result = self.write(key, value); }
        self.any = true;
        self
    }
    fn write(&mut self, key: &dyn Debug, value: &dyn Debug) -> Result {
        if self.f.alternate() {
            if !self.any { self.f.write_str("\n")?; }
            let label = format!("{:#?}", key);
            return self.f.indented(&label, ": ", value);
        }
        if self.any { self.f.write_str(", ")?; }
        key.fmt(self.f)?;
        self.f.write_str(": ")?;
        value.fmt(self.f)
    }
    pub fn entries<K: Debug, V: Debug, I: IntoIterator<Item = (K, V)>>(&mut self, entries: I) -> &mut DebugMap<'b, 'a> {
        for (key, value) in entries { self.entry(&key, &value); }
        self
    }
    pub fn finish(&mut self) -> Result {
        if self.result.is_ok() { self.result = self.f.write_str("}"); }
        self.result
    }
}

impl Display for str {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result { f.pad(self) }
    fn fmt_plain(&self, f: &mut Formatter<'_>) -> Result { f.out.write_str(self) }
}
impl Debug for str {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.write_char('"')?;
        for c in self.chars() { if c == '\'' { f.write_char(c)?; } else { escaped(c, f)?; } }
        f.write_char('"')
    }
}
fn escaped(c: char, f: &mut Formatter<'_>) -> Result {
    match c {
        '"' => f.write_str("\\\""),
        '\'' => f.write_str("\\'"),
        '\\' => f.write_str("\\\\"),
        '\n' => f.write_str("\\n"),
        '\r' => f.write_str("\\r"),
        '\t' => f.write_str("\\t"),
        '\0' => f.write_str("\\0"),
        _ => if (c as u32).wrapping_sub(32) >= 95 && (!crate::char::is_printable(c) || crate::char::extends(c)) {
            let mut digits = [0u8; 8];
            f.write_str("\\u{")?;
            let at = in_base(c as u64, 16, b'a', &mut digits);
            f.write_str(from(&digits, at))?;
            f.write_str("}")
        } else {
            f.write_char(c)
        },
    }
}
impl Display for char {
    fn fmt_plain(&self, f: &mut Formatter<'_>) -> Result { f.out.write_char(*self) }
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        if f.flags & (WIDTH | PRECISION) == 0 { return f.write_char(*self); }
        let mut buffer = [0u8; 4];
        f.pad(utf8_in(*self, &mut buffer))
    }
}
impl Debug for char {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        f.write_char('\'')?;
        if *self == '"' { f.write_char('"')?; } else { escaped(*self, f)?; }
        f.write_char('\'')
    }
}
impl Display for bool {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result { f.pad(if *self { "true" } else { "false" }) }
    fn fmt_plain(&self, f: &mut Formatter<'_>) -> Result { f.out.write_str(if *self { "true" } else { "false" }) }
}
impl Debug for bool { fn fmt(&self, f: &mut Formatter<'_>) -> Result { f.pad(if *self { "true" } else { "false" }) } }
impl Debug for () { fn fmt(&self, f: &mut Formatter<'_>) -> Result { f.pad("()") } }

/// The text in `buffer` from `at` on.
fn from(buffer: &[u8], at: usize) -> &str { str_from_bytes(slice_part(buffer, at, buffer.len() - at)) }

/// Puts the digits of a number in a base at the end of `buffer`; where they start.
fn in_base(value: u64, base: u64, letters: u8, buffer: &mut [u8]) -> usize {
    let mut at = buffer.len();
    let mut left = value;
    loop {
        let digit = (left % base) as u8;
        at -= 1;
        *element_mut(buffer, at) = if digit < 10 { b'0' + digit } else { letters + (digit - 10) };
        left /= base;
        if left == 0 { break; }
    }
    at
}
fn wide_in_base(value: u128, base: u128, letters: u8, buffer: &mut [u8]) -> usize {
    let mut at = buffer.len();
    let mut left = value;
    loop {
        let digit = (left % base) as u8;
        at -= 1;
        buffer[at] = if digit < 10 { b'0' + digit } else { letters + (digit - 10) };
        left /= base;
        if left == 0 { break; }
    }
    at
}
fn decimal(nonnegative: bool, magnitude: u64, f: &mut Formatter<'_>) -> Result {
    let mut buffer = [0u8; 20];
    let at = in_base(magnitude, 10, b'a', &mut buffer);
    f.pad_integral(nonnegative, "", from(&buffer, at))
}
/// A number alone: sign and digits.
fn plain(nonnegative: bool, magnitude: u64, f: &mut Formatter<'_>) -> Result {
    let mut buffer = [0u8; 20];
    let mut at = in_base(magnitude, 10, b'a', &mut buffer);
    if !nonnegative { at -= 1; buffer[at] = b'-'; }
    f.out.write_str(from(&buffer, at))
}
fn based(value: u64, base: u64, letters: u8, prefix: &str, f: &mut Formatter<'_>) -> Result {
    let mut buffer = [0u8; 64];
    let at = in_base(value, base, letters, &mut buffer);
    f.pad_integral(true, prefix, from(&buffer, at))
}
fn wide_decimal(nonnegative: bool, magnitude: u128, f: &mut Formatter<'_>) -> Result {
    let mut buffer = [0u8; 40];
    let at = wide_in_base(magnitude, 10, b'a', &mut buffer);
    f.pad_integral(nonnegative, "", from(&buffer, at))
}
fn wide_based(value: u128, base: u128, letters: u8, prefix: &str, f: &mut Formatter<'_>) -> Result {
    let mut buffer = [0u8; 128];
    let at = wide_in_base(value, base, letters, &mut buffer);
    f.pad_integral(true, prefix, from(&buffer, at))
}
macro_rules! bases {
    ($t:ty, $unsigned:ty, $wide:ty, $based:ident) => {
        impl LowerHex for $t { fn fmt(&self, f: &mut Formatter<'_>) -> Result { $based(*self as $unsigned as $wide, 16, b'a', "0x", f) } }
        impl UpperHex for $t { fn fmt(&self, f: &mut Formatter<'_>) -> Result { $based(*self as $unsigned as $wide, 16, b'A', "0x", f) } }
        impl Binary for $t { fn fmt(&self, f: &mut Formatter<'_>) -> Result { $based(*self as $unsigned as $wide, 2, b'a', "0b", f) } }
        impl Octal for $t { fn fmt(&self, f: &mut Formatter<'_>) -> Result { $based(*self as $unsigned as $wide, 8, b'a', "0o", f) } }
        impl Debug for $t {
            fn fmt(&self, f: &mut Formatter<'_>) -> Result {
                if f.flags & 16 != 0 { return LowerHex::fmt(self, f); }
                if f.flags & 32 != 0 { return UpperHex::fmt(self, f); }
                Display::fmt(self, f)
            }
        }
    }
}
macro_rules! signed_numbers {
    ($($t:ty, $unsigned:ty;)*) => { $(
        impl Display for $t {
            fn fmt(&self, f: &mut Formatter<'_>) -> Result { decimal(*self >= 0, (*self as i64).unsigned_abs(), f) }
            fn fmt_plain(&self, f: &mut Formatter<'_>) -> Result { plain(*self >= 0, (*self as i64).unsigned_abs(), f) }
        }
        bases! { $t, $unsigned, u64, based }
    )* }
}
signed_numbers! { i8, u8; i16, u16; i32, u32; i64, u64; isize, usize; }
macro_rules! unsigned_numbers {
    ($($t:ty)*) => { $(
        impl Display for $t {
            fn fmt(&self, f: &mut Formatter<'_>) -> Result { decimal(true, *self as u64, f) }
            fn fmt_plain(&self, f: &mut Formatter<'_>) -> Result { plain(true, *self as u64, f) }
        }
        bases! { $t, $t, u64, based }
    )* }
}
unsigned_numbers! { u8 u16 u32 u64 usize }
impl Display for u128 { fn fmt(&self, f: &mut Formatter<'_>) -> Result { wide_decimal(true, *self, f) } }
impl Display for i128 { fn fmt(&self, f: &mut Formatter<'_>) -> Result { wide_decimal(*self >= 0, self.unsigned_abs(), f) } }
bases! { u128, u128, u128, wide_based }
bases! { i128, u128, u128, wide_based }
/// `d.ddde±x` of an integer: zeros at its end are left out, and a precision rounds a tie to the even digit.
fn integer_exponent(positive: bool, magnitude: u128, letter: char, f: &mut Formatter<'_>) -> Result {
    let mut left = magnitude;
    let mut power = 0;
    while left >= 10 && left % 10 == 0 { left /= 10; power += 1; }
    let mut places = if left == 0 { 0 } else { left.ilog10() as usize };
    let wanted = f.precision().unwrap_or(places);
    if places > wanted {
        let dropped = places - wanted;
        for _ in 1..dropped { left /= 10; }
        let last = left % 10;
        left /= 10;
        if last > 5 || last == 5 && (dropped > 1 || left % 2 == 1) { left += 1; }
        power += dropped;
        places = wanted;
        if left.ilog10() as usize > places { left /= 10; power += 1; }
    }
    let mut text = left.to_string();
    if wanted > 0 { text.insert(1, '.'); }
    for _ in places..wanted { text.push('0'); }
    text.push(letter);
    text.push_str(&(power + places).to_string());
    f.pad_number(if !positive { "-" } else if f.flags & PLUS != 0 { "+" } else { "" }, "", &text, 0)
}
macro_rules! integer_exponents {
    ($($t:ty)*) => { $(
        impl LowerExp for $t { fn fmt(&self, f: &mut Formatter<'_>) -> Result { integer_exponent(*self >= 0, self.abs_diff(0) as u128, 'e', f) } }
        impl UpperExp for $t { fn fmt(&self, f: &mut Formatter<'_>) -> Result { integer_exponent(*self >= 0, self.abs_diff(0) as u128, 'E', f) } }
    )* }
}
integer_exponents! { i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize }

fn float(value: f64, single: bool, debug: bool, f: &mut Formatter<'_>) -> Result {
    let magnitude = value.abs();
    if !(magnitude < f64::INFINITY) { return not_finite(value, f); }
    let sign = float_sign(value, f);
    if f.flags & PRECISION != 0 {
        let mut buffer = [0u8; SPACE];
        let places = if f.precision > 1074 { 1074 } else { f.precision };
        return f.pad_number(sign, "", float_fixed(magnitude, places, &mut buffer), f.precision - places);
    }
    if debug && magnitude != 0.0 && (magnitude < 1e-4 || magnitude >= 1e16) { return exponent(value, single, 'e', f); }
    let mut buffer = [0u8; SPACE];
    f.pad_number(sign, "", float_shortest(magnitude, single, debug as usize, &mut buffer), 0)
}
fn float_sign(value: f64, f: &Formatter<'_>) -> &'static str {
    if value.is_sign_negative() { "-" } else if f.flags & PLUS != 0 { "+" } else { "" }
}
fn not_finite(value: f64, f: &mut Formatter<'_>) -> Result {
    if value.is_nan() { f.pad_number("", "", "NaN", 0) } else { f.pad_number(float_sign(value, f), "", "inf", 0) }
}
/// `d.ddde±x`.
fn exponent(value: f64, single: bool, letter: char, f: &mut Formatter<'_>) -> Result {
    let magnitude = value.abs();
    if !(magnitude < f64::INFINITY) { return not_finite(value, f); }
    let mut text = String::new();
    let power = scientific(magnitude, single, f.precision(), &mut text);
    text.push(letter);
    text.push_str(&power.to_string());
    f.pad_number(float_sign(value, f), "", &text, 0)
}
macro_rules! floats {
    ($($t:ty, $single:literal;)*) => { $(
        impl Display for $t { fn fmt(&self, f: &mut Formatter<'_>) -> Result { float(*self as f64, $single, false, f) } }
        impl Debug for $t { fn fmt(&self, f: &mut Formatter<'_>) -> Result { float(*self as f64, $single, true, f) } }
        impl LowerExp for $t { fn fmt(&self, f: &mut Formatter<'_>) -> Result { exponent(*self as f64, $single, 'e', f) } }
        impl UpperExp for $t { fn fmt(&self, f: &mut Formatter<'_>) -> Result { exponent(*self as f64, $single, 'E', f) } }
    )* }
}
floats! { f64, false; f32, true; }

macro_rules! through_references {
    ($($trait:ident)*) => { $(
        impl<'a, T: $trait + ?Sized> $trait for &'a T { fn fmt(&self, f: &mut Formatter<'_>) -> Result { (**self).fmt(f) } }
        impl<'a, T: $trait + ?Sized> $trait for &'a mut T { fn fmt(&self, f: &mut Formatter<'_>) -> Result { (**self).fmt(f) } }
    )* }
}
impl<'a, T: Display + ?Sized> Display for &'a T {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result { (**self).fmt(f) }
    fn fmt_plain(&self, f: &mut Formatter<'_>) -> Result { (**self).fmt_plain(f) }
}
impl<'a, T: Display + ?Sized> Display for &'a mut T {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result { (**self).fmt(f) }
    fn fmt_plain(&self, f: &mut Formatter<'_>) -> Result { (**self).fmt_plain(f) }
}
through_references! { Debug LowerHex UpperHex Binary Octal LowerExp UpperExp }

impl<T: Debug> Debug for [T] { fn fmt(&self, f: &mut Formatter<'_>) -> Result { f.debug_list().entries(self.iter()).finish() } }
impl<T: Debug, const N: usize> Debug for [T; N] { fn fmt(&self, f: &mut Formatter<'_>) -> Result { f.debug_list().entries(self.iter()).finish() } }
macro_rules! tuples { ($($name:ident $index:tt),*) => { impl<$($name: Debug),*> Debug for ($($name,)*) { fn fmt(&self, f: &mut Formatter<'_>) -> Result { f.debug_tuple("")$(.field(&self.$index))*.finish() } } } }
tuples! { A 0 }
tuples! { A 0, B 1 }
tuples! { A 0, B 1, C 2 }
tuples! { A 0, B 1, C 2, D 3 }
tuples! { A 0, B 1, C 2, D 3, E 4 }
tuples! { A 0, B 1, C 2, D 3, E 4, F 5 }
tuples! { A 0, B 1, C 2, D 3, E 4, F 5, G 6 }
tuples! { A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7 }
tuples! { A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8 }
tuples! { A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9 }
tuples! { A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10 }
tuples! { A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10, L 11 }
impl<Idx: Debug> Debug for crate::ops::Range<Idx> {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result { self.start.fmt(f)?; f.write_str("..")?; self.end.fmt(f) }
}
impl<Idx: Debug> Debug for crate::ops::RangeInclusive<Idx> {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result { self.start().fmt(f)?; f.write_str("..=")?; self.end().fmt(f) }
}
impl<Idx: Debug> Debug for crate::ops::RangeFrom<Idx> {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result { self.start.fmt(f)?; f.write_str("..") }
}
impl<Idx: Debug> Debug for crate::ops::RangeTo<Idx> {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result { f.write_str("..")?; self.end.fmt(f) }
}
impl<Idx: Debug> Debug for crate::ops::RangeToInclusive<Idx> {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result { f.write_str("..=")?; self.end.fmt(f) }
}
impl Debug for crate::ops::RangeFull { fn fmt(&self, f: &mut Formatter<'_>) -> Result { f.write_str("..") } }
