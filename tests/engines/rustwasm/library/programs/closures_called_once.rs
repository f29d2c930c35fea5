struct K(i32);
impl Drop for K { fn drop(&mut self) { println!("drop {}", self.0); } }
fn once<F: FnOnce() -> i32>(f: F) -> i32 { f() }
fn boxed(f: Box<dyn FnOnce() -> i32>) -> i32 { f() }
fn changed<F: FnOnce()>(f: F) { f(); println!("after"); }

fn main() {
    let a = K(1);
    println!("{}", once(move || a.0 + 1));
    let b = K(2);
    let shares = move || { let _ = &b; 3 };
    println!("{}", once(shares));
    let mut c = (K(4), 0);
    let changes = move || { c.1 += 1; c.0.0 += c.1; };
    changed(changes);
    let d = K(6);
    let kept = move || d.0;
    println!("{}", kept() + once(&kept));
    println!("{}", boxed(Box::new(kept)));
    println!("end");
}
