"""What every expression is: types, definitions, traits, inference, patterns."""
