//! std::rc: shared ownership by counting.

use crate::borrow::Borrow;
use crate::cmp::Ordering;
use crate::fmt;
use crate::hash::{Hash, Hasher};
use crate::intrinsics::drop_in_place;
use crate::ops::Deref;
use crate::raw::{RawArray, raw_equal, raw_mut, raw_read, raw_ref, raw_write};

/// How many `Rc`s and `Weak`s there are; all `Rc`s together hold one weak.
#[lang]
pub struct Counts { strong: usize, weak: usize }

/// A counted box without value, its counts 0 and 1.
#[intrinsic] fn rc_empty<T>() -> *mut T;
#[intrinsic] fn rc_counts<'a, T: ?Sized>(value: *mut T) -> &'a mut Counts;
/// The first slots of an array as one counted value, a slice of `T` or of bytes that are text, its counts 0 and 1.
#[intrinsic] fn rc_of_slots<T, S: ?Sized>(array: RawArray<T>, length: usize) -> *mut S;
/// Frees a counted box whose value is gone.
#[intrinsic] fn rc_free<T: ?Sized>(value: *mut T);

fn release<T: ?Sized>(value: *mut T) {
    let counts = rc_counts(value);
    counts.weak -= 1;
    if counts.weak == 0 { rc_free(value); }
}

fn shared<T: ?Sized>(value: *mut T) -> Rc<T> {
    rc_counts(value).strong = 1;
    Rc { value }
}

#[lang]
pub struct Rc<T: ?Sized> { value: *mut T }
impl<T> Rc<T> {
    pub fn new(value: T) -> Rc<T> {
        let place = rc_empty();
        raw_write(place, value);
        shared(place)
    }
    pub fn new_cyclic<F: FnOnce(&Weak<T>) -> T>(make: F) -> Rc<T> {
        let weak = Weak { value: rc_empty() };
        raw_write(weak.value, make(&weak));
        let made = Rc { value: weak.value };
        rc_counts(made.value).strong = 1;
        crate::mem::forget(weak);
        made
    }
    pub fn try_unwrap(this: Rc<T>) -> Result<T, Rc<T>> {
        let counts = rc_counts(this.value);
        if counts.strong != 1 { return Err(this); }
        counts.strong = 0;
        let value = raw_read(this.value);
        release(this.value);
        crate::mem::forget(this);
        Ok(value)
    }
    pub fn into_inner(this: Rc<T>) -> Option<T> { Rc::try_unwrap(this).ok() }
    pub fn unwrap_or_clone(this: Rc<T>) -> T where T: Clone {
        match Rc::try_unwrap(this) { Ok(value) => value, Err(shared) => (*shared).clone() }
    }
    pub fn make_mut(this: &mut Rc<T>) -> &mut T where T: Clone {
        let counts = rc_counts(this.value);
        if counts.strong != 1 || counts.weak != 1 { *this = Rc::new((**this).clone()); }
        raw_mut(this.value)
    }
}
impl<T: ?Sized> Rc<T> {
    pub fn strong_count(this: &Rc<T>) -> usize { rc_counts(this.value).strong }
    pub fn weak_count(this: &Rc<T>) -> usize { rc_counts(this.value).weak - 1 }
    pub fn ptr_eq(this: &Rc<T>, other: &Rc<T>) -> bool { raw_equal(this.value, other.value) }
    pub fn downgrade(this: &Rc<T>) -> Weak<T> {
        rc_counts(this.value).weak += 1;
        Weak { value: this.value }
    }
    pub fn get_mut(this: &mut Rc<T>) -> Option<&mut T> {
        let counts = rc_counts(this.value);
        if counts.strong == 1 && counts.weak == 1 { Some(raw_mut(this.value)) } else { None }
    }
}
impl<T: ?Sized> Drop for Rc<T> {
    fn drop(&mut self) {
        let counts = rc_counts(self.value);
        counts.strong -= 1;
        if counts.strong == 0 {
            drop_in_place(self.value);
            release(self.value);
        }
    }
}
impl<T: ?Sized> Deref for Rc<T> { type Target = T; fn deref(&self) -> &T { raw_ref(self.value) } }
impl<T: ?Sized> Clone for Rc<T> {
    fn clone(&self) -> Rc<T> {
        rc_counts(self.value).strong += 1;
        Rc { value: self.value }
    }
}
impl<T: ?Sized> AsRef<T> for Rc<T> { fn as_ref(&self) -> &T { &**self } }
impl<T: ?Sized> Borrow<T> for Rc<T> { fn borrow(&self) -> &T { &**self } }
impl<T: Default> Default for Rc<T> { fn default() -> Rc<T> { Rc::new(T::default()) } }
impl<T> From<T> for Rc<T> { fn from(value: T) -> Rc<T> { Rc::new(value) } }
impl<T: PartialEq + ?Sized> PartialEq for Rc<T> { fn eq(&self, other: &Rc<T>) -> bool { **self == **other } }
impl<T: Eq + ?Sized> Eq for Rc<T> {}
impl<T: PartialOrd + ?Sized> PartialOrd for Rc<T> { fn partial_cmp(&self, other: &Rc<T>) -> Option<Ordering> { (**self).partial_cmp(&**other) } }
impl<T: Ord + ?Sized> Ord for Rc<T> { fn cmp(&self, other: &Rc<T>) -> Ordering { (**self).cmp(&**other) } }
impl<T: Hash + ?Sized> Hash for Rc<T> { fn hash<H: Hasher>(&self, state: &mut H) { (**self).hash(state); } }
impl<T: fmt::Display + ?Sized> fmt::Display for Rc<T> { fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { (**self).fmt(f) } }
impl<T: fmt::Debug + ?Sized> fmt::Debug for Rc<T> { fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { (**self).fmt(f) } }

