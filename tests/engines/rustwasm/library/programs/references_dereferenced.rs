use std::ops::{Deref, DerefMut};
fn show<D: Deref<Target = String>>(d: D) -> usize { d.len() }
fn grow<D: DerefMut<Target = String>>(mut d: D) { d.push('x'); d.deref_mut().push('y'); }
fn main() {
    let mut s = String::from("ab");
    let mut o = Some(&mut s);
    if let Some(t) = o.as_deref() { println!("{}", t); }
    if let Some(t) = o.as_deref_mut() { t.push('c'); }
    println!("{:?} {:?}", o.as_deref(), o.as_deref().map(|t| t.len()));
    let r: Result<&String, i32> = Ok(&s);
    println!("{:?}", r.as_deref());
    println!("{} {}", show(&s), show(Box::new(s.clone())));
    grow(&mut s); grow(Box::new(String::new()));
    let b = &&s; println!("{} {}", b.deref().len(), s);
}
