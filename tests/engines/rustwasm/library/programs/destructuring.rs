struct P { x: i32, y: i32 }
struct T(i32, String);
struct D(&'static str);
impl Drop for D { fn drop(&mut self) { println!("drop {}", self.0); } }
fn get(d: &D) -> &str { d.0 }
fn main() {
    let (mut a, mut b) = (1, 2);
    (a, b) = (b, a);
    println!("{a} {b}");
    let mut v = [1, 2, 3];
    [v[2], _, a] = v;
    println!("{v:?} {a}");
    let s;
    T(b, s) = T(4, String::from("s"));
    P { x: a, .. } = P { x: 9, y: 8 };
    println!("{a} {b} {s}");
    let (mut c, mut d) = (0u8, String::new());
    ((c, _), d) = ((3, "x"), d + "d");
    (c, ..) = (c + 1, 2, 3);
    println!("{c} {d}");
    let p = P { x: 1, y: 2 };
    println!("{}", p.x + p.y);
    let mut f = || { (a, b) = (b, a); };
    f();
    println!("{a} {b}");
    for i in 0..3 {
        let x = if i == 1 { &D("one") } else { &D("other") };
        let y = match i { 0 => &D("zero"), _ => x };
        let z = { println!("block"); &D("tail") };
        println!("{} {} {}", get(x), get(y), get(z));
    }
    let st: &str = &*String::from("deref");
    let w = &T(1, String::from("field")).1;
    let (q, r) = (&D("q"), if i32::abs(-1) == 1 { &D("r") } else { &D("nr") });
    println!("{st} {w} {} {}", q.0, r.0);
    let it = vec![String::from("a"), String::from("b")].into_iter();
    let mut jt = it.clone();
    jt.next();
    println!("{it:?} {jt:?} {:?}", v.iter());
}
