//! std::collections::BinaryHeap: the greatest element first. Equal elements leave it in the order in which rustc's does.

use crate::fmt;
use crate::ops::{Deref, DerefMut};

pub struct BinaryHeap<T> { data: Vec<T> }
impl<T: Ord> BinaryHeap<T> {
    pub const fn new() -> BinaryHeap<T> { BinaryHeap { data: Vec::new() } }
    pub fn with_capacity(capacity: usize) -> BinaryHeap<T> { BinaryHeap { data: Vec::with_capacity(capacity) } }
    pub fn push(&mut self, value: T) {
        let at = self.data.len();
        self.data.push(value);
        self.rise(at);
    }
    pub fn pop(&mut self) -> Option<T> {
        if self.data.is_empty() { return None; }
        let top = self.data.swap_remove(0);
        self.sink_to_leaf();
        Some(top)
    }
    pub fn peek_mut(&mut self) -> Option<PeekMut<'_, T>> {
        if self.data.is_empty() { None } else { Some(PeekMut { heap: self, changed: false }) }
    }
    pub fn append(&mut self, other: &mut BinaryHeap<T>) {
        if self.data.len() < other.data.len() { crate::mem::swap(self, other); }
        let start = self.data.len();
        self.data.append(&mut other.data);
        self.rebuild_from(start);
    }
    pub fn retain<F: FnMut(&T) -> bool>(&mut self, keep: F) {
        self.data.retain(keep);
        self.rebuild();
    }
    pub fn into_sorted_vec(mut self) -> Vec<T> {
        let mut end = self.data.len();
        while end > 1 {
            end -= 1;
            self.data.swap(0, end);
            self.sink(0, end);
        }
        self.data
    }
    fn rise(&mut self, from: usize) {
        let mut at = from;
        while at > 0 {
            let parent = (at - 1) / 2;
            if self.data[at] <= self.data[parent] { break; }
            self.data.swap(at, parent);
            at = parent;
        }
    }
    /// The greater child of `at` (the second of equals) among the first `end`; `end` if there is none.
    fn child(&self, at: usize, end: usize) -> usize {
        let first = 2 * at + 1;
        if first >= end { return end; }
        if first + 1 < end && self.data[first] <= self.data[first + 1] { first + 1 } else { first }
    }
    fn sink(&mut self, from: usize, end: usize) {
        let mut at = from;
        loop {
            let child = self.child(at, end);
            if child == end || self.data[at] >= self.data[child] { return; }
            self.data.swap(at, child);
            at = child;
        }
    }
    /// Sends the root down to a leaf along the greater children, and from there up to its place.
    fn sink_to_leaf(&mut self) {
        let end = self.data.len();
        let mut at = 0;
        loop {
            let child = self.child(at, end);
            if child == end { break; }
            self.data.swap(at, child);
            at = child;
        }
        self.rise(at);
    }
    fn rebuild(&mut self) {
        let end = self.data.len();
        let mut at = end / 2;
        while at > 0 { at -= 1; self.sink(at, end); }
    }
    /// Makes a heap where the elements from `start` on are in no order, in the way that costs less.
    fn rebuild_from(&mut self, start: usize) {
        let end = self.data.len();
        let added = end - start;
        if added == 0 { return; }
        let levels = if end <= 2048 && start > 0 { 31 - (start as u32).leading_zeros() as usize } else { 11 };
        if start < added || 2 * end < added * levels { self.rebuild(); return; }
        let mut at = start;
        while at < end { self.rise(at); at += 1; }
    }
}
impl<T> BinaryHeap<T> {
    pub fn peek(&self) -> Option<&T> { self.data.first() }
    pub fn len(&self) -> usize { self.data.len() }
    pub fn is_empty(&self) -> bool { self.data.is_empty() }
    pub fn capacity(&self) -> usize { self.data.capacity() }
    pub fn reserve(&mut self, additional: usize) { self.data.reserve(additional); }
    pub fn reserve_exact(&mut self, additional: usize) { self.data.reserve(additional); }
    pub fn shrink_to_fit(&mut self) { self.data.shrink_to_fit(); }
    pub fn shrink_to(&mut self, capacity: usize) { self.data.shrink_to(capacity); }
    pub fn clear(&mut self) { self.data.clear(); }
    pub fn iter(&self) -> crate::slice::Iter<'_, T> { self.data.iter() }
    pub fn into_vec(self) -> Vec<T> { self.data }
    pub fn as_slice(&self) -> &[T] { &self.data }
    pub fn drain(&mut self) -> crate::vec::Drain<'_, T> {
        let taken = crate::mem::take(&mut self.data).into_iter();
        crate::iter::drained(self, taken)
    }
}
impl<T: Clone> Clone for BinaryHeap<T> { fn clone(&self) -> BinaryHeap<T> { BinaryHeap { data: self.data.clone() } } }
impl<T: Ord> Default for BinaryHeap<T> { fn default() -> BinaryHeap<T> { BinaryHeap::new() } }
impl<T: fmt::Debug> fmt::Debug for BinaryHeap<T> { fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.debug_list().entries(self.iter()).finish() } }
impl<T: Ord> From<Vec<T>> for BinaryHeap<T> { fn from(data: Vec<T>) -> BinaryHeap<T> { let mut made = BinaryHeap { data }; made.rebuild(); made } }
impl<T: Ord, const N: usize> From<[T; N]> for BinaryHeap<T> { fn from(array: [T; N]) -> BinaryHeap<T> { BinaryHeap::from(Vec::from(array)) } }
impl<T> From<BinaryHeap<T>> for Vec<T> { fn from(heap: BinaryHeap<T>) -> Vec<T> { heap.data } }
impl<T: Ord> FromIterator<T> for BinaryHeap<T> { fn from_iter<I: IntoIterator<Item = T>>(iter: I) -> BinaryHeap<T> { BinaryHeap::from(iter.into_iter().collect::<Vec<T>>()) } }
impl<T: Ord> Extend<T> for BinaryHeap<T> {
    fn extend<I: IntoIterator<Item = T>>(&mut self, iter: I) {
        let start = self.data.len();
        self.data.extend(iter);
        self.rebuild_from(start);
    }
}
impl<T> IntoIterator for BinaryHeap<T> { type Item = T; type IntoIter = crate::vec::IntoIter<T>; fn into_iter(self) -> crate::vec::IntoIter<T> { self.data.into_iter() } }
impl<'a, T> IntoIterator for &'a BinaryHeap<T> { type Item = &'a T; type IntoIter = crate::slice::Iter<'a, T>; fn into_iter(self) -> crate::slice::Iter<'a, T> { self.iter() } }

/// The greatest element, which finds its new place when this is dropped.
pub struct PeekMut<'a, T: Ord> { heap: &'a mut BinaryHeap<T>, changed: bool }
impl<'a, T: Ord> PeekMut<'a, T> {
    fn settle(&mut self) {
        let end = self.heap.data.len();
        if self.changed { self.heap.sink(0, end); }
        self.changed = false;
    }
    pub fn pop(mut this: PeekMut<'a, T>) -> T {
        this.settle();
        match this.heap.pop() { Some(value) => value, None => unreachable!() }
    }
}
impl<'a, T: Ord> Deref for PeekMut<'a, T> { type Target = T; fn deref(&self) -> &T { &self.heap.data[0] } }
impl<'a, T: Ord> DerefMut for PeekMut<'a, T> {
    fn deref_mut(&mut self) -> &mut T {
        self.changed = true;
        &mut self.heap.data[0]
    }
}
impl<'a, T: Ord> Drop for PeekMut<'a, T> { fn drop(&mut self) { self.settle(); } }
