"""What every name means: modules, imports, visibility."""
