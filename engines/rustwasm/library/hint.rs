//! std::hint.

pub fn black_box<T>(value: T) -> T { value }
