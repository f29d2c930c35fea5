//! std::str.

use crate::fmt;
use crate::intrinsics::{char_from_u32_unchecked, slice_part, str_bytes, str_from_bytes, str_len, unsafe_mut};
use crate::slice::element;
use crate::panicking::Message;
use crate::ops::{Range, RangeFrom, RangeFull, RangeInclusive, RangeTo, RangeToInclusive};

pub trait FromStr: Sized { type Err; fn from_str(text: &str) -> Result<Self, Self::Err>; }
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseBoolError;
impl fmt::Display for ParseBoolError { fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.pad("provided string was not `true` or `false`") } }
impl FromStr for bool {
    type Err = ParseBoolError;
    fn from_str(text: &str) -> Result<bool, ParseBoolError> {
        match text { "true" => Ok(true), "false" => Ok(false), _ => Err(ParseBoolError) }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Utf8Error { valid_up_to: usize, error_len: Option<u8> }
impl Utf8Error {
    pub fn valid_up_to(&self) -> usize { self.valid_up_to }
    pub fn error_len(&self) -> Option<usize> { match self.error_len { Some(n) => Some(n as usize), None => None } }
}
impl fmt::Display for Utf8Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.error_len {
            Some(n) => write!(f, "invalid utf-8 sequence of {} bytes from index {}", n, self.valid_up_to),
            None => write!(f, "incomplete utf-8 byte sequence from index {}", self.valid_up_to),
        }
    }
}
impl crate::error::Error for Utf8Error {}

pub const fn from_utf8(bytes: &[u8]) -> Result<&str, Utf8Error> {
    let n = bytes.len();
    let mut i = 0;
    while i < n {
        let first = bytes[i];
        if first < 128 { i += 1; continue; }
        let (count, low, high) = match first {
            0xc2..=0xdf => (1, 0x80, 0xbf),
            0xe0 => (2, 0xa0, 0xbf),
            0xe1..=0xec | 0xee | 0xef => (2, 0x80, 0xbf),
            0xed => (2, 0x80, 0x9f),
            0xf0 => (3, 0x90, 0xbf),
            0xf1..=0xf3 => (3, 0x80, 0xbf),
            0xf4 => (3, 0x80, 0x8f),
            _ => return Err(Utf8Error { valid_up_to: i, error_len: Some(1) }),
        };
        let mut k = 1;
        while k <= count {
            if i + k >= n { return Err(Utf8Error { valid_up_to: i, error_len: None }); }
            let byte = bytes[i + k];
            let fits = if k == 1 { byte >= low && byte <= high } else { byte >= 0x80 && byte <= 0xbf };
            if !fits { return Err(Utf8Error { valid_up_to: i, error_len: Some(k as u8) }); }
            k += 1;
        }
        i += count + 1;
    }
    Ok(str_from_bytes(bytes))
}

#[track_caller]
fn part(text: &str, start: usize, end: usize) -> &str {
    if start > end || !text.is_char_boundary(start) || !text.is_char_boundary(end) { bad_part(text, start, end); }
    unchecked(text, start, end)
}
#[track_caller]
fn bad_part(text: &str, start: usize, end: usize) -> ! {
    let mut message = Message::new("");
    let at = if start > text.len() || start <= end && !text.is_char_boundary(start) { start } else { end };
    if at > text.len() {
        message.text("byte index ");
        message.number(at);
        message.text(" is out of bounds of `");
    } else if start > end {
        message.text("begin <= end (");
        message.number(start);
        message.text(" <= ");
        message.number(end);
        message.text(") when slicing `");
    } else {
        let mut from = at;
        while !text.is_char_boundary(from) { from -= 1; }
        let after = text.after(from);
        message.text("byte index ");
        message.number(at);
        message.text(" is not a char boundary; it is inside '");
        message.text(unchecked(text, from, after));
        message.text("' (bytes ");
        message.number(from);
        message.text("..");
        message.number(after);
        message.text(") of `");
    }
    let mut shown = text.len();
    if shown > 256 { shown = 256; }
    while !text.is_char_boundary(shown) { shown -= 1; }
    message.text(unchecked(text, 0, shown));
    message.text(if shown < text.len() { "`[...]" } else { "`" });
    message.panic()
}
/// How many bytes the first characters of a text have, `most` of them or all, and how many those are.
pub fn measured(text: &str, most: usize) -> (usize, usize) {
    let bytes = str_bytes(text);
    let (mut length, mut count) = (0, 0);
    while length < bytes.len() {
        if *element(bytes, length) & 0xc0 != 0x80 {
            if count == most { break; }
            count += 1;
        }
        length += 1;
    }
    (length, count)
}
pub fn unchecked(text: &str, start: usize, end: usize) -> &str { str_from_bytes(slice_part(str_bytes(text), start, end - start)) }

