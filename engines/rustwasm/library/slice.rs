//! std::slice.

use crate::borrow::Borrow;
use crate::cmp::Ordering;
use crate::intrinsics::{slice_len, slice_part, slice_part_mut, unsafe_mut};
use crate::ops::{Bound, Index, IndexMut, Range, RangeBounds, RangeFrom, RangeFull, RangeInclusive, RangeTo, RangeToInclusive};
use crate::raw::*;

/// The element at an index that the slice has: nobody looks.
pub fn element<T>(slice: &[T], index: usize) -> &T { &slice_part(slice, index, 1)[0] }
pub fn element_mut<T>(slice: &mut [T], index: usize) -> &mut T { &mut slice_part_mut(slice, index, 1)[0] }

/// Start and end of a range in something of `length` elements; panics where it does not fit.
#[track_caller]
pub fn bounds<R: RangeBounds<usize>>(range: &R, length: usize) -> (usize, usize) {
    let start = match range.start_bound() { Bound::Included(x) => *x, Bound::Excluded(x) => *x + 1, Bound::Unbounded => 0 };
    let end = match range.end_bound() { Bound::Included(x) => *x + 1, Bound::Excluded(x) => *x, Bound::Unbounded => length };
    check(start, end, length);
    (start, end)
}
#[track_caller]
fn check(start: usize, end: usize, length: usize) {
    if start > end { crate::panicking::panic_numbers("slice index starts at ", start, " but ends at ", end, ""); }
    if end > length { crate::panicking::panic_numbers("range end index ", end, " out of range for slice of length ", length, ""); }
}

/// What slices and vectors can be indexed by.
pub trait SliceIndex<T> {
    type Output: ?Sized;
    fn get(self, slice: &[T]) -> Option<&Self::Output>;
    fn get_mut(self, slice: &mut [T]) -> Option<&mut Self::Output>;
    fn index(self, slice: &[T]) -> &Self::Output;
    fn index_mut(self, slice: &mut [T]) -> &mut Self::Output;
}
impl<T> SliceIndex<T> for usize {
    type Output = T;
    fn get(self, slice: &[T]) -> Option<&T> { if self < slice_len(slice) { Some(&slice[self]) } else { None } }
    fn get_mut(self, slice: &mut [T]) -> Option<&mut T> { if self < slice_len(slice) { Some(&mut slice[self]) } else { None } }
    #[track_caller]
    fn index(self, slice: &[T]) -> &T { &slice[self] }
    #[track_caller]
    fn index_mut(self, slice: &mut [T]) -> &mut T { &mut slice[self] }
}
impl<T> SliceIndex<T> for Range<usize> {
    type Output = [T];
    fn get(self, slice: &[T]) -> Option<&[T]> {
        if self.start <= self.end && self.end <= slice_len(slice) { Some(slice_part(slice, self.start, self.end - self.start)) } else { None }
    }
    fn get_mut(self, slice: &mut [T]) -> Option<&mut [T]> {
        if self.start <= self.end && self.end <= slice_len(slice) { Some(slice_part_mut(slice, self.start, self.end - self.start)) } else { None }
    }
    #[track_caller]
    fn index(self, slice: &[T]) -> &[T] {
        check(self.start, self.end, slice_len(slice));
        slice_part(slice, self.start, self.end - self.start)
    }
    #[track_caller]
    fn index_mut(self, slice: &mut [T]) -> &mut [T] {
        check(self.start, self.end, slice_len(slice));
        slice_part_mut(slice, self.start, self.end - self.start)
    }
}
impl<T> SliceIndex<T> for RangeTo<usize> {
    type Output = [T];
    fn get(self, slice: &[T]) -> Option<&[T]> { (0..self.end).get(slice) }
    fn get_mut(self, slice: &mut [T]) -> Option<&mut [T]> { (0..self.end).get_mut(slice) }
    #[track_caller]
    fn index(self, slice: &[T]) -> &[T] { SliceIndex::index(0..self.end, slice) }
    #[track_caller]
    fn index_mut(self, slice: &mut [T]) -> &mut [T] { SliceIndex::index_mut(0..self.end, slice) }
}
impl<T> SliceIndex<T> for RangeFrom<usize> {
    type Output = [T];
    fn get(self, slice: &[T]) -> Option<&[T]> { (self.start..slice_len(slice)).get(slice) }
    fn get_mut(self, slice: &mut [T]) -> Option<&mut [T]> { let end = slice_len(slice); (self.start..end).get_mut(slice) }
    #[track_caller]
    fn index(self, slice: &[T]) -> &[T] {
        let end = slice_len(slice);
        if self.start > end { crate::panicking::panic_numbers("range start index ", self.start, " out of range for slice of length ", end, ""); }
        slice_part(slice, self.start, end - self.start)
    }
    #[track_caller]
    fn index_mut(self, slice: &mut [T]) -> &mut [T] {
        let end = slice_len(slice);
        if self.start > end { crate::panicking::panic_numbers("range start index ", self.start, " out of range for slice of length ", end, ""); }
        slice_part_mut(slice, self.start, end - self.start)
    }
}
impl<T> SliceIndex<T> for RangeFull {
    type Output = [T];
    fn get(self, slice: &[T]) -> Option<&[T]> { Some(slice) }
    fn get_mut(self, slice: &mut [T]) -> Option<&mut [T]> { Some(slice) }
    fn index(self, slice: &[T]) -> &[T] { slice }
    fn index_mut(self, slice: &mut [T]) -> &mut [T] { slice }
}
impl<T> SliceIndex<T> for RangeInclusive<usize> {
    type Output = [T];
    fn get(self, slice: &[T]) -> Option<&[T]> { (*self.start()..*self.end() + 1).get(slice) }
    fn get_mut(self, slice: &mut [T]) -> Option<&mut [T]> { (*self.start()..*self.end() + 1).get_mut(slice) }
    #[track_caller]
    fn index(self, slice: &[T]) -> &[T] { SliceIndex::index(*self.start()..*self.end() + 1, slice) }
    #[track_caller]
    fn index_mut(self, slice: &mut [T]) -> &mut [T] { SliceIndex::index_mut(*self.start()..*self.end() + 1, slice) }
}
impl<T> SliceIndex<T> for RangeToInclusive<usize> {
    type Output = [T];
    fn get(self, slice: &[T]) -> Option<&[T]> { (0..self.end + 1).get(slice) }
    fn get_mut(self, slice: &mut [T]) -> Option<&mut [T]> { (0..self.end + 1).get_mut(slice) }
    #[track_caller]
    fn index(self, slice: &[T]) -> &[T] { SliceIndex::index(0..self.end + 1, slice) }
    #[track_caller]
    fn index_mut(self, slice: &mut [T]) -> &mut [T] { SliceIndex::index_mut(0..self.end + 1, slice) }
}
impl<T, I: SliceIndex<T>> Index<I> for [T] {
    type Output = I::Output;
    #[track_caller]
    fn index(&self, index: I) -> &I::Output { index.index(self) }
}
impl<T, I: SliceIndex<T>> IndexMut<I> for [T] {
    #[track_caller]
    fn index_mut(&mut self, index: I) -> &mut I::Output { index.index_mut(self) }
}

