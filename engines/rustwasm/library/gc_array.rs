//! GcArray: elements of GC types or plain values, shared and able to grow (docs/reference/wasm-gc.md).

use crate::cmp::Ordering;
use crate::intrinsics::copy;
use crate::ops::{Deref, DerefMut, Index, IndexMut, RangeBounds};
use crate::raw::*;
use crate::slice::SliceIndex;

/// An array object: copies of the handle share its elements. Blocks that it leaves behind are the collector's.
#[lang]
#[wasm::gc]
pub struct GcArray<T> { array: RawArray<T>, length: usize, capacity: usize }

#[wasm::gc]
impl<T> GcArray<T> {
    pub fn new() -> GcArray<T> { GcArray { array: raw_array_new(0), length: 0, capacity: 0 } }
    pub fn with_capacity(capacity: usize) -> GcArray<T> { GcArray { array: raw_array_new(capacity), length: 0, capacity } }
    /// `length` times the same value.
    pub fn filled(value: T, length: usize) -> GcArray<T> {
        let made = GcArray::with_capacity(length);
        let mut i = 0;
        while i < length { raw_array_write(&made.array, i, value); i += 1; }
        made.length = length;
        made
    }
    pub fn from_fn<F: FnMut(usize) -> T>(length: usize, mut f: F) -> GcArray<T> {
        let made = GcArray::with_capacity(length);
        let mut i = 0;
        while i < length { made.push(f(i)); i += 1; }
        made
    }
    pub fn len(self) -> usize { self.length }
    pub fn is_empty(self) -> bool { self.length == 0 }
    pub fn capacity(self) -> usize { self.capacity }
    fn at(self, index: usize) -> T { copy(raw_array_ref(&self.array, index)) }
    pub fn get(self, index: usize) -> Option<T> { if index < self.length { Some(self.at(index)) } else { None } }
    pub fn first(self) -> Option<T> { self.get(0) }
    pub fn last(self) -> Option<T> { if self.length == 0 { None } else { Some(self.at(self.length - 1)) } }
    #[track_caller]
    pub fn set(self, index: usize, value: T) {
        if index >= self.length { crate::panicking::panic_numbers("index out of bounds: the len is ", self.length, " but the index is ", index, ""); }
        raw_array_write(&self.array, index, value);
    }
    fn grow(self, capacity: usize) {
        let bigger = raw_array_new(capacity);
        raw_array_copy(&self.array, 0, &bigger, 0, self.length);
        self.array = bigger;
        self.capacity = capacity;
    }
    pub fn reserve(self, additional: usize) {
        let wanted = self.length + additional;
        if wanted > self.capacity { self.grow(if wanted < self.capacity * 2 { self.capacity * 2 } else { wanted }); }
    }
    pub fn push(self, value: T) {
        if self.length == self.capacity { self.grow(if self.capacity < 4 { 4 } else { self.capacity * 2 }); }
        raw_array_write(&self.array, self.length, value);
        self.length += 1;
    }
    pub fn pop(self) -> Option<T> {
        if self.length == 0 { return None; }
        self.length -= 1;
        Some(raw_array_read(&self.array, self.length))
    }
    #[track_caller]
    pub fn insert(self, index: usize, value: T) {
        if index > self.length { crate::panicking::panic_numbers("insertion index (is ", index, ") should be <= len (is ", self.length, ")"); }
        self.reserve(1);
        raw_array_copy(&self.array, index, &self.array, index + 1, self.length - index);
        raw_array_write(&self.array, index, value);
        self.length += 1;
    }
    #[track_caller]
    pub fn remove(self, index: usize) -> T {
        if index >= self.length { crate::panicking::panic_numbers("removal index (is ", index, ") should be < len (is ", self.length, ")"); }
        let value = raw_array_read(&self.array, index);
        raw_array_copy(&self.array, index + 1, &self.array, index, self.length - index - 1);
        self.length -= 1;
        value
    }
    pub fn truncate(self, length: usize) { while self.length > length { self.pop(); } }
    pub fn clear(self) { self.truncate(0); }
    pub fn append(self, other: GcArray<T>) {
        let count = other.length;
        self.reserve(count);
        let mut i = 0;
        while i < count { self.push(other.at(i)); i += 1; }
    }
    pub fn retain<F: FnMut(T) -> bool>(self, mut keep: F) {
        let mut at = 0;
        let mut i = 0;
        while i < self.length {
            let value = self.at(i);
            if keep(value) { self.set(at, value); at += 1; }
            i += 1;
        }
        self.truncate(at);
    }
    pub fn iter(self) -> GcIter<T> { GcIter { array: self, at: 0, end: self.length } }
    pub fn for_each<F: FnMut(T)>(self, mut f: F) { let mut i = 0; while i < self.length { f(self.at(i)); i += 1; } }
    pub fn map<U, F: FnMut(T) -> U>(self, mut f: F) -> GcArray<U> {
        let made = GcArray::with_capacity(self.length);
        let mut i = 0;
        while i < self.length { made.push(f(self.at(i))); i += 1; }
        made
    }
    pub fn filter<F: FnMut(T) -> bool>(self, mut keep: F) -> GcArray<T> {
        let made = GcArray::new();
        let mut i = 0;
        while i < self.length {
            let value = self.at(i);
            if keep(value) { made.push(value); }
            i += 1;
        }
        made
    }
    pub fn fold<A, F: FnMut(A, T) -> A>(self, start: A, mut f: F) -> A {
        let mut done = start;
        let mut i = 0;
        while i < self.length { done = f(done, self.at(i)); i += 1; }
        done
    }
    pub fn any<F: FnMut(T) -> bool>(self, f: F) -> bool { self.position(f).is_some() }
    pub fn all<F: FnMut(T) -> bool>(self, mut f: F) -> bool { !self.any(|value| !f(value)) }
    pub fn find<F: FnMut(T) -> bool>(self, f: F) -> Option<T> { match self.position(f) { Some(i) => Some(self.at(i)), None => None } }
    pub fn position<F: FnMut(T) -> bool>(self, mut f: F) -> Option<usize> {
        let mut i = 0;
        while i < self.length { if f(self.at(i)) { return Some(i); } i += 1; }
        None
    }
    pub fn contains(self, value: T) -> bool where T: PartialEq { self.any(|one| one == value) }
    #[track_caller]
    pub fn swap(self, a: usize, b: usize) { let one = self[a]; self.set(a, self[b]); self.set(b, one); }
    pub fn reverse(self) { let mut i = 0; while i < self.length / 2 { self.swap(i, self.length - 1 - i); i += 1; } }
    pub fn fill(self, value: T) { let mut i = 0; while i < self.length { self.set(i, value); i += 1; } }
    pub fn sort(self) where T: Ord { raw_array_slice_mut(&mut self.array, 0, self.length).sort(); }
    pub fn sort_by<F: FnMut(&T, &T) -> Ordering>(self, compare: F) { raw_array_slice_mut(&mut self.array, 0, self.length).sort_by(compare); }
    pub fn sort_by_key<K: Ord, F: FnMut(T) -> K>(self, mut key: F) { self.sort_by(|a, b| key(*a).cmp(&key(*b))); }
    pub fn binary_search(self, value: T) -> Result<usize, usize> where T: Ord { raw_array_slice(&self.array, 0, self.length).binary_search(&value) }
    /// A new array of the elements in a range.
    #[track_caller]
    pub fn slice<R: RangeBounds<usize>>(self, range: R) -> GcArray<T> {
        let (start, end) = crate::slice::bounds(&range, self.length);
        let made = GcArray::with_capacity(end - start);
        let mut i = start;
        while i < end { made.push(self.at(i)); i += 1; }
        made
    }
    pub fn concat(self, other: GcArray<T>) -> GcArray<T> {
        let made = GcArray::with_capacity(self.length + other.length);
        made.append(self);
        made.append(other);
        made
    }
    /// Another array with the same elements: they are shared, the array is not.
    pub fn copied(self) -> GcArray<T> { self.slice(..) }
    pub fn same(self, other: GcArray<T>) -> bool { crate::gc::same(self, other) }
    /// A vector with copies of the elements.
    pub fn to_vec(self) -> Vec<T> {
        let made = raw_array_new(self.length);
        let mut i = 0;
        while i < self.length { raw_array_write(&made, i, self.at(i)); i += 1; }
        Vec::from_parts(made, self.length, self.length)
    }
}
impl<T> GcArray<T> {
    pub fn as_slice(&self) -> &[T] { raw_array_slice(&self.array, 0, self.length) }
    pub fn as_mut_slice(&mut self) -> &mut [T] { raw_array_slice_mut(&mut self.array, 0, self.length) }
}
/// Another array, with clones of the elements.
impl<T: Clone> Clone for GcArray<T> {
    fn clone(&self) -> GcArray<T> { self.map(|one| one.clone()) }
}
/// Zero-copy: the vector's memory becomes the array's.
impl<T> From<Vec<T>> for GcArray<T> {
    fn from(vec: Vec<T>) -> GcArray<T> {
        let (array, length, capacity) = vec.into_parts();
        GcArray { array, length, capacity }
    }
}
impl<T> From<GcArray<T>> for Vec<T> { fn from(array: GcArray<T>) -> Vec<T> { array.to_vec() } }
impl<T, const N: usize> From<[T; N]> for GcArray<T> {
    fn from(array: [T; N]) -> GcArray<T> { GcArray { array: array_into_raw(array), length: N, capacity: N } }
}
impl<'a, T: Copy> From<&'a [T]> for GcArray<T> {
    fn from(slice: &'a [T]) -> GcArray<T> { GcArray::from_fn(slice.len(), |i| slice[i]) }
}
impl<T> Deref for GcArray<T> { type Target = [T]; fn deref(&self) -> &[T] { raw_array_slice(&self.array, 0, self.length) } }
impl<T> DerefMut for GcArray<T> { fn deref_mut(&mut self) -> &mut [T] { raw_array_slice_mut(&mut self.array, 0, self.length) } }
impl<T, I: SliceIndex<T>> Index<I> for GcArray<T> {
    type Output = I::Output;
    #[track_caller]
    fn index(&self, index: I) -> &I::Output { index.index(self.as_slice()) }
}
impl<T, I: SliceIndex<T>> IndexMut<I> for GcArray<T> {
    #[track_caller]
    fn index_mut(&mut self, index: I) -> &mut I::Output { index.index_mut(self.as_mut_slice()) }
}
impl<T> Default for GcArray<T> { fn default() -> GcArray<T> { GcArray::new() } }
impl<T: PartialEq> PartialEq for GcArray<T> { fn eq(&self, other: &GcArray<T>) -> bool { *self.as_slice() == *other.as_slice() } }
impl<T: PartialEq> PartialEq<Vec<T>> for GcArray<T> { fn eq(&self, other: &Vec<T>) -> bool { *self.as_slice() == *other.as_slice() } }
impl<T: PartialEq, const N: usize> PartialEq<[T; N]> for GcArray<T> { fn eq(&self, other: &[T; N]) -> bool { *self.as_slice() == other[..] } }
impl<T: Eq> Eq for GcArray<T> {}
impl<T: PartialOrd> PartialOrd for GcArray<T> { fn partial_cmp(&self, other: &GcArray<T>) -> Option<Ordering> { self.as_slice().partial_cmp(other.as_slice()) } }
impl<T: Ord> Ord for GcArray<T> { fn cmp(&self, other: &GcArray<T>) -> Ordering { self.as_slice().cmp(other.as_slice()) } }
impl<T: crate::hash::Hash> crate::hash::Hash for GcArray<T> { fn hash<H: crate::hash::Hasher>(&self, state: &mut H) { self.as_slice().hash(state); } }
impl<T: crate::fmt::Debug> crate::fmt::Debug for GcArray<T> {
    fn fmt(&self, f: &mut crate::fmt::Formatter<'_>) -> crate::fmt::Result { crate::fmt::Debug::fmt(self.as_slice(), f) }
}
impl<T> Extend<T> for GcArray<T> {
    fn extend<I: IntoIterator<Item = T>>(&mut self, iter: I) { for value in iter { self.push(value); } }
}
impl<T> FromIterator<T> for GcArray<T> {
    fn from_iter<I: IntoIterator<Item = T>>(iter: I) -> GcArray<T> {
        let made = GcArray::new();
        for value in iter { made.push(value); }
        made
    }
}

/// The elements of an array, copied out one by one; the array's length at the start decides how many.
pub struct GcIter<T> { array: GcArray<T>, at: usize, end: usize }
impl<T> Iterator for GcIter<T> {
    type Item = T;
    fn next(&mut self) -> Option<T> {
        if self.at == self.end { return None; }
        self.at += 1;
        self.array.get(self.at - 1)
    }
    fn size_hint(&self) -> (usize, Option<usize>) { (self.end - self.at, Some(self.end - self.at)) }
}
impl<T> DoubleEndedIterator for GcIter<T> {
    fn next_back(&mut self) -> Option<T> {
        if self.at == self.end { return None; }
        self.end -= 1;
        self.array.get(self.end)
    }
}
impl<T> ExactSizeIterator for GcIter<T> {}
impl<T> Clone for GcIter<T> { fn clone(&self) -> GcIter<T> { GcIter { array: self.array, at: self.at, end: self.end } } }
impl<T> IntoIterator for GcArray<T> {
    type Item = T;
    type IntoIter = GcIter<T>;
    fn into_iter(self) -> GcIter<T> { self.iter() }
}
impl<'a, T> IntoIterator for &'a GcArray<T> {
    type Item = T;
    type IntoIter = GcIter<T>;
    fn into_iter(self) -> GcIter<T> { (*self).iter() }
}
