mod elements {
fn first<'a>(v: &'a mut Vec<&mut i32>) -> &'a mut i32 { v[0] }
fn second<'a>(v: &'a mut [&mut String]) -> &'a mut String { v[1] }
struct H<'a> { v: Vec<&'a mut i32> }
impl<'a> H<'a> {
    fn get(&mut self, i: usize) -> &mut i32 { self.v[i] }
}
pub fn main() {
    let (mut a, mut b) = (1, 2);
    { let mut v = vec![&mut a, &mut b]; *first(&mut v) += 10; }
    println!("{a}");
    let (mut s, mut t) = (String::from("s"), String::from("t"));
    { let mut v = [&mut s, &mut t]; second(&mut v).push('!'); }
    println!("{t}");
    let mut h = H { v: vec![&mut a, &mut b] };
    *h.get(1) = 9;
    let r: &mut i32 = h.v[0];
    *r += 1;
    println!("{a} {b}");
}
}
mod objects {
trait V { fn go(&self, f: &mut dyn FnMut(i32), d: i32); }
struct N { c: Vec<N>, n: i32 }
impl V for N { fn go(&self, f: &mut dyn FnMut(i32), d: i32) { f(self.n + d); for c in &self.c { c.go(f, d + 1); } } }
fn two(f: &mut dyn FnMut(i32)) { one(f); one(f); one(&mut *f); }
fn one(f: &mut dyn FnMut(i32)) { f(1) }
fn w(o: &mut dyn std::fmt::Write, n: i32) -> std::fmt::Result { if n == 0 { return Ok(()); } for _ in 0..2 { w(o, n - 1)?; } write!(o, "{n}") }
trait Vis { fn see(&mut self, n: i32); }
impl Vis for Vec<i32> { fn see(&mut self, n: i32) { self.push(n) } }
struct Walk<'a> { v: &'a mut dyn Vis }
impl<'a> Walk<'a> { fn go(&mut self) { for i in 0..3 { step(self.v, i); } } fn sub(&mut self) -> Walk<'_> { Walk { v: self.v } } }
fn step(v: &mut dyn Vis, i: i32) { v.see(i) }
fn boxes(v: &mut Vec<Box<dyn Vis>>) { for b in v.iter_mut() { step(b.as_mut(), 1); step(&mut **b, 2); } }
pub fn main() { let mut v = vec![]; N { c: vec![N { c: vec![], n: 2 }, N { c: vec![], n: 3 }], n: 1 }.go(&mut |x| v.push(x), 0); println!("{v:?}");
 let mut n = 0; two(&mut |x| n += x); println!("{n}"); let mut s = String::new(); w(&mut s, 2).unwrap(); println!("{s}");
 let mut t = vec![]; { let mut k = Walk { v: &mut t }; k.go(); k.sub().go(); k.go(); } println!("{t:?}"); let mut bs: Vec<Box<dyn Vis>> = vec![Box::new(vec![1])]; boxes(&mut bs); }
}
fn main() { elements::main(); objects::main() }
