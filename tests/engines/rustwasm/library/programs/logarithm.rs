//! Integer logarithms of what has none panic.
fn main() { let z = 0u32; z.ilog2(); }
