struct P { a: String, b: String }
enum E { A(u8, String), B { x: i32, y: String }, C }
struct One(u8, String);
enum Single { S(u8, String) }
fn main() {
    let mut s = (1u8, String::from("x"));
    { let r = &mut s; let mut c = || { let (a, b) = &mut *r; *a += 1; b.push('y'); }; c(); c(); }
    { let r = &mut s; let mut c = || { let (a, b) = r; *a += 1; b.push('z'); }; c(); c(); }
    println!("{:?}", s);
    let p = P { a: "a".to_string(), b: "b".to_string() };
    { let c = || { let P { a, .. } = p; println!("moved {a}"); }; c(); println!("left {}", p.b); }
    let mut e = Some(E::A(1, "t".to_string()));
    { let r = &mut e; let mut c = || match r { Some(E::A(n, t)) => { *n += 1; t.push('!'); *n as i32 } Some(E::B { x, .. }) => *x, Some(E::C) => 3, None => 4 }; println!("{} {}", c(), c()); }
    { let r = &mut e; let mut c = || if let Some(x) = r { *x = E::B { x: 9, y: "q".to_string() } }; c(); c(); }
    match &e { Some(E::B { x, y }) => println!("{x} {y}"), _ => println!("other") }
    let mut q = ((1, 2), [3, 4], One(5, "o".to_string()));
    { let mut c = || { let ((a, _), [b, _], One(n, t)) = &mut q; *a += *b; *n += 1; t.push('1'); }; c(); c(); }
    { let mut c = || { let ((ref mut a, _), _, One(_, ref t)) = q; *a += t.len() as i32; }; c(); c(); }
    println!("{:?} {:?} {} {}", q.0, q.1, q.2.0, q.2.1);
    let w = Single::S(3, "s".to_string());
    { let c = || { let Single::S(n, t) = &w; *n as usize + t.len() }; println!("{}", c() + c()); }
    let c = move || { let Single::S(n, t) = w; println!("{n} {t}"); }; c();
    let nested = (Some(1), "k".to_string());
    let f = || match nested { (Some(n), _) if n > 0 => n, (Some(_), ref t) => t.len() as i32, (None, _) => 0 };
    println!("{} {}", f(), f());
    let t = (String::from("u"), String::from("v"));
    let d = || { let (a, b) = (&t.0, &t.1); a.len() + b.len() }; println!("{}", d());
    let g = || { let (x, y) = t; println!("{x}{y}") }; g();
    let mut v = vec![(1, 'a'), (2, 'b')];
    { let r = &mut v; let mut c = || { for (n, c) in r.iter_mut() { *n += 1; *c = 'z'; } let [(a, _), ..] = &mut r[..] else { return }; *a += 10; }; c(); c(); }
    println!("{:?}", v);
    let mut o = Some(3);
    { let mut c = || { while let Some(n) = &mut o { if *n == 0 { o = None; } else { *n -= 1; } } }; c(); }
    println!("{:?}", o);
    let mut arr = [1, 2, 3];
    { let r = &mut arr; let mut c = || { let [a, .., b] = r; std::mem::swap(a, b); }; c(); }
    println!("{:?}", arr);
    let b = Box::new((1, String::from("b")));
    { let c = || { let (n, t) = &*b; println!("{n} {t}"); }; c(); c(); }
    let outer = (1, (2, String::from("in")));
    let c = || { let k = || { let (_, (n, t)) = &outer; *n + t.len() as i32 }; k() + k() }; println!("{}", c());
}
