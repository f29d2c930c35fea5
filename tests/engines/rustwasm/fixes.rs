//= E0432 collections
use std::collection::HashSet;
fn main() { println!("{}", HashSet::from([1]).len()); }
//= E0432 std::collections::HashMap
use std::HashMap;
fn main() { println!("{}", HashMap::from([(1, 2)]).len()); }
//= E0432 HashMap
use std::collections::HashMpa;
fn main() { let _: HashMap<u8, u8>; }
//= E0432 shapes
mod shapes { pub struct Circle; }
use crate::shape::Circle;
fn main() { let _ = Circle; }
//= E0433 use std::collections::HashMap;
//! A crate.
#![allow(unused)]
// Says nothing.
fn main() { let m = HashMap::from([(1, 2)]); }
//= E0425 use std::rc::Rc;
fn f(x: Rc<i32>) -> i32 { *x }
fn main() {}
//= E0433 std::collections::BTreeMap
mod inner { pub fn f() -> usize { BTreeMap::from([(1, 2)]).len() } }
fn main() { println!("{}", inner::f()); }
//= E0433 use std::fmt;
struct S;
impl fmt::Display for S { fn fmt(&self, _: &mut std::fmt::Formatter) -> std::fmt::Result { Ok(()) } }
fn main() { println!("{}", S); }
//= E0405 use std::fmt::Display;
struct S;
impl Display for S { fn fmt(&self, _: &mut std::fmt::Formatter) -> std::fmt::Result { Ok(()) } }
fn main() { println!("{}", S); }
//= E0405 Display
use std::fmt::Display;
fn f<T: Dislpay>(x: T) { println!("{}", x); }
fn main() { f(1); }
//= E0433 use std::cmp::Ordering;
fn main() { let o = 1.cmp(&2) == Ordering::Less; println!("{}", o); }
//= E0422 use crate::shapes::Circle;
mod shapes { pub struct Circle { pub radius: f64 } }
fn main() { let c = Circle { radius: 1.0 }; println!("{}", c.radius); }
//= E0425 use crate::shapes::describe;
mod shapes { pub fn describe() -> u32 { 1 } }
fn main() { println!("{}", describe()); }
//= E0425 use crate::Kind::Flat;
#[derive(Debug)] enum Kind { Round, Flat }
fn main() { println!("{:?} {:?}", Kind::Round, Flat); }
//= E0425 sum
fn main() { let mut sum = 0; for n in [1, 2] { sum += n; } println!("{}", smu); }
//= E0425 total
fn total(numbers: &[i32]) -> i32 { numbers.iter().sum() }
fn main() { println!("{}", toatl(&[1])); }
//= E0425 None
fn main() { let z: Option<u8> = Nome; println!("{:?}", z); }
//= E0425 swap
fn main() { let (mut a, mut b) = (1, 2); std::mem::swpa(&mut a, &mut b); println!("{} {}", a, b); }
//= E0425 Vec
fn f(v: vec<i32>) -> usize { v.len() }
fn main() { println!("{}", f(vec![])); }
//= E0425 String
fn f(s: string) -> usize { s.len() }
fn main() { println!("{}", f(String::new())); }
//= E0425 usize
fn f(s: uszie) -> usize { s }
fn main() { println!("{}", f(1)); }
//= E0433 String
fn main() { println!("{}", Strin::new()); }
//= E0599 new
fn main() { println!("{}", String::nwe()); }
//= E0599 iter
fn main() { println!("{}", vec![1, 2].itre().sum::<i32>()); }
//= E0599 sort
fn main() { let mut a = [3, 1]; a.sotr(); println!("{:?}", a); }
//= E0599 filter
fn main() { println!("{}", (1..9).fliter(|x| x % 2 == 0).count()); }
//= E0599 area
trait Shape { fn area(&self) -> u32; }
struct Square(u32);
impl Shape for Square { fn area(&self) -> u32 { self.0 * self.0 } }
fn main() { println!("{}", Square(2).aera()); }
//= E0599 North
#[derive(Debug)] enum Way { North, South }
fn main() { println!("{:?} {:?}", Way::Noth, Way::South); }
//= E0609 width
struct Frame { width: u32 }
fn main() { let f = Frame { width: 1 }; println!("{}", f.widht); }
//= E0560 width
struct Frame { width: u32 }
fn main() { let f = Frame { widht: 1 }; println!("{}", f.width); }
//= E0026 width
struct Frame { width: u32 }
fn main() { let Frame { widht: w, .. } = (Frame { width: 1 }); println!("{}", w); }
//= E0405 Display
struct S;
impl std::fmt::Dispaly for S { fn fmt(&self, _: &mut std::fmt::Formatter) -> std::fmt::Result { Ok(()) } }
fn main() { println!("{}", S); }
//= E0599 len
fn main() { println!("{}", vec![1, 2].length()); }
//= E0599 insert
use std::collections::HashSet;
fn main() { let mut seen = HashSet::new(); seen.push(1); println!("{}", seen.len()); }
//= E0277 : std::fmt::Display
fn f<T>(x: T) { println!("{}", x); }
fn main() { f(1); }
//= E0277 + std::fmt::Debug
fn f<T: Clone>(x: T) { println!("{:?}", x.clone()); }
fn main() { f(1); }
//= E0277 : Copy
fn takes<T: Copy>(_: T) {}
fn f<T>(x: T) { takes(x); }
fn main() { f(1); }
//= E0277 : Named
mod names { pub trait Named { fn name(&self) -> String; } }
use names::Named;
fn takes<T: Named>(x: T) -> String { x.name() }
struct Holder<T> { inner: T }
impl<T> Holder<T> { fn name(self) -> String { takes(self.inner) } }
fn main() { let _: Option<Holder<u8>> = None; }
//= E0369 : PartialEq
fn same<T>(x: T, y: T) -> bool { x == y }
fn main() { println!("{}", same(1, 2)); }
//= E0369 : PartialOrd
fn more<T>(x: T, y: T) -> bool { x > y }
fn main() { println!("{}", more(1, 2)); }
//= E0369 : std::ops::Add<Output = T>
fn add<T>(x: T, y: T) -> T { x + y }
fn main() { println!("{}", add(1, 2)); }
//= E0369 #[derive(PartialEq)]
struct P { x: i32 }
fn main() { println!("{} {}", P { x: 1 } == P { x: 2 }, P { x: 1 }.x); }
//= E0369 #[derive(PartialOrd)]
#[derive(PartialEq)]
struct P { x: i32 }
fn main() { println!("{} {}", P { x: 1 } < P { x: 2 }, P { x: 1 }.x); }
//= E0277 #[derive(Debug)]
pub enum Way { North }
fn main() { println!("{:?}", Way::North); }
//= E0277 #[derive(Clone, Copy)]
struct P;
fn takes<T: Copy>(_: T) {}
fn main() { takes(P); }
//= E0277 2.0
fn main() { let x = 1.5; println!("{}", x * 2); }
//= E0277 2.0
fn main() { let x: f64 = 1.5; println!("{}", 2 * x); }
//= E0308 -1.0
fn main() { let x: f64 = -1; println!("{}", x); }
//= E0308 3i64
fn main() { let x: i64 = 3i32; println!("{}", x); }
//= E0308 b.into()
fn f(b: u32) -> f64 { b }
fn main() { println!("{}", f(1)); }
//= E0308 (a + 1).into()
fn f(a: u8) -> u64 { a + 1 }
fn main() { println!("{}", f(1)); }
//= E0308 (-a).into()
fn f(a: i8) -> i64 { -a }
fn main() { println!("{}", f(1)); }
//= E0308 (a * 2).try_into().unwrap()
fn f(a: usize) -> u8 { a * 2 }
fn main() { println!("{}", f(1)); }
//= E0308 s.to_string()
fn f(s: &str) -> String { s }
fn main() { println!("{}", f("a")); }
//= E0308 *x
fn f(x: &i32) -> bool { x > 3 }
fn main() { println!("{}", f(&1)); }
//= E0308 *x
fn f(x: &i32) -> i32 { x }
fn main() { println!("{}", f(&1)); }
//= E0308 x.clone()
fn f(x: &Vec<u8>) -> Vec<u8> { x }
fn main() { println!("{:?}", f(&vec![1])); }
//= E0308 3
fn f(x: i32) -> i32 { x }
fn main() { println!("{}", f(&3)); }
//= E0308 &(a + b)
fn f(x: &i32) -> i32 { *x }
fn main() { let (a, b) = (1, 2); println!("{}", f(a + b)); }
//= E0308 mut
fn f(v: &mut Vec<i32>) { v.push(1); }
fn main() { let mut v = vec![]; f(&v); v.push(1); }
//= E0308 &mut v
fn f(v: &mut Vec<i32>) { v.push(1); }
fn main() { let mut v = vec![]; f(v); v.push(1); }
//= E0308 &String::from("a")
fn f(s: &str) -> usize { s.len() }
fn main() { println!("{}", f(String::from("a"))); }
//= E0308 Some(3)
fn f() -> Option<i32> { 3 }
fn main() { println!("{:?}", f()); }
//= E0308 Ok(3)
fn f() -> Result<i32, String> { 3 }
fn main() { println!("{:?}", f()); }
//= E0308 Ok(())
fn main() -> Result<(), String> { println!("x"); }
//= E0308 Box::new(s)
fn f(s: String) -> Box<String> { s }
fn main() { println!("{}", f(String::new())); }
//= E0308 'a'
fn f(c: char) -> bool { c == "a" }
fn main() { println!("{}", f('a')); }
//= E0308 "a"
fn f(s: &str) -> usize { s.len() }
fn main() { println!("{}", f('a')); }
//= E0308 ==
fn f(x: i32) -> bool { if x = 3 { true } else { false } }
fn main() { println!("{}", f(3)); }
//= E0004 , _ => todo!()
fn f(x: Option<i32>) -> i32 { match x { Some(y) => y } }
fn main() { println!("{}", f(None)); }
//= E0004 ,
enum E { A, B }
fn main() {
    match E::A {
        E::B => {}
    }
    let _ = [E::A, E::B];
}
//= E0004 { _ => todo!() }
fn main() { match 1 {} }
//= E0382 : Copy
fn twice<T>(x: T) -> (T, T) { (x, x) }
fn main() { println!("{:?}", twice(1)); }
//= E0381 = 42
fn main() { let x: i32; println!("{}", x); }
//= E0381 = String::new()
fn main() { let s: String; println!("{}", s); }
//= E0594 mut
fn f(x: &i32) { *x = 5; }
fn main() { f(&mut 1); }
//= E0596 mut
fn f<'a>(v: &'a Vec<i32>) { v.push(1); }
fn main() { f(&mut vec![]); }
//= E0594 mut
struct Count { n: u32 }
impl Count { fn up(&self) { self.n += 1; } }
fn main() { let mut c = Count { n: 0 }; c.up(); }
//= E0505 .clone()
fn main() { let s = String::new(); let r = &s; drop(s); println!("{}", r); }
//= E0310 : 'static
trait Holds {}
impl<T> Holds for T {}
fn f<T>(x: T) -> Box<dyn Holds> { Box::new(x) }
fn main() { f(1); }
//= E0310 + 'static
fn boxed<F: Fn() -> u8>(f: F) -> Box<dyn Fn() -> u8> { Box::new(f) }
fn main() { println!("{}", boxed(|| 1)()); }
//= E0449
trait Named { fn name(&self) -> u8; }
impl Named for u8 { pub(crate) fn name(&self) -> u8 { *self } }
fn main() { println!("{}", 1u8.name()); }
//= E0200 unsafe
unsafe trait Raw {}
impl Raw for u8 {}
fn main() {}
//= E0061
fn f(x: i32) -> i32 { x }
fn main() { println!("{}", f(1, 2, 3)); }
//= E0061
fn f() -> i32 { 1 }
fn main() { println!("{}", f(2)); }
//= E0057
fn main() { let f = |x: i32| x; println!("{}", f(1, 2)); }
