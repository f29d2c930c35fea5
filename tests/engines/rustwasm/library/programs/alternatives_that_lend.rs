// What a `let` takes apart by `ref` lives as long as its variables, whichever alternative says so.
struct D(u8);
impl Drop for D {
    fn drop(&mut self) {
        println!("drop {}", self.0);
    }
}

fn make(n: u8) -> Result<D, D> {
    if n > 0 { Ok(D(n)) } else { Err(D(n)) }
}

fn main() {
    let (Ok(ref a) | Err(ref a)) = make(1);
    println!("{}", a.0);
    let (Ok(ref b) | Err(ref b), 2) = (make(0), a.0 + 1) else {
        return;
    };
    println!("{}", b.0);
    let (Ok(_) | Err(_)) = make(3);
    println!("end");
}
