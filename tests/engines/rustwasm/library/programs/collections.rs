use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap, HashSet, VecDeque};
use std::collections::hash_map::Entry;
use std::cmp::Reverse;
fn main() {
    let mut m: HashMap<String, i32> = HashMap::new();
    for w in "the cat the dog the end".split(' ') { *m.entry(w.to_string()).or_insert(0) += 1; }
    let mut pairs: Vec<_> = m.iter().collect();
    pairs.sort_by(|a, b| b.1.cmp(a.1).then(a.0.cmp(b.0)));
    println!("{:?} {}", pairs, m.len());
    println!("{:?} {:?} {} {}", m.get("the"), m.get("x"), m["cat"], m.contains_key("dog"));
    println!("{:?} {:?}", m.insert("cat".into(), 7), m.remove("dog"));
    if let Some(v) = m.get_mut("end") { *v = 100; }
    for v in m.values_mut() { *v += 1; }
    for (_, v) in m.iter_mut() { *v += 1; }
    for (_, v) in &mut m { *v += 1; }
    let mut keys: Vec<&String> = m.keys().collect();
    keys.sort();
    println!("{:?} {}", keys, m.values().sum::<i32>());
    m.entry("new".to_string()).or_default();
    m.entry("new".to_string()).and_modify(|v| *v += 5).or_insert(1);
    println!("{:?}", m.get("new"));
    match m.entry("the".to_string()) { Entry::Occupied(mut e) => { *e.get_mut() += 1; println!("{} {}", e.key(), e.get()); e.remove(); } Entry::Vacant(e) => { e.insert(1); } }
    match m.entry("q".to_string()) { Entry::Occupied(_) => {} Entry::Vacant(e) => { println!("{}", e.key()); e.insert(1); } }
    m.retain(|_, v| *v < 50);
    println!("{} {:?}", m.len(), m.get_key_value("q"));
    let big: HashMap<u32, u32> = (0..1000).map(|x| (x, x * x)).collect();
    println!("{} {} {}", big.len(), big[&999], big.values().map(|&v| v as u64).sum::<u64>());
    let mut big2 = big.clone();
    for k in (0..1000).step_by(3) { big2.remove(&k); }
    println!("{} {:?} {:?} {}", big2.len(), big2.get(&3), big2.get(&4), big == big2);
    let m2 = HashMap::from([("a", 1), ("b", 2)]);
    let mut drained: Vec<_> = m2.into_iter().collect();
    drained.sort();
    println!("{:?}", drained);
    let mut by: HashMap<usize, Vec<&str>> = HashMap::new();
    for w in ["a", "bb", "cc", "d"] { by.entry(w.len()).or_default().push(w); }
    println!("{:?} {:?}", by[&1], by[&2]);
    println!("{:?}", HashMap::from([(1, 'x')]));
    let mut tuple_keys: HashMap<(i32, i32), char> = HashMap::new();
    tuple_keys.insert((1, 2), 'a');
    println!("{:?}", tuple_keys.get(&(1, 2)));

    let mut b = BTreeMap::new();
    for (i, w) in ["delta", "alpha", "charlie", "bravo"].iter().enumerate() { b.insert(*w, i); }
    println!("{:?} {:?} {:?}", b, b.first_key_value(), b.last_key_value());
    println!("{:?} {:?}", b.range("b".."d").collect::<Vec<_>>(), b.keys().rev().collect::<Vec<_>>());
    println!("{:?} {:?} {:?}", b.remove("alpha"), b.pop_first(), b.get("delta"));
    *b.entry("echo").or_insert(10) += 1;
    for (_, v) in b.iter_mut() { *v += 1; }
    println!("{:?} {}", b, b.len());
    println!("{:#?}", b);
    let mut big: BTreeMap<i32, i32> = (0..1000).map(|x| ((x * 7919) % 1000, x)).collect();
    println!("{} {:?} {:?}", big.len(), big.range(500..503).collect::<Vec<_>>(), big.range(..=2).map(|(k, _)| *k).collect::<Vec<_>>());
    println!("{:?} {:?}", big.range(998..).next_back(), big.range(10..20).rev().next());
    for k in 0..990 { big.remove(&k); }
    println!("{:?}", big.keys().copied().collect::<Vec<i32>>());
    big.retain(|k, _| k % 2 == 0);
    println!("{:?} {:?}", big.values().count(), big.into_iter().rev().map(|(k, _)| k).collect::<Vec<_>>());
    let mut split: BTreeMap<i32, char> = "abcdef".chars().enumerate().map(|(i, c)| (i as i32, c)).collect();
    let upper = split.split_off(&3);
    println!("{:?} {:?}", split, upper);
    println!("{}", split < upper);

    let s1: HashSet<i32> = [1, 2, 3, 4].into_iter().collect();
    let s2: HashSet<i32> = HashSet::from([3, 4, 5]);
    let mut both: Vec<_> = s1.intersection(&s2).copied().collect();
    both.sort();
    let mut all: Vec<_> = s1.union(&s2).copied().collect();
    all.sort();
    let mut only: Vec<_> = s1.difference(&s2).copied().collect();
    only.sort();
    println!("{:?} {:?} {:?} {}", both, all, only, s1.is_subset(&s2));
    let mut seen = HashSet::new();
    println!("{} {} {}", seen.insert("x"), seen.insert("x"), seen.contains("x"));
    println!("{} {:?}", seen.remove("x"), seen);
    let t1: BTreeSet<i32> = [5, 1, 3].into();
    let t2 = BTreeSet::from([3, 4, 5]);
    println!("{:?} {:?} {:?}", t1, t1.union(&t2).collect::<Vec<_>>(), t1.symmetric_difference(&t2).collect::<Vec<_>>());
    println!("{:?} {:?} {:?} {:?}", &t1 & &t2, &t1 | &t2, &t1 - &t2, t1.range(2..).next());
    println!("{:?} {:?} {}", t1.first(), t1.last(), t1.contains(&3));
    println!("{:?}", t1.iter().rev().collect::<Vec<_>>());

    let mut d: VecDeque<i32> = VecDeque::new();
    d.push_back(1);
    d.push_back(2);
    d.push_front(0);
    d.extend([3, 4, 5]);
    println!("{:?} {:?} {:?} {}", d, d.front(), d.back(), d[1]);
    println!("{:?} {:?} {}", d.pop_front(), d.pop_back(), d.len());
    d.rotate_left(1);
    d[0] += 10;
    println!("{:?} {:?} {}", d, d.iter().rev().collect::<Vec<_>>(), d.contains(&3));
    for i in 0..20 { d.push_back(i); d.pop_front(); }
    println!("{:?} {:?}", d, d.iter().position(|x| *x == 18));
    d.insert(1, 77);
    println!("{:?} {:?}", d.remove(0), d);
    for x in d.iter_mut() { *x *= 2; }
    println!("{:?} {:?}", d.make_contiguous(), 0);
    d.swap(0, 1);
    d.truncate(3);
    println!("{:?} {:?}", d, d.iter().sum::<i32>());
    println!("{:?} {:?}", d.drain(..2).collect::<Vec<_>>(), d);
    println!("{:?}", d.into_iter().collect::<Vec<_>>());

    let mut h = BinaryHeap::new();
    for x in [3, 1, 4, 1, 5, 9, 2, 6] { h.push(x); }
    println!("{:?} {} {:?}", h.peek(), h.len(), h.clone().into_sorted_vec());
    print!("{:?}:", h.pop());
    while let Some(x) = h.pop() { print!(" {}", x); }
    println!();
    let mut r = BinaryHeap::new();
    for (c, n) in [(5, "e"), (1, "a"), (5, "f"), (3, "c"), (1, "b")] { r.push(Reverse((c, n))); }
    while let Some(Reverse((c, n))) = r.pop() { print!("{}{} ", c, n); }
    println!();
    #[derive(PartialEq, Eq, Debug)]
    struct Task { rank: u32, name: &'static str }
    impl Ord for Task { fn cmp(&self, other: &Self) -> std::cmp::Ordering { self.rank.cmp(&other.rank) } }
    impl PartialOrd for Task { fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> { Some(self.cmp(other)) } }
    let mut tasks: BinaryHeap<Task> = "abcdefghij".split("").filter(|s| !s.is_empty()).enumerate().map(|(i, name)| Task { rank: (i % 3) as u32, name }).collect();
    tasks.push(Task { rank: 1, name: "late" });
    while let Some(t) = tasks.pop() { print!("{}{} ", t.rank, t.name); }
    println!();
    let mut heap = BinaryHeap::from(vec![1, 8, 3]);
    if let Some(mut top) = heap.peek_mut() { *top = 2; }
    heap.extend([7, 0]);
    println!("{:?}", heap.into_vec());
}
