//! std::collections::BTreeMap: sorted runs of at most `LONGEST` entries, themselves in order.

use crate::borrow::Borrow;
use crate::cmp::Ordering;
use crate::fmt;
use crate::hash::{Hash, Hasher};
use crate::intrinsics::unsafe_mut;
use crate::ops::{Bound, Index, RangeBounds};

const LONGEST: usize = 128;

/// No run is empty.
pub struct BTreeMap<K, V> { runs: Vec<Vec<(K, V)>>, length: usize }

/// Where an entry is: its run and its index there. The end is (number of runs, 0).
#[derive(Clone, Copy, PartialEq)]
struct Position { run: usize, at: usize }

impl<K, V> BTreeMap<K, V> {
    pub const fn new() -> BTreeMap<K, V> { BTreeMap { runs: Vec::new(), length: 0 } }
    pub fn len(&self) -> usize { self.length }
    pub fn is_empty(&self) -> bool { self.length == 0 }
    pub fn clear(&mut self) { self.runs.clear(); self.length = 0; }
    fn start(&self) -> Position { Position { run: 0, at: 0 } }
    fn end(&self) -> Position { Position { run: self.runs.len(), at: 0 } }
    fn last(&self) -> Position { let run = self.runs.len() - 1; Position { run, at: self.runs[run].len() - 1 } }
    fn entry_at(&self, position: Position) -> &(K, V) { &self.runs[position.run][position.at] }
    fn entry_at_mut(&mut self, position: Position) -> &mut (K, V) { &mut self.runs[position.run][position.at] }
    fn insert_at(&mut self, position: Position, key: K, value: V) -> Position {
        self.length += 1;
        if self.runs.is_empty() { self.runs.push(Vec::new()); }
        let run = &mut self.runs[position.run];
        run.insert(position.at, (key, value));
        if run.len() <= LONGEST { return position; }
        let tail = run.split_off(LONGEST / 2);
        self.runs.insert(position.run + 1, tail);
        if position.at < LONGEST / 2 { position } else { Position { run: position.run + 1, at: position.at - LONGEST / 2 } }
    }
    fn remove_at(&mut self, position: Position) -> (K, V) {
        self.length -= 1;
        let entry = self.runs[position.run].remove(position.at);
        if self.runs[position.run].is_empty() { self.runs.remove(position.run); }
        entry
    }
    pub fn first_key_value(&self) -> Option<(&K, &V)> { self.iter().next() }
    pub fn last_key_value(&self) -> Option<(&K, &V)> { self.iter().next_back() }
    pub fn pop_first(&mut self) -> Option<(K, V)> { if self.length == 0 { None } else { Some(self.remove_at(self.start())) } }
    pub fn pop_last(&mut self) -> Option<(K, V)> { if self.length == 0 { None } else { Some(self.remove_at(self.last())) } }
    pub fn iter(&self) -> Iter<'_, K, V> { Iter { range: Range { map: self, from: self.start(), to: self.end() }, left: self.length } }
    pub fn iter_mut(&mut self) -> IterMut<'_, K, V> {
        let (from, to, left) = (self.start(), self.end(), self.length);
        IterMut { range: RangeMut { map: self, from, to }, left }
    }
    pub fn keys(&self) -> Keys<'_, K, V> { Keys { iter: self.iter() } }
    pub fn values(&self) -> Values<'_, K, V> { Values { iter: self.iter() } }
    pub fn values_mut(&mut self) -> ValuesMut<'_, K, V> { ValuesMut { iter: self.iter_mut() } }
    pub fn into_keys(self) -> IntoKeys<K, V> { IntoKeys { iter: self.into_iter() } }
    pub fn into_values(self) -> IntoValues<K, V> { IntoValues { iter: self.into_iter() } }
    pub fn retain<F: FnMut(&K, &mut V) -> bool>(&mut self, mut keep: F) {
        let mut length = 0;
        for run in self.runs.iter_mut() {
            run.retain_mut(|entry| keep(&entry.0, &mut entry.1));
            length += run.len();
        }
        self.runs.retain(|run| !run.is_empty());
        self.length = length;
    }
}
impl<K: Ord, V> BTreeMap<K, V> {
    /// The first position whose key is not below `key` (with `past`: above it), and whether it is that key.
    fn find<Q: Ord + ?Sized>(&self, key: &Q, past: bool) -> (Position, bool) where K: Borrow<Q> {
        let mut low = 0;
        let mut high = self.runs.len();
        while low < high {
            let middle = (low + high) / 2;
            let run = &self.runs[middle];
            let order = key.cmp(run[run.len() - 1].0.borrow());
            if order == Ordering::Greater || past && order == Ordering::Equal { low = middle + 1; } else { high = middle; }
        }
        let run = low;
        if run == self.runs.len() { return (self.end(), false); }
        let entries = &self.runs[run];
        let mut found = false;
        low = 0;
        high = entries.len();
        while low < high {
            let middle = (low + high) / 2;
            let order = key.cmp(entries[middle].0.borrow());
            if order == Ordering::Greater || past && order == Ordering::Equal {
                low = middle + 1;
            } else {
                if order == Ordering::Equal { found = true; }
                high = middle;
            }
        }
        (Position { run, at: low }, found)
    }
    fn lookup<Q: Ord + ?Sized>(&self, key: &Q) -> Option<Position> where K: Borrow<Q> {
        let (position, found) = self.find(key, false);
        if found { Some(position) } else { None }
    }
    /// Where a new key goes: the end becomes the end of the last run.
    fn place(&self, position: Position) -> Position {
        if position.run < self.runs.len() || self.runs.is_empty() { return position; }
        let last = self.last();
        Position { run: last.run, at: last.at + 1 }
    }
    pub fn insert(&mut self, key: K, value: V) -> Option<V> {
        let (position, found) = self.find(&key, false);
        if found { return Some(crate::mem::replace(&mut self.entry_at_mut(position).1, value)); }
        self.insert_at(self.place(position), key, value);
        None
    }
    pub fn get<Q: Ord + ?Sized>(&self, key: &Q) -> Option<&V> where K: Borrow<Q> {
        match self.lookup(key) { Some(position) => Some(&self.entry_at(position).1), None => None }
    }
    pub fn get_mut<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<&mut V> where K: Borrow<Q> {
        match self.lookup(key) { Some(position) => Some(&mut self.entry_at_mut(position).1), None => None }
    }
    pub fn get_key_value<Q: Ord + ?Sized>(&self, key: &Q) -> Option<(&K, &V)> where K: Borrow<Q> {
        match self.lookup(key) { Some(position) => { let entry = self.entry_at(position); Some((&entry.0, &entry.1)) } None => None }
    }
    pub fn contains_key<Q: Ord + ?Sized>(&self, key: &Q) -> bool where K: Borrow<Q> { self.lookup(key).is_some() }
    pub fn remove<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<V> where K: Borrow<Q> {
        match self.lookup(key) { Some(position) => Some(self.remove_at(position).1), None => None }
    }
    pub fn remove_entry<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<(K, V)> where K: Borrow<Q> {
        match self.lookup(key) { Some(position) => Some(self.remove_at(position)), None => None }
    }
    pub fn entry(&mut self, key: K) -> Entry<'_, K, V> {
        let (position, found) = self.find(&key, false);
        if found { return Entry::Occupied(OccupiedEntry { map: self, position, key }); }
        let position = self.place(position);
        Entry::Vacant(VacantEntry { map: self, position, key })
    }
    pub fn first_entry(&mut self) -> Option<OccupiedEntry<'_, K, V>> where K: Clone {
        if self.length == 0 { return None; }
        let position = self.start();
        let key = self.entry_at(position).0.clone();
        Some(OccupiedEntry { map: self, position, key })
    }
    pub fn last_entry(&mut self) -> Option<OccupiedEntry<'_, K, V>> where K: Clone {
        if self.length == 0 { return None; }
        let position = self.last();
        let key = self.entry_at(position).0.clone();
        Some(OccupiedEntry { map: self, position, key })
    }
    fn limits<Q: Ord + ?Sized, R: RangeBounds<Q>>(&self, range: &R) -> (Position, Position) where K: Borrow<Q> {
        let from = match range.start_bound() {
            Bound::Included(key) => self.find(key, false).0,
            Bound::Excluded(key) => self.find(key, true).0,
            Bound::Unbounded => self.start(),
        };
        let to = match range.end_bound() {
            Bound::Included(key) => self.find(key, true).0,
            Bound::Excluded(key) => self.find(key, false).0,
            Bound::Unbounded => self.end(),
        };
        if to.run < from.run || to.run == from.run && to.at < from.at { panic!("range start is greater than range end in BTreeMap"); }
        (from, to)
    }
    pub fn range<Q: Ord + ?Sized, R: RangeBounds<Q>>(&self, range: R) -> Range<'_, K, V> where K: Borrow<Q> {
        let (from, to) = self.limits(&range);
        Range { map: self, from, to }
    }
    pub fn range_mut<Q: Ord + ?Sized, R: RangeBounds<Q>>(&mut self, range: R) -> RangeMut<'_, K, V> where K: Borrow<Q> {
        let (from, to) = self.limits(&range);
        RangeMut { map: self, from, to }
    }
    pub fn append(&mut self, other: &mut BTreeMap<K, V>) { self.extend(crate::mem::take(other)); }
    pub fn split_off<Q: Ord + ?Sized>(&mut self, key: &Q) -> BTreeMap<K, V> where K: Borrow<Q> {
        let (position, _) = self.find(key, false);
        let mut made = BTreeMap::new();
        if position.run == self.runs.len() { return made; }
        let tail = self.runs[position.run].split_off(position.at);
        let rest = self.runs.split_off(position.run + 1);
        if position.at == 0 { self.runs.pop(); }
        made.runs.push(tail);
        made.runs.extend(rest);
        for run in made.runs.iter() { made.length += run.len(); }
        self.length -= made.length;
        made
    }
}
impl<K: Clone, V: Clone> Clone for BTreeMap<K, V> { fn clone(&self) -> BTreeMap<K, V> { BTreeMap { runs: self.runs.clone(), length: self.length } } }
impl<K, V> Default for BTreeMap<K, V> { fn default() -> BTreeMap<K, V> { BTreeMap::new() } }
impl<K: PartialEq, V: PartialEq> PartialEq for BTreeMap<K, V> {
    fn eq(&self, other: &BTreeMap<K, V>) -> bool { self.length == other.length && self.iter().eq(other.iter()) }
}
impl<K: Eq, V: Eq> Eq for BTreeMap<K, V> {}
impl<K: Ord, V: Ord> PartialOrd for BTreeMap<K, V> { fn partial_cmp(&self, other: &BTreeMap<K, V>) -> Option<Ordering> { Some(self.cmp(other)) } }
impl<K: Ord, V: Ord> Ord for BTreeMap<K, V> { fn cmp(&self, other: &BTreeMap<K, V>) -> Ordering { self.iter().cmp(other.iter()) } }
impl<K: Hash, V: Hash> Hash for BTreeMap<K, V> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.length.hash(state);
        for entry in self.iter() { entry.hash(state); }
    }
}
impl<K: fmt::Debug, V: fmt::Debug> fmt::Debug for BTreeMap<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.debug_map().entries(self.iter()).finish() }
}
impl<'q, K: Ord + Borrow<Q>, Q: Ord + ?Sized, V> Index<&'q Q> for BTreeMap<K, V> {
    type Output = V;
    #[track_caller]
    fn index(&self, key: &'q Q) -> &V { self.get(key).expect("no entry found for key") }
}
impl<K: Ord, V> Extend<(K, V)> for BTreeMap<K, V> {
    fn extend<I: IntoIterator<Item = (K, V)>>(&mut self, iter: I) { for (key, value) in iter { self.insert(key, value); } }
}
impl<'a, K: Ord + Copy, V: Copy> Extend<(&'a K, &'a V)> for BTreeMap<K, V> {
    fn extend<I: IntoIterator<Item = (&'a K, &'a V)>>(&mut self, iter: I) { for (key, value) in iter { self.insert(*key, *value); } }
}
impl<K: Ord, V> FromIterator<(K, V)> for BTreeMap<K, V> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(iter: I) -> BTreeMap<K, V> { let mut made = BTreeMap::new(); made.extend(iter); made }
}
impl<K: Ord, V, const N: usize> From<[(K, V); N]> for BTreeMap<K, V> {
    fn from(entries: [(K, V); N]) -> BTreeMap<K, V> { entries.into_iter().collect() }
}