impl<T> [T] {
    pub const fn len(&self) -> usize { slice_len(self) }
    pub const fn is_empty(&self) -> bool { slice_len(self) == 0 }
    pub fn get<I: SliceIndex<T>>(&self, index: I) -> Option<&I::Output> { index.get(self) }
    pub fn get_mut<I: SliceIndex<T>>(&mut self, index: I) -> Option<&mut I::Output> { index.get_mut(self) }
    pub const fn first(&self) -> Option<&T> { self.get(0) }
    pub const fn first_mut(&mut self) -> Option<&mut T> { self.get_mut(0) }
    pub const fn last(&self) -> Option<&T> { let n = self.len(); if n == 0 { None } else { Some(&self[n - 1]) } }
    pub const fn last_mut(&mut self) -> Option<&mut T> { let n = self.len(); if n == 0 { None } else { Some(&mut self[n - 1]) } }
    pub const fn split_first(&self) -> Option<(&T, &[T])> { if self.is_empty() { None } else { Some((&self[0], &self[1..])) } }
    pub const fn split_last(&self) -> Option<(&T, &[T])> {
        let n = self.len();
        if n == 0 { None } else { Some((&self[n - 1], &self[..n - 1])) }
    }
    pub const fn split_first_mut(&mut self) -> Option<(&mut T, &mut [T])> {
        if self.is_empty() { return None; }
        let n = self.len();
        Some((unsafe_mut(&self[0]), slice_part_mut(self, 1, n - 1)))
    }
    pub const fn split_last_mut(&mut self) -> Option<(&mut T, &mut [T])> {
        let n = self.len();
        if n == 0 { return None; }
        Some((unsafe_mut(&self[n - 1]), slice_part_mut(self, 0, n - 1)))
    }
    #[track_caller]
    pub const fn split_at(&self, middle: usize) -> (&[T], &[T]) {
        if middle > self.len() { panic!("mid > len"); }
        (slice_part(self, 0, middle), slice_part(self, middle, self.len() - middle))
    }
    #[track_caller]
    pub const fn split_at_mut(&mut self, middle: usize) -> (&mut [T], &mut [T]) {
        let length = self.len();
        if middle > length { panic!("mid > len"); }
        (unsafe_mut(slice_part(self, 0, middle)), unsafe_mut(slice_part(self, middle, length - middle)))
    }
    #[track_caller]
    pub const fn swap(&mut self, a: usize, b: usize) {
        let first = unsafe_mut(&self[a]);
        let second = unsafe_mut(&self[b]);
        crate::mem::swap(first, second);
    }
    pub const fn reverse(&mut self) {
        let mut low = 0;
        let mut high = self.len();
        while low + 1 < high {
            high -= 1;
            self.swap(low, high);
            low += 1;
        }
    }
    #[track_caller]
    pub const fn rotate_left(&mut self, by: usize) {
        let length = self.len();
        if by > length { panic!("assertion failed: mid <= self.len()"); }
        slice_part_mut(self, 0, by).reverse();
        slice_part_mut(self, by, length - by).reverse();
        self.reverse();
    }
    #[track_caller]
    pub const fn rotate_right(&mut self, by: usize) {
        let length = self.len();
        if by > length { panic!("assertion failed: k <= self.len()"); }
        self.rotate_left(length - by);
    }
    pub fn iter(&self) -> Iter<'_, T> { Iter { slice: self, at: 0, end: self.len() } }
    pub fn iter_mut(&mut self) -> IterMut<'_, T> { let end = self.len(); IterMut { slice: self, at: 0, end } }
    pub fn contains(&self, value: &T) -> bool where T: PartialEq {
        let mut i = 0;
        while i < self.len() { if self[i] == *value { return true; } i += 1; }
        false
    }
    pub fn starts_with(&self, other: &[T]) -> bool where T: PartialEq { self.len() >= other.len() && self[..other.len()] == *other }
    pub fn ends_with(&self, other: &[T]) -> bool where T: PartialEq { self.len() >= other.len() && self[self.len() - other.len()..] == *other }
    pub fn to_vec(&self) -> Vec<T> where T: Clone {
        let mut made = Vec::with_capacity(self.len());
        made.extend_from_slice(self);
        made
    }
    pub fn into_vec(self: Box<[T]>) -> Vec<T> {
        let length = self.len();
        Vec::of_slots(box_into_slots(self), length)
    }
    pub fn repeat(&self, count: usize) -> Vec<T> where T: Copy {
        let length = length_of_copies(self.len(), count);
        let mut made = Vec::with_capacity(length);
        while made.len() < length { made.extend_from_slice(self); }
        made
    }
    pub fn fill(&mut self, value: T) where T: Clone {
        let mut i = 0;
        while i < self.len() { self[i] = value.clone(); i += 1; }
    }
    #[track_caller]
    pub const fn copy_from_slice(&mut self, other: &[T]) where T: Copy {
        if self.len() != other.len() { crate::panicking::panic_numbers("copy_from_slice: source slice length (", other.len(), ") does not match destination slice length (", self.len(), ")"); }
        let mut i = 0;
        while i < other.len() { self[i] = other[i]; i += 1; }
    }
    #[track_caller]
    pub fn clone_from_slice(&mut self, other: &[T]) where T: Clone {
        if self.len() != other.len() { panic!("destination and source slices have different lengths"); }
        let mut i = 0;
        while i < other.len() { self[i] = other[i].clone(); i += 1; }
    }
    #[track_caller]
    pub fn copy_within<R: RangeBounds<usize>>(&mut self, from: R, to: usize) where T: Copy {
        let (start, end) = bounds(&from, self.len());
        let count = end - start;
        if to > self.len() - count { panic!("dest is out of bounds"); }
        if to <= start {
            let mut i = 0;
            while i < count { self[to + i] = self[start + i]; i += 1; }
        } else {
            let mut i = count;
            while i > 0 { i -= 1; self[to + i] = self[start + i]; }
        }
    }
    #[track_caller]
    pub fn chunks(&self, size: usize) -> Chunks<'_, T> {
        if size == 0 { panic!("chunk size must be non-zero"); }
        Chunks { rest: self, size }
    }
    #[track_caller]
    pub fn chunks_exact(&self, size: usize) -> ChunksExact<'_, T> {
        if size == 0 { panic!("chunk size must be non-zero"); }
        let (whole, remainder) = self.split_at(self.len() - self.len() % size);
        ChunksExact { whole: Chunks { rest: whole, size }, remainder }
    }
    #[track_caller]
    pub fn chunks_mut(&mut self, size: usize) -> ChunksMut<'_, T> {
        if size == 0 { panic!("chunk size must be non-zero"); }
        ChunksMut { rest: self, size }
    }
    #[track_caller]
    pub fn windows(&self, size: usize) -> Windows<'_, T> {
        if size == 0 { panic!("window size must be non-zero"); }
        Windows { slice: self, at: 0, size }
    }
    pub fn split<F: FnMut(&T) -> bool>(&self, separator: F) -> Split<'_, T, F> { Split { rest: Some(self), separator } }
    pub fn concat<U: ?Sized>(&self) -> T::Output where T: Concat<U> { T::concat(self) }
    pub fn join<S>(&self, separator: S) -> T::Output where T: Join<S> { T::join(self, separator) }
    pub fn binary_search(&self, value: &T) -> Result<usize, usize> where T: Ord { self.binary_search_by(|x| x.cmp(value)) }
    pub fn binary_search_by_key<K: Ord, F: FnMut(&T) -> K>(&self, value: &K, mut key: F) -> Result<usize, usize> {
        self.binary_search_by(|x| key(x).cmp(value))
    }
    pub fn binary_search_by<F: FnMut(&T) -> Ordering>(&self, mut compare: F) -> Result<usize, usize> {
        let mut size = self.len();
        if size == 0 { return Err(0); }
        let mut base = 0;
        while size > 1 {
            let half = size / 2;
            let middle = base + half;
            if compare(&self[middle]) != Ordering::Greater { base = middle; }
            size -= half;
        }
        match compare(&self[base]) {
            Ordering::Equal => Ok(base),
            Ordering::Less => Err(base + 1),
            Ordering::Greater => Err(base),
        }
    }
    pub fn partition_point<F: FnMut(&T) -> bool>(&self, mut before: F) -> usize {
        let mut low = 0;
        let mut high = self.len();
        while low < high {
            let middle = low + (high - low) / 2;
            if before(&self[middle]) { low = middle + 1; } else { high = middle; }
        }
        low
    }
    pub fn is_sorted(&self) -> bool where T: PartialOrd {
        let mut i = 1;
        while i < self.len() { if !(self[i - 1] <= self[i]) { return false; } i += 1; }
        true
    }
    pub fn sort(&mut self) where T: Ord { self.sort_by(|a, b| a.cmp(b)); }
    pub fn sort_unstable(&mut self) where T: Ord { self.sort_by(|a, b| a.cmp(b)); }
    pub fn sort_by_key<K: Ord, F: FnMut(&T) -> K>(&mut self, mut key: F) { self.sort_by(|a, b| key(a).cmp(&key(b))); }
    pub fn sort_unstable_by_key<K: Ord, F: FnMut(&T) -> K>(&mut self, mut key: F) { self.sort_by(|a, b| key(a).cmp(&key(b))); }
    pub fn sort_by_cached_key<K: Ord, F: FnMut(&T) -> K>(&mut self, mut key: F) { self.sort_by(|a, b| key(a).cmp(&key(b))); }
    pub fn sort_unstable_by<F: FnMut(&T, &T) -> Ordering>(&mut self, compare: F) { self.sort_by(compare); }
    /// Stable: sorts the positions by merging, from one half of a block to the other, then moves every element to its place
    /// by swaps.
    pub fn sort_by<F: FnMut(&T, &T) -> Ordering>(&mut self, mut compare: F) {
        let n = self.len();
        let order: RawArray<usize> = raw_array_new(n * 2);
        let (mut from, mut to) = (0, n);
        let mut at = 0;
        while at < n { raw_array_write(&order, at, at); at += 1; }
        let mut width = 1;
        while width < n {
            at = 0;
            while at < n {
                let middle = if n - at > width { at + width } else { n };
                let end = if n - middle > width { middle + width } else { n };
                let (mut a, mut b) = (at, middle);
                while at < end {
                    let second = a == middle || b < end
                        && compare(element(self, *raw_array_ref(&order, from + b)), element(self, *raw_array_ref(&order, from + a))) == Ordering::Less;
                    let taken = if second { b += 1; b } else { a += 1; a };
                    raw_array_write(&order, to + at, *raw_array_ref(&order, from + taken - 1));
                    at += 1;
                }
            }
            crate::mem::swap(&mut from, &mut to);
            width *= 2;
        }
        at = 0;
        while at < n {
            let mut source = *raw_array_ref(&order, from + at);
            while source < at { source = *raw_array_ref(&order, from + source); }
            crate::mem::swap(unsafe_mut(&slice_part(self, at, 1)[0]), unsafe_mut(&slice_part(self, source, 1)[0]));
            at += 1;
        }
        raw_array_free(&order);
    }
    #[track_caller]
    pub fn select_nth_unstable(&mut self, index: usize) -> (&mut [T], &mut T, &mut [T]) where T: Ord {
        let n = self.len();
        if index >= n { crate::panicking::panic_numbers("partition_at_index index ", index, " greater than length of slice ", n, ""); }
        self.sort();
        (unsafe_mut(slice_part(self, 0, index)), unsafe_mut(&self[index]), slice_part_mut(self, index + 1, n - index - 1))
    }
    pub fn select_nth_unstable_by<F: FnMut(&T, &T) -> Ordering>(&mut self, index: usize, compare: F) -> (&mut [T], &mut T, &mut [T]) {
        let n = self.len();
        if index >= n { crate::panicking::panic_numbers("partition_at_index index ", index, " greater than length of slice ", n, ""); }
        self.sort_by(compare);
        (unsafe_mut(slice_part(self, 0, index)), unsafe_mut(&self[index]), slice_part_mut(self, index + 1, n - index - 1))
    }
    pub fn select_nth_unstable_by_key<K: Ord, F: FnMut(&T) -> K>(&mut self, index: usize, mut key: F) -> (&mut [T], &mut T, &mut [T]) {
        self.select_nth_unstable_by(index, |a, b| key(a).cmp(&key(b)))
    }
    pub fn is_sorted_by<F: FnMut(&T, &T) -> bool>(&self, mut sorted: F) -> bool {
        let mut i = 1;
        while i < self.len() { if !sorted(&self[i - 1], &self[i]) { return false; } i += 1; }
        true
    }
    pub fn is_sorted_by_key<K: PartialOrd, F: FnMut(&T) -> K>(&self, mut key: F) -> bool { self.is_sorted_by(|a, b| key(a) <= key(b)) }
    pub fn fill_with<F: FnMut() -> T>(&mut self, mut make: F) { for place in self { *place = make(); } }
    #[track_caller]
    pub const fn swap_with_slice(&mut self, other: &mut [T]) {
        if self.len() != other.len() { panic!("destination and source slices have different lengths"); }
        let mut i = 0;
        while i < self.len() { crate::mem::swap(&mut self[i], &mut other[i]); i += 1; }
    }
    pub const fn split_at_checked(&self, middle: usize) -> Option<(&[T], &[T])> { if middle <= self.len() { Some(self.split_at(middle)) } else { None } }
    pub const fn split_at_mut_checked(&mut self, middle: usize) -> Option<(&mut [T], &mut [T])> { if middle <= self.len() { Some(self.split_at_mut(middle)) } else { None } }
    pub fn strip_prefix(&self, prefix: &[T]) -> Option<&[T]> where T: PartialEq { if self.starts_with(prefix) { Some(&self[prefix.len()..]) } else { None } }
    pub fn strip_suffix(&self, suffix: &[T]) -> Option<&[T]> where T: PartialEq { if self.ends_with(suffix) { Some(&self[..self.len() - suffix.len()]) } else { None } }
    pub fn chunk_by<F: FnMut(&T, &T) -> bool>(&self, together: F) -> ChunkBy<'_, T, F> { ChunkBy { rest: self, together } }
    pub fn split_inclusive<F: FnMut(&T) -> bool>(&self, separator: F) -> SplitInclusive<'_, T, F> { SplitInclusive { rest: self, separator } }
    pub fn splitn<F: FnMut(&T) -> bool>(&self, limit: usize, separator: F) -> SplitN<'_, T, F> { SplitN { inner: self.split(separator), left: limit } }
    pub fn rsplit<F: FnMut(&T) -> bool>(&self, separator: F) -> RSplit<'_, T, F> { RSplit { rest: Some(self), separator } }
    pub fn rsplitn<F: FnMut(&T) -> bool>(&self, limit: usize, separator: F) -> RSplitN<'_, T, F> { RSplitN { inner: self.rsplit(separator), left: limit } }
    #[track_caller]
    pub fn rchunks_exact(&self, size: usize) -> RChunks<'_, T> {
        if size == 0 { panic!("chunk size must be non-zero"); }
        RChunks { rest: &self[self.len() % size..], size }
    }
    #[track_caller]
    pub fn chunks_exact_mut(&mut self, size: usize) -> ChunksMut<'_, T> {
        if size == 0 { panic!("chunk size must be non-zero"); }
        let whole = self.len() - self.len() % size;
        ChunksMut { rest: slice_part_mut(self, 0, whole), size }
    }
    #[track_caller]
    pub fn rchunks(&self, size: usize) -> RChunks<'_, T> {
        if size == 0 { panic!("chunk size must be non-zero"); }
        RChunks { rest: self, size }
    }
}
impl [u8] {
    pub const fn make_ascii_lowercase(&mut self) { let mut i = 0; while i < self.len() { self[i] = self[i].to_ascii_lowercase(); i += 1; } }
    pub const fn make_ascii_uppercase(&mut self) { let mut i = 0; while i < self.len() { self[i] = self[i].to_ascii_uppercase(); i += 1; } }
    pub fn to_ascii_lowercase(&self) -> Vec<u8> { self.iter().map(|b| b.to_ascii_lowercase()).collect() }
    pub fn to_ascii_uppercase(&self) -> Vec<u8> { self.iter().map(|b| b.to_ascii_uppercase()).collect() }
    pub const fn trim_ascii(&self) -> &[u8] { self.trim_ascii_start().trim_ascii_end() }
    pub const fn trim_ascii_start(&self) -> &[u8] {
        let mut from = 0;
        while from < self.len() && self[from].is_ascii_whitespace() { from += 1; }
        &self[from..]
    }
    pub const fn trim_ascii_end(&self) -> &[u8] {
        let mut to = self.len();
        while to > 0 && self[to - 1].is_ascii_whitespace() { to -= 1; }
        &self[..to]
    }
    pub const fn is_ascii(&self) -> bool { self.iter().all(|b| *b < 128) }
    pub const fn eq_ignore_ascii_case(&self, other: &[u8]) -> bool {
        self.len() == other.len() && self.iter().zip(other.iter()).all(|(a, b)| a.eq_ignore_ascii_case(b))
    }
}

