//! GcString: text that is shared and does not change (docs/reference/wasm-gc.md).

use crate::cmp::Ordering;
use crate::fmt;
use crate::intrinsics::{str_bytes, str_from_bytes};
use crate::ops::{Add, AddAssign, Deref, Index, RangeBounds};
use crate::raw::*;
use crate::str::StrIndex;

/// UTF-8 text: `length` bytes of a shared block, from `start` on. Parts of it share the block.
#[lang]
#[wasm::gc]
pub struct GcString { block: RawArray<u8>, start: usize, length: usize }

#[wasm::gc]
impl GcString {
    pub fn new() -> GcString { GcString { block: raw_array_new(0), start: 0, length: 0 } }
    pub fn len(self) -> usize { self.length }
    pub fn is_empty(self) -> bool { self.length == 0 }
    /// The text followed by another, in a new block.
    pub fn concat(self, other: GcString) -> GcString {
        let block = raw_array_new(self.length + other.length);
        copy_bytes(self, &block, 0);
        copy_bytes(other, &block, self.length);
        GcString { block, start: 0, length: self.length + other.length }
    }
    pub fn repeat(self, count: usize) -> GcString {
        let block = raw_array_new(self.length * count);
        let mut i = 0;
        while i < count { copy_bytes(self, &block, i * self.length); i += 1; }
        GcString { block, start: 0, length: self.length * count }
    }
    /// Zero-copy: the part shares this text's block. Panics where the ends are not between characters.
    #[track_caller]
    pub fn slice<R: RangeBounds<usize>>(self, range: R) -> GcString {
        let (start, end) = crate::slice::bounds(&range, self.length);
        let _ = &self.as_str()[start..end];
        GcString { block: self.block, start: self.start + start, length: end - start }
    }
    /// Zero-copy, as `str::trim`.
    pub fn trim(self) -> GcString {
        let text = self.as_str();
        let start = self.length - text.trim_start().len();
        let length = text.trim().len();
        GcString { block: self.block, start: self.start + start, length }
    }
    /// The parts between occurrences of a separator, each sharing this text's block.
    pub fn split_by(self, separator: char) -> GcArray<GcString> {
        let parts = GcArray::new();
        let mut from = 0;
        let mut at = 0;
        for c in self.as_str().chars() {
            if c == separator { parts.push(self.slice(from..at)); from = at + c.len_utf8(); }
            at += c.len_utf8();
        }
        parts.push(self.slice(from..));
        parts
    }
    pub fn same(self, other: GcString) -> bool { crate::gc::same(self, other) }
}
fn copy_bytes(text: GcString, block: &RawArray<u8>, at: usize) {
    let bytes = str_bytes(text.as_str());
    let mut i = 0;
    while i < text.length { raw_array_write(block, at + i, bytes[i]); i += 1; }
}
impl GcString {
    pub fn as_str(&self) -> &str { str_from_bytes(raw_array_slice(&self.block, self.start, self.length)) }
    fn of(text: &str) -> GcString {
        let bytes = str_bytes(text);
        let block = raw_array_new(bytes.len());
        let mut i = 0;
        while i < bytes.len() { raw_array_write(&block, i, bytes[i]); i += 1; }
        GcString { block, start: 0, length: bytes.len() }
    }
}
impl<'a> From<&'a str> for GcString { fn from(text: &'a str) -> GcString { GcString::of(text) } }
/// Zero-copy: the string's memory becomes the text's.
impl From<String> for GcString {
    fn from(text: String) -> GcString {
        let (block, length, _) = text.into_bytes().into_parts();
        GcString { block, start: 0, length }
    }
}
impl From<char> for GcString { fn from(c: char) -> GcString { GcString::of(c.encode_utf8(&mut [0u8; 4])) } }
impl From<GcString> for String { fn from(text: GcString) -> String { String::from(text.as_str()) } }
impl Deref for GcString { type Target = str; fn deref(&self) -> &str { self.as_str() } }
impl<I: StrIndex> Index<I> for GcString { type Output = str; #[track_caller] fn index(&self, index: I) -> &str { index.index(self.as_str()) } }
impl Default for GcString { fn default() -> GcString { GcString::new() } }
impl PartialEq for GcString { fn eq(&self, other: &GcString) -> bool { *self.as_str() == *other.as_str() } }
impl PartialEq<str> for GcString { fn eq(&self, other: &str) -> bool { *self.as_str() == *other } }
impl<'a> PartialEq<&'a str> for GcString { fn eq(&self, other: &&'a str) -> bool { *self.as_str() == **other } }
impl PartialEq<String> for GcString { fn eq(&self, other: &String) -> bool { *self.as_str() == *other.as_str() } }
impl Eq for GcString {}
impl PartialOrd for GcString { fn partial_cmp(&self, other: &GcString) -> Option<Ordering> { Some(self.cmp(other)) } }
impl Ord for GcString { fn cmp(&self, other: &GcString) -> Ordering { self.as_str().cmp(other.as_str()) } }
impl crate::hash::Hash for GcString { fn hash<H: crate::hash::Hasher>(&self, state: &mut H) { crate::hash::Hash::hash(self.as_str(), state); } }
impl fmt::Display for GcString { fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { fmt::Display::fmt(self.as_str(), f) } }
impl fmt::Debug for GcString { fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { fmt::Debug::fmt(self.as_str(), f) } }
impl Add for GcString { type Output = GcString; fn add(self, other: GcString) -> GcString { self.concat(other) } }
impl<'a> Add<&'a str> for GcString { type Output = GcString; fn add(self, other: &'a str) -> GcString { self.concat(GcString::of(other)) } }
impl AddAssign for GcString { fn add_assign(&mut self, other: GcString) { *self = self.concat(other); } }
impl<'a> AddAssign<&'a str> for GcString { fn add_assign(&mut self, other: &'a str) { *self = self.concat(GcString::of(other)); } }
impl FromIterator<char> for GcString {
    fn from_iter<I: IntoIterator<Item = char>>(iter: I) -> GcString {
        let mut text = String::new();
        for c in iter { text.push(c); }
        GcString::from(text)
    }
}
impl AsRef<str> for GcString { fn as_ref(&self) -> &str { self.as_str() } }
