//! Traits that the compiler knows: std::marker.

#[lang] pub trait Sized {}
#[lang] pub trait Copy: Clone {}
#[lang] pub unsafe trait Send {}
#[lang] pub unsafe trait Sync {}
#[lang] pub trait Unpin {}

pub struct PhantomData<T: ?Sized> { pointer: *const T }
