"""The native interpreter: one handler per instruction, generated from its semantics and compiled by LLVM once."""
