//! Traits that the compiler knows: std::marker.

#[lang] pub trait Sized {}
#[lang] pub trait Copy: Clone {}
#[lang] pub unsafe trait Send {}
#[lang] pub unsafe trait Sync {}
#[lang] pub trait Unpin {}

/// A parameter that no field names counts as one of what owns a `T`.
pub struct PhantomData<T: ?Sized>;
impl<T: ?Sized> Clone for PhantomData<T> { fn clone(&self) -> PhantomData<T> { PhantomData } }
impl<T: ?Sized> Copy for PhantomData<T> {}
impl<T: ?Sized> Default for PhantomData<T> { fn default() -> PhantomData<T> { PhantomData } }
impl<T: ?Sized> PartialEq for PhantomData<T> { fn eq(&self, _other: &PhantomData<T>) -> bool { true } }
impl<T: ?Sized> Eq for PhantomData<T> {}
impl<T: ?Sized> PartialOrd for PhantomData<T> {
    fn partial_cmp(&self, _other: &PhantomData<T>) -> Option<crate::cmp::Ordering> { Some(crate::cmp::Ordering::Equal) }
}
impl<T: ?Sized> Ord for PhantomData<T> {
    fn cmp(&self, _other: &PhantomData<T>) -> crate::cmp::Ordering { crate::cmp::Ordering::Equal }
}
impl<T: ?Sized> crate::hash::Hash for PhantomData<T> { fn hash<H: crate::hash::Hasher>(&self, _state: &mut H) {} }
impl<T: ?Sized> crate::fmt::Debug for PhantomData<T> {
    fn fmt(&self, f: &mut crate::fmt::Formatter<'_>) -> crate::fmt::Result { write!(f, "PhantomData<{}>", crate::any::type_name::<T>()) }
}

/// What must not be moved is not, in this subset.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PhantomPinned;
