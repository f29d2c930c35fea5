use std::ops::{Add, AddAssign, Index, Neg};
#[derive(Clone, Copy, Debug)]
struct V(i32);
impl Add for V { type Output = V; fn add(self, o: V) -> V { V(self.0 * 10 + o.0) } }
impl AddAssign for V { fn add_assign(&mut self, o: V) { self.0 = self.0 * 10 + o.0; } }
fn g(a: i32, b: i32) -> i32 { a * 100 + b }
fn gv(a: V, b: V) -> i32 { a.0 * 100 + b.0 }
struct P { x: i32, v: V, a: [i32; 2] }
impl P { fn m(&mut self) -> i32 { self.x += 1; self.x } fn k(self_: i32, o: i32) -> i32 { self_ * 100 + o } }
fn main() {
    let mut v = V(1);
    println!("{:?}", v + { v = V(5); V(2) });
    let mut p = P { x: 1, v: V(3), a: [1, 2] };
    println!("{}", g(p.x, { p.x = 7; 2 }));
    println!("{}", gv(p.v, { p.v = V(8); V(2) }));
    println!("{:?}", p.v + { p.v = V(6); V(2) });
    println!("{}", g(p.x, p.m()));
    println!("{}", p.x + p.m());
    println!("{}", p.x * 100 + { p.x = 3; p.x });
    println!("{:?}", (p.x, p.m(), p.x));
    println!("{:?}", [p.x, { p.x = 50; p.x }, p.x]);
    let q = P { x: p.x, v: p.v, a: [{ p.x = 4; 1 }, p.x] };
    println!("{} {:?} {:?}", q.x, q.v, q.a);
    println!("{}", p.a[0] + { p.a[0] = 9; p.a[0] });
    println!("{}", g(p.a[0], { p.a[0] = 1; p.a[0] }));
    let mut t = (1, (2, 3));
    println!("{}", g(t.1.0, { t.1.0 = 5; t.1.0 }));
    println!("{}", g(t.1.0, { t = (0, (0, 0)); t.1.0 }));
    println!("{}", t.0 == { t.0 = 1; 1 });
    println!("{}", t.0 < { t.0 = 0; 1 });
    v += V(1);
    println!("{:?}", v);
    let mut i = 0;
    let a = [10, 20, 30];
    println!("{}", a[i] + { i += 1; a[i] });
    println!("{}", { i } + { i += 1; i });
    let mut s = String::from("a");
    let r = std::mem::take(&mut s) + { s = String::from("b"); &s };
    println!("{r} {s}");
    let mut x = 3;
    x += { x = 10; 1 };
    println!("{x}");
    let mut f = 2.5;
    println!("{}", f * { f = 4.0; f });
    let mut w = Some(1);
    println!("{:?}", (w, { w = None; w }));
    println!("{:?}", -v + v);
    more();
}
impl Neg for V { type Output = V; fn neg(self) -> V { V(-self.0) } }
#[derive(Clone, Copy)]
struct W(i32);
impl W { fn plus(self, o: i32) -> i32 { self.0 * 100 + o } fn both(self, o: &mut W) -> i32 { o.0 += 1; self.0 * 100 + o.0 } }
struct H { w: W, f: fn(i32) -> i32 }
fn one(x: i32) -> i32 { x + 1 }
fn two(x: i32) -> i32 { x + 2 }
fn lent(a: i32, b: &mut i32) -> i32 { *b += 1; a * 100 + *b }
fn boxed(a: i32, b: &i32) -> i32 { a * 100 + *b }
pub fn more() {
    let mut h = H { w: W(1), f: one };
    println!("{}", h.w.plus({ h.w = W(5); h.w.0 }));
    println!("{}", { let mut k = h.w; k.both(&mut h.w) + h.w.both(&mut k) });
    println!("{}", (h.f)({ h.f = two; 10 }));
    let mut n = 3;
    println!("{}", lent(n, &mut n));
    println!("{}", lent(h.w.0, &mut h.w.0));
    println!("{}", boxed(n, &{ n = 9; n }));
    println!("{}", boxed(h.w.0, &{ h.w.0 = 9; h.w.0 }));
    let mut f = one;
    println!("{}", f({ f = one; 1 }));
    let mut b = Box::new(4);
    println!("{}", lent(*b, &mut b));
    println!("{}", n.max({ n = 1; 2 }));
    let r = &mut h.w;
    println!("{}", r.plus({ r.0 = 2; r.0 }));
    let t = (n, { n = 77; n }, n);
    println!("{:?}", t);
    let s = H { w: h.w, f: { h.w = W(0); two } };
    println!("{} {}", s.w.0, (s.f)(1));
    let o = Some(n).map_or(n, |x| x + n);
    println!("{o}");
    let mut a = [1, 2, 3];
    println!("{:?} {:?}", [a[0], { a[0] = 10; a[0] }], a);
    println!("{:?}", (a[1]..{ a[1] = 5; a[1] }));
    let k = H { w: h.w, ..{ h.w = W(6); h.f = two; h } };
    println!("{} {}", k.w.0, (k.f)(1));
    let j = Named { n: n, ..{ n = 1; Named { s: String::from("s"), n: 2 } } };
    let mut m = Named { s: String::from("m"), n: 3 };
    let l = Named { s: m.s, ..{ m.s = j.s; m } };
    println!("{} {} {}", j.n, l.s, l.n);
}
struct Named { s: String, n: i32 }
