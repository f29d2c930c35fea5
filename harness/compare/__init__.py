"""Comparison: field by field, on what both sides observe; legal differences and errata are data."""
