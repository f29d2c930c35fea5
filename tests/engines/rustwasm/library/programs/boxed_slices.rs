use std::any::type_name; use std::marker::PhantomData; use std::collections::HashMap;
#[derive(Debug)] struct D(i32); impl Drop for D { fn drop(&mut self) { println!("drop {}", self.0); } }
#[derive(Debug, Clone, Copy, PartialEq, Default)] struct Meters<T> { v: f64, unit: PhantomData<T> } #[derive(Debug, Clone, Copy, PartialEq, Default)] struct Tag;
mod m { pub struct Inner<T>(pub T); pub enum E { A } }
fn name<T>(_: &T) -> &'static str { type_name::<T>() }
fn main() {
    let a: Box<str> = "hello".into(); let b = Box::<str>::from("x"); let c: Box<str> = String::from("abc").into_boxed_str(); println!("{} {} {} {}", a, b, c, a.len()); let s: String = c.into_string(); println!("{s}");
    let v: Box<[i32]> = vec![1, 2, 3].into_boxed_slice(); println!("{:?} {}", v, v.len()); let w = v.into_vec(); println!("{:?}", w); let sl: &[i32] = &[4, 5]; let bs: Box<[i32]> = sl.into(); println!("{:?}", bs); let collected: Box<[u8]> = (0..4u8).collect(); println!("{:?} {:?}", collected, collected.clone());
    let e: Box<str> = String::from("from string").into(); println!("{e:?} {}", e == a); struct N { name: Box<str> } let n = N { name: "n".into() }; println!("{}", n.name); let z: Box<str> = Default::default(); println!("{:?} {}", z, z.is_empty());
    let be: Box<dyn std::error::Error> = "err".into(); println!("{be}"); let be2: Box<dyn std::error::Error> = From::from(String::from("err2")); println!("{be2:?}");
    let ds: Box<[D]> = vec![D(1), D(2)].into(); println!("{}", ds.len()); let mut back = ds.into_vec(); back.push(D(3)); drop(back); { let again: Box<[D]> = vec![D(4)].into_boxed_slice(); println!("{:?}", again); } let mut it = vec![D(5), D(6)].into_boxed_slice().into_vec().into_iter(); println!("{:?}", it.next()); drop(it);
    let mut slots: Box<[Option<String>]> = vec![None; 3].into_boxed_slice(); slots[1] = Some("q".into()); for s in slots.iter_mut() { if s.is_none() { *s = Some(String::new()); } } println!("{slots:?}"); for s in &slots { print!("[{}]", s.as_deref().unwrap_or("-")); } println!(); let empty: Box<[i32]> = Box::default(); println!("{empty:?}"); let mut words: HashMap<Box<str>, usize> = HashMap::new(); for w in "a b a".split(' ') { *words.entry(w.into()).or_default() += 1; } println!("{:?}", words.get("a"));
    println!("{} {} {} {}", type_name::<i32>(), type_name::<&str>(), type_name::<(i32, bool)>(), name(&1u8)); println!("{} {} {}", type_name::<Option<String>>(), type_name::<Vec<[u8; 3]>>(), type_name::<&mut [f64]>()); println!("{} {} {}", type_name::<HashMap<u8, Box<dyn Fn(i32) -> bool>>>().len() > 10, type_name::<std::rc::Rc<std::cell::RefCell<()>>>(), type_name::<Result<(), std::fmt::Error>>());
    println!("{} {}", type_name::<m::Inner<m::E>>().ends_with("m::Inner<boxed_slices::m::E>") || type_name::<m::Inner<m::E>>().ends_with("::m::E>"), type_name::<std::collections::BTreeMap<char, u128>>()); let _ = (m::E::A, m::Inner(1).0);
    let x: Meters<Tag> = Meters { v: 1.5, unit: PhantomData }; println!("{:?} {}", x.v, x == Meters::default()); let y = x; println!("{} {:?}", y.v, PhantomData::<u8>);
}
