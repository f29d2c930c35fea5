"""Proofs by z3 (the extra `smt`): rewrite rules for all values, compiled blocks for all guest states."""
