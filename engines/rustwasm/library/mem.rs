//! std::mem.

#[intrinsic] fn mem_swap<T>(a: &mut T, b: &mut T);
#[intrinsic] fn mem_replace<T>(place: &mut T, value: T) -> T;
#[intrinsic] fn mem_forget<T>(value: T);

pub const fn swap<T>(a: &mut T, b: &mut T) { mem_swap(a, b); }
pub const fn replace<T>(place: &mut T, value: T) -> T { mem_replace(place, value) }
pub fn take<T: Default>(place: &mut T) -> T { mem_replace(place, T::default()) }
pub fn drop<T>(_value: T) {}
pub const fn forget<T>(value: T) { mem_forget(value); }
/// Which variant of its enum a value is.
pub struct Discriminant<T> { variant: isize, of: crate::marker::PhantomData<T> }
pub fn discriminant<T>(value: &T) -> Discriminant<T> { Discriminant { variant: crate::intrinsics::discriminant(value), of: crate::marker::PhantomData } }
impl<T> Clone for Discriminant<T> { fn clone(&self) -> Discriminant<T> { *self } }
impl<T> Copy for Discriminant<T> {}
impl<T> PartialEq for Discriminant<T> { fn eq(&self, other: &Discriminant<T>) -> bool { self.variant == other.variant } }
impl<T> Eq for Discriminant<T> {}
impl<T> crate::hash::Hash for Discriminant<T> { fn hash<H: crate::hash::Hasher>(&self, state: &mut H) { state.write_isize(self.variant); } }
impl<T> crate::fmt::Debug for Discriminant<T> {
    fn fmt(&self, f: &mut crate::fmt::Formatter<'_>) -> crate::fmt::Result { f.debug_tuple("Discriminant").field(&self.variant).finish() }
}
pub fn needs_drop<T>() -> bool { crate::intrinsics::needs_drop::<T>() }
