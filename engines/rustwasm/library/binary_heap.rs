//! BinaryHeap: the greatest element first.

use crate::fmt;

pub struct BinaryHeap<T> { values: Vec<T> }

impl<T: Ord> BinaryHeap<T> {
    pub fn new() -> BinaryHeap<T> { BinaryHeap { values: Vec::new() } }
    pub fn with_capacity(capacity: usize) -> BinaryHeap<T> { BinaryHeap { values: Vec::with_capacity(capacity) } }
    pub fn push(&mut self, value: T) {
        self.values.push(value);
        let mut at = self.values.len() - 1;
        while at > 0 {
            let parent = (at - 1) / 2;
            if self.values[at] <= self.values[parent] { break; }
            self.values.swap(at, parent);
            at = parent;
        }
    }
    pub fn pop(&mut self) -> Option<T> {
        if self.values.is_empty() { return None; }
        let value = self.values.swap_remove(0);
        self.sink(0);
        Some(value)
    }
    fn sink(&mut self, from: usize) {
        let n = self.values.len();
        let mut at = from;
        loop {
            let mut child = 2 * at + 1;
            if child >= n { break; }
            if child + 1 < n && self.values[child + 1] > self.values[child] { child += 1; }
            if self.values[child] <= self.values[at] { break; }
            self.values.swap(at, child);
            at = child;
        }
    }
    pub fn into_sorted_vec(self) -> Vec<T> { let mut values = self.values; values.sort(); values }
    pub fn append(&mut self, other: &mut BinaryHeap<T>) { while let Some(x) = other.values.pop() { self.push(x); } }
}
impl<T> BinaryHeap<T> {
    pub fn peek(&self) -> Option<&T> { self.values.first() }
    pub fn len(&self) -> usize { self.values.len() }
    pub fn is_empty(&self) -> bool { self.values.is_empty() }
    pub fn clear(&mut self) { self.values.clear(); }
    pub fn iter(&self) -> crate::slice::Iter<'_, T> { self.values.iter() }
    pub fn into_vec(self) -> Vec<T> { self.values }
}
impl<T: Ord> Default for BinaryHeap<T> { fn default() -> BinaryHeap<T> { BinaryHeap::new() } }
impl<T: Clone> Clone for BinaryHeap<T> { fn clone(&self) -> BinaryHeap<T> { BinaryHeap { values: self.values.clone() } } }
impl<T: Ord> Extend<T> for BinaryHeap<T> { fn extend<I: IntoIterator<Item = T>>(&mut self, iter: I) { for x in iter { self.push(x); } } }
impl<T: Ord> FromIterator<T> for BinaryHeap<T> { fn from_iter<I: IntoIterator<Item = T>>(iter: I) -> BinaryHeap<T> { let mut made = BinaryHeap::new(); made.extend(iter); made } }
impl<T: Ord> From<Vec<T>> for BinaryHeap<T> { fn from(values: Vec<T>) -> BinaryHeap<T> { values.into_iter().collect() } }
impl<T: Ord, const N: usize> From<[T; N]> for BinaryHeap<T> { fn from(values: [T; N]) -> BinaryHeap<T> { values.into_iter().collect() } }
impl<T: fmt::Debug> fmt::Debug for BinaryHeap<T> { fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.debug_list().entries(self.values.iter()).finish() } }
impl<T> IntoIterator for BinaryHeap<T> { type Item = T; type IntoIter = crate::vec::IntoIter<T>; fn into_iter(self) -> crate::vec::IntoIter<T> { self.values.into_iter() } }
impl<'a, T> IntoIterator for &'a BinaryHeap<T> { type Item = &'a T; type IntoIter = crate::slice::Iter<'a, T>; fn into_iter(self) -> crate::slice::Iter<'a, T> { self.values.iter() } }
