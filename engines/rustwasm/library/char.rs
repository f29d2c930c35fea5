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
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseCharError { empty: bool }
impl crate::fmt::Display for ParseCharError {
    fn fmt(&self, f: &mut crate::fmt::Formatter<'_>) -> crate::fmt::Result {
        f.pad(if self.empty { "cannot parse char from empty string" } else { "too many characters in string" })
    }
}
impl crate::str::FromStr for char {
    type Err = ParseCharError;
    fn from_str(text: &str) -> Result<char, ParseCharError> {
        let mut chars = text.chars();
        match (chars.next(), chars.next()) {
            (Some(c), None) => Ok(c),
            (None, _) => Err(ParseCharError { empty: true }),
            _ => Err(ParseCharError { empty: false }),
        }
    }
}

impl char {
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
