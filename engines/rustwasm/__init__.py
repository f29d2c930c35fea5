"""The Rust-subset to WebAssembly compiler: syntax, names, types, borrows, MIR, two lowerings, the wasm back end."""
