use std::collections::{HashMap, VecDeque, BTreeMap};
use std::fmt::{self, Debug, Display};
use std::hash::Hash;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CacheError<K> {
    ZeroCapacity,
    Missing { key: K },
    Full(usize),
}

impl<K: Debug> Display for CacheError<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CacheError::ZeroCapacity => f.write_str("capacity is zero"),
            CacheError::Missing { key } => write!(f, "no such key: {key:?}"),
            CacheError::Full(n) => write!(f, "full: {n:>4}"),
        }
    }
}

impl<K: Debug> std::error::Error for CacheError<K> {}

struct Slot<K, V> {
    key: K,
    value: V,
    prev: Option<usize>,
    next: Option<usize>,
}

pub struct Lru<K, V, const CAP: usize = 3> {
    map: HashMap<K, usize>,
    slots: Vec<Slot<K, V>>,
    head: Option<usize>,
    tail: Option<usize>,
    hits: u64,
    misses: u64,
}

impl<K, V, const CAP: usize> Default for Lru<K, V, CAP>
where
    K: Eq + Hash + Clone,
{
    fn default() -> Self {
        Self { map: HashMap::with_capacity(CAP), slots: Vec::with_capacity(CAP), head: None, tail: None, hits: 0, misses: 0 }
    }
}

impl<K: Eq + Hash + Clone, V, const CAP: usize> Lru<K, V, CAP> {
    pub const CAPACITY: usize = CAP;

    pub fn new() -> Result<Self, CacheError<K>> {
        if CAP == 0 { Err(CacheError::ZeroCapacity) } else { Ok(Self::default()) }
    }

    fn detach(&mut self, i: usize) {
        let (prev, next) = { let s = &self.slots[i]; (s.prev, s.next) };
        match prev {
            Some(p) => self.slots[p].next = next,
            None => self.head = next,
        }
        match next {
            Some(n) => self.slots[n].prev = prev,
            None => self.tail = prev,
        }
        let s = &mut self.slots[i];
        s.prev = None;
        s.next = None;
    }

    fn push_front(&mut self, i: usize) {
        let old = self.head.replace(i);
        self.slots[i].next = old;
        if let Some(o) = old { self.slots[o].prev = Some(i); } else { self.tail = Some(i); }
    }

    pub fn get<Q>(&mut self, key: &Q) -> Option<&mut V>
    where
        K: std::borrow::Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        let Some(&i) = self.map.get(key) else {
            self.misses += 1;
            return None;
        };
        self.hits += 1;
        self.detach(i);
        self.push_front(i);
        Some(&mut self.slots[i].value)
    }

    pub fn put(&mut self, key: K, value: V) -> Option<(K, V)> {
        if let Some(&i) = self.map.get(&key) {
            let old = std::mem::replace(&mut self.slots[i].value, value);
            self.detach(i);
            self.push_front(i);
            return Some((key, old));
        }
        if self.slots.len() < CAP {
            let i = self.slots.len();
            self.slots.push(Slot { key: key.clone(), value, prev: None, next: None });
            self.map.insert(key, i);
            self.push_front(i);
            None
        } else {
            let i = self.tail.expect("non-empty");
            self.detach(i);
            let slot = &mut self.slots[i];
            self.map.remove(&slot.key);
            let old_key = std::mem::replace(&mut slot.key, key.clone());
            let old_val = std::mem::replace(&mut slot.value, value);
            self.map.insert(key, i);
            self.push_front(i);
            Some((old_key, old_val))
        }
    }

    pub fn iter(&self) -> Iter<'_, K, V> {
        Iter { slots: &self.slots, at: self.head }
    }
}

pub struct Iter<'a, K, V> {
    slots: &'a [Slot<K, V>],
    at: Option<usize>,
}

impl<'a, K, V> Iterator for Iter<'a, K, V> {
    type Item = (&'a K, &'a V);
    fn next(&mut self) -> Option<Self::Item> {
        let slot = &self.slots[self.at?];
        self.at = slot.next;
        Some((&slot.key, &slot.value))
    }
}

impl<'a, K: Eq + Hash + Clone, V, const CAP: usize> IntoIterator for &'a Lru<K, V, CAP> {
    type Item = (&'a K, &'a V);
    type IntoIter = Iter<'a, K, V>;
    fn into_iter(self) -> Self::IntoIter { self.iter() }
}

fn lookup<'c>(c: &'c mut Lru<String, i32, 3>, k: &str) -> Result<&'c mut i32, Box<dyn std::error::Error>> {
    c.get(k).ok_or_else(|| Box::new(CacheError::Missing { key: k.to_owned() }) as Box<dyn std::error::Error>)
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut c: Lru<String, i32> = Lru::new()?;
    for (i, w) in "one two three two four five one".split_whitespace().enumerate() {
        let out = c.put(w.into(), i as i32);
        println!("put {w:<6} -> {out:?}");
    }
    *lookup(&mut c, "four")? *= 10;
    match lookup(&mut c, "zzz") {
        Ok(v) => println!("found {v}"),
        Err(e) => println!("error: {e}"),
    }
    for (k, v) in &c { println!("{k}={v}"); }
    let sum: i32 = c.iter().map(|(_, v)| v).sum();
    println!("sum {sum} hits {} misses {} cap {}", c.hits, c.misses, Lru::<String, i32, 3>::CAPACITY);
    let z = Lru::<u8, u8, 0>::new();
    println!("{}", z.err().map_or(String::from("none"), |e| e.to_string()));
    let hist: BTreeMap<usize, VecDeque<&str>> = ["a", "bb", "cc", "d", "eee"].iter().fold(BTreeMap::new(), |mut m, w| {
        m.entry(w.len()).or_insert_with(VecDeque::new).push_front(*w);
        m
    });
    println!("{hist:#?}");
    println!("{:?}", CacheError::<()>::Full(7));
    println!("{}", CacheError::<()>::Full(7));
    Ok(())
}
