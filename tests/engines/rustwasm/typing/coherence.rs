#![allow(warnings)]
use std::fmt::{Display, Formatter};
struct S;
struct W<A>(A);
trait T { fn f(&self) {} }
trait T2 {}
trait T3 {}
trait T4 {}
trait G<A> {}
impl Display for Vec<i32> { fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result { Ok(()) } } // E0117
impl Clone for (S, S) { fn clone(&self) -> (S, S) { (S, S) } } // E0117
impl Default for Option<S> { fn default() -> Option<S> { None } } // E0117
impl From<S> for i32 { fn from(_: S) -> i32 { 1 } }
impl From<Vec<S>> for String { fn from(_: Vec<S>) -> String { String::new() } } // E0117
impl PartialEq<S> for i32 { fn eq(&self, o: &S) -> bool { true } }
impl PartialEq<i32> for S { fn eq(&self, o: &i32) -> bool { true } }
impl Default for Box<S> { fn default() -> Box<S> { Box::new(S) } }
impl Iterator for Box<u8> { type Item = u8; fn next(&mut self) -> Option<u8> { None } } // E0117
impl G<S> for u8 {}
impl std::ops::Add<S> for i32 { type Output = i32; fn add(self, o: S) -> i32 { 0 } }
impl<X> std::ops::Not for X { type Output = i32; fn not(self) -> i32 { 0 } } // E0210
impl<X> std::ops::Sub<S> for &X { type Output = i32; fn sub(self, o: S) -> i32 { 0 } } // E0210
impl Default for [S; 2] { fn default() -> Self { [S, S] } } // E0117
impl Default for fn(S) -> S { fn default() -> Self { loop {} } } // E0117
impl<X> From<S> for Vec<X> { fn from(_: S) -> Vec<X> { Vec::new() } }
impl Default for Box<dyn T> { fn default() -> Self { loop {} } }
impl Vec<i32> { fn f(&self) {} } // E0116
impl i32 { fn g(&self) {} } // E0390
impl Vec<S> { fn h(&self) {} } // E0116
impl [S] { fn i(&self) {} } // E0390
impl (S, S) { fn i(&self) {} } // E0390
impl &S { fn i(&self) {} } // E0390
impl Box<S> { fn i(&self) {} } // E0116
impl<X> X { fn i(&self) {} } // E0118
impl str { fn i(&self) {} } // E0390
impl dyn T { fn i(&self) {} }
impl T for S {}
impl T for S {} // E0119
impl<X> T for Vec<X> {}
impl T for Vec<i32> {} // E0119
impl S { fn g(&self) {} } // E0592
impl S { fn g(&self) {} }
impl W<u8> { fn g(&self) {} }
impl W<i8> { fn g(&self) {} }
impl Clone for S { fn clone(&self) -> S { S } }
#[derive(Clone)] struct Q; impl Clone for Q { fn clone(&self) -> Q { Q } } // E0119
impl From<i32> for W<i32> { fn from(x: i32) -> Self { W(x) } }
impl<A> From<(A, A)> for W<A> { fn from(x: (A, A)) -> Self { W(x.0) } }
impl<X: T> T for W<X> {}
impl T for W<u8> {}
impl<X: Clone> T2 for Option<X> {}
impl T2 for Option<S> {} // E0119
impl T2 for Option<Box<dyn T>> {}
impl T3 for &S {}
impl<X> T3 for &X {} // E0119
impl<X> T3 for &mut X {}
impl<X: T> T4 for X {}
impl T4 for W<S> {} // E0119
impl T4 for W<bool> {}
impl<A, B> G<B> for W<A> {}
impl G<i32> for W<i32> {} // E0119
impl From<S> for S { fn from(x: S) -> S { x } } // E0119
impl<X> PartialEq<X> for W<i8> { fn eq(&self, o: &X) -> bool { true } }
impl PartialEq<u8> for W<u8> { fn eq(&self, o: &u8) -> bool { true } }
fn main() {}
