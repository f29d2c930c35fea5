//! std::option.

use crate::ops::Deref;

#[lang]
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Option<T> { None, Some(T) }

impl<T> Option<T> {
    pub const fn is_some(&self) -> bool { match self { Some(_) => true, None => false } }
    pub const fn is_none(&self) -> bool { match self { Some(_) => false, None => true } }
    pub fn is_some_and<F: FnOnce(T) -> bool>(self, f: F) -> bool { match self { Some(x) => f(x), None => false } }
    pub fn is_none_or<F: FnOnce(T) -> bool>(self, f: F) -> bool { match self { Some(x) => f(x), None => true } }
    pub const fn as_ref(&self) -> Option<&T> { match self { Some(x) => Some(x), None => None } }
    pub const fn as_mut(&mut self) -> Option<&mut T> { match self { Some(x) => Some(x), None => None } }
    pub fn as_deref(&self) -> Option<&T::Target> where T: Deref { match self { Some(x) => Some(x.deref()), None => None } }
    pub fn as_deref_mut(&mut self) -> Option<&mut T::Target> where T: crate::ops::DerefMut {
        match self { Some(x) => Some(x.deref_mut()), None => None }
    }
    #[track_caller]
    pub const fn unwrap(self) -> T {
        match self { Some(x) => x, None => panic!("called `Option::unwrap()` on a `None` value") }
    }
    #[track_caller]
    pub const fn expect(self, message: &str) -> T { match self { Some(x) => x, None => crate::panicking::panic(message) } }
    pub fn unwrap_or(self, default: T) -> T { match self { Some(x) => x, None => default } }
    pub fn unwrap_or_else<F: FnOnce() -> T>(self, f: F) -> T { match self { Some(x) => x, None => f() } }
    pub fn unwrap_or_default(self) -> T where T: Default { match self { Some(x) => x, None => T::default() } }
    pub fn map<U, F: FnOnce(T) -> U>(self, f: F) -> Option<U> { match self { Some(x) => Some(f(x)), None => None } }
    pub fn inspect<F: FnOnce(&T)>(self, f: F) -> Option<T> {
        if let Some(x) = &self { f(x); }
        self
    }
    pub fn map_or<U, F: FnOnce(T) -> U>(self, default: U, f: F) -> U { match self { Some(x) => f(x), None => default } }
    pub fn map_or_else<U, D: FnOnce() -> U, F: FnOnce(T) -> U>(self, default: D, f: F) -> U {
        match self { Some(x) => f(x), None => default() }
    }
    pub fn ok_or<E>(self, error: E) -> Result<T, E> { match self { Some(x) => Ok(x), None => Err(error) } }
    pub fn ok_or_else<E, F: FnOnce() -> E>(self, f: F) -> Result<T, E> { match self { Some(x) => Ok(x), None => Err(f()) } }
    pub fn and<U>(self, other: Option<U>) -> Option<U> { match self { Some(_) => other, None => None } }
    pub fn and_then<U, F: FnOnce(T) -> Option<U>>(self, f: F) -> Option<U> { match self { Some(x) => f(x), None => None } }
    pub fn filter<P: FnOnce(&T) -> bool>(self, predicate: P) -> Option<T> {
        if let Some(x) = self {
            if predicate(&x) { return Some(x); }
        }
        None
    }
    pub fn or(self, other: Option<T>) -> Option<T> { match self { Some(x) => Some(x), None => other } }
    pub fn or_else<F: FnOnce() -> Option<T>>(self, f: F) -> Option<T> { match self { Some(x) => Some(x), None => f() } }
    pub fn xor(self, other: Option<T>) -> Option<T> {
        match (self, other) { (Some(a), None) => Some(a), (None, Some(b)) => Some(b), _ => None }
    }
    pub fn insert(&mut self, value: T) -> &mut T {
        *self = Some(value);
        match self { Some(x) => x, None => unreachable!() }
    }
    pub fn get_or_insert_default(&mut self) -> &mut T where T: Default { self.get_or_insert_with(T::default) }
    pub fn get_or_insert(&mut self, value: T) -> &mut T {
        if self.is_none() { *self = Some(value); }
        match self { Some(x) => x, None => unreachable!() }
    }
    pub fn get_or_insert_with<F: FnOnce() -> T>(&mut self, f: F) -> &mut T {
        if self.is_none() { *self = Some(f()); }
        match self { Some(x) => x, None => unreachable!() }
    }
    pub const fn take(&mut self) -> Option<T> { crate::mem::replace(self, None) }
    pub fn take_if<P: FnOnce(&mut T) -> bool>(&mut self, predicate: P) -> Option<T> {
        let wanted = match self { Some(x) => predicate(x), None => false };
        if wanted { self.take() } else { None }
    }
    pub const fn replace(&mut self, value: T) -> Option<T> { crate::mem::replace(self, Some(value)) }
    pub fn zip<U>(self, other: Option<U>) -> Option<(T, U)> {
        match (self, other) { (Some(a), Some(b)) => Some((a, b)), _ => None }
    }
    pub fn iter(&self) -> Iter<'_, T> { Iter { item: self.as_ref() } }
    pub fn iter_mut(&mut self) -> IntoIter<&mut T> { IntoIter { item: self.as_mut() } }

}
impl<'a, T: Copy> Option<&'a T> { pub const fn copied(self) -> Option<T> { match self { Some(x) => Some(*x), None => None } } }
impl<'a, T: Clone> Option<&'a T> { pub fn cloned(self) -> Option<T> { match self { Some(x) => Some(x.clone()), None => None } } }
impl<'a, T: Copy> Option<&'a mut T> { pub const fn copied(self) -> Option<T> { match self { Some(x) => Some(*x), None => None } } }
impl<'a, T: Clone> Option<&'a mut T> { pub fn cloned(self) -> Option<T> { match self { Some(x) => Some(x.clone()), None => None } } }
impl<T, U> Option<(T, U)> { pub fn unzip(self) -> (Option<T>, Option<U>) { match self { Some((a, b)) => (Some(a), Some(b)), None => (None, None) } } }
impl<T> Option<Option<T>> { pub const fn flatten(self) -> Option<T> { match self { Some(x) => x, None => None } } }
impl<T, E> Option<Result<T, E>> {
    pub const fn transpose(self) -> Result<Option<T>, E> {
        match self { Some(Ok(x)) => Ok(Some(x)), Some(Err(e)) => Err(e), None => Ok(None) }
    }
}
impl<T> From<T> for Option<T> { fn from(value: T) -> Option<T> { Some(value) } }

