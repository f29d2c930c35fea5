use std::cell::RefCell;
struct D(&'static str);
impl Drop for D { fn drop(&mut self) { println!("drop {}", self.0); } }
impl D { fn get(&self) -> i32 { println!("get {}", self.0); self.0.len() as i32 } fn opt(&self) -> Option<i32> { Some(self.get()) } fn me(&self) -> &D { self } }
fn mk(s: &'static str) -> D { println!("mk {s}"); D(s) }
struct S { a: D, b: D, c: D }
fn upd() {
    let base = S { a: D("ba"), b: D("bb"), c: D("bc") };
    let s = S { b: mk("nb"), ..base };
    println!("made");
    let S { a, .. } = s;
    println!("taken {}", a.0);
}
fn temps() {
    match mk("m1").get() { n => println!("arm {n}") }
    if mk("if").get() > 0 { println!("then"); }
    if let Some(n) = mk("iflet").opt() { println!("then {n}"); } else { println!("else"); }
    if let None = mk("iflet2").opt() { println!("then"); } else { println!("else"); }
    let mut n = 0;
    while mk("w").get() + n < 3 { println!("body"); n += 1; }
    while let Some(k) = mk("wl").opt() { println!("body {k}"); if n > 2 { break; } n += 1; continue; }
    let x = &mk("ext");
    let y = mk("short").get();
    println!("{} {}", x.0, y);
    let _ = mk("under");
    let _u = mk("named");
    let t = (mk("t0"), mk("t1"));
    let (a, _) = t;
    println!("after tuple {}", a.0);
    { mk("tail").get() };
    let z = { let l = mk("local"); l.get() + mk("tmp").get() };
    println!("z {z}");
    let r = S { a: D("ea"), b: D("eb"), c: D("ec") }.b;
    println!("r {}", r.0);
}
fn args(_: D, _a: D, (_b, _): (D, D), _c: D) { println!("in args"); }
fn early(n: i32) -> Option<D> {
    let _a = D("a");
    let b = D("b");
    if n == 0 { return None; }
    let _c = D("c");
    if n == 1 { return Some(b); }
    let v = vec![D("v0"), D("v1"), D("v2")];
    for d in v { if d.0 == "v1" { return Some(d); } println!("see {}", d.0); }
    None
}
fn assign() {
    let mut x = D("x1");
    println!("before");
    x = D("x2");
    println!("mid");
    let y;
    y = D("y");
    x = y;
    println!("end {}", x.0);
    let mut o = Some(D("o1"));
    o = None;
    println!("none {}", o.is_none());
    let mut s = S { a: D("a"), b: D("b"), c: D("c") };
    drop(s.b);
    s.b = D("b2");
    drop(s.a);
    println!("sdone");
    let c = RefCell::new(D("rc"));
    *c.borrow_mut() = D("rc2");
    let old = c.replace(D("rc3"));
    println!("old {}", old.0);
}
fn blocks() {
    let v = 'a: { let _g = D("g"); if true { break 'a D("bv"); } D("never") };
    println!("v {}", v.0);
    let k = loop { let _i = D("i"); break mk("brk").get(); };
    println!("{k}");
    let c = move || { println!("c {}", v.0); };
    c(); c();
    println!("end");
    let w = D("w");
    let once = move || { let w2 = w; println!("once {}", w2.0); };
    once();
    println!("after once");
}
fn guards(o: Option<D>) {
    match o { Some(d) if d.get() > 3 => println!("big {}", d.0), Some(D("q")) => println!("q"), Some(_) => println!("small"), None => {} }
    println!("guard end");
}
fn arr() {
    let a = [D("0"), D("1"), D("2")];
    let [x, .., z] = a;
    println!("{} {}", x.0, z.0);
    let b = Box::new((D("b0"), D("b1")));
    let (p, q) = *b;
    println!("{} {}", p.0, q.0);
    let bx = Box::new(S { a: D("xa"), b: D("xb"), c: D("xc") });
    let m = bx.b;
    println!("moved {}", m.0);
}
fn chain() { println!("{}", mk("l").me().me().get() + mk("r").get()); let _r = mk("q").me().0; println!("endchain"); }
fn letelse(n: i32) { let Some(d) = (if n > 0 { Some(mk("le")) } else { None }) else { println!("else"); return; }; println!("have {}", d.0); }
fn main() {
    upd(); temps(); args(D("1"), D("2"), (D("3"), D("4")), D("5"));
    for n in 0..3 { let r = early(n); println!("early {}", r.is_some()); }
    assign(); blocks(); guards(Some(D("long"))); guards(Some(D("q"))); guards(Some(D("zz"))); guards(None); arr(); chain(); letelse(1); letelse(0);
}
