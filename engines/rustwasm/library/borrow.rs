//! std::borrow.

pub trait Borrow<T: ?Sized> { fn borrow(&self) -> &T; }
impl<T: ?Sized> Borrow<T> for T { fn borrow(&self) -> &T { self } }
impl Borrow<str> for String { fn borrow(&self) -> &str { self.as_str() } }
pub trait ToOwned { type Owned; fn to_owned(&self) -> Self::Owned; }
impl<T: Clone> ToOwned for T { type Owned = T; fn to_owned(&self) -> T { self.clone() } }
impl ToOwned for str { type Owned = String; fn to_owned(&self) -> String { String::from(self) } }
impl<T: Clone> ToOwned for [T] { type Owned = Vec<T>; fn to_owned(&self) -> Vec<T> { self.to_vec() } }