pub trait StrIndex {
    fn bounds(&self, length: usize) -> (usize, usize);
    #[track_caller]
    fn index(self, text: &str) -> &str where Self: Sized {
        let (start, end) = self.bounds(text.len());
        part(text, start, end)
    }
    fn get(self, text: &str) -> Option<&str> where Self: Sized {
        let (start, end) = self.bounds(text.len());
        if start <= end && text.is_char_boundary(start) && text.is_char_boundary(end) { Some(unchecked(text, start, end)) } else { None }
    }
}
impl StrIndex for Range<usize> { fn bounds(&self, _length: usize) -> (usize, usize) { (self.start, self.end) } }
impl StrIndex for RangeTo<usize> { fn bounds(&self, _length: usize) -> (usize, usize) { (0, self.end) } }
impl StrIndex for RangeFrom<usize> { fn bounds(&self, length: usize) -> (usize, usize) { (self.start, if self.start > length { self.start } else { length }) } }
impl StrIndex for RangeFull { fn bounds(&self, length: usize) -> (usize, usize) { (0, length) } }
impl StrIndex for RangeInclusive<usize> { fn bounds(&self, _length: usize) -> (usize, usize) { (*self.start(), *self.end() + 1) } }
impl StrIndex for RangeToInclusive<usize> { fn bounds(&self, _length: usize) -> (usize, usize) { (0, self.end + 1) } }

