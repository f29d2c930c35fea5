//! std::collections::HashMap: open addressing, linear probing, removal by moving the followers back.

use crate::borrow::Borrow;
use crate::fmt;
pub use crate::hash::DefaultHasher;
use crate::hash::{Hash, Hasher};
use crate::intrinsics::unsafe_mut;
use crate::ops::Index;
use crate::raw::*;
use crate::slice::element;

/// Which of the slots are taken, by the hashes of their keys (0 for none). `mask + 1` slots, or none at all.
struct Table { hashes: RawArray<u32>, slots: usize, length: usize }
impl Table {
    fn new(slots: usize) -> Table {
        let hashes = raw_array_new(slots);
        let mut i = 0;
        while i < slots { raw_array_write(&hashes, i, 0); i += 1; }
        Table { hashes, slots, length: 0 }
    }
    fn hash(&self, slot: usize) -> u32 { *raw_array_ref(&self.hashes, slot) }
    fn following(&self, slot: usize) -> usize { (slot + 1) & (self.slots - 1) }
    /// The first free slot for a hash.
    fn free_slot(&self, hash: u32) -> usize {
        let mut slot = hash as usize & (self.slots - 1);
        while self.hash(slot) != 0 { slot = self.following(slot); }
        slot
    }
    /// The first taken slot from `slot` on.
    fn taken(&self, slot: usize) -> usize {
        let mut at = slot;
        while self.hash(at) == 0 { at += 1; }
        at
    }
    fn is_full(&self) -> bool { self.length * 4 >= self.slots * 3 }
    /// The slot whose content may move to the free slot `hole`, looking from `after` on; `hole` if there is none.
    fn follower(&self, hole: usize) -> usize {
        let mask = self.slots - 1;
        let mut slot = self.following(hole);
        loop {
            let hash = self.hash(slot);
            if hash == 0 { return hole; }
            let home = hash as usize & mask;
            if (slot.wrapping_sub(home) & mask) >= (slot.wrapping_sub(hole) & mask) { return slot; }
            slot = self.following(slot);
        }
    }
}

pub struct HashMap<K, V> { table: Table, entries: RawArray<(K, V)> }

/// A bit of all hashes, so that none is 0. It chooses a slot in tables of more than 67 million only.
const TAKEN: u32 = 1 << 26;

/// Hashes for tables: 32 bits, multiply and rotate.
struct Short { state: u32 }
impl Hasher for Short {
    fn finish(&self) -> u64 { self.state as u64 }
    fn write(&mut self, bytes: &[u8]) {
        let mut i = 0;
        while i < bytes.len() { self.write_u32(*element(bytes, i) as u32); i += 1; }
    }
    fn write_u8(&mut self, value: u8) { self.write_u32(value as u32); }
    fn write_u16(&mut self, value: u16) { self.write_u32(value as u32); }
    fn write_u32(&mut self, value: u32) { self.state = (self.state.rotate_left(5) ^ value).wrapping_mul(0x0722_0a95); }
    fn write_usize(&mut self, value: usize) { self.write_u32(value as u32); }
    fn write_u64(&mut self, value: u64) {
        self.write_u32(value as u32);
        self.write_u32((value >> 32) as u32);
    }
}

fn hash_of<Q: Hash + ?Sized>(key: &Q) -> u32 {
    let mut hasher = Short { state: 0 };
    key.hash(&mut hasher);
    // A slot is taken by the lowest bits, and a product is mixed best in its highest.
    hasher.state ^ (hasher.state >> 16) | TAKEN
}

