"""Coverage of what generators produce: instructions, operand classes, hazards."""
