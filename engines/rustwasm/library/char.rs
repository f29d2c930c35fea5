//! std::char. Letters and cases beyond ASCII follow Unicode for Latin-1, Greek and Cyrillic; others have no case.

use crate::intrinsics::{char_from_u32_unchecked, unsafe_mut};
use crate::slice::element_mut;

pub const fn from_u32(code: u32) -> Option<char> {
    if code > 0x10ffff || (code >= 0xd800 && code < 0xe000) { None } else { Some(char_from_u32_unchecked(code)) }
}
pub const fn from_digit(digit: u32, radix: u32) -> Option<char> {
    if digit >= radix { None } else if digit < 10 { Some((b'0' + digit as u8) as char) } else { Some((b'a' + (digit - 10) as u8) as char) }
}
impl TryFrom<u32> for char {
    type Error = CharTryFromError;
    fn try_from(code: u32) -> Result<char, CharTryFromError> { match from_u32(code) { Some(c) => Ok(c), None => Err(CharTryFromError(())) } }
}
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CharTryFromError(());
impl crate::fmt::Display for CharTryFromError {
    fn fmt(&self, f: &mut crate::fmt::Formatter<'_>) -> crate::fmt::Result { f.pad("converted integer out of range for `char`") }
}
impl crate::error::Error for CharTryFromError {}
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum CharErrorKind { EmptyString, TooManyChars }
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseCharError { kind: CharErrorKind }
impl crate::fmt::Display for ParseCharError {
    fn fmt(&self, f: &mut crate::fmt::Formatter<'_>) -> crate::fmt::Result {
        f.pad(match self.kind { CharErrorKind::EmptyString => "cannot parse char from empty string", CharErrorKind::TooManyChars => "too many characters in string" })
    }
}
impl crate::str::FromStr for char {
    type Err = ParseCharError;
    fn from_str(text: &str) -> Result<char, ParseCharError> {
        let mut chars = text.chars();
        match (chars.next(), chars.next()) {
            (Some(c), None) => Ok(c),
            (None, _) => Err(ParseCharError { kind: CharErrorKind::EmptyString }),
            _ => Err(ParseCharError { kind: CharErrorKind::TooManyChars }),
        }
    }
}

impl char {
    pub const MIN: char = '\0';
    pub const MAX: char = '\u{10ffff}';
    pub const REPLACEMENT_CHARACTER: char = '\u{fffd}';
    pub const fn from_u32(code: u32) -> Option<char> { from_u32(code) }
    pub const fn from_digit(digit: u32, radix: u32) -> Option<char> { from_digit(digit, radix) }
    pub const fn to_digit(self, radix: u32) -> Option<u32> {
        let code = self as u32;
        let digit = if code >= 48 && code <= 57 { code - 48 }
            else if code >= 97 && code <= 122 { code - 87 }
            else if code >= 65 && code <= 90 { code - 55 }
            else { return None; };
        if digit < radix { Some(digit) } else { None }
    }
    pub const fn is_digit(self, radix: u32) -> bool { self.to_digit(radix).is_some() }
    pub const fn len_utf8(self) -> usize {
        let code = self as u32;
        1 + (code >= 0x80) as usize + (code >= 0x800) as usize + (code >= 0x10000) as usize
    }
    pub const fn len_utf16(self) -> usize { if (self as u32) < 0x10000 { 1 } else { 2 } }
    pub const fn is_ascii(&self) -> bool { (*self as u32) < 128 }
    pub const fn is_ascii_digit(&self) -> bool { *self >= '0' && *self <= '9' }
    pub const fn is_ascii_hexdigit(&self) -> bool { self.is_digit(16) }
    pub const fn is_ascii_lowercase(&self) -> bool { *self >= 'a' && *self <= 'z' }
    pub const fn is_ascii_uppercase(&self) -> bool { *self >= 'A' && *self <= 'Z' }
    pub const fn is_ascii_alphabetic(&self) -> bool { self.is_ascii_lowercase() || self.is_ascii_uppercase() }
    pub const fn is_ascii_alphanumeric(&self) -> bool { self.is_ascii_alphabetic() || self.is_ascii_digit() }
    pub const fn is_ascii_whitespace(&self) -> bool { match *self { ' ' | '\t' | '\n' | '\r' | '\x0c' => true, _ => false } }
    pub const fn is_ascii_control(&self) -> bool { (*self as u32) < 32 || *self as u32 == 127 }
    pub const fn is_ascii_graphic(&self) -> bool { *self > ' ' && *self <= '~' }
    pub const fn is_ascii_punctuation(&self) -> bool { self.is_ascii_graphic() && !self.is_ascii_alphanumeric() }
    pub const fn is_whitespace(self) -> bool {
        match self {
            ' ' | '\t'..='\r' | '\u{85}' | '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{2028}' | '\u{2029}' | '\u{202f}' | '\u{205f}' | '\u{3000}' => true,
            _ => false,
        }
    }
    pub fn is_control(self) -> bool { (self as u32) < 32 || (self as u32 >= 127 && (self as u32) < 160) }
    pub fn is_numeric(self) -> bool { self.is_ascii_digit() || match self { '²' | '³' | '¹' | '¼'..='¾' => true, _ => false } }
    pub fn is_alphabetic(self) -> bool {
        let code = self as u32;
        within(code | 32, 97, 26) | (code == 0xaa) | (code == 0xb5) | (code == 0xba)
            | within(code, 0xc0, 0x202) & (code != 0xd7) & (code != 0xf7)
            | within(code, 0x370, 0x1c90) & (code != 0x37e) & (code != 0x387)
            | within(code, 0x3041, 0xa763)
    }
    pub fn is_alphanumeric(self) -> bool { self.is_alphabetic() || self.is_numeric() }
    pub const fn is_lowercase(self) -> bool { self.is_ascii_lowercase() || (self as u32 >= 128 && upper(self) != self) || self == 'ß' }
    pub const fn is_uppercase(self) -> bool { self.is_ascii_uppercase() || (self as u32 >= 128 && lower(self) != self) }
    pub const fn to_ascii_lowercase(&self) -> char { if self.is_ascii_uppercase() { (*self as u8 + 32) as char } else { *self } }
    pub const fn to_ascii_uppercase(&self) -> char { if self.is_ascii_lowercase() { (*self as u8 - 32) as char } else { *self } }
    pub const fn make_ascii_lowercase(&mut self) { *self = self.to_ascii_lowercase(); }
    pub const fn make_ascii_uppercase(&mut self) { *self = self.to_ascii_uppercase(); }
    pub const fn eq_ignore_ascii_case(&self, other: &char) -> bool { self.to_ascii_lowercase() == other.to_ascii_lowercase() }
    pub fn to_lowercase(self) -> CaseMapping { CaseMapping { first: Some(lower(self)), second: None } }
    pub fn to_uppercase(self) -> CaseMapping {
        if self == 'ß' { CaseMapping { first: Some('S'), second: Some('S') } } else { CaseMapping { first: Some(upper(self)), second: None } }
    }
    pub fn decode_utf16<I: IntoIterator<Item = u16>>(units: I) -> DecodeUtf16<I::IntoIter> { decode_utf16(units) }
    pub fn escape_unicode(self) -> EscapeUnicode { Escape::of(self, false, false, false) }
    pub fn escape_default(self) -> EscapeDefault { Escape::of(self, true, (self as u32).wrapping_sub(32) < 95, false) }
    pub fn escape_debug(self) -> EscapeDebug { Escape::of(self, true, is_printable(self) && !extends(self), true) }
    pub const fn encode_utf16(self, buffer: &mut [u16]) -> &mut [u16] {
        let length = self.len_utf16();
        if length > buffer.len() { crate::panicking::panic("encode_utf16: the buffer is too small"); }
        buffer[0] = utf16_unit(self, 0);
        if length == 2 { buffer[1] = utf16_unit(self, 1); }
        unsafe_mut(crate::intrinsics::slice_part(buffer, 0, length))
    }
    pub const fn encode_utf8(self, buffer: &mut [u8]) -> &mut str {
        let length = self.len_utf8();
        if length > buffer.len() { crate::panicking::panic("encode_utf8: the buffer is too small"); }
        put_utf8(self, length, buffer);
        unsafe_mut(crate::intrinsics::str_from_bytes(crate::intrinsics::slice_part(buffer, 0, length)))
    }
}

/// Writes the `length` bytes of a character to the start of a buffer that has room for them.
pub(crate) fn put_utf8(c: char, length: usize, buffer: &mut [u8]) {
    let mut code = c as u32;
    let mut at = length;
    while at > 1 {
        at -= 1;
        *element_mut(buffer, at) = (code & 63) as u8 | 128;
        code >>= 6;
    }
    // The lead byte's mark: 110, 1110 or 11110.
    if length > 1 { code |= 0xf00 >> length as u32; }
    *element_mut(buffer, 0) = code as u8;
}
/// A character's text, in a buffer.
pub(crate) fn utf8_in(c: char, buffer: &mut [u8]) -> &str {
    let length = c.len_utf8();
    put_utf8(c, length, buffer);
    crate::intrinsics::str_from_bytes(crate::intrinsics::slice_part(buffer, 0, length))
}

/// Whether a number is one of `count` from `first` on.
fn within(code: u32, first: u32, count: u32) -> bool { code.wrapping_sub(first) < count }
pub fn lower(c: char) -> char {
    let code = c as u32;
    let moved = if within(code, 65, 26) | within(code, 0xc0, 31) & (code != 0xd7) | within(code, 0x391, 25) | within(code, 0x410, 32) { code + 32 }
        else if within(code, 0x400, 16) { code + 80 }
        else if within(code, 0x100, 0x30) { code | 1 }
        else { code };
    char_from_u32_unchecked(moved)
}
fn upper(c: char) -> char {
    let code = c as u32;
    if code < 128 { return c.to_ascii_uppercase(); }
    let moved = if (code >= 0xe0 && code <= 0xfe && code != 0xf7) || (code >= 0x3b1 && code <= 0x3c9 && code != 0x3c2) || (code >= 0x430 && code <= 0x44f) { code - 32 }
        else if code == 0x3c2 { 0x3a3 }
        else if code == 0xff { 0x178 }
        else if code >= 0x450 && code <= 0x45f { code - 80 }
        else if code >= 0x100 && code < 0x130 && code & 1 == 1 { code - 1 }
        else { code };
    char_from_u32_unchecked(moved)
}

/// The characters that a change of case gives.
#[derive(Clone, Debug)]
pub struct CaseMapping { first: Option<char>, second: Option<char> }
impl Iterator for CaseMapping {
    type Item = char;
    fn next(&mut self) -> Option<char> {
        let result = self.first;
        self.first = self.second;
        self.second = None;
        result
    }
}
impl crate::fmt::Display for CaseMapping {
    fn fmt(&self, f: &mut crate::fmt::Formatter<'_>) -> crate::fmt::Result {
        for c in self.clone() { f.write_char(c)?; }
        Ok(())
    }
}

/// The first or second unit of a character's UTF-16.
pub(crate) fn utf16_unit(c: char, which: usize) -> u16 {
    let code = c as u32;
    if code < 0x10000 { code as u16 }
    else if which == 0 { 0xd7c0 + (code >> 10) as u16 }
    else { 0xdc00 | (code & 0x3ff) as u16 }
}

/// Whether a character continues the one before it (Grapheme_Extend), of those used with Latin, Greek and Cyrillic.
pub(crate) fn extends(c: char) -> bool {
    let code = c as u32;
    within(code, 0x300, 0x70) | within(code, 0x483, 7) | within(code, 0x1ab0, 0x4f) | within(code, 0x1dc0, 0x40)
        | (code == 0x200c) | within(code, 0x20d0, 0x21) | within(code, 0x302a, 6) | within(code, 0x3099, 2)
        | within(code, 0xfe00, 16) | within(code, 0xfe20, 16) | within(code, 0xe0100, 0xf0)
}
/// Whether `{:?}` shows a character as it is, apart from those that continue others: what is assigned and neither control,
/// format, private use nor a space other than ' '. Scripts from Armenian on count as assigned throughout.
pub(crate) fn is_printable(c: char) -> bool {
    let code = c as u32;
    if code < 127 { return code >= 32; }
    !(within(code, 127, 34) | (code == 0xad) | within(code, 0x378, 2) | within(code, 0x380, 4) | (code == 0x38b) | (code == 0x38d)
        | (code == 0x3a2) | (code == 0x530) | within(code, 0x1fff, 17) | within(code, 0x2028, 8) | within(code, 0x205f, 17)
        | within(code, 0x20c2, 14) | within(code, 0x20f1, 15) | (code == 0x3000) | within(code, 0xd7fc, 0x2104)
        | within(code, 0xfefd, 4) | within(code, 0xffef, 13) | within(code, 0xfffe, 2) | (code >= 0x3347a))
}

/// A character or its escape, character by character. Each of std's three is this.
#[derive(Clone, Debug)]
pub struct Escape { text: [char; 10], at: usize, end: usize }
pub type EscapeUnicode = Escape;
pub type EscapeDefault = Escape;
pub type EscapeDebug = Escape;
impl Escape {
    /// `short`: by a letter where there is one; `plain`: as it is; `zero`: with a letter for '\0', too.
    pub(crate) fn of(c: char, short: bool, plain: bool, zero: bool) -> Escape {
        let mut text = ['\\'; 10];
        let letter = match c { '\0' if zero => '0', '\t' => 't', '\n' => 'n', '\r' => 'r', '\\' | '\'' | '"' => c, _ => ' ' };
        let mut end = 2;
        if short && letter != ' ' { text[1] = letter; }
        else if plain { text[0] = c; end = 1; }
        else {
            text[1] = 'u';
            text[2] = '{';
            end = 3;
            let mut shift = 20;
            while shift > 0 && (c as u32) >> shift == 0 { shift -= 4; }
            loop {
                if let Some(digit) = from_digit((c as u32) >> shift & 15, 16) { text[end] = digit; }
                end += 1;
                if shift == 0 { break; }
                shift -= 4;
            }
            text[end] = '}';
            end += 1;
        }
        Escape { text, at: 0, end }
    }
}
impl Iterator for Escape {
    type Item = char;
    fn next(&mut self) -> Option<char> {
        if self.at == self.end { return None; }
        self.at += 1;
        Some(self.text[self.at - 1])
    }
    fn size_hint(&self) -> (usize, Option<usize>) { (self.end - self.at, Some(self.end - self.at)) }
}
impl ExactSizeIterator for Escape {}
impl crate::fmt::Display for Escape {
    fn fmt(&self, f: &mut crate::fmt::Formatter<'_>) -> crate::fmt::Result {
        let mut i = self.at;
        while i < self.end { f.write_char(self.text[i])?; i += 1; }
        Ok(())
    }
}

/// What `decode_utf16` finds: characters, and surrogates that stand alone.
#[derive(Clone, Debug)]
pub struct DecodeUtf16<I> { units: I, held: Option<u16> }
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecodeUtf16Error { code: u16 }
impl DecodeUtf16Error { pub fn unpaired_surrogate(&self) -> u16 { self.code } }
impl crate::fmt::Display for DecodeUtf16Error {
    fn fmt(&self, f: &mut crate::fmt::Formatter<'_>) -> crate::fmt::Result { write!(f, "unpaired surrogate found: {:x}", self.code) }
}
impl crate::error::Error for DecodeUtf16Error {}
pub fn decode_utf16<I: IntoIterator<Item = u16>>(units: I) -> DecodeUtf16<I::IntoIter> { DecodeUtf16 { units: units.into_iter(), held: None } }
impl<I: Iterator<Item = u16>> Iterator for DecodeUtf16<I> {
    type Item = Result<char, DecodeUtf16Error>;
    fn next(&mut self) -> Option<Result<char, DecodeUtf16Error>> {
        let first = match self.held.take() { Some(unit) => unit, None => self.units.next()? };
        if !within(first as u32, 0xd800, 0x800) { return Some(Ok(char_from_u32_unchecked(first as u32))); }
        if first < 0xdc00 {
            let second = self.units.next();
            match second {
                Some(unit) if within(unit as u32, 0xdc00, 0x400) => {
                    return Some(Ok(char_from_u32_unchecked(0x10000 + ((first as u32 & 0x3ff) << 10 | unit as u32 & 0x3ff))));
                }
                _ => self.held = second,
            }
        }
        Some(Err(DecodeUtf16Error { code: first }))
    }
}
