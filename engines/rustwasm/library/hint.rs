//! std::hint.

pub const fn black_box<T>(value: T) -> T { value }
