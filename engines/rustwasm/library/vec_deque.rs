//! VecDeque: a ring in an array of slots.

use crate::fmt;
use crate::cmp::Ordering;
use crate::intrinsics::unsafe_mut;
use crate::ops::{Index, IndexMut, RangeBounds};
use crate::raw::*;

pub struct VecDeque<T> { array: RawArray<T>, head: usize, length: usize, capacity: usize }

impl<T> VecDeque<T> {
    pub const fn new() -> VecDeque<T> { VecDeque { array: raw_array_new(0), head: 0, length: 0, capacity: 0 } }
    pub fn with_capacity(capacity: usize) -> VecDeque<T> { VecDeque { array: raw_array_new(capacity), head: 0, length: 0, capacity } }
    pub fn len(&self) -> usize { self.length }
    pub fn is_empty(&self) -> bool { self.length == 0 }
    fn at(&self, index: usize) -> usize { let at = self.head + index; if at >= self.capacity { at - self.capacity } else { at } }
    /// Moves the elements to the start of an array of `capacity` slots.
    fn straighten(&mut self, capacity: usize) {
        let bigger = raw_array_new(capacity);
        let first = if self.head + self.length > self.capacity { self.capacity - self.head } else { self.length };
        raw_array_copy(&self.array, self.head, &bigger, 0, first);
        raw_array_copy(&self.array, 0, &bigger, first, self.length - first);
        raw_array_free(&self.array);
        self.array = bigger;
        self.head = 0;
        self.capacity = capacity;
    }
    fn room(&mut self) { if self.length == self.capacity { self.straighten(if self.capacity < 4 { 4 } else { self.capacity * 2 }); } }
    pub fn reserve(&mut self, additional: usize) { if self.length + additional > self.capacity { self.straighten(self.length + additional); } }
    pub fn push_back(&mut self, value: T) {
        self.room();
        raw_array_write(&self.array, self.at(self.length), value);
        self.length += 1;
    }
    pub fn push_front(&mut self, value: T) {
        self.room();
        self.head = if self.head == 0 { self.capacity - 1 } else { self.head - 1 };
        raw_array_write(&self.array, self.head, value);
        self.length += 1;
    }
    pub fn pop_front(&mut self) -> Option<T> {
        if self.length == 0 { return None; }
        let value = raw_array_read(&self.array, self.head);
        self.head = self.at(1);
        self.length -= 1;
        Some(value)
    }
    pub fn pop_back(&mut self) -> Option<T> {
        if self.length == 0 { return None; }
        self.length -= 1;
        Some(raw_array_read(&self.array, self.at(self.length)))
    }
    pub fn get(&self, index: usize) -> Option<&T> { if index < self.length { Some(raw_array_ref(&self.array, self.at(index))) } else { None } }
    pub fn get_mut(&mut self, index: usize) -> Option<&mut T> {
        if index >= self.length { return None; }
        let at = self.at(index);
        Some(raw_array_mut(&mut self.array, at))
    }
    pub fn front(&self) -> Option<&T> { self.get(0) }
    pub fn back(&self) -> Option<&T> { if self.length == 0 { None } else { self.get(self.length - 1) } }
    pub fn front_mut(&mut self) -> Option<&mut T> { self.get_mut(0) }
    pub fn back_mut(&mut self) -> Option<&mut T> { if self.length == 0 { None } else { self.get_mut(self.length - 1) } }
    pub fn clear(&mut self) { while let Some(value) = self.pop_front() { drop(value); } }
    pub fn truncate(&mut self, length: usize) { while self.length > length { self.pop_back(); } }
    pub fn make_contiguous(&mut self) -> &mut [T] {
        let capacity = self.capacity;
        if self.head != 0 { self.straighten(capacity); }
        raw_array_slice_mut(&mut self.array, 0, self.length)
    }
    #[track_caller]
    pub fn swap(&mut self, a: usize, b: usize) {
        if a >= self.length || b >= self.length { panic!("assertion failed: {} < self.len()", if a >= self.length { "i" } else { "j" }); }
        if a != b { crate::mem::swap(unsafe_mut(raw_array_ref(&self.array, self.at(a))), unsafe_mut(raw_array_ref(&self.array, self.at(b)))); }
    }
    pub fn as_slices(&self) -> (&[T], &[T]) {
        let first = self.capacity - self.head;
        if self.length <= first { return (raw_array_slice(&self.array, self.head, self.length), &[]); }
        (raw_array_slice(&self.array, self.head, first), raw_array_slice(&self.array, 0, self.length - first))
    }
    pub fn split_off(&mut self, at: usize) -> VecDeque<T> {
        if at > self.length { panic!("`at` out of bounds"); }
        let mut other = VecDeque::with_capacity(self.length - at);
        while self.length > at { if let Some(value) = self.pop_back() { other.push_front(value); } }
        other
    }
    pub fn drain<R: RangeBounds<usize>>(&mut self, range: R) -> crate::vec::Drain<'_, T> {
        let (start, end) = crate::slice::bounds(&range, self.length);
        let mut rest = self.split_off(end);
        let taken: Vec<T> = self.split_off(start).into_iter().collect();
        self.append(&mut rest);
        crate::iter::drained(self, taken.into_iter())
    }
    pub fn resize(&mut self, length: usize, value: T) where T: Clone {
        self.truncate(length);
        while self.length < length { self.push_back(value.clone()); }
    }
    pub fn swap_remove_back(&mut self, index: usize) -> Option<T> {
        if index >= self.length { return None; }
        let last = self.length - 1;
        self.swap(index, last);
        self.pop_back()
    }
    pub fn swap_remove_front(&mut self, index: usize) -> Option<T> {
        if index >= self.length { return None; }
        self.swap(index, 0);
        self.pop_front()
    }
    pub fn range<R: RangeBounds<usize>>(&self, range: R) -> Iter<'_, T> {
        let (at, end) = crate::slice::bounds(&range, self.length);
        Iter { deque: self, at, end }
    }
    pub fn capacity(&self) -> usize { self.capacity }
    pub fn shrink_to_fit(&mut self) { if self.capacity > self.length { self.straighten(self.length); } }
    pub fn binary_search(&self, value: &T) -> Result<usize, usize> where T: Ord { self.binary_search_by(|x| x.cmp(value)) }
    pub fn binary_search_by<F: FnMut(&T) -> Ordering>(&self, mut compare: F) -> Result<usize, usize> {
        let mut low = 0;
        let mut high = self.length;
        while low < high {
            let middle = low + (high - low) / 2;
            match compare(&self[middle]) {
                Ordering::Less => low = middle + 1,
                Ordering::Greater => high = middle,
                Ordering::Equal => return Ok(middle),
            }
        }
        Err(low)
    }
    pub fn binary_search_by_key<B: Ord, F: FnMut(&T) -> B>(&self, wanted: &B, mut key: F) -> Result<usize, usize> { self.binary_search_by(|x| key(x).cmp(wanted)) }
    pub fn partition_point<P: FnMut(&T) -> bool>(&self, mut predicate: P) -> usize {
        self.binary_search_by(|x| if predicate(x) { Ordering::Less } else { Ordering::Greater }).unwrap_or_else(|at| at)
    }
    pub fn range_mut<R: RangeBounds<usize>>(&mut self, range: R) -> IterMut<'_, T> {
        let (at, end) = crate::slice::bounds(&range, self.length);
        IterMut { deque: self, at, end }
    }
    pub fn resize_with<F: FnMut() -> T>(&mut self, length: usize, mut make: F) {
        self.truncate(length);
        while self.length < length { self.push_back(make()); }
    }
    pub fn reserve_exact(&mut self, additional: usize) { self.reserve(additional); }
    pub fn shrink_to(&mut self, capacity: usize) {
        let least = if capacity < self.length { self.length } else { capacity };
        if least < self.capacity { self.straighten(least); }
    }
    pub fn pop_front_if<F: FnOnce(&mut T) -> bool>(&mut self, predicate: F) -> Option<T> { if predicate(self.front_mut()?) { self.pop_front() } else { None } }
    pub fn pop_back_if<F: FnOnce(&mut T) -> bool>(&mut self, predicate: F) -> Option<T> { if predicate(self.back_mut()?) { self.pop_back() } else { None } }
    pub fn as_mut_slices(&mut self) -> (&mut [T], &mut [T]) {
        let (first, second) = self.as_slices();
        (unsafe_mut(first), unsafe_mut(second))
    }
    pub fn retain_mut<F: FnMut(&mut T) -> bool>(&mut self, mut keep: F) {
        let mut left = self.length;
        while left > 0 {
            if let Some(mut value) = self.pop_front() { if keep(&mut value) { self.push_back(value); } }
            left -= 1;
        }
    }
    pub fn rotate_left(&mut self, by: usize) { self.make_contiguous().rotate_left(by); }
    pub fn rotate_right(&mut self, by: usize) { self.make_contiguous().rotate_right(by); }
    #[track_caller]
    pub fn insert(&mut self, index: usize, value: T) {
        if index > self.length { panic!("index out of bounds"); }
        self.push_back(value);
        let n = self.length;
        self.make_contiguous()[index..n].rotate_right(1);
    }
    pub fn remove(&mut self, index: usize) -> Option<T> {
        if index >= self.length { return None; }
        self.make_contiguous()[index..].rotate_left(1);
        self.pop_back()
    }
    pub fn append(&mut self, other: &mut VecDeque<T>) { while let Some(value) = other.pop_front() { self.push_back(value); } }
    pub fn retain<F: FnMut(&T) -> bool>(&mut self, mut keep: F) {
        let mut left = self.length;
        while left > 0 {
            if let Some(value) = self.pop_front() { if keep(&value) { self.push_back(value); } }
            left -= 1;
        }
    }
    pub fn contains(&self, value: &T) -> bool where T: PartialEq { self.iter().any(|x| *x == *value) }
    pub fn iter(&self) -> Iter<'_, T> { Iter { deque: self, at: 0, end: self.length } }
    pub fn iter_mut(&mut self) -> IterMut<'_, T> { IterMut { at: 0, end: self.length, deque: self } }
}
impl<T> Drop for VecDeque<T> {
    fn drop(&mut self) {
        if crate::intrinsics::needs_drop::<T>() { self.clear(); }
        raw_array_free(&self.array);
    }
}
impl<T> Default for VecDeque<T> { fn default() -> VecDeque<T> { VecDeque::new() } }
impl<T: Clone> Clone for VecDeque<T> { fn clone(&self) -> VecDeque<T> { self.iter().cloned().collect() } }
impl<T: PartialEq> PartialEq for VecDeque<T> { fn eq(&self, other: &VecDeque<T>) -> bool { self.length == other.length && self.iter().eq(other.iter()) } }
impl<T: Eq> Eq for VecDeque<T> {}
impl<T> Index<usize> for VecDeque<T> { type Output = T; #[track_caller] fn index(&self, index: usize) -> &T { self.get(index).expect("Out of bounds access") } }
impl<T> IndexMut<usize> for VecDeque<T> { #[track_caller] fn index_mut(&mut self, index: usize) -> &mut T { self.get_mut(index).expect("Out of bounds access") } }
impl<T> Extend<T> for VecDeque<T> { fn extend<I: IntoIterator<Item = T>>(&mut self, iter: I) { for x in iter { self.push_back(x); } } }
impl<T> FromIterator<T> for VecDeque<T> { fn from_iter<I: IntoIterator<Item = T>>(iter: I) -> VecDeque<T> { let mut made = VecDeque::new(); made.extend(iter); made } }
impl<T> From<Vec<T>> for VecDeque<T> { fn from(values: Vec<T>) -> VecDeque<T> { values.into_iter().collect() } }
impl<T, const N: usize> From<[T; N]> for VecDeque<T> { fn from(values: [T; N]) -> VecDeque<T> { values.into_iter().collect() } }
impl<T> From<VecDeque<T>> for Vec<T> { fn from(values: VecDeque<T>) -> Vec<T> { values.into_iter().collect() } }
impl<T: fmt::Debug> fmt::Debug for VecDeque<T> { fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.debug_list().entries(self.iter()).finish() } }

pub struct Iter<'a, T> { deque: &'a VecDeque<T>, at: usize, end: usize }
impl<'a, T> Clone for Iter<'a, T> { fn clone(&self) -> Iter<'a, T> { Iter { deque: self.deque, at: self.at, end: self.end } } }
impl<'a, T> Iterator for Iter<'a, T> {
    type Item = &'a T;
    fn next(&mut self) -> Option<&'a T> {
        if self.at == self.end { return None; }
        self.at += 1;
        self.deque.get(self.at - 1)
    }
    fn size_hint(&self) -> (usize, Option<usize>) { (self.end - self.at, Some(self.end - self.at)) }
}
impl<'a, T> DoubleEndedIterator for Iter<'a, T> {
    fn next_back(&mut self) -> Option<&'a T> {
        if self.at == self.end { return None; }
        self.end -= 1;
        self.deque.get(self.end)
    }
}
impl<'a, T> ExactSizeIterator for Iter<'a, T> {}
pub struct IntoIter<T> { deque: VecDeque<T> }
impl<T> Iterator for IntoIter<T> {
    type Item = T;
    fn next(&mut self) -> Option<T> { self.deque.pop_front() }
    fn size_hint(&self) -> (usize, Option<usize>) { (self.deque.length, Some(self.deque.length)) }
}
impl<T> DoubleEndedIterator for IntoIter<T> { fn next_back(&mut self) -> Option<T> { self.deque.pop_back() } }
impl<T> ExactSizeIterator for IntoIter<T> {}
impl<T> IntoIterator for VecDeque<T> { type Item = T; type IntoIter = IntoIter<T>; fn into_iter(self) -> IntoIter<T> { IntoIter { deque: self } } }
impl<'a, T> IntoIterator for &'a VecDeque<T> { type Item = &'a T; type IntoIter = Iter<'a, T>; fn into_iter(self) -> Iter<'a, T> { self.iter() } }
impl<'a, T> IntoIterator for &'a mut VecDeque<T> { type Item = &'a mut T; type IntoIter = IterMut<'a, T>; fn into_iter(self) -> IterMut<'a, T> { self.iter_mut() } }
pub struct IterMut<'a, T> { deque: &'a mut VecDeque<T>, at: usize, end: usize }
impl<'a, T> Iterator for IterMut<'a, T> {
    type Item = &'a mut T;
    fn next(&mut self) -> Option<&'a mut T> {
        if self.at == self.end { return None; }
        self.at += 1;
        Some(unsafe_mut(raw_array_ref(&self.deque.array, self.deque.at(self.at - 1))))
    }
    fn size_hint(&self) -> (usize, Option<usize>) { (self.end - self.at, Some(self.end - self.at)) }
}
impl<'a, T> DoubleEndedIterator for IterMut<'a, T> {
    fn next_back(&mut self) -> Option<&'a mut T> {
        if self.at == self.end { return None; }
        self.end -= 1;
        Some(unsafe_mut(raw_array_ref(&self.deque.array, self.deque.at(self.end))))
    }
}
impl<'a, T> ExactSizeIterator for IterMut<'a, T> {}
impl<T: PartialEq> PartialEq<Vec<T>> for VecDeque<T> { fn eq(&self, other: &Vec<T>) -> bool { self.length == other.len() && self.iter().eq(other.iter()) } }
impl<T: PartialEq, const N: usize> PartialEq<[T; N]> for VecDeque<T> { fn eq(&self, other: &[T; N]) -> bool { self.length == N && self.iter().eq(other.iter()) } }
impl<T: Ord> PartialOrd for VecDeque<T> { fn partial_cmp(&self, other: &VecDeque<T>) -> Option<Ordering> { Some(self.cmp(other)) } }
impl<T: Ord> Ord for VecDeque<T> { fn cmp(&self, other: &VecDeque<T>) -> Ordering { self.iter().cmp(other.iter()) } }
impl<T: crate::hash::Hash> crate::hash::Hash for VecDeque<T> {
    fn hash<H: crate::hash::Hasher>(&self, state: &mut H) {
        self.length.hash(state);
        for value in self.iter() { value.hash(state); }
    }
}
impl<'a, T: Copy> Extend<&'a T> for VecDeque<T> { fn extend<I: IntoIterator<Item = &'a T>>(&mut self, iter: I) { for x in iter { self.push_back(*x); } } }
impl<'a, T: PartialEq> PartialEq<&'a [T]> for VecDeque<T> { fn eq(&self, other: &&'a [T]) -> bool { self.length == other.len() && self.iter().eq(other.iter()) } }
impl<'a, T: PartialEq, const N: usize> PartialEq<&'a [T; N]> for VecDeque<T> { fn eq(&self, other: &&'a [T; N]) -> bool { self.length == N && self.iter().eq(other.iter()) } }
