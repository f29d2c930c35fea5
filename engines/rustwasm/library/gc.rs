//! Objects of the collector: what `#[wasm::gc]` types are made with, and boxes of shared values (docs/reference/wasm-gc.md).

/// A new object, and the handle (of GC type `G`) that leads to it.
#[lang] #[intrinsic] fn gc_new<O, G>(object: O) -> G;
/// Do two handles lead to one object?
#[intrinsic] fn gc_same<G>(a: G, b: G) -> bool;

/// Do two values of a GC type share one object? `==` compares what is in them.
pub fn same<G>(a: G, b: G) -> bool { gc_same(a, b) }
