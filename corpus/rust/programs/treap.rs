use std::fmt::Debug;
use std::marker::PhantomData;
use std::ops::{Index, IndexMut, ControlFlow};

pub struct Id<T> { raw: u32, _m: PhantomData<fn() -> T> }
impl<T> Clone for Id<T> { fn clone(&self) -> Self { *self } }
impl<T> Copy for Id<T> {}
impl<T> PartialEq for Id<T> { fn eq(&self, o: &Self) -> bool { self.raw == o.raw } }
impl<T> Eq for Id<T> {}
impl<T> Debug for Id<T> { fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { f.debug_tuple("Id").field(&self.raw).finish() } }
#[derive(Debug)]
pub struct Arena<T> { items: Vec<Option<T>>, free: Vec<u32> }
impl<T> Default for Arena<T> { fn default() -> Self { Arena { items: Vec::new(), free: Vec::new() } } }
impl<T> Arena<T> {
    pub fn alloc(&mut self, t: T) -> Id<T> {
        let raw = match self.free.pop() { Some(r) => { self.items[r as usize] = Some(t); r } None => { self.items.push(Some(t)); u32::try_from(self.items.len() - 1).expect("arena overflow") } };
        Id { raw, _m: PhantomData }
    }
    pub fn remove(&mut self, id: Id<T>) -> Option<T> { let t = self.items.get_mut(id.raw as usize)?.take()?; self.free.push(id.raw); Some(t) }
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (Id<T>, &T)> + '_ { self.items.iter().enumerate().filter_map(|(i, t)| t.as_ref().map(|t| (Id { raw: i as u32, _m: PhantomData }, t))) }
    pub fn pair_mut(&mut self, a: Id<T>, b: Id<T>) -> Option<(&mut T, &mut T)> {
        let (a, b) = (a.raw as usize, b.raw as usize);
        if a == b { return None; }
        let (lo, hi) = self.items.split_at_mut(a.max(b));
        let (x, y) = (lo[a.min(b)].as_mut()?, hi[0].as_mut()?);
        Some(if a < b { (x, y) } else { (y, x) })
    }
}
impl<T> Index<Id<T>> for Arena<T> { type Output = T; #[track_caller] fn index(&self, id: Id<T>) -> &T { self.items[id.raw as usize].as_ref().expect("stale id") } }
impl<T> IndexMut<Id<T>> for Arena<T> { fn index_mut(&mut self, id: Id<T>) -> &mut T { self.items[id.raw as usize].as_mut().expect("stale id") } }

#[derive(Debug)]
struct Node<K, V> { key: K, val: V, kids: [Option<Id<Node<K, V>>>; 2], prio: u64 }
#[derive(Debug)]
pub struct Treap<K, V> { arena: Arena<Node<K, V>>, root: Option<Id<Node<K, V>>>, seed: u64 }
type Link<K, V> = Option<Id<Node<K, V>>>;
impl<K: Ord, V> Treap<K, V> {
    pub fn new() -> Self { Self { arena: Arena::default(), root: None, seed: 0x9E37_79B9_7F4A_7C15 } }
    fn rng(&mut self) -> u64 { self.seed ^= self.seed << 13; self.seed ^= self.seed >> 7; self.seed ^= self.seed << 17; self.seed }
    fn split(&mut self, t: Link<K, V>, key: &K) -> (Link<K, V>, Link<K, V>) {
        let Some(t) = t else { return (None, None) };
        if self.arena[t].key < *key { let r = self.arena[t].kids[1]; let (a, b) = self.split(r, key); self.arena[t].kids[1] = a; (Some(t), b) }
        else { let l = self.arena[t].kids[0]; let (a, b) = self.split(l, key); self.arena[t].kids[0] = b; (a, Some(t)) }
    }
    fn merge(&mut self, a: Link<K, V>, b: Link<K, V>) -> Link<K, V> {
        match (a, b) {
            (None, x) | (x, None) => x,
            (Some(x), Some(y)) if self.arena[x].prio > self.arena[y].prio => { let r = self.arena[x].kids[1]; self.arena[x].kids[1] = self.merge(r, b); Some(x) }
            (_, Some(y)) => { let l = self.arena[y].kids[0]; let m = self.merge(a, l); self.arena[y].kids[0] = m; b }
        }
    }
    pub fn insert(&mut self, key: K, val: V) {
        let prio = self.rng();
        let root = self.root.take();
        let (a, b) = self.split(root, &key);
        let n = self.arena.alloc(Node { key, val, kids: [None; 2], prio });
        let l = self.merge(a, Some(n));
        self.root = self.merge(l, b);
    }
    pub fn get(&self, key: &K) -> Option<&V> {
        let mut at = self.root;
        while let Some(id) = at { let n = &self.arena[id]; at = match key.cmp(&n.key) { std::cmp::Ordering::Equal => return Some(&n.val), o => n.kids[(o as i8 > 0) as usize] }; }
        None
    }
    pub fn walk<B>(&self, f: &mut dyn FnMut(&K, &V) -> ControlFlow<B>) -> ControlFlow<B> {
        fn go<K, V, B>(a: &Arena<Node<K, V>>, t: Link<K, V>, f: &mut dyn FnMut(&K, &V) -> ControlFlow<B>) -> ControlFlow<B> {
            if let Some(id) = t { let Node { key, val, kids: [l, r], .. } = &a[id]; go(a, *l, f)?; f(key, val)?; go(a, *r, f)?; }
            ControlFlow::Continue(())
        }
        go(&self.arena, self.root, f)
    }
    pub fn into_sorted(mut self) -> Vec<(K, V)> {
        let mut out = Vec::new(); let mut stack = vec![]; let mut at = self.root;
        loop {
            while let Some(id) = at { stack.push(id); at = self.arena[id].kids[0]; }
            let Some(id) = stack.pop() else { break out };
            let n = self.arena.remove(id).unwrap(); at = n.kids[1]; out.push((n.key, n.val));
        }
    }
}
fn main() {
    let mut t = Treap::new();
    for (i, w) in "the quick brown fox jumps over a lazy dog".split(' ').enumerate() { t.insert(w, i * i); }
    println!("{:?} {:?}", t.get(&"fox"), t.get(&"cat"));
    let mut seen = vec![];
    let r = t.walk(&mut |k, v| { seen.push(*k); if *v > 40 { ControlFlow::Break(k.len()) } else { ControlFlow::Continue(()) } });
    println!("{seen:?} {r:?}");
    match r { ControlFlow::Break(n) => println!("broke {n}"), ControlFlow::Continue(_) => println!("all") }
    println!("{:?}", t.arena.iter().rev().map(|(id, n)| (id, n.key)).take(2).collect::<Vec<_>>());
    println!("{:?}", t.into_sorted());
    let mut a = Arena::default();
    let x = a.alloc(String::from("x")); let y = a.alloc("y".to_string());
    if let Some((p, q)) = a.pair_mut(y, x) { std::mem::swap(p, q); p.push_str("!"); }
    println!("{:?}", a); println!("{}", a.pair_mut(x, x).is_none());
    a.remove(x); let z = a.alloc("z".repeat(3));
    println!("{:?} {}", z, z == x);
    a[z].insert(1, '-');
    println!("{}", a[x]);
}
