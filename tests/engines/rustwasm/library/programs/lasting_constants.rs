struct F; impl F { const A: [i32; 3] = [1, 2, 3]; const S: &'static str = "s"; fn f() -> &'static [i32] { &Self::A } }
trait T { const N: i32; } impl T for F { const N: i32 = 4; }
fn g() -> &'static i32 { &<F as T>::N }
#[derive(Debug, Clone)] enum J { Null, S(String) }
const NULL: J = J::Null;
static SN: J = J::S(String::new());
fn null() -> &'static J { &NULL }
fn null2() -> &'static J { &J::Null }
fn opt() -> &'static Option<String> { &None }
fn tup() -> &'static (Option<String>, i32) { &(None, 3) }
fn sn() -> &'static J { &SN }
struct W { c: std::cell::Cell<i32>, o: Option<J> }
const WO: Option<W> = None;
fn wo() -> &'static Option<W> { &WO }
const fn mk() -> Option<J> { None }
fn main() { cells::main(); println!("{:?} {} {} {:?} {:?} {:?} {:?} {:?} {}", F::f(), F::S, g(), null(), null2(), opt(), tup(), sn(), wo().is_none());
 let j: &'static Option<J> = &None; println!("{:?} {}", j, mk().is_some()); let _ = W { c: std::cell::Cell::new(1), o: None }; }

mod cells {
use std::cell::Cell;
#[derive(Debug)]
struct Counter { n: Cell<i32> }
const C: Counter = Counter { n: Cell::new(5) };
const N: Option<Cell<i32>> = None;
const EMPTY: Vec<String> = Vec::new();
fn none() -> &'static Option<Cell<i32>> { &None }
pub fn main() {
    let a = &C;
    a.n.set(7);
    println!("{} {}", a.n.get(), C.n.get());
    println!("{:?}", none());
    let x: &'static Option<Cell<i32>> = &N;
    println!("{:?}", x);
    C.n.set(9);
    println!("{}", C.n.get());
    let arr: [Vec<String>; 2] = [EMPTY; 2];
    println!("{:?}", arr);
}
}
