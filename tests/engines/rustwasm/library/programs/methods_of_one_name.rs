use std::fmt; use std::error::Error;
trait A { fn go(&self) -> String { "A".into() } fn n(&self) -> i32; } trait B { fn go(&self) -> String; fn n(&self) -> i32 { 2 } } trait C: A + B { fn c(&self) -> String { format!("{}{}{}", A::go(self), B::go(self), A::n(self) * 10 + B::n(self)) } }
struct S; impl A for S { fn n(&self) -> i32 { 1 } } impl B for S { fn go(&self) -> String { "B".into() } } impl C for S {}
fn f(c: &dyn C) -> String { format!("{} {} {} {}", c.c(), A::go(c), B::go(c), <dyn C as A>::n(c) + B::n(c)) }
trait Gen<T> { fn get(&self) -> T; } trait Both: Gen<i32> + Gen<String> { fn own(&self) -> u8 { 9 } } impl Gen<i32> for S { fn get(&self) -> i32 { 7 } } impl Gen<String> for S { fn get(&self) -> String { "seven".into() } } impl Both for S {}
fn g(b: &dyn Both) -> String { let n: i32 = b.get(); let s: String = b.get(); format!("{n}{s}{}", b.own()) }
struct E1; impl fmt::Debug for E1 { fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.write_str("debug") } } impl fmt::Display for E1 { fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.write_str("display") } } impl Error for E1 {}
fn main() { println!("{}", f(&S)); println!("{}", g(&S)); let e: Box<dyn Error> = Box::new(E1); println!("{e} {e:?}"); let r: &dyn Error = &E1; println!("{r} {r:?} {}", r.to_string()); let t: Box<dyn Error> = "text".into(); println!("{t} {t:?}"); let b: Box<dyn C> = Box::new(S); println!("{}", f(&*b)); }
