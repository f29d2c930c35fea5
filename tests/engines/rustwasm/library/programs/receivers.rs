//! Methods that take `self` in an `Rc` or a `Box`, called on trait objects.
use std::rc::Rc;
trait T { fn f(self: Rc<Self>) -> i32; fn g(self: Box<Self>) -> i32; fn h(self: &Rc<Self>) -> i32 where Self: Sized { 9 } }
struct S(i32);
impl Drop for S { fn drop(&mut self) { println!("drop {}", self.0); } }
impl T for S { fn f(self: Rc<Self>) -> i32 { self.0 + Rc::strong_count(&self) as i32 } fn g(self: Box<Self>) -> i32 { self.0 } }
fn main() {
    let r: Rc<dyn T> = Rc::new(S(4));
    println!("{}", r.clone().f());
    println!("{}", Rc::strong_count(&r));
    println!("{}", r.f());
    let b: Box<dyn T> = Box::new(S(5));
    println!("{}", b.g());
    println!("{}", Rc::new(S(6)).h());
}