pub struct Iter<'a, T> { item: Option<&'a T> }
impl<'a, T> Iterator for Iter<'a, T> {
    type Item = &'a T;
    fn next(&mut self) -> Option<&'a T> { self.item.take() }
}
pub struct IntoIter<T> { item: Option<T> }
impl<T> Iterator for IntoIter<T> {
    type Item = T;
    fn next(&mut self) -> Option<T> { self.item.take() }
    fn size_hint(&self) -> (usize, Option<usize>) {
        let count = if self.item.is_some() { 1 } else { 0 };
        (count, Some(count))
    }
}
impl<T> DoubleEndedIterator for IntoIter<T> { fn next_back(&mut self) -> Option<T> { self.item.take() } }
impl<T> IntoIterator for Option<T> {
    type Item = T;
    type IntoIter = IntoIter<T>;
    fn into_iter(self) -> IntoIter<T> { IntoIter { item: self } }
}
impl<'a, T> IntoIterator for &'a Option<T> {
    type Item = &'a T;
    type IntoIter = Iter<'a, T>;
    fn into_iter(self) -> Iter<'a, T> { self.iter() }
}
impl<'a, T> IntoIterator for &'a mut Option<T> {
    type Item = &'a mut T;
    type IntoIter = IntoIter<&'a mut T>;
    fn into_iter(self) -> IntoIter<&'a mut T> { self.iter_mut() }
}
impl<'a, T> From<&'a Option<T>> for Option<&'a T> { fn from(value: &'a Option<T>) -> Option<&'a T> { value.as_ref() } }
impl<'a, T> From<&'a mut Option<T>> for Option<&'a mut T> { fn from(value: &'a mut Option<T>) -> Option<&'a mut T> { value.as_mut() } }
impl<'a, T> DoubleEndedIterator for Iter<'a, T> { fn next_back(&mut self) -> Option<&'a T> { self.item.take() } }
impl<T> ExactSizeIterator for IntoIter<T> {}
