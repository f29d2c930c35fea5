//! std::collections::HashSet: the keys of a map.

use crate::borrow::Borrow;
use crate::fmt;
use crate::hash::Hash;
use crate::hash_map::{HashMap, IntoKeys, Keys};
use crate::ops::{BitAnd, BitOr, BitXor, Sub};

pub struct HashSet<T> { map: HashMap<T, ()> }
impl<T> HashSet<T> {
    pub fn new() -> HashSet<T> { HashSet { map: HashMap::new() } }
    pub fn with_capacity(capacity: usize) -> HashSet<T> { HashSet { map: HashMap::with_capacity(capacity) } }
    pub fn len(&self) -> usize { self.map.len() }
    pub fn is_empty(&self) -> bool { self.map.is_empty() }
    pub fn capacity(&self) -> usize { self.map.capacity() }
    pub fn clear(&mut self) { self.map.clear(); }
    pub fn iter(&self) -> Keys<'_, T, ()> { self.map.keys() }
    pub fn drain(&mut self) -> crate::iter::Drained<'_, IntoKeys<T, ()>> {
        let taken = crate::mem::replace(&mut self.map, HashMap::new()).into_keys();
        crate::iter::drained(self, taken)
    }
    pub fn retain<F: FnMut(&T) -> bool>(&mut self, mut keep: F) { self.map.retain(|key, _| keep(key)); }
}
impl<T: Eq + Hash> HashSet<T> {
    pub fn reserve(&mut self, additional: usize) { self.map.reserve(additional); }
    pub fn shrink_to_fit(&mut self) { self.map.shrink_to_fit(); }
    pub fn shrink_to(&mut self, capacity: usize) { self.map.shrink_to(capacity); }
    pub fn insert(&mut self, value: T) -> bool { self.map.insert(value, ()).is_none() }
    pub fn replace(&mut self, value: T) -> Option<T> { let old = self.take(&value); self.insert(value); old }
    pub fn contains<Q: Eq + Hash + ?Sized>(&self, value: &Q) -> bool where T: Borrow<Q> { self.map.contains_key(value) }
    pub fn get<Q: Eq + Hash + ?Sized>(&self, value: &Q) -> Option<&T> where T: Borrow<Q> {
        match self.map.get_key_value(value) { Some((key, _)) => Some(key), None => None }
    }
    pub fn remove<Q: Eq + Hash + ?Sized>(&mut self, value: &Q) -> bool where T: Borrow<Q> { self.map.remove(value).is_some() }
    pub fn take<Q: Eq + Hash + ?Sized>(&mut self, value: &Q) -> Option<T> where T: Borrow<Q> {
        match self.map.remove_entry(value) { Some((key, _)) => Some(key), None => None }
    }
    pub fn is_subset(&self, other: &HashSet<T>) -> bool { self.iter().all(|x| other.contains(x)) }
    pub fn is_superset(&self, other: &HashSet<T>) -> bool { other.is_subset(self) }
    pub fn is_disjoint(&self, other: &HashSet<T>) -> bool { !self.iter().any(|x| other.contains(x)) }
    pub fn union<'a>(&'a self, other: &'a HashSet<T>) -> crate::vec::IntoIter<&'a T> {
        let mut found: Vec<&'a T> = self.iter().collect();
        for value in other.iter() { if !self.contains(value) { found.push(value); } }
        found.into_iter()
    }
    pub fn intersection<'a>(&'a self, other: &'a HashSet<T>) -> crate::vec::IntoIter<&'a T> { self.chosen(other, true) }
    pub fn difference<'a>(&'a self, other: &'a HashSet<T>) -> crate::vec::IntoIter<&'a T> { self.chosen(other, false) }
    pub fn symmetric_difference<'a>(&'a self, other: &'a HashSet<T>) -> crate::vec::IntoIter<&'a T> {
        let mut found: Vec<&'a T> = self.chosen(other, false).collect();
        found.extend(other.chosen(self, false));
        found.into_iter()
    }
    fn chosen<'a>(&'a self, other: &'a HashSet<T>, wanted: bool) -> crate::vec::IntoIter<&'a T> {
        let mut found: Vec<&'a T> = Vec::new();
        for value in self.iter() { if other.contains(value) == wanted { found.push(value); } }
        found.into_iter()
    }
}
impl<T: Clone> Clone for HashSet<T> { fn clone(&self) -> HashSet<T> { HashSet { map: self.map.clone() } } }
impl<T> Default for HashSet<T> { fn default() -> HashSet<T> { HashSet::new() } }
impl<T: Eq + Hash> PartialEq for HashSet<T> { fn eq(&self, other: &HashSet<T>) -> bool { self.len() == other.len() && self.is_subset(other) } }
impl<T: Eq + Hash> Eq for HashSet<T> {}
impl<T: fmt::Debug> fmt::Debug for HashSet<T> { fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.debug_set().entries(self.iter()).finish() } }
impl<T: Eq + Hash> Extend<T> for HashSet<T> { fn extend<I: IntoIterator<Item = T>>(&mut self, iter: I) { for value in iter { self.insert(value); } } }
impl<'a, T: Eq + Hash + Copy> Extend<&'a T> for HashSet<T> {
    fn extend<I: IntoIterator<Item = &'a T>>(&mut self, iter: I) { for value in iter { self.insert(*value); } }
}
impl<T: Eq + Hash> FromIterator<T> for HashSet<T> {
    fn from_iter<I: IntoIterator<Item = T>>(iter: I) -> HashSet<T> { let mut made = HashSet::new(); made.extend(iter); made }
}
impl<T: Eq + Hash, const N: usize> From<[T; N]> for HashSet<T> { fn from(values: [T; N]) -> HashSet<T> { values.into_iter().collect() } }
impl<T> IntoIterator for HashSet<T> { type Item = T; type IntoIter = IntoKeys<T, ()>; fn into_iter(self) -> IntoKeys<T, ()> { self.map.into_keys() } }
impl<'a, T> IntoIterator for &'a HashSet<T> { type Item = &'a T; type IntoIter = Keys<'a, T, ()>; fn into_iter(self) -> Keys<'a, T, ()> { self.iter() } }
impl<'a, T: Eq + Hash + Clone> BitOr<&'a HashSet<T>> for &'a HashSet<T> { type Output = HashSet<T>; fn bitor(self, other: &'a HashSet<T>) -> HashSet<T> { self.union(other).cloned().collect() } }
impl<'a, T: Eq + Hash + Clone> BitAnd<&'a HashSet<T>> for &'a HashSet<T> { type Output = HashSet<T>; fn bitand(self, other: &'a HashSet<T>) -> HashSet<T> { self.intersection(other).cloned().collect() } }
impl<'a, T: Eq + Hash + Clone> BitXor<&'a HashSet<T>> for &'a HashSet<T> { type Output = HashSet<T>; fn bitxor(self, other: &'a HashSet<T>) -> HashSet<T> { self.symmetric_difference(other).cloned().collect() } }
impl<'a, T: Eq + Hash + Clone> Sub<&'a HashSet<T>> for &'a HashSet<T> { type Output = HashSet<T>; fn sub(self, other: &'a HashSet<T>) -> HashSet<T> { self.difference(other).cloned().collect() } }
