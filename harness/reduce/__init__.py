"""Reduction: from a case that diverges to the smallest one that diverges in the same way."""
