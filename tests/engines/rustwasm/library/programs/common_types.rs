use std::collections::HashMap;
fn main() {
    let s = String::from("abc");
    for k in 0..3 {
        let r: &str = match k { 0 => &s, 1 => "lit", _ => "other" };
        println!("{r}");
        let q = match k { 0 => "lit", 1 => &s, _ => "x" };
        println!("{q}");
        let t = if k == 0 { s.as_str() } else { &s };
        println!("{t}");
        let u = if k == 0 { "z" } else { &s };
        println!("{u}");
    }
    let mut m: HashMap<String, String> = HashMap::new();
    m.insert("a".into(), "b".into());
    let g = match m.get("a") { Some(x) => x, None => "none" };
    println!("{g}");
    let h = if let Some(x) = m.get("a") { x } else { "none" };
    println!("{h}");
    let arr = ["a", &s];
    println!("{:?}", arr);
    let v: Vec<i32> = vec![1, 2];
    let sl = match v.len() { 2 => &v[..], _ => &[] };
    println!("{:?}", sl);
    fn inc(x: i32) -> i32 { x + 1 }
    fn dec(x: i32) -> i32 { x - 1 }
    let fs = [inc, dec];
    println!("{}", fs[0](1) + fs[1](5));
    let f = if v.len() == 2 { inc } else { dec };
    println!("{}", f(3));
    let c = match v.len() { 0 => |x: i32| x * 2, _ => |x: i32| x * 3 };
    println!("{}", c(3));
    let a3 = match v.len() { 2 => &[1, 2, 3][..], _ => &[1] };
    println!("{:?}", a3);
}
