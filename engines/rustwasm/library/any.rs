//! std::any: the names of types.

/// What the type is called, for people.
pub fn type_name<T: ?Sized>() -> &'static str { crate::intrinsics::type_name::<T>() }
pub fn type_name_of_val<T: ?Sized>(_value: &T) -> &'static str { type_name::<T>() }
