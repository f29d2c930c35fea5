#[derive(Debug)] struct N(String); impl Clone for N { fn clone(&self) -> N { println!("cloning {}", self.0); N(self.0.clone() + "'") } }
impl Drop for N { fn drop(&mut self) { println!("drop {}", self.0); } }
fn twice<F: Fn(i32) -> String + Clone>(f: F) -> String { let g = f.clone(); let h = g.clone(); drop(g); f(1) + &h(2) }
fn gen<T: Clone + std::fmt::Debug>(t: T) -> impl Fn() -> String + Clone { move || format!("{:?}", t) }
fn main() {
    let n = N("n".to_string()); let k = 3; let s = String::from("s"); let r = &s;
    let c = move |x: i32| format!("{} {} {} {}", n.0, k + x, r, x);
    println!("{}", twice(c.clone())); println!("{}", c(7));
    let d = c.clone(); drop(c); println!("{}", d(8));
    let v: Vec<_> = vec![d; 2]; for f in &v { println!("{}", f(9)); }
    let g = gen(N("g".into())); let h = g.clone(); println!("{} {}", g(), h());
    let e = || s.len(); let e2 = e.clone(); let e3 = e; println!("{} {} {}", e(), e2(), e3());
    let nested = { let inner = gen(vec![1, 2]); move || inner() + "!" }; let n2 = nested.clone(); println!("{} {}", nested(), n2());
}
