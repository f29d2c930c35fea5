"""Move and borrow checking on MIR: initialisation, mutability, non-lexical lifetimes (RFC 2094)."""