/// What can be looked for in a text: where it is first, or last, within `from..to`.
pub trait Pattern: Sized {
    fn first(&mut self, text: &str, from: usize, to: usize) -> Option<(usize, usize)>;
    fn last(&mut self, text: &str, from: usize, to: usize) -> Option<(usize, usize)>;
    /// How many bytes it has; None for one character of some kind.
    fn length(&self) -> Option<usize> { None }
}
fn first_char<F: FnMut(char) -> bool>(text: &str, from: usize, to: usize, mut f: F) -> Option<(usize, usize)> {
    let mut at = from;
    for c in unchecked(text, from, to).chars() {
        let length = c.len_utf8();
        if f(c) { return Some((at, at + length)); }
        at += length;
    }
    None
}
fn last_char<F: FnMut(char) -> bool>(text: &str, from: usize, to: usize, mut f: F) -> Option<(usize, usize)> {
    let mut chars = unchecked(text, from, to).chars();
    let mut end = to;
    while let Some(c) = chars.next_back() {
        let length = c.len_utf8();
        if f(c) { return Some((end - length, end)); }
        end -= length;
    }
    None
}
impl Pattern for char {
    fn first(&mut self, text: &str, from: usize, to: usize) -> Option<(usize, usize)> { let wanted = *self; first_char(text, from, to, |c| c == wanted) }
    fn last(&mut self, text: &str, from: usize, to: usize) -> Option<(usize, usize)> { let wanted = *self; last_char(text, from, to, |c| c == wanted) }
}
impl<F: FnMut(char) -> bool> Pattern for F {
    fn first(&mut self, text: &str, from: usize, to: usize) -> Option<(usize, usize)> { first_char(text, from, to, |c| self(c)) }
    fn last(&mut self, text: &str, from: usize, to: usize) -> Option<(usize, usize)> { last_char(text, from, to, |c| self(c)) }
}
impl<'p> Pattern for &'p [char] {
    fn first(&mut self, text: &str, from: usize, to: usize) -> Option<(usize, usize)> { first_char(text, from, to, |c| self.contains(&c)) }
    fn last(&mut self, text: &str, from: usize, to: usize) -> Option<(usize, usize)> { last_char(text, from, to, |c| self.contains(&c)) }
}
impl<const N: usize> Pattern for [char; N] {
    fn first(&mut self, text: &str, from: usize, to: usize) -> Option<(usize, usize)> { first_char(text, from, to, |c| self.contains(&c)) }
    fn last(&mut self, text: &str, from: usize, to: usize) -> Option<(usize, usize)> { last_char(text, from, to, |c| self.contains(&c)) }
}
impl<'p, const N: usize> Pattern for &'p [char; N] {
    fn first(&mut self, text: &str, from: usize, to: usize) -> Option<(usize, usize)> { first_char(text, from, to, |c| self.contains(&c)) }
    fn last(&mut self, text: &str, from: usize, to: usize) -> Option<(usize, usize)> { last_char(text, from, to, |c| self.contains(&c)) }
}
impl<'p> Pattern for &'p String {
    fn first(&mut self, text: &str, from: usize, to: usize) -> Option<(usize, usize)> { let mut inner = self.as_str(); inner.first(text, from, to) }
    fn last(&mut self, text: &str, from: usize, to: usize) -> Option<(usize, usize)> { let mut inner = self.as_str(); inner.last(text, from, to) }
    fn length(&self) -> Option<usize> { Some(self.len()) }
}
impl<'p, 'q> Pattern for &'q &'p str {
    fn first(&mut self, text: &str, from: usize, to: usize) -> Option<(usize, usize)> { let mut inner = **self; inner.first(text, from, to) }
    fn last(&mut self, text: &str, from: usize, to: usize) -> Option<(usize, usize)> { let mut inner = **self; inner.last(text, from, to) }
    fn length(&self) -> Option<usize> { Some(self.len()) }
}
fn matches_at(text: &[u8], at: usize, wanted: &[u8]) -> bool {
    let mut i = 0;
    while i < wanted.len() { if text[at + i] != wanted[i] { return false; } i += 1; }
    true
}
impl<'p> Pattern for &'p str {
    fn length(&self) -> Option<usize> { Some(self.len()) }
    fn first(&mut self, text: &str, from: usize, to: usize) -> Option<(usize, usize)> {
        let (bytes, wanted) = (str_bytes(text), str_bytes(*self));
        let mut at = from;
        while at + wanted.len() <= to {
            if matches_at(bytes, at, wanted) && text.is_char_boundary(at) { return Some((at, at + wanted.len())); }
            at += 1;
        }
        None
    }
    fn last(&mut self, text: &str, from: usize, to: usize) -> Option<(usize, usize)> {
        let (bytes, wanted) = (str_bytes(text), str_bytes(*self));
        let mut end = to;
        while end >= from + wanted.len() {
            if matches_at(bytes, end - wanted.len(), wanted) && text.is_char_boundary(end) { return Some((end - wanted.len(), end)); }
            if end == 0 { return None; }
            end -= 1;
        }
        None
    }
}

