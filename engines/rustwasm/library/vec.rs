//! std::vec.

use crate::cmp::Ordering;
use crate::ops::{Deref, DerefMut, Index, IndexMut, RangeBounds, Bound};
use crate::raw::*;
use crate::slice::SliceIndex;

#[lang]
pub struct Vec<T> { array: RawArray<T>, length: usize, capacity: usize }

#[lang] fn vec_from_array<T, const N: usize>(array: [T; N]) -> Vec<T> { Vec { array: array_into_raw(array), length: N, capacity: N } }
#[lang] fn vec_from_elem<T: Clone>(value: T, count: usize) -> Vec<T> { Vec { array: filled(value, count), length: count, capacity: count } }
/// Slots that all hold a clone of the value, the last one itself. Lowerings fill memory with numbers at once.
#[lang = "raw_array_filled"]
fn filled<T: Clone>(value: T, count: usize) -> RawArray<T> {
    let array = raw_array_new(count);
    if count > 0 {
        let mut i = 0;
        while i < count - 1 { raw_array_write(&array, i, value.clone()); i += 1; }
        raw_array_write(&array, count - 1, value);
    }
    array
}

impl<T> Vec<T> {
    pub const fn new() -> Vec<T> { Vec { array: raw_array_new(0), length: 0, capacity: 0 } }
    pub fn with_capacity(capacity: usize) -> Vec<T> { Vec { array: raw_array_new(capacity), length: 0, capacity } }
    pub const fn len(&self) -> usize { self.length }
    pub const fn is_empty(&self) -> bool { self.length == 0 }
    pub const fn capacity(&self) -> usize { self.capacity }
    fn resize_to(&mut self, capacity: usize) {
        let bigger = raw_array_new(capacity);
        raw_array_copy(&self.array, 0, &bigger, 0, self.length);
        raw_array_free(&self.array);
        self.array = bigger;
        self.capacity = capacity;
    }
    fn grow(&mut self) { self.resize_to(if self.capacity < 4 { 4 } else { self.capacity * 2 }); }
    pub fn reserve(&mut self, additional: usize) {
        let wanted = self.length + additional;
        if wanted > self.capacity { self.resize_to(if wanted < self.capacity * 2 { self.capacity * 2 } else { wanted }); }
    }
    /// Slots behind the last element, room for which is made.
    pub(crate) fn spare(&mut self, count: usize) -> &mut [T] {
        self.reserve(count);
        raw_array_slice_mut(&mut self.array, self.length, count)
    }
    /// Elements were written to slots behind the last.
    pub(crate) fn lengthen(&mut self, by: usize) { self.length += by; }
    pub fn reserve_exact(&mut self, additional: usize) { self.reserve(additional); }
    pub fn shrink_to_fit(&mut self) { if self.capacity > self.length { self.resize_to(self.length); } }
    pub fn shrink_to(&mut self, capacity: usize) {
        let least = if capacity < self.length { self.length } else { capacity };
        if least < self.capacity { self.resize_to(least); }
    }
    pub const fn as_slice(&self) -> &[T] { raw_array_slice(&self.array, 0, self.length) }
    pub const fn as_mut_slice(&mut self) -> &mut [T] { raw_array_slice_mut(&mut self.array, 0, self.length) }
    pub fn push(&mut self, value: T) {
        if self.length == self.capacity { self.grow(); }
        raw_array_write(&self.array, self.length, value);
        self.length += 1;
    }
    pub fn pop(&mut self) -> Option<T> {
        if self.length == 0 { return None; }
        self.length -= 1;
        Some(raw_array_read(&self.array, self.length))
    }
    pub fn pop_if<F: FnOnce(&mut T) -> bool>(&mut self, predicate: F) -> Option<T> {
        if predicate(self.last_mut()?) { self.pop() } else { None }
    }
    #[track_caller]
    pub fn insert(&mut self, index: usize, value: T) {
        if index > self.length { crate::panicking::panic_numbers("insertion index (is ", index, ") should be <= len (is ", self.length, ")"); }
        if self.length == self.capacity { self.grow(); }
        raw_array_copy(&self.array, index, &self.array, index + 1, self.length - index);
        raw_array_write(&self.array, index, value);
        self.length += 1;
    }
    #[track_caller]
    pub fn remove(&mut self, index: usize) -> T {
        if index >= self.length { crate::panicking::panic_numbers("removal index (is ", index, ") should be < len (is ", self.length, ")"); }
        let value = raw_array_read(&self.array, index);
        raw_array_copy(&self.array, index + 1, &self.array, index, self.length - index - 1);
        self.length -= 1;
        value
    }
    #[track_caller]
    pub fn swap_remove(&mut self, index: usize) -> T {
        if index >= self.length { crate::panicking::panic_numbers("swap_remove index (is ", index, ") should be < len (is ", self.length, ")"); }
        let value = raw_array_read(&self.array, index);
        self.length -= 1;
        if index < self.length { raw_array_copy(&self.array, self.length, &self.array, index, 1); }
        value
    }
    pub fn truncate(&mut self, length: usize) {
        while self.length > length {
            self.length -= 1;
            drop(raw_array_read(&self.array, self.length));
        }
    }
    pub fn clear(&mut self) {
        let count = self.length;
        self.length = 0;
        let mut i = 0;
        while i < count { drop(raw_array_read(&self.array, i)); i += 1; }
    }
    pub fn append(&mut self, other: &mut Vec<T>) {
        self.reserve(other.length);
        raw_array_copy(&other.array, 0, &self.array, self.length, other.length);
        self.length += other.length;
        other.length = 0;
    }
    #[track_caller]
    pub fn split_off(&mut self, at: usize) -> Vec<T> {
        if at > self.length { crate::panicking::panic_numbers("`at` split index (is ", at, ") should be <= len (is ", self.length, ")"); }
        let count = self.length - at;
        let mut other = Vec::with_capacity(count);
        raw_array_copy(&self.array, at, &other.array, 0, count);
        other.length = count;
        self.length = at;
        other
    }
    pub fn extend_from_within<R: RangeBounds<usize>>(&mut self, range: R) where T: Clone {
        let (start, end) = crate::slice::bounds(&range, self.length);
        for i in start..end { let more = self[i].clone(); self.push(more); }
    }
    pub fn retain<F: FnMut(&T) -> bool>(&mut self, mut keep: F) {
        let count = self.length;
        self.length = 0;
        let mut at = 0;
        let mut i = 0;
        while i < count {
            if keep(raw_array_ref(&self.array, i)) {
                if at < i { raw_array_copy(&self.array, i, &self.array, at, 1); }
                at += 1;
            } else {
                drop(raw_array_read(&self.array, i));
            }
            i += 1;
        }
        self.length = at;
    }
    pub fn retain_mut<F: FnMut(&mut T) -> bool>(&mut self, mut keep: F) {
        let count = self.length;
        self.length = 0;
        let mut at = 0;
        let mut i = 0;
        while i < count {
            if keep(raw_array_mut(&mut self.array, i)) {
                if at < i { raw_array_copy(&self.array, i, &self.array, at, 1); }
                at += 1;
            } else {
                drop(raw_array_read(&self.array, i));
            }
            i += 1;
        }
        self.length = at;
    }
    pub fn dedup_by<F: FnMut(&mut T, &mut T) -> bool>(&mut self, mut same: F) {
        let count = self.length;
        if count < 2 { return; }
        let mut at = 1;
        let mut i = 1;
        while i < count {
            let before = crate::intrinsics::unsafe_mut(raw_array_ref(&self.array, at - 1));
            if same(raw_array_mut(&mut self.array, i), before) {
                drop(raw_array_read(&self.array, i));
            } else {
                if at < i { raw_array_copy(&self.array, i, &self.array, at, 1); }
                at += 1;
            }
            i += 1;
        }
        self.length = at;
    }
    pub fn dedup_by_key<K: PartialEq, F: FnMut(&mut T) -> K>(&mut self, mut key: F) { self.dedup_by(|a, b| key(a) == key(b)); }
    pub fn dedup(&mut self) where T: PartialEq { self.dedup_by(|a, b| *a == *b); }
    pub fn resize(&mut self, length: usize, value: T) where T: Clone {
        if length <= self.length { self.truncate(length); return; }
        self.reserve(length - self.length);
        while self.length + 1 < length { self.push(value.clone()); }
        self.push(value);
    }
    pub fn resize_with<F: FnMut() -> T>(&mut self, length: usize, mut f: F) {
        if length <= self.length { self.truncate(length); return; }
        while self.length < length { self.push(f()); }
    }
    pub fn extend_from_slice(&mut self, other: &[T]) where T: Clone {
        self.reserve(other.len());
        let mut i = 0;
        while i < other.len() {
            raw_array_write(&self.array, self.length, crate::slice::element(other, i).clone());
            self.length += 1;
            i += 1;
        }
    }
    pub fn drain<R: RangeBounds<usize>>(&mut self, range: R) -> Drain<'_, T> {
        let (start, end) = crate::slice::bounds(&range, self.length);
        let count = end - start;
        let mut taken = Vec::with_capacity(count);
        raw_array_copy(&self.array, start, &taken.array, 0, count);
        taken.length = count;
        raw_array_copy(&self.array, end, &self.array, start, self.length - end);
        self.length -= count;
        crate::iter::drained(self, taken.into_iter())
    }
    pub fn splice<R: RangeBounds<usize>, I: IntoIterator<Item = T>>(&mut self, range: R, with: I) -> Drain<'_, T> {
        let (start, end) = crate::slice::bounds(&range, self.length);
        let mut rest = self.split_off(end);
        let taken = self.split_off(start);
        self.extend(with);
        self.append(&mut rest);
        crate::iter::drained(self, taken.into_iter())
    }
    pub(crate) fn into_parts(self) -> (RawArray<T>, usize, usize) {
        let mut whole = self;
        let array = crate::mem::replace(&mut whole.array, raw_array_new(0));
        let parts = (array, whole.length, whole.capacity);
        crate::mem::forget(whole);
        parts
    }
    pub(crate) fn from_parts(array: RawArray<T>, length: usize, capacity: usize) -> Vec<T> { Vec { array, length, capacity } }
    pub(crate) fn of_slots(array: RawArray<T>, length: usize) -> Vec<T> { Vec { array, length, capacity: length } }
    pub fn into_boxed_slice(self) -> Box<[T]> {
        let mut whole = self;
        whole.shrink_to_fit();
        let elements: *mut [T] = raw_array_slice_mut(&mut whole.array, 0, whole.length);
        crate::mem::forget(whole);
        box_from_raw(elements)
    }
    pub fn leak<'a>(self) -> &'a mut [T] {
        let part = crate::intrinsics::unsafe_mut(self.as_slice());
        let result = crate::intrinsics::slice_part_mut(part, 0, self.length);
        crate::mem::forget(self);
        result
    }
}
impl<T> Drop for Vec<T> {
    fn drop(&mut self) {
        if crate::intrinsics::needs_drop::<T>() { self.clear(); }
        raw_array_free(&self.array);
    }
}
impl<T> Deref for Vec<T> { type Target = [T]; fn deref(&self) -> &[T] { raw_array_slice(&self.array, 0, self.length) } }
impl<T> DerefMut for Vec<T> { fn deref_mut(&mut self) -> &mut [T] { raw_array_slice_mut(&mut self.array, 0, self.length) } }
impl<T, I: SliceIndex<T>> Index<I> for Vec<T> {
    type Output = I::Output;
    #[track_caller]
    fn index(&self, index: I) -> &I::Output { index.index(self.as_slice()) }
}
impl<T, I: SliceIndex<T>> IndexMut<I> for Vec<T> {
    #[track_caller]
    fn index_mut(&mut self, index: I) -> &mut I::Output { index.index_mut(self.as_mut_slice()) }
}
impl<T: Clone> Clone for Vec<T> {
    fn clone(&self) -> Vec<T> {
        let mut made = Vec::with_capacity(self.length);
        let mut i = 0;
        while i < self.length { made.push(raw_array_ref(&self.array, i).clone()); i += 1; }
        made
    }
}
impl<T> Default for Vec<T> { fn default() -> Vec<T> { Vec::new() } }
impl<T: PartialEq<U>, U> PartialEq<Vec<U>> for Vec<T> { fn eq(&self, other: &Vec<U>) -> bool { *self.as_slice() == *other.as_slice() } }
impl<T: PartialEq<U>, U> PartialEq<[U]> for Vec<T> { fn eq(&self, other: &[U]) -> bool { *self.as_slice() == *other } }
impl<'a, T: PartialEq<U>, U> PartialEq<&'a [U]> for Vec<T> { fn eq(&self, other: &&'a [U]) -> bool { *self.as_slice() == **other } }
impl<T: PartialEq<U>, U, const N: usize> PartialEq<[U; N]> for Vec<T> { fn eq(&self, other: &[U; N]) -> bool { *self.as_slice() == other[..] } }
impl<'a, T: PartialEq<U>, U, const N: usize> PartialEq<&'a [U; N]> for Vec<T> { fn eq(&self, other: &&'a [U; N]) -> bool { *self.as_slice() == other[..] } }
impl<T: PartialEq<U>, U> PartialEq<Vec<U>> for [T] { fn eq(&self, other: &Vec<U>) -> bool { *self == *other.as_slice() } }
impl<'a, T: PartialEq<U>, U> PartialEq<Vec<U>> for &'a [T] { fn eq(&self, other: &Vec<U>) -> bool { **self == *other.as_slice() } }
impl<T: Eq> Eq for Vec<T> {}
impl<T: PartialOrd> PartialOrd for Vec<T> { fn partial_cmp(&self, other: &Vec<T>) -> Option<Ordering> { self.as_slice().partial_cmp(other.as_slice()) } }
impl<T: Ord> Ord for Vec<T> { fn cmp(&self, other: &Vec<T>) -> Ordering { self.as_slice().cmp(other.as_slice()) } }
impl<T: crate::hash::Hash> crate::hash::Hash for Vec<T> { fn hash<H: crate::hash::Hasher>(&self, state: &mut H) { self.as_slice().hash(state); } }
impl<T> AsRef<[T]> for Vec<T> { fn as_ref(&self) -> &[T] { self.as_slice() } }
impl<T> AsMut<[T]> for Vec<T> { fn as_mut(&mut self) -> &mut [T] { self.as_mut_slice() } }
impl<T> crate::borrow::Borrow<[T]> for Vec<T> { fn borrow(&self) -> &[T] { self.as_slice() } }
impl<'a, T: Clone> From<&'a [T]> for Vec<T> { fn from(slice: &'a [T]) -> Vec<T> { slice.to_vec() } }
impl<'a, T: Clone, const N: usize> From<&'a [T; N]> for Vec<T> { fn from(array: &'a [T; N]) -> Vec<T> { array[..].to_vec() } }
impl<T, const N: usize> From<[T; N]> for Vec<T> { fn from(array: [T; N]) -> Vec<T> { vec_from_array(array) } }
impl From<String> for Vec<u8> { fn from(text: String) -> Vec<u8> { text.into_bytes() } }
impl<'a> From<&'a str> for Vec<u8> { fn from(text: &'a str) -> Vec<u8> { text.as_bytes().to_vec() } }
impl<T, const N: usize> TryFrom<Vec<T>> for [T; N] {
    type Error = Vec<T>;
    fn try_from(vec: Vec<T>) -> Result<[T; N], Vec<T>> {
        if vec.length != N { return Err(vec); }
        let mut moved = vec;
        moved.shrink_to_fit();
        let array = crate::mem::replace(&mut moved.array, raw_array_new(0));
        moved.length = 0;
        Ok(raw_into_array(array))
    }
}
impl<T> Extend<T> for Vec<T> {
    fn extend<I: IntoIterator<Item = T>>(&mut self, iter: I) { for value in iter { self.push(value); } }
}
impl<'a, T: Copy> Extend<&'a T> for Vec<T> {
    fn extend<I: IntoIterator<Item = &'a T>>(&mut self, iter: I) { for value in iter { self.push(*value); } }
}
impl<T> FromIterator<T> for Vec<T> {
    fn from_iter<I: IntoIterator<Item = T>>(iter: I) -> Vec<T> {
        let iterator = iter.into_iter();
        let mut made = Vec::with_capacity(iterator.size_hint().0);
        for value in iterator { made.push(value); }
        made
    }
}
impl<T: crate::fmt::Debug> crate::fmt::Debug for Vec<T> {
    fn fmt(&self, f: &mut crate::fmt::Formatter<'_>) -> crate::fmt::Result { crate::fmt::Debug::fmt(self.as_slice(), f) }
}

pub type Drain<'a, T> = crate::iter::Drained<'a, IntoIter<T>>;
pub struct IntoIter<T> { array: RawArray<T>, at: usize, end: usize }
impl<T> IntoIter<T> { pub fn as_slice(&self) -> &[T] { raw_array_slice(&self.array, self.at, self.end - self.at) } }
impl<T> Iterator for IntoIter<T> {
    type Item = T;
    fn next(&mut self) -> Option<T> {
        if self.at == self.end { return None; }
        self.at += 1;
        Some(raw_array_read(&self.array, self.at - 1))
    }
    fn size_hint(&self) -> (usize, Option<usize>) { (self.end - self.at, Some(self.end - self.at)) }
}
impl<T> DoubleEndedIterator for IntoIter<T> {
    fn next_back(&mut self) -> Option<T> {
        if self.at == self.end { return None; }
        self.end -= 1;
        Some(raw_array_read(&self.array, self.end))
    }
}
impl<T> ExactSizeIterator for IntoIter<T> {}
impl<T: Clone> Clone for IntoIter<T> { fn clone(&self) -> IntoIter<T> { self.as_slice().to_vec().into_iter() } }
impl<T: crate::fmt::Debug> crate::fmt::Debug for IntoIter<T> {
    fn fmt(&self, f: &mut crate::fmt::Formatter<'_>) -> crate::fmt::Result { f.debug_tuple("IntoIter").field(&self.as_slice()).finish() }
}
impl<T> Drop for IntoIter<T> {
    fn drop(&mut self) {
        if crate::intrinsics::needs_drop::<T>() { while let Some(value) = self.next() { drop(value); } }
        raw_array_free(&self.array);
    }
}
impl<T> IntoIterator for Vec<T> {
    type Item = T;
    type IntoIter = IntoIter<T>;
    fn into_iter(mut self) -> IntoIter<T> {
        let array = crate::mem::replace(&mut self.array, raw_array_new(0));
        let end = self.length;
        self.length = 0;
        IntoIter { array, at: 0, end }
    }
}
impl<'a, T> IntoIterator for &'a Vec<T> {
    type Item = &'a T;
    type IntoIter = crate::slice::Iter<'a, T>;
    fn into_iter(self) -> crate::slice::Iter<'a, T> { self.as_slice().iter() }
}
impl<'a, T> IntoIterator for &'a mut Vec<T> {
    type Item = &'a mut T;
    type IntoIter = crate::slice::IterMut<'a, T>;
    fn into_iter(self) -> crate::slice::IterMut<'a, T> { self.as_mut_slice().iter_mut() }
}
impl<T> AsRef<Vec<T>> for Vec<T> { fn as_ref(&self) -> &Vec<T> { self } }
impl<T> AsMut<Vec<T>> for Vec<T> { fn as_mut(&mut self) -> &mut Vec<T> { self } }
impl<'a, T: Clone> From<&'a mut [T]> for Vec<T> { fn from(slice: &'a mut [T]) -> Vec<T> { slice.to_vec() } }
impl<'a, T: Clone> From<crate::borrow::Cow<'a, [T]>> for Vec<T> { fn from(values: crate::borrow::Cow<'a, [T]>) -> Vec<T> { values.into_owned() } }
impl<'a, T: PartialEq<U>, U> PartialEq<&'a mut [U]> for Vec<T> { fn eq(&self, other: &&'a mut [U]) -> bool { *self.as_slice() == **other } }
