struct Lru<K, V> {
    capacity: usize,
    entries: Vec<(K, V)>,
    hits: u32,
}

impl<K: PartialEq, V> Lru<K, V> {
    fn new(capacity: usize) -> Self {
        Lru { capacity, entries: Vec::with_capacity(capacity), hits: 0 }
    }

    fn get(&mut self, key: &K) -> Option<&V> {
        let place = self.entries.iter().position(|(k, _)| k == key)?;
        self.hits += 1;
        let entry = self.entries.remove(place);
        self.entries.push(entry);
        self.entries.last().map(|(_, v)| v)
    }

    fn put(&mut self, key: K, value: V) -> Option<(K, V)> {
        if let Some(place) = self.entries.iter().position(|(k, _)| *k == key) {
            self.entries.remove(place);
        }
        let evicted = if self.entries.len() == self.capacity { Some(self.entries.remove(0)) } else { None };
        self.entries.push((key, value));
        evicted
    }
}

fn main() {
    let mut cache = Lru::new(2);
    cache.put("a", 1);
    cache.put("b", 2);
    println!("{:?}", cache.get(&"a"));
    println!("{:?}", cache.put("c", 3));
    println!("{:?} {:?}", cache.get(&"b").copied(), cache.get(&"c").copied());
    println!("{}", cache.hits);
}
