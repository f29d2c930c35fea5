//! std::mem.

#[intrinsic] fn mem_swap<T>(a: &mut T, b: &mut T);
#[intrinsic] fn mem_replace<T>(place: &mut T, value: T) -> T;
#[intrinsic] fn mem_forget<T>(value: T);

pub const fn swap<T>(a: &mut T, b: &mut T) { mem_swap(a, b); }
pub const fn replace<T>(place: &mut T, value: T) -> T { mem_replace(place, value) }
pub fn take<T: Default>(place: &mut T) -> T { mem_replace(place, T::default()) }
pub fn drop<T>(_value: T) {}
pub const fn forget<T>(value: T) { mem_forget(value); }