/// What `concat` puts together.
pub trait Concat<U: ?Sized> {
    type Output;
    fn concat(parts: &[Self]) -> Self::Output where Self: Sized;
}
impl<S: Borrow<str>> Concat<str> for S {
    type Output = String;
    fn concat(parts: &[S]) -> String {
        let mut made = String::new();
        for part in parts.iter() { made.push_str(part.borrow()); }
        made
    }
}
impl<T: Clone, V: Borrow<[T]>> Concat<T> for V {
    type Output = Vec<T>;
    fn concat(parts: &[V]) -> Vec<T> {
        let mut made = Vec::new();
        for part in parts.iter() { made.extend_from_slice(part.borrow()); }
        made
    }
}
/// What `join` puts together.
pub trait Join<S> {
    type Output;
    fn join(parts: &[Self], separator: S) -> Self::Output where Self: Sized;
}
impl<'b, S: Borrow<str>> Join<&'b str> for S {
    type Output = String;
    fn join(parts: &[S], separator: &'b str) -> String {
        let mut made = String::new();
        let mut first = true;
        for part in parts.iter() {
            if !first { made.push_str(separator); }
            first = false;
            made.push_str(part.borrow());
        }
        made
    }
}
impl<'b, T: Clone, V: Borrow<[T]>> Join<&'b T> for V {
    type Output = Vec<T>;
    fn join(parts: &[V], separator: &'b T) -> Vec<T> { join_slices(parts, |made| made.push(separator.clone())) }
}
impl<'b, T: Clone, V: Borrow<[T]>> Join<&'b [T]> for V {
    type Output = Vec<T>;
    fn join(parts: &[V], separator: &'b [T]) -> Vec<T> { join_slices(parts, |made| made.extend_from_slice(separator)) }
}
fn join_slices<T: Clone, V: Borrow<[T]>, F: Fn(&mut Vec<T>)>(parts: &[V], separate: F) -> Vec<T> {
    let mut made = Vec::new();
    let mut first = true;
    for part in parts.iter() {
        if !first { separate(&mut made); }
        first = false;
        made.extend_from_slice(part.borrow());
    }
    made
}

pub struct Iter<'a, T> { slice: &'a [T], at: usize, end: usize }
impl<'a, T> Iter<'a, T> { pub fn as_slice(&self) -> &'a [T] { slice_part(self.slice, self.at, self.end - self.at) } }
impl<'a, T> Clone for Iter<'a, T> { fn clone(&self) -> Iter<'a, T> { Iter { slice: self.slice, at: self.at, end: self.end } } }
impl<'a, T: crate::fmt::Debug> crate::fmt::Debug for Iter<'a, T> {
    fn fmt(&self, f: &mut crate::fmt::Formatter<'_>) -> crate::fmt::Result { f.debug_tuple("Iter").field(&self.as_slice()).finish() }
}
impl<'a, T> Iterator for Iter<'a, T> {
    type Item = &'a T;
    fn next(&mut self) -> Option<&'a T> {
        if self.at == self.end { return None; }
        self.at += 1;
        Some(element(self.slice, self.at - 1))
    }
    fn size_hint(&self) -> (usize, Option<usize>) { (self.end - self.at, Some(self.end - self.at)) }
    fn nth(&mut self, n: usize) -> Option<&'a T> {
        if n >= self.end - self.at { self.at = self.end; return None; }
        self.at += n;
        self.next()
    }
}
impl<'a, T> DoubleEndedIterator for Iter<'a, T> {
    fn next_back(&mut self) -> Option<&'a T> {
        if self.at == self.end { return None; }
        self.end -= 1;
        Some(element(self.slice, self.end))
    }
}
impl<'a, T> ExactSizeIterator for Iter<'a, T> {}
pub struct IterMut<'a, T> { slice: &'a mut [T], at: usize, end: usize }
impl<'a, T> Iterator for IterMut<'a, T> {
    type Item = &'a mut T;
    fn next(&mut self) -> Option<&'a mut T> {
        if self.at == self.end { return None; }
        self.at += 1;
        Some(unsafe_mut(&slice_part(self.slice, self.at - 1, 1)[0]))
    }
    fn size_hint(&self) -> (usize, Option<usize>) { (self.end - self.at, Some(self.end - self.at)) }
}
impl<'a, T> DoubleEndedIterator for IterMut<'a, T> {
    fn next_back(&mut self) -> Option<&'a mut T> {
        if self.at == self.end { return None; }
        self.end -= 1;
        Some(unsafe_mut(&slice_part(self.slice, self.end, 1)[0]))
    }
}
impl<'a, T> ExactSizeIterator for IterMut<'a, T> {}
impl<'a, T> IntoIterator for &'a [T] {
    type Item = &'a T;
    type IntoIter = Iter<'a, T>;
    fn into_iter(self) -> Iter<'a, T> { self.iter() }
}
impl<'a, T> IntoIterator for &'a mut [T] {
    type Item = &'a mut T;
    type IntoIter = IterMut<'a, T>;
    fn into_iter(self) -> IterMut<'a, T> { self.iter_mut() }
}

