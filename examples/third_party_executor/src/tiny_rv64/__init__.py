"""A small RV64I machine and its adapter to Counterproof."""