impl<K, V> HashMap<K, V> {
    pub fn new() -> HashMap<K, V> { HashMap { table: Table::new(0), entries: raw_array_new(0) } }
    pub fn with_capacity(capacity: usize) -> HashMap<K, V> {
        let mut made = HashMap::new();
        if capacity > 0 { made.resize((capacity * 4 / 3 + 1).next_power_of_two()); }
        made
    }
    pub fn len(&self) -> usize { self.table.length }
    pub fn is_empty(&self) -> bool { self.table.length == 0 }
    pub fn capacity(&self) -> usize { self.table.slots * 3 / 4 }
    fn resize(&mut self, slots: usize) {
        let mut table = Table::new(slots);
        let entries = raw_array_new(slots);
        table.length = self.table.length;
        let mut i = 0;
        while i < self.table.slots {
            let hash = self.table.hash(i);
            if hash != 0 {
                let slot = table.free_slot(hash);
                raw_array_write(&table.hashes, slot, hash);
                raw_array_copy(&self.entries, i, &entries, slot, 1);
            }
            i += 1;
        }
        raw_array_free(&self.table.hashes);
        raw_array_free(&self.entries);
        self.table = table;
        self.entries = entries;
    }
    fn make_room(&mut self) {
        if self.table.is_full() { self.resize(if self.table.slots == 0 { 4 } else { self.table.slots * 2 }); }
    }
    /// Fills a free slot.
    fn fill(&mut self, slot: usize, hash: u32, key: K, value: V) {
        raw_array_write(&self.table.hashes, slot, hash);
        raw_array_write(&self.entries, slot, (key, value));
        self.table.length += 1;
    }
    /// Takes out what a taken slot holds.
    fn take(&mut self, slot: usize) -> (K, V) {
        let entry = raw_array_read(&self.entries, slot);
        let mut hole = slot;
        loop {
            let from = self.table.follower(hole);
            if from == hole { break; }
            raw_array_write(&self.table.hashes, hole, self.table.hash(from));
            raw_array_copy(&self.entries, from, &self.entries, hole, 1);
            hole = from;
        }
        raw_array_write(&self.table.hashes, hole, 0);
        self.table.length -= 1;
        entry
    }
    fn entry_at(&self, slot: usize) -> &(K, V) { raw_array_ref(&self.entries, slot) }
    fn entry_at_mut(&mut self, slot: usize) -> &mut (K, V) { raw_array_mut(&mut self.entries, slot) }
    pub fn clear(&mut self) { drop(crate::mem::replace(self, HashMap::new())); }
    pub fn drain(&mut self) -> crate::iter::Drained<'_, IntoIter<K, V>> {
        let taken = crate::mem::replace(self, HashMap::new()).into_iter();
        crate::iter::drained(self, taken)
    }
    pub fn iter(&self) -> Iter<'_, K, V> { Iter { map: self, at: 0, left: self.table.length } }
    pub fn iter_mut(&mut self) -> IterMut<'_, K, V> { IterMut { at: 0, left: self.table.length, map: self } }
    pub fn keys(&self) -> Keys<'_, K, V> { Keys { iter: self.iter() } }
    pub fn values(&self) -> Values<'_, K, V> { Values { iter: self.iter() } }
    pub fn values_mut(&mut self) -> ValuesMut<'_, K, V> { ValuesMut { iter: self.iter_mut() } }
    pub fn into_keys(self) -> IntoKeys<K, V> { IntoKeys { iter: self.into_iter() } }
    pub fn into_values(self) -> IntoValues<K, V> { IntoValues { iter: self.into_iter() } }
    pub fn retain<F: FnMut(&K, &mut V) -> bool>(&mut self, mut keep: F) {
        let old = crate::mem::replace(self, HashMap::new());
        let slots = old.table.slots;
        if slots > 0 { self.resize(slots); }
        let mut at = 0;
        while at < slots {
            let hash = old.table.hash(at);
            if hash != 0 {
                let (key, value) = raw_array_read(&old.entries, at);
                let mut value = value;
                if keep(&key, &mut value) { self.fill(self.table.free_slot(hash), hash, key, value); }
            }
            at += 1;
        }
        raw_array_free(&old.table.hashes);
        raw_array_free(&old.entries);
        crate::mem::forget(old);
    }
}
impl<K: Eq + Hash, V> HashMap<K, V> {
    /// The slot of a key, or the free one where it belongs. There is a free slot.
    fn find<Q: Eq + ?Sized>(&self, hash: u32, key: &Q) -> usize where K: Borrow<Q> {
        let mut slot = hash as usize & (self.table.slots - 1);
        loop {
            let found = self.table.hash(slot);
            if found == 0 || found == hash && *self.entry_at(slot).0.borrow() == *key { return slot; }
            slot = self.table.following(slot);
        }
    }
    fn lookup<Q: Eq + Hash + ?Sized>(&self, key: &Q) -> Option<usize> where K: Borrow<Q> {
        if self.table.length == 0 { return None; }
        let slot = self.find(hash_of(key), key);
        if self.table.hash(slot) == 0 { None } else { Some(slot) }
    }
    pub fn reserve(&mut self, additional: usize) {
        let wanted = ((self.table.length + additional) * 4 / 3 + 1).next_power_of_two();
        if wanted > self.table.slots { self.resize(wanted); }
    }
    pub fn shrink_to_fit(&mut self) { self.shrink_to(0); }
    pub fn shrink_to(&mut self, capacity: usize) {
        let least = if capacity < self.table.length { self.table.length } else { capacity };
        let slots = if least == 0 { 0 } else { (least * 4 / 3 + 1).next_power_of_two() };
        if slots < self.table.slots { self.resize(slots); }
    }
    pub fn insert(&mut self, key: K, value: V) -> Option<V> {
        self.make_room();
        let hash = hash_of(&key);
        let slot = self.find(hash, &key);
        if self.table.hash(slot) != 0 { return Some(crate::mem::replace(&mut self.entry_at_mut(slot).1, value)); }
        self.fill(slot, hash, key, value);
        None
    }
    pub fn get<Q: Eq + Hash + ?Sized>(&self, key: &Q) -> Option<&V> where K: Borrow<Q> {
        match self.lookup(key) { Some(slot) => Some(&self.entry_at(slot).1), None => None }
    }
    pub fn get_mut<Q: Eq + Hash + ?Sized>(&mut self, key: &Q) -> Option<&mut V> where K: Borrow<Q> {
        match self.lookup(key) { Some(slot) => Some(&mut self.entry_at_mut(slot).1), None => None }
    }
    pub fn get_key_value<Q: Eq + Hash + ?Sized>(&self, key: &Q) -> Option<(&K, &V)> where K: Borrow<Q> {
        match self.lookup(key) { Some(slot) => { let entry = self.entry_at(slot); Some((&entry.0, &entry.1)) } None => None }
    }
    pub fn contains_key<Q: Eq + Hash + ?Sized>(&self, key: &Q) -> bool where K: Borrow<Q> { self.lookup(key).is_some() }
    pub fn remove<Q: Eq + Hash + ?Sized>(&mut self, key: &Q) -> Option<V> where K: Borrow<Q> {
        match self.lookup(key) { Some(slot) => Some(self.take(slot).1), None => None }
    }
    pub fn remove_entry<Q: Eq + Hash + ?Sized>(&mut self, key: &Q) -> Option<(K, V)> where K: Borrow<Q> {
        match self.lookup(key) { Some(slot) => Some(self.take(slot)), None => None }
    }
    pub fn entry(&mut self, key: K) -> Entry<'_, K, V> {
        self.make_room();
        let hash = hash_of(&key);
        let slot = self.find(hash, &key);
        if self.table.hash(slot) != 0 { return Entry::Occupied(OccupiedEntry { map: self, slot, key }); }
        Entry::Vacant(VacantEntry { map: self, slot, hash, key })
    }
}
impl<K, V> Drop for HashMap<K, V> {
    fn drop(&mut self) {
        if crate::intrinsics::needs_drop::<(K, V)>() {
            let mut at = 0;
            while self.table.length > 0 {
                at = self.table.taken(at);
                self.table.length -= 1;
                drop(raw_array_read(&self.entries, at));
                at += 1;
            }
        }
        raw_array_free(&self.table.hashes);
        raw_array_free(&self.entries);
    }
}
impl<K: Clone, V: Clone> Clone for HashMap<K, V> {
    fn clone(&self) -> HashMap<K, V> {
        let mut made = HashMap::new();
        if self.table.slots > 0 { made.resize(self.table.slots); }
        let mut at = 0;
        while at < self.table.slots {
            let hash = self.table.hash(at);
            if hash != 0 {
                let entry = self.entry_at(at);
                made.fill(at, hash, entry.0.clone(), entry.1.clone());
            }
            at += 1;
        }
        made
    }
}
impl<K, V> Default for HashMap<K, V> { fn default() -> HashMap<K, V> { HashMap::new() } }
impl<K: Eq + Hash, V: PartialEq> PartialEq for HashMap<K, V> {
    fn eq(&self, other: &HashMap<K, V>) -> bool {
        if self.len() != other.len() { return false; }
        self.iter().all(|(key, value)| match other.get(key) { Some(found) => *found == *value, None => false })
    }
}
impl<K: Eq + Hash, V: Eq> Eq for HashMap<K, V> {}
impl<K: fmt::Debug, V: fmt::Debug> fmt::Debug for HashMap<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.debug_map().entries(self.iter()).finish() }
}
impl<'q, K: Eq + Hash + Borrow<Q>, Q: Eq + Hash + ?Sized, V> Index<&'q Q> for HashMap<K, V> {
    type Output = V;
    #[track_caller]
    fn index(&self, key: &'q Q) -> &V { self.get(key).expect("no entry found for key") }
}
impl<K: Eq + Hash, V> Extend<(K, V)> for HashMap<K, V> {
    fn extend<I: IntoIterator<Item = (K, V)>>(&mut self, iter: I) { for (key, value) in iter { self.insert(key, value); } }
}
impl<'a, K: Eq + Hash + Copy, V: Copy> Extend<(&'a K, &'a V)> for HashMap<K, V> {
    fn extend<I: IntoIterator<Item = (&'a K, &'a V)>>(&mut self, iter: I) { for (key, value) in iter { self.insert(*key, *value); } }
}
impl<K: Eq + Hash, V> FromIterator<(K, V)> for HashMap<K, V> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(iter: I) -> HashMap<K, V> { let mut made = HashMap::new(); made.extend(iter); made }
}
impl<K: Eq + Hash, V, const N: usize> From<[(K, V); N]> for HashMap<K, V> {
    fn from(entries: [(K, V); N]) -> HashMap<K, V> { entries.into_iter().collect() }
}

