"""The gate: everything that a change must pass, in order of cost. `python -m ci.gate` runs the same here and in CI."""
