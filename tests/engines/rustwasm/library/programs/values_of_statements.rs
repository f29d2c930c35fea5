//! Values of statements drop before what they were made of, and what a statement's place is made of is made once.

#![allow(unused)]

struct D(i32);
impl Drop for D { fn drop(&mut self) { print!("{} ", self.0); } }
pub fn one(d: &D) -> D { D(d.0 + 1) }
pub fn bx(d: &D) -> Box<D> { Box::new(D(d.0 + 1)) }
pub fn two<'a>(d: &'a D) -> Box<dyn Look + 'a> { Box::new(D(d.0 + 1)) }
pub trait Look { fn look(&self) -> i32 { 1 } }
impl Look for D {}
impl D { fn one(&self) -> D { one(self) } fn n(&self) -> i32 { self.0 } }
fn see(d: &D, e: &D) {}
fn l(n: i32) { println!("- {n}"); }
fn opt(d: &D) -> Option<D> { Some(one(d)) }
impl std::ops::Add<&D> for &D { type Output = D; fn add(self, o: &D) -> D { D(self.0 + o.0) } }
impl std::ops::Neg for &D { type Output = D; fn neg(self) -> D { D(-self.0) } }
impl std::ops::Index<i32> for D { type Output = D; fn index(&self, o: i32) -> &D { self } }
struct S { d: D, e: i32 }
fn s(d: &D) -> S { S { d: one(d), e: 1 } }
fn q() -> Option<i32> { one(&opt(&D(1))?); opt(&D(20))?; see(&one(&D(30)), &opt(&None::<D>?)?); None }
fn main() {
    one(&D(1)); one(&one(&D(5))); two(&D(7)); two(&D(9)); l(1);
    let _ = one(&D(1)); l(2);
    match one(&D(1)) { _ => l(0) } l(3);
    match one(&D(1)).n() { _ => l(0) } l(4);
    D(1).one().one(); l(5);
    bx(&D(1)).one(); l(6);
    if let Some(_) = opt(&D(1)) { l(0) } l(7);
    see(&one(&D(1)), &one(&D(10))); l(8);
    &D(1) + &D(10); l(9);
    &(&D(1) + &D(10)) + &D(100); l(10);
    -&one(&D(5)); l(11);
    s(&D(1)).e; l(13);
    s(&D(1)).d; l(14);
    s(&D(1)); l(15);
    (one(&D(1)), one(&D(10))); l(16);
    [one(&D(1)), one(&D(10))]; l(17);
    vec![one(&D(1)), one(&D(10))]; l(18);
    println!("{} {}", one(&D(1)).0, one(&D(10)).0); l(19);
    (|d: &D| one(d))(&D(1)); l(20);
    q(); l(21);
    if one(&D(1)).0 > 1 { one(&D(2)); } l(22);
    while one(&D(1)).0 > 2 {} l(23);
    let x = one(&D(1)).0; l(24);
    *bx(&D(1)); l(25);
    { one(&D(1)) }; l(26);
    if true { one(&D(1)) } else { one(&D(2)) }; l(27);
    match 1 { _ => one(&D(1)) }; l(28);
    loop { break one(&D(1)); }; l(29);
    opt(&one(&D(1))).unwrap(); l(30);
    Some(one(&D(1))); l(31);
    let S { e, .. } = s(&D(1)); l(32);
    let _ = &one(&D(1)); l(33);
    for _ in opt(&D(1)) { l(0) } l(34);
    two(&one(&D(1))).look(); l(35);
    S { d: one(&D(1)), ..s(&D(10)) }; l(36);
    one(&D(1)).0 += 1; l(37);
}
