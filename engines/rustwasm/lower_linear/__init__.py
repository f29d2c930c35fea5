"""The linear-memory lowering: MIR bodies without generics to WebAssembly functions.

`layout` says where a value's parts lie in memory and which Wasm locals hold it; `moves` finds where places hold a value
(drop elaboration); `function` lowers one body.
"""
