// When temporaries end: what they print is what rustc 1.95, edition 2021, makes them print (temporaries.expected).
struct L(&'static str); impl Drop for L { fn drop(&mut self) { println!("drop {}", self.0); } }
impl L { fn o(&self) -> Option<i32> { Some(1) } fn n(&self) -> i32 { 1 } }
fn a() { let _a = L("a.local"); if let Some(_) = L("a.temp").o() { println!("a.in"); } }
fn b() -> i32 { let _a = L("b.local"); if let Some(x) = L("b.temp").o() { x } else { 2 } }
fn c() -> i32 { let _a = L("c.local"); if true { L("c.then").n() } else { L("c.else").n() } }
fn d() -> i32 { let _a = L("d.local"); match L("d.temp").o() { Some(x) => x + L("d.arm").n(), None => 2 } }
fn e() { let _a = L("e.local"); let x = if let None = L("e.temp").o() { 1 } else if let Some(y) = L("e.two").o() { y } else { 3 }; println!("{x}"); }
fn g(x: i32, y: i32) {} 
fn h() { g(if let Some(x) = L("h.one").o() { x } else { 0 }, { println!("h.second"); L("h.two").n() }); }
fn i() { let mut k = 0; while let Some(x) = L("i.temp").o() { k += x; if k > 1 { break; } println!("i.body"); } println!("i.end"); }
fn j() -> i32 { let _a = L("j.local"); { let _b = L("j.inner"); L("j.tail").n() } }
fn k() { let x = { let _b = L("k.inner"); L("k.tail").n() }; println!("k.end {x}"); }
fn l() { if L("l.cond").n() == 1 { println!("l.in"); } if let Some(_) = L("l.let").o() { println!("l.in2"); } println!("l.end"); }
fn m() { let _a = L("m.local"); loop { if let Some(_) = L("m.temp").o() { break; } } println!("m.end"); }
fn n() -> i32 { let _a = L("n.local"); if let Some(_) = L("n.temp").o() { return 5; } 6 }
fn o() { let _a = L("o.local"); match 1 { _ if L("o.guard").n() == 2 => {}, _ => { L("o.arm").n(); } } }

struct R<'a>(&'a L, &'static str); impl<'a> Drop for R<'a> { fn drop(&mut self) { println!("drop {} of {}", self.1, (self.0).0); } }
fn see<T>(_: &T) {}
fn p() { see(&R(&L("p.inner"), "p.outer")); println!("p.end"); }
fn q() { let x = &R(&L("q.inner"), "q.outer"); see(x); println!("q.end"); }
fn r() -> bool { let _a = L("r.local"); L("r.left").n() == 1 && L("r.right").n() == 1 }
fn s() -> bool { let _a = L("s.local"); L("s.left").n() == 2 || L("s.right").n() == 1 }
fn t() { if L("t.left").n() == 1 && L("t.right").n() == 1 { println!("t.in"); } println!("t.end"); }
fn u() { let b = L("u.one").n() == 1 && !(L("u.two").n() == 2) || L("u.three").n() == 3; println!("u.end {b}"); }
fn v() { let mut i = 0; while L("v.left").n() == 1 && { i += 1; i < 3 } { println!("v.in"); } println!("v.end"); }
fn w() { see(&[R(&L("w.a"), "w.x"), R(&L("w.b"), "w.y")]); println!("w.end"); }
fn x() { let _t = (R(&L("x.a"), "x.x").1, L("x.b").n()); println!("x.end"); }
fn main() { a(); b(); c(); d(); e(); h(); i(); j(); k(); l(); m(); n(); o(); p(); q(); r(); s(); t(); u(); v(); w(); x(); }