impl str {
    pub fn into_string(self: Box<str>) -> String { String::from(&*self) }
    pub const fn len(&self) -> usize { str_len(self) }
    pub const fn is_empty(&self) -> bool { str_len(self) == 0 }
    pub const fn as_bytes(&self) -> &[u8] { str_bytes(self) }
    pub fn as_str(&self) -> &str { self }
    pub const fn is_char_boundary(&self, at: usize) -> bool {
        let n = str_len(self);
        if at >= n { at == n } else { *element(str_bytes(self), at) & 0xc0 != 0x80 }
    }
    pub fn get<I: StrIndex>(&self, index: I) -> Option<&str> { index.get(self) }
    pub fn chars(&self) -> Chars<'_> { Chars { text: self, at: 0, end: self.len() } }
    pub fn char_indices(&self) -> CharIndices<'_> { CharIndices { chars: self.chars() } }
    pub fn bytes(&self) -> crate::iter::Copied<crate::slice::Iter<'_, u8>> { str_bytes(self).iter().copied() }
    pub fn to_owned(&self) -> String { String::from(self) }
    pub const fn is_ascii(&self) -> bool { str_bytes(self).is_ascii() }
    pub fn contains<P: Pattern>(&self, mut pattern: P) -> bool { pattern.first(self, 0, self.len()).is_some() }
    pub fn find<P: Pattern>(&self, mut pattern: P) -> Option<usize> { match pattern.first(self, 0, self.len()) { Some((a, _)) => Some(a), None => None } }
    pub fn rfind<P: Pattern>(&self, mut pattern: P) -> Option<usize> { match pattern.last(self, 0, self.len()) { Some((a, _)) => Some(a), None => None } }
    pub fn starts_with<P: Pattern>(&self, pattern: P) -> bool { self.strip_prefix(pattern).is_some() }
    pub fn ends_with<P: Pattern>(&self, pattern: P) -> bool { self.strip_suffix(pattern).is_some() }
    pub fn strip_prefix<P: Pattern>(&self, mut pattern: P) -> Option<&str> {
        let end = match pattern.length() { Some(length) => length, None => measured(self, 1).0 };
        if end > self.len() { return None; }
        match pattern.first(self, 0, end) { Some(_) => Some(unchecked(self, end, self.len())), None => None }
    }
    pub fn strip_suffix<P: Pattern>(&self, mut pattern: P) -> Option<&str> {
        let start = match pattern.length() {
            Some(length) if length > self.len() => return None,
            Some(length) => self.len() - length,
            None => { let mut at = self.len(); while at > 0 { at -= 1; if self.is_char_boundary(at) { break; } } at }
        };
        match pattern.last(self, start, self.len()) { Some(_) => Some(unchecked(self, 0, start)), None => None }
    }
    pub fn split_once<P: Pattern>(&self, mut pattern: P) -> Option<(&str, &str)> {
        let (start, end) = pattern.first(self, 0, self.len())?;
        Some((unchecked(self, 0, start), unchecked(self, end, self.len())))
    }
    pub fn rsplit_once<P: Pattern>(&self, mut pattern: P) -> Option<(&str, &str)> {
        let (start, end) = pattern.last(self, 0, self.len())?;
        Some((unchecked(self, 0, start), unchecked(self, end, self.len())))
    }
    pub const fn from_utf8(bytes: &[u8]) -> Result<&str, Utf8Error> { from_utf8(bytes) }
    pub fn split_at_mut(&mut self, middle: usize) -> (&mut str, &mut str) {
        let (first, second) = self.split_at(middle);
        (unsafe_mut(first), unsafe_mut(second))
    }
    pub fn split_at_mut_checked(&mut self, middle: usize) -> Option<(&mut str, &mut str)> {
        if self.is_char_boundary(middle) { Some(self.split_at_mut(middle)) } else { None }
    }
    pub fn trim_left(&self) -> &str { self.trim_start() }
    pub fn trim_right(&self) -> &str { self.trim_end() }
    pub fn into_boxed_bytes(self: Box<str>) -> Box<[u8]> { self.into_string().into_bytes().into_boxed_slice() }
    #[track_caller]
    pub const fn split_at(&self, middle: usize) -> (&str, &str) {
        if !self.is_char_boundary(middle) { panic!("failed to slice string"); }
        (unchecked(self, 0, middle), unchecked(self, middle, self.len()))
    }
    pub fn split<P: Pattern>(&self, pattern: P) -> Split<'_, P> { split(self, pattern, usize::MAX, true, false) }
    pub fn splitn<P: Pattern>(&self, limit: usize, pattern: P) -> Split<'_, P> { split(self, pattern, limit, true, false) }
    pub fn split_terminator<P: Pattern>(&self, pattern: P) -> Split<'_, P> { split(self, pattern, usize::MAX, false, false) }
    pub fn split_inclusive<P: Pattern>(&self, pattern: P) -> Split<'_, P> { split(self, pattern, usize::MAX, false, true) }
    pub fn rsplit<P: Pattern>(&self, pattern: P) -> crate::iter::Rev<Split<'_, P>> { self.split(pattern).rev() }
    pub fn rsplitn<P: Pattern>(&self, limit: usize, pattern: P) -> RSplitN<'_, P> { RSplitN { split: self.split(pattern), limit } }
    pub fn split_whitespace(&self) -> SplitWhitespace<'_> { SplitWhitespace { text: self, from: 0 } }
    pub fn split_ascii_whitespace(&self) -> SplitAsciiWhitespace<'_> { SplitAsciiWhitespace { rest: self } }
    pub fn lines(&self) -> Lines<'_> { Lines { text: self, from: 0 } }
    pub fn matches<P: Pattern>(&self, pattern: P) -> Matches<'_, P> { Matches { text: self, from: 0, pattern } }
    pub fn match_indices<P: Pattern>(&self, pattern: P) -> MatchIndices<'_, P> { MatchIndices { text: self, from: 0, pattern } }
    pub fn trim(&self) -> &str { self.trim_start().trim_end() }
    pub fn trim_start(&self) -> &str { self.trim_start_matches(|c: char| c.is_whitespace()) }
    pub fn trim_end(&self) -> &str { self.trim_end_matches(|c: char| c.is_whitespace()) }
    pub fn trim_matches<P: Pattern>(&self, mut pattern: P) -> &str {
        let (mut from, mut to) = (0, self.len());
        loop { match pattern.first(self, from, to) { Some((start, end)) if start == from && end > from => from = end, _ => break } }
        loop { match pattern.last(self, from, to) { Some((start, end)) if end == to && start < to => to = start, _ => break } }
        unchecked(self, from, to)
    }
    pub fn trim_start_matches<P: Pattern>(&self, mut pattern: P) -> &str {
        let (mut from, to) = (0, self.len());
        loop { match pattern.first(self, from, to) { Some((start, end)) if start == from && end > from => from = end, _ => break } }
        unchecked(self, from, to)
    }
    pub fn trim_end_matches<P: Pattern>(&self, mut pattern: P) -> &str {
        let mut to = self.len();
        loop { match pattern.last(self, 0, to) { Some((start, end)) if end == to && start < to => to = start, _ => break } }
        unchecked(self, 0, to)
    }
    pub fn replace<P: Pattern>(&self, pattern: P, with: &str) -> String { self.replacen(pattern, with, usize::MAX) }
    pub fn replacen<P: Pattern>(&self, mut pattern: P, with: &str, count: usize) -> String {
        let mut made = String::with_capacity(self.len());
        let mut from = 0;
        let mut search = 0;
        let mut left = count;
        while left > 0 && search <= self.len() {
            match pattern.first(self, search, self.len()) {
                Some((start, end)) => {
                    made.push_str(unchecked(self, from, start));
                    made.push_str(with);
                    from = end;
                    search = if end > start { end } else { self.after(end) };
                }
                None => break,
            }
            left -= 1;
        }
        made.push_str(unchecked(self, from, self.len()));
        made
    }
    /// The position after the character at `at`.
    fn after(&self, at: usize) -> usize {
        let mut next = at + 1;
        while next < self.len() && !self.is_char_boundary(next) { next += 1; }
        next
    }
    pub fn repeat(&self, count: usize) -> String {
        let length = crate::slice::length_of_copies(self.len(), count);
        let mut made = String::with_capacity(length);
        while made.len() < length { made.push_str(self); }
        made
    }
    pub fn to_lowercase(&self) -> String { let mut made = String::with_capacity(self.len()); for c in self.chars() { made.push(crate::char::lower(c)); } made }
    pub fn to_uppercase(&self) -> String { let mut made = String::with_capacity(self.len()); for c in self.chars() { made.extend(c.to_uppercase()); } made }
    pub fn to_ascii_lowercase(&self) -> String { self.chars().map(|c| c.to_ascii_lowercase()).collect() }
    pub fn to_ascii_uppercase(&self) -> String { self.chars().map(|c| c.to_ascii_uppercase()).collect() }
    pub fn make_ascii_lowercase(&mut self) { unsafe_mut(str_bytes(self)).make_ascii_lowercase(); }
    pub fn make_ascii_uppercase(&mut self) { unsafe_mut(str_bytes(self)).make_ascii_uppercase(); }
    pub const fn trim_ascii(&self) -> &str { self.trim_ascii_start().trim_ascii_end() }
    pub const fn trim_ascii_start(&self) -> &str { str_from_bytes(str_bytes(self).trim_ascii_start()) }
    pub const fn trim_ascii_end(&self) -> &str { str_from_bytes(str_bytes(self).trim_ascii_end()) }
    pub const fn split_at_checked(&self, middle: usize) -> Option<(&str, &str)> { if self.is_char_boundary(middle) { Some(self.split_at(middle)) } else { None } }
    pub const fn floor_char_boundary(&self, at: usize) -> usize {
        if at >= self.len() { return self.len(); }
        let mut found = at;
        while !self.is_char_boundary(found) { found -= 1; }
        found
    }
    pub const fn ceil_char_boundary(&self, at: usize) -> usize { if at >= self.len() || self.is_char_boundary(at) { self.floor_char_boundary(at) } else { self.after(at) } }
    pub fn rsplit_terminator<P: Pattern>(&self, pattern: P) -> crate::iter::Rev<Split<'_, P>> { self.split_terminator(pattern).rev() }
    pub fn rmatches<P: Pattern>(&self, pattern: P) -> crate::vec::IntoIter<&str> { let mut found: Vec<&str> = self.rmatch_indices(pattern).map(|m| m.1).collect(); found.into_iter() }
    pub fn rmatch_indices<P: Pattern>(&self, mut pattern: P) -> crate::vec::IntoIter<(usize, &str)> {
        let mut found = Vec::new();
        let mut to = self.len();
        while let Some((start, end)) = pattern.last(self, 0, to) {
            found.push((start, unchecked(self, start, end)));
            if start == end { if start == 0 { break; } to = self.floor_char_boundary(start - 1); } else { to = start; }
        }
        found.into_iter()
    }
    pub fn encode_utf16(&self) -> EncodeUtf16<'_> { EncodeUtf16 { chars: self.chars(), second: None } }
    pub fn escape_unicode(&self) -> Escaped<'_> { Escaped { chars: self.chars(), how: 0, current: None } }
    pub fn escape_default(&self) -> Escaped<'_> { Escaped { chars: self.chars(), how: 1, current: None } }
    pub fn escape_debug(&self) -> Escaped<'_> { Escaped { chars: self.chars(), how: 2, current: None } }
    pub const fn eq_ignore_ascii_case(&self, other: &str) -> bool { self.as_bytes().eq_ignore_ascii_case(other.as_bytes()) }
    pub fn parse<F: FromStr>(&self) -> Result<F, F::Err> { F::from_str(self) }
}

