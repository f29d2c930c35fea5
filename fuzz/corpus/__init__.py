"""Kept programs: what was run, the choices that it came from, and which generator understood them."""
