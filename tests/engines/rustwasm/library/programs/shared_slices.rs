//! `Rc<[T]>` and `Rc<str>`: made of arrays, vectors, texts and boxes; counted, weak, dropped, interned.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::rc::{Rc, Weak};
struct D(u8);
impl Drop for D { fn drop(&mut self) { println!("drop {}", self.0); } }
struct Interner { names: HashSet<Rc<str>>, order: Vec<Rc<str>> }
impl Interner {
    fn get(&mut self, name: &str) -> Rc<str> {
        if let Some(found) = self.names.get(name) { return Rc::clone(found); }
        let made: Rc<str> = Rc::from(name);
        self.names.insert(made.clone());
        self.order.push(made.clone());
        made
    }
}
fn main() {
    let r: Rc<[D]> = Rc::new([D(1), D(2)]);
    let s = r.clone();
    println!("{} {}", r.len(), Rc::strong_count(&s));
    let w = Rc::downgrade(&r);
    drop(r);
    println!("{}", s[1].0);
    drop(s);
    println!("{}", w.upgrade().is_none());
    let mut many = Vec::with_capacity(9);
    for i in 3..6 { many.push(D(i)); }
    let r: Rc<[D]> = many.into();
    let w: Weak<[D]> = Rc::downgrade(&r);
    let s = w.upgrade().unwrap();
    println!("{} {} {} {}", s.len(), Rc::strong_count(&s), Rc::weak_count(&s), Rc::ptr_eq(&r, &s));
    drop(r);
    println!("last");
    drop(s);
    println!("{:?} {}", w.upgrade().map(|s| s.len()), w.strong_count());
    let t: Rc<str> = "héllo".into();
    let u = Rc::clone(&t);
    println!("{t} {:?} {} {} {}", u, t.len(), t.chars().rev().collect::<String>(), &t[..1] == "h" || t.is_char_boundary(1));
    println!("{} {}", Rc::ptr_eq(&t, &u), Rc::strong_count(&u));
    let v: Rc<str> = String::from("grown").into();
    println!("{} {:?} {}", v.to_uppercase(), v.cmp(&t), v == "grown".into());
    let b: Rc<str> = Rc::from(String::from("boxed").into_boxed_str());
    let c: Rc<str> = Cow::Borrowed("cow").into();
    let e: Rc<str> = Rc::default();
    println!("{b} {c} [{e}] {}", e.is_empty());
    let mut i = Interner { names: HashSet::new(), order: vec![] };
    let all: Vec<Rc<str>> = "a b a c b a".split(' ').map(|w| i.get(w)).collect();
    println!("{:?} {:?} {}", all, i.order, Rc::strong_count(&all[0]));
    let mut counts: HashMap<Rc<str>, usize> = HashMap::new();
    for w in &all { *counts.entry(w.clone()).or_insert(0) += 1; }
    let sorted: BTreeMap<_, _> = counts.iter().map(|(k, n)| (&**k, *n)).collect();
    println!("{sorted:?} {:?}", counts.get("a"));
    let mut n: Rc<[i32]> = (1..=4).map(|x| x * x).collect();
    if let Some(inside) = Rc::get_mut(&mut n) { inside[0] = 7; inside.reverse(); }
    println!("{n:?} {} {:?}", n.iter().sum::<i32>(), Rc::<[u8]>::from(&[1u8, 2][..]));
    let z: Rc<[()]> = vec![(); 3].into();
    let o: Rc<[u64]> = Rc::from([]);
    let d: Rc<dyn AsRef<[u64]>> = Rc::new(vec![1]);
    println!("{} {} {:?} {}", z.len(), o.len(), Rc::<[u64]>::default(), d.as_ref().as_ref().len());
    let x: Rc<[String]> = Rc::from(vec!["p".to_string()].into_boxed_slice());
    let y: Rc<[Rc<str>]> = Rc::from([b, c]);
    println!("{x:?} {y:?}");
}
