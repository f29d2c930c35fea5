// Constants have names that derived code might give to its variables.
#![allow(non_upper_case_globals, dead_code)]
mod beside {
    #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
    pub struct G<T> { pub f: T, pub other: T, pub state: u8 }
    #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub enum E { A(i32, i32), B { a: u8, f: u8 } }
    const f: i32 = 1;
    const state: u8 = 3;
    const other: i32 = 1;
    const a_f: u8 = 4;
    const b_0: i32 = 5;
    const a_0: i32 = 5;
    const unequal: i32 = 6;
    fn fmt() {}
    fn clone() {}
}
use beside::{E, G};
use std::collections::HashSet;
fn main() {
    let one = G { f: 1, other: 2, state: 3 };
    println!("{:?} {} {:?}", one, one == G { f: 1, other: 2, state: 4 }, one.cmp(&G { f: 1, other: 1, state: 9 }));
    println!("{:?} {:?}", one.clone(), G::<u8>::default());
    let two = E::B { a: 1, f: 2 };
    println!("{:?} {:?} {:?}", two, E::A(1, 2) < E::A(1, 3), two.partial_cmp(&E::A(5, 5)));
    let many: HashSet<E> = [two, E::A(1, 2), two].into_iter().collect();
    println!("{}", many.len());
}
