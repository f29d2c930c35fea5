//! std::collections::BTreeSet: the keys of a sorted map.

use crate::borrow::Borrow;
use crate::btree_map::{BTreeMap, IntoKeys, Keys};
use crate::cmp::Ordering;
use crate::fmt;
use crate::ops::{BitAnd, BitOr, BitXor, RangeBounds, Sub};

pub struct BTreeSet<T> { map: BTreeMap<T, ()> }
impl<T> BTreeSet<T> {
    pub const fn new() -> BTreeSet<T> { BTreeSet { map: BTreeMap::new() } }
    pub fn len(&self) -> usize { self.map.len() }
    pub fn is_empty(&self) -> bool { self.map.is_empty() }
    pub fn clear(&mut self) { self.map.clear(); }
    pub fn iter(&self) -> Keys<'_, T, ()> { self.map.keys() }
    pub fn first(&self) -> Option<&T> { self.iter().next() }
    pub fn last(&self) -> Option<&T> { self.iter().next_back() }
    pub fn pop_first(&mut self) -> Option<T> { match self.map.pop_first() { Some((key, _)) => Some(key), None => None } }
    pub fn pop_last(&mut self) -> Option<T> { match self.map.pop_last() { Some((key, _)) => Some(key), None => None } }
    pub fn retain<F: FnMut(&T) -> bool>(&mut self, mut keep: F) { self.map.retain(|key, _| keep(key)); }
}
impl<T: Ord> BTreeSet<T> {
    pub fn insert(&mut self, value: T) -> bool { self.map.insert(value, ()).is_none() }
    pub fn replace(&mut self, value: T) -> Option<T> { let old = self.take(&value); self.insert(value); old }
    pub fn contains<Q: Ord + ?Sized>(&self, value: &Q) -> bool where T: Borrow<Q> { self.map.contains_key(value) }
    pub fn get<Q: Ord + ?Sized>(&self, value: &Q) -> Option<&T> where T: Borrow<Q> {
        match self.map.get_key_value(value) { Some((key, _)) => Some(key), None => None }
    }
    pub fn remove<Q: Ord + ?Sized>(&mut self, value: &Q) -> bool where T: Borrow<Q> { self.map.remove(value).is_some() }
    pub fn take<Q: Ord + ?Sized>(&mut self, value: &Q) -> Option<T> where T: Borrow<Q> {
        match self.map.remove_entry(value) { Some((key, _)) => Some(key), None => None }
    }
    pub fn range<Q: Ord + ?Sized, R: RangeBounds<Q>>(&self, range: R) -> Range<'_, T> where T: Borrow<Q> { Range { range: self.map.range(range) } }
    pub fn append(&mut self, other: &mut BTreeSet<T>) { self.map.append(&mut other.map); }
    pub fn split_off<Q: Ord + ?Sized>(&mut self, value: &Q) -> BTreeSet<T> where T: Borrow<Q> { BTreeSet { map: self.map.split_off(value) } }
    pub fn is_subset(&self, other: &BTreeSet<T>) -> bool { self.iter().all(|x| other.contains(x)) }
    pub fn is_superset(&self, other: &BTreeSet<T>) -> bool { other.is_subset(self) }
    pub fn is_disjoint(&self, other: &BTreeSet<T>) -> bool { !self.iter().any(|x| other.contains(x)) }
    pub fn union<'a>(&'a self, other: &'a BTreeSet<T>) -> crate::vec::IntoIter<&'a T> { self.merged(other, true, true, true) }
    pub fn intersection<'a>(&'a self, other: &'a BTreeSet<T>) -> crate::vec::IntoIter<&'a T> { self.merged(other, false, true, false) }
    pub fn difference<'a>(&'a self, other: &'a BTreeSet<T>) -> crate::vec::IntoIter<&'a T> { self.merged(other, true, false, false) }
    pub fn symmetric_difference<'a>(&'a self, other: &'a BTreeSet<T>) -> crate::vec::IntoIter<&'a T> { self.merged(other, true, false, true) }
    /// In order: what only this set has, what both have, what only the other has, each if wanted.
    fn merged<'a>(&'a self, other: &'a BTreeSet<T>, mine: bool, both: bool, theirs: bool) -> crate::vec::IntoIter<&'a T> {
        let mut found: Vec<&'a T> = Vec::new();
        let mut left = self.iter();
        let mut right = other.iter();
        let mut a = left.next();
        let mut b = right.next();
        loop {
            let order = match (a, b) {
                (None, None) => return found.into_iter(),
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (Some(x), Some(y)) => x.cmp(y),
            };
            let wanted = match order { Ordering::Less => mine, Ordering::Equal => both, Ordering::Greater => theirs };
            if wanted { if let Some(value) = if order == Ordering::Greater { b } else { a } { found.push(value); } }
            if order != Ordering::Greater { a = left.next(); }
            if order != Ordering::Less { b = right.next(); }
        }
    }
}
impl<T: Clone> Clone for BTreeSet<T> { fn clone(&self) -> BTreeSet<T> { BTreeSet { map: self.map.clone() } } }
impl<T> Default for BTreeSet<T> { fn default() -> BTreeSet<T> { BTreeSet::new() } }
impl<T: PartialEq> PartialEq for BTreeSet<T> { fn eq(&self, other: &BTreeSet<T>) -> bool { self.map == other.map } }
impl<T: Eq> Eq for BTreeSet<T> {}
impl<T: Ord> PartialOrd for BTreeSet<T> { fn partial_cmp(&self, other: &BTreeSet<T>) -> Option<Ordering> { Some(self.cmp(other)) } }
impl<T: Ord> Ord for BTreeSet<T> { fn cmp(&self, other: &BTreeSet<T>) -> Ordering { self.iter().cmp(other.iter()) } }
impl<T: crate::hash::Hash> crate::hash::Hash for BTreeSet<T> { fn hash<H: crate::hash::Hasher>(&self, state: &mut H) { self.map.hash(state); } }
impl<T: fmt::Debug> fmt::Debug for BTreeSet<T> { fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.debug_set().entries(self.iter()).finish() } }
impl<T: Ord> Extend<T> for BTreeSet<T> { fn extend<I: IntoIterator<Item = T>>(&mut self, iter: I) { for value in iter { self.insert(value); } } }
impl<'a, T: Ord + Copy> Extend<&'a T> for BTreeSet<T> { fn extend<I: IntoIterator<Item = &'a T>>(&mut self, iter: I) { for value in iter { self.insert(*value); } } }
impl<T: Ord> FromIterator<T> for BTreeSet<T> { fn from_iter<I: IntoIterator<Item = T>>(iter: I) -> BTreeSet<T> { let mut made = BTreeSet::new(); made.extend(iter); made } }
impl<T: Ord, const N: usize> From<[T; N]> for BTreeSet<T> { fn from(values: [T; N]) -> BTreeSet<T> { values.into_iter().collect() } }
impl<T> IntoIterator for BTreeSet<T> { type Item = T; type IntoIter = IntoKeys<T, ()>; fn into_iter(self) -> IntoKeys<T, ()> { self.map.into_keys() } }
impl<'a, T> IntoIterator for &'a BTreeSet<T> { type Item = &'a T; type IntoIter = Keys<'a, T, ()>; fn into_iter(self) -> Keys<'a, T, ()> { self.iter() } }
impl<'a, T: Ord + Clone> BitOr<&'a BTreeSet<T>> for &'a BTreeSet<T> { type Output = BTreeSet<T>; fn bitor(self, other: &'a BTreeSet<T>) -> BTreeSet<T> { self.union(other).cloned().collect() } }
impl<'a, T: Ord + Clone> BitAnd<&'a BTreeSet<T>> for &'a BTreeSet<T> { type Output = BTreeSet<T>; fn bitand(self, other: &'a BTreeSet<T>) -> BTreeSet<T> { self.intersection(other).cloned().collect() } }
impl<'a, T: Ord + Clone> BitXor<&'a BTreeSet<T>> for &'a BTreeSet<T> { type Output = BTreeSet<T>; fn bitxor(self, other: &'a BTreeSet<T>) -> BTreeSet<T> { self.symmetric_difference(other).cloned().collect() } }
impl<'a, T: Ord + Clone> Sub<&'a BTreeSet<T>> for &'a BTreeSet<T> { type Output = BTreeSet<T>; fn sub(self, other: &'a BTreeSet<T>) -> BTreeSet<T> { self.difference(other).cloned().collect() } }

pub struct Range<'a, T> { range: crate::btree_map::Range<'a, T, ()> }
impl<'a, T> Iterator for Range<'a, T> {
    type Item = &'a T;
    fn next(&mut self) -> Option<&'a T> { match self.range.next() { Some((key, _)) => Some(key), None => None } }
}
impl<'a, T> DoubleEndedIterator for Range<'a, T> {
    fn next_back(&mut self) -> Option<&'a T> { match self.range.next_back() { Some((key, _)) => Some(key), None => None } }
}
