#[derive(Debug)]
enum E { A(String), B(String), C }
fn f(e: E, ok: bool) -> String {
    match e {
        E::A(s) | E::B(s) if ok => s,
        E::A(_) => "a".to_string(),
        E::B(x) => x + "!",
        E::C => "c".into(),
    }
}
fn main() { all();
    println!("{} {} {} {}", f(E::A("x".into()), true), f(E::B("y".into()), true), f(E::B("z".into()), false), f(E::C, true));
    println!("{}", f(E::A("q".into()), false));
}
#[derive(Debug)] struct D(&'static str);
impl Drop for D { fn drop(&mut self) { println!("drop {}", self.0); } }
enum G { L(D, i32), R(i32, D), N }
pub fn g(x: G, lim: i32) -> Option<D> { match x { G::L(d, n) | G::R(n, d) if { println!("ask {}", d.0); n > lim } => Some(d), G::L(d, _) => { println!("left {}", d.0); None } _ => None } }
pub fn h(p: (i32, i32)) -> i32 { match p { (x, _) | (_, x) if { println!("try {x}"); x > 5 } => x, _ => -1 } }
pub fn k(p: (Result<i32, i32>, Result<String, String>)) -> String { match p { (Ok(n) | Err(n), Ok(ref s) | Err(ref s)) if n > 0 && !s.is_empty() => format!("{n}{s}"), (_, Ok(s) | Err(s)) if s.len() < 3 => s + "?", (a, _) => format!("{a:?}") } }
pub fn all() { println!("{:?}", g(G::L(D("a"), 3), 1)); println!("{:?}", g(G::R(0, D("b")), 1)); println!("{:?}", g(G::L(D("c"), 0), 1)); println!("{:?}", g(G::N, 0).is_none());
 println!("{} {} {}", h((1, 9)), h((9, 1)), h((1, 1))); println!("{} {} {} {}", k((Ok(1), Err("x".into()))), k((Err(-1), Ok("ab".into()))), k((Ok(0), Ok("abc".into()))), k((Ok(3), Ok("".into())))); }