pub struct Iter<'a, K, V> { map: &'a HashMap<K, V>, at: usize, left: usize }
impl<'a, K, V> Clone for Iter<'a, K, V> { fn clone(&self) -> Iter<'a, K, V> { Iter { map: self.map, at: self.at, left: self.left } } }
impl<'a, K, V> Iterator for Iter<'a, K, V> {
    type Item = (&'a K, &'a V);
    fn next(&mut self) -> Option<(&'a K, &'a V)> {
        if self.left == 0 { return None; }
        let slot = self.map.table.taken(self.at);
        self.at = slot + 1;
        self.left -= 1;
        let entry = self.map.entry_at(slot);
        Some((&entry.0, &entry.1))
    }
    fn size_hint(&self) -> (usize, Option<usize>) { (self.left, Some(self.left)) }
}
impl<'a, K, V> ExactSizeIterator for Iter<'a, K, V> {}
pub struct IterMut<'a, K, V> { map: &'a mut HashMap<K, V>, at: usize, left: usize }
impl<'a, K, V> Iterator for IterMut<'a, K, V> {
    type Item = (&'a K, &'a mut V);
    fn next(&mut self) -> Option<(&'a K, &'a mut V)> {
        if self.left == 0 { return None; }
        let slot = self.map.table.taken(self.at);
        self.at = slot + 1;
        self.left -= 1;
        let entry = unsafe_mut(self.map.entry_at(slot));
        Some((&entry.0, &mut entry.1))
    }
    fn size_hint(&self) -> (usize, Option<usize>) { (self.left, Some(self.left)) }
}
impl<'a, K, V> ExactSizeIterator for IterMut<'a, K, V> {}
pub struct IntoIter<K, V> { map: HashMap<K, V>, at: usize }
impl<K, V> Iterator for IntoIter<K, V> {
    type Item = (K, V);
    fn next(&mut self) -> Option<(K, V)> {
        if self.map.table.length == 0 { return None; }
        let slot = self.map.table.taken(self.at);
        self.at = slot + 1;
        raw_array_write(&self.map.table.hashes, slot, 0);
        self.map.table.length -= 1;
        Some(raw_array_read(&self.map.entries, slot))
    }
    fn size_hint(&self) -> (usize, Option<usize>) { (self.map.table.length, Some(self.map.table.length)) }
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
impl<K, V> IntoIterator for HashMap<K, V> { type Item = (K, V); type IntoIter = IntoIter<K, V>; fn into_iter(self) -> IntoIter<K, V> { IntoIter { map: self, at: 0 } } }
impl<'a, K, V> IntoIterator for &'a HashMap<K, V> { type Item = (&'a K, &'a V); type IntoIter = Iter<'a, K, V>; fn into_iter(self) -> Iter<'a, K, V> { self.iter() } }
impl<'a, K, V> IntoIterator for &'a mut HashMap<K, V> {
    type Item = (&'a K, &'a mut V);
    type IntoIter = IterMut<'a, K, V>;
    fn into_iter(self) -> IterMut<'a, K, V> { self.iter_mut() }
}

pub enum Entry<'a, K, V> { Occupied(OccupiedEntry<'a, K, V>), Vacant(VacantEntry<'a, K, V>) }
pub struct OccupiedEntry<'a, K, V> { map: &'a mut HashMap<K, V>, slot: usize, key: K }
pub struct VacantEntry<'a, K, V> { map: &'a mut HashMap<K, V>, slot: usize, hash: u32, key: K }
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
    pub fn get(&self) -> &V { &self.map.entry_at(self.slot).1 }
    pub fn get_mut(&mut self) -> &mut V { &mut self.map.entry_at_mut(self.slot).1 }
    pub fn into_mut(self) -> &'a mut V { &mut unsafe_mut(self.map.entry_at(self.slot)).1 }
    pub fn insert(&mut self, value: V) -> V { crate::mem::replace(self.get_mut(), value) }
    pub fn remove(self) -> V { self.map.take(self.slot).1 }
    pub fn remove_entry(self) -> (K, V) { self.map.take(self.slot) }
}
impl<'a, K, V> VacantEntry<'a, K, V> {
    pub fn key(&self) -> &K { &self.key }
    pub fn into_key(self) -> K { self.key }
    pub fn insert_entry(self, value: V) -> OccupiedEntry<'a, K, V> where K: Clone {
        let key = self.key.clone();
        self.map.fill(self.slot, self.hash, self.key, value);
        OccupiedEntry { map: self.map, slot: self.slot, key }
    }
    pub fn insert(self, value: V) -> &'a mut V {
        let map = unsafe_mut(&*self.map);
        let slot = self.slot;
        map.fill(slot, self.hash, self.key, value);
        &mut unsafe_mut(map.entry_at(slot)).1
    }
}