#[derive(Clone)]
pub struct Chars<'a> { text: &'a str, at: usize, end: usize }
impl<'a> Chars<'a> {
    pub fn as_str(&self) -> &'a str { unchecked(self.text, self.at, self.end) }
    fn byte(&mut self) -> u32 {
        self.at += 1;
        *element(str_bytes(self.text), self.at - 1) as u32
    }
}
impl<'a> fmt::Debug for Chars<'a> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.write_str("Chars(")?; f.debug_list().entries(self.clone()).finish()?; f.write_str(")") }
}
impl<'a> Iterator for Chars<'a> {
    type Item = char;
    fn next(&mut self) -> Option<char> {
        if self.at == self.end { return None; }
        let mut code = self.byte();
        if code >= 0x80 {
            // One byte follows for every leading one but the first; the value's first bits are behind those.
            let mut more = (!(code << 24)).leading_zeros() - 1;
            code &= 0x3f >> more;
            while more > 0 {
                code = code << 6 | self.byte() & 0x3f;
                more -= 1;
            }
        }
        Some(char_from_u32_unchecked(code))
    }
    fn size_hint(&self) -> (usize, Option<usize>) { ((self.end - self.at + 3) / 4, Some(self.end - self.at)) }
}
impl<'a> DoubleEndedIterator for Chars<'a> {
    fn next_back(&mut self) -> Option<char> {
        if self.at == self.end { return None; }
        let bytes = str_bytes(self.text);
        let mut start = self.end - 1;
        while *element(bytes, start) & 0xc0 == 0x80 { start -= 1; }
        let c = Chars { text: self.text, at: start, end: self.end }.next();
        self.end = start;
        c
    }
}
#[derive(Clone)]
pub struct CharIndices<'a> { chars: Chars<'a> }
impl<'a> CharIndices<'a> {
    pub fn offset(&self) -> usize { self.chars.at }
    pub fn as_str(&self) -> &'a str { self.chars.as_str() }
}
impl<'a> Iterator for CharIndices<'a> {
    type Item = (usize, char);
    fn next(&mut self) -> Option<(usize, char)> {
        let at = self.chars.at;
        match self.chars.next() { Some(c) => Some((at, c)), None => None }
    }
}
impl<'a> DoubleEndedIterator for CharIndices<'a> {
    fn next_back(&mut self) -> Option<(usize, char)> {
        match self.chars.next_back() { Some(c) => Some((self.chars.end, c)), None => None }
    }
}
/// The next piece starts at `from`, the next match is looked for from `search` on.
#[derive(Clone)]
pub struct Split<'a, P> { text: &'a str, from: usize, to: usize, search: usize, behind: usize, done: bool, pattern: P, limit: usize, keep_last: bool, inclusive: bool }
fn split<P: Pattern>(text: &str, pattern: P, limit: usize, keep_last: bool, inclusive: bool) -> Split<'_, P> {
    Split { text, from: 0, to: text.len(), search: 0, behind: text.len(), done: limit == 0, pattern, limit, keep_last, inclusive }
}
impl<'a, P: Pattern> Iterator for Split<'a, P> {
    type Item = &'a str;
    fn next(&mut self) -> Option<&'a str> {
        if self.done { return None; }
        let behind = self.behind;
        if self.limit > 1 && self.search <= behind {
            if let Some((start, end)) = self.pattern.first(self.text, self.search, behind) {
                self.limit -= 1;
                self.search = if end > start { end } else if end < behind { self.text.after(end) } else { end + 1 };
                let from = self.from;
                self.from = end;
                return Some(unchecked(self.text, from, if self.inclusive { end } else { start }));
            }
        }
        self.done = true;
        if !self.keep_last && self.from == self.to { return None; }
        Some(unchecked(self.text, self.from, self.to))
    }
}
impl<'a, P: Pattern> Split<'a, P> {
    /// The last match that was not found from behind yet. After an empty one the next is a character further left.
    fn last(&mut self) -> Option<(usize, usize)> {
        if self.limit < 2 || self.behind < self.from { return None; }
        let (start, end) = self.pattern.last(self.text, self.from, self.behind)?;
        self.behind = if end > start { start } else if start > 0 { self.text.floor_char_boundary(start - 1) } else { self.limit = 1; 0 };
        Some((start, end))
    }
}
impl<'a, P: Pattern> DoubleEndedIterator for Split<'a, P> {
    fn next_back(&mut self) -> Option<&'a str> {
        if self.done { return None; }
        if !self.keep_last {
            self.keep_last = true;
            match self.next_back() {
                Some(part) if !part.is_empty() => return Some(part),
                _ => if self.done { return None; },
            }
        }
        let to = self.to;
        if let Some((start, end)) = self.last() {
            self.to = if self.inclusive { end } else { start };
            return Some(unchecked(self.text, end, to));
        }
        self.done = true;
        Some(unchecked(self.text, self.from, to))
    }
}
#[derive(Clone)]
pub struct SplitWhitespace<'a> { text: &'a str, from: usize }
impl<'a> Iterator for SplitWhitespace<'a> {
    type Item = &'a str;
    fn next(&mut self) -> Option<&'a str> {
        let rest = unchecked(self.text, self.from, self.text.len()).trim_start();
        if rest.is_empty() { return None; }
        let end = match rest.find(|c: char| c.is_whitespace()) { Some(at) => at, None => rest.len() };
        self.from = self.text.len() - rest.len() + end;
        Some(unchecked(rest, 0, end))
    }
}
#[derive(Clone)]
pub struct SplitAsciiWhitespace<'a> { rest: &'a str }
impl<'a> Iterator for SplitAsciiWhitespace<'a> {
    type Item = &'a str;
    fn next(&mut self) -> Option<&'a str> {
        let rest = self.rest.trim_ascii_start();
        if rest.is_empty() { return None; }
        let end = match rest.find(|c: char| c.is_ascii_whitespace()) { Some(at) => at, None => rest.len() };
        self.rest = unchecked(rest, end, rest.len());
        Some(unchecked(rest, 0, end))
    }
}
#[derive(Clone)]
pub struct Lines<'a> { text: &'a str, from: usize }
impl<'a> Iterator for Lines<'a> {
    type Item = &'a str;
    fn next(&mut self) -> Option<&'a str> {
        let n = self.text.len();
        if self.from >= n { return None; }
        let bytes = str_bytes(self.text);
        let start = self.from;
        let mut end = start;
        while end < n && bytes[end] != b'\n' { end += 1; }
        self.from = end + 1;
        if end < n && end > start && bytes[end - 1] == b'\r' { end -= 1; }
        Some(unchecked(self.text, start, end))
    }
}
pub struct Matches<'a, P> { text: &'a str, from: usize, pattern: P }
impl<'a, P: Pattern> Iterator for Matches<'a, P> {
    type Item = &'a str;
    fn next(&mut self) -> Option<&'a str> {
        if self.from > self.text.len() { return None; }
        let (start, end) = self.pattern.first(self.text, self.from, self.text.len())?;
        self.from = if end > start { end } else { self.text.after(end) };
        Some(unchecked(self.text, start, end))
    }
}
pub struct MatchIndices<'a, P> { text: &'a str, from: usize, pattern: P }
impl<'a, P: Pattern> Iterator for MatchIndices<'a, P> {
    type Item = (usize, &'a str);
    fn next(&mut self) -> Option<(usize, &'a str)> {
        if self.from > self.text.len() { return None; }
        let (start, end) = self.pattern.first(self.text, self.from, self.text.len())?;
        self.from = if end > start { end } else { self.text.after(end) };
        Some((start, unchecked(self.text, start, end)))
    }
}

pub struct RSplitN<'a, P> { split: Split<'a, P>, limit: usize }
impl<'a, P: Pattern> Iterator for RSplitN<'a, P> {
    type Item = &'a str;
    fn next(&mut self) -> Option<&'a str> {
        if self.limit == 0 { return None; }
        self.limit -= 1;
        if self.limit == 0 { self.split.limit = 1; }
        self.split.next_back()
    }
}
impl<'a> DoubleEndedIterator for Lines<'a> {
    fn next_back(&mut self) -> Option<&'a str> {
        let bytes = str_bytes(self.text);
        let mut end = bytes.len();
        if self.from >= end { return None; }
        if bytes[end - 1] == b'\n' { end -= 1; }
        let mut start = end;
        while start > self.from && bytes[start - 1] != b'\n' { start -= 1; }
        self.text = unchecked(self.text, 0, start);
        if end > start && bytes[end - 1] == b'\r' && end < bytes.len() { end -= 1; }
        Some(str_from_bytes(&bytes[start..end]))
    }
}
impl<'a> DoubleEndedIterator for SplitWhitespace<'a> {
    fn next_back(&mut self) -> Option<&'a str> {
        let rest = unchecked(self.text, self.from, self.text.len()).trim_end();
        if rest.trim_start().is_empty() { return None; }
        let start = match rest.char_indices().rev().find(|(_, c)| c.is_whitespace()) { Some((at, c)) => at + c.len_utf8(), None => 0 };
        self.text = unchecked(self.text, 0, self.from + start);
        Some(unchecked(rest, start, rest.len()))
    }
}