/// A reference that does not keep the value.
#[lang]
pub struct Weak<T: ?Sized> { value: *mut T }
impl<T> Weak<T> {
    pub const fn new() -> Weak<T> { Weak { value: rc_empty() } }
}
impl<T: ?Sized> Weak<T> {
    pub fn upgrade(&self) -> Option<Rc<T>> {
        let counts = rc_counts(self.value);
        if counts.strong == 0 { return None; }
        counts.strong += 1;
        Some(Rc { value: self.value })
    }
    pub fn strong_count(&self) -> usize { rc_counts(self.value).strong }
    pub fn weak_count(&self) -> usize {
        let counts = rc_counts(self.value);
        if counts.strong == 0 { 0 } else { counts.weak - 1 }
    }
    pub fn ptr_eq(&self, other: &Weak<T>) -> bool { raw_equal(self.value, other.value) }
}
impl<T: ?Sized> Drop for Weak<T> { fn drop(&mut self) { release(self.value); } }
impl<T: ?Sized> Clone for Weak<T> {
    fn clone(&self) -> Weak<T> {
        rc_counts(self.value).weak += 1;
        Weak { value: self.value }
    }
}
impl<T> Default for Weak<T> { fn default() -> Weak<T> { Weak::new() } }
impl<T: ?Sized> fmt::Debug for Weak<T> { fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.write_str("(Weak)") } }
impl<T> From<Vec<T>> for Rc<[T]> {
    fn from(elements: Vec<T>) -> Rc<[T]> {
        let (array, length, _) = elements.into_parts();
        shared(rc_of_slots(array, length))
    }
}
impl<'a, T: Clone> From<&'a [T]> for Rc<[T]> { fn from(elements: &'a [T]) -> Rc<[T]> { elements.to_vec().into() } }
impl<T, const N: usize> From<[T; N]> for Rc<[T]> { fn from(elements: [T; N]) -> Rc<[T]> { Rc::new(elements) } }
impl<T> From<Box<[T]>> for Rc<[T]> { fn from(elements: Box<[T]>) -> Rc<[T]> { elements.into_vec().into() } }
impl<T> FromIterator<T> for Rc<[T]> {
    fn from_iter<I: IntoIterator<Item = T>>(elements: I) -> Rc<[T]> { Vec::from_iter(elements).into() }
}
impl<T> Default for Rc<[T]> { fn default() -> Rc<[T]> { Vec::new().into() } }
impl From<String> for Rc<str> {
    fn from(text: String) -> Rc<str> {
        let (array, length, _) = text.into_bytes().into_parts();
        shared(rc_of_slots(array, length))
    }
}
impl<'a> From<&'a str> for Rc<str> { fn from(text: &'a str) -> Rc<str> { String::from(text).into() } }
impl From<Box<str>> for Rc<str> { fn from(text: Box<str>) -> Rc<str> { text.into_string().into() } }
impl<'a> From<crate::borrow::Cow<'a, str>> for Rc<str> { fn from(text: crate::borrow::Cow<'a, str>) -> Rc<str> { text.into_owned().into() } }
impl Default for Rc<str> { fn default() -> Rc<str> { String::new().into() } }
impl<T> From<Box<T>> for Rc<T> { fn from(value: Box<T>) -> Rc<T> { Rc::new(*value) } }
