// Closures keep what they use of what a box holds, not the box (The Rust Reference, "Capture precision").
struct P { a: String, b: String, n: i32 }
fn take(s: String) -> usize { s.len() }
fn main() {
    let mut p = Box::new(P { a: "a".to_string(), b: "bb".to_string(), n: 1 });
    let c = || p.a.len();
    p.b.push('x');
    println!("{} {}", c(), p.b);
    {
        let mut d = || { p.n += 1; p.n };
        let r = &p.a;
        println!("{} {}", d(), r);
    }
    let e = move || p.a.len() + p.b.len();
    println!("{}", e());
    let q = Box::new(P { a: "q".to_string(), b: "qq".to_string(), n: 7 });
    let f = || take(q.a);
    println!("{}", f());
    let b: Box<dyn Fn(i32) -> i32> = Box::new(|x| x + 1);
    let g = |x| b(x) + b(x);
    println!("{} {}", g(1), b(5));
    let mut bb = Box::new(Box::new(5));
    let mut h = || { **bb += 1; **bb };
    println!("{} {}", h(), h());
    println!("{bb}");
    let t: (Box<i32>, Box<i32>) = (Box::new(1), Box::new(2));
    let k = || *t.0 + 1;
    drop(t.1);
    println!("{}", k());
    let mut fm: Box<dyn FnMut() -> i32> = { let mut n = 0; Box::new(move || { n += 1; n }) };
    let mut m = || fm() + fm();
    println!("{}", m());
    let bs: Box<[i32]> = vec![1, 2, 3].into_boxed_slice();
    let s = || bs.len() + bs[0] as usize;
    println!("{} {}", s(), bs.len());
}