/// The UTF-16 of a text.
#[derive(Clone, Debug)]
pub struct EncodeUtf16<'a> { chars: Chars<'a>, second: Option<u16> }
impl<'a> Iterator for EncodeUtf16<'a> {
    type Item = u16;
    fn next(&mut self) -> Option<u16> {
        if let Some(unit) = self.second.take() { return Some(unit); }
        let c = self.chars.next()?;
        if c.len_utf16() == 2 { self.second = Some(crate::char::utf16_unit(c, 1)); }
        Some(crate::char::utf16_unit(c, 0))
    }
}

/// A text's characters, each escaped: as `char::escape_unicode`, `escape_default` and, from 2 on, `escape_debug` do, the last but for
/// characters that continue one before them (3).
#[derive(Clone, Debug)]
pub struct Escaped<'a> { chars: Chars<'a>, how: u8, current: Option<crate::char::Escape> }
impl<'a> Iterator for Escaped<'a> {
    type Item = char;
    fn next(&mut self) -> Option<char> {
        loop {
            if let Some(escape) = &mut self.current { if let Some(c) = escape.next() { return Some(c); } }
            let c = self.chars.next()?;
            self.current = Some(match self.how {
                0 => c.escape_unicode(),
                1 => c.escape_default(),
                3 if crate::char::extends(c) => crate::char::Escape::of(c, true, true, true),
                _ => { self.how = 3; c.escape_debug() }
            });
        }
    }
}
impl<'a> fmt::Display for Escaped<'a> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for c in self.clone() { f.write_char(c)?; }
        Ok(())
    }
}
