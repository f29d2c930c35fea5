//! std::string.

use crate::cmp::Ordering;
use crate::fmt;
use crate::intrinsics::{str_bytes, str_from_bytes, unsafe_mut};
use crate::ops::{Add, AddAssign, Deref, DerefMut, Index, RangeBounds};
use crate::str::{Pattern, StrIndex, Utf8Error};

/// UTF-8 text that can grow.
#[lang]
pub struct String { bytes: Vec<u8> }

#[lang] fn string_new() -> String { String { bytes: Vec::new() } }

impl String {
    pub const fn new() -> String { String { bytes: Vec::new() } }
    pub fn with_capacity(capacity: usize) -> String { String { bytes: Vec::with_capacity(capacity) } }
    pub fn from_utf8(bytes: Vec<u8>) -> Result<String, FromUtf8Error> {
        match crate::str::from_utf8(&bytes) {
            Ok(_) => Ok(String { bytes }),
            Err(error) => Err(FromUtf8Error { bytes, error }),
        }
    }
    pub fn from_utf8_lossy(bytes: &[u8]) -> String {
        let mut made = String::new();
        let mut rest = bytes;
        loop {
            match crate::str::from_utf8(rest) {
                Ok(text) => { made.push_str(text); return made; }
                Err(error) => {
                    let good = error.valid_up_to();
                    made.push_str(str_from_bytes(&rest[..good]));
                    made.push('\u{fffd}');
                    match error.error_len() { Some(n) => rest = &rest[good + n..], None => return made }
                }
            }
        }
    }
    pub const fn as_str(&self) -> &str { str_from_bytes(self.bytes.as_slice()) }
    pub const fn as_mut_str(&mut self) -> &mut str { unsafe_mut(str_from_bytes(self.bytes.as_slice())) }
    pub const fn as_bytes(&self) -> &[u8] { self.bytes.as_slice() }
    pub const fn into_bytes(self) -> Vec<u8> { self.bytes }
    pub const fn len(&self) -> usize { self.bytes.len() }
    pub const fn is_empty(&self) -> bool { self.bytes.is_empty() }
    pub const fn capacity(&self) -> usize { self.bytes.capacity() }
    pub fn reserve(&mut self, additional: usize) { self.bytes.reserve(additional); }
    pub fn shrink_to_fit(&mut self) { self.bytes.shrink_to_fit(); }
    pub fn push_str(&mut self, text: &str) { self.bytes.extend_from_slice(str_bytes(text)); }
    pub fn push(&mut self, c: char) {
        let length = c.len_utf8();
        crate::char::put_utf8(c, length, self.bytes.spare(length));
        self.bytes.lengthen(length);
    }
    pub fn pop(&mut self) -> Option<char> {
        let c = self.as_str().chars().next_back()?;
        let length = self.len() - c.len_utf8();
        self.bytes.truncate(length);
        Some(c)
    }
    pub fn clear(&mut self) { self.bytes.clear(); }
    #[track_caller]
    pub fn truncate(&mut self, length: usize) {
        if length <= self.len() {
            if !self.is_char_boundary(length) { panic!("assertion failed: self.is_char_boundary(new_len)"); }
            self.bytes.truncate(length);
        }
    }
    #[track_caller]
    pub fn insert(&mut self, at: usize, c: char) {
        let mut buffer = [0u8; 4];
        self.insert_str(at, crate::char::utf8_in(c, &mut buffer));
    }
    #[track_caller]
    pub fn insert_str(&mut self, at: usize, text: &str) {
        if !self.is_char_boundary(at) { panic!("assertion failed: self.is_char_boundary(idx)"); }
        let mut rest = self.bytes.split_off(at);
        self.bytes.extend_from_slice(str_bytes(text));
        self.bytes.append(&mut rest);
    }
    #[track_caller]
    pub fn remove(&mut self, at: usize) -> char {
        let c = match self[at..].chars().next() { Some(c) => c, None => panic!("cannot remove a char from the end of a string") };
        self.bytes.drain(at..at + c.len_utf8());
        c
    }
    pub fn retain<F: FnMut(char) -> bool>(&mut self, mut keep: F) {
        let mut made = String::with_capacity(self.len());
        for c in self.chars() { if keep(c) { made.push(c); } }
        *self = made;
    }
    #[track_caller]
    pub fn split_off(&mut self, at: usize) -> String {
        if !self.is_char_boundary(at) { panic!("assertion failed: self.is_char_boundary(at)"); }
        String { bytes: self.bytes.split_off(at) }
    }
    #[track_caller]
    pub fn drain<R: RangeBounds<usize>>(&mut self, range: R) -> crate::vec::Drain<'_, char> {
        let (start, end) = crate::slice::bounds(&range, self.len());
        let taken: Vec<char> = self[start..end].chars().collect();
        self.bytes.drain(start..end);
        crate::iter::drained(self, taken.into_iter())
    }
    #[track_caller]
    pub fn replace_range<R: RangeBounds<usize>>(&mut self, range: R, with: &str) {
        let (start, end) = crate::slice::bounds(&range, self.len());
        let rest = self.split_off(end);
        self.truncate(start);
        self.push_str(with);
        self.push_str(&rest);
    }
    pub fn from_utf16(units: &[u16]) -> Result<String, FromUtf16Error> {
        let mut made = String::with_capacity(units.len());
        for one in crate::char::decode_utf16(units.iter().copied()) {
            match one { Ok(c) => made.push(c), Err(_) => return Err(FromUtf16Error(())) }
        }
        Ok(made)
    }
    pub fn from_utf16_lossy(units: &[u16]) -> String {
        crate::char::decode_utf16(units.iter().copied()).map(|one| one.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
    }
    pub fn extend_from_within<R: RangeBounds<usize>>(&mut self, range: R) {
        let (start, end) = crate::slice::bounds(&range, self.len());
        let more = String::from(&self[start..end]);
        self.push_str(&more);
    }
    pub fn reserve_exact(&mut self, additional: usize) { self.bytes.reserve(additional); }
    pub fn shrink_to(&mut self, capacity: usize) { self.bytes.shrink_to(capacity); }
    pub fn leak<'a>(self) -> &'a mut str { unsafe_mut(str_from_bytes(self.bytes.leak())) }
    pub fn into_boxed_str(self) -> Box<str> {
        let text: *mut str = unsafe_mut(str_from_bytes(Box::leak(self.into_bytes().into_boxed_slice())));
        crate::raw::box_from_raw(text)
    }
}
impl Deref for String { type Target = str; fn deref(&self) -> &str { self.as_str() } }
impl DerefMut for String { fn deref_mut(&mut self) -> &mut str { self.as_mut_str() } }
impl<I: StrIndex> Index<I> for String { type Output = str; #[track_caller] fn index(&self, index: I) -> &str { index.index(self.as_str()) } }
impl<I: StrIndex> Index<I> for str { type Output = str; #[track_caller] fn index(&self, index: I) -> &str { index.index(self) } }
impl Clone for String { fn clone(&self) -> String { String { bytes: self.bytes.clone() } } }
impl Default for String { fn default() -> String { String::new() } }
impl PartialEq for String { fn eq(&self, other: &String) -> bool { self.as_bytes() == other.as_bytes() } }
impl PartialEq<str> for String { fn eq(&self, other: &str) -> bool { self.as_bytes() == other.as_bytes() } }
impl<'a> PartialEq<&'a str> for String { fn eq(&self, other: &&'a str) -> bool { self.as_bytes() == other.as_bytes() } }
impl PartialEq<String> for str { fn eq(&self, other: &String) -> bool { self.as_bytes() == other.as_bytes() } }
impl<'a> PartialEq<String> for &'a str { fn eq(&self, other: &String) -> bool { self.as_bytes() == other.as_bytes() } }
impl Eq for String {}
impl PartialOrd for String { fn partial_cmp(&self, other: &String) -> Option<Ordering> { Some(self.cmp(other)) } }
impl Ord for String { fn cmp(&self, other: &String) -> Ordering { self.as_bytes().cmp(other.as_bytes()) } }
impl crate::hash::Hash for String { fn hash<H: crate::hash::Hasher>(&self, state: &mut H) { crate::hash::Hash::hash(self.as_str(), state); } }
impl<'a> From<&'a str> for String { fn from(text: &'a str) -> String { String { bytes: str_bytes(text).to_vec() } } }
impl<'a> From<&'a mut str> for String { fn from(text: &'a mut str) -> String { String { bytes: str_bytes(text).to_vec() } } }
impl<'a> From<&'a String> for String { fn from(text: &'a String) -> String { text.clone() } }
impl From<char> for String { fn from(c: char) -> String { let mut made = String::new(); made.push(c); made } }
impl From<Box<str>> for String { fn from(text: Box<str>) -> String { String::from(&*text) } }
impl AsRef<str> for String { fn as_ref(&self) -> &str { self.as_str() } }
impl AsRef<[u8]> for String { fn as_ref(&self) -> &[u8] { self.as_bytes() } }
impl<'a> Add<&'a str> for String { type Output = String; fn add(mut self, rhs: &'a str) -> String { self.push_str(rhs); self } }
impl<'a> Add<&'a String> for String { type Output = String; fn add(mut self, rhs: &'a String) -> String { self.push_str(rhs); self } }
impl<'a> AddAssign<&'a String> for String { fn add_assign(&mut self, rhs: &'a String) { self.push_str(rhs); } }
impl<'a> AddAssign<&'a str> for String { fn add_assign(&mut self, rhs: &'a str) { self.push_str(rhs); } }
impl Extend<char> for String { fn extend<I: IntoIterator<Item = char>>(&mut self, iter: I) { for c in iter { self.push(c); } } }
impl<'a> Extend<&'a char> for String { fn extend<I: IntoIterator<Item = &'a char>>(&mut self, iter: I) { for c in iter { self.push(*c); } } }
impl<'a> Extend<&'a str> for String { fn extend<I: IntoIterator<Item = &'a str>>(&mut self, iter: I) { for s in iter { self.push_str(s); } } }
impl Extend<String> for String { fn extend<I: IntoIterator<Item = String>>(&mut self, iter: I) { for s in iter { self.push_str(&s); } } }
impl FromIterator<char> for String { fn from_iter<I: IntoIterator<Item = char>>(iter: I) -> String { let mut made = String::new(); made.extend(iter); made } }
impl<'a> FromIterator<&'a char> for String { fn from_iter<I: IntoIterator<Item = &'a char>>(iter: I) -> String { let mut made = String::new(); made.extend(iter); made } }
impl<'a> FromIterator<&'a str> for String { fn from_iter<I: IntoIterator<Item = &'a str>>(iter: I) -> String { let mut made = String::new(); made.extend(iter); made } }
impl FromIterator<String> for String { fn from_iter<I: IntoIterator<Item = String>>(iter: I) -> String { let mut made = String::new(); made.extend(iter); made } }
impl fmt::Write for String {
    fn write_str(&mut self, text: &str) -> fmt::Result { self.push_str(text); Ok(()) }
}
impl fmt::Display for String {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.pad(self.as_str()) }
    fn fmt_plain(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.write_str(self.as_str()) }
}
impl fmt::Debug for String { fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { fmt::Debug::fmt(self.as_str(), f) } }
impl crate::str::FromStr for String { type Err = crate::convert::Infallible; fn from_str(text: &str) -> Result<String, crate::convert::Infallible> { Ok(String::from(text)) } }

#[derive(Debug)]
pub struct FromUtf16Error(());
impl fmt::Display for FromUtf16Error { fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.pad("invalid utf-16: lone surrogate found") } }
impl crate::error::Error for FromUtf16Error {}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FromUtf8Error { bytes: Vec<u8>, error: Utf8Error }
impl FromUtf8Error {
    pub fn into_bytes(self) -> Vec<u8> { self.bytes }
    pub fn as_bytes(&self) -> &[u8] { &self.bytes }
    pub fn utf8_error(&self) -> Utf8Error { self.error.clone() }
}
impl fmt::Display for FromUtf8Error { fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { fmt::Display::fmt(&self.error, f) } }
impl crate::error::Error for FromUtf8Error {}

pub trait ToString { fn to_string(&self) -> String; }
impl<T: fmt::Display + ?Sized> ToString for T {
    fn to_string(&self) -> String {
        let mut made = String::new();
        let mut f = fmt::fmt_writer(&mut made);
        let _ = self.fmt_plain(&mut f);
        made
    }
}
