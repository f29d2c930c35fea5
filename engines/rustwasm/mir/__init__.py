"""The middle representation: bodies, text form, verifier, instances, reference interpreter (docs/reference/mir.md)."""
