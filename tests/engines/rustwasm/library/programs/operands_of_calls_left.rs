//! What calls and aggregates hold already drops first where an operand leaves them: `?`, `return`, `break`, `continue`.

struct K(&'static str, i32);
impl Drop for K { fn drop(&mut self) { println!("drop {}", self.0); } }
impl K {
    fn get(&self) -> i32 { self.1 }
    fn absorb(self, n: i32) -> i32 { println!("absorb {}", self.0); self.1 + n }
    fn with(self, other: K, n: i32) -> K { println!("with {} {}", self.0, other.0); K("made", n) }
}
fn half(n: i32) -> Option<i32> { if n % 2 == 0 { Some(n / 2) } else { None } }
fn a(n: i32) -> Option<i32> {
    let k = K("variable", n);
    let m = k.absorb(half(K("temp", n).get())?);
    Some(m)
}
fn b(n: i32) -> i32 {
    let v = K("first", 1);
    let m = K("receiver", 2).with(K("argument", 3), match half(K("temp", n).get()) { Some(x) => x, None => return 3 }).get();
    println!("{}", v.get());
    m
}
fn c(n: i32) -> Option<(K, i32, K)> {
    Some((K("left", 1), { let inner = K("inner", 2); (K("deep", 5), half(inner.get() + n)?).1 }, K("right", 3)))
}
struct P { x: K, y: i32, z: K }
fn d(n: i32) -> Option<i32> {
    let base = K("base", 9);
    let p = P { x: K("x", 1), y: half(K("t", n).get())?, z: base };
    let q = P { y: 4, ..P { x: K("x2", 1), y: half(n / 2)?, z: K("z2", 2) } };
    Some(p.y + q.y + q.x.get() + q.z.get())
}
fn e(n: i32) -> i32 {
    let mut total = 0;
    'outer: for i in 0..3 {
        let around = K("around", i);
        total += K("r", 1).absorb(loop {
            let within = K("within", i);
            if i == n { let _ = [K("e0", 0), K("e1", { if n == 1 { continue 'outer } else { break 'outer } })]; }
            break within.get();
        });
        println!("{}", around.get());
    }
    total
}
fn f(n: i32) -> Result<Vec<K>, String> {
    let list = vec![K("v0", 0), K("v1", half(n).ok_or(String::from("odd"))?), K("v2", 2)];
    Ok(list)
}
fn add(k: Box<K>, n: i32) -> i32 { k.get() + n }
fn g(n: i32) -> Option<i32> { Some(add(Box::new(K("boxed", 1)), add(Box::new(K("nested", 2)), half(n)?)) + add(Box::new(K("late", 4)), 1)) }
fn h(n: i32) -> Option<String> {
    let s = K("s", n);
    Some(format!("{} {}", s.get(), K("fmt", 1).absorb(half(n)?)))
}
fn main() {
    for n in [4, 3] {
        println!("{:?}", a(n));
        println!("{}", b(n));
        println!("{:?}", c(n).map(|t| t.1));
        println!("{:?}", d(n));
        println!("{:?}", f(n).map(|v| v.len()));
        println!("{:?}", g(n));
        println!("{:?}", h(n));
    }
    for n in 0..3 { println!("{}", e(n)); }
}
