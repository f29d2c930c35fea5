//! std::result.

use crate::fmt::Debug;

#[lang]
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Result<T, E> { Ok(T), Err(E) }

impl<T, E> Result<T, E> {
    pub const fn is_ok(&self) -> bool { match self { Ok(_) => true, Err(_) => false } }
    pub const fn is_err(&self) -> bool { match self { Ok(_) => false, Err(_) => true } }
    pub fn is_ok_and<F: FnOnce(T) -> bool>(self, f: F) -> bool { match self { Ok(x) => f(x), Err(_) => false } }
    pub fn is_err_and<F: FnOnce(E) -> bool>(self, f: F) -> bool { match self { Ok(_) => false, Err(e) => f(e) } }
    pub fn ok(self) -> Option<T> { match self { Ok(x) => Some(x), Err(_) => None } }
    pub fn err(self) -> Option<E> { match self { Ok(_) => None, Err(e) => Some(e) } }
    pub const fn as_ref(&self) -> Result<&T, &E> { match self { Ok(x) => Ok(x), Err(e) => Err(e) } }
    pub const fn as_mut(&mut self) -> Result<&mut T, &mut E> { match self { Ok(x) => Ok(x), Err(e) => Err(e) } }
    pub fn map<U, F: FnOnce(T) -> U>(self, f: F) -> Result<U, E> { match self { Ok(x) => Ok(f(x)), Err(e) => Err(e) } }
    pub fn map_or<U, F: FnOnce(T) -> U>(self, default: U, f: F) -> U { match self { Ok(x) => f(x), Err(_) => default } }
    pub fn map_or_else<U, D: FnOnce(E) -> U, F: FnOnce(T) -> U>(self, default: D, f: F) -> U {
        match self { Ok(x) => f(x), Err(e) => default(e) }
    }
    pub fn map_err<O, F: FnOnce(E) -> O>(self, f: F) -> Result<T, O> { match self { Ok(x) => Ok(x), Err(e) => Err(f(e)) } }
    pub fn and<U>(self, other: Result<U, E>) -> Result<U, E> { match self { Ok(_) => other, Err(e) => Err(e) } }
    pub fn and_then<U, F: FnOnce(T) -> Result<U, E>>(self, f: F) -> Result<U, E> { match self { Ok(x) => f(x), Err(e) => Err(e) } }
    pub fn or<O>(self, other: Result<T, O>) -> Result<T, O> { match self { Ok(x) => Ok(x), Err(_) => other } }
    pub fn or_else<O, F: FnOnce(E) -> Result<T, O>>(self, f: F) -> Result<T, O> { match self { Ok(x) => Ok(x), Err(e) => f(e) } }
    pub fn inspect<F: FnOnce(&T)>(self, f: F) -> Result<T, E> { if let Ok(x) = &self { f(x); } self }
    pub fn inspect_err<F: FnOnce(&E)>(self, f: F) -> Result<T, E> { if let Err(e) = &self { f(e); } self }
    pub fn as_deref(&self) -> Result<&T::Target, &E> where T: crate::ops::Deref { match self { Ok(x) => Ok(x.deref()), Err(e) => Err(e) } }
    pub fn as_deref_mut(&mut self) -> Result<&mut T::Target, &mut E> where T: crate::ops::DerefMut { match self { Ok(x) => Ok(x.deref_mut()), Err(e) => Err(e) } }
    pub fn unwrap_or(self, default: T) -> T { match self { Ok(x) => x, Err(_) => default } }
    pub fn unwrap_or_else<F: FnOnce(E) -> T>(self, f: F) -> T { match self { Ok(x) => x, Err(e) => f(e) } }
    pub fn unwrap_or_default(self) -> T where T: Default { match self { Ok(x) => x, Err(_) => T::default() } }
    #[track_caller]
    pub fn unwrap(self) -> T where E: Debug {
        match self { Ok(x) => x, Err(e) => crate::panicking::unwrap_failed("called `Result::unwrap()` on an `Err` value", &e) }
    }
    #[track_caller]
    pub fn expect(self, message: &str) -> T where E: Debug {
        match self { Ok(x) => x, Err(e) => crate::panicking::unwrap_failed(message, &e) }
    }
    #[track_caller]
    pub fn unwrap_err(self) -> E where T: Debug {
        match self { Ok(x) => crate::panicking::unwrap_failed("called `Result::unwrap_err()` on an `Ok` value", &x), Err(e) => e }
    }
    #[track_caller]
    pub fn expect_err(self, message: &str) -> E where T: Debug {
        match self { Ok(x) => crate::panicking::unwrap_failed(message, &x), Err(e) => e }
    }
    pub fn iter(&self) -> crate::option::IntoIter<&T> { self.as_ref().ok().into_iter() }
    pub fn iter_mut(&mut self) -> crate::option::IntoIter<&mut T> { self.as_mut().ok().into_iter() }
}
impl<'a, T: Copy, E> Result<&'a T, E> { pub const fn copied(self) -> Result<T, E> { match self { Ok(x) => Ok(*x), Err(e) => Err(e) } } }
impl<'a, T: Clone, E> Result<&'a T, E> { pub fn cloned(self) -> Result<T, E> { match self { Ok(x) => Ok(x.clone()), Err(e) => Err(e) } } }
impl<T, E> Result<Option<T>, E> {
    pub const fn transpose(self) -> Option<Result<T, E>> {
        match self { Ok(Some(x)) => Some(Ok(x)), Ok(None) => None, Err(e) => Some(Err(e)) }
    }
}
impl<T, E> IntoIterator for Result<T, E> {
    type Item = T;
    type IntoIter = crate::option::IntoIter<T>;
    fn into_iter(self) -> crate::option::IntoIter<T> { self.ok().into_iter() }
}
impl<T, E> Result<Result<T, E>, E> { pub const fn flatten(self) -> Result<T, E> { match self { Ok(x) => x, Err(e) => Err(e) } } }
impl<'a, T: Copy, E> Result<&'a mut T, E> { pub const fn copied(self) -> Result<T, E> { match self { Ok(x) => Ok(*x), Err(e) => Err(e) } } }
impl<'a, T: Clone, E> Result<&'a mut T, E> { pub fn cloned(self) -> Result<T, E> { match self { Ok(x) => Ok(x.clone()), Err(e) => Err(e) } } }
impl<'a, T, E> IntoIterator for &'a Result<T, E> {
    type Item = &'a T;
    type IntoIter = crate::option::IntoIter<&'a T>;
    fn into_iter(self) -> crate::option::IntoIter<&'a T> { self.iter() }
}