pub struct Range<'a, K, V> { map: &'a BTreeMap<K, V>, from: Position, to: Position }
/// Moves `from` on and says where it was; None at the end.
fn forward<K, V>(map: &BTreeMap<K, V>, from: &mut Position, to: Position) -> Option<Position> {
    if *from == to { return None; }
    let found = *from;
    from.at += 1;
    if from.at == map.runs[found.run].len() { from.run += 1; from.at = 0; }
    Some(found)
}
fn backward<K, V>(map: &BTreeMap<K, V>, from: Position, to: &mut Position) -> Option<Position> {
    if from == *to { return None; }
    if to.at == 0 { to.run -= 1; to.at = map.runs[to.run].len(); }
    to.at -= 1;
    Some(*to)
}
impl<'a, K, V> Clone for Range<'a, K, V> { fn clone(&self) -> Range<'a, K, V> { Range { map: self.map, from: self.from, to: self.to } } }
impl<'a, K, V> Iterator for Range<'a, K, V> {
    type Item = (&'a K, &'a V);
    fn next(&mut self) -> Option<(&'a K, &'a V)> {
        let entry = self.map.entry_at(forward(self.map, &mut self.from, self.to)?);
        Some((&entry.0, &entry.1))
    }
}
impl<'a, K, V> DoubleEndedIterator for Range<'a, K, V> {
    fn next_back(&mut self) -> Option<(&'a K, &'a V)> {
        let entry = self.map.entry_at(backward(self.map, self.from, &mut self.to)?);
        Some((&entry.0, &entry.1))
    }
}
pub struct RangeMut<'a, K, V> { map: &'a mut BTreeMap<K, V>, from: Position, to: Position }
impl<'a, K, V> Iterator for RangeMut<'a, K, V> {
    type Item = (&'a K, &'a mut V);
    fn next(&mut self) -> Option<(&'a K, &'a mut V)> {
        let position = forward(&*self.map, &mut self.from, self.to)?;
        let entry = unsafe_mut(self.map.entry_at(position));
        Some((&entry.0, &mut entry.1))
    }
}
impl<'a, K, V> DoubleEndedIterator for RangeMut<'a, K, V> {
    fn next_back(&mut self) -> Option<(&'a K, &'a mut V)> {
        let position = backward(&*self.map, self.from, &mut self.to)?;
        let entry = unsafe_mut(self.map.entry_at(position));
        Some((&entry.0, &mut entry.1))
    }
}
macro_rules! counted {
    ($name:ident $range:ident $item:ty) => {
        pub struct $name<'a, K, V> { range: $range<'a, K, V>, left: usize }
        impl<'a, K, V> Iterator for $name<'a, K, V> {
            type Item = $item;
            fn next(&mut self) -> Option<$item> { let entry = self.range.next()?; self.left -= 1; Some(entry) }
            fn size_hint(&self) -> (usize, Option<usize>) { (self.left, Some(self.left)) }
        }
        impl<'a, K, V> DoubleEndedIterator for $name<'a, K, V> {
            fn next_back(&mut self) -> Option<$item> { let entry = self.range.next_back()?; self.left -= 1; Some(entry) }
        }
        impl<'a, K, V> ExactSizeIterator for $name<'a, K, V> {}
    }
}
counted! { Iter Range (&'a K, &'a V) }
counted! { IterMut RangeMut (&'a K, &'a mut V) }
impl<'a, K, V> Clone for Iter<'a, K, V> { fn clone(&self) -> Iter<'a, K, V> { Iter { range: self.range.clone(), left: self.left } } }

type Run<K, V> = crate::vec::IntoIter<(K, V)>;
pub struct IntoIter<K, V> { runs: crate::vec::IntoIter<Vec<(K, V)>>, front: Option<Run<K, V>>, back: Option<Run<K, V>>, left: usize }
impl<K, V> Iterator for IntoIter<K, V> {
    type Item = (K, V);
    fn next(&mut self) -> Option<(K, V)> {
        if self.left == 0 { return None; }
        self.left -= 1;
        loop {
            if let Some(run) = &mut self.front { if let Some(entry) = run.next() { return Some(entry); } }
            match self.runs.next() {
                Some(run) => self.front = Some(run.into_iter()),
                None => return match &mut self.back { Some(run) => run.next(), None => None },
            }
        }
    }
    fn size_hint(&self) -> (usize, Option<usize>) { (self.left, Some(self.left)) }
}
impl<K, V> DoubleEndedIterator for IntoIter<K, V> {
    fn next_back(&mut self) -> Option<(K, V)> {
        if self.left == 0 { return None; }
        self.left -= 1;
        loop {
            if let Some(run) = &mut self.back { if let Some(entry) = run.next_back() { return Some(entry); } }
            match self.runs.next_back() {
                Some(run) => self.back = Some(run.into_iter()),
                None => return match &mut self.front { Some(run) => run.next_back(), None => None },
            }
        }
    }
}
impl<K, V> ExactSizeIterator for IntoIter<K, V> {}
macro_rules! part {
    ($name:ident $iter:ident [$($life:lifetime)?] $item:ty, $field:tt) => {
        pub struct $name<$($life,)? K, V> { iter: $iter<$($life,)? K, V> }
        impl<$($life,)? K, V> Iterator for $name<$($life,)? K, V> {
            type Item = $item;
            fn next(&mut self) -> Option<$item> { match self.iter.next() { Some(entry) => Some(entry.$field), None => None } }
            fn size_hint(&self) -> (usize, Option<usize>) { self.iter.size_hint() }
        }
        impl<$($life,)? K, V> DoubleEndedIterator for $name<$($life,)? K, V> {
            fn next_back(&mut self) -> Option<$item> { match self.iter.next_back() { Some(entry) => Some(entry.$field), None => None } }
        }
        impl<$($life,)? K, V> ExactSizeIterator for $name<$($life,)? K, V> {}
    }
}
part! { Keys Iter ['a] &'a K, 0 }
part! { Values Iter ['a] &'a V, 1 }
part! { ValuesMut IterMut ['a] &'a mut V, 1 }
part! { IntoKeys IntoIter [] K, 0 }
part! { IntoValues IntoIter [] V, 1 }
impl<'a, K, V> Clone for Keys<'a, K, V> { fn clone(&self) -> Keys<'a, K, V> { Keys { iter: self.iter.clone() } } }
impl<'a, K, V> Clone for Values<'a, K, V> { fn clone(&self) -> Values<'a, K, V> { Values { iter: self.iter.clone() } } }
impl<K, V> IntoIterator for BTreeMap<K, V> {
    type Item = (K, V);
    type IntoIter = IntoIter<K, V>;
    fn into_iter(self) -> IntoIter<K, V> { let left = self.length; IntoIter { runs: self.runs.into_iter(), front: None, back: None, left } }
}
impl<'a, K, V> IntoIterator for &'a BTreeMap<K, V> { type Item = (&'a K, &'a V); type IntoIter = Iter<'a, K, V>; fn into_iter(self) -> Iter<'a, K, V> { self.iter() } }
impl<'a, K, V> IntoIterator for &'a mut BTreeMap<K, V> {
    type Item = (&'a K, &'a mut V);
    type IntoIter = IterMut<'a, K, V>;
    fn into_iter(self) -> IterMut<'a, K, V> { self.iter_mut() }
}

pub enum Entry<'a, K, V> { Occupied(OccupiedEntry<'a, K, V>), Vacant(VacantEntry<'a, K, V>) }
pub struct OccupiedEntry<'a, K, V> { map: &'a mut BTreeMap<K, V>, position: Position, key: K }
pub struct VacantEntry<'a, K, V> { map: &'a mut BTreeMap<K, V>, position: Position, key: K }
impl<'a, K, V> Entry<'a, K, V> {
    pub fn or_insert(self, value: V) -> &'a mut V { match self { Entry::Occupied(found) => found.into_mut(), Entry::Vacant(place) => place.insert(value) } }
    pub fn or_insert_with<F: FnOnce() -> V>(self, make: F) -> &'a mut V {
        match self { Entry::Occupied(found) => found.into_mut(), Entry::Vacant(place) => place.insert(make()) }
    }
    pub fn or_insert_with_key<F: FnOnce(&K) -> V>(self, make: F) -> &'a mut V {
        match self { Entry::Occupied(found) => found.into_mut(), Entry::Vacant(place) => { let value = make(&place.key); place.insert(value) } }
    }
    pub fn or_default(self) -> &'a mut V where V: Default { self.or_insert_with(V::default) }
    pub fn and_modify<F: FnOnce(&mut V)>(self, change: F) -> Entry<'a, K, V> {
        match self {
            Entry::Occupied(mut found) => { change(found.get_mut()); Entry::Occupied(found) }
            Entry::Vacant(place) => Entry::Vacant(place),
        }
    }
    pub fn key(&self) -> &K { match self { Entry::Occupied(found) => &found.key, Entry::Vacant(place) => &place.key } }
    pub fn insert_entry(self, value: V) -> OccupiedEntry<'a, K, V> where K: Clone {
        match self {
            Entry::Occupied(mut found) => { found.insert(value); found }
            Entry::Vacant(place) => place.insert_entry(value),
        }
    }
}
impl<'a, K, V> OccupiedEntry<'a, K, V> {
    pub fn key(&self) -> &K { &self.key }
    pub fn get(&self) -> &V { &self.map.entry_at(self.position).1 }
    pub fn get_mut(&mut self) -> &mut V { &mut self.map.entry_at_mut(self.position).1 }
    pub fn into_mut(self) -> &'a mut V { &mut unsafe_mut(self.map.entry_at(self.position)).1 }
    pub fn insert(&mut self, value: V) -> V { crate::mem::replace(self.get_mut(), value) }
    pub fn remove(self) -> V { self.map.remove_at(self.position).1 }
    pub fn remove_entry(self) -> (K, V) { self.map.remove_at(self.position) }
}
impl<'a, K, V> VacantEntry<'a, K, V> {
    pub fn key(&self) -> &K { &self.key }
    pub fn into_key(self) -> K { self.key }
    pub fn insert_entry(self, value: V) -> OccupiedEntry<'a, K, V> where K: Clone {
        let key = self.key.clone();
        let position = self.map.insert_at(self.position, self.key, value);
        OccupiedEntry { map: self.map, position, key }
    }
    pub fn insert(self, value: V) -> &'a mut V {
        let map = unsafe_mut(&*self.map);
        let position = map.insert_at(self.position, self.key, value);
        &mut unsafe_mut(map.entry_at(position)).1
    }
}