#[derive(Clone)]
pub struct Chunks<'a, T> { rest: &'a [T], size: usize }
impl<'a, T> Iterator for Chunks<'a, T> {
    type Item = &'a [T];
    fn next(&mut self) -> Option<&'a [T]> {
        let left = self.rest.len();
        if left == 0 { return None; }
        let count = if left < self.size { left } else { self.size };
        let (part, rest) = self.rest.split_at(count);
        self.rest = rest;
        Some(part)
    }
    fn size_hint(&self) -> (usize, Option<usize>) {
        let count = (self.rest.len() + self.size - 1) / self.size;
        (count, Some(count))
    }
}
impl<'a, T> DoubleEndedIterator for Chunks<'a, T> {
    fn next_back(&mut self) -> Option<&'a [T]> {
        let left = self.rest.len();
        if left == 0 { return None; }
        let odd = left % self.size;
        let (rest, last) = self.rest.split_at(left - if odd == 0 { self.size } else { odd });
        self.rest = rest;
        Some(last)
    }
}
impl<'a, T> ExactSizeIterator for Chunks<'a, T> {}
#[derive(Clone)]
pub struct ChunksExact<'a, T> { whole: Chunks<'a, T>, remainder: &'a [T] }
impl<'a, T> ChunksExact<'a, T> { pub fn remainder(&self) -> &'a [T] { self.remainder } }
impl<'a, T> Iterator for ChunksExact<'a, T> {
    type Item = &'a [T];
    fn next(&mut self) -> Option<&'a [T]> { self.whole.next() }
    fn size_hint(&self) -> (usize, Option<usize>) { self.whole.size_hint() }
}
impl<'a, T> DoubleEndedIterator for ChunksExact<'a, T> { fn next_back(&mut self) -> Option<&'a [T]> { self.whole.next_back() } }
impl<'a, T> ExactSizeIterator for ChunksExact<'a, T> {}
pub struct ChunksMut<'a, T> { rest: &'a mut [T], size: usize }
impl<'a, T> Iterator for ChunksMut<'a, T> {
    type Item = &'a mut [T];
    fn next(&mut self) -> Option<&'a mut [T]> {
        let left = self.rest.len();
        if left == 0 { return None; }
        let count = if left < self.size { left } else { self.size };
        let part = unsafe_mut(slice_part(self.rest, 0, count));
        self.rest = unsafe_mut(slice_part(self.rest, count, left - count));
        Some(part)
    }
}
#[derive(Clone)]
pub struct Windows<'a, T> { slice: &'a [T], at: usize, size: usize }
impl<'a, T> Iterator for Windows<'a, T> {
    type Item = &'a [T];
    fn next(&mut self) -> Option<&'a [T]> {
        if self.at + self.size > self.slice.len() { return None; }
        self.at += 1;
        Some(slice_part(self.slice, self.at - 1, self.size))
    }
    fn size_hint(&self) -> (usize, Option<usize>) {
        let count = if self.at + self.size > self.slice.len() { 0 } else { self.slice.len() - self.size - self.at + 1 };
        (count, Some(count))
    }
}
#[derive(Clone)]
pub struct Split<'a, T, F> { rest: Option<&'a [T]>, separator: F }
impl<'a, T, F: FnMut(&T) -> bool> Iterator for Split<'a, T, F> {
    type Item = &'a [T];
    fn next(&mut self) -> Option<&'a [T]> {
        let all = self.rest?;
        let mut i = 0;
        while i < all.len() {
            if (self.separator)(&all[i]) {
                self.rest = Some(&all[i + 1..]);
                return Some(&all[..i]);
            }
            i += 1;
        }
        self.rest = None;
        Some(all)
    }
}
pub struct RChunks<'a, T> { rest: &'a [T], size: usize }
impl<'a, T> Iterator for RChunks<'a, T> {
    type Item = &'a [T];
    fn next(&mut self) -> Option<&'a [T]> {
        let n = self.rest.len();
        if n == 0 { return None; }
        let from = if n > self.size { n - self.size } else { 0 };
        let part = slice_part(self.rest, from, n - from);
        self.rest = slice_part(self.rest, 0, from);
        Some(part)
    }
}

