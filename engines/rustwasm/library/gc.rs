//! Objects of the collector (docs/reference/wasm-gc.md): handles, GcBox and GcRc.

use crate::cmp::Ordering;
use crate::fmt;
use crate::hash::{Hash, Hasher};
use crate::intrinsics::copy;
use crate::ops::{Deref, DerefMut};
use crate::raw::{box_from_raw, box_into_raw, box_new, raw_equal, raw_mut, raw_ref, raw_write};

pub use crate::gc_array::GcArray;
pub use crate::gc_string::GcString;

/// A new object, and the handle (of GC type `G`) that leads to it.
#[lang] #[intrinsic] fn gc_new<O, G>(object: O) -> G;
/// Do two handles lead to one object?
#[intrinsic] fn gc_same<G>(a: G, b: G) -> bool;

/// Do two values of a GC type share one object? `==` compares what is in them.
pub fn same<G>(a: G, b: G) -> bool { gc_same(a, b) }

/// One value in an object of its own. Copies of the box share it; `clone` makes another box with a clone of the value.
#[lang]
pub struct GcBox<T: ?Sized> { pointer: *mut T }
impl<T: ?Sized> Copy for GcBox<T> {}
#[wasm::gc]
impl<T> GcBox<T> {
    pub fn new(value: T) -> GcBox<T> { GcBox { pointer: box_into_raw(box_new(value)) } }
    pub fn get(self) -> T { copy(raw_ref(self.pointer)) }
    pub fn set(self, value: T) { raw_write(self.pointer, value); }
    pub fn replace(self, value: T) -> T { let old = self.get(); self.set(value); old }
    pub fn update<F: FnOnce(T) -> T>(self, f: F) { self.set(f(self.get())); }
    pub fn map<U, F: FnOnce(T) -> U>(self, f: F) -> GcBox<U> { GcBox::new(f(self.get())) }
    /// A box of the ownership world, with a copy of the value.
    pub fn to_box(self) -> Box<T> { Box::new(self.get()) }
}
impl<T: ?Sized> GcBox<T> {
    pub fn ptr_eq(self, other: GcBox<T>) -> bool { raw_equal(self.pointer, other.pointer) }
    pub fn as_ref(&self) -> &T { raw_ref(self.pointer) }
}
impl<T: Clone + ?Sized> Clone for GcBox<T> {
    fn clone(&self) -> GcBox<T> where T: Sized { GcBox::new((**self).clone()) }
}

/// A value that is shared and may change. Copies and clones of the reference share it.
#[lang]
pub struct GcRc<T: ?Sized> { pointer: *mut T }
impl<T: ?Sized> Copy for GcRc<T> {}
#[wasm::gc]
impl<T> GcRc<T> {
    pub fn new(value: T) -> GcRc<T> { GcRc { pointer: box_into_raw(box_new(value)) } }
    pub fn get(self) -> T { copy(raw_ref(self.pointer)) }
    pub fn set(self, value: T) { raw_write(self.pointer, value); }
    pub fn replace(self, value: T) -> T { let old = self.get(); self.set(value); old }
    pub fn swap(self, other: GcRc<T>) { let mine = self.get(); self.set(other.get()); other.set(mine); }
    pub fn update<F: FnOnce(T) -> T>(self, f: F) { self.set(f(self.get())); }
    pub fn map<U, F: FnOnce(T) -> U>(self, f: F) -> GcRc<U> { GcRc::new(f(self.get())) }
    pub fn with<R, F: FnOnce(&T) -> R>(self, f: F) -> R { f(raw_ref(self.pointer)) }
    pub fn with_mut<R, F: FnOnce(&mut T) -> R>(self, f: F) -> R { f(raw_mut(self.pointer)) }
}
impl<T: ?Sized> GcRc<T> {
    pub fn ptr_eq(self, other: GcRc<T>) -> bool { raw_equal(self.pointer, other.pointer) }
    pub fn as_ref(&self) -> &T { raw_ref(self.pointer) }
}
impl<T: ?Sized> Clone for GcRc<T> { fn clone(&self) -> GcRc<T> { *self } }

/// Zero-copy: the box's memory becomes the object.
impl<T: ?Sized> From<Box<T>> for GcBox<T> { fn from(whole: Box<T>) -> GcBox<T> { GcBox { pointer: box_into_raw(whole) } } }
impl<T> From<GcBox<T>> for Box<T> { fn from(shared: GcBox<T>) -> Box<T> { shared.to_box() } }
impl<T: ?Sized> From<Box<T>> for GcRc<T> { fn from(whole: Box<T>) -> GcRc<T> { GcRc { pointer: box_into_raw(whole) } } }
impl<T: ?Sized> From<GcBox<T>> for GcRc<T> { fn from(shared: GcBox<T>) -> GcRc<T> { GcRc { pointer: shared.pointer } } }

macro_rules! shared {
    ($($name:ident)*) => {$(
        impl<T: ?Sized> Deref for $name<T> { type Target = T; fn deref(&self) -> &T { raw_ref(self.pointer) } }
        impl<T: ?Sized> DerefMut for $name<T> { fn deref_mut(&mut self) -> &mut T { raw_mut(self.pointer) } }
        impl<T: Default> Default for $name<T> { fn default() -> $name<T> { $name::new(T::default()) } }
        impl<T: PartialEq + ?Sized> PartialEq for $name<T> { fn eq(&self, other: &$name<T>) -> bool { **self == **other } }
        impl<T: Eq + ?Sized> Eq for $name<T> {}
        impl<T: PartialOrd + ?Sized> PartialOrd for $name<T> {
            fn partial_cmp(&self, other: &$name<T>) -> Option<Ordering> { (**self).partial_cmp(&**other) }
        }
        impl<T: Ord + ?Sized> Ord for $name<T> { fn cmp(&self, other: &$name<T>) -> Ordering { (**self).cmp(&**other) } }
        impl<T: Hash + ?Sized> Hash for $name<T> { fn hash<H: Hasher>(&self, state: &mut H) { (**self).hash(state); } }
        impl<T: fmt::Display + ?Sized> fmt::Display for $name<T> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { (**self).fmt(f) }
        }
        impl<T: fmt::Debug + ?Sized> fmt::Debug for $name<T> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { (**self).fmt(f) }
        }
    )*}
}
shared! { GcBox GcRc }