#[derive(Clone)]
pub struct ChunkBy<'a, T, F> { rest: &'a [T], together: F }
impl<'a, T, F: FnMut(&T, &T) -> bool> Iterator for ChunkBy<'a, T, F> {
    type Item = &'a [T];
    fn next(&mut self) -> Option<&'a [T]> {
        let all = self.rest;
        if all.is_empty() { return None; }
        let mut end = 1;
        while end < all.len() && (self.together)(&all[end - 1], &all[end]) { end += 1; }
        self.rest = &all[end..];
        Some(&all[..end])
    }
}
#[derive(Clone)]
pub struct SplitInclusive<'a, T, F> { rest: &'a [T], separator: F }
impl<'a, T, F: FnMut(&T) -> bool> Iterator for SplitInclusive<'a, T, F> {
    type Item = &'a [T];
    fn next(&mut self) -> Option<&'a [T]> {
        let all = self.rest;
        if all.is_empty() { return None; }
        let mut end = 0;
        while end < all.len() { end += 1; if (self.separator)(&all[end - 1]) { break; } }
        self.rest = &all[end..];
        Some(&all[..end])
    }
}
#[derive(Clone)]
pub struct SplitN<'a, T, F> { inner: Split<'a, T, F>, left: usize }
impl<'a, T, F: FnMut(&T) -> bool> Iterator for SplitN<'a, T, F> {
    type Item = &'a [T];
    fn next(&mut self) -> Option<&'a [T]> {
        if self.left == 0 { return None; }
        self.left -= 1;
        if self.left == 0 { self.inner.rest.take() } else { self.inner.next() }
    }
}
#[derive(Clone)]
pub struct RSplit<'a, T, F> { rest: Option<&'a [T]>, separator: F }
impl<'a, T, F: FnMut(&T) -> bool> Iterator for RSplit<'a, T, F> {
    type Item = &'a [T];
    fn next(&mut self) -> Option<&'a [T]> {
        let all = self.rest?;
        let mut i = all.len();
        while i > 0 {
            i -= 1;
            if (self.separator)(&all[i]) {
                self.rest = Some(&all[..i]);
                return Some(&all[i + 1..]);
            }
        }
        self.rest = None;
        Some(all)
    }
}
#[derive(Clone)]
pub struct RSplitN<'a, T, F> { inner: RSplit<'a, T, F>, left: usize }
impl<'a, T, F: FnMut(&T) -> bool> Iterator for RSplitN<'a, T, F> {
    type Item = &'a [T];
    fn next(&mut self) -> Option<&'a [T]> {
        if self.left == 0 { return None; }
        self.left -= 1;
        if self.left == 0 { self.inner.rest.take() } else { self.inner.next() }
    }
}

/// How much `count` copies of `len` elements take. Panics where no vector has room for them.
pub fn length_of_copies(len: usize, count: usize) -> usize {
    match len.checked_mul(count) {
        Some(length) if length <= isize::MAX as usize => length,
        _ => panic!("capacity overflow"),
    }
}
